"""One mode of a quadratic loss under gradient noise and a schedule of the learning rate."""

from __future__ import annotations

import math
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, whole, words
from jtts.special import at_most_one
from jtts.theory.associative_memory.powers import learned
from jtts.theory.optimization.products import left, log_kept
from jtts.theory.selection.points import over_points

SCHEDULES = "constant", "linear", "cosine", "wsd"
MOST = 1e30
MOST_STEPS = 10**6
BLOCK = 1024  # steps taken at once
FORGOTTEN = -380.0  # logarithm of what is left of a deviation: its square is below 1e-300
SHORTEST = 10.0  # step curvature steps, from which the floors are told
SHORTEST_TAIL = 3.0  # the same of the steps in the tail of wsd


def falling(schedule, left_over, steps, tail):
    """Share of the step that a schedule takes, and one less it, with j = 1, 2, ... steps left."""
    if schedule == "cosine":
        angle = jnp.pi / (2 * steps)
        return jnp.sin(angle * left_over) ** 2, jnp.sin(angle * (steps - left_over)) ** 2
    ramp = tail * steps if schedule == "wsd" else steps
    # where a ramp begins at a step, its slope is that of a longer one, or of a shorter if it is all
    ramped = (left_over < ramp) | ((left_over == ramp) & (tail < 1))
    share = jnp.where(ramped, left_over / ramp, 1.0)
    return share, jnp.where(ramped, (ramp - left_over) / ramp, 0.0)


def of_schedule(schedule):
    """The second moment of a mode after all steps, taken from the last to the first."""

    def play(step, steps, curvature, start, noise, tail):
        rest, taken = left(step, curvature), step * curvature

        def block(state, first):
            def played(state):
                j = first + 1 + np.arange(BLOCK)
                here = j <= steps
                share, missing = falling(schedule, jnp.where(here, j, steps), steps, tail)
                log = log_kept(taken * share, rest + taken * missing)
                log = jnp.where(here, log, 0.0)
                later = state[0] + jnp.cumsum(log) - log
                heard = jnp.where(here, share * jnp.exp(later), 0.0)
                return state[0] + jnp.sum(log), state[1] + jnp.sum(heard**2)

            going_on = (first < steps) & (state[0] > FORGOTTEN)
            return lax.cond(going_on, played, lambda state: state, state), None

        blocks = np.arange(0.0, MOST_STEPS, BLOCK)
        log, heard = lax.scan(block, (0.0 * step, 0.0 * step), blocks)[0]
        return start * jnp.exp(log) ** 2 + noise * step**2 * heard

    return play


def steady_steps(step, steps, curvature, start, noise):
    """The second moment after so many equal steps, which need not be whole."""
    rest = left(step, curvature)
    held = jnp.exp(2 * steps * log_kept(step * curvature, rest))
    fading = at_most_one(step * curvature * (1 + rest))
    return start * held + noise * step**2 * learned(steps, fading)


@jax.jit
def constant(step, steps, curvature, start, noise, tail):
    given = (jnp.asarray(x, float) for x in (step, steps, curvature, start, noise, tail))
    step, steps, curvature, start, noise, _ = jnp.broadcast_arrays(*given)
    return steady_steps(step, steps, curvature, start, noise)


PLAYED = {schedule: of_schedule(schedule) for schedule in SCHEDULES[1:]}


def risk(schedule, step, steps, curvature, start, noise, tail=0.2):
    """`mode_risk` without its checks."""
    numbers = step, steps, curvature, start, noise, tail
    if schedule == "constant":
        return constant(*numbers)
    return over_points(PLAYED[schedule], *numbers)


STABLE = {"step times curvature must be at most 1": lambda step, curvature: step * curvature <= 1}
HOLDS = {
    "schedule": words(*SCHEDULES),
    "step": between(1 / MOST, MOST),
    "steps": whole(1, MOST_STEPS),
    "curvature": between(1 / MOST, MOST),
    "start": nonnegative(MOST),
    "noise": nonnegative(MOST),
    "tail": between(1e-3, 1),
}
DRAW = {
    "schedule": choices(*SCHEDULES),
    "step": log_reals(0.05, 0.5),
    "curvature": reals(0.5, 1.5),
    "start": reals(0.0, 4.0),
    "noise": reals(0.5, 2.0),
    "tail": reals(0.1, 0.5),
}


