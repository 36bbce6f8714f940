"""One step of gradient descent on the context: what one layer of linear attention can do."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, probability


def _as_floats(*numbers):
    return tuple(jnp.asarray(number, jnp.result_type(float)) for number in numbers)


def _scatter(dim, num_examples, noise_var, own=1.0, noise=1.0):
    d, n, noise_var = _as_floats(dim, num_examples, noise_var)
    return (d + own + noise * noise_var) / n


def _error(step_size, dim, num_examples, noise_var, **planted):
    (step,) = _as_floats(step_size)
    return (1 - step) ** 2 + step**2 * _scatter(dim, num_examples, noise_var, **planted)


MOST = 1e50
HOLDS = {
    "dim": positive(MOST),
    "num_examples": between(1 / MOST, MOST),
    "noise_var": nonnegative(MOST),
}
DOMAIN = {
    "dim": log_integers(1, 10**4),
    "num_examples": log_integers(1, 10**4),
    "noise_var": log_reals(1e-3, 30.0),
}


@law(
    kind=Exact(),
    relative=1e-14,
    holds={"step_size": between(-MOST, MOST), **HOLDS},
    gives=nonnegative(),
    formula=r"1 - 2\eta + \eta^2\Big(1+\frac{d+1+\sigma^2}{n}\Big)",
    source="arXiv:2212.07677; derived here (section 5)",
    domain={"step_size": reals(0.0, 2.0), **DOMAIN},
    simulated={
        "step_size": reals(0.05, 1.5),
        "dim": choices(2, 8),
        "num_examples": log_integers(2, 64),
        "noise_var": log_reals(0.1, 10.0),
    },
    mutants={
        "no fourth moment": lambda step_size, dim, num_examples, noise_var: _error(
            step_size, dim, num_examples, noise_var, own=0.0
        ),
        "half the noise": lambda step_size, dim, num_examples, noise_var: _error(
            step_size, dim, num_examples, noise_var, noise=0.5
        ),
    },
)
def gradient_step_error(
    step_size: Numbers, dim: Numbers, num_examples: Numbers, noise_var: Numbers
) -> jax.Array:
    r"""Error of one gradient step on n pairs, per dimension: a layer of linear attention.

    Prediction $\frac\eta n\sum_i y_i\,x_i\cdot x$ for w ~ N(0, I), x ~ N(0, I),
    y = w.x + N(0, sigma^2):

    $$\frac1d E(\hat y-w\cdot x)^2 = 1-2\eta+\eta^2\Big(1+\frac{d+1+\sigma^2}n\Big)$$

    Args:
      step_size: eta, from -1e50 to 1e50.
      dim, num_examples: d and n, real; positive, at most 1e50, n at least 1e-50.
      noise_var: sigma^2, from 0 to 1e50.

    Arrays broadcast; differentiable. Returns the squared error to the noiseless target, per
    dimension, to a relative 1e-14.

    Raises:
      InputError: a number out of range.

    Source: the construction is that of arXiv:2212.07677; error derived here (docs, in_context
    section 5).

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.gradient_step_error(0.5, 8, 16, 0.25):.6f}")
    0.394531
    """
    return _error(step_size, dim, num_examples, noise_var)


@law(
    relative=1e-14,
    holds=HOLDS,
    gives=probability(),
    kind=Minimizer(
        of=gradient_step_error,
        argument="step_size",
        candidates=lambda point: np.linspace(0.0, 1.5, 151),
    ),
    formula=r"\frac{n}{n+d+1+\sigma^2}",
    source="derived here (section 5)",
    domain=DOMAIN,
    mutants={
        "no noise": lambda dim, num_examples, noise_var: 1 / (1 + _scatter(dim, num_examples, 0.0)),
        "no fourth moment": lambda dim, num_examples, noise_var: (
            1 / (1 + _scatter(dim, num_examples, noise_var, own=0.0))
        ),
    },
)
def optimal_gradient_step(dim: Numbers, num_examples: Numbers, noise_var: Numbers) -> jax.Array:
    r"""Step size of the best single gradient step; the error it leaves is 1 - eta per dimension.

    $$\eta^* = \frac n{n+d+1+\sigma^2},\quad R(\eta^*) = 1-\eta^*$$

    Args:
      dim, num_examples: d and n, real; positive, at most 1e50, n at least 1e-50.
      noise_var: sigma^2, from 0 to 1e50.

    Arrays broadcast; differentiable. Returns eta (no units), to a relative 1e-14.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 5); the construction is that of arXiv:2212.07677.

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.optimal_gradient_step(8, 16, 0.25):.6f}")
    0.633663
    """
    return 1 / (1 + _scatter(dim, num_examples, noise_var))
