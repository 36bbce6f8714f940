"""Pairs that a memory holds if the best-scoring of all values is read out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete, require_at_least, require_positive
from jtts.domain import log_reals, reals
from jtts.kinds import Root
from jtts.laws import law
from jtts.theory.associative_memory.codebook import union_errors
from jtts.theory.associative_memory.overlaps import log_moment_generating
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.roots import increasing_root

SOURCE = "derived here (docs, associative memory section 3)"
SIZES = {"dim": log_reals(16, 10**5), "num_values": log_reals(16, 10**4)}
LARGEST = 160.0  # of ln N: bits in a state of more than 1e66 numbers


def _sizes(dim, num_values):
    (dim,) = as_numbers(dim)
    return jnp.broadcast_arrays(dim, *as_numbers(dim if num_values is None else num_values))


@jax.jit
def _threshold(dim, num_values, share):
    """N with N ln N = d V / share."""
    dim, num_values = _sizes(dim, num_values)
    goal = jnp.log(dim) + jnp.log(num_values) - jnp.log(share)

    def excess(log_pairs):
        return log_pairs + jnp.log(log_pairs) - goal

    return jnp.exp(increasing_root(excess, 1e-9, LARGEST))


def require_codebook(dim, num_values):
    """Raise InputError unless keys and code words have a dimension."""
    require_at_least(1, dim=dim, **({} if num_values is None else {"num_values": num_values}))


def _threshold_root(share):
    return Root(
        residual=lambda num_pairs, dim, num_values: (
            share * num_pairs * np.log(num_pairs) / (dim * num_values) - 1
        ),
        bracket=lambda dim, num_values: (1.0 + 1e-9, dim * num_values + 2),
    )


@law(
    kind=_threshold_root(2.0),
    formula=r"2 N \ln N = d V",
    source=SOURCE,
    domain=SIZES,
    mutants={
        "all queries": lambda dim, num_values: _threshold(dim, num_values, 8.0),
        "without the logarithm": lambda dim, num_values: dim * num_values / 2,
    },
)
def codebook_capacity(dim, num_values=None):
    r"""Pairs up to which half the queries find their value among N random code words.

    $$2N\ln N = dV:$$

    the noise N/(dV) of a score times the 2 ln N of the largest among N is the unit score.

    Args:
      dim: d >= 1.
      num_values: V >= 1, dimension of the code words; dim where None. Both broadcast.

    Returns N, real, to leading order at large dV: simulation at d = V = 32 finds half at N = 118,
    this is 109. Grows as d V / ln(d V), the state's size up to a logarithm.

    Raises:
      InputError: a size below 1.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_capacity(32):.3f}")
    109.113
    """
    require_codebook(dim, num_values)
    return _threshold(dim, num_values, 2.0)


@law(
    kind=_threshold_root(8.0),
    formula=r"8 N \ln N = d V",
    source=SOURCE,
    domain=SIZES,
    mutants={
        "a typical query": lambda dim, num_values: _threshold(dim, num_values, 2.0),
        "without the logarithm": lambda dim, num_values: dim * num_values / 8,
    },
)
def codebook_capacity_of_all(dim, num_values=None):
    r"""Pairs up to which every query finds its value among N random code words.

    $$8N\ln N = dV:$$

    both the least of N right scores and the largest of the N^2 wrong ones are off by half of it.

    Args:
      dim: d >= 1.
      num_values: V >= 1, dimension of the code words; dim where None. Both broadcast.

    Returns N, real, to leading order at large dV, one quarter of `codebook_capacity` up to
    logarithms.

    Raises:
      InputError: a size below 1.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_capacity_of_all(32):.3f}")
    35.780
    """
    require_codebook(dim, num_values)
    return _threshold(dim, num_values, 8.0)


@jax.jit
def _union(dim, num_values=None, expected_errors=0.01, noise=1.0):
    dim, num_values = _sizes(dim, num_values)
    dim, num_values, errors = jnp.broadcast_arrays(dim, num_values, *as_numbers(expected_errors))

    def excess(log_others):
        num_pairs = 1 + jnp.exp(log_others)
        return jnp.log(union_errors(num_pairs, noise * dim, num_values)) - jnp.log(errors)

    return 1 + jnp.exp(increasing_root(excess, -8.0, jnp.log(dim * num_values) + 2))


@law(
    kind=Root(
        residual=lambda num_pairs, dim, num_values, expected_errors: float(
            union_errors(num_pairs, dim, num_values) - expected_errors
        ),
        bracket=lambda dim, num_values, expected_errors: (1 + 1e-3, 3 * dim * num_values),
    ),
    formula=r"(N-1)\,Q\big([\tfrac1d + \tfrac1V + \tfrac{2N-3}{dV}]^{-1/2}\big) = \delta",
    source=SOURCE,
    domain={**SIZES, "expected_errors": log_reals(1e-3, 0.1)},
    mutants={
        "twice the errors": lambda expected_errors, **sizes: _union(
            **sizes, expected_errors=2 * expected_errors
        ),
        "twice the dimension": lambda **point: _union(**point, noise=2.0),
    },
)
def codebook_union_capacity(dim, num_values=None, expected_errors=0.01):
    r"""Pairs up to which few of N random code words are expected to beat the right one.

    $$(N-1)\,Q\Big(\Big[\frac1d+\frac1V+\frac{2N-3}{dV}\Big]^{-1/2}\Big) = \delta$$

    Args:
      dim: d >= 1.
      num_values: V >= 1, dimension of the code words; dim where None.
      expected_errors: delta > 0, expected number of better code words. All broadcast.

    Returns N, real and above 1. By normal scores and the union bound: a pessimistic estimate once
    delta is not small, not a guarantee, since at small d the scores are not normal.

    Raises:
      InputError: a size below 1, or a delta that is not positive.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_union_capacity(64):.4f}")
    88.3439
    """
    require_codebook(dim, num_values)
    require_positive(expected_errors=expected_errors)
    return _union(dim, num_values, expected_errors)


def require_mass(mass):
    """Raise InputError unless a mass can be reached and missed."""
    known = concrete(mass)
    if known is not None and not np.all((known > 0) & (known < 1)):
        raise InputError(f"mass must be above 0 and below 1, got {mass}")


def log_softmax_capacity(dim, inverse_temperature=1.0, mass=0.5, spread=1.0):
    """ln(N - 1) of `softmax_capacity`, which may be beyond the largest number."""
    dim, beta, mass = jnp.broadcast_arrays(*as_numbers(dim, inverse_temperature, mass))
    logit = beta * dim
    margin = jnp.log1p(-mass) - jnp.log(mass)
    return margin + logit - spread * log_moment_generating(dim, logit)


def _distraction(num_pairs, dim, inverse_temperature):
    """Mean weight of all others over that of the right pair, by scipy's Bessel function."""
    from scipy.special import gammaln, ive

    logit, order = inverse_temperature * dim, dim / 2 - 1
    log_mean = gammaln(dim / 2) + order * np.log(2 / logit) + np.log(ive(order, logit)) + logit
    return (num_pairs - 1) * np.exp(log_mean - logit)


