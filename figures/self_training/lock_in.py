"""Figure of a crowd and the model that it taught."""

from __future__ import annotations

import numpy as np

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, simulated_points
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import self_training

HUMANS = 10
GAINS = [0.5, 0.9, 1.0, 1.1, 1.5]


def _star(gain):
    """Trusts and precisions of ten humans and a model, which comes first."""
    trust = np.zeros((HUMANS + 1, HUMANS + 1))
    trust[0, 1:], trust[1:, 0] = gain / HUMANS, 1.0
    return {"trust": trust, "precision": np.append(0.0, np.ones(HUMANS))}


@figure(cost="15 s", panels=(1, 2), height=2.9)
def lock_in_of_a_crowd(preset):
    """A crowd and the model that it consults: truth below the threshold, lock-in above.

    Ten humans observe the truth and trust the model, the model hears the humans; g is the product
    of their number and the two trusts. Left: variance of the model's belief against the round, at
    even rounds; below g = 1 it falls like 1/t, above it stays. Right: the variance that stays,
    against g: just above the threshold the locked belief is nearly right. Even and odd rounds
    differ.
    """
    law, locked = self_training.belief_variance, self_training.star_locked_variance
    rounds = 2 * np.unique(whole_numbers(1, 500, 30))
    some = np.array([4, 16, 64])
    trials = preset.pick(quick=2**10, paper=2**15)
    gains = np.geomspace(1.001, 10, 60)
    few = [1.5, 2.0, 4.0]
    found = {
        "locked": sweep(
            locked,
            {
                "humans": HUMANS,
                "model_trust": gains / HUMANS,
                "human_trust": 1.0,
                "parity": ["even", "odd"],
            },
        )
    }
    for index, gain in enumerate(GAINS):
        found[f"talk{index}"] = sweep(law, _star(gain) | {"t": rounds})
        found[f"talk{index}_played"] = sweep(law, _star(gain) | {"t": some}, trials=trials)
    for index, gain in enumerate(few):
        late = sweep(law, _star(gain) | {"t": [60, 61]}, trials=trials)
        found[f"late{index}"] = late.assign_attrs(gain=gain)
    return found


@lock_in_of_a_crowd.draw
def _(data, axes):
    left, right = axes
    for index, gain in enumerate(GAINS):
        one, played = data[f"talk{index}"], data[f"talk{index}_played"]
        left.plot(one.t, _of_the_model(one.theory), color=COLOURS[index], label=f"$g$ = {gain:g}")
        simulated_points(
            left,
            played.t,
            _of_the_model(played.simulation),
            _of_the_model(played.stderr),
            index=index,
        )
    left.set(xscale="log", yscale="log", xlabel="round $t$", ylabel="variance of the belief")
    evidence_legend(left, loc="lower left")
    locked = data["locked"]
    gains = locked.model_trust * HUMANS
    for index, parity in enumerate(("even", "odd")):
        right.plot(
            gains, locked.theory.sel(parity=parity), color=COLOURS[index], label=f"{parity} rounds"
        )
    for name, late in data.items():
        if name.startswith("late"):
            mean, stderr = (_of_the_model(late[k]).values for k in ("simulation", "stderr"))
            for index in range(2):
                at = slice(index, index + 1)
                simulated_points(
                    right, np.array([late.attrs["gain"]]), mean[at], stderr[at], index=index
                )
    right.set(
        xscale="log",
        xlabel="$g$ = humans x trust x trust",
        ylabel="locked variance",
        xticks=[1, 2, 5, 10],
        xticklabels=["1", "2", "5", "10"],
    )
    right.minorticks_off()
    evidence_legend(right, loc="upper left")


def _of_the_model(values):
    """The first learner's."""
    return values.isel({values.dims[-1]: 0})
