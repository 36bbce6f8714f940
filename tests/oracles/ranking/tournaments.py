"""Tournaments by other routes: quadrature of many digits or over other variables, bivariate normals
by Owen's function, and every place in an order weighed."""

from fractions import Fraction

import mpmath as mp
import numpy as np
from scipy import optimize, special, stats

mp.mp.dps = 25


def _s(x):
    return 1 / (1 + mp.exp(-mp.mpf(x)))


def _majority(gap, games):
    win, lose = special.expit(gap), special.expit(-gap)
    total = np.zeros_like(gap)
    for won in range(games + 1):
        share = 1.0 if 2 * won > games else 0.5 if 2 * won == games else 0.0
        total += share * special.binom(games, won) * win**won * lose ** (games - won)
    return total


def knockout_strength(num_candidates, spread, games):
    """Gauss-Hermite nodes; each survivor's density as weights, the gain from all pairs at once."""
    x, w = special.roots_hermitenorm(300)
    x, w = x * spread, w / w.sum()
    won = _majority(x[:, None] - x, games)
    lead, total = won - won.T, 0.0
    for _ in range(round(np.log2(num_candidates))):
        ahead = w * (lead @ w)
        total += x @ ahead
        w = (w + ahead) / np.sum(w + ahead)  # else what rounding adds is squared every round
    return float(total)


def lead_knockout(num_candidates, gap, lead):
    """Round by round: who is still in, and what the matches cost."""
    with mp.workdps(60):
        gap = mp.mpf(gap)
        up, down = _s(gap), _s(-gap)
        odds = mp.exp(-gap)
        if gap == 0:
            won, with_best = mp.mpf(1) / 2, mp.mpf(lead) ** 2
        else:
            won = (1 - odds**lead) / (1 - odds ** (2 * lead))
            with_best = lead * (2 * won - 1) / (up - down)
        calls, still_in, left = mp.mpf(0), mp.mpf(1), num_candidates
        while left > 1:
            left //= 2
            calls += (left - still_in) * lead**2 + still_in * with_best
            still_in *= won
        return {"calls": calls, "success": still_in}


def _mean_largest(k):
    if k == 1:
        return mp.mpf(0)
    if k > 10**6:
        points = [0, 2, 4, 6, 7, 7.5, 8, 8.5, 9, 10, 12, 14]
        return mp.quad(lambda x: -mp.expm1(k * mp.log1p(-mp.ncdf(-x))), points)
    return mp.quad(lambda x: 1 - mp.ncdf(x) ** k - mp.ncdf(-x) ** k, [0, 1, 2, 3, 4, 6, 9, 14])


def round_robin_gain(num_candidates, spread, games):
    spread = mp.mpf(spread)
    variance = mp.mpf(4) / (games * num_candidates)
    return spread**2 * _mean_largest(num_candidates) / mp.sqrt(spread**2 + variance)


def _behind(k, h):
    """Error, by the largest of the others instead of by the one ahead."""
    h, n = mp.mpf(h), k - 1
    if n == 0:
        return mp.mpf(0)

    def at(y):
        below = mp.ncdf(y)
        return n * mp.npdf(y) * below ** (n - 1) * mp.ncdf(y - h) if below else mp.mpf(0)

    ends = {mp.mpf(z) for z in (-12, -6, -3, -1, 0, 1, 2, 3, 4, 5, 6, 8, 12)}
    ends |= {h / 2 + z for z in (-4, -2, -1, 0, 1, 2, 4)} | {h + z for z in (-4, -2, 0, 2)}
    scale = mp.exp(-(h**2) / 4) / (1 + h)  # mp.quad stops at an absolute error
    return mp.quad(lambda y: at(y) / scale, sorted(ends)) * scale


def slippage_accuracy(num_candidates, separation):
    if separation == 0:
        return Fraction(1, num_candidates)
    return 1 - _behind(num_candidates, separation)


def needed_calls(num_candidates, gap, error):
    """A plain sum finds the separation to some digits, the secant the others."""
    k = num_candidates
    y = np.linspace(-12, 30, 20001)
    density = (k - 1) * stats.norm.pdf(y) * special.ndtr(y) ** (k - 2) * (y[1] - y[0])
    h = optimize.brentq(lambda h: np.log(density @ special.ndtr(y - h) / error), 0, 15)
    with mp.workdps(20):
        h = mp.findroot(
            lambda x: mp.log(_behind(k, x) / mp.mpf(error)),
            (h, h * (1 + 1e-6)),
            solver="secant",
            tol=1e-26,
            maxsteps=4,
        )
    return 2 * (k - 1) * (h / mp.mpf(gap)) ** 2


