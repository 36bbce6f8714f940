"""Selection by a verifier's score: the largest of n."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax.nn import log_sigmoid

from jtts.arguments import InputError, require_at_least, require_positive, require_probability
from jtts.domain import built, choices, log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.rewards import Discrete, Exponential, Normal, RewardLaw

STEP = 0.1  # of the trapezoid rule in the log odds of a correct sample's score
LOG_ODDS = STEP * np.arange(-400, 4001)


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
    n, p = jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in (n, p)))
    n, p = n[..., None], p[..., None]
    if isinstance(correct_law, Discrete):
        return _largest_atom(n, p, correct_law, wrong_law)
    score = correct_law.quantile(jnp.exp(log_sigmoid(LOG_ODDS)), jnp.exp(log_sigmoid(-LOG_ODDS)))
    log_below = _log_not_above(*_log_tails(p, correct_law, wrong_law, score))
    log_density = log_sigmoid(LOG_ODDS) + log_sigmoid(-LOG_ODDS)
    return STEP * jnp.sum(n * p * jnp.exp((n - 1) * log_below + log_density), -1)


def _largest_atom(n, p, correct_law, wrong_law):
    atoms = correct_law.rewards
    here = p * _share_at(atoms, correct_law) + (1 - p) * _share_at(atoms, wrong_law)
    log_upto, log_above = _log_tails(p, correct_law, wrong_law, atoms)
    log_below = jnp.log1p(-jnp.minimum(jnp.exp(log_above) + here, 1.0))
    chosen = jnp.exp(n * _log_not_above(log_upto, log_above)) - jnp.exp(n * log_below)
    right = p * correct_law.probabilities * chosen
    return jnp.sum(jnp.where(here > 0, right / jnp.where(here > 0, here, 1.0), 0.0), -1)


def _share_at(atoms, law):
    """Probability of each of the values under a discrete law."""
    return jnp.sum(jnp.where(atoms[:, None] == law.rewards, law.probabilities, 0.0), -1)


def normal_scores(spread):
    return Normal(1.0, spread)


@law(
    kind=Exact(),
    formula=r"\int n F^{n-1} p\,dG_1,\; F = pG_1 + (1-p)G_0",
    source="derived here (section 3); arXiv:2507.12399",
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
def best_of_n_accuracy(n, p, correct_law: RewardLaw, wrong_law: RewardLaw):
    r"""Probability that the sample with the largest score among n is right.

    Right samples have scores of law G_1, wrong ones of law G_0:

    $$\int n F^{n-1}\,p\,dG_1,\quad F = pG_1 + (1-p)G_0$$

    Equal scores (`Discrete` laws) are chosen between at random. The limit of many samples is
    `roc_limit_accuracy`: it depends on the upper tails alone.

    Args:
      n: number of samples, real and at least 1.
      p: chance that one sample is right.
      correct_law, wrong_law: laws of `jtts.rewards`, both discrete or both not. Their fields are
        numbers.

    Relative accuracy 1e-9 for n up to 1e9 while the score that is reached is no rarer than e^-400
    among right samples.

    Raises:
      InputError: n < 1, p outside [0, 1], or one discrete law with one that is not.

    Source: derived here (docs, verifiers section 3); arXiv:2507.12399.

    >>> from jtts.rewards import Normal
    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.best_of_n_accuracy(16, 0.3, Normal(1.0, 1.4), Normal()):.7f}")
    0.7798022
    """
    require_at_least(1, n=n)
    require_probability(p=p)
    _require_alike(correct_law, wrong_law)
    return _largest(n, p, correct_law, wrong_law)


def _require_alike(correct_law, wrong_law):
    if isinstance(correct_law, Discrete) != isinstance(wrong_law, Discrete):
        raise InputError(
            "correct_law and wrong_law must both be discrete or both not, got "
            f"{type(correct_law).__name__} and {type(wrong_law).__name__}"
        )


def _auc(correct_law, wrong_law):
    if isinstance(correct_law, Discrete):
        upto = jnp.exp(wrong_law.log_tails(correct_law.rewards)[0])
        half = _share_at(correct_law.rewards, wrong_law) / 2
        return jnp.sum(correct_law.probabilities * (upto - half))
    odds = LOG_ODDS[LOG_ODDS < 40]
    score = correct_law.quantile(jnp.exp(log_sigmoid(odds)), jnp.exp(log_sigmoid(-odds)))
    log_density = log_sigmoid(odds) + log_sigmoid(-odds)
    return STEP * jnp.sum(jnp.exp(log_density + wrong_law.log_tails(score)[0]))


@law(
    kind=Exact(),
    formula=r"\int G_0\,dG_1",
    source="elementary (section 3)",
    domain={
        "correct_law": built(normal_scores, spread=reals(0.5, 1.5)),
        "wrong_law": choices(Normal(), Exponential(1.0, -1.0)),
    },
    mutants={"one minus it": lambda correct_law, wrong_law: 1 - _auc(correct_law, wrong_law)},
)
def auc(correct_law: RewardLaw, wrong_law: RewardLaw):
    r"""Area under the ROC curve: the chance that a right sample scores above a wrong one.

    $$\int G_0\,dG_1,$$

    equal scores counting half.

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
    _require_alike(correct_law, wrong_law)
    return _auc(correct_law, wrong_law)


def roc_slope(correct_law: RewardLaw, wrong_law: RewardLaw, false_positive=1e-300):
    r"""Slope of the ROC curve near the origin: true over false positives, both rare.

    $$\frac{P(S_1 > x)}{P(S_0 > x)},\quad P(S_0 > x) = f \to 0$$

    Args:
      correct_law, wrong_law: laws of `jtts.rewards`, not discrete.
      false_positive: f, small and positive.

    Returns the ratio at f: it may still be on its way to 0 or infinity.

    Raises:
      InputError: f not positive, or a discrete law.

    Source: derived here (docs, verifiers section 3); arXiv:2507.12399.

    >>> from jtts.rewards import Exponential
    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.roc_slope(Exponential(1.0, 1.0), Exponential()):.6f}")
    2.718282
    """
    require_positive(false_positive=false_positive)
    if isinstance(correct_law, Discrete) or isinstance(wrong_law, Discrete):
        raise InputError("roc_slope needs laws with a density, got a Discrete one")
    score = wrong_law.quantile(1 - jnp.asarray(false_positive), false_positive)
    return jnp.exp(correct_law.log_tails(score)[1] - jnp.log(false_positive))


def roc_limit_accuracy(p, slope):
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
    require_probability(p=p)
    require_at_least(0, slope=slope)
    p, slope = jnp.asarray(p, jnp.result_type(float)), jnp.asarray(slope, jnp.result_type(float))
    inverse = jnp.where(slope > 0, 1 / jnp.where(slope > 0, slope, 1.0), jnp.inf)
    return jnp.where(p > 0, 1 / (1 + (1 - p) / jnp.where(p > 0, p, 1.0) * inverse), 0.0)
