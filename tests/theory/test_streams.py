"""Prompts on a stream against reference digits, sums of covariances, limits and other drifts."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from scipy import integrate, special, stats

from jtts.arguments import InputError
from jtts.sims import repeated_sampling as simulated
from jtts.theory import repeated_sampling as rs

ERRORS = {  # f, V, m, n, l, N_0, m_0: before, after
    (0.95, 1 / 12, 0.5, 8, 0.5, 0.0, 0.5): (0.017526455026, 0.0095899470899),
    (0.95, 1 / 12, 0.5, 8, 0.8, 2.0, 0.5): (0.021359984323, 0.014746227709),
    (0.99, 0.04, 0.4, 8, 0.9, 2.0, 0.5): (0.0051335099506, 0.0044174660929),
    (0.8, 0.125, 0.5, 4, 0.3, 4.0, 0.3): (0.067244582043, 0.040154798762),
}
BEST = {  # f, V, m, n: best discount, its error, error of the best linear one, l, N_0
    (0.95, 1 / 12, 0.5, 8): (
        0.57290120797, 0.017282087657, 0.016409295462, 0.5314250714, 2.0394249675,
    ),
    (0.99, 1 / 12, 0.5, 8): (
        0.76267056871, 0.0066650584498, 0.0065324874578, 0.75367737578, 1.3742963204,
    ),
    (0.8, 1 / 12, 0.5, 8): (
        0.44722436227, 0.043821409675, 0.038664640249, 0.28012158504, 4.2752256761,
    ),
    (0.999, 0.125, 0.5, 8): (
        0.88216989741, 0.0020970623227, 0.0020882715008, 0.8812248488, 0.57188765865,
    ),
}  # fmt: skip


def tracked(f, v, m, n, discount, strength=0.0, m0=0.5, when="before"):
    return rs.difficulty_tracking_error(discount, f, v, m, n, strength, m0, when)


@pytest.mark.parametrize("point", ERRORS)
def test_tracking_errors(point):
    found = [tracked(*point, when) for when in ("before", "after")]
    np.testing.assert_allclose(found, ERRORS[point], rtol=1e-10)


@pytest.mark.parametrize("point", BEST)
def test_best_linear_prediction(point):
    discount = rs.optimal_discount(*point)
    found = (
        discount,
        tracked(*point, discount),
        rs.best_linear_error(*point),
        rs.best_linear_discount(*point),
        rs.best_linear_prior_strength(*point),
    )
    np.testing.assert_allclose(found, BEST[point], rtol=1e-9)


@pytest.mark.parametrize("point", ERRORS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_double_sums_of_covariances(point, when):
    """The error of weights on visits, the covariance matrix written out."""
    f, v, m, n, discount, strength, m0 = point
    visits = 400
    weight = n / (strength + n / (1 - discount))
    weights = weight * discount ** np.arange(visits)
    ages = np.arange(visits)
    noise = (m * (1 - m) - v) / n
    shown = v * f ** np.abs(ages[:, None] - ages) + noise * np.eye(visits)
    with_rate = v * f ** (ages + (when == "before"))
    bias = (1 - weights.sum()) * (m0 - m)
    direct = weights @ shown @ weights - 2 * weights @ with_rate + v + bias**2
    assert tracked(*point, when) == pytest.approx(direct, rel=1e-11)


@pytest.mark.parametrize("point", BEST)
def test_no_counts_predict_better_than_the_best(point):
    limit = rs.best_linear_error(*point)
    discount, strength = rs.best_linear_discount(*point), rs.best_linear_prior_strength(*point)
    assert tracked(*point, discount, strength, point[2]) == pytest.approx(float(limit), rel=1e-12)
    f, n = point[0], point[3]
    weight = n / (strength + n / (1 - discount))
    assert rs.best_linear_weight(*point) == pytest.approx(float(weight), rel=1e-12)
    random = np.random.default_rng(0).uniform(size=(3, 2000))
    others = tracked(*point, random[0], 10 * random[1] ** 4, random[2])
    assert np.all(others >= limit * (1 - 1e-12))
    assert discount < rs.optimal_discount(*point) <= 1
    assert f > discount


def test_limits_of_the_discount():
    f, v, m, n = point = (0.9, 0.1, 0.4, 4)
    noise = (m * (1 - m) - v) / n
    assert tracked(*point, 0.0) == pytest.approx(noise + 2 * v * (1 - f), rel=1e-14)
    assert tracked(*point, 0.0, when="after") == pytest.approx(noise, rel=1e-14)
    for when in ("before", "after"):
        assert tracked(*point, 1.0, 3.0, 0.9, when) == pytest.approx(v, rel=1e-14)
    # the mean of all visits is best exactly where V (3 f - 1) <= R (1 - f)
    for persistence, at_end in ((0.34, False), (0.33, True)):
        assert (rs.optimal_discount(persistence, v, m, 1e15) == 1) == at_end
    persistence = (noise + v) / (noise + 3 * v)
    assert rs.optimal_discount(persistence + 1e-6, v, m, n) < 1
    assert rs.optimal_discount(persistence - 1e-6, v, m, n) == 1


def test_slow_drift():
    drift, v, m, n = 1e-8, 1 / 12, 0.5, 8
    point = 1 - drift, v, m, n
    noise, q = (m * (1 - m) - v) / n, 2 * v * drift
    discount = rs.optimal_discount(*point)
    root = np.sqrt(q * q + 4 * q * noise)
    assert 1 - discount == pytest.approx((root - q) / (2 * noise), rel=1e-3)
    assert tracked(*point, discount) == pytest.approx((q + root) / 2, rel=1e-3)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_rate_that_drifts_gradually(key, when):
    """Only the mean and the covariances matter: rates that move by small steps, with Beta law.

    p' given p is Beta(a + x, b + k - x) with x ~ Bin(k, p): stationary, and of f = k / (a + b + k).
    """
    a, b, steps, n, discount, trials = 2.0, 3.0, 45, 4, 0.7, 2**12
    f, m = steps / (a + b + steps), a / (a + b)
    v = m * (1 - m) / (a + b + 1)

    def visit(state, key):
        rate, alpha, total = state
        of_step, of_rate, of_rollouts = jax.random.split(key, 3)
        x = jax.random.binomial(of_step, steps, rate, dtype=float)
        rate = jax.random.beta(of_rate, a + x, b + steps - x, dtype=float)
        after = discount * alpha + jax.random.binomial(of_rollouts, n, rate, dtype=float)
        estimate = (alpha if when == "before" else after) * (1 - discount) / n
        return (rate, after, total + (estimate - rate) ** 2), None

    def play(state, key):
        return lax.scan(visit, state, jax.random.split(key, 64))[0]

    first, *keys = jax.random.split(key, 3)
    rate = jax.random.beta(first, a, b, (trials,), float)
    start = rate, jnp.full(trials, m * n / (1 - discount)), jnp.zeros(trials)
    rate, alpha, _ = jax.jit(play)(start, keys[0])
    errors = jax.jit(play)((rate, alpha, jnp.zeros(trials)), keys[1])[2] / 64
    stderr = jnp.std(errors) / np.sqrt(trials)
    assert stderr < 0.02 * errors.mean()
    assert abs(errors.mean() - tracked(f, v, m, n, discount, when=when)) < 4 * stderr


GROUPS = {
    (1, 1, 8): 0.77777777778,
    (0.5, 0.5, 8): 0.60723876953,
    (0.3, 1, 8): 0.49412404787,
    (2, 5, 16): 0.93483709273,
}


@pytest.mark.parametrize("point", GROUPS)
def test_useful_groups(point):
    assert rs.useful_group(*point) == pytest.approx(GROUPS[point], abs=1e-11)
    a, b, n = point
    failed = rs.failure_at_k(n, rs.Beta(a, b))
    assert rs.useful_group(*point) == pytest.approx(1 - failed - rs.all_pass_at_k(n, a, b))


def test_uniform_rates_and_groups_of_one():
    n = np.array([1, 2, 3, 100])
    np.testing.assert_allclose(rs.useful_group(1, 1, n), (n - 1) / (n + 1), rtol=1e-13)


CHOSEN = {  # a, b, N, n, M, B
    (1, 1, 8, 8, 16, 1): 0.9122284876,
    (0.5, 0.5, 8, 8, 16, 4): 0.85769139003,
    (0.3, 1, 8, 8, 32, 8): 0.84171831122,
    (0.5, 0.5, 32, 8, 16, 4): 0.94027152426,
    (0.5, 0.5, 400, 8, 16, 4): 0.965196961571,
}


@pytest.mark.parametrize("point", CHOSEN)
def test_chosen_groups(point):
    assert rs.selected_useful_group(*point) == pytest.approx(CHOSEN[point], abs=1e-10)


def test_rollouts_saved():
    assert rs.rollouts_saved(0.5, 0.5, 8, 8, 16, 4) == pytest.approx(0.292, abs=5e-4)
    assert rs.rollouts_saved(0.3, 1, 8, 8, 32, 8) == pytest.approx(0.413, abs=5e-4)
    assert rs.rollouts_saved(0.3, 1.0, 8, 1, 32, 8) == 0


def test_prompts_never_seen_are_taken_at_random():
    found = rs.selected_useful_group(0.3, 1.7, 0, 8, np.array([5, 20, 1000]), np.array([1, 4, 999]))
    np.testing.assert_allclose(found, rs.useful_group(0.3, 1.7, 8), rtol=1e-9)
    every = rs.selected_useful_group(0.3, 1.7, 12, 8, 20, 20)
    assert every == pytest.approx(float(rs.useful_group(0.3, 1.7, 8)), rel=1e-9)


def test_prompts_seen_often_are_known():
    """As N grows the share tends to that of known rates, which an integral has."""
    law = stats.beta(0.5, 0.5)

    def worth(d):
        near = law.cdf(0.5 + abs(d - 0.5)) - law.cdf(0.5 - abs(d - 0.5))
        return law.pdf(d) * special.betainc(12, 4, 1 - near) * (1 - d**8 - (1 - d) ** 8)

    known = 16 / 4 * 2 * integrate.quad(worth, 1e-15, 0.5, epsabs=1e-12, limit=400)[0]
    assert known == pytest.approx(0.967222725143, abs=1e-7)
    gaps = [known - rs.selected_useful_group(0.5, 0.5, n, 8, 16, 4) for n in (250, 500, 1000)]
    assert gaps[0] > gaps[1] > gaps[2] > 0
    assert gaps[1] / gaps[2] == pytest.approx(2, rel=0.05)  # 1 / N


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tracked(0.9, 0.2, 0.2, 8, 0.5), r"variance must be at most mean \(1 - mean\)"),
        (lambda: tracked(1.0, 0.1, 0.5, 8, 1.0), "discount and persistence must not both be 1"),
        (lambda: tracked(0.9, 0.1, 0.5, 0, 0.5), "rollouts must be between 1 and 1e.15, got 0"),
        (lambda: tracked(0.9, 0.1, 0.5, 8, 0.5, when="now"), "when must be one of before, after"),
        (lambda: rs.optimal_discount(1.0, 0.1, 0.5, 8), "persistence must be at least 0 and below"),
        (lambda: rs.best_linear_error(0.9, 0.25, 0.5, 8), "variance must be at most 0.999 mean"),
        (lambda: rs.useful_group(0.0, 1.0, 8), "a must be positive"),
        (
            lambda: rs.selected_useful_group(1.0, 1.0, 8, 8, 4, 5),
            "batch must be at most candidates",
        ),
        (lambda: rs.rollouts_saved(1.0, 1.0, 0.5, 8, 8, 4), "seen must be a whole number"),
        (
            lambda: simulated.difficulty_tracking_error(
                jax.random.key(0), 8, 1.0, 0.9, 0.1, 0.5, 8
            ),
            "a memory must be below 1",
        ),
        (
            lambda: simulated.difficulty_tracking_error(
                jax.random.key(0), 8, 0.5, 0.9, 0.3, 0.5, 8
            ),
            r"variance must be below mean \(1 - mean\)",
        ),
        (
            lambda: simulated.selected_useful_group(jax.random.key(0), 8, 1.0, 1.0, 8, 8, 4, 5),
            "batch must be at most candidates",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
