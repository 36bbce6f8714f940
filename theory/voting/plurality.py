"""Plurality vote among several answers."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jax import lax
from jax.scipy.special import gammaln, xlog1py, xlogy

from jtts.arguments import concrete
from jtts.domain import choices, log_integers
from jtts.kinds import Exact
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import at_least, nonnegative, probability, vector, whole
from jtts.special import at_most_one

MOST = 1000  # votes
CIRCLES = (64, 128, 256, 512, 1024)  # numbers of roots of unity
RARE = -42.0  # logarithm of what is left out
SHARES = vector(nonnegative(1e100))
SOME = {
    "probabilities must not all be below 1e-100": lambda probabilities: (
        probabilities >= 1e-100
    ).any(-1)
}


def _circle(n):
    """Roots of unity that tell n votes from all other likely numbers; n may be traced."""
    known = concrete(n)
    most = max(float(np.max(known)), 1.0) if known is not None else MOST
    sizes = np.array(CIRCLES)
    wrong = (
        scipy.special.gammaln(most + 1)
        - scipy.special.gammaln(most + sizes + 1)
        + sizes * np.log(most)
    )
    return int(sizes[np.argmax((wrong < RARE) & (sizes > most))])


def _plurality(n, probabilities, ties=True):
    known = concrete(probabilities)
    if known is not None:  # answers that nobody gives change nothing: one program up to four
        spare = [(0, 0)] * (known.ndim - 1) + [(0, max(4 - known.shape[-1], 0))]
        probabilities = np.pad(known, spare)
    return _averaged(n, probabilities, ties, _circle(n))


@functools.partial(jax.jit, static_argnames=("ties", "circle"))
def _averaged(n, probabilities, ties, circle):
    p = jnp.asarray(probabilities, jnp.result_type(float))
    p = p / jnp.sum(p, -1, keepdims=True)
    n = jnp.asarray(n, jnp.result_type(float))
    shape = jnp.broadcast_shapes(n.shape, p.shape[:-1])
    n = jnp.broadcast_to(n, shape).ravel()
    p = jnp.broadcast_to(p, (*shape, p.shape[-1])).reshape(-1, p.shape[-1])
    accuracy = lax.map(lambda point: _one_plurality(point[0], point[1], ties, circle), (n, p))
    return accuracy.reshape(shape)


@functools.cache
def _rules(most):
    """Gauss-Legendre rules on [0, 1] of 1, 2, 3, 4, 6, 8, ... nodes, up to `most`, padded."""
    steps = sorted({2**i for i in range(12)} | {3 * 2**i for i in range(11)})
    sizes = steps[: next(i for i, size in enumerate(steps) if size >= most) + 1]
    nodes, weights = np.zeros((2, len(sizes), sizes[-1]))
    for row, size in enumerate(sizes):
        x, w = np.polynomial.legendre.leggauss(size)
        nodes[row, :size], weights[row, :size] = (x + 1) / 2, w / 2
    return np.array(sizes), nodes, weights


def _one_plurality(n, p, ties, circle):
    """Counts as Poisson variables of means n p, given that they add up to n.

    The winner has j votes, s others as many and the rest fewer; 1/(1 + s) is the integral of y^s,
    by a rule that is exact up to the s that n votes allow: (s + 1) j <= n. The condition is a mean
    over the unit circle of the generating function, half of which says all.
    """
    sizes, nodes, weights = _rules(min(p.shape[0], MOST) // 2 + 1)
    angle = 2 * np.pi * np.arange(circle // 2 + 1) / circle
    means = n * p

    def terms(j):
        """Poisson weights of j votes for each answer, computed anew: none starts from nothing."""
        log_weight = xlogy(j, means) - means - gammaln(j + 1.0)
        return jnp.exp(log_weight)[:, None] * jnp.exp(1j * (j * angle))

    def with_winner_at(j, state):
        fewer, total = state
        j = jnp.asarray(j, jnp.result_type(float))  # a whole number has no tangent
        term = terms(j)
        most = (jnp.minimum(n // j, p.shape[0]) + 1) // 2  # nodes that are exact
        row = jnp.searchsorted(sizes, most) if ties else 0

        def with_ties(i, share):
            y = jnp.asarray(nodes)[row, i] if ties else 0.0
            return share + jnp.asarray(weights)[row, i] * jnp.prod(fewer[1:] + y * term[1:], 0)

        # with so few votes an answer cannot win, with so many it is hardly seen
        log_seen = gammaln(n + 1) - gammaln(j + 1.0) - gammaln(n - j + 1)
        log_seen += xlogy(j, p[0]) + xlog1py(n - j, -p[0])
        count = jnp.where((j * p.shape[0] >= n) & (log_seen > RARE), jnp.asarray(sizes)[row], 0)
        share = lax.fori_loop(0, count, with_ties, jnp.zeros(angle.size, complex))
        return fewer + term, total + term[0] * share

    start = terms(0.0 * n), jnp.zeros(angle.size, complex)
    # more votes than this the first answer has with chance exp(-90)
    most = n * p[0] + 10 * jnp.sqrt(n * p[0] * (1 - p[0])) + 60
    top = jnp.minimum(n, jnp.where(n <= MOST, most, 0)).astype(int)
    total = lax.fori_loop(1, top + 1, with_winner_at, start)[1]
    log_given = gammaln(n + 1) + n - n * jnp.log(n)  # 1 / P(the counts add up to n)
    back = jnp.exp(-1j * jnp.mod(n * angle, 2 * np.pi))
    both = np.r_[1.0, np.full(circle // 2 - 1, 2.0), 1.0] / circle
    share = jnp.exp(log_given) * jnp.sum(both * (total * back).real)
    return at_most_one(jnp.where(share < 0, 0.0, share))


@law(
    kind=Exact(),
    formula=r"\sum_j E\,\frac{1[N_1 = j \ge N_a]}{\#\{a: N_a = j\}}",
    source="derived here (section 3); arXiv:2408.00724",
    holds={"n": whole(1, MOST), "probabilities": SHARES},
    jointly=SOME,
    relative=0.0,
    absolute=1e-12,
    gives=probability(),
    domain={
        "n": log_integers(1, MOST),
        "probabilities": choices(
            np.array([0.4, 0.3, 0.2, 0.1]),
            np.array([0.3, 0.4, 0.2, 0.1]),
            np.array([0.35, 0.35, 0.3]),
        ),
    },
    simulated={"n": log_integers(1, 200)},
    mutants={
        "ties lost": lambda n, probabilities: _plurality(n, probabilities, ties=False),
        "one vote more": lambda n, probabilities: _plurality(n + 3, probabilities),
    },
)
def plurality_accuracy(n: Numbers, probabilities: Numbers) -> jax.Array:
    r"""Probability that the most frequent of n independent answers is the first one.

    Ties are broken at random, every tied answer with the same chance. With generating functions of
    Poisson counts, $x = n e^{i\varphi}$ and $t_a = e^{-n p_a}(p_a x)^j/j!$,

    $$\frac{n!\,e^n}{n^n} \sum_{j} \langle e^{-in\varphi} t_1
      \int_0^1 dy \prod_{a>1} \Big(\sum_{i<j} \frac{(p_a x)^i}{i!} e^{-np_a} + y\,t_a\Big)
      \rangle_\varphi .$$

    Args:
      n: number of answers, whole, at most 1000.
      probabilities: of each answer, [..., answers], the first one being the right answer, to
        1e100; divided by their sum.

    Arrays broadcast. Absolute accuracy 1e-12; time grows as n^2 A at most, but for a logarithm,
    and memory as n A, with the number A of answers. Derivatives in forward mode.

    Raises:
      InputError: n not a whole number up to 1000, or probabilities negative or all below 1e-100.

    Source: derived here (docs, voting section 3); arXiv:2408.00724.

    >>> from jtts.theory import voting
    >>> print(f"{voting.plurality_accuracy(11, [0.4, 0.3, 0.2, 0.1]):.10f}")
    0.5814529024
    """
    return _plurality(n, probabilities)


def _winner_share(probabilities):
    p = jnp.asarray(probabilities, jnp.result_type(float))
    top = p == jnp.max(p, -1, keepdims=True)
    return top[..., 0] / jnp.sum(top, -1)


@closed_form(holds={"probabilities": SHARES}, jointly=SOME, relative=1e-15, gives=probability())
def plurality_limit(probabilities: Numbers) -> jax.Array:
    r"""Accuracy of the plurality of endless answers: 1 if the first answer is the modal one.

    A tie between the most probable answers is broken at random.

    Args:
      probabilities: of each answer, [..., answers], to 1e100; the first is the right one.

    Raises:
      InputError: probabilities negative or all below 1e-100.

    Source: derived here (docs, voting section 3).

    >>> from jtts.theory import voting
    >>> print(voting.plurality_limit([0.4, 0.4, 0.2]))
    0.5
    """
    return _winner_share(probabilities)


@closed_form(
    holds={"probabilities": SHARES},
    jointly=SOME,
    relative=1e-13,
    absolute=1e-300,
    gives=at_least(0),
)
def plurality_error_exponent(probabilities: Numbers) -> jax.Array:
    r"""Rate at which the error of the plurality vanishes, where the first answer is the modal one.

    $$-\lim \frac1n \ln(1 - A_n) = -\ln\big(1 - (\sqrt{p_1} - \sqrt{p_2})^2\big)$$

    with p_2 the most probable of the others; 0 where the first answer is not the modal one.

    Args:
      probabilities: of each answer, [..., answers], to 1e100; the first is the right one.

    Raises:
      InputError: probabilities negative or all below 1e-100.

    Source: derived here (docs, voting section 3).

    >>> from jtts.theory import voting
    >>> print(f"{voting.plurality_error_exponent([0.6, 0.4]):.6f}")
    0.020411
    """
    p = jnp.asarray(probabilities, jnp.result_type(float))
    first, others, size = p[..., 0], jnp.sort(p[..., 1:], -1), jnp.sum(p, -1)
    if others.shape[-1] == 0:
        return jnp.full(first.shape, jnp.inf)
    second = others[..., -1]
    # p_1 - p_2 before any division: it may be small
    lead = jnp.maximum(first - second, 0.0)
    root = jnp.sqrt(jnp.where(lead > 0, first, 1.0)) + jnp.sqrt(second)
    gap_squared = (lead / root) ** 2 / size
    # of a gap near 1 the digits are in 1 - gap^2, a sum of what is not the first answer
    missing = (jnp.sum(others[..., :-1], -1) + 2 * jnp.sqrt(first * second)) / size
    far = gap_squared > 0.5
    close = -jnp.log1p(-jnp.where(far, 0.0, gap_squared))
    return jnp.where(far, -jnp.log(jnp.where(far, missing, 1.0)), close)
