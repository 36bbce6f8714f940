"""Error of the selected candidate at one input."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.regression import Judge
from jtts.theory.best_of_k.domains import (
    HOT_PLACES,
    NEAR_PLACES,
    PLACES,
    SIMULATED_K,
    TAKES,
    TEMPERATURE,
    K,
)
from jtts.theory.best_of_k.moments import POINTWISE, selected_moments


def selected_error(
    k, mean, predictive_var, target, judge, temperature, *, cross=1.0, kernels=POINTWISE
):
    """`pointwise_error` by the moments of `kernels`."""
    scale = jnp.sqrt(jnp.asarray(predictive_var, jnp.result_type(float)))
    offset = (judge - mean) / scale
    square, slope = selected_moments(kernels, k, jnp.abs(offset), temperature, predictive_var)
    miss = judge - target
    return predictive_var * square + cross * 2 * scale * offset * slope * miss + miss**2


@law(
    kind=Exact(),
    formula=r"k\int_0^\infty du\, E[(y-t)^2 w e^{-uw}]\,(E e^{-uw})^{k-1},\; w=e^{-(y-r)^2/T}",
    source="derived here (sections 3 and 5), arXiv:2512.19905",
    relative=1e-6,
    holds=PLACES | {"k": TAKES["k"], "temperature": TAKES["temperature"]},
    jointly=NEAR_PLACES | HOT_PLACES,
    domain={
        "k": K,
        "mean": reals(-1.0, 1.0),
        "predictive_var": log_reals(0.25, 4.0),
        "target": reals(-1.0, 1.0),
        "judge": reals(-1.0, 1.0),
        "temperature": TEMPERATURE,
    },
    simulated={"k": SIMULATED_K},
    mutants={
        "flipped cross term": lambda k, temperature=0.0, **places: selected_error(
            k, temperature=temperature, cross=-1.0, **places
        ),
        "one candidate more": lambda k, temperature=0.0, **places: selected_error(
            k + 1, temperature=temperature, **places
        ),
        "twice the temperature": lambda k, temperature=0.0, **places: selected_error(
            k, temperature=2 * temperature, **places
        ),
    },
)
def pointwise_error(
    k: Numbers,
    *,
    mean: Numbers,
    predictive_var: Numbers,
    target: Numbers,
    judge: Judge,
    temperature: Numbers = 0.0,
) -> jax.Array:
    r"""Error E (y* - target)^2 of the candidate selected among k at one input.

    Candidates y_i ~ N(mean, predictive_var), i = 1..k; y* is drawn with probability proportional to
    exp(-(y_i - judge)^2 / temperature), and is the candidate nearest to the judge at temperature 0:

    $$\delta_k = k\int_0^\infty du\, E[(y-t)^2 w e^{-uw}]\,(E e^{-uw})^{k-1},\quad
      w = e^{-(y-r)^2/T}.$$

    Args:
      k: number of candidates, real and at least 1; infinity gives the limit.
      mean, predictive_var: m(x), and s^2(x) > 0.
      target: noiseless teacher t(x).
      judge: judge's value r(x).
      temperature: T >= 0 and finite, in units of y^2.

    All broadcast. Returns the error in squared units of y, to the noiseless target (a noisy one
    adds its variance). Relative accuracy 1e-6 for |judge - mean| up to 1000 s, k up to 1e15 and
    T of 0 or at least 1e-9 s^2; 1e-9 at T = 0, for every k.

    Raises:
      InputError: k < 1, predictive_var <= 0, temperature < 0, or one of them beyond these.

    Source: derived here (docs, best-of-k sections 3 and 5); the model is arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> error = best_of_k.pointwise_error(
    ...     4, mean=0.5, predictive_var=1.0, target=0.0, judge=0.2, temperature=1.0
    ... )
    >>> print(f"{error:.6f}")
    0.498166
    """
    finite = jnp.isfinite(k)
    found = selected_error(
        jnp.where(finite, k, 1.0), mean, predictive_var, target, judge, temperature
    )
    kept = 1 / (1 + temperature / (2 * predictive_var))  # share of the judge in the tilted mean
    theta = temperature / (temperature + 2 * predictive_var)
    tilted = theta * (mean - target) + kept * (judge - target)
    return jnp.where(finite, found, tilted**2 + theta * predictive_var)
