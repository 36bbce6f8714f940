"""The delta rule on pairs drawn at random from a fixed set."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, require_nonnegative, require_whole
from jtts.associative_memory import memorise, memorise_exactly, recall
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import NUM_VALUES, NUMBERS, normal
from jtts.simulations import simulation


def require_steps(*, num_steps, strength, rows=None, **others):
    """Raise InputError unless the steps can be taken."""
    require_whole(1, num_steps=num_steps)
    require_nonnegative(strength=strength)
    if rows is not None and np.ndim(rows) != 2:
        raise InputError(f"rows must be [pairs, dim], got shape {np.shape(rows)}")


def lessons_per_chunk(num_steps, **_):
    return max(1, NUMBERS // (64 * num_steps))


def random_writes(key, trials, num_steps, strength, rows):
    """Values of the pairs, and what one memory a trial is taught: a random pair at every step."""
    of_values, of_order = jax.random.split(key)
    values = normal(of_values, trials, rows.shape[0], NUM_VALUES)
    order = jax.random.randint(of_order, (trials, num_steps), 0, rows.shape[0])
    taught = jnp.take_along_axis(values, order[..., None], axis=1)
    return values, {"keys": rows[order], "values": taught, "erase": strength, "write": strength}


@simulation(chunk=lessons_per_chunk, static=("num_steps",), validate=require_steps)
def kaczmarz_error(
    key: jax.Array, trials: int, num_steps: Numbers, strength: Numbers, rows: Numbers
) -> Estimate:
    """Mean squared error per component over the pairs, each step on one drawn at random.

    Args:
      num_steps: whole number; static.
      strength: of the delta rule.
      rows: the keys, [pairs, dim].

    Returns:
      Estimate of the error; a datum is one order and one draw of values.

    Raises:
      InputError: a number of steps that is not whole, or keys without two axes.

    >>> print(f"{kaczmarz_error(jax.random.key(0), 4000, 3, 0.5, jnp.eye(4)).mean:.1f}")
    0.5
    """
    values, writes = random_writes(key, trials, num_steps, strength, rows)
    return Estimate.of(jnp.mean((recall(queries=rows, **writes) - values) ** 2, (-1, -2)))


@simulation(chunk=lessons_per_chunk, static=("num_steps", "num_pairs"), validate=require_steps)
def kaczmarz_progress(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    strength: Numbers,
    num_pairs: Numbers,
    smallest: Numbers,
) -> Estimate:
    """Share of the squared distance to the solution covered by steps on single, random pairs.

    Args:
      num_steps, num_pairs: whole numbers; static.
      strength: of the delta rule.
      smallest: eigenvalue of the overlaps; the keys are unit vectors at equal angles.

    Returns:
      Estimate of the share; a datum is one order and one draw of values.

    Raises:
      InputError: a number of steps that is not whole.

    >>> print(f"{kaczmarz_progress(jax.random.key(0), 100, 1, 1.0, 1, 1.0).mean:.1f}")
    1.0
    """
    inner = jnp.sqrt(smallest)
    outer = jnp.sqrt(smallest + num_pairs * (1 - smallest))
    rows = inner * jnp.eye(num_pairs) + (outer - inner) / num_pairs
    values, writes = random_writes(key, trials, num_steps, strength, rows)
    solution = memorise_exactly(rows, values)
    distance = jnp.sum((memorise(**writes) - solution) ** 2, (-1, -2))
    return Estimate.of(1 - distance / jnp.sum(solution**2, (-1, -2)))
