"""The ridge by bisection in hundreds of digits, errors by its derivative in the bare ridge."""

import mpmath as mp

from jtts.regression import TiedJudge, TrainedJudge

mp.mp.dps = 400  # a ridge of 1e-300 beside eigenvalues of 1


def _numbers(vector, length=1):
    entries = [mp.mpf(float(x)) for x in vector]
    return entries * (length if len(entries) == 1 else 1)


def _mean(terms):
    terms = list(terms)
    return mp.fsum(terms) / len(terms)


def _root(spectrum, alpha, ridge):
    """kappa of kappa = ridge + alpha mean(kappa l / (l + kappa)): bisection, then Newton."""

    def excess(kappa):
        return kappa - alpha * _mean(kappa * e / (e + kappa) for e in spectrum) - ridge

    low, high = ridge, ridge + alpha * _mean(spectrum)
    for _ in range(40):
        middle = mp.sqrt(low * high)
        low, high = (low, middle) if excess(middle) > 0 else (middle, high)
    kappa = high
    for _ in range(60):
        slope = 1 - alpha * _mean((e / (e + kappa)) ** 2 for e in spectrum)
        step = excess(kappa) / slope
        kappa -= step
        if abs(step) < max(mp.mpf(10) ** -60, 1e9 * mp.eps) * kappa:
            return kappa
    raise ArithmeticError("no root")


def renormalized_ridge(spectrum, aspect_ratio, ridge):
    return _root(_numbers(spectrum), mp.mpf(aspect_ratio), mp.mpf(ridge))


def degrees_of_freedom(spectrum, aspect_ratio, ridge):
    """(1 - ridge / kappa) / alpha, by the equation for kappa."""
    kappa = renormalized_ridge(spectrum, aspect_ratio, ridge)
    return (1 - mp.mpf(ridge) / kappa) / mp.mpf(aspect_ratio)


def degrees_of_freedom_2(spectrum, aspect_ratio, ridge):
    """(1 - d ridge / d kappa) / alpha, a difference quotient of the equation for kappa."""
    kappa = renormalized_ridge(spectrum, aspect_ratio, ridge)
    alpha, spectrum = mp.mpf(aspect_ratio), _numbers(spectrum)

    def bare(x):
        return x - alpha * _mean(x * e / (e + x) for e in spectrum)

    h = kappa * mp.mpf(10) ** -60
    return (1 - (bare(kappa + h) - bare(kappa - h)) / (2 * h)) / alpha


def predictive_mean(input, *, spectrum, teacher, **learner):
    """Sum of the products, in hundreds of digits."""
    dim = max(map(len, (input, spectrum, teacher)))
    x, spectrum, w = (_numbers(v, dim) for v in (input, spectrum, teacher))
    kappa = _root(spectrum, mp.mpf(learner["aspect_ratio"]), _bare(**learner))
    kept = [e / (e + kappa) for e in spectrum]
    return mp.fsum(a * b * c for a, b, c in zip(x, w, kept, strict=True)) / mp.sqrt(dim)


def predictive_variance(input, *, spectrum, **learner):
    """Noise and what the prior leaves, in hundreds of digits."""
    dim = max(map(len, (input, spectrum)))
    x, spectrum = (_numbers(v, dim) for v in (input, spectrum))
    kappa = _root(spectrum, mp.mpf(learner["aspect_ratio"]), _bare(**learner))
    left = _mean(a**2 * kappa / (e + kappa) for a, e in zip(x, spectrum, strict=True))
    return mp.mpf(learner["noise_var"]) + mp.mpf(learner["prior_var"]) * left


def _bare(*, aspect_ratio, noise_var, prior_var):
    return mp.mpf(aspect_ratio) * mp.mpf(noise_var) / mp.mpf(prior_var)


def _mean_error(spectrum, square, *, aspect_ratio, noise_var, prior_var):
    """kappa and Delta = d kappa / d ridge (bias + noise) - noise."""
    alpha, noise = mp.mpf(aspect_ratio), mp.mpf(noise_var)
    ridge = _bare(aspect_ratio=aspect_ratio, noise_var=noise_var, prior_var=prior_var)
    kappa = _root(spectrum, alpha, ridge)
    h = ridge * mp.mpf(10) ** -30
    rise = (_root(spectrum, alpha, ridge + h) - _root(spectrum, alpha, ridge - h)) / (2 * h)
    bias = _mean(w * e * (kappa / (e + kappa)) ** 2 for w, e in zip(square, spectrum, strict=True))
    return kappa, rise * (bias + noise) - noise


