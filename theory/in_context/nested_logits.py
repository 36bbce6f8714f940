"""Three nested logits: why an induction head forms late, and all at once."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental.ode import odeint

from jtts.arguments import (
    InputError,
    concrete,
    require_finite,
    require_nonnegative,
)
from jtts.domain import choices, log_reals, reals
from jtts.kinds import Exact, Limit, LogSlope
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.parameters import parameters
from jtts.promises import between, nonnegative, require_inside
from jtts.theory.in_context.descent import time_to_half

LARGEST = 700.0  # exponent
TOLERANCE = 1e-10  # of the integrator, relative
OF_TIME = 1e-12  # for the time of the transition


@parameters
class NestedLogits:
    """A path of the three logits.

    Attributes:
      previous_token, content_match, alignment: beta, alpha and xi.
      attention: q, of the query on the right label.
      loss: in nats.
    """

    previous_token: Any
    content_match: Any
    alignment: Any
    attention: Any
    loss: Any


def _as_floats(*numbers):
    return tuple(jnp.asarray(number, jnp.result_type(float)) for number in numbers)


def _previous(previous_token, items):
    """s, of the label tokens on the item before them."""
    return jax.nn.sigmoid(previous_token - jnp.log(items))


def _attention(match, items):
    """q, of the query on the right label, at a logit of alpha s; and q - r, to all digits."""
    up = jnp.exp(-jnp.abs(match))
    apart = -jnp.expm1(-jnp.abs(match))
    right, other = jnp.where(match > 0, 1.0, up), jnp.where(match > 0, up, 1.0)
    whole = right + (items - 1) * other
    return right / whole, jnp.where(match > 0, apart, -apart) / whole


def _chances(attention, contrast, alignment, items, labels):
    """Loss; and the probabilities of each other label of the context, and of each absent one.

    The loss is ln(1 + w), w = (N - 1) exp(-xi (q - r)) + (L - N) exp(-xi q), whatever its size.
    """
    other = jnp.log(items - 1) - alignment * contrast
    absent = -alignment * attention
    most = jnp.maximum(other, absent + jnp.log(labels - items))
    scale = lax.stop_gradient(jnp.maximum(0.0, most))
    one_absent = jnp.exp(jnp.minimum(absent - scale, LARGEST))
    wrong = jnp.exp(other - scale) + (labels - items) * one_absent
    whole = jnp.exp(-scale) + wrong
    small = scale == 0
    loss = jnp.where(
        small,
        jnp.log1p(jnp.where(small, wrong, 0.0)),
        scale + jnp.log(jnp.where(small, 1.0, whole)),
    )
    return loss, jnp.exp(other - scale) / (items - 1) / whole, one_absent / whole


def _loss(previous_token, content_match, alignment, items, labels):
    attention, contrast = _attention(content_match * _previous(previous_token, items), items)
    return _chances(attention, contrast, alignment, items, labels)[0]


def _descent(logits, items, labels, *, others=1.0, rivals=0.0):
    """Minus the gradient of the loss, for the three logits along the first axis; of terms of one
    sign where xi is positive, so that little is lost near a saddle."""
    beta, alpha, xi = logits
    previous = _previous(beta, items + rivals)
    attention, contrast = _attention(alpha * previous, items)
    _, other, absent = _chances(attention, contrast, xi, items, labels)
    wrong = (items - 1) * other + (labels - items) * absent
    of_match = xi * (wrong + others * other) * attention * (1 - attention)
    of_alignment = (items - 1) * other * contrast + (labels - items) * absent * attention
    return jnp.stack(
        jnp.broadcast_arrays(
            of_match * alpha * previous * (1 - previous), of_match * previous, of_alignment
        )
    )


def _broken(formula):
    return lambda previous_token, content_match, alignment, num_items, num_labels: formula(
        *_as_floats(previous_token, content_match, alignment, num_items, num_labels)
    )


MOST = 1e15  # of items and labels
LOGIT = between(-1e100, 1e100)
SIZES = {"num_items": between(2, MOST), "num_labels": between(2, MOST)}
ENOUGH = {
    "num_labels must be at least num_items": lambda num_labels, num_items: num_labels >= num_items
}


@law(
    kind=Exact(),
    relative=1e-12,
    absolute=1e-290,
    holds={"previous_token": LOGIT, "content_match": LOGIT, "alignment": LOGIT, **SIZES},
    jointly=ENOUGH,
    gives=nonnegative(),
    formula=r"-\xi q+\ln\big(e^{\xi q}+(N-1)e^{\xi r}+L-N\big),\quad"
    r" q=\frac{e^{\alpha s}}{e^{\alpha s}+N-1},\ s=\frac{e^\beta}{e^\beta+N}",
    source="arXiv:2312.03002, rebuilt; derived here (section 10)",
    domain={
        "previous_token": reals(-3.0, 8.0),
        "content_match": reals(-2.0, 12.0),
        "alignment": reals(-2.0, 12.0),
        "num_items": choices(2, 4, 8),
        "num_labels": choices(8, 16, 32),
    },
    simulated={
        "previous_token": reals(-1.0, 4.0),
        "content_match": reals(0.0, 4.0),
        "alignment": reals(0.0, 3.0),
        "num_items": choices(4, 8),
        "num_labels": choices(8, 16),
    },
    mutants={
        "no absent labels": _broken(lambda b, a, x, n, size: _loss(b, a, x, n, n)),
        "a rival less": _broken(lambda b, a, x, n, size: _loss(b, a, x, n - 0.5, size)),
        "logits not nested": _broken(lambda b, a, x, n, size: _loss(b + 30.0, a, x, n, size)),
    },
)
def nested_logit_loss(
    previous_token: Numbers,
    content_match: Numbers,
    alignment: Numbers,
    *,
    num_items: Numbers,
    num_labels: Numbers,
) -> jax.Array:
    r"""Loss of an induction head that is described by three logits.

    Label tokens attend to the item before them among N rivals, the query attends to the label of
    the item that matches among N, and the classifier reads what was attended to with a strength:

    $$s=\frac{e^\beta}{e^\beta+N},\quad q=\frac{e^{\alpha s}}{e^{\alpha s}+N-1},\quad
      r=\frac{1-q}{N-1},$$

    $$\mathcal L=-\xi q+\ln\big(e^{\xi q}+(N-1)\,e^{\xi r}+L-N\big)$$

    Args:
      previous_token, content_match, alignment: beta, alpha and xi, from -1e100 to 1e100.
      num_items: N, real, from 2 to 1e15.
      num_labels: L >= N, real, to 1e15; the labels of a context are all different.

    Arrays broadcast; differentiable. Returns nats, to a relative 1e-12 and an absolute 1e-290:
    ln L at the origin.

    Raises:
      InputError: a number out of range.

    Source: after arXiv:2312.03002, whose functional shape is rebuilt here from its stated
    properties (docs, in_context section 10).

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.nested_logit_loss(0.3, 1.2, 2.0, num_items=8, num_labels=32):.7f}")
    3.2439472
    """
    return _loss(*_as_floats(previous_token, content_match, alignment, num_items, num_labels))


def nested_logit_flow(initial, times, *, num_items, num_labels):
    r"""The three logits under gradient flow, $\dot\theta=-\nabla\mathcal L$, at given times.

    From a small start the classifier first learns to name a label of the context, which takes the
    loss from ln L to ln N; its strength drives the match, the match drives the attention to the
    previous token, and all three rise together at a sharp transition. For L = N nothing drives the
    classifier: the origin is a saddle (`saddle_escape_time`).

    Args:
      initial: beta, alpha and xi at time 0, finite; three numbers or arrays that broadcast.
      times: rising, zero or positive, one axis.
      num_items: N, real, from 2 to 1e15.
      num_labels: L >= N, real, to 1e15.

    Numbers and arrays broadcast; differentiable. Returns `NestedLogits`, the times along a new last
    axis, to a relative 1e-7 (adaptive fifth-order Runge-Kutta).

    Raises:
      InputError: a number out of range, or times that do not rise.

    Source: after arXiv:2312.03002 (docs, in_context section 10).

    >>> from jtts.theory import in_context as icl
    >>> path = icl.nested_logit_flow((0.01,) * 3, [0.0, 30.0, 60.0], num_items=8, num_labels=32)
    >>> print(path.loss.round(3), path.attention.round(3))
    [3.465 3.196 0.07 ] [0.125 0.133 0.902]
    """
    if len(initial) != 3:
        raise InputError(f"initial must hold three logits, got {len(initial)}")
    require_finite(initial=list(initial))
    require_nonnegative(times=times)
    require_inside("num_items", SIZES["num_items"], num_items)
    require_inside("num_labels", SIZES["num_labels"], num_labels)
    items, labels = concrete(num_items), concrete(num_labels)
    if items is not None and labels is not None and np.any(labels < items):
        culprit = np.broadcast_to(labels, np.broadcast_shapes(labels.shape, items.shape))
        raise InputError(
            f"num_labels must be at least num_items, got {culprit[labels < items].flat[0]:g}"
        )
    known = concrete(times)
    if np.ndim(times) != 1 or (known is not None and np.any(np.diff(known) < 0)):
        raise InputError(f"times must be rising numbers along one axis, got {times}")
    return _path(*_as_floats(*initial, num_items, num_labels, times))


@jax.jit
def _path(beta, alpha, xi, items, labels, times):
    """The logits at the times, along a last axis, with what follows from them."""
    # the integrator wants times after its first
    grid = jnp.concatenate([jnp.zeros(1), jnp.maximum(times, jnp.finfo(times.dtype).tiny)])

    def one(beta, alpha, xi, items, labels):
        start = jnp.stack([beta, alpha, xi])
        size = lax.stop_gradient(jnp.max(jnp.abs(start)))
        # digits are kept of logits of this size: a saddle multiplies their errors
        unit = jnp.where(size > 0, jnp.minimum(size, 1.0), 1.0)

        def rate(logits, _):
            return _descent(logits * unit, items, labels) / unit

        found = odeint(rate, start / unit, grid, rtol=TOLERANCE, atol=TOLERANCE)
        return unit * found[1:].T

    path = jnp.vectorize(one, signature="(),(),(),(),()->(k,t)")(beta, alpha, xi, items, labels)
    beta, alpha, xi = (path[..., index, :] for index in range(3))
    items, labels = items[..., None], labels[..., None]
    attention = _attention(alpha * _previous(beta, items), items)[0]
    return NestedLogits(beta, alpha, xi, attention, _loss(beta, alpha, xi, items, labels))


@functools.partial(jax.jit, static_argnames=("others", "rivals"))
def _transition(num_items, num_labels, initial, *, others=1.0, rivals=0.0):
    """Time to q = 1/2, with ln(alpha s) as the independent variable: it only rises.

    Logits are in units of their start, of which they have the digits; alpha is what the clock
    leaves it, given s.
    """

    def one(items, labels, initial):
        previous = _previous(initial, items)
        span = jnp.log(jnp.log(items - 1)) - jnp.log(initial) - jnp.log(previous)
        ahead = span > 0
        start, span = jnp.where(ahead, initial, 0.1), jnp.where(ahead, span, 1.0)
        previous = _previous(start, items)

        def rate(state, clock):
            beta, xi = start * state[0], start * state[1]
            s = _previous(beta, items)
            alpha = start * previous / s * jnp.exp(clock)
            velocity = _descent((beta, alpha, xi), items, labels, others=others, rivals=rivals)
            pace = 1 / (velocity[1] / alpha + (1 - s) * velocity[0])  # time per e-fold
            return jnp.stack([pace * velocity[0] / start, pace * velocity[2] / start, pace])

        state = jnp.array([1.0, 1.0, 0.0])
        ends = jnp.stack([0.0 * span, span])
        time = odeint(rate, state, ends, rtol=OF_TIME, atol=OF_TIME)[-1, 2]
        return jnp.where(ahead, time, 0.0)

    return jnp.vectorize(one)(*_as_floats(num_items, num_labels, initial))


def _descended(num_items, num_labels, initial, step):
    """The same time by plain gradient descent on the loss."""
    items, labels = float(num_items), float(num_labels)
    return _count_steps(items, labels, float(initial), float(step))


@jax.jit
def _count_steps(items, labels, initial, step):
    def match(logits):
        return _attention(logits[1] * _previous(logits[0], items), items)[0]

    def loss(logits):
        return _loss(logits[0], logits[1], logits[2], items, labels)

    return time_to_half(jax.grad(loss), match, jnp.full(3, initial), step)


@law(
    relative=1e-9,
    absolute=1e-9,
    holds={
        "num_items": between(2.01, 1e3),
        "num_labels": between(2.01, 1e6),
        "initial": between(1e-50, 1e50),
    },
    jointly=ENOUGH,
    gives=nonnegative(),
    kind=Limit(
        of=_descended, argument="step", values=(0.2, 0.1, 0.05), gap=lambda step, point: step
    ),
    formula=r"q(t)=\tfrac12,\quad\dot\theta=-\nabla\mathcal L,\ \theta(0)=(\delta,\delta,\delta)",
    source="arXiv:2312.03002, rebuilt; derived here (section 10)",
    domain={
        "num_items": choices(4, 6, 8),
        "num_labels": log_reals(8.0, 64.0),
        "initial": log_reals(1e-3, 0.3),
    },
    mutants={
        "others do not lose": lambda num_items, num_labels, initial: _transition(
            num_items, num_labels, initial, others=0.0
        ),
        "a rival less": lambda num_items, num_labels, initial: _transition(
            num_items, num_labels, initial, rivals=-1.0
        ),
    },
)
def nested_logit_transition(
    num_items: Numbers, num_labels: Numbers, initial: Numbers = 0.01
) -> jax.Array:
    r"""Time at which an induction head has formed: attention to the right label crosses 1/2.

    Gradient flow of `nested_logit_loss` from three equal logits. Attention only rises along the
    way, and its logit serves as the clock: one integration finds the time, however late it is.

    Args:
      num_items: N, real, from 2.01 to 1000 (for N = 2 attention begins at 1/2).
      num_labels: L >= N, real, to 1e6.
      initial: of the three logits, from 1e-50 to 1e50.

    Arrays broadcast; differentiable. Returns a time in units of inverse learning rate, to 1e-9,
    relative and absolute; 0 where attention begins at 1/2 or beyond.

    Raises:
      InputError: a number out of range.

    Source: after arXiv:2312.03002 (docs, in_context section 10).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.nested_logit_transition(8, [32, 16, 9, 8]).round(1))
    [ 48.2  59.1 113.6 383.6]
    """
    return _transition(num_items, num_labels, initial)


@law(
    relative=1e-14,
    holds=SIZES,
    jointly=ENOUGH,
    gives=nonnegative(),
    kind=Limit(
        of=lambda num_items, num_labels, alignment: (
            (
                jnp.log(num_labels)
                - nested_logit_loss(0.0, 0.0, alignment, num_items=num_items, num_labels=num_labels)
            )
            / alignment
        ),
        argument="alignment",
        values=(0.1, 0.05, 0.025),
        gap=lambda alignment, point: alignment,
    ),
    formula=r"-\partial_\xi\mathcal L(0,0,0)=\frac1N-\frac1L",
    source="arXiv:2312.03002; derived here (section 10)",
    domain={"num_items": choices(2, 4, 8), "num_labels": log_reals(16.0, 1000.0)},
    mutants={
        "absent labels forgotten": lambda num_items, num_labels: 1 / num_items + 0.0 * num_labels,
    },
)
def classifier_drive(num_items: Numbers, num_labels: Numbers) -> jax.Array:
    r"""Speed at which the classifier begins to learn: what lifts the three logits off the origin.

    $$-\frac{\partial\mathcal L}{\partial\xi}\Big|_0=\frac1N-\frac1L$$

    Args:
      num_items: N, real, from 2 to 1e15.
      num_labels: L >= N, real, to 1e15.

    Arrays broadcast; differentiable. Returns an inverse time, to a relative 1e-14; zero if and only
    if L = N, where the origin is a saddle.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2312.03002; derived here (docs, in_context section 10).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.classifier_drive(8, [32, 8]).round(5))
    [0.09375 0.     ]
    """
    items, labels = _as_floats(num_items, num_labels)
    return (labels - items) / items / labels


@law(
    relative=1e-14,
    holds={"num_items": between(2, 1e100), "initial": nonnegative()},
    gives=nonnegative(),
    kind=LogSlope(
        of=lambda num_items, initial: jnp.exp(
            -nested_logit_transition(num_items, num_items, initial) / 100
        ),
        argument="initial",
        power=0.01,
    ),
    formula=r"\frac{N^2(N+1)}{N-1}",
    source="derived here (section 10)",
    domain={"num_items": choices(3, 4, 6, 8), "initial": log_reals(1e-6, 1e-4)},
    mutants={
        "rivals of the first layer": lambda num_items, initial: 1.0 * num_items**2 + 0.0 * initial,
        "no rivals": lambda num_items, initial: num_items * (num_items + 1.0) + 0.0 * initial,
    },
)
def saddle_escape_time(num_items: Numbers, initial: Numbers = 0.0) -> jax.Array:
    r"""At L = N, how much later the transition comes for every e-fold of a smaller start.

    $$\frac{dt}{d\ln(1/\delta)}\to\frac{N^2(N+1)}{N-1}$$

    Near the origin only $\xi\alpha$ appears in the loss, and $\dot\xi=g\alpha$,
    $\dot\alpha=g\xi$ with $g=s\,(N-1)/N^2$, s = 1/(N+1): a saddle, left at the rate g.

    Args:
      num_items: N, real, from 2 to 1e100.
      initial: delta, zero or positive, of the three logits: the value is the limit of small ones,
        to a relative delta. It does not enter.

    Arrays broadcast; differentiable. Returns a time in units of inverse learning rate, to a
    relative 1e-14.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 10).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.saddle_escape_time([4, 8]).round(2))
    [26.67 82.29]
    """
    items, initial = _as_floats(num_items, initial)
    return items**2 * (items + 1) / (items - 1) + 0.0 * initial
