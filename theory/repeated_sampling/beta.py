"""Repeated sampling where the chance p of one attempt follows a Beta law over tasks."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_integers, log_reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, positive, probability
from jtts.special import log_beta_ratio, one_less_exp

LARGEST = 1e300  # of a shape
LAWS = {"a": positive(LARGEST), "b": positive(LARGEST)}
# below the absolute accuracy, numbers lose digits themselves
ACCURACY: dict[str, Any] = {"relative": 1e-13, "absolute": 1e-290}
SHAPES = {"a": log_reals(0.05, 4.0), "b": log_reals(0.3, 10.0)}
PLAYED = {"k": log_integers(1, 256), "a": log_reals(0.2, 1.0), "b": log_reals(0.5, 5.0)}
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
NODES, WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2

log_failure = log_beta_ratio


@law(
    kind=Exact(),
    formula=r"1 - B(a, b+k) / B(a, b)",
    source="derived here (section 1); power laws from difficulty: arXiv:2502.17578",
    holds={"k": at_least(0)} | LAWS,
    **ACCURACY,
    gives=probability(),
    domain={"k": log_integers(1, 10**9), **SHAPES},
    simulated=PLAYED,
    mutants={
        "one attempt more": lambda k, a, b: -jnp.expm1(log_failure(k + 1, a, b)),
        "shapes exchanged": lambda k, a, b: -jnp.expm1(log_failure(k, b, a)),
    },
)
def pass_at_k(k: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Probability that at least one of k attempts succeeds, p ~ Beta(a, b).

    $$1 - E(1-p)^k = 1 - \frac{B(a, b+k)}{B(a, b)} \to 1 - \frac{\Gamma(a+b)}{\Gamma(b)} k^{-a}$$

    Args:
      k: number of attempts, real, from 0 to infinity.
      a, b: shapes of the law of p over tasks, positive, to 1e300.

    Arrays broadcast. Relative accuracy 1e-13 down to 1e-290, at any size of k and of the shapes;
    the failure probability (`repeated_sampling.failure_at_k`) has it too.

    Raises:
      InputError: k < 0, or a shape that is not positive or above 1e300.

    Source: derived here (docs, repeated sampling section 1); arXiv:2502.17578.

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.pass_at_k(10, 0.5, 2.0):.10f}")
    0.6122353888
    """
    return one_less_exp(log_failure(k, a, b))


@law(
    kind=Exact(),
    formula=r"B(a+k, b) / B(a, b)",
    source="derived here (section 1)",
    holds={"k": at_least(0)} | LAWS,
    relative=1e-12,
    absolute=1e-290,
    gives=probability(),
    domain={"k": log_integers(1, 10**9), **SHAPES},
    simulated={"k": log_integers(1, 16), "a": log_reals(0.3, 4.0), "b": log_reals(0.3, 2.0)},
    mutants={
        "one attempt more": lambda k, a, b: jnp.exp(log_failure(k + 1, b, a)),
        "independent tasks": lambda k, a, b: (a / (a + b)) ** k,
    },
)
def all_pass_at_k(k: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Probability that all of k attempts succeed (pass^k), p ~ Beta(a, b).

    $$E\,p^k = \frac{B(a+k, b)}{B(a, b)}$$

    Arguments and errors are those of `pass_at_k`. Relative accuracy 1e-12 down to 1e-290: the
    logarithm of a small chance has an absolute error.

    Slopes are NaN where one shape is near 1e300 and another below 1e-250.

    Raises:
      InputError: k < 0, or a shape that is not positive or above 1e300.

    Source: derived here (docs, repeated sampling section 1).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.all_pass_at_k(2, 1.0, 1.0):.6f}")
    0.333333
    """
    return jnp.exp(log_failure(k, b, a))


@law(
    kind=Exact(),
    formula=r"\sum_{j<n} B(a, b+j) / B(a, b)",
    source="derived here (section 3)",
    holds={"n": at_least(1)} | LAWS,
    **ACCURACY,
    gives=at_least(1),
    domain={"n": log_integers(1, 10**9), **SHAPES},
    simulated={"n": log_integers(1, 256), "a": log_reals(0.2, 4.0)},
    mutants={
        "one try less": lambda n, a, b: _tries(n, a, b) - 1,
        "average task": lambda n, a, b: (1 - (b / (a + b)) ** n) * (a + b) / a,
    },
)
def expected_tries(n: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Expected number of attempts until the first success, at most n, p ~ Beta(a, b).

    $$E\frac{1-(1-p)^n}{p} = \sum_{j<n} \frac{B(a, b+j)}{B(a, b)}
      = 1 + \frac{b}{a+b}\cdot\frac{a+b}{a-1}\Big[1 - \frac{B(a-1, b+n)}{B(a-1, b+1)}\Big]$$

    Args:
      n: largest number of attempts, real, from 1 to infinity.
      a, b: shapes of the law of p over tasks, positive, to 1e300.

    Arrays broadcast. Without a limit the mean is $(a+b-1)/(a-1)$ for a > 1, infinite for others.
    Relative accuracy 1e-13.

    Raises:
      InputError: n < 1, or a shape that is not positive or above 1e300.

    Source: derived here (docs, repeated sampling section 3).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.expected_tries(16, 0.5, 2.0):.10f}")
    8.0429101342
    """
    return _tries(n, a, b)


