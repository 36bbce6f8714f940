"""Stopping early against ridge regression: on any prompt, and the best time at finite size."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between
from jtts.theory.associative_memory.roots import increasing_root

STEP = 0.05
DEPTHS = STEP * np.arange(-160, 101)  # ln of a u: peaks lie at a u of order 1


def _excess(a, depth, power=2):
    """Flow over ridge along a direction, ln(a u) = depth."""
    z = jnp.exp(depth)
    u = z / a
    return (1 + u) * (jnp.exp(-2 * z) + (-jnp.expm1(-z)) ** power / u)


@jax.jit
def _largest(ratio):
    a = jnp.asarray(ratio, float)
    peak = jnp.asarray(DEPTHS)[jnp.argmax(_excess(a[..., None], DEPTHS), -1)]

    def falling(depth):
        return -jax.jvp(lambda x: _excess(a, x), (depth,), (jnp.ones_like(depth),))[1]

    return _excess(a, increasing_root(falling, peak - STEP, peak + STEP))


@law(
    kind=Exact(),
    formula=r"\sup_u\, (1 + u) \Big[e^{-2au} + \frac{(1 - e^{-au})^2}{u}\Big]",
    source="derived here (section 13); the comparison: arXiv:1810.10082",
    relative=1e-12,
    holds={"ratio": between(1e-6, 1e6)},
    gives=at_least(1.0),
    domain={"ratio": log_reals(0.2, 3.0)},
    mutants={
        "noise without the square": lambda ratio: np.max(
            _excess(np.asarray(ratio)[..., None], DEPTHS, power=1), -1
        ),
        "twice the time": lambda ratio: _largest(2 * ratio),
    },
)
def early_stopping_bound(ratio: Numbers) -> jax.Array:
    r"""Largest factor between the errors of a flow stopped early and of the best ridge, any prompt.

    The flow is stopped at T = a n/sigma^2; ridge is at lambda = sigma^2, the best for
    w ~ N(0, I). Along an eigendirection of X'X with u = x/sigma^2 their errors are as

    $$(1+u)\Big[e^{-2au}+\frac{(1-e^{-au})^2}u\Big]$$

    to one; whatever the examples, the sum over directions is no worse than the largest of these.
    1.2147 at a = 1, the usual calibration T = n/lambda; least at a = 0.45711, where it is 1.0786:
    the best stopping is within 7.9 % of the best ridge, always.

    Args:
      ratio: a, from 1e-6 to 1e6.

    Arrays broadcast. Returns the factor, which prompts all of whose directions are the worst reach.
    Relative accuracy 1e-12. Its slope jumps at a = 0.45711, where two peaks are equal.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 13). arXiv:1810.10082 has 1.22 for the limiting
    risk with a spherical covariance.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.early_stopping_bound([0.45711, 1.0]).round(4))
    [1.0786 1.2147]
    """
    return _largest(ratio)
