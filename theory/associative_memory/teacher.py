"""Delta rule taught by a linear teacher with noise: error of the weights, stability."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.domain import choices, log_reals, reals
from jtts.kinds import Exact, Limit, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, positive, words
from jtts.theory.associative_memory.key_laws import moments
from jtts.theory.associative_memory.powers import kept, learned, times
from jtts.theory.associative_memory.recall import as_numbers

KEYS = choices("sphere", "gauss")
STRENGTHS = reals(0.1, 1.5)
DIM = between(1, 1e15)
HELD_KEYS = words("sphere", "gauss")


def _weight_error(num_steps, dim, strength, noise_var, initial=1.0, keys="sphere", *, injected=1.0):
    num_steps, dim, strength = as_numbers(num_steps, dim, strength)
    noise_var, initial = as_numbers(noise_var, initial)
    erased = moments(keys, dim, strength).erased
    noise = times(injected * strength**2 * noise_var, learned(num_steps, erased))
    return times(initial, kept(erased, num_steps)) + noise


@law(
    kind=Exact(),
    formula=r"\kappa^t D_0 + \beta^2 s^2 (1-\kappa^t)/(1-\kappa)",
    source="derived here (docs, associative memory section 4)",
    holds={
        "num_steps": nonnegative(),
        "dim": DIM,
        "strength": nonnegative(),
        "noise_var": nonnegative(),
        "initial": nonnegative(),
        "keys": HELD_KEYS,
    },
    relative=1e-12,
    gives=at_least(0),
    domain={
        "num_steps": choices(10),
        "dim": choices(20),
        "strength": STRENGTHS,
        "noise_var": log_reals(0.05, 2.0),
        "initial": log_reals(0.5, 8.0),
        "keys": KEYS,
    },
    mutants={
        "noise counted twice": lambda *sizes, **options: _weight_error(
            *sizes, injected=2.0, **options
        ),
        "one step fewer": lambda num_steps, *sizes, **options: _weight_error(
            num_steps - 1, *sizes, **options
        ),
    },
)
def teacher_weight_error(
    num_steps: Numbers,
    dim: Numbers,
    strength: Numbers,
    noise_var: Numbers,
    *,
    initial: Numbers = 1.0,
    keys: Literal["sphere", "gauss"] = "sphere",
) -> jax.Array:
    r"""Squared distance of the delta rule's weights from a teacher's, per output, after t steps.

    Values $v = W^*k + s\,n$, fresh keys, $W \leftarrow W + \beta(v - Wk)k^\top$:

    $$D_t = \kappa^tD_0 + \beta^2s^2\,\frac{1-\kappa^t}{1-\kappa}$$

    with kappa of `recall_error`; on the sphere the second term is
    $(1-\kappa^t)\,s^2\beta d/(2-\beta)$.

    Args:
      num_steps: t >= 0, finite.
      dim: d, from 1 to 1e15.
      strength: beta >= 0, finite.
      noise_var: s^2 >= 0, per output, finite.
      initial: D_0 = |W_0 - W*|^2 >= 0, per output, finite. All broadcast.
      keys: "sphere" or "gauss".

    Returns D_t, the squared Frobenius norm of W_t - W* over the number of outputs. Exact, to a
    relative 1e-12 (times t where it grows); it grows without bound for a strength beyond
    `largest_strength`.

    Raises:
      InputError: a negative number, dim outside [1, 1e15], or an unknown law of keys.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.teacher_weight_error(40, 20, 0.7, 0.25, initial=20.0):.5f}")
    5.37936
    """
    return _weight_error(num_steps, dim, strength, noise_var, initial, keys)


def _excess(dim, strength, noise_var, keys="sphere", *, margin=1.0):
    dim, strength = as_numbers(dim, strength)
    slack = 2 - margin * strength * _fourth(keys, dim)
    return noise_var * strength / jnp.where(slack > 0, slack, jnp.nan)


def _fourth(keys, dim):
    """m_2, in the shape of dim."""
    return jnp.broadcast_to(moments(keys, dim, 0.0).fourth, jnp.shape(dim))


@law(
    kind=Limit(
        of=lambda num_steps, dim, strength, noise_var, keys: (
            teacher_weight_error(num_steps, dim, strength, noise_var, keys=keys) / dim
        ),
        argument="num_steps",
        values=(400, 600, 800, 1200),
        gap=lambda num_steps, point: float(
            (1 - moments(point["keys"], point["dim"], point["strength"]).erased) ** num_steps
        ),
    ),
    formula=r"s^2 \beta / (2 - m_2 \beta)",
    source="derived here (docs, associative memory section 4)",
    holds={
        "dim": DIM,
        "strength": nonnegative(),
        "noise_var": nonnegative(),
        "keys": HELD_KEYS,
    },
    relative=1e-12,
    gives=at_least(0),
    domain={
        "dim": choices(8, 20),
        "strength": STRENGTHS,
        "noise_var": log_reals(0.05, 2.0),
        "keys": KEYS,
    },
    mutants={"no margin": lambda *sizes, **options: _excess(*sizes, margin=0.0, **options)},
)
def teacher_excess_error(
    dim: Numbers,
    strength: Numbers,
    noise_var: Numbers,
    *,
    keys: Literal["sphere", "gauss"] = "sphere",
) -> jax.Array:
    r"""Excess prediction error of the delta rule in a steady state under a noisy teacher.

    $$\lim_{t\to\infty} D_t/d = \frac{s^2\beta}{2-m_2\beta},$$

    $m_2 = 1$ on the sphere, $1+2/d$ for Gaussian keys: the price of never averaging.

    Args:
      dim: d, from 1 to 1e15.
      strength: beta >= 0, finite.
      noise_var: s^2 >= 0, per output, finite. All broadcast.
      keys: "sphere" or "gauss".

    Returns E|(W - W*)k|^2 per output, noise of the value asked for not included; to a relative
    1e-12, for Gaussian keys over 2 - m_2 beta. NaN at and beyond `largest_strength`, where there is
    no steady state.

    Raises:
      InputError: dim outside [1, 1e15], a negative number, or an unknown law of keys.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.teacher_excess_error(20, 1.0, 0.25)}")
    0.25
    """
    return _excess(dim, strength, noise_var, keys)


def _largest(dim, keys="sphere", power=1.0):
    (dim,) = as_numbers(dim)
    return 2 / _fourth(keys, dim) ** power


@law(
    kind=Root(
        residual=lambda strength, dim, keys: (
            teacher_weight_error(1, dim, strength, 0.0, keys=keys) - 1
        ),
        bracket=lambda dim, keys: (0.5, 2.5),
    ),
    formula=r"2 / m_2",
    source="derived here (docs, associative memory section 4)",
    holds={"dim": DIM, "keys": HELD_KEYS},
    relative=1e-14,
    gives=positive(),
    domain={"dim": choices(4, 8, 20, 100), "keys": KEYS},
    mutants={
        "any keys": lambda dim, keys="sphere": _largest(dim),
        "keys confused": lambda dim, keys="sphere": _largest(dim, "gauss", power=2.0),
    },
)
def largest_strength(dim: Numbers, *, keys: Literal["sphere", "gauss"] = "sphere") -> jax.Array:
    r"""Strength of the delta rule from which on its weights diverge.

    $$\beta_{\max} = 2/m_2:$$

    2 on the sphere, 2d/(d+2) for Gaussian keys, where one step no longer contracts on average.

    Args:
      dim: d, from 1 to 1e15; any shape.
      keys: "sphere" or "gauss".

    Returns beta_max, to a relative 1e-14; the root of kappa(beta) = 1.

    Raises:
      InputError: dim outside [1, 1e15], or an unknown law of keys.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(am.largest_strength(8), am.largest_strength(8, keys="gauss"))
    2.0 1.6
    """
    return _largest(dim, keys)