def _wedge(k, r):
    """P(the top of one is the top of the other) by adding over the score of the top: given x its
    truth is N(r x, 1 - r^2), all others lie below both."""
    x, w = np.polynomial.legendre.leggauss(400)
    half, middle = 7.5, 1.0  # scores from -6.5 to 8.5
    x, w = middle + half * x, half * w
    z, v = np.polynomial.legendre.leggauss(160)
    z, v = 9 * z, 9 * v
    root = np.sqrt(1 - r * r)
    y = r * x[:, None] + root * z
    both = _both_below(np.broadcast_to(x[:, None], y.shape), y, r)
    density = stats.norm.pdf(x)[:, None] * stats.norm.pdf(z)
    return float(k * np.einsum("i,j,ij->", w, v, density * both ** (k - 1)))


def _both_below(x, y, r):
    """Bivariate normal distribution function by Owen's T."""
    x, y = (np.where(a == 0, 1e-300, a) for a in (x, y))
    root = np.sqrt(1 - r * r)
    owen = special.owens_t(x, (y / x - r) / root) + special.owens_t(y, (x / y - r) / root)
    return (special.ndtr(x) + special.ndtr(y)) / 2 - owen - 0.5 * (x * y < 0)


def top_agreement(num_candidates, correlation):
    k, r = num_candidates, mp.mpf(correlation)
    if k == 1 or correlation == 1:
        return 1
    if correlation == 0:
        return Fraction(1, k)
    if k == 2:
        return mp.mpf(1) / 2 + mp.asin(r) / mp.pi
    return _wedge(num_candidates, correlation)


def scan_accuracy(num_candidates, q):
    """Wins that are needed, for every place in the order."""
    with mp.workdps(60):
        q, k = mp.mpf(q), num_candidates
        if k <= 2000:
            needed = [k - 1, *(k - place for place in range(1, k))]
            return sum(q**wins for wins in needed) / k
        if q == 1:
            return 1
        return (q ** (k - 1) + q * (1 - q ** (k - 1)) / (1 - q)) / k


def _grid(names, *points):
    return [dict(zip(names, point, strict=True)) for point in points]


CORNERS = {
    "knockout_strength": _grid(
        ("num_candidates", "spread", "games"),
        (2, 1.0, 1), (8, 1.0, 3), (8, 1.0, 4), (64, 1.0, 1), (2**20, 0.3, 1), (2, 1e-3, 1),
        (1024, 1e-3, 7), (8, 3.0, 1), (16, 0.5, 51),
    ),
    "lead_knockout": _grid(
        ("num_candidates", "gap", "lead"),
        (8, 0.5, 4), (2, 0.0, 10**9), (2**20, 0.0, 3), (2**20, 300.0, 10**9), (1024, 1e-9, 5),
        (16, 0.5, 5), (2**20, 3.0, 7), (4, 0.02, 1000),
    ),
    "round_robin_gain": _grid(
        ("num_candidates", "spread", "games"),
        (8, 0.2, 50), (1, 0.3, 5), (4, 0.0, 5), (10**9, 1e-9, 10**9), (3, 1e100, 1),
        (2, 1e-100, 10**15),
    ),
    "slippage_accuracy": _grid(
        ("num_candidates", "separation"),
        (8, 2.0), (16, 3.0), (1, 0.0), (2, 40.0), (1000, 0.0), (10**6, 0.0), (10**6, 5.0),
        (10**6, 40.0), (3, 1e-9), (2, 0.0),
    ),
    "needed_calls": _grid(
        ("num_candidates", "gap", "error"),
        (8, 0.5, 0.05), (2, 1e100, 0.4995), (2, 1e-9, 1e-12), (10**6, 0.1, 1e-12),
    ),
    "top_agreement": _grid(
        ("num_candidates", "correlation"),
        (1, 0.3), (2, 0.6), (2, 1e-9), (16, 0.9), (16, 0.6), (64, 0.9), (10**6, 0.0), (1000, 1.0),
        (2, 0.999999), (4, 0.6),
    ),
    "scan_accuracy": _grid(
        ("num_candidates", "q"),
        (4, 0.7), (16, 0.8), (1, 0.0), (1, 0.5), (2, 0.0), (1000, 1.0), (2000, 1 - 2**-53),
        (10**9, 1 - 1e-9), (10**9, 1 - 1e-14), (10**9, 0.5), (10**9, 1.0), (5, 1e-17),
        (2000, 1 - 1e-8),
    ),
}  # fmt: skip
