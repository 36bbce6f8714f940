"""Closed forms of best_of_k against reference digits, independent integrals and limits."""

import itertools

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm

from jtts.arguments import InputError
from jtts.domain import draw_points
from jtts.kinds import Expansion
from jtts.laws import Law
from jtts.theory import best_of_k
from jtts.theory.best_of_k import Statistics
from jtts.theory.best_of_k.moments import AVERAGED, averaged, selected_moments
from jtts.theory.best_of_k.selection import excess_error

LAWS = [v for v in vars(best_of_k).values() if isinstance(v, Law)]
teacher = Statistics.from_rho


def pointwise(a, b, s2, temperature, k):
    """a = m - t, b = m - r."""
    return best_of_k.pointwise_error(
        k, mean=a, predictive_var=s2, target=0.0, judge=a - b, temperature=temperature
    )


# --- reference digits, computed by independent code ---


@pytest.mark.parametrize(
    ("a", "b", "temperature", "k", "value"),
    [
        (0.5, 0.3, 1.0, 4, 0.49816561),
        (0.5, -0.4, 0.5, 16, 0.87601529),
        (0.0, 1.5, 0.7, 10, 1.37148776),
        (0.5, 0.8, 160.0, 5, 1.2321833781),
        (0.0, 4.0, 40.0, 1, 1.0),
        (0.0, 4.0, 40.0, 2, 0.97644),
        (0.0, 4.0, 40.0, 3, 0.97695),
        (0.0, 4.0, 40.0, 4, 0.97860),
        (0.0, 4.0, 40.0, 8, 0.98271),
        (0.0, 4.0, 40.0, 64, 0.98782),
    ],
)
def test_softmax_pointwise_reference(a, b, temperature, k, value):
    digits = 5 if temperature == 40 else 8
    assert pointwise(a, b, 1.0, temperature, k) == pytest.approx(value, abs=0.6 * 10**-digits)


@pytest.mark.parametrize(
    ("c", "tau", "k", "value"),
    [
        (0.0, 0.0, 8, 0.0367990368),
        (0.5, 0.5, 8, 0.0471570363),
        (0.5, 0.2, 8, 0.1232499474),
        (2.0, 2.0, 50, 0.0527798938),
        (-1.0, 0.5, 20, 2.2146106190),
        (3.0, 1.0, 5, 0.4735872481),
        (0.5, 0.5, 64, 9.4155356196e-4),
        (0.5, 0.5, 1024, 3.8357894127e-6),
    ],
)
def test_nearest_pointwise_reference(c, tau, k, value):
    assert pointwise(-tau, -c, 1.0, 0.0, k) == pytest.approx(value, rel=1e-9, abs=6e-11)


AVERAGED_REFERENCE = {
    0.1: (2.75844583e-2, 3.41137033e-4, 3.51135410e-8),
    0.25: (3.39758142e-2, 4.30736160e-4, 4.44154644e-8),
    0.4: (4.37040413e-2, 6.29301468e-4, 6.97083328e-8, 7.01997838e-12),
    0.5: (5.23257250e-2, 8.97052066e-4, 1.37474068e-7, 1.72889840e-11),
    0.6: (6.27361051e-2, 1.35078802e-3, 4.20731096e-7, 1.36317083e-10),
    0.75: (8.17136629e-2, 2.54884718e-3, 2.67949381e-6, 3.80451064e-9),
    0.9: (1.04627480e-1, 4.59687087e-3, 1.27038955e-5, 4.95779419e-8),
    1.5: (2.31679433e-1, 2.52233904e-2, 5.40834806e-4, 1.59160507e-5),
}


@pytest.mark.parametrize("rho", AVERAGED_REFERENCE)
def test_teacher_judge_reference(rho):
    for k, value in zip((10, 100, 1e4, 1e6), AVERAGED_REFERENCE[rho], strict=False):
        assert best_of_k.error(k, teacher(rho)) == pytest.approx(value, rel=5e-9)


