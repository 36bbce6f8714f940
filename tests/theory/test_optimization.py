"""Noise in optimisation against reference digits, identities and limits."""

import jax
import numpy as np
import pytest
from scipy import stats

from jtts.arguments import InputError
from jtts.theory import optimization

SCHEDULES = "constant", "linear", "cosine", "wsd"
FINAL = {  # v_T of curvature 1, noise 1, step 0.1 and start 0 at T = 200 and 2000
    "constant": (0.052631578947, 0.052631578947),
    "linear": (0.0099934263691, 0.003141674362),
    "cosine": (0.010225553932, 0.0023095007217),
    "wsd": (0.022496972704, 0.0070485310672),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_reference_digits_of_schedules(schedule):
    found = optimization.mode_risk(schedule, 0.1, [200, 2000], 1.0, 0.0, 1.0)
    np.testing.assert_allclose(found, FINAL[schedule], atol=6e-13)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 7, 1023, 1024, 1025, 3000])
def test_schedules_are_the_recursion(schedule, steps):
    """Step by step from the start; also over the edge of a block."""
    e, h, z, q, v = 0.4, 0.7, 1.3, 0.3, 2.0
    for t in range(steps):
        share = {
            "constant": 1.0,
            "linear": 1 - t / steps,
            "cosine": (1 + np.cos(np.pi * t / steps)) / 2,
            "wsd": min(1.0, (steps - t) / (q * steps)),
        }[schedule]
        v = (1 - e * share * h) ** 2 * v + (e * share) ** 2 * z
    found = optimization.mode_risk(schedule, e, steps, h, 2.0, z, q)
    np.testing.assert_allclose(found, v, rtol=1e-11)


def test_a_step_that_removes_a_mode():
    """At step times curvature 1 nothing is left but the last noise; slopes are finite."""
    found = optimization.mode_risk("constant", 1.0, [1, 5], 1.0, 7.0, 3.0)
    np.testing.assert_allclose(found, 3.0, rtol=1e-15)
    for schedule in SCHEDULES:
        slope = jax.grad(lambda h: optimization.mode_risk(schedule, 1.0, 5, h, 7.0, 3.0))(1.0)  # noqa: B023
        assert np.isfinite(slope), schedule


def test_wsd_with_a_tail_of_all_steps_is_linear():
    given = 0.2, [1, 10, 5000], 1.1, 3.0, 0.5
    linear = optimization.mode_risk("linear", *given)
    np.testing.assert_allclose(optimization.mode_risk("wsd", *given, 1.0), linear, rtol=1e-13)
    given = 0.2, 5000, 1.1, 3.0, 0.5
    floor = optimization.schedule_floor("linear", *given)
    assert optimization.schedule_floor("wsd", *given, 1.0) == floor


@pytest.mark.parametrize(
    ("schedule", "steps", "gap"),
    [("linear", 200, 0.009), ("linear", 2000, 0.003), ("cosine", 200, -0.057),
     ("cosine", 2000, -0.012), ("constant", 2000, 0.0)],
)  # fmt: skip
def test_how_far_a_floor_is(schedule, steps, gap):
    given = schedule, 0.1, steps, 1.0, 0.0, 1.0
    found = optimization.mode_risk(*given) / optimization.schedule_floor(*given) - 1
    assert float(found) == pytest.approx(gap, abs=6e-4)


def test_a_start_is_forgotten_at_the_same_pace_by_linear_and_cosine():
    """exp(-2 h sum of steps): T eta/2 for both, T eta (1 - q/2) for wsd."""
    slight = 1e-3, 3000, 1e-3, 1.0, 0.0
    left = {name: float(optimization.mode_risk(name, *slight)) for name in SCHEDULES}
    right = {"constant": 1.0, "linear": 0.5, "cosine": 0.5, "wsd": 0.9}
    for name, share in right.items():
        assert -np.log(left[name]) == pytest.approx(2e-6 * 3000 * share, rel=1e-3)


