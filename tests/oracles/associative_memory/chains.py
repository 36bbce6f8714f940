"""Chains: powers in many digits, and a hypergeometric function for the repeated memory."""

import mpmath as mp

LARGEST = mp.mpf(2) ** 1024


def finite(value):
    """Infinite where doubles end."""
    return value if value < LARGEST else mp.inf


def power(base, exponent):
    """0 to the power of 0 is 1."""
    return mp.mpf(1) if exponent == 0 else mp.power(base, exponent)


def reliability(fault, depth):
    """A power."""
    with mp.workdps(80):
        return power(1 - mp.mpf(fault), depth)


def depth_budget(fault, target):
    """A quotient of logarithms."""
    with mp.workdps(80):
        return mp.log(mp.mpf(target)) / mp.log(1 - mp.mpf(fault))


def chain_power(num_pairs, dim, depth):
    """A power."""
    with mp.workdps(80):
        return finite(power(1 + (mp.mpf(num_pairs) - 1) / dim, depth))


def chain_signal(num_pairs, dim, depth):
    """Of whole depths layer by layer: 1/d of the others' power comes back to this pair."""
    with mp.workdps(80):
        n, d = mp.mpf(num_pairs), mp.mpf(dim)
        if depth > 1000 or depth != int(depth):
            grown = power(1 + (n - 1) / d, depth)
            return finite(grown / n + (n - 1) / n * power(1 - 1 / d, depth))
        own, rest = mp.mpf(1), mp.mpf(0)
        for _ in range(int(depth)):
            own, rest = own + rest / d, rest + (n - 1) * own / d + (n - 2) * rest / d
        return finite(own)


def chain_depth(num_pairs, dim, noise):
    """A quotient of logarithms; no layer where nothing is tolerated, no end where nothing adds."""
    with mp.workdps(80):
        if noise == 0:
            return mp.mpf(0)
        if num_pairs == 1:
            return mp.inf
        return mp.log(1 + mp.mpf(noise)) / mp.log(1 + (mp.mpf(num_pairs) - 1) / dim)


def tied_chain_power(load, depth):
    """Narayana's polynomial as a hypergeometric function, at loads below 1 by reflection."""
    with mp.workdps(60):
        load, order = mp.mpf(load), 2 * mp.mpf(depth)
        small = min(load, 1 / load)
        value = mp.hyp2f1(-order, 1 - order, 2, small)
        return finite(value if load <= 1 else value * load ** (order - 1))


FAR = 1 - 2.0**-53
CORNERS = {
    "reliability": [
        {"fault": p, "depth": n}
        for p, n in (
            (0.0, 100),
            (1e-17, 1e15),
            (0.4999, 700),
            (0.5, 0.3),
            (FAR, 10),
            (1.0, 0),
            (1.0, 1),
            (1.0, 3),
        )
    ],
    "depth_budget": [
        {"fault": p, "target": r} for p in (1e-30, 0.5, FAR) for r in (1e-30, 0.5, FAR)
    ],
    "chain_power": [
        {"num_pairs": n, "dim": d, "depth": x}
        for n, d, x in (
            (1, 1, 1e15),
            (2, 1e15, 1e15),
            (2, 1, 1000),
            (2, 1, 1030),
            (1e15, 1, 20),
            (9, 32, 0),
            (1 + 1e-9, 3, 5),
        )
    ],
    "chain_signal": [
        {"num_pairs": n, "dim": d, "depth": x}
        for n, d, x in (
            (1, 1, 0),
            (1, 1, 1),
            (2, 1, 1),
            (2, 1 + 1e-9, 1),
            (9, 32, 4),
            (9, 1.5, 3),
            (2, 1e15, 1e15),
            (2, 1, 1030),
            (1e15, 1e3, 10),
            (1e15, 946.5, 26),
        )
    ],
    "chain_depth": [
        {"num_pairs": n, "dim": d, "noise": e}
        for n, d, e in (
            (1, 4, 1.0),
            (1, 4, 0.0),
            (2, 4, 0.0),
            (2, 1e15, 1e-17),
            (1e15, 1, 1e30),
            (9, 32, 1.0),
        )
    ],
    "tied_chain_power": [
        {"load": a, "depth": x}
        for a, x in (
            (1e-12, 500),
            (1e12, 10),
            (1e12, 12.91727061004856),
            (1e-12, 1e-6),
            (2.0, 167),
            (1.0, 500),
            (0.25, 500),
            (0.9, 250.5),
            (1.0, 1e-6),
            (1.1, 0.5),
            (3.0, 100),
            (0.3, 0.25),
            (1e-12, 1e-6),
            (1e12, 1e-6),
        )
    ],
}
