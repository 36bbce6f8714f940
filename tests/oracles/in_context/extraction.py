"""Facts and relations: products of rationals where K is whole, gamma functions elsewhere."""

from fractions import Fraction

import mpmath as mp

mp.mp.dps = 90


def uncovered_probability(num_tuned, multiplicity, num_relations):
    """One relation after another is drawn from what is left; binomials for a real K."""
    tuned, k, r = (mp.mpf(a) for a in (num_tuned, multiplicity, num_relations))
    if k > r:
        return mp.nan
    if 2 * k - r > 1e-9:  # beyond by less: the step of a difference
        return mp.mpf(tuned == 0)
    if k == int(k) and r == int(r) and k < 400:
        once = Fraction(1)
        for i in range(int(k)):
            once *= Fraction(int(r) - int(k) - i, int(r) - i)
        return (mp.mpf(once.numerator) / once.denominator) ** tuned
    logs = 2 * mp.loggamma(r - k + 1) - mp.loggamma(r - 2 * k + 1) - mp.loggamma(r + 1)
    return mp.exp(tuned * logs)


CORNERS = {
    "uncovered_probability": [
        dict(num_tuned=1000.0, multiplicity=3.0, num_relations=1e12),
        dict(num_tuned=1.0, multiplicity=3.0, num_relations=1e15),
        dict(num_tuned=0.0, multiplicity=3.0, num_relations=6.0),
        dict(num_tuned=3.0, multiplicity=2.0, num_relations=4.0),
        dict(num_tuned=2.0, multiplicity=2.5, num_relations=5.0),
        dict(num_tuned=1.0, multiplicity=5.0, num_relations=9.0),
        dict(num_tuned=1e20, multiplicity=1e-3, num_relations=1e15),
        dict(num_tuned=1.0, multiplicity=3e7, num_relations=1e15),
        dict(num_tuned=2.0, multiplicity=200.0, num_relations=400.0),
        dict(num_tuned=1.0, multiplicity=300.0, num_relations=1000.0),
        dict(num_tuned=1.0, multiplicity=1e-17, num_relations=1e-3),
        dict(num_tuned=1.0, multiplicity=0.25, num_relations=0.5),
        dict(num_tuned=1.0, multiplicity=4999999.5, num_relations=1e13),
        dict(num_tuned=1e4, multiplicity=1.0, num_relations=2.5),
    ],
}
SLOPES = {"uncovered_probability": ["num_tuned", "multiplicity", "num_relations"]}
