"""Simulated training sets against the closed forms, beyond the domain that `jtts check` draws from.

A deviation counts only beyond the gap that the law declares at this size. The threshold of 4.5
standard errors (Student t, at least 60 sets) has a false-alarm rate of 3e-5 per number, under 0.002
for this file.
"""

import jax
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.components import components
from jtts.regression import TiedJudge, TrainedJudge
from jtts.sims import regression as sims
from jtts.sims.regression.training_sets import posterior_root
from jtts.theory import regression

pytestmark = pytest.mark.long

THRESHOLD = 4.5
rng = np.random.default_rng(0)
TEACHER, OTHER = rng.standard_normal((2, 100))
ISOTROPIC = {"spectrum": np.ones(1), "noise_var": 0.25, "prior_var": 1.0}
RANKS = np.arange(1.0, 101)
POWER_LAW = {"spectrum": 20 * RANKS**-1.5, "noise_var": 0.1}
MODEL = ISOTROPIC | {"aspect_ratio": 0.5, "dim": 8}


def assert_agree(name, key, trials, dim, **point):
    law = getattr(regression, name)
    estimate = getattr(sims, name)(key, trials, **point, dim=dim)
    _, expected = components(law(**point))
    mean, stderr = components(estimate.mean)[1], components(estimate.stderr)[1]
    allowed = law.kind.finite_size / dim * np.maximum(np.abs(expected), law.kind.floor)
    assert np.all(np.abs(mean - expected) <= allowed + THRESHOLD * stderr + 1e-15)


CASES = {
    # the Monte Carlo table of docs, best-of-k section 10, on smaller sets
    "isotropic": ISOTROPIC | {"aspect_ratio": 0.5, "teacher": TEACHER,
                              "judge": TEACHER + 0.3 * OTHER},
    "isotropic, few samples": ISOTROPIC | {"aspect_ratio": 2.0, "teacher": TEACHER,
                                           "judge": TEACHER + 0.3 * OTHER},
    "power law": POWER_LAW | {"aspect_ratio": 0.5, "prior_var": 1.0, "teacher": TEACHER,
                              "judge": TEACHER + 0.3 * OTHER},
    "mismatched prior": POWER_LAW | {"aspect_ratio": 2.0, "prior_var": 0.3, "teacher": TEACHER,
                                     "judge": 1.2 * TEACHER},
    "two learners": ISOTROPIC | {"aspect_ratio": 1.0, "judge": TrainedJudge(2.0, 0.25, 1.0)},
    # and what it lacks
    "two learners, fixed teacher": POWER_LAW | {"aspect_ratio": 1.0, "prior_var": 1.0,
                                                "teacher": TEACHER,
                                                "judge": TrainedJudge(0.5, 0.5, 3.0)},
    "drawn teacher, fixed judge": POWER_LAW | {"aspect_ratio": 0.5, "prior_var": 1.0,
                                               "judge": OTHER},
    "tied": ISOTROPIC | {"aspect_ratio": 0.5, "judge": TiedJudge(-2.0)},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_statistics(case, key):
    assert_agree("statistics", key, 256, 100, **CASES[case])


def test_a_wrong_theory_is_seen(key):
    """The test above has power: the bias alone is far outside its allowance."""
    case = CASES["isotropic"]
    estimate = sims.statistics(key, 400, **case, dim=100)
    bias = regression.statistics(**case, bias_only=True).mean_error
    full = regression.statistics(**case).mean_error
    assert abs(float(estimate.mean.mean_error) - bias) > 0.5 * full


def test_short_vectors_are_repeated(key):
    short = MODEL | {"spectrum": [2.0, 0.5], "teacher": [1.0, -1.0], "judge": [0.5, 0.0]}
    full = MODEL | {name: np.tile(short[name], 4) for name in ("spectrum", "teacher", "judge")}
    one, other = (components(sims.statistics(key, 64, **m).mean)[1] for m in (short, full))
    np.testing.assert_array_equal(one, other)


def test_several_inputs_share_training_sets(key):
    inputs = np.array([[1.0, 2.0], [0.5, -1.0]])
    model = MODEL | {"spectrum": [2.0, 0.5]}
    both = sims.predictive_variance(key, 64, inputs, **model)
    first = sims.predictive_variance(key, 64, inputs[0], **model)
    np.testing.assert_allclose(both.mean[0], first.mean, rtol=1e-12)


def test_posterior_is_bayes_rule():
    """Weights given targets, by Gaussian conditioning."""
    inputs = np.random.default_rng(1).standard_normal((6, 4))
    noise_var, prior_var, alpha = 0.3, 2.0, 4 / 6
    features = inputs / 2
    gain = (
        prior_var
        * features.T
        @ np.linalg.inv(prior_var * features @ features.T + noise_var * np.eye(6))
    )
    covariance = prior_var * (np.eye(4) - gain @ features)
    ridge = alpha * noise_var / prior_var
    root = posterior_root(inputs, ridge)
    np.testing.assert_allclose(prior_var * ridge * root.T @ root, covariance, rtol=1e-10)
    targets = np.arange(6.0)
    mean = root.T @ root @ inputs.T @ targets * 2 / 6
    np.testing.assert_allclose(mean, gain @ targets, rtol=1e-10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"aspect_ratio": 0.3}, "aspect_ratio must make dim / aspect_ratio a whole number"),
        ({"aspect_ratio": 100.0}, "aspect_ratio must make dim / aspect_ratio a whole number"),
        ({"aspect_ratio": -1.0}, "aspect_ratio must be positive"),
        ({"noise_var": 0.0}, "noise_var must be positive and finite, got 0"),
        ({"spectrum": np.ones(3)}, "dim must be a multiple of the 3 eigenvalues given, got 8"),
        ({"teacher": np.ones(3)}, "dim must be a multiple of the 3"),
        ({"spectrum": np.ones(4), "teacher": np.ones(2)}, "teacher must have 1 or 4 entries"),
        ({"judge": TrainedJudge(0.3, 1.0, 1.0)}, "judge.aspect_ratio must make dim"),
        ({"dim": 0}, "dim must be at least 1, got 0"),
    ],
)
def test_bad_input(change, message, key):
    with pytest.raises(InputError, match=message):
        sims.statistics(key, 1, **MODEL | change)


def test_ratio_must_be_known(key):
    with pytest.raises(InputError, match="aspect_ratio must be one known number"):
        jax.jit(lambda ratio: sims.statistics(key, 1, **MODEL | {"aspect_ratio": ratio}).mean)(0.5)
