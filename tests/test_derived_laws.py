"""Derived laws against the simulated curves of the laws they derive from.

Thresholds are 5 standard errors of 32 replicates (Student t: false alarms 2e-5 a comparison).
"""

import jax
import numpy as np
import pytest

from jtts.regression import Statistics, TrainedJudge
from jtts.sims import best_of_k as simulated
from jtts.sims import regression as training
from jtts.theory import best_of_k

pytestmark = pytest.mark.long

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


def test_data_exponent_is_the_slope_of_simulated_training():
    """Training sets of 64 inputs; what is left of the finite size is of order 1/n in the slope."""
    k, samples = np.array([1, 4, 16]), np.array([160, 256])
    model = {"spectrum": np.ones(1), "noise_var": 0.25, "prior_var": 1.0}
    runs = [
        simulated.end_to_end_error(jax.random.key(n), 400, k, dim=64, aspect_ratio=64 / n, **model)
        for n in samples
    ]
    step = np.log(samples[1] / samples[0])
    slope = np.log(runs[1].mean / runs[0].mean) / step
    uncertainty = np.hypot(*(np.asarray(run.stderr / run.mean) for run in runs)) / step
    middle = 64 / np.sqrt(samples[0] * samples[1])
    exponent = best_of_k.data_exponent(k, aspect_ratio=middle, **model)
    assert np.all(uncertainty < 0.1)
    assert np.all(np.abs(slope - exponent) < THRESHOLD * uncertainty)
    # the published exponent, of the bias alone, is excluded
    published = best_of_k.asymptotic_data_exponent(
        aspect_ratio=middle, **model, teacher=np.ones(1), bias_only=True
    )
    assert np.all(np.abs(slope - published)[1:] > 2 * THRESHOLD * uncertainty[1:])


def test_simulated_judges_pay_from_the_break_even_on():
    """Judges of cleaner data, 0.6 and 1.6 times as many as they need to break even, among 16."""
    model = {"spectrum": np.ones(1), "aspect_ratio": 0.25, "noise_var": 0.25, "prior_var": 1.0}
    ratio = best_of_k.judge_break_even(16, **model, judge_noise_var=0.05)
    stats = training.statistics(jax.random.key(0), 2000, dim=32, **model)
    averaged = stats.mean.mean_error + stats.mean.predictive_var / 16
    for factor, sign in ((0.6, 1), (1.6, -1)):
        samples = round(factor * float(ratio) * 128)
        judge = TrainedJudge(32 / samples, 0.05, 1.0)
        run = simulated.end_to_end_error(jax.random.key(1), 400, 16, dim=32, judge=judge, **model)
        stderr = np.hypot(run.stderr, stats.stderr.mean_error)
        assert sign * (run.mean - averaged) > THRESHOLD * stderr


def test_perception_noise_limit_is_approached_by_the_simulated_curve(key):
    stats = Statistics(1.0, 0.3, 0.1, 0.1)
    estimate = simulated.perception_noise_error(key, 2**17, 256, stats, 0.4)
    limit = best_of_k.perception_noise_limit(stats, 0.4)
    assert estimate.stderr < 0.004 * limit  # a 2 % error would show
    assert abs(estimate.mean - limit) < THRESHOLD * estimate.stderr + 1e-3 * limit


def test_correlation_threshold_parts_level_from_rising_curves(key):
    stats, k = Statistics.from_rho(0.1), np.array([64, 256])
    threshold = float(best_of_k.correlation_threshold(stats))
    for correlation, least, most in ((threshold - 0.2, 0.9, 1.1), (threshold + 0.2, 1.8, 8.0)):
        estimate = simulated.correlated_error(key, 2**18, k, stats, correlation)
        level = estimate.mean * (k + 1.0) * (k + 2.0)
        assert np.all(estimate.stderr < 0.01 * estimate.mean)
        assert least < level[1] / level[0] < most


def test_asymptotic_student_error_is_the_level_of_the_simulated_curve(key):
    stats = Statistics.from_rho(0.1)
    estimate = simulated.student_error(key, 2**19, 128, stats, 5.0)
    law = best_of_k.asymptotic_student_error(128, stats, 5.0)
    assert estimate.stderr < 0.004 * law  # a 2 % error would show
    assert abs(estimate.mean - law) < THRESHOLD * estimate.stderr + 1e-3 * law
