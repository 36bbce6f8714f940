"""Stimuli shown together share one error: blocking, overshadowing, overexpectation, inhibition.

Strengths of stimuli A and B, V <- V + a (lambda - b sum of V shown) for each stimulus shown: b = 1
is the delta rule of Rescorla and Wagner, b = 0 Hebb's, under which stimuli do not compete.
"""

from __future__ import annotations

import jax.numpy as jnp

from jtts.domain import reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.theory.associative_memory.geometric import pair_sum
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

PLAY = {"rate": RATE, "outcome": OUTCOME, "correction": CORRECTION}


def _blocked(
    num_first, num_compound, rate, blocker_rate, *, outcome=1.0, correction=1.0, shared=1.0
):
    first, compound, rate, blocker_rate = as_numbers(num_first, num_compound, rate, blocker_rate)
    before = outcome * blocker_rate * learned(first, correction * blocker_rate)
    common = correction * (rate + shared * blocker_rate)
    return rate * (outcome - correction * before) * learned(compound, common)


@law(
    kind=Exact(),
    formula=r"V_B = \frac{a_B}{a_A+a_B}(\lambda - T_0)(1-(1-a_A-a_B)^{n_2}),"
    r"\; T_0 = \lambda(1-(1-a_A)^{n_1})",
    source=SOURCE,
    domain={"num_first": TRIALS, "num_compound": TRIALS, **PLAY, "blocker_rate": RATE},
    simulated={"num_first": SIMULATED_TRIALS, "num_compound": SIMULATED_TRIALS},
    mutants={
        "nothing learned first": lambda num_first, *args, **play: _blocked(0, *args, **play),
        "no sharing": lambda *args, **play: _blocked(*args, shared=0.0, **play),
    },
)
def blocking(num_first, num_compound, rate, blocker_rate, *, outcome=1.0, correction=1.0):
    r"""Strength of B after A alone, then A and B together, were followed by the outcome.

    $$V_B = \frac{a_B}{a_A+a_B}\,(\lambda-T_0)\,(1-(1-a_A-a_B)^{n_2}),\quad
      T_0=\lambda(1-(1-a_A)^{n_1})$$

    for the delta rule: what A predicts, B cannot learn. For Hebb $n_2a_B\lambda$.

    Args:
      num_first: n_1 >= 0, trials of A alone.
      num_compound: n_2 >= 0, trials of A and B; both may be infinite.
      rate: a_B >= 0, of B.
      blocker_rate: a_A >= 0, of A; the two rates add up to at most 1.
      outcome: lambda, its size.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns V_B, in units of the outcome. Exact. NaN at traced rates beyond 1.

    Raises:
      InputError: a negative number of trials, a negative rate or rates beyond 1, or a correction
        outside [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.blocking(8, 6, 0.3, 0.2):.10f}")
    0.0990904320
    """
    play = {"outcome": outcome, "correction": correction}
    require_learner(
        trials={"num_first": num_first, "num_compound": num_compound},
        rate=rate,
        blocker_rate=blocker_rate,
        **play,
    )
    return _blocked(num_first, num_compound, rate, blocker_rate, **play)


def _shadowed(num_trials, rate, other_rate, **play):
    return _blocked(0.0, num_trials, rate, other_rate, **play)


