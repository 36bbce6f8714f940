"""Other rules of writing: orthogonal slots, Oja's rule, a sliding threshold."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import InputError
from jtts.associative_memory import write_slots
from jtts.domain import choices, reals
from jtts.kinds import Asymptotic, Limit, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, finite, nonnegative, vector, whole
from jtts.theory.associative_memory.recall import as_numbers

SOURCE = "derived here (docs, associative memory section 5)"


def _turned(overlap, step_size, exponent=0.5):
    overlap, step_size = as_numbers(overlap, step_size)
    room = step_size * (1 - overlap) * (1 + overlap)
    return (overlap + room) / (1 + step_size * room) ** exponent


def _written(overlap, step_size):
    """The overlap after a write that is carried out, in a plane."""
    target = jnp.stack([overlap, jnp.sqrt(1 - overlap**2)])
    return jnp.vdot(write_slots(jnp.array([1.0, 0.0]), target, step_size), target)


@law(
    kind=Root(
        residual=lambda value, overlap, step_size: value - _written(overlap, step_size),
        bracket=lambda overlap, step_size: (-1.1, 1.1),
    ),
    formula=r"\frac{c + \eta (1-c^2)}{\sqrt{1 + \eta^2 (1-c^2)}}",
    source="in the spirit of arXiv:2504.05646; " + SOURCE,
    holds={"overlap": between(-1, 1), "step_size": between(-1e150, 1e150)},
    relative=1e-13,
    absolute=1e-15,
    domain={"overlap": reals(-0.95, 0.95), "step_size": reals(0.1, 2.0)},
    mutants={
        "not normalised": lambda overlap, step_size: _turned(overlap, step_size, exponent=0.0),
        "towards the input itself": lambda overlap, step_size: (
            (overlap + step_size) / (1 + 2 * step_size * overlap + step_size**2) ** 0.5
        ),
    },
)
def slot_overlap(overlap: Numbers, step_size: Numbers) -> jax.Array:
    r"""Overlap of a slot with its input after one orthogonal write.

    A unit slot s takes in the part of a unit input x that it does not hold yet,
    $s \leftarrow s + \eta\,(x - (s\cdot x)s)$, and is normalised: c = s.x becomes

    $$\frac{c+\eta(1-c^2)}{\sqrt{1+\eta^2(1-c^2)}},$$

    that is, the angle falls from theta to $\theta-\arctan(\eta\sin\theta)$. The published gates are
    not reproduced.

    Args:
      overlap: c, from -1 to 1.
      step_size: eta, from -1e150 to 1e150. Both broadcast.

    Returns the overlap. Exact, whatever the dimension, to a relative 1e-13 and 1e-15.

    Raises:
      InputError: an overlap outside [-1, 1], or a step beyond 1e150.

    Source: in the spirit of arXiv:2504.05646; derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.slot_overlap(0.0, 0.75):.2f}")
    0.60
    """
    return _turned(overlap, step_size)


def _many_writes(overlap, duration, num_writes):
    for _ in range(num_writes):
        overlap = _turned(overlap, duration / num_writes)
    return overlap


def _flow(overlap, duration, rate=1.0):
    overlap, duration = as_numbers(overlap, duration)
    # cos^2 and sin^2 of half the angle, but for a factor: the tangent falls as e^-t
    towards, away = 1 + overlap, (1 - overlap) * jnp.exp(-2 * rate * duration)
    total = towards + away
    return jnp.where(total > 0, (towards - away) / jnp.where(total > 0, total, 1.0), -1.0)


@law(
    kind=Limit(
        of=_many_writes,
        argument="num_writes",
        values=(8, 16, 32, 64),
        gap=lambda num_writes, point: 1 / num_writes,
    ),
    formula=r"\tanh(\mathrm{artanh}\,c + t)",
    source="in the spirit of arXiv:2504.05646; " + SOURCE,
    holds={"overlap": between(-1, 1), "duration": at_least(0)},
    relative=1e-13,
    absolute=1e-15,
    domain={"overlap": choices(-0.7, 0.1, 0.5), "duration": reals(0.2, 2.0)},
    mutants={"half the rate": lambda overlap, duration: _flow(overlap, duration, rate=0.5)},
)
def slot_flow(overlap: Numbers, duration: Numbers) -> jax.Array:
    r"""Overlap of a slot with a lasting input, written in small steps.

    $$\tanh(\mathrm{artanh}\,c+t) = \frac{c+\tanh t}{1+c\tanh t},\quad
      \tan\tfrac\theta2 = e^{-t}\tan\tfrac{\theta_0}2$$

    after steps of eta adding up to t.

    Args:
      overlap: c, from -1 to 1; at -1, the opposite, it stays.
      duration: t >= 0, also infinite. Both broadcast.

    Returns the overlap, the limit of many writes of `slot_overlap`, to a relative 1e-13 and 1e-15.

    Raises:
      InputError: an overlap outside [-1, 1], or a negative duration.

    Source: in the spirit of arXiv:2504.05646; derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.slot_flow(0.0, 1.0):.6f}")
    0.761594
    """
    return _flow(overlap, duration)


def _oja(duration, spectrum, initial, square=1.0):
    duration, spectrum, initial = as_numbers(duration, spectrum, initial)
    duration = duration[..., None]
    # in units of the weight that leads by now, or of 1: nothing overflows, and all that is left
    # of small weights on large eigenvalues counts; a unit does not matter and has no derivative
    size = jnp.log(jnp.abs(jnp.where(initial == 0, 1.0, initial)))
    reached = jnp.where(initial == 0, -jnp.inf, spectrum * duration + size)
    leader = jnp.argmax(reached, -1, keepdims=True)
    leads = jnp.take_along_axis(reached, leader, -1) > 0

    def of_leader(x):
        x = jnp.take_along_axis(jnp.broadcast_to(x, reached.shape), leader, -1)
        return lax.stop_gradient(jnp.where(leads, x, 0.0))

    top, size = of_leader(spectrum), of_leader(size)
    grown = initial * jnp.exp(jnp.minimum((spectrum - top) * duration - size, 700.0))
    gained = -jnp.expm1(-2 * spectrum * duration) * grown**2
    unit = jnp.exp(-2 * (top * duration + size))
    return grown / jnp.sqrt(unit + square * jnp.sum(gained, -1, keepdims=True))


def require_weights(spectrum, initial):
    """Raise InputError unless the weights have an entry for every eigenvalue."""
    sizes = [np.shape(spectrum), np.shape(initial)]
    if not all(sizes) or sizes[0][-1] != sizes[1][-1]:
        raise InputError(f"initial must have an entry for each eigenvalue, got shapes {sizes}")


@law(
    kind=Asymptotic(size="num_steps", sizes=(32, 64, 128), finite_size=4.0, floor=0.3),
    formula=r"e^{Ct} w_0 / \sqrt{1 + w_0^\top (e^{2Ct} - 1) w_0}",
    source="Oja 1982; " + SOURCE,
    holds={
        "duration": nonnegative(1e150),
        "spectrum": vector(nonnegative(1e150)),
        "initial": vector(finite()),
    },
    relative=1e-12,
    domain={
        "duration": reals(0.2, 1.5),
        "spectrum": choices((1.0, 0.5, 0.25), (1.5, 1.0, 0.5)),
        "initial": choices((0.3, 0.5, -0.4), (0.6, 0.6, 0.6)),
    },
    mutants={
        "not normalised": lambda duration, spectrum, initial: (
            jnp.exp(jnp.asarray(spectrum) * duration) * jnp.asarray(initial)
        ),
        "normalised by the root": lambda *point, **named: _oja(*point, **named | {"square": 0.5}),
        "half the time": lambda duration, spectrum, initial: _oja(duration / 2, spectrum, initial),
    },
)
def oja_flow(duration: Numbers, spectrum: Numbers, initial: Numbers) -> jax.Array:
    r"""Weights of a neuron that learns by Oja's rule in small steps.

    $\dot w = Cw - (w^\top Cw)w$, with C the covariance of the inputs, has the solution

    $$w(t) = \frac{e^{Ct}w_0}{\sqrt{1+w_0^\top(e^{2Ct}-1)w_0}}:$$

    power iteration, normalised on the way, towards the leading eigenvector.

    Args:
      duration: t, the sum of the steps, from 0 to 1e150.
      spectrum: eigenvalues of C, [..., d], from 0 to 1e150.
      initial: w_0 in the eigenbasis, [..., d], finite. Leading axes broadcast.

    Returns the weights in the eigenbasis, [..., d], to a relative 1e-12 of each. The stochastic
    rule deviates in proportion to its step.

    Raises:
      InputError: a negative duration or eigenvalue, or a spectrum and weights of different lengths.

    Source: Oja 1982; derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(am.oja_flow(2.0, [1.0, 0.0], [0.1, 0.0]).round(6))
    [0.596205 0.      ]
    """
    require_weights(spectrum, initial)
    return _oja(duration, spectrum, initial)


def _learned(num_inputs, num_steps):
    """The largest response after so many steps of the rule, from weights that differ."""
    weights = np.linspace(0.5, 1.0, num_inputs)
    for _ in range(num_steps):
        weights = weights + 0.5 / num_inputs * weights * (weights - np.mean(weights**2))
    return np.max(weights)


@law(
    kind=Limit(
        of=_learned,
        argument="num_steps",
        values=(250, 500, 1000, 2000),
        gap=lambda num_steps, point: 1 / num_steps,
    ),
    formula="K",
    source="Bienenstock, Cooper and Munro 1982; " + SOURCE,
    holds={"num_inputs": whole()},
    relative=0.0,
    domain={"num_inputs": choices(2, 3, 5, 8, 16)},
    mutants={
        "all inputs alike": lambda num_inputs: 0 * num_inputs + 1.0,
        "the threshold's root": lambda num_inputs: num_inputs**0.5,
    },
)
def bcm_response(num_inputs: Numbers) -> jax.Array:
    r"""Response to its input of a neuron that has become selective, with a sliding threshold.

    Of K orthonormal inputs one comes at a time, each with probability 1/K, and weights follow
    $\dot w = y(y-\theta)x$ with the threshold $\theta = E\,y^2$: at the stable fixed points the
    response is K to one input, where $\theta = K^2/K$, and 0 to all others. Responses of 1 to all
    inputs are a fixed point too, an unstable one.

    Args:
      num_inputs: K >= 1, whole; any shape.

    Returns the response, K, exactly.

    Raises:
      InputError: fewer than one input, or a share of one.

    Source: Bienenstock, Cooper and Munro 1982; derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(am.bcm_response(4))
    4.0
    """
    return as_numbers(num_inputs)[0]
