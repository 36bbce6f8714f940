"""Extensions of best_of_k against reference digits, independent integrals and limits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm
from scipy.stats import t as student

from jtts.arguments import InputError
from jtts.theory import best_of_k
from jtts.theory.best_of_k import Statistics

teacher = Statistics.from_rho
GENERAL = Statistics(1.0, 0.4, 0.2, 0.1)

# --- reference digits, computed by independent code ---


def test_perception_noise_reference():
    errors = best_of_k.perception_noise_error(np.array([4, 64]), teacher(0.3), 0.4)
    np.testing.assert_allclose(errors, [0.44364589, 0.31109951], atol=6e-9)
    assert best_of_k.perception_noise_limit(teacher(0.3), 0.4) == pytest.approx(0.310204, abs=6e-7)


def test_correlated_reference():
    errors = best_of_k.correlated_error(np.array([4, 64]), teacher(0.15), 0.2)
    np.testing.assert_allclose(errors, [1.63579227e-1, 1.32786154e-3], rtol=5e-9)


def test_tolerance_reference():
    failures = best_of_k.tolerance_failure(np.array([10, 100, 1e4, 1e6]), teacher(0.7), 0.1)
    expected = [5.42633092e-1, 2.26895033e-2, 1.61663898e-5, 1.68443114e-8]
    np.testing.assert_allclose(failures, expected, rtol=5e-9)


def test_student_reference():
    k = np.array([100, 1000])
    level = (k + 1.0) * (k + 2.0)
    scaled = best_of_k.student_error(k, teacher(0.8), 5.0) * level
    np.testing.assert_allclose(scaled, [19.20729, 21.23601], atol=6e-6)
    law = best_of_k.asymptotic_student_error(k, teacher(0.8), 5.0) * level
    np.testing.assert_allclose(law, 21.311176075698, rtol=1e-12)
    no_bias = best_of_k.asymptotic_student_error(k, teacher(0.0), 5.0) * level
    np.testing.assert_allclose(law / no_bias, 6.141933752320, rtol=1e-12)


def test_gaussian_score_noise_agrees_with_recorded_simulations():
    """Means and standard errors of an independent simulation, m - t = m - r = 0.3, s = 1."""
    errors = best_of_k.pointwise_gaussian_score_noise_error(
        np.array([16, 256, 2048]),
        mean=0.3,
        predictive_var=1.0,
        target=0.0,
        judge=0.0,
        noise_scale=0.5,
    )
    z = (errors - np.array([0.1328, 0.0830, 0.0692])) / np.array([0.0017, 0.0011, 0.0009])
    assert np.all(np.abs(z) < 4)


# --- independent integrals ---


def moments_under_score_noise(k, c, t):
    """Trapezoid in score and candidate; t = nu / s^2."""
    z = np.linspace(-9.5, 9.5, 4001)
    weight = norm.pdf(z) * (z[1] - z[0])
    score = np.linspace(-((9.5 + c) ** 2) / t - 9, 9 + np.log10(k), 4000)
    margin = score[:, None] + (z - c) ** 2 / t
    beaten, lost = norm.sf(margin) @ weight, norm.cdf(margin) @ weight
    with np.errstate(invalid="ignore", divide="ignore"):
        log_lost = np.where(beaten < 0.5, np.log1p(-beaten), np.log(lost))
    outer = k * np.exp((k - 1) * log_lost)
    moved = norm.pdf(margin) @ (weight[:, None] * np.stack([(z - c) ** 2, z - c], 1))
    return integrate.trapezoid(outer[:, None] * moved, score, axis=0)


@pytest.mark.parametrize(
    ("k", "c", "t", "tau"),
    [(1, 0.5, 1.0, 0.2), (2, 0.3, 0.1, 0.3), (16, 1.5, 5.0, -0.5), (1000, 1.0, 0.5, 1.0)],
)
def test_gaussian_score_noise_against_direct_integral(k, c, t, tau):
    square, first = moments_under_score_noise(k, c, t)
    expected = square + 2 * (c - tau) * first + (c - tau) ** 2
    error = best_of_k.pointwise_gaussian_score_noise_error(
        k, mean=-tau, predictive_var=1.0, target=0.0, judge=c - tau, noise_scale=t
    )
    assert error == pytest.approx(expected, rel=2e-6)


def test_averaged_gaussian_score_noise_is_the_average_of_the_pointwise_one():
    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    pair = np.linalg.cholesky([[0.4, 0.1], [0.1, 0.2]])  # of m - t and r - t
    mean, judge = pair @ np.stack(np.meshgrid(nodes, nodes)).reshape(2, -1)
    errors = best_of_k.pointwise_gaussian_score_noise_error(
        8, mean=mean, predictive_var=1.0, target=0.0, judge=judge, noise_scale=0.7
    )
    expected = float(np.outer(weights, weights).ravel() @ errors / (2 * np.pi))
    assert best_of_k.gaussian_score_noise_error(8, GENERAL, 0.7) == pytest.approx(
        expected, rel=1e-6
    )


def student_averaged(k, rho, dof):
    """E mu2 with the teacher as judge, by scipy's t distribution on grids of c and ln r."""
    c = np.linspace(0, 9 * np.sqrt(rho), 241)[:, None]
    log_r = np.linspace(np.log(1e-4 / k), np.log(1e5), 4000)
    r = np.exp(log_r)
    miss = student.sf(c + r, dof) + student.cdf(c - r, dof)
    x, w = np.polynomial.legendre.leggauss(8)
    inside = sum(wi * student.pdf(c + r * xi, dof) for xi, wi in zip(x, w, strict=True)) * r
    hit = np.where(r < 0.3, inside, 1 - miss)
    log_miss = np.where(hit < 0.5, np.log1p(-np.minimum(hit, 0.6)), np.log(miss))
    density = k * np.exp((k - 1) * log_miss) * (student.pdf(c + r, dof) + student.pdf(c - r, dof))
    square = integrate.trapezoid(density * r**3, log_r, axis=1)
    return 2 * integrate.trapezoid(square * norm.pdf(c[:, 0] / np.sqrt(rho)), c[:, 0]) / rho**0.5


