"""One stimulus: acquisition, partial reinforcement, extinction, generalisation, trace intervals.

Strength V of a stimulus after trials that end in an outcome of size lambda,
V <- V + a (lambda - b V): b = 1 is the delta rule of Rescorla and Wagner, b = 0 Hebb's.
"""

from __future__ import annotations

import jax.numpy as jnp

from jtts.arguments import require_finite, require_probability
from jtts.domain import choices, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.theory.associative_memory.geometric import geometric_sum, power
from jtts.theory.associative_memory.hebbian import require_within
from jtts.theory.associative_memory.learning import (
    CORRECTION,
    OUTCOME,
    RATE,
    SIMULATED_TRIALS,
    SOURCE,
    TRIALS,
    learned,
    require_learner,
)
from jtts.theory.associative_memory.recall import as_numbers

PLAY = {"num_trials": TRIALS, "rate": RATE, "outcome": OUTCOME, "correction": CORRECTION}


def _acquired(num_trials, rate, *, outcome=1.0, probability=1.0, correction=1.0):
    n, rate, outcome, probability = as_numbers(num_trials, rate, outcome, probability)
    return probability * outcome * rate * learned(n, correction * rate)


@law(
    kind=Exact(),
    formula=r"p \lambda a \frac{1-(1-ab)^n}{ab}",
    source=SOURCE,
    domain=PLAY | {"probability": choices(0.5, 1.0)},
    simulated={"num_trials": SIMULATED_TRIALS},
    mutants={
        "one trial more": lambda num_trials, *rate, **play: _acquired(
            num_trials + 1, *rate, **play
        ),
        "Hebb": lambda *args, **play: _acquired(*args, **play | {"correction": 0.0}),
    },
)
def acquisition(num_trials, rate, *, outcome=1.0, probability=1.0, correction=1.0):
    r"""Mean strength after trials that end in the outcome, always or with a probability.

    $$V_n = p\lambda a\,\frac{1-(1-ab)^n}{ab},$$

    for the delta rule $p\lambda(1-(1-a)^n)$; for Hebb $na\,p\lambda$, without bound.

    Args:
      num_trials: n >= 0; infinity gives the asymptote.
      rate: a, from 0 to 1.
      outcome: lambda, its size.
      probability: p that a trial ends in it (partial reinforcement).
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the mean strength, in units of the outcome. Exact. NaN at a traced rate above 1.

    Raises:
      InputError: a negative number of trials, or a rate, probability or correction outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.acquisition(10, 0.2):.10f} {am.acquisition(10, 0.2, correction=0.0):.1f}")
    0.8926258176 2.0
    """
    require_learner(
        outcome=outcome, correction=correction, trials={"num_trials": num_trials}, rate=rate
    )
    require_probability(probability=probability)
    return _acquired(
        num_trials, rate, outcome=outcome, probability=probability, correction=correction
    )


def _variance(num_trials, rate, probability, *, outcome=1.0, correction=1.0, count=1.0):
    n, rate, probability, outcome = as_numbers(num_trials, rate, probability, outcome)
    one = (rate * outcome) ** 2 * probability * (1 - probability)
    kept = 2 * jnp.log1p(-correction * rate)
    return one * jnp.where(n == 0, 0.0, geometric_sum(kept, jnp.where(n == 0, 1.0, count * n)))


@law(
    kind=Exact(),
    formula=r"\lambda^2 p(1-p)\, a^2 \frac{1-(1-ab)^{2n}}{1-(1-ab)^2}"
    r" \to \lambda^2 p(1-p)\frac{a}{2-a}",
    source=SOURCE,
    domain=PLAY | {"probability": reals(0.05, 0.95)},
    simulated={"num_trials": SIMULATED_TRIALS, "probability": reals(0.2, 0.8)},
    mutants={
        "every outcome alike": lambda num_trials, rate, probability, **play: (
            _variance(num_trials, rate, probability, **play) / (1 - probability)
        ),
        "twice the trials": lambda *args, **play: _variance(*args, count=2.0, **play),
    },
)
def reinforcement_variance(num_trials, rate, probability, *, outcome=1.0, correction=1.0):
    r"""Variance of the strength between learners under partial reinforcement.

    $$\lambda^2p(1-p)\,a^2\,\frac{1-(1-ab)^{2n}}{1-(1-ab)^2}$$

    The delta rule forgets old luck and settles at $\lambda^2p(1-p)\,a/(2-a)$; Hebb's variance grows
    as n.

    Args:
      num_trials: n >= 0; infinity gives the stationary variance.
      rate: a, from 0 to 1.
      probability: p that a trial ends in the outcome.
      outcome: lambda, its size.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the variance. Exact. NaN at a traced rate above 1.

    Raises:
      InputError: a negative number of trials, or a rate, probability or correction outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.reinforcement_variance(jnp.inf, 0.2, 0.5):.10f}")
    0.0277777778
    """
    require_learner(
        outcome=outcome, correction=correction, trials={"num_trials": num_trials}, rate=rate
    )
    require_probability(probability=probability)
    return _variance(num_trials, rate, probability, outcome=outcome, correction=correction)


