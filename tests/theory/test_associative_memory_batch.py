"""Batch and many-pass limits: exact forms, reference digits, independent oracles."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from jtts.arguments import InputError
from jtts.theory import associative_memory as am
from jtts.theory.associative_memory.kaczmarz import random_keys
from jtts.theory.associative_memory.marchenko_pastur import spectral_average


def spectrum(load, function):
    """Integral over the Marchenko-Pastur density by adaptive quadrature, zeros included."""
    low, high = (1 - load**0.5) ** 2, (1 + load**0.5) ** 2
    middle, half = (high + low) / 2, (high - low) / 2

    def inside(angle):
        s = middle + half * np.cos(angle)
        return function(s) * (half * np.sin(angle)) ** 2 / (2 * np.pi * load * s)

    return quad(inside, 0, np.pi, epsabs=1e-13, limit=500)[0] + max(0, 1 - 1 / load) * function(0.0)


def narayana(order, load):
    """Sum of the Narayana numbers with powers of the load, in whole numbers and 50 digits."""
    with mp.workdps(50):
        numbers = [
            mp.binomial(order, k) * mp.binomial(order, k - 1) / order for k in range(1, order + 1)
        ]
        return float(mp.fsum(c * mp.mpf(load) ** k for k, c in enumerate(numbers)))


def test_reference_digits():
    np.testing.assert_allclose(am.least_squares_error(60, 40), 1 / 3, rtol=1e-14)
    np.testing.assert_allclose(am.ridge_error(0.5, 0.3), 0.1286186, atol=6e-8)
    np.testing.assert_allclose(am.noise_gain(100, 200), 1.0, rtol=1e-14)
    np.testing.assert_allclose(am.noise_gain(100, 200, keys="gauss"), 1.010101, atol=6e-7)
    errors = am.gradient_descent_error(0.5, 0.5, np.array([5, 20]))
    np.testing.assert_allclose(errors, [0.0867672, 0.0058517], rtol=0, atol=6e-8)


@pytest.mark.parametrize("load", [0.01, 0.25, 0.95, 0.999, 1.0, 1.03, 2.0, 40.0])
def test_ridge_and_descent_by_quadrature(load):
    for ridge in (1e-3, 0.3, 50.0):
        expected = spectrum(load, lambda s: (ridge / (s + ridge)) ** 2)  # noqa: B023
        np.testing.assert_allclose(am.ridge_error(load, ridge), expected, rtol=1e-9, atol=1e-11)
    for step, num_steps in ((0.02, 1), (0.2, 7), (0.03, 200)):
        expected = spectrum(load, lambda s: (1 - step * s) ** (2 * num_steps))  # noqa: B023
        found = am.gradient_descent_error(load, step, num_steps)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_ridge_keeps_its_digits():
    """Against the derivative of the transform in 60 digits, at ridges down to 1e-12."""
    with mp.workdps(60):
        for load in (1e-3, 0.5, 0.999999, 1.0, 1.000001, 3.0, 1e3):
            for ridge in (1e-12, 1e-4, 1.0, 1e6):
                a, x = mp.mpf(load), mp.mpf(ridge)
                b = x + 1 - a
                r = mp.sqrt(b**2 + 4 * a * x)
                u = (r - b) / (2 * a)
                exact = u - x * (1 - u) / r
                assert abs(float(am.ridge_error(load, ridge)) / float(exact) - 1) < 1e-12


def test_ridge_has_least_squares_and_nothing_as_its_ends():
    loads = np.array([0.3, 1.0, 2.0, 50.0])
    expected = np.maximum(0, 1 - 1 / loads)
    np.testing.assert_allclose(am.ridge_error(loads, 0.0), expected, atol=1e-15)
    np.testing.assert_allclose(am.ridge_error(loads, 1e12), 1.0, rtol=1e-9)
    descended = am.gradient_descent_error(loads[[0, 2]], 0.3, 5000)
    np.testing.assert_allclose(descended, expected[[0, 2]], atol=1e-12)


@pytest.mark.parametrize("load", [0.25, 1.0, 3.0])
def test_one_step_of_descent_is_a_hebbian_write(load):
    """Exactly 1 - 2 eta + eta^2 (1 + (N - 1)/d), here in a large memory."""
    step = np.array([0.05, 0.3])
    error = am.gradient_descent_error(load, step, 1)
    np.testing.assert_allclose(error, am.gain_error(step, 1e12 * load, 1e12), rtol=1e-11)
    assert am.gradient_descent_error(load, 0.3, 0) == pytest.approx(1, abs=1e-13)


@pytest.mark.parametrize("load", [0.25, 0.99, 1.0, 1.01, 4.0])
def test_moments_are_narayanas(load):
    one = jnp.asarray([load])
    for order in (1, 2, 4, 8, 30):
        moment = spectral_average(one, lambda s, order=order: s**order)
        np.testing.assert_allclose(moment, narayana(order, load), rtol=1e-12)


def test_noise_gain_of_drawn_memories():
    """E tr (K K^T)^-1 / d over many matrices, with margins that have a variance."""
    rng = np.random.default_rng(0)
    for keys, num_pairs in (("gauss", 5), ("gauss", 20), ("sphere", 5)):
        rows = rng.normal(size=(20_000, num_pairs, 12))
        rows /= 12**0.5 if keys == "gauss" else np.linalg.norm(rows, axis=-1, keepdims=True)
        gains = np.sum(np.linalg.pinv(rows) ** 2, (-1, -2)) / 12
        stderr = gains.std() / len(gains) ** 0.5
        expected = float(am.noise_gain(num_pairs, 12, keys=keys))
        assert abs(gains.mean() - expected) < 5 * stderr
        assert stderr < 0.01 * expected


def test_noise_gain_where_it_has_no_mean_or_no_formula():
    assert np.all(np.isinf(am.noise_gain(np.array([31, 32, 33]), 32, keys="gauss")))
    assert np.all(np.isinf(am.noise_gain(np.array([31, 32]), 32)))
    assert np.isnan(am.noise_gain(33, 32))
    assert np.isnan(am.noise_gain(64, 32))


def test_random_order_by_enumeration():
    """All 3^4 orders of three keys, averaged exactly."""
    rows, strength = random_keys(5, 3, 4), 0.7
    total = 0.0
    for order in np.ndindex(3, 3, 3, 3):
        residual = np.eye(3)  # rows: pairs, columns: unit values
        for index in order:
            residual = residual - strength * np.outer(rows @ rows[index], residual[index])
        total += np.sum(residual**2) / 3
    np.testing.assert_allclose(am.kaczmarz_error(4, strength, rows), total / 81, rtol=1e-13)


def random_order_in_key_space(rows, num_steps, moment):
    """Training error, strength 1, from E e e^T of the error of the weights, first `moment`."""
    square = rows.T @ rows
    for _ in range(num_steps):
        quarter = np.einsum("ni,ij,nj->n", rows, moment, rows)
        moment = moment + ((rows.T * quarter) @ rows - square @ moment - moment @ square) / len(
            rows
        )
    return np.trace(rows @ moment @ rows.T) / len(rows)


def test_random_order_reference():
    """Values of a random teacher, 20 keys in 40 dimensions, 60 steps: 0.0638(31) simulated."""
    errors = []
    for seed in range(40):
        rows = random_keys(seed, 20, 40)
        solution = np.linalg.pinv(rows)
        found = random_order_in_key_space(rows, 60, solution @ solution.T)
        np.testing.assert_allclose(am.kaczmarz_error(60, 1.0, rows), found, rtol=1e-10)
        errors.append(random_order_in_key_space(rows, 60, np.eye(40)))
    assert abs(np.mean(errors) - 0.0638) < 5 * np.hypot(0.0031, np.std(errors) / 40**0.5)


def test_random_order_is_bounded_and_tight_for_orthonormal_keys():
    for seed in range(5):
        rows = random_keys(seed, 6, 9)
        smallest, largest = np.linalg.eigvalsh(rows @ rows.T)[[0, -1]]
        moment = np.linalg.inv(rows @ rows.T)  # E |W*|^2 = trace for values of unit power
        distance = np.trace(moment)
        left = float(am.kaczmarz_error(30, 1.3, rows)) * 6 / largest  # at most the distance left
        assert left / distance <= 1 - float(am.kaczmarz_progress(30, 1.3, 6, smallest))
    exact = 1 - am.kaczmarz_error(30, 1.3, np.eye(6))
    np.testing.assert_allclose(am.kaczmarz_progress(30, 1.3, 6, 1.0), exact, rtol=1e-12)


def test_steps_not_known_before_tracing():
    rows = random_keys(1, 4, 5)
    traced = jax.jit(lambda n: am.kaczmarz_error(n, 0.5, rows))
    assert float(traced(17.0)) == pytest.approx(float(am.kaczmarz_error(17, 0.5, rows)), rel=1e-13)
    assert np.isnan(traced(2000.0))
    grid = am.kaczmarz_error(np.arange(4), np.array([[0.5], [1.0]]), rows)
    assert grid.shape == (2, 4)
    np.testing.assert_allclose(grid[:, 0], 1.0, rtol=1e-15)


def test_slots_and_their_flow():
    angle = np.array([0.3, 1.2, 2.5])
    for step in (0.2, 1.0):
        turned = np.cos(angle - np.arctan(step * np.sin(angle)))
        np.testing.assert_allclose(am.slot_overlap(np.cos(angle), step), turned, rtol=1e-13)
    later = 2 * np.arctan(np.tan(angle / 2) * np.exp(-1.7))
    np.testing.assert_allclose(am.slot_flow(np.cos(angle), 1.7), np.cos(later), rtol=1e-12)
    assert am.slot_flow(-1.0, 3.0) == -1.0


def test_oja_flow_against_integration():
    spectrum, initial = np.array([1.5, 0.7, 0.2]), np.array([0.1, -0.8, 1.2])
    path = solve_ivp(
        lambda _, w: spectrum * w - w @ (spectrum * w) * w, (0, 3), initial, rtol=1e-11, atol=1e-12
    )
    np.testing.assert_allclose(am.oja_flow(3.0, spectrum, initial), path.y[:, -1], rtol=1e-8)
    late = am.oja_flow(1e5, spectrum, initial)
    np.testing.assert_allclose(late, [1, 0, 0], atol=1e-12)


def test_a_sliding_threshold_selects_one_input():
    weights = np.random.default_rng(2).uniform(0.2, 1, 6)
    for _ in range(4000):
        weights = weights + 0.1 * weights * (weights - np.mean(weights**2))
    np.testing.assert_allclose(np.sort(weights), [0] * 5 + [am.bcm_response(6)], atol=1e-10)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: am.ridge_error(1.5 * x, x),
        lambda x: am.gradient_descent_error(x, 0.2 * x, 6.0),
        lambda x: am.gradient_descent_error(1.3 * x, 0.2 * x, 6.0),
        lambda x: am.noise_gain(4 * x, 20.0 * x, keys="gauss"),
        lambda x: am.kaczmarz_error(5, x, random_keys(1, 3, 4) * x),
        lambda x: am.kaczmarz_progress(5.0, x, 3, x),
        lambda x: am.slot_overlap(x, x),
        lambda x: am.slot_flow(x, x),
        lambda x: am.oja_flow(x, x * jnp.array([1.0, 0.5]), x * jnp.array([0.4, 0.3]))[0],
    ],
)
def test_gradients_are_slopes_under_jit_and_vmap(call):
    x = jnp.array([0.7, 0.8])
    step = 1e-5
    slope = [(call(y + step) - call(y - step)) / (2 * step) for y in x]
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.grad(call)))(x), slope, rtol=1e-6, atol=1e-8)


def test_large_grids_are_mapped():
    grid = am.gradient_descent_error(np.linspace(0.1, 3, 100), np.linspace(0, 0.2, 100)[:, None], 9)
    assert grid.shape == (100, 100)
    one = am.gradient_descent_error(3.0, 0.2, 9)
    np.testing.assert_allclose(grid[-1, -1], one, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: am.ridge_error(0.0, 1.0), "load must be positive"),
        (lambda: am.ridge_error(1.0, -1.0), "ridge must be at least 0"),
        (
            lambda: am.gradient_descent_error(1.0, 0.1, -1),
            "num_steps must be a whole number, at least 0",
        ),
        (lambda: am.noise_gain(8, 16, keys="rad"), "keys must be one of sphere, gauss"),
        (lambda: am.least_squares_error(0, 8), "num_pairs must be between 1 and"),
        (lambda: am.kaczmarz_error(1.5, 1.0, np.eye(2)), "num_steps must be a whole number"),
        (lambda: am.kaczmarz_error(1, 1.0, np.ones(2)), "rows must be"),
        (lambda: am.kaczmarz_progress(1, 2.5, 2, 1.0), "strength must be between 0 and 2"),
        (lambda: am.slot_overlap(1.5, 0.1), "overlap must be between -1 and 1"),
        (lambda: am.oja_flow(1.0, [1.0, 2.0], [0.5]), "initial must have an entry"),
        (lambda: am.bcm_response(0), "num_inputs must be a whole number, at least 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
