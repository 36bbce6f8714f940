"""The largest of n: digamma and gamma functions, and integrals of the distribution function."""

from fractions import Fraction

import jax.numpy as jnp
import mpmath as mp
import numpy as np
from scipy import special

from jtts.rewards import (
    Discrete,
    Exponential,
    Gumbel,
    Logistic,
    Normal,
    Pareto,
    Quantile,
    StudentT,
    Uniform,
)


def _atoms(n, law):
    """(reward, chance) of the largest, from exact distribution functions."""
    below, found = Fraction(0), []
    total = sum(map(Fraction, law.probabilities.tolist()))
    for r, p in sorted(zip(law.rewards.tolist(), law.probabilities.tolist(), strict=True)):
        upto = below + Fraction(p) / total
        chance = _mpf(upto) ** n - _mpf(below) ** n
        found.append((mp.mpf(r), chance))
        below = upto
    return found


def _mpf(fraction):
    return mp.mpf(fraction.numerator) / fraction.denominator


def _pareto(n, index, power):
    ratio = mp.loggamma(n + 1) - mp.loggamma(n + 1 - mp.mpf(power) / index)
    return mp.exp(ratio) * mp.gamma(1 - mp.mpf(power) / index)


def _student_tail(dof, x):
    """P(T > x): scipy's, and its power law where that overflows."""
    log_c = special.gammaln((dof + 1) / 2) - special.gammaln(dof / 2) - np.log(np.pi) / 2
    far = log_c + (dof / 2 - 1) * np.log(dof) - dof * np.log(np.maximum(x, 1.0))
    return np.where(
        x > 1e100, np.exp(np.minimum(far, 0.0)), special.stdtr(dof, -np.minimum(x, 1e100))
    )


NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


def _line(law, centre):
    """Nodes of the line, weights, ln P(< x) and ln P(> x): panels even in asinh(x - centre)."""
    far = 5.0 if isinstance(law, Normal) else 690 / law.dof + 5
    ends = np.linspace(0.0, far, 1 + int(40 * far))
    y = (ends[:-1, None] + np.diff(ends)[:, None] * (NODES + 1) / 2).ravel()
    dx = (np.diff(ends)[:, None] * WEIGHTS / 2).ravel() * np.cosh(y)
    x = centre + np.concatenate([-np.sinh(y), np.sinh(y)])
    if isinstance(law, Normal):
        return x, np.tile(dx, 2), special.log_ndtr(x), special.log_ndtr(-x)
    rare = _student_tail(law.dof, np.abs(x))
    near, far = np.log1p(-rare), np.log(np.maximum(rare, 1e-300))
    return x, np.tile(dx, 2), np.where(x < 0, far, near), np.where(x < 0, near, far)


def _moment(n, law, centre, power):
    """E (max - centre)^power by parts: integrals of F^n and 1 - F^n, none of them cancels."""
    x, dx, lower, upper = _line(law, centre)
    below = np.exp(n * lower)
    log_below = np.where(upper < -1, np.log1p(-np.exp(np.minimum(upper, -1))), lower)
    above = -np.expm1(n * log_below)
    slope = power * (x - centre) ** (power - 1)
    return np.sum(dx * np.where(x > centre, slope * above, -slope * below))


def expected_max(n, law):
    mp.mp.dps = 60 if not isinstance(law, Discrete) else 500
    if isinstance(law, Discrete):
        return sum(r * q for r, q in _atoms(n, law))
    if isinstance(law, Normal | StudentT):
        location, law_0 = (law.mean, Normal()) if isinstance(law, Normal) else (law.location, law)
        return location + law.scale * (_moment(n, law_0, 0.0, 1) if n != 1 else 0.0)
    n = mp.mpf(n)
    if isinstance(law, Uniform):
        return law.low + (mp.mpf(law.high) - law.low) * n / (n + 1)
    if isinstance(law, Exponential):
        return law.location + law.scale * (mp.digamma(n + 1) + mp.euler)
    if isinstance(law, Logistic):
        return law.location + law.scale * (mp.digamma(n) + mp.euler)
    if isinstance(law, Gumbel):
        return law.location + law.scale * (mp.log(n) + mp.euler)
    if isinstance(law, Pareto):
        return mp.mpf("inf") if law.tail_index <= 1 else law.scale * _pareto(n, law.tail_index, 1)
    return 2 * n / (2 * n + 1)  # the square root of a uniform variable