def other(of, **changes):
    """A closed form with some arguments changed."""

    def mutant(**given):
        return of(**given | {name: change(**given) for name, change in changes.items()})

    return mutant


@law(
    kind=Exact(),
    formula=r"v_0 \prod_t (1 - \eta_t h)^2 + z \sum_t \eta_t^2 \prod_{s > t} (1 - \eta_s h)^2",
    source="elementary; the sum from its end, derived here (section 1)",
    relative=1e-11,
    absolute=1e-300,
    holds=HOLDS,
    jointly=STABLE,
    gives=nonnegative(),
    domain=DRAW | {"steps": log_integers(5, 10**4)},
    simulated={"steps": log_integers(5, 100)},
    mutants={
        "a step more": other(risk, steps=lambda steps, **_: steps + 1),
        "started at rest": other(risk, start=lambda start, **_: 0 * start),
        "noise of the last step left out": lambda **given: risk(**given) - _last(**given),
        "half the curvature": other(risk, curvature=lambda curvature, **_: curvature / 2),
    },
)
def mode_risk(
    schedule: Literal["constant", "linear", "cosine", "wsd"],
    step: Numbers,
    steps: Numbers,
    curvature: Numbers,
    start: Numbers,
    noise: Numbers,
    tail: Numbers = 0.2,
) -> jax.Array:
    r"""Second moment of one mode of a quadratic loss after T steps of a schedule.

    The mode moves by $x\leftarrow x-\eta_t(hx+\sqrt z\,\xi_t)$, gradient noise xi of variance 1, so
    that $v\leftarrow(1-\eta_t h)^2v+\eta_t^2z$, and after all steps

    $$v_T=v_0\prod_t(1-\eta_t h)^2+z\sum_t\eta_t^2\prod_{s>t}(1-\eta_s h)^2$$

    The steps, t = 0 to T - 1, are $\eta_t=\eta$ (constant), $\eta(1-t/T)$ (linear),
    $\frac\eta2(1+\cos\frac{\pi t}T)$ (cosine) and $\eta\min(1,\frac{T-t}{qT})$ (wsd: stable, then a
    linear tail). The mode adds h v/2 to the loss.

    Args:
      schedule: constant, linear, cosine or wsd.
      step: eta, from 1e-30 to 1e30.
      steps: T, whole, to 1e6.
      curvature: h, from 1e-30 to 1e30; step times curvature at most 1.
      start: v_0, second moment at the start, to 1e30.
      noise: z, variance of the noise of a gradient, to 1e30.
      tail: q, share of the steps in the tail of wsd, from 1e-3 to 1; no other schedule has one.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-300. A point takes up to 40 ms, most where
    no step is forgotten; a constant step takes none.

    Raises:
      InputError: an argument out of its range, or step times curvature above 1.

    Source: elementary; evaluated from the last step to the first, derived here (docs, optimization
    section 1).

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.mode_risk('linear', 0.1, 200, 1.0, 0.0, 1.0):.13f}")
    0.0099934263691
    """
    return risk(schedule, step, steps, curvature, start, noise, tail)


def _last(schedule, step, steps, curvature, start, noise, tail=0.2):
    """What the noise of the last step adds."""
    share = 1.0 if schedule == "constant" else falling(schedule, 1.0, steps, tail)[0]
    return (step * share) ** 2 * noise


COSINE = math.pi**4 / 48 * math.gamma(5 / 3) * (6 / math.pi**2) ** (5 / 3)


def settled(schedule, step, steps, curvature, noise, tail):
    """What noise leaves in the long run."""
    e, t, h, z, q = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (step, steps, curvature, noise, tail))
    )
    if schedule == "constant":
        return z * (e / (h * (1 + left(e, h))))
    if schedule == "cosine":
        return z * COSINE * jnp.cbrt(e * h / t**2) / h**2
    steep = q * t if schedule == "wsd" else t
    return z * (math.sqrt(math.pi) / 4) * jnp.sqrt(e * h / steep) / h**2


