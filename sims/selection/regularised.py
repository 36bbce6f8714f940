"""Policies under a budget, found on samples: tilting, chi-square, optimal stopping."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_positive
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.rewards import STANDARD_NORMAL, RewardLaw
from jtts.sims.selection.best import REPLICATES
from jtts.simulations import simulation

HALVINGS = 50


def require_budget(*, price=1.0, kl=0.0, **_):
    """Raise InputError unless the budget is one."""
    require_positive(price=price)
    require_nonnegative(kl=kl)


def tilted_sample(rewards, beta):
    """Mean and divergence of a sample reweighted by exp(beta r)."""
    log_weight = beta * rewards
    share = jax.nn.softmax(log_weight)
    log_ratio = log_weight - jax.nn.logsumexp(log_weight) + jnp.log(len(rewards))
    return {"kl": jnp.sum(share * log_ratio), "mean": jnp.sum(share * rewards)}


@simulation(chunk=2**15, min_chunks=REPLICATES)
def tilted_moments(
    key: jax.Array, trials: int, beta: Numbers, law: RewardLaw = STANDARD_NORMAL
) -> Estimate:
    """Mean and divergence of a sample reweighted by exp(beta r); the bias is 1 / trials.

    Args:
      beta: inverse temperature.
      law: of the reward.

    Returns:
      Estimate of the mapping of the theory; a datum is a sample.

    >>> sorted(tilted_moments(jax.random.key(0), 1, 0.5).mean)
    ['kl', 'mean']
    """
    return Estimate.of_one(tilted_sample(law.sample(key, (trials,)), beta))


@simulation(chunk=2**15, min_chunks=REPLICATES, validate=require_budget)
def gain_at_kl(
    key: jax.Array, trials: int, kl: Numbers, law: RewardLaw = STANDARD_NORMAL
) -> Estimate:
    """Largest mean reward of a reweighted sample at that divergence from equal weights.

    Lagrange's condition makes the weights exponential in the reward; the multiplier is found by
    bisection on the sample. The bias is of order 1 / trials.

    Args:
      kl: divergence in nats.
      law: of the reward.

    Returns:
      Estimate of the mean reward; a datum is a sample.

    Raises:
      InputError: a negative kl.

    >>> bool(abs(gain_at_kl(jax.random.key(0), 1, 0.5).mean - 1) < 0.02)
    True
    """
    rewards = law.sample(key, (trials,))

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        beyond = tilted_sample(rewards, jnp.exp(middle))["kl"] > kl
        return jnp.where(beyond, low, middle), jnp.where(beyond, middle, high)

    ends = lax.fori_loop(0, HALVINGS, halve, (jnp.asarray(-10.0), jnp.asarray(10.0)))
    return Estimate.of_one(tilted_sample(rewards, jnp.exp(ends[0]))["mean"])


@simulation(chunk=2**15, min_chunks=REPLICATES, validate=require_budget)
def chi_square_selection(
    key: jax.Array, trials: int, price: Numbers, correlation: Numbers = 1.0
) -> Estimate:
    """The weights on a sample that maximise its mean proxy less (price / 2) chi-square.

    They are a projection on the simplex, found exactly by sorting; the bias is one over the number
    of candidates that keep a weight.

    Args:
      price: positive.
      correlation: of proxy and truth.

    Returns:
      Estimate of the mapping of the theory; a datum is a sample.

    Raises:
      InputError: price <= 0.

    >>> sorted(chi_square_selection(jax.random.key(0), 1, 0.5).mean)
    ['chi2', 'gain']
    """
    proxy_key, noise_key = jax.random.split(key)
    proxy = jnp.sort(jax.random.normal(proxy_key, (trials,), float), descending=True)
    noise = jax.random.normal(noise_key, (trials,), float)
    truth = correlation * proxy + jnp.sqrt(1 - correlation**2) * noise
    count = jnp.arange(1, trials + 1)
    levels = (jnp.cumsum(proxy) - price * trials) / count
    level = levels[jnp.sum(proxy > levels) - 1]
    ratio = jnp.maximum(proxy - level, 0.0) / price
    return Estimate.of_one({"chi2": jnp.mean(ratio**2) - 1, "gain": jnp.mean(ratio * truth)})


def play_until_enough(key, trials, price, learning=2**17):
    """Games of one draw at a time: net reward and number of draws, averaged over `trials` games.

    What a game is worth is learnt on a sample, by Bellman's equation value = E max(r, value) -
    price (every step halves the bracket of its fixed point); then games are played, each stopped at
    the first reward above that value.
    """
    learn, play = jax.random.split(key)
    sample = jax.random.normal(learn, (learning,), float)

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        worth_more = jnp.mean(jnp.maximum(sample, middle)) - price > middle
        return jnp.where(worth_more, middle, low), jnp.where(worth_more, high, middle)

    bracket = (-price - 1.0, jnp.asarray(5.0))
    value = lax.fori_loop(0, HALVINGS, halve, bracket)[0]

    def draw(state):
        j, draws, reward, open_ = state
        new = jax.random.normal(jax.random.fold_in(play, j), (trials,), float)
        reward = jnp.where(open_, new, reward)
        return j + 1, draws + open_, reward, open_ & (new <= value)

    start = (0, jnp.zeros(trials), jnp.zeros(trials), jnp.ones(trials, bool))
    _, draws, reward, _ = lax.while_loop(lambda state: jnp.any(state[3]), draw, start)
    return jnp.mean(reward - price * draws), jnp.mean(draws)


@simulation(chunk=2**10, min_chunks=REPLICATES, validate=require_budget)
def optimal_stopping_value(key: jax.Array, trials: int, price: Numbers) -> Estimate:
    """Net reward of games stopped at the first draw above a value learnt before.

    Args:
      price: of a draw, positive.

    Returns:
      Estimate of the net reward; a datum is a chunk of games with one learnt value.

    Raises:
      InputError: price <= 0.

    >>> bool(abs(optimal_stopping_value(jax.random.key(0), 1, 0.1).mean - 0.902) < 0.02)
    True
    """
    return Estimate.of_one(play_until_enough(key, trials, price)[0])


@simulation(chunk=2**10, min_chunks=REPLICATES, validate=require_budget)
def optimal_stopping_draws(key: jax.Array, trials: int, price: Numbers) -> Estimate:
    """Number of draws of games stopped at the first draw above a value learnt before.

    Args:
      price: of a draw, positive.

    Returns:
      Estimate of the number; a datum is a chunk of games with one learnt value.

    Raises:
      InputError: price <= 0.

    >>> bool(abs(optimal_stopping_draws(jax.random.key(0), 1, 0.1).mean - 5.45) < 0.2)
    True
    """
    return Estimate.of_one(play_until_enough(key, trials, price)[1])
