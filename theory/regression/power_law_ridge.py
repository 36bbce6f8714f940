"""The renormalized ridge over a power-law spectrum, for any number of modes and of samples."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete, require_at_least, require_positive
from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Root
from jtts.laws import law
from jtts.theory.regression.power_law_sums import power_law_sums
from jtts.theory.regression.ridge import as_floats, solve_from_above

DOMAIN = {
    "exponent": reals(1.1, 4.0),
    "modes": choices(10, 1000, 100_000, np.inf),
    "samples": log_integers(2, 10**6),
    "noise_var": log_reals(0.02, 1.0),
    "prior_var": log_reals(0.3, 3.0),
}


@jax.custom_jvp
def _solve(samples, exponent, modes, ridge):
    """Root kappa of kappa (1 - D(kappa)/n) = ridge; arrays of one shape."""

    def unused_and_slack(kappa):
        kept, both = power_law_sums(kappa, exponent, modes)
        return 1 - kept / samples, both / samples

    # bound on the sum of all i^-a
    log_modes = jnp.log(jnp.where(jnp.isinf(modes), 2.0, modes))
    growth = (1 - exponent) * log_modes
    flat = jnp.abs(growth) < 1e-8
    finite = log_modes * jnp.where(flat, 1.0, jnp.expm1(growth) / jnp.where(flat, 1.0, growth))
    summable = exponent > 1
    endless = 1 / jnp.where(summable, exponent - 1, 1.0)
    trace = 1 + jnp.where(jnp.isinf(modes), endless, finite)
    kappa = solve_from_above(unused_and_slack, ridge, ridge + trace / samples)
    valid = (ridge > 0) & (samples > 0) & (exponent > 0) & (summable | jnp.isfinite(modes))
    return jnp.where(valid, kappa, jnp.nan)


@_solve.defjvp
def _(primals, tangents):
    """Implicit derivative, modes held."""
    samples, exponent, modes, ridge = primals
    d_samples, d_exponent, _, d_ridge = tangents
    kappa = _solve(*primals)

    def excess(samples, exponent, ridge):
        return kappa * (1 - power_law_sums(kappa, exponent, modes)[0] / samples) - ridge

    push = jax.jvp(excess, (samples, exponent, ridge), (d_samples, d_exponent, d_ridge))[1]
    kept, both = power_law_sums(kappa, exponent, modes)
    return kappa, -push / (1 - kept / samples + both / samples)


_renormalize = jax.jit(_solve)


class PowerLawLearner(NamedTuple):
    """What n samples teach; `kept` sums f = 1/(1 + kappa i^a), `both` sums f (1 - f)."""

    noise_var: Any
    prior_var: Any
    samples: Any
    kappa: Any
    kept: Any
    both: Any

    @classmethod
    def of(cls, *, exponent, modes, samples, noise_var, prior_var, renormalize=_renormalize):
        exponent, modes, samples, noise_var, prior_var = jnp.broadcast_arrays(
            *as_floats(exponent, modes, samples, noise_var, prior_var)
        )
        kappa = renormalize(samples, exponent, modes, noise_var / (prior_var * samples))
        return cls(noise_var, prior_var, samples, kappa, *power_law_sums(kappa, exponent, modes))


def bare_ridge(samples, exponent, modes, ridge):
    """What the renormalized ridge is not (for the mutants)."""
    return ridge


def require_power_law(*, exponent, modes, samples, noise_var, prior_var):
    require_positive(exponent=exponent, samples=samples, noise_var=noise_var, prior_var=prior_var)
    require_at_least(1, modes=modes)
    exponent, modes = concrete(exponent), concrete(modes)
    if exponent is not None and modes is not None and np.any((exponent <= 1) & np.isinf(modes)):
        raise InputError(
            f"exponent must be above 1 where modes are endless, got {np.min(exponent):g}"
        )


def _ridge_residual(kappa, exponent, modes, samples, noise_var, prior_var):
    """By the sum over single modes, the far tail of endless ones as an integral."""
    count = int(min(modes, 1_000_000))
    kept = np.sum(1 / (1 + kappa * np.arange(1.0, count + 1) ** exponent))
    if np.isinf(modes):
        x = np.exp(np.linspace(np.log(count + 0.5), np.log(count + 0.5) + 200 / exponent, 20_001))
        middle = np.sqrt(x[1:] * x[:-1])
        width = np.log(x[1] / x[0])
        kept += np.sum(width * middle / (1 + kappa * middle**exponent))
        kept += x[-1] / (1 + kappa * x[-1] ** exponent) / (exponent - 1)
    return kappa * (1 - kept / samples) - noise_var / (prior_var * samples)


@law(
    kind=Root(
        residual=_ridge_residual,
        bracket=lambda exponent, modes, samples, noise_var, prior_var: (
            0.99 * noise_var / (prior_var * samples),
            noise_var / (prior_var * samples) + 20 / samples,
        ),
    ),
    formula=r"\kappa\Big(1 - \frac1n\sum_{i=1}^M\frac{1}{1+\kappa i^a}\Big) ="
    r" \frac{\sigma^2}{\gamma^2 n}",
    source="derived here (section 2), arXiv:2512.19905",
    domain=DOMAIN,
    mutants={
        "bare ridge": lambda **point: PowerLawLearner.of(**point, renormalize=bare_ridge).kappa,
        "half the modes": lambda **point: (
            PowerLawLearner.of(**point | {"modes": point["modes"] / 2}).kappa
        ),
    },
)
def power_law_ridge(*, exponent, modes=np.inf, samples, noise_var, prior_var):
    r"""Renormalized ridge over a power-law spectrum.

    The unique positive root of

    $$\kappa\Big(1-\frac1n D(\kappa)\Big) = \frac{\sigma^2}{\gamma^2 n},\quad
      D(\kappa) = \sum_{i=1}^{M}\frac{1}{1+\kappa i^a}.$$

    Features phi_i ~ N(0, i^-a), i = 1 ... M, teacher t(x) = sum_i w_i phi_i with
    w_i ~ N(0, gamma^2), no factor 1/d anywhere. In the terms of `renormalized_ridge` that is the
    spectrum i^-a, aspect_ratio M/n and ridge sigma^2/(gamma^2 n); a prior variance of M gamma^2
    in those of `statistics`.

    Args:
      exponent: a > 0; above 1 for endless modes.
      modes: M, at least 1, or infinity.
      samples: n, positive.
      noise_var, prior_var: sigma^2 of the targets, gamma^2 of every weight; positive.

    Arrays broadcast; the cost does not depend on M or n. Returns kappa, in units of the largest
    eigenvalue, with a relative accuracy of 1e-11 for a up to 10 (1e-7 where n = M and the noise
    is 1e-9). Differentiable in all but the number of modes.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 2); the equation for kappa is in arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> kappa = regression.power_law_ridge(
    ...     exponent=1.5, modes=200_000, samples=2000, noise_var=0.1, prior_var=1.0)
    >>> print(f"{kappa:.8e}")
    1.04736361e-04
    """
    point = {
        "exponent": exponent,
        "modes": modes,
        "samples": samples,
        "noise_var": noise_var,
        "prior_var": prior_var,
    }
    require_power_law(**point)
    return PowerLawLearner.of(**point).kappa
