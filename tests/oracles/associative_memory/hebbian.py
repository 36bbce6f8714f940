"""Hebbian read-out: moments in 60 digits, gamma functions, the hypergeometric function."""

import mpmath as mp


@mp.workdps(60)
def lengths(dim, keys):
    """E|k|^4, from the moments of a normal deviate."""
    return (mp.mpf(3) + (mp.mpf(dim) - 1)) / mp.mpf(dim) if keys == "gauss" else mp.mpf(1)


@mp.workdps(60)
def gain_error(gain, num_pairs, dim, keys="sphere"):
    """The signal, its gain and the power, term by term."""
    gain = mp.mpf(gain)
    power = lengths(dim, keys) + (mp.mpf(num_pairs) - 1) / mp.mpf(dim)
    return 1 - 2 * gain + gain**2 * power


@mp.workdps(60)
def best_gain(num_pairs, dim, keys="sphere"):
    """Signal over power."""
    return 1 / (lengths(dim, keys) + (mp.mpf(num_pairs) - 1) / mp.mpf(dim))


@mp.workdps(60)
def noisy_query_error(num_pairs, dim, query_noise, keys="sphere"):
    """The own pair's error, and every other pair read with the longer query."""
    dim, noise = mp.mpf(dim), mp.mpf(query_noise)
    crossed = (mp.mpf(num_pairs) - 1) * (1 + noise) / dim
    return lengths(dim, keys) - 1 + noise / dim + crossed


@mp.workdps(60)
def correlated_key_error(num_pairs, dim, key_overlap, mean_value=0.0):
    """E|sum of overlaps times values|^2 pair by pair of other pairs."""
    pairs, dim, overlap = mp.mpf(num_pairs), mp.mpf(dim), mp.mpf(key_overlap)
    square = overlap**2 + (1 - overlap) ** 2 / (dim - 1)
    mean = mp.mpf(mean_value)
    return (pairs - 1) * square + (pairs - 1) * (pairs - 2) * overlap**2 * mean**2


def absolute_crosstalk(num_pairs, dim):
    """The mean of |x| under its density, a beta integral."""
    with mp.workdps(60):
        dim = mp.mpf(dim)
        return (mp.mpf(num_pairs) - 1) * mp.gammaprod([dim / 2], [mp.mpf(1) / 2, (dim + 1) / 2])


def noisy_cosine(noise, num_values):
    """Gauss's hypergeometric function."""
    with mp.workdps(40):
        rho = 1 / mp.sqrt(1 + mp.mpf(noise))
        if mp.isinf(mp.mpf(num_values)):
            return rho
        half = mp.mpf(num_values) / 2
        front = mp.exp(2 * (mp.loggamma(half + 0.5) - mp.loggamma(half))) / half
        if num_values > 1e6:  # 2F1 in inverse powers of its third parameter
            square = rho**2
            series = mp.nsum(
                lambda k: mp.rf(mp.mpf(1) / 2, k) ** 2 / mp.rf(half + 1, k) * square**k
                / mp.factorial(k), [0, 30], method="direct",
            )  # fmt: skip
            return rho * front * series
        return rho * front * mp.hyp2f1(0.5, 0.5, half + 1, rho**2)


def mean_cosine(load, num_values):
    """The same function of the load."""
    return noisy_cosine(load, num_values)


CORNERS = {
    "gain_error": [
        dict(gain=1.0, num_pairs=2, dim=10**15),
        dict(gain=1.0, num_pairs=1, dim=10**15, keys="gauss"),
        dict(gain=1.0, num_pairs=1, dim=1, keys="rad"),
        dict(gain=1 - 1e-9, num_pairs=1, dim=7),
        dict(gain=-3.0, num_pairs=10**15, dim=1, keys="gauss"),
        dict(gain=0.0, num_pairs=5, dim=3),
    ],
    "best_gain": [
        dict(num_pairs=1, dim=1),
        dict(num_pairs=1, dim=1, keys="gauss"),
        dict(num_pairs=10**15, dim=1),
        dict(num_pairs=2, dim=10**15, keys="gauss"),
        dict(num_pairs=2.5, dim=1.5, keys="rad"),
    ],
    "noisy_query_error": [
        dict(num_pairs=1, dim=10**15, query_noise=1e-6, keys="gauss"),
        dict(num_pairs=1, dim=7, query_noise=0.0),
        dict(num_pairs=2, dim=10**15, query_noise=1e-12),
        dict(num_pairs=10**15, dim=1, query_noise=1e6, keys="gauss"),
    ],
    "correlated_key_error": [
        dict(num_pairs=1, dim=2, key_overlap=0.5, mean_value=1.0),
        dict(num_pairs=2, dim=2, key_overlap=0.0),
        dict(num_pairs=3, dim=10**15, key_overlap=1.0, mean_value=-1.0),
        dict(num_pairs=10**15, dim=10**15, key_overlap=1e-9, mean_value=0.5),
        dict(num_pairs=10**15, dim=2, key_overlap=1.0, mean_value=1.0),
    ],
    "absolute_crosstalk": [
        dict(num_pairs=1, dim=3),
        dict(num_pairs=2, dim=1),
        dict(num_pairs=2, dim=2.5),
        dict(num_pairs=10**15, dim=10**15),
        dict(num_pairs=3, dim=10**5),
    ],
    "noisy_cosine": [
        dict(noise=0.0, num_values=1),
        dict(noise=1e-9, num_values=1),
        dict(noise=1.0, num_values=1),
        dict(noise=1e-9, num_values=2),
        dict(noise=1e150, num_values=1),
        dict(noise=1e-3, num_values=1.5),
        dict(noise=1e4, num_values=3),
        dict(noise=0.5, num_values=1e5),
        dict(noise=0.5, num_values=1e12),
        dict(noise=0.5, num_values=float("inf")),
        dict(noise=1e200, num_values=1e12),
    ],
    "mean_cosine": [
        dict(load=0.0, num_values=16),
        dict(load=1e-6, num_values=1),
        dict(load=10.0, num_values=1),
        dict(load=0.5, num_values=float("inf")),
        dict(load=1e100, num_values=1000),
    ],
}
SLOPES = {
    "gain_error": ["gain"],
    "noisy_query_error": ["query_noise"],
    "correlated_key_error": ["key_overlap", "mean_value"],
    "absolute_crosstalk": ["dim"],
}
