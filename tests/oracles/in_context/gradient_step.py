"""One gradient step: rationals; its minimum, as the vertex through three errors."""

from fractions import Fraction

import mpmath as mp

mp.mp.dps = 250


def gradient_step_error(step_size, dim, num_examples, noise_var):
    """Over the pairs, E(x_1^4) = 3 in one direction, 1 in each of the others, and the noise."""
    step, d, n, noise = (exact(a) for a in (step_size, dim, num_examples, noise_var))
    square = (3 + (d - 1) + noise) / n + (n - 1) / n  # of the same pair; of two
    return 1 - 2 * step + step**2 * square


def exact(number):
    if isinstance(number, mp.mpf):
        return number
    return Fraction(number)


def optimal_gradient_step(dim, num_examples, noise_var):
    """The vertex of the parabola."""
    left, middle, right = (
        gradient_step_error(step, dim, num_examples, noise_var) for step in (-1, 0, 1)
    )
    return (left - right) / (2 * (left - 2 * middle + right))


CORNERS = {
    "gradient_step_error": [
        dict(step_size=0.0, dim=8.0, num_examples=16.0, noise_var=0.25),
        dict(step_size=1.0, dim=1.0, num_examples=1e50, noise_var=0.0),
        dict(step_size=1 - 2**-53, dim=1e-50, num_examples=1e50, noise_var=0.0),
        dict(step_size=1e50, dim=1e50, num_examples=1e-50, noise_var=1e50),
        dict(step_size=-1e50, dim=3.0, num_examples=5.0, noise_var=0.0),
        dict(step_size=1e-17, dim=3.0, num_examples=5.0, noise_var=1e17),
        dict(step_size=0.5, dim=8.0, num_examples=16.0, noise_var=0.25),
    ],
    "optimal_gradient_step": [
        dict(dim=1e-50, num_examples=1e50, noise_var=0.0),
        dict(dim=1e50, num_examples=1e-50, noise_var=1e50),
        dict(dim=8.0, num_examples=16.0, noise_var=0.25),
        dict(dim=1.0, num_examples=1e-17, noise_var=1e-17),
    ],
}
SLOPES = {
    "gradient_step_error": ["step_size", "noise_var"],
    "optimal_gradient_step": ["dim", "num_examples", "noise_var"],
}
