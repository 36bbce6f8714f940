"""Long streams: what a memory holds of a pair when it goes on writing for ever."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_reals, reals
from jtts.kinds import Limit, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, positive, words
from jtts.theory.associative_memory.geometric import geometric_sum, power
from jtts.theory.associative_memory.key_laws import moments, require_keys
from jtts.theory.associative_memory.recall import (
    as_numbers,
    rates,
    recall_cosine,
    recall_error,
)

AGE = nonnegative()
DIM = between(1, 1e15)


def _stream_error(age, dim, *, decay, erase, write, keys, older=1.0):
    age, dim, decay, erase = as_numbers(age, dim, decay, erase)
    known, log = rates(keys, dim, decay, erase)
    kept = power(log.power, age)
    alone = dim == 1  # no second direction to overlap in
    overlap = power(jnp.where(alone, 0.0, log.overlap), age)
    square = kept / dim + jnp.where(alone, 0.0, (1 - 1 / dim) * overlap)
    bounded = log.power < 0
    rate = jnp.where(bounded, log.power, -1.0)
    crossed = kept - (2 * erase * known.fourth - erase**2 * known.sixth) * square
    survivors = older * decay**2 * crossed / -jnp.expm1(rate)
    noise = (survivors + geometric_sum(rate, age)) / dim
    error = 1 - 2 * write * power(log.signal, age) + write**2 * (known.fourth * square + noise)
    return jnp.where(bounded, error, jnp.nan)


@law(
    kind=Limit(
        of=recall_error,
        argument="num_pairs",
        values=(100, 150, 200, 300),
        gap=lambda num_pairs, point: float(
            (point["decay"] ** 2 * (1 - moments(point["keys"], 16.0, point["erase"]).erased))
            ** num_pairs
        ),
    ),
    formula=r"1 - 2c(\lambda\gamma)^a + c^2 m_2 p"
    r" + \frac{c^2}{d(1-K)}\{\lambda^2[K^a-(2bm_2-b^2m_3)p] + 1 - K^a\}",
    source="derived here (docs, associative memory section 4)",
    holds={
        "age": AGE,
        "dim": DIM,
        "decay": positive(),
        "erase": nonnegative(),
        "write": nonnegative(),
        "keys": words("sphere", "gauss", "rad"),
    },
    jointly={
        "dim must be above erase": lambda dim, erase: dim > erase,
        "dim must be 1 or at least 2": lambda dim: (dim == 1) | (dim >= 2),
    },
    relative=1e-12,
    absolute=1e-13,
    domain={
        "age": choices(0, 1, 5, 20),
        "dim": choices(16),
        "decay": choices(0.95, 1.0),
        "erase": choices(0.3, 0.8, 1.0),
        "write": choices(0.3, 0.8, 1.0),
        "keys": choices("sphere", "gauss"),
    },
    mutants={
        "older pairs forgotten": lambda age, dim, **memory: _stream_error(
            age, dim, older=0.0, **memory
        ),
        "one step later": lambda age, dim, **memory: _stream_error(age + 1, dim, **memory),
    },
)
def stream_error(
    age: Numbers,
    dim: Numbers,
    *,
    decay: Numbers = 1.0,
    erase: Numbers = 0.0,
    write: Numbers = 1.0,
    keys: Literal["sphere", "gauss", "rad"] = "sphere",
) -> jax.Array:
    r"""`recall_error` of the pair `age` steps back in an endless stream.

    $$1 - 2c(\lambda\gamma)^a + c^2m_2p
      + \frac{c^2}{d(1-K)}\{\lambda^2[K^a-(2bm_2-b^2m_3)p] + 1-K^a\},$$

    for the delta rule ($\lambda=1$, $b=c=\beta$) on the sphere
    $\frac2{2-\beta} - 2\beta(1-\beta/d)^a$. At beta = 1 the newest pair is exact and old ones tend
    to 2, the error of an unrelated value.

    Args:
      age: a >= 0, steps since the pair was written, finite.
      dim: d, 1 or from 2 to 1e15, above `erase`. Both broadcast.
      decay, erase, write: lambda > 0, b >= 0 and c >= 0, finite.
      keys: "sphere", "gauss", or "rad" where erase is 0.

    Returns the error per component, values having unit power per component; to 1e-13 (relatively
    1e-12 above 1), times 1/(1 - K) for Gaussian keys that are erased. NaN where K >= 1: the memory
    (Hebbian, say) then fills without bound.

    Raises:
      InputError: a number outside its range, an unknown law of keys, or sign keys with erase > 0.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.stream_error(10, 64, erase=0.5, write=0.5):.6f}")
    0.408768
    """
    require_keys(keys, erase)
    return _stream_error(age, dim, decay=decay, erase=erase, write=write, keys=keys)


def _misalignment(delay, strength, *, spread=2.0):
    delay, strength = as_numbers(delay, strength)
    exponent = -spread * strength * delay
    # 1 - b (2 - b) = (1 - b)^2: no difference where the strength is near 1 and the pair new
    near = (1 - strength) ** 2 * jnp.exp(exponent) - jnp.expm1(exponent)
    away = 1 - strength * (2 - strength) * jnp.exp(exponent)
    return jnp.where(jnp.abs(1 - strength) < 0.5, near, away)


def _misalignment_of_a_memory(delay, strength, dim):
    cosine = recall_cosine(delay * dim, 60 * dim, dim, erase=strength, write=strength)
    return 1 - cosine**2


@law(
    kind=Limit(
        of=_misalignment_of_a_memory,
        argument="dim",
        values=(32, 64, 128, 256),
        gap=lambda dim, point: 1 / dim,
    ),
    formula=r"1 - \beta(2-\beta)\,e^{-2\beta\tau}",
    source="derived here (docs, associative memory section 4)",
    holds={"delay": nonnegative(), "strength": between(0, 2, open="both")},
    relative=1e-13,
    gives=at_least(0),
    domain={"delay": log_reals(0.05, 3.0), "strength": reals(0.2, 1.8)},
    mutants={"amplitude for power": lambda *point, **named: _misalignment(
        *point, **named | {"spread": 1.0}
    )},
)  # fmt: skip
def stream_misalignment(delay: Numbers, strength: Numbers) -> jax.Array:
    r"""Error of an endless delta-rule stream after the best scalar gain: one minus cosine squared.

    $$1 - \beta(2-\beta)\,e^{-2\beta\tau},\quad \tau = a/d$$

    in the limit of large d, with `recall_cosine` for the cosine; at finite d the exponential is
    $(1-\beta/d)^{2a}$.

    Args:
      delay: tau = a/d >= 0, pairs written since, per dimension; finite.
      strength: beta, 0 < beta < 2, of erasing and writing. Both broadcast.

    Returns the error per component, values having unit power per component; to a relative 1e-13,
    also of a new pair that is held almost exactly.

    Raises:
      InputError: a negative delay, or a strength outside (0, 2), where the memory diverges.

    Source: derived here (docs, associative memory section 4); the rule is that of arXiv:2406.06484.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.stream_misalignment(0.5, 1.0):.6f}")
    0.632121
    """
    return _misalignment(delay, strength)


def _best_strength(delay, factor=4.0):
    (delay,) = as_numbers(delay)
    # [1 + 2 tau - sqrt(1 + 4 tau^2)] / (2 tau), without the difference
    return 1 / (0.5 + delay + jnp.hypot(0.5, factor**0.5 / 2 * delay))


@law(
    kind=Minimizer(
        of=stream_misalignment,
        argument="strength",
        candidates=lambda point: np.linspace(0.0, 2.0, 102)[1:-1],
    ),
    formula=r"\beta^* = [1 + 2\tau - \sqrt{1+4\tau^2}] / (2\tau)",
    source="derived here (docs, associative memory section 4)",
    holds={"delay": nonnegative(1e300)},
    relative=1e-14,
    gives=between(0, 1, open="low"),
    domain={"delay": log_reals(0.02, 20.0)},
    mutants={"a wrong root": lambda delay: _best_strength(delay, factor=2.0)},
)
def optimal_strength(delay: Numbers) -> jax.Array:
    r"""Strength of the delta rule that serves a pair best, tau = a/d later.

    $$\beta^* = \frac{1+2\tau-\sqrt{1+4\tau^2}}{2\tau}$$

    It falls from 1 to 1/(2 tau): to remember longer, write less; the squared cosine is then
    d/(e a).

    Args:
      delay: tau = a/d, from 0 to 1e300; any shape.

    Returns beta*, which minimises `stream_misalignment`, to a relative 1e-14.

    Raises:
      InputError: a negative delay.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.optimal_strength(0.5):.10f} {am.optimal_strength(2.0):.10f}")
    0.5857864376 0.2192235936
    """
    return _best_strength(delay)


def _decayed_noise(age, dim, decay, own=1.0):
    age, dim, decay = as_numbers(age, dim, decay)
    # newer pairs, lambda^-2a - 1, and older ones, lambda^2 but for the one asked for
    growth = -age * jnp.log(decay)
    many = growth > 100
    newer = jnp.expm1(2 * jnp.where(many, 0.0, growth))
    older = own * decay**2 + (1 - own)
    half = jnp.exp(jnp.where(many, growth, 0.0))  # its square may overflow
    total = jnp.where(many, half / dim * half, (newer + older) / dim)
    return total / ((1 - decay) * (1 + decay))


def _noise_of_a_memory(age, num_pairs, dim, decay):
    cosine = recall_cosine(age, num_pairs, dim, decay=decay)
    return 1 / cosine**2 - 1


@law(
    kind=Limit(
        of=_noise_of_a_memory,
        argument="num_pairs",
        values=(100, 150, 200, 300),
        gap=lambda num_pairs, point: point["decay"] ** (2 * num_pairs),
    ),
    formula=r"\frac1d\Big[\frac{\lambda^{-2a}}{1-\lambda^2} - 1\Big]",
    source="derived here (docs, associative memory section 4)",
    holds={"age": AGE, "dim": DIM, "decay": between(0, 1, open="both")},
    relative=1e-12,
    gives=at_least(0),
    domain={"age": choices(0, 1, 4, 16), "dim": choices(16, 64), "decay": reals(0.6, 0.97)},
    mutants={
        "own pair counted": lambda age, dim, decay: _decayed_noise(age, dim, decay, own=0.0),
        "decay for its square": lambda age, dim, decay: _decayed_noise(age, dim, decay**0.5),
    },
)
def decayed_noise(age: Numbers, dim: Numbers, decay: Numbers) -> jax.Array:
    r"""Noise-to-signal power ratio of a decaying Hebbian memory in an endless stream.

    $$\frac1d\Big[\frac{\lambda^{-2a}}{1-\lambda^2} - 1\Big]$$

    the inverse of the usual signal-to-noise ratio, for unit keys.

    Args:
      age: a >= 0, steps since the pair was written, finite.
      dim: d, from 1 to 1e15.
      decay: lambda, 0 < lambda < 1. All broadcast.

    Returns the power of the other pairs over that of the pair asked for, to a relative 1e-12;
    it grows without bound as lambda goes to 1.

    Raises:
      InputError: a negative age, dim outside [1, 1e15], or a decay outside (0, 1).

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.decayed_noise(4, 64, 0.9):.6f}")
    0.175416
    """
    return _decayed_noise(age, dim, decay)


def _best_decay(age, power=0.5):
    (age,) = as_numbers(age)
    return (age / (age + 1)) ** power


@law(
    kind=Minimizer(
        of=lambda age, decay: decayed_noise(age, 64, decay) if decay < 1 else np.inf,
        argument="decay",
        candidates=lambda point: 1 - np.geomspace(1e-4, 0.9, 200),
    ),
    formula=r"\lambda^* = \sqrt{a/(a+1)}",
    source="derived here (docs, associative memory section 4)",
    holds={"age": AGE},
    relative=1e-14,
    gives=between(0, 1),
    domain={"age": choices(1, 2, 5, 20, 100)},
    mutants={"its square": lambda age: _best_decay(age, power=1.0)},
)
def optimal_decay(age: Numbers) -> jax.Array:
    r"""Decay with which a Hebbian memory recalls best, `age` steps later, in an endless stream.

    $$\lambda^* = \sqrt{\frac a{a+1}}$$

    The noise-to-signal ratio is then $[(a+1)^{a+1}/a^a - 1]/d$, about e (a + 1/2)/d: the pairs that
    compete are those written since, whatever went before.

    Args:
      age: a >= 0, steps since the pair was written, finite; any shape.

    Returns lambda*, which minimises `decayed_noise` exactly, not only to leading order; to a
    relative 1e-14.

    Raises:
      InputError: a negative age.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.optimal_decay(4):.6f}")
    0.894427
    """
    return _best_decay(age)
