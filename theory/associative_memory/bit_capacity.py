"""Pairs that a memory holds with every bit of a pattern right."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.special import log_ndtr, ndtri

from jtts.arguments import require_at_least, require_positive
from jtts.domain import log_reals
from jtts.kinds import Root
from jtts.laws import law
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.roots import increasing_root
from jtts.theory.associative_memory.sign_readout import limit_bit_error

DIM = log_reals(4, 10**5)
TOLERANCE = log_reals(0.1, 3.0)
SOURCE = "derived here (docs, associative memory section 3)"


def _pattern(dim, num_values, expected_errors, power=2.0):
    dim, expected_errors = as_numbers(dim, expected_errors)
    share = expected_errors / (dim if num_values is None else jnp.asarray(num_values, float))
    return 1 + dim / jnp.abs(ndtri(jnp.where(share < 0.5, share, jnp.nan))) ** power


BITS = {
    "dim": log_reals(16, 10**5),
    "num_values": log_reals(1, 10**4),
    "expected_errors": log_reals(1e-3, 0.1),
}


@law(
    kind=Root(
        residual=lambda num_pairs, dim, num_values, expected_errors: (
            num_values * limit_bit_error((num_pairs - 1) / dim) - expected_errors
        ),
        bracket=lambda dim, num_values, expected_errors: (1 + dim / 900, 2 + 2 * dim),
    ),
    formula=r"1 + d / [Q^{-1}(\delta/V)]^2",
    source=SOURCE,
    domain=BITS,
    mutants={
        "amplitude for power": lambda **point: _pattern(**point, power=1.0),
        "two per bit": lambda num_values, **point: _pattern(num_values=2 * num_values, **point),
    },
)
def pattern_capacity(dim, num_values=None, expected_errors=0.01):
    r"""Pairs up to which one pattern of V bits is read out right but for delta expected errors.

    $$V\,Q(\sqrt{d/(N-1)}) = \delta\quad\Rightarrow\quad N = 1 + \frac d{[Q^{-1}(\delta/V)]^2}
      \approx \frac d{2\ln V}$$

    Args:
      dim: d >= 1.
      num_values: V >= 1, bits of a pattern; dim where None.
      expected_errors: delta > 0, expected number of wrong bits. All broadcast.

    Returns N, real, by the normal law `limit_bit_error`; NaN where delta >= V/2, which any memory
    achieves.

    Raises:
      InputError: dim or num_values below 1, or a delta that is not positive.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.pattern_capacity(1024):.6f}")
    57.157394
    """
    require_bits(dim, num_values, expected_errors)
    return _pattern(dim, num_values, expected_errors)


def require_bits(dim, num_values, expected_errors):
    """Raise InputError unless bits can be counted."""
    require_at_least(1, dim=dim, **({} if num_values is None else {"num_values": num_values}))
    require_positive(expected_errors=expected_errors)


@jax.jit
def _all_bits(dim, num_values, expected_errors, patterns=1.0):
    dim, expected_errors = as_numbers(dim, expected_errors)
    bits = dim if num_values is None else jnp.asarray(num_values, float)
    dim, expected_errors, bits = jnp.broadcast_arrays(dim, expected_errors, bits)

    def excess(log_load):
        load = jnp.exp(log_load)
        log_tail = log_ndtr(-1 / jnp.sqrt(load))
        return patterns * jnp.log1p(load * dim) + log_tail + jnp.log(bits / expected_errors)

    return 1 + dim * jnp.exp(increasing_root(excess, -40.0, 15.0))


@law(
    kind=Root(
        residual=lambda num_pairs, dim, num_values, expected_errors: (
            num_pairs * num_values * limit_bit_error((num_pairs - 1) / dim) - expected_errors
        ),
        bracket=lambda dim, num_values, expected_errors: (1 + dim / 900, 2 + 2 * dim),
    ),
    formula=r"N V Q(\sqrt{d/(N-1)}) = \delta",
    source=SOURCE,
    domain=BITS,
    mutants={
        "one pattern": lambda **point: _pattern(**point),
        "pairs of patterns": lambda **point: _all_bits(**point, patterns=2.0),
    },
)
def all_bits_capacity(dim, num_values=None, expected_errors=0.01):
    r"""Pairs up to which all bits of all patterns are read out right but for delta expected errors.

    $$N V\,Q(\sqrt{d/(N-1)}) = \delta,\quad N \approx \frac d{2\ln(NV)} \to \frac d{4\ln d}
      \text{ at } V = d$$

    Args:
      dim: d >= 1.
      num_values: V >= 1, bits of a pattern; dim where None.
      expected_errors: delta > 0, expected number of wrong bits in all. All broadcast.

    Returns N, real, by the normal law `limit_bit_error`, with implicit derivatives.

    Raises:
      InputError: dim or num_values below 1, or a delta that is not positive.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.all_bits_capacity(1024):.6f}")
    41.356439
    """
    require_bits(dim, num_values, expected_errors)
    return _all_bits(dim, num_values, expected_errors)
