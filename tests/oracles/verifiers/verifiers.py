"""Imperfect verifiers by adaptive quadrature, finite sums and recursions in 60 digits."""

import mpmath as mp

from jtts.rewards import Discrete, Exponential, Logistic, Normal, Uniform

DIGITS = 60


def tails(law, x):
    """P(X <= x) and P(X > x)."""
    if isinstance(law, Normal):
        z = (x - mp.mpf(law.mean)) / mp.mpf(law.scale) / mp.sqrt(2)
        return mp.erfc(-z) / 2, mp.erfc(z) / 2
    if isinstance(law, Exponential):
        y = max((x - mp.mpf(law.location)) / mp.mpf(law.scale), 0)
        return -mp.expm1(-y), mp.exp(-y)
    if isinstance(law, Logistic):
        y = (x - mp.mpf(law.location)) / mp.mpf(law.scale)
        return 1 / (1 + mp.exp(-y)), 1 / (1 + mp.exp(y))
    if isinstance(law, Uniform):
        y = min(max((x - mp.mpf(law.low)) / (mp.mpf(law.high) - mp.mpf(law.low)), 0), 1)
        return y, 1 - y
    pairs = list(zip(law.probabilities, law.rewards, strict=True))
    return (
        sum(mp.mpf(float(p)) for p, r in pairs if r <= x),
        sum(mp.mpf(float(p)) for p, r in pairs if r > x),
    )


def density(law, x):
    if isinstance(law, Normal):
        return mp.npdf(x, mp.mpf(law.mean), mp.mpf(law.scale))
    if isinstance(law, Exponential):
        return tails(law, x)[1] / mp.mpf(law.scale) if x >= law.location else mp.mpf(0)
    if isinstance(law, Logistic):
        low, high = tails(law, x)
        return low * high / mp.mpf(law.scale)
    inside = law.low <= x <= law.high
    return 1 / (mp.mpf(law.high) - mp.mpf(law.low)) if inside else mp.mpf(0)


def cuts(law, *others):
    """Where to cut the line: at each law's edges, and along its bulk and tails."""
    found = set()
    for one in (law, *others):
        if isinstance(one, Uniform):
            found |= {one.low, one.high}
            continue
        centre = getattr(one, "mean", getattr(one, "location", 0.0))
        steps = (0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 20, 40)
        if isinstance(one, Exponential):
            found |= {centre + s * 3 * one.scale for s in steps}
        else:
            found |= {centre + sign * s * one.scale for s in steps for sign in (-1, 1)}
    if isinstance(law, Uniform):
        found = {x for x in found if law.low <= x <= law.high}
    if isinstance(law, Exponential):
        found = {x for x in found if x >= law.location}
    return sorted(found)


def operating_point(threshold, correct_law, wrong_law):
    with mp.workdps(DIGITS):
        x = mp.mpf(threshold)
        return {"false_positive": tails(wrong_law, x)[1], "true_positive": tails(correct_law, x)[1]}


def auc(correct_law, wrong_law):
    """Quadrature over the scores of right samples; of atoms, the sum over pairs."""
    if isinstance(correct_law, Discrete):
        total = 0.0
        for p, r in zip(correct_law.probabilities, correct_law.rewards, strict=True):
            for q, s in zip(wrong_law.probabilities, wrong_law.rewards, strict=True):
                total += float(p) * float(q) * (1.0 if r > s else 0.5 if r == s else 0.0)
        return total
    with mp.workdps(20):
        return mp.quad(
            lambda x: density(correct_law, x) * tails(wrong_law, x)[0],
            [mp.mpf(x) for x in cuts(correct_law, wrong_law)],
        )


def roc_slope(correct_law, wrong_law, false_positive):
    """The threshold by bisection of the tail, then the ratio of tails."""
    with mp.workdps(DIGITS):
        rare, low, high = mp.mpf(false_positive), mp.mpf(-1000), mp.mpf(1000)
        for _ in range(220):
            middle = (low + high) / 2
            above = tails(wrong_law, middle)[1] > rare
            low, high = (middle, high) if above else (low, middle)
        return tails(correct_law, low)[1] / rare


def roc_limit_accuracy(p, slope):
    with mp.workdps(DIGITS):
        p = mp.mpf(p)
        if mp.isinf(slope):
            return mp.mpf(p > 0)
        return p * mp.mpf(slope) / (p * mp.mpf(slope) + (1 - p))


def best_of_n_accuracy(n, p, correct_law, wrong_law):
    """Quadrature of n F^(n-1) p g over the score; of atoms, by counts of the top."""
    if n == 1:
        return p
    with mp.workdps(25):
        n, p = mp.mpf(n), mp.mpf(p)

        def integrand(x):
            right, wrong = tails(correct_law, x), tails(wrong_law, x)
            above = p * right[1] + (1 - p) * wrong[1]
            return n * p * density(correct_law, x) * mp.exp((n - 1) * mp.log1p(-above))

        return mp.quad(integrand, [mp.mpf(x) for x in cuts(correct_law, wrong_law)])


