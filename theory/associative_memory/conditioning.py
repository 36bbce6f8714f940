"""One stimulus: acquisition, partial reinforcement, extinction, generalisation, trace intervals.

Strength V of a stimulus after trials that end in an outcome of size lambda,
V <- V + a (lambda - b V): b = 1 is the delta rule of Rescorla and Wagner, b = 0 Hebb's.
"""

from __future__ import annotations

import jax

from jtts.domain import choices, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, finite, probability
from jtts.theory.associative_memory.learning import (
    CORRECTION,
    COUNT,
    OUTCOME,
    PLAYED,
    RATE,
    SIMULATED_TRIALS,
    SOURCE,
    TRIALS,
)
from jtts.theory.associative_memory.powers import kept, learned, raised, times
from jtts.theory.associative_memory.recall import as_numbers

HOLDS = {"num_trials": COUNT, "rate": probability()} | PLAYED
PLAY = {"num_trials": TRIALS, "rate": RATE, "outcome": OUTCOME, "correction": CORRECTION}


def _acquired(num_trials, rate, *, outcome=1.0, probability=1.0, correction=1.0):
    n, rate, outcome, probability = as_numbers(num_trials, rate, outcome, probability)
    return times(probability * outcome * rate, learned(n, correction * rate))


@law(
    kind=Exact(),
    formula=r"p \lambda a \frac{1-(1-ab)^n}{ab}",
    source=SOURCE,
    holds=HOLDS | {"probability": probability()},
    relative=1e-12,
    domain=PLAY | {"probability": choices(0.5, 1.0)},
    simulated={"num_trials": SIMULATED_TRIALS},
    mutants={
        "one trial more": lambda num_trials, *rate, **play: _acquired(
            num_trials + 1, *rate, **play
        ),
        "Hebb": lambda *args, **play: _acquired(*args, **play | {"correction": 0.0}),
    },
)
def acquisition(
    num_trials: Numbers,
    rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    probability: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> jax.Array:
    r"""Mean strength after trials that end in the outcome, always or with a probability.

    $$V_n = p\lambda a\,\frac{1-(1-ab)^n}{ab},$$

    for the delta rule $p\lambda(1-(1-a)^n)$; for Hebb $na\,p\lambda$, without bound.

    Args:
      num_trials: n >= 0; infinity gives the asymptote.
      rate: a, from 0 to 1.
      outcome: lambda, its size, finite.
      probability: p that a trial ends in it, from 0 to 1 (partial reinforcement).
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the mean strength, in units of the outcome: infinite for endless trials of Hebb. Exact,
    to a relative 1e-12; NaN at a traced value outside.

    Raises:
      InputError: a negative number of trials, or a rate, probability or correction outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.acquisition(10, 0.2):.10f} {am.acquisition(10, 0.2, correction=0.0):.1f}")
    0.8926258176 2.0
    """
    return _acquired(
        num_trials, rate, outcome=outcome, probability=probability, correction=correction
    )


def _variance(num_trials, rate, probability, *, outcome=1.0, correction=1.0, count=1.0):
    n, rate, probability, outcome = as_numbers(num_trials, rate, probability, outcome)
    one = (rate * outcome) ** 2 * probability * (1 - probability)
    lost = correction * rate
    return times(one, learned(count * n, lost * (2 - lost)))  # 1 - (1 - lost)^2


@law(
    kind=Exact(),
    formula=r"\lambda^2 p(1-p)\, a^2 \frac{1-(1-ab)^{2n}}{1-(1-ab)^2}"
    r" \to \lambda^2 p(1-p)\frac{a}{2-a}",
    source=SOURCE,
    holds=HOLDS | {"probability": probability()},
    relative=1e-12,
    gives=at_least(0),
    domain=PLAY | {"probability": reals(0.05, 0.95)},
    simulated={"num_trials": SIMULATED_TRIALS, "probability": reals(0.2, 0.8)},
    mutants={
        "every outcome alike": lambda num_trials, rate, probability, **play: (
            _variance(num_trials, rate, probability, **play) / (1 - probability)
        ),
        "twice the trials": lambda *args, **play: _variance(*args, count=2.0, **play),
    },
)
def reinforcement_variance(
    num_trials: Numbers,
    rate: Numbers,
    probability: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> jax.Array:
    r"""Variance of the strength between learners under partial reinforcement.

    $$\lambda^2p(1-p)\,a^2\,\frac{1-(1-ab)^{2n}}{1-(1-ab)^2}$$

    The delta rule forgets old luck and settles at $\lambda^2p(1-p)\,a/(2-a)$; Hebb's variance grows
    as n.

    Args:
      num_trials: n >= 0; infinity gives the stationary variance.
      rate: a, from 0 to 1.
      probability: p that a trial ends in the outcome, from 0 to 1.
      outcome: lambda, its size, finite.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the variance. Exact, to a relative 1e-12; NaN at a traced value outside.

    Raises:
      InputError: a negative number of trials, or a rate, probability or correction outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.reinforcement_variance(float('inf'), 0.2, 0.5):.10f}")
    0.0277777778
    """
    return _variance(num_trials, rate, probability, outcome=outcome, correction=correction)


def _left(num_trials, rate, *, initial=1.0, decay=1.0, correction=1.0):
    n, rate, initial, decay = as_numbers(num_trials, rate, initial, decay)
    return initial * raised(decay, n) * kept(correction * rate, n)


@law(
    kind=Exact(),
    formula=r"V_0\, [\lambda_d (1-ab)]^n",
    source=SOURCE,
    holds={
        "num_trials": COUNT,
        "rate": probability(),
        "initial": finite(),
        "decay": probability(),
        "correction": probability(),
    },
    relative=1e-12,
    domain={
        "num_trials": TRIALS,
        "rate": RATE,
        "initial": OUTCOME,
        "decay": choices(0.9, 1.0),
        "correction": CORRECTION,
    },
    simulated={"num_trials": SIMULATED_TRIALS},
    mutants={
        "one trial more": lambda num_trials, *rate, **play: (
            _left(num_trials + 1, *rate, **play) * 0.98
        ),
        "a rule that unlearns": lambda *args, **play: _left(*args, **play | {"correction": 1.0}),
        "no decay": lambda *args, **play: _left(*args, **play | {"decay": 1.0}),
    },
)
def extinction(
    num_trials: Numbers,
    rate: Numbers,
    *,
    initial: Numbers = 1.0,
    decay: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> jax.Array:
    r"""Strength left after trials without the outcome.

    $$V_n = V_0\,[\lambda_d(1-ab)]^n:$$

    the delta rule unlearns by its errors, Hebb only by a decay.

    Args:
      num_trials: n >= 0, also infinite.
      rate: a, from 0 to 1.
      initial: V_0, finite.
      decay: lambda_d from 0 to 1, factor on strengths at each trial.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the strength, in units of V_0. Exact, to a relative 1e-12; NaN at a traced value
    outside.

    Raises:
      InputError: a negative number of trials, or a rate, decay or correction outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.extinction(10, 0.2):.6f} {am.extinction(10, 0.2, correction=0.0):.1f}")
    0.107374 1.0
    """
    return _left(num_trials, rate, initial=initial, decay=decay, correction=correction)


def _generalised(num_trials, rate, overlap, **play):
    (overlap,) = as_numbers(overlap)
    return times(overlap, _acquired(num_trials, rate, **play))


@law(
    kind=Exact(),
    formula=r"\rho V_n",
    source=SOURCE,
    holds=HOLDS | {"overlap": between(-1, 1)},
    relative=1e-12,
    domain=PLAY | {"overlap": reals(0.1, 1.0)},
    simulated={"num_trials": SIMULATED_TRIALS},
    mutants={
        "its square": lambda num_trials, rate, overlap, **play: _generalised(
            num_trials, rate, overlap**2, **play
        ),
        "as if trained": lambda num_trials, rate, overlap, **play: _acquired(
            num_trials, rate, **play
        ),
    },
)
def generalisation(
    num_trials: Numbers,
    rate: Numbers,
    overlap: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> jax.Array:
    r"""Mean response to a stimulus that was never trained but overlaps with one that was.

    $$\rho\,V_n,$$

    V_n of `acquisition`: the response is linear in the features.

    Args:
      num_trials: n >= 0, of the trained stimulus, also infinite.
      rate: a, from 0 to 1.
      overlap: rho = x.x', both of unit length, from -1 to 1.
      outcome: lambda, its size, finite.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the response, in units of the outcome. Exact, to a relative 1e-12; NaN at a traced value
    outside.

    Raises:
      InputError: a negative number of trials, a rate or correction outside [0, 1], or an overlap
        outside [-1, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.generalisation(10, 0.2, 0.5):.6f}")
    0.446313
    """
    return _generalised(num_trials, rate, overlap, outcome=outcome, correction=correction)


def _traced(num_trials, rate, interval, persistence, *, shift=0.0, **play):
    interval, persistence = as_numbers(interval, persistence)
    return _acquired(num_trials, rate * raised(persistence, interval + shift), **play)


@law(
    kind=Exact(),
    formula=r"\lambda \hat a \frac{1-(1-\hat ab)^n}{\hat ab},\; \hat a = a (\gamma\lambda_e)^T",
    source=SOURCE,
    holds=HOLDS | {"interval": COUNT, "persistence": probability()},
    relative=1e-12,
    domain=PLAY | {"interval": choices(0, 1, 2, 5), "persistence": reals(0.5, 0.95)},
    simulated={"num_trials": SIMULATED_TRIALS, "interval": choices(1, 2, 5)},
    mutants={
        "one step less": lambda *args, **play: _traced(*args, shift=-1.0, **play),
        "no interval": lambda num_trials, rate, interval, persistence, **play: _acquired(
            num_trials, rate, **play
        ),
    },
)
def trace_conditioning(
    num_trials: Numbers,
    rate: Numbers,
    interval: Numbers,
    persistence: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> jax.Array:
    r"""Mean strength if the outcome comes some steps after the stimulus has ended.

    $$\lambda(1-(1-\hat a)^n),\quad \hat a = a\,(\gamma\lambda_e)^T$$

    for the delta rule: an eligibility trace is left of the stimulus and multiplies the learning
    rate; for Hebb, $n\hat a\lambda$, and after one trial it multiplies the strength itself.

    Args:
      num_trials: n >= 0, also infinite.
      rate: a, from 0 to 1.
      interval: T >= 0, in steps, also infinite.
      persistence: gamma lambda_e from 0 to 1, what is left of the trace after each step.
      outcome: lambda, its size, finite.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the strength, in units of the outcome. Exact, to a relative 1e-12; NaN at a traced value
    outside.

    Raises:
      InputError: a negative number of trials or of steps, or a rate, persistence or correction
        outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.trace_conditioning(1, 0.2, 3, 0.9):.6f}")
    0.145800
    """
    return _traced(num_trials, rate, interval, persistence, outcome=outcome, correction=correction)
