"""Selection by a verifier that accepts or rejects."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.nn import log_sigmoid

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, probability
from jtts.special import at_most_one
from jtts.theory.associative_memory.powers import gone, kept, raised

RATES = {"true_positive": reals(0.5, 1.0), "false_positive": reals(0.01, 0.5)}
STEP = 0.02  # of the trapezoid rule in u, where the logit of p is its peak + width sinh(u)
POINTS = STEP * np.arange(-750, 751)
SHARES = {"p": probability(), "true_positive": probability(), "false_positive": probability()}


def _floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in values))


def _accepted(n, accept, reject):
    """Probability that none of n samples is accepted; that one is, over the accept rate.

    `accept` and `reject` add up to 1; the smaller one has all its digits.
    """
    never, few = n * accept < 1e-8, accept < 0.5
    little, rest = jnp.where(few, accept, 0.0), jnp.where(few, 1.0, reject)
    none = jnp.where(few, kept(little, n), raised(rest, n))
    some = jnp.where(few, gone(little, n), 1 - raised(rest, n))
    # (1 - (1 - A)^n) / A is n (1 - (n - 1) A / 2) there, to all digits and with its slope
    at_zero = n * (1 - (n - 1) * jnp.where(never, accept, 0.0) / 2)
    return none, jnp.where(never, at_zero, some / jnp.where(never, 1.0, accept))


def _rates(p, wrong, t, f):
    return p * t + wrong * f, p * (1 - t) + wrong * (1 - f)


def _verified(n, p, true_positive, false_positive):
    n, p, t, f = _floats(n, p, true_positive, false_positive)
    accept, reject = _rates(p, 1 - p, t, f)
    none, per_rate = _accepted(n, accept, reject)
    missed = p * (1 - t) / jnp.where(reject > 0, reject, 1.0)
    return at_most_one(per_rate * p * t + none * missed)


@law(
    kind=Exact(),
    formula=r"(1-(1-A)^n) \frac{pt}{A} + (1-A)^n \frac{p(1-t)}{1-A},\; A = pt + (1-p)f",
    source="derived here (section 1); arXiv:2411.17501",
    holds={"n": between(1, 1e300), **SHARES},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    domain={"n": log_integers(1, 10**9), "p": reals(0.05, 0.95), **RATES},
    simulated={"n": log_integers(1, 64)},
    mutants={
        "rejected ones never right": lambda n, p, true_positive, false_positive: (
            _verified(n, p, true_positive, false_positive)
            - p
            * (1 - true_positive)
            * (1 - (p * true_positive + (1 - p) * false_positive)) ** (n - 1)
        ),
        "one sample more": lambda n, p, true_positive, false_positive: _verified(
            n + 1, p, true_positive, false_positive
        ),
    },
)
def binary_accuracy(
    n: Numbers, p: Numbers, true_positive: Numbers, false_positive: Numbers
) -> jax.Array:
    r"""Accuracy of a random accepted sample among n; of a random rejected one if none is accepted.

    $$\big(1-(1-A)^n\big)\frac{pt}A + (1-A)^n\,\frac{p(1-t)}{1-A},\quad A = pt + (1-p)f$$

    It tends to pt/A: a verifier that accepts a wrong answer with probability f > 0 bounds what any
    number of samples can reach.

    Args:
      n: number of samples, real, from 1 to 1e300.
      p: chance that one sample is right.
      true_positive, false_positive: chance t and f that the verifier accepts a right and a wrong
        sample.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: n outside [1, 1e300], or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 1); arXiv:2411.17501.

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.binary_accuracy(16, 0.3, 0.9, 0.2):.10f}")
    0.6584055726
    """
    return _verified(n, p, true_positive, false_positive)


def _calls(n, p, true_positive, false_positive):
    n, p, t, f = _floats(n, p, true_positive, false_positive)
    calls = _accepted(n, *_rates(p, 1 - p, t, f))[1]
    return calls + lax.stop_gradient(jnp.maximum(1 - calls, 0.0))  # rounding, not slope


@law(
    kind=Exact(),
    formula=r"(1-(1-A)^n)/A,\; A = pt + (1-p)f",
    source="derived here (section 1)",
    holds={"n": between(1, 1e300), **SHARES},
    relative=1e-12,
    gives=at_least(1),
    domain={"n": log_integers(1, 10**9), "p": reals(0.05, 0.95), **RATES},
    simulated={"n": log_integers(1, 256)},
    mutants={
        "no limit": lambda n, p, true_positive, false_positive: (
            1 / (p * true_positive + (1 - p) * false_positive) + 0 * n
        ),
        "rates exchanged": lambda n, p, true_positive, false_positive: _calls(
            n, p, false_positive, true_positive
        ),
    },
)
def verifier_calls(
    n: Numbers, p: Numbers, true_positive: Numbers, false_positive: Numbers
) -> jax.Array:
    r"""Expected number of verified samples until the first is accepted, at most n.

    $$\frac{1-(1-A)^n}{A},\quad A = pt + (1-p)f$$

    Arguments and accuracy are those of `binary_accuracy`.

    Raises:
      InputError: n outside [1, 1e300], or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 1).

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.verifier_calls(16, 0.3, 0.9, 0.2):.6f}")
    2.438499
    """
    return _calls(n, p, true_positive, false_positive)


def _value(n, a, b, true_positive, false_positive, penalty):
    n, a, b, t, f, c = (
        x[..., None] for x in _floats(n, a, b, true_positive, false_positive, penalty)
    )
    # the logit of p falls off like exp(a v) below its peak and exp(-b v) above, and is as wide as
    # sqrt(1/a + 1/b) where both are large
    width = jnp.minimum(jnp.sqrt(1 / a + 1 / b), 1.0)
    logit = jnp.log(a) - jnp.log(b) + width * np.sinh(POINTS)
    log_p, log_wrong = log_sigmoid(logit), log_sigmoid(-logit)
    log_weight = a * log_p + b * log_wrong + np.log(np.cosh(POINTS))
    weight = jnp.exp(log_weight - jnp.max(log_weight, -1, keepdims=True))
    p, wrong = jnp.exp(log_p), jnp.exp(log_wrong)
    per_rate = _accepted(n, *_rates(p, wrong, t, f))[1]
    value = jnp.sum(weight * per_rate * (p * t - c * wrong * f), -1)
    return value / jnp.sum(weight, -1)


@law(
    kind=Exact(floor=0.02),
    formula=r"E_p \frac{1-(1-A)^n}{A} (pt - c(1-p)f)",
    source="derived here (section 2); arXiv:2411.17501",
    holds={
        "n": between(1, 1e12),
        "a": between(0.05, 1e6),
        "b": between(0.05, 1e6),
        "true_positive": probability(),
        "false_positive": probability(),
        "penalty": between(-1e3, 1e3),
    },
    relative=1e-9,
    absolute=1e-9,
    domain={
        "n": log_integers(1, 10**6),
        "a": log_reals(0.3, 3.0),
        "b": log_reals(0.5, 5.0),
        **RATES,
        "penalty": choices(0.0, 1.0, 2.0),
    },
    simulated={
        "n": log_integers(1, 16),
        "false_positive": reals(0.01, 0.1),
        "a": log_reals(0.5, 3.0),
    },
    mutants={
        "no penalty": lambda n, a, b, true_positive, false_positive, penalty: _value(
            n, a, b, true_positive, false_positive, 0.5 * penalty + 0.1
        ),
        "one sample more": lambda n, a, b, true_positive, false_positive, penalty: _value(
            2 * n, a, b, true_positive, false_positive, penalty
        ),
    },
)
def abstaining_value(
    n: Numbers,
    a: Numbers,
    b: Numbers,
    true_positive: Numbers,
    false_positive: Numbers,
    penalty: Numbers,
) -> jax.Array:
    r"""Value of the first accepted sample among n where wrong ones cost and abstaining is free.

    A right answer is worth 1, a wrong one -c, none at all 0. Over tasks with p ~ Beta(a, b)

    $$E_p\,\frac{1-(1-A)^n}{A}\,\big(pt - c(1-p)f\big),\quad A = pt + (1-p)f.$$

    For one p it only grows with n; over tasks it can peak, as hard tasks are the last to be
    answered, mostly wrongly.

    Args:
      n: number of samples, real, from 1 to 1e12. Two neighbours can be equally good: 3 and 4 at
        a = 1/2, b = 2, t = 1, f = 0.1 and c = 1.
      a, b: shapes of the law of p, from 0.05 to 1e6.
      true_positive, false_positive: as in `binary_accuracy`.
      penalty: c, of a wrong answer, from -1000 to 1000.

    Arrays broadcast. Accuracy 1e-9, relative and absolute.

    Raises:
      InputError: a number out of these ranges, or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 2); arXiv:2411.17501.

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.abstaining_value(4, 0.5, 2.0, 1.0, 0.1, 1.0):.10f}")
    0.1734857143
    """
    return _value(n, a, b, true_positive, false_positive, penalty)