def floor(schedule, step, steps, curvature, start, noise, tail=0.2):
    """`schedule_floor` without its checks; the start gives its shape alone."""
    return settled(schedule, step, steps, curvature, noise, tail) + 0 * jnp.asarray(start, float)


def _open(value, point):
    """How the gap to a floor closes with the steps."""
    return value ** (-2 / 3 if point["schedule"] == "cosine" else -0.5)


def _tail_is_long(schedule, step, steps, curvature, tail):
    return (step * curvature * steps * tail >= SHORTEST_TAIL) | (schedule != "wsd")


LONG = {
    "step curvature steps must be at least 10": lambda step, steps, curvature: (
        step * curvature * steps >= SHORTEST
    ),
    "step curvature steps tail of wsd must be at least 3": _tail_is_long,
}


@law(
    kind=Limit(
        of=risk, argument="steps", values=(2000.0, 8000.0, 32000.0, 128000.0), gap=_open,
        compare="ratio",
    ),
    formula=r"\frac{\eta z}{h (2 - \eta h)},\; \frac{\sqrt{\pi} z}{4 h^{3/2}} \sqrt{\eta / T},\;"
    r" \frac{\pi^4 \Gamma(5/3)}{48} \Big(\frac{6}{\pi^2}\Big)^{5/3}"
    r" \frac{z \eta^{1/3}}{h^{5/3} T^{2/3}}",
    source="derived here (section 1)",
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    jointly=STABLE | LONG,
    gives=nonnegative(),
    domain=DRAW,
    mutants={
        "no second order in the step": lambda **given: _first_order(**given),
        "a tail of all steps": other(
            floor,
            steps=lambda schedule, steps, tail, **_: (
                steps / tail if schedule == "wsd" else 1.05 * steps
            )
        ),
        "twice the noise": other(floor, noise=lambda noise, **_: 2 * noise),
    },
)  # fmt: skip
def schedule_floor(
    schedule: Literal["constant", "linear", "cosine", "wsd"],
    step: Numbers,
    steps: Numbers,
    curvature: Numbers,
    start: Numbers,
    noise: Numbers,
    tail: Numbers = 0.2,
) -> jax.Array:
    r"""What noise leaves of a mode after a long schedule: the limit of `mode_risk` for many steps.

    The start is forgotten. A constant step leaves $\eta z/(h(2-\eta h))$, exactly; a linear decay,
    over the whole or over the tail qT of wsd,

    $$\frac{\sqrt\pi}4\,\frac z{h^{3/2}}\sqrt{\frac\eta T}$$

    and a cosine, whose end is flat,

    $$\frac{\pi^4\Gamma(5/3)}{48}\Big(\frac6{\pi^2}\Big)^{5/3}\frac{z\,\eta^{1/3}}{h^{5/3}T^{2/3}}$$

    What `mode_risk` is beyond it, relatively, falls as $\sqrt{\eta h/T}$ for a linear end (0.9 % at
    eta = 0.1, h = 1, T = 200) and as $(\eta hT)^{-2/3}$ for a cosine (-6 % there, -1 % at T =
    2000).

    Args:
      schedule: constant, linear, cosine or wsd.
      step: eta, from 1e-30 to 1e30.
      steps: T, whole, to 1e6; eta h T at least 10, of wsd eta h q T at least 3.
      curvature: h, from 1e-30 to 1e30; step times curvature at most 1.
      start: v_0, forgotten: the value does not depend on it.
      noise: z, variance of the noise of a gradient, to 1e30.
      tail: q, share of the steps in the tail of wsd, from 1e-3 to 1; no other schedule has one.

    Arrays broadcast. The limit to a relative 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range, too large a step, or too few of them.

    Source: derived here (docs, optimization section 1).

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.schedule_floor('linear', 0.1, 200, 1.0, 0.0, 1.0):.6f}")
    0.009908
    """
    return floor(schedule, step, steps, curvature, start, noise, tail)


def _first_order(schedule, step, steps, curvature, start, noise, tail):
    """e/2h in the place of e/(h (2 - e h)), as if it were of all schedules."""
    whole = settled(schedule, step, steps, curvature, noise, tail)
    return whole * (2 - step * curvature) / 2
