"""Beyond a fixed rate and a fixed outcome: second-order conditioning, latent inhibition."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_finite, require_nonnegative
from jtts.domain import log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.theory.associative_memory.geometric import pair_sum, power
from jtts.theory.associative_memory.hebbian import require_within
from jtts.theory.associative_memory.learning import (
    OUTCOME,
    RATE,
    SIMULATED_TRIALS,
    SOURCE,
    TRIALS,
    require_learner,
)
from jtts.theory.associative_memory.recall import as_numbers


def _second(num_rounds, rate, first_rate, *, discount=1.0, initial=1.0, lag=0.0):
    n, rate, first_rate, discount, initial = as_numbers(
        num_rounds, rate, first_rate, discount, initial
    )
    kept = jnp.log1p(-rate), jnp.log1p(-first_rate)
    learned = pair_sum(jnp.minimum(*kept), jnp.maximum(*kept), n + lag)
    return discount * rate * initial * learned


@law(
    kind=Exact(),
    formula=r"V_B = g b V_0 \frac{(1-a)^n - (1-b)^n}{b - a}",
    source=SOURCE,
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
def second_order(num_rounds, rate, first_rate, *, discount=1.0, initial=1.0):
    r"""Strength of B that is followed by A, while A, trained before, is extinguished.

    $$V_B = g\,b\,V_0\,\frac{(1-a)^n-(1-b)^n}{b-a}$$

    Each round shows B with the target g V_A, then A without outcome. V_B rises, then falls as A
    loses its strength (`second_order_peak`). At a = b it is $gbV_0n(1-b)^{n-1}$.

    Args:
      num_rounds: n >= 0.
      rate: b, of B, from 0 to below 1.
      first_rate: a, of A, from 0 to below 1.
      discount: g.
      initial: V_0, the strength of A at the start. All broadcast.

    Returns V_B, in units of V_0. Exact, without cancellation at a near b. NaN at traced rates from
    1 on.

    Raises:
      InputError: a negative number of rounds, a rate outside [0, 1], or a discount that is not
        finite.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.second_order(12, 0.3, 0.1, discount=0.9):.10f}")
    0.3625941365
    """
    require_finite(initial=initial)
    require_learner(trials={"num_rounds": num_rounds}, rate=rate)
    require_finite(discount=discount)
    require_learner(first_rate=first_rate)
    return _second(num_rounds, rate, first_rate, discount=discount, initial=initial)


def _peak(rate, first_rate, power=1.0):
    rate, first_rate = as_numbers(rate, first_rate)
    one, other = jnp.log1p(-first_rate), jnp.log1p(-rate)
    gap = other / one - 1
    near = jnp.abs(gap) < 1e-9
    ratio = jnp.where(near, 1 - gap / 2, jnp.log1p(gap) / jnp.where(near, 1.0, gap))
    return -(ratio**power) / one


@law(
    kind=Minimizer(
        of=lambda num_rounds, rate, first_rate: -second_order(num_rounds, rate, first_rate),
        argument="num_rounds",
        candidates=lambda point: np.geomspace(0.3, 200.0, 200),
    ),
    formula=r"n^* = \ln\frac{\ln(1-b)}{\ln(1-a)} \Big/ \ln\frac{1-a}{1-b}",
    source=SOURCE,
    domain={"rate": log_reals(0.03, 0.5), "first_rate": log_reals(0.03, 0.5)},
    mutants={
        "A's time alone": lambda **point: _peak(**point, power=0.0),
        "twice the rate": lambda rate, first_rate: _peak(1.2 * rate, first_rate),
    },
)
def second_order_peak(rate, first_rate):
    r"""Number of rounds after which second-order conditioning is strongest.

    $$n^* = \ln\frac{\ln(1-b)}{\ln(1-a)}\Big/\ln\frac{1-a}{1-b}$$

    Args:
      rate: b, of B, above 0 and below 1.
      first_rate: a, of A, above 0 and below 1. Both broadcast.

    Returns n*, real: the maximum of `second_order` over real n; -1/ln(1-a) at a = b.

    Raises:
      InputError: a rate outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.second_order_peak(0.3, 0.1):.6f}")
    4.852236
    """
    require_within(0, 1, rate=rate, first_rate=first_rate)
    return _peak(rate, first_rate)


def _latent(num_exposures, associability, adaptation, *, outcome=1.0, lag=0.0):
    n, associability, adaptation, outcome = as_numbers(
        num_exposures, associability, adaptation, outcome
    )
    return associability * outcome * power(jnp.log1p(-adaptation), n + lag)


@law(
    kind=Exact(),
    formula=r"\lambda a_0 (1-\gamma)^n",
    source=SOURCE,
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
def latent_inhibition(num_exposures, associability, adaptation, *, outcome=1.0):
    r"""Strength after the first outcome, of a stimulus that was shown before without one.

    $$\lambda\,a_0\,(1-\gamma)^n$$

    The learning rate follows the size of errors (Pearce and Hall), $a\leftarrow(1-\gamma)a +
    \gamma|\text{error}|$: a stimulus that nothing follows loses it. Neither the delta rule nor Hebb
    knows latent inhibition.

    Args:
      num_exposures: n >= 0, trials without outcome.
      associability: a_0, the rate at the start, from 0 to 1.
      adaptation: gamma, from 0 to below 1.
      outcome: lambda, its size. All broadcast.

    Returns the strength, in units of the outcome; at lambda = 1, the learning rate itself. Exact.

    Raises:
      InputError: a negative number of trials, or a rate outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.latent_inhibition(6, 0.8, 0.15):.10f}")
    0.3017196125
    """
    require_learner(
        outcome=outcome, trials={"num_exposures": num_exposures}, associability=associability
    )
    require_within(0, 1, adaptation=adaptation)
    return _latent(num_exposures, associability, adaptation, outcome=outcome)


def _uncertain(num_trials, num_exposures, noise_ratio, *, outcome=1.0, counted=1.0):
    n, exposures, ratio, outcome = as_numbers(num_trials, num_exposures, noise_ratio, outcome)
    return outcome * n / (counted * exposures + n + ratio)


@law(
    kind=Exact(),
    formula=r"\lambda \frac{n}{n_0 + n + R/P_0}",
    source=SOURCE,
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
def kalman_acquisition(num_trials, num_exposures, noise_ratio, *, outcome=1.0):
    r"""Mean strength that a Kalman filter gives a stimulus first shown without the outcome.

    $$\lambda\,\frac n{n_0+n+R/P_0}$$

    Exposures without outcome are evidence too: acquisition after them is slower.

    Args:
      num_trials: n >= 0, with the outcome.
      num_exposures: n_0 >= 0, before them, without.
      noise_ratio: R/P_0 >= 0, variance of an outcome over that of the strength beforehand.
      outcome: lambda, its mean size. All broadcast.

    Returns the posterior mean, in units of the outcome. Exact.

    Raises:
      InputError: a negative number of trials or ratio, or an outcome that is not finite.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.kalman_acquisition(10, 5, 2.0):.10f}")
    0.5882352941
    """
    require_nonnegative(num_trials=num_trials, num_exposures=num_exposures, noise_ratio=noise_ratio)
    require_finite(outcome=outcome)
    return _uncertain(num_trials, num_exposures, noise_ratio, outcome=outcome)
