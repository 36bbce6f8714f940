"""Linear attention pretrained by least squares on sequences of a pool of regression tasks."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.linalg import solve_triangular

from jtts.arguments import (
    InputError,
    concrete,
    require_nonnegative,
    require_positive,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

BLOCK = 256  # sequences held at a time
TESTED = 256  # sequences of each test of a training set
MIN_SETS = 16  # training sets: fewer say too little about their spread
RIDGE = 1e-9  # relative: the limit of no ridge


def require_pretraining(*, dim, context_ratio, diversity_ratio, data_ratio, noise_var):
    """Raise InputError unless the ratios make whole numbers at this dimension."""
    require_whole(dim=dim)
    require_nonnegative(noise_var=noise_var)
    ratios = {"context_ratio": context_ratio, "diversity_ratio": diversity_ratio}
    require_positive(**ratios, data_ratio=data_ratio)
    for name, ratio in ratios.items():
        known = concrete(ratio)
        if known is not None and abs(dim * known - round(dim * float(known))) > 1e-6 * dim * known:
            raise InputError(f"{name} must make dim * {name} a whole number, got {known:g} * {dim}")


def _normal(key, *shape):
    return jax.random.normal(key, shape, jnp.float32).astype(jnp.result_type(float))


def _tasks(key, *shape):
    """Weights of |w|^2 = d, in all directions alike."""
    weights = _normal(key, *shape)
    return weights * jnp.sqrt(shape[-1] / jnp.sum(weights**2, -1, keepdims=True))


def _sequences(key, weights, length, noise_var):
    """Moments of the context, query and its target, for each row of weights."""
    dim = weights.shape[-1]

    def pair(index, carry):
        moments = carry[0]
        numbers = _normal(jax.random.fold_in(key, index), weights.shape[0], dim + 1)
        x = numbers[:, :-1] / jnp.sqrt(dim)
        y = jnp.sum(x * weights, -1) + jnp.sqrt(noise_var) * numbers[:, -1]
        seen = y[:, None] * jnp.concatenate([dim * x, y[:, None]], -1)
        # the pair after the context is the query
        return moments + jnp.where(index < length, seen, 0.0) / length, x, y

    number = weights.shape[0]
    start = jnp.zeros((number, dim + 1)), jnp.zeros_like(weights), jnp.zeros(number)
    return lax.fori_loop(0, length + 1, pair, start)


def _product(a, b):
    return jnp.matmul(a, b, precision="highest")


@simulation(chunk=TESTED, min_chunks=MIN_SETS, static=("dim",), validate=require_pretraining)
def linear_attention_errors(
    key: jax.Array,
    trials: int,
    *,
    context_ratio: Numbers,
    diversity_ratio: Numbers,
    data_ratio: Numbers,
    noise_var: Numbers,
    dim: Numbers,
) -> Estimate:
    """Test errors of linear attention after pretraining; a datum is a training set.

    All tasks, of the pool and fresh, have |w|^2 = d.

    A trial is a sequence of each test; 256 of them share a training set, which is one chunk.

    The coefficients solve the normal equations of d (d + 1) unknowns, whose limit without ridge is
    taken at 1e-9 of their trace. Both tests are fresh contexts; the error is averaged over their
    queries, whose weights and noise are known.

    Args:
      context_ratio, diversity_ratio: l / d and k / d, that make l and k whole numbers.
      data_ratio: n / (d (d + 1)), n rounded: as good as n / d^2 in the limit, and closer to it.
      noise_var: rho.
      dim: d; time grows as its sixth power.

    Returns:
      Estimate of {"icl": error on fresh tasks, "idg": error on the pool}, to the noisy target.

    Raises:
      InputError: a number out of range, or ratios that do not make whole numbers.

    Source: arXiv:2405.11751.

    >>> ratios = dict(context_ratio=2.0, diversity_ratio=1.5, data_ratio=2.0, noise_var=0.1)
    >>> estimate = linear_attention_errors(jax.random.key(0), 1, dim=8, **ratios)
    >>> bool(estimate.mean["icl"] > estimate.mean["idg"] > 0.1)
    True
    """
    unknowns = dim * (dim + 1)
    length, tasks, count = (
        jnp.asarray(jnp.round(ratio), jnp.int32)
        for ratio in (context_ratio * dim, diversity_ratio * dim, data_ratio * unknowns)
    )
    of_pool, of_training, of_tests = jax.random.split(key, 3)

    def from_pool(key, number):
        chosen = jax.random.randint(key, (number,), 0, tasks)
        members = jax.vmap(lambda index: jax.random.fold_in(of_pool, index))(chosen)
        return jax.vmap(lambda member: _tasks(member, dim))(members)

    def add(block, equations):
        of_tasks, of_pairs = jax.random.split(jax.random.fold_in(of_training, block))
        moments, x, y = _sequences(of_pairs, from_pool(of_tasks, BLOCK), length, noise_var)
        used = (block * BLOCK + jnp.arange(BLOCK) < count)[:, None, None]
        features = jnp.where(used, x[:, :, None] * moments[:, None, :], 0.0).reshape(BLOCK, -1)
        gram, moment = equations
        return gram + _product(features.T, features), moment + _product(features.T, y)

    zero = jnp.zeros((unknowns, unknowns)), jnp.zeros(unknowns)
    coefficients = _ridgeless(*lax.fori_loop(0, -(-count // BLOCK), add, zero)).reshape(dim, -1)

    def tested(test):
        of_tasks, of_pairs = jax.random.split(jax.random.fold_in(of_tests, test))
        fresh = _tasks(of_tasks, TESTED, dim)
        weights = jnp.where(test == 0, fresh, from_pool(of_tasks, TESTED))
        moments = _sequences(of_pairs, weights, length, noise_var)[0]
        learned = _product(moments, coefficients.T)
        # averaged over the query x ~ N(0, I/d) and its noise
        return noise_var + jnp.mean(jnp.sum((learned - weights) ** 2, -1)) / dim

    icl, idg = lax.map(tested, jnp.arange(2))
    return Estimate.of_one({"icl": icl, "idg": idg})


def _ridgeless(gram, moment):
    """Solution of the normal equations; the shortest where they are short of rank."""
    ridge = RIDGE * jnp.trace(gram) / len(moment)
    root = jnp.linalg.cholesky(gram + ridge * jnp.eye(len(moment)), symmetrize_input=False)
    return solve_triangular(root, solve_triangular(root, moment, lower=True), lower=True, trans=1)
