"""What the conditioning laws share: admissible rates, and the sum that a run of trials learns."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete, require_at_least, require_finite
from jtts.domain import choices, log_integers, reals
from jtts.theory.associative_memory.geometric import geometric_sum
from jtts.theory.associative_memory.hebbian import require_within

SOURCE = "derived here (docs, associative memory section 9), cf. arXiv:2508.08289"
RATE = reals(0.02, 0.4)
OUTCOME = reals(0.5, 2.0)
CORRECTION = choices(0.0, 1.0)
TRIALS = log_integers(1, 10**6)
SIMULATED_TRIALS = log_integers(1, 24)


def require_learner(*, outcome=1.0, correction=1.0, trials=None, **rates):
    """Raise InputError unless learning is stable: rates from 0, adding up to at most 1.

    `trials` are numbers of trials by name.
    """
    require_finite(outcome=outcome)
    require_within(0, 1, correction=correction, **rates)
    require_at_least(0, **trials or {})
    known_rates = [concrete(rate) for rate in rates.values()]
    given = [rate for rate in known_rates if rate is not None]
    total = sum(given, np.zeros(()))
    if len(given) == len(rates) and np.any(total > 1):
        raise InputError(f"{' + '.join(rates)} must be at most 1, got {total}")


def learned(num_trials, rate):
    """1 + r + ... + r^(n-1), r = 1 - rate: n trials of Hebb at rate 0, 1/rate after endless ones.

    NaN above rate 1, where strengths overshoot.
    """
    none = num_trials == 0
    return jnp.where(none, 0.0, geometric_sum(jnp.log1p(-rate), jnp.where(none, 1.0, num_trials)))