def test_too_short_for_a_floor():
    with pytest.raises(InputError, match="at least 10"):
        optimization.schedule_floor("linear", 0.1, 50, 1.0, 0.0, 1.0)
    with pytest.raises(InputError, match="at least 3"):
        optimization.schedule_floor("wsd", 0.1, 200, 1.0, 0.0, 1.0, 0.01)
    with pytest.raises(InputError, match="at most 1"):
        optimization.mode_risk("linear", 1.1, 50, 1.0, 0.0, 1.0)
    with pytest.raises(InputError, match="schedule must be one of"):
        optimization.mode_risk("step", 0.1, 50, 1.0, 0.0, 1.0)


STOPPED = [
    ((0.05, 1.0, 1.0, 0.01, 100, 0.1), 59.2002248551, 59),
    ((0.1, 1.0, 4.0, 0.001, 1000, 0.02), 39.6440419954, 40),
]


@pytest.mark.parametrize(("given", "right", "whole"), STOPPED)
def test_reference_digits_of_the_peak(given, right, whole):
    assert float(optimization.peak_step(*given)) == pytest.approx(right, abs=6e-11)
    e, h, v, g, count, z = given
    t = np.arange(1, 200)
    steep = optimization.mode_risk("constant", e, t, h, v, z)
    flat = optimization.mode_risk("constant", e, t, g, 0.0, z)
    assert t[np.argmin(h * steep + count * g * flat)] == whole


def test_nothing_to_gain_is_no_step():
    assert optimization.peak_step(0.1, 1.0, 4.0, 0.05, 10**9, 1.0) == 0
    with pytest.raises(InputError, match=r"1\.01"):
        optimization.peak_step(0.1, 1.0, 0.05, 0.01, 10, 1.0)
    with pytest.raises(InputError, match=r"0\.9 sharp"):
        optimization.peak_step(0.1, 1.0, 4.0, 0.95, 10, 1.0)


def test_reference_digits_of_perturbations():
    given = np.array(
        [(1, 1, 1), (2, 1, 1), (10, 2, 1), (10, 5, 1), (10, 2, 30), (30, 5, 30)], float
    ).T
    right = [
        0.477249868052, 0.2671201962, 0.0130573659549, 0.18277382405, 0.325848815029,
        0.058014429178,
    ]  # fmt: skip
    np.testing.assert_allclose(optimization.improving_share(*given), right, rtol=5e-11)


def test_half_of_thirty_improve():
    """At a quarter of the dimension, for large ones."""
    d = np.array([3, 10, 30, 100])
    u = np.array([0.46679198717, 2.2486878001, 7.2559604863, 24.770596771])
    np.testing.assert_allclose(optimization.improving_share(d, u, 30), 0.5, atol=1e-10)
    assert float(optimization.improving_share(10**6, 0.25e6, 30)) == pytest.approx(0.5, abs=5e-3)


def test_perturbations_are_a_non_central_chi_square():
    d, u = np.meshgrid([1, 2, 3, 8, 41, 150], [0.3, 1.0, 4.0, 9.0, 20.0], indexing="ij")
    right = stats.ncx2.cdf(u**2, d, u**2)
    found = np.asarray(optimization.improving_share(d, u, 1))
    seen = right > 1e-8
    np.testing.assert_allclose(found[seen], right[seen], rtol=1e-7)
    assert seen.sum() > 20
    # a normal change of the loss is far off
    gaussian = stats.norm.cdf(-10 / np.sqrt(2 * 10 + 4 * 2.0**2))
    assert gaussian / optimization.improving_share(10, 2.0, 1) == pytest.approx(3.7, abs=0.05)


def test_no_way_is_no_improvement():
    np.testing.assert_array_equal(optimization.improving_share([1, 2, 9], 0.0, 10**12), 0)
    slope = jax.grad(optimization.improving_share, 1)
    assert float(slope(1, 0.0, 1)) == pytest.approx(2 / np.sqrt(2 * np.pi), rel=1e-12)
    assert float(slope(2, 0.0, 1)) == 0


