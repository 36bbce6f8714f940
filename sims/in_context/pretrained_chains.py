"""Chains whose step is fitted to training prompts, then taken on a test prompt."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_nonnegative, require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation
from jtts.sizes import power_of_two

TESTS = 16  # weights asked for after each pretraining
PROMPTS = 512  # of pretraining, and examples of the test prompt, for each of `size`


def _prompts(key, count, inputs, noise_var, rows):
    """Weights and X'y/n of prompts; `inputs(key, shape)` draws features, `rows` are in use."""
    w_key, x_key, noise_key = jax.random.split(key, 3)
    x = inputs(x_key, (count, rows.shape[0]))
    w = jax.random.normal(w_key, (count, x.shape[-1]), float)
    noise = jnp.sqrt(noise_var) * jax.random.normal(noise_key, x.shape[:-1], float)
    y = jnp.einsum("pnd,pd->pn", x, w, precision="highest") + noise
    seen = jnp.einsum("pnd,pn->pd", x, jnp.where(rows, y, 0.0), precision="highest")
    return w, seen / jnp.sum(rows)


def _fitted(w, h, used):
    """The least-squares map from h to w, over the prompts that are used."""
    h = jnp.where(used[:, None], h, 0.0)
    square = jnp.einsum("pi,pj->ij", h, h, precision="highest")
    mixed = jnp.einsum("pi,pj->ij", h, w, precision="highest")
    return jnp.linalg.solve(square, mixed).T


def _walk(moved, w, num_steps):
    """Squared distance per dimension after steps `moved(w - now)` from 0."""
    found = lax.fori_loop(
        0,
        jnp.asarray(num_steps, int),
        lambda _, now: now + moved(w - now),
        jnp.zeros_like(w),
    )
    return jnp.mean((found - w) ** 2)


def require_pretraining(*, dim, num_steps, context_noise, pretraining_noise):
    """Raise InputError unless such a pretraining can be played."""
    require_whole(1, dim=dim)
    require_whole(0, num_steps=num_steps)
    require_positive(context_noise=context_noise, pretraining_noise=pretraining_noise)


SIZES = {
    "most": lambda dim, context_noise, **_: power_of_two(
        int(np.max(np.ceil((dim + 1) / np.asarray(context_noise))))
    ),
    "most_prompts": lambda dim, pretraining_noise, **_: power_of_two(
        int(np.max(np.round(dim + 1 + dim / np.asarray(pretraining_noise))))
    ),
}


@simulation(
    chunk=lambda dim, most, most_prompts: max(2**20 // (dim * most * most_prompts), 1),
    static=("dim",),
    sizes=SIZES,
    validate=require_pretraining,
)
def pretrained_chain_long_context(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    context_noise: Numbers,
    pretraining_noise: Numbers,
    dim: int,
    most: Numbers,
    most_prompts: Numbers,
) -> Estimate:
    """Fit the step to d + 1 + d/omega prompts; take steps where X'X/n is the identity.

    Training prompts are as long as (d + 1)/q, rounded up; their noise makes (d + 1 + sigma^2)/n q.

    Args:
      num_steps: t, whole.
      context_noise: q, positive.
      pretraining_noise: omega, positive; the number of prompts is rounded.
      dim: d, whole.

    Returns:
      Estimate of the squared distance to the weights, per dimension; a datum is a pretraining,
      the mean over 16 test weights.

    Raises:
      InputError: a number out of range.

    >>> found = pretrained_chain_long_context(jax.random.key(0), 2**6, 2, 1.0, 0.5, dim=16)
    >>> bool(abs(found.mean - 0.2) < 0.03)
    True
    """
    length = jnp.ceil((dim + 1) / context_noise)
    noise_var = jnp.maximum(context_noise * length - dim - 1, 0.0)
    used = jnp.arange(most_prompts) < jnp.round(dim + 1 + dim / pretraining_noise)
    rows = jnp.arange(most) < length

    def one(key):
        train_key, test_key = jax.random.split(key)
        w, h = _prompts(
            train_key,
            most_prompts,
            lambda key, shape: jax.random.normal(key, (*shape, dim), float),
            noise_var,
            rows,
        )
        step = _fitted(w, h, used)
        tested = jax.random.normal(test_key, (TESTS, dim), float)
        return _walk(
            lambda gap: jnp.einsum("ij,wj->wi", step, gap, precision="highest"), tested, num_steps
        )

    return Estimate.of(jax.vmap(one)(jax.random.split(key, trials)))


def require_shift(*, num_steps, spectrum, test_spectrum, num_examples, noise_var, size):
    """Raise InputError unless such a pretraining can be played."""
    require_whole(1, num_examples=num_examples, size=size)
    require_whole(0, num_steps=num_steps)
    require_nonnegative(spectrum=spectrum, test_spectrum=test_spectrum, noise_var=noise_var)


@simulation(
    chunk=lambda size, most: max(2**9 // (size * most), 1),
    static=("size",),
    sizes={"most": lambda num_examples, **_: power_of_two(int(np.max(num_examples)))},
    validate=require_shift,
)
def shifted_chain_error(
    key: jax.Array,
    trials: int,
    num_steps: Numbers,
    spectrum: Numbers,
    test_spectrum: Numbers,
    num_examples: Numbers,
    noise_var: Numbers,
    size: int,
    most: Numbers,
) -> Estimate:
    """Fit the step to many prompts of one covariance; take steps on a long prompt of another.

    Args:
      num_steps: t, whole.
      spectrum, test_spectrum: variances of the features, [d].
      num_examples: n of a training prompt, whole.
      noise_var: variance of the noise of a label, in training and at test.
      size: the prompts of pretraining and the examples at test are 512 times so many.

    Returns:
      Estimate of the squared distance to the weights, per dimension; a datum is a pretraining,
      the mean over 16 test weights.

    Raises:
      InputError: a number out of range.

    >>> one = jnp.ones(4)
    >>> found = shifted_chain_error(jax.random.key(0), 2**6, 2, one, one, 12, 0.5, size=2)
    >>> bool(abs(found.mean - 0.01) < 0.01)
    True
    """
    count = PROMPTS * size

    def drawn(spectrum):
        return lambda key, shape: (
            jnp.sqrt(spectrum) * jax.random.normal(key, (*shape, spectrum.shape[-1]), float)
        )

    def one(key):
        train_key, w_key, x_key, noise_key = jax.random.split(key, 4)
        w, h = _prompts(
            train_key, count, drawn(spectrum), noise_var, jnp.arange(most) < num_examples
        )
        step = _fitted(w, h, jnp.ones(count, bool))
        tested = jax.random.normal(w_key, (TESTS, *test_spectrum.shape), float)
        x = drawn(test_spectrum)(x_key, (count,))
        noise = jnp.sqrt(noise_var) * jax.random.normal(noise_key, (TESTS, count), float)

        def moved(gap):
            error = jnp.einsum("nd,wd->wn", x, gap, precision="highest") + noise
            mean = jnp.einsum("nd,wn->wd", x, error, precision="highest") / count
            return jnp.einsum("ij,wj->wi", step, mean, precision="highest")

        return _walk(moved, tested, num_steps)

    return Estimate.of(jax.vmap(one)(jax.random.split(key, trials)))
