"""The largest overlap among keys: of random ones, and the least that any keys can have."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erf, erfc, ndtri

from jtts.domain import choices, log_integers
from jtts.kinds import Asymptotic
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability
from jtts.theory.associative_memory.overlaps import (
    HALF_NODES,
    HALF_WEIGHTS,
    LOG_EPSILON,
)
from jtts.theory.associative_memory.recall import as_numbers


def _largest(num_pairs, sides=2.0, pairs=0.5):
    (num_pairs,) = as_numbers(num_pairs)
    count = (pairs * num_pairs * (num_pairs - 1))[..., None]
    # all pairs are below `start` with a probability of 1e-17, and any above `end` with 1e-17
    size = lax.stop_gradient(count)
    start = -ndtri(jnp.minimum(LOG_EPSILON / (2 * size + 1e-3), 0.5))
    end = -ndtri(1e-17 / (2 * size + 2))
    # cubes, for x^count with a small count near 0
    x = start + (end - start) * HALF_NODES**3
    tail = sides / 2 * erfc(x / np.sqrt(2.0))
    below = 1 - sides / 2 + sides / 2 * erf(x / np.sqrt(2.0))  # 1 - tail has no digits at small x
    log_below = jnp.where(tail < 0.5, jnp.log1p(-jnp.minimum(tail, 0.5)), jnp.log(below))
    above = jnp.sum(3 * HALF_NODES**2 * HALF_WEIGHTS * -jnp.expm1(count * log_below), -1)
    return start[..., 0] + (end - start)[..., 0] * above


@law(
    kind=Asymptotic(
        size="dim",
        sizes=(16, 32, 64),
        finite_size=lambda point: 0.25 * np.log(point["num_pairs"]) ** 2,
        detects=0.02,
    ),
    formula=r"\int_0^\infty 1 - \mathrm{erf}(x/\sqrt2)^{N(N-1)/2}\,dx",
    source="derived here (docs, associative memory section 3)",
    domain={"num_pairs": log_integers(2, 10**8)},
    simulated={"num_pairs": choices(4, 24)},
    holds={"num_pairs": between(1, 1e15)},
    relative=1e-11,
    gives=nonnegative(),
    mutants={
        "one sign": lambda num_pairs: _largest(num_pairs, sides=1.0),
        "ordered pairs": lambda num_pairs: _largest(num_pairs, pairs=1.0),
    },
)
def largest_overlap(num_pairs: Numbers) -> jax.Array:
    r"""Mean of sqrt(d) max |k_i . k_j| over random unit keys in many dimensions.

    $$\int_0^\infty 1 - \mathrm{erf}(x/\sqrt2)^{N(N-1)/2}\,dx \approx \sqrt{4\ln N}:$$

    at fixed N the scaled overlaps of all N(N-1)/2 pairs become independent normal deviates.

    Args:
      num_pairs: N, real, from 1 to 1e15; any shape.

    Returns the coherence of the keys times the root of d, in the limit of large d (corrections
    of relative order ln(N)/d); relative accuracy 1e-11. The leading term
    sqrt(4 ln N) is 8 % high at N = 1e3 and approached only as ln ln N / ln N.

    Raises:
      InputError: num_pairs below 1 or above 1e15.

    Source: derived here (docs, associative memory section 3).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.largest_overlap(2):.6f} {am.largest_overlap(1000):.6f}")
    0.797885 4.862699
    """
    return _largest(num_pairs)


@closed_form(
    holds={"num_pairs": between(1, 1e15), "dim": between(1, 1e15)},
    relative=1e-14,
    gives=probability(),
)
def welch_coherence(num_pairs: Numbers, dim: Numbers) -> jax.Array:
    r"""The least that the largest overlap of N unit keys in d dimensions can be.

    $$\max_{i\ne j}|k_i\cdot k_j| \ge \sqrt{\frac{N-d}{d(N-1)}}$$

    Args:
      num_pairs: N, from 1 to 1e15.
      dim: d, from 1 to 1e15. Both real; they broadcast.

    Returns Welch's bound, to 1e-14 relatively: 0 up to N = d, where orthogonal keys exist;
    equality needs an equiangular tight frame, such as the simplex at N = d + 1.

    Raises:
      InputError: a size below 1 or above 1e15.

    Source: L. R. Welch, IEEE Trans. Inf. Theory 20, 397 (1974).

    >>> print(f"{welch_coherence(4, 3):.6f}")
    0.333333
    """
    num_pairs, dim = as_numbers(num_pairs, dim)
    beyond = num_pairs > dim
    square = (num_pairs - dim) / (dim * jnp.maximum(num_pairs - 1, 1e-300))
    return jnp.where(beyond, jnp.sqrt(jnp.where(beyond, square, 1.0)), 0.0)