@law(
    kind=Exact(),
    formula=r"V_A = \frac{a_A}{a_A+a_B} \lambda\, (1-(1-a_A-a_B)^n)",
    source=SOURCE,
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
def overshadowing(num_trials, rate, other_rate, *, outcome=1.0, correction=1.0):
    r"""Strength of A after trials with A and B together.

    $$V_A = \frac{a_A}{a_A+a_B}\,\lambda\,(1-(1-a_A-a_B)^n)$$

    for the delta rule: stimuli share the outcome by their rates. For Hebb $na_A\lambda$, as alone.

    Args:
      num_trials: n >= 0; infinity gives the asymptote.
      rate: a_A >= 0, of A.
      other_rate: a_B >= 0, of B; the two rates add up to at most 1.
      outcome: lambda, its size.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns V_A, in units of the outcome. Exact. NaN at traced rates beyond 1.

    Raises:
      InputError: as `blocking`.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.overshadowing(jnp.inf, 0.1, 0.3):.2f}")
    0.25
    """
    play = {"outcome": outcome, "correction": correction}
    require_learner(trials={"num_trials": num_trials}, rate=rate, other_rate=other_rate, **play)
    return _shadowed(num_trials, rate, other_rate, **play)


def _overexpected(num_trials, rate, *, outcome=1.0, correction=1.0, stimuli=2.0):
    n, rate, outcome = as_numbers(num_trials, rate, outcome)
    error = outcome * (1 - stimuli * correction)
    return outcome + rate * error * learned(n, stimuli * correction * rate)


@law(
    kind=Exact(),
    formula=r"\lambda - \frac\lambda2 (1-(1-2a)^n)",
    source=SOURCE,
    domain={"num_trials": TRIALS, **PLAY},
    simulated={"num_trials": SIMULATED_TRIALS, "rate": reals(0.1, 0.4)},
    mutants={
        "A alone": lambda *args, **play: _overexpected(*args, stimuli=1.0, **play),
        "three of them": lambda *args, **play: _overexpected(*args, stimuli=3.0, **play),
    },
)
def overexpectation(num_trials, rate, *, outcome=1.0, correction=1.0):
    r"""Strength of each of two fully trained stimuli after trials with both and one outcome.

    $$V = \lambda - \tfrac\lambda2\,(1-(1-2a)^n)$$

    for the delta rule: together they predict twice what comes, and each unlearns half. For Hebb it
    grows on, $\lambda(1+na)$.

    Args:
      num_trials: n >= 0 of A and B together, each at strength lambda before.
      rate: a, of both, from 0 to 1/2.
      outcome: lambda, its size.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns the strength of each, in units of the outcome. Exact. NaN at a traced rate above 1/2.

    Raises:
      InputError: a negative number of trials, a rate outside [0, 1/2], or a correction outside
        [0, 1].

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.overexpectation(7, 0.15):.8f}")
    0.54117715
    """
    play = {"outcome": outcome, "correction": correction}
    require_learner(trials={"num_trials": num_trials}, rate=rate, rate_of_the_other=rate, **play)
    return _overexpected(num_trials, rate, **play)


def _inhibited(num_rounds, rate, *, outcome=1.0, correction=1.0, slip=0.0):
    n, rate, outcome, correction = jnp.broadcast_arrays(
        *as_numbers(num_rounds, rate, outcome, correction)
    )
    hebb = correction * rate == 0
    a = jnp.where(hebb, 0.1, correction * rate)
    # one round is an affine map about (1, -1); its eigenvalues are r_1 > r_2 >= 0
    spread = a * jnp.sqrt((1 - a) * (5 - a))
    low, high = ((1 - a) * (2 - a) + sign * spread for sign in (-1, 1))
    low, high = jnp.log(low / 2), jnp.log(high / 2)
    now = pair_sum(low, high, n)
    before = (1 - a) * (1 - 2 * a) * pair_sum(low, high, n - 1)
    start = jnp.stack([-jnp.ones_like(a), jnp.ones_like(a)])
    image = jnp.stack([-((1 - a) ** 2) - a, a * (1 - a) + (1 - a) - slip * a])
    gap = now * image - before * start
    corrected = (gap - start) * outcome / jnp.where(hebb, 1.0, correction)
    uncorrected = jnp.stack([n * rate * outcome, jnp.zeros_like(n)])
    return jnp.moveaxis(jnp.where(hebb, uncorrected, corrected), 0, -1)


@law(
    kind=Exact(),
    formula=r"(\lambda, -\lambda) + (M_2 M_1)^n (-\lambda, \lambda),"
    r"\; M_1 = \mathrm{diag}(1-a, 1),\; M_2 = 1 - a\, 11^\top",
    source=SOURCE,
    domain={"num_rounds": TRIALS, **PLAY},
    simulated={"num_rounds": SIMULATED_TRIALS, "rate": reals(0.1, 0.4)},
    mutants={
        "one round more": lambda num_rounds, *rate, **play: _inhibited(
            num_rounds + 1, *rate, **play
        ),
        "a slip in the map": lambda *args, **play: _inhibited(*args, slip=0.5, **play),
    },
)
def inhibition(num_rounds, rate, *, outcome=1.0, correction=1.0):
    r"""Strengths of A and B after rounds of A with the outcome, then A and B without it.

    $$(V_A,V_B) = (\lambda,-\lambda) + (M_2M_1)^n\,(-\lambda,\lambda),\quad
      M_1=\begin{pmatrix}1-a&\\&1\end{pmatrix},\; M_2 = 1 - a\begin{pmatrix}1&1\\1&1\end{pmatrix}$$

    for the delta rule: B comes to predict that the outcome stays away. The power is taken by the
    two eigenvalues. For Hebb $(na\lambda, 0)$: no inhibition.

    Args:
      num_rounds: n >= 0, of two trials each.
      rate: a, of both, from 0 to 1/2.
      outcome: lambda, its size.
      correction: b, 1 for the delta rule, 0 for Hebb. All broadcast.

    Returns (V_A, V_B) along a last axis, in units of the outcome. Exact. NaN at a traced rate above
    1/2.

    Raises:
      InputError: as `overexpectation`.

    Source: derived here (docs, associative memory section 9), cf. arXiv:2508.08289.

    >>> from jtts.theory import associative_memory as am
    >>> print("{:.10f} {:.10f}".format(*am.inhibition(30, 0.2)))
    0.9420946147 -0.9201023884
    """
    play = {"outcome": outcome, "correction": correction}
    require_learner(trials={"num_rounds": num_rounds}, rate=rate, rate_of_the_other=rate, **play)
    return _inhibited(num_rounds, rate, **play)