def _tries(n, a, b):
    # the sum telescopes; from its second term on all Gamma functions have positive arguments
    n, a, b = (jnp.asarray(x, jnp.result_type(float)) for x in (n, a, b))
    power, endless = a - 1, jnp.isinf(n)
    ratio, per_power = _telescoped(jnp.where(endless, 1.0, n) - 1, power, b + 1, a + b)
    tries = 1 - b * _expm1_over(ratio) * per_power
    forever = jnp.where(power > 0, 1 + b / jnp.where(power > 0, power, 1.0), jnp.inf)
    return jnp.where(endless, forever, tries)


@jax.jit
def _telescoped(more, power, b, whole):
    """ln B(power, b + more) / B(power, b) and the same over the power, smooth where that is 0."""
    arguments = jnp.broadcast_arrays(more, power, b, whole)
    more, power, b, whole = arguments
    close = jnp.abs(power) < 0.05
    steps = jnp.where(close, power, 0.0)[..., None] * NODES
    columns = more[..., None], b[..., None]

    def along(x):
        return log_beta_ratio(columns[0], x, columns[1])

    slopes = jax.jvp(along, (steps,), (jnp.ones_like(steps),))[1]
    away = jnp.where(close, 1.0, power)
    far = log_beta_ratio(more, away, b, jnp.where(close, 1.0 + b, whole)) / away
    per_power = jnp.where(close, slopes @ WEIGHTS, far)
    return power * per_power, per_power


def _expm1_over(x):
    """(exp(x) - 1) / x."""
    close = jnp.abs(x) < 0.1
    near = jnp.where(close, x, 0.0)
    series = jnp.ones_like(near)
    for term in range(10, 1, -1):
        series = 1 + near / term * series
    away = jnp.where(close, 1.0, x)
    return jnp.where(close, series, jnp.expm1(away) / away)


@law(
    kind=Exact(),
    formula=r"a / (a + b + m)",
    source="derived here (section 3)",
    holds={"m": at_least(0)} | LAWS,
    **ACCURACY,
    gives=probability(),
    domain={"m": log_integers(1, 10**9), **SHAPES},
    simulated={"m": log_integers(1, 16), "a": log_reals(0.3, 2.0), "b": log_reals(0.5, 4.0)},
    mutants={
        "failures forgotten": lambda m, a, b: a / (a + b) + 0 * m,
        "one failure more": lambda m, a, b: a / (a + b + m + 1),
    },
)
def success_after_failures(m: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Probability that the next attempt succeeds after m failures, p ~ Beta(a, b).

    $$\frac{a}{a+b+m}$$

    Args:
      m: number of failures so far, real, from 0 to infinity.
      a, b: shapes of the law of p over tasks, positive, to 1e300.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: m < 0, or a shape that is not positive or above 1e300.

    Source: derived here (docs, repeated sampling section 3).

    >>> from jtts.theory import repeated_sampling
    >>> repeated_sampling.success_after_failures(3, 0.5, 1.5)
    0.1
    """
    return a / (a + b + m)
