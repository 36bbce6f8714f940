"""Selection by a verifier's score: the largest of n."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.arguments import InputError
from jtts.domain import built, choices, log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, instance, probability
from jtts.rewards import (
    Discrete,
    Exponential,
    Gumbel,
    Logistic,
    Normal,
    Pareto,
    Quantile,
    RewardLaw,
    StudentT,
    Uniform,
)
from jtts.special import at_most_one
from jtts.theory.selection.points import over_points
from jtts.theory.verifiers.panels import score_panels, scores_at

LAWS = instance(
    Normal, StudentT, Exponential, Logistic, Gumbel, Pareto, Uniform, Discrete, Quantile
)


def _log_tails(p, correct_law, wrong_law, score):
    """ln P(score of one sample <= x) and ln P(> x), right and wrong samples mixed."""
    log_p, log_rest = jnp.log(p), jnp.log1p(-p)
    right, wrong = correct_law.log_tails(score), wrong_law.log_tails(score)
    return tuple(jnp.logaddexp(log_p + a, log_rest + b) for a, b in zip(right, wrong, strict=True))


def _log_not_above(log_below, log_above):
    """ln P(<= x), from whichever tail is small."""
    rare = log_above < -1
    return jnp.where(rare, jnp.log1p(-jnp.exp(jnp.where(rare, log_above, -1.0))), log_below)


def _largest(n, p, correct_law, wrong_law):
    return over_points(_largest_at, n, p, correct_law, wrong_law, block=16)


def _largest_at(n, p, correct_law, wrong_law):
    if isinstance(correct_law, Discrete):
        return _largest_atom(n, p, correct_law, wrong_law)
    odds, weights = score_panels(correct_law, wrong_law, n * (1 - p))
    score, log_density = scores_at(correct_law, odds)
    (right_below, right_above), (wrong_below, wrong_above) = (
        jax.tree.map(jnp.exp, law.log_tails(score)) for law in (correct_law, wrong_law)
    )
    above = p * right_above + (1 - p) * wrong_above
    below = jnp.maximum(p * right_below + (1 - p) * wrong_below, 1e-300)
    rare = above < 0.5
    log_below = jnp.where(
        rare, jnp.log1p(-jnp.where(rare, above, 0.0)), jnp.log(jnp.where(rare, 1.0, below))
    )
    chosen = jnp.exp((n - 1) * log_below + log_density)
    return at_most_one(jnp.sum(weights * n * p * chosen))


def _largest_atom(n, p, correct_law, wrong_law):
    atoms = correct_law.rewards
    here = p * share_at(atoms, correct_law) + (1 - p) * share_at(atoms, wrong_law)
    log_upto, log_above = _log_tails(p, correct_law, wrong_law, atoms)
    log_below = jnp.log1p(-jnp.minimum(jnp.exp(log_above) + here, 1.0))
    chosen = jnp.exp(n * _log_not_above(log_upto, log_above)) - jnp.exp(n * log_below)
    right = p * correct_law.probabilities * chosen
    return jnp.sum(jnp.where(here > 0, right / jnp.where(here > 0, here, 1.0), 0.0), -1)


def share_at(atoms, law):
    """Probability of each of the values under a discrete law."""
    return jnp.sum(jnp.where(atoms[:, None] == law.rewards, law.probabilities, 0.0), -1)


def normal_scores(spread):
    return Normal(1.0, spread)


@law(
    kind=Exact(),
    formula=r"\int n F^{n-1} p\,dG_1,\; F = pG_1 + (1-p)G_0",
    source="derived here (section 3); arXiv:2507.12399",
    holds={"n": between(1, 1e9), "p": probability(), "correct_law": LAWS, "wrong_law": LAWS},
    relative=1e-8,
    absolute=1e-12,
    gives=probability(),
    domain={
        "n": log_integers(1, 10**9),
        "p": reals(0.1, 0.9),
        "correct_law": built(normal_scores, spread=reals(0.5, 1.5)),
        "wrong_law": choices(Normal()),
    },
    simulated={"n": log_integers(1, 64)},
    mutants={
        "one sample more": lambda n, p, correct_law, wrong_law: _largest(
            2 * n, p, correct_law, wrong_law
        ),
        "scores exchanged": lambda n, p, correct_law, wrong_law: _largest(
            n, p, wrong_law, correct_law
        ),
    },
)
def best_of_n_accuracy(
    n: Numbers, p: Numbers, correct_law: RewardLaw, wrong_law: RewardLaw
) -> jax.Array:
    r"""Probability that the sample with the largest score among n is right.

    Right samples have scores of law G_1, wrong ones of law G_0:

    $$\int n F^{n-1}\,p\,dG_1,\quad F = pG_1 + (1-p)G_0$$

    Equal scores (`Discrete` laws) are chosen between at random. The limit of many samples is
    `roc_limit_accuracy`: it depends on the upper tails alone.

    Args:
      n: number of samples, real, from 1 to 1e9.
      p: chance that one sample is right.
      correct_law, wrong_law: laws of `jtts.rewards`, both discrete or both not.

    Arrays broadcast, fields of the laws included. Relative accuracy 1e-8, absolute 1e-12:
    scores rarer than e^-420 among right samples are left out.

    Raises:
      InputError: n outside [1, 1e9], p outside [0, 1], or one discrete law with one that is not.

    Source: derived here (docs, verifiers section 3); arXiv:2507.12399.

    >>> from jtts.rewards import Normal
    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.best_of_n_accuracy(16, 0.3, Normal(1.0, 1.4), Normal()):.7f}")
    0.7798022
    """
    require_alike(correct_law, wrong_law)
    return _largest(n, p, correct_law, wrong_law)


def require_alike(correct_law, wrong_law):
    if isinstance(correct_law, Discrete) != isinstance(wrong_law, Discrete):
        raise InputError(
            "correct_law and wrong_law must both be discrete or both not, got "
            f"{type(correct_law).__name__} and {type(wrong_law).__name__}"
        )
