"""How many pairs a memory holds: one memory, several criteria, several capacities."""

from __future__ import annotations

import difflib
import functools
import inspect
from typing import Any, Literal

import jax
import jax.numpy as jnp

from jtts.arguments import InputError
from jtts.domain import choices, log_reals
from jtts.kinds import LogSlope
from jtts.laws import ClosedForm, closed_form, law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, words
from jtts.theory.associative_memory.bit_capacity import all_bits_capacity, pattern_capacity
from jtts.theory.associative_memory.codebook_capacity import (
    codebook_capacity,
    codebook_capacity_of_all,
    codebook_union_capacity,
    log_softmax_capacity,
    softmax_capacity,
)
from jtts.theory.associative_memory.error_capacity import (
    adversarial_capacity,
    coherence_capacity,
    mean_squared_capacity,
    welch_capacity,
)
from jtts.theory.associative_memory.recall import as_numbers


@closed_form(holds={"dim": between(1, 1e30)}, relative=0.0)
def least_squares_capacity(dim: Numbers) -> jax.Array:
    """Pairs that least squares, or the delta rule at convergence, recalls without error: d."""
    return as_numbers(dim)[0]


CRITERIA: dict[str, ClosedForm[..., Any]] = {
    "adversarial": adversarial_capacity,
    "coherence": coherence_capacity,
    "welch": welch_capacity,
    "mean_squared": mean_squared_capacity,
    "pattern_bits": pattern_capacity,
    "all_bits": all_bits_capacity,
    "codebook_typical": codebook_capacity,
    "codebook_all": codebook_capacity_of_all,
    "codebook_union": codebook_union_capacity,
    "least_squares": least_squares_capacity,
    "softmax": softmax_capacity,
}


def _criterion(criterion, options):
    """The capacity by a criterion, after checks of its name and options."""
    if criterion not in CRITERIA:
        near = difflib.get_close_matches(str(criterion), CRITERIA, n=3, cutoff=0.4) or CRITERIA
        raise InputError(f"criterion must be one of {', '.join(near)}, got {criterion!r}")
    found = CRITERIA[criterion]
    accepted = list(inspect.signature(found).parameters)[1:]
    for name in options:
        if name not in accepted:
            takes = ", ".join(accepted) or "no options"
            raise InputError(f"criterion {criterion} has no option {name!r}; it takes {takes}")
    return found


def capacity(dim, criterion, **options):
    r"""Number of pairs that a memory with keys of dimension d holds, by a criterion.

    | criterion | a memory holds N pairs while | options | growth |
    |---|---|---|---|
    | adversarial | no bounded values cause a larger mean error | tolerance | sqrt(d) |
    | coherence | the worst overlap of random keys guarantees it | tolerance | sqrt(d / ln d) |
    | welch | the worst overlap of the best keys could guarantee it | tolerance | d |
    | mean_squared | random values are recalled within a mean squared error | tolerance | d |
    | pattern_bits | all bits of one pattern are right | num_values, expected_errors | d / ln V |
    | all_bits | all bits of all patterns are right | num_values, expected_errors | d / ln(N V) |
    | codebook_typical | half the queries find their code word | num_values | d V / ln N |
    | codebook_all | all queries find their code word | num_values | d V / ln N |
    | codebook_union | few code words score higher | num_values, expected_errors | d V / ln N |
    | least_squares | the fit is exact | | d |
    | softmax | attention keeps its mass | inverse_temperature, mass | exp(nu d) |

    Args:
      dim: d; at least 1, or 2 for softmax.
      criterion: a name above; `adversarial_capacity`, `pattern_capacity` and so on say more.
      options: of that criterion. All numbers broadcast and are differentiable.

    Returns N, a real number.

    Raises:
      InputError: an unknown criterion or option, or a value out of range.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.capacity(256, 'mean_squared'):.1f} {am.capacity(256, 'all_bits'):.6f}")
    26.6 13.456679
    """
    return _criterion(criterion, options)(dim, **options)


def _log_capacity(criterion, dim):
    if criterion == "softmax":
        return log_softmax_capacity(dim)
    return jnp.log(CRITERIA[criterion].function(dim))


@functools.partial(jax.jit, static_argnames="criterion")
def _exponent(dim, criterion):
    log_dim = jnp.log(as_numbers(dim)[0])
    return jax.jvp(
        lambda log_dim: _log_capacity(criterion, jnp.exp(log_dim)),
        (log_dim,),
        (jnp.ones_like(log_dim),),
    )[1]


@law(
    kind=LogSlope(of=capacity, argument="dim"),
    formula=r"d \ln N / d \ln d",
    source="derived here (docs, associative memory section 3)",
    domain={"dim": log_reals(16, 500), "criterion": choices(*CRITERIA)},
    holds={"dim": between(2, 1e9), "criterion": words(*CRITERIA)},
    relative=1e-9,
    gives=nonnegative(),
    mutants={
        "linear": lambda dim, criterion: jnp.ones_like(jnp.asarray(dim, float)),
        "at twice the dimension": lambda dim, criterion: _exponent(2 * dim, criterion),
    },
)
def capacity_exponent(
    dim: Numbers,
    criterion: Literal[
        "adversarial",
        "coherence",
        "welch",
        "mean_squared",
        "pattern_bits",
        "all_bits",
        "codebook_typical",
        "codebook_all",
        "codebook_union",
        "least_squares",
        "softmax",
    ],
) -> jax.Array:
    r"""Local exponent of a capacity in the dimension of keys, at the criterion's default options.

    $$\frac{d\ln N}{d\ln d}$$

    Args:
      dim: d, from 2 to 1e9; any shape.
      criterion: as in `capacity`.

    Returns the exponent (no units), relatively accurate to 1e-9 and differentiable, by forward
    differentiation: 1/2 up to logarithms for the adversarial and coherence criteria, 1 for
    mean_squared, near 1 with logarithms for bits, near 2 for code words in V = d dimensions,
    and nu d for softmax (of ln(N - 1)).

    Raises:
      InputError: an unknown criterion, or dim below 2.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.capacity_exponent(1e4, 'adversarial'):.3f}")
    0.496
    """
    return _exponent(dim, criterion)