def statistics(*, spectrum, teacher=None, judge=None, **learner):
    """s^2 = sigma^2 kappa / ridge; a teacher drawn from the prior: Delta = s^2 - sigma^2."""
    weights = None if isinstance(judge, TrainedJudge | TiedJudge) else judge
    dim = max(len(v) for v in (spectrum, teacher, weights) if v is not None)
    spectrum = _numbers(spectrum, dim)
    drawn = teacher is None
    w = [mp.mpf(0)] * dim if drawn else _numbers(teacher, dim)
    prior = mp.mpf(learner["prior_var"])
    square = [prior] * dim if drawn else [x**2 for x in w]
    kappa, mean_error = _mean_error(spectrum, square, **learner)
    noise = mp.mpf(learner["noise_var"])
    predictive_var = noise * kappa / _bare(**learner)
    if drawn:
        mean_error = predictive_var - noise
    if judge is None:
        return [predictive_var, mean_error, 0, 0]
    if isinstance(judge, TiedJudge):
        c = mp.mpf(judge.strength)
        return [predictive_var, mean_error, c**2 * mean_error, -c * mean_error]
    if isinstance(judge, TrainedJudge):
        other, judge_error = _mean_error(
            spectrum,
            square,
            aspect_ratio=judge.aspect_ratio,
            noise_var=judge.noise_var,
            prior_var=judge.prior_var,
        )
        cross = _mean(
            q * e * (kappa / (e + kappa)) * (other / (e + other))
            for q, e in zip(square, spectrum, strict=True)
        )
        return [predictive_var, mean_error, judge_error, cross]
    r = _numbers(judge, dim)
    judge_error = _mean(
        e * ((b - a) ** 2 + drawn * prior) for a, b, e in zip(w, r, spectrum, strict=True)
    )
    lost = [e * kappa / (e + kappa) for e in spectrum]
    cross = _mean(
        share * (drawn * prior - a * (b - a)) for a, b, share in zip(w, r, lost, strict=True)
    )
    return [predictive_var, mean_error, judge_error, cross]


TINY = 2.0**-52
POWERS = [float(j) ** -1.5 for j in range(1, 65)]
RIDGES = [
    {"spectrum": [0.0, 1.0, 1.0], "aspect_ratio": 0.5, "ridge": 0.25},
    {"spectrum": [1.0, 1.0, 0.0], "aspect_ratio": 1.5, "ridge": 1e-40},
    {"spectrum": [1.0, 1e-300], "aspect_ratio": 2.0, "ridge": 1e-20},
    {"spectrum": [1.0, 1e-300], "aspect_ratio": 2.0, "ridge": 1e-200},
    {"spectrum": [1.0] * 3 + [0.0] * 4, "aspect_ratio": 7 / 3, "ridge": 1e-40},
    {"spectrum": [1.0], "aspect_ratio": 1.0, "ridge": 1e-300},
    {"spectrum": [1.0], "aspect_ratio": 1 + TINY, "ridge": 1e-40},
    {"spectrum": [1.0], "aspect_ratio": 1 - TINY / 2, "ridge": 1e-40},
    {"spectrum": [1.0], "aspect_ratio": 0.5, "ridge": 1e300},
    {"spectrum": [3.0], "aspect_ratio": 1e100, "ridge": 1e-100},
    {"spectrum": [2.0, 1.0, 0.5, 0.1], "aspect_ratio": 20.0, "ridge": 1e-300},
    {"spectrum": POWERS, "aspect_ratio": 1.0, "ridge": 1e-12},
    {"spectrum": [1e-300, 1e100], "aspect_ratio": 3.0, "ridge": 1e-8},
]
FAR = {"spectrum": [1.0, 1.0, 0.0], "aspect_ratio": 1.5, "noise_var": 1e-30, "prior_var": 2.0}
FEW = {"spectrum": [2.0, 1.0, 0.5, 0.1], "aspect_ratio": 20.0, "noise_var": 1e-12, "prior_var": 1.0}
MANY = {"spectrum": [1.0], "aspect_ratio": 1e-9, "noise_var": 1e3, "prior_var": 1e-3}
SAME = {"spectrum": [1.0], "aspect_ratio": 1.0, "noise_var": 1e-20, "prior_var": 1.0}
CORNERS = {
    "renormalized_ridge": RIDGES,
    "degrees_of_freedom": RIDGES,
    "degrees_of_freedom_2": RIDGES,
    "predictive_mean": [
        dict(input=[1.0, 2.0, 3.0], teacher=[1.0, 0.5, 2.0], **FAR),
        dict(input=[1.0, 2.0, 3.0, 4.0], teacher=[1.0], **FEW),
        dict(input=[1e-300], teacher=[1.0], **SAME),
        dict(input=[1.0, -1.0], teacher=[1e10, -1e10], **MANY),
    ],
    "predictive_variance": [
        dict(input=[1.0, 2.0, 0.0], **FAR),
        dict(input=[0.0, 0.0, 0.0, 4.0], **FEW),
        dict(input=[1e3], **SAME),
        dict(input=[1.0, -1.0], **MANY),
    ],
    "statistics": [
        FAR,
        FEW,
        SAME,
        MANY,
        dict(teacher=[1.0, 0.0, 3.0], judge=[1.0, 1e-9, 0.0], **FAR),
        dict(teacher=[1.0], judge=[1 - 1e-9], **FEW),
        dict(teacher=[0.5, 0.5, 0.5], judge=TrainedJudge(1.5, 1e-25, 1.0), **FAR),
        dict(judge=TrainedJudge(0.01, 1e-3, 1.0), **SAME),
        dict(judge=TiedJudge(-1e3), **MANY),
        dict(judge=[1.0, 2.0, 3.0, -4.0], **FEW),
    ],
}