@pytest.mark.parametrize(("k", "rho", "dof"), [(2, 1.0, 4.5), (20, 0.4, 3.0), (1e4, 0.8, 12.0)])
def test_student_against_scipy(k, rho, dof):
    expected = student_averaged(k, rho, dof)
    assert best_of_k.student_error(k, teacher(rho), dof) == pytest.approx(expected, rel=2e-7)


@pytest.mark.parametrize(("rho", "dof"), [(0.1, 1.0), (0.8, 4.3), (2.0, 12.7), (0.3, 200.0)])
def test_student_coefficient_is_tricomi_u(rho, dof):
    x = mp.mpf(dof) / (2 * mp.mpf(rho))
    average = mp.sqrt(x) * mp.hyperu(0.5, dof + mp.mpf("2.5"), x)
    peak = mp.gamma((dof + 1) / 2) / mp.gamma(dof / 2) / mp.sqrt(mp.pi * dof)
    law = best_of_k.asymptotic_student_error(10**3, teacher(rho), dof) * 1001 * 1002
    assert law == pytest.approx(float(average / (2 * peak**2)), rel=1e-10)


def failure_by_mpmath(k, rho, r):
    with mp.workdps(30):

        def integrand(c):
            miss = mp.erfc((c + r) / mp.sqrt(2)) / 2 + mp.erfc((r - c) / mp.sqrt(2)) / 2
            return mp.exp(-(c**2) / (2 * rho)) * miss**k

        edges = [0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 20]
        return float(2 * mp.quad(integrand, edges) / mp.sqrt(2 * mp.pi * rho))


@pytest.mark.parametrize(
    ("k", "rho", "r"), [(1, 0.5, 0.3), (50, 0.2, 0.5), (1e4, 1.5, 2.0), (1e9, 0.3, 0.1)]
)
def test_tolerance_against_mpmath(k, rho, r):
    failure = best_of_k.tolerance_failure(k, Statistics(4.0, 4.0 * rho), 2 * r)
    assert failure == pytest.approx(failure_by_mpmath(k, rho, r), rel=1e-10)


