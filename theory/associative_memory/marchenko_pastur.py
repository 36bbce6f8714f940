"""Averages over the Marchenko-Pastur law, the spectrum of the overlaps of many random keys."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax

BLOCK = 64  # points of a grid whose nodes are in memory together

# The angle from the lower edge is pi / (1 + exp(-u)), with u in equal steps: geometric from either
# end, so that features of any width there are resolved. A peak exp(-c angle^2) or a pole at
# i delta leaves an error exp(-pi^2 / (2 STEP)) = 1e-16.
STEP = 0.13
_U = STEP * np.arange(round(-64 / STEP), round(20 / STEP) + 1)
_ANGLE = np.pi / (1 + np.exp(-_U))
_FROM_TOP = np.pi / (1 + np.exp(_U))
_SINE = np.sin(np.minimum(_ANGLE, _FROM_TOP))
_ABOVE = 4 * np.sin(_ANGLE / 2) ** 2
_WEIGHTS = 2 * _SINE**2 / np.pi * (_ANGLE * _FROM_TOP / np.pi) * STEP


def eigenvalues(load):
    """Nodes 1 + load - 2 sqrt(load) cos(angle), [..., nodes], from the lower edge up."""
    load = load[..., None]
    root = jnp.sqrt(load)
    return ((1 - load) / (1 + root)) ** 2 + root * _ABOVE


def spectral_average(load, function, *parameters):
    """Mean of function(s, *parameters) over the eigenvalues s of K K^T, those that are 0 included.

    `load` and the parameters are arrays of one shape; within `function` they have an axis of nodes
    more. The density is 2 sin^2(angle) / (pi s) in the angle. No cancellation: relatively accurate
    to 1e-13 for functions >= 0 that peak at the ends with widths from 1e-20 on in the angle,
    whatever the load.
    """
    shape = load.shape

    def average(point):
        load, *parameters = point
        s = eigenvalues(load)
        inner = [parameter[..., None] for parameter in parameters]
        value, at_zero = function(s, *inner), function(jnp.zeros_like(s[..., :1]), *inner)
        missing = jnp.maximum((load - 1) / load, 0.0)
        return jnp.sum(_WEIGHTS * value / s, -1) + missing * at_zero[..., 0]

    flat = tuple(jnp.ravel(array) for array in (load, *parameters))
    return lax.map(average, flat, batch_size=BLOCK).reshape(shape)
