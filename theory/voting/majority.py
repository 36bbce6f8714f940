"""Majority vote among an odd number of answers that are right or wrong."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import InputError, concrete
from jtts.domain import Range, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, odd, probability
from jtts.special import log_beta

NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)
FALL = 40.0  # the integrand is followed until it has fallen by exp(-FALL)
MOST = 10**15 - 1  # votes
COUNTED = 1001  # votes up to which they are counted one by one
GAP_NODES, GAP_WEIGHTS = np.polynomial.legendre.leggauss(200)


def odd_integers(low, high):
    """Odd integers, log-uniform."""
    span = (high + 2) / low

    def at(u):
        return int(2 * np.floor((low * span ** u[0] - 1) / 2) + 1)

    return Range(f"{{{low}, {low + 2}, ..., {high}}}", at, whole=True, bounds=(low, high))


def require_odd(**values):
    """Raise InputError naming the first argument that is not an odd whole number."""
    for name, value in values.items():
        known = concrete(value)
        if known is None and isinstance(value, (str, bytes)):
            raise InputError(f"{name} must be an odd number, got {value!r}")
        if known is not None and not np.all((known >= 1) & (known % 2 == 1)):
            bad = known[~((known >= 1) & (known % 2 == 1))] if known.ndim else known
            raise InputError(f"{name} must be an odd number, at least 1, got {np.ravel(bad)[0]:g}")


@jax.jit
def minority(m, edge):
    r"""P(Bin(2m - 1, (1 + s)/2) < m) for edge s >= 0: the chance that the majority errs.

    With s^2 = 1 - exp(-u^2) the incomplete beta function is a Gaussian integral with a smooth
    factor, $\frac{1}{B(1/2, m)}\int_U^\infty e^{-m u^2} \frac{u}{s}\,du$, at any size of m.
    """
    m, edge = jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in (m, edge)))
    errs = edge < 1  # an edge of 1 never does
    return beyond(m, jnp.where(errs, -jnp.log1p(-(jnp.where(errs, edge, 0.0) ** 2)), jnp.inf))


def beyond(m, start):
    """`minority` at U^2 = start, which is -ln 4 p (1 - p); infinite where nobody errs."""
    errs = start < jnp.inf
    start = jnp.where(errs, start, 0.0)
    low = jnp.sqrt(jnp.where(start > 0, start, 0.0))
    span = jnp.sqrt(start + FALL / m) - low
    u = low[..., None] + span[..., None] * (NODES + 1) / 2
    fall = m[..., None] * (u - low[..., None]) * (u + low[..., None])
    smooth = u / jnp.sqrt(-jnp.expm1(-(u**2)))
    integral = span / 2 * jnp.sum(WEIGHTS * smooth * jnp.exp(-fall), -1)
    return jnp.where(errs, jnp.exp(-m * start - log_beta(0.5, m)) * integral, 0.0)


def log_spread(p):
    """ln 4 p (1 - p), with the digits of a small p and of a p near 1/2."""
    small = jnp.minimum(p, 1 - p)
    far = jnp.where((small > 0) & (small < 0.25), small, 0.25)
    near = jnp.where(small < 0.25, 0.5, p)
    log_spread = np.log(4.0) + jnp.log(far) + jnp.log1p(-far)
    log_spread = jnp.where(small < 0.25, log_spread, jnp.log1p(-((2 * near - 1) ** 2)))
    return jnp.where(small > 0, log_spread, -jnp.inf)


@jax.custom_jvp
@jax.jit
def _accuracy(m, p):
    error = beyond(m, -log_spread(p))
    return jnp.where(p > 0.5, 1 - error, error)


@_accuracy.defjvp
def _accuracy_jvp(primals, tangents):
    (m, p), (_, of_p) = primals, tangents
    inside = (p > 0) & (p < 1)
    # the density of Beta(m, m)
    log_height = (m - 1) * jnp.where(inside, log_spread(p), 0.0) + np.log(2.0) - log_beta(0.5, m)
    # at p = 0 and 1 what a slope of this density needs is that of at most three votes
    density = jnp.where(inside, jnp.exp(log_height), (m == 1) + (m == 2) * 6 * p * (1 - p))
    return _accuracy(m, p), density * of_p * jnp.ones_like(m)


def accuracy(n, p):
    """`majority_accuracy` without its checks; no derivative in n."""
    n, p = jnp.asarray(n, jnp.result_type(float)), jnp.asarray(p, jnp.result_type(float))
    m = lax.stop_gradient((n + 1) / 2)
    return _accuracy(*jnp.broadcast_arrays(m, p))


@law(
    kind=Exact(),
    formula=r"I_p(m, m),\; n = 2m - 1",
    source="Condorcet; derived here (section 1)",
    holds={"n": odd(1, MOST), "p": probability()},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    domain={"n": odd_integers(1, 10**9), "p": reals(0.0, 1.0)},
    simulated={"n": odd_integers(1, 301), "p": reals(0.3, 1.0)},
    mutants={
        "two votes more": lambda n, p: accuracy(n + 2, p),
        "normal law": lambda n, p: jax.scipy.stats.norm.cdf((2 * p - 1) * jnp.sqrt(n)),
    },
)
def majority_accuracy(n: Numbers, p: Numbers) -> jax.Array:
    r"""Probability that most of n independent answers are right.

    $$A_n(p) = \sum_{j \ge m} \binom{n}{j} p^j (1-p)^{n-j} = I_p(m, m),\quad n = 2m-1$$

    Args:
      n: number of answers, odd, to 1e15; no derivative.
      p: chance that one answer is right.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300. Differentiable in p.

    Raises:
      InputError: n not an odd whole number to 1e15, or p outside [0, 1].

    Source: derived here (docs, voting section 1).

    >>> from jtts.theory import voting
    >>> print(f"{voting.majority_accuracy(11, 0.6):.10f}")
    0.7534981325
    """
    return accuracy(n, p)


@jax.jit
def _beta_accuracy(n, a, b, correction=1.0):
    n, a, b = jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in (n, a, b)))
    few = n <= COUNTED
    points = jnp.where(few, n, 1.0), jnp.minimum(a, b), jnp.maximum(a, b)
    rarer = lax.map(
        lambda point: _counted(*point), tuple(map(jnp.ravel, points)), batch_size=64
    ).reshape(n.shape)
    counted = jnp.where(a > b, 1 - rarer, rarer)
    many = _decided(jnp.where(few, COUNTED, n), a, b, correction)
    endless = jax.scipy.special.betainc(b, a, 0.5)
    return jnp.where(few, counted + (correction - 1) * (counted - endless), many)


def _counted(n, a, b):
    """P(X >= m) of X ~ BetaBin(n, a, b), a <= b, term by term from X = m: all are positive."""
    m = (n + 1) / 2
    i = np.arange(COUNTED)
    before, after = i < m, i < n - m
    # an urn that first gives m right answers, then n - m wrong ones, in any of C(n, m) orders
    share = jnp.where(a + i < b, jnp.log((a + i) / (a + b + i)), jnp.log1p(-b / (a + b + i)))
    right = jnp.where(before, share, 0.0)
    wrong = jnp.where(after, jnp.log((b + i) / (a + b + m + i)), 0.0)
    orders = jnp.where(after, jnp.log1p(m / (i + 1)), 0.0)
    first = jnp.exp(jnp.sum(right) + jnp.sum(wrong + orders))
    j = m + i
    later = j < n
    steps = jnp.where(later, (n - j) / (j + 1) * (a + j) / jnp.where(later, b + n - j - 1, 1.0), 0)
    return first * (1 + jnp.sum(jnp.cumprod(steps)))


def _decided(n, a, b, correction):
    """The questions that endless votes answer, and the gap to them."""
    m = (n + 1) / 2
    decided = jax.scipy.special.betainc(b, a, 0.5)
    # E A - P(p > 1/2): the two sides of 1/2, weighted with the chance that the majority errs
    # a density of shapes to 100 may rise by exp(40) on the way
    reach = jnp.minimum(1.0, jnp.sqrt(-jnp.expm1(-2 * FALL / m)))
    edge = reach[..., None] * (GAP_NODES + 1) / 2
    m, a, b = m[..., None], a[..., None], b[..., None]

    def log_density(p, q):
        return (a - 1) * jnp.log(p) + (b - 1) * jnp.log(q) - log_beta(a, b)

    low, high = (1 - edge) / 2, (1 + edge) / 2
    rise = jnp.exp(log_density(low, high)) - jnp.exp(log_density(high, low))
    gap = reach / 4 * jnp.sum(GAP_WEIGHTS * minority(m, edge) * rise, -1)
    return decided + correction * gap


@law(
    kind=Exact(),
    formula=r"P(X \ge m),\; X \sim \mathrm{BetaBin}(2m-1, a, b)",
    source="derived here (section 2)",
    holds={"n": odd(1, MOST), "a": between(1e-3, 1e9), "b": between(1e-3, 1e9)},
    jointly={
        "a and b must be at most 100 where n is above 1001": lambda n, a, b: (
            (n <= COUNTED) | ((a <= 100) & (b <= 100))
        )
    },
    relative=1e-10,
    absolute=1e-300,
    gives=probability(),
    domain={"n": odd_integers(1, 10**9), "a": log_reals(0.3, 5.0), "b": log_reals(0.3, 5.0)},
    simulated={"n": odd_integers(1, 301)},
    mutants={
        "endless vote": lambda n, a, b: _beta_accuracy(n, a, b, correction=0.0),
        "average question": lambda n, a, b: accuracy(n, a / (a + b)),
    },
)
def beta_majority_accuracy(n: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Accuracy of the majority over questions of difficulty p ~ Beta(a, b).

    $$E\,A_n(p) = P(p > \tfrac12)
      + \int_0^1 \big(1 - A_n(\tfrac{1+s}2)\big)
        \big[f(\tfrac{1-s}2) - f(\tfrac{1+s}2)\big] \frac{ds}2$$

    Endless votes leave the questions with p > 1/2; the gap to that is $-f'(1/2)/(8(n+2))$.

    Args:
      n: number of answers, odd, to 1e15.
      a, b: shapes, from 1e-3 to 1e9, and at most 100 where n is above 1001.

    Relative accuracy 1e-10, down to 1e-300; up to n = 1001 the votes are counted one by one. Not
    differentiable in the shapes.

    Raises:
      InputError: n not an odd whole number to 1e15, or a shape out of range.

    Source: derived here (docs, voting section 2).

    >>> from jtts.theory import voting
    >>> print(f"{voting.beta_majority_accuracy(11, 3.0, 2.0):.10f}")
    0.6615384615
    """
    return _beta_accuracy(n, a, b)