def chances(p, true_positive, false_positive):
    p, t, f = mp.mpf(p), mp.mpf(true_positive), mp.mpf(false_positive)
    return p, t, f, p * t + (1 - p) * f


def binary_accuracy(n, p, true_positive, false_positive):
    with mp.workdps(DIGITS):
        p, t, _, accept = chances(p, true_positive, false_positive)
        none = (1 - accept) ** mp.mpf(n)
        first = (1 - none) * p * t / accept if accept else mp.mpf(0)
        return first + (none * p * (1 - t) / (1 - accept) if accept < 1 else 0)


def verifier_calls(n, p, true_positive, false_positive):
    with mp.workdps(330 if n > 1e15 else DIGITS):
        accept = chances(p, true_positive, false_positive)[3]
        return (1 - (1 - accept) ** mp.mpf(n)) / accept if accept else mp.mpf(n)


def abstaining_value(n, a, b, true_positive, false_positive, penalty):
    """Adaptive quadrature in the logit of p, cut along the bulk of its law."""
    with mp.workdps(25):
        a, b, c = mp.mpf(a), mp.mpf(b), mp.mpf(penalty)
        peak = mp.log(a / b)
        width = min(mp.sqrt(1 / a + 1 / b), 1)
        steps = [0, 1, 2, 4, 7, 12]
        bulk = [peak + s * width * x for x in steps for s in (-1, 1)]
        far = [peak - 20 / a, peak - 90 / a, peak + 20 / b, peak + 90 / b]
        log_norm = mp.log(mp.beta(a, b))

        def integrand(v):
            p, wrong = 1 / (1 + mp.exp(-v)), 1 / (1 + mp.exp(v))
            t, f = mp.mpf(true_positive), mp.mpf(false_positive)
            accept = p * t + wrong * f
            rate = -mp.expm1(n * mp.log1p(-accept)) / accept if accept < 1 else 1
            return (
                mp.exp(a * mp.log(p) + b * mp.log(wrong) - log_norm)
                * rate
                * (p * t - c * wrong * f)
            )

        reach = max(90 / a, 90 / b, 12 * width)
        points = sorted({x for x in (*bulk, *far) if abs(x - peak) <= reach})
        return mp.quad(integrand, points, maxdegree=8)


def knockout(num_candidates, p, q):
    right = mp.mpf(p)
    size = int(num_candidates)
    while size > 1:
        right = right**2 + 2 * right * (1 - right) * q
        size //= 2
    return right


def knockout_accuracy(num_candidates, p, q):
    """The recursion itself, in 60 digits."""
    with mp.workdps(DIGITS):
        return knockout(num_candidates, p, mp.mpf(q))


