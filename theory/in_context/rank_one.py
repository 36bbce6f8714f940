"""Parts that are useless without each other: the smallest model of an abrupt transition."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import choices, log_reals
from jtts.kinds import Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, whole
from jtts.theory.in_context.descent import time_to_half

DIM = 20  # of the vectors that descend
LEAST = 1e-100  # overlap at the start


def _potential(overlap, parts):
    """Antiderivative of 1/(u^(m-1) (1 - u^m)), for m = 1, 2, 3 parts in turn."""
    u = overlap
    third = jnp.sqrt(3.0)
    alone = -jnp.log1p(-u)
    two = jnp.log(u) - (jnp.log1p(u) + jnp.log1p(-u)) / 2
    turn = jnp.arctan((2 * u + 1) / third) / third
    v = jnp.where(parts == 3, u, 0.5)  # the slope at 0 of the others is no number
    three = -1 / v - jnp.log1p(-v) / 3 + jnp.log1p(v + v * v) / 6 - turn
    return jnp.where(parts == 1, alone, jnp.where(parts == 2, two, three))


def _formation(initial, parts, shift=0.0):
    initial, parts = (jnp.asarray(a, jnp.result_type(float)) for a in (initial, parts))
    end = 2.0 ** (-1 / (parts + shift))
    return _potential(end, parts) - _potential(initial, parts)


def _descended(initial, parts, step):
    return _count_steps(float(initial), float(step), parts=int(parts))


@jax.jit
def _loss(vectors, truth):
    """Mean over standard normal x and y of (a.x b.y c - a*.x b*.y c*)^2 / 2."""
    own = jnp.prod(jnp.sum(vectors**2, -1))
    shared = jnp.prod(jnp.sum(vectors * truth, -1))
    return (own - 2 * shared + jnp.prod(jnp.sum(truth**2, -1))) / 2


def _count_steps(initial, step, *, parts):
    return _descend(jnp.float64(initial), jnp.float64(step), jnp.arange(3) < parts)


@jax.jit
def _descend(initial, step, free):
    truth = jax.random.normal(jax.random.key(0), (3, DIM))
    truth = truth / jnp.linalg.norm(truth, axis=-1, keepdims=True)

    def product(vectors):
        return jnp.prod(jnp.sum(vectors * truth, -1))

    def slope(vectors):
        return jnp.where(free[:, None], jax.grad(_loss)(vectors, truth), 0.0)

    start = jnp.where(free[:, None], initial, 1.0) * truth
    return time_to_half(slope, product, start, step)


@law(
    relative=1e-13,
    absolute=1e-14,
    holds={"initial": between(LEAST, 1, open="high"), "parts": whole(1, 3)},
    kind=Limit(
        of=_descended, argument="step", values=(0.04, 0.02, 0.01), gap=lambda step, point: step
    ),
    formula=r"\int_\delta^{2^{-1/m}}\frac{du}{u^{m-1}(1-u^m)}",
    source="derived here (section 10)",
    domain={"initial": log_reals(1e-2, 0.3), "parts": choices(1, 2, 3)},
    mutants={
        "half of each part": lambda initial, parts: (
            _potential(0.5, parts) - _potential(initial, parts)
        ),
        "half of another product": lambda initial, parts: _formation(initial, parts, shift=1.0),
    },
)
def formation_time(initial: Numbers, parts: Numbers) -> jax.Array:
    r"""Time for a product of m unknown parts to be half learned, each begun at an overlap delta.

    Three vectors must become $a^*,b^*,c^*$ (unit length) for $a(x)\,b(y)\,c$ to be right, under the
    squared error of the product; m of them begin at $\delta$ times the truth, the others are
    clamped to it. Gradient flow keeps the m overlaps u equal, $\dot u=u^{m-1}(1-u^m)$, and the
    product u^m is 1/2 after

    $$t=\int_\delta^{2^{-1/m}}\frac{du}{u^{m-1}(1-u^m)}:$$

    ln 2 at most for one part, ln(1/delta) for two, 1/delta for three. Clamping removes the plateau.

    Args:
      initial: delta, from 1e-100 on, below 1; the time is negative beyond 2^(-1/m).
      parts: m, 1, 2 or 3.

    Arrays broadcast; differentiable in initial. Returns a time in units of inverse learning rate,
    to a relative 1e-13 and an absolute 1e-14; NaN for an overlap of 1 or more that is traced.

    Raises:
      InputError: parts not 1, 2 or 3, or initial out of range.

    Source: derived here (docs, in_context section 10); toys of this kind are those of
    arXiv:2404.07129.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.formation_time(0.01, [1, 2, 3]).round(3))
    [ 0.683  4.605 99.15 ]
    """
    return _formation(initial, parts)
