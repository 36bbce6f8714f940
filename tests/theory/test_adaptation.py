"""Learning at test time against reference digits, identities and limits."""

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import adaptation, in_context

ROWS = {  # dim, noise_var, drift_var: step and error at the best, a step and the error there
    (4, 1.0, 0.01): (0.0744030650891, 0.537612260356, 0.1, 0.571428571429),
    (8, 0.25, 0.002): (0.0579795897113, 0.275959179423, 0.05, 0.28),
    (4, 0.5, 0.1): (0.148331477355, 2.69666295471, 0.15, 2.69696969697),
}


@pytest.mark.parametrize("point", ROWS)
def test_tracking(point):
    best, least, step, error = ROWS[point]
    assert adaptation.optimal_tracking_step(*point) == pytest.approx(best, rel=1e-11)
    assert adaptation.optimal_tracking_error(*point) == pytest.approx(least, rel=1e-11)
    assert adaptation.tracking_error(step, *point) == pytest.approx(error, rel=1e-11)
    at_best = adaptation.tracking_error(adaptation.optimal_tracking_step(*point), *point)
    assert at_best == pytest.approx(least, rel=1e-11)


def test_small_step_rule_is_low():
    """The rule for small steps misses 6, 15, 30, 60 % at steps of 0.02 to 0.2."""
    mu = np.array([0.02, 0.05, 0.1, 0.2])
    rule = 4 * (mu / 2 + 0.01 / (2 * mu))
    share = adaptation.tracking_error(mu, 4, 1.0, 0.01) / rule
    np.testing.assert_allclose(1 - 1 / share, [0.06, 0.15, 0.3, 0.6], atol=1e-12)


def test_transient():
    found = adaptation.tracking_error_transient(12, 0.0, 0.1, 4, 1.0, 0.01)
    assert found == pytest.approx(0.477900201288, abs=5e-13)
    t = np.array([0, 10**6])
    found = adaptation.tracking_error_transient(t, 3.0, 0.1, 4, 1.0, 0.01)
    np.testing.assert_allclose(found, [3.0, adaptation.tracking_error(0.1, 4, 1.0, 0.01)])


def test_other_teachers():
    found = adaptation.tracking_error_ar1(0.1, [4, 8], [1.0, 0.25], [0.98, 0.9])
    np.testing.assert_allclose(found, [1.25423728814, 8.62105263158], rtol=1e-11)
    assert found[1] > 8  # worse than not to adapt
    found = adaptation.tracking_error_linear([0.1, 0.05], [4, 8], [1.0, 0.25], [0.01, 0.001])
    np.testing.assert_allclose(found, [1.64285714286, 0.586666666667], rtol=1e-11)


def test_teachers_that_stand_still_are_one():
    still = adaptation.tracking_error(0.1, 4, 1.0, 0.0)
    assert adaptation.tracking_error_ar1(0.1, 4, 1.0, 1.0) == pytest.approx(float(still))
    assert adaptation.tracking_error_linear(0.1, 4, 1.0, 0.0) == pytest.approx(float(still))
    # one that forgets little is one that walks
    slow = adaptation.tracking_error_ar1(0.1, 4, 1.0, 1 - 1e-9)
    walk = adaptation.tracking_error(0.1, 4, 1.0, 2e-9)
    assert slow - still == pytest.approx(float(walk - still), rel=1e-5)


TRAINED = [  # n, m, d, sigma^2, cold or warm, best step, best error, error without
    (16, 12, 8, 0.25, 0, 0.0543361435344, 0.565310851724, 1.0),
    (16, 12, 8, 0.25, 1, 0.0148502179315, 0.355239367582, 0.366336633663),
    (40, 100, 8, 0.0, 0, 0.103606007076, 0.17115194339, 1.0),
    (40, 100, 8, 0.0, 1, 0.0137696866716, 0.181104198405, 0.183673469388),
    (10, 5, 4, 0.5, 1, 0.0138006447457, 0.351349056532, 0.354838709677),
]


