"""Expansions, asymptotes and tolerances from integrals, roots and derivatives in many digits."""

import mpmath as mp

from jtts.regression import Statistics

DIGITS = 40


def exact(stats):
    names = "predictive_var", "mean_error", "judge_error", "judge_cross"
    return tuple(mp.mpf(float(getattr(stats, name))) for name in names)


def covered_offset(k):
    """b with k phi(b) = b."""
    k = mp.mpf(k)
    guess = mp.sqrt(2 * mp.log(k)) if k > 3 else mp.mpf(k) / mp.sqrt(2 * mp.pi)
    return mp.findroot(
        lambda b: mp.log(k) - b * b / 2 - mp.log(2 * mp.pi) / 2 - mp.log(b), max(guess, 0.3)
    )


def asymptotic_error(k, stats):
    """The three regimes; J(q) by quadrature, not by its gamma functions."""
    with mp.workdps(DIGITS):
        s2, delta, judged, cross = exact(stats)
        rho, k = (delta - 2 * cross + judged) / s2, mp.mpf(k)
        if rho < 0.5:
            inside = 1 - 2 * rho
            leading = mp.pi * s2 / ((k + 1) * (k + 2) * mp.sqrt(inside))
            return judged + leading * (1 - 2 * (judged - cross) / (s2 * inside))
        if judged or cross:
            return mp.nan
        b = covered_offset(k)
        if rho == 0.5:
            return 2 * mp.sqrt(mp.pi) * s2 * b / k**2
        q = 1 / rho
        # the pole of r^(1 - q) at 0 is taken out
        cut = [0, 0.5, 1, 2, 4, 8, 20, 80, 400]
        inner = mp.quad(
            lambda r: 2 * r ** (1 - q) * ((2 * mp.sinh(r) / r) ** -q - mp.mpf(2) ** -q), [0, 0.5, 1]
        )
        inner += 2 * mp.mpf(2) ** -q / (2 - q)
        outer = mp.quad(lambda r: 2 * r * (2 * mp.sinh(r)) ** -q, cut[2:])
        tail = mp.exp(-b * b / (2 * rho)) / b**3
        return 2 * s2 / mp.sqrt(2 * mp.pi * rho) * tail * mp.gamma(q) * (inner + outer)


def limit(stats, temperature):
    s2, delta, judged, cross = exact(stats)
    pull = 2 * s2 / (temperature + 2 * s2)
    offset = delta - 2 * cross + judged
    return delta - 2 * pull * (delta - cross) + pull**2 * offset + s2 * (1 - pull)


def asymptotic_gaussian_score_noise_error(k, stats, noise_scale):
    """The limit of softmax selection at temperature nu / b."""
    with mp.workdps(DIGITS):
        return limit(stats, mp.mpf(noise_scale) / covered_offset(k))


def selected(mean, var, target, judge, temperature):
    """E w, E w^2 and the limit error, by quadrature over one candidate."""
    spread = mp.sqrt(var)
    ends = [mean + spread * x for x in (-40, -12, -8, -6, -4, -2, 0, 2, 4, 6, 8, 12, 40)]

    def average(function):
        return mp.quad(lambda y: mp.npdf(y, mean, spread) * function(y), ends)

    def weight(y):
        return mp.exp(-((y - judge) ** 2) / temperature)

    first, second = average(weight), average(lambda y: weight(y) ** 2)
    return first, second, average(lambda y: weight(y) * (y - target) ** 2) / first


def pointwise_inverse_k_error(k, *, mean, predictive_var, target, judge, temperature):
    """Effective candidates and limits at T and T / 2 by quadrature."""
    with mp.workdps(DIGITS):
        place = [mp.mpf(float(x)) for x in (mean, predictive_var, target, judge)]
        first, second, at_t = selected(*place, mp.mpf(temperature))
        at_half = selected(*place, mp.mpf(temperature) / 2)[2]
        return at_t + (0 if mp.isinf(k) else second / first**2 / k * (at_t - at_half))


