"""Lower laws and simulations for devices that this machine does not have, into docs/devices.csv.

    python .ci/platforms.py [NAME ...]

JAX lowers a function before a device's own compiler sees it. What does not lower for a platform
cannot run there; what lowers has not run there yet.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
sys.path.insert(0, str(CHECKOUT / "tests" / "data"))

from jtts import application

application.prepare()

import jax
import numpy as np
from drawn import LAWS, batched
from jax import export

from jtts.checks import routes
from jtts.checks.simulated import points_of
from jtts.points import works_of_points

TABLE = CHECKOUT / "docs" / "devices.csv"
PLATFORMS = ("cuda", "rocm", "tpu")
COLUMNS = ("part", "name", *PLATFORMS, "numbers")
FEW_CHUNKS = 2


def main(names: list[str]) -> int:
    kept = {(row["part"], row["name"]): row for row in stored()}
    wanted = names or list(LAWS)
    for name in wanted:
        for row in rows(name):
            kept[row["part"], row["name"]] = row
            print(*row.values(), flush=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept[key] for key in sorted(kept))
    return 0


def stored() -> list[dict[str, str]]:
    """The rows of the table."""
    if not TABLE.exists():
        return []
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows(name: str) -> Iterator[dict[str, str]]:
    """What lowers of a law, its derivatives and its simulations."""
    law = LAWS[name]
    stacked, fixed = batched(name)
    if jax.tree.leaves(stacked):
        yield row("value", name, jax.vmap(lambda given: law(**given, **fixed)), stacked)
        yield row("derivative", name, derivative(law, fixed), stacked)
    for route in routes(law):
        if simulation := law.simulation(route):
            point = points_of(law, route, 1, 0)[0]
            given = {n: v for n, v in point.items() if n in simulation.parameters}
            if size := getattr(law.kind, "size", None):
                given[size] = law.kind.sizes[0]
            yield row("simulation", f"{name} {route or ''}".strip(), tile(simulation, given))


def derivative(law: Any, fixed: dict[str, Any]) -> Callable[..., Any]:
    """Values and forward derivatives along all real arguments, at every point."""

    def at_one(given):
        return jax.jvp(lambda moved: law(**moved, **fixed), (given,), (given,))

    return jax.vmap(at_one)


def tile(simulation: Any, given: dict[str, Any]) -> Callable[[], Any]:
    """Two chunks of a point, as a tile of a sweep runs them."""
    ((_, work),) = works_of_points(simulation, [given])
    traced = jax.tree.map(lambda leaf: leaf[0], work.traced)
    return lambda: simulation.run(jax.random.key(0), 0, FEW_CHUNKS, traced, work.static)


def row(part: str, name: str, function: Callable[..., Any], *arguments: Any) -> dict[str, str]:
    """A row of the table: "lowers", or why not, for each platform."""
    found = {"part": part, "name": name}
    module = ""
    for platform in PLATFORMS:
        found[platform], text = lowered(function, arguments, platform)
        module = text or module
    found["numbers"] = "float64" if "f64" in module else "float32" if "f32" in module else "whole"
    return found


def lowered(function: Callable[..., Any], arguments: Any, platform: str) -> tuple[str, str]:
    """ "lowers" and the module, or the first line of what stands in the way."""
    shapes = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(np.shape(leaf), np.float64), arguments)
    try:
        exported = export.export(jax.jit(function), platforms=[platform])(*shapes)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the table says it
        return f"{type(problem).__name__}: {problem}".splitlines()[0][:120], ""
    return "lowers", exported.mlir_module()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