NOISES = {
    0.5: (1.33333333333, 1.15171962047),
    0.9: (5.26315789474, 2.10784714823),
    0.99: (50.2512562814, 4.56624870281),
    0.999: (500.250125063, 8.19096131232),
}


def test_reference_digits_of_noise():
    poles = np.array(list(NOISES))
    alone, together = np.array(list(NOISES.values())).T
    np.testing.assert_allclose(optimization.independent_noise(poles), alone, rtol=5e-12)
    np.testing.assert_allclose(optimization.best_correlated_noise(poles), together, rtol=5e-12)
    order = (np.log(8 / 1e-3) / np.pi) ** 2
    assert order / optimization.best_correlated_noise(0.999) == pytest.approx(0.999, abs=3e-4)


CURVATURES = [1.0, 0.1, 0.01]


def test_reference_digits_of_colored_noise():
    nu = [1.0, 0.1, 0.001, 0.01]
    right = [0.152907847735, 0.0372267475323, 0.0430876123553, 0.0334471104]
    np.testing.assert_allclose(optimization.colored_error(0.1, CURVATURES, nu), right, atol=5e-11)
    best = optimization.colored_error_best(0.1, CURVATURES)
    assert float(best) == pytest.approx(0.0296120365582, rel=2e-12)
    h = np.array(CURVATURES)
    drawn = optimization.colored_error(0.1, CURVATURES, 1.0)
    assert float(drawn) == pytest.approx(np.sum(0.1 / (2 - 0.1 * h)), rel=1e-13)


@pytest.mark.parametrize("pole", [0.2, 0.9, 0.999999])
def test_one_mode_has_the_filter_of_its_own(pole):
    alone = optimization.best_correlated_noise(pole)
    h = 1 - pole
    np.testing.assert_allclose(optimization.colored_error(1.0, [h], h) / h, alone, rtol=1e-9)
    np.testing.assert_allclose(optimization.colored_error_best(1.0, [h]) / h, alone, rtol=1e-9)


def test_no_filter_does_better():
    """Of 200 causal filters with random coefficients none is below the best; one reaches it."""
    rng, size = np.random.default_rng(0), 4096
    w = 2 * np.pi * np.arange(size) / size
    e, h = 0.5, np.array([1.0, 0.3, 0.1])
    heard = sum(c * e**2 / np.abs(1 - (1 - e * c) * np.exp(1j * w)) ** 2 for c in h)
    best = float(optimization.colored_error_best(e, h))

    def error(power):
        return np.mean(power * heard) * np.mean(1 / power)

    for _ in range(200):
        decay = rng.uniform(0.3, 0.95)
        filtered = np.append(1.0, 0.4 * rng.normal(size=15) * decay ** np.arange(15))
        assert error(np.abs(np.fft.fft(filtered, size)) ** 2) > best
    assert error(heard**-0.5) == pytest.approx(best, rel=1e-12)
    assert error(np.ones(size)) == pytest.approx(
        float(optimization.colored_error(e, h, 1.0)), rel=1e-12
    )


def test_lists_of_curvatures_broadcast():
    both = np.array([CURVATURES, [0.5, 0.5, 0.2]])
    found = optimization.colored_error(0.3, both, 0.2)
    assert found.shape == (2,)
    for row, value in zip(both, found, strict=True):
        assert optimization.colored_error(0.3, row, 0.2) == pytest.approx(float(value), rel=1e-14)
    steps = np.array([[0.1], [0.3]])
    assert optimization.colored_error_best(steps, both).shape == (2, 2)
    with pytest.raises(InputError, match=r"1\.99, got step = 1, curvatures = \[2\.5, 1\.0\]"):
        optimization.colored_error(1.0, [2.5, 1.0], 0.2)
    with pytest.raises(InputError, match=r"got step = 2, curvatures = \[0\.1, 1\.0, 0\.5\]"):
        optimization.colored_error_best([0.5, 2.0], [0.1, 1.0, 0.5])
