"""The renormalized ridge over a power-law spectrum, for any number of modes and of samples."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import positive, whole
from jtts.theory.regression.power_law_sums import power_law_sums, power_law_unused
from jtts.theory.regression.ridge import as_floats, solve_from_above

PROMISE = {
    "exponent": positive(),
    "modes": whole(1, endless=True),
    "samples": positive(),
    "noise_var": positive(),
    "prior_var": positive(),
}


def _not_too_steep(exponent):
    return exponent <= 10


def _summable(exponent, modes):
    return (exponent > 1) | (modes < np.inf)


def _few_enough(modes):
    return (modes <= 1e50) | (modes == np.inf)


def _ordinary_ridge(samples, noise_var, prior_var):
    ridge = noise_var / (prior_var * samples)
    return (ridge >= 1e-250) & (ridge <= 1e250)


LEARNS = {
    "exponent must be above 1 where modes are endless": _summable,
    "exponent must be at most 10": _not_too_steep,
    "modes must be at most 1e50 or infinite": _few_enough,
    "noise_var / (prior_var * samples) must be from 1e-250 to 1e250": _ordinary_ridge,
}
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
        return power_law_unused(kappa, exponent, modes, samples)

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
    _, both = power_law_sums(kappa, exponent, modes)
    return kappa, -push / (ridge / kappa + both / samples)


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
    relative=1e-12,
    holds=PROMISE,
    jointly=LEARNS,
    domain=DOMAIN,
    mutants={
        "bare ridge": lambda **point: PowerLawLearner.of(**point, renormalize=bare_ridge).kappa,
        "half the modes": lambda **point: (
            PowerLawLearner.of(**point | {"modes": point["modes"] / 2}).kappa
        ),
    },
)
def power_law_ridge(
    *,
    exponent: Numbers,
    modes: Numbers = np.inf,
    samples: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
) -> jax.Array:
    r"""Renormalized ridge over a power-law spectrum.

    The unique positive root of

    $$\kappa\Big(1-\frac1n D(\kappa)\Big) = \frac{\sigma^2}{\gamma^2 n},\quad
      D(\kappa) = \sum_{i=1}^{M}\frac{1}{1+\kappa i^a}.$$

    Features phi_i ~ N(0, i^-a), i = 1 ... M, teacher t(x) = sum_i w_i phi_i with
    w_i ~ N(0, gamma^2), no factor 1/d anywhere. In the terms of `renormalized_ridge` that is the
    spectrum i^-a, aspect_ratio M/n and ridge sigma^2/(gamma^2 n); a prior variance of M gamma^2
    in those of `statistics`.

    Args:
      exponent: a from 0 (excluded) to 10; above 1 for endless modes.
      modes: M, a whole number from 1 to 1e50, or infinity.
      samples: n, positive, not necessarily whole.
      noise_var, prior_var: sigma^2 of the targets, gamma^2 of every weight; positive.

    Arrays broadcast; the cost does not depend on M or n. Returns kappa, in units of the largest
    eigenvalue, with a relative accuracy of 1e-12, also at n = M and little noise
    (sigma^2/(gamma^2 n) from 1e-250 to 1e250). Differentiable in all but the number of modes.

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
    return PowerLawLearner.of(**point).kappa
