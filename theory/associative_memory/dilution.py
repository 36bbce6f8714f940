"""Softmax read-out among random keys: the partition function of the distractors, the needle's mass.

The logits are beta times overlaps of unit keys with a unit query; the needle is the key looked for,
the distractors are the others, uniform on the sphere.
"""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from jtts.domain import choices, constant, log_integers, log_reals, reals
from jtts.kinds import Bound, Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability
from jtts.theory.associative_memory import race
from jtts.theory.associative_memory.margins import MANY
from jtts.theory.associative_memory.overlaps import log_moment_generating, log_tilted_mean
from jtts.theory.associative_memory.recall import as_numbers

SOURCE = "derived here (docs, associative memory section 8)"
SIZES = {"dim": log_integers(3, 10**4), "num_keys": log_integers(2, 10**6)}
SIMULATED_SIZES = {"dim": choices(16), "num_keys": choices(24, 200, 1000)}


HOLDS = {
    "dim": between(2, 1e6),
    "num_keys": MANY,
    "inverse_temperature": nonnegative(1e4),
}
SMOOTH = {
    "dim must be whole, or at least 5": lambda dim: (
        (dim >= 5) | (dim == 2) | (dim == 3) | (dim == 4)
    )
}
OVERLAP = {"overlap": between(-1, 1)}


@jax.jit
def log_partition_function(dim, num_keys, inverse_temperature):
    """ln E Z."""
    dim, num_keys, beta = as_numbers(dim, num_keys, inverse_temperature)
    return jnp.log(num_keys - 1) + log_moment_generating(dim, beta)


@law(
    kind=Exact(),
    formula=r"(N-1)\,\Gamma(\tfrac d2)(\tfrac2\beta)^{d/2-1} I_{d/2-1}(\beta)",
    source=SOURCE,
    relative=1e-10,
    holds=HOLDS,
    domain={**SIZES, "inverse_temperature": log_reals(0.1, 100.0)},
    simulated=SIMULATED_SIZES | {"inverse_temperature": log_reals(1.0, 8.0)},
    mutants={
        "Gaussian overlaps": lambda dim, num_keys, inverse_temperature: (
            gaussian_partition_function.function(  # type: ignore[has-type]
                num_keys, inverse_temperature / jnp.sqrt(dim)
            )
        ),
        "two dimensions more": lambda dim, num_keys, inverse_temperature: jnp.exp(
            log_partition_function(dim + 2, num_keys, inverse_temperature)
        ),
    },
)
def partition_function(dim: Numbers, num_keys: Numbers, inverse_temperature: Numbers) -> jax.Array:
    r"""Mean partition function of the distractors, E sum_j exp(beta k_j . q).

    $$E Z = (N-1)\,\Gamma(\tfrac d2)\,(\tfrac2\beta)^{d/2-1}\,I_{d/2-1}(\beta)$$

    Args:
      dim: d from 2 to 10^6.
      num_keys: N >= 2, the needle included, which does not count in Z.
      inverse_temperature: beta from 0 to 10^4, of unit query and keys. All broadcast.

    Returns E Z; infinite beyond the largest double. Exact; relative accuracy 1e-10, and 1e-12
    for d to 10^4 and beta to 10^3.

    Raises:
      InputError: a size or a temperature outside its range.

    Source: derived here (docs, associative memory section 8).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.partition_function(32, 64, 6.0):.8f}")
    109.58450162
    """
    return jnp.exp(log_partition_function(dim, num_keys, inverse_temperature))


