"""Tracking by other routes: the recursion of the moments solved for its end in many digits."""

import mpmath as mp

mp.mp.dps = 50


def _moments(step_size, dim):
    """What a step leaves of a squared distance, and what noise adds to it."""
    mu, d = mp.mpf(step_size), mp.mpf(dim)
    # E (I - mu xx')^2 = (1 - 2 mu + mu^2 (d + 2)) I, E |x|^2 = d
    return 1 - 2 * mu + mu**2 * (d + 2), mu**2 * d


def tracking_error(step_size, dim, noise_var, drift_var):
    left, noise = _moments(step_size, dim)
    return (noise * mp.mpf(noise_var) + dim * mp.mpf(drift_var)) / (1 - left)


def tracking_error_transient(num_steps, start, step_size, dim, noise_var, drift_var):
    left, noise = _moments(step_size, dim)
    add = noise * mp.mpf(noise_var) + dim * mp.mpf(drift_var)
    step = mp.matrix([[left, add], [0, 1]])
    return (step**num_steps * mp.matrix([mp.mpf(start), 1]))[0]


def optimal_tracking_step(dim, noise_var, drift_var):
    """The positive root of the slope's numerator, mu^2 s + (d + 2) q mu - q = 0, q the drift."""
    s, q, d = mp.mpf(noise_var), mp.mpf(drift_var), mp.mpf(dim)
    with mp.workdps(450):
        if s == 0:
            return 1 / (d + 2)
        middle = (d + 2) * q
        return (-middle + mp.sqrt(middle**2 + 4 * s * q)) / (2 * s)


def optimal_tracking_error(dim, noise_var, drift_var):
    if drift_var == 0:
        return mp.mpf(0)
    with mp.workdps(450):
        mu = optimal_tracking_step(dim, noise_var, drift_var)
        return tracking_error(mu, dim, noise_var, drift_var)


def tracking_error_ar1(step_size, dim, noise_var, persistence):
    """By the fixed point of E w.v and E |v|^2."""
    mu, d, s, phi = mp.mpf(step_size), mp.mpf(dim), mp.mpf(noise_var), mp.mpf(persistence)
    if phi == 1:
        return tracking_error(mu, dim, s, 0)
    cross = phi * mu * d / (1 - phi * (1 - mu))  # of the new teacher and the new weights
    before = mp.matrix([[1 - 2 * mu + mu**2 * (d + 2)]])[0]
    # |v|^2 after a step: v + mu x (x.(w - v) + noise)
    square = (2 * mu * (1 - (d + 2) * mu) * cross + mu**2 * ((d + 2) * d + s * d)) / (1 - before)
    return d - 2 * cross + square


def tracking_error_linear(step_size, dim, noise_var, drift_speed_squared):
    mu, v = mp.mpf(step_size), mp.mpf(drift_speed_squared)
    left, noise = _moments(step_size, dim)
    # distance u: u <- (I - mu xx') u - mu noise x + drift, whose mean settles at drift / mu
    return (noise * mp.mpf(noise_var) + v + 2 * (1 - mu) * v / mu) / (1 - left)


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


CORNERS = {
    "tracking_error": _rows(
        "step_size dim noise_var drift_var",
        (0.1, 4, 1.0, 0.01),
        (0.05, 8, 0.25, 0.002),
        (0.15, 4, 0.5, 0.1),
        (1e-12, 1, 1e100, 1e-300),
        (1e-12, 10**9, 0.0, 1e80),
        (1.9e-9, 10**9, 1.0, 1e-30),
        (0.666, 1, 0.0, 1.0),
        (0.5, 1, 0.0, 0.0),
    ),
    "tracking_error_transient": _rows(
        "num_steps start step_size dim noise_var drift_var",
        (0, 3.0, 0.1, 4, 1.0, 0.01),
        (12, 0.0, 0.1, 4, 1.0, 0.01),
        (1, 1e100, 0.3, 4, 0.0, 0.0),
        (10**9, 1.0, 1e-12, 3, 1e-3, 1e-20),
        (10**9, 1.0, 1e-9, 10**9, 1.0, 1.0),
        (500, 1.0, 0.5, 1, 0.0, 0.0),
    ),
    "optimal_tracking_step": _rows(
        "dim noise_var drift_var",
        (4, 1.0, 0.01),
        (8, 0.25, 0.002),
        (4, 0.5, 0.1),
        (1, 0.0, 1.0),
        (10**9, 1e100, 1e-100),
        (10**9, 1e-100, 1e100),
    ),
    "optimal_tracking_error": _rows(
        "dim noise_var drift_var",
        (4, 1.0, 0.01),
        (8, 0.25, 0.002),
        (4, 0.5, 0.1),
        (1, 0.0, 1.0),
        (10**9, 1e100, 1e-100),
        (10**9, 1e-100, 1e100),
    ),
    "tracking_error_ar1": _rows(
        "step_size dim noise_var persistence",
        (0.1, 4, 1.0, 0.98),
        (0.1, 8, 0.25, 0.9),
        (1e-12, 1, 1e100, 1 - 2**-53),
        (1e-12, 3, 0.0, 1.0),
        (0.4995, 2, 1.0, 0.0),
        (1e-9, 10**9, 0.0, 1 - 1e-12),
    ),
    "tracking_error_linear": _rows(
        "step_size dim noise_var drift_speed_squared",
        (0.1, 4, 1.0, 0.01),
        (0.05, 8, 0.25, 0.001),
        (1e-12, 1, 1.0, 1e-30),
        (0.666, 1, 0.0, 1e100),
        (1.9e-9, 10**9, 1e-100, 1e-100),
    ),
}
