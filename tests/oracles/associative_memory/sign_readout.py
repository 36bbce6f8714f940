"""Errors of bits: Bessel functions in many digits, uniform overlaps, beta laws, exact counts."""

from fractions import Fraction
from math import comb, factorial

import mpmath as mp


def bit_error(num_pairs, dim, keys="sphere"):
    """Exact counts of signs, an incomplete beta function, or the sum of overlaps of the sphere."""
    if num_pairs == 1:
        return 0
    if keys == "rad":
        n = (num_pairs - 1) * dim
        ways = sum(comb(n, k) for k in range((n + dim) // 2 + 1, n + 1))
        ties = 0 if (n + dim) % 2 else comb(n, (n + dim) // 2)
        return Fraction(2 * ways + ties, 2 ** (n + 1))
    if keys == "gauss":
        with mp.workdps(60):
            pairs = mp.mpf(num_pairs)
            above = mp.betainc(mp.mpf(dim) / 2, 0.5, 0, (pairs - 1) / pairs, regularized=True)
            return above / 2
    return sum_of_overlaps(mp.mpf(num_pairs) - 1, 1, dim)


def averaged_bit_error(num_pairs, dim, heads, keys="sphere"):
    """A head of the whole width for keys that can be put end to end, else more overlaps."""
    if keys != "sphere":
        return bit_error(num_pairs, heads * dim, keys)
    return sum_of_overlaps(mp.mpf(num_pairs - 1) * heads, heads, dim)


def sum_of_overlaps(count, threshold, dim):
    """P(sum of overlaps > threshold)."""
    if count <= threshold:
        return 0
    if dim == 3 and count < 400:  # uniform overlaps: the law of Irwin and Hall
        n, x = int(count), (Fraction(int(count)) + threshold) / 2
        below = sum((-1) ** k * comb(n, k) * (x - k) ** n for k in range(int(x) + 1))
        return 1 - below / factorial(n)
    if count == 2 and dim < 12:
        return convolution(dim)
    return fourier(count, threshold, dim)


def convolution(dim):
    """P(x + x' > 1), one overlap after the other."""
    with mp.workdps(25):
        power = (mp.mpf(dim) - 1) / 2
        norm = mp.beta(power, 0.5)

        def density(angle):  # x = sin(angle)
            other = 1 - mp.sin(angle)
            above = mp.betainc(power, 0.5, 0, 1 - other**2, regularized=True) / 2
            return mp.cos(angle) ** (dim - 2) * above / norm

        ends = [mp.asin(mp.mpf(k) / 16) for k in range(17)]
        return mp.re(mp.quad(density, ends))


def fourier(count, threshold, dim):
    """Trapezoids along a vertical line; M(s) = 0F1(; d/2; s^2/4), its logarithm followed on."""
    with mp.workdps(40):
        count, dim = mp.mpf(count), mp.mpf(dim)
        share = threshold / count
        spread = mp.sqrt(dim / (count * (1 - share**2)))
        shift = max(share * dim / (1 - share**2), spread)
        order = dim / 2 - 1

        def log_generating(s):
            return mp.loggamma(order + 1) + order * mp.log(2 / s) + mp.log(mp.besseli(order, s))

        at_shift = mp.re(log_generating(shift))
        step, total, turns, before, j = spread / 10, mp.mpf(0), 0, mp.mpf(0), 0
        while True:
            s = mp.mpc(shift, step * j)
            log_ratio = log_generating(s) - at_shift - share * mp.mpc(0, step * j)
            turns += mp.nint((before - log_ratio.imag) / (2 * mp.pi) - turns)
            log_ratio += mp.mpc(0, 2 * mp.pi * turns)
            before = log_ratio.imag
            wave = mp.exp(count * log_ratio) / s
            total += mp.re(wave) * step / (1 if j else 2)
            j += 1
            if abs(wave) < mp.mpf(10) ** -22 * abs(total):
                return total / mp.pi * mp.exp(count * at_shift - threshold * shift)


def limit_bit_error(load, keys="sphere"):
    """By the incomplete gamma function."""
    if load == 0:
        return 0
    return mp.gammainc(0.5, 1 / (2 * mp.mpf(load)), regularized=True) / 2


def heads_error(num_pairs, dim, heads, layout="averaged", keys="sphere"):
    """Rationals: cross-talk of the width that is read, and of the keys' own length."""
    width = Fraction(dim) * (1 if layout == "sliced" else Fraction(heads))
    return (Fraction(num_pairs) - 1) / width + (2 / width if keys == "gauss" else 0)


def least_squares_heads_error(num_pairs, dim, heads):
    """Rationals: E|v - mean of projections|^2 of heads that each keep d of N dimensions."""
    kept = Fraction(min(dim, num_pairs)) / Fraction(num_pairs)
    heads = Fraction(heads)
    return 1 - 2 * kept + (kept * heads + kept**2 * heads * (heads - 1)) / heads**2


CORNERS = {
    "bit_error": [
        {"num_pairs": 1, "dim": 8},
        {"num_pairs": 2, "dim": 8},
        {"num_pairs": 3, "dim": 2},
        {"num_pairs": 3, "dim": 2.5},
        {"num_pairs": 3, "dim": 4},
        {"num_pairs": 3, "dim": 11},
        {"num_pairs": 3, "dim": 120},
        {"num_pairs": 3, "dim": 150},
        {"num_pairs": 3, "dim": 200},
        {"num_pairs": 3, "dim": 300},
        {"num_pairs": 3, "dim": 2300},
        {"num_pairs": 4, "dim": 3},
        {"num_pairs": 21, "dim": 3},
        {"num_pairs": 3.5, "dim": 8},
        {"num_pairs": 30, "dim": 2.2},
        {"num_pairs": 5, "dim": 3000},
        {"num_pairs": 99, "dim": 10**5},
        {"num_pairs": 3000, "dim": 10**6},
        {"num_pairs": 99_999, "dim": 10**8},
        {"num_pairs": 10**5, "dim": 10**8},
        {"num_pairs": 10**5, "dim": 2},
        {"num_pairs": 10**9, "dim": 10**9},
        {"num_pairs": 2, "dim": 1, "keys": "rad"},
        {"num_pairs": 2, "dim": 1000, "keys": "rad"},
        {"num_pairs": 3, "dim": 1, "keys": "rad"},
        {"num_pairs": 3, "dim": 2000, "keys": "rad"},
        {"num_pairs": 17, "dim": 31, "keys": "rad"},
        {"num_pairs": 101, "dim": 20, "keys": "rad"},
        {"num_pairs": 1 + 1e-9, "dim": 20, "keys": "gauss"},
        {"num_pairs": 2, "dim": 1, "keys": "gauss"},
        {"num_pairs": 2, "dim": 1900, "keys": "gauss"},
        {"num_pairs": 1000, "dim": 10**6, "keys": "gauss"},
        {"num_pairs": 10**9, "dim": 1, "keys": "gauss"},
        {"num_pairs": 10**6, "dim": 10**9, "keys": "gauss"},
    ],
    "averaged_bit_error": [
        {"num_pairs": 3, "dim": 300, "heads": 2},
        {"num_pairs": 2, "dim": 9, "heads": 4},
        {"num_pairs": 3, "dim": 2, "heads": 1000},
        {"num_pairs": 4, "dim": 3, "heads": 9},
        {"num_pairs": 3, "dim": 5, "heads": 7},
        {"num_pairs": 2001, "dim": 2, "heads": 10**6},
        {"num_pairs": 10, "dim": 4, "heads": 100},
        {"num_pairs": 10**5, "dim": 7, "heads": 1000},
        {"num_pairs": 2, "dim": 50, "heads": 4, "keys": "rad"},
        {"num_pairs": 3, "dim": 40, "heads": 50, "keys": "gauss"},
    ],
    "limit_bit_error": [
        {"load": 0.0},
        {"load": 7e-4},
        {"load": 0.001},
        {"load": 0.0025},
        {"load": 0.5, "keys": "rad"},
        {"load": 1e18, "keys": "gauss"},
    ],
    "heads_error": [
        {"num_pairs": 1, "dim": 1, "heads": 1},
        {"num_pairs": 1, "dim": 1, "heads": 1, "keys": "gauss"},
        {"num_pairs": 10**9, "dim": 3, "heads": 1000, "layout": "single"},
        {"num_pairs": 10**9, "dim": 10**9, "heads": 7, "layout": "sliced", "keys": "gauss"},
        {"num_pairs": 1, "dim": 10**9, "heads": 1000, "keys": "gauss"},
    ],
    "least_squares_heads_error": [
        {"num_pairs": 1, "dim": 1, "heads": 1},
        {"num_pairs": 10, "dim": 10, "heads": 3},
        {"num_pairs": 10, "dim": 11, "heads": 3},
        {"num_pairs": 10**9, "dim": 10**9 - 1, "heads": 1},
        {"num_pairs": 10**9, "dim": 10**9 - 1, "heads": 1000},
        {"num_pairs": 10**9, "dim": 1, "heads": 1000},
    ],
}
