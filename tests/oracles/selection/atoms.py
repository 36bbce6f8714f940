"""Best-of-n on atoms: powers of exact distribution functions."""

from fractions import Fraction

import mpmath as mp


def _groups(probabilities, rewards):
    """Reward -> mass of all atoms that have it, in order, in exact rationals that add up to 1."""
    masses = {}
    for p, r in zip(probabilities, rewards, strict=True):
        masses[r] = masses.get(r, 0) + Fraction(p)
    total = sum(masses.values())
    return {r: masses[r] / total for r in sorted(masses)}


def _mpf(fraction):
    return mp.mpf(fraction.numerator) / fraction.denominator


def best_of_n_pmf(n, probabilities, rewards):
    """(F^n - F_^n), shared in a tied group as the masses are."""
    mp.mp.dps = 400
    groups, below, chosen = _groups(probabilities, rewards), Fraction(0), {}
    for r, mass in groups.items():
        upto = below + mass
        n = mp.mpf(n)
        chosen[r] = (_mpf(upto) ** n - _mpf(below) ** n) / _mpf(mass) if mass else mp.mpf(0)
        below = upto
    total = sum(map(Fraction, probabilities))
    return [
        _mpf(Fraction(p) / total) * chosen[r] for p, r in zip(probabilities, rewards, strict=True)
    ]


def best_of_n_kl(n, probabilities, rewards):
    """Sum of q ln(q / p)."""
    q = best_of_n_pmf(n, probabilities, rewards)
    total = mp.fsum(mp.mpf(p) for p in probabilities)
    pairs = [(x, mp.mpf(p) / total) for x, p in zip(q, probabilities, strict=True) if x > 0]
    return mp.fsum(x * mp.log(x / p) for x, p in pairs)


def best_of_n_kl_limit(probabilities, rewards):
    mp.mp.dps = 700
    groups = _groups(probabilities, rewards)
    return -mp.log(_mpf(next(mass for r, mass in reversed(groups.items()) if mass)))


_FOUR, _STEPS = [0.5, 0.3, 0.15, 0.05], [0.0, 1.0, 2.0, 3.0]
_ATOMS = [
    dict(n=1, probabilities=_FOUR, rewards=_STEPS),
    dict(n=1 + 1e-9, probabilities=_FOUR, rewards=_STEPS),
    dict(n=1.5, probabilities=[0.25, 0.25, 0.5], rewards=[2.0, -1.0, 2.0]),
    dict(n=3, probabilities=[1.0], rewards=[0.0]),
    dict(n=4, probabilities=[0.5, 0.0, 0.5], rewards=[0.0, 9.0, 1.0]),
    dict(n=4, probabilities=[0.0, 0.5, 0.5], rewards=[-1.0, 0.0, 1.0]),
    dict(n=900, probabilities=_FOUR, rewards=_STEPS),
    dict(n=10**9, probabilities=[1 - 1e-9, 1e-9], rewards=[0.0, 1.0]),
    dict(n=10**9, probabilities=[0.5, 0.5 - 1e-7, 1e-7], rewards=[0.0, 1.0, 2.0]),
    dict(n=2, probabilities=[0.75, 0.25, 1e-17], rewards=[0.0, 1.0, 2.0]),
    dict(n=10**15, probabilities=[1e-17, 1 - 1e-15, 1e-15], rewards=[1.0, 0.0, 1.0]),
    dict(n=10**15, probabilities=[1e-300, 1 - 1e-13, 1e-13], rewards=[0.0, 1.0, 2.0]),
    dict(n=7, probabilities=[1e-300, 1e-17, 1 - 2**-53, 2**-53], rewards=[3.0, 0.0, 1.0, 2.0]),
]
CORNERS = {
    "best_of_n_pmf": _ATOMS,
    "best_of_n_kl": _ATOMS,
    "best_of_n_kl_limit": [
        {k: v for k, v in point.items() if k != "n"} for point in _ATOMS[2:6] + _ATOMS[7:]
    ],
}
SLOPES = {"best_of_n_kl": ["n"]}
