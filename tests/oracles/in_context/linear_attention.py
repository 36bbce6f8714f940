"""Pretrained linear attention: the published formulas as they stand, in many digits."""

import mpmath as mp

DIGITS = 400


def resolvent(x, kappa):
    """The Stieltjes transform of the spectrum of the pool's second moments, and its slope."""
    middle = x + 1 - 1 / kappa
    root = mp.sqrt(middle**2 + 4 * x / kappa)
    value = 2 / (middle + root)
    slope = -2 / (middle + root) ** 2 * (1 + (middle + 2 / kappa) / root)
    return value, slope


def linear_attention_errors(*, context_ratio, diversity_ratio, data_ratio, noise_var):
    """Errors on fresh tasks and on those of the pool, with all their cancellation."""
    with mp.workdps(DIGITS):
        alpha, kappa, tau, rho = map(
            mp.mpf, (context_ratio, diversity_ratio, data_ratio, noise_var)
        )
        q = (1 + rho) / alpha
        if tau == 1:
            return [mp.inf, mp.inf]
        if tau > 1:
            m, slope = resolvent(q, kappa)
            rest = rho + q - q**2 * m
            known = 1 - 2 * q * m - q**2 * slope + m * rest / (tau - 1)
            return [(1 + q) * known - 2 * (1 - q * m) + 1 + rho, tau / (tau - 1) * rest]
        m = resolvent(q, kappa / tau)[0]
        mu = q * m
        known = 1 - tau * (1 - mu) ** 2 + mu * (rho / q - 1)
        icl = tau * (1 + q) / (1 - tau) * known - 2 * tau * (1 - mu) + 1 + rho
        xi = (1 - tau) / tau / m
        nu = q + xi
        m, slope = resolvent(nu, kappa)
        above = rho + nu - nu**2 * m - xi * (1 - 2 * nu * m - nu**2 * slope)
        return [icl, tau * above / (tau - (1 - 2 * xi * m - xi**2 * slope))]


def linear_attention_error(*, test="icl", **ratios):
    """One of both."""
    return linear_attention_errors(**ratios)[("icl", "idg").index(test)]


def case(alpha, kappa, tau, rho):
    return dict(context_ratio=alpha, diversity_ratio=kappa, data_ratio=tau, noise_var=rho)


BOTH = [
    case(2.0, 1.5, 2.0, 0.1),
    case(2.0, 1.5, 0.5, 0.1),
    case(2.0, 1.0, 2.0, 0.1),
    case(2.0, 0.5, 0.2, 0.0),
    case(1e30, 1e30, 1e30, 0.0),
    case(1e30, 0.5, 1e30, 0.0),
    case(1e30, 0.5, 0.3, 0.0),
    case(1e-30, 1e-30, 1e-30, 1e30),
    case(1e30, 1e-30, 1e-30, 0.0),
    case(1e-30, 1e30, 1e30, 0.0),
    case(1e12, 1 - 1e-9, 3.0, 1e-17),
    case(1e12, 1 + 1e-9, 0.7, 1e-17),
    case(2.0, 1e-17, 0.7, 0.1),
    case(2.0, 1e17, 1e17, 0.1),
    case(2.0, 1.5, 1 - 2**-30, 0.1),
    case(2.0, 1.5, 1 + 2**-30, 0.1),
]
CORNERS = {
    "linear_attention_errors": [*BOTH, case(2.0, 1.5, 1.0, 0.1)],
    "linear_attention_error": [
        point | {"test": test} for point in BOTH[:5] for test in ("icl", "idg")
    ],
}
SLOPES = {"linear_attention_error": ["context_ratio", "diversity_ratio", "data_ratio", "noise_var"]}
