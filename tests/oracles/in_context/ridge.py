"""Ridge regression: one direction by incomplete gamma functions, two by the joint density of the
eigenvalues, many by moments of (inverse) Wishart matrices at both ends of the ridge."""

import mpmath as mp

mp.mp.dps = 40


def mean_inverse(rows, columns, ridge):
    """E tr over the min(n, d) eigenvalues of 1 / (x + ridge)."""
    small, large = sorted((mp.mpf(rows), mp.mpf(columns)))
    if small == 0:
        return mp.mpf(0)
    if small == 1:
        # chi-squared: a tricomi function
        return mp.hyperu(1, 2 - large / 2, ridge / 2) / 2
    product = small * large
    if ridge > 1e6 * product:
        third = large**2 + small**2 + 3 * product + 3 * (small + large) + 4
        moments = [small, product, product * (small + large + 1), product * third]
        return mp.fsum((-1) ** k * moment / ridge ** (k + 1) for k, moment in enumerate(moments))
    off = large - small
    if ridge < 1e-9 and off > 9:
        first = small / (off - 1)
        second = small * (large - 1) / (off * (off - 1) * (off - 3))
        return first - ridge * second
    if small == 2:
        return of_two(large, ridge)
    raise ValueError("no route")


def of_two(large, ridge):
    """The eigenvalues in polar form: x + y = s with s chi-squared, (y - x)/s apart."""

    # (x - y) (x y)^((n-3)/2) e^(-(x+y)/2), of x = s (1 + v)/2, y = s (1 - v)/2
    power = (large - 3) / 2

    def at(v):
        def over(share):  # E 1/(share s + ridge), s^(n-1) e^(-s/2)
            z = ridge / share / 2
            return mp.hyperu(1, 2 - large, z) / (2 * share)

        return v * (1 - v * v) ** power * (over((1 + v) / 2) + over((1 - v) / 2))

    with mp.workdps(25):
        whole = mp.quad(lambda v: v * (1 - v * v) ** power, [0, 1])
        return mp.quad(at, [0, 0.5, 0.9, 0.99, 1]) / whole


def ridge_error(num_examples, dim, noise_var, prior_var=1.0, method="exact"):
    """What is not seen, and the noise of what is."""
    if method == "large_size":
        return large_size_ridge_error(num_examples, dim, noise_var, prior_var)
    noise, prior = mp.mpf(noise_var), mp.mpf(prior_var)
    found = prior * max(0, int(dim) - int(num_examples))
    if noise:
        found += noise * mean_inverse(num_examples, dim, noise / prior)
    return found


def large_size_ridge_error(num_examples, dim, noise_var, prior_var=1.0):
    """The positive root of e (e + ridge + n - d) = ridge d, in 700 digits."""
    with mp.workdps(700):
        n, d, noise, prior = map(mp.mpf, (num_examples, dim, noise_var, prior_var))
        half = (noise / prior + n - d) / 2
        return prior * (mp.sqrt(half**2 + noise / prior * d) - half)


CORNERS = {
    "ridge_error": [
        dict(num_examples=0, dim=1, noise_var=0.25),
        dict(num_examples=0, dim=256, noise_var=1e100, prior_var=1e-50),
        dict(num_examples=1, dim=1, noise_var=1e-15),
        dict(num_examples=1, dim=1, noise_var=1e-6),
        dict(num_examples=1, dim=1, noise_var=1e100, prior_var=1e50),
        dict(num_examples=1, dim=4096, noise_var=0.25),
        dict(num_examples=4096, dim=1, noise_var=0.25),
        dict(num_examples=2, dim=1, noise_var=1e-12),
        dict(num_examples=2, dim=2, noise_var=0.25),
        dict(num_examples=2, dim=5, noise_var=1e-3, prior_var=3.0),
        dict(num_examples=9, dim=2, noise_var=1.0),
        dict(num_examples=4096, dim=256, noise_var=1e-12),
        dict(num_examples=256, dim=4096, noise_var=1e20),
        dict(num_examples=64, dim=128, noise_var=0.0),
        dict(num_examples=128, dim=64, noise_var=0.0),
        dict(num_examples=256, dim=256, noise_var=1e14),
        dict(num_examples=200, dim=256, noise_var=1e-10),
        dict(num_examples=5.5, dim=8.5, noise_var=0.25, method="large_size"),
    ],
    "large_size_ridge_error": [
        dict(num_examples=0.0, dim=8.0, noise_var=0.25),
        dict(num_examples=1e100, dim=1e-100, noise_var=1e-100),
        dict(num_examples=1e50, dim=1e50, noise_var=1e50, prior_var=1e50),
        dict(num_examples=8.0, dim=8.0, noise_var=1e-17),
        dict(num_examples=15.0, dim=8.0, noise_var=1e-17),
        dict(num_examples=4.0, dim=8.0, noise_var=1e-17),
        dict(num_examples=4.0, dim=8.0, noise_var=1e100, prior_var=1e-50),
        dict(num_examples=4.0, dim=8.0, noise_var=0.0),
        dict(num_examples=9.0, dim=8.0, noise_var=0.0),
        dict(num_examples=4.0, dim=8.0, noise_var=4.0),
        dict(num_examples=4.0, dim=8.0, noise_var=4 - 2**-50),
    ],
}
SLOPES = {"large_size_ridge_error": ["num_examples", "dim", "noise_var", "prior_var"]}
