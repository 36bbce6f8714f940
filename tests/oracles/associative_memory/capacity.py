"""Capacities: roots of their equations in many digits, by functions of other libraries."""

from fractions import Fraction

import mpmath as mp

DIGITS = 40


def tail(x):
    return mp.erfc(mp.mpf(x) / mp.sqrt(2)) / 2


def root(function, low, high):
    """Of an increasing function, by bisection and secants."""
    low, high = mp.mpf(low), mp.mpf(high)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if function(middle) > 0 else (middle, high)
    return mp.findroot(function, (low, high), solver="secant", tol=mp.mpf(10) ** -60)


def absolute_overlap(dim):
    """E|x|, a beta integral."""
    dim = mp.mpf(dim)
    return mp.gammaprod([dim / 2], [mp.mpf(1) / 2, (dim + 1) / 2])


def largest_overlap(num_pairs):
    """The integral of 1 - erf^count by mpmath."""
    with mp.workdps(DIGITS):
        return mean_largest(mp.mpf(num_pairs) - 1)


def mean_largest(others):
    count = (1 + others) * others / 2
    if count == 0:
        return mp.mpf(0)
    typical = mp.sqrt(2 * mp.log(2 + 2 * count))
    ends = [0, mp.mpf(1) / 1000, mp.mpf(1) / 8, 1, typical, typical + 1, typical + 3, 16]
    ends = sorted({mp.mpf(end) for end in [*ends, *range(2, int(typical))]})

    def above(x):
        if x > 1:
            return -mp.expm1(count * mp.log1p(-mp.erfc(x / mp.sqrt(2))))
        return -mp.expm1(count * mp.log(mp.erf(x / mp.sqrt(2)))) if x > 0 else mp.mpf(1)

    return mp.quad(above, ends)


def welch_coherence(num_pairs, dim):
    """The root of a rational."""
    pairs, dim = Fraction(num_pairs), Fraction(dim)
    if pairs <= dim:
        return 0
    square = (pairs - dim) / (dim * (pairs - 1))
    with mp.workdps(DIGITS):
        return mp.sqrt(mp.mpf(square.numerator) / square.denominator)


def adversarial_capacity(dim, tolerance=1.0):
    """Where the absolute cross-talk is the tolerance."""
    with mp.workdps(DIGITS):
        return 1 + mp.mpf(tolerance) / absolute_overlap(dim)


def coherence_capacity(dim, tolerance=1.0):
    """A secant in ln(N - 1)."""
    with mp.workdps(25):
        goal = mp.log(mp.mpf(tolerance)) + mp.log(mp.mpf(dim)) / 2

        def excess(x):
            return x + mp.log(mean_largest(mp.exp(x))) - goal

        start = min(goal, goal / 2)
        found = mp.findroot(excess, (start, start + 0.1), solver="secant", tol=1e-28)
        return 1 + mp.exp(found)


def welch_capacity(dim, tolerance=1.0):
    """The larger root of a quadratic, by mpmath."""
    with mp.workdps(80):
        d, square = mp.mpf(dim), mp.mpf(tolerance) ** 2
        # (N - 1)(N - d) = square d
        return max(mp.re(x) for x in mp.polyroots([1, -(d + 1), d - square * d], extraprec=400))


def mean_squared_capacity(dim, tolerance=0.1):
    """In many digits."""
    with mp.workdps(60):
        return 1 + mp.mpf(tolerance) * mp.mpf(dim)


def pattern_capacity(dim, num_values=None, expected_errors=0.01):
    """A root in the deviation at which the tail is the share of errors."""
    with mp.workdps(DIGITS):
        share = mp.mpf(expected_errors) / mp.mpf(num_values or dim)
        if share >= 0.5:
            return mp.nan
        deviation = root(lambda x: mp.log(share) - mp.log(tail(x)), 0, 60)
        return 1 + mp.mpf(dim) / deviation**2


def all_bits_capacity(dim, num_values=None, expected_errors=0.01):
    """A root in ln((N - 1)/d)."""
    with mp.workdps(DIGITS):
        d, delta = mp.mpf(dim), mp.mpf(expected_errors)
        bits = mp.mpf(num_values or dim)

        def excess(x):
            load = mp.exp(x)
            return mp.log1p(d * load) + mp.log(bits * tail(1 / mp.sqrt(load)) / delta)

        return 1 + d * mp.exp(root(excess, -8, 70))