def inverse_k_error(k, stats, temperature):
    """The average over b of what one input adds, given b, by quadrature."""
    with mp.workdps(DIGITS):
        s2, delta, judged, cross = exact(stats)
        t, ab = mp.mpf(temperature), delta - cross
        bb = delta - 2 * cross + judged
        pull, half = 2 * s2 / (t + 2 * s2), 4 * s2 / (t + 4 * s2)
        growth = 4 * s2 / (t + 2 * s2) / (t + 4 * s2)
        if mp.isinf(k):
            return limit(stats, t)
        gap = t / (t + 2 * s2) - t / (t + 4 * s2)
        if 2 * growth * bb >= 1:
            return mp.nan
        size = (t + 2 * s2) / mp.sqrt(t * (t + 4 * s2)) * gap
        lean = 2 * ab / bb - pull - half if bb else mp.mpf(0)
        wide = mp.sqrt(bb / (1 - 2 * growth * bb))
        ends = [wide * x for x in (-30, -10, -6, -3, 0, 3, 6, 10, 30)]
        mean = (
            mp.quad(
                lambda b: mp.npdf(b, 0, mp.sqrt(bb)) * mp.exp(growth * b * b) * (lean * b * b + s2),
                ends,
            )
            if bb
            else s2
        )
        return limit(stats, t) + size * mean / k


def third_order(k, s2, aa, ab, bb, abbb, t):
    once, twice = 1 - 1 / k, (1 - 1 / k) * (1 - 2 / k)
    time = t / (2 * s2)
    first = 2 * ab + s2
    fourth = 48 * s2**4 + 96 * s2**3 * (ab + bb)
    product = 16 * s2**2 * abbb + 8 * s2**3 * (ab + bb) + 4 * s2**4
    third = -(k - 1) / (6 * k**3 * t**3) * ((k**2 - 6 * k + 6) * fourth - 6 * k * product)
    return aa + s2 - once * first / time + twice * (first + bb) / time**2 + third


def _largest_of_place(k, *, mean, predictive_var, target, judge, temperature):
    """Of the terms of the series, each taken in size."""
    a, b, s2 = abs(mean - target), abs(mean - judge), predictive_var
    time = temperature / (2 * s2)
    terms = (a * a + s2, (2 * a * b + s2) / time, (2 * a * b + s2 + b * b) / time**2)
    return max(*terms, 2 * (s2 + 2 * a * b + 2 * b * b) / time**3)


def pointwise_high_temperature_error(k, *, mean, predictive_var, target, judge, temperature):
    """The series in cumulants, in powers of 1 / T."""
    with mp.workdps(DIGITS):
        m, s2, target, judge, t = (
            mp.mpf(float(x)) for x in (mean, predictive_var, target, judge, temperature)
        )
        a, b = m - target, m - judge
        return third_order(mp.mpf(k), s2, a * a, a * b, b * b, a * b**3, t)


def high_temperature_error(k, stats, temperature):
    """Its average over Gaussian (a, b)."""
    with mp.workdps(DIGITS):
        s2, delta, judged, cross = exact(stats)
        ab, bb = delta - cross, delta - 2 * cross + judged
        return third_order(mp.mpf(k), s2, delta, ab, bb, 3 * ab * bb, mp.mpf(temperature))


def pointwise_large_k_error(k, *, mean, predictive_var, target, judge):
    """Two terms, with numerical derivatives of the density."""
    with mp.workdps(80):
        m, s2, target, judge = (mp.mpf(float(x)) for x in (mean, predictive_var, target, judge))
        k, s = mp.mpf(k), mp.sqrt(s2)
        c = (judge - m) / s
        f, f1, f2, f3 = (mp.diff(mp.npdf, c, order) if order else mp.npdf(c) for order in range(4))
        two, four = (k + 1) * (k + 2), (k + 1) * (k + 2) * (k + 3) * (k + 4)
        square = 1 / (2 * f**2 * two) - f2 / (2 * f**5 * four)
        shift = f1 / f / (2 * f**2 * two) + (f3 - 5 * f1 * f2 / f) / (4 * f**5 * four)
        miss = judge - target
        return miss**2 + s2 * square + 2 * s * miss * shift


def tolerance_failure(k, stats, tolerance):
    """Quadrature over the place of the target."""
    with mp.workdps(30):
        s2, delta = exact(stats)[:2]
        rho, r, k = delta / s2, mp.mpf(tolerance) / mp.sqrt(s2), mp.mpf(k)

        def log_missed(c):
            hit = (mp.erf((c + r) / mp.sqrt(2)) - mp.erf((c - r) / mp.sqrt(2))) / 2
            if hit < 0.5:
                return mp.log1p(-hit)
            return mp.log((mp.erfc((c + r) / mp.sqrt(2)) + mp.erfc((r - c) / mp.sqrt(2))) / 2)

        if not rho:
            return mp.exp(k * log_missed(mp.mpf(0)))
        wide = mp.sqrt(rho)

        def integrand(c):
            return 2 * mp.npdf(c, 0, wide) * mp.exp(k * log_missed(c))

        far = r + 1 + mp.sqrt(2 * mp.log(k + 1))
        ends = sorted(
            {*(wide * x for x in (0, 1, 2, 3, 4, 6, 9, 14)), *(far * x / 8 for x in range(1, 13))}
        )
        return mp.quad(integrand, [*ends, ends[-1] + 20 * wide], maxdegree=8)


