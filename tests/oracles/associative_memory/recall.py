"""Recall of one pass: the closed recursion of a memory's moments, write by write, in rationals."""

import mpmath as mp

PLAIN = {"decay": 1.0, "erase": 0.0, "write": 1.0, "value_noise": 0.0, "keys": "sphere"}


def exact(number):
    return number if isinstance(number, mp.mpf) else mp.mpf(number)


def moments(age, num_pairs, dim, decay, erase, write, value_noise, keys):
    """E r.v and E|r|^2, of the vector y = (product of later writes) q for a fixed unit x and q.

    E|y|^2 and E(x.y)^2 close on themselves, one write after the other; sums by hand.
    """
    d, b, decay = exact(dim), exact(erase), exact(decay)
    fourth = 1 + 2 / d if keys == "gauss" else mp.mpf(1)
    sixth = fourth * (1 + 4 / d) if keys == "gauss" else mp.mpf(1)
    pair = fourth / (d * (d + 2))
    length, overlap, mean, noise = mp.mpf(1), mp.mpf(1), mp.mpf(1), mp.mpf(0)
    for _ in range(age):
        noise += length / d
        length, overlap = (
            decay**2 * (length * (1 - 2 * b / d + b**2 * fourth / d)),
            decay**2 * (overlap * (1 - 2 * b / d) + b**2 * pair * (2 * overlap + length)),
        )
        mean *= decay * (1 - b / d)
    power = fourth * overlap + noise
    left = decay**2 * (length - 2 * b * fourth * overlap + b**2 * sixth * overlap)
    for _ in range(num_pairs - 1 - age):
        power += left / d
        left *= decay**2 * (1 - 2 * b / d + b**2 * fourth / d)
    return exact(write) * mean, exact(write) ** 2 * (1 + exact(value_noise)) * power


def recall_error(age, num_pairs, dim, **memory):
    """From the moments."""
    if age > num_pairs - 1:  # never written
        return mp.nan
    with mp.workdps(60):
        signal, power = moments(age, num_pairs, dim, **(PLAIN | memory))
        return 1 - 2 * signal + power


def recall_cosine(age, num_pairs, dim, **memory):
    """From the moments."""
    if age > num_pairs - 1:
        return mp.nan
    with mp.workdps(60):
        signal, power = moments(age, num_pairs, dim, **(PLAIN | memory | {"write": 1}))
        return signal / mp.sqrt(power)


def mean_recall_error(num_pairs, dim, **memory):
    """Age after age."""
    with mp.workdps(60):
        errors = (recall_error(age, num_pairs, dim, **memory) for age in range(num_pairs))
        return mp.fsum(errors) / num_pairs


POINTS = [
    {
        "age": 3,
        "num_pairs": 20,
        "dim": 16,
        "decay": 1.0,
        "erase": 0.0,
        "write": 1.0,
        "value_noise": 0.0,
    },
    {"age": 0, "num_pairs": 1, "dim": 1, "erase": 1.0},
    {"age": 1, "num_pairs": 3, "dim": 1, "erase": 1.0},
    {"age": 0, "num_pairs": 24, "dim": 16, "erase": 1.0},
    {"age": 23, "num_pairs": 24, "dim": 16, "decay": 1e-9},
    {"age": 0, "num_pairs": 24, "dim": 16, "decay": 1e-9, "erase": 0.5},
    {"age": 19, "num_pairs": 20, "dim": 2, "erase": 2.0},
    {"age": 2, "num_pairs": 20, "dim": 16, "erase": 16.0, "write": 0.3},
    {"age": 50, "num_pairs": 200, "dim": 16, "erase": 1.7, "decay": 1.02, "keys": "gauss"},
    {
        "age": 150,
        "num_pairs": 400,
        "dim": 100,
        "erase": 1e-12,
        "decay": 1 - 1e-12,
        "value_noise": 0.25,
    },
    {"age": 30, "num_pairs": 40, "dim": 10**9, "erase": 1.0, "keys": "gauss"},
    {"age": 5, "num_pairs": 900, "dim": 1, "erase": 1.0, "decay": 0.99, "keys": "gauss"},
    {"age": 4, "num_pairs": 9, "dim": 16, "keys": "rad", "decay": 0.5},
]

CORNERS = {
    "recall_error": [
        *POINTS,
        {"age": 3, "num_pairs": 20, "dim": 16, "write": 0.0},
        {"age": 3000, "num_pairs": 5000, "dim": 16},
        {"age": 100, "num_pairs": 2500, "dim": 16, "erase": 2.0},
    ],
    "recall_cosine": POINTS,
    "mean_recall_error": [
        {name: value for name, value in point.items() if name != "age"}
        for point in POINTS
        if point["num_pairs"] < 100
    ],
}
SLOPES = {
    "recall_error": ["decay", "erase", "write", "value_noise"],
    "recall_cosine": ["decay", "erase"],
    "mean_recall_error": ["decay", "erase"],
}
