"""Pairs that a memory holds if the best-scoring of all values is read out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_reals, reals
from jtts.kinds import Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between
from jtts.theory.associative_memory.codebook import log_union_errors, union_errors
from jtts.theory.associative_memory.overlaps import log_tilted_mean
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.roots import increasing_root

SOURCE = "derived here (docs, associative memory section 3)"
SIZES = {"dim": log_reals(16, 10**5), "num_values": log_reals(16, 10**4)}
SOFTMAX = {
    "dim": between(2, 1e9),
    "inverse_temperature": between(1e-6, 1e6),
    "mass": between(0, 1, open="both"),
}
LARGEST = 160.0  # of ln N: bits in a state of more than 1e66 numbers
SIZES_HOLD = {"dim": between(1, 1e30), "num_values": between(1, 1e30)}


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
    holds=SIZES_HOLD,
    relative=1e-13,
    gives=at_least(1),
    mutants={
        "all queries": lambda dim, num_values: _threshold(dim, num_values, 8.0),
        "without the logarithm": lambda dim, num_values: dim * num_values / 2,
    },
)
def codebook_capacity(dim: Numbers, num_values: Numbers | None = None) -> jax.Array:
    r"""Pairs up to which half the queries find their value among N random code words.

    $$2N\ln N = dV:$$

    the noise N/(dV) of a score times the 2 ln N of the largest among N is the unit score.

    Args:
      dim: d, from 1 to 1e30.
      num_values: V, from 1 to 1e30, dimension of the code words; dim where None. Both broadcast.

    Returns N, real, the root to 1e-13 relatively, to leading order at large dV: simulation at d
    = V = 32 finds half at N = 118, this is 109. Grows as d V / ln(d V), the state's size up to
    a logarithm.

    Raises:
      InputError: a size below 1 or above 1e30.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_capacity(32):.3f}")
    109.113
    """
    return _threshold(dim, num_values, 2.0)


@law(
    kind=_threshold_root(8.0),
    formula=r"8 N \ln N = d V",
    source=SOURCE,
    domain=SIZES,
    holds=SIZES_HOLD,
    relative=1e-13,
    gives=at_least(1),
    mutants={
        "a typical query": lambda dim, num_values: _threshold(dim, num_values, 2.0),
        "without the logarithm": lambda dim, num_values: dim * num_values / 8,
    },
)
def codebook_capacity_of_all(dim: Numbers, num_values: Numbers | None = None) -> jax.Array:
    r"""Pairs up to which every query finds its value among N random code words.

    $$8N\ln N = dV:$$

    both the least of N right scores and the largest of the N^2 wrong ones are off by half of it.

    Args:
      dim: d, from 1 to 1e30.
      num_values: V, from 1 to 1e30, dimension of the code words; dim where None. Both broadcast.

    Returns N, real, the root to 1e-13 relatively, to leading order at large dV, one quarter of
    `codebook_capacity` up to logarithms.

    Raises:
      InputError: a size below 1 or above 1e30.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_capacity_of_all(32):.3f}")
    35.780
    """
    return _threshold(dim, num_values, 8.0)


@jax.jit
def _union(dim, num_values=None, expected_errors=0.01, noise=1.0):
    dim, num_values = _sizes(dim, num_values)
    dim, num_values, errors = jnp.broadcast_arrays(dim, num_values, *as_numbers(expected_errors))

    def excess(log_others):
        return log_union_errors(log_others, noise * dim, num_values) - jnp.log(errors)

    # at most half of the others score higher, and at this many of them more than a third
    enough = jnp.log(9 * noise * dim * num_values + 4 * errors)
    return 1 + jnp.exp(increasing_root(excess, jnp.log(errors), enough))


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
    holds=SIZES_HOLD | {"expected_errors": between(1e-200, 1e30)},
    relative=1e-12,
    gives=at_least(1),
    mutants={
        "twice the errors": lambda expected_errors, **sizes: _union(
            **sizes, expected_errors=2 * expected_errors
        ),
        "twice the dimension": lambda **point: _union(**point, noise=2.0),
    },
)
def codebook_union_capacity(
    dim: Numbers, num_values: Numbers | None = None, expected_errors: Numbers = 0.01
) -> jax.Array:
    r"""Pairs up to which few of N random code words are expected to beat the right one.

    $$(N-1)\,Q\Big(\Big[\frac1d+\frac1V+\frac{2N-3}{dV}\Big]^{-1/2}\Big) = \delta$$

    Args:
      dim: d, from 1 to 1e30.
      num_values: V, from 1 to 1e30, dimension of the code words; dim where None.
      expected_errors: delta, from 1e-200 to 1e30, expected number of better code words. All
        broadcast.

    Returns N, real and above 1, the root to 1e-12 relatively. By normal scores and the union
    bound: a pessimistic estimate once delta is not small, not a guarantee, since at small d the
    scores are not normal.

    Raises:
      InputError: a size or a delta out of range.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_union_capacity(64):.4f}")
    88.3439
    """
    return _union(dim, num_values, expected_errors)


@jax.jit
def log_softmax_capacity(dim, inverse_temperature=1.0, mass=0.5, spread=1.0):
    """ln(N - 1) of `softmax_capacity`, which may be beyond the largest number."""
    dim, beta, mass = jnp.broadcast_arrays(*as_numbers(dim, inverse_temperature, mass))
    logit = beta * dim
    margin = jnp.log1p(-mass) - jnp.log(mass)
    return margin + (1 - spread) * logit - spread * log_tilted_mean(dim, logit)


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
    holds=SOFTMAX,
    relative=1e-11,
    gives=at_least(1),
    mutants={
        "frozen distractors": lambda **point: jnp.exp(log_softmax_capacity(**point, spread=0.0)),
        "odds upside down": lambda mass, **point: jnp.exp(
            log_softmax_capacity(**point, mass=1 - mass)
        ),
    },
)
def softmax_capacity(
    dim: Numbers, inverse_temperature: Numbers = 1.0, mass: Numbers = 0.5
) -> jax.Array:
    r"""Pairs among which softmax attention is sure to put a given mass on the right one.

    $$N = 1 + \frac{1-p}p\,\frac{e^{bd}}{\Gamma(d/2)(2/bd)^{d/2-1}I_{d/2-1}(bd)}
      \approx e^{\nu_1d}$$

    with logits b d k_j.q. The mass at N pairs is at least p on average, by Jensen's inequality; the
    annealed exponent is $\nu_1 = b(1-c_b) - \tfrac12\ln(1-c_b^2)$, $c_b = (\sqrt{1+4b^2}-1)/(2b)$.

    Args:
      dim: d, from 2 to 1e9; keys on the unit sphere.
      inverse_temperature: b, from 1e-6 to 1e6, per dimension.
      mass: p, 0 < p < 1, on the pair asked for. All broadcast.

    Returns N, real: exponential in d, infinite beyond the largest double (dim above 1100 at b = 1).
    Relative accuracy 1e-11.

    Raises:
      InputError: dim below 2, or a temperature or a mass out of range.

    Source: derived here (docs, associative memory section 3); cf. arXiv:2304.14964.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.softmax_capacity(32):.4e}")
    4.1495e+08
    """
    return 1 + jnp.exp(log_softmax_capacity(dim, inverse_temperature, mass))
