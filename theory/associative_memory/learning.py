"""What the conditioning laws share: the promise of a learner, and where its check draws."""

from __future__ import annotations

from jtts.domain import choices, log_integers, reals
from jtts.promises import at_least, finite, probability

SOURCE = "derived here (docs, associative memory section 9), cf. arXiv:2508.08289"
RATE = reals(0.02, 0.4)
OUTCOME = reals(0.5, 2.0)
CORRECTION = choices(0.0, 1.0)
TRIALS = log_integers(1, 10**6)
SIMULATED_TRIALS = log_integers(1, 24)

COUNT = at_least(0)  # of trials; the asymptote is a value too
PLAYED = {"outcome": finite(), "correction": probability()}
