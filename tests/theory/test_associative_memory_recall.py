"""Hebbian, decayed and delta-rule recall: reference digits, recursions, limits."""

import itertools

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import associative_memory as am
from jtts.theory.associative_memory.geometric import triple_sum

ONE_PASS = {  # keys, decay, erase, write: error of the pairs 1, 12 and 24 of 24, and of all; d = 16
    ("sphere", 1.0, 0.0, 1.0): (1.4375, 1.4375, 1.4375, 1.4375),
    ("sphere", 1.0, 1.0, 1.0): (1.3863745334, 0.9677026633, 0, 0.8524052196),
    ("sphere", 1.0, 0.5, 0.5): (0.8016472377, 0.6099747738, 0.3057106695, 0.5829779774),
    ("sphere", 0.95, 0.0, 1.0): (1.0602235830, 0.7793928745, 0.5238733395, 0.7728383840),
    ("sphere", 0.95, 0.8, 0.8): (1.1131487969, 0.8283087284, 0.0493051794, 0.7232584743),
    ("sphere", 1.0, 0.3, 1.0): (1.1606455832, 0.8842602725, 0.5046960349, 0.8566156582),
    ("gauss", 1.0, 1.0, 1.0): (1.4553622737, 1.0719983646, 0.2545883374, 0.9784284246),
    ("gauss", 1.0, 0.5, 0.5): (0.8139668789, 0.6273781658, 0.3326736296, 0.6013735566),
    ("gauss", 0.95, 0.0, 1.0): (1.0720321135, 0.8158915026, 0.6488733395, 0.8217028289),
    ("gauss", 0.95, 0.8, 0.8): (1.1212909718, 0.8438268734, 0.1439039147, 0.7507091171),
    ("gauss", 1.0, 0.3, 1.0): (1.2223360001, 0.9570310525, 0.5933597991, 0.9306208130),
}
DELTA = {"erase": 1.0, "write": 1.0}


def strengths(case):
    keys, decay, erase, write = case
    return {"decay": decay, "erase": erase, "write": write, "keys": keys}


@pytest.mark.parametrize("case", ONE_PASS)
def test_one_pass_reference(case):
    errors = am.recall_error(np.array([23, 12, 0]), 24, 16, **strengths(case))
    np.testing.assert_allclose(errors, ONE_PASS[case][:3], rtol=0, atol=6e-11)
    mean = am.mean_recall_error(24, 16, **strengths(case))
    np.testing.assert_allclose(mean, ONE_PASS[case][3], rtol=0, atol=6e-11)


@pytest.mark.parametrize(
    ("dim", "num_pairs", "value"),
    [
        (64, 16, 0.1345280376),
        (64, 32, 0.2923396835),
        (64, 64, 0.5982023489),
        (64, 128, 1.0583313250),
        (256, 64, 0.1391825500),
        (256, 256, 0.5998882282),
    ],
)
def test_mean_error_of_the_delta_rule_reference(dim, num_pairs, value):
    error = am.mean_recall_error(num_pairs, dim, **DELTA)
    np.testing.assert_allclose(error, value, rtol=0, atol=6e-11)


def exact_moments(num_pairs, dim, decay, erase, write, keys, age):
    """The moments of the memory followed step by step in 50 digits.

    For rotation-invariant keys the vector y = (product of later writes) q of a fixed unit x and q
    has E|y|^2 and E(x.y)^2 that close on themselves.
    """
    b, d = mp.mpf(erase), mp.mpf(dim)
    fourth = mp.mpf(1) if keys == "sphere" else 1 + 2 / d
    sixth = mp.mpf(1) if keys == "sphere" else (1 + 2 / d) * (1 + 4 / d)
    pair = fourth / (d * (d + 2))  # E k_i k_j k_k k_l = pair (three pairings)
    length, overlap, mean = mp.mpf(1), mp.mpf(1), mp.mpf(1)  # of y, in units of |q|^2, x = q/|q|
    noise = mp.mpf(0)
    for _ in range(age):  # y <- (I - b k k^T) y, the newest write acts on q first
        noise += length / d
        length, overlap = (
            decay**2 * (length * (1 - 2 * b / d + b**2 * fourth / d)),
            decay**2 * (overlap * (1 - 2 * b / d) + b**2 * pair * (2 * overlap + length)),
        )
        mean *= decay * (1 - b / d)
    # the pair itself: q = k_i; E|k|^2 = 1, so that x.y -> weights by E|k|^4, E|k|^6
    signal, power = write * mean, write**2 * (fourth * overlap + noise)
    left = decay**2 * (length - 2 * b * fourth * overlap + b**2 * sixth * overlap)
    for _ in range(num_pairs - 1 - age):
        power += write**2 * left / d
        left *= decay**2 * (1 - 2 * b / d + b**2 * fourth / d)
    return 1 - 2 * signal + power