def codebook_capacity(dim, num_values=None):
    """Lambert's function."""
    return lambert(2, dim, num_values)


def codebook_capacity_of_all(dim, num_values=None):
    """Lambert's function."""
    return lambert(8, dim, num_values)


def lambert(share, dim, num_values):
    with mp.workdps(DIGITS):
        return mp.exp(mp.lambertw(mp.mpf(dim) * mp.mpf(num_values or dim) / share))


def codebook_union_capacity(dim, num_values=None, expected_errors=0.01):
    """A root in ln(N - 1)."""
    with mp.workdps(DIGITS + 20):
        d, delta = mp.mpf(dim), mp.mpf(expected_errors)
        v = mp.mpf(num_values or dim)

        def excess(x):
            others = mp.exp(x)
            variance = 1 / d + 1 / v + (2 * others - 1) / (d * v)
            return x + mp.log(tail(1 / mp.sqrt(variance))) - mp.log(delta)

        return 1 + mp.exp(root(excess, mp.log(delta), mp.log(20 * d * v + 10 * delta)))


def softmax_capacity(dim, inverse_temperature=1.0, mass=0.5):
    """The Bessel function."""
    with mp.workdps(60):
        order, logit = mp.mpf(dim) / 2 - 1, mp.mpf(inverse_temperature) * mp.mpf(dim)
        log_mean = mp.loggamma(order + 1) + order * mp.log(2 / logit)
        log_mean += mp.log(mp.besseli(order, logit))
        return 1 + (1 / mp.mpf(mass) - 1) * mp.exp(logit - log_mean)


ORACLES = {
    "adversarial": adversarial_capacity,
    "coherence": coherence_capacity,
    "welch": welch_capacity,
    "mean_squared": mean_squared_capacity,
    "pattern_bits": pattern_capacity,
    "all_bits": all_bits_capacity,
    "codebook_typical": codebook_capacity,
    "codebook_all": codebook_capacity_of_all,
    "codebook_union": codebook_union_capacity,
    "least_squares": lambda dim: mp.mpf(dim),
    "softmax": softmax_capacity,
}


def capacity(dim, criterion, **options):
    """The oracle of the criterion."""
    return ORACLES[criterion](dim, **options)


def capacity_exponent(dim, criterion):
    """A central difference of the capacity's oracle."""
    with mp.workdps(50):
        d, less = mp.mpf(dim), criterion == "softmax"

        def log_capacity(x):
            found = ORACLES[criterion](d * mp.exp(x))
            return mp.log(found - less)

        h = mp.mpf(10) ** -6  # and one step of Richardson's extrapolation
        wide, narrow = ((log_capacity(s) - log_capacity(-s)) / (2 * s) for s in (h, h / 2))
        return (4 * narrow - wide) / 3


def label_recall(load, num_classes):
    """The integral by mpmath, split where the normal law of z and the rivals meet."""
    with mp.workdps(30):
        signal = mp.sqrt(mp.mpf(num_classes) / mp.mpf(load))
        rivals = mp.mpf(num_classes) - 1
        if rivals == 0:
            return mp.mpf(1)

        def density(z):
            return mp.npdf(z) * mp.exp(rivals * mp.log1p(-tail(signal + z)))

        meets = max(mp.sqrt(2 * mp.log(rivals + 1)) - signal, mp.mpf(-4))
        ends = [meets + k for k in (-20, -6, -3, -2, -1, 0, 1, 2, 3, 4, 6, 9, 14)]
        return mp.quad(density, ends)


