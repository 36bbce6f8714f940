"""Is a standard error what it says? Many replicates of a law's simulation, held to their own bars.

A replicate is a run of chunks that no other replicate shares, so that one compiled program serves
all of them. Its budget is chosen from other random numbers: what a standard error is measured from
must not choose when to stop.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from scipy import stats

from jtts.arguments import require_instance, require_positive, require_whole
from jtts.checks.simulated import expected_values, scale_of, simulated_domain
from jtts.checks.verdicts import compare
from jtts.components import components
from jtts.domain import draw_points
from jtts.keys import parameter_digest
from jtts.kinds import Asymptotic, Exact
from jtts.laws import Law
from jtts.points import works_of_points
from jtts.simulations import Simulation
from jtts.tiles import Runner, Work

LEVEL = 0.05  # of the p-values that are counted as alarms
PRECISION = 0.1  # relative standard error at which a point is replicated,
DOUBLINGS = 4  # unless it takes more doublings of the smallest budget than this
FAMILY = 0.01  # false-alarm rate of a whole table


@dataclass(frozen=True)
class Calibration:
    """What the replicates of one law show.

    `covered` is the share of intervals of two standard errors that hold the centre, the theory of
    an exact law and the mean of all replicates of another, against `nominal` (Student's t);
    `alarms` the share of replicates whose check would have a p-value below 0.05. The p-values are
    of exact binomial tests: coverage against its nominal value from both sides, alarms against 0.05
    from above. `points` of `drawn` were replicated; the others cost too much.
    """

    law: str
    drawn: int
    points: int
    replicates: int
    data: float
    covered: float
    nominal: float
    coverage_p: float
    alarms: float
    alarms_p: float
    seconds: float

    @property
    def p_value(self) -> float:
        """Smaller for a law whose bars are not what they say; NaN where nothing was measured."""
        found = [p for p in (self.coverage_p, self.alarms_p) if np.isfinite(p)]
        return min(1.0, len(found) * min(found)) if found else float("nan")


def _nothing(name: str, drawn: int, seconds: float) -> Calibration:
    """Of a law none of whose points could be afforded."""
    unknown = float("nan")
    return Calibration(
        name, drawn, 0, 0, unknown, unknown, unknown, unknown, unknown, unknown, seconds
    )


def calibrate(
    law: Law[..., Any],
    *,
    route: str | None = None,
    points: int = 4,
    replicates: int = 100,
    seconds: float = 10.0,
    seed: int = 0,
) -> Calibration:
    """Replicate the simulation of a law at points of its domain.

    Args:
      law: a law with a simulation.
      route: name of a second simulation.
      points: of the domain.
      replicates: independent runs at each.
      seconds: that the replicates of one point may take; dearer points are left out.
      seed: of points and random numbers.

    Raises:
      InputError: no simulation, or a number out of range.
    """
    require_instance(Law, law=law)
    require_whole(points=points, replicates=replicates)
    require_positive(seconds=seconds)
    require_whole(0, seed=seed)
    began = time.perf_counter()
    simulation = law.require_simulation(route)
    everything = draw_points(simulated_domain(law, route), points, seed)
    drawn = list({parameter_digest(point): point for point in everything}.values())
    sized = {law.kind.size: law.kind.sizes[0]} if isinstance(law.kind, Asymptotic) else {}
    theory = expected_values(law, law.function, drawn)
    scale = scale_of(law.kind, theory)
    found, kept = _replicate(
        simulation, [point | sized for point in drawn], scale, replicates, seconds, seed
    )
    name = law.full_name + (f" [{route}]" if route else "")
    if not kept:
        return _nothing(name, len(drawn), time.perf_counter() - began)
    mean, stderr, count = found
    centre = theory[kept][:, None] if isinstance(law.kind, Exact) else mean.mean(1, keepdims=True)
    covered, nominal, coverage_p = _coverage(mean - centre, stderr, count)
    p_values = np.array(
        [
            compare(mean[:, r], centre[:, 0], stderr[:, r], count[:, r], scale[kept]).p_value
            for r in range(replicates)
        ]
    )
    decided = np.isfinite(p_values)
    alarms = int(np.sum(p_values[decided] < LEVEL))
    tries = int(decided.sum())
    return Calibration(
        name,
        len(drawn),
        len(kept),
        replicates,
        float(np.median(count)),
        covered,
        nominal,
        coverage_p,
        alarms / tries if tries else float("nan"),
        stats.binomtest(alarms, tries, LEVEL, "greater").pvalue if tries else float("nan"),
        time.perf_counter() - began,
    )


def miscalibrated(rows: list[Calibration]) -> list[Calibration]:
    """The laws whose bars are not what they say: of all tables of laws that are well calibrated,
    at most one in a hundred names any (Holm)."""
    tested = sorted((row for row in rows if np.isfinite(row.p_value)), key=lambda row: row.p_value)
    found = []
    for rank, row in enumerate(tested):
        if row.p_value * (len(tested) - rank) >= FAMILY:
            break
        found.append(row)
    return found


def _replicate(simulation: Simulation[...], points, scale, replicates, seconds, seed):
    """Mean, standard error and count [points, replicates, components] of the points kept."""
    runner = Runner(jax.local_devices()[:1])
    arguments = [
        {name: value for name, value in point.items() if name in simulation.parameters}
        for point in points
    ]
    kept: list[int] = []
    parts = []
    for places, work in works_of_points(simulation, arguments):
        chunks, cost = _budget(runner, work, scale[places], seed + 1)
        cheap = np.flatnonzero(cost * replicates <= seconds)
        if not cheap.size:
            continue
        chosen = work.take(np.repeat(cheap, replicates))
        size = np.repeat(chunks[cheap], replicates)
        start = np.tile(np.arange(replicates), len(cheap)) * size
        estimate = runner.run(chosen, start, start + size, seed)
        shape = (len(cheap), replicates, -1)
        _, mean = components(estimate.mean, axes=1)
        _, stderr = components(estimate.stderr, axes=1)
        count = np.broadcast_to(np.reshape(estimate.count, (-1, 1)), mean.shape)
        parts.append([values.reshape(shape) for values in (mean, stderr, count)])
        kept += [int(place) for place in places[cheap]]
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)], kept


def _budget(runner: Runner, work: Work, scale: np.ndarray, seed: int):
    """Chunks that a point needs for the precision, and the seconds that they take."""
    chunks = np.full(len(work), work.simulation.num_chunks(1, work.static))
    cost = np.zeros(len(work))
    zero = np.zeros(len(work), int)
    runner.run(work, zero, zero + 1, seed)  # compiles
    pending = np.arange(len(work))
    for _ in range(DOUBLINGS + 1):
        began = time.perf_counter()
        estimate = runner.run(work.take(pending), zero[pending], chunks[pending], seed)
        share = chunks[pending] / chunks[pending].sum()
        cost[pending] = (time.perf_counter() - began) * share
        stderr = components(estimate.stderr, axes=1)[1]
        rough = ~np.all((stderr > 0) & (stderr <= PRECISION * scale[pending]), -1)
        pending = pending[rough]
        if not pending.size:
            break
        chunks[pending] *= 2
    chunks[pending] //= 2  # what was reached
    return chunks, cost


def _coverage(gap: np.ndarray, stderr: np.ndarray, count: np.ndarray):
    """Share of two-standard-error intervals that cover, its nominal value, and the p-value.

    Components share samples: the worst of them counts, for as many as there are."""
    random = np.all(stderr > 0, axis=1)  # [points, components]
    shares, nominals, p_values = [], [], []
    for component in np.flatnonzero(random.any(0)):
        rows = random[:, component]
        inside = np.abs(gap[rows, :, component]) < 2 * stderr[rows, :, component]
        freedom = np.maximum(count[rows, :, component] - 1, 1)
        nominal = float(np.mean(1 - 2 * stats.t.sf(2.0, freedom)))
        shares.append(inside.mean())
        nominals.append(nominal)
        p_values.append(stats.binomtest(int(inside.sum()), inside.size, nominal).pvalue)
    if not p_values:
        return float("nan"), float("nan"), float("nan")
    worst = int(np.argmin(p_values))
    return float(shares[worst]), nominals[worst], min(1.0, len(p_values) * p_values[worst])
