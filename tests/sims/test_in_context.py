"""Simulations of in-context learning against independent recipes in NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.sims import in_context as sims

pytestmark = pytest.mark.long

RATIOS = {"context_ratio": 2.0, "diversity_ratio": 1.5, "data_ratio": 2.0, "noise_var": 0.1}


def population_errors(rng, dim, context_ratio, diversity_ratio, data_ratio, noise_var):
    """One training set, solved by least squares; errors by the moments of fresh sequences."""
    length, tasks = int(context_ratio * dim), int(diversity_ratio * dim)
    count = round(data_ratio * dim * (dim + 1))
    pool = rng.standard_normal((tasks, dim))
    pool *= np.sqrt(dim / (pool**2).sum(1, keepdims=True))
    w = pool[rng.integers(tasks, size=count)]
    x = rng.standard_normal((count, length + 1, dim)) / np.sqrt(dim)
    y = np.einsum("nld,nd->nl", x, w)
    y += np.sqrt(noise_var) * rng.standard_normal(y.shape)
    cross = np.einsum("nl,nld->nd", y[:, :-1], x[:, :-1]) * dim / length
    moments = np.concatenate([cross, (y[:, :-1] ** 2).mean(1, keepdims=True)], 1)
    features = (x[:, -1, :, None] * moments[:, None]).reshape(count, -1)
    gamma = np.linalg.lstsq(features, y[:, -1], rcond=None)[0].reshape(dim, dim + 1)
    signal = 1 + noise_var

    def error(mean, second):
        a = np.concatenate([second, signal * mean[:, None]], 1)
        corner = (1 + 2 / length) * signal * mean[:, None]
        b = np.block(
            [
                [second * (1 + 1 / length) + signal * dim / length * np.eye(dim), corner],
                [corner.T, np.array([[(1 + 2 / length) * signal**2]])],
            ]
        )
        return signal - 2 / dim * np.sum(gamma * a) + np.sum(gamma @ b * gamma) / dim

    return error(np.zeros(dim), np.eye(dim)), error(pool.mean(0), pool.T @ pool / tasks)


@pytest.mark.parametrize("data_ratio", [0.5, 4.0])
def test_linear_attention_against_population_errors(data_ratio, key):
    """The moments of fresh tasks, of |w|^2 = d, give the error that is played."""
    ratios = RATIOS | {"data_ratio": data_ratio}
    rng = np.random.default_rng(0)
    expected = np.array([population_errors(rng, 8, **ratios) for _ in range(400)])
    found = sims.linear_attention_errors(key, 400 * 256, dim=8, **ratios)
    for index, test in enumerate(("icl", "idg")):
        mean, spread = expected[:, index].mean(), expected[:, index].std() / np.sqrt(400)
        z = (found.mean[test] - mean) / np.hypot(found.stderr[test], spread)
        assert abs(z) < 4


def test_curves_do_not_depend_on_what_else_is_asked(key):
    whole = sims.ridge_error(key, 256, jnp.array([1, 5, 9]), 4, 0.25)
    alone = sims.ridge_error(key, 256, 5, 4, 0.25)
    assert alone.mean == pytest.approx(float(whole.mean[1]), rel=1e-12)
    whole = sims.dirichlet_kl(key, 256, jnp.array([1, 5, 9]), 4)
    alone = sims.dirichlet_kl(key, 256, 5, 4)
    assert alone.mean == pytest.approx(float(whole.mean[1]), rel=1e-12)


def test_a_pool_of_one_urn_leaves_the_whole_redundancy(key):
    """Memorising one urn loses nothing."""
    advantage = sims.memorizing_advantage(key, 4096, 1, 4, 20)
    redundancy = sims.dirichlet_redundancy(jax.random.key(1), 4096, 20, 4)
    gap = 20 * advantage.mean - redundancy.mean
    assert abs(gap) < 4 * np.hypot(20 * advantage.stderr, redundancy.stderr)


@pytest.mark.parametrize(
    ("play", "message"),
    [
        (lambda key: sims.dirichlet_kl(key, 1, 2.5, 4), "num_symbols_seen must be a whole number"),
        (lambda key: sims.ridge_error(key, 1, 4, 4, 0.0), "noise_var must be positive"),
        (
            lambda key: sims.linear_attention_errors(
                key, 1, dim=9, **RATIOS | {"context_ratio": 0.5}
            ),
            "context_ratio must make dim",
        ),
    ],
)
def test_bad_input(play, message, key):
    with pytest.raises(InputError, match=message):
        play(key)
