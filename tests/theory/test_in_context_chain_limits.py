"""Chains at large size, their best time, and stopping early against ridge."""

import jax
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import in_context as icl

FLOWS = {  # time, g, r
    (3.0, 0.5, 0.1): 0.120510631713,
    (3.0, 1.0, 0.1): 0.29771699844,
    (3.0, 2.0, 0.1): 0.578005024066,
    (10.0, 0.25, 0.0): 0.00018728524042,
    (100.0, 1.0, 0.0): 0.0398817552408,  # e^{-2x}(I_0 + I_1)(2x) at x = 200
}
CHAINS = {  # steps, g, r, step size
    (6, 0.5, 0.1, 0.4): 0.134247463322,
    (6, 0.5, 0.0, 0.4): 0.093783257088,
    (10, 1.0, 0.1, 0.4): 0.284650572321,
    (3, 2.0, 0.1, 0.3): 0.5987296,
}
BEST = {  # g, r: time, error, that of ridge
    (0.1, 0.1): (6.8205236072, 0.0110341540173, 0.0109757727925),
    (0.5, 0.1): (8.0003699531, 0.0873696567040, 0.0844288770225),
    (0.9, 0.1): (6.6863567769, 0.2353507157, 0.2278240709),
    (1.0, 0.1): (6.0820835845, 0.277661649464, 0.270156211871),
    (2.0, 0.1): (2.3935225354, 0.577035658298, 0.574165738677),
    (0.5, 1.0): (1.2370482424, 0.423231513195, 0.414213562373),
}


@pytest.mark.parametrize("point", FLOWS)
def test_flow(point):
    assert icl.limit_flow_error(*point) == pytest.approx(FLOWS[point], rel=1e-11)


@pytest.mark.parametrize("point", CHAINS)
def test_chain(point):
    assert icl.limit_chain_error(*point) == pytest.approx(CHAINS[point], rel=1e-11)


@pytest.mark.parametrize("point", BEST)
def test_best_time(point):
    time, error, ridge = BEST[point]
    assert icl.optimal_flow_time(*point) == pytest.approx(time, abs=6e-11)
    assert icl.optimal_flow_error(*point) == pytest.approx(error, abs=6e-11)
    g, r = point
    large = icl.large_size_ridge_error(1e9 / g, 1e9, r * 1e9) / 1e9
    assert large == pytest.approx(ridge, abs=6e-11)
    assert error < 1.0786 * ridge


@pytest.mark.parametrize(
    ("g", "values"),
    [(0.5, (0.828, 0.839, 0.845)), (1.0, (0.531, 0.552, 0.563)), (2.0, (0.128, 0.130, 0.131))],
)
def test_excess_at_finite_size_falls_like_one_over_d(g, values):
    dims = np.array([16, 32, 64])
    finite = icl.flow_error(3.0, np.round(dims / g), dims, 0.1 * dims)
    excess = (finite / icl.limit_flow_error(3.0, g, 0.1) - 1) * dims
    np.testing.assert_allclose(excess, values, atol=6e-4)


def test_ends_of_the_flow():
    ends = icl.limit_flow_error(1e9, [0.5, 2.0], 0.1)
    np.testing.assert_allclose(ends, [0.1, 0.6], rtol=1e-12)
    time = np.array([10.0, 100.0, 1000.0])
    bias = icl.limit_flow_error(time, 1.0, 0.0) * np.sqrt(2 * np.pi * time) - 1
    assert np.all(np.abs(bias) * time < 0.04)
    assert abs(bias[1] + 3e-4) < 3e-4
    noise = icl.limit_flow_error(time, 1.0, 1.0) - icl.limit_flow_error(time, 1.0, 0.0)
    rising = noise / (4 * (1 - np.sqrt(0.5)) * np.sqrt(time / np.pi)) - 1
    np.testing.assert_allclose(rising, [-0.22, -0.07, -0.024], atol=6e-3)


