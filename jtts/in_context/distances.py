"""Losses of predictions, and how far two predictions are from each other."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.in_context.sequences import Sequences

LEAST = 1e-12  # probability below which a prediction is taken to be this


def over_positions(values: jax.Array, weights: jax.Array) -> jax.Array:
    """Average over the positions of a batch at which something is asked."""
    return jnp.sum(values * weights) / jnp.sum(weights)


def loss_of_answers(answers: jax.Array, sequences: Sequences) -> jax.Array:
    """Training loss of a network's answers: cross entropy in nats, or squared error to y."""
    weights = sequences.weights.astype(answers.dtype)
    if not sequences.outputs:
        gaps = answers - sequences.targets.astype(answers.dtype)
        return over_positions(gaps**2, weights)
    # log p of the target by a one-hot product: its gradient is no scatter
    asked = jax.nn.one_hot(sequences.targets, sequences.outputs, dtype=answers.dtype)
    return -over_positions(jnp.sum(jax.nn.log_softmax(answers) * asked, -1), weights)


def loss(prediction: jax.Array, sequences: Sequences) -> jax.Array:
    """Loss of probabilities (cross entropy, nats) or means (squared error to y)."""
    if sequences.outputs:
        prediction = jnp.log(jnp.maximum(prediction, LEAST))
    return loss_of_answers(prediction, sequences)


def accuracy(prediction: jax.Array, sequences: Sequences) -> jax.Array:
    """Share of the sequences in which the likeliest class is right wherever one is asked for."""
    right = jnp.argmax(prediction, -1) == sequences.targets
    return jnp.mean(jnp.all(right | (sequences.weights == 0), -1))


def excess(prediction: jax.Array, sequences: Sequences) -> jax.Array:
    """KL divergence from the oracle in nats, or squared error to the noiseless target (total)."""
    truth = sequences.oracle
    if not sequences.outputs:
        return over_positions((prediction - truth) ** 2, sequences.weights)
    return over_positions(_divergence(truth, prediction), sequences.weights)


def distance(first: jax.Array, second: jax.Array, sequences: Sequences) -> jax.Array:
    """(KL(p||q) + KL(q||p)) / 2 in nats, or squared difference of means, over positions."""
    if not sequences.outputs:
        return over_positions((first - second) ** 2, sequences.weights)
    both = _divergence(first, second) + _divergence(second, first)
    return over_positions(both / 2, sequences.weights)


def _divergence(truth, prediction):
    logs = jnp.log(jnp.maximum(truth, LEAST)) - jnp.log(jnp.maximum(prediction, LEAST))
    return jnp.sum(truth * logs, -1)
