"""A holdout that is used again, played: candidates answer, attackers ask, features are chosen."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import (
    InputError,
    require_nonnegative,
    require_positive,
    require_probability,
    require_whole,
)
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

BLOCK = 2**23  # numbers that a block of features may have: 32 MiB in single precision


def require_numbers_of(*, num_candidates, questions, p=0.5, **positive):
    """Raise InputError unless so many candidates can answer so many questions."""
    require_whole(1, num_candidates=num_candidates, questions=questions)
    require_probability(p=p)
    require_nonnegative(**positive)


def _best(key, num_candidates, draw):
    """What the candidate with the largest score has; draw: key -> (scores [trials], its own)."""

    def step(j, best):
        new = draw(jax.random.fold_in(key, j))
        better = new[0] > best[0]
        return jax.tree.map(lambda kept, mine: jnp.where(better, mine, kept), best, new)

    # nobody yet: `draw` stands in one place, since it takes seconds to compile
    scores, own = jax.eval_shape(draw, key)
    nobody = jnp.full(scores.shape, -jnp.inf, scores.dtype), jnp.zeros(own.shape, own.dtype)
    return lax.fori_loop(0, jnp.asarray(num_candidates, int), step, nobody)


@simulation(chunk=4096, validate=require_numbers_of)
def winner_bias(
    key: jax.Array, trials: int, num_candidates: Numbers, questions: Numbers, p: Numbers
) -> Estimate:
    """Largest share of right answers among candidates that are equally good, less their chance.

    Args:
      num_candidates, questions: whole numbers.
      p: chance of a right answer.

    Returns:
      Estimate of the mean excess; a datum is a trial.

    Raises:
      InputError: numbers that are not whole, or p outside [0, 1].

    >>> bool(abs(winner_bias(jax.random.key(0), 2**13, 16, 100, 0.6).mean - 0.0855) < 0.003)
    True
    """

    def draw(key):
        right = jax.random.binomial(key, questions, p, (trials,), float)
        return right, right

    return Estimate.of(_best(key, num_candidates, draw)[1] / questions - p)


def _beta_winner(key, trials, num_candidates, questions, a, b):
    """Right answers of the winner, and its own chance of one."""

    def draw(key):
        own_key, answer_key = jax.random.split(key)
        p = jax.random.beta(own_key, a, b, (trials,), float)
        right = jax.random.binomial(answer_key, questions, p, dtype=float)
        return right, p

    return _best(key, num_candidates, draw)


@simulation(chunk=4096, validate=require_numbers_of)
def beta_winner_reported(
    key: jax.Array, trials: int, num_candidates: Numbers, questions: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Share of right answers of the best of candidates with p ~ Beta(a, b).

    Args:
      num_candidates, questions: whole numbers.
      a, b: shapes, positive.

    Returns:
      Estimate of the mean share; a datum is a trial.

    Raises:
      InputError: numbers that are not whole, or a negative shape.

    >>> found = beta_winner_reported(jax.random.key(0), 2**12, 8, 100, 2.0, 2.0)
    >>> bool(abs(found.mean - 0.817) < 0.01)
    True
    """
    right, _ = _beta_winner(key, trials, num_candidates, questions, a, b)
    return Estimate.of(right / questions)


@simulation(chunk=4096, validate=require_numbers_of)
def beta_winner_true(
    key: jax.Array, trials: int, num_candidates: Numbers, questions: Numbers, a: Numbers, b: Numbers
) -> Estimate:
    """Own chance of a right answer of that candidate.

    Args:
      num_candidates, questions: whole numbers.
      a, b: shapes, positive.

    Returns:
      Estimate of the mean chance; a datum is a trial.

    Raises:
      InputError: numbers that are not whole, or a negative shape.

    >>> found = beta_winner_true(jax.random.key(0), 2**12, 8, 100, 2.0, 2.0)
    >>> bool(abs(found.mean - 0.805) < 0.01)
    True
    """
    return Estimate.of(_beta_winner(key, trials, num_candidates, questions, a, b)[1])


