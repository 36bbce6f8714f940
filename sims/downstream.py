"""Models of all scales that answer multiple-choice questions, one by one."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jtts.arguments import InputError, require_finite, require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

MODELS = 2**13  # whose correlation is one datum
STAGES = "loglik", "prob", "margin", "renormalised", "accuracy"


def require_questions(*, right_slope, wrong_slope, noise, gap, options, items=1, stage="accuracy"):
    """Raise InputError unless models can be asked such questions."""
    if stage not in STAGES:
        raise InputError(f"stage must be one of {', '.join(STAGES)}, got {stage!r}")
    require_finite(right_slope=right_slope, wrong_slope=wrong_slope, gap=gap)
    require_positive(noise=noise)
    require_whole(2, options=options)
    require_whole(1, items=items)
    if stage in ("margin", "renormalised") and options != 2:
        raise InputError(f"options must be 2 of stage {stage}, got {options}")


def answers(key, scale, options, right_slope, wrong_slope, noise, gap):
    """Log-likelihoods of the options of one question, the right one first: [models, options]."""
    drawn = noise * jax.random.normal(key, (scale.shape[0], options), float)
    slopes = jnp.where(jnp.arange(options) == 0, right_slope, wrong_slope)
    return drawn + slopes * scale[:, None] + jnp.where(jnp.arange(options) == 0, gap, 0.0)


def measured(stage, loglik):
    """What a stage measures on a question."""
    if stage == "loglik":
        return loglik[:, 0]
    if stage == "prob":
        return jnp.exp(loglik[:, 0])
    if stage == "margin":
        return loglik[:, 0] - loglik[:, 1]
    if stage == "renormalised":
        return jax.nn.softmax(loglik, -1)[:, 0]
    return jnp.where(jnp.argmax(loglik, -1) == 0, 1.0, 0.0)


def _models(key, trials, stage, items, options, question):
    """Scales of models and what a stage measures, averaged over their questions."""
    of_scale, of_answers = jax.random.split(key)
    scale = jax.random.normal(of_scale, (trials,), float)

    def ask(i, total):
        own = jax.random.fold_in(of_answers, i)
        return total + measured(stage, answers(own, scale, options, *question))

    total = jax.lax.fori_loop(0, jnp.asarray(items, int), ask, jnp.zeros(trials))
    return scale, total / items


def _correlation(x, y):
    x, y = x - jnp.mean(x), y - jnp.mean(y)
    return jnp.sum(x * y) / jnp.sqrt(jnp.sum(x**2) * jnp.sum(y**2))


def _halved(correlation, x, y):
    """Twice that of all models less that of each half: without the bias that falls as their number.

    A sample's correlation is high where what is measured has a heavy tail.
    """
    middle = x.shape[0] // 2
    halves = correlation(x[:middle], y[:middle]) + correlation(x[middle:], y[middle:])
    return 2 * correlation(x, y) - halves / 2


def _of_pairs(x, y):
    """From the differences within pairs of models, whose means are 0."""
    x, y = x[::2] - x[1::2], y[::2] - y[1::2]
    return jnp.sum(x * y) / jnp.sqrt(jnp.sum(x**2) * jnp.sum(y**2))


@simulation(chunk=MODELS, min_chunks=32, static=("options",), validate=require_questions)
def scale_correlation(
    key: jax.Array,
    trials: int,
    stage: Literal["loglik", "prob", "margin", "renormalised", "accuracy"],
    right_slope: Numbers,
    wrong_slope: Numbers,
    noise: Numbers,
    gap: Numbers,
    options: int,
    items: Numbers,
) -> Estimate:
    """Ask models of all scales; how does what is measured correlate with the scale?

    Args:
      stage: loglik, prob, margin, renormalised or accuracy.
      right_slope: of the right option's log-likelihood in the scale.
      wrong_slope: of a wrong one's.
      noise: standard deviation of each.
      gap: by which the right one is ahead.
      options: of a question; of margin and renormalised 2.
      items: questions whose measurements are averaged.

    Returns:
      Estimate of the correlation; a datum is that of 8192 models.

    Raises:
      InputError: an unknown stage, or a number out of its range.

    >>> found = scale_correlation(jax.random.key(0), 2**18, "accuracy", 1.0, 0.3, 1.0, 0.5, 4, 1)
    >>> bool(abs(found.mean - 0.387) < 0.01)
    True
    """
    question = right_slope, wrong_slope, noise, gap
    models = _models(key, trials, stage, items, options, question)
    return Estimate.of_one(_halved(_correlation, *models))


@simulation(chunk=MODELS, min_chunks=32, static=("options",), validate=require_questions)
def scale_correlation_of_items(
    key: jax.Array,
    trials: int,
    stage: Literal["loglik", "prob", "margin", "renormalised", "accuracy"],
    right_slope: Numbers,
    wrong_slope: Numbers,
    noise: Numbers,
    gap: Numbers,
    options: int,
    items: Numbers,
) -> Estimate:
    """The same over several questions: from covariances within pairs of models, asked the same way.

    Args:
      stage: loglik, prob, margin, renormalised or accuracy.
      right_slope: of the right option's log-likelihood in the scale.
      wrong_slope: of a wrong one's.
      noise: standard deviation of each.
      gap: by which the right one is ahead.
      options: of a question; of margin and renormalised 2.
      items: questions whose measurements are averaged.

    Returns:
      Estimate of the correlation; a datum is that of 8192 models in pairs.

    Raises:
      InputError: an unknown stage, or a number out of its range.

    >>> found = scale_correlation_of_items(
    ...     jax.random.key(0), 2**18, "accuracy", 1.0, 0.3, 1.0, 0.5, 4, 10
    ... )
    >>> bool(abs(found.mean - 0.78) < 0.05)
    True
    """
    question = right_slope, wrong_slope, noise, gap
    models = _models(key, trials, stage, items, options, question)
    return Estimate.of_one(_halved(_of_pairs, *models))


@simulation(chunk=MODELS, static=("options",), validate=require_questions)
def mean_accuracy(
    key: jax.Array,
    trials: int,
    right_slope: Numbers,
    wrong_slope: Numbers,
    noise: Numbers,
    gap: Numbers,
    options: int,
) -> Estimate:
    """Ask each model of a random scale one question; is it right?

    >>> found = mean_accuracy(jax.random.key(0), 2**15, 1.0, 0.3, 1.0, 0.5, 4)
    >>> bool(abs(found.mean - 0.406) < 0.01)
    True
    """
    question = right_slope, wrong_slope, noise, gap
    return Estimate.of(_models(key, trials, "accuracy", 1, options, question)[1])
