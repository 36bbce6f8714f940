"""One pass of the delta rule in a large memory: an integral over the age of a pair."""

import mpmath as mp

mp.mp.dps = 40


def one_pass_error(load):
    """Mean over ages a = tau d of the error of one pair among alpha d, integrated in 40 digits.

    Signal e^-tau, later pairs add 1 - e^-tau, earlier ones what erasing at strength 1 has left.
    """
    load = mp.mpf(load)
    if load == 0:
        return mp.mpf(0)

    def error(tau):
        kept = mp.exp(-tau)
        older = (1 - mp.exp(-(load - tau))) * (kept - kept**2)
        return (1 - kept) ** 2 + older + (1 - kept)

    grid = [load * x for x in (0, 0.25, 0.5, 0.75, 1)] if load < 50 else [0, 1, 5, 20, 50]
    total = mp.quad(error, grid)
    if load >= 50:  # constant but for e^-50 between, and a short end
        total += mp.quad(error, [50, load / 2, load - 50, load - 20, load - 5, load])
    return total / load


def one_pass_crossing():
    """Where the integral meets the error of the best gain."""
    return mp.findroot(
        lambda load: one_pass_error(load) - load / (1 + load), (0.5, 0.8), solver="anderson"
    )


CORNERS = {
    "one_pass_error": [
        dict(load=0.0),
        dict(load=1e-17),
        dict(load=1e-3),
        dict(load=0.5 - 2**-54),
        dict(load=0.5),
        dict(load=20.0),
        dict(load=1e4),
    ],
    "one_pass_crossing": [dict()],
}
SLOPES = {"one_pass_error": ["load"]}
