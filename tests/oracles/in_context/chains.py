"""Chains of gradient steps by other routes: one eigenvalue as an integral over a chi-square law,
and one or two steps at any size by moments of Wishart matrices."""

from fractions import Fraction

import mpmath as mp

mp.mp.dps = 30


def _sum_over(large, function, breaks):
    """E f(x), x ~ chi^2 of `large`: of the one eigenvalue."""
    shift = mp.mpf(large) / 2
    log_unit = shift * mp.log(2) + mp.loggamma(shift)

    def integrand(t):
        x = mp.exp(t)
        return mp.exp(shift * t - x / 2 - log_unit) * function(x)

    ends = sorted({mp.mpf(-160) / large, *breaks, mp.log(large + 1), mp.log(2 * large + 300)})
    low, high = ends[0], ends[-1]
    cuts = [low + (high - low) * mp.mpf(j) / 24 for j in range(25)]
    return mp.quad(integrand, sorted({*cuts, *(b for b in breaks if low < b < high)}))


def _mean(n, d, noise_var, left, breaks=()):
    """With one non-zero eigenvalue: min(n, d) = 1."""
    assert min(n, d) == 1
    s2 = mp.mpf(noise_var)

    def function(x):
        keeps = left(x)
        return keeps**2 + s2 * (1 - keeps) ** 2 / x

    return (max(d - n, 0) + _sum_over(max(n, d), function, breaks)) / d


def _moment_2(n, d):
    """E tr S^2 / d."""
    return 1 + Fraction(d + 1, n)


def _moment_3(n, d):
    return 1 + Fraction(3 * (d + 1), n) + Fraction(d * d + 3 * d + 4, n * n)


def _moment_4(n, d):
    first, second = 6 * (d + 1), 6 * d * d + 17 * d + 21
    third = d**3 + 6 * d * d + 21 * d + 20
    return 1 + Fraction(first, n) + Fraction(second, n * n) + Fraction(third, n**3)


def _few(steps, n, d, noise_var, step_size):
    """None, one and two steps: polynomials of the moments of S = X'X/n."""
    eta, s2 = Fraction(step_size), Fraction(noise_var)
    if steps == 0:
        return Fraction(1)
    if steps == 1:
        return 1 - 2 * eta + eta**2 * (_moment_2(n, d) + s2 / n)
    two, three, four = _moment_2(n, d), _moment_3(n, d), _moment_4(n, d)
    bias = 1 - 4 * eta + 6 * eta**2 * two - 4 * eta**3 * three + eta**4 * four
    # (2 eta - eta^2 s)^2 s / n
    noise = 4 * eta**2 - 4 * eta**3 * two + eta**4 * three
    return bias + s2 / n * noise


def chain_error(num_steps, num_examples, dim, noise_var, step_size):
    if num_steps <= 2:
        return _few(num_steps, num_examples, dim, noise_var, step_size)
    eta = mp.mpf(step_size)
    return _mean(num_examples, dim, noise_var, lambda x: (1 - eta * x / num_examples) ** num_steps)


def clipped_chain_error(num_steps, num_examples, dim, noise_var, step_size):
    eta = mp.mpf(step_size)

    def left(x):
        return (1 - min(eta * x / num_examples, mp.mpf(1))) ** num_steps

    breaks = [mp.log(num_examples / eta)] if eta else []
    return _mean(num_examples, dim, noise_var, left, breaks)


def flow_error(time, num_examples, dim, noise_var):
    if time == 0:
        return mp.mpf(1)
    rate = mp.mpf(time) / num_examples
    breaks = [-mp.log(rate) + step for step in (-3, -1, 0, 1, 2, 3, 5)]
    return _mean(num_examples, dim, noise_var, lambda x: mp.exp(-rate * x), breaks)


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


CORNERS = {
    "flow_error": _rows(
        "time num_examples dim noise_var",
        (0.0, 16, 8, 0.25),
        (2.0, 1, 8, 0.25),
        (0.3, 5, 1, 1.0),
        (1e12, 12, 1, 1e6),
        (1e6, 1, 1, 0.0),
        (1e3, 1024, 1, 0.1),
        (1e12, 1, 1024, 1e-3),
    ),
    "chain_error": _rows(
        "num_steps num_examples dim noise_var step_size",
        (0, 3, 5, 1.0, 0.5),
        (1, 16, 8, 0.25, 0.5),
        (2, 16, 8, 0.25, 0.5),
        (2, 1024, 128, 1e6, 1.0),
        (1, 128, 1024, 0.0, 0.1),
        (2, 1, 1, 1.0, 1e-9),
        (2, 40, 3, 0.1, 0.0),
        (128, 1024, 1, 0.5, 1.0),
        (20, 60, 1, 0.25, 0.5),
        (6, 1, 8, 0.1, 0.01),
    ),
    "clipped_chain_error": _rows(
        "num_steps num_examples dim noise_var step_size",
        (0, 3, 1, 1.0, 0.5),
        (16, 16, 1, 0.25, 0.5),
        (5, 1, 8, 0.5, 2.0),
        (10**9, 12, 1, 1.0, 1.0),
        (3, 1, 1, 0.1, 100.0),
        (7, 1024, 1, 1e6, 1e-6),
    ),
}
