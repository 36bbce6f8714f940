"""Induction heads played on item-label contexts: copying, guessing, and three nested logits."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.special import digamma

from jtts.arguments import InputError, require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

NUMBERS = 2**18  # held by one chunk


def require_context(*, num_items, num_labels, dim=1, within_class_noise=0.0, **_):
    """Raise InputError unless the context can be played."""
    require_whole(num_items=num_items, num_labels=num_labels, dim=dim)
    require_nonnegative(within_class_noise=within_class_noise)


def _labels(key, shape, num_labels):
    return jax.random.randint(key, shape, 0, jnp.asarray(num_labels, jnp.int32))


@simulation(
    chunk=lambda dim, num_items: max(1, NUMBERS // (dim * num_items)),
    static=("dim", "num_items"),
    validate=require_context,
)
def induction_ceiling(
    key: jax.Array,
    trials: int,
    dim: Numbers,
    num_items: Numbers,
    within_class_noise: Numbers,
    num_labels: Numbers,
) -> Estimate:
    """Accuracy of copying the label of the item most like the query; a datum is a context.

    Args:
      dim, num_items: D and N, whole numbers.
      within_class_noise: epsilon, zero or positive.
      num_labels: L, a whole number.

    Returns:
      Estimate of the share of right answers.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2312.03002.

    >>> estimate = induction_ceiling(jax.random.key(0), 4096, 16, 8, 0.5, 32)
    >>> print(f"{estimate.mean:.1f}")
    1.0
    """
    of_classes, of_items, of_query, of_labels = jax.random.split(key, 4)
    means = _normal(of_classes, (trials, num_items, dim))
    items = means + within_class_noise * _normal(of_items, means.shape)
    query = means[:, 0] + within_class_noise * _normal(of_query, (trials, dim))
    winner = jnp.argmax(jnp.einsum("tnd,td->tn", items, query, precision="highest"), -1)
    labels = _labels(of_labels, (trials, num_items), num_labels)
    named = jnp.take_along_axis(labels, winner[:, None], 1)[:, 0]
    return Estimate.of(named == labels[:, 0])


def _normal(key, shape):
    return jax.random.normal(key, shape, jnp.float32).astype(jnp.result_type(float))


@simulation(
    chunk=lambda num_items: max(1, NUMBERS // num_items),
    static=("num_items",),
    validate=require_context,
)
def plateau_loss(key: jax.Array, trials: int, num_items: Numbers, num_labels: Numbers) -> Estimate:
    """Minus the log of the share that the label of one item has in a context; a datum is a context.

    Args:
      num_items: N, a whole number.
      num_labels: L, a whole number.

    Returns:
      Estimate in nats.

    Raises:
      InputError: a number out of range.

    Source: docs, in_context section 9.

    >>> print(f"{plateau_loss(jax.random.key(0), 4096, 4, 8).mean:.1f}")
    1.1
    """
    labels = _labels(key, (trials, num_items), num_labels)
    share = jnp.sum(labels == labels[:, :1], -1) / num_items
    return Estimate.of(-jnp.log(share))


@simulation(
    chunk=lambda num_items: max(1, NUMBERS // num_items**2),
    static=("num_items",),
    validate=require_context,
)
def plateau_accuracy(
    key: jax.Array, trials: int, num_items: Numbers, num_labels: Numbers
) -> Estimate:
    """Accuracy of naming a label that no other of the context outnumbers; a datum is a context.

    Args:
      num_items: N, a whole number.
      num_labels: L, a whole number.

    Returns:
      Estimate of the share of right answers.

    Raises:
      InputError: a number out of range.

    Source: docs, in_context section 9.

    >>> print(f"{plateau_accuracy(jax.random.key(0), 4096, 4, 8).mean:.1f}")
    0.4
    """
    of_labels, of_query = jax.random.split(key)
    labels = _labels(of_labels, (trials, num_items), num_labels)
    asked = jax.random.randint(of_query, (trials, 1), 0, num_items)
    copies = jnp.sum(labels[:, :, None] == labels[:, None, :], -1)
    named = jnp.take_along_axis(labels, jnp.argmax(copies, -1)[:, None], 1)
    return Estimate.of((named == jnp.take_along_axis(labels, asked, 1))[:, 0])


def require_logits(*, num_items, num_labels, **_):
    """Raise InputError unless the three logits can be played."""
    require_whole(2, num_items=num_items)
    require_whole(num_labels=num_labels)
    if num_labels < num_items:
        raise InputError(f"num_labels must be at least num_items, got {num_labels}")


@simulation(
    chunk=lambda num_items, num_labels: max(1, NUMBERS // (num_items * num_labels)),
    static=("num_items", "num_labels"),
    validate=require_logits,
)
def nested_logit_loss(
    key: jax.Array,
    trials: int,
    previous_token: Numbers,
    content_match: Numbers,
    alignment: Numbers,
    *,
    num_items: Numbers,
    num_labels: Numbers,
) -> Estimate:
    """Cross entropy of an induction head, token by token, by guessing until the label is right.

    Items are orthonormal vectors. A label token attends to the item before it (logit beta) among N
    others (logit 0) and keeps what it reads; the query attends to the labels by the product of its
    item with what they keep, times alpha; the labels it reads, times xi, are the logits of a
    softmax. Guesses are drawn from that until one is right: minus log p is the mean of
    1 + 1/2 + ... + 1/T for T wrong guesses.

    Args:
      previous_token, content_match, alignment: beta, alpha and xi.
      num_items: N, a whole number, at least 2.
      num_labels: L, a whole number, at least N.

    Returns:
      Estimate in nats; a datum is a context.

    Raises:
      InputError: a number out of range.

    Source: after arXiv:2312.03002 (docs, in_context section 10).

    >>> sizes = {"num_items": 8, "num_labels": 32}
    >>> estimate = nested_logit_loss(jax.random.key(0), 16384, 0.3, 1.2, 2.0, **sizes)
    >>> print(f"{estimate.mean:.1f}")
    3.2
    """
    of_labels, of_query, of_guesses = jax.random.split(key, 3)
    order = jax.random.uniform(of_labels, (trials, num_labels))
    labels = jax.nn.one_hot(jnp.argsort(order, -1)[:, :num_items], num_labels)
    asked = jax.random.randint(of_query, (trials,), 0, num_items)
    items = jnp.eye(num_items)
    to_previous = jax.nn.softmax(jnp.zeros(num_items + 1).at[0].set(previous_token))
    kept = to_previous[0] * items
    scores = content_match * jnp.einsum("td,nd->tn", items[asked], kept, precision="highest")
    read = jnp.einsum("tn,tnl->tl", jax.nn.softmax(scores), labels, precision="highest")
    chances = jax.nn.softmax(alignment * read)
    right = jnp.sum(chances * labels[jnp.arange(trials), asked], -1)
    uniforms = jax.random.uniform(of_guesses, (trials,), minval=jnp.finfo(float).tiny)
    wrong = jnp.floor(jnp.log(uniforms) / jnp.log1p(-right))
    return Estimate.of(digamma(wrong + 1) - digamma(1.0))
