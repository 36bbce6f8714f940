"""Best-of-n, played with explicit candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.special import log_ndtr

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.rewards import STANDARD_NORMAL, RewardLaw
from jtts.sims.selection.play import best_of, draw_atoms, require_play
from jtts.simulations import simulation

REPLICATES = 32  # of data that are themselves statistics of a sample


def best_normal(key, trials, n):
    """The largest of n standard normal rewards, [trials]."""

    def draw(key):
        return jax.random.normal(key, (trials,), float), ()

    return best_of(key, n, draw)[0]


def best_reward(key, trials, n, law):
    """The largest of n rewards, [trials]."""

    def draw(key):
        return law.sample(key, (trials,)), ()

    return best_of(key, n, draw)[0]


def log_ratio(reward, n):
    """ln of the density of the best of n over that of one normal reward: n P(worse)^(n-1)."""
    return jnp.log(n) + (n - 1) * log_ndtr(reward)


@simulation(chunk=4096, validate=require_play)
def best_of_n_divergences(key: jax.Array, trials: int, n: Numbers) -> Estimate:
    """Divergences between the best of n normal rewards and one.

    The density ratio n P(another is worse)^(n-1) is evaluated at rewards that were played: averages
    over the best of n, or over one draw, whichever has the smaller variance.

    Args:
      n: number of candidates; a whole number.

    Returns:
      Estimate of the mapping of the theory; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1.

    >>> estimate = best_of_n_divergences(jax.random.key(0), 4096, 4)
    >>> sorted(estimate.mean)
    ['chi2', 'hellinger2', 'kl', 'reverse_kl', 'tv']
    """
    best_key, one_key = jax.random.split(key)
    best = log_ratio(best_normal(best_key, trials, n), n)
    one = log_ratio(jax.random.normal(one_key, (trials,), float), n)
    return Estimate.of(
        {
            "kl": best,
            "reverse_kl": -one,
            "chi2": jnp.expm1(best),
            "tv": jnp.maximum(-jnp.expm1(-best), 0.0),
            "hellinger2": -jnp.expm1(one / 2),
        }
    )


@simulation(chunk=2**15, min_chunks=REPLICATES, validate=require_play)
def renyi_divergence(key: jax.Array, trials: int, n: Numbers, order: Numbers) -> Estimate:
    """Renyi divergence of the best of n normal rewards from one.

    The logarithm of a sample's mean is a datum: a chunk is large enough for its bias, the relative
    variance of that mean over twice the trials, to be below 1e-4.

    Args:
      n: number of candidates; a whole number.
      order: positive.

    Returns:
      Estimate of the divergence; a datum is a chunk.

    Raises:
      InputError: n not a whole number >= 1.

    >>> int(renyi_divergence(jax.random.key(0), 1, 2, 2.0).count)
    32
    """
    best_key, one_key = jax.random.split(key)
    best = log_ratio(best_normal(best_key, trials, n), n)
    one = log_ratio(jax.random.normal(one_key, (trials,), float), n)
    # E_best ratio^(a-1) = E_one ratio^a: the first is noiseless at a = 1, the second at a = 0
    excess = jnp.where(order == 1, 1e-9, order - 1)
    from_best = jnp.log1p(jnp.mean(jnp.expm1(excess * best)))
    from_one = jnp.log(jnp.mean(jnp.exp(order * one)))
    return Estimate.of_one(jnp.where(order > 0.75, from_best, from_one) / excess)


@simulation(chunk=4096, validate=require_play)
def win_rate(key: jax.Array, trials: int, n: Numbers) -> Estimate:
    """How often the best of n normal rewards beats one further draw.

    Args:
      n: number of candidates; a whole number.

    Returns:
      Estimate of the probability; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1.

    >>> bool(abs(win_rate(jax.random.key(0), 2**14, 3).mean - 0.75) < 0.02)
    True
    """
    best_key, one_key = jax.random.split(key)
    opponent = jax.random.normal(one_key, (trials,), float)
    return Estimate.of(best_normal(best_key, trials, n) > opponent)


def chosen_atom(key, trials, n, probabilities, rewards):
    """Index of the atom with the largest reward of n, the first drawn of equals, [trials]."""

    def draw(key):
        atom = draw_atoms(key, probabilities, (trials,))
        return rewards[atom], atom

    return best_of(key, n, draw)[1]


@simulation(chunk=2**16, validate=require_play)
def best_of_n_pmf(
    key: jax.Array, trials: int, n: Numbers, probabilities: Numbers, rewards: Numbers
) -> Estimate:
    """How often each atom is the best of n; of equal rewards the first drawn is kept.

    Args:
      n: number of candidates; a whole number.
      probabilities, rewards: of the atoms, [K].

    Returns:
      Estimate of the probabilities, [K]; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1.

    >>> atoms = jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0])
    >>> bool(abs(best_of_n_pmf(jax.random.key(0), 2**14, 2, *atoms).mean[1] - 0.75) < 0.02)
    True
    """
    atom = chosen_atom(key, trials, n, probabilities, rewards)
    return Estimate.of(jax.nn.one_hot(atom, len(probabilities), dtype=float))


@simulation(chunk=2**15, min_chunks=REPLICATES, validate=require_play)
def best_of_n_kl(
    key: jax.Array, trials: int, n: Numbers, probabilities: Numbers, rewards: Numbers
) -> Estimate:
    """Divergence of the frequencies of the best atom from those of one draw.

    A chunk gives the divergence of its frequencies, less (atoms seen - 1) / (2 trials), the bias of
    an entropy (Miller and Madow); what is left is of order trials^-2.

    Args:
      n: number of candidates; a whole number.
      probabilities, rewards: of the atoms, [K].

    Returns:
      Estimate of the divergence in nats; a datum is a chunk.

    Raises:
      InputError: n not a whole number >= 1.

    >>> atoms = jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0])
    >>> bool(best_of_n_kl(jax.random.key(0), 1, 2, *atoms).mean > 0.1)
    True
    """
    atom = chosen_atom(key, trials, n, probabilities, rewards)
    frequency = jnp.bincount(atom, length=len(probabilities)) / trials
    seen = frequency > 0
    terms = frequency * jnp.log(jnp.where(seen, frequency / probabilities, 1.0))
    return Estimate.of_one(jnp.sum(terms) - (jnp.sum(seen) - 1) / (2 * trials))


@simulation(chunk=4096, validate=require_play)
def expected_max(
    key: jax.Array, trials: int, n: Numbers, law: RewardLaw = STANDARD_NORMAL
) -> Estimate:
    """Mean of the largest of n rewards.

    Args:
      n: number of candidates; a whole number.
      law: of the reward.

    Returns:
      Estimate of the mean; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1.

    >>> bool(abs(expected_max(jax.random.key(0), 2**14, 2).mean - 0.564) < 0.03)
    True
    """
    return Estimate.of(best_reward(key, trials, n, law))


@simulation(chunk=2**10, min_chunks=REPLICATES, validate=require_play)
def max_variance(
    key: jax.Array, trials: int, n: Numbers, law: RewardLaw = STANDARD_NORMAL
) -> Estimate:
    """Variance of the largest of n rewards: the unbiased one of a chunk is a datum.

    Args:
      n: number of candidates; a whole number.
      law: of the reward.

    Returns:
      Estimate of the variance; a datum is a chunk.

    Raises:
      InputError: n not a whole number >= 1.

    >>> int(max_variance(jax.random.key(0), 1, 2).count)
    32
    """
    return Estimate.of_one(jnp.var(best_reward(key, trials, n, law), ddof=1))


@simulation(chunk=4096, validate=require_play)
def best_of_n_gain_bound(
    key: jax.Array, trials: int, n: Numbers, law: RewardLaw = STANDARD_NORMAL
) -> Estimate:
    """What is bounded: the mean of the largest of n rewards.

    Args:
      n: number of candidates; a whole number.
      law: of the reward.

    Returns:
      Estimate of the mean; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1.

    >>> bool(best_of_n_gain_bound(jax.random.key(0), 2**14, 2).mean < 0.63)
    True
    """
    return Estimate.of(best_reward(key, trials, n, law))