@pytest.mark.parametrize("keys", ["sphere", "gauss"])
@pytest.mark.parametrize("strength", [(1.0, 1.0, 1.0), (0.9, 1.7, 0.4), (0.99, 1e-7, 1.0)])
def test_one_pass_against_a_recursion_in_50_digits(keys, strength):
    with mp.workdps(50):
        decay, erase, write = map(mp.mpf, strength)
        for num_pairs, dim, age in [(1, 2, 0), (7, 3, 2), (400, 100, 150), (40, 10**6, 39)]:
            exact = exact_moments(num_pairs, dim, decay, erase, write, keys, age)
            error = am.recall_error(
                age, num_pairs, dim, decay=strength[0], erase=strength[1], write=strength[2],
                keys=keys,
            )  # fmt: skip
            assert abs(float(float(error) - exact)) < 1e-13


@pytest.mark.parametrize(
    ("num_pairs", "dim", "erase"),
    [
        (10**5, 100, 1.0),
        (10**5, 10**8, 1.0),
        (3, 10**8, 0.5),
        (1000, 10**4, 2.0),
        (10**4, 50, 1e-9),
    ],
)
def test_mean_error_is_the_mean_of_errors(num_pairs, dim, erase):
    for decay, keys in itertools.product((1.0, 0.999), ("sphere", "gauss")):
        memory = {"decay": decay, "erase": erase, "write": 0.7, "value_noise": 0.3, "keys": keys}
        errors = am.recall_error(np.arange(num_pairs), num_pairs, dim, **memory)
        mean = am.mean_recall_error(num_pairs, dim, **memory)
        np.testing.assert_allclose(mean, np.mean(errors), rtol=0, atol=1e-12)


def test_triple_sum_is_the_sum():
    n = 9
    for a, b in [(1.0, 1.0), (0.999, 1.0), (0.9, 0.99), (0.5, 0.2), (1.2, 0.7), (0.3, 0.3)]:
        exact = sum(a**i * b**j for i in range(n) for j in range(n) if i + j <= n - 2)
        found = triple_sum(jnp.log(a), jnp.log(b), float(n))
        np.testing.assert_allclose(found, exact, rtol=1e-13)


def test_rademacher_keys_recall_as_sphere_keys_until_something_is_erased():
    memory = {"decay": 0.9, "write": 1.3}
    one, other = (am.recall_error(3, 20, 16, keys=k, **memory) for k in ("rad", "sphere"))
    assert one == other
    with pytest.raises(InputError, match="keys must be sphere or gauss where erase is not 0"):
        am.recall_error(3, 20, 16, erase=0.5, keys="rad")
    traced = jax.jit(lambda b: am.recall_error(3, 20, 16, erase=b, keys="rad"))
    assert np.isnan(traced(0.5))
    assert not np.isnan(traced(0.0))


def test_pairs_never_written_and_memories_that_never_settle():
    assert np.isnan(am.recall_error(24, 24, 16))
    assert np.isnan(am.stream_error(3, 16))  # Hebbian
    assert np.isnan(am.stream_error(3, 16, erase=2.5, write=2.5))
    assert np.isnan(am.teacher_excess_error(8, 1.7, 1.0, keys="gauss"))


def test_delta_rule_in_a_long_stream():
    """2/(2 - beta) - 2 beta (1 - beta/d)^a on the sphere."""
    age, beta = np.arange(50), 0.7
    expected = 2 / (2 - beta) - 2 * beta * (1 - beta / 16) ** age
    error = am.stream_error(age, 16, erase=beta, write=beta)
    np.testing.assert_allclose(error, expected, rtol=1e-13)


def test_strength_and_one_pass_reference():
    for delay, value in {0.1: 0.9009804864, 0.5: 2 - 2**0.5, 1: (3 - 5**0.5) / 2}.items():
        np.testing.assert_allclose(am.optimal_strength(delay), value, rtol=1e-10)
    np.testing.assert_allclose(am.optimal_strength(2.0), 0.2192235936, atol=6e-11)
    loads = [0.25, 0.5, 1.0, 2.0]
    limits = [0.1406859749, 0.2968944162, 0.6004235991, 1.0585098222]
    np.testing.assert_allclose(am.one_pass_error(np.array(loads)), limits, rtol=0, atol=6e-11)
    np.testing.assert_allclose(am.one_pass_crossing(), 0.6606592614, atol=6e-11)


def test_one_pass_error_keeps_its_digits_at_small_load():
    with mp.workdps(60):
        for load in (1e-9, 1e-3, 0.3, 0.499999, 0.500001, 3.0):
            x = mp.mpf(load)
            exact = (2 * x - 2 + (3 - x) * mp.exp(-x) - mp.exp(-2 * x)) / x
            assert abs(am.one_pass_error(load) / float(exact) - 1) < 1e-13


def test_best_decay_beats_its_neighbours_by_the_whole_noise():
    age = np.array([1.0, 5.0, 40.0])
    best = am.optimal_decay(age)
    noise = am.decayed_noise(age, 64, best)
    np.testing.assert_allclose(noise, ((age + 1) ** (age + 1) / age**age - 1) / 64, rtol=1e-12)
    np.testing.assert_allclose(noise[-1], np.e * 40.5 / 64, rtol=0.01)


