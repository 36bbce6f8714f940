"""Layers with a clean-up: the recursion and its fixed points in many digits."""

import functools

import mpmath as mp

mp.mp.dps = 60


def layered_overlap(load, initial, depth):
    """Layer by layer."""
    overlap, noise = mp.mpf(initial), mp.mpf(load)
    for _ in range(int(depth)):
        ratio = overlap**2 / noise
        overlap = mp.erf(overlap / mp.sqrt(2 * noise))
        noise = mp.mpf(load) + 2 / mp.pi * mp.exp(-ratio)
    return overlap


def load_at(x):
    """The load whose fixed point is m = erf(x)."""
    return mp.erf(x) ** 2 / (2 * x**2) - 2 / mp.pi * mp.exp(-2 * x**2)


@functools.cache
def fold():
    """Where that load is largest."""
    return mp.findroot(lambda x: mp.diff(load_at, x), 1.0)


def critical_load():
    """The largest load with a fixed point."""
    return load_at(fold())


def layered_fixed_point(load):
    """The root beyond the fold, by halving."""
    load = mp.mpf(load)
    if load >= critical_load():
        return mp.nan
    high = 1 + 1 / mp.sqrt(2 * load)
    low = fold()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if load_at(middle) > load else (low, middle)
    return mp.erf(low)


CORNERS = {
    "layered_overlap": [
        dict(load=1e-300, initial=0.3, depth=1),
        dict(load=0.2, initial=0.8, depth=0),
        dict(load=0.2, initial=-1.0, depth=7),
        dict(load=0.2, initial=0.0, depth=7),
        dict(load=0.2, initial=1e-17, depth=3),
        dict(load=0.269, initial=1.0, depth=100),
        dict(load=0.27, initial=1.0, depth=100),
        dict(load=10.0, initial=0.5, depth=200),
        dict(load=0.26932, initial=1.0, depth=260),
        dict(load=1e6, initial=1.0, depth=30),
    ],
    "critical_load": [dict()],
    "layered_fixed_point": [
        dict(load=1e-12),
        dict(load=0.05),
        dict(load=0.2),
        dict(load=0.269),
        dict(load=0.26906),
        dict(load=0.2690616),
        dict(load=0.269061629),
        dict(load=0.26906162914),
    ],
}
SLOPES = {"layered_overlap": ["load", "initial"], "layered_fixed_point": ["load"]}
