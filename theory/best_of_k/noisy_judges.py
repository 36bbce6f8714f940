"""Judges that see noise: on every candidate, on the prompt, or on the score."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import choices, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, instance, nonnegative
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import (
    FARTHEST,
    FEW,
    HOT,
    SIMULATED_STATISTICS,
    STATISTICS,
    TAKES,
    TEMPERATURE,
    K,
    judge_offset_var,
)
from jtts.theory.best_of_k.moments import AVERAGED, selected_moments
from jtts.theory.best_of_k.selection import error, limit_error

NOISE_VAR = log_reals(0.05, 4.0)


def _perception(k, stats, noise_var, temperature, moved=1.0, residual=1.0):
    s2 = stats.predictive_var
    seen_var = s2 + noise_var
    kept, lost = s2 / seen_var, noise_var / seen_var  # L and 1 - L
    offset = jnp.maximum(judge_offset_var(stats), 0.0)
    # The law of `error` in the variables seen. y* - t there is that of the judge's place less a
    # share of its offset from the mean, and so is its product with that offset
    gain = stats.judge_error - stats.judge_cross
    square, slope = selected_moments(AVERAGED, k, offset / seen_var, temperature, seen_var)
    shrunk = moved * lost
    at_judge = stats.judge_error - 2 * shrunk * gain + shrunk**2 * offset
    selected = kept * (s2 * square + 2 * (gain - shrunk * offset) * slope)
    return at_judge + selected + residual * lost * s2


def _as_seen(k, stats, noise_var, temperature=0.0):
    """Error of the candidate as the judge saw it."""
    seen_var = stats.predictive_var + noise_var
    seen = Statistics(seen_var, stats.mean_error, stats.judge_error, stats.judge_cross)
    return error(k, seen, temperature)


NEAR_AS_SEEN = {
    "mean_error - 2 judge_cross + judge_error must be at most 1e6 (predictive_var + noise_var)": (
        lambda stats, noise_var: (
            judge_offset_var(stats) <= FARTHEST * (stats.predictive_var + noise_var)
        )
    )
}
NEAR_WITH_NOISE = {
    "mean_error - 2 judge_cross + judge_error + noise_var must be at most 1e6 predictive_var": (
        lambda stats, noise_var: (
            judge_offset_var(stats) + noise_var <= FARTHEST * stats.predictive_var
        )
    )
}


@law(
    kind=Exact(),
    formula=r"L^2\,\delta_k(s^2/L,\, \tilde\Delta,\, \tilde q_{RR},\, \tilde q_{RT})"
    r" + (1 - L)\, s^2,\; L = s^2 / (s^2 + \nu^2)",
    source="derived here (section 9)",
    relative=5e-6,
    holds=TAKES | {"noise_var": nonnegative()},
    jointly=NEAR_AS_SEEN | HOT,
    domain={"k": K, "stats": STATISTICS, "noise_var": NOISE_VAR, "temperature": TEMPERATURE},
    simulated={"k": FEW, "stats": SIMULATED_STATISTICS},
    mutants={
        "answer as the judge saw it": _as_seen,
        "noise taken for exact": lambda k, stats, noise_var, temperature=0.0: _perception(
            k, stats, noise_var, temperature, residual=0.0
        ),
        "target not moved": lambda k, stats, noise_var, temperature=0.0: _perception(
            k, stats, noise_var, temperature, moved=0.0
        ),
    },
)
def perception_noise_error(
    k: Numbers, stats: Statistics, noise_var: Numbers, temperature: Numbers = 0.0
) -> jax.Array:
    r"""Error of selection by a judge that sees every candidate with noise, averaged over inputs.

    The judge sees y_i + N(0, noise_var), fresh for every candidate, and selects by it; the error is
    that of the clean y*. Given what was seen, y is Gaussian around m + L (seen - m) with
    $L=s^2/(s^2+\nu^2)$, so that with $e=1/L-1$

    $$\delta = L^2\,\delta_k\big(s^2/L,\;\Delta/L^2,\;q_{RR}+2e\,q_{RT}+e^2\Delta,\;
      (q_{RT}+e\Delta)/L\big) + (1-L)s^2.$$

    Args:
      k: number of candidates, real and at least 1, or infinity.
      stats: `Statistics` of generator and judge, any judge.
      noise_var: nu^2 >= 0 of the noise, in squared units of y.
      temperature: T >= 0 of the selection by what is seen.

    Arrays broadcast. Returns the error in squared units of y, to the noiseless teacher. Exact
    wherever `error` is, and as accurate.

    Raises:
      InputError: k < 1, noise_var < 0, temperature < 0, or a judge farther from the candidates, as
        it sees them, than `error` takes.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3)
    >>> print(f"{best_of_k.perception_noise_error(4, stats, 0.4):.8f}")
    0.44364589
    """
    endless = jnp.isinf(k)
    found = _perception(jnp.where(endless, 1.0, k), stats, noise_var, temperature)
    limit = limit_error.function(stats, temperature + 2 * noise_var)
    return jnp.where(endless, limit, found)


def _approach(k, point):
    """Scale of the gap to the floor: that of an extreme value at temperature 0, else 1/k."""
    if point["temperature"] > 0:
        return 1 / k
    stats = point["stats"]
    rho = judge_offset_var(stats) / (stats.predictive_var + point["noise_var"])
    return float(k) ** -min(2.0, 1 / float(rho))


@law(
    kind=Limit(
        of=perception_noise_error,
        argument="k",
        values=(256, 512, 1024, 2048, 4096),
        gap=_approach,
    ),
    formula=r"\delta_\infty(T + 2\nu^2)",
    source="derived here (section 9)",
    relative=1e-12,
    holds={
        "stats": instance(Statistics),
        "noise_var": at_least(0),
        "temperature": at_least(0),
    },
    domain={
        "stats": SIMULATED_STATISTICS,
        "noise_var": log_reals(0.1, 4.0),
        "temperature": choices(0.0, 2.0, 10.0),
    },
    mutants={
        "T + nu^2": lambda stats, noise_var, temperature=0.0: limit_error(
            stats, temperature + noise_var
        ),
        "deviation for variance": lambda stats, noise_var, temperature=0.0: limit_error(
            stats, temperature + 2 * jnp.sqrt(noise_var)
        ),
    },
)
def perception_noise_limit(
    stats: Statistics, noise_var: Numbers, temperature: Numbers = 0.0
) -> jax.Array:
    r"""Error among infinitely many candidates that the judge sees with noise, averaged.

    $$\delta = \delta_\infty(T+2\nu^2)$$

    Noise of variance nu^2 on what the judge sees is a temperature of 2 nu^2: a candidate at y is
    seen at y + noise, and E exp(-(y + noise - r)^2 / T) is proportional to
    exp(-(y - r)^2 / (T + 2 nu^2)). For the teacher as judge and T = 0 the floor is
    $(1-L)^2\Delta+(1-L)s^2$, $L=s^2/(s^2+\nu^2)$.

    Args:
      stats: `Statistics`; array fields broadcast.
      noise_var: nu^2 >= 0 of the noise, in squared units of y.
      temperature: T >= 0 of the selection, in squared units of y.

    Returns the error in squared units of y, to the noiseless teacher, to 1e-12 of the sum of the
    sizes of its terms.

    Raises:
      InputError: noise_var < 0 or temperature < 0.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.perception_noise_limit(best_of_k.Statistics(1.0, 0.3), 0.4):.6f}")
    0.310204
    """
    return limit_error.function(stats, temperature + 2 * noise_var)


@law(
    kind=Exact(),
    formula=r"\delta_k(T;\, s^2, \Delta, q_{RR} + \nu^2, q_{RT})",
    source="derived here (section 9)",
    relative=5e-6,
    holds=TAKES | {"noise_var": nonnegative()},
    jointly=NEAR_WITH_NOISE | HOT,
    domain={"k": K, "stats": STATISTICS, "noise_var": NOISE_VAR, "temperature": TEMPERATURE},
    simulated={"k": FEW, "stats": SIMULATED_STATISTICS, "noise_var": log_reals(0.05, 0.5)},
    mutants={
        "noiseless": lambda k, stats, noise_var, temperature=0.0: error(k, stats, temperature),
        "noise drawn for every candidate": lambda k, stats, noise_var, temperature=0.0: _perception(
            k, stats, noise_var, temperature
        ),
    },
)
def prompt_noise_error(
    k: Numbers, stats: Statistics, noise_var: Numbers, temperature: Numbers = 0.0
) -> jax.Array:
    r"""Error of selection by a judge whose noise is shared by all candidates of a prompt.

    The judge's guess is r + N(0, noise_var), drawn once a prompt:

    $$\delta = \delta_k(T;\,s^2,\Delta,\,q_{RR}+\nu^2,\,q_{RT}).$$

    Args:
      k: number of candidates, real and at least 1, or infinity.
      stats: `Statistics` of generator and noiseless judge, any judge.
      noise_var: nu^2 >= 0 of the noise, in squared units of y.
      temperature: T >= 0 of the selection.

    Arrays broadcast. Returns the error in squared units of y, to the noiseless teacher. Exact
    wherever `error` is, and as accurate.

    Raises:
      InputError: k < 1, noise_var < 0, temperature < 0, or a judge farther from the candidates, as
        it sees them, than `error` takes.

    Source: derived here (docs, best-of-k section 9).

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.3)
    >>> print(f"{best_of_k.prompt_noise_error(10**9, stats, 0.4):.6f}")
    0.400000
    """
    judge_error = stats.judge_error + noise_var
    noisy = Statistics(stats.predictive_var, stats.mean_error, judge_error, stats.judge_cross)
    return error.function(k, noisy, temperature)