@law(
    kind=Limit(
        of=lambda dim, num_keys, logit_sd: partition_function(dim, num_keys, logit_sd * dim**0.5),
        argument="dim",
        values=(250, 500, 1000, 2000, 4000),
        gap=lambda dim, point: 1 / dim,
    ),
    formula=r"(N-1)\, e^{s^2/2}",
    source=SOURCE,
    relative=1e-12,
    holds={"num_keys": MANY, "logit_sd": nonnegative(1e4)},
    domain={"num_keys": log_integers(2, 10**6), "logit_sd": reals(0.3, 3.0)},
    mutants={
        "s^2": lambda num_keys, logit_sd: (num_keys - 1) * jnp.exp(logit_sd**2),
        "no spread": lambda num_keys, logit_sd: 1.0 * (num_keys - 1),
    },
)
def gaussian_partition_function(num_keys: Numbers, logit_sd: Numbers) -> jax.Array:
    r"""Mean partition function of the distractors if logits are N(0, s^2): the limit of large d.

    $$(N-1)\,e^{s^2/2},\quad s = \beta/\sqrt d$$

    On the sphere E Z is lower by the factor $e^{-s^4/(4d)}$ to leading order: the largest logit is
    bounded there.

    Args:
      num_keys: N >= 2, the needle included.
      logit_sd: s from 0 to 10^4. Both broadcast.

    Returns E Z; infinite beyond the largest double. Relative accuracy 1e-12.

    Raises:
      InputError: num_keys or s outside its range.

    Source: derived here (docs, associative memory section 8).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.gaussian_partition_function(64, 6 / 32**0.5):.6f}")
    110.568443
    """
    num_keys, sd = as_numbers(num_keys, logit_sd)
    return (num_keys - 1) * jnp.exp(sd**2 / 2)


@functools.partial(jax.jit, static_argnames=("share", "spread"))
def _annealed(dim, num_keys, inverse_temperature, overlap=1.0, *, share=1.0, spread=1.0):
    dim, num_keys, beta, overlap = as_numbers(dim, num_keys, inverse_temperature, overlap)
    if spread == 0:
        return jax.nn.sigmoid(beta * overlap - jnp.log(share * (num_keys - 1)))
    # of a clean query the lead is what the moment generating function lacks to exp(beta)
    lead = beta * (overlap - 1) - log_tilted_mean(dim, beta)
    return jax.nn.sigmoid(lead - jnp.log(share * (num_keys - 1)))


@law(
    kind=Bound(
        side="lower",
        tight={
            "dim": choices(16),
            "num_keys": constant(1000),
            "inverse_temperature": reals(2.0, 5.0),
            "overlap": constant(1.0),
        },
    ),
    formula=r"E\,p \ge \frac1{1 + E Z\, e^{-\beta m_0}}",
    source=SOURCE,
    relative=1e-10,
    absolute=1e-300,
    gives=probability(),
    holds=HOLDS | OVERLAP,
    domain={
        **SIZES,
        "inverse_temperature": log_reals(0.1, 100.0),
        "overlap": reals(0.3, 1.0),
    },
    mutants={
        "half the distractors": lambda *args, **point: _annealed(*args, share=0.5, **point),
        "no spread": lambda *args, **point: _annealed(*args, spread=0.0, **point),
    },
)
def needle_mass(
    dim: Numbers, num_keys: Numbers, inverse_temperature: Numbers, overlap: Numbers = 1.0
) -> jax.Array:
    r"""Annealed mass that softmax attention puts on the key asked for: a lower bound on the mean.

    $$E\,p \ge \frac1{1 + E Z\,e^{-\beta m_0}}$$

    by Jensen's inequality, 1/(1+y) being convex; tight where N >> exp(beta^2/d), so that Z hardly
    fluctuates. `mean_needle_mass` is the mean itself.

    Args:
      dim: d from 2 to 10^6.
      num_keys: N >= 2, the needle included.
      inverse_temperature: beta from 0 to 10^4, of unit query and keys.
      overlap: m_0 of query and needle, from -1 to 1; 1 is a clean query. All broadcast.

    Returns a mass from 0 to 1; relative accuracy 1e-10 of masses above 1e-290.

    Raises:
      InputError: a size or a temperature outside its range, or an overlap outside [-1, 1].

    Source: derived here (docs, associative memory section 8).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.needle_mass(32, 64, 6.0):.8f}")
    0.78639052
    """
    return _annealed(dim, num_keys, inverse_temperature, overlap)


def _quenched(dim, num_keys, inverse_temperature, overlap=1.0):
    dim, num_keys, beta, overlap = as_numbers(dim, num_keys, inverse_temperature, overlap)
    return race.mean_mass(beta * overlap, jnp.log(num_keys - 1), dim, beta)


