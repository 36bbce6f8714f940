"""Capacity: which of the published growth laws holds, and under which criterion."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.theory import associative_memory as am

ERRORS: dict[
    str, tuple[Any, dict[str, Any]]
] = {  # error of a component that a criterion holds to a tolerance: law, and its arguments
    "adversarial": (am.absolute_crosstalk, {}),
    "coherence": (am.largest_overlap, {}),
    "mean_squared": (am.gain_error, {"gain": 1.0}),
}
CRITERIA = {
    "adversarial": am.adversarial_capacity,
    "coherence": am.coherence_capacity,
    "mean_squared": am.mean_squared_capacity,
}
CLAIMS = {
    "adversarial": "values chosen against the keys",
    "coherence": "sure by the worst overlap",
    "mean_squared": "random values (root mean square)",
}
NAMES = {
    "adversarial": "adversarial values",
    "coherence": "worst overlap",
    "mean_squared": "mean squared error 0.1",
    "pattern_bits": "bits of one pattern",
    "all_bits": "bits of all patterns",
    "least_squares": "least squares",
    "codebook_all": "code book, all queries",
    "codebook_typical": "code book, half of them",
}


def error_of_component(criterion, sizes, dims, trials):
    """Sweep of the law whose value a criterion bounds, over pairs of sizes."""
    law, fixed = ERRORS[criterion]
    return sweep(law, fixed | {"num_pairs": sizes, "dim": dims}, zipped=True, trials=trials)


def in_units_of_a_component(criterion, data):
    """Theory, simulation and standard error of the sum over pairs, or of the root mean square."""
    data = data[["theory", "simulation", "stderr"]]
    if criterion == "coherence":
        return data * ((data.num_pairs - 1) / np.sqrt(data.dim))
    if criterion == "mean_squared":
        root = np.sqrt(data[["theory", "simulation"]])
        return root.assign(stderr=data.stderr / (2 * root.simulation))
    return data


def simulated_capacity(criterion, dims, trials):
    """The number of pairs at which an error reaches 1, by theory and by simulation.

    The simulated error is taken as a power law between memories 20 % smaller and larger.
    """
    law = CRITERIA[criterion]
    result = sweep(law, {"dim": dims, "tolerance": 1.0})
    sizes = np.stack([np.floor(0.8 * result.theory), np.ceil(1.2 * result.theory)]).astype(int)
    swept = error_of_component(criterion, sizes.ravel(), np.tile(dims, 2), trials)
    data = in_units_of_a_component(criterion, swept)
    value = np.log(data.simulation.values).reshape(sizes.shape)
    relative = (data.stderr / data.simulation).values.reshape(sizes.shape)
    start, step = np.log(sizes[0] - 1), np.log((sizes[1] - 1) / (sizes[0] - 1))
    rise = value[1] - value[0]
    share = -value[0] / rise
    others = np.exp(start + share * step)
    spread = np.hypot((1 - share) * relative[0], share * relative[1]) * step / rise
    result["simulation"] = "dim", 1 + others
    result["stderr"] = "dim", others * spread
    result["count"] = "dim", swept["count"].values.reshape(sizes.shape).min(0)
    if "finite_size" in swept:  # a gap in the error is one of the same share in the capacity
        gap = (swept.finite_size / swept.theory).values.reshape(sizes.shape).max(0)
        result["finite_size"] = "dim", others * gap
    return result


@figure(cost="60 s", panels=(1, 2))
def root_or_linear_capacity(preset):
    """The square root of d, or d: one Hebbian memory, three questions.

    Left, d = 256: error of a component. Values chosen by an adversary who sees the keys add up all
    |k_j . k_i|: an error of 1 at N = 21. Values drawn at random cancel, to a root mean square
    of 1 at N = 257. The worst overlap alone guarantees no more than N = 8. Right: the number
    of pairs at which the error reaches 1: about sqrt(pi d/2) for adversarial values,
    sqrt(d/(4 ln N)) for the guarantee, exactly d + 1 for random values. The published O(sqrt d) and
    O(d) both hold, each for its own question. (The worst overlap is drawn for large d, 2 % high at
    d = 256, N = 400.)
    """
    sizes = whole_numbers(2, 400, preset.pick(quick=4, paper=12))
    dims = np.array(preset.pick(quick=[64, 256, 512], paper=[64, 256, 1024, 4096]))
    trials = preset.pick(quick=300, paper=5000)
    errors = {
        f"{c}_error": error_of_component(c, sizes, [256] * len(sizes), trials) for c in ERRORS
    }
    found = {f"{c}_capacity": simulated_capacity(c, dims, trials) for c in ERRORS}
    dense = {"dim": np.geomspace(16, 4096, 60), "tolerance": 1.0}
    lines = {f"{c}_line": sweep(CRITERIA[c], dense) for c in ERRORS}
    return errors | found | lines


@root_or_linear_capacity.draw
def _(data, axes):
    def together(suffix, change=lambda criterion, one: one):
        rows = [change(c, data[f"{c}_{suffix}"]).drop_attrs() for c in ERRORS]
        return xr.concat(rows, xr.Variable("claim", list(CLAIMS.values())))

    def scaled(criterion, one):
        one = in_units_of_a_component(criterion, one).swap_dims(point="num_pairs")
        return one.drop_vars([name for name in one.coords if name != "num_pairs"])

    errors = together("error", scaled)
    theory_lines_with_simulation(axes[0], errors, x="num_pairs", lines="claim")
    axes[0].axhline(1, color="0.6", linewidth=0.8)
    axes[0].set(
        xscale="log",
        yscale="log",
        ylim=(0.03, 1000),
        xlabel="number of pairs $N$ ($d = 256$)",
        ylabel="error of a component",
    )
    evidence_legend(axes[0], loc="upper left")
    points = together("capacity", lambda _, one: one[["theory", "simulation", "stderr"]])
    theory_lines_with_simulation(
        axes[1], together("line"), simulated=points, x="dim", lines="claim"
    )
    axes[1].set(
        xscale="log",
        yscale="log",
        xlabel="dimension of keys $d$",
        ylabel="pairs $N$ at an error of 1",
    )


@figure(cost="20 s", panels=(1, 2))
def capacity_by_criterion(preset):
    """One memory, several capacities.

    Number of pairs by criterion (default tolerances, V = d) and its local exponent d ln N/d ln d.
    Guarantees for all values grow as the root of d, errors on average as d, error-free bits as
    d / ln d, code words as d^2 / ln d. At small d the exponents mislead: at d = 64 they are 0.71
    and 0.64 for the bits of one and of all patterns, 0.46 and 0.29 for the two guarantees; at
    d = 4096 still 0.90, 0.87, 0.49 and 0.40. Softmax read-out grows as exp(0.62 d) and is not
    drawn.
    """
    dims = np.geomspace(16, 4096, preset.pick(quick=25, paper=80))
    names = list(NAMES)
    pairs = xr.Dataset(
        {"theory": (("criterion", "dim"), np.array([am.capacity(dims, c) for c in names]))},
        {"criterion": names, "dim": dims},
        {"law": "associative_memory.capacity", "kind": "derived"},
    )
    return {
        "pairs": pairs,
        "exponents": sweep(am.capacity_exponent, {"criterion": names, "dim": dims}),
    }


@capacity_by_criterion.draw
def _(data, axes):
    for panel, shown in zip(axes, (data["pairs"], data["exponents"]), strict=True):
        for index, (criterion, name) in enumerate(NAMES.items()):
            one = shown.sel(criterion=criterion)
            style = "--" if index >= len(COLOURS) else "-"
            colour = COLOURS[index % len(COLOURS)]
            panel.plot(one.dim, one.theory, style, color=colour, label=name)
        panel.set(xscale="log", xlabel="dimension of keys $d$")
    axes[0].set(yscale="log", ylabel="number of pairs $N$", ylim=(1, 1e10))
    axes[0].legend(loc="upper left", ncols=2)
    axes[1].set(ylabel=r"local exponent $d\ln N/d\ln d$", ylim=(0, 2.3))
