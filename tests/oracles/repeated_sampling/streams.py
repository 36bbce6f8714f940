"""Counts on a stream by other routes: covariances added up in many digits, a filter run to its end,
optima where derivatives vanish."""

import mpmath as mp

mp.mp.dps = 40
DIGITS = 60


def _noise(variance, mean, rollouts):
    m = mp.mpf(mean)
    return (m * (1 - m) - mp.mpf(variance)) / mp.mpf(rollouts)


def _powers(x):
    """Sum of x^j over all j."""
    return mp.inf if x == 1 else 1 / (1 - x)


def difficulty_tracking_error(
    discount,
    persistence,
    variance,
    mean,
    rollouts,
    prior_strength=0.0,
    prior_mean=0.5,
    when="before",
):
    """Mean square of the estimate less the rate, each a sum over visits.

    The estimate weighs visit j with w l^j: its square is w^2 times the double sum of covariances,
    which is summed along its diagonals.
    """
    with mp.workdps(DIGITS):
        kept, f, v = mp.mpf(discount), mp.mpf(persistence), mp.mpf(variance)
        m, n = mp.mpf(mean), mp.mpf(rollouts)
        if kept == 1:  # all visits are alike, and the mean is known
            return v
        weight = n / (mp.mpf(prior_strength) + n / (1 - kept))
        squares = _powers(kept**2)
        beside = kept * f * _powers(kept * f)  # sum of (l f)^j from the first on
        own = weight**2 * squares * (_noise(v, m, n) + v * (1 + 2 * beside))
        with_rate = weight * v * _powers(kept * f) * (f if when == "before" else 1)
        prior = 1 - weight * _powers(kept)
        return own - 2 * with_rate + v + (prior * (mp.mpf(prior_mean) - m)) ** 2


def optimal_discount(persistence, variance, mean, rollouts):
    """Root of the slope of the error, or 1."""
    with mp.workdps(DIGITS):
        f, v = mp.mpf(persistence), mp.mpf(variance)
        noise = _noise(variance, mean, rollouts)

        def slope(x):
            """Of R (1-x)/(1+x) + 2V (1-f)/((1+x)(1-xf)), times what is positive."""
            rise = (1 - x * f) - f * (1 + x)
            return -2 * noise * (1 - x * f) ** 2 - 2 * v * (1 - f) * rise

        low, high = mp.mpf(0), mp.mpf(1)
        if slope(high) <= 0:
            return high
        if slope(low) >= 0:
            return low
        for _ in range(190):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) < 0 else (low, middle)
        return low


def _filter(persistence, variance, mean, rollouts):
    """Persistence, noise, and the error P = f^2 P R / (P + R) + V (1 - f^2), by bisection."""
    f, v = mp.mpf(persistence), mp.mpf(variance)
    noise = _noise(variance, mean, rollouts)
    low, high = mp.mpf(0), v
    for _ in range(400):
        error = (low + high) / 2
        shown = error + noise
        after = f**2 * (error * noise / shown if shown else 0) + v * (1 - f**2)
        low, high = (error, high) if after > error else (low, error)
    return f, noise, high


def best_linear_error(persistence, variance, mean, rollouts):
    with mp.workdps(140):
        return _filter(persistence, variance, mean, rollouts)[2]


def best_linear_discount(persistence, variance, mean, rollouts):
    with mp.workdps(140):
        f, noise, error = _filter(persistence, variance, mean, rollouts)
        return f * noise / (error + noise) if variance else f


def best_linear_weight(persistence, variance, mean, rollouts):
    with mp.workdps(140):
        f, noise, error = _filter(persistence, variance, mean, rollouts)
        return f * error / (error + noise) if variance else mp.mpf(0)


def best_linear_prior_strength(persistence, variance, mean, rollouts):
    with mp.workdps(140):
        n = mp.mpf(rollouts)
        weight = best_linear_weight(persistence, variance, mean, rollouts)
        kept = best_linear_discount(persistence, variance, mean, rollouts)
        return n / weight - n / (1 - kept) if weight else mp.inf


STREAM = dict(persistence=0.95, variance=1 / 12, mean=0.5, rollouts=8)
RARE = dict(persistence=0.3, variance=1e-20, mean=1e-17, rollouts=1)
SLOW = dict(persistence=1 - 2**-40, variance=1e-3, mean=0.9, rollouts=2)
SPREAD = dict(persistence=0.5, variance=0.2497, mean=0.5, rollouts=1e15)
MANY = dict(persistence=0.99, variance=0.04, mean=0.4, rollouts=1e15)
SLOWEST = dict(persistence=0.9999999999990905, variance=2.3e-4, mean=0.61, rollouts=1)
ANEW = dict(persistence=0.0, variance=0.1, mean=0.3, rollouts=4)
SAME = dict(persistence=0.9, variance=0.0, mean=0.3, rollouts=4)
STREAMS = [STREAM, RARE, SLOW, SLOWEST, SPREAD, MANY, ANEW, SAME]
CORNERS = {
    "difficulty_tracking_error": [
        dict(discount=0.5, **STREAM),
        dict(discount=0.5, **STREAM, when="after"),
        dict(discount=0.8, **STREAM, prior_strength=2.0, prior_mean=0.5),
        dict(discount=0.3, persistence=0.8, variance=0.125, mean=0.5, rollouts=4,
             prior_strength=4.0, prior_mean=0.3, when="after"),
        dict(discount=0.0, **STREAM),
        dict(discount=0.0, **STREAM, when="after"),
        dict(discount=1.0, **STREAM, prior_strength=1e15, prior_mean=1.0),
        dict(discount=1 - 2**-40, **SLOW),
        dict(discount=1 - 2**-40, **SLOW, prior_strength=1e15, when="after"),
        dict(discount=1 - 2**-53, persistence=1.0, variance=0.25, mean=0.5, rollouts=1),
        dict(discount=0.9, persistence=1.0, variance=0.25, mean=0.5, rollouts=1,
             prior_strength=1.6, prior_mean=0.4),
        dict(discount=0.9, persistence=1.0, variance=0.2, mean=0.5, rollouts=4,
             prior_strength=3.0, prior_mean=0.5),
        dict(discount=0.7, **RARE, prior_strength=1e-15, prior_mean=0.0),
        dict(discount=0.5, **MANY, when="after"),
        dict(discount=0.5, **ANEW, prior_strength=1e15, prior_mean=0.0),
        dict(discount=0.5, **SAME),
    ],
    "optimal_discount": STREAMS,
    "best_linear_error": STREAMS,
    "best_linear_discount": STREAMS,
    "best_linear_weight": STREAMS,
    "best_linear_prior_strength": STREAMS,
}  # fmt: skip
SLOPES = {"difficulty_tracking_error": ["variance", "prior_strength", "prior_mean"]}
