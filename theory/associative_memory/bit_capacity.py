"""Pairs that a memory holds with every bit of a pattern right."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtri

from jtts.domain import log_reals
from jtts.kinds import Root
from jtts.laws import law
from jtts.normal_tail import log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import at_least, between
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.roots import increasing_root
from jtts.theory.associative_memory.sign_readout import limit_bit_error

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
HOLDS = {
    "dim": between(1, 1e12),
    "num_values": between(1, 1e12),
    "expected_errors": between(1e-200, 1e12),
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
    holds=HOLDS,
    relative=1e-12,
    gives=at_least(1),
    mutants={
        "amplitude for power": lambda **point: _pattern(**point, power=1.0),
        "two per bit": lambda num_values, **point: _pattern(num_values=2 * num_values, **point),
    },
)
def pattern_capacity(
    dim: Numbers, num_values: Numbers | None = None, expected_errors: Numbers = 0.01
) -> jax.Array:
    r"""Pairs up to which one pattern of V bits is read out right but for delta expected errors.

    $$V\,Q(\sqrt{d/(N-1)}) = \delta\quad\Rightarrow\quad N = 1 + \frac d{[Q^{-1}(\delta/V)]^2}
      \approx \frac d{2\ln V}$$

    Args:
      dim: d, from 1 to 1e12.
      num_values: V, from 1 to 1e12, bits of a pattern; dim where None.
      expected_errors: delta, from 1e-200 to 1e12, expected number of wrong bits. All broadcast.

    Returns N, real, by the normal law `limit_bit_error`, to 1e-12 relatively (as many digits as
    delta/V lacks to 1/2, where that is less); NaN where delta >= V/2, which any memory achieves.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.pattern_capacity(1024):.6f}")
    57.157394
    """
    return _pattern(dim, num_values, expected_errors)


@jax.jit
def _all_bits(dim, num_values, expected_errors, patterns=1.0):
    dim, expected_errors = as_numbers(dim, expected_errors)
    bits = dim if num_values is None else jnp.asarray(num_values, float)
    dim, expected_errors, bits = jnp.broadcast_arrays(dim, expected_errors, bits)

    goal = jnp.log(bits) - jnp.log(expected_errors)

    def excess(log_load):
        load = jnp.exp(log_load)
        log_tail = log_upper_tail(1 / jnp.sqrt(load))
        return patterns * jnp.log1p(load * dim) + log_tail + goal

    enough = jnp.log(4 + 4 * expected_errors / (bits * dim))  # with a tail of 0.3
    return 1 + dim * jnp.exp(increasing_root(excess, -10.0, enough))


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
    holds=HOLDS,
    relative=1e-12,
    gives=at_least(1),
    mutants={
        "one pattern": lambda **point: _pattern(**point),
        "pairs of patterns": lambda **point: _all_bits(**point, patterns=2.0),
    },
)
def all_bits_capacity(
    dim: Numbers, num_values: Numbers | None = None, expected_errors: Numbers = 0.01
) -> jax.Array:
    r"""Pairs up to which all bits of all patterns are read out right but for delta expected errors.

    $$N V\,Q(\sqrt{d/(N-1)}) = \delta,\quad N \approx \frac d{2\ln(NV)} \to \frac d{4\ln d}
      \text{ at } V = d$$

    Args:
      dim: d, from 1 to 1e12.
      num_values: V, from 1 to 1e12, bits of a pattern; dim where None.
      expected_errors: delta, from 1e-200 to 1e12, expected number of wrong bits in all. All
        broadcast.

    Returns N, real, by the normal law `limit_bit_error`, to 1e-12 relatively, with implicit
    derivatives of any order.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.all_bits_capacity(1024):.6f}")
    41.356439
    """
    return _all_bits(dim, num_values, expected_errors)
