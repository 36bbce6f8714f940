import numpy as np
import pytest

from jtts.domain import built, choices, constant, draw_points, log_integers, log_reals, reals
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
