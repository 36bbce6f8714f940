"""Maximum likelihood of independent questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize

from jtts.sizes import power_of_two

SMALLEST = 16  # entries that data are padded to
ROUNDING = 1e-9  # of a log-likelihood


class Maximum(NamedTuple):
    """theta [P], the log-likelihood there, and the inverse of the observed information.

    `influence` [entries, P]: what one question of each entry moves theta by. `inside`: whether
    this is a maximum between the bounds, with a positive definite information.
    """

    theta: np.ndarray
    loglik: float
    covariance: np.ndarray
    influence: np.ndarray
    inside: bool


def padded(count: int) -> int:
    """The next power of two: few sizes, few compiled programs."""
    return max(SMALLEST, power_of_two(count))


def pad(data: np.ndarray, length: int, filler: float) -> np.ndarray:
    return np.concatenate([data, np.full(length - len(data), filler, data.dtype)])


def compiled(log_densities: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """Programs for `maximise` from log_densities(theta, *data), one value per entry."""

    def total(theta: Any, weights: Any, *data: Any) -> Any:
        return -jnp.sum(weights * log_densities(theta, *data))

    def slopes(function: Callable[..., Any]) -> Callable[..., Any]:
        return jax.jacfwd(function)

    def value_and_slope(theta: Any, weights: Any, *data: Any) -> Any:
        return total(theta, weights, *data), slopes(total)(theta, weights, *data)

    return (
        jax.jit(value_and_slope),
        jax.jit(slopes(slopes(total))),
        jax.jit(slopes(log_densities)),
    )


def maximise(
    programs: tuple[Callable[..., Any], ...],
    start: np.ndarray,
    bounds: list[tuple[float, float]],
    weights: np.ndarray,
    *data: Any,
) -> Maximum:
    """The parameters of largest likelihood between `bounds`; `weights` count equal questions."""
    value_and_slope, bends, scores = programs

    def objective(theta):
        value, slope = value_and_slope(theta, weights, *data)
        return float(value), np.asarray(slope)

    options = {"ftol": 1e-14, "gtol": 1e-9 * weights.sum(), "maxiter": 500}
    found = optimize.minimize(
        objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options
    )
    theta = found.x
    information = np.asarray(bends(theta, weights, *data))
    low, high = np.transpose(bounds)
    inside = bool(np.all((theta > low + 1e-6) & (theta < high - 1e-6)))
    inside = inside and bool(np.all(np.isfinite(information)))
    inside = inside and _falls_on_both_sides(objective, theta, information, low, high)
    covariance = np.linalg.inv(information) if inside else np.full_like(information, np.nan)
    influence = np.asarray(scores(theta, *data)) @ covariance
    return Maximum(theta, -float(found.fun), covariance, influence, inside)


def _falls_on_both_sides(
    objective: Callable[[np.ndarray], Any],
    theta: np.ndarray,
    information: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> bool:
    """Whether the likelihood falls by more than rounding along its flattest direction.

    Each way by a standard error, or to the bounds if they are nearer.
    """
    bends, directions = np.linalg.eigh(information)
    if not bends[0] > 0:
        return False
    best = objective(theta)[0]
    for step in (directions[:, 0], -directions[:, 0]):
        reach = np.where(step > 0, high - theta, low - theta)
        room = np.min(reach / np.where(step == 0, np.inf, step), where=step != 0, initial=np.inf)
        there = theta + min(room, 1 / np.sqrt(bends[0])) * step
        if not objective(there)[0] - best > ROUNDING * (1 + abs(best)):
            return False
    return True