def test_general_judge_reference():
    errors = [
        best_of_k.error(20, Statistics(0.5, 0.3, 0.6, -0.1)),
        best_of_k.error(10, Statistics(1.0, 0.4, 0.2, 0.1)),
        best_of_k.error(100, Statistics(1.0, 0.2, 0.05, 0.02)),
        best_of_k.error(1000, Statistics(1.0, 0.2, 0.05, 0.02)),
    ]
    np.testing.assert_allclose(
        errors, [0.3989189775, 0.2282205744, 0.0503594035, 0.0500036874], atol=6e-11
    )


def test_over_optimised_judge_reference():
    stats = Statistics(1.0, 0.1, 0.5, 0.05)
    ks = np.array([1, 2, 4, 8, 16, 64, 256])
    values = [1.100000, 0.604826, 0.473210, 0.462593, 0.477250, 0.495750, 0.499472]
    np.testing.assert_allclose(best_of_k.error(ks, stats), values, atol=6e-7)


def test_limit_reference():
    def at_one_input(a, b, temperature):
        # one input: the averages are the squares themselves
        return best_of_k.limit_error(Statistics(1.0, a**2, (a - b) ** 2, a * (a - b)), temperature)

    values = [at_one_input(0.5, 0.3, 1.0), at_one_input(0.5, -0.4, 0.5), at_one_input(0, 1.5, 0.7)]
    np.testing.assert_allclose(values, [0.42333333, 0.87240000, 1.49382716], atol=6e-9)
    assert at_one_input(0.0, 4.0, 40.0) == pytest.approx(0.98866, abs=6e-6)
    assert best_of_k.limit_error(Statistics(2.0, 0.3, 0.8, 0.1), np.inf) == pytest.approx(2.3)


def test_optimal_temperature_reference():
    stats = Statistics(1.0, 0.3, 0.8, 0.1)
    best = best_of_k.optimal_temperature(stats)
    assert best == pytest.approx(0.5714286, abs=6e-8)
    assert best_of_k.limit_error(stats, best) == pytest.approx(0.7555556, abs=6e-8)
    assert best_of_k.optimal_temperature(teacher(0.5)) == 0
    assert best_of_k.optimal_temperature(Statistics(1.0, 0.1, 4.0, -0.6)) < np.inf
    assert best_of_k.optimal_temperature(Statistics(0.1, 0.1, 2.0, 0.4)) == np.inf
    assert best_of_k.optimal_temperature(Statistics(1.0, 0.3, 0.3, 0.3)) == 0  # Delta_b = 0


def test_one_over_k_coefficient_of_softmax():
    gap = np.array([float(pointwise(0.5, 0.3, 1.0, 1.0, k)) for k in (1024, 4096)]) - 0.42333333333
    np.testing.assert_allclose(gap * [1024, 4096], [0.214219, 0.214065], atol=2e-6)


def test_optimal_k():
    assert best_of_k.optimal_k(Statistics(1.0, 0.1, 0.5, 0.05)) == 6
    stats = Statistics(1.0, jnp.array([0.1, 0.1, 0.1]), jnp.array([0.0, 0.5, 2.0]), 0.0)
    best = best_of_k.optimal_k(stats)
    ks = np.arange(1, 65.0)
    searched = 1 + np.argmin(best_of_k.error(ks[:, None], stats), 0)
    assert best[0] == np.inf
    np.testing.assert_array_equal(best[1:], searched[1:])
    assert best[1] == 6


def test_optimal_k_finds_far_and_shallow_minima():
    def near_threshold(excess):
        gain = 0.3 * (1 + excess)  # 2 (q_RR - q_RT) against s^2 (1 - 2 rho_c), rho_c = 0.2
        return Statistics(1.0, 1.2 - 2 * gain, 1.0, 1.0 - gain)

    far = near_threshold(1e-5)
    best = float(best_of_k.optimal_k(far))
    assert 1e2 < best < 1e6
    around = best * np.array([0.9, 1.0, 1.1])
    low, mid, high = excess_error(around, far)
    assert mid < 0
    assert mid < min(low, high)
    assert best_of_k.optimal_k(near_threshold(-1e-5)) == np.inf


