"""The level of a mean excess: a root of the density's integrals in high precision."""

import mpmath as mp


def reservation_level(price):
    """Bisection of phi(l) - l P(r > l) = b in 700 digits, then secant steps."""
    mp.mp.dps = 700 if price > 30 else 60
    b = mp.mpf(price)

    def log_excess(x):
        return mp.log(mp.npdf(x) - x * mp.erfc(x / mp.sqrt(2)) / 2) - mp.log(b)

    if price > 30:
        return -b  # E (r - l)_+ = b + E (l - r)_+, the second below exp(-450)
    low, high = -b - 1, mp.mpf(40)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if log_excess(middle) > 0 else (low, middle)
    return mp.findroot(log_excess, (low, high), tol=mp.mpf(10) ** -90)


def chi_square_selection(price, correlation=1.0):
    """Moments of the density ratio (r - l)_+ / b, from the second integral of the tail."""
    x, b = reservation_level(price), mp.mpf(price)
    tail = mp.erfc(x / mp.sqrt(2)) / 2
    second = (1 + x**2) * tail - x * mp.npdf(x)
    if price > 30:
        return {"gain": correlation / b, "chi2": 1 / b**2}
    return {"gain": mp.mpf(correlation) * tail / b, "chi2": second / b**2 - 1}


def optimal_stopping_value(price):
    return reservation_level(price)


def optimal_stopping_draws(price):
    return 2 / mp.erfc(reservation_level(price) / mp.sqrt(2))


_PRICES = [1e-300, 1e-100, 1e-20, 1e-6, 0.01, 0.25, 0.39894228, 0.4, 2.0, 20.0, 1e6, 1e300]
_POINTS = [dict(price=b) for b in _PRICES]
CORNERS = {
    "reservation_level": _POINTS,
    "chi_square_selection": [
        *(dict(price=b, correlation=1.0) for b in [1e-150, *_PRICES[1:-1], 1e150]),
        dict(price=0.1, correlation=-1.0),
    ],
    "optimal_stopping_value": [dict(price=b) for b in _PRICES[:4]],
    "optimal_stopping_draws": [dict(price=1e-150), *_POINTS[1:]],
}
SLOPES = {
    "reservation_level": ["price"],
    "chi_square_selection": ["price"],
    "optimal_stopping_draws": ["price"],
}
