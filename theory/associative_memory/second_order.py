"""Beyond a fixed rate and a fixed outcome: second-order conditioning, latent inhibition."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, finite, nonnegative, positive, probability
from jtts.theory.associative_memory.learning import (
    COUNT,
    OUTCOME,
    RATE,
    SIMULATED_TRIALS,
    SOURCE,
    TRIALS,
)
from jtts.theory.associative_memory.powers import kept, learned_by_two, log_left, times
from jtts.theory.associative_memory.recall import as_numbers

BELOW_ONE = between(0, 1, open="high")
INSIDE = between(0, 1, open="both")
NEAR, TERMS = 0.3, 15  # of the series of artanh: remainder 0.3^32


def _second(num_rounds, rate, first_rate, *, discount=1.0, initial=1.0, lag=0.0):
    n, rate, first_rate, discount, initial = as_numbers(
        num_rounds, rate, first_rate, discount, initial
    )
    return times(discount * rate * initial, learned_by_two(n + lag, rate, first_rate))


@law(
    kind=Exact(),
    formula=r"V_B = g b V_0 \frac{(1-a)^n - (1-b)^n}{b - a}",
    source=SOURCE,
    holds={
        "num_rounds": COUNT,
        "rate": BELOW_ONE,
        "first_rate": BELOW_ONE,
        "discount": finite(),
        "initial": finite(),
    },
    relative=1e-12,
    domain={
        "num_rounds": TRIALS,
        "rate": RATE,
        "first_rate": RATE,
        "discount": reals(0.3, 1.0),
        "initial": OUTCOME,
    },
    simulated={"num_rounds": SIMULATED_TRIALS},
    mutants={
        "one round more": lambda *args, **play: _second(*args, lag=1.0, **play),
        "A does not extinguish": lambda num_rounds, rate, first_rate, **play: _second(
            num_rounds, rate, 0.0, **play
        ),
    },
)
def second_order(
    num_rounds: Numbers,
    rate: Numbers,
    first_rate: Numbers,
    *,
    discount: Numbers = 1.0,
    initial: Numbers = 1.0,
) -> jax.Array:
    r"""Strength of B that is followed by A, while A, trained before, is extinguished.

    $$V_B = g\,b\,V_0\,\frac{(1-a)^n-(1-b)^n}{b-a}$$

    Each round shows B with the target g V_A, then A without outcome. V_B rises, then falls as A
    loses its strength (`second_order_peak`). At a = b it is $gbV_0n(1-b)^{n-1}$.

    Args:
      num_rounds: n >= 0, also infinite.
      rate: b, of B, from 0 to below 1.
      first_rate: a, of A, from 0 to below 1.
      discount: g, finite.
      initial: V_0, the strength of A at the start, finite. All broadcast.

    Returns V_B, in units of V_0. Exact, to a relative 1e-12, without cancellation at a near b; NaN
    at traced values outside.

    Raises:
      InputError: a negative number of rounds, a rate outside [0, 1), or a discount that is not
        finite.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.second_order(12, 0.3, 0.1, discount=0.9):.10f}")
    0.3625941365
    """
    return _second(num_rounds, rate, first_rate, discount=discount, initial=initial)


def _peak(rate, first_rate, power=1.0):
    rate, first_rate = as_numbers(rate, first_rate)
    one, other = -log_left(first_rate), -log_left(rate)
    return (_inverse_mean(one, other) * one) ** power / one


def _inverse_mean(one, other):
    """ln(other / one) / (other - one), which is 1 / one where they are equal."""
    part = (other - one) / (other + one)
    near = jnp.abs(part) < NEAR
    square = jnp.where(near, part, 0.0) ** 2
    series = jnp.zeros_like(square)  # of artanh(part) / part
    for k in range(TERMS, -1, -1):
        series = series * square + 1 / (2 * k + 1)
    gap = jnp.where(near, 1.0, other - one)
    away = (jnp.log(other) - jnp.log(one)) / gap
    return jnp.where(near, 2 * series / (other + one), away)


@law(
    kind=Minimizer(
        of=lambda num_rounds, rate, first_rate: -second_order(num_rounds, rate, first_rate),
        argument="num_rounds",
        candidates=lambda point: np.geomspace(0.3, 200.0, 200),
    ),
    formula=r"n^* = \ln\frac{\ln(1-b)}{\ln(1-a)} \Big/ \ln\frac{1-a}{1-b}",
    source=SOURCE,
    holds={"rate": INSIDE, "first_rate": INSIDE},
    relative=1e-12,
    gives=positive(),
    domain={"rate": log_reals(0.03, 0.5), "first_rate": log_reals(0.03, 0.5)},
    mutants={
        "A's time alone": lambda **point: _peak(**point, power=0.0),
        "twice the rate": lambda rate, first_rate: _peak(1.2 * rate, first_rate),
    },
)
def second_order_peak(rate: Numbers, first_rate: Numbers) -> jax.Array:
    r"""Number of rounds after which second-order conditioning is strongest.

    $$n^* = \ln\frac{\ln(1-b)}{\ln(1-a)}\Big/\ln\frac{1-a}{1-b}$$

    Args:
      rate: b, of B, above 0 and below 1.
      first_rate: a, of A, above 0 and below 1. Both broadcast.

    Returns n*, real: the maximum of `second_order` over real n; -1/ln(1-a) at a = b. To a relative
    1e-12, however far apart the rates are.

    Raises:
      InputError: a rate outside (0, 1).

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.second_order_peak(0.3, 0.1):.6f}")
    4.852236
    """
    return _peak(rate, first_rate)


def _latent(num_exposures, associability, adaptation, *, outcome=1.0, lag=0.0):
    n, associability, adaptation, outcome = as_numbers(
        num_exposures, associability, adaptation, outcome
    )
    return associability * outcome * kept(adaptation, n + lag)


@law(
    kind=Exact(),
    formula=r"\lambda a_0 (1-\gamma)^n",
    source=SOURCE,
    holds={
        "num_exposures": COUNT,
        "associability": probability(),
        "adaptation": probability(),
        "outcome": finite(),
    },
    relative=1e-12,
    domain={
        "num_exposures": TRIALS,
        "associability": reals(0.2, 1.0),
        "adaptation": reals(0.05, 0.5),
        "outcome": OUTCOME,
    },
    simulated={"num_exposures": SIMULATED_TRIALS},
    mutants={
        "one exposure more": lambda *args, **play: _latent(*args, lag=1.0, **play),
        "no latent inhibition": lambda num_exposures, *args, **play: _latent(0.0, *args, **play),
    },
)
def latent_inhibition(
    num_exposures: Numbers, associability: Numbers, adaptation: Numbers, *, outcome: Numbers = 1.0
) -> jax.Array:
    r"""Strength after the first outcome, of a stimulus that was shown before without one.

    $$\lambda\,a_0\,(1-\gamma)^n$$

    The learning rate follows the size of errors (Pearce and Hall), $a\leftarrow(1-\gamma)a +
    \gamma|\text{error}|$: a stimulus that nothing follows loses it. Neither the delta rule nor Hebb
    knows latent inhibition.

    Args:
      num_exposures: n >= 0, trials without outcome; also infinite.
      associability: a_0, the rate at the start, from 0 to 1.
      adaptation: gamma, from 0 to 1.
      outcome: lambda, its size, finite. All broadcast.

    Returns the strength, in units of the outcome; at lambda = 1, the learning rate itself. Exact,
    to a relative 1e-12.

    Raises:
      InputError: a negative number of trials, or a rate outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.latent_inhibition(6, 0.8, 0.15):.10f}")
    0.3017196125
    """
    return _latent(num_exposures, associability, adaptation, outcome=outcome)


def _uncertain(num_trials, num_exposures, noise_ratio, *, outcome=1.0, counted=1.0):
    n, exposures, ratio, outcome = as_numbers(num_trials, num_exposures, noise_ratio, outcome)
    precision = counted * exposures + n + ratio
    return outcome * (n / jnp.where(precision > 0, precision, 1.0))  # no trials, no noise: 0


@law(
    kind=Exact(),
    formula=r"\lambda \frac{n}{n_0 + n + R/P_0}",
    source=SOURCE,
    holds={
        "num_trials": nonnegative(1e300),
        "num_exposures": nonnegative(1e300),
        "noise_ratio": nonnegative(1e300),
        "outcome": finite(),
    },
    relative=1e-14,
    domain={
        "num_trials": TRIALS,
        "num_exposures": TRIALS,
        "noise_ratio": log_reals(0.1, 10.0),
        "outcome": OUTCOME,
    },
    simulated={"num_trials": SIMULATED_TRIALS, "num_exposures": SIMULATED_TRIALS},
    mutants={
        "exposures forgotten": lambda *args, **play: _uncertain(*args, counted=0.0, **play),
        "no noise": lambda num_trials, num_exposures, noise_ratio, **play: _uncertain(
            num_trials, num_exposures, 0.0, **play
        ),
    },
)
def kalman_acquisition(
    num_trials: Numbers, num_exposures: Numbers, noise_ratio: Numbers, *, outcome: Numbers = 1.0
) -> jax.Array:
    r"""Mean strength that a Kalman filter gives a stimulus first shown without the outcome.

    $$\lambda\,\frac n{n_0+n+R/P_0}$$

    Exposures without outcome are evidence too: acquisition after them is slower.

    Args:
      num_trials: n, from 0 to 1e300, with the outcome.
      num_exposures: n_0, from 0 to 1e300, before them, without.
      noise_ratio: R/P_0, from 0 to 1e300, variance of an outcome over that of the strength
        beforehand.
      outcome: lambda, its mean size, finite. All broadcast.

    Returns the posterior mean, in units of the outcome; 0 before any trial. Exact, to a relative
    1e-14.

    Raises:
      InputError: a negative number of trials or ratio, or an outcome that is not finite.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.kalman_acquisition(10, 5, 2.0):.10f}")
    0.5882352941
    """
    return _uncertain(num_trials, num_exposures, noise_ratio, outcome=outcome)