def test_optimal_k_at_positive_temperature():
    # one input with a = 0, b = 4, t_s = 20 has its minimum at k = 2; so has this average nearby
    stats = Statistics(jnp.array([1.0, 1.0]), jnp.array([0.1, 0.2]), jnp.array([4.0, 0.0]), 0.0)
    best = best_of_k.optimal_k(stats, 1.0)
    ks = np.arange(1, 31.0)[:, None]
    errors = np.asarray(best_of_k.error(ks, stats, 1.0))
    assert best[0] == 1 + np.argmin(errors[:, 0])
    assert best[1] == np.inf


@pytest.mark.long
def test_optimal_k_of_a_shallow_minimum_before_a_better_limit():
    """At k = 14, 2e-6 and 2e-7 below the limit, which the error then reaches from above."""
    stats = Statistics(1.0, 0.1, jnp.array([0.48916, 0.48914]), 0.0)
    ks = np.arange(13.0, 16.0)[:, None]
    depth = 1 - best_of_k.error(ks, stats, 1.0).min(0) / best_of_k.limit_error(stats, 1.0)
    assert depth[0] > 1e-6 > depth[1] > 0
    assert best_of_k.optimal_k(stats, 1.0).tolist() == [14.0, np.inf]


def test_local_exponent():
    rho = np.array([0.4, 0.6, 0.9])
    step = 1e-3
    up, down = (np.log(best_of_k.error(1e6 * np.exp(h), teacher(rho))) for h in (step, -step))
    exponent = best_of_k.local_exponent(1e6, teacher(rho))
    np.testing.assert_allclose(exponent, (up - down) / (2 * step), rtol=1e-8)
    # the reference table has the difference over an octave
    octave = np.log2(best_of_k.error(2e6, teacher(rho)) / best_of_k.error(1e6, teacher(rho)))
    np.testing.assert_allclose(octave, [-1.99970, -1.73212, -1.18385], atol=6e-6)


def test_kl_reference():
    np.testing.assert_allclose(
        best_of_k.kl_to_base(np.array([1, 2, 16])), [0, 0.1931471806, 1.8350887222], atol=6e-11
    )


# --- asymptotics ---


def test_exact_over_asymptotic_reference():
    rho = np.array([0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.5])
    ratio = best_of_k.error(1e6, teacher(rho)) / best_of_k.asymptotic_error(1e6, teacher(rho))
    expected = [1.0, 1.0, 0.9993, 1.024, 1.145, 0.983, 0.919, 0.776]
    np.testing.assert_allclose(ratio, expected, atol=6e-4)


@pytest.mark.parametrize("rho", [0.05, 0.3, 0.45, 0.5, 0.7, 0.9, 1.2, 1.6])
def test_asymptotic_law_is_the_limit(rho):
    kind = best_of_k.asymptotic_error.kind
    point = {"stats": teacher(rho)}
    ks = np.array(kind.values)
    ratio = best_of_k.error(ks, teacher(rho)) / best_of_k.asymptotic_error(ks, teacher(rho))
    gap = np.array([kind.gap(k, point) for k in ks])
    columns = np.stack([gap**0, gap, gap**2], 1)
    intercept = np.linalg.lstsq(columns / columns.max(0), np.asarray(ratio), rcond=None)[0][0]
    assert intercept == pytest.approx(1, abs=0.01)


def test_asymptotic_law_of_a_general_judge():
    stats = Statistics(1.0, 0.2, 0.05, 0.02)
    for k, value in ((100, 3.70257), (1000, 3.69846)):
        scaled = excess_error(float(k), stats) * (k + 1) * (k + 2)
        assert scaled == pytest.approx(value, abs=6e-6)
    law = (best_of_k.asymptotic_error(1000, stats) - 0.05) * 1001 * 1002
    assert law == pytest.approx(3.69838, abs=6e-6)
    assert np.isnan(best_of_k.asymptotic_error(1e6, Statistics(1.0, 0.6, 0.05, 0.0)))


