"""Ends at which a difference of the oracles has no room: values alone."""

import math

import mpmath
import rows

mpmath.mp.dps = 90
formation_time = rows.load("in_context/rank_one").formation_time
plateau_loss = rows.load("in_context/induction").plateau_loss
uncovered_probability = rows.load("in_context/extraction").uncovered_probability

CORNERS = {
    "formation_time": [
        *(dict(initial=1 - 2**-53, parts=parts) for parts in (1, 2, 3)),
        dict(initial=1e-100, parts=1),
    ],
    "plateau_loss": [
        dict(num_items=4096, num_labels=math.inf),
        dict(num_items=1, num_labels=1.0),
        dict(num_items=4096, num_labels=1 + 2**-52),
    ],
    "uncovered_probability": [
        dict(num_tuned=1.0, multiplicity=5.0, num_relations=4.0),
        dict(num_tuned=0.0, multiplicity=3.0, num_relations=4.0),
        dict(num_tuned=1.0, multiplicity=5e14, num_relations=1e15),
    ],
}
