import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts import Estimate
from jtts.regression import Statistics


def test_estimate_of_data_matches_numpy():
    data = np.random.default_rng(0).normal(3.0, 2.0, 1000)
    estimate = Estimate.of(data)
    assert float(estimate.mean) == pytest.approx(data.mean(), rel=1e-14)
    assert float(estimate.stderr) == pytest.approx(data.std(ddof=1) / np.sqrt(1000), rel=1e-12)


def test_merging_parts_equals_the_whole_even_far_from_zero():
    data = 1e8 + np.random.default_rng(1).normal(size=999)
    whole = Estimate.of(data)
    parts = [Estimate.of(part) for part in np.split(data, [1, 10, 500])]
    merged = parts[0].merge(parts[1]).merge(parts[2].merge(parts[3]))
    assert float(merged.count) == 999
    assert float(merged.mean) == pytest.approx(float(whole.mean), rel=1e-15)
    assert float(merged.variance) == pytest.approx(float(whole.variance), rel=1e-6)


def test_pytree_of_means():
    estimate = Estimate.of(
        Statistics(jnp.arange(1.0, 5.0), jnp.ones(4), jnp.zeros(4), jnp.zeros(4))
    )
    assert float(estimate.mean.predictive_var) == 2.5
    assert float(estimate.stderr.mean_error) == 0.0


def test_stderr_of_one_datum_is_unknown():
    assert np.isnan(Estimate.of_one(jnp.float64(2.0)).stderr)


def test_events_are_counted_as_numbers():
    assert float(Estimate.of(jnp.array([True, False, True, True])).mean) == 0.75


def test_estimate_travels_through_jit():
    merged = jax.jit(lambda a, b: a.merge(b))(Estimate.of(jnp.ones(3)), Estimate.of(jnp.zeros(1)))
    assert float(merged.mean) == 0.75


def test_stacked_estimates_merge_row_by_row():
    """As many estimates as components: counts must meet rows, not columns."""
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((3, 10, 3)), rng.standard_normal((3, 50, 3))
    stacked = [jax.vmap(Estimate.of)(jnp.asarray(part)) for part in (first, second)]
    stacked[0] = Estimate(jnp.array([10.0, 0.0, 10.0]), stacked[0].mean, stacked[0].squares)
    merged = stacked[0].merge(stacked[1])
    np.testing.assert_allclose(merged.mean[0], np.concatenate([first, second], 1)[0].mean(0))
    np.testing.assert_allclose(merged.mean[1], second[1].mean(0))


def test_rounding_is_no_spread():
    parts = [Estimate.of(jnp.full(n, 0.1)) for n in (3, 7, 13)]
    whole = functools.reduce(Estimate.merge, parts)
    assert whole.stderr == 0
    assert dataclasses.replace(whole, squares=jnp.asarray(1e-29)).stderr > 0
