"""Attempts at tasks of random difficulty, played out.

A task's chance p of one attempt is drawn from a law of difficulty; its attempts are independent.
The number of the first success is geometric: drawn once, it tells the outcome for every k.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.arguments import require_probability, require_whole
from jtts.difficulty import Beta, Kumaraswamy, LogUniform
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation


def require_attempts(**given):
    """Raise InputError unless the number of attempts is a whole number."""
    counts = {name: given[name] for name in ("k", "n", "m", "attempts") if name in given}
    require_whole(0, **counts)
    if "num_samples" in given:
        require_whole(1, num_samples=given["num_samples"])
    if "unsolvable" in given:
        require_probability(unsolvable=given["unsolvable"])


def draw_chances(key, trials, difficulty):
    """The chance p of one attempt at each of `trials` tasks."""
    if isinstance(difficulty, Beta):
        return difficulty.scale * jax.random.beta(key, difficulty.a, difficulty.b, (trials,), float)
    u = jax.random.uniform(key, (trials,), float)
    if isinstance(difficulty, Kumaraswamy):
        return (1 - (1 - u) ** (1 / difficulty.b)) ** (1 / difficulty.a)
    return difficulty.lowest**u


def first_success(key, chances):
    """Number of the first successful attempt, infinity where there is none."""
    log_u = jnp.log1p(-jax.random.uniform(key, chances.shape, float))
    return jnp.where(chances > 0, 1 + jnp.floor(log_u / jnp.log1p(-chances)), jnp.inf)


@simulation(curve="k", validate=require_attempts)
def failure_at_k(
    key: jax.Array,
    trials: int,
    k: Numbers,
    difficulty: Beta | Kumaraswamy | LogUniform,
    unsolvable: Numbers = 0.0,
) -> Estimate:
    """Probability that none of k attempts succeeds.

    Args:
      k: number of attempts; whole numbers of any shape.
      difficulty: law of p among solvable tasks.
      unsolvable: share of tasks that no attempt solves.

    Raises:
      InputError: k not a whole number, or a share outside [0, 1].

    Source: docs/repeated_sampling.md.

    >>> estimate = failure_at_k(jax.random.key(0), 10_000, 10, Beta(0.5, 2.0))
    >>> print(f"{estimate.mean:.1f}")
    0.4
    """
    of_task, of_kind, of_attempts = jax.random.split(key, 3)
    chances = draw_chances(of_task, trials, difficulty)
    hopeless = jax.random.uniform(of_kind, (trials,)) < unsolvable
    first = first_success(of_attempts, jnp.where(hopeless, 0.0, chances))
    return Estimate.of(first.reshape(-1, *[1] * jnp.ndim(k)) > k)


@simulation(curve="k", validate=require_attempts)
def pass_at_k(key: jax.Array, trials: int, k: Numbers, a: Numbers, b: Numbers) -> Estimate:
    """Probability that at least one of k attempts succeeds, p ~ Beta(a, b).

    Args:
      k: number of attempts; whole numbers of any shape.
      a, b: shapes, positive.

    Source: docs/repeated_sampling.md.

    >>> estimate = pass_at_k(jax.random.key(0), 10_000, 10, 0.5, 2.0)
    >>> print(f"{estimate.mean:.1f}")
    0.6
    """
    of_task, of_attempts = jax.random.split(key)
    first = first_success(of_attempts, draw_chances(of_task, trials, Beta(a, b)))
    return Estimate.of(first.reshape(-1, *[1] * jnp.ndim(k)) <= k)


@simulation(curve="k", validate=require_attempts)
def all_pass_at_k(key: jax.Array, trials: int, k: Numbers, a: Numbers, b: Numbers) -> Estimate:
    """Probability that all of k attempts succeed, p ~ Beta(a, b).

    Args:
      k: number of attempts; whole numbers of any shape.
      a, b: shapes, positive.

    Source: docs/repeated_sampling.md.

    >>> estimate = all_pass_at_k(jax.random.key(0), 10_000, 2, 1.0, 1.0)
    >>> print(f"{estimate.mean:.1f}")
    0.3
    """
    of_task, of_attempts = jax.random.split(key)
    first_failure = first_success(of_attempts, 1 - draw_chances(of_task, trials, Beta(a, b)))
    return Estimate.of(first_failure.reshape(-1, *[1] * jnp.ndim(k)) > k)


def share_correct(key, trials, num_samples, a, b):
    """Share of correct ones among the samples of each of `trials` tasks, p ~ Beta(a, b)."""
    of_task, of_samples = jax.random.split(key)
    chances = draw_chances(of_task, trials, Beta(a, b))
    return jax.random.binomial(of_samples, num_samples, chances, dtype=float) / num_samples


@simulation(curve="k", validate=require_attempts)
def plug_in_pass_at_k(
    key: jax.Array, trials: int, k: Numbers, num_samples: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Estimate of pass@k by the share of correct samples, p ~ Beta(a, b).

    Args:
      k: number of attempts; whole numbers of any shape.
      num_samples: samples of every task; a whole number.
      a, b: shapes, positive.

    Raises:
      InputError: k or num_samples not a whole number.

    Source: docs/repeated_sampling.md.

    >>> estimate = plug_in_pass_at_k(jax.random.key(0), 10_000, 10, 20, 0.5, 2.0)
    >>> print(f"{estimate.mean:.1f}")
    0.6
    """
    share = share_correct(key, trials, num_samples, a, b).reshape(-1, *[1] * jnp.ndim(k))
    return Estimate.of(1 - (1 - share) ** k)


