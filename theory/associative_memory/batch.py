"""All pairs at once: ridge regression and gradient descent, in large memories."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Asymptotic
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, nonnegative, positive, whole
from jtts.theory.associative_memory.marchenko_pastur import spectral_average
from jtts.theory.associative_memory.recall import as_numbers

SIZES = (24, 48)
SIMULATED_LOADS = choices(0.5, 2.0)
MOST_STEPS = 1e20  # steps of descent


def _ridge(load, ridge, shift=1.0):
    load, ridge = as_numbers(load, ridge)
    endless = jnp.isinf(ridge)
    ridge = jnp.where(endless, 1.0, ridge)
    full = (load == 1) & (ridge == 0)  # the error is 0 there, with an infinite slope
    middle = ridge + (shift - load)
    # scaled, for squares that overflow or vanish
    size = jnp.maximum(jnp.abs(middle), 2 * jnp.sqrt(load) * jnp.sqrt(ridge))
    size = lax.stop_gradient(jnp.where(full, 1.0, size))
    square = (middle / size) ** 2 + 4 * (load / size) * (ridge / size)
    root = size * jnp.sqrt(jnp.where(full, 1.0, square))
    below = middle >= 0
    # middle + root, and ridge over it, by whichever form has no cancellation
    safe = jnp.where(below, 0.0, middle)
    total = jnp.where(below, middle + root, 4 * load * (ridge / (root - safe)))
    share = jnp.where(below, ridge / jnp.where(below, total, 1.0), (root - safe) / (4 * load))
    error = 2 * share * (share / root) * (2 * load + total)
    return jnp.where(
        endless, 1.0, jnp.where(full, jnp.sqrt(jnp.where(full, ridge, 1.0)) / 2, error)
    )


@law(
    kind=Asymptotic(size="dim", sizes=SIZES, finite_size=1.0),
    formula=r"-\lambda^2 m'(\lambda),\quad m(\lambda) = \int \frac{\rho(s)\,ds}{s+\lambda}",
    source="Marchenko and Pastur 1967; derived here (docs, associative memory section 5)",
    holds={"load": positive(), "ridge": at_least(0)},
    relative=1e-13,
    gives=at_least(0),
    domain={"load": log_reals(0.01, 100.0), "ridge": log_reals(1e-6, 1e3)},
    simulated={"load": SIMULATED_LOADS, "ridge": log_reals(0.1, 2.0)},
    mutants={
        "edge of the spectrum shifted": lambda *point, **named: _ridge(
            *point, **named | {"shift": 0.8}
        ),
        "ridge per pair": lambda load, ridge: _ridge(load, ridge * load),
    },
)
def ridge_error(load: Numbers, ridge: Numbers) -> jax.Array:
    r"""Mean squared error per component of the pairs held by a memory fitted with a ridge.

    $W = Y K(K^\top K+\lambda)^{-1}$, as recursive least squares with ridge lambda has it after one
    pass; with the spectrum of $KK^\top$ (N x N) following Marchenko and Pastur,

    $$E\frac{\lambda^2}{(s+\lambda)^2} = -\lambda^2m'(\lambda),\quad
      m(\lambda) = \frac{-B+R}{2\alpha\lambda},\;
      B = \lambda+1-\alpha,\; R^2 = B^2+4\alpha\lambda.$$

    Evaluated as $2\lambda^2(2\alpha+B+R)/(R(B+R)^2)$, without the cancellation at small ridge.

    Args:
      load: alpha = N/d > 0, finite.
      ridge: lambda >= 0, also infinite, in units of the mean square of a key, which is 1. Both
        broadcast.

    Returns the error per component, values having unit power per component: `least_squares_error`
    at ridge 0, 1 at infinite ridge. Relative accuracy 1e-13; the gap at finite d is of order 1/d,
    and of order 1/d^(2/3) where load is 1 and the ridge below that.

    Raises:
      InputError: a load that is not positive or a negative ridge.

    Source: Marchenko and Pastur 1967; derived here (docs, associative memory section 5).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.ridge_error(0.5, 0.3):.7f} {am.ridge_error(2.0, 0.0):.1f}")
    0.1286186 0.5
    """
    return _ridge(load, ridge)


def _left(s, step, num_steps):
    """(1 - step s)^(2 num_steps)."""
    few = num_steps == 0
    return jnp.where(few, 1.0, _even(step * s, jnp.where(few, 2.0, 2 * num_steps)))


@jax.custom_jvp
def _even(x, power):
    """|1 - x|^power, also of small x and large powers."""
    below = x < 0.5
    log = jnp.where(below, jnp.log1p(-jnp.where(below, x, 0.0)), jnp.log(jnp.abs(1 - x)))
    return jnp.exp(jnp.where(power == 0, 0.0, power * log))


@_even.defjvp
def _even_jvp(primals, tangents):
    x, power = primals
    found = _even(x, power)
    log = jnp.where(found > 0, jnp.log(jnp.abs(1 - jnp.where(found > 0, x, 0.0))), 0.0)
    slope = -power * jnp.sign(1 - x) * _even(x, power - 1)
    return found, slope * tangents[0] + log * found * tangents[1]


def growing_gap(point):
    """Late descent is about the smallest eigenvalues, which scatter most."""
    return 2 + (point["step"] * point["num_steps"]) ** 2 / 12


@functools.partial(jax.jit, static_argnames="lag")
def _descent(load, step, num_steps, lag=0):
    arrays = jnp.broadcast_arrays(*as_numbers(load, step, num_steps))
    return spectral_average(arrays[0], _left, arrays[1], arrays[2] - lag)


@law(
    kind=Asymptotic(size="dim", sizes=SIZES, finite_size=growing_gap),
    formula=r"\int \rho(s) (1 - \eta s)^{2T} ds",
    source="derived here (docs, associative memory section 5); arXiv:2505.23884",
    holds={"load": positive(), "step": nonnegative(), "num_steps": whole(0, MOST_STEPS)},
    jointly={
        "num_steps must be at most 1e4 where step (1 + sqrt(load))^2 is above 1.9": (
            lambda load, step, num_steps: (step * (1 + load**0.5) ** 2 <= 1.9) | (num_steps <= 1e4)
        )
    },
    relative=1e-11,
    gives=at_least(0),
    domain={
        "load": log_reals(0.01, 100.0),
        "step": log_reals(1e-3, 0.5),
        "num_steps": log_integers(1, 10**4),
    },
    simulated={
        "load": SIMULATED_LOADS,
        "step": reals(0.1, 0.3),
        "num_steps": choices(1, 2, 4, 8),
    },
    mutants={
        "amplitude for power": lambda load, step, num_steps: _descent(load, step, num_steps / 2),
        "keys that do not overlap": lambda load, step, num_steps: (1 - step) ** (2 * num_steps),
        "one step fewer": lambda *point, **named: _descent(*point, **named | {"lag": 1}),
    },
)
def gradient_descent_error(load: Numbers, step: Numbers, num_steps: Numbers) -> jax.Array:
    r"""Mean squared error per component of the pairs, after gradient descent on all at once.

    $W \leftarrow W + \eta(Y - WK^\top)K$ from W = 0, T steps; with the spectrum of $KK^\top$
    following Marchenko and Pastur,

    $$\int\rho(s)(1-\eta s)^{2T}ds.$$

    One step is Hebbian writing with gain eta, exactly $1-2\eta+\eta^2(1+(N-1)/d)$ (`gain_error`).

    Args:
      load: alpha = N/d > 0, finite.
      step: eta >= 0, finite; descent diverges above $2/(1+\sqrt\alpha)^2$.
      num_steps: T, whole, from 0 to 1e20, to 1e4 where eta is above 0.95 of that. All broadcast.

    Returns the error per component, values having unit power per component; it tends to
    `least_squares_error` as T grows. Relative accuracy 1e-11. The gap at finite d is of order 1/d,
    and below load 1 grows with (eta T)^2.

    Raises:
      InputError: a load that is not positive, a negative step, or a number of steps out of range.

    Source: derived here (docs, associative memory section 5); large chunks: arXiv:2505.23884.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.gradient_descent_error(0.5, 0.5, 5):.7f}")
    0.0867672
    """
    return _descent(load, step, num_steps)
