"""Training sets and the exact posterior after one: what the simulations of the family share."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.linalg import solve_triangular

from jtts.arguments import InputError, concrete, require_at_least, require_positive
from jtts.estimate import Estimate
from jtts.regression import TiedJudge, TrainedJudge
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
