"""Closed forms of selection against reference digits, other closed forms, quadrature and limits."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, optimize, stats
from scipy.special import digamma, gammaln

from jtts.arguments import InputError
from jtts.rewards import (
    Discrete,
    Exponential,
    Gumbel,
    Logistic,
    Normal,
    Pareto,
    Quantile,
    StudentT,
    Uniform,
)
from jtts.theory import selection

FOUR = np.array([0.5, 0.3, 0.15, 0.05])
STEPS = np.arange(4.0)


def close(found, expected, *, rel=1e-6, abs=0.0):
    np.testing.assert_allclose(found, expected, rtol=rel, atol=abs)


def digits(value, expected, decimals):
    np.testing.assert_allclose(value, expected, rtol=0, atol=0.6 * 10.0**-decimals)


# --- section 1: divergences and atoms ---

DIVERGENCES = {  # n: KL, reverse KL, chi2, TV, Hellinger^2
    2: (0.19314718056, 0.3068528194, 0.3333333333, 0.25, 0.05719095842),
    4: (0.63629436112, 1.613705639, 1.285714286, 0.4724703937, 0.2),
    16: (1.83508872224, 12.22741128, 7.258064516, 0.7792855276, 0.5294117647),
    128: (3.85984276392, 122.1479697, 63.25098039, 0.9549959874, 0.8245936667),
    1000: (5.90875527898, 992.0922447, 499.2501251, 0.9921160722, 0.9368176292),
}


@pytest.mark.parametrize("n", DIVERGENCES)
def test_divergence_table(n):
    found = selection.best_of_n_divergences(n)
    found = [found[name] for name in ("kl", "reverse_kl", "chi2", "tv", "hellinger2")]
    np.testing.assert_allclose(found, DIVERGENCES[n], rtol=6e-10)


@pytest.mark.parametrize("n", [1.5, 3, 40])
def test_divergences_against_quadrature(n):
    def average(f):
        return integrate.quad(lambda u: f(n * u ** (n - 1)), 0, 1, epsabs=1e-12, limit=200)[0]

    found = selection.best_of_n_divergences(n)
    close(found["kl"], average(lambda q: q * np.log(q) if q else 0.0), rel=1e-8)
    close(found["chi2"], average(lambda q: (q - 1) ** 2), rel=1e-8)
    close(found["tv"], average(lambda q: abs(q - 1) / 2), rel=1e-7)
    close(found["hellinger2"], 1 - average(np.sqrt), rel=1e-7)
    for order in (0.5, 3.0):
        renyi = np.log(average(lambda q, a=order: q**a)) / (order - 1)
        close(selection.renyi_divergence(n, order), renyi, rel=1e-8)


def test_one_sample_is_the_reference():
    assert all(value == 0 for value in selection.best_of_n_divergences(1).values())
    np.testing.assert_allclose(selection.best_of_n_pmf(1, FOUR, STEPS), FOUR, rtol=1e-14)
    np.testing.assert_allclose(selection.soft_best_of_n_pmf(1, 2.0, FOUR, STEPS), FOUR, rtol=1e-15)
    close(selection.expected_max(1), 0, abs=1e-14)


def test_renyi_at_order_one():
    for n in (2, 1e9):
        orders = 1 + np.array([-1e-4, -1e-6, 0, 1e-6, 1e-4])
        found = selection.renyi_divergence(n, orders)
        kl = selection.best_of_n_divergences(n)["kl"]
        np.testing.assert_allclose(found, kl, rtol=1e-4)
        close(found[2], kl, rel=1e-15)
        assert np.all(np.diff(found) > 0)


ATOMS = {
    2: ((0.25, 0.39, 0.2625, 0.0975), 0.1410477762),
    4: ((0.0625, 0.3471, 0.40490625, 0.18549375), 0.5659147331),
    16: (None, 1.7019731499),
    64: (None, 2.7945055428),
}


@pytest.mark.parametrize("n", ATOMS)
def test_atoms(n):
    pmf, kl = ATOMS[n]
    if pmf:
        np.testing.assert_allclose(selection.best_of_n_pmf(n, FOUR, STEPS), pmf, rtol=1e-13)
    digits(selection.best_of_n_kl(n, FOUR, STEPS), kl, 10)
    assert selection.best_of_n_kl(n, FOUR, STEPS) < selection.best_of_n_divergences(n)["kl"]


def test_uniform_atoms():
    digits(selection.best_of_n_kl(4, np.full(10, 0.1), np.arange(10)), 0.6288251364, 10)


def test_ties_by_enumeration():
    """All 5^3 outcomes, one of the first of the largest kept."""
    p, r = np.array([0.3, 0.1, 0.2, 0.25, 0.15]), np.array([2.0, 0.5, 2.0, 1.0, 2.0])
    expected = np.zeros(5)
    for draws in itertools.product(range(5), repeat=3):
        largest = max(draws, key=lambda i: r[i])  # the first of equals
        expected[largest] += np.prod(p[list(draws)])
    np.testing.assert_allclose(selection.best_of_n_pmf(3, p, r), expected, rtol=1e-13)


def test_an_atom_that_never_comes():
    p, r = [0.5, 0.0, 0.5], [0.0, 9.0, 1.0]
    np.testing.assert_allclose(selection.best_of_n_pmf(3, p, r), [0.125, 0, 0.875])
    close(selection.best_of_n_kl_limit(p, r), np.log(2))
    soft = selection.soft_best_of_n_pmf(3, 1.0, p, r)
    assert soft[1] == 0
    close(soft.sum(), 1, rel=1e-13)


def test_divergence_on_atoms_is_bounded():
    n = 10.0 ** np.arange(10)
    kl = selection.best_of_n_kl(n, FOUR, STEPS)
    assert np.all(np.diff(kl) >= 0)
    close(kl[-1], selection.best_of_n_kl_limit(FOUR, STEPS), rel=1e-14)
    tail = selection.best_of_n_pmf(64, FOUR, STEPS)[0]
    close(tail, 0.5**64, rel=1e-13)


# --- section 2: order statistics ---

NORMAL = {  # n: mean, variance of the largest
    2: (0.564189583548, 0.681690113816),
    3: (0.846284375322, 0.559467203797),
    4: (1.02937537300, 0.491715236875),
    5: (1.16296447364, 0.447534069021),
    10: (1.53875273084, 0.344343823261),
    16: (1.76599139305, 0.295009809010),
    64: (2.34373346508, 0.203486467845),
    100: (2.50759363644, 0.184404813586),
    256: (2.82686327894, 0.153650081191),
    1000: (3.24143576913, 0.123455417094),
    1e4: (3.85161581707, 0.0925110011920),
    1e6: (4.86289748620, 0.0615062714128),
}


def test_normal_table():
    n = np.array(list(NORMAL))
    mean, variance = np.array(list(NORMAL.values())).T
    np.testing.assert_allclose(selection.expected_max(n), mean, rtol=4e-12)
    np.testing.assert_allclose(selection.max_variance(n), variance, rtol=4e-12)
    close(selection.expected_max(2), np.pi**-0.5, rel=1e-13)
    close(selection.max_variance(2), 1 - 1 / np.pi, rel=1e-13)


COUNTS = np.array([1, 2, 16, 1e3, 1e6, 1e9])


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (Uniform(), COUNTS / (COUNTS + 1)),
        (Exponential(2.0, 1.0), 1 + 2 * (digamma(COUNTS + 1) + np.euler_gamma)),
        (Logistic(1.0, 0.5), 1 + 0.5 * (digamma(COUNTS) + np.euler_gamma)),
        (Gumbel(), np.log(COUNTS) + np.euler_gamma),
        (Quantile(jnp.sqrt), 2 * COUNTS / (2 * COUNTS + 1)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_laws(law, expected):
    np.testing.assert_allclose(selection.expected_max(COUNTS, law), expected, rtol=1e-12)


@pytest.mark.parametrize("index", [1.1, 1.5, 3.0, 8.0])
def test_pareto(index):
    n = COUNTS[:4]  # the oracle's Gamma functions lose digits beyond
    exact = np.exp(gammaln(n + 1) + gammaln(1 - 1 / index) - gammaln(n + 1 - 1 / index))
    np.testing.assert_allclose(selection.expected_max(n, Pareto(index)), exact, rtol=1e-10)
    if index > 2:
        square = np.exp(gammaln(n + 1) + gammaln(1 - 2 / index) - gammaln(n + 1 - 2 / index))
        found = selection.max_variance(n, Pareto(index))
        np.testing.assert_allclose(found, square - exact**2, rtol=1e-8)


STUDENT = {
    (3.0, 2): 0.826993343,
    (3.0, 4): 1.5317901,
    (3.0, 16): 3.11447755,
    (3.0, 256): 8.72177342,
    (3.0, 1e6): 139.885034,
    (5.0, 4): 1.27238141,
    (5.0, 16): 2.38530478,
    (5.0, 256): 5.10816333,
    (5.0, 1e6): 28.8604132,
}


def test_student_table():
    dof, n = np.array(list(STUDENT)).T
    found = selection.expected_max(n, StudentT(dof))
    np.testing.assert_allclose(found, list(STUDENT.values()), rtol=4e-9)


def test_lognormal_table():
    law = Quantile(
        lambda p: jnp.exp(jax.scipy.special.ndtri(p)),
        upper=lambda p: jnp.exp(-jax.scipy.special.ndtri(p)),
    )
    found = selection.expected_max(np.array([4, 16, 256]), law)
    np.testing.assert_allclose(found, [3.6405839, 6.87465301, 18.392117], rtol=2e-8)


def test_moments_that_do_not_exist():
    assert selection.expected_max(3, Pareto(0.9)) == np.inf
    assert selection.max_variance(3, Pareto(1.9)) == np.inf
    assert np.isnan(selection.expected_max(1, StudentT(1.0)))
    assert selection.expected_max(2, StudentT(1.0)) == np.inf


def test_gradients_in_law_and_count():
    slope = jax.grad(lambda dof: selection.expected_max(16.0, StudentT(dof)))(4.0)
    ends = [selection.expected_max(16.0, StudentT(4.0 + h)) for h in (-1e-4, 1e-4)]
    close(slope, (ends[1] - ends[0]) / 2e-4, rel=1e-6)
    slope = jax.grad(lambda n: selection.expected_max(n, Gumbel()))(7.0)
    close(slope, 1 / 7, rel=1e-10)


# --- section 3: tilting ---


def test_tilting_the_normal():
    beta = np.array([0.1, 1.0, 5.0, 20.0])
    found = selection.tilted_moments(beta)
    np.testing.assert_allclose(found["mean"], beta, rtol=1e-12)
    np.testing.assert_allclose(found["kl"], beta**2 / 2, rtol=1e-11)
    kl = np.array([1e-4, 0.3, 10.0])
    np.testing.assert_allclose(selection.gain_at_kl(kl), np.sqrt(2 * kl), rtol=1e-10)
    close(selection.gain_at_kl(0.0), 0, abs=1e-12)
    assert np.isnan(selection.tilted_moments(30.0)["mean"])
    assert np.isnan(selection.tilted_moments(0.5, StudentT(3.0))["mean"])


def test_tilting_the_exponential():
    beta = np.array([0.1, 0.5, 0.9])  # a law of rate 1 - beta
    found = selection.tilted_moments(beta, Exponential())
    np.testing.assert_allclose(found["mean"], 1 / (1 - beta), rtol=1e-10)
    np.testing.assert_allclose(found["kl"], beta / (1 - beta) + np.log1p(-beta), rtol=1e-9)
    assert np.isnan(selection.tilted_moments(1.1, Exponential())["mean"])


def test_slope_of_the_gain_is_the_temperature():
    slope = jax.grad(lambda kl: selection.gain_at_kl(kl, Uniform()))(0.7)
    gain = selection.gain_at_kl(0.7, Uniform())
    beta = optimize.brentq(
        lambda b: float(selection.tilted_moments(b, Uniform())["mean"] - gain), 0.1, 50
    )
    close(slope, 1 / beta, rel=1e-9)


def test_gain_of_atoms_is_bounded():
    law = Discrete(FOUR, STEPS)
    close(selection.gain_at_kl(20.0, law), 3, rel=1e-6)
    q = np.array([0.1, 0.2, 0.3, 0.4])
    kl = float(np.sum(q * np.log(q / FOUR)))
    assert selection.gain_at_kl(kl, law) > q @ STEPS


@pytest.mark.parametrize("law", [Normal(), Uniform(), Exponential(), Gumbel(), Logistic()], ids=str)
def test_best_of_n_is_below_the_frontier(law):
    n = np.array([2.0, 4, 16, 256, 1e4, 1e9])
    bound = np.asarray(selection.best_of_n_gain_bound(n, law))
    assert np.all(np.isfinite(bound[:4]))
    assert np.all((selection.expected_max(n, law) < bound * (1 + 1e-14)) | np.isnan(bound))
    found = selection.best_of_n_gain_bound(n[[1, 2, 3]])
    digits(found, [1.1280907420, 1.9157707181, 3.0163168582], 10)


def test_best_of_n_is_the_tilted_law_of_an_exponential_loss():
    loss = Quantile(jnp.log, upper=lambda p: jnp.log1p(-p))
    for n in (2.0, 8.0, 100.0):
        close(selection.best_of_n_gain_bound(n, loss), -1 / n, rel=1e-8)


# --- section 4: soft best-of-n ---


def test_soft_atoms_table():
    found = selection.soft_best_of_n_pmf(4, 1.0, FOUR, STEPS)
    digits(found, [0.25052788, 0.32304961, 0.28748662, 0.13893589], 8)
    found = [selection.soft_best_of_n_gain(n, 1.0, Discrete(FOUR, STEPS)) for n in (4, 16, 64)]
    digits(found, [1.3148305293, 1.6321866172, 1.7307032389], 10)
    digits(selection.soft_best_of_n_limit(1.0, Discrete(FOUR, STEPS)), 1.7633665836, 10)
    found = selection.soft_best_of_n_divergences(4, 1.0, FOUR, STEPS)["to_reference"]
    digits(found, 0.1798018633, 10)
    found = selection.soft_best_of_n_divergences(64, 1.0, FOUR, STEPS)["to_tilted"]
    digits(64**2 * found, 2.3918, 4)


def test_soft_binary_table():
    n = np.array([2, 4, 16, 64, 1024])
    found = selection.soft_best_of_n_success(n, 2.0, 0.2)
    digits(found, [0.3218550650, 0.4527071089, 0.6035101063, 0.6384662349, 0.6481602115], 10)
    tilted = selection.tilted_moments(2.0, Discrete([0.8, 0.2], [0.0, 1.0]))
    digits(tilted["mean"], 0.6487856443, 10)
    digits(tilted["kl"], 0.4743562980, 10)
    atoms = np.array([0.8, 0.2]), np.array([0.0, 1.0])
    digits(selection.soft_best_of_n_kl_approach(1, 2.0, *atoms), 0.8963578834, 10)
    found = selection.soft_best_of_n_divergences(1024, 2.0, *atoms)["to_tilted"]
    digits(1024**2 * found, 0.8997869, 7)


@pytest.mark.parametrize(("n", "beta", "p"), [(7, 0.5, 0.1), (50, 3.0, 0.01), (300, 8.0, 0.7)])
def test_soft_binary_against_the_sum(n, beta, p):
    m = np.arange(n + 1)
    expected = stats.binom.pmf(m, n, p) @ (m / (m + (n - m) * np.exp(-beta)))
    close(selection.soft_best_of_n_success(n, beta, p), expected, rel=1e-12)


def test_soft_normal_table():
    found = selection.soft_best_of_n_gain(np.array([2, 4, 16, 64, 1024]), 1.0)
    digits(found, [0.3631618, 0.6080286, 0.8675478, 0.9611958, 0.9973646], 7)
    found = selection.soft_best_of_n_gain(np.array([16, 16, 1024]), np.array([0.5, 2.0, 2.0]))
    digits(found, [0.4609012, 1.3670990, 1.9429236], 7)


def test_soft_limits_in_the_temperature():
    np.testing.assert_allclose(selection.soft_best_of_n_pmf(5, 0.0, FOUR, STEPS), FOUR, rtol=1e-12)
    hard = selection.best_of_n_pmf(5, FOUR, STEPS)
    np.testing.assert_allclose(selection.soft_best_of_n_pmf(5, 150.0, FOUR, STEPS), hard, rtol=1e-9)
    close(selection.soft_best_of_n_gain(5, 0.0, Uniform()), 0.5, rel=1e-12)
    assert np.isnan(selection.soft_best_of_n_gain(5, 50.0))
    assert np.isnan(selection.soft_best_of_n_pmf(5, 1e4, FOUR, STEPS)).all()


def test_soft_gain_of_many_atoms_is_that_of_the_continuum():
    u = (np.arange(4000) + 0.5) / 4000
    atoms = Discrete(np.full(4000, 1 / 4000), u)
    found = selection.soft_best_of_n_gain(10, 3.0, atoms)
    close(found, selection.soft_best_of_n_gain(10, 3.0, Uniform()), rel=1e-6)


def test_first_correction_of_the_normal():
    n, beta = 1e6, 0.7
    expected = beta * (1 - np.exp(beta**2) / n)
    close(selection.soft_best_of_n_approach(n, beta), expected, rel=1e-13)


CURATION = [
    (0.0809131, 0.1240466, 0.1837678, 0.2605510, 0.3507215),
    (0.0242793, 0.0582121, 0.1312326, 0.2727909, 0.5134852),
]


def test_curation():
    uniform, rewards = np.full(5, 0.2), np.arange(5) / 2
    weights = []
    for rounds in range(5):
        pmf = selection.iterated_curation(rounds, 4, 1.0, uniform, rewards)
        weights.append(float(pmf @ np.exp(rewards)))
        if 1 <= rounds <= 2:
            digits(pmf, CURATION[rounds - 1], 7)
    digits(weights, [3.4475497, 4.5441735, 5.4937166, 6.1592391, 6.5876287], 7)
    np.testing.assert_allclose(
        selection.iterated_curation(3, 1, 1.0, uniform, rewards), uniform, rtol=1e-14
    )


# --- section 5: over-optimisation ---

GOODHART = {  # n: (dof 3, scale 1), (5, 1), (3, 0.5)
    4: (0.6121707, 0.6596649, 0.8343576),
    16: (0.8709645, 1.0324536, 1.3266926),
    22: (0.8785626, 1.0805018, 1.3922471),
    64: (0.7908011, 1.1499059, 1.4703901),
    256: (0.5501072, 1.0648324, 1.2320787),
    1024: (0.3467013, 0.8711500, 0.7814661),
    1e6: (0.0345787, 0.2220105, 0.0692231),
}


def test_goodhart_table():
    n = np.array(list(GOODHART))[:, None]
    dof, scale = np.array([3.0, 5.0, 3.0]), np.array([1.0, 1.0, 0.5])
    found = selection.gain_under_error(n, scale=scale, dof=dof)
    digits(found, list(GOODHART.values()), 7)


def test_goodhart_against_quadrature():
    """At n = 2 the sample with the larger proxy: E g = 2 E g F(s), by scipy."""

    s = np.linspace(-60, 60, 4001)
    g, weights = np.polynomial.hermite_e.hermegauss(60)
    weights /= np.sqrt(2 * np.pi)
    values = weights @ stats.t.cdf((s - g[:, None]) / 1.5, 4)
    density = stats.t.pdf((s - g[:, None]) / 1.5, 4) / 1.5
    truth = (weights * g) @ density
    expected = 2 * integrate.simpson(truth * values, x=s)
    found = selection.gain_under_error(2, scale=1.5, dof=4.0)
    close(found, expected, rel=1e-6)


def test_heavy_errors_return_to_nothing():
    n = np.array([1.0, 1e2, 1e4, 1e6, 1e9])
    heavy = selection.gain_under_error(n, scale=1.0, dof=3.0)
    assert np.all(np.diff(heavy[1:]) < 0)
    close(heavy[-1], heavy[-2] / 10, rel=1e-3)  # as n^(-1/3)
    light = selection.gain_under_error(n, scale=1.0)
    assert np.all(np.diff(light) > 0)
    assert light[0] == 0  # no choice among one
    np.testing.assert_allclose(
        light[1:], selection.expected_max(n[1:]) / np.sqrt(2), rtol=1e-12, atol=1e-15
    )
    exact = selection.gain_under_error(16, scale=0.0, dof=3.0)
    close(exact, selection.expected_max(16), rel=1e-14)
    assert np.isnan(selection.gain_under_error(16, scale=0.01, dof=3.0))


def test_many_degrees_of_freedom_are_normal():
    found = selection.gain_under_error(64, scale=1.0, dof=1e6)
    close(found, selection.gain_under_error(64, scale=1.0), rel=1e-4)


def test_normal_error_table():
    scale = np.sqrt(1 / 0.36 - 1)
    digits(selection.gain_under_error(16, scale=scale), 1.0595948358, 10)
    digits(selection.variance_under_error(16, scale), 0.7462035312, 10)


def test_best_n():
    found = selection.optimal_n_under_error(np.array([1.0, 1.0]), np.array([3.0, 5.0]))
    assert found[0] == 22
    near = np.arange(found[1] - 3, found[1] + 4)
    curve = selection.gain_under_error(near, scale=1.0, dof=5.0)
    assert np.argmax(curve) == 3


def test_curved_truth_table():
    found = selection.gain_of_curved_truth(np.array([2, 4, 16, 256]), 1.0, 0.3)
    digits(found, [0.2641895835, 0.5639767044, 0.7418707702, 0.3834214552], 10)


def test_peaks_of_the_empirical_laws():
    a, b = 1.3, 0.4
    peak = selection.overoptimization_peak_best_of_n(a, b)
    close(selection.overoptimization_best_of_n(peak, a, b), a**2 / (4 * b))
    peak = selection.overoptimization_peak_rl(a, b)
    close(selection.overoptimization_rl(peak, a, b), b * peak)
    assert selection.overoptimization_rl(0.0, a, b) == 0


# --- section 6: chi-square and stopping ---

STOPPING = {  # price: root, draws, gain, chi2
    0.5: (-0.1880492600, 1.7403987103, 1.1491619640, 1.6744224479),
    0.1: (0.9023463475, 5.4514790612, 1.8343645619, 8.3201821442),
    0.01: (1.9383563073, 38.0374449784, 2.6289883576, 68.0632050279),
    0.001: (2.7178055152, 304.3377866333, 3.2858226744, 567.0171591796),
}


@pytest.mark.parametrize("price", STOPPING)
def test_stopping_table(price):
    root, draws, gain, chi2 = STOPPING[price]
    digits(selection.reservation_level(price), root, 10)
    assert selection.optimal_stopping_value(price) == selection.reservation_level(price)
    digits(selection.optimal_stopping_draws(price), draws, 10)
    found = selection.chi_square_selection(price)
    digits(found["gain"], gain, 10)
    digits(found["chi2"], chi2, 10)


def test_implicit_gradient_of_the_level():
    for price in (1e-8, 0.1, 3.0):
        slope = jax.grad(selection.reservation_level)(price)
        tail = stats.norm.sf(float(selection.reservation_level(price)))
        close(slope, -1 / tail, rel=1e-10)


def test_chi_square_selection_is_the_best_at_its_divergence():
    """No other increasing weight of the same chi-square does better: 1 + c (r - mean) does not."""
    found = selection.chi_square_selection(0.5)
    linear = np.sqrt(found["chi2"])  # gain of the weight 1 + c r, negative where it must not be
    assert found["gain"] < linear
    tilted = optimize.brentq(lambda b: np.expm1(b**2) - float(found["chi2"]), 0.1, 3)
    assert found["gain"] > tilted


# --- interface ---


def test_broadcasting_equals_looping():
    n, beta = np.array([2.0, 9.0])[:, None], np.array([0.5, 2.0, 3.0])
    whole = selection.soft_best_of_n_pmf(n, beta, FOUR, STEPS)
    assert whole.shape == (2, 3, 4)
    for i, j in np.ndindex(2, 3):
        one = selection.soft_best_of_n_pmf(n[i, 0], beta[j], FOUR, STEPS)
        np.testing.assert_allclose(whole[i, j], one, rtol=1e-13)
    laws = selection.expected_max(n, Normal(np.array([0.0, 1.0, 2.0]), 2.0))
    assert laws.shape == (2, 3)
    np.testing.assert_allclose(laws[:, 2] - laws[:, 0], 2, rtol=1e-13)


def test_jit_vmap_and_grad():
    gain = jax.jit(jax.vmap(lambda n: selection.gain_under_error(n, scale=1.0, dof=3.0)))
    np.testing.assert_allclose(gain(jnp.array([4.0, 16.0])), [0.6121707, 0.8709645], atol=6e-8)

    def total(beta, p):
        pmf = selection.soft_best_of_n_pmf(4.0, beta, p, STEPS)
        return pmf @ STEPS + selection.best_of_n_kl(3.0, p, STEPS)

    for slope in jax.grad(total, (0, 1))(1.0, jnp.array(FOUR)):
        assert np.all(np.isfinite(slope))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: selection.best_of_n_divergences(0.5), "n must be between 1 and 1e.150, got 0.5"),
        (lambda: selection.best_of_n_pmf(2, [0.5, 0.4], [0, 1]), "probabilities must sum to 1"),
        (lambda: selection.soft_best_of_n_pmf(2, -1.0, FOUR, STEPS), "beta must be zero"),
        (lambda: selection.soft_best_of_n_success(2, 1.0, 1.5), "p must be between 0 and 1"),
        (lambda: selection.gain_under_error(2, scale=-1.0), "scale must be zero or positive"),
        (lambda: selection.gain_under_error(2, scale=1.0, dof=0.0), "dof must be between 0.5"),
        (lambda: selection.reservation_level(0.0), "price must be between 1e-300"),
        (lambda: selection.iterated_curation(1.5, 2, 1.0, FOUR, STEPS), "rounds must be a whole"),
        (lambda: selection.renyi_divergence(2, 0.0), "order must be positive"),
    ],
)
def test_arguments_are_checked(call, message):
    with pytest.raises(InputError, match=message):
        call()
