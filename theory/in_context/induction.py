"""What an induction head can reach on item-label contexts, and what a network knows before it."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import gammaln, ndtr, xlog1py

from jtts.arguments import (
    InputError,
    concrete,
    require_at_least,
    require_nonnegative,
    require_whole,
)
from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law

RADII = 160  # nodes over the length of the query
DEVIATES = np.linspace(-9, 9, 121)  # of the noise in the score of the match
LEAST = 1e-300  # chance of a rival below this is taken to be this
EXPONENT = 40.0  # the density of the length is left out below exp(-40) of its peak
MOST_ITEMS = 4096  # of a context, by the sum over counts
MOST_COUNTED = 256  # of a context, by the law of the largest count


def _as_floats(*numbers):
    return jnp.broadcast_arrays(
        *(jnp.asarray(number, jnp.result_type(float)) for number in numbers)
    )


def _lengths(dim):
    """Nodes and weights for the length of a standard normal vector, over a new last axis.

    The logarithm of length/sqrt(dim) is v = s - exp(-s) + 1: both tails fall doubly exponentially
    in s, so that the trapezoid rule converges exponentially, at one dimension as at a million.
    """
    reach = EXPONENT / dim
    low = -jnp.log1p(reach + jnp.sqrt(reach))
    high = jnp.minimum(jnp.sqrt(reach), jnp.log(2 * reach + 6) / 2)
    s = low[..., None] + (high - low)[..., None] * np.linspace(0, 1, RADII)
    v = s - jnp.expm1(-s)
    weights = jnp.exp(dim[..., None] * (v - jnp.expm1(2 * v) / 2)) * (1 + jnp.exp(-s))
    lengths = jnp.sqrt(dim)[..., None] * jnp.exp(v)
    return lengths, weights / jnp.sum(weights, -1, keepdims=True)


@functools.partial(jax.jit, static_argnames=("noises", "rivals"))
def _ceiling(dim, num_items, within_class_noise, num_labels, *, noises=2.0, rivals=-1.0):
    dim, items, noise, labels = _as_floats(dim, num_items, within_class_noise, num_labels)
    lengths, weights = _lengths(dim)
    spread = (noise * jnp.sqrt(noises + noise**2))[..., None]
    rivals = (items + rivals)[..., None]

    def add(total, deviate):
        score = (lengths + spread * deviate) / (1 + noise**2)[..., None]
        won = jnp.sum(weights * jnp.exp(rivals * jnp.log(jnp.maximum(ndtr(score), LEAST))), -1)
        return total + jnp.exp(-(deviate**2) / 2) * won, None

    total, _ = lax.scan(add, jnp.zeros(dim.shape), jnp.asarray(DEVIATES, dim.dtype))
    matched = total / np.sum(np.exp(-(DEVIATES**2) / 2))
    return matched + (1 - matched) / labels


@law(
    kind=Exact(),
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
def induction_ceiling(dim, num_items, within_class_noise, num_labels=jnp.inf):
    r"""Accuracy of a perfect induction head: copy the label of the item most like the query.

    Items are $(\mu+\epsilon\eta)/\sqrt{1+\epsilon^2}$ with $\mu,\eta\sim N(0,I_D/D)$, a fresh
    $\eta$ for every appearance; N items of distinct classes, of which the query repeats one. The
    item of largest dot product with the query wins, with probability

    $$a = E_{\chi_D,\,z}\,\Phi\Big(\frac{\chi_D+\epsilon\sqrt{2+\epsilon^2}\,z}
      {1+\epsilon^2}\Big)^{N-1},\quad z\sim N(0,1),$$

    and a wrong winner carries the right label with probability 1/L: the accuracy is a + (1-a)/L.

    Args:
      dim: entries of an item D, at least 1.
      num_items: N, at least 1.
      within_class_noise: epsilon, zero or positive.
      num_labels: L of which labels are drawn with replacement, at least 1; infinity for labels
        that are all different.

    Arrays broadcast; differentiable. Returns a probability, by quadrature to an absolute 1e-11.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 9); the task is that of arXiv:2312.03002.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.induction_ceiling([63, 32, 16], [8, 4, 8], [2.0, 1.0, 0.5]).round(4))
    [0.581  0.9478 0.9578]
    """
    require_at_least(1, dim=dim, num_items=num_items, num_labels=num_labels)
    require_nonnegative(within_class_noise=within_class_noise)
    return _ceiling(dim, num_items, within_class_noise, num_labels)


def _plateau_loss(num_items, num_labels, others=0.0):
    most = int(np.max(np.asarray(concrete(num_items)), initial=1))
    items, labels = _as_floats(num_items, num_labels)
    share = 1 / labels

    def add(count, total):
        count = jnp.asarray(count, items.dtype)
        rest = jnp.maximum(items - count, 0)
        ways = gammaln(items + 1) - gammaln(count + 1) - gammaln(rest + 1)
        chance = jnp.exp(ways - count * jnp.log(labels) + xlog1py(rest, -share))
        return total + jnp.where(count <= items, chance * count * jnp.log(count), 0.0)

    spent = lax.fori_loop(2, most + 1, add, jnp.zeros(items.shape))
    return jnp.log(items) - (labels - others) / items * spent


@law(
    kind=Exact(),
    formula=r"\ln N - \frac LN\,E[c\ln c],\quad c\sim\mathrm{Bin}(N,1/L)",
    source="derived here (section 9)",
    domain={
        "num_items": log_integers(1, 1000),
        "num_labels": choices(1.0, 2.0, 4.0, 8.0, 32.0, 1000.0),
    },
    simulated={"num_items": choices(3, 4, 8, 16), "num_labels": choices(2, 4, 8)},
    mutants={
        "labels all different": lambda num_items, num_labels: jnp.log(num_items) + 0.0 * num_labels,
        "label of the query left out": lambda num_items, num_labels: _plateau_loss(
            num_items, num_labels, others=1.0
        ),
    },
)
def plateau_loss(num_items, num_labels):
    r"""Loss of a network that guesses among the labels of its context, each as often as it occurs.

    $$\ln N - \frac LN\,E[c\ln c],\quad c\sim\mathrm{Bin}(N,1/L)$$

    the mean entropy of the labels of a context: N labels drawn with replacement from L, of which
    that of a random one is asked. No network that cannot tell which item matches does better. It
    tends to ln N at many labels (and is ln N where labels are all different), to ln L at many
    items.

    Args:
      num_items: N, whole numbers from 1 to 4096, known before tracing; where a class appears B
        times, that of the classes, N/B.
      num_labels: L >= 1.

    Arrays broadcast; differentiable in num_labels; time grows with the largest N. Returns nats, to
    a relative 1e-11.

    Raises:
      InputError: a number out of range, or num_items traced.

    Source: derived here (docs, in_context section 9).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.plateau_loss(4, [4, 8, 32, 1e9]).round(4))
    [0.9177 1.1395 1.3221 1.3863]
    """
    _require_items(MOST_ITEMS, num_items)
    require_at_least(1, num_labels=num_labels)
    return _plateau_loss(num_items, num_labels)


@functools.cache
def _largest_count(items: int, labels: int) -> float:
    """Mean of the largest of `labels` counts that sum to `items`, multinomial with equal shares.

    P(max <= m) is the probability that Poisson counts, truncated at m, have this sum, over that of
    Poisson counts: sums of positive numbers throughout.
    """
    counts = np.arange(items + 1)
    logs = np.asarray(gammaln(counts + 1.0))
    single = np.exp(counts * np.log(items / labels) - items / labels - logs)
    whole = np.exp(items * np.log(items) - items - logs[-1])
    least = -(-items // labels)  # somebody has so many
    mean = float(least)
    for most in range(least, items):
        power, base, left = np.eye(1, items + 1)[0], np.where(counts <= most, single, 0.0), labels
        while left:
            if left % 2:
                power = np.convolve(power, base)[: items + 1]
            base, left = np.convolve(base, base)[: items + 1], left // 2
        mean += 1 - power[-1] / whole
    return mean


def _plateau_accuracy(num_items, num_labels):
    items, labels = np.broadcast_arrays(
        np.asarray(concrete(num_items)), np.asarray(concrete(num_labels))
    )
    pairs = zip(items.ravel().tolist(), labels.ravel().tolist(), strict=True)
    means = [_largest_count(int(n), int(size)) / n for n, size in pairs]
    return jnp.asarray(np.reshape(means, items.shape))


@law(
    kind=Exact(),
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
def plateau_accuracy(num_items, num_labels):
    r"""Accuracy of naming the most frequent label of the context: the best without matching items.

    $$\frac1N\,E\max_l c_l,\quad c\sim\mathrm{Mult}(N;1/L,\dots,1/L)$$

    where the labels of N items are drawn with replacement from L and that of a random one is asked.

    Args:
      num_items: N, whole numbers from 1 to 256; where a class appears B times, N/B.
      num_labels: L, whole numbers from 1 on.

    Arrays broadcast; computed once per pair (N, L), outside tracing. Returns a probability, to a
    relative 1e-12.

    Raises:
      InputError: a number out of range, or traced.

    Source: derived here (docs, in_context section 9).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.plateau_accuracy(4, [2, 8, 1000]).round(4))
    [0.6875 0.4121 0.2515]
    """
    _require_items(MOST_COUNTED, num_items)
    require_whole(num_labels=num_labels)
    if concrete(num_labels) is None:
        raise InputError("num_labels must be known before tracing")
    return _plateau_accuracy(num_items, num_labels)


def _require_items(most, num_items):
    require_whole(num_items=num_items)
    known = concrete(num_items)
    if known is None:
        raise InputError("num_items must be known before tracing")
    if np.max(known) > most:
        raise InputError(f"num_items must be at most {most}, got {np.max(known):g}")
