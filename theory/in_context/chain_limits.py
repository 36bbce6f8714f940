"""Chains of gradient steps on a prompt when examples and dimensions are many."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import choices, log_reals, reals
from jtts.kinds import Asymptotic, Minimizer, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, whole
from jtts.theory.associative_memory.roots import increasing_root
from jtts.theory.in_context.chains import powers

STEP = 0.1
# ln of the odds of an angle, so that both edges are resolved at any scale
ODDS = STEP * np.arange(-460, 201)
ANGLE, OTHER = np.pi / (1 + np.exp(-ODDS)), np.pi / (1 + np.exp(ODDS))
HEIGHT = np.sin(ANGLE / 2) ** 2
WEIGHT = 2 / np.pi * np.sin(np.minimum(ANGLE, OTHER)) ** 2 * STEP * ANGLE * OTHER / np.pi


def edges(g):
    """Ends of the spectrum."""
    root = jnp.sqrt(g)
    return ((1 - g) / (1 + root)) ** 2, (1 + root) ** 2


def marchenko_pastur(g):
    """Nodes and weights of the eigenvalues of S that are not 0, per dimension."""
    s = edges(g)[0][..., None] + 4 * jnp.sqrt(g)[..., None] * HEIGHT
    return s, WEIGHT / s


def floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in values))


def _mean(g, r, s, weights, left, moved):
    known = weights * (left**2 + (r * g)[..., None] * (moved / s) * moved)
    return jnp.maximum(1 - 1 / g, 0.0) + jnp.sum(known, -1)


@jax.jit
def _flow(time, dim_ratio, noise_ratio):
    t, g, r = floats(time, dim_ratio, noise_ratio)
    s, weights = marchenko_pastur(g)
    z = t[..., None] * s
    return _mean(g, r, s, weights, jnp.exp(-z), -jnp.expm1(-z))


@jax.jit
def _chain(num_steps, dim_ratio, noise_ratio, step_size):
    t, g, r, eta = floats(num_steps, dim_ratio, noise_ratio, step_size)
    s, weights = marchenko_pastur(g)
    left, moved = powers(eta[..., None] * s, t[..., None])
    return _mean(g, r, s, weights, left, moved)


RATIOS = {"dim_ratio": between(1e-3, 1e3), "noise_ratio": nonnegative(1e6)}
NOISY = RATIOS | {"noise_ratio": between(1e-6, 1e6)}
SIZES = (8, 16, 32)
DRAWN = {"dim_ratio": choices(0.25, 0.5, 1.0, 2.0), "noise_ratio": log_reals(0.05, 1.0)}


@law(
    kind=Asymptotic(size="dim", sizes=SIZES, finite_size=1.5, detects=0.02),
    formula=r"\max(1 - 1/g, 0) + \int \Big[e^{-2Ts} + rg \frac{(1 - e^{-Ts})^2}{s}\Big] d\mu(s)",
    source="derived here (section 12)",
    relative=1e-10,
    absolute=1e-14,
    holds={"time": nonnegative(1e12)} | RATIOS,
    gives=nonnegative(),
    domain={"time": log_reals(0.3, 5.0)} | DRAWN,
    mutants={
        "half the time": lambda time, dim_ratio, noise_ratio: _flow(
            time / 2, dim_ratio, noise_ratio
        ),
        "noise of the whole": lambda time, dim_ratio, noise_ratio: _flow(
            time, dim_ratio, noise_ratio / dim_ratio
        ),
    },
)
def limit_flow_error(time: Numbers, dim_ratio: Numbers, noise_ratio: Numbers) -> jax.Array:
    r"""`flow_error` when n, d and sigma^2 are large in proportion.

    With g = d/n, r = sigma^2/d and mu the Marchenko-Pastur law of the eigenvalues s of X'X/n that
    are not 0,

    $$\max(1-1/g,0)+\int\Big[e^{-2Ts}+rg\,\frac{(1-e^{-Ts})^2}s\Big]d\mu(s)$$

    It tends to rg/(1 - g) for g < 1, to 1 - 1/g + r/(g - 1) for g > 1; at g = 1 it grows like the
    root of T where there is noise. Corrections are relative 1/d.

    Args:
      time: T, from 0 to 1e12.
      dim_ratio: g, from 1e-3 to 1e3.
      noise_ratio: r, from 0 to 1e6.

    Arrays broadcast. Returns |w_T - w|^2 per dimension. Accuracy 1e-10 relative and 1e-14 absolute.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 12), from the law of Marchenko and Pastur.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.limit_flow_error(3.0, [0.5, 1.0, 2.0], 0.1).round(10))
    [0.12051063 0.297717   0.57800502]
    """
    return _flow(time, dim_ratio, noise_ratio)


@law(
    kind=Asymptotic(size="dim", sizes=SIZES, finite_size=1.5, detects=0.02),
    formula=r"\max(1 - 1/g, 0) + \int \Big[(1 - \eta s)^{2t}"
    r" + rg \frac{(1 - (1 - \eta s)^t)^2}{s}\Big] d\mu(s)",
    source="derived here (section 12); the question: arXiv:2502.21212",
    relative=1e-10,
    absolute=1e-14,
    holds={"num_steps": whole(0, 10**5)} | RATIOS | {"step_size": between(0, 2)},
    jointly={
        "step_size must be at most 1.999 / (1 + sqrt(dim_ratio))^2": (
            lambda step_size, dim_ratio: step_size * (1 + dim_ratio**0.5) ** 2 <= 1.999
        )
    },
    gives=nonnegative(),
    domain={"num_steps": choices(1, 2, 3, 4)} | DRAWN | {"step_size": reals(0.1, 0.25)},
    mutants={
        "a step more": lambda num_steps, dim_ratio, noise_ratio, step_size: _chain(
            num_steps + 1, dim_ratio, noise_ratio, step_size
        ),
        "of the flow": lambda num_steps, dim_ratio, noise_ratio, step_size: _flow(
            num_steps * step_size, dim_ratio, noise_ratio
        ),
    },
)
def limit_chain_error(
    num_steps: Numbers, dim_ratio: Numbers, noise_ratio: Numbers, step_size: Numbers
) -> jax.Array:
    r"""`chain_error` when n, d and sigma^2 are large in proportion.

    With g = d/n, r = sigma^2/d and mu the Marchenko-Pastur law of the eigenvalues s of X'X/n that
    are not 0,

    $$\max(1-1/g,0)+\int\Big[(1-\eta s)^{2t}+rg\,\frac{(1-(1-\eta s)^t)^2}s\Big]d\mu(s)$$

    Eigenvalues end at $(1+\sqrt g)^2$: a smaller step than 2 over it diverges on no prompt of large
    size. Corrections are relative 1/d, more of them with more steps.

    Args:
      num_steps: t, whole, from 0 to 1e5; no derivative.
      dim_ratio: g, from 1e-3 to 1e3.
      noise_ratio: r, from 0 to 1e6.
      step_size: eta, at most 1.999 over the largest eigenvalue.

    Arrays broadcast. Returns |w_t - w|^2 per dimension. Accuracy 1e-10 relative and 1e-14 absolute.

    Raises:
      InputError: a number out of range, or a step too large.

    Source: derived here (docs, in_context section 12), from the law of Marchenko and Pastur. That a
    chain of thought makes one layer of linear attention take many steps is of arXiv:2502.21212.

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.limit_chain_error(6, 0.5, 0.1, 0.4):.12f}")
    0.134247463322
    """
    return _chain(num_steps, dim_ratio, noise_ratio, step_size)


@jax.jit
def _best_time(dim_ratio, noise_ratio):
    g, r = floats(dim_ratio, noise_ratio)
    s, weights = marchenko_pastur(g)
    c = (r * g)[..., None]

    def rising(log_time):
        """Slope of the error in time, over two."""
        z = jnp.exp(log_time)[..., None] * s
        left = jnp.exp(-z)
        return jnp.sum(weights * left * (-c * jnp.expm1(-z) - s * left), -1)

    # an eigenvalue has learned enough at ln(1 + s/c)/s, which falls with s, from 1/c on
    top = edges(g)[1]
    first = jnp.log(jnp.log1p(top / (r * g)) / top)
    return jnp.exp(increasing_root(rising, first - 0.1, -jnp.log(r * g) + 0.1))


@jax.jit
def _least(dim_ratio, noise_ratio):
    return _flow(_best_time(dim_ratio, noise_ratio), dim_ratio, noise_ratio)


def _played(time, dim_ratio, noise_ratio):
    """The error by another rule: midpoints of an even grid of angles."""
    angle = (np.arange(4000) + 0.5) / 4000 * np.pi
    s = 1 + dim_ratio + 2 * np.sqrt(dim_ratio) * np.cos(angle)
    left = np.exp(-time * s)
    both = left**2 + noise_ratio * dim_ratio * (1 - left) ** 2 / s
    return max(1 - 1 / dim_ratio, 0) + np.mean(2 * np.sin(angle) ** 2 / s * both)


def _shortfall(value, dim_ratio, noise_ratio):
    """Of a claimed least error, from that of a search over times."""
    found = scipy.optimize.minimize_scalar(
        lambda log_time: _played(np.exp(log_time), dim_ratio, noise_ratio),
        bounds=np.log([1e-3, 1e3]),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return value - found.fun


SEARCHED = {
    "dim_ratio": choices(0.1, 0.25, 0.5, 0.9, 1.0, 2.0),
    "noise_ratio": log_reals(0.03, 10.0),
}


@law(
    kind=Minimizer(
        of=_played, argument="time", candidates=lambda point: np.geomspace(1e-3, 1e3, 200)
    ),
    formula=r"T^*: \int e^{-Ts} \big[rg (1 - e^{-Ts}) - s e^{-Ts}\big] d\mu(s) = 0",
    source="derived here (section 13)",
    relative=1e-9,
    holds=NOISY,
    gives=positive(),
    domain=SEARCHED,
    mutants={
        "one over the ridge": lambda dim_ratio, noise_ratio: 1 / (dim_ratio * noise_ratio),
        "of the mean eigenvalue": lambda dim_ratio, noise_ratio: np.log1p(
            1 / (dim_ratio * noise_ratio)
        ),
    },
)
def optimal_flow_time(dim_ratio: Numbers, noise_ratio: Numbers) -> jax.Array:
    r"""Time at which `limit_flow_error` is least: how long to think.

    The root T of

    $$\int e^{-Ts}\big[rg\,(1-e^{-Ts})-s\,e^{-Ts}\big]d\mu(s)=0$$

    About ln(1 + 1/(rg)) for g much below 1, where depth grows with the logarithm of the signal;
    0.60355/r at g = 1 and little noise.

    Args:
      dim_ratio: g = d/n, from 1e-3 to 1e3.
      noise_ratio: r = sigma^2/d, from 1e-6 to 1e6; without noise no time is too long.

    Arrays broadcast. The slope changes sign once at every point looked at, 700 of the whole range.
    Relative accuracy 1e-9.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 13).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.optimal_flow_time([0.1, 0.5, 1.0], 0.1).round(8))
    [6.82052361 8.00036995 6.08208358]
    """
    return _best_time(dim_ratio, noise_ratio)


@law(
    kind=Root(residual=_shortfall, bracket=lambda **point: (1e-9, 1e9), detects=0.01),
    formula=r"R(T^*)",
    source="derived here (section 13)",
    relative=1e-10,
    holds=NOISY,
    gives=positive(),
    domain=SEARCHED,
    mutants={
        "at the time of the ridge": lambda dim_ratio, noise_ratio: _flow(
            1 / (dim_ratio * noise_ratio), dim_ratio, noise_ratio
        ),
        "at the end": lambda dim_ratio, noise_ratio: _flow(1e6, dim_ratio, noise_ratio),
    },
)
def optimal_flow_error(dim_ratio: Numbers, noise_ratio: Numbers) -> jax.Array:
    """`limit_flow_error` at the time of `optimal_flow_time`.

    At most 7.9 % above the error of the best ridge (`early_stopping_bound`).

    Args:
      dim_ratio: g = d/n, from 1e-3 to 1e3.
      noise_ratio: r = sigma^2/d, from 1e-6 to 1e6.

    Arrays broadcast. Returns an error per dimension. Relative accuracy 1e-10.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 13).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.optimal_flow_error([0.1, 0.5, 1.0], 0.1).round(10))
    [0.01103415 0.08736966 0.27766165]
    """
    return _least(dim_ratio, noise_ratio)
