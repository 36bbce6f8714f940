"""Learners who share beliefs against reference digits, identities and limits."""

import jax
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import self_training

TRUST = np.array([[0.3, 0.5, 0.1], [0.2, 0.4, 0.6], [0.4, 0.1, 0.3]])
PRECISION = np.array([1.0, 0.5, 2.0])


def star(humans, model_trust, human_trust):
    trust = np.zeros((humans + 1, humans + 1))
    trust[0, 1:], trust[1:, 0] = model_trust, human_trust
    return trust, np.append(0.0, np.ones(humans))


def test_locked_belief():
    found = self_training.locked_variance(1.3 * TRUST, PRECISION)
    assert found == pytest.approx(0.03250218766, rel=1e-9)
    late = self_training.belief_variance(1.3 * TRUST, PRECISION, 200)
    np.testing.assert_allclose(late, found, rtol=1e-12)


def test_overconfidence():
    found = self_training.overconfidence(0.7 * TRUST, PRECISION)
    np.testing.assert_allclose(found, [1.14649724906, 1.16380000453, 1.35623368444], rtol=1e-10)
    found = self_training.overconfidence(TRUST, PRECISION)
    np.testing.assert_allclose(found, [10, 11.8378226712, 8.2890499195], rtol=1e-10)
    variance = self_training.belief_variance(TRUST, PRECISION, 200)
    claimed = self_training.claimed_precision(TRUST, PRECISION, 200)
    np.testing.assert_allclose(variance * claimed, [9.154, 10.839, 7.603], atol=6e-4)
    weak = self_training.overconfidence([[0, 0.1], [0.1, 0]], [1, 1])
    np.testing.assert_allclose(weak, 0.92745638, rtol=1e-8)


def test_long_run_below_the_threshold():
    t = 4000
    found = t * self_training.belief_variance(0.7 * TRUST, PRECISION, t)
    np.testing.assert_allclose(found, [0.35353585001, 0.31784354789, 0.33859413594], rtol=1e-3)


def test_either_side_of_the_threshold():
    """At radius 1 the variance falls as 4/3 of the factor that the locked one has, over t."""
    radius = np.abs(np.linalg.eigvals(TRUST)).max()
    assert radius == pytest.approx(0.9661476364, rel=1e-9)
    factor = 0.28643353615
    t = 4000
    critical = t * self_training.belief_variance(TRUST / radius, PRECISION, t)
    np.testing.assert_allclose(critical, 4 / 3 * factor, rtol=3e-3)
    above = self_training.locked_variance(1.001 / radius * TRUST, PRECISION)
    assert above == pytest.approx(0.001 / 2.001 * factor, rel=1e-9)


@pytest.mark.parametrize(
    ("model_trust", "even", "odd"), [(0.11, 0.00238635137, 0.00238095238), (0.15, 0.0104, 0.01)]
)
def test_model_and_humans(model_trust, even, odd):
    for parity, right in (("even", even), ("odd", odd)):
        found = self_training.star_locked_variance(10, model_trust, 1.0, parity)
        assert found == pytest.approx(right, rel=3e-9)
    model, human = self_training.belief_variance(*star(10, model_trust, 1.0), 1000)[:2]
    assert model == pytest.approx(even, rel=3e-9)
    assert human == pytest.approx(odd, rel=3e-9)


def test_model_and_humans_in_time():
    for model_trust, right in ((0.11, (0.00411547724, 0.00407774704)), (0.15, (0.01044444850,))):
        found = self_training.belief_variance(*star(10, model_trust, 1.0), 40)
        np.testing.assert_allclose(found[: len(right)], right, rtol=3e-9)
    found = self_training.belief_variance(*star(10, 0.1, 1.0), [40, 400])[:, 0]
    np.testing.assert_allclose(found, [0.0033375, 0.0003333375], rtol=1e-10)
    found = self_training.belief_variance(*star(10, 0.09, 1.0), 400)[:2]
    np.testing.assert_allclose(found, [0.00025594086, 0.00027995828], rtol=3e-8)


def test_trust_in_oneself_ends_the_alternation():
    trust, precision = star(10, 0.15, 1.0)
    late = self_training.belief_variance(trust, precision, [1000, 1001])[:, 0]
    assert late[1] < 0.99 * late[0]
    with pytest.raises(InputError, match="must have a power without zeros"):
        self_training.locked_variance(trust, precision)
    trust = trust + 0.1 * np.eye(11)
    late = self_training.belief_variance(trust, precision, [1000, 1001])
    np.testing.assert_allclose(late, self_training.locked_variance(trust, precision), rtol=1e-12)


def test_threshold():
    assert self_training.lock_in_threshold(10, 0.1) == 1
    with pytest.raises(InputError, match=r"must be above 1\.0001"):
        self_training.star_locked_variance(10, 0.1, 1.0)
    with pytest.raises(InputError, match=r"spectral radius above 1\.0001"):
        self_training.locked_variance(TRUST, PRECISION)
    alike = [[1e6, 2.1242743482000313e-06], [2.2795986843628592e-15, 1e6]]
    with pytest.raises(InputError, match="second eigenvalue that is not too near the first"):
        self_training.locked_variance(alike, PRECISION[:2])
    assert np.isnan(jax.jit(self_training.locked_variance)(np.array(alike), PRECISION[:2]))
    with pytest.raises(InputError, match=r"spectral radius below 0\.9999"):
        self_training.overconfidence(1.3 * TRUST, PRECISION)
    with pytest.raises(InputError, match="trust must be square"):
        self_training.belief_variance(TRUST, PRECISION[:2], 3)


def test_who_has_heard_nothing_yet():
    trust, precision = star(3, 0.4, 1.0)
    assert self_training.belief_variance(trust, precision, 1)[0] == np.inf
    assert self_training.claimed_precision(trust, precision, 1)[0] == 0
    assert self_training.belief_variance(trust, precision, 2)[0] == pytest.approx(1 / 3)


def test_beliefs_that_grow_at_different_rates():
    """Two that do not listen to each other are as each alone."""
    found = self_training.belief_variance([[10.0, 0.0], [0.0, 0.1]], [1.0, 1.0], 1000)
    alone = [self_training.belief_variance([[w]], [1.0], 1000)[0] for w in (10.0, 0.1)]
    np.testing.assert_allclose(found, alone, rtol=1e-12)
    assert found[0] == pytest.approx(9 / 11, rel=1e-12)


def test_slope_of_the_locked_variance():
    def value(scale):
        return self_training.locked_variance(scale * TRUST, PRECISION)

    def at(entry):
        return self_training.locked_variance(
            jax.numpy.asarray(1.3 * TRUST).at[0, 1].set(entry), PRECISION
        )

    for f, x in ((value, 1.3), (at, 0.65)):
        ends = [float(f(x + h)) for h in (-1e-5, 1e-5)]
        assert jax.grad(f)(x) == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-6)
