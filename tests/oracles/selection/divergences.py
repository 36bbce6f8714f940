"""Divergences of best-of-n: the closed forms as printed, in more digits than they lose."""

import mpmath as mp


def best_of_n_divergences(n):
    """The rank density n u^(n-1) against 1, term by term in 700 digits."""
    mp.mp.dps = 700
    n = mp.mpf(n)
    crossing = mp.exp(-1) if n == 1 else n ** (-1 / (n - 1))
    return {
        "kl": mp.log(n) - (n - 1) / n,
        "reverse_kl": n - 1 - mp.log(n),
        "chi2": (n - 1) ** 2 / (2 * n - 1),
        "tv": crossing - (crossing**n if n < 1e6 else crossing / n),
        "hellinger2": 1 - 2 * mp.sqrt(n) / (n + 1),
    }


def renyi_divergence(n, order):
    mp.mp.dps = 700
    n, a = mp.mpf(n), mp.mpf(order)
    if a == 1:
        return mp.log(n) - (n - 1) / n
    return (a * mp.log(n) - mp.log(a * (n - 1) + 1)) / (a - 1)


def win_rate(n):
    """The further sample is the largest of n + 1 with probability 1 / (n + 1)."""
    return 1 - 1 / (mp.mpf(n) + 1)


_N = [1, 1 + 2**-52, 1 + 1e-9, 1.5, 2, 3, 1000, 1e9, 1e15, 1e150]
CORNERS = {
    "best_of_n_divergences": [dict(n=n) for n in _N],
    "renyi_divergence": [
        dict(n=n, order=a)
        for n, a in [
            (1, 3.0),
            (1 + 1e-9, 0.3),
            (1 + 1e-9, 2.0),
            (1.5, 1e-17),
            (3, 0.5),
            (2, 1.0),
            (2, 1 + 1e-9),
            (1e9, 1 - 1e-5),
            (1e9, 1e-12),
            (1e9, 0.49),
            (1e150, 1e-17),
            (1e150, 50.0),
            (16, 1e300),
        ]
    ],
    "win_rate": [dict(n=n) for n in _N],
}
SLOPES = {"renyi_divergence": ["order"], "win_rate": ["n"]}
