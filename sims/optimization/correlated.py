"""Descents whose noise is filtered, with the sensitivity that the filter has."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, concrete, require_finite
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

STEPS = 512  # of a descent, and coefficients of a filter
GRID = 8192  # of frequencies, for a filter that is had from its spectrum
SLOWEST = 0.03  # a deviation has then decayed to 1e-6 at the end
CHUNK = 2**9


def _require_settled(name, rate):
    known = concrete(rate)
    if known is not None and not ((known >= SLOWEST) & (known <= 2 - SLOWEST)).all():
        raise InputError(f"{name} must lie between {SLOWEST} and {2 - SLOWEST} to be played")


def require_pole(*, pole):
    """Raise InputError unless a mode settles in the steps that are played."""
    require_finite(pole=pole)
    _require_settled("1 - pole", 1 - jnp.asarray(pole, float))


def require_modes(*, step, curvatures, nu=1.0):
    """Raise InputError unless all modes settle in the steps that are played."""
    require_finite(step=step, curvatures=curvatures, nu=nu)
    taken = jnp.asarray(step, float)[..., None] * jnp.asarray(curvatures, float)
    _require_settled("step times curvatures", taken)
    _require_settled("nu", nu)


def root_filter(rate):
    """Coefficients of (1 - rate z)^(1/2)."""
    order = jnp.arange(1, STEPS)
    ratios = rate * (order - 1.5) / order
    return jnp.concatenate([jnp.ones(1), jnp.cumprod(ratios)])


def undone(coefficients):
    """Coefficients of the filter that undoes one, which starts with 1."""

    def following(i, found):
        # what the filter would leave at the i-th step, taken away
        back = jnp.where(jnp.arange(STEPS) <= i, jnp.roll(found[::-1], i + 1), 0.0)
        return found.at[i].add(-jnp.sum(coefficients * back))

    return lax.fori_loop(1, STEPS, following, jnp.zeros(STEPS).at[0].set(1.0))


def sensitivity(coefficients):
    """Squared: what a change of one gradient adds to what is released, at most."""
    return jnp.sum(undone(coefficients) ** 2)


def best_filter(step, curvatures):
    """Coefficients of the causal filter whose power is one over the root of what modes amplify."""
    pulse = jnp.zeros(STEPS).at[0].set(1.0)
    answers = descents(pulse[None], 1 - step * curvatures)[0]
    heard = jnp.sum(curvatures[:, None] * jnp.abs(jnp.fft.fft(answers, GRID)) ** 2, 0)
    # of least phase: the logarithm of its transfer function has no part before time 0
    cepstrum = jnp.fft.ifft(-jnp.log(heard) / 4).real
    causal = jnp.where(jnp.arange(GRID) < GRID // 2, 2 * cepstrum, 0).at[0].set(0.0)
    return jnp.fft.ifft(jnp.exp(jnp.fft.fft(causal))).real[:STEPS]


def filtered(key, trials, coefficients):
    """Noise, as drawn and then filtered."""
    noise = jax.random.normal(key, (trials, STEPS), float)
    size = 2 * STEPS
    found = jnp.fft.irfft(jnp.fft.rfft(noise, size) * jnp.fft.rfft(coefficients, size), size)
    return found[:, :STEPS]


def descents(noise, poles):
    """All modes after each step, with the noise that they get: [trials, modes, steps]."""

    def step(x, z):
        x = poles * x - z[:, None]
        return x, x

    begun = jnp.zeros((noise.shape[0], poles.shape[0]))
    return jnp.moveaxis(lax.scan(step, begun, noise.T)[1], 0, -1)


def settled(noise, poles):
    """All modes at the end."""

    def step(x, z):
        return poles * x - z[:, None], None

    return lax.scan(step, jnp.zeros((noise.shape[0], poles.shape[0])), noise.T)[0]


def _error(key, trials, coefficients, step, curvatures):
    noise = filtered(key, trials, coefficients)
    x = step * settled(noise, 1 - step * curvatures)
    return Estimate.of(sensitivity(coefficients) * jnp.sum(curvatures * x**2, -1))


@simulation(chunk=CHUNK, validate=require_pole)
def independent_noise(key: jax.Array, trials: int, pole: Numbers) -> Estimate:
    """Descend with fresh noise; how far off, squared, is the mode in the long run?

    >>> found = independent_noise(jax.random.key(0), 2**13, 0.9)
    >>> bool(abs(found.mean - 5.26) < 0.4)
    True
    """
    noise = jax.random.normal(key, (trials, STEPS), float)
    return Estimate.of(settled(noise, jnp.reshape(pole, 1))[:, 0] ** 2)


@simulation(chunk=CHUNK, validate=require_pole)
def best_correlated_noise(key: jax.Array, trials: int, pole: Numbers) -> Estimate:
    """The same with noise that takes part of itself back, times the filter's sensitivity squared.

    >>> found = best_correlated_noise(jax.random.key(0), 2**13, 0.9)
    >>> bool(abs(found.mean - 2.11) < 0.15)
    True
    """
    coefficients = root_filter(pole)
    x = settled(filtered(key, trials, coefficients), jnp.reshape(pole, 1))
    return Estimate.of(sensitivity(coefficients) * x[:, 0] ** 2)


@simulation(chunk=CHUNK, validate=require_modes)
def colored_error(
    key: jax.Array, trials: int, step: Numbers, curvatures: Numbers, nu: Numbers
) -> Estimate:
    """Descend along all modes with noise of one filter; curvature times square, summed.

    Args:
      step: of all modes.
      curvatures: a list; step times each from 0.03 to 1.97.
      nu: of the filter (1 - (1 - nu) z)^(1/2), from 0.03 to 1.97.

    Returns:
      Estimate of twice the loss times the squared sensitivity; a datum is a descent.

    Raises:
      InputError: what would not settle.

    >>> found = colored_error(jax.random.key(0), 2**13, 0.5, [1.0, 0.2], 0.3)
    >>> bool(abs(found.mean - 0.46) < 0.1)
    True
    """
    return _error(key, trials, root_filter(1 - nu), step, jnp.asarray(curvatures))


@simulation(chunk=CHUNK, validate=require_modes)
def colored_error_best(key: jax.Array, trials: int, step: Numbers, curvatures: Numbers) -> Estimate:
    """The same with the filter whose power is one over the root of what the modes amplify.

    Args:
      step: of all modes.
      curvatures: a list; step times each from 0.03 to 1.97.

    Returns:
      Estimate of twice the loss times the squared sensitivity; a datum is a descent.

    Raises:
      InputError: what would not settle.

    >>> found = colored_error_best(jax.random.key(0), 2**13, 0.5, [1.0, 0.2])
    >>> bool(abs(found.mean - 0.46) < 0.1)
    True
    """
    curvatures = jnp.asarray(curvatures)
    return _error(key, trials, best_filter(step, curvatures), step, curvatures)
