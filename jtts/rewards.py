"""Laws of a reward: where each has its tails, its quantiles, its density and its samples.

Every law has the methods

    quantile(lower, upper)   the reward with P(X < x) = lower and P(X > x) = upper; give both, the
                             smaller one is trusted, so that tails keep their digits down to 1e-300
    log_tails(x)             ln P(X <= x) and ln P(X > x), each to full relative accuracy
    log_density(x)           (not `Discrete`)
    sample(key, shape)       independent draws, float64 in 64-bit mode

and `tail_indices`, the exponents a of its lower and upper tail |x|^-a, infinite for lighter ones.
Fields of the continuous laws broadcast against the arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import ndtri

from jtts import normal_tail, student_t
from jtts.arguments import (
    InputError,
    concrete,
    require_at_least,
    require_callable,
)
from jtts.numeric import Numbers
from jtts.parameters import parameters, static
from jtts.promises import Accepted, finite, nonnegative, positive, vector

__all__ = [
    "STANDARD_NORMAL",
    "Discrete",
    "Exponential",
    "Gumbel",
    "Logistic",
    "Normal",
    "Pareto",
    "Quantile",
    "RewardLaw",
    "StudentT",
    "Uniform",
    "log_of_tail",
]

LIGHT = (np.inf, np.inf)


def log_of_tail(tail: Any, other: Any) -> Any:
    """ln(tail) from two probabilities that add up to 1, the smaller of which is trusted."""
    small = tail < other
    return jnp.where(
        small, jnp.log(jnp.where(small, tail, 1.0)), jnp.log1p(-jnp.where(small, 0.0, other))
    )


def _log_complement(log_p: Any) -> Any:
    """ln(1 - exp(log_p)) for log_p <= 0, with finite gradients at 0."""
    rare = log_p < -1
    safe = jnp.where((log_p < 0) & ~rare, log_p, -1.0)
    near = jnp.where(log_p < 0, jnp.log(-jnp.expm1(safe)), -jnp.inf)
    return jnp.where(rare, jnp.log1p(-jnp.exp(jnp.where(rare, log_p, -1.0))), near)


@parameters
class Normal:
    """Normal law of that mean and standard deviation `scale` > 0."""

    mean: Numbers = 0.0
    scale: Numbers = 1.0
    tail_indices: ClassVar[tuple[float, float]] = LIGHT
    holds: ClassVar[dict[str, Accepted]] = {"mean": finite(), "scale": positive()}

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        rare = ndtri(jnp.minimum(lower, upper))
        return self.mean + self.scale * jnp.where(lower < upper, rare, -rare)

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        return normal_tail.log_tails((x - self.mean) / self.scale)

    def log_density(self, x: jax.Array) -> jax.Array:
        z = (x - self.mean) / self.scale
        return normal_tail.log_density(z) - jnp.log(self.scale)

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        return self.mean + self.scale * jax.random.normal(key, shape, float)


@parameters
class StudentT:
    """Student's t with `dof` > 0 degrees of freedom, moved by `location`, stretched by `scale`."""

    dof: Numbers
    location: Numbers = 0.0
    scale: Numbers = 1.0
    holds: ClassVar[dict[str, Accepted]] = {
        "dof": positive(),
        "location": finite(),
        "scale": positive(),
    }

    @property
    def tail_indices(self) -> tuple[Numbers, Numbers]:
        return self.dof, self.dof

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        return self.location + self.scale * student_t.quantile(self.dof, lower, upper)

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        return student_t.log_tails(self.dof, (x - self.location) / self.scale)

    def log_density(self, x: jax.Array) -> jax.Array:
        z = (x - self.location) / self.scale
        return student_t.log_density(self.dof, z) - jnp.log(self.scale)

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        return self.location + self.scale * jax.random.t(key, self.dof, shape, float)


@parameters
class Exponential:
    """`location` plus an exponential variable of mean `scale` > 0."""

    scale: Numbers = 1.0
    location: Numbers = 0.0
    tail_indices: ClassVar[tuple[float, float]] = LIGHT
    holds: ClassVar[dict[str, Accepted]] = {"location": finite(), "scale": positive()}

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        return self.location - self.scale * log_of_tail(upper, lower)

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        upper = -jnp.maximum((x - self.location) / self.scale, 0.0)
        return _log_complement(upper), upper

    def log_density(self, x: jax.Array) -> jax.Array:
        z = (x - self.location) / self.scale
        return jnp.where(z < 0, -jnp.inf, -z - jnp.log(self.scale))

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        return self.location + self.scale * jax.random.exponential(key, shape, float)


