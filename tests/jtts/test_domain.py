import numpy as np
import pytest

from jtts.domain import (
    built,
    choices,
    constant,
    draw_points,
    log_integers,
    log_reals,
    reals,
    several,
    simplex,
)
from jtts.regression import Statistics


def test_points_fill_the_ranges_and_repeat_with_the_seed():
    domain = {"k": log_integers(1, 10**6), "p": reals(-1, 2), "q": log_reals(1e-3, 1)}
    points = draw_points(domain, 64, seed=3)
    assert points == draw_points(domain, 64, seed=3) != draw_points(domain, 64, seed=4)
    k = np.array([point["k"] for point in points])
    assert k.min() >= 1
    assert k.max() <= 10**6
    assert 20 <= np.sum(k < 1000) <= 44  # log-uniform: half below the geometric middle
    assert all(-1 <= point["p"] <= 2 and 1e-3 <= point["q"] <= 1 for point in points)


def test_joint_ranges_build_parameter_objects():
    domain = {"stats": built(Statistics.from_rho, rho=reals(0.1, 0.4)), "t": constant(0.0)}
    (point,) = draw_points(domain, 1, seed=0)
    assert isinstance(point["stats"], Statistics)
    assert point["t"] == 0.0


def test_every_choice_is_drawn():
    points = draw_points({"x": choices("a", "b", "c")}, 32, seed=0)
    assert {point["x"] for point in points} == {"a", "b", "c"}


@pytest.mark.parametrize("upper", [1, 2, 7])
def test_log_integers_reach_both_ends(upper):
    drawn = {point["k"] for point in draw_points({"k": log_integers(1, upper)}, 64, seed=0)}
    assert drawn == set(range(1, upper + 1))


def test_several_draw_by_themselves_and_shares_reach_corners():
    three = several(reals(2.0, 4.0), 3)
    np.testing.assert_array_equal(three.at(np.array([0.0, 0.5, 0.25])), [2.0, 3.0, 2.5])
    assert (three.dims, three.value_ndim) == (3, 1)
    shares = simplex((2, 3), (0.1, 10.0))
    drawn = [p["x"] for p in draw_points({"x": shares}, 64, 0)]
    assert {len(x) for x in drawn} == {2, 3}
    assert all(abs(x.sum() - 1) < 1e-9 for x in drawn)
    assert min(x.min() for x in drawn) < 1e-6
    assert all(float(f"{y:.10g}") == y for x in drawn for y in x)  # the same on every machine
