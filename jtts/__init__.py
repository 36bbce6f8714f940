"""Theory of test-time scaling and in-context learning, each curve proved by a simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtts.lazily import lazily

if TYPE_CHECKING:
    from jtts import (
        associative_memory,
        difficulty,
        domain,
        estimators,
        figures,
        fitting,
        in_context,
        kinds,
        regression,
        rewards,
        sims,
        spectra,
        theory,
    )
    from jtts.checks import check
    from jtts.estimate import Estimate
    from jtts.laws import Law, Route, law
    from jtts.pipeline import figure
    from jtts.simulations import Simulation, simulation
    from jtts.sweep_plots import plot
    from jtts.sweeps import sweep

__version__ = "0.1.0"

__all__ = [
    "Estimate",
    "Law",
    "Route",
    "Simulation",
    "__version__",
    "associative_memory",
    "check",
    "difficulty",
    "domain",
    "estimators",
    "figure",
    "figures",
    "fitting",
    "in_context",
    "kinds",
    "law",
    "plot",
    "regression",
    "rewards",
    "sims",
    "simulation",
    "spectra",
    "sweep",
    "theory",
]

# imported when first asked for: `jtts --help` needs no JAX
_HOMES = {
    "Estimate": "estimate",
    "Law": "laws",
    "Route": "laws",
    "Simulation": "simulations",
    "check": "checks",
    "figure": "pipeline",
    "law": "laws",
    "plot": "sweep_plots",
    "simulation": "simulations",
    "sweep": "sweeps",
}

__getattr__, __dir__ = lazily(__name__, __all__, _HOMES)
