"""What is lost by one who has to learn an urn from its symbols."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import digamma
from scipy import special

from jtts.domain import choices, constant, log_integers
from jtts.kinds import Bound, Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, whole

COUNTED = 4096  # counts of a symbol that are summed one by one
BLOCK = 512  # of them at a time
FEW = 45.0  # e-folds of probability: what is left beyond is nothing
MOST = 1e15  # symbols, drawn or in the vocabulary
LARGE = 10.0  # where the series in 1/x^2 have all digits
STEPS = np.arange(12)

VOCABULARY = choices(2, 4, 8)

ORDERS = 2 * np.arange(1, 9)
BERNOULLI = special.bernoulli(16)[ORDERS]
OF_LOGARITHM = BERNOULLI / ORDERS
OF_FACTORIAL = (1 - 2.0 ** (1 - ORDERS)) * BERNOULLI / (ORDERS - 1)


def _series(coefficients, x):
    """sum_i coefficients[i] / x^(2 i + 1)."""
    total = 0.0 * x
    for coefficient in coefficients[::-1]:
        total = coefficient / x + total / x**2
    return total


def _lag_of_logarithm(x, np=jnp, special=jax.scipy.special):
    """1/2 - x (psi(x + 1) - ln x), about 1/12x; x positive."""
    near = np.minimum(x, LARGE)
    direct = 0.5 - near * (special.digamma(near + 1) - np.log(near))
    return np.where(x < LARGE, direct, _series(OF_LOGARITHM, np.maximum(x, LARGE)))


def _lag_of_factorial(c, np=jnp, special=jax.scipy.special):
    """(c + 1/2) psi(c + 1) - ln c! - c - 1/2 + ln(2 pi)/2, about 1/12(c + 1/2)."""
    near = np.minimum(c, LARGE)
    direct = (near + 0.5) * special.digamma(near + 1) - special.gammaln(near + 1) - near + HALF
    return np.where(c < LARGE, direct, _series(OF_FACTORIAL, np.maximum(c, LARGE) + 0.5))


HALF = float(np.log(2 * np.pi) - 1) / 2
COUNTS = np.arange(float(COUNTED))
RECIPROCAL = 1 / (COUNTS + 1)
SECOND = RECIPROCAL / (COUNTS + 2)
LOGARITHM = _lag_of_logarithm(COUNTS + 1, np, special)
FACTORIAL = _lag_of_factorial(COUNTS, np, special)


def _digamma_rise(x, a):
    """psi(x + a) - psi(x), without the digits that they share."""
    terms = a[..., None] / ((x[..., None] + STEPS) * (x[..., None] + a[..., None] + STEPS))
    x = x + len(STEPS)
    rise = jnp.log1p(a / x)
    # psi(x) = ln x - 1/2x - sum_k B_2k / 2k x^2k, and (x + a)^-m = x^-m exp(-m rise)
    late = -jnp.expm1(-rise) / (2 * x)
    for order, coefficient in zip(ORDERS, OF_LOGARITHM, strict=True):
        late -= coefficient * jnp.expm1(-order * rise) / x**order
    return jnp.sum(terms, -1) + rise + late


def _counted(n, v, *terms):
    """Sums over the counts c = 0 ... 4095 of one symbol in n, of each term [4096] times P(c).

    The count is beta-binomial with parameters 1 and V - 1: P(0) = (V - 1)/(n + V - 1), and
    P(c + 1)/P(c) = (n - c)/(n - c + V - 2).
    """

    def add(carry, block):
        log_first, totals = carry
        counts, values = block
        left = n[..., None] - counts
        falls = -jnp.log1p((v[..., None] - 2) / jnp.maximum(left, 1.0))
        fallen = jnp.cumsum(falls, -1)
        chance = jnp.where(left >= 0, jnp.exp(log_first[..., None] + fallen - falls), 0.0)
        totals = [total + chance @ value for total, value in zip(totals, values, strict=True)]
        return (log_first + fallen[..., -1], totals), None

    start = jnp.log((v - 1) / (n + v - 1)), [jnp.zeros(n.shape) for _ in terms]
    blocks = [np.reshape(values, (-1, BLOCK)) for values in (COUNTS, *terms)]
    return lax.scan(add, start, (blocks[0], blocks[1:]))[0][1]


def _has_rest(n, v):
    """Whether counts of 4096 or more occur."""
    return (n >= COUNTED) & ((v - 2) * COUNTED < FEW * n)


def _mean_reciprocals(n, v):
    """E 1/(c+1) and E 1/((c+1)(c+2)), where V is much smaller than n."""
    rise = digamma(n + v) - digamma(v - 1)
    inverse = (v - 1) / (n + 1)
    return inverse * rise, inverse / (n + 2) * (n + 1 - (v - 2) * rise)


def _sizes(number, vocabulary):
    number, vocabulary = (jnp.asarray(a, jnp.result_type(float)) for a in (number, vocabulary))
    # a number of symbols is whole: there is no derivative by it
    return jnp.broadcast_arrays(lax.stop_gradient(number), vocabulary)


@jax.jit
def _kl(num_symbols_seen, vocabulary):
    n, v = _sizes(num_symbols_seen, vocabulary)
    lag, reciprocal = _counted(n, v, LOGARITHM, RECIPROCAL)
    rest = _mean_reciprocals(n, v)[0] - reciprocal
    lag += jnp.where(_has_rest(n, v), rest / 12, 0.0)
    return ((v - 1) / 2 - v * lag + _lag_of_logarithm(n + v)) / (n + v)


@jax.jit
def _kl_of_half(num_symbols_seen, vocabulary):
    """With half a symbol as prior: (c + 1/2)/(n + V/2) for (c + 1)/(n + V)."""
    n, v = _sizes(num_symbols_seen, vocabulary)
    (more,) = _counted(n, v, (COUNTS + 1) * np.log((COUNTS + 1) / (COUNTS + 0.5)))
    return _kl(n, v) + v / (n + v) * more - jnp.log((n + v) / (n + v / 2))


@law(
    kind=Exact(),
    relative=1e-12,
    holds={"num_symbols_seen": whole(0, MOST), "vocabulary": between(2, MOST)},
    gives=nonnegative(),
    formula=r"\ln(n+V) - V\sum_{c=0}^n P(c)\frac{c+1}{n+V}\ln(c+1) - \psi(V+1) + \psi(2)",
    source="derived here (section 3); the predictor is that of arXiv:2506.17859",
    domain={"num_symbols_seen": log_integers(1, 10**6), "vocabulary": choices(2, 4, 8, 64)},
    simulated={"num_symbols_seen": log_integers(1, 200), "vocabulary": VOCABULARY},
    mutants={
        "half a symbol as prior": lambda num_symbols_seen, vocabulary: _kl_of_half(
            num_symbols_seen, vocabulary
        ),
        "large n": lambda num_symbols_seen, vocabulary: (vocabulary - 1) / (2 * num_symbols_seen),
    },
)
def dirichlet_kl(num_symbols_seen: Numbers, vocabulary: Numbers) -> jax.Array:
    r"""KL divergence of the next symbol from the prediction of the generaliser, averaged.

    Urns theta uniform on the simplex of V symbols, prediction (c_v + 1)/(n + V) after counts c of n
    symbols. With P the beta-binomial law of one count (n draws, parameters 1 and V - 1),

    $$E\,\mathrm{KL}(\theta\|\hat p) = \ln(n+V)-V\sum_{c=0}^n P(c)\,\frac{c+1}{n+V}\ln(c+1)-H,
      \quad H=\psi(V+1)-\psi(2),$$

    H the mean entropy of an urn: the loss per symbol is H more. About (V-1)/(2n) at large n.
    Computed as what the logarithms miss of digamma functions, whose means cancel (docs).

    Args:
      num_symbols_seen: n, a whole number from 0 to 1e15.
      vocabulary: number of symbols V, from 2 to 1e15; the formula continues to real V.

    Arrays broadcast; differentiable in vocabulary. Returns nats per symbol, to a relative 1e-12.

    Raises:
      InputError: a number that is not whole or out of range.

    Source: derived here (docs, in_context section 3); predictor and prior: arXiv:2506.17859.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.dirichlet_kl([0, 1, 16, 128], 8).round(6))
    [0.361584 0.325335 0.132001 0.024955]
    """
    return _kl(num_symbols_seen, vocabulary)


@jax.jit
def _redundancy(context, vocabulary):
    n, v = _sizes(context, vocabulary)
    risen, lag, first, second = _counted(
        n, v, FACTORIAL[0] - FACTORIAL, FACTORIAL, RECIPROCAL, SECOND
    )
    means = _mean_reciprocals(n, v)
    lag += (means[0] - first) / 12 + (means[1] - second) / 24
    risen = jnp.where(_has_rest(n, v), FACTORIAL[0] - lag, risen)
    learned = (v - 1) / 2 * _digamma_rise(v, n) - v * risen
    return learned + _lag_of_factorial(v - 1) - _lag_of_factorial(n + v - 1)


@law(
    kind=Exact(),
    relative=1e-12,
    holds={"context": whole(0, MOST), "vocabulary": between(2, MOST)},
    gives=nonnegative(),
    formula=r"\ln\frac{\Gamma(C+V)}{\Gamma(V)} - V\sum_{c=0}^C P(c)\ln c! - C\,(\psi(V+1)-\psi(2))",
    source="derived here (section 3)",
    domain={"context": log_integers(1, 10**5), "vocabulary": choices(2, 4, 8, 64)},
    simulated={"context": log_integers(1, 200), "vocabulary": VOCABULARY},
    mutants={
        "a symbol less": lambda context, vocabulary: _redundancy(context - 1, vocabulary),
        "urns of fewer symbols": lambda context, vocabulary: _redundancy(context, vocabulary - 0.5),
    },
)
def dirichlet_redundancy(context: Numbers, vocabulary: Numbers) -> jax.Array:
    r"""Information that C symbols hold about their urn: what the generaliser pays to learn it.

    $$\sum_{n=0}^{C-1}E\,\mathrm{KL}_n = I(\theta;s_1\ldots s_C)
      = \ln\frac{\Gamma(C+V)}{\Gamma(V)}-V\sum_{c=0}^C P(c)\ln c!-C\,(\psi(V+1)-\psi(2))$$

    the sum of `dirichlet_kl` over a context, as one sum over the count of one symbol.

    Args:
      context: number of symbols C, a whole number from 0 to 1e15.
      vocabulary: number of symbols V, from 2 to 1e15; the formula continues to real V.

    Arrays broadcast; differentiable in vocabulary. Returns nats for the whole context, to a
    relative 1e-12.

    Raises:
      InputError: a number that is not whole or out of range.

    Source: derived here (docs, in_context section 3).

    >>> from jtts.theory import in_context as icl
    >>> print((icl.dirichlet_redundancy([32, 128], [4, 8]) / jnp.array([32, 128])).round(6))
    [0.096061 0.072137]
    """
    return _redundancy(context, vocabulary)


def _advantage(num_tasks, vocabulary, context, pool=1.0):
    num_tasks, context = (jnp.asarray(a, jnp.result_type(float)) for a in (num_tasks, context))
    saved = _redundancy(context, vocabulary) - pool * jnp.log(num_tasks)
    return jnp.maximum(saved, 0.0) / lax.stop_gradient(context)


@law(
    relative=1e-12,
    absolute=1e-15,
    holds={
        "num_tasks": at_least(1),
        "vocabulary": between(2, MOST),
        "context": whole(1, MOST),
    },
    gives=nonnegative(),
    kind=Bound(side="lower", tight={"num_tasks": constant(2), "context": choices(256, 512)}),
    formula=r"L_G - L_M \ge \frac1C\Big[\sum_{n<C}\mathrm{KL}_G(n) - \ln D\Big]_+",
    source="derived here (section 3)",
    domain={
        "num_tasks": log_integers(1, 10**6),
        "vocabulary": choices(2, 4, 8, 64),
        "context": log_integers(1, 10**5),
    },
    simulated={"vocabulary": choices(8, 16)},
    mutants={
        "free choice of the urn": lambda num_tasks, vocabulary, context: _advantage(
            num_tasks, vocabulary, context, pool=0.0
        )
    },
)
def memorizing_advantage(num_tasks: Numbers, vocabulary: Numbers, context: Numbers) -> jax.Array:
    r"""Least advantage, in loss per symbol, of memorising D urns over generalising, on the pool.

    The memoriser pays no more than ln D to find the urn, and no more than one who does not know
    the pool:

    $$L_G-L_M\ge\frac1C\Big[\sum_{n<C}\mathrm{KL}_G(n)-\ln D\Big]_+$$

    averaged over pools. Tight when a context tells the urns apart, and when D is so large that a
    pool is as good as the prior.

    Args:
      num_tasks: number of urns D, real, at least 1; infinity for the prior.
      vocabulary: number of symbols V, from 2 to 1e15; the formula continues to real V.
      context: number of symbols C, a whole number from 1 to 1e15.

    Arrays broadcast; differentiable in num_tasks and vocabulary. Returns nats per symbol, to a
    relative 1e-12 and an absolute 1e-15; 0 where ln D exceeds the `dirichlet_redundancy`.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 3).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.memorizing_advantage([1, 16, 256, 4096, 65536], 8, 128).round(4))
    [0.0721 0.0505 0.0288 0.0072 0.    ]
    """
    return _advantage(num_tasks, vocabulary, context)