def asymptotic_tolerance_failure(k, stats, tolerance):
    """The formula, its hyperbolic sine as it stands."""
    with mp.workdps(DIGITS):
        s2, delta = exact(stats)[:2]
        rho, r, b = delta / s2, mp.mpf(tolerance) / mp.sqrt(s2), covered_offset(k)
        inside = mp.exp(-(b * b + r * r) / 2) / (2 * mp.sinh(r * b))
        return 2 * mp.gamma(1 / rho) / (mp.sqrt(2 * mp.pi * rho) * b) * inside ** (1 / rho)


PLACE = dict(mean=0.3, predictive_var=0.7, target=-0.2, judge=0.5)
JUDGED = Statistics(1.0, 0.3, 0.1, 0.05)
LARGEST_TERM = {"pointwise_high_temperature_error": _largest_of_place}
CORNERS = {
    "asymptotic_error": [
        dict(k=10, stats=Statistics(1.0, 0.1)),
        dict(k=1e300, stats=Statistics(2.0, 0.98)),
        dict(k=1e6, stats=Statistics(1.0, 0.5)),
        dict(k=1e6, stats=Statistics(1.0, 0.5000001)),
        dict(k=1e9, stats=Statistics(0.5, 1.0)),
        dict(k=1e4, stats=JUDGED),
        dict(k=1e4, stats=Statistics(1.0, 0.7, 0.1, 0.05)),
    ],
    "asymptotic_gaussian_score_noise_error": [
        dict(k=10, stats=Statistics(1.0, 0.6), noise_scale=0.5),
        dict(k=1e300, stats=JUDGED, noise_scale=1e-9),
        dict(k=1e4, stats=JUDGED, noise_scale=1e9),
    ],
    "pointwise_inverse_k_error": [
        dict(k=64, temperature=1.0, **PLACE),
        dict(k=float("inf"), temperature=0.05, **PLACE),
        dict(k=1e9, temperature=1e4, **PLACE),
    ],
    "inverse_k_error": [
        dict(k=64, stats=JUDGED, temperature=4.0),
        dict(k=float("inf"), stats=JUDGED, temperature=1e-6),
        dict(k=100, stats=Statistics(1.0, 0.3, 0.3, 0.3), temperature=2.0),
        dict(k=100, stats=Statistics(1.0, 20.0), temperature=1.0),
        dict(k=1e6, stats=JUDGED, temperature=1e5),
    ],
    "pointwise_high_temperature_error": [
        dict(k=1, temperature=24.0, **PLACE),
        dict(k=5, temperature=24.0, **PLACE),
        dict(k=1e12, temperature=1e6, **PLACE),
    ],
    "high_temperature_error": [
        dict(k=1, stats=JUDGED, temperature=40.0),
        dict(k=8, stats=JUDGED, temperature=40.0),
        dict(k=1e12, stats=JUDGED, temperature=1e6),
    ],
    "pointwise_large_k_error": [
        dict(k=64, **PLACE),
        dict(k=1e9, mean=0.0, predictive_var=1.0, target=3.0, judge=3.0),
        dict(k=1e30, mean=0.0, predictive_var=4.0, target=1.0, judge=-2.0),
    ],
    "tolerance_failure": [
        dict(k=1, stats=Statistics.from_rho(0.7), tolerance=0.1),
        dict(k=1e6, stats=Statistics.from_rho(0.7), tolerance=0.1),
        dict(k=100, stats=Statistics.from_rho(0.0), tolerance=0.5),
        dict(k=1e4, stats=Statistics.from_rho(0.0), tolerance=0.08),
        dict(k=10, stats=Statistics.from_rho(2.0), tolerance=0.0),
        dict(k=1e9, stats=Statistics.from_rho(3.0, 0.25), tolerance=1.5),
    ],
    "asymptotic_tolerance_failure": [
        dict(k=1e6, stats=Statistics.from_rho(0.7), tolerance=0.1),
        dict(k=1e300, stats=Statistics.from_rho(2.0), tolerance=1e-6),
        dict(k=1e20, stats=Statistics.from_rho(0.5, 4.0), tolerance=3.0),
    ],
}
