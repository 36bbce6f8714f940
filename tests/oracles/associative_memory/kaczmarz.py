"""Pairs in random order: all orders one by one, and powers of exact rationals."""

from itertools import product

import mpmath as mp
import numpy as np

mp.mp.dps = 60
PAIR = [[1.0, 0.0], [0.6, 0.8]]
THREE = [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.5, 0.75]]


def kaczmarz_error(num_steps, strength, rows):
    """Squared residuals over all orders; for orthonormal keys each step keeps its share."""
    strength = mp.mpf(strength)
    rows = mp.matrix(np.asarray(rows).tolist())
    overlaps, count = rows * rows.T, rows.rows
    if overlaps == mp.eye(count):
        return (1 - strength * (2 - strength) / count) ** int(num_steps)
    total = mp.mpf(0)
    for order in product(range(count), repeat=int(num_steps)):
        residual = mp.eye(count)
        for index in order:
            residual = residual - strength * overlaps[:, index] * residual[index, :]
        total += sum(x**2 for x in residual) / count
    return total / mp.mpf(count) ** int(num_steps)


def kaczmarz_progress(num_steps, strength, num_pairs, smallest):
    """One less a power, in as many digits as it takes."""
    with mp.workdps(80):
        strength = mp.mpf(strength)
        rate = strength * (2 - strength) * mp.mpf(smallest) / num_pairs
        return 1 - (mp.matrix([[1 - rate]]) ** int(num_steps))[0, 0]


CORNERS = {
    "kaczmarz_error": [
        dict(num_steps=0, strength=0.7, rows=PAIR),
        dict(num_steps=5, strength=0.0, rows=PAIR),
        dict(num_steps=7, strength=1.0, rows=PAIR),
        dict(num_steps=6, strength=1e-17, rows=PAIR),
        dict(num_steps=8, strength=1.9, rows=PAIR),
        dict(num_steps=5, strength=0.8, rows=THREE),
        dict(num_steps=3, strength=1.0, rows=[[1.0, 0.0]]),
        dict(num_steps=1000, strength=0.7, rows=[[0.0, 1.0], [1.0, 0.0]]),
    ],
    "kaczmarz_progress": [
        dict(num_steps=0, strength=1.0, num_pairs=1, smallest=1.0),
        dict(num_steps=1, strength=1.0, num_pairs=1, smallest=1.0),
        dict(num_steps=7, strength=2.0, num_pairs=3, smallest=1.0),
        dict(num_steps=7, strength=0.0, num_pairs=3, smallest=1.0),
        dict(num_steps=10**17, strength=1e-17, num_pairs=1, smallest=0.5),
        dict(num_steps=3, strength=2 - 2**-52, num_pairs=10**9, smallest=1e-17),
        dict(num_steps=10**6, strength=1.0, num_pairs=10, smallest=0.3),
    ],
}
SLOPES = {
    "kaczmarz_error": ["strength"],
    "kaczmarz_progress": ["strength", "smallest"],
}