def increment(n, p, sign=1.0):
    m = (jnp.asarray(n, jnp.result_type(float)) + 1) / 2
    p = jnp.asarray(p, jnp.result_type(float))
    inside = (p > 0) & (p < 1)
    # C(2m-1, m) = 4^m / (2 m B(m, 1/2))
    log_size = m * log_spread(jnp.where(inside, p, 0.5)) - jnp.log(2 * m) - log_beta(0.5, m)
    # at p = 0 and 1 only few votes leave a slope
    sure = (m == 1) * p * (1 - p) + (m == 2) * 3 * (p * (1 - p)) ** 2
    return sign * (2 * p - 1) * jnp.where(inside, jnp.exp(log_size), sure)


@law(
    kind=Exact(floor=0.005),
    formula=r"\binom{2m-1}{m} (p(1-p))^m (2p-1)",
    source="derived here (section 1)",
    holds={"n": odd(1, MOST), "p": probability()},
    relative=1e-11,
    absolute=1e-300,
    gives=between(-0.5, 0.5),
    domain={"n": odd_integers(1, 10**9), "p": reals(0.0, 1.0)},
    simulated={"n": odd_integers(1, 7), "p": reals(0.1, 0.9)},
    mutants={
        "wrong sign": lambda n, p: increment(n, p, sign=-1.0),
        "from two votes on": lambda n, p: increment(n + 8, p),
    },
)
def majority_increment(n: Numbers, p: Numbers) -> jax.Array:
    r"""What two more votes add to the accuracy of a majority of n.

    $$A_{n+2}(p) - A_n(p) = \binom{2m-1}{m} (p(1-p))^m (2p-1),\quad n = 2m-1$$

    Args:
      n: number of answers, odd, to 1e15.
      p: chance that one answer is right.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-300.

    Raises:
      InputError: n not an odd whole number to 1e15, or p outside [0, 1].

    Source: derived here (docs, voting section 1).

    >>> from jtts.theory import voting
    >>> print(f"{voting.majority_increment(7, 0.6):.8f}")
    0.02322432
    """
    return increment(n, p)
