"""Products of unknown parts: the time as an integral over the log odds of the product."""

import mpmath as mp


def formation_time(initial, parts):
    """With u^m = sigma(w): the integral of sigma(w)^(2/m - 1) / m, from the start to w = 0."""
    parts = int(parts)
    with mp.workdps(60):
        share = mp.mpf(initial) ** parts
        start = mp.log(share) - mp.log(1 - share)
        pieces = int(abs(start) / 8) + 1
        ends = [start * (1 - mp.mpf(i) / pieces) for i in range(pieces + 1)]
        power = mp.mpf(2) / parts - 1
        with mp.workdps(45):
            return mp.quad(lambda w: (1 + mp.exp(-w)) ** -power / parts, ends)


CORNERS = {
    "formation_time": [
        dict(initial=initial, parts=parts)
        for parts in (1, 2, 3)
        for initial in (
            10.0 ** -(100 if parts > 1 else 12),
            0.3,
            0.5 ** (1 / parts) - 1e-9,
            1 - 1e-9,
        )
    ],
}
SLOPES = {"formation_time": ["initial"]}
