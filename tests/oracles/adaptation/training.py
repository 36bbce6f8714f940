"""Training at test time by another route: averages over the context vector by Gauss rules that are
exact for its polynomials, in many digits."""

import functools

import mpmath as mp

mp.mp.dps = 60


@functools.cache
def _rule(diagonal, squares):
    """Nodes and weights of the rule with these recurrence coefficients."""
    size = len(diagonal)
    matrix = mp.zeros(size)
    for i in range(size):
        matrix[i, i] = diagonal[i]
        if i:
            matrix[i, i - 1] = matrix[i - 1, i] = mp.sqrt(squares[i])
    nodes, vectors = mp.eigsy(matrix)
    return [(nodes[i], vectors[0, i] ** 2) for i in range(size)]


@functools.cache
def _chi_square(dof, size=6):
    half = mp.mpf(dof) / 2
    diagonal = tuple(2 * k + half for k in range(size))
    squares = tuple(k * (k + half - 1) for k in range(size))
    return [(2 * x, weight) for x, weight in _rule(diagonal, squares)]


@functools.cache
def _normal(size=6):
    return _rule((0,) * size, tuple(range(size)))


def _error(step_size, num_examples, num_training, dim, noise_var, pretrained_gain):
    """E over u of E(|W_1 u' - w|^2 | u), and of its two derivatives in the step at 0."""
    n, m, d = (mp.mpf(x) for x in (num_examples, num_training, dim))
    s2, g, root = mp.mpf(noise_var), mp.mpf(pretrained_gain), mp.sqrt(mp.mpf(dim))
    # second moments of a fresh context, along w and across
    along, side = d * (1 + 2 / n) + s2 / n, (d + s2) / n
    start = d - 2 * g * d + g**2 * (along + side * (d - 1))
    slope = bend = mp.mpf(0)
    across = _chi_square(dim - 1) if dim > 1 else [(mp.mpf(0), mp.mpf(1))]
    for c, of_c in _chi_square(num_examples):
        for z, of_z in _normal():
            for q, of_q in across:
                weight = of_c * of_z * of_q
                u = (root * c + mp.sqrt(s2 * c) * z) / n
                squared = (d + s2) * c * q / n**2  # of u across w
                missed, read = (root - g * u) ** 2 + g**2 * squared, u**2 * along + squared * side
                # (w - gu)'(g S - w w')u
                slope += weight * ((root - g * u) * (g * along - d) * u - g * squared * g * side)
                bend += weight * read * (missed * (1 + (d + 1) / m) + s2 * d / m)
    return start, slope, bend


def test_time_training_error(step_size, **sizes):
    start, slope, bend = _error(step_size, **sizes)
    a = mp.mpf(step_size)
    return (start + 2 * a * slope + a**2 * bend) / sizes["dim"]


def best_test_time_training_step(**sizes):
    _, slope, bend = _error(0, **sizes)
    return -slope / bend


def best_test_time_training_error(**sizes):
    start, slope, bend = _error(0, **sizes)
    return (start - slope**2 / bend) / sizes["dim"]


def limit_test_time_training_error(context_noise, training_ratio, noise_ratio, pretrained_gain):
    q, kappa, r, g = (
        mp.mpf(x) for x in (context_noise, training_ratio, noise_ratio, pretrained_gain)
    )
    begun = (1 - g) ** 2 + g**2 * q
    cost = begun * (1 + kappa) + kappa * r
    return begun - ((1 - g) ** 4 / cost if cost else 0)


def same_prompt_training_error(step_size, num_training, dim, noise_var, start_error):
    """E |(I - a S) e|^2 + noise, E S^2 = (1 + (d + 1)/m) I."""
    a, m, d, s2, e = (mp.mpf(x) for x in (step_size, num_training, dim, noise_var, start_error))
    return e * (1 - 2 * a + a**2 * (1 + (d + 1) / m)) + a**2 * s2 * d / m


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


SIZES = (
    (16, 12, 8, 0.25, 0.0),
    (16, 12, 8, 0.25, 16 / 25.25),
    (40, 100, 8, 0.0, 0.0),
    (40, 100, 8, 0.0, 40 / 49),
    (1, 1, 1, 0.0, 0.5),
    (1, 10**9, 1, 1e6, 1.0),
    (10**5, 10**9, 10**5, 0.0, 0.5),
    (10**5, 10**9, 3, 0.1, 0.0),
    (10**5, 10, 8, 0.0, 0.99991),
    (7, 3, 10**5, 1e6, 1e-6),
)
NAMES = "num_examples num_training dim noise_var pretrained_gain"
CORNERS = {
    "test_time_training_error": [
        {"step_size": a} | row
        for a, row in zip(
            (0.0543361435344, 0.01, 0.2, 0.0, 10.0, -1e-6, 1e-5, 0.3, 0.01, 1e-12),
            _rows(NAMES, *SIZES),
            strict=True,
        )
    ],
    "best_test_time_training_step": _rows(NAMES, *SIZES),
    "best_test_time_training_error": _rows(NAMES, *SIZES),
    "limit_test_time_training_error": _rows(
        "context_noise training_ratio noise_ratio pretrained_gain",
        (0.55, 0.25, 0.1, 0.0),
        (0.55, 0.25, 0.1, 1 / 1.55),
        (0.0, 0.0, 0.0, 0.3),
        (1e6, 1e6, 1e6, 1.0),
        (1e-9, 1e-12, 0.0, 0.0),
        (1e-9, 1e-12, 1e6, 0.999),
    ),
    "same_prompt_training_error": _rows(
        "step_size num_training dim noise_var start_error",
        (0.5, 12, 8, 0.25, 2.0),
        (1.0, 10**9, 1, 0.0, 1.0),
        (-100.0, 1, 10**9, 1e90, 1e90),
        (1.0, 5, 10**9, 0.0, 1e-100),
        (0.0, 1, 1, 0.0, 0.0),
    ),
}
