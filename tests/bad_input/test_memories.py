"""Associative memories refuse shapes that do not fit and writes that are not stable."""

import jax.numpy as jnp
import numpy as np
from refusals import calls, refuses

from jtts import associative_memory as am

KEY = np.zeros(2, np.uint32)  # nothing is computed while tests are collected
KEYS, VALUES = np.eye(3), np.ones((3, 1))

BAD = [
    (
        lambda: am.recall(KEYS, VALUES, KEYS, decay=-1),
        "decay must be zero or positive, and finite, got -1",
    ),
    (lambda: am.recall(KEYS, VALUES, KEYS, erase=np.nan), "erase must be finite, got nan"),
    (lambda: am.recall(KEYS, VALUES, KEYS, write="x"), "write must be finite, got 'x'"),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, chunk=0),
        "chunk must be a whole number, at least 1, got 0",
    ),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, chunk=1.5),
        "chunk must be a whole number, at least 1, got 1.5",
    ),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, erase=2.5),
        "without bound, got a mean of erase |k|^2 = 2.5",
    ),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, erase=-0.1),
        "without bound, got a mean of erase |k|^2 = -0.1",
    ),
    (
        lambda: am.recall(2 * KEYS, VALUES, KEYS, erase=1.0),
        "without bound, got a mean of erase |k|^2 = 4",
    ),
    (
        lambda: am.recall(KEYS, VALUES, jnp.ones(2)),
        "queries must be [..., num_queries, 3], got shape (2,)",
    ),
    (
        lambda: am.recall(KEYS, VALUES, jnp.ones((2, 2))),
        "queries must be [..., num_queries, 3], got shape (2, 2)",
    ),
    (
        lambda: am.recall(KEYS, jnp.ones((2, 1)), KEYS),
        "values must broadcast to [..., 3, 1], got shape (2, 1)",
    ),
    (
        lambda: am.recall(jnp.zeros((0, 3)), jnp.zeros((0, 1)), KEYS),
        "time must be a whole number, at least 1, got 0",
    ),
    (lambda: am.recall("x", VALUES, KEYS), "keys must be a number or an array, got 'x'"),
    (lambda: am.recall(None, VALUES, KEYS), "keys must be a number or an array, got None"),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, erase=[1.0, 2.0]),
        "erase must broadcast to [..., 3], got shape (2,)",
    ),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, initial=jnp.ones((2, 2))),
        "initial must broadcast to [..., 1, 3], got shape (2, 2)",
    ),
    (
        lambda: am.run(KEYS, VALUES, jnp.ones((2, 3))),
        "queries must be [..., 3, 3], got shape (2, 3)",
    ),
    (
        lambda: am.run_by_steps(KEYS, VALUES, jnp.ones((3, 2))),
        "queries must be [..., 3, 3], got shape (3, 2)",
    ),
    (
        lambda: am.memorise(KEYS, VALUES, decay=np.inf),
        "decay must be zero or positive, and finite, got inf",
    ),
    (
        lambda: am.memorise(KEYS + 0j, VALUES),
        "keys must be a number or an array, got array([[1.+0.j, 0.+0.j, 0.+0.j], [0.+0.j, 1.+0.j,",
    ),
    (
        lambda: am.memorise_exactly(KEYS, VALUES, ridge=-1),
        "ridge must be zero or positive, and finite, got -1",
    ),
    (
        lambda: am.memorise_exactly(KEYS, jnp.ones(3)),
        "values must be [..., time, value_dim], got shape (3,)",
    ),
    (lambda: am.descend(KEYS, VALUES, step_size=np.inf), "step_size must be finite, got inf"),
    (
        lambda: am.descend(KEYS, VALUES, step_size=0.1, num_steps=-1),
        "num_steps must be a whole number, at least 0, got -1",
    ),
    (
        lambda: am.descend(KEYS, VALUES, step_size=0.1, num_steps=1.5),
        "num_steps must be a whole number, at least 0, got 1.5",
    ),
    (
        lambda: am.descend(KEYS, VALUES, step_size=0.1, direction=3),
        "direction must be a function, got 3",
    ),
    (lambda: am.orthogonalise(jnp.ones(3)), "matrix must be [..., rows, columns], got shape (3,)"),
    (
        lambda: am.orthogonalise(KEYS, num_steps=0),
        "num_steps must be a whole number, at least 1, got 0",
    ),
    (
        lambda: am.orthogonalise(KEYS, coefficients=(1, 2)),
        "coefficients must be three numbers, got (1, 2)",
    ),
    (
        lambda: am.softmax_recall(KEYS, VALUES, KEYS, block=0),
        "block must be a whole number, at least 1, got 0",
    ),
    (
        lambda: am.softmax_recall(KEYS, VALUES, KEYS, inverse_temperature=np.nan),
        "inverse_temperature must be finite, got nan",
    ),
    (
        lambda: am.softmax_recall(KEYS, jnp.ones((2, 1)), KEYS),
        "values must be [..., 3, value_dim], got shape (2, 1)",
    ),
    (
        lambda: am.softmax_recall(jnp.zeros((0, 3)), jnp.zeros((0, 1)), KEYS),
        "num_keys must be a whole number, at least 1, got 0",
    ),
    (
        lambda: am.softmax_recall(KEYS, VALUES, KEYS, inverse_temperature=[1.0, 2.0]),
        "inverse_temperature, queries must have shapes that broadcast, got (2,) and (3,)",
    ),
    (
        lambda: am.softmax_recall(jnp.ones((2, 3, 3)), jnp.ones((4, 3, 1)), KEYS),
        "keys, values, queries must have shapes that broadcast, got (2,) and (4,) and ()",
    ),
    (
        lambda: am.update_query(jnp.ones(3), KEYS, 5, step_size=1.0),
        "target must be an index below 3, got 5",
    ),
    (
        lambda: am.update_query(jnp.ones(3), KEYS, 0.5, step_size=1.0),
        "target must be a whole number, at least 0, got 0.5",
    ),
    (
        lambda: am.update_query(jnp.ones(2), KEYS, 0, step_size=1.0),
        "query must be [..., 3], got shape (2,)",
    ),
    (
        lambda: am.update_query(jnp.ones(3), KEYS, -1, step_size=1.0),
        "target must be a whole number, at least 0, got -1",
    ),
    (
        lambda: am.update_query(jnp.ones(3), jnp.ones(3), 0, step_size=1.0),
        "keys must be [..., num_keys, dim], got shape (3,)",
    ),
    (
        lambda: am.write_slots(jnp.ones(3), jnp.ones(2), 1.0),
        "slots, inputs must have shapes that broadcast, got (3,) and (2,)",
    ),
    (lambda: am.write_slots(jnp.ones(3), jnp.ones(3), np.nan), "step_size must be finite, got nan"),
    (lambda: am.draw_keys(KEY, (2,), 0), "dim must be a whole number, at least 1, got 0"),
    (
        lambda: am.draw_keys(KEY, (2,), 3, "cube"),
        "keys must be one of sphere, rad, gauss, got 'cube'",
    ),
    (lambda: am.draw_keys(KEY, (2,), 3, None), "keys must be one of sphere, rad, gauss, got None"),
    (lambda: am.draw_keys(KEY, (-2,), 3), "shape must be a whole number, at least 0, got -2"),
    (
        lambda: am.draw_overlapping_keys(KEY, (2,), 1, 0.5),
        "dim must be a whole number, at least 2, got 1",
    ),
    (
        lambda: am.draw_overlapping_keys(KEY, (2,), 3, 1.5),
        "overlap must be between 0 and 1, got 1.5",
    ),
    (
        lambda: am.draw_overlapping_keys(KEY, (2,), 3, -0.5),
        "overlap must be between 0 and 1, got -0.5",
    ),
    (
        lambda: am.draw_overlapping_keys(KEY, (2,), 3, "x"),
        "overlap must be between 0 and 1, got 'x'",
    ),
    (lambda: am.noisy_queries(KEY, KEYS, -1), "noise must be zero or positive, and finite, got -1"),
    (
        lambda: am.noisy_queries(KEY, KEYS, "x"),
        "noise must be zero or positive, and finite, got 'x'",
    ),
    (lambda: am.householder_product(jnp.ones(3)), "keys must be [..., time, dim], got shape (3,)"),
    (lambda: am.householder_product(KEYS, np.nan), "erase must be finite, got nan"),
    (
        lambda: am.householder_product(KEYS, [1.0, 2.0]),
        "erase, keys must have shapes that broadcast, got (2,) and (3,)",
    ),
    (
        lambda: am.condition(jnp.ones((3, 2)), jnp.ones(2), 0.5),
        "outcomes must be [..., 3], got shape (2,)",
    ),
    (
        lambda: am.condition(jnp.ones(3), jnp.ones(3), 0.5),
        "stimuli must be [..., trials, features], got shape (3,)",
    ),
    (lambda: am.condition(jnp.ones((3, 2)), jnp.ones(3), "x"), "rates must be finite, got 'x'"),
    (lambda: am.condition(jnp.ones((3, 2)), jnp.ones(3), np.nan), "rates must be finite, got nan"),
    (
        lambda: am.condition(jnp.ones((3, 2)), jnp.ones(3), [1.0, 1.0, 1.0]),
        "rates, features must have shapes that broadcast, got (3,) and (2,)",
    ),
    (
        lambda: am.condition_by_uncertainty(jnp.ones((3, 2)), jnp.ones(3), -1.0, 1.0),
        "prior_var must be zero or positive, and finite, got -1",
    ),
    (
        lambda: am.condition_by_uncertainty(jnp.ones((3, 2)), jnp.ones(3), 1.0, 0.0),
        "noise_var must be positive and finite, got 0",
    ),
    (
        lambda: am.condition_by_uncertainty(jnp.ones((3, 2)), jnp.ones(2), 1.0, 1.0),
        "outcomes must be [..., 3], got shape (2,)",
    ),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, decay=[0.5, -0.1, 0.5]),
        "decay must be zero or positive, and finite, got -0.1",
    ),
    (
        lambda: am.recall(KEYS, VALUES, KEYS, erase=[2.0, 2.5, 3.0]),
        "without bound, got a mean of erase |k|^2 = 2.5",
    ),
]


@calls(BAD)
def test_refusal(call, message):
    refuses(call, message)
