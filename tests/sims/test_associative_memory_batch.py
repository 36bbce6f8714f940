"""Simulations of fitted, headed and layered memories against reference digits.

Thresholds are 5 standard errors (false alarms 6e-7 a comparison), and every comparison could have
found an error of a few percent.
"""

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.sims import associative_memory as sims

pytestmark = pytest.mark.long

THRESHOLD = 5.0


def agrees(estimate, expected, precision):
    assert np.all(np.asarray(estimate.stderr) <= precision * abs(expected))
    return abs(float(estimate.mean) - expected) < THRESHOLD * float(estimate.stderr)


def test_least_squares_up_to_the_dimension(key):
    assert float(sims.least_squares_error(key, 50, 24, 24).mean) < 1e-15


@pytest.mark.parametrize(
    ("call", "expected", "precision"),
    [
        (lambda k: sims.least_squares_error(k, 200, 60, 40), 1 / 3, 0.01),
        (lambda k: sims.noise_gain(k, 2000, 8, 24), 8 * 22 / (24 * 15), 0.02),
        (lambda k: sims.gradient_descent_error(k, 200, 0.5, 0.5, 1, dim=200), 0.37375, 0.01),
        (lambda k: sims.averaged_bit_error(k, 2000, 17, 16, 5), 0.01264815, 0.03),
        (lambda k: sims.majority_bit_error(k, 2000, 17, 16, 5), 0.03126188, 0.02),
        (lambda k: sims.chain_power(k, 1000, 9, 32, 4), 2.4414062, 0.02),
        (lambda k: sims.chain_signal(k, 1000, 9, 32, 4), 1.0541458, 0.02),
    ],
)
def test_reference(call, expected, precision, key):
    assert agrees(call(key), expected, precision)


def test_layers_near_their_fixed_point(key):
    estimate = sims.layered_overlap(key, 10, 0.2, 0.8, 4, dim=500)
    assert abs(float(estimate.mean) - 0.9639) < 0.005
    assert float(estimate.stderr) < 0.001


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k: sims.ridge_error(k, 1, 0.3, 1.0, dim=8), "load must make"),
        (lambda k: sims.noise_gain(k, 1, 8.5, 8), "num_pairs must be a whole number"),
        (lambda k: sims.heads_error(k, 1, 8, 8, 3, layout="sliced"), "heads must divide 8"),
        (lambda k: sims.kaczmarz_error(k, 1, 3, 1.0, np.ones(3)), "rows must be"),
        (lambda k: sims.oja_flow(k, 1, -1.0, [1.0], [1.0], num_steps=2), "duration must be"),
        (lambda k: sims.layered_overlap(k, 1, 0.5, 2.0, 1, dim=8), "initial must be"),
        (lambda k: sims.chain_power(k, 1, 3, 3, 0), "depth must be a whole number"),
    ],
)
def test_what_cannot_be_played_is_refused(call, message, key):
    with pytest.raises(InputError, match=message):
        call(key)


def test_memory_is_bounded_by_the_chunk(key):
    """A million trials compile to the temporaries of one chunk."""
    for simulation, arguments in (
        (sims.noise_gain, (20, 24)),
        (sims.majority_bit_error, (17, 16, 5)),
    ):
        traced, static = simulation.bind(*arguments)
        sizes = [
            simulation._jitted.lower(
                key, 0, simulation.num_chunks(n, static), traced, static=static
            )
            .compile()
            .memory_analysis()
            .temp_size_in_bytes
            for n in (10, 10**6)
        ]
        assert sizes[0] == sizes[1] < 3e7