def repeated_knockout_accuracy(num_candidates, p, q, num_comparisons):
    """The recursion, each match a sum of binomial probabilities."""
    with mp.workdps(DIGITS):
        q, k = mp.mpf(q), int(num_comparisons)
        won = sum(mp.binomial(k, j) * q**j * (1 - q) ** (k - j) for j in range((k + 1) // 2, k + 1))
        return knockout(num_candidates, p, won)


def knockout_exponent(q):
    with mp.workdps(DIGITS):
        if q == 1:
            return mp.inf
        return max(-1 - mp.log(1 - mp.mpf(q), 2), mp.mpf(0))


NARROW = Normal(0.0, 1e-3)
RATES = dict(true_positive=0.9, false_positive=0.2)
CORNERS = {
    "operating_point": [
        dict(threshold=1.0, correct_law=Normal(1.0, 0.6), wrong_law=Normal()),
        dict(threshold=30.0, correct_law=Normal(1.0, 1.0), wrong_law=Normal()),
        dict(threshold=-20.0, correct_law=Normal(1.0, 1.0), wrong_law=Exponential(1.0, -1.0)),
        dict(threshold=0.5, correct_law=Uniform(0.0, 1.0), wrong_law=Logistic()),
    ],
    "auc": [
        dict(correct_law=Normal(1.0, 0.6), wrong_law=Normal()),
        dict(correct_law=Normal(0.01, 1.0), wrong_law=NARROW),
        dict(correct_law=NARROW, wrong_law=Normal(0.01, 1.0)),
        dict(correct_law=Normal(), wrong_law=Exponential(1.0, -1.0)),
        dict(correct_law=Uniform(0.0, 1.0), wrong_law=Uniform(0.25, 0.5)),
        dict(correct_law=Normal(-8.0, 1.0), wrong_law=Normal()),
    ],
    "roc_slope": [
        dict(correct_law=Exponential(1.0, 1.0), wrong_law=Exponential(), false_positive=1e-300),
        dict(correct_law=Normal(1.0, 1.0), wrong_law=Normal(), false_positive=1e-12),
        dict(correct_law=Normal(0.0, 0.5), wrong_law=Normal(), false_positive=0.3),
    ],
    "roc_limit_accuracy": [
        dict(p=0.3, slope=2.5),
        dict(p=1e-17, slope=1e17),
        dict(p=0.3, slope=0.0),
        dict(p=0.3, slope=float("inf")),
        dict(p=0.5, slope=1e-300),
    ],
    "best_of_n_accuracy": [
        dict(n=1, p=0.3, correct_law=Normal(1.0, 1.4), wrong_law=Normal()),
        dict(n=16, p=0.3, correct_law=Normal(1.0, 1.4), wrong_law=Normal()),
        dict(n=16, p=0.3, correct_law=Normal(0.01, 1.0), wrong_law=NARROW),
        dict(n=1000, p=0.01, correct_law=NARROW, wrong_law=Normal()),
        dict(n=1e6, p=0.5, correct_law=Normal(0.0, 0.7), wrong_law=Normal()),
        dict(n=1e9, p=0.3, correct_law=Normal(1.0, 1.4), wrong_law=Normal()),
        dict(n=1e9, p=2e-10, correct_law=Normal(1.0, 3.3), wrong_law=Normal()),
        dict(n=64, p=0.4, correct_law=Uniform(0.0, 1.0), wrong_law=Uniform(0.25, 0.9)),
    ],
    "binary_accuracy": [
        dict(n=1, p=0.3, **RATES),
        dict(n=16, p=0.3, **RATES),
        dict(n=1e300, p=0.3, **RATES),
        dict(n=10, p=1e-17, true_positive=1.0, false_positive=1e-17),
        dict(n=10, p=0.3, true_positive=1.0, false_positive=1.0),
        dict(n=10, p=0.3, true_positive=0.0, false_positive=0.0),
        dict(n=3, p=1 - 2**-53, true_positive=1 - 2**-53, false_positive=0.5),
        dict(n=1e17, p=0.5, true_positive=1e-17, false_positive=1e-17),
    ],
    "verifier_calls": [
        dict(n=1, p=0.3, **RATES),
        dict(n=16, p=0.3, **RATES),
        dict(n=1e9, p=1e-17, true_positive=1.0, false_positive=1e-10),
        dict(n=1e12, p=0.5, true_positive=0.0, false_positive=0.0),
        dict(n=5, p=1.0, true_positive=1.0, false_positive=0.0),
    ],
    "abstaining_value": [
        dict(n=4, a=0.5, b=2.0, true_positive=1.0, false_positive=0.1, penalty=1.0),
        dict(n=3, a=0.5, b=2.0, true_positive=1.0, false_positive=0.1, penalty=1.0),
        dict(n=3, a=870.0, b=130.0, true_positive=1.0, false_positive=0.25, penalty=0.7),
        dict(n=1e6, a=0.05, b=0.05, true_positive=0.9, false_positive=1e-6, penalty=2.0),
        dict(n=100, a=1e6, b=1e6, true_positive=0.5, false_positive=0.5, penalty=1.0),
        dict(n=1e12, a=0.05, b=5.0, true_positive=1.0, false_positive=0.0, penalty=0.0),
        dict(n=1, a=2.0, b=3.0, true_positive=0.0, false_positive=1.0, penalty=-1000.0),
        dict(n=362844, a=3e5, b=1e6, true_positive=0.69, false_positive=0.52, penalty=1000.0),
    ],
    "knockout_accuracy": [
        dict(num_candidates=1, p=0.3, q=0.7),
        dict(num_candidates=1024, p=0.3, q=0.7),
        dict(num_candidates=2**40, p=0.05, q=0.3),
        dict(num_candidates=2**60, p=1e-17, q=1.0),
        dict(num_candidates=2**60, p=0.0, q=1.0),
        dict(num_candidates=2**60, p=0.5, q=0.5),
        dict(num_candidates=4, p=1e-17, q=0.0),
        dict(num_candidates=2**10, p=1 - 2**-53, q=0.1),
    ],
    "repeated_knockout_accuracy": [
        dict(num_candidates=2, p=0.3, q=0.6, num_comparisons=5),
        dict(num_candidates=2**40, p=0.05, q=0.45, num_comparisons=101),
        dict(num_candidates=2**20, p=1e-9, q=0.9, num_comparisons=1),
        dict(num_candidates=16, p=0.5, q=1.0, num_comparisons=999),
    ],
    "knockout_exponent": [dict(q=0.7), dict(q=0.5), dict(q=0.0), dict(q=1 - 2**-53), dict(q=0.75)],
}
SLOPES = {
    "binary_accuracy": ["p", "true_positive", "false_positive"],
    "knockout_accuracy": ["p", "q"],
    "roc_limit_accuracy": ["p"],
}