def test_softmax_divergence_against_its_integral():
    temperature, s2, judge = 0.7, 1.3, 0.9
    y = np.linspace(-12, 12, 20001)
    base = norm.pdf(y, 0, np.sqrt(s2))
    selected = base * np.exp(-((y - judge) ** 2) / temperature)
    selected /= integrate.trapezoid(selected, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.where(selected > 1e-290, np.log(selected / base), 0.0)
    divergence = best_of_k.pointwise_softmax_kl_to_base(
        mean=0.0, predictive_var=s2, judge=judge, temperature=temperature
    )
    assert divergence == pytest.approx(integrate.trapezoid(selected * log_ratio, y), rel=1e-9)
    averaged = best_of_k.softmax_kl_to_base(Statistics(s2, judge**2), temperature)
    assert averaged == pytest.approx(float(divergence), rel=1e-12)


# --- limits and relations between laws ---


def test_no_noise_is_the_plain_law():
    k = np.array([1.0, 5.0, 60.0])
    plain = best_of_k.error(k, GENERAL)
    for error in (
        best_of_k.perception_noise_error(k, GENERAL, 0.0),
        best_of_k.prompt_noise_error(k, GENERAL, 0.0),
        best_of_k.gumbel_score_noise_error(k, GENERAL, 0.0),
        best_of_k.gaussian_score_noise_error(k, GENERAL, 0.0),
        best_of_k.correlated_error(k, GENERAL, 0.0),
        best_of_k.student_error(k, GENERAL, np.inf),
    ):
        np.testing.assert_allclose(error, plain, rtol=1e-9)
    near = best_of_k.gaussian_score_noise_error(k, GENERAL, jnp.full(3, 1e-6))
    np.testing.assert_allclose(near, plain, rtol=1e-4)
    light = best_of_k.student_error(k, GENERAL, 1e7)
    np.testing.assert_allclose(light, plain, rtol=1e-5)


def test_one_candidate_is_not_selected():
    expected = GENERAL.predictive_var + GENERAL.mean_error
    for error in (
        best_of_k.perception_noise_error(1, GENERAL, 0.3, 0.5),
        best_of_k.prompt_noise_error(1, GENERAL, 0.3),
        best_of_k.gaussian_score_noise_error(1, GENERAL, 0.8),
        best_of_k.correlated_error(1, GENERAL, 0.3),
        best_of_k.student_error(1, GENERAL, 5.0) - 2 / 3,  # variance 5/3
    ):
        assert error == pytest.approx(expected, rel=1e-6)
    assert best_of_k.student_error(1, GENERAL, 2.0) == np.inf


def test_perception_noise_is_a_temperature_among_endless_candidates():
    share = 1 / 1.4
    floor = (1 - share) ** 2 * 0.3 + (1 - share)
    many = best_of_k.perception_noise_error(10**6, teacher(0.3), 0.4)
    assert many == pytest.approx(floor, rel=1e-6)
    assert best_of_k.perception_noise_limit(teacher(0.3), 0.4) == pytest.approx(floor, rel=1e-12)


def test_correlation_moves_the_transition():
    """k^2 error from k = 1e4 to 1e8: level below the threshold, a power law k^0.64 above it."""
    stats = teacher(0.1)
    threshold = float(best_of_k.correlation_threshold(stats))
    k = np.array([1e4, 1e8])
    below, above = (
        1e8 * error[1] / error[0]
        for error in (
            best_of_k.correlated_error(k, stats, threshold - 0.1),
            best_of_k.correlated_error(k, stats, threshold + 0.1),
        )
    )
    assert 0.99 < below < 1.1
    assert above > 100
    assert best_of_k.correlation_threshold(teacher(0.6)) < 0


def test_heavy_tails_have_no_transition():
    k = np.array([1e6, 1e8])
    scaled = best_of_k.student_error(k, teacher(1.5), 5.0) * k**2
    assert scaled[1] == pytest.approx(float(scaled[0]), rel=1e-3)
    gaussian = best_of_k.error(k, teacher(1.5)) * k**2
    assert gaussian[1] > 100 * gaussian[0]


@pytest.mark.parametrize("tolerance", [0.1, 0.5, 1.0])
def test_asymptotic_failure_holds_at_any_fixed_tolerance(tolerance):
    """Without exp(-(e/s)^2 / (2 rho)) the ratio tends to that factor: 0.61 at e = s."""
    b = np.array([10.0, 20.0, 28.0])
    k = b * np.sqrt(2 * np.pi) * np.exp(b**2 / 2)  # k phi(b) = b
    stats = teacher(1.0)
    ratio = best_of_k.tolerance_failure(k, stats, tolerance)
    ratio = np.asarray(ratio / best_of_k.asymptotic_tolerance_failure(k, stats, tolerance))
    assert np.all(np.abs(ratio - 1) < 0.7 / b)
    limit = np.linalg.solve(np.vander(1 / b, increasing=True), ratio)[0]
    assert limit == pytest.approx(1, abs=0.02)


def test_gaussian_score_noise_decays_logarithmically():
    k = 1e250
    error = best_of_k.gaussian_score_noise_error(k, teacher(0.6), 0.5)
    assert error == pytest.approx(0.25 / np.sqrt(2 * np.log(k)), rel=2e-3)


def test_tilting_is_the_better_use_of_divergence():
    k, rho = np.array([1.5, 3.0, 20.0, 1e5])[:, None], np.array([0.0, 0.3, 0.8])
    ratio = np.asarray(best_of_k.frontier_ratio(k, teacher(rho)))
    assert np.all((ratio > 0) & (ratio < 1))
    assert best_of_k.frontier_ratio(1, teacher(0.3)) == pytest.approx(1.0, rel=1e-12)
    assert best_of_k.frontier_limit(teacher(0.0)) == pytest.approx(np.e / np.pi, rel=1e-12)
    assert best_of_k.frontier_limit(teacher(0.7)) == 0
    assert best_of_k.frontier_limit(GENERAL) == 1


# --- smoothness and arguments ---

SMOOTH = {
    "perception": lambda k, s, x: best_of_k.perception_noise_error(k, s, x),
    "prompt": lambda k, s, x: best_of_k.prompt_noise_error(k, s, x),
    "score": lambda k, s, x: best_of_k.gaussian_score_noise_error(k, s, x),
    "late score": lambda k, s, x: best_of_k.asymptotic_gaussian_score_noise_error(k, s, x),
    "correlated": lambda k, s, x: best_of_k.correlated_error(k, s, x),
    "tolerance": lambda k, s, x: best_of_k.tolerance_failure(k, s, x),
    "late tolerance": lambda k, s, x: best_of_k.asymptotic_tolerance_failure(k, s, x),
    "student": lambda k, s, x: best_of_k.student_error(k, s, 10 * x),
    "late student": lambda k, s, x: best_of_k.asymptotic_student_error(k, s, 10 * x),
    "divergence": lambda k, s, x: best_of_k.softmax_kl_to_base(s, x),
    "frontier": lambda k, s, x: best_of_k.frontier_ratio(k, s),
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.long
def test_gradients_against_differences(name):
    def value(place):
        return SMOOTH[name](place[0], Statistics(*place[1:5]), place[5])

    place = np.array([12.0, 1.1, 0.4, 0.2, 0.1, 0.5])
    slopes = jax.grad(value)(jnp.array(place))
    steps = 1e-3 * place
    moves = np.multiply.outer([1, -1, 2, -2], np.diag(steps))  # [move, parameter, component]
    up, down, far, near = value(jnp.array(np.moveaxis(place + moves, -1, 0)))
    difference = (8 * (up - down) - (far - near)) / (12 * steps)
    np.testing.assert_allclose(slopes, difference, rtol=2e-5, atol=1e-8)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.long
def test_arrays_broadcast_as_points_do(name):
    function = SMOOTH[name]
    k, x = np.array([[2.0], [30.0]]), np.array([0.2, 0.5, 0.8])
    table = np.asarray(function(k, GENERAL, x))
    for index in np.ndindex(table.shape):
        row, column = index if table.ndim == 2 else (0, index[0])
        point = k[row % 2, 0], GENERAL, x[column % 3]
        np.testing.assert_allclose(table[index], function(*point), rtol=1e-12)
    mapped = jax.vmap(lambda x: function(3.0, GENERAL, x))(x)
    np.testing.assert_allclose(mapped, np.broadcast_to(function(3.0, GENERAL, x), 3), rtol=1e-12)


def test_gradients_are_finite_without_errors_of_the_mean():
    for name in ("tolerance", "student", "late student", "frontier"):
        slope = jax.grad(lambda rho, f=SMOOTH[name]: f(5.0, Statistics(1.0, rho), 0.4))(0.0)
        assert np.isfinite(slope), name


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: best_of_k.perception_noise_error(0, GENERAL, 0.1), "k must be at least 1"),
        (lambda: best_of_k.perception_noise_error(2, GENERAL, -0.1), "noise_var must be zero or"),
        (lambda: best_of_k.prompt_noise_error(2, GENERAL, -0.1), "noise_var must be zero or"),
        (lambda: best_of_k.gumbel_score_noise_error(2, GENERAL, -1), "noise_scale must be zero or"),
        (
            lambda: best_of_k.correlated_error(2, GENERAL, 1.0),
            "correlation must be at least 0 and below 1",
        ),
        (
            lambda: best_of_k.tolerance_failure(2, GENERAL, -0.1),
            "tolerance must be zero or positive",
        ),
        (lambda: best_of_k.student_error(2, GENERAL, 0.5), "dof must be at least 1"),
        (lambda: best_of_k.softmax_kl_to_base(GENERAL, 0.0), "temperature must be at least"),
        (lambda: best_of_k.frontier_ratio(0.5, GENERAL), "k must be between 1 and"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
