"""Delta rule taught by a linear teacher with noise."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.associative_memory import draw_keys, memorise
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import NUM_VALUES, normal, require_drawable
from jtts.simulations import simulation

NUMBERS = 2**18


def lessons_per_chunk(num_steps, dim, **_):
    return max(1, NUMBERS // (num_steps * (dim + NUM_VALUES)))


@simulation(chunk=lessons_per_chunk, static=("num_steps", "dim"), validate=require_drawable)
def teacher_weight_error(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    dim: Numbers,
    strength: Numbers,
    noise_var: Numbers,
    *,
    initial: Numbers = 1.0,
    keys: Literal["sphere", "gauss"] = "sphere",
) -> Estimate:
    """Squared distance of the learned weights from the teacher's, per output.

    Args:
      num_steps, dim: whole numbers; static.
      strength: of the delta rule.
      noise_var: of the values taught, per output.
      initial: squared distance at the start, per output.
      keys: "sphere" or "gauss".

    Returns:
      Estimate of |W_t - W*|^2 over the number of outputs; a datum is one lesson.

    Raises:
      InputError: dim not a whole number, a negative variance, or an unknown law of keys.

    >>> estimate = teacher_weight_error(jax.random.key(0), 10, 1, 4, 0.0, 1.0, initial=3.0)
    >>> print(f"{estimate.mean:.4f}")
    3.0000
    """
    of_keys, of_teacher, of_noise = jax.random.split(key, 3)
    keys = draw_keys(of_keys, (trials, num_steps), dim, keys)
    teacher = normal(of_teacher, trials, NUM_VALUES, dim)
    teacher *= jnp.sqrt(initial / jnp.mean(jnp.sum(teacher**2, -1), -1))[:, None, None]
    values = jnp.einsum("tsd,tvd->tsv", keys, teacher, precision="highest")
    values += jnp.sqrt(noise_var) * normal(of_noise, *values.shape)
    learned = memorise(keys, values, erase=strength, write=strength)
    return Estimate.of(jnp.mean(jnp.sum((learned - teacher) ** 2, -1), -1))