@simulation(chunk=4096, validate=require_numbers_of)
def gaussian_winner_bias(
    key: jax.Array,
    trials: int,
    num_candidates: Numbers,
    questions: Numbers,
    sigma: Numbers,
    spread: Numbers,
) -> Estimate:
    """Score less true value of the candidate with the best score.

    Args:
      num_candidates, questions: whole numbers.
      sigma: standard deviation of the score on one question.
      spread: standard deviation of the true values.

    Returns:
      Estimate of the mean difference; a datum is a trial.

    Raises:
      InputError: numbers that are not whole, or a negative deviation.

    >>> found = gaussian_winner_bias(jax.random.key(0), 2**14, 16, 100, 0.5, 0.05)
    >>> bool(abs(found.mean - 0.0624) < 0.002)
    True
    """

    def draw(key):
        value, error = jax.random.normal(key, (2, trials), float)
        error = sigma / jnp.sqrt(questions) * error
        return spread * value + error, error

    return Estimate.of(_best(key, num_candidates, draw)[1])


def require_queries(*, queries, questions, noise):
    """Raise InputError unless so many queries can be asked."""
    require_whole(1, queries=queries, questions=questions)
    require_nonnegative(noise=noise)


def _padded(questions, **_):
    return int(64 * 4 ** np.ceil(np.log(max(float(questions), 64.0) / 64) / np.log(4)))


def _attack(key, trials, queries, questions, noise, most, weigh):
    """Accuracy on the holdout of the vote of all queries, [trials]."""
    there = jnp.arange(most) < questions

    def ask(j, votes):
        query_key, noise_key, coin_key = jax.random.split(jax.random.fold_in(key, j), 3)
        query = jnp.where(there, jax.random.rademacher(query_key, (trials, most), float), 0.0)
        answer = jnp.sum(query, -1) / questions
        answer = answer + noise * jax.random.normal(noise_key, (trials,), float)
        coin = jax.random.rademacher(coin_key, (trials,), float)
        return votes + weigh(answer, coin)[:, None] * query

    votes = lax.fori_loop(0, jnp.asarray(queries, int), ask, jnp.zeros((trials, most)))
    right = jnp.where(votes > 0, 1.0, jnp.where(votes == 0, 0.5, 0.0))
    return Estimate.of(jnp.sum(jnp.where(there, right, 0.0), -1) / questions)


@simulation(
    chunk=lambda most, **_: 2**17 // most, sizes={"most": _padded}, validate=require_queries
)
def sign_attack_accuracy(
    key: jax.Array, trials: int, queries: Numbers, questions: Numbers, noise: Numbers, most: Numbers
) -> Estimate:
    """Vote of random queries, each with the sign of its answer; a coin for an answer of 0.

    Args:
      queries, questions: whole numbers. Time grows with both.
      noise: standard deviation of the noise of an answer, in correlation units.

    Returns:
      Estimate of the accuracy on the holdout; a datum is a holdout with its attack.

    Raises:
      InputError: numbers that are not whole, or negative noise.

    >>> found = sign_attack_accuracy(jax.random.key(0), 2**12, 14, 24, 0.0)
    >>> bool(abs(found.mean - 0.7245) < 0.01)
    True
    """

    def weigh(answer, coin):
        return jnp.where(answer == 0, coin, jnp.sign(answer))

    return _attack(key, trials, queries, questions, noise, most, weigh)


@simulation(
    chunk=lambda most, **_: 2**17 // most, sizes={"most": _padded}, validate=require_queries
)
def weighted_attack_accuracy(
    key: jax.Array, trials: int, queries: Numbers, questions: Numbers, noise: Numbers, most: Numbers
) -> Estimate:
    """Vote of random queries, each weighted by its answer.

    Args:
      queries, questions: whole numbers. Time grows with both.
      noise: standard deviation of the noise of an answer, in correlation units.

    Returns:
      Estimate of the accuracy on the holdout; a datum is a holdout with its attack.

    Raises:
      InputError: numbers that are not whole, or negative noise.

    >>> found = weighted_attack_accuracy(jax.random.key(0), 2**12, 15, 25, 0.0)
    >>> bool(abs(found.mean - 0.7854) < 0.01)
    True
    """

    def weigh(answer, _):
        # sums of whole numbers that are 0 must stay so when they are added up
        return jnp.where(noise == 0, jnp.round(answer * questions), answer)

    return _attack(key, trials, queries, questions, noise, most, weigh)


