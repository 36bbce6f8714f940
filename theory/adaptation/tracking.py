"""Following a teacher that drifts, by one gradient step per example."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import choices, log_reals, reals
from jtts.kinds import Exact, Minimizer, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, probability, whole
from jtts.theory.associative_memory.powers import kept, learned

MOST_DIM = 10**9
MOST = 1e100
STEP = {"step_size": between(1e-12, 1)}
SIZES = {"dim": whole(1, MOST_DIM), "noise_var": nonnegative(MOST)}
STABLE = {
    "step_size must be at most 1.999 / (dim + 2)": (
        lambda step_size, dim: step_size * (dim + 2) <= 1.999
    )
}
DIMS = choices(2, 4, 8)
DRAW = {
    "step_size": reals(0.03, 0.1),
    "dim": DIMS,
    "noise_var": reals(0.2, 1.0),
}


def _floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in values))


def settled(step_size, dim, noise_var, drift_var):
    """`tracking_error` without its checks."""
    mu, d, s2, q2 = _floats(step_size, dim, noise_var, drift_var)
    return d * (mu * s2 + q2 / mu) / (2 - (d + 2) * mu)


@law(
    kind=Exact(),
    formula=r"\frac{d (\mu^2 \sigma^2 + \delta^2)}{\mu (2 - (d + 2) \mu)}",
    source="derived here (section 1)",
    relative=1e-12,
    holds=STEP | SIZES | {"drift_var": nonnegative(MOST)},
    jointly=STABLE,
    gives=nonnegative(),
    domain=DRAW | {"drift_var": log_reals(0.001, 0.05)},
    mutants={
        "no fourth moment": lambda step_size, dim, noise_var, drift_var: (
            dim * (step_size**2 * noise_var + drift_var) / (step_size * (2 - dim * step_size))
        ),
        "for a small step": lambda step_size, dim, noise_var, drift_var: (
            dim * (step_size * noise_var + drift_var / step_size) / 2
        ),
        "before the drift": lambda step_size, dim, noise_var, drift_var: (
            settled(step_size, dim, noise_var, drift_var) - dim * drift_var
        ),
    },
)
def tracking_error(
    step_size: Numbers, dim: Numbers, noise_var: Numbers, drift_var: Numbers
) -> jax.Array:
    r"""Squared distance to a teacher that walks at random, in the long run of gradient steps.

    Each example x ~ N(0, I_d), y = w.x + N(0, sigma^2) moves the weights by mu x (y - v.x), then
    the teacher w by N(0, delta^2 I):

    $$E|w-v|^2=\frac{d(\mu^2\sigma^2+\delta^2)}{\mu(2-(d+2)\mu)}$$

    after the drift: the excess error of the next prediction. Noise that is learned grows with the
    step, lag behind the drift falls with it.

    Args:
      step_size: mu, from 1e-12, at most 1.999/(d + 2); it is unstable from 2/(d + 2) on.
      dim: d, whole, to 1e9.
      noise_var: sigma^2, to 1e100.
      drift_var: delta^2 of each weight in a step, to 1e100.

    Arrays broadcast. Returns a total over dimensions. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range, or a step too large.

    Source: derived here (docs, adaptation section 1).

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.tracking_error(0.1, 4, 1.0, 0.01):.12f}")
    0.571428571429
    """
    return settled(step_size, dim, noise_var, drift_var)


@jax.jit
def _transient(num_steps, start, step_size, dim, noise_var, drift_var):
    t, begun, mu, d, s2, q2 = _floats(num_steps, start, step_size, dim, noise_var, drift_var)
    rate = mu * (2 - (d + 2) * mu)
    return begun * kept(rate, t) + d * (mu**2 * s2 + q2) * learned(t, rate)


@law(
    kind=Exact(),
    formula=r"D + (D_0 - D) K^t,\; K = 1 - 2\mu + \mu^2 (d + 2)",
    source="derived here (section 1)",
    relative=1e-12,
    holds={"num_steps": whole(0, 10**9), "start": nonnegative(MOST)}
    | STEP
    | SIZES
    | {"drift_var": nonnegative(MOST)},
    jointly=STABLE,
    gives=nonnegative(),
    domain={"num_steps": choices(3, 6, 12, 24), "start": reals(0.0, 4.0)}
    | DRAW
    | {"drift_var": log_reals(0.001, 0.05)},
    mutants={
        "no fourth moment": lambda num_steps, start, step_size, dim, noise_var, drift_var: (
            _transient(num_steps, start, step_size, dim, noise_var, drift_var)
            + start * ((1 - 2 * step_size + step_size**2 * dim) ** num_steps
            - (1 - 2 * step_size + step_size**2 * (dim + 2)) ** num_steps)
        ),
        "a step more": lambda num_steps, start, step_size, dim, noise_var, drift_var: _transient(
            num_steps + 1, start, step_size, dim, noise_var, drift_var
        ),
    },
)  # fmt: skip
def tracking_error_transient(
    num_steps: Numbers,
    start: Numbers,
    step_size: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    drift_var: Numbers,
) -> jax.Array:
    r"""Squared distance to the teacher after t steps, from a distance D_0.

    $$D+(D_0-D)K^t,\quad K=1-2\mu+\mu^2(d+2)$$

    with D of `tracking_error`.

    Args:
      num_steps: t, whole, from 0 to 1e9.
      start: D_0, squared distance at the start, to 1e100.
      step_size: mu, from 1e-12, at most 1.999/(d + 2).
      dim: d, whole, to 1e9.
      noise_var: sigma^2, to 1e100.
      drift_var: delta^2 of each weight in a step, to 1e100.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range, or a step too large.

    Source: derived here (docs, adaptation section 1).

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.tracking_error_transient(12, 0.0, 0.1, 4, 1.0, 0.01):.12f}")
    0.477900201288
    """
    return _transient(num_steps, start, step_size, dim, noise_var, drift_var)


def _best_step(dim, noise_var, drift_var):
    d, s2, q2 = _floats(dim, noise_var, drift_var)
    return 2 / (d + 2 + jnp.sqrt((d + 2) ** 2 + 4 * (s2 / q2)))


def _least_error(dim, noise_var, drift_var):
    d, s2, q2 = _floats(dim, noise_var, drift_var)
    still = q2 == 0
    moving = jnp.where(still, 1.0, q2)
    found = d * moving / _best_step(d, s2, moving)
    return jnp.where(still, 0.0, found)


OPTIMA = {
    "dim": choices(1, 4, 32),
    "noise_var": log_reals(0.01, 10.0),
    "drift_var": log_reals(1e-4, 1.0),
}


def _shortfall(value, dim, noise_var, drift_var):
    """Of a claimed least error, from that of a search over steps."""

    def error(share):
        mu = share * 2 / (dim + 2)
        return dim * (mu * noise_var + drift_var / mu) / (2 - (dim + 2) * mu)

    found = scipy.optimize.minimize_scalar(
        lambda x: error(1 / (1 + np.exp(-x))), bounds=(-15, 5), method="bounded"
    )
    return value - found.fun


@law(
    kind=Minimizer(
        of=settled,
        argument="step_size",
        candidates=lambda point: np.geomspace(1e-4, 1.99 / (point["dim"] + 2), 60),
    ),
    formula=r"\frac{2}{d + 2 + \sqrt{(d+2)^2 + 4 \sigma^2/\delta^2}}",
    source="derived here (section 1)",
    relative=1e-13,
    holds={
        "dim": whole(1, MOST_DIM),
        "noise_var": nonnegative(MOST),
        "drift_var": between(1e-100, MOST),
    },
    gives=positive(1.0),
    domain=OPTIMA,
    mutants={
        "textbook": lambda dim, noise_var, drift_var: jnp.sqrt(drift_var / noise_var) + 0 * dim,
        "no fourth moment": lambda dim, noise_var, drift_var: _best_step(
            dim - 2, noise_var, drift_var
        ),
    },
)
def optimal_tracking_step(dim: Numbers, noise_var: Numbers, drift_var: Numbers) -> jax.Array:
    r"""Step size at which `tracking_error` is least.

    $$\mu^*=\frac2{d+2+\sqrt{(d+2)^2+4\sigma^2/\delta^2}}$$

    The textbook's delta/sigma is its limit for slow drift.

    Args:
      dim: d, whole, to 1e9.
      noise_var: sigma^2, to 1e100.
      drift_var: delta^2, from 1e-100 to 1e100.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, adaptation section 1).

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.optimal_tracking_step(4, 1.0, 0.01):.13f}")
    0.0744030650891
    """
    return _best_step(dim, noise_var, drift_var)


@law(
    kind=Root(residual=_shortfall, bracket=lambda **point: (1e-12, 1e6), detects=0.01),
    formula=r"d \delta^2 / \mu^*",
    source="derived here (section 1)",
    relative=1e-13,
    holds=SIZES | {"drift_var": between(1e-100, MOST)},
    gives=nonnegative(),
    domain=OPTIMA,
    mutants={
        "slow drift": lambda dim, noise_var, drift_var: dim * jnp.sqrt(drift_var * noise_var),
        "no fourth moment": lambda dim, noise_var, drift_var: (
            dim * drift_var / _best_step(dim - 2, noise_var, drift_var)
        ),
    },
)
def optimal_tracking_error(dim: Numbers, noise_var: Numbers, drift_var: Numbers) -> jax.Array:
    r"""`tracking_error` at the best step size.

    $$\frac{d\,\delta^2}{\mu^*}$$

    with mu* of `optimal_tracking_step`, whose arguments these are. Arrays broadcast. Relative
    accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, adaptation section 1).

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.optimal_tracking_error(4, 1.0, 0.01):.12f}")
    0.537612260356
    """
    return _least_error(dim, noise_var, drift_var)


def _ar1(step_size, dim, noise_var, persistence):
    mu, d, s2, phi = _floats(step_size, dim, noise_var, persistence)
    # 1 - phi in both: the cross term of teacher and weights put in
    renewed = 1 - phi
    lag = 2 * (renewed / (renewed + phi * mu))
    return d * (lag + mu * s2) / (2 - (d + 2) * mu)


@law(
    kind=Exact(),
    formula=r"\frac{d}{2 - (d + 2)\mu} \Big[\frac{2 (1-\varphi)}{1 - \varphi(1-\mu)}"
    r" + \mu \sigma^2\Big]",
    source="derived here (section 1)",
    relative=1e-12,
    holds=STEP | SIZES | {"persistence": probability()},
    jointly=STABLE,
    gives=nonnegative(),
    domain=DRAW | {"persistence": reals(0.8, 0.995)},
    mutants={
        "a random walk": lambda step_size, dim, noise_var, persistence: settled(
            step_size, dim, noise_var, 1 - persistence**2
        ),
        "no fourth moment": lambda step_size, dim, noise_var, persistence: (
            _ar1(step_size, dim, noise_var, persistence)
            * (2 - (dim + 2) * step_size)
            / (2 - dim * step_size)
        ),
    },
)
def tracking_error_ar1(
    step_size: Numbers, dim: Numbers, noise_var: Numbers, persistence: Numbers
) -> jax.Array:
    r"""Squared distance to a teacher that forgets: its weights are autoregressive with variance 1.

    $w\leftarrow\varphi w+\sqrt{1-\varphi^2}\,N(0,I)$ after each step, in the long run

    $$\frac d{2-(d+2)\mu}\Big[\frac{2(1-\varphi)}{1-\varphi(1-\mu)}+\mu\sigma^2\Big]$$

    Not to adapt at all leaves d: where the teacher forgets faster, following it makes things worse.

    Args:
      step_size: mu, from 1e-12, at most 1.999/(d + 2).
      dim: d, whole, to 1e9.
      noise_var: sigma^2, to 1e100.
      persistence: phi, from 0 to 1.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range, or a step too large.

    Source: derived here (docs, adaptation section 1).

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.tracking_error_ar1(0.1, 4, 1.0, 0.98):.11f}")
    1.25423728814
    """
    return _ar1(step_size, dim, noise_var, persistence)


def _linear(step_size, dim, noise_var, drift_speed_squared):
    mu, d, s2, v = _floats(step_size, dim, noise_var, drift_speed_squared)
    return (v * (2 - mu) / mu**2 + mu * s2 * d) / (2 - (d + 2) * mu)


@law(
    kind=Exact(),
    formula=r"\frac{V (2-\mu)/\mu + \mu^2 \sigma^2 d}{\mu (2 - (d + 2)\mu)}",
    source="derived here (section 1)",
    relative=1e-12,
    holds=STEP | SIZES | {"drift_speed_squared": nonnegative(MOST)},
    jointly=STABLE,
    gives=nonnegative(),
    domain=DRAW | {"drift_speed_squared": log_reals(0.0005, 0.01)},
    mutants={
        "a random walk": lambda step_size, dim, noise_var, drift_speed_squared: settled(
            step_size, dim, noise_var, drift_speed_squared / dim
        ),
        "squared lag alone": lambda step_size, dim, noise_var, drift_speed_squared: (
            settled(step_size, dim, noise_var, 0.0 * dim) + drift_speed_squared / step_size**2
        ),
    },
)
def tracking_error_linear(
    step_size: Numbers, dim: Numbers, noise_var: Numbers, drift_speed_squared: Numbers
) -> jax.Array:
    r"""Squared distance to a teacher that moves by the same vector at each step.

    With V its squared length the weights lag behind by 1/mu of it:

    $$\frac{V(2-\mu)/\mu+\mu^2\sigma^2d}{\mu(2-(d+2)\mu)}$$

    Args:
      step_size: mu, from 1e-12, at most 1.999/(d + 2).
      dim: d, whole, to 1e9.
      noise_var: sigma^2, to 1e100.
      drift_speed_squared: V, to 1e100.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range, or a step too large.

    Source: derived here (docs, adaptation section 1).

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.tracking_error_linear(0.1, 4, 1.0, 0.01):.11f}")
    1.64285714286
    """
    return _linear(step_size, dim, noise_var, drift_speed_squared)
