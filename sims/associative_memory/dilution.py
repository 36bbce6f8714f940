"""Softmax read-out among random keys, a block of them at a time."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_whole
from jtts.associative_memory import Attention, draw_keys, normalise
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.associative_memory.memories import normal
from jtts.simulations import simulation

BLOCK = 1024  # keys drawn at once
NUMBERS = 2**18  # held by one chunk


def require_keys(*, dim, num_keys, inverse_temperature, overlap=1.0):
    """Raise InputError unless keys of these sizes can be drawn."""
    require_whole(2, dim=dim, num_keys=num_keys)
    require_nonnegative(
        inverse_temperature=inverse_temperature, **{"1 - |overlap|": 1 - abs(overlap)}
    )


random_keys = functools.partial(
    simulation,
    chunk=lambda dim, **_: max(1, NUMBERS // (BLOCK * dim)),
    static=("dim",),
    validate=require_keys,
)


def distractors(key, query, num_keys, inverse_temperature):
    """ln Z of num_keys - 1 keys on the sphere for each query, [trials, dim]."""
    trials, dim = query.shape
    others = jnp.asarray(num_keys - 1, int)

    def one_block(index, attention):
        keys = draw_keys(jax.random.fold_in(key, index), (trials, BLOCK), dim)
        logits = inverse_temperature * jnp.einsum("td,tkd->tk", query, keys, precision="highest")
        present = index * BLOCK + jnp.arange(BLOCK) < others
        logits = jnp.where(present, logits, -jnp.inf)
        return attention.absorb(logits[:, None], jnp.zeros((trials, BLOCK, 1), logits.dtype))

    empty = Attention.empty((trials, 1), 1, query.dtype)
    return lax.fori_loop(0, -(-others // BLOCK), one_block, empty).log_mass[:, 0]


@random_keys()
def partition_function(
    key: jax.Array, trials: int, dim: Numbers, num_keys: Numbers, inverse_temperature: Numbers
) -> Estimate:
    """Sum of exp(logit) over the distractors.

    Args:
      dim: whole number; static.
      num_keys: whole number; the needle is one of them and does not count.
      inverse_temperature: of unit query and keys.

    Returns:
      Estimate of the mean; a datum is a set of keys. Heavy-tailed where beta^2 / dim is above 2.

    Raises:
      InputError: sizes that are not whole numbers from 2 on, or a negative temperature.

    >>> print(f"{partition_function(jax.random.key(0), 10, 4, 11, 0.0).mean:.6f}")
    10.000000
    """
    of_query, of_keys = jax.random.split(key)
    query = draw_keys(of_query, (trials,), dim)
    return Estimate.of(jnp.exp(distractors(of_keys, query, num_keys, inverse_temperature)))


@random_keys()
def mean_log_partition(
    key: jax.Array, trials: int, dim: Numbers, num_keys: Numbers, inverse_temperature: Numbers
) -> Estimate:
    """Logarithm of the sum of exp(logit) over the distractors.

    Args: as `partition_function`.

    Returns:
      Estimate of its mean; a datum is a set of keys.

    Raises:
      InputError: as `partition_function`.

    >>> print(f"{mean_log_partition(jax.random.key(0), 10, 4, 2, 0.0).mean:.6f}")
    0.000000
    """
    of_query, of_keys = jax.random.split(key)
    query = draw_keys(of_query, (trials,), dim)
    return Estimate.of(distractors(of_keys, query, num_keys, inverse_temperature))


@random_keys()
def mean_needle_mass(
    key: jax.Array,
    trials: int,
    dim: Numbers,
    num_keys: Numbers,
    inverse_temperature: Numbers,
    overlap: Numbers = 1.0,
) -> Estimate:
    """Softmax mass of the key that the query overlaps with.

    Args:
      dim: whole number; static.
      num_keys: whole number, the needle included.
      inverse_temperature: of unit query and keys.
      overlap: of query and needle, from -1 to 1.

    Returns:
      Estimate of the mean mass; a datum is a set of keys.

    Raises:
      InputError: sizes that are not whole numbers from 2 on, a negative temperature, or an overlap
        outside [-1, 1].

    >>> print(f"{mean_needle_mass(jax.random.key(0), 10, 4, 8, 0.0).mean:.6f}")
    0.125000
    """
    of_needle, of_rest, of_keys = jax.random.split(key, 3)
    needle = draw_keys(of_needle, (trials,), dim)
    rest = normal(of_rest, trials, dim)
    rest = normalise(rest - jnp.sum(rest * needle, -1, keepdims=True) * needle)
    query = overlap * needle + jnp.sqrt(1 - overlap**2) * rest
    logit = inverse_temperature * jnp.sum(query * needle, -1)
    log_partition = distractors(of_keys, query, num_keys, inverse_temperature)
    return Estimate.of(jax.nn.sigmoid(logit - log_partition))


needle_mass = mean_needle_mass
