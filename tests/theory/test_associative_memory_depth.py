"""Heads and depth: exact forms, reference digits, independent oracles."""

import itertools

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy import special, stats

from jtts.arguments import InputError
from jtts.theory import associative_memory as am

ONE = 0.15865525393145707  # Q(1)


def test_votes_reference():
    heads = np.array([3, 5, 9, 15])
    expected = [0.0675272907, 0.0310349799, 0.0072120127, 0.0008979363]
    np.testing.assert_allclose(am.majority_error(ONE, heads), expected, rtol=0, atol=6e-11)
    tail = stats.binom.sf(heads // 2, heads, ONE)
    np.testing.assert_allclose(am.majority_error(ONE, heads), tail, rtol=1e-12)
    averaged = am.limit_bit_error(1 / heads)  # heads at a signal-to-noise ratio of 1 each
    expected = [0.0416322583, 0.0126736593, 0.0013498980, 0.0000537556]
    np.testing.assert_allclose(averaged, expected, rtol=0, atol=6e-11)


def test_heads_reference():
    assert float(am.bit_error(17, 16)) == pytest.approx(0.15907882, abs=6e-9)
    assert float(am.averaged_bit_error(17, 16, 5)) == pytest.approx(0.01264815, abs=6e-9)
    assert float(am.majority_bit_error(17, 16, 5)) == pytest.approx(0.03126188, abs=6e-9)
    assert float(am.least_squares_heads_error(60, 10, 4)) == pytest.approx(0.72916667, abs=6e-9)


@pytest.mark.parametrize(("num_pairs", "dim", "heads"), [(4, 5, 2), (9, 3, 4), (30, 8, 3)])
def test_average_over_heads_by_inversion(num_pairs, dim, heads):
    """1/2 - (1/pi) int sin(t)/t phi(t/H)^((N-1)H) dt with Bessel functions, in 30 digits."""
    with mp.workdps(30):
        order, count = mp.mpf(dim) / 2 - 1, (num_pairs - 1) * heads

        def wave(t):
            x = t / heads
            phi = mp.gamma(order + 1) * (2 / x) ** order * mp.besselj(order, x) if x else mp.mpf(1)
            return mp.sinc(t) * phi**count

        edges = mp.linspace(0, 60 * heads, 81)
        exact = mp.mpf(1) / 2 - mp.quad(wave, edges) / mp.pi
    # for few dimensions the cut integral, too, is good to 1e-8 only
    np.testing.assert_allclose(
        am.averaged_bit_error(num_pairs, dim, heads), float(exact), rtol=1e-7, atol=1e-12
    )


def test_one_head_and_one_wide_head():
    sizes = np.array([5, 33]), np.array([8, 24])
    for keys in ("sphere", "gauss", "rad"):
        one = am.averaged_bit_error(*sizes, 1, keys=keys)
        np.testing.assert_allclose(one, am.bit_error(*sizes, keys=keys), rtol=1e-13)
    for keys in ("gauss", "rad"):
        wide = am.bit_error(9, 40, keys=keys)
        np.testing.assert_allclose(am.averaged_bit_error(9, 8, 5, keys=keys), wide, rtol=1e-13)
    for keys in ("sphere", "gauss"):
        expected = [float(am.gain_error(1.0, 9, width, keys=keys)) for width in (40, 8)]
        for layout, index in (("averaged", 0), ("single", 0), ("sliced", 1)):
            error = float(am.heads_error(9, 8, 5, layout=layout, keys=keys))
            assert error == pytest.approx(expected[index], rel=1e-14)


def test_many_heads_keep_their_digits():
    """The relative error of the normal law falls as x^4/d; tails of 1e-100 are not lost."""
    error = am.averaged_bit_error(101, 400, np.array([10, 100]))
    normal = stats.norm.sf(np.sqrt(4.0 * np.array([10, 100])))
    ratio = np.log(np.asarray(error) / normal)
    # the fourth cumulant lowers the exponent by x^4 * 6 / (24 (d + 2) (N - 1) H)
    x = np.sqrt(4.0 * np.array([10, 100]))
    expected = -(x**4) * 6 / (24 * 402 * 100 * np.array([10, 100]))
    np.testing.assert_allclose(ratio, expected, rtol=0.2)
    rising = am.averaged_bit_error(np.array([1e4, 0.9999e5, 1.0001e5, 1e6]), 64, 3)
    assert np.all(np.diff(rising) > 0)


def test_bound_on_votes():
    error, heads = np.linspace(0.001, 0.499, 60)[:, None], np.arange(1, 400, 2)
    exact, bound = am.majority_error(error, heads), am.majority_bound(error, heads)
    assert np.all(exact <= bound)
    assert am.majority_bound(0.7, 5) == 1
    assert am.majority_bound(0.0, 5) == 0
    # and its factor at large H
    factor = am.majority_bound(0.2, 2001) / am.majority_error(0.2, 2001)
    assert float(factor) == pytest.approx(0.6 * np.sqrt(np.pi * 2001 / 0.32), rel=0.01)


def test_exponents_of_votes_against_averages():
    ratio = np.array([1e-3, 7.0])
    exponent = am.majority_exponent(stats.norm.sf(ratio))
    np.testing.assert_allclose(exponent[0] / ratio[0] ** 2, 1 / np.pi, rtol=1e-5)
    assert 0.25 < exponent[1] / ratio[1] ** 2 < 0.28
    assert np.isinf(am.majority_exponent(0.0))
    assert am.majority_exponent(0.6) == 0


def test_projections_of_heads():
    """E |y - mean of projections y|^2 / N, by drawing projectors."""
    rng = np.random.default_rng(3)
    errors = []
    for _ in range(400):
        keys = rng.normal(size=(4, 60, 10))
        mean = np.mean([k @ np.linalg.pinv(k) for k in keys], 0)
        errors.append(np.sum((np.eye(60) - mean) ** 2) / 60)
    assert np.mean(errors) == pytest.approx(0.72916667, abs=5 * np.std(errors) / 20)
    assert am.least_squares_heads_error(8, 10, 3) == 0


def test_chain_reference():
    np.testing.assert_allclose(am.chain_power(9, 32, 4), 2.4414062, atol=6e-8)
    np.testing.assert_allclose(am.chain_signal(9, 32, 4), 1.0541458, atol=6e-8)
    moments = am.tied_chain_power(0.25, np.array([1, 2, 4]))
    np.testing.assert_allclose(moments, [1.25, 2.890625, 30.01861572265625], rtol=1e-13)
    np.testing.assert_allclose(am.tied_chain_power(72 / 256, 3), 10.38181, atol=6e-6)
    assert float(am.chain_depth(17, 64, 1.25**4 - 1)) == pytest.approx(4, rel=1e-14)


def test_chain_by_recursion():
    """p <- p + (s - p)/d, s <- s (1 + (N - 1)/d)."""
    for num_pairs, dim in itertools.product((1, 2, 50), (1, 3, 200)):
        signal, power = 1.0, 1.0
        for depth in range(12):
            np.testing.assert_allclose(am.chain_signal(num_pairs, dim, depth), signal, rtol=1e-12)
            np.testing.assert_allclose(am.chain_power(num_pairs, dim, depth), power, rtol=1e-12)
            signal, power = signal + (power - signal) / dim, power * (1 + (num_pairs - 1) / dim)


def test_reliability():
    assert am.reliability(1.0, np.array([0, 3])).tolist() == [1.0, 0.0]
    np.testing.assert_allclose(am.reliability(1e-12, 1e9), np.exp(-1e-3), rtol=1e-12)
    np.testing.assert_allclose(am.depth_budget(1e-12, 0.5), np.log(2) * 1e12, rtol=1e-11)


def test_layers_reference():
    overlaps = am.layered_overlap(0.2, 0.8, np.arange(1, 5))
    np.testing.assert_allclose(overlaps, [0.9264, 0.9487, 0.9596, 0.9639], atol=6e-5)
    near = am.layered_overlap(0.26, 0.8, np.arange(1, 4))
    np.testing.assert_allclose(near, [0.8833, 0.8849, 0.8862], atol=6e-5)
    kept = am.layered_fixed_point(np.array([0.1, 0.2, 0.25]))
    expected = [0.9984046766, 0.9663260893, 0.9140160642]
    np.testing.assert_allclose(kept, expected, rtol=0, atol=6e-11)
    deep = am.layered_overlap(np.array([0.1, 0.2, 0.25]), 0.95, 1000)
    np.testing.assert_allclose(deep, expected, rtol=0, atol=6e-11)


def deep_overlap(load, layers):
    overlap, noise = 1.0, load
    for _ in range(layers):
        ratio = overlap / np.sqrt(2 * noise)
        overlap, noise = special.erf(ratio), load + 2 / np.pi * np.exp(-2 * ratio**2)
    return overlap


def test_critical_load_separates_what_is_kept_from_what_is_lost():
    """Followed for 10^4 layers, 3e-7 below and above: 0.2690616 and not 0.269065."""
    critical = float(am.critical_load())
    assert deep_overlap(critical - 3e-7, 10_000) > 0.83
    assert deep_overlap(critical + 3e-7, 10_000) < 1e-3
    with mp.workdps(40):

        def load(x):
            return mp.erf(x) ** 2 / (2 * x**2) - 2 / mp.pi * mp.exp(-2 * x**2)

        exact = load(mp.findroot(lambda x: mp.diff(load, x), 1.0))
    assert abs(critical - float(exact)) < 1e-14
    assert np.isnan(am.layered_fixed_point(critical + 1e-12))
    assert float(am.layered_fixed_point(critical - 1e-12)) == pytest.approx(0.83487, abs=2e-5)


def test_depth_not_known_before_tracing():
    traced = jax.jit(lambda depth: am.layered_overlap(0.2, 0.8, depth))
    assert float(traced(3)) == pytest.approx(float(am.layered_overlap(0.2, 0.8, 3)), rel=1e-14)
    assert np.isnan(traced(5000))
    assert am.layered_overlap(0.2, 0.8, 0) == 0.8


@pytest.mark.parametrize(
    "call",
    [
        lambda x: am.averaged_bit_error(20.0 * x, 16.0 * x, 3.0),
        lambda x: am.majority_error(0.3 * x, 5),
        lambda x: am.majority_exponent(0.3 * x),
        lambda x: am.least_squares_heads_error(20.0, 10.0 * x, 3.0),
        lambda x: am.chain_power(9.0 * x, 20.0, 3.0 * x),
        lambda x: am.chain_signal(9.0 * x, 20.0, 3.0 * x),
        lambda x: am.tied_chain_power(x, 2.0 * x),
        lambda x: am.depth_budget(x, 0.9 * x),
        lambda x: am.layered_overlap(0.3 * x, x, 4),
        lambda x: am.layered_fixed_point(0.3 * x),
    ],
)
def test_gradients_are_slopes_under_jit_and_vmap(call):
    x = jnp.array([0.7, 0.8])
    step = 1e-5
    slope = (call(x + step) - call(x - step)) / (2 * step)
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.grad(call)))(x), slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: am.averaged_bit_error(8, 8, 0), "heads must be a whole number"),
        (lambda: am.heads_error(8, 8, 2, layout="stacked"), "layout must be one of"),
        (lambda: am.majority_error(0.1, 4), "heads must be an odd number"),
        (lambda: am.majority_error(1.1, 3), "bit_error must be between 0 and 1"),
        (lambda: am.majority_bit_error(8, 8, 3, keys="rad"), "keys must be one of sphere, gauss"),
        (lambda: am.reliability(0.1, -1), "depth must be zero or positive"),
        (lambda: am.depth_budget(0.0, 0.5), "fault must be at least 1e-30 and below 1"),
        (lambda: am.chain_depth(8, 8, -1.0), "noise must be zero or positive"),
        (lambda: am.tied_chain_power(0.0, 2), "load must be between"),
        (lambda: am.layered_overlap(0.1, 1.5, 2), "initial must be between -1 and 1"),
        (lambda: am.layered_overlap(0.1, 0.5, 2.5), "depth must be a whole number"),
        (lambda: am.layered_fixed_point(0.0), "load must be positive"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize(
    ("fault", "depth", "slope"), [(1.0, 1.0, -1.0), (1.0, 2.0, 0.0), (0.0, 7.0, -7.0)]
)
def test_slope_of_reliability_at_sure_faults(fault, depth, slope):
    """-L (1-p)^(L-1)."""
    assert jax.grad(am.reliability)(fault, depth) == slope
