"""A noisy teacher: second moments of the weights' error, step by step, from moments of a key."""

import mpmath as mp

mp.mp.dps = 60


def fourth_moment(keys, dim):
    """E|k|^4, E|k|^2 being 1; for Gaussian keys |k|^2 d is chi-squared."""
    if keys == "sphere":
        return mp.mpf(1)
    half = mp.mpf(dim) / 2
    return mp.gamma(half + 2) / mp.gamma(half) * 4 / mp.mpf(dim) ** 2


def step(dim, strength, noise_var, keys):
    """The map of (D, 1) that one pair makes."""
    strength, fourth = mp.mpf(strength), fourth_moment(keys, dim)
    kept = 1 - 2 * strength / dim + strength**2 * fourth / dim
    return mp.matrix([[kept, strength**2 * mp.mpf(noise_var)], [0, 1]])


def teacher_weight_error(num_steps, dim, strength, noise_var, initial=1.0, keys="sphere"):
    """A power of the map."""
    found = step(dim, strength, noise_var, keys) ** int(num_steps)
    return found[0, 0] * initial + found[0, 1]


def teacher_excess_error(dim, strength, noise_var, keys="sphere"):
    """Its fixed point over d, where it contracts; 0 where nothing is written."""
    if strength == 0:
        return 0
    one = step(dim, strength, noise_var, keys)
    return one[0, 1] / (1 - one[0, 0]) / dim if one[0, 0] < 1 else mp.nan


def largest_strength(dim, keys="sphere"):
    """Root of the factor being 1."""
    if isinstance(dim, list):
        return [largest_strength(d, keys) for d in dim]
    with mp.workdps(120):
        return mp.findroot(lambda b: (step(dim, b, 0, keys)[0, 0] - 1) * dim / b, (0.5, 1))


CORNERS = {
    "teacher_weight_error": [
        dict(num_steps=0, dim=1, strength=1.0, noise_var=0.5, initial=3.0),
        dict(num_steps=2, dim=1, strength=1.0, noise_var=0.5, initial=3.0),
        dict(num_steps=10**17, dim=4, strength=1e-17, noise_var=0.5),
        dict(num_steps=7, dim=4, strength=0.0, noise_var=0.5),
        dict(num_steps=9, dim=4, strength=2.0, noise_var=0.5),
        dict(num_steps=9, dim=4, strength=2.5, noise_var=0.5),
        dict(num_steps=10**6, dim=8, strength=0.3, noise_var=1e-17),
        dict(num_steps=200, dim=10**9, strength=0.3, noise_var=0.1, initial=0.0, keys="gauss"),
        dict(num_steps=9, dim=2, strength=1.0, noise_var=0.5, keys="gauss"),
        dict(num_steps=400, dim=1, strength=0.6, noise_var=0.5, keys="gauss"),
    ],
    "teacher_excess_error": [
        dict(dim=1, strength=1.0, noise_var=0.25),
        dict(dim=20, strength=2 - 2**-50, noise_var=0.25),
        dict(dim=20, strength=2.0, noise_var=0.25),
        dict(dim=1, strength=0.5, noise_var=0.25, keys="gauss"),
        dict(dim=10**9, strength=1e-17, noise_var=1e-17, keys="gauss"),
        dict(dim=2, strength=1.0, noise_var=0.1, keys="gauss"),
    ],
    "largest_strength": [
        dict(dim=1),
        dict(dim=[8, 16]),
        dict(dim=1, keys="gauss"),
        dict(dim=10**15, keys="gauss"),
    ],
}
SLOPES = {
    "teacher_weight_error": ["strength", "noise_var"],
}