@simulation(curve="k", validate=require_attempts)
def plug_in_all_pass_at_k(
    key: jax.Array, trials: int, k: Numbers, num_samples: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Estimate of pass^k by the share of correct samples, p ~ Beta(a, b).

    Arguments and errors are those of `plug_in_pass_at_k`.

    Source: docs/repeated_sampling.md.

    >>> estimate = plug_in_all_pass_at_k(jax.random.key(0), 10_000, 4, 20, 0.5, 2.0)
    >>> print(f"{estimate.mean:.2f}")
    0.03
    """
    share = share_correct(key, trials, num_samples, a, b).reshape(-1, *[1] * jnp.ndim(k))
    return Estimate.of(share**k)


@simulation(curve="n", validate=require_attempts)
def expected_tries(key: jax.Array, trials: int, n: Numbers, a: Numbers, b: Numbers) -> Estimate:
    """Attempts until the first success, at most n, p ~ Beta(a, b).

    Args:
      n: largest number of attempts; whole numbers of any shape.
      a, b: shapes, positive.

    Source: docs/repeated_sampling.md.

    >>> estimate = expected_tries(jax.random.key(0), 10_000, 16, 0.5, 2.0)
    >>> print(f"{estimate.mean:.0f}")
    8
    """
    of_task, of_attempts = jax.random.split(key)
    first = first_success(of_attempts, draw_chances(of_task, trials, Beta(a, b)))
    return Estimate.of(jnp.minimum(first.reshape(-1, *[1] * jnp.ndim(n)), n))


@simulation(validate=require_attempts)
def success_after_failures(
    key: jax.Array, trials: int, m: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Success of the next attempt at the tasks whose first m attempts failed, p ~ Beta(a, b).

    A datum is such a task: there are fewer than trials.

    Args:
      m: number of failures; a whole number.
      a, b: shapes, positive.

    Source: docs/repeated_sampling.md.

    >>> estimate = success_after_failures(jax.random.key(0), 10_000, 3, 0.5, 1.5)
    >>> print(f"{estimate.mean:.1f}")
    0.1
    """
    of_task, of_attempts = jax.random.split(key)
    first = first_success(of_attempts, draw_chances(of_task, trials, Beta(a, b)))
    reached, succeeded = first > m, first == m + 1
    count = jnp.sum(reached, dtype=float)
    mean = jnp.sum(succeeded) / jnp.maximum(count, 1)
    return Estimate(count, mean, count * mean * (1 - mean))


@simulation(validate=require_attempts)
def solved_share(
    key: jax.Array, trials: int, probabilities: Numbers, attempts: Numbers
) -> Estimate:
    """Share of the questions that are solved at least once.

    Args:
      probabilities: chance of one attempt at each question, [questions].
      attempts: for each question, [questions] or a number.

    Source: docs/repeated_sampling.md.

    >>> estimate = solved_share(jax.random.key(0), 1000, [0.5, 0.5], 1)
    >>> print(f"{estimate.mean:.1f}")
    0.5
    """
    chances = jnp.broadcast_to(probabilities, (trials, probabilities.shape[-1]))
    return Estimate.of(jnp.mean(first_success(key, chances) <= attempts, -1, dtype=float))