def test_gradients_of_the_asymptotic_law_are_finite():
    @jax.jit
    def total(rho):
        return jnp.sum(jnp.log(best_of_k.asymptotic_error(1e4, Statistics(1.0, rho))))

    rho = jnp.array([0.0, 0.1, 0.45, 0.55, 0.9, 1.9])
    step = 1e-6
    difference = [(total(rho.at[i].add(step)) - total(rho)) / step for i in range(len(rho))]
    np.testing.assert_allclose(jax.grad(total)(rho), difference, rtol=1e-3)


def test_published_law_reference():
    n = np.array([10000, 15000, 20000, 25000, 30000])
    # the paper's figure: sigma^2 = 100 lambda^2 at n = 10000, teacher of norm^2 4 d
    printed = best_of_k.published_asymptotic_error(
        50,
        spectrum=np.ones(10),
        aspect_ratio=10 / n,
        noise_var=1e-8,
        prior_var=1e-6,
        teacher=np.full(10, 2.0),
    )
    expected = [1.310135e-3, 1.279591e-3, 1.269395e-3, 1.264758e-3, 1.262260e-3]
    np.testing.assert_allclose(printed / 1e-8, expected, rtol=2e-6)


# --- independent integrals ---


def nearest_by_mpmath(k, c, tau):
    with mp.workdps(30):
        k, c, tau = mp.mpf(k), mp.mpf(c), mp.mpf(tau)

        def tail(x):
            return mp.erfc(x / mp.sqrt(2)) / 2

        def integrand(r):
            miss = (k - 1) * mp.log1p(-(tail(c - r) - tail(c + r)))
            square = mp.npdf(c + r) * (c + r - tau) ** 2 + mp.npdf(c - r) * (c - r - tau) ** 2
            return k * square * mp.exp(miss)

        scale = min(1, 1 / (k * mp.npdf(c)))
        edges = [0, scale, 4 * scale, 15 * scale, 60 * scale + c, 60 * scale + c + 12]
        return float(mp.quad(integrand, edges))


@pytest.mark.parametrize(
    ("k", "c", "tau"), [(2, 0.3, 1.0), (64, 1.5, 1.5), (1e6, 2.0, 2.0), (1e9, 3.0, 3.0)]
)
def test_nearest_against_mpmath(k, c, tau):
    assert pointwise(-tau, -c, 1.0, 0.0, k) == pytest.approx(nearest_by_mpmath(k, c, tau), rel=1e-8)


def averaged_by_log_grid(k, rho):
    """An independent recipe, in numpy: E mu2 by trapezoid in ln r and c."""
    c = np.linspace(0, min(14 * np.sqrt(rho), 36), 601)[:, None]
    log_r = np.linspace(np.log(1e-7 / k), np.log(50.0), 3000)
    r = np.exp(log_r)
    log_miss = np.logaddexp(norm.logsf(c + r), norm.logcdf(c - r))
    hit = np.where(r < c, norm.sf(c - r) - norm.sf(c + r), 0.0)
    log_miss = np.where(r < c, np.log1p(-hit), log_miss)
    density = k * np.exp((k - 1) * log_miss) * (norm.pdf(c + r) + norm.pdf(c - r))
    square = integrate.trapezoid(density * r**3, log_r, axis=1)
    return 2 * integrate.trapezoid(square * norm.pdf(c[:, 0] / np.sqrt(rho)), c[:, 0]) / rho**0.5


@pytest.mark.parametrize(("k", "rho"), [*itertools.product([1, 7, 1e3, 1e5], [0.01, 0.45, 2.0])])
def test_average_against_log_grid(k, rho):
    assert best_of_k.error(k, teacher(rho)) == pytest.approx(averaged_by_log_grid(k, rho), rel=1e-9)


