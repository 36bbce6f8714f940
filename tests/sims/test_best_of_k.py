"""Simulated selection against reference values, and the two routes against each other.

Reference values are quadratures of docs/best_of_k.md, section 10, quoted as numbers. A z-score over
32 replicates is Student t with 31 degrees of freedom: the threshold of 5 has a false-alarm rate of
2e-5 per number, below 0.002 for this file; keys are fixed, so a passing test stays one.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from scipy.stats import binom, t

from jtts.arguments import InputError
from jtts.regression import Statistics, TiedJudge, TrainedJudge
from jtts.sims import best_of_k as sims

pytestmark = pytest.mark.long

THRESHOLD = 5.0
TEACHER = {  # rho: errors at k = 10, 100, 1e4 and 1e6, predictive_var = 1
    0.1: (2.75844583e-2, 3.41137033e-4, 3.51135410e-8),
    0.25: (3.39758142e-2, 4.30736160e-4, 4.44154644e-8),
    0.4: (4.37040413e-2, 6.29301468e-4, 6.97083328e-8, 7.01997838e-12),
    0.5: (5.23257250e-2, 8.97052066e-4, 1.37474068e-7, 1.72889840e-11),
    0.6: (6.27361051e-2, 1.35078802e-3, 4.20731096e-7, 1.36317083e-10),
    0.75: (8.17136629e-2, 2.54884718e-3, 2.67949381e-6, 3.80451064e-9),
    0.9: (1.04627480e-1, 4.59687087e-3, 1.27038955e-5, 4.95779419e-8),
    1.5: (2.31679433e-1, 2.52233904e-2, 5.40834806e-4, 1.59160507e-5),
}
JUDGES = {
    ((0.5, 0.3, 0.6, -0.1), 20): 0.3989189775,
    ((1.0, 0.4, 0.2, 0.1), 10): 0.2282205744,
    ((1.0, 0.2, 0.05, 0.02), 100): 0.0503594035,
    ((1.0, 0.1, 0.5, 0.05), 8): 0.462593,
}
POINTWISE = {  # (a, b, temperature, k): error at m - t = a, m - r = b, s = 1
    (0.5, 0.3, 1.0, 4): 0.49816561,
    (0.5, -0.4, 0.5, 16): 0.87601529,
    (0.0, 1.5, 0.7, 10): 1.37148776,
    (0.0, 0.0, 0.0, 8): 0.0367990368,
    (-0.2, -0.5, 0.0, 8): 0.1232499474,
    (-0.5, 1.0, 0.0, 20): 2.2146106190,
    (-2.0, -2.0, 0.0, 50): 0.0527798938,
}
CURVE = np.array([1, 3, 10, 64])
FOUR = Statistics(1.0, 0.4, 0.2, 0.1)
MODEL = {"spectrum": [1.0], "aspect_ratio": 0.5, "noise_var": 0.25, "prior_var": 1.0}


def z_score(estimate, expected, rounding=1e-8):
    """In standard errors, beyond what the printed digits leave open."""
    expected = np.asarray(expected)
    deviation = np.abs(np.asarray(estimate.mean) - expected) - rounding * np.abs(expected)
    return np.maximum(deviation, 0) / np.asarray(estimate.stderr)


@pytest.mark.parametrize("rho", TEACHER)
def test_order_statistics_with_the_teacher_as_judge(rho, key):
    expected = np.array(TEACHER[rho])
    k = np.array([10, 100, 10**4, 10**6])
    estimate = sims.error_by_order_statistics(key, 1, k, Statistics.from_rho(rho))
    assert np.all(z_score(estimate, [*expected, *estimate.mean[len(expected) :]]) < THRESHOLD)
    assert np.all(estimate.stderr < 0.005 * estimate.mean)


@pytest.mark.parametrize("rho", [0.1, 0.4, 0.9])
def test_explicit_candidates_with_the_teacher_as_judge(rho, key):
    estimate = sims.error(key, 1, np.array([10, 100]), Statistics.from_rho(rho))
    assert np.all(z_score(estimate, TEACHER[rho][:2]) < THRESHOLD)
    assert np.all(estimate.stderr < 0.015 * estimate.mean)


@pytest.mark.parametrize("route", [sims.error, sims.error_by_order_statistics])
@pytest.mark.parametrize("case", JUDGES)
def test_general_judges(case, route, key):
    stats, k = Statistics(*case[0]), case[1]
    estimate = route(key, 1, k, stats)
    assert z_score(estimate, JUDGES[case], 2e-6) < THRESHOLD
    assert estimate.stderr < 0.005 * estimate.mean


@pytest.mark.parametrize("case", POINTWISE)
def test_pointwise(case, key):
    a, b, temperature, k = case
    estimate = sims.pointwise_error(
        key, 2**17, k, mean=a, predictive_var=1.0, target=0.0, judge=a - b, temperature=temperature
    )
    assert z_score(estimate, POINTWISE[case]) < THRESHOLD
    assert estimate.stderr < 0.02 * estimate.mean


def test_softmax_of_many_candidates_averaged(key):
    # the reference value is 0.7555556 at k = inf; 1e-2 allows for a 1/k term of up to 2
    estimate = sims.error(key, 1, 200, Statistics(1.0, 0.3, 0.8, 0.1), 0.5714286)
    assert abs(estimate.mean - 0.7555556) < THRESHOLD * estimate.stderr + 1e-2
    assert estimate.stderr < 5e-3


@pytest.mark.parametrize(
    "stats",
    [FOUR, Statistics(1.0, 0.0), Statistics(2.0, 0.0, 0.5), Statistics(1.0, 0.5, 0.5, 0.5)],
    ids=["general", "exact generator", "judge alone errs", "judge is the generator"],
)
def test_two_routes_agree(stats, key):
    one = sims.error(key, 1, CURVE, stats)
    other = sims.error_by_order_statistics(jax.random.key(1), 1, CURVE, stats)
    z = (one.mean - other.mean) / np.hypot(one.stderr, other.stderr)
    assert np.all(np.abs(z) < THRESHOLD)


def test_a_billion_candidates(key):
    """k^2 error tends to 7.024814731 at rho = 0.4 (pi / sqrt(0.2)); the reference is 0.9993 of
    it at 1e6, with a tail ~ k^-1/2: 0.99998 at 1e9."""
    k = np.array([10**6, 10**9])
    estimate = sims.error_by_order_statistics(key, 2**16, k, Statistics.from_rho(0.4))
    law = 7.024814731 / ((k + 1.0) * (k + 2.0))
    assert np.all(z_score(estimate, law * [0.9993, 0.99998], 6e-5) < THRESHOLD)
    assert np.all(estimate.stderr < 5e-4 * estimate.mean)


def test_kl(key):
    estimate = sims.kl_to_base(key, 2**16, np.array([1, 2, 16]))
    assert estimate.mean[0] == 0
    z = (estimate.mean - np.array([0, 0.1931471806, 1.8350887222]))[1:] / estimate.stderr[1:]
    assert np.all(np.abs(z) < THRESHOLD)


@pytest.mark.parametrize("judge", [None, TiedJudge(0.5), TrainedJudge(0.25, 0.25, 1.0), [1.0]])
def test_end_to_end_follows_its_statistics(judge, key):
    """Within 5 %, the finite-size effect at dim = 64, of the averaged error at the statistics that
    the same kind of training sets has."""
    from jtts.sims import regression

    model = MODEL | {"dim": 64, "judge": judge, "teacher": None if judge != [1.0] else [1.1, 0.9]}
    stats = regression.statistics(key, 400, **model).mean
    expected = sims.error(key, 1, np.array([1, 4, 16]), stats)
    estimate = sims.end_to_end_error(jax.random.key(1), 200, np.array([1, 4, 16]), **model)
    allowed = 0.05 * expected.mean + THRESHOLD * np.hypot(estimate.stderr, expected.stderr)
    assert np.all(np.abs(estimate.mean - expected.mean) < allowed)
    assert np.all(estimate.stderr < 0.05 * estimate.mean)


def test_end_to_end_reference(key):
    """Reference values at d = 200, n = 400 at temperature 0; the finite-size gap is below 5 %."""
    expected = np.array([0.600781, 0.084246, 0.008403, 0.000654])
    estimate = sims.end_to_end_error(key, 128, np.array([1, 4, 16, 64]), **MODEL, dim=200)
    assert np.all(np.abs(estimate.mean - expected) < 0.05 * expected + THRESHOLD * estimate.stderr)
    assert int(estimate.count) == 128


def test_end_to_end_sizes_must_fit(key):
    with pytest.raises(InputError, match="whole number"):
        sims.end_to_end_error(key, 1, 4, **MODEL | {"aspect_ratio": 0.3}, dim=64)


@pytest.mark.parametrize(
    "curve",
    [
        lambda key, k: sims.error(key, 1, k, FOUR),
        lambda key, k: sims.error(key, 1, k, FOUR, 0.5),
        lambda key, k: sims.error_by_order_statistics(key, 1, k, FOUR),
        lambda key, k: sims.kl_to_base(key, 4096, k),
        lambda key, k: sims.pointwise_error(
            key, 4096, k, mean=0.5, predictive_var=1.0, target=0.0, judge=0.2
        ),
        lambda key, k: sims.end_to_end_error(key, 1, k, **MODEL, dim=8),
    ],
    ids=["error", "softmax", "order statistics", "kl", "pointwise", "end to end"],
)
def test_a_point_is_the_same_bits_on_any_curve(curve, key):
    whole = curve(key, CURVE.reshape(2, 2))
    assert whole.mean.shape == (2, 2)
    again = curve(key, CURVE[::-1].copy())
    alone = curve(key, 10)
    assert alone.mean.shape == ()
    assert np.array_equal(np.ravel(whole.mean)[::-1], again.mean)
    assert alone.mean == whole.mean[1, 0]
    if alone.count > 1:
        np.testing.assert_allclose(alone.stderr, whole.stderr[1, 0], rtol=1e-12)


def test_one_program_serves_all_values(key):
    for route in (sims.error, sims.error_by_order_statistics):
        route(key, 1, 3, FOUR, 0.0)
        programs = route._jitted._cache_size()
        warm = 0.5 if route is sims.error else 0.0
        for k, temperature in ((4, 0.0), (5, warm), (7, 0.0)):
            route(key, 40 * 4096, k, Statistics.from_rho(0.1 * k) if k > 4 else FOUR, temperature)
        assert route._jitted._cache_size() - programs == 0


@pytest.mark.parametrize(
    ("k", "temperature", "message"),
    [
        (0, 0.0, "k must be a whole number, at least 1, got 0"),
        (2.5, 0.0, "k must be a whole number, at least 1, got 2.5"),
        ([3, -1], 0.0, "k must be a whole number, at least 1, got -1"),
        (2, -0.5, "temperature must be zero or positive, and finite, got -0.5"),
        (2, np.inf, "temperature must be zero or positive, and finite, got inf"),
    ],
)
def test_what_cannot_be_played_is_refused(key, k, temperature, message):
    for simulation in (sims.error, sims.error_by_order_statistics):
        with pytest.raises(InputError, match=message):
            simulation(key, 1, k, FOUR, temperature)


def test_order_statistics_know_only_the_nearest(key):
    with pytest.raises(InputError, match="temperature must be 0"):
        sims.error_by_order_statistics(key, 1, 2, FOUR, 0.5)


def test_explicit_candidates_keep_their_digits(key):
    """(m - r) + s eps, not m + s eps - r: a constant of 1e6 in all of m, r, t changes nothing."""
    point = {"predictive_var": 1.0, "temperature": 0.0}
    near = sims.pointwise_error(key, 1, 1000, mean=0.5, target=0.0, judge=0.0, **point)
    far = sims.pointwise_error(key, 1, 1000, mean=1e6 + 0.5, target=1e6, judge=1e6, **point)
    assert far.mean == near.mean


@pytest.mark.parametrize(
    ("route", "stats", "k", "expected"),
    [
        (sims.error, Statistics.from_rho(0.4), 10, TEACHER[0.4][0]),
        (sims.error_by_order_statistics, Statistics.from_rho(0.6), 100, TEACHER[0.6][1]),
        (sims.error_by_order_statistics, FOUR, 10, 0.2282205744),
    ],
    ids=["explicit", "order statistics", "general judge"],
)
def test_coverage(route, stats, k, expected):
    """Of 200 intervals of 2 standard errors a share of 94.6 % covers (t, 31): band at 1e-6."""
    traced, static = route.bind(k, stats)
    chunk = 256  # smaller chunks than usual: the cost of a test

    def covers(key):
        def one(i):
            return route.chunk_function(jax.random.fold_in(key, i), chunk, **traced).mean

        data = lax.map(one, jnp.arange(32))
        stderr = jnp.std(data, ddof=1) / np.sqrt(32)
        return jnp.abs(jnp.mean(data) - expected) < 2 * stderr

    assert not static
    covered = int(np.sum(jax.jit(jax.vmap(covers))(jax.random.split(jax.random.key(1), 200))))
    share = t.cdf(2, 31) - t.cdf(-2, 31)
    assert binom.ppf(1e-6, 200, share) <= covered <= binom.isf(1e-6, 200, share)


def test_determinism(key):
    one, other = (sims.error(key, 1, CURVE, FOUR, 0.5) for _ in range(2))
    assert np.array_equal(one.mean, other.mean)
    different = sims.error(jax.random.key(1), 1, CURVE, FOUR, 0.5)
    assert not np.any(one.mean == different.mean)
