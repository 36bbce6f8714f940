"""Samples, verdicts, scores, matches and cascades of two models, drawn one by one."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import InputError, require_numbers, require_probability, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.rewards import RewardLaw
from jtts.simulations import simulation


def require_samples(**given):
    """Raise InputError unless the samples can be drawn."""
    counts = ("n", "num_candidates", "num_comparisons")
    require_whole(1, **{name: given[name] for name in counts if name in given})
    shares = ("p", "q", "true_positive", "false_positive")
    require_probability(**{name: given[name] for name in shares if name in given})


def draw_until_accepted(key, n, chances, true_positive, false_positive):
    """Draw at most n samples until one is accepted: (calls, accepted, right), per trial.

    `right` is of the accepted sample; of the last one where none was.
    """

    def draw(j, state):
        calls, accepted, right = state
        of_sample, of_verdict = jax.random.split(jax.random.fold_in(key, j))
        good = jax.random.uniform(of_sample, chances.shape) < chances
        accept_rate = jnp.where(good, true_positive, false_positive)
        verdict = jax.random.uniform(of_verdict, chances.shape) < accept_rate
        return calls + ~accepted, accepted | verdict, jnp.where(accepted, right, good)

    nothing = jnp.zeros(chances.shape, bool)
    return lax.fori_loop(0, n, draw, (jnp.zeros(chances.shape, int), nothing, nothing))


@simulation(validate=require_samples)
def binary_accuracy(
    key: jax.Array,
    trials: int,
    n: Numbers,
    p: Numbers,
    true_positive: Numbers,
    false_positive: Numbers,
) -> Estimate:
    """Whether the returned sample is right: the first accepted one, or the last of n.

    Accepted samples are alike, and so are rejected ones: the first and the last stand for a random
    one.

    Args:
      n: number of samples; whole. Time grows with it.
      p: chance that a sample is right.
      true_positive, false_positive: chances that a right and a wrong one is accepted.

    Raises:
      InputError: n not a whole number, or a probability outside [0, 1].

    Source: docs/verifiers.md.

    >>> print(f"{binary_accuracy(jax.random.key(0), 20_000, 16, 0.3, 0.9, 0.2).mean:.2f}")
    0.66
    """
    chances = jnp.full(trials, p)
    return Estimate.of(draw_until_accepted(key, n, chances, true_positive, false_positive)[2])


@simulation(validate=require_samples)
def verifier_calls(
    key: jax.Array,
    trials: int,
    n: Numbers,
    p: Numbers,
    true_positive: Numbers,
    false_positive: Numbers,
) -> Estimate:
    """Number of samples verified until the first is accepted, at most n.

    Arguments are those of `binary_accuracy`.

    Source: docs/verifiers.md.

    >>> print(f"{verifier_calls(jax.random.key(0), 20_000, 16, 0.3, 0.9, 0.2).mean:.1f}")
    2.4
    """
    chances = jnp.full(trials, p)
    calls = draw_until_accepted(key, n, chances, true_positive, false_positive)[0]
    return Estimate.of(calls.astype(float))


@simulation(validate=require_samples)
def abstaining_value(
    key: jax.Array,
    trials: int,
    n: Numbers,
    a: Numbers,
    b: Numbers,
    true_positive: Numbers,
    false_positive: Numbers,
    penalty: Numbers,
) -> Estimate:
    """Value of the first accepted sample: 1 if right, -penalty if wrong, 0 if none is accepted.

    Args:
      n: number of samples; whole. Time grows with it.
      a, b: shapes of the Beta law of p over tasks.
      true_positive, false_positive: chances that a right and a wrong sample is accepted.
      penalty: of a wrong answer.

    Source: docs/verifiers.md.

    >>> bayes = dict(true_positive=1.0, false_positive=0.1, penalty=1.0)
    >>> print(f"{abstaining_value(jax.random.key(0), 40_000, 4, 0.5, 2.0, **bayes).mean:.1f}")
    0.2
    """
    of_task, of_samples = jax.random.split(key)
    chances = jax.random.beta(of_task, a, b, (trials,), float)
    _, accepted, right = draw_until_accepted(of_samples, n, chances, true_positive, false_positive)
    return Estimate.of(jnp.where(accepted, jnp.where(right, 1.0, -penalty), 0.0))


@simulation(validate=require_samples)
def best_of_n_accuracy(
    key: jax.Array,
    trials: int,
    n: Numbers,
    p: Numbers,
    correct_law: RewardLaw,
    wrong_law: RewardLaw,
) -> Estimate:
    """Whether the sample with the largest score among n is right.

    Args:
      n: number of samples; whole. Time grows with it.
      p: chance that a sample is right.
      correct_law, wrong_law: laws of the scores of right and wrong samples. Equal scores are
        chosen between at random.

    Raises:
      InputError: n not a whole number, or p outside [0, 1].

    Source: docs/verifiers.md.

    >>> from jtts.rewards import Normal
    >>> laws = Normal(1.0, 1.4), Normal()
    >>> print(f"{best_of_n_accuracy(jax.random.key(0), 20_000, 16, 0.3, *laws).mean:.2f}")
    0.78
    """

    def draw(j, state):
        largest, lot, right = state
        of_kind, of_right, of_wrong, of_lot = jax.random.split(jax.random.fold_in(key, j), 4)
        good = jax.random.uniform(of_kind, (trials,)) < p
        score = jnp.where(
            good, correct_law.sample(of_right, (trials,)), wrong_law.sample(of_wrong, (trials,))
        )
        own_lot = jax.random.uniform(of_lot, (trials,), float)
        better = (score > largest) | ((score == largest) & (own_lot > lot))
        return (
            jnp.where(better, score, largest),
            jnp.where(better, own_lot, lot),
            jnp.where(better, good, right),
        )

    start = (jnp.full(trials, -jnp.inf), jnp.zeros(trials), jnp.zeros(trials, bool))
    return Estimate.of(lax.fori_loop(0, n, draw, start)[2])


@simulation()
def auc(key: jax.Array, trials: int, correct_law: RewardLaw, wrong_law: RewardLaw) -> Estimate:
    """Whether a right sample scores above a wrong one; equal scores count half.

    Args:
      correct_law, wrong_law: laws of the scores of right and wrong samples.

    Source: docs/verifiers.md.

    >>> from jtts.rewards import Normal
    >>> print(f"{auc(jax.random.key(0), 20_000, Normal(1.0, 0.6), Normal()).mean:.1f}")
    0.8
    """
    of_right, of_wrong = jax.random.split(key)
    right, wrong = correct_law.sample(of_right, (trials,)), wrong_law.sample(of_wrong, (trials,))
    return Estimate.of((right > wrong) + 0.5 * (right == wrong))


@simulation(validate=require_samples)
def operating_point(
    key: jax.Array, trials: int, threshold: Numbers, correct_law: RewardLaw, wrong_law: RewardLaw
) -> Estimate:
    """Whether a right and a wrong sample score above a threshold.

    Args:
      threshold: a number.
      correct_law, wrong_law: laws of the scores of right and wrong samples.

    Source: docs/verifiers.md.

    >>> from jtts.rewards import Normal
    >>> rates = operating_point(jax.random.key(0), 20_000, 1.0, Normal(1.0, 0.6), Normal()).mean
    >>> print(f"{rates['true_positive']:.1f} {rates['false_positive']:.1f}")
    0.5 0.2
    """
    of_right, of_wrong = jax.random.split(key)
    return Estimate.of(
        {
            "true_positive": correct_law.sample(of_right, (trials,)) > threshold,
            "false_positive": wrong_law.sample(of_wrong, (trials,)) > threshold,
        }
    )


def play_knockout(key, trials, num_candidates, p, match):
    """Whether the winner is right; `match(key, shape)`: where a right one beats a wrong one."""
    if num_candidates & (num_candidates - 1):
        raise InputError(f"num_candidates must be a power of two, got {num_candidates}")
    of_candidates, of_matches = jax.random.split(key)
    right = jax.random.uniform(of_candidates, (trials, num_candidates)) < p
    for r in range(int(num_candidates).bit_length() - 1):
        first, second = right[:, ::2], right[:, 1::2]
        wins = match(jax.random.fold_in(of_matches, r), first.shape)
        right = jnp.where(first == second, first, wins)
    return Estimate.of(right[:, 0])


@simulation(chunk=1024, static=("num_candidates",), validate=require_samples)
def knockout_accuracy(
    key: jax.Array, trials: int, num_candidates: Numbers, p: Numbers, q: Numbers
) -> Estimate:
    """Whether the winner of a knockout tournament is right.

    Args:
      num_candidates: a power of two; every value compiles its own program.
      p: chance that a candidate is right.
      q: chance that a right one beats a wrong one.

    Raises:
      InputError: num_candidates no power of two, or a probability outside [0, 1].

    Source: docs/verifiers.md.

    >>> print(f"{knockout_accuracy(jax.random.key(0), 20_000, 8, 0.3, 0.7).mean:.2f}")
    0.58
    """

    def match(key, shape):
        return jax.random.uniform(key, shape) < q

    return play_knockout(key, trials, num_candidates, p, match)


@simulation(chunk=1024, static=("num_candidates",), validate=require_samples)
def repeated_knockout_accuracy(
    key: jax.Array,
    trials: int,
    num_candidates: Numbers,
    p: Numbers,
    q: Numbers,
    num_comparisons: Numbers,
) -> Estimate:
    """Whether the winner of a knockout is right, each match decided by repeated comparisons.

    Args:
      num_candidates: a power of two; every value compiles its own program.
      p: chance that a candidate is right.
      q: chance that one comparison prefers a right one to a wrong one.
      num_comparisons: in a match, odd. Time grows with it.

    Raises:
      InputError: num_candidates no power of two, or a probability outside [0, 1].

    Source: docs/verifiers.md.

    >>> estimate = repeated_knockout_accuracy(jax.random.key(0), 20_000, 2, 0.3, 0.6, 5)
    >>> print(f"{estimate.mean:.2f}")
    0.38
    """

    def match(key, shape):
        def compare(j, preferred):
            return preferred + (jax.random.uniform(jax.random.fold_in(key, j), shape) < q)

        preferred = lax.fori_loop(0, num_comparisons, compare, jnp.zeros(shape, int))
        return 2 * preferred > num_comparisons

    return play_knockout(key, trials, num_candidates, p, match)


def require_models(*, threshold, separation, **chances):
    """Raise InputError unless the two models can answer."""
    require_numbers(threshold=threshold, separation=separation)
    require_probability(**chances)


def ask_small_model(key, trials, threshold, p, separation):
    """Whether the small model is right, and whether its confidence is below the threshold."""
    of_answer, of_confidence = jax.random.split(key)
    right = jax.random.uniform(of_answer, (trials,)) < p
    confidence = jax.random.normal(of_confidence, (trials,), float) + separation * right
    return right, confidence < threshold


@simulation(validate=require_models)
def cascade_accuracy(
    key: jax.Array,
    trials: int,
    threshold: Numbers,
    p: Numbers,
    separation: Numbers,
    large_if_right: Numbers,
    large_if_wrong: Numbers,
) -> Estimate:
    """Whether the answer of a cascade is right: that of the large model where the small is unsure.

    Args:
      threshold: confidence below which the large model is asked.
      p: chance that the small model is right.
      separation: mean confidence of right answers; that of wrong ones is 0.
      large_if_right, large_if_wrong: chances that the large model is right.

    Raises:
      InputError: a probability outside [0, 1].

    Source: docs/verifiers.md.

    >>> found = cascade_accuracy(jax.random.key(0), 20_000, 1.55, 0.6, 1.5, 0.9, 0.5)
    >>> print(f"{found.mean:.2f}")
    0.76
    """
    of_small, of_large = jax.random.split(key)
    right, deferred = ask_small_model(of_small, trials, threshold, p, separation)
    chance = jnp.where(right, large_if_right, large_if_wrong)
    large = jax.random.uniform(of_large, (trials,)) < chance
    return Estimate.of(jnp.where(deferred, large, right))


@simulation(validate=require_models)
def cascade_deferred(
    key: jax.Array,
    trials: int,
    threshold: Numbers,
    p: Numbers,
    separation: Numbers,
    large_if_right: Numbers = 0.0,
    large_if_wrong: Numbers = 0.0,
) -> Estimate:
    """Whether the large model is asked.

    Arguments are those of `cascade_accuracy`.

    Source: docs/verifiers.md.

    >>> found = cascade_deferred(jax.random.key(0), 20_000, 1.55, 0.6, 1.5)
    >>> print(f"{found.mean:.1f}")
    0.7
    """
    return Estimate.of(ask_small_model(key, trials, threshold, p, separation)[1])