def require_features(
    *, kept, questions, features=None, cut=1.0, threshold=0.0, tolerance=1.0, size=1, **_
):
    """Raise InputError unless so many features can be drawn and chosen."""
    require_whole(1, kept=kept, questions=questions, size=size)
    require_nonnegative(cut=cut, threshold=threshold, tolerance=tolerance)
    if features is not None:
        require_whole(1, features=features)


def _vote(key, trials, means, votes, questions, size, most):
    """Accuracy of a vote of features whose mean agreement with the labels is given.

    A normal column of given mean is that mean plus what a fresh column has about its own.
    """
    there = jnp.arange(most) < questions * size

    def add(j, total):
        column = jax.random.normal(jax.random.fold_in(key, j), (trials, most), jnp.float32)
        column = jnp.where(there, column, 0)
        own = jnp.sum(column, -1, keepdims=True) / (questions * size)
        column = column - own + means[:, j, None].astype(jnp.float32)
        return total + jnp.where(votes[:, j, None], column, 0)

    total = lax.fori_loop(0, means.shape[1], add, jnp.zeros((trials, most), jnp.float32))
    right = jnp.where(total > 0, 1.0, jnp.where(total == 0, 0.5, 0.0))
    return jnp.sum(jnp.where(there, right, 0.0), -1) / (questions * size)


def _columns(kept, size=1, **_):
    return int(kept) * int(size)


@simulation(
    chunk=2**8,
    sizes={
        "most": lambda questions, size=1, **_: _padded(questions * size),
        "columns": lambda kept, size=1, **_: _columns(32 if kept <= 32 else kept, size),
    },
    validate=require_features,
)
def selected_feature_accuracy(
    key: jax.Array,
    trials: int,
    kept: Numbers,
    questions: Numbers,
    cut: Numbers,
    most: Numbers,
    columns: Numbers,
    size: Numbers = 1,
) -> Estimate:
    """Vote of exactly `kept` noise features that passed a cut on the holdout: conditioned on.

    A feature that passes has a holdout correlation beyond the cut whose sign is that on the
    training set, by which it votes: in that direction its correlation is a normal variable above
    the cut. `size` times as many features and questions approach the limit.

    Args:
      kept, questions: whole numbers.
      cut: in units of 1/sqrt(questions).
      size: how many times as many of both.

    Returns:
      Estimate of the accuracy on the holdout; a datum is a holdout.

    Raises:
      InputError: numbers that are not whole, or a negative cut.

    >>> found = selected_feature_accuracy(jax.random.key(0), 2**8, 20, 200, 1.0, size=1)
    >>> bool(abs(found.mean - 0.685) < 0.02)
    True
    """
    cut_key, column_key = jax.random.split(key)
    root = jnp.sqrt(questions * size)
    held = jax.random.truncated_normal(cut_key, cut, jnp.inf, (trials, columns), float) / root
    votes = jnp.arange(columns) < kept * size
    return Estimate.of(_vote(column_key, trials, held, votes[None, :], questions, size, most))


def _answer(key, t, h, threshold, tolerance):
    """Thresholdout's answers to queries with these correlations, in units of 1/sqrt(n)."""
    doubt, noise = jax.random.normal(key, (2, *t.shape), t.dtype)
    agree = jnp.abs(t - h) <= threshold + tolerance * doubt
    return jnp.where(agree, t, h + tolerance * noise)


def require_slope(*, threshold, tolerance, cut, train_cut):
    """Raise InputError unless some feature can be selected."""
    require_nonnegative(threshold=threshold, cut=cut, train_cut=train_cut)
    require_positive(tolerance=tolerance)