@parameters
class Logistic:
    """Logistic law: P(X < x) = 1 / (1 + exp(-(x - location) / scale)), scale > 0."""

    location: Numbers = 0.0
    scale: Numbers = 1.0
    tail_indices: ClassVar[tuple[float, float]] = LIGHT
    holds: ClassVar[dict[str, Accepted]] = {"location": finite(), "scale": positive()}

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        return self.location + self.scale * (log_of_tail(lower, upper) - log_of_tail(upper, lower))

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        z = (x - self.location) / self.scale
        return jax.nn.log_sigmoid(z), jax.nn.log_sigmoid(-z)

    def log_density(self, x: jax.Array) -> jax.Array:
        return sum(self.log_tails(x)) - jnp.log(self.scale)

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        return self.location + self.scale * jax.random.logistic(key, shape, float)


@parameters
class Gumbel:
    """Gumbel law of the largest value: P(X < x) = exp(-exp(-(x - location) / scale)), scale > 0."""

    location: Numbers = 0.0
    scale: Numbers = 1.0
    tail_indices: ClassVar[tuple[float, float]] = LIGHT
    holds: ClassVar[dict[str, Accepted]] = {"location": finite(), "scale": positive()}

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        return self.location - self.scale * jnp.log(-log_of_tail(lower, upper))

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        z = (x - self.location) / self.scale
        lower = -jnp.exp(-z)
        return lower, jnp.where(z > 40, -z, _log_complement(jnp.where(z > 40, -1.0, lower)))

    def log_density(self, x: jax.Array) -> jax.Array:
        z = (x - self.location) / self.scale
        return -z - jnp.exp(-z) - jnp.log(self.scale)

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        return self.location + self.scale * jax.random.gumbel(key, shape, float)


@parameters
class Pareto:
    """Pareto law: P(X > x) = (x / scale)^-tail_index for x > scale; both positive."""

    tail_index: Numbers
    scale: Numbers = 1.0
    holds: ClassVar[dict[str, Accepted]] = {"tail_index": positive(), "scale": positive()}

    @property
    def tail_indices(self) -> tuple[Numbers, Numbers]:
        return np.inf, self.tail_index

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        return self.scale * jnp.exp(-log_of_tail(upper, lower) / self.tail_index)

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        upper = -self.tail_index * jnp.log(jnp.maximum(x / self.scale, 1.0))
        return _log_complement(upper), upper

    def log_density(self, x: jax.Array) -> jax.Array:
        z = x / self.scale
        inside = (
            jnp.log(self.tail_index / self.scale)
            - (self.tail_index + 1) * jnp.log(jnp.maximum(z, 1.0))
        )  # fmt: skip
        return jnp.where(z < 1, -jnp.inf, inside)

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        return self.scale * jax.random.pareto(key, self.tail_index, shape, float)


@parameters
class Uniform:
    """Uniform law on [low, high], low < high."""

    low: Numbers = 0.0
    high: Numbers = 1.0
    tail_indices: ClassVar[tuple[float, float]] = LIGHT
    holds: ClassVar[dict[str, Accepted]] = {"low": finite(), "high": finite()}

    def __post_init__(self) -> None:
        low, high = concrete(self.low), concrete(self.high)
        if low is not None and high is not None and not np.all(low < high):
            raise InputError(f"high must exceed low = {self.low}, got {self.high}")

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        width = self.high - self.low
        return jnp.where(lower < upper, self.low + width * lower, self.high - width * upper)

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        width = self.high - self.low
        lower = jnp.clip((x - self.low) / width, 0.0, 1.0)
        upper = jnp.clip((self.high - x) / width, 0.0, 1.0)
        return log_of_tail(lower, upper), log_of_tail(upper, lower)

    def log_density(self, x: jax.Array) -> jax.Array:
        inside = (x >= self.low) & (x <= self.high)
        return jnp.where(inside, -jnp.log(self.high - self.low), -jnp.inf)

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        return jax.random.uniform(key, shape, float, self.low, self.high)


@parameters
class Discrete:
    """Atoms: `rewards` [K] with `probabilities` [K]; rewards in any order, ties allowed."""

    probabilities: Numbers
    rewards: Numbers
    tail_indices: ClassVar[tuple[float, float]] = LIGHT
    holds: ClassVar[dict[str, Accepted]] = {
        "probabilities": vector(nonnegative()),
        "rewards": vector(finite()),
    }
    field_axes: ClassVar[int] = 1

    def __post_init__(self) -> None:
        require_atoms(self.probabilities, self.rewards)
        for name in ("probabilities", "rewards"):  # a list would be a tree of its own
            if isinstance(getattr(self, name), list | tuple):
                object.__setattr__(self, name, np.asarray(getattr(self, name), float))

    def _sorted(self):
        probabilities, rewards = jnp.asarray(self.probabilities), jnp.asarray(self.rewards)
        order = jnp.argsort(rewards)
        return probabilities[order], rewards[order]

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        probabilities, rewards = self._sorted()
        below = jnp.cumsum(probabilities)
        above = jnp.cumsum(probabilities[::-1])[::-1]  # of this atom and the higher ones
        last = len(rewards) - 1
        from_below = jnp.searchsorted(below, lower)
        from_above = last - jnp.searchsorted(above[::-1], upper, side="right")
        return rewards[jnp.clip(jnp.where(lower < upper, from_below, from_above), 0, last)]

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        probabilities, rewards = self._sorted()
        beyond = rewards > jnp.asarray(x)[..., None]
        lower = jnp.sum(jnp.where(beyond, 0.0, probabilities), -1)
        upper = jnp.sum(jnp.where(beyond, probabilities, 0.0), -1)
        return log_of_tail(lower, upper), log_of_tail(upper, lower)

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        uniform = jax.random.uniform(key, shape, float)
        return self.quantile(uniform, 1 - uniform)


