"""Degrees of freedom, posterior predictive and selection statistics of finite training sets."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Judge, Statistics
from jtts.sims.regression.training_sets import (
    draw_inputs,
    draw_teacher,
    judge_samples,
    judge_weights,
    learn,
    over_training_sets,
    posterior_root,
    product,
    training_sets,
)
from jtts.spectra import repeat_to


@training_sets()
def degrees_of_freedom(
    key: jax.Array,
    trials: int,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    ridge: Numbers,
    *,
    dim: Numbers,
    samples: Numbers,
) -> Estimate:
    """Effective number of parameters per dimension, (1/dim) tr S (S + ridge)^-1 with S = X^T X / n.

    Args:
      spectrum: eigenvalues of Sigma, [d] with d a divisor of dim.
      aspect_ratio: dim / n, with a whole number n.
      ridge: positive.
      dim: number of input dimensions.

    Raises:
      InputError: an argument out of range, or sizes that do not fit, naming it.

    Source: arXiv:2512.19905.

    >>> estimate = degrees_of_freedom(jax.random.key(0), 2000, [1.0], 0.5, 0.125, dim=64)
    >>> print(f"{estimate.mean:.2f}")
    0.82
    """
    spectrum = repeat_to(dim, spectrum)

    def one(key):
        root = posterior_root(draw_inputs(key, spectrum, samples), ridge)
        return 1 - ridge * jnp.sum(root**2) / dim

    return over_training_sets(one, key, trials)


@training_sets()
def predictive_mean(
    key: jax.Array,
    trials: int,
    input: Numbers,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers,
    dim: Numbers,
    samples: Numbers,
) -> Estimate:
    """Mean of the posterior predictive at one input.

    Args:
      input: x, [..., d]. What is repeated is divided by the square root of the number of copies, so
        that its overlap with the teacher, which the mean measures, does not depend on dim.
      spectrum, teacher: eigenvalues and weights, [d] with d a divisor of dim.
      aspect_ratio: dim / n, with a whole number n.
      noise_var, prior_var: of targets and weights; positive.
      dim: number of input dimensions.

    Raises:
      InputError: an argument out of range, or sizes that do not fit, naming it.

    Source: arXiv:2512.19905.

    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0, dim=64)
    >>> inputs, teacher = [1.0, 2.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]
    >>> estimate = predictive_mean(jax.random.key(0), 4000, inputs, teacher=teacher, **bayes)
    >>> print(f"{estimate.mean:.1f}")
    1.6
    """
    input, spectrum, teacher = (jnp.asarray(vector) for vector in (input, spectrum, teacher))
    length = max(input.shape[-1], spectrum.shape[-1], teacher.shape[-1])
    spectrum, teacher = repeat_to(dim, spectrum), repeat_to(dim, teacher)
    features = repeat_to(dim, input) / jnp.sqrt(dim * (dim // length))

    def one(key):
        learned = learn(key, teacher, spectrum, aspect_ratio, noise_var, prior_var, samples)
        return product(features, learned.mean)

    return over_training_sets(one, key, trials)


@training_sets()
def predictive_variance(
    key: jax.Array,
    trials: int,
    input: Numbers,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    dim: Numbers,
    samples: Numbers,
) -> Estimate:
    """Variance of the posterior predictive at one input, noise included.

    Args:
      input: x, [..., d]; repeated as it is (the variance measures its length).
      spectrum: eigenvalues of Sigma, [d] with d a divisor of dim.
      aspect_ratio: dim / n, with a whole number n.
      noise_var, prior_var: of targets and weights; positive.
      dim: number of input dimensions.

    Raises:
      InputError: an argument out of range, or sizes that do not fit, naming it.

    Source: arXiv:2512.19905.

    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0, dim=64)
    >>> estimate = predictive_variance(jax.random.key(0), 1000, [1.0, -1.0], **bayes)
    >>> print(f"{estimate.mean:.2f}")
    0.43
    """
    spectrum = repeat_to(dim, spectrum)
    features = repeat_to(dim, input) / jnp.sqrt(dim)
    ridge = aspect_ratio * noise_var / prior_var

    def one(key):
        root = posterior_root(draw_inputs(key, spectrum, samples), ridge)
        spread = jnp.sum(product(features, root.T) ** 2, -1)
        return noise_var + prior_var * ridge * spread

    return over_training_sets(one, key, trials)


@training_sets(judge_samples=judge_samples)
def statistics(
    key: jax.Array,
    trials: int,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers | None = None,
    judge: Judge | None = None,
    dim: Numbers,
    samples: Numbers,
    judge_samples: Numbers,
) -> Estimate:
    """The four numbers of one training set, averaged over sets (and teachers, where drawn).

    Args:
      spectrum: eigenvalues of Sigma, [d] with d a divisor of dim.
      aspect_ratio: dim / n, with a whole number n.
      noise_var, prior_var: of targets and weights; positive.
      teacher: weights, [d]; None draws them from the prior.
      judge: weights, [d]; a `TrainedJudge`, which has a training set of its own; a `TiedJudge`; or
        None for the teacher itself.
      dim: number of input dimensions.

    Returns:
      Estimate whose mean and standard error are `Statistics`, in squared units of y.

    Raises:
      InputError: an argument out of range, or sizes that do not fit, naming it.

    Source: arXiv:2512.19905.

    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0, dim=64)
    >>> stats = statistics(jax.random.key(0), 2000, **bayes).mean
    >>> print(f"{stats.predictive_var:.2f} {stats.mean_error:.2f}")
    0.43 0.18
    """
    spectrum = repeat_to(dim, spectrum)

    def average(*factors):
        """(1/dim) a^T Sigma b."""
        return jnp.mean(spectrum * factors[0] * factors[1])

    def one(key):
        of_teacher, of_set, of_judge = jax.random.split(key, 3)
        target = draw_teacher(of_teacher, teacher, prior_var, dim)
        learned = learn(of_set, target, spectrum, aspect_ratio, noise_var, prior_var, samples)
        error = learned.mean - target
        judge_error = judge_weights(of_judge, judge, target, learned, spectrum, judge_samples)
        judge_error -= target
        ridge = aspect_ratio * noise_var / prior_var
        return Statistics(
            noise_var + prior_var * ridge * jnp.sum(spectrum * learned.root**2) / dim,
            average(error, error),
            average(judge_error, judge_error),
            average(error, judge_error),
        )

    return over_training_sets(one, key, trials)
