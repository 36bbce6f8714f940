"""Simulations of induction heads against recipes in NumPy, and their refusals."""

import jax
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.sims import in_context as sims

pytestmark = pytest.mark.long


def test_copying_against_numpy(key):
    rng = np.random.default_rng(0)
    right = []
    for _ in range(20_000):
        means = rng.standard_normal((5, 6))
        items = means + 0.9 * rng.standard_normal((5, 6))
        query = means[2] + 0.9 * rng.standard_normal(6)
        labels = rng.integers(3, size=5)
        right.append(labels[np.argmax(items @ query)] == labels[2])
    found = sims.induction_ceiling(key, 20_000, 6, 5, 0.9, 3)
    spread = np.hypot(found.stderr, np.std(right) / np.sqrt(len(right)))
    assert abs(found.mean - np.mean(right)) < 4 * spread


def test_guesses_add_up_to_the_cross_entropy(key):
    """At the origin every label is as likely: ln L."""
    found = sims.nested_logit_loss(key, 2**16, 0.0, 0.0, 0.0, num_items=2, num_labels=8)
    assert abs(found.mean - np.log(8)) < 4 * found.stderr


@pytest.mark.parametrize(
    ("play", "message"),
    [
        (lambda key: sims.plateau_loss(key, 1, 2.5, 4), "num_items must be a whole number"),
        (
            lambda key: sims.induction_ceiling(key, 1, 4, 4, -0.1, 4),
            "within_class_noise must be zero or positive",
        ),
        (
            lambda key: sims.nested_logit_loss(key, 1, 0, 0, 0, num_items=4, num_labels=3),
            "num_labels must be at least num_items, got 3",
        ),
    ],
)
def test_bad_input(play, message):
    with pytest.raises(InputError, match=message):
        play(jax.random.key(0))