CORNERS = {
    "largest_overlap": [
        dict(num_pairs=1),
        dict(num_pairs=1 + 1e-6),
        dict(num_pairs=1.5),
        dict(num_pairs=2),
        dict(num_pairs=9),
        dict(num_pairs=10),
        dict(num_pairs=10**4),
        dict(num_pairs=10**8),
        dict(num_pairs=10**15),
    ],
    "welch_coherence": [
        dict(num_pairs=1, dim=1),
        dict(num_pairs=3, dim=3),
        dict(num_pairs=10**9 + 1, dim=10**9),
        dict(num_pairs=10**15, dim=1),
    ],
    "adversarial_capacity": [
        dict(dim=1, tolerance=1e-9),
        dict(dim=1, tolerance=1e6),
        dict(dim=10**9, tolerance=1.0),
        dict(dim=2.5),
    ],
    "coherence_capacity": [
        dict(dim=1, tolerance=1e-9),
        dict(dim=4, tolerance=1.0),
        dict(dim=10**9, tolerance=1e6),
    ],
    "welch_capacity": [
        dict(dim=1, tolerance=1e-6),
        dict(dim=1, tolerance=1e6),
        dict(dim=10**9, tolerance=1e-3),
        dict(dim=64),
    ],
    "mean_squared_capacity": [
        dict(dim=1, tolerance=1e-12),
        dict(dim=10**9, tolerance=1e6),
        dict(dim=1024),
    ],
    "pattern_capacity": [
        dict(dim=1, num_values=1, expected_errors=1e-200),
        dict(dim=10**12, num_values=10**12, expected_errors=1e-200),
        dict(dim=16, num_values=1, expected_errors=0.49),
        dict(dim=16, num_values=1, expected_errors=0.6),
        dict(dim=1024),
    ],
    "all_bits_capacity": [
        dict(dim=1, num_values=1, expected_errors=1e-200),
        dict(dim=10**12, num_values=10**12, expected_errors=1e-200),
        dict(dim=1, num_values=1, expected_errors=1e12),
        dict(dim=10**12, num_values=1, expected_errors=0.3),
        dict(dim=1024),
        dict(dim=16, num_values=1e4, expected_errors=0.001),
    ],
    "codebook_capacity": [
        dict(dim=1, num_values=1),
        dict(dim=1e30, num_values=1e30),
        dict(dim=32),
    ],
    "codebook_capacity_of_all": [
        dict(dim=1, num_values=1),
        dict(dim=1e30, num_values=1e30),
        dict(dim=32),
    ],
    "codebook_union_capacity": [
        dict(dim=1, num_values=1, expected_errors=1e-9),
        dict(dim=1, num_values=1, expected_errors=1e9),
        dict(dim=1e9, num_values=1e9, expected_errors=1e-200),
        dict(dim=1, num_values=1e30, expected_errors=0.01),
        dict(dim=64),
    ],
    "softmax_capacity": [
        dict(dim=2, inverse_temperature=1e-6, mass=0.5),
        dict(dim=2, inverse_temperature=1e6, mass=1e-17),
        dict(dim=2.5, inverse_temperature=20.0, mass=1 - 2**-53),
        dict(dim=1100, inverse_temperature=1.0, mass=0.5),
        dict(dim=1e5, inverse_temperature=1e-3, mass=0.5),
        dict(dim=100, inverse_temperature=1.0),
        dict(dim=300, inverse_temperature=1.0),
    ],
    "capacity": [
        dict(dim=16, criterion="codebook_all"),
        dict(dim=4, criterion="all_bits", expected_errors=1e-3),
    ],
    "capacity_exponent": [
        dict(dim=2, criterion="adversarial"),
        dict(dim=10**9, criterion="adversarial"),
        dict(dim=16, criterion="coherence"),
        dict(dim=2, criterion="welch"),
        dict(dim=10**9, criterion="mean_squared"),
        dict(dim=10**9, criterion="pattern_bits"),
        dict(dim=2, criterion="all_bits"),
        dict(dim=64, criterion="codebook_union"),
        dict(dim=10**9, criterion="codebook_typical"),
        dict(dim=2, criterion="softmax"),
        dict(dim=500, criterion="softmax"),
    ],
    "label_recall": [
        dict(load=1e-9, num_classes=2),
        dict(load=0.01, num_classes=3),
        dict(load=4.0, num_classes=1),
        dict(load=1e12, num_classes=10**6),
        dict(load=1e300, num_classes=10**9),
        dict(load=1e9 / 30, num_classes=10**9),
        dict(load=1e9 / 60, num_classes=10**9),
        dict(load=0.5, num_classes=1.5),
        dict(load=63 / 16, num_classes=8),
    ],
}
SLOPES = {
    "adversarial_capacity": ["dim", "tolerance"],
    "welch_capacity": ["dim", "tolerance"],
    "all_bits_capacity": ["dim", "expected_errors"],
    "codebook_capacity": ["dim"],
    "codebook_union_capacity": ["expected_errors"],
    "pattern_capacity": ["dim"],
}
