"""The winner's curse: the best of k scores on one set of questions is too good."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, probability, whole
from jtts.theory.selection.order_statistics import mean_of_largest_normal
from jtts.theory.selection.points import over_points

WINDOW = 2**14  # numbers of right answers that are looked at
MOST = 10**6  # questions of equal difficulty
MOST_MIXED = WINDOW - 1  # questions whose chance of an answer varies: no window would do
CANDIDATES = between(1, 1e15)


def _tails(log_ratio, counted):
    """P(S <= t) and P(S > t) over the window, from logarithms of P(t) / P(t - 1)."""
    log_mass = jnp.cumsum(jnp.where(counted, log_ratio, 0.0))
    log_mass = jnp.where(counted, log_mass, -jnp.inf)
    mass = jnp.exp(log_mass - jnp.max(log_mass))
    mass = mass / jnp.sum(mass)
    above = jnp.cumsum(mass[::-1])[::-1]
    return jnp.cumsum(mass), jnp.concatenate([above[1:], jnp.zeros(1)])


def _log_below(below, above):
    """ln P(S <= t), with the digits of a small P(S > t)."""
    common = below > 0.5
    return jnp.where(
        common,
        jnp.log1p(-jnp.where(common, above, 0.0)),
        jnp.log(jnp.where(common | (below <= 0), 1.0, below)),
    ), below > 0


def _bias(k, n, p):
    """E max - n p = sum of F (1 - F^(k-1)) over the counts below n: nothing cancels."""
    inside = (p > 0) & (p < 1)
    # nothing at p = 0 and 1, with the slope that it has there
    at_end = jnp.where(p < 0.5, (k - 1) * p, jnp.where(k > 1, 1 - p, 0.0))
    p = jnp.where(inside, p, 0.5)
    first = jnp.clip(jnp.round(n * p) - WINDOW // 2, 0.0, jnp.maximum(n + 1 - WINDOW, 0.0))
    t = first + np.arange(WINDOW)
    counted = t <= n
    before = jnp.where(counted & (t > first), t - 1, 0.0)
    ratio = (n - before) / (before + 1) * (p / (1 - p))
    log_ratio = jnp.where(t > first, jnp.log(jnp.where(counted & (t > first), ratio, 1.0)), 0.0)
    below, above = _tails(log_ratio, counted)
    log_below, some = _log_below(below, above)
    gain = jnp.where(some & (t < n), below * -jnp.expm1((k - 1) * log_below), 0.0)
    return jnp.where(inside, jnp.sum(gain) / n, at_end)


def bias(num_candidates, questions, p):
    return over_points(_bias, num_candidates, questions, p)


@law(
    kind=Exact(),
    formula=r"\frac1n \sum_{t<n} F(t)\big[1 - F(t)^{k-1}\big],\; F\ \text{of}\ \mathrm{Bin}(n, p)",
    source="textbook; derived here (section 1)",
    relative=1e-9,
    absolute=1e-300,
    holds={"num_candidates": CANDIDATES, "questions": whole(1, MOST), "p": probability()},
    gives=between(0, 1),
    domain={
        "num_candidates": log_integers(2, 10**4),
        "questions": log_integers(10, 10**4),
        "p": reals(0.1, 0.95),
    },
    simulated={"num_candidates": log_integers(3, 64), "questions": log_integers(10, 1000)},
    mutants={
        "normal scores": lambda num_candidates, questions, p: (
            mean_of_largest_normal(num_candidates) * jnp.sqrt(p * (1 - p) / questions)
        ),
        "one candidate more": lambda num_candidates, questions, p: bias(
            num_candidates + 1, questions, p
        ),
    },
)
def winner_bias(num_candidates: Numbers, questions: Numbers, p: Numbers) -> jax.Array:
    r"""By how much the best of k accuracies exceeds the truth, if all candidates are equally good.

    All k candidates answer each of n questions rightly with chance p, independently; the largest
    share of right answers is reported:

    $$\frac1n\sum_{t<n}\big[1-F(t)^k\big]-p=\frac1n\sum_{t<n}F(t)\big[1-F(t)^{k-1}\big]$$

    with F the distribution function of Bin(n, p). About $\mu_k\sqrt{p(1-p)/n}$, mu_k the mean of
    the largest of k standard normals, which is 18 % high at (k, n, p) = (16, 30, 0.9).

    Args:
      num_candidates: k, real, from 1 to 1e15.
      questions: n, whole, to 1e6.
      p: chance of a right answer.

    Arrays broadcast. Returns an excess of accuracy. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range.

    Source: textbook; derived here (docs, holdout section 1).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.winner_bias(16, 100, 0.6):.12f}")
    0.085471536627
    """
    return bias(num_candidates, questions, p)


def _most_right(k, n, a, b):
    """E max of k beta-binomial numbers of right answers."""
    t = np.arange(WINDOW + 0.0)
    counted = t <= n
    before = np.maximum(t - 1, 0.0)
    there = counted & (t > 0)
    wrong = jnp.where(there, n - before - 1, 0.0)
    ratio = (jnp.where(there, n - before, 1.0) / (before + 1)) * ((a + before) / (b + wrong))
    below, above = _tails(jnp.where(there, jnp.log(ratio), 0.0), counted)
    log_below, some = _log_below(below, above)
    return jnp.sum(jnp.where(t < n, jnp.where(some, -jnp.expm1(k * log_below), 1.0), 0.0))


def _reported(num_candidates, questions, a, b):
    return over_points(_most_right, num_candidates, questions, a, b) / questions


def _true(num_candidates, questions, a, b):
    right = over_points(_most_right, num_candidates, questions, a, b)
    return (a + right) / (a + b + questions)


MIXED = {
    "num_candidates": CANDIDATES,
    "questions": whole(1, MOST_MIXED),
    "a": between(1e-3, 1e6),
    "b": between(1e-3, 1e6),
}
MIXED_DOMAIN = {
    "num_candidates": log_integers(2, 10**4),
    "questions": log_integers(10, 10**4),
    "a": log_reals(0.5, 20.0),
    "b": log_reals(0.5, 20.0),
}
FEW = {
    "num_candidates": log_integers(4, 64),
    "questions": log_integers(10, 100),
    "a": log_reals(2.0, 20.0),
    "b": log_reals(2.0, 20.0),
}


@law(
    kind=Exact(detects=0.01),
    formula=r"\frac1n \sum_{t<n} \big[1 - F(t)^k\big],\; F\ \text{of}\ \mathrm{BetaBin}(n, a, b)",
    source="derived here (section 1)",
    relative=1e-9,
    absolute=1e-300,
    holds=MIXED,
    gives=probability(),
    domain=MIXED_DOMAIN,
    simulated=FEW,
    mutants={
        "the truth": _true,
        "one candidate": lambda num_candidates, questions, a, b: (
            a / (a + b) + 0 * num_candidates * questions
        ),
    },
)
def beta_winner_reported(
    num_candidates: Numbers, questions: Numbers, a: Numbers, b: Numbers
) -> jax.Array:
    r"""Accuracy that is reported for the best of k candidates of different quality.

    Candidate i answers each of n questions rightly with chance p_i ~ Beta(a, b); the one with the
    most right answers M is taken:

    $$\frac{E\,M}n=\frac1n\sum_{t<n}\big[1-F(t)^k\big]$$

    with F the distribution function of the beta-binomial number of right answers.

    Args:
      num_candidates: k, real, from 1 to 1e15.
      questions: n, whole, to 16383.
      a, b: shapes, from 1e-3 to 1e6.

    Arrays broadcast. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, holdout section 1).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.beta_winner_reported(8, 100, 2, 2):.11f}")
    0.81712326266
    """
    return _reported(num_candidates, questions, a, b)


@law(
    kind=Exact(detects=0.01),
    formula=r"\frac{a + E M}{a + b + n}",
    source="derived here (section 1)",
    relative=1e-9,
    absolute=1e-300,
    holds=MIXED,
    gives=probability(),
    domain=MIXED_DOMAIN,
    simulated=FEW,
    mutants={
        "what is reported": _reported,
        "one candidate": lambda num_candidates, questions, a, b: (
            a / (a + b) + 0 * num_candidates * questions
        ),
    },
)
def beta_winner_true(
    num_candidates: Numbers, questions: Numbers, a: Numbers, b: Numbers
) -> jax.Array:
    r"""True accuracy of the candidate that was best of k on n questions.

    $$\frac{a+E\,M}{a+b+n}$$

    with M the largest of k beta-binomial numbers of right answers (`beta_winner_reported`): given
    its M right answers a candidate has p ~ Beta(a + M, b + n - M), whichever others there are, so
    that ties do not matter.

    Args:
      num_candidates: k, real, from 1 to 1e15.
      questions: n, whole, to 16383.
      a, b: shapes of the law of p, from 1e-3 to 1e6.

    Arrays broadcast. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, holdout section 1).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.beta_winner_true(8, 100, 2, 2):.10f}")
    0.8049262141
    """
    return _true(num_candidates, questions, a, b)


def _gaussian(num_candidates, questions, sigma, spread):
    error = sigma / jnp.sqrt(jnp.asarray(questions, float))
    share = error / jnp.hypot(error, spread)
    return error * share * mean_of_largest_normal(num_candidates)


@law(
    kind=Exact(),
    formula=r"\mu_k\, e^2 / \sqrt{q^2 + e^2},\; e = \sigma / \sqrt n",
    source="textbook; derived here (section 1)",
    relative=1e-12,
    holds={
        "num_candidates": CANDIDATES,
        "questions": between(1, 1e15),
        "sigma": positive(1e100),
        "spread": nonnegative(1e100),
    },
    domain={
        "num_candidates": log_integers(2, 10**6),
        "questions": log_integers(1, 10**6),
        "sigma": log_reals(0.3, 1.0),
        "spread": log_reals(0.01, 0.3),
    },
    simulated={
        "num_candidates": log_integers(4, 64),
        "questions": log_integers(10, 100),
        "spread": log_reals(0.01, 0.1),
    },
    mutants={
        "equally good": lambda num_candidates, questions, sigma, spread: _gaussian(
            num_candidates, questions, sigma, 0.0 * spread
        ),
        "gain of the truth": lambda num_candidates, questions, sigma, spread: (
            mean_of_largest_normal(num_candidates)
            * spread**2
            / jnp.hypot(sigma / jnp.sqrt(questions), spread)
        ),
    },
)
def gaussian_winner_bias(
    num_candidates: Numbers, questions: Numbers, sigma: Numbers, spread: Numbers
) -> jax.Array:
    r"""By how much the best of k scores exceeds the true value of that candidate, normal scores.

    True values are N(m, q^2), scores err by N(0, e^2) with $e=\sigma/\sqrt n$:

    $$\mu_k\,\frac{e^2}{\sqrt{q^2+e^2}}$$

    with mu_k the mean of the largest of k standard normals. The truth gains
    $\mu_kq^2/\sqrt{q^2+e^2}$ over m: to shrink the excess over m by $q^2/(q^2+e^2)$ removes the
    bias.

    Args:
      num_candidates: k, real, from 1 to 1e15.
      questions: n, real, from 1 to 1e15.
      sigma: standard deviation of the score on one question, positive.
      spread: q of the true values, zero or positive, in the same units.

    Arrays broadcast. Returns the bias in those units. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: textbook; derived here (docs, holdout section 1).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.gaussian_winner_bias(16, 100, 0.5, 0.05):.13f}")
    0.0624372244773
    """
    return _gaussian(num_candidates, questions, sigma, spread)
