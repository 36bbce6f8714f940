"""The largest factor by search in many digits; best times where there are one or two eigenvalues,
whose laws are elementary."""

import mpmath as mp

mp.mp.dps = 40


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


def _laplace(n, d):
    """E sum exp(-tau x) over the non-zero eigenvalues x, where there are one or two of them."""
    small, large = min(n, d), max(n, d)
    if small == 1:
        return lambda tau: (1 + 2 * tau) ** (-mp.mpf(large) / 2)
    assert small == 2
    assert large in (3, 5)
    order = ((large - 3) // 2,) * 2

    def both(a, b):
        """Integral of |x - y| exp(-ax - by)."""
        return (a**-2 + b**-2) / (a + b)

    def transform(tau):
        return mp.diff(both, (mp.mpf(1) / 2 + tau, mp.mpf(1) / 2), order)

    return lambda tau: 2 * transform(tau) / transform(mp.mpf(0))


def finite_optimal_flow_time(num_examples, dim, noise_var):
    """The root of the slope, in the logarithm of the time."""
    mean, s2 = _laplace(num_examples, dim), mp.mpf(noise_var)

    def slope(log_time):
        tau = mp.exp(log_time) / num_examples
        step = tau * mp.mpf(10) ** -10
        falling = (mean(2 * tau + step) - mean(2 * tau - step)) / (2 * step)
        return s2 * (mean(tau) - mean(2 * tau)) + falling

    last = mp.log(num_examples / s2)
    before = next(last - j for j in range(1, 80) if slope(last - j) < 0)
    return mp.exp(mp.findroot(slope, (before, last), solver="anderson", tol=1e-50))


def finite_optimal_flow_error(num_examples, dim, noise_var):
    n, d, s2 = num_examples, dim, mp.mpf(noise_var)
    mean, tau = _laplace(n, d), finite_optimal_flow_time(n, d, noise_var) / n
    cuts = [mp.mpf(0), *(tau * mp.mpf(10) ** -j for j in range(30, -1, -1))]
    noise = 2 * mp.quad(lambda u: mean(u) - mean(2 * u), cuts)
    return (max(d - n, 0) + mean(2 * tau) + s2 * noise) / d


BEST = [
    dict(zip(("num_examples", "dim", "noise_var"), row, strict=True))
    for row in (
        (12, 1, 0.25),
        (1, 8, 0.25),
        (1024, 1, 1e6),
        (5, 2, 0.5),
        (3, 2, 1e-2),
        (2, 5, 4.0),
        (1, 1, 1e-6),
        (1, 1024, 1e6),
        (2, 1, 1e-6),
    )
]
CORNERS = {
    "early_stopping_bound": [
        {"ratio": a} for a in (1.0, 0.45, 0.46, 1e-6, 1e6, 0.2, 3.0, 0.01, 100.0)
    ],
    "finite_optimal_flow_time": BEST,
    "finite_optimal_flow_error": BEST,
}
