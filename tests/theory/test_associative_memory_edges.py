"""Ends of the promises of batch, conditioning, stream and layer laws, with no slopes or endless."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import associative_memory as am
from jtts.theory.associative_memory.powers import kept, learned, learned_by_two

ENDLESS = np.inf


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (lambda: am.acquisition(ENDLESS, 0.0), 0.0),
        (lambda: am.acquisition(ENDLESS, 0.3, probability=0.0, correction=0.0), 0.0),
        (lambda: am.acquisition(ENDLESS, 0.3, correction=0.0), ENDLESS),
        (lambda: am.reinforcement_variance(ENDLESS, 0.2, 1.0, correction=0.0), 0.0),
        (lambda: am.reinforcement_variance(ENDLESS, 0.0, 0.3), 0.0),
        (lambda: am.extinction(ENDLESS, 0.2, correction=0.0), 1.0),
        (lambda: am.extinction(ENDLESS, 0.0, decay=0.9), 0.0),
        (lambda: am.generalisation(ENDLESS, 0.3, 0.0, correction=0.0), 0.0),
        (lambda: am.trace_conditioning(2, 0.5, ENDLESS, 1.0), 0.75),
        (lambda: am.trace_conditioning(ENDLESS, 0.3, ENDLESS, 0.9), 0.0),
        (lambda: am.blocking(ENDLESS, ENDLESS, 0.3, 0.0), 1.0),
        (lambda: am.blocking(ENDLESS, 5, 0.3, 0.2, correction=0.0), 1.5),
        (lambda: am.blocking(ENDLESS, ENDLESS, 0.0, 0.0), 0.0),
        (lambda: am.overshadowing(ENDLESS, 0.0, 0.0), 0.0),
        (lambda: am.overexpectation(ENDLESS, 0.0), 1.0),
        (lambda: am.inhibition(ENDLESS, 0.0), [0.0, 0.0]),
        (lambda: am.inhibition(ENDLESS, 0.3, correction=0.0), [ENDLESS, 0.0]),
        (lambda: am.second_order(ENDLESS, 0.3, 0.0), 1.0),
        (lambda: am.second_order(ENDLESS, 0.0, 0.0), 0.0),
        (lambda: am.latent_inhibition(ENDLESS, 0.5, 0.0), 0.5),
        (lambda: am.ridge_error(0.7, ENDLESS), 1.0),
        (lambda: am.ridge_error(1.0, 0.0), 0.0),
        (lambda: am.ridge_error(1.0, 1e-300), 5e-151),
        (lambda: am.gradient_descent_error(0.5, 1e-17, 1e17), 0.2675907475178524),
        (lambda: am.limit_noise_gain(1.0), ENDLESS),
        (lambda: am.slot_flow(-0.5, ENDLESS), 1.0),
        (lambda: am.slot_flow(-1.0, ENDLESS), -1.0),
        (lambda: am.teacher_weight_error(10**6, 2, 30.0, 0.0, initial=0.0), 0.0),
        (lambda: am.stream_error(5, 16), np.nan),
        (lambda: am.layered_fixed_point(1e-300), 1.0),
        (lambda: am.layered_fixed_point(0.2691), np.nan),
    ],
)
def test_right_values(found, right):
    np.testing.assert_allclose(found(), right, rtol=1e-12)


def test_a_root_that_bends_away():
    """At the two floating-point numbers about the critical load."""
    load = np.nextafter(0.2690616291420254, 0)
    assert am.layered_fixed_point(load) == pytest.approx(0.8348707951073081, rel=1e-14)
    assert np.isnan(am.layered_fixed_point(0.26906162914202546))
    assert am.critical_load() == pytest.approx(0.2690616291420254, rel=1e-15)


def test_second_derivatives():
    n = 5
    third = n * (n - 1) * (n - 2) / 3  # of n - n (n - 1) x / 2 + n (n - 1) (n - 2) x^2 / 6
    assert jax.grad(jax.grad(lambda x: learned(float(n), x)))(0.0) == pytest.approx(third)
    assert jax.grad(jax.grad(lambda x: kept(x, 2.0)))(1.0) == 2.0
    # sum of (1 - x)^2, (1 - x)(1 - y), (1 - y)^2
    assert jax.hessian(lambda z: learned_by_two(3.0, *z))(jnp.array([0.3, 0.3])) == pytest.approx(
        np.array([[2.0, 1.0], [1.0, 2.0]])
    )
    load = 0.2
    step = 1e-4
    slopes = [jax.grad(am.layered_fixed_point)(load + way * step) for way in (-1, 1)]
    curve = jax.grad(jax.grad(am.layered_fixed_point))(load)
    assert curve == pytest.approx(float(slopes[1] - slopes[0]) / (2 * step), rel=1e-5)


def test_widths_do_not_matter_at_load_one():
    """One step of descent is 1 - 2 eta + eta^2 (1 + load) however near the load is to 1."""
    load = 1 - 10.0 ** -np.arange(1, 16)
    found = am.gradient_descent_error(load, 0.3, 1)
    np.testing.assert_allclose(found, 1 - 0.6 + 0.09 * (1 + load), rtol=1e-13)


def test_shapes_are_those_of_all_arguments():
    assert am.largest_strength([8, 16]).shape == (2,)
    assert am.teacher_excess_error([8, 16], 0.5, 0.1).shape == (2,)
    assert am.acquisition(3, 0.2, correction=[0.0, 1.0]).shape == (2,)


def test_traced_values_outside_give_nan():
    assert np.isnan(jax.jit(am.layered_fixed_point)(-0.1))
    assert np.isnan(jax.jit(lambda t: am.gradient_descent_error(0.5, 0.1, t))(2.5))
    assert np.isnan(jax.jit(lambda b: am.stream_misalignment(0.1, b))(2.0))
    assert np.isnan(jax.jit(lambda a: am.blocking(3, 3, a, 0.6))(0.5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: am.gradient_descent_error(1.0, 0.6, 10**5), "num_steps must be at most 1e4"),
        (lambda: am.stream_error(1, 4, erase=5.0), "dim must be above erase"),
        (lambda: am.layered_overlap(0.1, 0.5, 2000), "depth must be a whole number"),
        (lambda: am.second_order(3, 1.0, 0.2), "rate must be at least 0 and below 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