@simulation(chunk=2**14, validate=require_slope)
def thresholdout_slope(
    key: jax.Array,
    trials: int,
    threshold: Numbers,
    tolerance: Numbers,
    cut: Numbers,
    train_cut: Numbers,
) -> Estimate:
    """Holdout correlation of features drawn until one is selected through Thresholdout.

    Args:
      threshold, tolerance, cut, train_cut: in units of 1/sqrt(questions).

    Returns:
      Estimate of the mean, in the same units; a datum is a selected feature.

    Raises:
      InputError: a negative argument, or a tolerance of 0.

    >>> found = thresholdout_slope(jax.random.key(0), 2**16, 4.0, 1.0, 1.0, 2.0)
    >>> bool(abs(found.mean - 0.166) < 0.02)
    True
    """

    def draw(state):
        step, found, held = state
        train_key, held_key, answer_key = jax.random.split(jax.random.fold_in(key, step), 3)
        t = jax.random.truncated_normal(train_key, train_cut, jnp.inf, (trials,), float)
        h = jax.random.normal(held_key, (trials,), float)
        selected = _answer(answer_key, t, h, threshold, tolerance) > cut
        return step + 1, found | selected, jnp.where(found, held, h)

    start = 0, jnp.zeros(trials, bool), jnp.zeros(trials)
    return Estimate.of(lax.while_loop(lambda state: ~jnp.all(state[1]), draw, start)[2])


@simulation(
    chunk=2**8,
    sizes={
        "most": lambda questions, size=1, **_: _padded(questions * size),
        "columns": lambda kept, size=1, **_: _columns(64 if kept <= 64 else kept, size),
        "drawn": lambda features, size=1, **_: int(features) * int(size),
    },
    validate=require_features,
)
def thresholdout_accuracy(
    key: jax.Array,
    trials: int,
    kept: Numbers,
    questions: Numbers,
    features: Numbers,
    threshold: Numbers,
    tolerance: Numbers,
    cut: Numbers,
    most: Numbers,
    columns: Numbers,
    drawn: Numbers,
    size: Numbers = 1,
) -> Estimate:
    """Vote of the features with the largest |t| that Thresholdout lets through: drawn anew.

    All features are drawn and asked about; the `kept` with the largest training correlation among
    those selected vote, or all of them where they are fewer.

    Args:
      kept, questions, features: whole numbers.
      threshold, tolerance, cut: in units of 1/sqrt(questions).
      size: how many times as many of all three.

    Returns:
      Estimate of the accuracy on the holdout; a datum is a holdout.

    Raises:
      InputError: numbers that are not whole, or a negative argument.

    >>> found = thresholdout_accuracy(jax.random.key(0), 2**8, 20, 200, 400, 4.0, 1.0, 1.0)
    >>> bool(0.48 < found.mean < 0.56)
    True
    """
    train_key, held_key, answer_key, column_key = jax.random.split(key, 4)
    t = jax.random.normal(train_key, (trials, drawn), float)
    h = jax.random.normal(held_key, (trials, drawn), float)
    answer = _answer(answer_key, t, h, threshold, tolerance)
    selected = (jnp.abs(t) > cut) & (jnp.abs(answer) > cut) & (t * answer > 0)
    size_of, place = lax.top_k(jnp.where(selected, jnp.abs(t), -1.0), columns)
    # in the direction of its vote
    held = jnp.take_along_axis(jnp.sign(t) * h, place, -1) / jnp.sqrt(questions * size)
    votes = (size_of > 0) & (jnp.arange(columns) < kept * size)
    return Estimate.of(_vote(column_key, trials, held, votes, questions, size, most))


def require_run(*, kept, questions, features, **more):
    """Raise InputError unless the experiment can be run."""
    for number in np.ravel(kept):
        require_features(kept=number, questions=questions, features=features, **more)
    if np.max(kept) > features:
        raise InputError(f"kept must be at most features = {features:g}, got {np.max(kept):g}")


