"""Standard errors are what they say."""

import csv
from pathlib import Path

import jax
import pytest
from coin import all_fail

from jtts import Estimate, registry, simulation
from jtts.checks import routes
from jtts.checks.calibration import FAMILY, Calibration, calibrate, miscalibrated
from jtts.kinds import Exact
from jtts.laws import Law

TABLE = Path(__file__).parents[1] / "docs" / "calibration.csv"
QUICK = 8.0  # seconds that a law may have taken when the table was made


def dear():
    """Simulations whose replicates take too long for every day; the table holds them."""
    with TABLE.open() as file:
        rows = csv.DictReader(file)
        return {row["law"] for row in rows if float(row["seconds"]) > QUICK}


def jobs():
    every = [
        (law.full_name, route)
        for law in registry.all_laws().values()
        for route in routes(law)
        if law.simulation(route)
    ]
    left_out = dear()
    return [
        (name, route)
        for name, route in every
        if name + (f" [{route}]" if route else "") not in left_out
    ]


JOBS = jobs()


@pytest.mark.long
@pytest.mark.parametrize(("name", "route"), JOBS, ids=lambda part: f"{part}")
def test_error_bars_are_what_they_say(name, route):
    law = registry.all_laws()[name]
    found = calibrate(law, route=route, points=3, replicates=100, seconds=3.0)
    assert not found.p_value < FAMILY / len(JOBS), found


def law_with(squares=1.0, shift=0.0):
    """The coin with bars that are too narrow, or with a mean beside the truth."""

    @simulation(chunk=64)
    def wrong(key, trials, k, p):
        estimate = Estimate.of(jax.random.bernoulli(key, (1 - p) ** k, (trials,)))
        mean = estimate.mean + shift * estimate.stderr
        return Estimate(estimate.count, mean, squares * estimate.squares)

    law = Law(all_fail.function, kind=Exact(), formula="", source="", domain=all_fail.domain | {})
    law.simulated_by(wrong)
    return law


def test_honest_bars_pass_and_others_do_not():
    honest = calibrate(law_with(), replicates=400)
    narrow = calibrate(law_with(squares=0.7), replicates=400)
    beside = calibrate(law_with(shift=0.7), replicates=400)
    assert miscalibrated([honest]) == []
    assert abs(honest.covered - honest.nominal) < 0.03
    assert narrow.coverage_p < 1e-6
    assert beside.alarms_p < 1e-6
    assert miscalibrated([honest, narrow, beside]) in ([narrow, beside], [beside, narrow])


def test_a_law_too_dear_is_left_out_and_says_nothing():
    left_out = calibrate(law_with(), seconds=1e-9)
    assert left_out.points == 0
    assert miscalibrated([left_out]) == []


def test_the_same_seed_gives_the_same_numbers():
    first, again = (calibrate(law_with(), replicates=50, seed=3) for _ in range(2))
    assert isinstance(first, Calibration)
    assert (first.covered, first.alarms, first.data) == (again.covered, again.alarms, again.data)


def test_every_simulation_is_in_the_table():
    with TABLE.open() as file:
        rows = {r["law"]: r for r in csv.DictReader(file)}
    assert len(rows) > 100
    assert all(not float(row["coverage_p"]) < FAMILY / len(rows) for row in rows.values())
