"""What a verifier's score tells apart: the ROC curve, its area and its slope at the origin."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.arguments import InputError
from jtts.domain import built, choices, reals
from jtts.kinds import Exact
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, finite, probability
from jtts.rewards import Discrete, Exponential, Normal, RewardLaw
from jtts.special import at_most_one
from jtts.theory.selection.points import over_points
from jtts.theory.verifiers.panels import score_panels, scores_at
from jtts.theory.verifiers.scores import (
    LAWS,
    normal_scores,
    require_alike,
    share_at,
)


def _rates_at(threshold, correct_law, wrong_law):
    return {
        "true_positive": jnp.exp(correct_law.log_tails(threshold)[1]),
        "false_positive": jnp.exp(wrong_law.log_tails(threshold)[1]),
    }


def _rates(threshold, correct_law, wrong_law):
    return over_points(_rates_at, threshold, correct_law, wrong_law, block=256)


@law(
    kind=Exact(),
    formula=r"t = P(S_1 > x),\; f = P(S_0 > x)",
    source="elementary (section 3)",
    holds={"threshold": finite(), "correct_law": LAWS, "wrong_law": LAWS},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    domain={
        "threshold": reals(-3.0, 5.0),
        "correct_law": built(normal_scores, spread=reals(0.5, 1.5)),
        "wrong_law": choices(Normal(), Exponential(1.0, -1.0)),
    },
    simulated={"threshold": reals(-1.0, 1.5)},
    mutants={
        "scores exchanged": lambda threshold, correct_law, wrong_law: _rates(
            threshold, wrong_law, correct_law
        ),
        "equal spread": lambda threshold, correct_law, wrong_law: _rates(
            threshold, Normal(correct_law.mean), wrong_law
        ),
    },
)
def operating_point(
    threshold: Numbers, correct_law: RewardLaw, wrong_law: RewardLaw
) -> dict[str, jax.Array]:
    r"""True and false positive rate of a verifier that accepts scores above a threshold.

    $$t = P(S_1 > x),\quad f = P(S_0 > x)$$

    As the threshold x falls from infinity, (f, t) runs along the ROC curve from the origin to
    (1, 1).

    Args:
      threshold: x, finite.
      correct_law, wrong_law: laws of `jtts.rewards` of the scores S_1 of right and S_0 of wrong
        samples.

    Returns a mapping with `true_positive` and `false_positive`, the rates that `binary_accuracy`
    takes. Arrays broadcast, fields of the laws included. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: a threshold that is not finite.

    Source: elementary; derived here (docs, verifiers section 3).

    >>> from jtts.rewards import Normal
    >>> from jtts.theory import verifiers
    >>> rates = verifiers.operating_point(1.0, Normal(1.0, 0.6), Normal())
    >>> print(f"{rates['true_positive']:.6f} {rates['false_positive']:.6f}")
    0.500000 0.158655
    """
    return _rates(threshold, correct_law, wrong_law)


def _auc(correct_law, wrong_law):
    return over_points(_auc_at, correct_law, wrong_law, block=16)


def _auc_at(correct_law, wrong_law):
    if isinstance(correct_law, Discrete):
        upto = jnp.exp(wrong_law.log_tails(correct_law.rewards)[0])
        half = share_at(correct_law.rewards, wrong_law) / 2
        return jnp.sum(correct_law.probabilities * (upto - half))
    odds, weights = score_panels(correct_law, wrong_law)
    score, log_density = scores_at(correct_law, odds)
    found = jnp.sum(weights * jnp.exp(log_density + wrong_law.log_tails(score)[0]))
    return at_most_one(found)


@law(
    kind=Exact(),
    formula=r"\int G_0\,dG_1",
    source="elementary (section 3)",
    holds={"correct_law": LAWS, "wrong_law": LAWS},
    relative=1e-9,
    absolute=1e-15,
    gives=probability(),
    domain={
        "correct_law": built(normal_scores, spread=reals(0.5, 1.5)),
        "wrong_law": choices(Normal(), Exponential(1.0, -1.0)),
    },
    mutants={"one minus it": lambda correct_law, wrong_law: 1 - _auc(correct_law, wrong_law)},
)
def auc(correct_law: RewardLaw, wrong_law: RewardLaw) -> jax.Array:
    r"""Area under the ROC curve: the chance that a right sample scores above a wrong one.

    $$\int G_0\,dG_1,$$

    equal scores counting half. Relative accuracy 1e-9, absolute 1e-15, however narrow a law is.

    Args:
      correct_law, wrong_law: laws of `jtts.rewards`, both discrete or both not.

    Raises:
      InputError: one discrete law with one that is not.

    Source: elementary; derived here (docs, verifiers section 3).

    >>> from jtts.rewards import Normal
    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.auc(Normal(1.0, 0.6), Normal()):.7f}")
    0.8044137
    """
    require_alike(correct_law, wrong_law)
    return _auc(correct_law, wrong_law)


@closed_form(
    holds={"correct_law": LAWS, "wrong_law": LAWS, "false_positive": between(0, 1, open="both")},
    relative=1e-10,
    gives=at_least(0),
)
def roc_slope(
    correct_law: RewardLaw, wrong_law: RewardLaw, false_positive: Numbers = 1e-300
) -> jax.Array:
    r"""Slope of the ROC curve near the origin: true over false positives, both rare.

    $$\frac{P(S_1 > x)}{P(S_0 > x)},\quad P(S_0 > x) = f \to 0$$

    Args:
      correct_law, wrong_law: laws of `jtts.rewards`, not discrete.
      false_positive: f, in (0, 1), small.

    Returns the ratio at f: it may still be on its way to 0 or infinity.

    Raises:
      InputError: f outside (0, 1), or a discrete law.

    Source: derived here (docs, verifiers section 3); arXiv:2507.12399.

    >>> from jtts.rewards import Exponential
    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.roc_slope(Exponential(1.0, 1.0), Exponential()):.6f}")
    2.718282
    """
    if isinstance(correct_law, Discrete) or isinstance(wrong_law, Discrete):
        raise InputError("roc_slope needs laws with a density, got a Discrete one")
    rare = jnp.asarray(false_positive, float)
    score = wrong_law.quantile(1 - rare, rare)
    return jnp.exp(correct_law.log_tails(score)[1] - jnp.log(rare))


@closed_form(
    holds={"p": probability(), "slope": at_least(0)},
    relative=1e-14,
    absolute=1e-300,
    gives=probability(),
)
def roc_limit_accuracy(p: Numbers, slope: Numbers) -> jax.Array:
    r"""Accuracy of the best of endless samples, from the ROC slope L at the origin.

    $$\frac{pL}{pL + 1 - p}$$

    Args:
      p: chance that one sample is right.
      slope: L, from 0 (the verifier collapses) to infinity (every error is found).

    Raises:
      InputError: p outside [0, 1], or a negative slope.

    Source: derived here (docs, verifiers section 3); arXiv:2507.12399.

    >>> from jtts.theory import verifiers
    >>> import math
    >>> print(f"{verifiers.roc_limit_accuracy(0.3, math.e):.10f}")
    0.5381015262
    """
    p, slope = jnp.asarray(p, jnp.result_type(float)), jnp.asarray(slope, jnp.result_type(float))
    large = slope > 1
    inverse = 1 / jnp.where(large, slope, 1.0)
    small = jnp.where(large, 1.0, slope)
    among = jnp.where(large, p + (1 - p) * inverse, p * small + (1 - p))
    found = jnp.where(large, p, p * small) / jnp.where(among > 0, among, 1.0)
    return jnp.where(among > 0, found, 0.0)