@pytest.mark.parametrize("row", TRAINED)
def test_training_at_test_time(row):
    n, m, d, noise, warm, step, least, without = row
    point = n, m, d, noise, warm * float(in_context.optimal_gradient_step(d, n, noise))
    assert adaptation.best_test_time_training_step(*point) == pytest.approx(step, rel=1e-11)
    assert adaptation.best_test_time_training_error(*point) == pytest.approx(least, rel=1e-11)
    assert adaptation.test_time_training_error(step, *point) == pytest.approx(least, rel=1e-11)
    found = adaptation.test_time_training_error(0.0, *point)
    assert found == pytest.approx(without, rel=1e-11)


def test_without_training_it_is_a_gradient_step():
    """The pretrained layer alone is the one-step learner of `in_context`."""
    for gain in (0.0, 0.3, 0.8):
        found = adaptation.test_time_training_error(0.0, 16, 5, 8, 0.25, gain)
        other = in_context.gradient_step_error(gain, 8, 16, 0.25)
        assert found == pytest.approx(float(other), rel=1e-13)


def test_limit():
    cold, warm = adaptation.limit_test_time_training_error(0.55, 0.25, 0.1, [0.0, 1 / 1.55])
    assert cold == pytest.approx(0.2156862745, abs=5e-11)
    assert warm == pytest.approx(0.321003449678, abs=5e-13)
    d = np.array([20, 80, 320])
    gain = in_context.optimal_gradient_step(d, 2 * d, 0.1 * d)
    for start, right in (
        (0.0, [0.307832, 0.240507, 0.222014]),
        (gain, [0.339074, 0.325698, 0.322189]),
    ):
        found = adaptation.best_test_time_training_error(2 * d, 4 * d, d, 0.1 * d, start)
        np.testing.assert_allclose(found, right, atol=5e-7)


def test_gain_falls_with_the_cube_of_the_context():
    """Noiseless, from the best map: (d/(n+d))^3 m/(m+d) in the limit."""
    n, m, d = np.array([1.0, 2.0, 6.0]), 3.0, 1.0
    q, gain = d / n, n / (n + d)
    without = (1 - gain) ** 2 + gain**2 * q
    found = without - adaptation.limit_test_time_training_error(q, d / m, 0.0, gain)
    np.testing.assert_allclose(found, (d / (n + d)) ** 3 * m / (m + d), rtol=1e-12)


@pytest.mark.parametrize(
    ("n", "d", "crossing"), [(40, 20, 64.667), (160, 80, 196.388), (640, 320, 735.725),
                             (20, 40, 59.710), (80, 160, 163.671)],
)  # fmt: skip
def test_cold_overtakes_warm(n, d, crossing):
    """Between the whole numbers of training pairs about the crossing, without noise."""
    m = np.floor(crossing) + np.array([0, 1])
    gain = in_context.optimal_gradient_step(d, n, 0.0)
    cold = adaptation.best_test_time_training_error(n, m, d, 0.0, 0.0)
    warm = adaptation.best_test_time_training_error(n, m, d, 0.0, gain)
    lead = np.asarray(cold - warm)
    assert lead[0] > 0 > lead[1]
    assert m[0] + lead[0] / (lead[0] - lead[1]) == pytest.approx(crossing, abs=0.005)


def test_same_prompt():
    n, m, d, noise = 16, 12, 8, 0.25
    start = d * in_context.gradient_step_error(
        in_context.optimal_gradient_step(d, n, noise), d, n, noise
    )
    best = 1 / (1 + (d + 1) / m + noise * d / (m * start))
    assert best == pytest.approx(0.5534434403, abs=5e-11)
    found = adaptation.same_prompt_training_error(best, m, d, noise, start)
    assert found / d == pytest.approx(0.1635900268, abs=5e-11)
    assert found == pytest.approx(float(start * (1 - best)), rel=1e-13)


def test_what_is_refused():
    with pytest.raises(InputError, match=r"at most 1.999"):
        adaptation.tracking_error(0.4, 4, 1.0, 0.1)
    with pytest.raises(InputError, match="num_training"):
        adaptation.best_test_time_training_error(16, 0, 8, 0.25, 0.0)
    with pytest.raises(InputError, match="persistence"):
        adaptation.tracking_error_ar1(0.1, 4, 1.0, 1.5)
