"""What a learner makes of n samples over a power-law spectrum: rho, its asymptote, statistics."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, constant
from jtts.kinds import Asymptotic, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, positive, probability
from jtts.regression import Statistics
from jtts.theory.regression.power_law_ridge import (
    DOMAIN,
    LEARNS,
    PROMISE,
    PowerLawLearner,
    bare_ridge,
)

SIMULATED = {"exponent": choices(1.2, 2.0), "modes": constant(16), "samples": constant(12)}


def _rho(**point):
    learned = PowerLawLearner.of(**point)
    few = learned.kept / learned.samples
    rest = learned.noise_var / (learned.prior_var * learned.samples * learned.kappa)
    return jnp.where(few < 0.5, few, 1 - rest)  # rounding must not carry it beyond 1


@law(
    kind=Asymptotic(size="copies", sizes=(1, 2, 4), finite_size=0.04),
    formula=r"\rho = \frac1n\sum_{i=1}^M\frac{1}{1+\kappa i^a}",
    source="derived here (section 2)",
    relative=1e-12,
    holds=PROMISE,
    jointly=LEARNS,
    gives=probability(),
    domain=DOMAIN,
    simulated=SIMULATED,
    mutants={
        "bare ridge": lambda **point: _rho(**point, renormalize=bare_ridge),
        "endless modes": lambda **point: _rho(**point | {"modes": np.inf}),
    },
)
def power_law_rho(
    *,
    exponent: Numbers,
    modes: Numbers = np.inf,
    samples: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
) -> jax.Array:
    r"""Effective number of parameters per sample over a power-law spectrum.

    $$\rho = \frac{\mathrm{df}}{n} = \frac1n\sum_{i=1}^M\frac{1}{1+\kappa i^a}
      = 1-\frac{\sigma^2}{\gamma^2 n\kappa} = \frac{\Delta}{s^2}$$

    with kappa the `power_law_ridge`: the number that decides how fast best-of-k works.

    Args:
      exponent: a from 0 (excluded) to 10; above 1 for endless modes.
      modes: M, a whole number from 1 to 1e50, or infinity.
      samples: n, positive, not necessarily whole.
      noise_var, prior_var: sigma^2 of the targets, gamma^2 of every weight; positive.

    Arrays broadcast. Returns rho in (0, 1), accurate as `power_law_ridge`. Exact when every mode
    comes in many copies and samples are as many times more; for single modes the gap is
    below 2 % from n = 8 on.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 2).

    >>> from jtts.theory import regression
    >>> rho = regression.power_law_rho(
    ...     exponent=1.5, modes=200_000, samples=[200, 2000, 20000], noise_var=0.1, prior_var=1.0)
    >>> print(rho.round(6))
    [0.749353 0.522611 0.295817]
    """
    point = {
        "exponent": exponent,
        "modes": modes,
        "samples": samples,
        "noise_var": noise_var,
        "prior_var": prior_var,
    }
    return _rho(**point)


def _leading_rho(*, exponent, samples, noise_var, prior_var, power=1.0):
    a = jnp.asarray(exponent, jnp.result_type(float))
    b = 1 / a
    rest = (a - 1) / a  # 1 - b, which b does not know to all digits where a is near 1
    arch = jnp.sin(np.pi * jnp.minimum(b, rest)) / (np.pi * b)
    return (prior_var / noise_var) ** (power * b) * (1.0 * samples) ** -rest / arch


@law(
    kind=Limit(
        of=power_law_rho,
        argument="samples",
        values=(1e8, 1e10, 1e12, 1e14, 1e16),
        # rho itself is the relative change of kappa, 1/2 of n rho the first Euler-Maclaurin term
        gap=lambda n, point: n ** -min(1 / point["exponent"], 1 - 1 / point["exponent"]),
        compare="ratio",
    ),
    formula=r"\rho \sim \frac{\pi/a}{\sin(\pi/a)}\Big(\frac{\gamma^2}{\sigma^2}\Big)^{1/a}"
    r" n^{-(1-1/a)}",
    source="derived here (section 2)",
    relative=1e-12,
    holds={
        "exponent": between(1, 1e6, open="low"),
        "samples": positive(),
        "noise_var": positive(),
        "prior_var": positive(),
    },
    domain={
        "exponent": choices(1.5, 2.0, 3.0),
        "noise_var": DOMAIN["noise_var"],
        "prior_var": DOMAIN["prior_var"],
    },
    mutants={
        "no arch": lambda exponent, **point: (
            _leading_rho(exponent=exponent, **point) * np.sinc(1 / exponent)
        ),
        "noise to the power one": lambda exponent, **point: _leading_rho(
            exponent=exponent, **point, power=exponent
        ),
    },
)
def power_law_asymptotic_rho(
    *, exponent: Numbers, samples: Numbers, noise_var: Numbers, prior_var: Numbers
) -> jax.Array:
    r"""Effective number of parameters per sample at many samples of endless power-law modes.

    $$\rho \sim \frac{\pi/a}{\sin(\pi/a)}\Big(\frac{\gamma^2}{\sigma^2}\Big)^{1/a} n^{-(1-1/a)}$$

    Args:
      exponent: a, above 1 and at most 1e6.
      samples: n, positive (an asymptotic law: rho small against 1, n rho large against 1).
      noise_var, prior_var: sigma^2 of the targets, gamma^2 of every weight; positive.

    Arrays broadcast. Returns the formula to 1e-12 relative; it differs from rho by relative
    corrections of order rho/a and 1/(2 n rho).

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 2).

    >>> from jtts.theory import regression
    >>> bayes = dict(exponent=2.0, samples=10**8, noise_var=0.1, prior_var=1.0)
    >>> print(f"{regression.power_law_asymptotic_rho(**bayes):.4e}")
    4.9673e-04
    >>> print(f"{regression.power_law_rho(**bayes):.4e}")
    4.9660e-04
    """
    return _leading_rho(
        exponent=exponent, samples=samples, noise_var=noise_var, prior_var=prior_var
    )


def _statistics(*, amplified=True, **point):
    learned = PowerLawLearner.of(**point)
    mean_error = learned.prior_var * learned.kappa * learned.kept
    bias = learned.prior_var * learned.kappa * learned.both
    return Statistics(learned.noise_var + mean_error, mean_error if amplified else bias)


@law(
    kind=Asymptotic(size="copies", sizes=(1, 2, 4), finite_size=0.12),
    formula=r"s^2 = \gamma^2 n\kappa,\; \Delta = s^2 - \sigma^2",
    source="derived here (section 2)",
    relative=1e-12,
    holds=PROMISE,
    jointly=LEARNS,
    domain=DOMAIN,
    simulated=SIMULATED,
    mutants={
        "bare ridge": lambda **point: _statistics(**point, renormalize=bare_ridge),
        "endless modes": lambda **point: _statistics(**point | {"modes": np.inf}),
        "bias only": lambda **point: _statistics(**point, amplified=False),
    },
)
def power_law_statistics(
    *,
    exponent: Numbers,
    modes: Numbers = np.inf,
    samples: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
) -> Statistics:
    r"""The four numbers after n samples over a power-law spectrum, teacher as judge.

    $$s^2 = \gamma^2 n\kappa,\quad \Delta = s^2-\sigma^2
      = \gamma^2\kappa\sum_{i=1}^M\frac{1}{1+\kappa i^a}$$

    for a teacher drawn from the prior, kappa the `power_law_ridge`. It is `statistics` at the
    spectrum i^-a, aspect_ratio M/n and prior variance M gamma^2, at a cost that does not depend on
    M and for endless modes too.

    Args:
      exponent: a from 0 (excluded) to 10; above 1 for endless modes.
      modes: M, a whole number from 1 to 1e50, or infinity.
      samples: n, positive, not necessarily whole.
      noise_var, prior_var: sigma^2 of the targets, gamma^2 of every weight; positive.

    Arrays broadcast. Returns `Statistics` in squared units of y, accurate as `power_law_ridge`.
    Exact as `power_law_rho` is; for single modes the gap is below 6 % from n = 8 on.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 2).

    >>> from jtts.theory import best_of_k, regression
    >>> stats = regression.power_law_statistics(
    ...     exponent=1.5, samples=10_000, noise_var=0.1, prior_var=1.0)
    >>> print(f"{stats.mean_error / stats.predictive_var:.4f} {best_of_k.error(16, stats):.2e}")
    0.3791 2.97e-03
    """
    point = {
        "exponent": exponent,
        "modes": modes,
        "samples": samples,
        "noise_var": noise_var,
        "prior_var": prior_var,
    }
    return _statistics(**point)
