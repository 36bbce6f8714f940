"""Selection among candidates by integrals over scores, places and noise themselves.

The package averages hit probabilities over a Gumbel variable and the distance of the winner. Here
the densities are integrated directly, on Gauss-Legendre panels cut where an integrand changes.
"""

from fractions import Fraction

import mpmath as mp
import numpy as np
from scipy.special import erfc, ndtr

from jtts.regression import Statistics

EDGE = 11.0  # Gaussian deviates beyond this are left out
LEGENDRE = {count: np.polynomial.legendre.leggauss(count) for count in (10, 12, 16)}


def panels(breaks, count=12):
    """Nodes and weights of Gauss-Legendre on the panels between breaks (..., m)."""
    x, w = LEGENDRE[count]
    low, high = breaks[..., :-1, None], breaks[..., 1:, None]
    half = (high - low) / 2
    nodes = low + half * (1 + x)
    shape = (*breaks.shape[:-1], -1)
    return nodes.reshape(shape), np.broadcast_to(half * w, nodes.shape).reshape(shape)


def phi(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def lean(c, x):
    """(phi(c + x) - phi(c - x)) / c."""
    product = 2 * c * x
    series = -2 * x * phi(x - c) * (1 - product / 2 + product**2 / 6 - product**3 / 24)
    exact = phi(x - c) * np.expm1(-product) / max(c, 1e-300)
    return np.where(product > 1e-3, exact, series)


def log_power(lost, kept):
    rare = lost < 0.5
    return np.where(rare, np.log1p(-np.minimum(lost, 0.5)), np.log(np.maximum(kept, 1e-300)))


def softmax_moments(k, c, t):
    """E x^2 and E x / c by k int du E[f w exp(-u w)] (E exp(-u w))^(k - 1), x by panels."""
    if k == 1:
        return 1 + c * c, -1.0
    near, top = max(0.0, c - 40.0), c + EDGE
    log_mean = 0.5 * np.log(t / (1 + t)) - c * c / (2 * (1 + t))
    first = np.sqrt(2 * t * np.logaddexp(0, -46 - np.log(k) - log_mean))
    breaks = np.concatenate(
        [[first], top * 2.0 ** np.arange(-60, 16, 0.5), np.arange(max(0, c - 14), top, 0.4)]
    )
    big_r, weight = panels(np.unique(breaks[breaks >= first]))
    y = big_r**2 / (2 * t)
    log_u = y + np.log(-np.expm1(-y))
    uniform = np.append(np.arange(near, top, 0.9), top)
    around = [-700.0, -200, -60, -40, -20, -10, -6, -3, -1, 0, 1, 3, 6, 10, 20, 40, 80]
    thermal = np.sqrt(t) * np.array([0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6.5, 8, 10])
    squares, leans, log_kept = (np.zeros_like(big_r) for _ in range(3))
    for start in range(0, big_r.size, 200):
        part = slice(start, start + 200)
        v = log_u[part, None]
        cuts = [
            np.broadcast_to(uniform, (v.size, uniform.size)),
            np.clip(np.sqrt(np.maximum(2 * t * (v + around), 0)), near, top),
            np.broadcast_to(np.clip(thermal, near, top), (v.size, thermal.size)),
        ]
        x, w = panels(np.sort(np.concatenate(cuts, 1), 1), 10)
        u_w = np.exp(np.minimum(v - x * x / (2 * t), 300.0))
        both = w * (phi(x + c) + phi(x - c))
        lost, kept = np.sum(-both * np.expm1(-u_w), 1), np.sum(both * np.exp(-u_w), 1)
        log_kept[part] = log_power(lost, kept)
        chosen = u_w * np.exp(-u_w)
        squares[part] = np.sum(both * chosen * x * x, 1)
        leans[part] = np.sum(w * chosen * x * lean(c, x), 1)
    outer = k * weight * (big_r / t) / -np.expm1(-y) * np.exp((k - 1) * log_kept)
    return outer @ squares, outer @ leans


def nearest_moments(k, c):
    """E x^2 = int 2 r P(R > r) dr, and E x / c."""
    if k == 1:
        return 1 + c * c, -1.0
    top = c + EDGE
    shells = top * 2.0 ** np.arange(-60 - np.ceil(np.log2(k)), 1)
    r, w = panels(np.unique(np.concatenate([[0.0], shells, np.arange(max(0, c - 14), top, 0.3)])))
    near, far = erfc(np.abs(c - r) / np.sqrt(2)) / 2, erfc((c + r) / np.sqrt(2)) / 2
    x, wx = LEGENDRE[16]
    half = np.minimum(r, 0.5)
    small = half * (phi(c + half[:, None] * x) @ wx)
    hit = np.where(r <= 0.5, small, np.where(r < c, near - far, 1 - near - far))
    log_kept = log_power(hit, np.where(r < c, 1 - hit, near + far))
    square = np.sum(w * 2 * r * np.exp(k * log_kept))
    return square, np.sum(w * k * r * lean(c, r) * np.exp((k - 1) * log_kept))


def noisy_moments(k, c, t):
    """By the winner's place x, its noise g and the rivals that lose to it."""
    edge = EDGE + np.sqrt(2 * np.log(k))
    near, top = max(0.0, c - edge), c + edge
    thermal = np.sqrt(t) * np.array([0.25, 0.5, 1, 2, 3, 4, 6])
    cuts = np.concatenate([np.arange(near, top, 0.6), [top], np.clip(thermal, near, top)])
    x, w = panels(np.unique(cuts), 10)
    both = w * (phi(x + c) + phi(x - c))
    top = 9.6 + np.sqrt(2 * np.log(k))
    g, wg = panels(np.arange(-9.5, top, min(0.8, 2 / top)), 10)  # winning noise: 1 / top wide
    square = slope = 0.0
    for place, weight, share in zip(x, w, both, strict=True):
        if k * share < 1e-24:
            continue
        margin = g[:, None] + (x - place) * (x + place) / t
        log_kept = log_power(ndtr(-margin) @ both, ndtr(margin) @ both)
        wins = k * np.sum(wg * phi(g) * np.exp((k - 1) * log_kept))
        square += wins * share * place**2
        slope += wins * weight * place * lean(c, place)
    return square, slope


def averaged(moments, k, rho, *more):
    """E x^2 and E[g^2 (x / c)] over c = sqrt(rho) g."""
    reach = np.sqrt(min(90 / max(1 - 2 * rho, 1e-9), (2 * np.log(k) + 1) / max(rho, 1e-9) + 90))
    root = np.sqrt(rho)
    cuts = np.append(np.arange(0, reach, 1.2), reach)
    if root > 0.7:  # the cloud of candidates and its edge
        inside = min(np.sqrt(2 * np.log(k) + 1) + 12, root * reach)
        far = np.minimum(inside * 1.3 ** np.arange(60), root * reach)
        cuts = np.concatenate([cuts, np.arange(0, inside, 0.7) / root, far / root])
    g, weight = panels(np.unique(cuts), 10)
    weight = 2 * weight * phi(g)
    kept = weight * (1 + rho * g**2) > 1e-15 / min(k, 1e40) ** 2  # errors fall as 1 / k^2
    g, weight = g[kept], weight[kept]
    square, slope = np.array([moments(k, float(root * x), *more) for x in g]).T
    return weight @ square, (weight * g**2) @ slope


def offset_var(stats):
    return float(
        Fraction(stats.mean_error) - 2 * Fraction(stats.judge_cross) + Fraction(stats.judge_error)
    )


def mixed(stats, square, slope):
    gain = stats.judge_error - stats.judge_cross
    return stats.judge_error + stats.predictive_var * square + 2 * gain * slope


def error(k, stats, temperature=0.0):
    """Moments by direct integrals; at very high T the first two orders in 1 / T."""
    if np.isinf(k):
        return limit_error(stats, temperature)
    s2, offset = stats.predictive_var, max(offset_var(stats), 0.0)
    if temperature > 1e6 * (s2 + offset):
        first = 2 * (stats.mean_error - stats.judge_cross) + s2
        return stats.mean_error + s2 - (1 - 1 / k) * first * (2 * s2 / temperature)
    if temperature < 1e-9 * s2 / k**2:  # the slope at 0 is 0
        return mixed(stats, *averaged(nearest_moments, k, offset / s2))
    return mixed(stats, *averaged(softmax_moments, k, offset / s2, temperature / (2 * s2)))


def pointwise(moments, k, mean, predictive_var, target, judge, *more):
    scale = np.sqrt(predictive_var)
    offset, miss = (judge - mean) / scale, judge - target
    square, slope = moments(k, abs(offset), *more)
    return predictive_var * square + 2 * scale * offset * slope * miss + miss**2


def pointwise_error(k, mean, predictive_var, target, judge, temperature=0.0):
    """As for `error`."""
    place = k, mean, predictive_var, target, judge
    if temperature == 0:
        return pointwise(nearest_moments, *place)
    a, b = mean - target, mean - judge
    if temperature > 1e12 * (predictive_var + a * a + b * b):
        first = (1 - 1 / k) * (2 * a * b + predictive_var)
        return a * a + predictive_var - first * (2 * predictive_var / temperature)
    return pointwise(softmax_moments, *place, temperature / (2 * predictive_var))


def tilt(predictive_var, temperature):
    if temperature == np.inf:
        return Fraction(1)
    return Fraction(temperature) / (Fraction(temperature) + 2 * Fraction(predictive_var))


def exact(stats):
    names = "predictive_var", "mean_error", "judge_error", "judge_cross"
    return tuple(Fraction(getattr(stats, name)) for name in names)


def limit_error(stats, temperature):
    """The quadratic in theta, in rational numbers."""
    s2, mean, judge, cross = exact(stats)
    theta = tilt(s2, temperature)
    return judge + theta * (2 * cross - 2 * judge + s2) + theta**2 * (mean - 2 * cross + judge)


def perception_noise_limit(stats, noise_var, temperature=0.0):
    """The limit at T + 2 nu^2, in rational numbers."""
    if np.isinf(noise_var):
        return limit_error(stats, np.inf)
    return limit_error(stats, Fraction(temperature) + 2 * Fraction(noise_var))


def tied_judge_error(k, strength, predictive_var, mean_error, temperature=0.0):
    """`error` above for the judge's four numbers."""
    stats = predictive_var, mean_error, strength**2 * mean_error, -strength * mean_error
    return error(k, Statistics(*stats), temperature)


def correlated_error(k, stats, correlation, temperature=0.0):
    """`error` above with the shared part of the noise in the mean."""
    s2 = stats.predictive_var
    own, shared = (1 - correlation) * s2, stats.mean_error + correlation * s2
    return error(k, Statistics(own, shared, stats.judge_error, stats.judge_cross), temperature)


def perception_noise_error(k, stats, noise_var, temperature=0.0):
    """`error` above in the variables that the judge sees, as the docstring has it."""
    if np.isinf(k):
        return perception_noise_limit(stats, noise_var, temperature)
    s2 = stats.predictive_var
    kept, e = s2 / (s2 + noise_var), noise_var / s2
    judge = stats.judge_error + 2 * e * stats.judge_cross + e**2 * stats.mean_error
    cross = (stats.judge_cross + e * stats.mean_error) / kept
    seen = Statistics(s2 + noise_var, stats.mean_error / kept**2, judge, cross)
    return kept**2 * error(k, seen, temperature) + s2 * noise_var / (s2 + noise_var)


def prompt_noise_error(k, stats, noise_var, temperature=0.0):
    """`error` above with the noise in the judge's error."""
    judge = stats.judge_error + noise_var
    noisy = Statistics(stats.predictive_var, stats.mean_error, judge, stats.judge_cross)
    return error(k, noisy, temperature)


def gumbel_score_noise_error(k, stats, noise_scale):
    """`error` above at temperature nu."""
    return error(k, stats, noise_scale)


def gaussian_score_noise_error(k, stats, noise_scale):
    """By winner, its noise and its rivals; at nu = 0 the nearest, at endless nu any candidate."""
    s2, rho = stats.predictive_var, offset_var(stats) / stats.predictive_var
    if noise_scale == 0:
        return error(k, stats)
    if noise_scale > 1e12 * s2:
        return stats.mean_error + s2
    return mixed(stats, *averaged(noisy_moments, k, rho, noise_scale / s2))


def pointwise_gaussian_score_noise_error(k, mean, predictive_var, target, judge, noise_scale):
    """As for `gaussian_score_noise_error`."""
    place = k, mean, predictive_var, target, judge
    if noise_scale == 0:
        return pointwise(nearest_moments, *place)
    if noise_scale > 1e12 * predictive_var:
        return predictive_var + (mean - target) ** 2
    return pointwise(noisy_moments, *place, noise_scale / predictive_var)


def optimal_judge_strength(predictive_var, temperature):
    """Where the limit under a tied judge, theta^2 - 2 c theta (1 - theta) + ..., is least."""
    theta = tilt(predictive_var, temperature)
    return theta / (1 - theta)


def weighted_mean_error(stats, temperature):
    """The limit of a draw less its spread, in rational numbers."""
    return limit_error(stats, temperature) - tilt(stats.predictive_var, temperature) * Fraction(
        stats.predictive_var
    )


def weighted_mean_temperature(stats):
    """The least of the quadratic in theta, in rational numbers."""
    s2, mean, judge, cross = exact(stats)
    if judge <= cross:
        return 0
    theta = (judge - cross) / (mean - 2 * cross + judge)
    return mp.inf if theta >= 1 else 2 * s2 * theta / (1 - theta)


def correlation_threshold(stats):
    """In rational numbers."""
    s2, mean, judge, cross = exact(stats)
    return (1 - 2 * (mean - 2 * cross + judge) / s2) / 3


SOME = Statistics(1.0, 0.3, 0.1, 0.05)
TEACHER = Statistics(1.0, 0.4)
BEYOND = Statistics(1.0, 1.5)
AT_BOUND = Statistics(1.0, 0.4, 0.1, 0.2)
OPPOSED = Statistics(1.0, 0.4, 0.1, -0.2)
SAME = Statistics(2.0, 0.4, 0.4, 0.4)
PERFECT = Statistics(1.0, 0.0)
FAR = Statistics(1.0, 500.0, 500.0, 0.0)
FARTHEST = Statistics(1.0, 1e6)
TINY = Statistics(1e-20, 3e-21, 1e-21, 5e-22)


def at(judge, temperature=None, target=0.3, mean=0.0, predictive_var=1.0, **more):
    heat = {} if temperature is None else {"temperature": temperature}
    place = {"mean": mean, "predictive_var": predictive_var, "target": target, "judge": judge}
    return place | heat | more


CORNERS = {
    "error": [
        {"k": 1, "stats": SOME},
        {"k": 1.5, "stats": OPPOSED},
        {"k": 2, "stats": PERFECT},
        {"k": 10**9, "stats": TEACHER},
        {"k": 1e30, "stats": BEYOND},
        {"k": 10, "stats": FARTHEST},
        {"k": 1e9, "stats": FARTHEST},
        {"k": np.inf, "stats": SOME, "temperature": 3.0},
        {"k": 10, "stats": SOME, "temperature": 1e-9},
        {"k": 10, "stats": SOME, "temperature": 1e11},
        {"k": 10, "stats": SOME, "temperature": 1e12},
        {"k": 10, "stats": SOME, "temperature": 1e300},
        {"k": 2, "stats": AT_BOUND, "temperature": 1e-4},
        {"k": 30, "stats": SAME, "temperature": 0.05},
        {"k": 1e6, "stats": TEACHER, "temperature": 1e-9},
        {"k": 1e4, "stats": BEYOND, "temperature": 20.0},
        {"k": 1e9, "stats": SOME, "temperature": 300.0},
        {"k": 1e15, "stats": SOME, "temperature": 1.0},
        {"k": 1e15, "stats": SOME, "temperature": 1e-9},
        {"k": 10, "stats": FAR, "temperature": 2.0},
        {"k": 10, "stats": TINY, "temperature": 2e-20},
    ],
    "pointwise_error": [
        {"k": 1, **at(0.2)},
        {"k": 1e9, **at(0.0, target=0.0)},
        {"k": 10, **at(40.0)},
        {"k": 10, **at(1000.0, target=900.0)},
        {"k": 1e30, **at(-12.0)},
        {"k": 1.5, **at(0.5, 0.01)},
        {"k": 10, **at(0.5, 2e-4)},
        {"k": 10, **at(8.0, 0.1)},
        {"k": 10, **at(40.0, 60.0)},
        {"k": 1e9, **at(0.5, 2e-6)},
        {"k": 10, **at(0.2, 1e300)},
        {"k": 3, **at(0.2, 1e14)},
        {"k": 7, **at(2e-10, 1e-20, target=1e-10, predictive_var=1e-20)},
    ],
    "limit_error": [
        {"stats": SOME, "temperature": 0.0},
        {"stats": SOME, "temperature": np.inf},
        {"stats": OPPOSED, "temperature": 1e-300},
        {"stats": Statistics(1.0, 0.1, 1e12), "temperature": 1e15},
        {"stats": AT_BOUND, "temperature": 1.0},
        {"stats": TINY, "temperature": 1e300},
    ],
    "tied_judge_error": [
        {"k": 8, "strength": 0.0, "predictive_var": 1.0, "mean_error": 0.1},
        {"k": 8, "strength": -1.0, "predictive_var": 1.0, "mean_error": 0.1},
        {"k": 100, "strength": 30.0, "predictive_var": 1.0, "mean_error": 1.0},
        {"k": 4, "strength": 2.0, "predictive_var": 1.0, "mean_error": 0.3, "temperature": 4.0},
        {
            "k": np.inf,
            "strength": 2.0,
            "predictive_var": 1.0,
            "mean_error": 1e5,
            "temperature": 4.0,
        },
        {"k": 5, "strength": 2.0, "predictive_var": 1.0, "mean_error": 0.0},
    ],
    "correlated_error": [
        {"k": 4, "stats": SOME, "correlation": 0.0},
        {"k": 64, "stats": TEACHER, "correlation": 0.9},
        {"k": 64, "stats": TEACHER, "correlation": 0.99999},
        {"k": 16, "stats": OPPOSED, "correlation": 0.5, "temperature": 0.3},
    ],
    "perception_noise_error": [
        {"k": 4, "stats": SOME, "noise_var": 0.0},
        {"k": 64, "stats": Statistics(1.0, 0.3), "noise_var": 1e-9},
        {"k": 64, "stats": Statistics(1.0, 0.3), "noise_var": 100.0},
        {"k": 16, "stats": OPPOSED, "noise_var": 0.5, "temperature": 0.3},
        {"k": np.inf, "stats": SOME, "noise_var": 1e9},
    ],
    "perception_noise_limit": [
        {"stats": SOME, "noise_var": 0.0},
        {"stats": SOME, "noise_var": np.inf},
        {"stats": AT_BOUND, "noise_var": 1e-200, "temperature": 2.0},
        {"stats": Statistics(1.0, 0.3), "noise_var": 1e12},
    ],
    "prompt_noise_error": [
        {"k": 4, "stats": SOME, "noise_var": 0.0},
        {"k": 10**9, "stats": Statistics(1.0, 0.3), "noise_var": 0.4},
        {"k": 10, "stats": TEACHER, "noise_var": 1000.0},
        {"k": 16, "stats": OPPOSED, "noise_var": 0.5, "temperature": 0.3},
    ],
    "gumbel_score_noise_error": [
        {"k": 16, "stats": SOME, "noise_scale": 0.0},
        {"k": 16, "stats": SOME, "noise_scale": 1e11},
        {"k": 16, "stats": SOME, "noise_scale": 0.5},
        {"k": np.inf, "stats": SOME, "noise_scale": 0.5},
    ],
    "gaussian_score_noise_error": [
        {"k": 1, "stats": SOME, "noise_scale": 1.0},
        {"k": 16, "stats": SOME, "noise_scale": 0.0},
        {"k": 16, "stats": SOME, "noise_scale": 1e300},
        {"k": 16, "stats": AT_BOUND, "noise_scale": 0.5},
        {"k": 1e6, "stats": SOME, "noise_scale": 20.0},
    ],
    "pointwise_gaussian_score_noise_error": [
        {"k": 1, **at(0.5, noise_scale=1.0)},
        {"k": 10, **at(0.5, noise_scale=0.0)},
        {"k": 10, **at(0.5, noise_scale=1e300)},
        {"k": 10, **at(0.5, noise_scale=0.3)},
        {"k": 1e9, **at(0.0, noise_scale=5.0)},
        {"k": 100, **at(40.0, noise_scale=50.0)},
        {"k": 1e50, **at(10.0, noise_scale=0.5)},
    ],
    "optimal_judge_strength": [
        {"predictive_var": 1e-300, "temperature": 0.0},
        {"predictive_var": 3.0, "temperature": 1e300},
        {"predictive_var": 0.7, "temperature": 2.3},
    ],
    "weighted_mean_error": [
        {"stats": SOME, "temperature": 0.0},
        {"stats": SOME, "temperature": np.inf},
        {"stats": Statistics(1.0, 0.1, 1e12), "temperature": 1e15},
        {"stats": AT_BOUND, "temperature": 1.0},
    ],
    "weighted_mean_temperature": [
        {"stats": SOME},
        {"stats": TEACHER},
        {"stats": Statistics(1.0, 0.1, 0.5, 0.2)},
        {"stats": Statistics(1.0, 2.0**-40, 0.5, 0.0)},
        {"stats": SAME},
    ],
    "correlation_threshold": [
        {"stats": PERFECT},
        {"stats": Statistics(1.0, 0.5 - 2.0**-50)},
        {"stats": Statistics(1.0, 1e6)},
        {"stats": AT_BOUND},
    ],
}
