"""Chains whose step was learned: phases, thresholds, and features that shift."""

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import in_context as icl

STEPS = np.array([1, 2, 4, 8, 16])
PHASES = {  # q, omega
    (1.0, 0.5): (0.375, 0.203125, 0.078369140625, 0.0158386826515, 0.000895480086914),
    (1.0, 1.0): (0.5, 0.375, 0.2734375, 0.196380615234, 0.139949934091),
    (1.0, 2.0): (0.75, 0.8125, 1.25390625, 4.05470275879, 58.686182976),
}
TRAINED = [4.0, 1.0, 0.25, 0.25]
SHIFTED = {  # test spectrum: errors of 1, 2, 4, 8 steps
    (4.0, 1.0, 0.25, 0.25): (0.2696339564, 0.1090401497, 0.02180587698, 0.00094361712749),
    (1.0, 1.0, 1.0, 1.0): (0.2353796294, 0.1074263127, 0.03925157774, 0.0061266009285),
    (0.25, 0.25, 1.0, 2.0): (1.059871497, 1.946197099, 10.67732604, 436.9852102),
}


@pytest.mark.parametrize("noises", PHASES)
def test_phases(noises):
    found = icl.pretrained_chain_long_context(STEPS, *noises)
    np.testing.assert_allclose(found, PHASES[noises], rtol=1e-11, atol=6e-16)


def test_finite_sizes_put_in():
    """d = 50, 150 prompts of 100 examples, noise 5."""
    found = icl.pretrained_chain_long_context([1, 2, 4, 8], 56 / 100, 50 / 99)
    np.testing.assert_allclose(found, [0.245081, 0.090017, 0.015748, 0.000651], atol=6e-7)
    limit = icl.pretrained_chain_long_context([1, 2, 4, 8], 0.55, 0.5)
    np.testing.assert_allclose(limit, [0.240375, 0.086604, 0.014578, 0.000558], atol=6e-7)


@pytest.mark.parametrize("noises", [(1.0, 0.5), (1.0, 1.0), (0.55, 3.0)])
def test_many_steps(noises):
    q, om = noises
    a, b = q / (1 + q), np.sqrt(q * om) / (1 + q)
    t = np.array([64, 512])
    law = (a + b) ** (2 * t + 1) / (2 * np.sqrt(np.pi * t * a * b))
    gap = np.asarray(icl.pretrained_chain_long_context(t, q, om) / law - 1)
    assert gap[0] / gap[1] == pytest.approx(8, rel=0.05)
    assert abs(gap[0]) < 0.01


def test_endless_pretraining_is_the_best_single_step():
    """One step: 1 minus the best step size; more of them: powers."""
    eta = icl.optimal_gradient_step(8, 16, 0.25)
    found = icl.pretrained_chain_long_context([1, 3], 9.25 / 16, 0.0)
    np.testing.assert_allclose(found, [(1 - eta) ** 2, (1 - eta) ** 6], rtol=1e-12)
    steps = icl.steps_for_error((1 - eta) ** 6, 16, 8, 0.25)
    assert steps == pytest.approx(3, rel=1e-12)


def test_errors_too_large_to_tell_are_refused():
    with pytest.raises(InputError, match="at most 300"):
        icl.pretrained_chain_long_context(1024, 1.0, 1e6)


def test_threshold():
    found = icl.pretraining_threshold([100, 10], 50, [5.0, 0.0])
    np.testing.assert_allclose(found, [79.0, 306.0])
    np.testing.assert_allclose(found * np.array([100, 10]) / 50**2, [3.16, 1.224])
    # on either side of it more steps gain, or spoil
    for prompts, gains in ((280, False), (340, True)):
        errors = icl.pretrained_chain_long_context([100, 800], 51 / 10, 50 / (prompts - 51))
        assert (errors[1] < errors[0]) == gains


def test_fewer_training_examples_take_more_steps():
    """d + 1 + sigma^2 = 22."""
    found = icl.steps_for_error(1e-3, [11, 22, 44, 88], 20, 1.0)
    np.testing.assert_allclose(found, [8.5183104, 4.9828921, 3.1438549, 2.1460148], atol=6e-8)


@pytest.mark.parametrize("tested", SHIFTED)
def test_shifted_features(tested):
    found = icl.shifted_chain_error([1, 2, 4, 8], TRAINED, list(tested), 12, 0.5)
    np.testing.assert_allclose(found, SHIFTED[tested], rtol=6e-9)


def test_one_spectrum_is_the_chain_of_one_step_size():
    found = icl.shifted_chain_error(3, np.ones(8), np.ones(8), 16, 0.25)
    one = icl.pretrained_chain_long_context(3, 9.25 / 16, 0.0)
    assert found == pytest.approx(one, rel=1e-12)
