"""Soft best-of-n: the choice among n explicit candidates is averaged, not drawn."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.rewards import STANDARD_NORMAL, RewardLaw
from jtts.sims.selection.best import REPLICATES
from jtts.sims.selection.play import draw_atoms, require_play, softmax_average
from jtts.simulations import simulation


def choice_of_atoms(key, trials, n, beta, probabilities, rewards):
    """Probability that each atom is chosen, given the candidates of a trial; [trials, K]."""

    def draw(key):
        atom = draw_atoms(key, probabilities, (trials,))
        return beta * rewards[atom], jax.nn.one_hot(atom, len(probabilities), dtype=float)

    return softmax_average(key, n, draw)


@simulation(chunk=4096, validate=require_play)
def soft_best_of_n_pmf(
    key: jax.Array, trials: int, n: Numbers, beta: Numbers, probabilities: Numbers, rewards: Numbers
) -> Estimate:
    """Probability of each atom under soft best-of-n.

    Args:
      n: number of candidates; a whole number.
      beta: inverse temperature, >= 0.
      probabilities, rewards: of the atoms, [K].

    Returns:
      Estimate of the probabilities, [K]; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1, or a negative beta.

    >>> atoms = jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0])
    >>> soft_best_of_n_pmf(jax.random.key(0), 1, 4, 1.0, *atoms).mean.shape
    (2,)
    """
    return Estimate.of(choice_of_atoms(key, trials, n, beta, probabilities, rewards))


@simulation(chunk=4096, validate=require_play)
def soft_best_of_n_success(
    key: jax.Array, trials: int, n: Numbers, beta: Numbers, p: Numbers
) -> Estimate:
    """Success probability of soft best-of-n under a binary reward.

    Args:
      n: number of candidates; a whole number.
      beta: inverse temperature, >= 0.
      p: success probability of a candidate.

    Returns:
      Estimate of the probability; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1, or a negative beta.

    >>> bool(soft_best_of_n_success(jax.random.key(0), 1, 4, 2.0, 0.2).mean > 0.3)
    True
    """

    def draw(key):
        success = jax.random.bernoulli(key, p, (trials,)).astype(float)
        return beta * success, success

    return Estimate.of(softmax_average(key, n, draw))


@simulation(chunk=4096, validate=require_play)
def soft_best_of_n_gain(
    key: jax.Array, trials: int, n: Numbers, beta: Numbers, law: RewardLaw = STANDARD_NORMAL
) -> Estimate:
    """Mean reward of soft best-of-n.

    Args:
      n: number of candidates; a whole number.
      beta: inverse temperature, >= 0.
      law: of the reward.

    Returns:
      Estimate of the mean; a datum is a trial.

    Raises:
      InputError: n not a whole number >= 1, or a negative beta.

    >>> bool(soft_best_of_n_gain(jax.random.key(0), 1, 16, 1.0).mean > 0.8)
    True
    """

    def draw(key):
        reward = law.sample(key, (trials,))
        return beta * reward, reward

    return Estimate.of(softmax_average(key, n, draw))


@simulation(chunk=2**14, min_chunks=REPLICATES, validate=require_play)
def soft_best_of_n_divergences(
    key: jax.Array, trials: int, n: Numbers, beta: Numbers, probabilities: Numbers, rewards: Numbers
) -> Estimate:
    """Divergence of soft best-of-n from the reference and from the tilted law.

    The choice probabilities are averaged over a chunk; the divergence of such averages has a bias,
    half the sum of their relative variances, which is estimated and removed.

    Args:
      n: number of candidates; a whole number.
      beta: inverse temperature, >= 0.
      probabilities, rewards: of the atoms, [K].

    Returns:
      Estimate of the mapping of the theory, in nats; a datum is a chunk.

    Raises:
      InputError: n not a whole number >= 1, or a negative beta.

    >>> atoms = jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0])
    >>> sorted(soft_best_of_n_divergences(jax.random.key(0), 1, 4, 1.0, *atoms).mean)
    ['to_reference', 'to_tilted']
    """
    choice = choice_of_atoms(key, trials, n, beta, probabilities, rewards)
    mean = jnp.mean(choice, 0)
    bias = jnp.sum(jnp.var(choice, 0, ddof=1) / mean) / (2 * trials)
    tilted = probabilities * jnp.exp(beta * rewards)
    tilted /= jnp.sum(tilted)

    def divergence(base):
        return jnp.sum(mean * jnp.log(mean / base)) - bias

    return Estimate.of_one(
        {"to_reference": divergence(probabilities), "to_tilted": divergence(tilted)}
    )


@simulation(chunk=2**13, min_chunks=REPLICATES, validate=require_play)
def iterated_curation(
    key: jax.Array,
    trials: int,
    rounds: Numbers,
    n: Numbers,
    beta: Numbers,
    probabilities: Numbers,
    rewards: Numbers,
) -> Estimate:
    """A population that is replaced, round after round, by its own soft best-of-n answers.

    Every member of the next round is chosen among n members of this one, drawn with replacement.
    The population is one chunk; it drifts by its own size in every round.

    Args:
      rounds: number of rounds.
      n: number of candidates; a whole number.
      beta: inverse temperature, >= 0.
      probabilities, rewards: of the atoms, [K].

    Returns:
      Estimate of the probabilities after the last round, [K]; a datum is a population.

    Raises:
      InputError: n not a whole number >= 1, or a negative beta.

    >>> atoms = jnp.array([0.5, 0.5]), jnp.array([0.0, 1.0])
    >>> int(iterated_curation(jax.random.key(0), 1, 2, 4, 1.0, *atoms).count)
    32
    """
    first, key = jax.random.split(key)
    population = draw_atoms(first, probabilities, (trials,))

    def choose(i, population):
        """Of n members the one kept: each newcomer replaces it with its share of the weight."""
        round_key = jax.random.fold_in(key, i)

        def meet(j, state):
            kept, log_total = state
            who, fate = jax.random.split(jax.random.fold_in(round_key, j))
            newcomer = population[jax.random.randint(who, (trials,), 0, trials)]
            log_weight = beta * rewards[newcomer]
            log_total = jnp.logaddexp(log_total, log_weight)
            won = jax.random.uniform(fate, (trials,), float) < jnp.exp(log_weight - log_total)
            return jnp.where(won, newcomer, kept), log_total

        nobody = (population, jnp.full((trials,), -jnp.inf))
        return lax.fori_loop(0, jnp.asarray(n, int), meet, nobody)[0]

    population = lax.fori_loop(0, jnp.asarray(rounds, int), choose, population)
    return Estimate.of_one(jnp.bincount(population, length=len(probabilities)) / trials)
