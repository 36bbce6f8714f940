"""What an induction head can reach on item-label contexts, and what a network knows before it."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import ndtr
from scipy import special
from scipy.special import bernoulli

from jtts.arguments import require_broadcast
from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, probability, static, whole

REACH = 6.5  # of the length of a query, on both sides of its root mean square
LENGTHS = np.linspace(0, 1, 221)  # nodes, a twentieth apart
EDGE = -3.6  # of the variable of integration, where a length is about exp(-40)
DEVIATES = np.linspace(-7.5, 7.5, 257)  # of the noise in the score of the match
MOST_RIVALS = 1e9  # whose best score is as sharp as the nodes resolve
MOST_ITEMS = 4096  # of a context, by the sum over counts
MOST_COUNTED = 256  # of a context, by the law of the largest count


def _as_floats(*numbers):
    return jnp.broadcast_arrays(
        *(jnp.asarray(number, jnp.result_type(float)) for number in numbers)
    )


def _log1p_less(x):
    """ln(1 + x) - x."""
    small = jnp.abs(x) < 0.02
    near = jnp.where(small, x, 0.0)
    series = near**2 * jnp.polyval(np.array([(-1) ** (k + 1) / k for k in range(10, 1, -1)]), near)
    return jnp.where(small, series, jnp.log1p(jnp.where(small, 0.0, x)) - x)


def _lengths(dim):
    """Nodes and weights for the length of a standard normal vector, over a new last axis.

    The length is ln(1 + exp(t - exp(-t))): t itself where it is large, and towards 0 so fast that
    the trapezoid rule converges exponentially, at one dimension as at a million.
    """
    root = jnp.sqrt(dim)
    low = jnp.maximum(EDGE - root, -REACH)
    offset = low[..., None] + (REACH - low)[..., None] * LENGTHS  # of t from the root of dim
    root, dim = root[..., None], dim[..., None]
    drop = jnp.exp(-(root + offset))
    y = offset - drop
    length = jax.nn.softplus(root + y)
    above = root + y > 0
    # ln(1 + exp(root + y)) - root, which is all there is of the digits at a large root
    excess = jnp.where(above, y + jnp.log1p(jnp.exp(-jnp.abs(root + y))), length - root)
    ratio = excess / root
    close = ratio > -0.5
    log_less = jnp.where(
        close, _log1p_less(jnp.where(close, ratio, 0.0)), jnp.log(length / root) - ratio
    )
    log_density = dim * log_less - excess**2 / 2
    weights = jnp.exp(log_density) * (1 + drop) * jax.nn.sigmoid(root + y) / length
    return length, weights / jnp.sum(weights, -1, keepdims=True)


@functools.partial(jax.jit, static_argnames=("noises", "rivals"))
def _ceiling(dim, num_items, within_class_noise, num_labels, *, noises=2.0, rivals=-1.0):
    dim, items, noise, labels = _as_floats(dim, num_items, within_class_noise, num_labels)
    lengths, weights = _lengths(dim)
    spread = (noise * jnp.sqrt(noises + noise**2))[..., None]
    rivals = (items + rivals)[..., None]

    def add(total, deviate):
        score = (lengths + spread * deviate) / (1 + noise**2)[..., None]
        won = jnp.sum(weights * jnp.exp(rivals * jnp.log1p(-ndtr(-score))), -1)
        return total + jnp.exp(-(deviate**2) / 2) * won, None

    total, _ = lax.scan(add, jnp.zeros(dim.shape), jnp.asarray(DEVIATES, dim.dtype))
    matched = total / np.sum(np.exp(-(DEVIATES**2) / 2))
    return matched + (1 - matched) / labels


@law(
    kind=Exact(),
    relative=0.0,
    absolute=1e-12,
    holds={
        "dim": between(1, 1e12),
        "num_items": between(1, MOST_RIVALS),
        "within_class_noise": nonnegative(1e50),
        "num_labels": at_least(1),
    },
    gives=probability(),
    formula=r"a + \frac{1-a}{L},\quad"
    r" a = E\,\Phi\Big(\frac{\chi_D+\epsilon\sqrt{2+\epsilon^2}\,z}{1+\epsilon^2}\Big)^{N-1}",
    source="derived here (section 9)",
    domain={
        "dim": log_integers(1, 10**6),
        "num_items": log_integers(1, 10**4),
        "within_class_noise": reals(0.0, 10.0),
        "num_labels": choices(1.0, 2.0, 8.0, 32.0, float("inf")),
    },
    simulated={
        "dim": choices(4, 16),
        "num_items": choices(4, 12),
        "within_class_noise": reals(0.7, 1.8),
        "num_labels": choices(2, 4, 32),
    },
    mutants={
        "noise of one appearance": lambda dim, num_items, within_class_noise, num_labels: _ceiling(
            dim, num_items, within_class_noise, num_labels, noises=1.0
        ),
        "one rival more": lambda dim, num_items, within_class_noise, num_labels: _ceiling(
            dim, num_items, within_class_noise, num_labels, rivals=0.0
        ),
        "no lucky labels": lambda dim, num_items, within_class_noise, num_labels: _ceiling(
            dim, num_items, within_class_noise, jnp.inf
        ),
    },
)
def induction_ceiling(
    dim: Numbers, num_items: Numbers, within_class_noise: Numbers, num_labels: Numbers = jnp.inf
) -> jax.Array:
    r"""Accuracy of a perfect induction head: copy the label of the item most like the query.

    Items are $(\mu+\epsilon\eta)/\sqrt{1+\epsilon^2}$ with $\mu,\eta\sim N(0,I_D/D)$, a fresh
    $\eta$ for every appearance; N items of distinct classes, of which the query repeats one. The
    item of largest dot product with the query wins, with probability

    $$a = E_{\chi_D,\,z}\,\Phi\Big(\frac{\chi_D+\epsilon\sqrt{2+\epsilon^2}\,z}
      {1+\epsilon^2}\Big)^{N-1},\quad z\sim N(0,1),$$

    and a wrong winner carries the right label with probability 1/L: the accuracy is a + (1-a)/L.

    Args:
      dim: entries of an item D, real, from 1 to 1e12.
      num_items: N, real, from 1 to 1e9.
      within_class_noise: epsilon, from 0 to 1e50.
      num_labels: L of which labels are drawn with replacement, at least 1; infinity for labels
        that are all different.

    Arrays broadcast; differentiable. Returns a probability, by quadrature to an absolute 1e-12.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 9); the task is that of arXiv:2312.03002.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.induction_ceiling([63, 32, 16], [8, 4, 8], [2.0, 1.0, 0.5]).round(4))
    [0.581  0.9478 0.9578]
    """
    return _ceiling(dim, num_items, within_class_noise, num_labels)


RARE = 0.01  # mean number of labels below which only a few can occur
SEVERAL = 8
BLOCK = 256
ODD = 2 * np.arange(1, 9) - 1
STIRLING = bernoulli(16)[ODD + 1] / (ODD * (ODD + 1))


def _above_its_power(counts):
    """ln c! - (c ln c - c), to all digits."""
    c = np.maximum(counts, 1.0)
    late = np.log(2 * np.pi * c) / 2 + np.sum(STIRLING / c[:, None] ** ODD, -1)
    early = special.gammaln(c + 1) - c * np.log(c) + c
    return np.where(counts == 0, 0.0, np.where(c < 10, early, late))


COUNTS = np.arange(float(MOST_ITEMS))
FACTORIALS = _above_its_power(COUNTS)


def _deviance(count, mean):
    """c ln(c/m) + m - c."""
    off = (count - mean) / mean
    return mean * jnp.where(
        off > -1, (1 + off) * _log1p_less(jnp.maximum(off, -0.99)) + off**2, 1.0
    )


@jax.jit
def _plateau_loss(num_items, num_labels):
    """E ln(N/(c+1)), c ~ Bin(N - 1, 1/L): minus the log of the share of a label that is there."""
    items, labels = _as_floats(num_items, num_labels)
    rivals, own = items - 1, 1 / labels
    other = jnp.where(
        labels < 2, (jnp.minimum(labels, 2.0) - 1) / jnp.minimum(labels, 2.0), 1 - own
    )

    def of_few(rate, loss):
        """Sum over the small counts of what happens at this rate."""
        chance = jnp.exp(rivals * jnp.log1p(-rate))
        total = chance * loss(0)
        for count in range(1, SEVERAL + 1):
            chance *= (rivals - count + 1) / count * rate / (1 - rate)
            total += jnp.where(count <= rivals, chance * loss(count), 0.0)
        return total

    few_others = (rivals * other <= RARE) & (other <= 0.5)
    few_own = (rivals * own <= RARE) & (own < 0.5)
    safe_other = jnp.where(few_others, other, 0.0)
    safe_own = jnp.where(few_own, own, 0.0)
    alike = of_few(safe_other, lambda count: -jnp.log1p(-jnp.minimum(count, rivals) / items))
    apart = of_few(safe_own, lambda count: jnp.log(items / (count + 1)))

    many = ~(few_others | few_own)
    means = (jnp.where(many, rivals * rate, 1.0)[..., None] for rate in (own, other))
    mean_own, mean_other = means

    def add(total, block):
        counts, powers = block
        rest = rivals[..., None] - counts
        inside = rest >= 0
        left = jnp.maximum(rest, 0.0).astype(int)
        log_chance = (
            jnp.asarray(FACTORIALS)[rivals.astype(int)][..., None]
            - powers
            - jnp.asarray(FACTORIALS)[left]
            - _deviance(counts, mean_own)
            - _deviance(jnp.maximum(rest, 0.0), mean_other)
        )
        chance = jnp.where(inside, jnp.exp(log_chance), 0.0)
        return total + jnp.sum(chance * jnp.log(items[..., None] / (counts + 1)), -1), None

    blocks = tuple(np.reshape(values, (-1, BLOCK)) for values in (COUNTS, FACTORIALS))
    total, _ = lax.scan(add, jnp.zeros(items.shape), blocks)
    return jnp.where(few_others, alike, jnp.where(few_own, apart, total))


@law(
    kind=Exact(),
    relative=1e-12,
    holds={"num_items": whole(1, MOST_ITEMS), "num_labels": at_least(1)},
    gives=nonnegative(),
    formula=r"\ln N - \frac LN\,E[c\ln c],\quad c\sim\mathrm{Bin}(N,1/L)",
    source="derived here (section 9)",
    domain={
        "num_items": log_integers(1, 1000),
        "num_labels": choices(1.0, 2.0, 4.0, 8.0, 32.0, 1000.0),
    },
    simulated={"num_items": choices(3, 4, 8, 16), "num_labels": choices(2, 4, 8)},
    mutants={
        "labels all different": lambda num_items, num_labels: jnp.log(num_items) + 0.0 * num_labels,
        "label of the query left out": lambda num_items, num_labels: (
            jnp.log(num_items) / num_labels
            + (1 - 1 / num_labels) * _plateau_loss(num_items, num_labels)
        ),
    },
)
def plateau_loss(num_items: Numbers, num_labels: Numbers) -> jax.Array:
    r"""Loss of a network that guesses among the labels of its context, each as often as it occurs.

    $$\ln N - \frac LN\,E[c\ln c],\quad c\sim\mathrm{Bin}(N,1/L)$$

    the mean entropy of the labels of a context: N labels drawn with replacement from L, of which
    that of a random one is asked. No network that cannot tell which item matches does better. It
    tends to ln N at many labels (and is ln N where labels are all different), to ln L at many
    items.

    Args:
      num_items: N, whole numbers from 1 to 4096; where a class appears B times, that of the
        classes, N/B.
      num_labels: L, real, at least 1; infinity for labels that are all different.

    Arrays broadcast; differentiable in num_labels. Returns nats, to a relative 1e-12.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 9).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.plateau_loss(4, [4, 8, 32, 1e9]).round(4))
    [0.9177 1.1395 1.3221 1.3863]
    """
    return _plateau_loss(num_items, num_labels)


FEW = 1e-8  # chance of a largest count below which no two are likely to be as large


@functools.cache
def _largest_count(items: int, labels: int) -> float:
    """Mean of the largest of `labels` counts that sum to `items`, multinomial with equal shares.

    1 - P(max <= m) from a power of a truncated exponential series, as long as it is no small
    number; beyond, P(max > m) is the sum of the chances of each label.
    """
    least = -(-items // labels)  # somebody has so many
    mean, whole = float(least), None
    for most in range(least, items):
        each = labels * float(special.bdtrc(most, items, 1 / labels))
        if each >= FEW:
            whole = whole or _power(items, labels, items)
            each = 1 - _power(items, labels, most) / whole
        mean += each
    return mean


def _power(items: int, labels: int, most: int) -> float:
    """Coefficient of x^items in (sum_{k <= most} (x items / labels)^k / k!)^labels; sums of
    positive numbers throughout."""
    counts = np.arange(items + 1)
    logs = counts * np.log(items / labels) - special.gammaln(counts + 1.0)
    base = np.where(counts <= most, np.exp(logs), 0.0)
    if labels >= items:  # as the power of a series that begins with 1
        found, steps = np.eye(1, items + 1)[0], counts[1:] * (labels + 1.0)
        for n in range(1, items + 1):
            found[n] = np.sum((steps[:n] - n) * base[1 : n + 1] * found[n - 1 :: -1][:n]) / n
        return found[-1]
    found, base, left = np.eye(1, items + 1)[0], base * np.exp(-items / labels), labels
    while left:
        if left % 2:
            found = np.convolve(found, base)[: items + 1]
        base, left = np.convolve(base, base)[: items + 1], left // 2
    return found[-1]


def _plateau_accuracy(num_items, num_labels):
    shapes = {"num_items": np.shape(num_items), "num_labels": np.shape(num_labels)}
    require_broadcast(**shapes)
    items, labels = np.broadcast_arrays(num_items, num_labels)
    pairs = zip(items.ravel().tolist(), labels.ravel().tolist(), strict=True)
    means = [_largest_count(int(n), int(size)) / n for n, size in pairs]
    return jnp.asarray(np.reshape(means, items.shape))


@law(
    kind=Exact(),
    relative=1e-12,
    holds={"num_items": static(whole(1, MOST_COUNTED)), "num_labels": static(whole(1, 1e15))},
    gives=probability(),
    formula=r"\frac1N E\max_l c_l,\quad c\sim\mathrm{Mult}(N;1/L,\dots,1/L)",
    source="derived here (section 9)",
    domain={"num_items": log_integers(1, 256), "num_labels": log_integers(1, 1000)},
    simulated={"num_items": choices(4, 9), "num_labels": log_integers(2, 32)},
    mutants={
        "one item less": lambda num_items, num_labels: _plateau_accuracy(num_items - 1, num_labels),
        "one label more": lambda num_items, num_labels: _plateau_accuracy(
            num_items, num_labels + 1
        ),
        "a random label": lambda num_items, num_labels: 1 / num_items,
    },
)
def plateau_accuracy(num_items: Numbers, num_labels: Numbers) -> jax.Array:
    r"""Accuracy of naming the most frequent label of the context: the best without matching items.

    $$\frac1N\,E\max_l c_l,\quad c\sim\mathrm{Mult}(N;1/L,\dots,1/L)$$

    where the labels of N items are drawn with replacement from L and that of a random one is asked.

    Args:
      num_items: N, whole numbers from 1 to 256; where a class appears B times, N/B.
      num_labels: L, whole numbers from 1 to 1e15.

    Arrays broadcast; computed once per pair (N, L), outside tracing. Returns a probability, to a
    relative 1e-12.

    Raises:
      InputError: a number out of range, or traced.

    Source: derived here (docs, in_context section 9).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.plateau_accuracy(4, [2, 8, 1000]).round(4))
    [0.6875 0.4121 0.2515]
    """
    return _plateau_accuracy(num_items, num_labels)