@law(
    kind=Root(
        residual=lambda num_pairs, dim, inverse_temperature, mass: (
            mass * _distraction(num_pairs, dim, inverse_temperature) - (1 - mass)
        ),
        bracket=lambda dim, inverse_temperature, mass: (1.0, np.exp(min(dim + 10.0, 700.0))),
    ),
    formula=r"1 + \frac{1-p}{p}\, e^{bd} / [\Gamma(\tfrac d2)(\tfrac2{bd})^{d/2-1} I_{d/2-1}(bd)]",
    source=SOURCE,
    domain={
        "dim": log_reals(4, 300),
        "inverse_temperature": log_reals(0.1, 2.0),
        "mass": reals(0.1, 0.9),
    },
    mutants={
        "frozen distractors": lambda **point: jnp.exp(log_softmax_capacity(**point, spread=0.0)),
        "odds upside down": lambda mass, **point: jnp.exp(
            log_softmax_capacity(**point, mass=1 - mass)
        ),
    },
)
def softmax_capacity(dim, inverse_temperature=1.0, mass=0.5):
    r"""Pairs among which softmax attention is sure to put a given mass on the right one.

    $$N = 1 + \frac{1-p}p\,\frac{e^{bd}}{\Gamma(d/2)(2/bd)^{d/2-1}I_{d/2-1}(bd)}
      \approx e^{\nu_1d}$$

    with logits b d k_j.q. The mass at N pairs is at least p on average, by Jensen's inequality; the
    annealed exponent is $\nu_1 = b(1-c_b) - \tfrac12\ln(1-c_b^2)$, $c_b = (\sqrt{1+4b^2}-1)/(2b)$.

    Args:
      dim: d >= 2; keys on the unit sphere.
      inverse_temperature: b > 0, per dimension.
      mass: p, 0 < p < 1, on the pair asked for. All broadcast.

    Returns N, real: exponential in d, infinite beyond the largest double (dim above 1100 at b = 1).
    Relative accuracy 1e-11.

    Raises:
      InputError: dim below 2, a temperature that is not positive, or a mass outside (0, 1).

    Source: derived here (docs, associative memory section 3); cf. arXiv:2304.14964.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.softmax_capacity(32):.4e}")
    4.1495e+08
    """
    require_at_least(2, dim=dim)
    require_positive(inverse_temperature=inverse_temperature)
    require_mass(mass)
    return 1 + jnp.exp(log_softmax_capacity(dim, inverse_temperature, mass))