def max_variance(n, law):
    mp.mp.dps = 60 if not isinstance(law, Discrete) else 500
    if isinstance(law, Discrete):
        atoms = _atoms(n, law)
        mean = sum(r * q for r, q in atoms)
        return sum((r - mean) ** 2 * q for r, q in atoms)
    if isinstance(law, Normal | StudentT):
        law_0 = Normal() if isinstance(law, Normal) else law
        centre = _moment(n, law_0, 0.0, 1) if n != 1 else 0.0
        return law.scale**2 * (_moment(n, law_0, centre, 2) - (_moment(n, law_0, centre, 1)) ** 2)
    n = mp.mpf(n)
    if isinstance(law, Uniform):
        return (mp.mpf(law.high) - law.low) ** 2 * n / ((n + 1) ** 2 * (n + 2))
    if isinstance(law, Exponential):
        return law.scale**2 * (mp.psi(1, 1) - mp.psi(1, n + 1))
    if isinstance(law, Logistic):
        return law.scale**2 * (mp.psi(1, 1) + mp.psi(1, n))
    if isinstance(law, Gumbel):
        return law.scale**2 * mp.pi**2 / 6
    if isinstance(law, Pareto):
        if law.tail_index <= 2:
            return mp.mpf("inf")
        return law.scale**2 * (_pareto(n, law.tail_index, 2) - _pareto(n, law.tail_index, 1) ** 2)
    return 2 * n / (2 * n + 2) - (2 * n / (2 * n + 1)) ** 2


_FOUR = Discrete(np.array([0.5, 0.3, 0.15, 0.05]), np.arange(4.0))


class _Sqrt:
    """The square root under a name that does not change from run to run."""

    def __call__(self, u):
        return jnp.sqrt(u)

    def __repr__(self):
        return "sqrt"


_SQUARE_ROOT = Quantile(_Sqrt())
CORNERS = {
    "expected_max": [
        *(dict(n=n, law=Normal()) for n in (1, 1.25, 2, 100, 1e9, 1e15)),
        dict(n=16, law=Normal(1.0, 1e-3)),
        *(dict(n=n, law=StudentT(3.0)) for n in (2, 1e6)),
        dict(n=3, law=StudentT(1.06)),
        dict(n=1e9, law=StudentT(1.5)),
        dict(n=50, law=StudentT(1e6)),
        *(dict(n=n, law=Pareto(1.06)) for n in (1, 5.5, 1e12)),
        dict(n=1e15, law=Pareto(1.3)),
        dict(n=1e15, law=Pareto(50.0)),
        dict(n=2, law=Pareto(1.0)),
        *(dict(n=n, law=Uniform(-1.0, 2.0)) for n in (1, 1e15)),
        *(dict(n=n, law=Exponential(1.0)) for n in (1, 1e15)),
        *(dict(n=n, law=Logistic(0.0, 1.0)) for n in (1, 1.5, 1e9)),
        *(dict(n=n, law=Gumbel(0.0, 1.0)) for n in (1, 1e15)),
        *(dict(n=n, law=_SQUARE_ROOT) for n in (1, 1e9)),
        dict(n=1000, law=_FOUR),
        dict(n=3, law=Discrete(np.array([1 - 1e-17, 1e-17]), np.array([0.0, 1.0]))),
    ],
    "max_variance": [
        *(dict(n=n, law=Normal()) for n in (1, 2, 1e9, 1e15)),
        dict(n=16, law=Normal(1e6, 1e-3)),
        dict(n=100, law=StudentT(3.0)),
        dict(n=1e6, law=StudentT(2.2)),
        *(dict(n=n, law=Pareto(2.15)) for n in (1, 5.5, 1e12)),
        dict(n=1e9, law=Pareto(1e6)),
        dict(n=2, law=Pareto(2.0)),
        *(dict(n=n, law=Uniform(-1.0, 2.0)) for n in (1, 1e9, 1e15)),
        *(dict(n=n, law=Exponential(0.5, 100.0)) for n in (1, 1e15)),
        *(dict(n=n, law=Logistic(-3.0, 2.0)) for n in (1, 1e9)),
        dict(n=1e9, law=Gumbel(5.0, 1.0)),
        dict(n=1000, law=_FOUR),
        dict(n=10**6, law=Discrete(np.array([1e-3, 1 - 1e-3]), np.array([0.0, 1.0]))),
    ],
}
