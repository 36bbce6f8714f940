"""The largest factor by search in many digits; best times where there are one or two eigenvalues,
whose laws are elementary."""

import mpmath as mp

mp.mp.dps = 30


def early_stopping_bound(ratio):
    a = mp.mpf(ratio)

    def factor(z):
        u = z / a
        return (1 + u) * (mp.exp(-2 * z) + mp.expm1(-z) ** 2 / u)

    def rate(log_z):
        return mp.diff(lambda y: factor(mp.exp(y)), log_z)

    grid = [mp.mpf(j) / 8 for j in range(-80, 48)]
    values = [factor(mp.exp(y)) for y in grid]
    peaks = [
        mp.findroot(rate, (grid[j - 1], grid[j + 1]), solver="anderson", tol=1e-40)
        for j in range(1, len(grid) - 1)
        if values[j] > max(values[j - 1], values[j + 1])
    ]
    return max(factor(mp.exp(y)) for y in peaks)


CORNERS = {
    "early_stopping_bound": [
        {"ratio": a} for a in (1.0, 0.45, 0.46, 1e-6, 1e6, 0.2, 3.0, 0.01, 100.0)
    ],
}
