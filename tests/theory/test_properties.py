"""What must hold for all parameters."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jtts.regression import Statistics
from jtts.theory import best_of_k, regression

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("repeatable")

STATISTICS = st.builds(
    Statistics.from_rho,
    rho=st.floats(0.01, 2),
    predictive_var=st.floats(0.1, 10),
    judge_ratio=st.floats(0, 4),
    cosine=st.floats(-0.95, 0.95),
)
TEMPERATURES = st.sampled_from([0.0, 0.3, 3.0, 30.0])
COUNTS = st.integers(1, 2000)


@given(STATISTICS, TEMPERATURES)
def test_one_candidate_is_not_selected(stats, temperature):
    expected = stats.mean_error + stats.predictive_var
    np.testing.assert_allclose(best_of_k.error(1, stats, temperature), expected, rtol=1e-6)


@given(STATISTICS, COUNTS, TEMPERATURES, st.floats(1e-6, 1e6))
def test_units_of_y_do_not_matter(stats, k, temperature, unit):
    fields = (stats.predictive_var, stats.mean_error, stats.judge_error, stats.judge_cross)
    rescaled = best_of_k.Statistics(*(unit * field for field in fields))
    error = best_of_k.error(k, stats, temperature)
    np.testing.assert_allclose(
        best_of_k.error(k, rescaled, unit * temperature), unit * error, rtol=1e-6
    )


@given(st.floats(0.01, 2), COUNTS)
def test_the_teacher_as_judge_is_never_over_optimised(rho, k):
    stats = best_of_k.Statistics.from_rho(rho)
    fewer, more = best_of_k.error(np.array([k, k + 1]), stats)
    assert more < fewer


@given(STATISTICS, st.floats(0.01, 100), st.floats(0.01, 100))
def test_limit_lies_on_the_side_of_its_minimum(stats, low, high):
    best = best_of_k.optimal_temperature(stats)
    smallest = best_of_k.limit_error(stats, best)
    for temperature in (low, high, 0.0, np.inf):
        assert smallest <= best_of_k.limit_error(stats, temperature) * (1 + 1e-12)


@given(
    st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3),
    st.floats(1e-3, 1e3),
    st.floats(1e-9, 1e3),
)
def test_renormalized_ridge_lies_in_its_bracket_and_solves_its_equation(spectrum, alpha, ridge):
    spectrum = np.array(spectrum)
    kappa = float(regression.renormalized_ridge(spectrum, alpha, ridge))
    assert ridge * (1 - 1e-12) <= kappa <= (ridge + alpha * spectrum.mean()) * (1 + 1e-12)
    used = alpha * np.mean(kappa * spectrum / (spectrum + kappa))
    np.testing.assert_allclose(kappa, ridge + used, rtol=1e-12)


@given(st.floats(0.01, 10), st.floats(1e-3, 10), st.floats(1e-3, 10))
def test_matched_prior_ties_error_to_variance(alpha, noise_var, prior_var):
    stats = regression.statistics(
        spectrum=np.ones(1), aspect_ratio=alpha, noise_var=noise_var, prior_var=prior_var
    )
    np.testing.assert_allclose(stats.predictive_var - noise_var, stats.mean_error, rtol=1e-9)
