"""Pretrained chains in fractions, and logarithms in many digits."""

from fractions import Fraction
from math import comb

import mpmath as mp

mp.mp.dps = 40


def pretrained_chain_long_context(num_steps, context_noise, pretraining_noise):
    """The sum of squared binomial terms, in fractions."""
    t, q, om = num_steps, Fraction(context_noise), Fraction(pretraining_noise)
    kept, added = (q / (1 + q)) ** 2, q * om / (1 + q) ** 2
    if t > 64:  # as long as numbers may be
        kept, added = (mp.mpf(x.numerator) / x.denominator for x in (kept, added))
    return sum(comb(t, k) ** 2 * kept ** (t - k) * added**k for k in range(t + 1))


def pretraining_threshold(num_train_examples, dim, noise_var):
    """N at which q omega = 1."""
    q = (dim + 1 + Fraction(noise_var)) / num_train_examples
    return dim + 1 + q * dim


def steps_for_error(error, num_examples, dim, noise_var):
    eta = num_examples / (num_examples + dim + 1 + mp.mpf(noise_var))
    return mp.log(mp.mpf(error)) / (2 * mp.log(1 - eta))


def shifted_chain_error(num_steps, spectrum, test_spectrum, num_examples, noise_var):
    spectrum, tested = ([Fraction(float(x)) for x in s] for s in (spectrum, test_spectrum))
    n, s2 = Fraction(num_examples), Fraction(noise_var)
    total = mp.mpf(0)
    for a, b in zip(spectrum, tested, strict=True):
        left = 1 - b / ((1 + 1 / n) * a + (sum(spectrum) + s2) / n)
        total += (mp.mpf(left.numerator) / left.denominator) ** (2 * num_steps)
    return total / len(spectrum)


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


CORNERS = {
    "pretrained_chain_long_context": _rows(
        "num_steps context_noise pretraining_noise",
        (0, 1.0, 0.5),
        (1, 1.0, 2.0),
        (16, 1.0, 1.0),
        (1024, 1.0, 1.0),
        (1024, 0.5, 0.01),
        (1000, 1e6, 0.0),
        (3, 0.0, 0.5),
        (20, 1e6, 1e6),
        (300, 1.0, 5.0),
        (50, 0.2, 1e-9),
        (7, 1e-6, 1e6),
    ),
    "pretraining_threshold": _rows(
        "num_train_examples dim noise_var",
        (1, 1, 0.0),
        (100, 50, 5.0),
        (10**9, 10**9, 1e12),
        (1, 10**9, 0.3),
        (10**9, 1, 1e-3),
    ),
    "steps_for_error": _rows(
        "error num_examples dim noise_var",
        (1e-3, 11, 20, 1.0),
        (1.0, 5, 3, 0.1),
        (1e-300, 1, 10**9, 1e12),
        (0.5, 10**9, 1, 0.0),
        (0.999999, 44, 20, 1.0),
    ),
    "shifted_chain_error": _rows(
        "num_steps spectrum test_spectrum num_examples noise_var",
        (0, [1.0, 2.0], [1.0, 0.5], 3, 0.1),
        (8, [4.0, 1.0, 0.25, 0.25], [0.25, 0.25, 1.0, 2.0], 12, 0.5),
        (1, [1e6, 1e-6], [1e6, 0.0], 10**9, 0.0),
        (1024, [1.0], [1e-6], 1, 1e12),
        (1024, [1.0, 1.0, 0.5], [0.2, 1.0, 0.6], 40, 0.2),
        (5, [1e-6, 1e-3], [1.0, 1e6], 7, 1e-3),
        (9, [2.0, 1.0], [0.0, 1.5], 10**9, 1e-6),
    ),
}