def _experiment(key, kept, questions, features, cut, answer):
    """One run: accuracy on the holdout for each number of features, and how many passed.

    Nothing is kept of a block of features but their correlations: the columns of those that vote
    are drawn again from their keys.
    """
    block = min(features, max(1, BLOCK // questions))
    blocks = -(-features // block)
    train_keys, held_keys = jax.random.split(key, (2, blocks))

    def labelled(key):
        # features times labels: how far each agrees with the label of each question
        return jax.random.normal(key, (questions, block), jnp.float32)

    def correlations(keys):
        own = lax.map(lambda key: jnp.mean(labelled(key), 0), keys)
        return own.reshape(-1).astype(float) * jnp.sqrt(questions)

    t, h = correlations(train_keys), correlations(held_keys)
    seen = answer(jax.random.fold_in(key, 1), t, h)
    passed = (jnp.abs(t) > cut) & (jnp.abs(seen) > cut) & (t * seen > 0)
    passed &= jnp.arange(len(t)) < features
    order = jnp.argsort(jnp.argsort(jnp.where(passed, -jnp.abs(t), jnp.inf)))
    chosen = passed[:, None] & (order[:, None] < jnp.ravel(kept))
    weights = (jnp.sign(t)[:, None] * chosen).astype(jnp.float32).reshape(blocks, block, -1)

    def add(total, part):
        return total + jnp.matmul(labelled(part[0]), part[1], precision="highest"), None

    start = jnp.zeros((questions, weights.shape[-1]), jnp.float32)
    votes = lax.scan(add, start, (held_keys, weights))[0]
    right = jnp.where(votes > 0, 1.0, jnp.where(votes == 0, 0.5, 0.0))
    return jnp.mean(right, 0).reshape(jnp.shape(kept)), jnp.sum(passed)


@simulation(
    chunk=1, static=("questions", "features"), curve="kept", validate=require_run, min_chunks=2
)
def features_on_holdout(
    key: jax.Array, trials: int, kept: Numbers, questions: Numbers, features: Numbers, cut: Numbers
) -> Estimate:
    """The experiment in full: every feature drawn on a training set and on a holdout.

    The number of features that pass is drawn anew in every run: of those that pass, the `kept`
    with the largest training correlation vote, or all of them where they are fewer.

    Args:
      kept: whole number, or an array of them that share runs.
      questions: of the training set and of the holdout.
      features: columns of each; drawn in blocks of at most 32 MiB.
      cut: in units of 1/sqrt(questions).

    Returns:
      Estimate of the accuracy on the holdout; a datum is a run.

    Raises:
      InputError: numbers that are not whole, or more kept than there are features.

    >>> found = features_on_holdout(jax.random.key(0), 8, 20, 200, 400, 1.0)
    >>> bool(0.6 < found.mean < 0.77)
    True
    """
    return Estimate.of_one(_experiment(key, kept, questions, features, cut, lambda key, t, h: h)[0])


@simulation(
    chunk=1, static=("questions", "features"), curve="kept", validate=require_run, min_chunks=2
)
def features_through_thresholdout(
    key: jax.Array,
    trials: int,
    kept: Numbers,
    questions: Numbers,
    features: Numbers,
    threshold: Numbers,
    tolerance: Numbers,
    cut: Numbers,
) -> Estimate:
    """The same experiment, the holdout seen through Thresholdout.

    Args:
      kept: whole number, or an array of them that share runs.
      questions: of the training set and of the holdout.
      features: columns of each; drawn in blocks of at most 32 MiB.
      threshold, tolerance, cut: in units of 1/sqrt(questions).

    Returns:
      Estimate of the accuracy on the holdout; a datum is a run.

    Raises:
      InputError: numbers that are not whole, or more kept than there are features.

    >>> found = features_through_thresholdout(
    ...     jax.random.key(0), 8, 20, 200, 400, 4.0, 1.0, 1.0
    ... )
    >>> bool(0.4 < found.mean < 0.63)
    True
    """

    def answer(key, t, h):
        return _answer(key, t, h, threshold, tolerance)

    return Estimate.of_one(_experiment(key, kept, questions, features, cut, answer)[0])
