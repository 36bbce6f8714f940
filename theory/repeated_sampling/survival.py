"""The chance that k attempts fail, averaged over a law of difficulty by quadrature.

Nodes follow the integrand: a trapezoid sum in the logit between the points where it has fallen by
exp(-FALL), or beyond which it is exactly an exponential, whose sum is known.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.nn import log_sigmoid, sigmoid, softplus

from jtts.arguments import concrete
from jtts.difficulty import Kumaraswamy, LogUniform
from jtts.special import log_beta_ratio, stirling_rest

FALL = 40.0
NODES = 512  # of a window of at most 130, and of at least 14 standard deviations of a peak
HALVINGS = 50
PANELS = 8  # of Gauss's rule
GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(40)
GAUSS_NODES = ((GAUSS_NODES + 1) / 2 + np.arange(PANELS)[:, None]).ravel() / PANELS  # from 0 to 1
GAUSS_WEIGHTS = np.tile(GAUSS_WEIGHTS / 2, PANELS) / PANELS


def log_survival(k, difficulty):
    """ln E(1 - p)^k."""
    k = jnp.asarray(k, jnp.result_type(float))
    endless = jnp.isinf(k)
    finite = jnp.where(endless, 1.0, k)
    if isinstance(difficulty, LogUniform):
        found = _log_uniform(finite, jnp.asarray(difficulty.lowest, jnp.result_type(float)))
    else:
        found = _shaped(finite, difficulty)
    found = found - lax.stop_gradient(jnp.maximum(found, 0.0))  # rounding puts no chance above 1
    return jnp.where(endless, -jnp.inf, found)


def _shaped(k, difficulty):
    a, b = (jnp.asarray(x, jnp.result_type(float)) for x in (difficulty.a, difficulty.b))
    if isinstance(difficulty, Kumaraswamy):
        return _kumaraswamy(*jnp.broadcast_arrays(k, a, b))
    known = concrete(difficulty.scale)
    if known is not None and np.all(known == 1):
        return log_beta_ratio(k, a, b)
    scale = jnp.asarray(difficulty.scale, jnp.result_type(float))
    return _scaled_beta(*jnp.broadcast_arrays(k, a, b, scale))


def _halve(falls, low, high):
    """Where falls(v), true from some v on, begins to be true."""

    def step(_, ends):
        low, high = ends
        middle = (low + high) / 2
        fallen = falls(middle)
        return jnp.where(fallen, low, middle), jnp.where(fallen, middle, high)

    return lax.fori_loop(0, HALVINGS, step, (low, high))[1]


def _window(log_integrand, slope, mode_between, low, high, *parameters):
    """Ends of the sum, between low and high; `slope` changes sign once, downwards."""
    stopped = [lax.stop_gradient(x) for x in (*mode_between, low, high, *parameters)]
    first, last, low, high, *fixed = stopped
    mode = _halve(lambda v: slope(v, *fixed) < 0, first, last)
    mode = jnp.clip(mode, low, high)
    least = log_integrand(mode, *fixed) - FALL
    start = _halve(lambda v: log_integrand(v, *fixed) > least, low, mode)
    end = _halve(lambda v: log_integrand(v, *fixed) < least, mode, high)
    # an end where nothing has fallen is where the exponential begins
    start = jnp.where(log_integrand(low, *fixed) > least, low, start)
    end = jnp.where(log_integrand(high, *fixed) > least, high, end)
    return mode, start, end


def _log_sum(log_integrand, window, low, high, rise, log_tail, *parameters):
    """ln of the integral over all v; below low it is exp(rise v), log_tail(step) the sum above."""
    mode, start, end = window
    step = (end - start) / (NODES - 1)
    v = start[..., None] + step[..., None] * np.arange(NODES)
    top = lax.stop_gradient(log_integrand(mode, *parameters))
    columns = [x[..., None] for x in parameters]
    total = jnp.sum(jnp.exp(log_integrand(v, *columns) - top[..., None]), -1)
    before = jnp.exp(log_integrand(start, *parameters) - top) / jnp.expm1(rise * step)
    after = jnp.exp(log_integrand(end, *parameters) - top + log_tail(step, end))
    total = total + jnp.where(start <= low, before, 0.0) + jnp.where(end >= high, after, 0.0)
    return top + jnp.log(step * total)


def _log_rest(v, scale):
    """ln(1 - scale sigmoid(v))."""
    chance = scale * sigmoid(v)
    little = chance < 0.5
    rest = (1 - scale) + scale * sigmoid(-v)
    small = jnp.log1p(-jnp.where(little, chance, 0.0))
    return jnp.where(little, small, jnp.log(jnp.where(little, 1.0, rest)))


def _log_complement(x):
    """ln(1 - exp(x)), x < 0."""
    small = x > -0.7
    near, far = jnp.where(small, x, -1.0), jnp.where(small, -1.0, x)
    return jnp.where(small, jnp.log(-jnp.expm1(near)), jnp.log1p(-jnp.exp(far)))


def _from_peak(v, a, b):
    """a ln(x / x0) + b ln((1 - x) / (1 - x0)) for x = sigmoid(v), x0 = a / (a + b)."""
    away = v - jnp.log(a / b)
    close = jnp.abs(away) < 1
    near = jnp.where(close, away, 0.0)
    log_x = -jnp.log1p(b / (a + b) * jnp.expm1(-near))
    log_rest = -jnp.log1p(a / (a + b) * jnp.expm1(near))
    log_x = jnp.where(close, log_x, log_sigmoid(v) + jnp.log1p(b / a))
    log_rest = jnp.where(close, log_rest, log_sigmoid(-v) + jnp.log1p(a / b))
    return a * log_x + b * log_rest


@jax.jit
def _scaled_beta(k, a, b, scale):
    def log_integrand(v, k, a, b, scale):
        return _from_peak(v, a, b) + k * _log_rest(v, scale)

    def slope(v, k, a, b, scale):
        x, rest = sigmoid(v), sigmoid(-v)
        return a * rest - b * x - k * scale * x * rest / ((1 - scale) + scale * rest)

    whole = scale == 1
    lack = jnp.where(whole, 1.0, 1 - scale)
    low = -jnp.log1p(b + k) - FALL
    high = jnp.log1p(a + b + k * jnp.where(whole, 1.0, scale / lack)) + FALL
    between = jnp.log(a / (b + k)), jnp.log(a / b)
    parameters = k, a, b, scale
    window = _window(log_integrand, slope, between, low, high, *parameters)

    def log_tail(step, end):
        return -jnp.log(jnp.expm1(jnp.where(whole, b + k, b) * step))

    # all of B(a, b), from its peak
    log_all = (np.log(2 * np.pi) + jnp.log1p(b / a) - jnp.log(b)) / 2
    log_all += stirling_rest(a) + stirling_rest(b) - stirling_rest(a + b)
    return _log_sum(log_integrand, window, low, high, a, log_tail, *parameters) - log_all


@jax.jit
def _kumaraswamy(k, a, b):
    wide = a >= 1
    some = k > 0
    first = _by_power(k, jnp.where(wide, a, 1.0), b)
    second = _by_parts(jnp.where(some, k, 1.0), jnp.where(wide, 0.5, a), b)
    return jnp.where(wide, first, jnp.where(some, second, 0.0))


def _by_power(k, a, b):
    """In the logit of z = p^a, which has the density b (1 - z)^(b - 1); for a >= 1."""

    def log_integrand(v, k, a, b):
        log_rest = _log_complement(log_sigmoid(v) / a)
        return log_sigmoid(v) + b * log_sigmoid(-v) + k * log_rest

    def slope(v, k, a, b):
        log_z, rest = log_sigmoid(v), sigmoid(-v)
        return rest - b * sigmoid(v) + k / a * rest * jnp.exp(log_z / a) / jnp.expm1(log_z / a)

    low = -jnp.log1p(b) - a * jnp.log1p(k) - FALL
    high = jnp.log1p(b + k) + FALL
    window = _window(log_integrand, slope, (low, high), low, high, k, a, b)

    def log_tail(step, end):
        return -jnp.log(jnp.expm1((b + k) * step))

    one = jnp.ones_like(a)
    found = _log_sum(log_integrand, window, low, high, one, log_tail, k, a, b)
    return jnp.log(b) + found


def _by_parts(k, a, b):
    """k times the integral of (1 - p)^(k - 1) P(difficulty <= p), for a < 1."""

    def log_below(v, a, b):
        log_above = b * _log_complement(a * log_sigmoid(v))
        return _log_complement(log_above)

    def log_integrand(v, k, a, b):
        return log_sigmoid(v) + k * log_sigmoid(-v) + log_below(v, a, b)

    def slope(v, k, a, b):
        log_z, rest = log_sigmoid(v), sigmoid(-v)
        log_above = _log_complement(a * log_z)
        density = a * b * jnp.exp(a * log_z) * rest * jnp.exp((b - 1) * log_above)
        return rest - k * sigmoid(v) + density / -jnp.expm1(b * log_above)

    low, high = -jnp.log1p(k) - FALL - 1, jnp.log1p(k) + FALL
    window = _window(log_integrand, slope, (low, high), low, high, k, a, b)

    def log_tail(step, end):
        # P(difficulty <= p) = 1 - exp(b ln(a) - b v) there: two exponentials
        log_above = b * (jnp.log(a) - end)
        below = -jnp.expm1(log_above)
        more = below * jnp.expm1(k * step) + jnp.exp(k * step) * jnp.expm1(b * step)
        lattice = jnp.expm1(k * step) * jnp.expm1((k + b) * step) * below
        return jnp.log(more / lattice)

    # below the window the integrand falls by exp(-FALL) once more: nothing is left
    found = _log_sum(log_integrand, window, low - 1, high, 1 + a, log_tail, k, a, b)
    return jnp.log(k) + found


@jax.jit
def _log_uniform(k, lowest):
    k, lowest = jnp.broadcast_arrays(k, lowest)
    log_lowest, log_rest = jnp.log(lowest), jnp.log1p(-lowest)
    # below this logit all attempts fail
    certain = lax.stop_gradient(-jnp.log1p(k) - FALL)
    first = log_lowest - log_rest
    flat = jnp.maximum(certain - log_lowest, 0.0)
    start = jnp.where(first > certain, first, certain)
    least = softplus(start)
    # from there on, as offsets: at large k the window is narrower than the start is exact
    reach = lax.stop_gradient(jnp.log1p(jnp.expm1(FALL / (k + 1)) / sigmoid(start)))
    offset = reach[..., None] * GAUSS_NODES
    fallen = jnp.log1p(sigmoid(start)[..., None] * jnp.expm1(offset))
    total = jnp.exp(-(k + 1)[..., None] * fallen) @ GAUSS_WEIGHTS
    # all attempts fail below, and (1 - p)^(k + 1) = 1 at the start, or there is no such part
    certain = jnp.where(flat > 0, flat / reach, 0.0)
    return -(k + 1) * least + jnp.log(certain + total) + jnp.log(reach / -log_lowest)
