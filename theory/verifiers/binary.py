"""Selection by a verifier that accepts or rejects."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax.nn import log_sigmoid

from jtts.arguments import require_at_least, require_finite, require_positive, require_probability
from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.special import log_beta

RATES = {"true_positive": reals(0.5, 1.0), "false_positive": reals(0.01, 0.5)}
STEP = 0.25  # of the trapezoid rule in the logit of p
LOGITS = STEP * np.arange(-3200, 501)


def _floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in values))


def _accepted(n, accept):
    """Probability that at least one of n samples is accepted, and that over the accept rate."""
    safe = jnp.where((accept > 0) & (accept < 1), accept, 0.5)
    some = -jnp.expm1(n * jnp.log1p(-safe))
    some = jnp.where(accept <= 0, 0.0, jnp.where(accept >= 1, 1.0, some))
    return some, jnp.where(accept > 0, some / jnp.where(accept > 0, accept, 1.0), n)


def _verified(n, p, true_positive, false_positive):
    n, p, t, f = _floats(n, p, true_positive, false_positive)
    accept = p * t + (1 - p) * f
    some, per_rate = _accepted(n, accept)
    missed = p * (1 - t) / jnp.where(accept < 1, 1 - accept, 1.0)
    return per_rate * p * t + (1 - some) * missed


@law(
    kind=Exact(),
    formula=r"(1-(1-A)^n) \frac{pt}{A} + (1-A)^n \frac{p(1-t)}{1-A},\; A = pt + (1-p)f",
    source="derived here (section 1); arXiv:2411.17501",
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
def binary_accuracy(n, p, true_positive, false_positive):
    r"""Accuracy of a random accepted sample among n; of a random rejected one if none is accepted.

    $$\big(1-(1-A)^n\big)\frac{pt}A + (1-A)^n\,\frac{p(1-t)}{1-A},\quad A = pt + (1-p)f$$

    It tends to pt/A: a verifier that accepts a wrong answer with probability f > 0 bounds what any
    number of samples can reach.

    Args:
      n: number of samples, real and at least 1.
      p: chance that one sample is right.
      true_positive, false_positive: chance t and f that the verifier accepts a right and a wrong
        sample.

    Raises:
      InputError: n < 1, or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 1); arXiv:2411.17501.

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.binary_accuracy(16, 0.3, 0.9, 0.2):.10f}")
    0.6584055726
    """
    require_at_least(1, n=n)
    require_probability(p=p, true_positive=true_positive, false_positive=false_positive)
    return _verified(n, p, true_positive, false_positive)


def _calls(n, p, true_positive, false_positive):
    n, p, t, f = _floats(n, p, true_positive, false_positive)
    return _accepted(n, p * t + (1 - p) * f)[1]


@law(
    kind=Exact(),
    formula=r"(1-(1-A)^n)/A,\; A = pt + (1-p)f",
    source="derived here (section 1)",
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
def verifier_calls(n, p, true_positive, false_positive):
    r"""Expected number of verified samples until the first is accepted, at most n.

    $$\frac{1-(1-A)^n}{A},\quad A = pt + (1-p)f$$

    Arguments are those of `binary_accuracy`.

    Raises:
      InputError: n < 1, or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 1).

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.verifier_calls(16, 0.3, 0.9, 0.2):.6f}")
    2.438499
    """
    require_at_least(1, n=n)
    require_probability(p=p, true_positive=true_positive, false_positive=false_positive)
    return _calls(n, p, true_positive, false_positive)


def _value(n, a, b, true_positive, false_positive, penalty):
    n, a, b, t, f, c = (
        x[..., None] for x in _floats(n, a, b, true_positive, false_positive, penalty)
    )
    p, wrong = jnp.exp(log_sigmoid(LOGITS)), jnp.exp(log_sigmoid(-LOGITS))
    log_weight = a * log_sigmoid(LOGITS) + b * log_sigmoid(-LOGITS) - log_beta(a, b)
    per_rate = _accepted(n, p * t + wrong * f)[1]
    return STEP * jnp.sum(jnp.exp(log_weight) * per_rate * (p * t - c * wrong * f), -1)


@law(
    kind=Exact(floor=0.02),
    formula=r"E_p \frac{1-(1-A)^n}{A} (pt - c(1-p)f)",
    source="derived here (section 2); arXiv:2411.17501",
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
def abstaining_value(n, a, b, true_positive, false_positive, penalty):
    r"""Value of the first accepted sample among n where wrong ones cost and abstaining is free.

    A right answer is worth 1, a wrong one -c, none at all 0. Over tasks with p ~ Beta(a, b)

    $$E_p\,\frac{1-(1-A)^n}{A}\,\big(pt - c(1-p)f\big),\quad A = pt + (1-p)f.$$

    For one p it only grows with n; over tasks it can peak, as hard tasks are the last to be
    answered, mostly wrongly.

    Args:
      n: number of samples, real and at least 1.
      a, b: shapes of the law of p, positive.
      true_positive, false_positive: as in `binary_accuracy`.
      penalty: c, of a wrong answer.

    Relative accuracy 1e-10 (to the largest value in c) for a from 0.05 and b from 0.3 on.

    Raises:
      InputError: n < 1, a shape that is not positive, or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 2); arXiv:2411.17501.

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.abstaining_value(4, 0.5, 2.0, 1.0, 0.1, 1.0):.10f}")
    0.1734857143
    """
    require_at_least(1, n=n)
    require_positive(a=a, b=b)
    require_finite(penalty=penalty)
    require_probability(true_positive=true_positive, false_positive=false_positive)
    return _value(n, a, b, true_positive, false_positive, penalty)
