"""Chains of gradient steps against reference digits, limits and each other."""

import jax
import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.theory import in_context as icl

CHAINS = {  # steps, n, d, noise, step size
    (1, 16, 8, 0.25, 0.5): 0.39453125,
    (2, 16, 8, 0.25, 0.5): 0.248764038086,
    (4, 16, 8, 0.25, 0.5): 0.140068181907,
    (10, 40, 8, 1.0, 0.6): 0.0316482374025,
    (5, 8, 8, 0.5, 0.25): 0.375908313461,
    (4, 6, 8, 0.25, 0.3): 0.449324851563,
    (40, 64, 8, 0.25, 0.3): 0.00454079923796,
}
FLOWS = {  # time, n, d, noise
    (2.0, 16, 8, 0.25): 0.153831602939,
    (20.0, 16, 8, 0.25): 0.0338755447685,
    (1e4, 16, 8, 0.25): 0.0357142856931,
    (3.0, 8, 8, 0.5): 0.290719284795,
    (10.0, 6, 8, 0.25): 0.335254556547,
    (50.0, 40, 8, 1.0): 0.0322580366134,
}


@pytest.mark.parametrize("point", CHAINS)
def test_chain(point):
    assert icl.chain_error(*point) == pytest.approx(CHAINS[point], rel=1e-11)


@pytest.mark.parametrize("point", FLOWS)
def test_flow(point):
    assert icl.flow_error(*point) == pytest.approx(FLOWS[point], rel=1e-11)


def test_clipped():
    found = icl.clipped_chain_error([8, 16], 16, 8, 0.25, 0.5)
    np.testing.assert_allclose(found, [0.0725148815, 0.0419362564], atol=5e-11)
    assert icl.clipped_chain_error(16, 6, 8, 0.25, 0.3) == pytest.approx(0.3518714319, abs=5e-11)
    # many steps: the end of the flow
    assert icl.clipped_chain_error(10**9, 16, 8, 0.25, 0.5) == pytest.approx(0.25 / 7, rel=1e-10)


def test_one_step_is_the_one_of_gradient_descent():
    found = icl.chain_error(1, 16, 8, 0.25, [0.1, 0.5])
    np.testing.assert_allclose(found, icl.gradient_step_error([0.1, 0.5], 8, 16, 0.25), rtol=1e-12)


@pytest.mark.parametrize(
    ("point", "share"), [((12, 16, 8, 0.25, 0.5), "0.87"), ((20, 8, 8, 0.5, 0.25), "1"),
                         ((40, 40, 8, 1.0, 0.6), "1"), ((8, 6, 8, 0.25, 0.3), "0.19")],
)  # fmt: skip
def test_means_that_rare_prompts_carry_are_refused(point, share):
    with pytest.raises(InputError, match=f"they carry {share} of it"):
        icl.chain_error(*point)
    traced = jax.jit(lambda eta: icl.chain_error(*point[:4], eta))(point[4])
    assert np.isnan(traced)


def test_small_steps_are_the_flow():
    """The gap is of the order of the step."""
    flow = icl.flow_error(2.0, 16, 8, 0.25)
    found = [icl.chain_error(round(2 / eta), 16, 8, 0.25, eta) for eta in (0.1, 0.05, 0.025)]
    np.testing.assert_allclose(found, [0.15075227, 0.15228235, 0.15305459], atol=5e-9)
    gaps = np.asarray(flow - np.array(found))
    np.testing.assert_allclose(gaps[:-1] / gaps[1:], 2, rtol=0.02)


def test_ends_of_the_flow():
    assert icl.flow_error(1e9, 16, 8, 0.25) == pytest.approx(0.25 / 7, rel=1e-9)
    end = 1 - 4 / 8 + 0.25 * 4 / (8 * 3)
    assert icl.flow_error(1e9, 4, 8, 0.25) == pytest.approx(end, rel=1e-9)
    with_noise = icl.flow_error([1e6, 4e6], 8, 8, 0.25)
    assert with_noise[1] / with_noise[0] == pytest.approx(2, rel=0.01)  # no end: like sqrt(T)


@pytest.mark.parametrize(("n", "power"), [(8, 0.5), (9, 1.0), (10, 1.5), (12, 2.5)])
def test_mean_falls_like_a_power_without_noise(n, power):
    low, high = icl.flow_error([0.9e7, 1.1e7], n, 8, 0.0)
    assert -np.log(high / low) / np.log(11 / 9) == pytest.approx(power, abs=2e-3)


def test_overthinking_is_generic():
    """With noise the end is approached from below: a finite time is best, near T = 19.83 here."""
    time = np.array([19.0, 19.83368555, 21.0, 1e3])
    error = icl.flow_error(time, 16, 8, 0.25)
    assert error[1] == pytest.approx(0.0338752249, abs=5e-11)
    assert np.argmin(error) == 1
    assert error[1] < icl.flow_error(1e6, 16, 8, 0.25)
