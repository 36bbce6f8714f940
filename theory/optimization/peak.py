"""When to stop: a loss that falls along one mode while noise fills the flat ones."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, whole
from jtts.theory.associative_memory.powers import log_left
from jtts.theory.optimization.products import left
from jtts.theory.optimization.schedules import steady_steps

MOST = 1e30
LEAST_TAKEN, MOST_TAKEN = 1e-5, 0.999
FLATTEST = 0.9  # of the sharp curvature
FARTHEST = 1.01  # start, in units of what noise leaves


def rest(step, curvature, noise):
    """Second moment that noise leaves of a mode at a constant step."""
    return noise * (step / (curvature * (1 + left(step, curvature))))


def loss(steps, step, sharp, start, flat, count, noise):
    """Expected loss after t equal steps, of one sharp mode and many flat ones that start at 0."""
    steep = steady_steps(step, steps, sharp, start, noise)
    return (sharp * steep + count * flat * steady_steps(step, steps, flat, 0.0, noise)) / 2


@jax.jit
def best(step, sharp, start, flat, count, noise):
    given = (jnp.asarray(x, float) for x in (step, sharp, start, flat, count, noise))
    e, h, v, g, d, z = jnp.broadcast_arrays(*given)
    speed, slow = -log_left(e * h), -log_left(e * g)
    # z/2 drops out: what a step adds to the flat modes is e^2 z in each
    falls = h * (v - rest(e, h, z)) * speed
    rises = d * (e * z / (1 + left(e, g))) * slow
    faster = jnp.log1p(e * (h - g) / left(e, h))
    return jnp.maximum(jnp.log(falls / rises) / (2 * faster), 0.0)


def _candidates(point):
    return np.concatenate([[0.0], np.geomspace(0.1, 1e5, 120)])


@law(
    kind=Minimizer(of=loss, argument="steps", candidates=_candidates),
    formula=r"t^* = \frac{1}{\ln (r_2 / r_1)}"
    r" \ln \frac{h_1 (v_1 - V_1) \ln (1 / r_1)}{D h_2 V_2 \ln (1 / r_2)},\;"
    r" r_i = (1 - \eta h_i)^2,\; V_i = \frac{\eta z}{h_i (2 - \eta h_i)}",
    source="derived here (section 2)",
    relative=1e-10,
    absolute=1e-7,
    holds={
        "step": between(1 / MOST, MOST),
        "sharp": between(1 / MOST, MOST),
        "start": positive(MOST),
        "flat": between(1e-100, MOST),
        "count": whole(1, 10**12),
        "noise": between(1 / MOST, MOST),
    },
    jointly={
        "step times sharp must lie between 1e-5 and 0.999": lambda step, sharp: (
            (step * sharp >= LEAST_TAKEN) & (step * sharp <= MOST_TAKEN)
        ),
        "flat must be at most 0.9 sharp": lambda sharp, flat: flat <= FLATTEST * sharp,
        "start must be at least 1.01 step noise / (sharp (2 - step sharp))": (
            lambda step, sharp, start, noise: (
                start * sharp * (2 - step * sharp) >= FARTHEST * step * noise
            )
        ),
    },
    gives=nonnegative(),
    domain={
        "step": log_reals(0.02, 0.2),
        "sharp": reals(0.5, 2.0),
        "start": reals(1.0, 4.0),
        "flat": log_reals(1e-3, 0.05),
        "count": log_integers(1, 1000),
        "noise": log_reals(0.01, 0.3),
    },
    mutants={
        "moments in the place of their slopes": lambda step, sharp, start, flat, count, noise: best(
            step, sharp, start, flat, count * log_left(step * sharp) / log_left(step * flat), noise
        ),
        "r in the place of its square": lambda **given: 2 * best(**given),
        "one flat mode": lambda step, sharp, start, flat, count, noise: best(
            step, sharp, start, flat, 1 + 0 * count, noise
        ),
        "rates of a continuous time": lambda **given: _continuous(**given),
    },
)
def peak_step(
    step: Numbers, sharp: Numbers, start: Numbers, flat: Numbers, count: Numbers, noise: Numbers
) -> jax.Array:
    r"""Number of steps after which a loss is least that falls first and rises then.

    One sharp mode of curvature h_1 starts at the second moment v_1, D flat ones of curvature h_2 at
    0. Gradient descent with a constant step and noise of variance z in each takes a second moment
    towards $V_i=\eta z/(h_i(2-\eta h_i))$ by the factor $r_i=(1-\eta h_i)^2$ a step: the sharp mode
    falls quickly, the flat ones fill slowly. The expected loss $\frac12(h_1v+Dh_2u)$ is least at

    $$t^*=\frac1{\ln(r_2/r_1)}\ln\frac{h_1(v_1-V_1)\ln(1/r_1)}{Dh_2V_2\ln(1/r_2)}$$

    or at 0 where that is negative. A real number; the best whole one is next to it.

    Args:
      step: eta, from 1e-30 to 1e30.
      sharp: h_1, from 1e-30 to 1e30; step times sharp from 1e-5 to 0.999.
      start: v_1, to 1e30, at least 1.01 V_1.
      flat: h_2, from 1e-100 on, at most 0.9 sharp.
      count: D, whole, to 1e12.
      noise: z, from 1e-30 to 1e30.

    Arrays broadcast. Accuracy 1e-10 relative and 1e-7 absolute.

    Raises:
      InputError: an argument out of its range, or arguments that do not go together.

    Source: derived here (docs, optimization section 2). That a reward rises and then decays since
    few directions are curved is of arXiv:2602.00170; this form of it is ours.

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.peak_step(0.05, 1.0, 1.0, 0.01, 100, 0.1):.10f}")
    59.2002248551
    """
    return best(step, sharp, start, flat, count, noise)


def _continuous(step, sharp, start, flat, count, noise):
    """As if a step took e^(-2 step curvature)."""
    found = best(step, sharp, start, flat, count, noise)
    faster = jnp.log1p(step * (sharp - flat) / left(step, sharp))
    return found * faster / (step * (sharp - flat))
