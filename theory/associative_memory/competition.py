"""Stimuli shown together share one error: blocking, overshadowing, overexpectation, inhibition.

Strengths of stimuli A and B, V <- V + a (lambda - b sum of V shown) for each stimulus shown: b = 1
is the delta rule of Rescorla and Wagner, b = 0 Hebb's, under which stimuli do not compete.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, probability
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
from jtts.theory.associative_memory.powers import kept, learned, learned_late, times
from jtts.theory.associative_memory.recall import as_numbers

PLAY = {"rate": RATE, "outcome": OUTCOME, "correction": CORRECTION}
RATES = {"rate": probability(), **PLAYED}


def _blocked(
    num_first, num_compound, rate, blocker_rate, *, outcome=1.0, correction=1.0, shared=1.0
):
    first, compound, rate, blocker_rate = as_numbers(num_first, num_compound, rate, blocker_rate)
    left = outcome * kept(correction * blocker_rate, first)  # of the outcome, for both to learn
    return times(rate * left, learned(compound, correction * (rate + shared * blocker_rate)))


@law(
    kind=Exact(),
    formula=r"V_B = \frac{a_B}{a_A+a_B}(\lambda - T_0)(1-(1-a_A-a_B)^{n_2}),"
    r"\; T_0 = \lambda(1-(1-a_A)^{n_1})",
    source=SOURCE,
    holds={"num_first": COUNT, "num_compound": COUNT, **RATES, "blocker_rate": probability()},
    jointly={
        "rate + blocker_rate must be at most 1": lambda rate, blocker_rate: rate + blocker_rate <= 1
    },
    relative=1e-12,
    domain={"num_first": TRIALS, "num_compound": TRIALS, **PLAY, "blocker_rate": RATE},
    simulated={"num_first": SIMULATED_TRIALS, "num_compound": SIMULATED_TRIALS},
    mutants={
        "nothing learned first": lambda num_first, *args, **play: _blocked(0, *args, **play),
        "no sharing": lambda *args, **play: _blocked(*args, shared=0.0, **play),
    },
)
def blocking(
    num_first: Numbers,
    num_compound: Numbers,
    rate: Numbers,
    blocker_rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> jax.Array:
    r"""Strength of B after A alone, then A and B together, were followed by the outcome.

    $$V_B = \frac{a_B}{a_A+a_B}\,(\lambda-T_0)\,(1-(1-a_A-a_B)^{n_2}),\quad
      T_0=\lambda(1-(1-a_A)^{n_1})$$

    for the delta rule: what A predicts, B cannot learn. For Hebb $n_2a_B\lambda$.

    Args:
      num_first: n_1 >= 0, trials of A alone.
      num_compound: n_2 >= 0, trials of A and B; both may be infinite.
      rate: a_B >= 0, of B.
      blocker_rate: a_A >= 0, of A; the two rates add up to at most 1.
      outcome: lambda, its size, finite.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns V_B, in units of the outcome. Exact, to a relative 1e-12; NaN at traced
    values outside.

    Raises:
      InputError: a negative number of trials, a negative rate or rates beyond 1, or a correction
        outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.blocking(8, 6, 0.3, 0.2):.10f}")
    0.0990904320
    """
    return _blocked(
        num_first, num_compound, rate, blocker_rate, outcome=outcome, correction=correction
    )


def _shadowed(num_trials, rate, other_rate, **play):
    return _blocked(0.0, num_trials, rate, other_rate, **play)


@law(
    kind=Exact(),
    formula=r"V_A = \frac{a_A}{a_A+a_B} \lambda\, (1-(1-a_A-a_B)^n)",
    source=SOURCE,
    holds={"num_trials": COUNT, **RATES, "other_rate": probability()},
    jointly={
        "rate + other_rate must be at most 1": lambda rate, other_rate: rate + other_rate <= 1
    },
    relative=1e-12,
    domain={"num_trials": TRIALS, **PLAY, "other_rate": RATE},
    simulated={"num_trials": SIMULATED_TRIALS},
    mutants={
        "alone": lambda num_trials, rate, other_rate, **play: _shadowed(
            num_trials, rate, 0.0, **play
        ),
        "equal shares": lambda num_trials, rate, other_rate, **play: _shadowed(
            num_trials, (rate + other_rate) / 2, (rate + other_rate) / 2, **play
        ),
    },
)
def overshadowing(
    num_trials: Numbers,
    rate: Numbers,
    other_rate: Numbers,
    *,
    outcome: Numbers = 1.0,
    correction: Numbers = 1.0,
) -> jax.Array:
    r"""Strength of A after trials with A and B together.

    $$V_A = \frac{a_A}{a_A+a_B}\,\lambda\,(1-(1-a_A-a_B)^n)$$

    for the delta rule: stimuli share the outcome by their rates. For Hebb $na_A\lambda$, as alone.

    Args:
      num_trials: n >= 0; infinity gives the asymptote.
      rate: a_A >= 0, of A.
      other_rate: a_B >= 0, of B; the two rates add up to at most 1.
      outcome: lambda, its size, finite.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns V_A, in units of the outcome. Exact, to a relative 1e-12; NaN at traced
    values outside.

    Raises:
      InputError: as `blocking`.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.overshadowing(float('inf'), 0.1, 0.3):.2f}")
    0.25
    """
    return _shadowed(num_trials, rate, other_rate, outcome=outcome, correction=correction)


def _overexpected(num_trials, rate, *, outcome=1.0, correction=1.0, stimuli=2.0):
    n, rate, outcome = as_numbers(num_trials, rate, outcome)
    error = outcome * (1 - stimuli * correction)
    return outcome + times(rate * error, learned(n, stimuli * correction * rate))


@law(
    kind=Exact(),
    formula=r"\lambda - \frac\lambda2 (1-(1-2a)^n)",
    source=SOURCE,
    holds={"num_trials": COUNT, "rate": between(0, 0.5), **PLAYED},
    relative=1e-12,
    domain={"num_trials": TRIALS, **PLAY},
    simulated={"num_trials": SIMULATED_TRIALS, "rate": reals(0.1, 0.4)},
    mutants={
        "A alone": lambda *args, **play: _overexpected(*args, stimuli=1.0, **play),
        "three of them": lambda *args, **play: _overexpected(*args, stimuli=3.0, **play),
    },
)
def overexpectation(
    num_trials: Numbers, rate: Numbers, *, outcome: Numbers = 1.0, correction: Numbers = 1.0
) -> jax.Array:
    r"""Strength of each of two fully trained stimuli after trials with both and one outcome.

    $$V = \lambda - \tfrac\lambda2\,(1-(1-2a)^n)$$

    for the delta rule: together they predict twice what comes, and each unlearns half. For Hebb it
    grows on, $\lambda(1+na)$.

    Args:
      num_trials: n >= 0 of A and B together, each at strength lambda before; also infinite.
      rate: a, of both, from 0 to 1/2.
      outcome: lambda, its size, finite.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the strength of each, in units of the outcome. Exact, to a relative 1e-12; NaN at a
    traced value outside.

    Raises:
      InputError: a negative number of trials, a rate outside [0, 1/2], or a correction outside
        [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.overexpectation(7, 0.15):.8f}")
    0.54117715
    """
    return _overexpected(num_trials, rate, outcome=outcome, correction=correction)


def _inhibited(num_rounds, rate, *, outcome=1.0, correction=1.0, slip=0.0):
    n, rate, outcome, correction = jnp.broadcast_arrays(
        *as_numbers(num_rounds, rate, outcome, correction)
    )
    a = correction * rate
    # a round leaves 1 - a N of the distance from (lambda, -lambda); eigenvalues y of N, whose
    # product is 1
    spread = jnp.sqrt((1 - a) * (5 - a))
    above = (3 - a + spread) / 2
    slow = a / above
    fast = jnp.where(a * above > 1, 1.0, a * above)
    # N (1 - a, -a), and what of it goes along either eigenvector
    first, second = 2 - 4 * a + a**2, 1 - 3 * a + a**2
    by_slow, by_fast = above * (1 - a) - first, first - (1 - a) / above
    of_fast = second + a / above - slip * a
    learned_slow = learned(n, slow)
    own = by_slow / spread, by_fast / spread
    own = times(rate * own[0], learned_slow) + times(rate * own[1], learned(n, fast))
    other = times(correction * rate**2, learned_slow)
    other = other + times(correction * rate**2 * of_fast, learned_late(n, slow, fast))
    return outcome[..., None] * jnp.stack([own, -other], -1)


@law(
    kind=Exact(),
    formula=r"(\lambda, -\lambda) + (M_2 M_1)^n (-\lambda, \lambda),"
    r"\; M_1 = \mathrm{diag}(1-a, 1),\; M_2 = 1 - a\, 11^\top",
    source=SOURCE,
    holds={"num_rounds": COUNT, "rate": between(0, 0.5), **PLAYED},
    relative=1e-12,
    domain={"num_rounds": TRIALS, **PLAY},
    simulated={"num_rounds": SIMULATED_TRIALS, "rate": reals(0.1, 0.4)},
    mutants={
        "one round more": lambda num_rounds, *rate, **play: _inhibited(
            num_rounds + 1, *rate, **play
        ),
        "a slip in the map": lambda *args, **play: _inhibited(*args, slip=0.5, **play),
    },
)
def inhibition(
    num_rounds: Numbers, rate: Numbers, *, outcome: Numbers = 1.0, correction: Numbers = 1.0
) -> jax.Array:
    r"""Strengths of A and B after rounds of A with the outcome, then A and B without it.

    $$(V_A,V_B) = (\lambda,-\lambda) + (M_2M_1)^n\,(-\lambda,\lambda),\quad
      M_1=\begin{pmatrix}1-a&\\&1\end{pmatrix},\; M_2 = 1 - a\begin{pmatrix}1&1\\1&1\end{pmatrix}$$

    for the delta rule: B comes to predict that the outcome stays away. The sum of
    powers is taken by the two eigenvalues. For Hebb $(na\lambda, 0)$: no inhibition.

    Args:
      num_rounds: n >= 0, of two trials each; also infinite.
      rate: a, of both, from 0 to 1/2.
      outcome: lambda, its size, finite.
      correction: b, from 0 to 1: 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns (V_A, V_B) along a last axis, in units of the outcome. Exact, to a relative 1e-12; NaN
    at a traced value outside.

    Raises:
      InputError: as `overexpectation`.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print("{:.10f} {:.10f}".format(*am.inhibition(30, 0.2)))
    0.9420946147 -0.9201023884
    """
    return _inhibited(num_rounds, rate, outcome=outcome, correction=correction)