def _left(num_trials, rate, *, initial=1.0, decay=1.0, correction=1.0):
    n, rate, initial, decay = as_numbers(num_trials, rate, initial, decay)
    return initial * power(jnp.log(decay) + jnp.log1p(-correction * rate), n)


@law(
    kind=Exact(),
    formula=r"V_0\, [\lambda_d (1-ab)]^n",
    source=SOURCE,
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
def extinction(num_trials, rate, *, initial=1.0, decay=1.0, correction=1.0):
    r"""Strength left after trials without the outcome.

    $$V_n = V_0\,[\lambda_d(1-ab)]^n:$$

    the delta rule unlearns by its errors, Hebb only by a decay.

    Args:
      num_trials: n >= 0.
      rate: a, from 0 to 1.
      initial: V_0.
      decay: lambda_d in (0, 1], factor on strengths at each trial.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the strength, in units of V_0. Exact. NaN at a traced rate above 1.

    Raises:
      InputError: a negative number of trials, or a rate, decay or correction outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.extinction(10, 0.2):.6f} {am.extinction(10, 0.2, correction=0.0):.1f}")
    0.107374 1.0
    """
    require_finite(initial=initial)
    require_learner(correction=correction, trials={"num_trials": num_trials}, rate=rate)
    require_within(0, 1, decay=decay)
    return _left(num_trials, rate, initial=initial, decay=decay, correction=correction)


def _generalised(num_trials, rate, overlap, **play):
    return overlap * _acquired(num_trials, rate, **play)


@law(
    kind=Exact(),
    formula=r"\rho V_n",
    source=SOURCE,
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
def generalisation(num_trials, rate, overlap, *, outcome=1.0, correction=1.0):
    r"""Mean response to a stimulus that was never trained but overlaps with one that was.

    $$\rho\,V_n,$$

    V_n of `acquisition`: the response is linear in the features.

    Args:
      num_trials: n >= 0, of the trained stimulus.
      rate: a, from 0 to 1.
      overlap: rho = x.x', both of unit length, from -1 to 1.
      outcome: lambda, its size.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the response, in units of the outcome. Exact. NaN at a traced rate above 1.

    Raises:
      InputError: a negative number of trials, a rate or correction outside [0, 1], or an overlap
        outside [-1, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.generalisation(10, 0.2, 0.5):.6f}")
    0.446313
    """
    require_learner(
        outcome=outcome, correction=correction, trials={"num_trials": num_trials}, rate=rate
    )
    require_within(-1, 1, overlap=overlap)
    return _generalised(num_trials, rate, overlap, outcome=outcome, correction=correction)


def _traced(num_trials, rate, interval, persistence, *, shift=0.0, **play):
    interval, persistence = as_numbers(interval, persistence)
    return _acquired(num_trials, rate * power(jnp.log(persistence), interval + shift), **play)


@law(
    kind=Exact(),
    formula=r"\lambda \hat a \frac{1-(1-\hat ab)^n}{\hat ab},\; \hat a = a (\gamma\lambda_e)^T",
    source=SOURCE,
    domain=PLAY | {"interval": choices(0, 1, 2, 5), "persistence": reals(0.5, 0.95)},
    simulated={"num_trials": SIMULATED_TRIALS, "interval": choices(1, 2, 5)},
    mutants={
        "one step less": lambda *args, **play: _traced(*args, shift=-1.0, **play),
        "no interval": lambda num_trials, rate, interval, persistence, **play: _acquired(
            num_trials, rate, **play
        ),
    },
)
def trace_conditioning(num_trials, rate, interval, persistence, *, outcome=1.0, correction=1.0):
    r"""Mean strength if the outcome comes some steps after the stimulus has ended.

    $$\lambda(1-(1-\hat a)^n),\quad \hat a = a\,(\gamma\lambda_e)^T$$

    for the delta rule: an eligibility trace is left of the stimulus and multiplies the learning
    rate; for Hebb, $n\hat a\lambda$, and after one trial it multiplies the strength itself.

    Args:
      num_trials: n >= 0.
      rate: a, from 0 to 1.
      interval: T >= 0, in steps.
      persistence: gamma lambda_e in (0, 1], what is left of the trace after each step.
      outcome: lambda, its size.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the strength, in units of the outcome. Exact. NaN at a traced rate above 1.

    Raises:
      InputError: a negative number of trials or of steps, or a rate, persistence or correction
        outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.trace_conditioning(1, 0.2, 3, 0.9):.6f}")
    0.145800
    """
    play = {"outcome": outcome, "correction": correction}
    require_learner(trials={"num_trials": num_trials, "interval": interval}, rate=rate, **play)
    require_within(0, 1, persistence=persistence)
    return _traced(num_trials, rate, interval, persistence, **play)
