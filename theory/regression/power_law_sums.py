r"""Sums over a power-law spectrum i^-a at a cost that does not depend on the number of modes.

With z = kappa x^a a learner keeps f = 1/(1 + z) of mode x and loses 1 - f. The first modes are
summed one by one; for the others the sum is the integral over [HEAD + 1/2, M + 1/2] with the
Euler-Maclaurin corrections of the midpoint rule. In u = ln z the integrand is a logistic function
times an exponential: Gauss-Legendre on panels where the logistic function bends, elementary
integrals of its two tails.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

HEAD = 128  # modes summed one by one
BEND = 36.0  # |u| beyond which f or 1 - f is exp(-|u|) to rounding
PANELS = 12
_nodes, _weights = np.polynomial.legendre.leggauss(20)
NODES = ((np.arange(PANELS)[:, None] + (_nodes + 1) / 2) / PANELS).ravel()  # on [0, 1]
WEIGHTS = np.tile(_weights / (2 * PANELS), PANELS)


def power_law_sums(kappa, exponent, modes):
    """Sums of f and of f (1 - f) over i = 1 ... modes; arrays of one shape, modes may be inf."""
    kept, both, _ = _sums(kappa, exponent, modes)
    return kept, both


def power_law_unused(kappa, exponent, modes, samples):
    """1 - sum f / samples in whichever form cancels less, and sum f (1 - f) / samples."""
    kept, both, lost = _sums(kappa, exponent, modes)
    few = modes < 2 * samples  # and finite
    left = jnp.where(few, samples - jnp.where(few, modes, 0.0) + lost, samples - kept)
    return left / samples, both / samples


def _sums(kappa, exponent, modes):
    """Sums of f, of f (1 - f) and of 1 - f, which is 0 (not used) where modes are endless."""
    log_kappa = jnp.log(kappa)
    number = np.arange(1.0, HEAD + 1)
    head_u = log_kappa[..., None] + exponent[..., None] * np.log(number)
    present = number <= modes[..., None]
    kept = jnp.where(present, jax.nn.sigmoid(-head_u), 0.0)
    lost = jnp.where(present, jax.nn.sigmoid(head_u), 0.0)

    low = jnp.full_like(kappa, np.log(HEAD + 0.5))
    high = jnp.maximum(jnp.log(modes + 0.5), low)
    rest_kept, rest_both, rest_lost = _integrals(log_kappa, exponent, low, high)
    ends = zip(
        _corrections(log_kappa, exponent, high),
        _corrections(log_kappa, exponent, low),
        strict=True,
    )
    of_kept, of_both = (end - start for end, start in ends)
    return (
        jnp.sum(kept, -1) + (rest_kept + of_kept),
        jnp.sum(kept * lost, -1) + (rest_both + of_both),
        jnp.sum(lost, -1) + (rest_lost - of_kept),
    )


def _integrals(log_kappa, exponent, low, high):
    """Integrals of f, f (1 - f) and 1 - f over x from exp(low) to exp(high)."""
    left = jnp.clip((-BEND - log_kappa) / exponent, low, high)
    right = jnp.clip((BEND - log_kappa) / exponent, low, high)
    v = left[..., None] + (right - left)[..., None] * NODES
    u = log_kappa[..., None] + exponent[..., None] * v
    weight = (right - left)[..., None] * WEIGHTS * jnp.exp(v)
    f, rest = jax.nn.sigmoid(-u), jax.nn.sigmoid(u)
    kept, both, lost = (jnp.sum(weight * part, -1) for part in (f, f * rest, rest))
    # before the bend f = 1 and 1 - f = z, beyond it f = 1/z
    before = jnp.exp(left) - jnp.exp(low)
    before_both = _power_integral(exponent, log_kappa, low, left)
    beyond = _power_integral(-exponent, -log_kappa, right, high)
    after = jnp.where(jnp.isinf(high), 0.0, jnp.exp(jnp.where(jnp.isinf(high), low, high)))
    after = jnp.maximum(after - jnp.exp(right), 0.0)
    return kept + before + beyond, both + before_both + beyond, lost + before_both + after


def _power_integral(power, log_scale, low, high):
    """Integral of exp(log_scale) x^power over x from exp(low) to exp(high)."""
    start = jnp.exp(log_scale + (power + 1) * low)
    span = jnp.where(jnp.isinf(high), 1.0, high - low)
    growth = (power + 1) * span
    flat = jnp.abs(growth) < 1e-8
    whole = jnp.where(flat, span * (1 + growth / 2), jnp.expm1(growth) * span / _safe(growth, flat))
    endless = jnp.where(power < -1, -1 / _safe(power + 1, power == -1), jnp.inf)
    return start * jnp.where(jnp.isinf(high), endless, jnp.where(high > low, whole, 0.0))


def _safe(x, zero):
    return jnp.where(zero, 1.0, x)


def _corrections(log_kappa, exponent, v):
    """-g'/24 + 7 g'''/5760 at x = exp(v), for g = f and g = f (1 - f)."""
    bounded = jnp.where(jnp.isinf(v), 0.0, v)
    u = log_kappa + exponent * bounded
    f, lost = jax.nn.sigmoid(-u), jax.nn.sigmoid(u)
    both, tilt = f * lost, lost - f
    # (x d/dx)^j f
    first = -exponent * both
    second = exponent**2 * both * tilt
    third = -(exponent**3) * both * (1 - 6 * both)
    fourth = exponent**4 * both * tilt * (1 - 12 * both)
    inverse = jnp.where(jnp.isinf(v), 0.0, jnp.exp(-bounded))

    def correction(one, two, three):
        return -one * inverse / 24 + 7 / 5760 * (three - 3 * two + 2 * one) * inverse**3

    of_both = correction(-second / exponent, -third / exponent, -fourth / exponent)
    return correction(first, second, third), of_both