@parameters
class Quantile:
    """Any law by its quantile function.

    Attributes:
      lower: x of P(X < x), an increasing function made of JAX operations, elementwise on (0, 1).
      upper: x of P(X > x), decreasing; keeps the digits of upper tails. Without it `lower(1 - p)`
        is used and upper tails end at a probability of 1e-16.
      tail_indices: exponents of power-law tails, lower and upper; infinite for lighter ones.
    """

    lower: Callable[[Any], Any] = static()
    upper: Callable[[Any], Any] | None = static(default=None)
    tail_indices: tuple[float, float] = static(default=LIGHT)

    def __post_init__(self) -> None:
        require_callable(lower=self.lower)
        if self.upper is not None:
            require_callable(upper=self.upper)
        require_at_least(0, tail_indices=self.tail_indices)
        if np.shape(self.tail_indices) != (2,):
            raise InputError(f"tail_indices must be two numbers, got {self.tail_indices}")

    def quantile(self, lower: jax.Array, upper: jax.Array) -> jax.Array:
        below = lower < upper
        low = self.lower(jnp.where(below, lower, 0.5))
        rare = jnp.where(below, 0.5, upper)
        if self.upper is None:
            return jnp.where(below, low, self.lower(1 - jnp.maximum(rare, 2.0**-53)))
        return jnp.where(below, low, self.upper(rare))

    def _at_log_odds(self, v):
        return self.quantile(jax.nn.sigmoid(v), jax.nn.sigmoid(-v))

    def _log_odds(self, x):
        """ln of the odds of a smaller value: bisection, and a Newton step for the gradient."""
        shape = jnp.shape(x)

        def halve(_, ends):
            low, high = ends
            middle = (low + high) / 2
            beyond = self._at_log_odds(middle) > x
            return jnp.where(beyond, low, middle), jnp.where(beyond, middle, high)

        reach = 36.0 if self.upper is None else 690.0
        start = (jnp.full(shape, -690.0), jnp.full(shape, reach))
        v = lax.stop_gradient(sum(lax.fori_loop(0, 64, halve, start)) / 2)
        slope = lax.stop_gradient(self._slope(v))
        flat = (slope == 0) | ~jnp.isfinite(slope)
        return v - jnp.where(flat, 0.0, (self._at_log_odds(v) - x) / jnp.where(flat, 1.0, slope))

    def _slope(self, v):
        return jax.jvp(self._at_log_odds, (v,), (jnp.ones_like(v),))[1]

    def log_tails(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        v = self._log_odds(jnp.asarray(x, float))
        return jax.nn.log_sigmoid(v), jax.nn.log_sigmoid(-v)

    def log_density(self, x: jax.Array) -> jax.Array:
        v = self._log_odds(jnp.asarray(x, float))
        return jax.nn.log_sigmoid(v) + jax.nn.log_sigmoid(-v) - jnp.log(self._slope(v))

    def sample(self, key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        uniform = jnp.maximum(jax.random.uniform(key, shape, float), 2.0**-54)
        return self.quantile(uniform, 1 - uniform)


RewardLaw = (
    Normal
    | StudentT
    | Exponential
    | Logistic
    | Gumbel
    | Pareto
    | Uniform
    | Discrete
    | Quantile
)  # fmt: skip

STANDARD_NORMAL = Normal()


def require_atoms(probabilities: Any, rewards: Any) -> None:
    """Raise InputError unless these are the atoms of a law, along the last axis."""
    known = concrete(probabilities)
    if known is not None:
        totals = known.sum(-1)
        if np.any(np.abs(totals - 1) > 1e-9):
            raise InputError(f"probabilities must sum to 1, got a sum of {totals.flat[0]:g}")
    atoms = [np.shape(value)[-1:] for value in (probabilities, rewards)]
    if atoms[0] != atoms[1] or not atoms[0]:
        raise InputError(
            f"probabilities and rewards must have one entry per atom, got {atoms[0]} and {atoms[1]}"
        )