@law(
    kind=Exact(),
    formula=r"E\,p = E_G \big[P(\beta k\cdot q + G' < \beta m_0 + G)^{N-1}\big]",
    source=SOURCE,
    relative=1e-14,
    absolute=1e-12,
    jointly=SMOOTH,
    gives=probability(),
    holds=HOLDS | OVERLAP,
    domain={
        **SIZES,
        "inverse_temperature": log_reals(0.1, 100.0),
        "overlap": reals(0.3, 1.0),
    },
    # hot enough that the mass is not sure, and a few distractors matter
    simulated={
        "dim": choices(8),
        "num_keys": choices(24, 200, 1000),
        "inverse_temperature": reals(4.0, 9.0),
        "overlap": choices(0.5, 0.8),
    },
    mutants={
        "annealed": _annealed,
        "a clean query": lambda dim, num_keys, inverse_temperature, overlap: _quenched(
            dim, num_keys, inverse_temperature
        ),
    },
)
def mean_needle_mass(
    dim: Numbers, num_keys: Numbers, inverse_temperature: Numbers, overlap: Numbers = 1.0
) -> jax.Array:
    r"""Mean mass that softmax attention puts on the key asked for, among keys on the sphere.

    With independent Gumbel deviates added to the logits, the needle wins the race with probability

    $$E\,p = E\frac1{1+Ze^{-\beta m_0}}
      = E_G\big[P(\beta\,k\cdot q + G' < \beta m_0 + G)^{N-1}\big],$$

    two integrals, over G and over one overlap, whatever N is.

    Args:
      dim: d from 2 to 10^6, whole or at least 5.
      num_keys: N >= 2, the needle included.
      inverse_temperature: beta from 0 to 10^4, of unit query and keys.
      overlap: m_0 of query and needle, from -1 to 1; 1 is a clean query. All broadcast.

    Returns a mass from 0 to 1. Exact; absolute accuracy 1e-12. A grid is mapped in batches: its
    memory is bounded, a point takes 5 ms.

    Raises:
      InputError: a size or a temperature outside its range, or an overlap outside [-1, 1].

    Source: derived here (docs, associative memory section 8).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.mean_needle_mass(32, 64, 6.0):.8f}")
    0.78737506
    """
    return _quenched(dim, num_keys, inverse_temperature, overlap)


def _mean_log(dim, num_keys, inverse_temperature):
    dim, num_keys, beta = as_numbers(dim, num_keys, inverse_temperature)
    return race.mean_log_partition(jnp.log(num_keys - 1), dim, beta)


@law(
    kind=Exact(),
    formula=r"E \ln Z = E \max_j (\beta k_j \cdot q + G_j) - \gamma",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-10,
    jointly=SMOOTH,
    holds=HOLDS,
    domain={**SIZES, "inverse_temperature": log_reals(0.1, 100.0)},
    simulated={
        "dim": choices(8),
        "num_keys": choices(24, 200, 1000),
        "inverse_temperature": log_reals(3.0, 50.0),
    },
    mutants={
        "annealed": log_partition_function,
        "Euler's constant left in": lambda *sizes, **point: (
            _mean_log(*sizes, **point) + jnp.euler_gamma
        ),
    },
)
def mean_log_partition(dim: Numbers, num_keys: Numbers, inverse_temperature: Numbers) -> jax.Array:
    r"""Mean logarithm of the partition function of the distractors, their quenched free energy.

    $$E\ln Z = E\max_j(\beta\,k_j\cdot q + G_j) - \gamma,$$

    G_j standard Gumbel deviates, the maximum having the distribution function
    $P(\beta\,k\cdot q+G<u)^{N-1}$.

    Args:
      dim: d from 2 to 10^6, whole or at least 5.
      num_keys: N >= 2, the needle included, which does not count in Z.
      inverse_temperature: beta from 0 to 10^4, of unit query and keys. All broadcast.

    Returns E ln Z, at most ln E Z. Exact; accuracy 1e-10, relatively 1e-12. A grid is mapped in
    batches: its memory is bounded, a point takes 20 ms.

    Raises:
      InputError: a size or a temperature outside its range.

    Source: derived here (docs, associative memory section 8).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.mean_log_partition(32, 64, 6.0):.8f}")
    4.68304508
    """
    return _mean_log(dim, num_keys, inverse_temperature)
