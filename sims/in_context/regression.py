"""Learning a weight vector from pairs: ridge regression and one step of gradient descent."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

NUMBERS = 2**17  # held by one chunk


def require_regression(*, num_examples, dim, copies=1, **variances):
    """Raise InputError unless the regression can be played."""
    require_whole(0, num_examples=num_examples)
    require_whole(dim=dim, copies=copies)
    require_positive(**{n: v for n, v in variances.items() if n in ("noise_var", "prior_var")})


def _normal(key, *shape):
    return jax.random.normal(key, shape, jnp.float32).astype(jnp.result_type(float))


def _pair(key, index, weights, noise_var):
    """The pair (x, y) of that index in every trial."""
    of_input, of_noise = jax.random.split(jax.random.fold_in(key, index))
    x = _normal(of_input, *weights.shape)
    noise = jnp.sqrt(noise_var) * _normal(of_noise, weights.shape[0])
    return x, jnp.sum(x * weights, -1) + noise


def _ridge(key, trials, num_examples, dim, noise_var, prior_var):
    """Squared errors of the weights after each of the numbers of pairs, [trials, ...]."""
    num_examples = jnp.asarray(num_examples)
    of_weights, of_pairs = jax.random.split(key)
    weights = jnp.sqrt(prior_var) * _normal(of_weights, trials, dim)
    column = (trials,) + (1,) * num_examples.ndim

    def step(seen, carry):
        learned, inverse, errors = carry
        error = jnp.sum((learned - weights) ** 2, -1).reshape(column)
        errors = jnp.where(num_examples == seen, error, errors)
        x, y = _pair(of_pairs, seen, weights, noise_var)
        # the inverse of X^T X + ridge follows each new row by Sherman and Morrison's formula
        spread = jnp.einsum("tij,tj->ti", inverse, x, precision="highest")
        gain = spread / (1 + jnp.sum(x * spread, -1))[:, None]
        learned = learned + gain * (y - jnp.sum(learned * x, -1))[:, None]
        return learned, inverse - gain[:, :, None] * spread[:, None, :], errors

    start = (
        jnp.zeros((trials, dim)),
        jnp.broadcast_to(prior_var / noise_var * jnp.eye(dim), (trials, dim, dim)),
        jnp.zeros((trials, *num_examples.shape)),
    )
    last = jnp.asarray(jnp.max(num_examples), jnp.int32)
    return lax.fori_loop(0, last + 1, step, start)[2]


@simulation(
    chunk=lambda dim: max(1, NUMBERS // dim**2),
    static=("dim",),
    curve="num_examples",
    validate=require_regression,
)
def ridge_error(
    key: jax.Array,
    trials: int,
    num_examples: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    prior_var: Numbers = 1.0,
) -> Estimate:
    """Squared error of ridge regression: weights, inputs and noise drawn; a datum is a regression.

    Args:
      num_examples: n, whole numbers of any shape; time grows with the largest.
      dim: input dimensions d.
      noise_var, prior_var: sigma^2 and tau^2, positive.

    Returns:
      Estimate of |w_hat - w|^2, the error to the noiseless target for x ~ N(0, I), of the shape of
      n.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2306.15063.

    >>> estimate = ridge_error(jax.random.key(0), 4096, jnp.array([0, 8]), 8, 0.25)
    >>> (estimate.mean / 8).round(1).tolist()
    [1.0, 0.2]
    """
    return Estimate.of(_ridge(key, trials, num_examples, dim, noise_var, prior_var))


@simulation(
    chunk=lambda dim, copies: max(1, NUMBERS // (dim * copies) ** 2),
    static=("dim", "copies"),
    validate=require_regression,
)
def large_size_ridge_error(
    key: jax.Array,
    trials: int,
    num_examples: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    prior_var: Numbers = 1.0,
    *,
    copies: Numbers,
) -> Estimate:
    """Squared error of ridge regression at `copies` times n, d and sigma^2, divided by copies.

    Args:
      num_examples: n, a whole number.
      dim: input dimensions d.
      noise_var, prior_var: sigma^2 and tau^2, positive.
      copies: a whole number.

    Returns:
      Estimate of |w_hat - w|^2 / copies; a datum is a regression.

    Raises:
      InputError: a number out of range.

    Source: docs, in_context section 4.

    >>> estimate = large_size_ridge_error(jax.random.key(0), 256, 2, 2, 0.5, copies=8)
    >>> print(f"{estimate.mean:.1f}")
    0.8
    """
    errors = _ridge(key, trials, copies * num_examples, copies * dim, copies * noise_var, prior_var)
    return Estimate.of(errors / copies)


@simulation(chunk=lambda dim: max(1, NUMBERS // dim), static=("dim",), validate=require_regression)
def gradient_step_error(
    key: jax.Array,
    trials: int,
    step_size: Numbers,
    dim: Numbers,
    num_examples: Numbers,
    noise_var: Numbers,
) -> Estimate:
    """Squared error per dimension of one gradient step from zero; a datum is a regression.

    Args:
      step_size: eta.
      dim, num_examples: d and n, whole numbers; time grows with n.
      noise_var: sigma^2, positive.

    Returns:
      Estimate of |w_hat - w|^2 / d.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2212.07677.

    >>> estimate = gradient_step_error(jax.random.key(0), 4096, 0.5, 8, 16, 0.25)
    >>> print(f"{estimate.mean:.1f}")
    0.4
    """
    of_weights, of_pairs = jax.random.split(key)
    weights = _normal(of_weights, trials, dim)

    def step(index, moment):
        x, y = _pair(of_pairs, index, weights, noise_var)
        return moment + y[:, None] * x

    moment = lax.fori_loop(0, jnp.asarray(num_examples, jnp.int32), step, jnp.zeros((trials, dim)))
    learned = step_size / num_examples * moment
    return Estimate.of(jnp.mean((learned - weights) ** 2, -1))
