"""Pairs that a memory holds within an error: guaranteed, or on average."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_reals
from jtts.kinds import Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, positive
from jtts.theory.associative_memory.coherence import largest_overlap, welch_coherence
from jtts.theory.associative_memory.hebbian import absolute_crosstalk
from jtts.theory.associative_memory.overlaps import mean_absolute_overlap
from jtts.theory.associative_memory.recall import as_numbers, recall_error
from jtts.theory.associative_memory.roots import increasing_root

DIM = log_reals(4, 10**5)
TOLERANCE = log_reals(0.1, 3.0)
HOLDS = {"dim": between(1, 1e9), "tolerance": positive(1e6)}
SOURCE = "derived here (docs, associative memory section 3)"


def _adversarial(dim, tolerance=1.0):
    return 1 + tolerance / mean_absolute_overlap(dim)


@law(
    kind=Root(
        residual=lambda num_pairs, dim, tolerance: absolute_crosstalk(num_pairs, dim) - tolerance,
        bracket=lambda dim, tolerance: (1.0, 2 + 2 * tolerance * dim**0.5),
    ),
    formula=r"1 + \varepsilon \sqrt\pi\,\Gamma((d+1)/2) / \Gamma(d/2)",
    source=SOURCE,
    domain={"dim": DIM, "tolerance": TOLERANCE},
    holds=HOLDS,
    relative=1e-13,
    gives=at_least(1),
    mutants={
        "root mean square": lambda dim, tolerance: 1 + tolerance * dim**0.5,
        "the pair itself": lambda dim, tolerance: _adversarial(*as_numbers(dim, tolerance)) - 1,
    },
)
def adversarial_capacity(dim: Numbers, tolerance: Numbers = 1.0) -> jax.Array:
    r"""Pairs up to which no bounded values can push the mean error of a component past a tolerance.

    $$N = 1 + \varepsilon\sqrt\pi\,\frac{\Gamma((d+1)/2)}{\Gamma(d/2)}
      \approx \varepsilon\sqrt{\pi d/2}$$

    Args:
      dim: d, from 1 to 1e9; keys on the unit sphere.
      tolerance: epsilon, above 0 and up to 1e6, in units of the largest value. Both broadcast.

    Returns N, real: where `absolute_crosstalk` reaches the tolerance, to 1e-13 relatively. Grows as
    the root of d.

    Raises:
      InputError: dim or a tolerance out of range.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.adversarial_capacity(1024):.6f}")
    41.096262
    """
    return _adversarial(*as_numbers(dim, tolerance))


@jax.jit
def _coherence(dim, tolerance=1.0, more=0.0):
    dim, tolerance = jnp.broadcast_arrays(*as_numbers(dim, tolerance))

    def excess(log_others):
        num_pairs = 1 + jnp.exp(log_others)
        return log_others + jnp.log(largest_overlap.function(num_pairs + more)) - goal

    goal = jnp.log(tolerance) + jnp.log(dim) / 2
    return 1 + jnp.exp(increasing_root(excess, -25.0, jnp.maximum(goal + 2, 2.0)))


@law(
    kind=Root(
        residual=lambda num_pairs, dim, tolerance: (
            (num_pairs - 1) * largest_overlap(num_pairs) / dim**0.5 - tolerance
        ),
        bracket=lambda dim, tolerance: (1.01, 9 + 9 * tolerance * dim**0.5),
    ),
    formula=r"(N-1)\,\mu_N = \varepsilon,\quad \mu_N \approx \sqrt{4 \ln N / d}",
    source=SOURCE,
    domain={"dim": DIM, "tolerance": TOLERANCE},
    holds=HOLDS | {"tolerance": between(1e-9, 1e6)},
    relative=1e-10,
    gives=at_least(1),
    mutants={
        "leading order of the logarithm": lambda dim, tolerance: (
            1 + tolerance * (dim / (2 * np.log(dim))) ** 0.5
        ),
        "one pair more": lambda dim, tolerance: _coherence(dim, tolerance, more=1.0),
    },
)
def coherence_capacity(dim: Numbers, tolerance: Numbers = 1.0) -> jax.Array:
    r"""Pairs that random keys are sure to hold, by the triangle inequality and their worst overlap.

    $$(N-1)\,\mu_N = \varepsilon,$$

    mu_N the mean largest overlap among N random keys (`largest_overlap` over the root of d), about
    $\sqrt{4\ln N/d}$: N grows as the root of d / ln d. A guarantee for these keys, whatever pair is
    asked for and whatever the values, and a pessimistic one.

    Args:
      dim: d, from 1 to 1e9.
      tolerance: epsilon, from 1e-9 to 1e6, in units of the largest value. Both broadcast.

    Returns N, real and above 1: the root to 1e-10 relatively, the capacity to the corrections
    ln(N)/d of `largest_overlap`. Derivatives of any order.

    Raises:
      InputError: dim or a tolerance out of range.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.coherence_capacity(1024):.4f}")
    13.0103
    """
    return _coherence(dim, tolerance)


def _welch(dim, tolerance=1.0, factor=4.0):
    dim, tolerance = as_numbers(dim, tolerance)
    return (dim + 1 + jnp.sqrt((dim - 1) ** 2 + factor * tolerance**2 * dim)) / 2


@law(
    kind=Root(
        residual=lambda num_pairs, dim, tolerance: (
            (num_pairs - 1) * welch_coherence(num_pairs, dim) - tolerance
        ),
        bracket=lambda dim, tolerance: (dim, dim + 2 + 2 * tolerance**2 + 2 * tolerance * dim**0.5),
    ),
    formula=r"\tfrac12[d + 1 + \sqrt{(d-1)^2 + 4 \varepsilon^2 d}]",
    source=SOURCE,
    domain={"dim": log_reals(4, 64), "tolerance": log_reals(2.0, 30.0)},
    holds=HOLDS,
    relative=1e-14,
    gives=at_least(1),
    mutants={
        "the square root law": lambda dim, tolerance: 1 + tolerance * dim**0.5,
        "half the tolerance": lambda dim, tolerance: _welch(dim, tolerance, factor=1.0),
    },
)
def welch_capacity(dim: Numbers, tolerance: Numbers = 1.0) -> jax.Array:
    r"""Pairs that no choice of unit keys can be sure to exceed, by the triangle inequality.

    $$(N-1)\sqrt{\frac{N-d}{d(N-1)}} = \varepsilon\quad\Rightarrow\quad
      N = \tfrac12\big[d+1+\sqrt{(d-1)^2+4\varepsilon^2d}\big]$$

    Orthogonal keys give N = d without any error, and a tolerance adds only about epsilon^2 to it:
    the root law of random keys is not a law of the memory. It returns, N ~ epsilon sqrt(d), once
    the tolerance exceeds the root of d.

    Args:
      dim: d, from 1 to 1e9.
      tolerance: epsilon, above 0 and up to 1e6, in units of the largest value. Both broadcast.

    Returns N, real and at least d, to 1e-14 relatively.

    Raises:
      InputError: dim or a tolerance out of range.

    Source: derived here (docs, associative memory section 3) from Welch's bound.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.welch_capacity(64):.4f}")
    65.0000
    """
    return _welch(dim, tolerance)


@law(
    kind=Root(
        residual=lambda num_pairs, dim, tolerance: recall_error(0, num_pairs, dim) - tolerance,
        bracket=lambda dim, tolerance: (1.0, 2 + 2 * tolerance * dim),
    ),
    formula=r"1 + \varepsilon d",
    source=SOURCE,
    domain={"dim": DIM, "tolerance": TOLERANCE},
    holds=HOLDS,
    relative=1e-14,
    gives=at_least(1),
    mutants={
        "tolerance of the amplitude": lambda dim, tolerance: 1 + tolerance**2 * dim,
        "the root law": lambda dim, tolerance: 1 + tolerance * dim**0.5,
    },
)
def mean_squared_capacity(dim: Numbers, tolerance: Numbers = 0.1) -> jax.Array:
    r"""Pairs that a Hebbian memory recalls within a mean squared error, for random values.

    $$N = 1 + \varepsilon d$$

    Args:
      dim: d, from 1 to 1e9; unit keys.
      tolerance: epsilon, above 0 and up to 1e6, the error per component that is accepted, against
        the unit power of values. Both broadcast.

    Returns N, real: where `recall_error` reaches the tolerance, to 1e-14 relatively. Linear in d.

    Raises:
      InputError: dim or a tolerance out of range.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.mean_squared_capacity(1024):.1f}")
    103.4
    """
    dim, tolerance = as_numbers(dim, tolerance)
    return 1 + tolerance * dim
