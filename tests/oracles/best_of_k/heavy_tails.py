"""Candidates of any tails: the squared distance of the nearest one, as an integral of survivals.

E R^2 = int 2 r P(R > r) dr at a judge c away from the mean, and by the shift of c the mean of the
signed distance is minus half its derivative in c. Hence with M(rho) the average of E R^2 over
c ~ N(0, rho), the error is q_RR + s^2 M - 2 (q_RR - q_RT) M': no density of the nearest candidate,
no nodes of the law.
"""

import mpmath as mp
import numpy as np
from scipy.special import betainc, ndtr

from jtts.regression import Statistics

INSIDE = np.polynomial.legendre.leggauss(24)
OFFSETS = 181


def _upper(x, dof):
    return ndtr(-x) if np.isinf(dof) else betainc(dof / 2, 0.5, dof / (dof + x * x)) / 2


def _density(x, dof):
    if np.isinf(dof):
        return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    half = mp.mpf(dof) / 2
    log_peak = float(mp.loggamma(half + 0.5) - mp.loggamma(half) - mp.log(mp.pi * dof) / 2)
    return np.exp(log_peak - (dof + 1) / 2 * np.log1p(x * x / dof))


def _log_survival(c, r, dof):
    near, far = _upper(np.abs(r - c), dof), _upper(r + c, dof)
    short = np.minimum(r, 1.0)
    inside = short * sum(w * _density(c + short * x, dof) for x, w in zip(*INSIDE, strict=True))
    hit = np.where(r < 1, inside, np.where(r < c, near - far, 1 - near - far))
    miss = np.where((r > c) & (r >= 1), near + far, 1 - hit)
    near_one = np.log(np.maximum(miss, 1e-320))
    return np.where(hit < 0.5, np.log1p(-np.minimum(hit, 0.5)), near_one)


def moments(k, rho, dof=np.inf, distances=3000):
    """M, dM/drho and dM/dk, in double precision: 12 digits."""
    covered = 80 / max(1 - 2 * rho, 1e-9)
    reach = np.sqrt(min(2 * np.log(k) / max(rho, 1e-9) + 80, covered))
    g, step = np.linspace(0, reach, OFFSETS, retstep=True)
    weight = 2 * step * np.exp(-g * g / 2) / np.sqrt(2 * np.pi)
    weight[[0, -1]] /= 2
    farthest = np.sqrt(rho) * reach + (10 if np.isinf(dof) else np.sqrt(dof))
    heavy = 0 if np.isinf(dof) else 40 / max(k * dof - 2, 1) + 3
    x, dx = np.linspace(np.log(1e-6 / k), np.log(farthest) + heavy, distances, retstep=True)
    r = np.exp(x)
    square, response = np.empty(OFFSETS), np.empty(OFFSETS)
    for i, c in enumerate(np.sqrt(rho) * g):
        log_survival = _log_survival(c, r, dof)
        integrand = 2 * r * r * np.exp(k * log_survival) * dx
        square[i] = integrand.sum()
        response[i] = (integrand * log_survival).sum()
    in_rho = (weight * (g * g - 1)) @ square / (2 * rho) if rho > 0 else np.nan
    return weight @ square, in_rho, weight @ response


def error(k, stats, dof=np.inf, **options):
    """Best-of-k error of the candidate nearest to the judge."""
    s2, delta, q, cross = (
        float(x)
        for x in (stats.predictive_var, stats.mean_error, stats.judge_error, stats.judge_cross)
    )
    square, in_rho, _ = moments(k, (delta - 2 * cross + q) / s2, dof, **options)
    gain = q - cross
    return q + s2 * square - (2 * gain * in_rho if gain else 0.0)


def student_error(k, stats, dof):
    """One candidate: s^2 dof / (dof - 2) + Delta. More: the integral of survivals."""
    if k == 1:
        variance = mp.mpf(dof) / (mp.mpf(dof) - 2) if dof > 2 else mp.inf
        return mp.mpf(stats.predictive_var) * variance + mp.mpf(stats.mean_error)
    return mp.inf if k * dof <= 2 else error(k, stats, dof)


def asymptotic_student_error(k, stats, dof):
    """Tricomi's function for the teacher as judge, with its recurrence for any other."""
    with mp.workdps(40):
        s2, delta, q, cross = (
            mp.mpf(x)
            for x in (stats.predictive_var, stats.mean_error, stats.judge_error, stats.judge_cross)
        )
        nu, k = mp.mpf(dof), mp.mpf(k)
        rho = (delta - 2 * cross + q) / s2
        log_peak = mp.loggamma((nu + 1) / 2) - mp.loggamma(nu / 2) - mp.log(mp.pi * nu) / 2
        scale = s2 * mp.exp(-2 * log_peak) / (2 * (k + 1) * (k + 2))

        def average(power, square):
            """E g^(2 square) (1 + rho g^2 / nu)^power, in u = rho g^2 / nu."""
            if rho == 0:
                return mp.mpf(1)
            a = mp.mpf(1) / 2 + square
            z = nu / (2 * rho)
            tricomi = mp.hyperu(a, a + 1 + power, z)
            return mp.gamma(a) * tricomi * (nu / rho) ** a / mp.sqrt(2 * mp.pi)

        gain = q - cross
        toward = 2 * gain / s2 * (nu + 1) / nu * average(nu, 1) if gain else 0
        return q + scale * (average(nu + 1, 0) - toward)


teacher = Statistics.from_rho
CORNERS = {
    "student_error": [
        dict(k=1, stats=teacher(0.5), dof=2.05),
        dict(k=1, stats=teacher(0.5), dof=3.0),
        dict(k=1, stats=teacher(20.0), dof=2.001),
        dict(k=1, stats=Statistics(2.0, 0.0), dof=2 + 2.0**-20),
        dict(k=1, stats=teacher(0.3), dof=2.0),
        dict(k=1.5, stats=teacher(1.0), dof=2.0),
        dict(k=2, stats=teacher(20.0), dof=2.0),
        dict(k=4, stats=teacher(2.0), dof=1.0),
        dict(k=10**9, stats=teacher(2.0), dof=100.0),
        dict(k=10**9, stats=teacher(2.0), dof=1e4),
        dict(k=10**9, stats=teacher(0.5), dof=1000.0),
        dict(k=10**9, stats=teacher(12.0), dof=3.0),
        dict(k=100, stats=Statistics(1.0, 0.4, 0.2, 0.1), dof=5.0),
        dict(k=3, stats=Statistics(0.25, 0.5, 1.0, -0.7), dof=1.0),
    ],
    "asymptotic_student_error": [
        dict(k=1000, stats=teacher(0.5), dof=1000.0),
        dict(k=1000, stats=teacher(2.0), dof=1000.0),
        dict(k=1, stats=teacher(0.0), dof=1.0),
        dict(k=10**9, stats=teacher(1e-3), dof=1.0),
        dict(k=10**6, stats=teacher(20.0), dof=3.0),
        dict(k=1000, stats=Statistics(1.0, 0.02, 0.05), dof=30.0),
        dict(k=50, stats=Statistics(1.0, 0.4, 0.2, 0.1), dof=5.0),
    ],
}
