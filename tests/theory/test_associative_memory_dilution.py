"""Softmax read-out: reference digits, quadrature in many digits, integrated flows, limits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from jtts.arguments import InputError
from jtts.theory import associative_memory as am
from jtts.theory.associative_memory import race
from jtts.theory.associative_memory.query_update import wright_omega

SOFTMAX = {2.0: (67.05548193, 0.09925585), 6.0: (109.58450162, 0.78639052),
           12.0: (525.63691262, 0.99678077)}  # fmt: skip
FLOW = {1.0: (-3.91823350, 0.01948881), 4.0: (-1.19734828, 0.23194728),
        8.0: (0.82553889, 0.69541083), 20.0: (2.53273792, 0.92640524)}  # fmt: skip
START = 2 - np.log(999.0)


@pytest.mark.parametrize("beta", SOFTMAX)
def test_softmax_reference(beta):
    partition, mass = SOFTMAX[beta]
    np.testing.assert_allclose(am.partition_function(32, 64, beta), partition, rtol=0, atol=6e-9)
    np.testing.assert_allclose(am.needle_mass(32, 64, beta), mass, rtol=0, atol=6e-9)


def test_gaussian_reference():
    sd = np.array([2.0, 6.0, 12.0]) / 32**0.5
    expected = [67.063151, 110.568443, 597.727358]
    np.testing.assert_allclose(am.gaussian_partition_function(64, sd), expected, atol=6e-7)


@pytest.mark.parametrize("dim", [2, 3, 5, 32, 1000, 10_000])
def test_partition_function_is_a_bessel_function(dim):
    with mp.workdps(30):
        for beta in (1e-3, 1.0, 10.0, 100.0, 600.0):
            half = mp.mpf(dim) / 2
            exact = mp.gamma(half) * (2 / mp.mpf(beta)) ** (half - 1) * mp.besseli(half - 1, beta)
            assert abs(am.partition_function(dim, 2, beta) / float(exact) - 1) < 1e-12


def test_partition_function_does_not_overflow_in_the_mass():
    assert am.partition_function(2, 10, 1e3) == np.inf
    assert 0 < am.needle_mass(2, 10, 1e3) < 1


def passing(level, dim, beta):
    """P(beta c + G > level) by quadrature between points close to where the integrand bends."""
    edges = [mp.acos((level + x) / beta) for x in range(-30, 11) if abs(level + x) < beta]
    edges = sorted([*edges, *(mp.pi * k / 16 for k in range(17))])
    total = mp.quad(
        lambda t: mp.sin(t) ** (dim - 2) * (1 - mp.exp(-mp.exp(beta * mp.cos(t) - level))), edges
    )
    half = mp.mpf(dim) / 2
    return total * mp.gamma(half) / (mp.sqrt(mp.pi) * mp.gamma(half - mp.mpf(1) / 2))


@pytest.mark.parametrize(
    ("dim", "beta", "level"),
    [(2, 1, 0), (2, 50, 45), (3, 5, -3), (8, 30, 25), (32, 100, 60), (128, 128, 60)],
)
def test_one_key_passing_a_level(dim, beta, level):
    with mp.workdps(25):
        exact = float(mp.log(passing(mp.mpf(level), dim, mp.mpf(beta))))
    found = race.log_passing(jnp.array([float(level)]), float(dim), float(beta))[0]
    assert abs(found - exact) < 3e-12


@pytest.mark.parametrize("beta", [0.5, 3.0, 20.0])
def test_averages_over_uniform_overlaps(beta):
    """In three dimensions an overlap is uniform on [-1, 1]: integrals by other means."""
    mass = mp.quad(lambda c: 1 / (1 + mp.exp(beta * (c - 1))), mp.linspace(-1, 1, 21)) / 2
    assert abs(am.mean_needle_mass(3, 2, beta) - float(mass)) < 1e-13
    assert abs(am.mean_log_partition(3, 2, beta)) < 1e-12
    log_partition = mp.quad(
        lambda a: mp.quad(lambda b: mp.log(mp.exp(beta * a) + mp.exp(beta * b)), [-1, a, 1]),
        [-1, 0, 1],
    )
    assert abs(am.mean_log_partition(3, 3, beta) - float(log_partition) / 4) < 1e-12


def test_infinite_temperature():
    np.testing.assert_allclose(am.mean_needle_mass(32, np.array([2, 64, 10**6]), 0.0),
                               1 / np.array([2, 64, 10**6]), rtol=1e-10)  # fmt: skip
    np.testing.assert_allclose(am.mean_log_partition(32, 64, 0.0), np.log(63), rtol=1e-12)


def test_the_annealed_mass_is_below_the_mean_and_tight_for_many_keys():
    beta = np.linspace(0.0, 40.0, 9)[:, None]
    num_keys = np.array([4, 100, 10**5])
    mean, bound = (
        am.mean_needle_mass(16, num_keys, beta, 0.7),
        am.needle_mass(16, num_keys, beta, 0.7),
    )
    assert np.all(mean >= bound - 1e-12)
    assert np.all(am.mean_log_partition(16, num_keys, beta)
                  <= np.log(am.partition_function(16, num_keys, beta)) + 1e-10)  # fmt: skip
    tight = am.mean_needle_mass(16, 10**5, 5.0) / am.needle_mass(16, 10**5, 5.0)
    assert abs(tight - 1) < 5e-5


def test_exponential_load_reference():
    b = np.array([0.5, 1.0, 2.0])
    np.testing.assert_allclose(
        am.needle_threshold(b), [0.38700642, 0.62257192, 0.90875401], rtol=0, atol=6e-9
    )
    np.testing.assert_allclose(
        am.dominant_overlap(b), [0.41421356, 0.61803399, 0.78077641], rtol=0, atol=6e-9
    )


def test_thresholds_are_those_of_finite_dimension():
    """The mean mass at d = 600 is next to 1 and to 0 on the two sides of the threshold."""
    b, overlap = np.array([0.7, 2.0, 5.0, 3.0]), np.array([1.0, 1.0, 0.6, 0.5])
    threshold = np.asarray(am.needle_threshold(b, overlap))
    below, above = (
        am.mean_needle_mass(600, 1 + np.exp(600 * (threshold + shift)), 600 * b, overlap)
        for shift in (-0.03, 0.03)
    )
    assert np.all(below > 0.95)
    assert np.all(above < 0.05)


def test_free_energy_is_continuous_with_its_slope_at_freezing():
    rate = np.array([0.1, 0.4])
    b = am.freezing_temperature(rate)
    np.testing.assert_allclose(am.dominant_overlap(b), np.sqrt(1 - np.exp(-2 * rate)), rtol=1e-12)
    for shift, tolerance in ((1e-4, 1e-7), (1e-6, 1e-11)):
        gap = am.free_energy(rate, b * (1 + shift)) - 2 * am.free_energy(rate, b)
        gap += am.free_energy(rate, b * (1 - shift))
        assert np.all(np.abs(gap) < tolerance)


def test_the_margin_holds_where_normal_logits_do_not_freeze():
    """At s^2 = ln(N)/4 the sum of the weights hardly fluctuates: the margin is exact."""
    log_keys, missed = 60.0, 0.05
    lead = am.scattered_margin(log_keys, 8**-0.5, missed)
    sd = np.sqrt(log_keys / 4)
    mass = race.mean_mass(lead, log_keys, 1e10, sd * 1e5)
    np.testing.assert_allclose(mass, 1 - missed, rtol=0, atol=1e-6)


def test_margins():
    margin = am.needed_margin(1000, 0.03)
    np.testing.assert_allclose(am.margin_mass(margin, 1000), 0.97, rtol=1e-13)
    assert am.margin_mass(0.0, 4) == 0.25
    np.testing.assert_allclose(am.crowded_loss(2.0, 5), 1 - am.margin_mass(2.0, 6), rtol=1e-13)


@pytest.mark.parametrize("time", FLOW)
def test_query_update_reference(time):
    margin, mass = FLOW[time]
    np.testing.assert_allclose(am.query_update_margin(time, 1000, START), margin, rtol=0, atol=6e-9)
    np.testing.assert_allclose(am.query_update_mass(time, 1000, START), mass, rtol=0, atol=6e-9)


def test_query_update_against_an_integrator():
    for num_keys, start in ((2, -1.0), (30, -6.0), (10**6, 0.5)):
        flow = solve_ivp(
            lambda t, m, rate=num_keys / (num_keys - 1): rate / (1 + np.exp(m)),
            (0, 30), [start], rtol=1e-12, atol=1e-12,
        )  # fmt: skip
        found = am.query_update_margin(30.0, num_keys, start)
        np.testing.assert_allclose(found, flow.y[0, -1], rtol=0, atol=1e-9)


def test_query_update_time_arrives():
    missed = np.array([0.5, 0.1, 1e-3])
    time = am.query_update_time(missed, 1000, -np.log(999.0))
    mass = am.query_update_mass(time, 1000, -np.log(999.0))
    np.testing.assert_allclose(mass, 1 - missed, rtol=1e-12)
    np.testing.assert_allclose(time[-1], np.log(1000) + 1000, rtol=0.01)
    assert am.query_update_time(0.5, 10, 1.0) == 0


def test_wright_omega():
    c = np.array([-30.0, -1.0, 0.0, 0.9, 1.1, 5.0, 1e3, 1e8])
    found = np.asarray(wright_omega(c))
    for w, x in zip(found, c, strict=True):
        residual = mp.mpf(w) + mp.log(mp.mpf(w)) - mp.mpf(x)
        assert abs(residual / (1 + w)) < 1e-15 * max(1.0, abs(x))  # relative error of w


@pytest.mark.parametrize(
    "call",
    [
        lambda x: am.partition_function(9.0 * x, 20.0, 4.0 * x),
        lambda x: am.needle_mass(9.0, 20.0 * x, 4.0 * x, x),
        lambda x: am.mean_needle_mass(9.0 * x, 20.0 * x, 9.0 * x, x),
        lambda x: am.mean_log_partition(9.0 * x, 20.0 * x, 9.0 * x),
        lambda x: am.query_update_margin(3.0 * x, 9.0, x),
        lambda x: am.query_update_time(0.2 * x, 9.0, -x),
        lambda x: am.free_energy(x, x),
        lambda x: am.free_energy(0.1 * x, 9 * x),
        lambda x: am.needle_threshold(x, 0.9 * x),
        lambda x: am.needle_threshold(5 * x, 0.5 * x),
        lambda x: am.scattered_margin(9 * x, x, 0.1 * x),
        lambda x: am.margin_mass(x, 9.0),
    ],
)
def test_gradients_are_slopes_under_jit_and_vmap(call):
    x = jnp.array([0.7, 0.8])
    step = 1e-5
    slope = (call(x + step) - call(x - step)) / (2 * step)
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.grad(call)))(x), slope, rtol=2e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: am.needle_mass(1, 8, 1.0), "dim must be between 2"),
        (lambda: am.needle_mass(8, 1, 1.0), "num_keys must be at least 2"),
        (lambda: am.mean_needle_mass(8, 8, -1.0), "inverse_temperature must be zero or positive"),
        (lambda: am.needle_mass(8, 8, 1.0, 1.5), "overlap must be between -1 and 1"),
        (lambda: am.needed_margin(8, 1.0), "missed_mass must be at least 1e-30"),
        (lambda: am.query_update_margin(-1.0, 8, 0.0), "time must be zero or positive"),
        (lambda: am.free_energy(0.0, 1.0), "load_rate must be positive"),
        (lambda: am.crowded_loss(1.0, 0), "num_close must be at least 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize("dim", [3, 9, 129, 7282])
def test_far_above_every_key_the_race_is_the_moment_generating_function(dim):
    """P(beta c + G > u) = e^-u E e^(beta c) to a relative e^(beta - u), whatever the window."""
    for rate in (0.1, 1.2, 40.0):
        found = race.log_passing(jnp.array([rate + 60.0]), float(dim), rate)[0]
        expected = race.log_moment_generating(float(dim), rate) - rate - 60
        assert float(found - expected) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("dim", "temperature"), [(3, 100.0), (2, 1e4), (3, 1e4), (2, 100.0)])
def test_mean_log_partition_of_one_key(dim, temperature):
    """ln Z is then temperature times an overlap, whose mean is 0."""
    assert abs(am.mean_log_partition(dim, 2, temperature)) < 1e-10


@pytest.mark.parametrize("law", [am.query_update_margin, am.query_update_mass])
def test_second_derivative_of_query_updates(law):
    """As differences of the first."""
    slope = jax.grad(lambda t: law(t, 1000, -5.0))
    second = (slope(2.0 + 1e-4) - slope(2.0 - 1e-4)) / 2e-4
    np.testing.assert_allclose(jax.grad(slope)(2.0), second, rtol=1e-6)
