"""Sign and code-book read-out, capacities: reference digits, independent integrals, limits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy import integrate
from scipy.stats import binom, norm, t

from jtts.arguments import InputError
from jtts.theory import associative_memory as am
from jtts.theory.associative_memory.capacity import CRITERIA
from jtts.theory.associative_memory.codebook import union_errors
from jtts.theory.associative_memory.overlaps import log_moment_generating

BITS = {  # (dim, num_pairs): rad, gauss, sphere
    (8, 5): (0.0813778287, 0.0975077641, 0.080038836),
    (32, 17): (0.0788186128, 0.0834777930, 0.078745404),
}
CAPACITIES = {  # dim: values of the criteria below
    64: (10.987425, 7.4, 5.925371, 4.994218, 88.3439, 64),
    256: (21.033453, 26.6, 17.406960, 13.456679, 1476.4435, 256),
    1024: (41.096262, 103.4, 57.157394, 41.356439, 20818.0841, 1024),
}
COLUMNS = (
    ("adversarial", 6), ("mean_squared", 6), ("pattern_bits", 6), ("all_bits", 6),
    ("codebook_union", 4), ("least_squares", 6),
)  # fmt: skip


@pytest.mark.parametrize("sizes", BITS)
def test_bit_error_reference(sizes):
    dim, num_pairs = sizes
    for keys, value in zip(("rad", "gauss", "sphere"), BITS[sizes], strict=True):
        error = am.bit_error(num_pairs, dim, keys=keys)
        np.testing.assert_allclose(error, value, rtol=0, atol=7e-10)
    np.testing.assert_allclose(am.limit_bit_error(0.5), 0.0786496035, atol=6e-11)


SIZES = [
    (8, 2),
    (3, 3),
    (4, 7),
    (5, 4),
    (32, 17),
    (1000, 33),
    (1000, 101),
    (5, 1001),
    (1024, 10**6),
]


@pytest.mark.parametrize(("dim", "num_pairs"), SIZES)
def test_gauss_and_sign_keys_against_scipy(dim, num_pairs):
    expected = t.sf(np.sqrt(dim / (num_pairs - 1)), dim)
    np.testing.assert_allclose(am.bit_error(num_pairs, dim, keys="gauss"), expected, rtol=1e-12)
    n = (num_pairs - 1) * dim
    half = (n - dim) / 2
    tie = binom.pmf(half, n, 0.5) / 2 if half == round(half) else 0.0
    expected = binom.cdf(np.ceil(half) - 1, n, 0.5) + tie
    np.testing.assert_allclose(am.bit_error(num_pairs, dim, keys="rad"), expected, rtol=1e-11)


@pytest.mark.parametrize(("dim", "num_pairs"), [(8, 5), (16, 4), (5, 20), (64, 9), (10, 200)])
def test_sphere_keys_against_the_bessel_integral(dim, num_pairs):
    """The integral along the real axis, by mpmath."""
    with mp.workdps(20):
        order = mp.mpf(dim) / 2 - 1

        def wave(s):
            bessel = mp.gamma(order + 1) * (2 / s) ** order * mp.besselj(order, s)
            return mp.sin(s) / s * bessel ** (num_pairs - 1)

        expected = 0.5 - mp.quad(wave, mp.linspace(mp.mpf("1e-15"), 60 * mp.pi, 61)) / mp.pi
    np.testing.assert_allclose(am.bit_error(num_pairs, dim), float(expected), rtol=1e-11)


def test_sphere_keys_in_three_dimensions():
    """Overlaps are uniform on [-1, 1]: the law of Irwin and Hall."""
    for num_pairs, tolerance in [(3, 1e-6), (4, 1e-6), (6, 1e-9), (10, 1e-14)]:
        n = num_pairs - 1
        x = mp.mpf(1 + n) / 2
        below = sum((-1) ** k * mp.binomial(n, k) * (x - k) ** n for k in range(int(x) + 1))
        expected = float(1 - below / mp.factorial(n))
        assert abs(am.bit_error(num_pairs, 3) - expected) < tolerance


def test_sphere_keys_in_the_plane():
    """Documented to 5e-5: overlaps are cosines of a uniform angle."""
    share = integrate.quad(lambda a: np.arccos(1 - np.cos(a)) / np.pi**2, 0, np.pi / 2)[0]
    assert abs(am.bit_error(3, 2) - share) < 5e-5


def test_sphere_keys_at_the_ends_of_their_range():
    assert am.bit_error(1, 8) == 0
    assert am.bit_error(2, 8) == 0  # a single overlap stays below 1
    with pytest.raises(InputError, match="dim must be at least 2 for keys on the sphere"):
        am.bit_error(5, 1.5)
    below, above = am.bit_error(np.array([99_999, 100_001]), 1000)
    assert 0 < above - below < 3 * (am.bit_error(99_999, 1000) - am.bit_error(99_998, 1000))
    assert 0 < am.bit_error(101, 10**4) < am.limit_bit_error(100 / 10**4) * 1.1
    tiny = am.bit_error(30, 10**4)
    assert 1e-80 < tiny < am.limit_bit_error(29 / 10**4)


def test_sign_keys_need_whole_sizes():
    assert np.isnan(am.bit_error(4.5, 8, keys="rad"))
    assert np.isnan(am.bit_error(5, 7.5, keys="rad"))


def test_code_book_reference():
    np.testing.assert_allclose(am.label_recall(63 / 16, 8), 0.5282765, atol=6e-8)
    sizes = np.array([(64, 32, 32), (128, 32, 32), (512, 64, 64)]).T
    np.testing.assert_allclose(am.codebook_recall(*sizes), [0.8158, 0.4170, 0.3026], atol=6e-5)


def test_label_recall_is_its_integral():
    for load, classes in [(0.5, 2), (4.0, 30)]:
        signal = np.sqrt(classes / load)
        value = integrate.quad(
            lambda z, s=signal, m=classes: norm.pdf(z) * norm.cdf(s + z) ** (m - 1), -10, 10
        )[0]
        np.testing.assert_allclose(am.label_recall(load, classes), value, rtol=1e-10)


def test_largest_overlap_is_its_integral():
    for num_pairs in (2, 30, 10**4, 10**8):
        count = num_pairs * (num_pairs - 1) / 2
        typical = np.sqrt(4 * np.log(num_pairs))
        value = sum(
            integrate.quad(
                lambda x, m=count: -np.expm1(m * np.log1p(-2 * norm.sf(x))), *ends, epsabs=1e-12
            )[0]
            for ends in [(1e-12, 0.8 * typical), (0.8 * typical, typical), (typical, typical + 8)]
        )
        np.testing.assert_allclose(am.largest_overlap(num_pairs), value, rtol=1e-9)


def test_welch_bound_holds_and_is_reached_by_the_simplex():
    rng = np.random.default_rng(0)
    for num_pairs, dim in [(4, 3), (9, 8), (12, 5), (100, 7)]:
        keys = rng.normal(size=(num_pairs, dim))
        keys /= np.linalg.norm(keys, axis=1, keepdims=True)
        largest = np.max(np.abs(keys @ keys.T - np.eye(num_pairs)))
        assert largest > am.welch_coherence(num_pairs, dim)
    np.testing.assert_allclose(am.welch_coherence(9, 8), 1 / 8, rtol=1e-14)
    assert am.welch_coherence(8, 8) == 0
    assert am.welch_coherence(1, 1) == 0


@pytest.mark.parametrize("dim", CAPACITIES)
def test_capacity_reference(dim):
    for (criterion, digits), value in zip(COLUMNS, CAPACITIES[dim], strict=True):
        found = am.capacity(dim, criterion)
        np.testing.assert_allclose(found, value, rtol=0, atol=0.6 * 10.0**-digits)


def test_capacities_solve_their_equations():
    coherent = am.capacity(500.0, "coherence", tolerance=2.0)
    np.testing.assert_allclose((coherent - 1) * am.largest_overlap(coherent), 2 * 500**0.5)
    num_pairs = am.capacity(500.0, "codebook_union", num_values=80.0, expected_errors=0.3)
    np.testing.assert_allclose(union_errors(num_pairs, 500.0, 80.0), 0.3, rtol=1e-12)
    typical, whole = (am.capacity(500.0, f"codebook_{kind}") for kind in ("typical", "all"))
    np.testing.assert_allclose([typical * np.log(typical), 4 * whole * np.log(whole)], 500**2 / 2)


def test_softmax_capacity_against_mpmath():
    with mp.workdps(40):
        for dim, beta, mass in [(4, 0.1, 0.5), (32, 2.0, 0.9), (301, 1.0, 0.1), (50.5, 0.5, 0.5)]:
            order, logit = mp.mpf(dim) / 2 - 1, mp.mpf(beta) * dim
            mean = mp.gamma(order + 1) * (2 / logit) ** order * mp.besseli(order, logit)
            exact = 1 + (1 / mp.mpf(mass) - 1) * mp.exp(logit) / mean
            found = am.capacity(dim, "softmax", inverse_temperature=beta, mass=mass)
            assert abs(found / float(exact) - 1) < 1e-11


def test_softmax_exponent_is_the_annealed_one():
    """ln(N)/d tends to b (1 - c) - ln(1 - c^2)/2."""
    for beta, exponent in {0.5: 0.38700642, 1.0: 0.62257192, 2.0: 0.90875401}.items():
        per_dim = [beta - log_moment_generating(d, beta * d) / d for d in (1e4, 1e5)]
        limit = per_dim[1] + (per_dim[1] - per_dim[0]) / 9  # corrections 1/d
        np.testing.assert_allclose(limit, exponent, atol=1e-7)


def test_exponents_tell_the_criteria_apart():
    """At d = 1e8, up to logarithms."""
    exponents = {c: float(am.capacity_exponent(1e8, c)) for c in CRITERIA if c != "softmax"}
    expected = {
        "adversarial": (0.4999, 0.5), "coherence": (0.44, 0.49), "welch": (0.999, 1.001),
        "mean_squared": (0.999, 1.0), "pattern_bits": (0.93, 0.97), "all_bits": (0.92, 0.97),
        "codebook_typical": (1.9, 1.99), "codebook_all": (1.9, 1.99),
        "codebook_union": (1.9, 1.99), "least_squares": (1.0, 1.0),
    }  # fmt: skip
    for criterion, (low, high) in expected.items():
        assert low <= exponents[criterion] <= high, criterion


@pytest.mark.parametrize(
    "call",
    [
        lambda x: am.bit_error(17.0 * x, 32.0 * x),
        lambda x: am.bit_error(17.0 * x, 32.0 * x, keys="gauss"),
        lambda x: am.bit_error(2e5 * x, 32.0),
        lambda x: am.label_recall(x, 5.0 * x),
        lambda x: am.largest_overlap(20.0 * x),
        *(
            lambda x, criterion=criterion: jnp.log(am.capacity(40.0 * x, criterion))
            for criterion in CRITERIA
        ),
        lambda x: am.capacity(40.0, "coherence", tolerance=x),
        lambda x: am.capacity(40.0, "all_bits", num_values=30.0 * x, expected_errors=0.1 * x**2),
        lambda x: am.capacity(40.0, "codebook_union", num_values=30.0 * x, expected_errors=x),
        lambda x: jnp.log(am.capacity(40.0, "softmax", inverse_temperature=x, mass=x / 2)),
    ],
)
def test_gradients_are_slopes_under_jit_and_vmap(call):
    x = jnp.array([0.7, 1.1])
    step = 1e-4
    slope = (call(x + step) - call(x - step)) / (2 * step)
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.grad(call)))(x), slope, rtol=1e-5)


def test_grids_broadcast():
    grid = am.bit_error(np.array([[5], [17]]), np.array([8, 32, 40]))
    assert grid.shape == (2, 3)
    np.testing.assert_allclose(grid[1, 1], am.bit_error(17, 32), rtol=1e-14)
    column = np.ones((3, 1))
    assert am.capacity(np.array([16.0, 64.0]), "coherence", tolerance=column).shape == (3, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: am.capacity(64, "mean_square"), "criterion must be one of mean_squared"),
        (lambda: am.capacity(64, "welch", bits=3), "no option 'bits'; it takes tolerance"),
        (lambda: am.capacity(64, "least_squares", tolerance=1), "it takes no options"),
        (lambda: am.capacity(0, "all_bits"), "dim must be between 1"),
        (
            lambda: am.capacity(8, "all_bits", expected_errors=0.0),
            "expected_errors must be between",
        ),
        (lambda: am.capacity(8, "softmax", mass=1.0), "mass must be above 0 and below 1"),
        (lambda: am.capacity(8, "adversarial", tolerance=-1.0), "tolerance must be positive"),
        (lambda: am.bit_error(0, 8), "num_pairs must be between 1 and 1e.09"),
        (lambda: am.bit_error(4, 8, keys="ring"), "keys must be one of"),
        (lambda: am.limit_bit_error(-1.0), "load must be zero or positive"),
        (lambda: am.label_recall(0.0, 4), "load must be positive"),
        (lambda: am.codebook_recall(64, 1, 4), "dim must be between 2"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_patterns_that_any_memory_recalls_have_no_capacity():
    assert np.isnan(am.capacity(8, "pattern_bits", num_values=1, expected_errors=0.6))
