"""Derived laws against the simulated curves of the laws they derive from.

Thresholds are 5 standard errors of 32 replicates (Student t: false alarms 2e-5 a comparison).
"""

import jax
import numpy as np
import pytest

from jtts.regression import Statistics
from jtts.sims import best_of_k as simulated
from jtts.theory import best_of_k

THRESHOLD = 5.0


@pytest.mark.parametrize("rho", [0.2, 0.5, 0.9])
def test_local_exponent_is_the_slope_of_the_simulated_curve(key, rho):
    k = np.array([1000, 1100])
    estimate = simulated.error_by_order_statistics(key, 2**16, k, Statistics.from_rho(rho))
    step = np.log(k[1] / k[0])
    slope = np.log(estimate.mean[1] / estimate.mean[0]) / step
    relative = np.asarray(estimate.stderr / estimate.mean)
    uncertainty = np.hypot(*relative) / step
    exponent = best_of_k.local_exponent(np.sqrt(k[0] * k[1]), Statistics.from_rho(rho))
    assert uncertainty < 0.002 * abs(slope)  # a 2 % error would show
    assert abs(slope - exponent) < THRESHOLD * uncertainty + 1e-3 * step**2


def test_optimal_k_is_where_the_simulated_curve_is_least(key):
    stats = Statistics(1.0, 0.1, 0.5, 0.05)
    k = np.arange(1, 41)
    estimate = simulated.error_by_order_statistics(key, 2**16, k, stats)
    best = int(best_of_k.optimal_k(stats))
    assert k[np.argmin(estimate.mean)] == best
    for other in (best - 2, best + 3):  # and these are worse beyond doubt
        rise = estimate.mean[other - 1] - estimate.mean[best - 1]
        assert rise > THRESHOLD * np.hypot(estimate.stderr[other - 1], estimate.stderr[best - 1])


def test_limit_error_is_approached_by_the_simulated_curve():
    stats, temperature = Statistics(1.0, 0.3, 0.8, 0.1), 2.0
    k = np.array([64, 256])
    estimate = simulated.error(jax.random.key(1), 2**18, k, stats, temperature)
    limit = best_of_k.limit_error(stats, temperature)
    gap = np.abs(estimate.mean - limit)
    assert np.all(estimate.stderr < 0.004 * limit)  # a 2 % error would show
    assert np.all(gap < THRESHOLD * estimate.stderr + 2 * limit / k)


def test_optimal_temperature_beats_colder_and_hotter_simulated_selection():
    stats = Statistics(1.0, 0.3, 1.6, 0.1)
    best = float(best_of_k.optimal_temperature(stats))
    runs = [
        simulated.error(jax.random.key(2), 2**17, 128, stats, factor * best)
        for factor in (0.25, 1.0, 4.0)
    ]
    for other in (runs[0], runs[2]):
        rise = other.mean - runs[1].mean
        assert rise > THRESHOLD * np.hypot(other.stderr, runs[1].stderr)
