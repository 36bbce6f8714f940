"""Repeated sampling where the chance p of one attempt follows a Beta law over tasks."""

from __future__ import annotations

import jax.numpy as jnp

from jtts.arguments import require_at_least, require_positive
from jtts.domain import log_integers, log_reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.special import log_gamma_ratio

SHAPES = {"a": log_reals(0.05, 4.0), "b": log_reals(0.3, 10.0)}
PLAYED = {"k": log_integers(1, 256), "a": log_reals(0.2, 1.0), "b": log_reals(0.5, 5.0)}


def log_failure(k, a, b):
    """ln B(a, b + k) / B(a, b)."""
    return log_gamma_ratio(b, a) - log_gamma_ratio(b + k, a)


@law(
    kind=Exact(),
    formula=r"1 - B(a, b+k) / B(a, b)",
    source="derived here (section 1); power laws from difficulty: arXiv:2502.17578",
    domain={"k": log_integers(1, 10**9), **SHAPES},
    simulated=PLAYED,
    mutants={
        "one attempt more": lambda k, a, b: -jnp.expm1(log_failure(k + 1, a, b)),
        "shapes exchanged": lambda k, a, b: -jnp.expm1(log_failure(k, b, a)),
    },
)
def pass_at_k(k, a, b):
    r"""Probability that at least one of k attempts succeeds, p ~ Beta(a, b).

    $$1 - E(1-p)^k = 1 - \frac{B(a, b+k)}{B(a, b)} \to 1 - \frac{\Gamma(a+b)}{\Gamma(b)} k^{-a}$$

    Args:
      k: number of attempts, real and at least 0, to 1e300.
      a, b: shapes of the law of p over tasks, positive.

    Arrays broadcast. Full accuracy, also of the failure probability
    (`repeated_sampling.failure_at_k`) where this is near 1.

    Raises:
      InputError: k < 0, or a shape that is not positive.

    Source: derived here (docs, repeated sampling section 1); arXiv:2502.17578.

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.pass_at_k(10, 0.5, 2.0):.10f}")
    0.6122353888
    """
    require_at_least(0, k=k)
    require_positive(a=a, b=b)
    return -jnp.expm1(log_failure(k, a, b))


@law(
    kind=Exact(),
    formula=r"B(a+k, b) / B(a, b)",
    source="derived here (section 1)",
    domain={"k": log_integers(1, 10**9), **SHAPES},
    simulated={"k": log_integers(1, 16), "a": log_reals(0.3, 4.0), "b": log_reals(0.3, 2.0)},
    mutants={
        "one attempt more": lambda k, a, b: jnp.exp(log_failure(k + 1, b, a)),
        "independent tasks": lambda k, a, b: (a / (a + b)) ** k,
    },
)
def all_pass_at_k(k, a, b):
    r"""Probability that all of k attempts succeed (pass^k), p ~ Beta(a, b).

    $$E\,p^k = \frac{B(a+k, b)}{B(a, b)}$$

    Arguments and errors are those of `pass_at_k`.

    Raises:
      InputError: k < 0, or a shape that is not positive.

    Source: derived here (docs, repeated sampling section 1).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.all_pass_at_k(2, 1.0, 1.0):.6f}")
    0.333333
    """
    require_at_least(0, k=k)
    require_positive(a=a, b=b)
    return jnp.exp(log_failure(k, b, a))


@law(
    kind=Exact(),
    formula=r"\sum_{j<n} B(a, b+j) / B(a, b)",
    source="derived here (section 3)",
    domain={"n": log_integers(1, 10**9), **SHAPES},
    simulated={"n": log_integers(1, 256), "a": log_reals(0.2, 4.0)},
    mutants={
        "one try less": lambda n, a, b: _tries(n, a, b) - 1,
        "average task": lambda n, a, b: (1 - (b / (a + b)) ** n) * (a + b) / a,
    },
)
def expected_tries(n, a, b):
    r"""Expected number of attempts until the first success, at most n, p ~ Beta(a, b).

    $$E\frac{1-(1-p)^n}{p} = \sum_{j<n} \frac{B(a, b+j)}{B(a, b)}
      = 1 + \frac{b}{a+b}\cdot\frac{a+b}{a-1}\Big[1 - \frac{B(a-1, b+n)}{B(a-1, b+1)}\Big]$$

    Args:
      n: largest number of attempts, real and at least 1.
      a, b: shapes of the law of p over tasks, positive.

    Arrays broadcast. Without a limit the mean is finite for a > 1 alone.

    Raises:
      InputError: n < 1, or a shape that is not positive.

    Source: derived here (docs, repeated sampling section 3).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.expected_tries(16, 0.5, 2.0):.10f}")
    8.0429101342
    """
    require_at_least(1, n=n)
    require_positive(a=a, b=b)
    return _tries(n, a, b)


def _tries(n, a, b):
    # the sum telescopes; from its second term on all Gamma functions have positive arguments
    power = jnp.asarray(a, jnp.result_type(float)) - 1
    power = jnp.where(power == 0, 1e-14, power)
    ratio = log_gamma_ratio(b + 1.0, power) - log_gamma_ratio(b + n, power)
    return 1 - b / power * jnp.expm1(ratio)


@law(
    kind=Exact(),
    formula=r"a / (a + b + m)",
    source="derived here (section 3)",
    domain={"m": log_integers(1, 10**9), **SHAPES},
    simulated={"m": log_integers(1, 16), "a": log_reals(0.3, 2.0), "b": log_reals(0.5, 4.0)},
    mutants={
        "failures forgotten": lambda m, a, b: a / (a + b) + 0 * m,
        "one failure more": lambda m, a, b: a / (a + b + m + 1),
    },
)
def success_after_failures(m, a, b):
    r"""Probability that the next attempt succeeds after m failures, p ~ Beta(a, b).

    $$\frac{a}{a+b+m}$$

    Args:
      m: number of failures so far, real and at least 0.
      a, b: shapes of the law of p over tasks, positive.

    Raises:
      InputError: m < 0, or a shape that is not positive.

    Source: derived here (docs, repeated sampling section 3).

    >>> from jtts.theory import repeated_sampling
    >>> repeated_sampling.success_after_failures(3, 0.5, 1.5)
    0.1
    """
    require_at_least(0, m=m)
    require_positive(a=a, b=b)
    return a / (a + b + m)
