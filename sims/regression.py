"""Bayesian linear regression on finite training sets (arXiv:2512.19905).

A trial is one training set: inputs x ~ N(0, Sigma) in R^dim, features phi = x/sqrt(dim), targets
y = w_T.phi + N(0, noise_var); n = dim / aspect_ratio samples, prior weights N(0, prior_var). The
posterior is solved exactly; averages over test inputs are exact quadratic forms of it. A teacher
not given is drawn anew for every set.

Vectors are in the eigenbasis of Sigma and may be short: of length 1, or a common length that
divides dim; they are then repeated, so that one set of parameters serves every dim. Normal
deviates are float32, everything else the platform's default (float64 in 64-bit mode).
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.linalg import solve_triangular

from jtts.arguments import InputError, concrete, require_at_least, require_positive
from jtts.estimate import Estimate
from jtts.regression import Statistics, TiedJudge, TrainedJudge
from jtts.simulations import simulation
from jtts.spectra import repeat_to, require_spectrum

NUMBERS = 2**18  # held by one chunk


def samples(dim, aspect_ratio, name="aspect_ratio"):
    """Number of training samples n = dim / aspect_ratio, held to be a whole number."""
    known = concrete(aspect_ratio)
    if known is None or known.ndim:
        raise InputError(f"{name} must be one known number in a simulation, got {aspect_ratio}")
    require_positive(**{name: aspect_ratio})
    count = dim / float(known)
    if round(count) < 1 or abs(count - round(count)) > 1e-6 * count:
        raise InputError(f"{name} must make dim / {name} a whole number, got {dim} / {known:g}")
    return round(count)


def checked_samples(*, dim, spectrum, aspect_ratio, judge=None, **others):
    """`samples` of the generator, after checks of everything else."""
    require_at_least(1, dim=dim)
    weights = None if isinstance(judge, TiedJudge | TrainedJudge) else judge
    vectors = {name: others.get(name) for name in ("input", "teacher")} | {"judge": weights}
    length = require_spectrum(spectrum, **vectors)
    if dim % length:
        raise InputError(f"dim must be a multiple of the {length} eigenvalues given, got {dim}")
    numbers = ("ridge", "noise_var", "prior_var")
    require_positive(**{name: others[name] for name in numbers if name in others})
    return samples(dim, aspect_ratio)


def judge_samples(*, dim, judge, **_):
    """Training samples of a judge that is trained, 0 for any other."""
    if not isinstance(judge, TrainedJudge):
        return 0
    return samples(dim, judge.aspect_ratio, "judge.aspect_ratio")


def sets_per_chunk(dim, samples, judge_samples=0):
    return max(1, NUMBERS // (dim * (samples + judge_samples + 2 * dim)))


def training_sets(**sizes):
    """Declare a simulation whose trials are training sets."""
    return simulation(
        chunk=sets_per_chunk, static=("dim",), sizes={"samples": checked_samples, **sizes}
    )


class Posterior(NamedTuple):
    """Mean [dim] and standardised covariance: inv(X^T X / n + ridge) = root^T root."""

    mean: jax.Array
    root: jax.Array


def normal(key, *shape):
    return jax.random.normal(key, shape, jnp.float32).astype(jnp.result_type(float))


def draw_inputs(key, spectrum, samples):
    """Inputs x ~ N(0, Sigma), [samples, dim]."""
    return jnp.sqrt(spectrum) * normal(key, samples, spectrum.shape[0])


def posterior_root(inputs, ridge):
    """Lower triangular root of the inverse of X^T X / n + ridge."""
    samples, dim = inputs.shape
    gram = jnp.matmul(inputs.T, inputs, precision="highest") / samples
    regularised = gram + ridge * jnp.eye(dim)
    return lax.platform_dependent(regularised, cpu=_inverse_root_in_turn, default=_inverse_root)


def _inverse_root(matrix):
    lower = jnp.linalg.cholesky(matrix, symmetrize_input=False)
    return solve_triangular(lower, jnp.eye(matrix.shape[0]), lower=True)


# On a CPU, two batches of LAPACK calls at once wait for each other's threads for ever where there
# are two cores; one matrix at a time needs no threads (jaxlib 0.10).
_inverse_root_in_turn = jax.custom_batching.sequential_vmap(_inverse_root)


def learn(key, teacher, spectrum, aspect_ratio, noise_var, prior_var, samples):
    """Posterior after one training set."""
    of_inputs, of_noise = jax.random.split(key)
    inputs = draw_inputs(of_inputs, spectrum, samples)
    scale = jnp.sqrt(spectrum.shape[0])
    targets = product(inputs, teacher) / scale + jnp.sqrt(noise_var) * normal(of_noise, samples)
    root = posterior_root(inputs, aspect_ratio * noise_var / prior_var)
    moment = product(inputs.T, targets) * scale / samples
    return Posterior(product(root.T, product(root, moment)), root)


def product(matrix, vector):
    return jnp.matmul(matrix, vector, precision="highest")


def draw_teacher(key, teacher, prior_var, dim):
    """The teacher given, or one drawn from the prior."""
    if teacher is None:
        return jnp.sqrt(prior_var) * normal(key, dim)
    return repeat_to(dim, teacher)


def judge_weights(key, judge, target, learned, spectrum, samples):
    """Weights of the judge beside a generator that has learned the teacher `target`."""
    if judge is None:
        return target
    if isinstance(judge, TiedJudge):
        return target - judge.strength * (learned.mean - target)
    if isinstance(judge, TrainedJudge):
        constants = judge.aspect_ratio, judge.noise_var, judge.prior_var
        return learn(key, target, spectrum, *constants, samples).mean
    return repeat_to(target.shape[0], judge)


def over_training_sets(one, key, trials):
    """Estimate from `trials` values of `one(key)`."""
    return Estimate.of(jax.vmap(one)(jax.random.split(key, trials)))


@training_sets()
def degrees_of_freedom(key, trials, spectrum, aspect_ratio, ridge, *, dim, samples):
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
    key, trials, input, *, spectrum, aspect_ratio, noise_var, prior_var, teacher, dim, samples
):
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
    key, trials, input, *, spectrum, aspect_ratio, noise_var, prior_var, dim, samples
):
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
    key,
    trials,
    *,
    spectrum,
    aspect_ratio,
    noise_var,
    prior_var,
    teacher=None,
    judge: jax.Array | TrainedJudge | TiedJudge | None = None,
    dim,
    samples,
    judge_samples,
):
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