def test_accuracy_sweep():
    """rho in [0.01, 2], k up to 1e9, against many more nodes."""
    from jtts.theory.best_of_k.nearest import nearest_moments
    from jtts.theory.best_of_k.nodes import gauss_legendre

    fine = averaged(lambda k, c, t: nearest_moments(k, c, rule=gauss_legendre(200)), 400)
    ks = np.array([1, 2, 3, 10, 100, 1e4, 1e6, 1e9])[:, None]
    rho = np.array([0.01, 0.1, 0.3, 0.49, 0.51, 0.8, 1.3, 2.0])
    coarse = selected_moments(AVERAGED, ks, rho, 0.0, 1.0)
    reference = selected_moments((fine, None), ks, rho, 0.0, 1.0)
    for one, other in zip(coarse, reference, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def softmax_directly(k, c, tau, t):
    """k int du E[D w e^(-u w)] (E e^(-u w))^(k-1), trapezoid in z and ln u; t = T / (2 s^2)."""
    z = np.linspace(-10, 10, 4001 if t > 0.2 else 8001 if t > 0.02 else 20001)
    weight = norm.pdf(z) * (z[1] - z[0])
    log_w = -((z - c) ** 2) / (2 * t)
    total, log_u, step = 0.0, -40.0, 0.4
    while True:
        uw = np.exp(np.minimum(log_u + log_w, 300))
        none = weight * np.exp(-uw)
        part = (none @ ((z - tau) ** 2 * uw)) * none.sum() ** (k - 1)
        total += part
        log_u += step
        if log_u > 0 and part < 1e-16 * total:
            return k * total * step


@pytest.mark.parametrize(
    ("k", "c", "tau", "t"),
    [
        (1, 0.5, 0.2, 0.5),
        (2, 1.0, -0.4, 0.05),
        (20, 0.5, 0.5, 0.05),
        (8, 0.4, 0.1, 0.01),
        (1e4, 1.5, 1.5, 0.3),
        (50, 2.0, 1.0, 8.0),
        (6, 0.7, 0.0, 200.0),
    ],
)
def test_softmax_against_direct_integral(k, c, tau, t):
    expected = softmax_directly(k, c, tau, t)
    tolerance = 2e-7 if t >= 0.05 else 5e-6
    assert pointwise(-tau, -c, 1.0, 2 * t, k) == pytest.approx(expected, rel=tolerance)


def test_cold_softmax_over_nearest():
    # at k^2 t_s = 0.1, 1, 10, 40, k = 1000, c = 0
    nearest = pointwise(0.0, 0.0, 1.0, 0.0, 1000)
    ratio = [pointwise(0.0, 0.0, 1.0, 2e-6 * x, 1000) / nearest for x in (0.1, 1, 10, 40)]
    np.testing.assert_allclose(ratio, [1.004, 1.14, 3.8, 13.8], rtol=2e-2)


def test_softmax_tends_to_its_limit():
    stats = Statistics(0.5, 0.1, 0.2, 0.05)
    k = np.array([1000.0, 2000.0])
    first, second = best_of_k.error(k, stats, 2.0)
    assert 2 * second - first == pytest.approx(float(best_of_k.limit_error(stats, 2.0)), rel=1e-5)
    hot = best_of_k.error(7, stats, 1e6)  # any candidate
    assert hot == pytest.approx(0.6, rel=1e-5)


# --- smoothness ---

STATS = Statistics(
    np.array([1.0, 0.5, 2.0]),
    np.array([0.4, 0.3, 0.5]),
    np.array([0.2, 0.0, 0.5]),
    np.array([0.1, 0.0, 0.5]),
)  # the last judge is the posterior mean: Delta_b = 0
KS = np.array([3.0, 10.0, 25.0])


def test_cold_limit_is_continuous():
    cold = best_of_k.error(KS, STATS, 0.0)
    np.testing.assert_allclose(best_of_k.error(KS, STATS, jnp.full(3, 4e-9)), cold, rtol=1e-6)
    mixed = best_of_k.error(KS, STATS, jnp.array([0.0, 4e-9, 0.0]))
    np.testing.assert_allclose(mixed, cold, rtol=1e-6)


@jax.jit
def gradients(k, stats, temperature):
    def total(k, stats, temperature):
        return jnp.sum(best_of_k.error(k, stats, temperature))

    return jax.grad(total, (0, 1, 2))(k, stats, temperature)


@pytest.mark.parametrize("temperature", [0.0, 0.02, 1.5])
def test_gradients_against_differences(temperature):
    temperature = jnp.full(3, temperature)
    arguments = (KS, STATS, temperature)
    leaves, tree = jax.tree.flatten(arguments)
    slopes = jax.tree.leaves(gradients(*arguments))
    # a judge at the posterior mean is on the boundary Delta_b = 0: differences would leave it
    inside = np.array([True, True, False])
    for i, (leaf, slope) in enumerate(zip(leaves, slopes, strict=True)):
        assert np.all(np.isfinite(slope))
        if i == 5 and not temperature.any():
            continue

        def at(step, i=i, leaf=leaf):
            moved = [*leaves[:i], leaf + step, *leaves[i + 1 :]]
            return best_of_k.error(*jax.tree.unflatten(tree, moved))

        step = 1e-3 * (leaf if i in (0, 1, 5) else 1.0)
        # fourth order; judge_error = 0 may be stepped below, the closed form does not mind
        difference = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
        np.testing.assert_allclose(slope[inside], difference[inside], rtol=2e-6, atol=1e-9)


def test_slope_in_temperature_vanishes_at_zero():
    assert not np.any(gradients(KS, STATS, jnp.zeros(3))[2])
    cold = best_of_k.error(KS, STATS)
    rise = [best_of_k.error(KS, STATS, jnp.full(3, t)) - cold for t in (1e-4, 4e-4)]
    assert np.all(rise[0] > 0)
    assert np.all(rise[1] / rise[0] > 8)  # a slope would make it 4
    cheap = jax.grad(lambda s: jnp.sum(best_of_k.error(KS, s)))(STATS)
    full = gradients(KS, STATS, jnp.full(3, 4e-9))[1]
    for one, other in zip(jax.tree.leaves(cheap), jax.tree.leaves(full), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-9)


def test_judge_at_the_posterior_mean():
    # c = 0 everywhere: the candidate nearest to the mean, whatever the teacher does
    stats = Statistics(1.0, 0.5, 0.5, 0.5)
    assert best_of_k.error(8, stats) == pytest.approx(0.5 + 0.0367990368, abs=1e-9)
    slope = jax.grad(lambda q: best_of_k.error(8.0, Statistics(1.0, q, 0.5, 0.5)))(0.5)
    up = best_of_k.error(8.0, Statistics(1.0, 0.5 + 1e-5, 0.5, 0.5))
    assert slope == pytest.approx(float(up - best_of_k.error(8.0, stats)) / 1e-5, rel=1e-3)


# --- the interface ---


def test_broadcasting_equals_looping():
    ks = np.array([1.0, 5.0, 40.0])[:, None]
    temperature = np.array([0.0, 0.3])
    grid = best_of_k.error(ks, Statistics(1.0, np.array([0.2, 0.7]), 0.1, 0.05), temperature)
    assert grid.shape == (3, 2)
    for i, j in itertools.product(range(3), range(2)):
        stats = Statistics(1.0, [0.2, 0.7][j], 0.1, 0.05)
        alone = best_of_k.error(float(ks[i, 0]), stats, float(temperature[j]))
        assert alone == pytest.approx(float(grid[i, j]), rel=1e-12)


def test_blocks_agree_with_points():
    ks = np.arange(1, 38.0)  # two whole blocks and a part
    together = best_of_k.error(ks, teacher(0.3))
    alone = [float(best_of_k.error(k, teacher(0.3))) for k in ks]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_jit_and_vmap_agree():
    rho, ks = jnp.array([0.2, 0.9]), jnp.array([3.0, 30.0])
    plain = best_of_k.error(ks, teacher(rho))
    jitted = jax.jit(lambda k, r: best_of_k.error(k, teacher(r)))(ks, rho)
    mapped = jax.vmap(lambda k, r: best_of_k.error(k, teacher(r)))(ks, rho)
    np.testing.assert_allclose(jitted, plain, rtol=1e-12)
    np.testing.assert_allclose(mapped, plain, rtol=1e-12)
    hot = best_of_k.error(ks, teacher(rho), jnp.array([0.0, 0.4]))
    mapped = jax.vmap(lambda k, r, t: best_of_k.error(k, teacher(r), t))(
        ks, rho, jnp.array([0.0, 0.4])
    )
    np.testing.assert_allclose(mapped, hot, rtol=1e-12)


def test_arguments_are_checked():
    with pytest.raises(InputError, match=r"k must be at least 1, got 0\.5"):
        best_of_k.error(0.5, teacher(0.2))
    with pytest.raises(
        InputError, match="temperature must be zero or positive, and finite, got -1"
    ):
        best_of_k.error(3, teacher(0.2), -1.0)
    with pytest.raises(InputError, match="predictive_var must be positive and finite, got 0"):
        best_of_k.pointwise_error(3, mean=0.0, predictive_var=0.0, target=0.0, judge=0.0)
    with pytest.raises(InputError, match="temperature must be at least 0, got -2"):
        best_of_k.limit_error(teacher(0.2), -2.0)
    for function in (best_of_k.kl_to_base, lambda k: best_of_k.asymptotic_error(k, teacher(0.2))):
        with pytest.raises(InputError, match=r"k must be (at least 1|between 1 and .*), got 0"):
            function(0)
    with pytest.raises(InputError, match="k must be between 1 and"):
        best_of_k.local_exponent(0, teacher(0.2))
    with pytest.raises(InputError, match="noise_var must be positive"):
        best_of_k.published_asymptotic_error(
            5, spectrum=np.ones(2), aspect_ratio=1.0, noise_var=0.0, prior_var=1.0, teacher=1.0
        )


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_law_declares_its_evidence(law):
    assert set(law.domain) | set(law.simulated) <= set(law.parameters)
    assert law.mutants
    if law.name == "end_to_end_error":
        assert set(law.domain) == set(law.parameters)
    points = draw_points(law.domain, 8, seed=1)
    if law.simulated:  # where a check looks for planted errors
        points += draw_points(law.domain | law.simulated, 8, seed=1)
    for name in set(law.parameters) - set(law.domain):  # the argument of a limit
        points = [{name: law.kind.values[0], **point} for point in points]
    values = [np.asarray(law(**point)) for point in points]
    assert not np.isnan(values).any()
    for name, mutant in law.mutants.items():
        with np.errstate(invalid="ignore", divide="ignore"):
            wrong = np.array([np.asarray(mutant(**point)) for point in points])
            shift = np.abs(wrong - values) / np.maximum(np.abs(values), 1e-30)
        # a series differs from a wrong one in its order, which its own check measures
        least = 0.0 if isinstance(law.kind, Expansion) else 0.02
        assert np.nanmax(np.where(wrong == values, 0, shift)) > least, name


def test_end_to_end_reference():
    ks = np.array([1, 4, 16, 64])
    data = {"spectrum": np.ones(1), "aspect_ratio": 0.5, "noise_var": 0.25, "prior_var": 1.0}
    errors = best_of_k.end_to_end_error(ks, **data)
    np.testing.assert_allclose(errors, [0.600781, 0.084246, 0.008403, 0.000654], atol=6e-7)
    warm = best_of_k.end_to_end_error(8, **data, temperature=0.5)
    assert warm == pytest.approx(0.198829, abs=6e-7)
