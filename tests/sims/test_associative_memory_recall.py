"""Simulations of one-pass memories against reference digits, within their standard errors.

Thresholds are 5 standard errors (false alarms 6e-7 a comparison), and every comparison could have
found an error of a few percent.
"""

import jax
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.sims import associative_memory as sims

pytestmark = pytest.mark.long

THRESHOLD = 5.0
ERRORS = {  # decay, erase, write: error of the pairs 1, 12 and 24 of 24, d = 16, on the sphere
    (1.0, 1.0, 1.0): (1.3863745334, 0.9677026633, 0.0),
    (0.95, 0.8, 0.8): (1.1131487969, 0.8283087284, 0.0493051794),
}


def agrees(estimate, expected, precision):
    expected = np.asarray(expected)
    allowed = THRESHOLD * estimate.stderr + 1e-9
    assert np.all(np.asarray(estimate.stderr) <= precision * np.maximum(expected, 1e-12))
    return np.all(np.abs(estimate.mean - expected) < allowed)


@pytest.mark.parametrize("case", ERRORS)
def test_recall_reference(case, key):
    memory = dict(zip(("decay", "erase", "write"), case, strict=True))
    for age, value in zip((23, 12, 0), ERRORS[case], strict=True):
        estimate = sims.recall_error(key, 8000, age, 24, 16, **memory)
        assert agrees(estimate, value, 0.01)


def test_mean_recall_reference(key):
    estimate = sims.mean_recall_error(key, 8000, 24, 16, erase=0.5, write=0.5)
    assert agrees(estimate, 0.5829779774, 0.005)


@pytest.mark.parametrize(
    ("keys", "value"), [("rad", 0.0813778287), ("gauss", 0.0975077641), ("sphere", 0.080038836)]
)
def test_bit_error_reference(keys, value, key):
    assert agrees(sims.bit_error(key, 60_000, 5, 8, keys=keys), value, 0.01)


def test_code_book_reference(key):
    """Simulated elsewhere: 0.826(5) for code words; 0.5322(35) for labels, 0.528 in theory."""
    words = sims.codebook_recall(key, 300, 64, 32, 32)
    assert abs(words.mean - 0.826) < THRESHOLD * np.hypot(words.stderr, 0.005)
    assert words.stderr < 0.01
    labels = sims.label_recall(key, 2000, 63 / 16, 8, dim=16)
    assert abs(labels.mean - 0.5322) < THRESHOLD * np.hypot(labels.stderr, 0.0035)


def test_distinct_labels_are_always_recalled(key):
    """One class per pair: the score of a class is the overlap of its key with the query."""
    from jtts.associative_memory import draw_keys, recall

    keys = draw_keys(key, (50, 40), 4)
    scores = recall(keys, np.eye(40), keys)
    assert np.all(np.argmax(scores, -1) == np.arange(40))


def test_a_cosine_of_averages_is_free_of_bias(key):
    """Chunks of few memories: without the jackknife the mean of 2000 would be off by several z."""
    traced, static = sims.recall_cosine.bind(5, 8, 4)
    run = jax.jit(lambda k: sims.recall_cosine.chunk_function(k, 6, **traced, **dict(static)).mean)
    data = np.array(jax.vmap(run)(jax.random.split(key, 4000)))
    stderr = data.std() / np.sqrt(len(data))
    assert stderr < 0.003
    assert abs(data.mean() - (1 + 7 / 4) ** -0.5) < THRESHOLD * stderr


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k: sims.recall_error(k, 1, 8, 8, 8), "age must be a whole number from 0 to 7"),
        (lambda k: sims.recall_error(k, 1, 0, 2.5, 8), "num_pairs must be a whole number"),
        (lambda k: sims.bit_error(k, 1, 4, 8, keys="cube"), "keys must be one of"),
        (lambda k: sims.mean_cosine(k, 1, 0.3, 4, dim=8), "load must make"),
        (lambda k: sims.noisy_query_error(k, 1, 4, 8, -1.0), "query_noise must be zero or"),
    ],
)
def test_what_cannot_be_played_is_refused(call, message, key):
    with pytest.raises(InputError, match=message):
        call(key)


def test_memory_is_bounded_by_the_chunk(key):
    """A million trials compile to the temporaries of one chunk."""
    simulation = sims.mean_recall_error
    traced, static = simulation.bind(24, 16)
    sizes = [
        simulation._jitted.lower(key, 0, simulation.num_chunks(n, static), traced, static=static)
        .compile()
        .memory_analysis()
        .temp_size_in_bytes
        for n in (10, 10**6)
    ]
    assert sizes[0] == sizes[1] < 3e7
