"""Stopping early against ridge regression: on any prompt, and the best time at finite size."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import choices, log_reals
from jtts.kinds import Exact, Minimizer, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, positive
from jtts.theory.associative_memory.roots import increasing_root
from jtts.theory.in_context.chains import SIZES, flow, sized

STEP = 0.05
DEPTHS = STEP * np.arange(-160, 101)  # ln of a u: peaks lie at a u of order 1


def _excess(a, depth, power=2):
    """Flow over ridge along a direction, ln(a u) = depth."""
    z = jnp.exp(depth)
    u = z / a
    return (1 + u) * (jnp.exp(-2 * z) + (-jnp.expm1(-z)) ** power / u)


@jax.jit
def _largest(ratio):
    a = jnp.asarray(ratio, float)
    peak = jnp.asarray(DEPTHS)[jnp.argmax(_excess(a[..., None], DEPTHS), -1)]

    def falling(depth):
        return -jax.jvp(lambda x: _excess(a, x), (depth,), (jnp.ones_like(depth),))[1]

    return _excess(a, increasing_root(falling, peak - STEP, peak + STEP))


@law(
    kind=Exact(),
    formula=r"\sup_u\, (1 + u) \Big[e^{-2au} + \frac{(1 - e^{-au})^2}{u}\Big]",
    source="derived here (section 13); the comparison: arXiv:1810.10082",
    relative=1e-12,
    holds={"ratio": between(1e-6, 1e6)},
    gives=at_least(1.0),
    domain={"ratio": log_reals(0.2, 3.0)},
    mutants={
        "noise without the square": lambda ratio: np.max(
            _excess(np.asarray(ratio)[..., None], DEPTHS, power=1), -1
        ),
        "twice the time": lambda ratio: _largest(2 * ratio),
    },
)
def early_stopping_bound(ratio: Numbers) -> jax.Array:
    r"""Largest factor between the errors of a flow stopped early and of the best ridge, any prompt.

    The flow is stopped at T = a n/sigma^2; ridge is at lambda = sigma^2, the best for
    w ~ N(0, I). Along an eigendirection of X'X with u = x/sigma^2 their errors are as

    $$(1+u)\Big[e^{-2au}+\frac{(1-e^{-au})^2}u\Big]$$

    to one; whatever the examples, the sum over directions is no worse than the largest of these.
    1.2147 at a = 1, the usual calibration T = n/lambda; least at a = 0.45711, where it is 1.0786:
    the best stopping is within 7.9 % of the best ridge, always.

    Args:
      ratio: a, from 1e-6 to 1e6.

    Arrays broadcast. Returns the factor, which prompts all of whose directions are the worst reach.
    Relative accuracy 1e-12. Its slope jumps at a = 0.45711, where two peaks are equal.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 13). arXiv:1810.10082 has 1.22 for the limiting
    risk with a spherical covariance.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.early_stopping_bound([0.45711, 1.0]).round(4))
    [1.0786 1.2147]
    """
    return _largest(ratio)


@jax.jit
def _best_time(which, n, d, nodes, weights, unseen, noise):
    x, weight = nodes[which], weights[which]
    c = noise[..., None]

    def rising(log_time):
        """Slope of the error in time, over two."""
        z = jnp.exp(log_time)[..., None] * x / n[..., None]
        left = jnp.exp(-z)
        return jnp.sum(weight * left * (-c * jnp.expm1(-z) - x * left), -1)

    # an eigenvalue has learned enough at n ln(1 + x/sigma^2)/x, which falls with x
    top = jnp.max(x, -1)
    first = jnp.log(n * jnp.log1p(top / noise) / top)
    return jnp.exp(increasing_root(rising, first - 0.1, jnp.log(n / noise) + 0.1))


def _finite(num_examples, dim, noise_var):
    return sized(_best_time, num_examples, dim, noise_var)


def _least(num_examples, dim, noise_var):
    return flow(_finite(num_examples, dim, noise_var), num_examples, dim, noise_var)


def _shortfall(value, num_examples, dim, noise_var):
    """Of a claimed least error, from that of a search over times."""
    found = scipy.optimize.minimize_scalar(
        lambda log_time: float(flow(np.exp(log_time), num_examples, dim, noise_var)),
        bounds=np.log([1e-3 * num_examples, 2 * num_examples / noise_var]),
        method="bounded",
        options={"xatol": 1e-7},
    )
    return value - found.fun


FINITE = SIZES | {"noise_var": between(1e-6, 1e6)}
SEARCHED = {
    "num_examples": choices(4, 6, 8, 12, 16, 40),
    "dim": choices(4, 8),
    "noise_var": log_reals(0.05, 4.0),
}


@law(
    kind=Minimizer(
        of=flow,
        argument="time",
        candidates=lambda at: np.geomspace(1e-2, 2 * at["num_examples"] / at["noise_var"], 100),
    ),
    formula=r"T^*: \int \rho(x) e^{-Tx/n} \big[\sigma^2 (1 - e^{-Tx/n}) - x e^{-Tx/n}\big] dx = 0",
    source="derived here (section 13)",
    relative=1e-8,
    holds=FINITE,
    gives=positive(),
    domain=SEARCHED,
    mutants={
        "one over the ridge": lambda num_examples, dim, noise_var: num_examples / noise_var,
        "of the mean eigenvalue": lambda num_examples, dim, noise_var: np.log1p(
            num_examples / noise_var
        ),
    },
)
def finite_optimal_flow_time(num_examples: Numbers, dim: Numbers, noise_var: Numbers) -> jax.Array:
    r"""Time at which `flow_error` is least: how long to think on n examples.

    The root T of

    $$\int\rho(x)\,e^{-Tx/n}\big[\sigma^2(1-e^{-Tx/n})-x\,e^{-Tx/n}\big]dx=0$$

    with the density of eigenvalues of X'X as in `flow_error`.

    Args:
      num_examples, dim: n and d, whole, known before tracing; at most 128 the smaller and 1024 the
        larger.
      noise_var: sigma^2, from 1e-6 to 1e6; without noise no time is too long.

    Arrays broadcast; each new pair (n, d) costs some milliseconds. The slope changes sign once at
    every point looked at, of the whole range. Relative accuracy 1e-8.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 13).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.finite_optimal_flow_time([16, 8, 6], 8, 0.25).round(7))
    [19.8336855 19.6881758 13.1185604]
    """
    return _finite(num_examples, dim, noise_var)


@law(
    kind=Root(residual=_shortfall, bracket=lambda **point: (1e-9, 1e9), detects=0.01),
    formula=r"R(T^*)",
    source="derived here (section 13)",
    relative=1e-10,
    absolute=1e-13,
    holds=FINITE,
    gives=positive(),
    domain=SEARCHED,
    mutants={
        "at the time of the ridge": lambda num_examples, dim, noise_var: flow(
            num_examples / noise_var, num_examples, dim, noise_var
        ),
        "half the time": lambda num_examples, dim, noise_var: flow(
            _finite(num_examples, dim, noise_var) / 2, num_examples, dim, noise_var
        ),
    },
)
def finite_optimal_flow_error(num_examples: Numbers, dim: Numbers, noise_var: Numbers) -> jax.Array:
    """`flow_error` at the time of `finite_optimal_flow_time`.

    At most 7.9 % above `ridge_error` per dimension (`early_stopping_bound`).

    Args:
      num_examples, dim: n and d, whole, known before tracing; at most 128 the smaller and 1024 the
        larger.
      noise_var: sigma^2, from 1e-6 to 1e6.

    Arrays broadcast. Returns an error per dimension. Accuracy 1e-10 relative and 1e-13 absolute.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 13).

    >>> from jtts.theory import in_context as icl
    >>> print(icl.finite_optimal_flow_error([16, 8, 6], 8, 0.25).round(8))
    [0.03387522 0.18632099 0.33402866]
    """
    return _least(num_examples, dim, noise_var)
