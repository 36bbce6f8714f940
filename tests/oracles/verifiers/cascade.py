"""A cascade of two models by other routes: outcomes by their chances, and bisection."""

import mpmath as mp

DIGITS = 60


def cascade_accuracy(threshold, p, separation, large_if_right, large_if_wrong):
    """What the large model adds to the small one: right answers for wrong ones, less the reverse.

    In enough digits that what cancels does not matter.
    """
    with mp.workdps(2000):
        t, p, d = mp.mpf(threshold), mp.mpf(p), mp.mpf(separation)
        won = (1 - p) * mp.ncdf(t) * mp.mpf(large_if_wrong)
        lost = p * mp.ncdf(t - d) * (1 - mp.mpf(large_if_right))
        return p + won - lost


def cascade_deferred(threshold, p, separation, large_if_right=0.0, large_if_wrong=0.0):
    with mp.workdps(DIGITS):
        t, p = mp.mpf(threshold), mp.mpf(p)
        return p * mp.ncdf(t - mp.mpf(separation)) + (1 - p) * mp.ncdf(t)


def cascade_threshold(p, separation, large_if_right, large_if_wrong, price=0.0):
    """Where deferring one more answer gains as much as it costs, by bisection; at an end if none.

    The gain falls from one sign to the other as the threshold rises.
    """
    with mp.workdps(DIGITS):
        p, d, y = mp.mpf(p), mp.mpf(separation), mp.mpf(price)
        right, wrong = mp.mpf(large_if_right), mp.mpf(large_if_wrong)

        def gain(t):
            lost = p * mp.npdf(t - d) * (1 - right + y)
            return (1 - p) * mp.npdf(t) * (wrong - y) - lost

        low, high = mp.mpf(-(10**6)), mp.mpf(10**6)
        if gain(low) <= 0:
            return -mp.inf
        if gain(high) >= 0:
            return mp.inf
        for _ in range(260):
            middle = (low + high) / 2
            low, high = (middle, high) if gain(middle) > 0 else (low, middle)
        return low


LARGE = dict(large_if_right=0.9, large_if_wrong=0.5)
ENDLESS = float("inf")
CORNERS = {
    "cascade_accuracy": [
        dict(threshold=0.48, p=0.6, separation=1.5, **LARGE),
        dict(threshold=-ENDLESS, p=0.6, separation=1.5, **LARGE),
        dict(threshold=ENDLESS, p=0.6, separation=1.5, **LARGE),
        dict(threshold=36.0, p=1 - 2**-53, separation=0.0, large_if_right=0.0, large_if_wrong=0.0),
        dict(threshold=-30.0, p=1e-17, separation=-60.0, large_if_right=0.0, large_if_wrong=1.0),
        dict(threshold=1e300, p=0.3, separation=1e300, large_if_right=1.0, large_if_wrong=1e-17),
        dict(threshold=2.0, p=1.0, separation=30.0, large_if_right=1.0, large_if_wrong=0.5),
        dict(threshold=1.0, p=0.0, separation=-3.0, large_if_right=0.5, large_if_wrong=1.0),
    ],
    "cascade_deferred": [
        dict(threshold=0.48, p=0.6, separation=1.5),
        dict(threshold=-ENDLESS, p=0.6, separation=1.5),
        dict(threshold=ENDLESS, p=0.6, separation=1.5),
        dict(threshold=-37.0, p=0.3, separation=0.5),
        dict(threshold=5.0, p=1.0, separation=35.0),
        dict(threshold=1e300, p=0.3, separation=1e300),
        dict(threshold=9.0, p=1e-17, separation=1.0),
    ],
    "cascade_threshold": [
        dict(p=0.6, separation=1.5, price=0.2, **LARGE),
        dict(p=0.6, separation=1.5, price=0.0, **LARGE),
        dict(p=0.6, separation=0.01, price=1e-17, large_if_right=1.0, large_if_wrong=1e-17),
        dict(p=0.6, separation=0.01, price=1e-17, large_if_right=1.0, large_if_wrong=2e-17),
        dict(p=1e-300, separation=100.0, price=-1.0, large_if_right=0.0, large_if_wrong=1.0),
        dict(p=1e-300, separation=100.0, price=-0.5, large_if_right=0.25, large_if_wrong=1.0),
        dict(p=1 - 2**-53, separation=0.01, price=0.3, large_if_right=0.5, large_if_wrong=0.5),
        dict(p=0.0, separation=1.0, price=0.1, large_if_right=0.5, large_if_wrong=0.5),
        dict(p=1.0, separation=20.5, price=-0.78, large_if_right=1.0, large_if_wrong=1.0),
        dict(p=1.0, separation=1.0, price=0.0, large_if_right=1.0, large_if_wrong=1.0),
        dict(p=0.0, separation=1.0, price=0.5, large_if_right=0.5, large_if_wrong=0.5),
        dict(p=1.0, separation=1.0, price=-0.2, large_if_right=0.5, large_if_wrong=0.5),
        dict(p=0.5, separation=1.0, price=0.0, large_if_right=1.0, large_if_wrong=0.5),
    ],
}
SLOPES = {"cascade_accuracy": ["p", "large_if_right", "large_if_wrong"]}
