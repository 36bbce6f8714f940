"""Sweeps and checks compute in 64 bits whatever the mode around them, and say what is no number."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts import Estimate, checks, law, simulation, sweep
from jtts.domain import reals
from jtts.kinds import Exact


@law(kind=Exact(), formula="p", source="elementary", domain={"p": reals(0.05, 0.4)})
def tiny_share(p):
    """A share, with more digits than single precision has."""
    return jnp.asarray(p) + 1e-12


@tiny_share.simulated_by
@simulation(chunk=1024)
def share_by_play(key, trials, p):
    """Trials that come in pairs, and add up."""
    return Estimate.of(jax.random.uniform(key, (trials,)) < p)


@law(kind=Exact(), formula="p", source="elementary", domain={"p": reals(0.05, 0.4)})
def lost(p):
    """A share that nobody counts."""
    return jnp.asarray(p)


@lost.simulated_by
@simulation(chunk=64)
def lost_by_play(key, trials, p):
    """No number comes out where p is below 0.2."""
    return Estimate.of(jnp.where(p < 0.2, jnp.nan, jax.random.uniform(key, (trials,)) < p))


def test_a_sweep_in_single_mode_is_that_of_double_mode():
    def numbers():
        data = sweep(tiny_share, {"p": [0.1, 0.3]}, trials=4096)
        return np.stack([data.theory, data.simulation, data.stderr])

    double = numbers()
    with jax.enable_x64(False):
        single = numbers()
    assert single.dtype == np.float64
    np.testing.assert_array_equal(single, double)


def test_a_check_in_single_mode_is_that_of_double_mode():
    double = checks.gather(tiny_share)
    with jax.enable_x64(False):
        single = checks.gather(tiny_share)
        verdict = checks.weigh(tiny_share, single)
    np.testing.assert_array_equal(single.mean, double.mean)
    assert verdict.evidence == checks.weigh(tiny_share, double).evidence


def test_a_sweep_says_that_a_simulation_is_not_finite():
    with pytest.warns(UserWarning, match="simulation of .*lost is not finite at 1 of 2 points"):
        data = sweep(lost, {"p": [0.1, 0.3]}, trials=64)
    assert np.isnan(data.simulation.values[0])


def test_a_check_fails_where_a_simulation_is_not_finite():
    verdict = checks.check(lost, max_trials=256)
    assert verdict.status == "fail"
    assert "the simulation is not finite at" in verdict.evidence


def test_a_verdict_is_printed_as_a_line():
    text = str(checks.check(tiny_share))
    assert text.startswith(f"{tiny_share.full_name} (exact): pass; ")
    assert "\n" not in text