@pytest.mark.parametrize("num_values", [1, 2, 5, 16, 300])
def test_cosine_is_gauss_hypergeometric(num_values):
    noise = np.array([1e-6, 0.1, 1.0, 30.0, 1e4])
    rho = 1 / np.sqrt(1 + noise)
    with mp.workdps(30):
        expected = [
            float(
                r * 2 / mp.mpf(num_values)
                * (mp.gamma(mp.mpf(num_values + 1) / 2) / mp.gamma(mp.mpf(num_values) / 2)) ** 2
                * mp.hyp2f1(0.5, 0.5, mp.mpf(num_values + 2) / 2, r**2)
            )
            for r in rho
        ]  # fmt: skip
    np.testing.assert_allclose(am.noisy_cosine(noise, num_values), expected, rtol=1e-12)


def test_cosine_special_values():
    np.testing.assert_allclose(am.noisy_cosine(0.0, 7), 1.0, rtol=1e-14)
    rho = 0.6
    one = am.noisy_cosine(rho**-2 - 1, 1)
    np.testing.assert_allclose(one, 2 / np.pi * np.arcsin(rho), rtol=1e-12)
    np.testing.assert_allclose(am.mean_cosine(0.5, 16), 0.80732, atol=6e-6)
    np.testing.assert_allclose(am.noisy_cosine(0.5, 1e9), 1.5**-0.5, rtol=1e-8)


def test_hebbian_reference():
    """Simulated references are held in tests/sims."""
    assert am.gain_error(1.0, 33, 64) == 0.5
    assert am.gain_error(1.0, 33, 64, keys="gauss") == 0.53125
    assert am.gain_error(1.0, 33, 64, keys="rad") == 0.5
    np.testing.assert_allclose(am.correlated_key_error(20, 64, 0.2), 0.9530159, atol=6e-8)
    np.testing.assert_allclose(am.noisy_query_error(20, 64, 0.49), 0.45, rtol=1e-14)
    np.testing.assert_allclose(am.absolute_crosstalk(9, 64), 0.8010073, atol=6e-8)
    gain = am.best_gain(33, 64)
    np.testing.assert_allclose(am.gain_error(gain, 33, 64), 32 / (32 + 64), rtol=1e-14)


def test_teacher():
    """The second term is (1 - kappa^t) s^2 beta d / (2 - beta) on the sphere."""
    kept = (1 - 0.7 * 1.3 / 20) ** 40
    noise = (1 - kept) * 0.25 * 0.7 * 20 / 1.3
    for initial in (0.0, 20.0):
        error = am.teacher_weight_error(40, 20, 0.7, 0.25, initial=initial)
        np.testing.assert_allclose(error, kept * initial + noise, rtol=1e-13)
    assert am.teacher_excess_error(8, 1.0, 0.5) == 0.5


@pytest.mark.parametrize(
    "call",
    [
        lambda x: am.recall_error(3.0, 20.0, 16.0, decay=x, erase=x, write=x),
        lambda x: am.mean_recall_error(20.0, 16.0, decay=x, erase=x, write=x, keys="gauss"),
        lambda x: am.mean_recall_error(20.0, 16.0 * x, erase=x - 0.5, write=1.0, decay=1.0),
        lambda x: am.stream_error(3.0, 16.0, erase=x, write=x),
        lambda x: am.noisy_cosine(x, 5.0 * x),
        lambda x: am.optimal_strength(x),
        lambda x: am.one_pass_error(x),
        lambda x: am.teacher_weight_error(5.0, 9.0, x, x),
        lambda x: am.correlated_key_error(10.0, 9.0, x, mean_value=x),
    ],
)
def test_gradients_are_slopes_under_jit_and_vmap(call):
    x = jnp.array([0.7, 0.8])
    step = 1e-5
    slope = (call(x + step) - call(x - step)) / (2 * step)
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.grad(call)))(x), slope, rtol=1e-6, atol=1e-8)


def test_grids_broadcast():
    grid = am.recall_error(np.arange(5), np.array([[8], [9]]), 16, **DELTA)
    assert grid.shape == (2, 5)
    np.testing.assert_allclose(grid[1, 3], am.recall_error(3, 9, 16, **DELTA), rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: am.recall_error(0, 8, 8, keys="cube"), "keys must be one of"),
        (lambda: am.recall_error(-1, 8, 8), "age must be zero or positive"),
        (lambda: am.recall_error(0, 0, 8), "num_pairs must be between 1"),
        (lambda: am.recall_error(0, 8, 0.5), "dim must be between 1"),
        (lambda: am.recall_error(0, 8, 8, decay=0.0), "decay must be positive"),
        (lambda: am.recall_error(0, 8, 8, erase=-1.0), "erase must be zero or positive"),
        (lambda: am.stream_misalignment(1.0, 2.0), "strength must be above 0 and below 2"),
        (lambda: am.decayed_noise(1, 8, 1.0), "decay must be above 0 and below 1"),
        (lambda: am.correlated_key_error(8, 8, 1.5), "key_overlap must be between 0 and 1"),
        (lambda: am.correlated_key_error(8, 1, 0.5), "dim must be between 2"),
        (lambda: am.noisy_cosine(-1.0, 4), "noise must be zero or positive"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
