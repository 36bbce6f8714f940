"""Endless streams: second moments of a read-out, write by write, from moments of a key."""

import mpmath as mp

mp.mp.dps = 60
TINY = 2**-53


def norms(keys, dim):
    """E|k|^4 and E|k|^6, E|k|^2 being 1; for Gaussian keys |k|^2 d is chi-squared."""
    if keys != "gauss":
        return mp.mpf(1), mp.mpf(1)
    half = mp.mpf(dim) / 2
    return tuple(mp.gamma(half + n) / mp.gamma(half) * (2 / mp.mpf(dim)) ** n for n in (2, 3))


def stream_error(age, dim, decay=1.0, erase=0.0, write=1.0, keys="sphere"):
    """Follow |y|^2 and (u.y)^2 of the query y through later writes, u its first direction."""
    dim, decay, erase, write = map(mp.mpf, (dim, decay, erase, write))
    fourth, sixth = norms(keys, dim)
    mixed = fourth / (dim * (dim + 2))  # E k_1^2 k_2^2
    kept = decay**2 * (1 - 2 * erase / dim + erase**2 * fourth / dim)
    if kept >= 1:
        return mp.nan
    signal, length, along, newer = mp.mpf(1), mp.mpf(1), mp.mpf(1), mp.mpf(0)
    for _ in range(int(age)):
        newer += length / dim
        along = decay**2 * (along * (1 - 2 * erase / dim) + erase**2 * mixed * (length + 2 * along))
        signal, length = signal * decay * (1 - erase / dim), length * kept
    rest = decay**2 * (length - 2 * erase * fourth * along + erase**2 * sixth * along)
    power = fourth * along + newer + rest / dim / (1 - kept)
    return 1 - 2 * write * signal + write**2 * power


def stream_misalignment(delay, strength):
    """One less the squared cosine, in 80 digits."""
    with mp.workdps(80):
        strength = mp.mpf(strength)
        return 1 - strength * (2 - strength) * mp.exp(-2 * strength * mp.mpf(delay))


def optimal_strength(delay):
    """The smaller root of t b^2 - (1 + 2 t) b + 1 = 0, where the slope of the error is 0."""
    delay = mp.mpf(delay)
    if delay == 0:
        return mp.mpf(1)
    with mp.workdps(700):
        roots = mp.polyroots([delay, -(1 + 2 * delay), 1], maxsteps=500, extraprec=4000)
        return min(mp.re(root) for root in roots)


def decayed_noise(age, dim, decay):
    """Powers of the other pairs of the stream, summed in closed form but for the last hundred."""
    decay = mp.mpf(decay)
    with mp.workdps(400):
        if age < 100:
            newer = mp.fsum(decay ** (2 * j) for j in range(int(age)))
        else:
            newer = (1 - decay ** (2 * mp.mpf(age))) / (1 - decay**2)
        older = decay ** (2 * (mp.mpf(age) + 1)) / (1 - decay**2)
        return (newer + older) / decay ** (2 * mp.mpf(age)) / dim


def optimal_decay(age):
    """Where the slope of ln[x^-a / (1 - x) - 1] in x = lambda^2 is 0."""
    if age == 0:
        return mp.mpf(0)
    age = mp.mpf(age)
    with mp.workdps(80):
        odds = mp.findroot(lambda log: -age + mp.exp(log), mp.log(age) + 0.1)  # x / (1 - x)
        return mp.sqrt(1 - 1 / (1 + mp.exp(odds)))


CORNERS = {
    "stream_error": [
        dict(age=0, dim=16, erase=1.0, write=1.0),
        dict(age=1, dim=10**6, erase=1.0, write=1.0),
        dict(age=1, dim=1, erase=0.8, write=0.8),
        dict(age=2, dim=1, erase=0.5, write=0.5, keys="gauss"),
        dict(age=3, dim=2, erase=1.5, write=1.0),
        dict(age=5, dim=16, decay=1 - TINY, write=1e-8),
        dict(age=5, dim=16, decay=1 - 1e-9, erase=0.0, write=1e-3),
        dict(age=1000, dim=16, erase=1e-10, write=1e-10),
        dict(age=300, dim=64, decay=0.9, erase=1.9, write=0.3, keys="gauss"),
        dict(age=20, dim=10**9, erase=0.5, write=0.5),
        dict(age=20, dim=16, decay=0.9, keys="rad"),
        dict(age=3, dim=16, decay=1e-9, erase=0.3, write=1.0),
        dict(age=3, dim=16, decay=1.01, erase=0.8, write=0.8),
    ],
    "stream_misalignment": [
        dict(delay=1e-17, strength=1.0),
        dict(delay=0.0, strength=1.0),
        dict(delay=0.0, strength=1 - 1e-9),
        dict(delay=1e-12, strength=1 + 1e-12),
        dict(delay=1e17, strength=1e-17),
        dict(delay=3.0, strength=2 - 2**-52),
        dict(delay=1e300, strength=0.5),
    ],
    "optimal_strength": [
        dict(delay=0.0),
        dict(delay=1e-17),
        dict(delay=0.5),
        dict(delay=1e17),
        dict(delay=1e200),
    ],
    "decayed_noise": [
        dict(age=0, dim=16, decay=1e-9),
        dict(age=0, dim=1, decay=1e-100),
        dict(age=1, dim=16, decay=1e-9),
        dict(age=0, dim=16, decay=1 - TINY),
        dict(age=16, dim=16, decay=1 - TINY),
        dict(age=1e15, dim=10**9, decay=1 - 1e-15),
        dict(age=16, dim=10**15, decay=9e-11),
        dict(age=50, dim=3, decay=0.13),
        dict(age=49, dim=3, decay=0.13),
    ],
    "optimal_decay": [dict(age=0), dict(age=1e-17), dict(age=3), dict(age=1e17)],
}
SLOPES = {
    "stream_error": ["erase", "write"],
    "stream_misalignment": ["strength", "delay"],
    "optimal_strength": ["delay"],
}
