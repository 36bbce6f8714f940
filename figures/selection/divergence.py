"""Reward against divergence."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import xarray as xr

from jtts import sweep
from jtts.drawing import COLOURS, evidence_legend, theory_lines_with_simulation
from jtts.grids import whole_numbers
from jtts.pipeline import figure
from jtts.rewards import Exponential, Normal, Quantile, Uniform
from jtts.theory import selection

LAWS = {
    "uniform": Uniform(),
    "normal": Normal(),
    "exponential": Exponential(),
    "-exponential": Quantile(jnp.log, upper=lambda p: jnp.log1p(-p)),
}


@figure(cost="10 s", panels=(1, 2))
def best_of_n_against_tilting(preset):
    """Best-of-n against exponential tilting at equal divergence.

    Left: mean of a standard normal reward. Tilting gives sqrt(2 KL), the most any policy can;
    best-of-n stays below it, by 8.8 % at n = 4 and 6.3 % at n = 256. Right: the share of the
    largest gain that best-of-n reaches, by law of the reward: all of it for a loss that is
    exponential, where best-of-n is the tilted law.
    """
    curves = sweep(selection.expected_max, {"n": np.geomspace(1, 256, 101)})
    played = sweep(
        selection.expected_max,
        {"n": whole_numbers(1, 256, preset.pick(quick=13, paper=25))},
        trials=preset.pick(quick=2**15, paper=2**20),
    )
    for data in (curves, played):
        data["kl"] = "n", np.asarray(selection.best_of_n_divergences(data.n.values)["kl"])
    frontier = sweep(selection.gain_at_kl, {"kl": np.linspace(0, 5, 101)})
    share = sweep(selection.best_of_n_gain_bound, {"n": np.geomspace(1.2, 1e4, 60)})
    share["share"] = (
        ("reward", "n"),
        np.stack([share_of_gain(share.n.values, law) for law in LAWS.values()]),
    )
    share = share.assign_coords(reward=list(LAWS))
    return {"curves": curves, "played": played, "frontier": frontier, "share": share}


def share_of_gain(n, law):
    """Gain of best-of-n over the mean, in units of the largest at its divergence."""
    mean = selection.expected_max(1, law)
    gain = selection.expected_max(n, law) - mean
    return np.asarray(gain / (selection.best_of_n_gain_bound(n, law) - mean))


@best_of_n_against_tilting.draw
def _(data, axes):
    curves, played = (data[name].swap_dims(n="kl") for name in ("curves", "played"))
    theory_lines_with_simulation(axes[0], curves, simulated=played, x="kl")
    axes[0].lines[0].set_label("best of $n$")
    frontier = data["frontier"]
    axes[0].plot(frontier.kl, frontier.theory, "--", color=COLOURS[1], label="tilting")
    axes[0].set(
        xlabel="KL divergence from the reference (nats)", ylabel="mean reward (standard deviations)"
    )
    evidence_legend(axes[0], loc="lower right")
    share = data["share"]
    for index, reward in enumerate(share.reward.values):
        one = share.sel(reward=reward)
        axes[1].plot(one.n, one.share, color=COLOURS[index], label=str(reward))
    axes[1].set(
        xscale="log",
        xlabel="number of samples $n$",
        ylabel="gain of best-of-$n$ / largest gain",
        ylim=(0.45, 1.02),
    )
    axes[1].legend(title="reward", title_fontsize=6.5)


@figure(cost="10 s", height=2.6)
def divergence_on_atoms(preset):
    """Divergence of best-of-n on discrete rewards.

    ln n - (n-1)/n (black) is exact without atoms and an upper bound with them: the divergence of a
    discrete law levels off at -ln P(highest reward), here 0.693, 1.609 and 2.996 nats.
    """
    laws = {
        "1/2, 1/2": ([0.5, 0.5], [0.0, 1.0]),
        "five of 1/5": (np.full(5, 0.2), np.arange(5.0)),
        "0.5, 0.3, 0.15, 0.05": ([0.5, 0.3, 0.15, 0.05], np.arange(4.0)),
    }
    n = whole_numbers(1, 1024, 41)
    few = whole_numbers(1, 12, 8)  # beyond, one draw in a million misses the highest reward
    trials = preset.pick(quick=2**15, paper=2**21)
    curves = _by_atoms(laws, {"n": n})
    curves["atomless"] = "n", np.asarray(selection.best_of_n_divergences(n)["kl"])
    return {"curves": curves, "played": _by_atoms(laws, {"n": few}, trials=trials)}


def _by_atoms(laws, grid, **budget):
    sweeps = [
        sweep(
            selection.best_of_n_kl,
            grid | {"probabilities": np.asarray(p), "rewards": np.asarray(r)},
            **budget,
        )
        for p, r in laws.values()
    ]
    names = xr.IndexVariable("atoms", list(laws))
    return xr.concat(sweeps, names, combine_attrs="override", join="exact")


@divergence_on_atoms.draw
def _(data, axes):
    curves = data["curves"]
    theory_lines_with_simulation(axes, curves, simulated=data["played"], x="n", lines="atoms")
    axes.plot(curves.n, curves.atomless, color="black", label="without atoms")
    axes.set(xscale="log", xlabel="number of samples $n$", ylabel="KL divergence (nats)")
    evidence_legend(axes)
