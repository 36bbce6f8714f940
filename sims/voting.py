"""Votes cast one by one."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, concrete, require_nonnegative, require_probability
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation


def require_votes(*, n, **chances):
    """Raise InputError unless the votes can be cast."""
    known = concrete(n)
    if known is not None and (known < 1 or known != round(float(known))):
        raise InputError(f"n must be a whole number, at least 1, got {known:g}")
    require_nonnegative(
        **{name: chances[name] for name in ("a", "b", "weights") if name in chances}
    )
    names = ("p", "probabilities")
    require_probability(**{name: chances[name] for name in names if name in chances})


def right_votes(key, n, chances):
    """Number of right answers among n, one question per entry of `chances`."""

    def vote(j, right):
        return right + (jax.random.uniform(jax.random.fold_in(key, j), chances.shape) < chances)

    return lax.fori_loop(0, n, vote, jnp.zeros(chances.shape, int))


def majority(key, n, chances):
    return Estimate.of(2 * right_votes(key, n, chances) > n)


@simulation(validate=require_votes)
def majority_accuracy(key: jax.Array, trials: int, n: Numbers, p: Numbers) -> Estimate:
    """Whether most of n answers are right.

    Args:
      n: number of answers, odd. Time grows with it.
      p: chance that one answer is right.

    Raises:
      InputError: n not a whole number, or p outside [0, 1].

    Source: docs/voting.md.

    >>> print(f"{majority_accuracy(jax.random.key(0), 20_000, 11, 0.6).mean:.2f}")
    0.75
    """
    return majority(key, n, jnp.full(trials, p))


@simulation(validate=require_votes)
def majority_increment(key: jax.Array, trials: int, n: Numbers, p: Numbers) -> Estimate:
    """Whether most of n + 2 answers are right, less whether most of the first n are.

    Args:
      n: number of answers, odd. Time grows with it.
      p: chance that one answer is right.

    Source: docs/voting.md.

    >>> print(f"{majority_increment(jax.random.key(0), 10_000, 7, 0.6).mean:.2f}")
    0.02
    """
    first, last = jax.random.split(key)
    chances = jnp.full(trials, p)
    before = right_votes(first, n, chances)
    after = before + right_votes(last, 2, chances)
    return Estimate.of((2 * after > n + 2) * 1.0 - (2 * before > n))


@simulation(validate=require_votes)
def beta_majority_accuracy(
    key: jax.Array, trials: int, n: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Whether most of n answers to a question of difficulty p ~ Beta(a, b) are right.

    Args:
      n: number of answers, odd. Time grows with it.
      a, b: shapes, positive.

    Source: docs/voting.md.

    >>> print(f"{beta_majority_accuracy(jax.random.key(0), 20_000, 11, 3.0, 2.0).mean:.1f}")
    0.7
    """
    of_question, of_votes = jax.random.split(key)
    return majority(of_votes, n, jax.random.beta(of_question, a, b, (trials,), float))


@simulation(validate=require_votes)
def mixed_majority_accuracy(
    key: jax.Array, trials: int, n: Numbers, weights: Numbers, probabilities: Numbers
) -> Estimate:
    """Whether most of n answers to a question of a random kind are right.

    Args:
      n: number of answers, odd. Time grows with it.
      weights, probabilities: shares of the kinds and their chances, [kinds].

    Source: docs/voting.md.

    >>> estimate = mixed_majority_accuracy(jax.random.key(0), 20_000, 11, [0.6, 0.4], [0.8, 0.45])
    >>> print(f"{estimate.mean:.2f}")
    0.74
    """
    of_question, of_votes = jax.random.split(key)
    kinds = jax.random.categorical(of_question, jnp.log(weights), shape=(trials,))
    return majority(of_votes, n, probabilities[kinds])


@simulation(validate=require_votes)
def plurality_accuracy(key: jax.Array, trials: int, n: Numbers, probabilities: Numbers) -> Estimate:
    """Chance of the first answer in the draw among the most frequent of n answers.

    Args:
      n: number of answers. Time grows with it.
      probabilities: of each answer, [answers].

    Source: docs/voting.md.

    >>> estimate = plurality_accuracy(jax.random.key(0), 20_000, 11, [0.4, 0.3, 0.2, 0.1])
    >>> print(f"{estimate.mean:.2f}")
    0.58
    """
    edges = jnp.cumsum(probabilities)[:-1]

    def vote(j, counts):
        u = jax.random.uniform(jax.random.fold_in(key, j), (trials, 1))
        answer = jnp.sum(u > edges, -1)
        return counts + (answer[:, None] == jnp.arange(probabilities.shape[-1]))

    counts = lax.fori_loop(0, n, vote, jnp.zeros((trials, probabilities.shape[-1]), int))
    top = counts == jnp.max(counts, -1, keepdims=True)
    return Estimate.of(top[:, 0] / jnp.sum(top, -1))


@simulation(validate=require_votes)
def weighted_plurality_accuracy(
    key: jax.Array, trials: int, n: Numbers, weights: Numbers, probabilities: Numbers
) -> Estimate:
    """Chance of the first answer in the draw among the most frequent answers of several models.

    A trial is a question, any with the same chance; each vote is that of a model drawn by weight.

    Args:
      n: number of votes. Time grows with it.
      weights: of the models, [models].
      probabilities: [questions, models, answers].

    Source: docs/voting.md.

    >>> chances = [[[0.4, 0.1, 0.5], [0.4, 0.5, 0.1]]]
    >>> found = weighted_plurality_accuracy(jax.random.key(0), 20_000, 101, [0.5, 0.5], chances)
    >>> print(f"{found.mean:.1f}")
    0.8
    """
    of_question, of_votes = jax.random.split(key)
    questions, _, answers = probabilities.shape
    asked = jax.random.randint(of_question, (trials,), 0, questions)
    upto = jnp.cumsum(probabilities, -1) / jnp.sum(probabilities, -1, keepdims=True)
    of_models = jnp.cumsum(weights)[:-1] / jnp.sum(weights)

    def vote(j, counts):
        u, v = jax.random.uniform(jax.random.fold_in(of_votes, j), (2, trials, 1))
        model = jnp.sum(u > of_models, -1)
        answer = jnp.sum(v > upto[asked, model, :-1], -1)
        return counts + (answer[:, None] == jnp.arange(answers))

    counts = lax.fori_loop(0, n, vote, jnp.zeros((trials, answers), int))
    top = counts == jnp.max(counts, -1, keepdims=True)
    return Estimate.of(top[:, 0] / jnp.sum(top, -1))