def test_best_fixed_step_gains_a_factor_a_step():
    """Without noise and for g < 1: q^2 = 4 g / (1 + g)^2 in the long run."""
    g = 0.25
    q, eta = 2 * np.sqrt(g) / (1 + g), 1 / (1 + g)
    ends = (1 - np.sqrt(g)) ** 2, (1 + np.sqrt(g)) ** 2
    t = np.array([20, 80, 320])
    law = q ** (2 * t) * g**0.25 / (2 * np.sqrt(np.pi) * g) * sum(1 / s for s in ends)
    law = law * (2 * t * eta / q) ** -1.5
    ratio = icl.limit_chain_error(t[:2], g, 0.0, eta) / law[:2] - 1
    np.testing.assert_allclose(ratio, [-0.15, -0.044], atol=5e-3)


def test_small_steps_are_the_flow():
    flow = icl.limit_flow_error(2.0, 0.5, 0.1)
    found = icl.limit_chain_error([200, 2000], 0.5, 0.1, [1e-2, 1e-3])
    gaps = np.asarray(flow - found)
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.02)


def test_step_beyond_the_spectrum_is_refused():
    with pytest.raises(InputError, match="step_size must be at most"):
        icl.limit_chain_error(3, 1.0, 0.1, 0.51)
    traced = jax.jit(lambda eta: icl.limit_chain_error(3, 1.0, 0.1, eta))(0.51)
    assert np.isnan(traced)


def test_depth_grows_with_the_logarithm_of_the_signal_or_with_the_signal():
    r = np.array([0.1, 0.01, 0.001])
    critical = icl.optimal_flow_time(1.0, r) * r
    np.testing.assert_allclose(critical, [0.60821, 0.60400, 0.60360], atol=5e-6)
    wide = icl.optimal_flow_time(1e-3, r)
    np.testing.assert_allclose(wide, np.log1p(1 / (r * 1e-3)), rtol=0.02)
    least = icl.optimal_flow_error(1.0, r) / (2 * np.sqrt(2 * (np.sqrt(2) - 1) * r / np.pi)) - 1
    np.testing.assert_allclose(least, [-0.145, -0.048, -0.015], atol=6e-4)


def test_early_stopping_is_near_ridge():
    assert icl.early_stopping_bound(1.0) == pytest.approx(1.2146618408, abs=5e-11)
    assert icl.early_stopping_bound(0.45711) == pytest.approx(1.0785830, abs=2e-7)
    around = icl.early_stopping_bound([0.44, 0.457, 0.4572, 0.48])
    assert np.all(around > 1.07858)
    finite = {  # n, d, noise: at 0.4571 and at 1
        (16, 8, 0.25): (1.043707, 1.076493),
        (40, 8, 1.0): (1.040228, 1.041594),
        (4, 1, 3.0): (1.055525, 1.071442),
    }
    for (n, d, noise), values in finite.items():
        ridge = icl.ridge_error(n, d, noise) / d
        found = icl.flow_error(np.array([0.4571, 1.0]) * n / noise, n, d, noise) / ridge
        np.testing.assert_allclose(found, values, atol=6e-7)
        assert np.all(found < icl.early_stopping_bound([0.4571, 1.0]))


def test_best_time_at_finite_size():
    """Errors to ten digits; times as well as a search for a flat minimum tells them."""
    n = [16, 8, 6]
    time = icl.finite_optimal_flow_time(n, 8, 0.25)
    np.testing.assert_allclose(time, [19.83368555, 19.68817582, 13.11856034], rtol=1e-8)
    error = icl.finite_optimal_flow_error(n, 8, 0.25)
    np.testing.assert_allclose(error, [0.0338752249, 0.1863209897, 0.3340286612], atol=6e-11)
    ridge = icl.ridge_error(n, 8, 0.25) / 8
    np.testing.assert_allclose(error / ridge, [1.03023, 1.02569, 1.00939], atol=6e-6)


def test_best_time_at_finite_size_tends_to_that_at_large_size():
    dims = np.array([16, 64])
    gaps = icl.finite_optimal_flow_time(2 * dims, dims, 0.1 * dims) / icl.optimal_flow_time(
        0.5, 0.1
    )
    gaps = np.asarray(gaps) - 1
    assert gaps[0] / gaps[1] == pytest.approx(4, rel=0.2)
