"""More data or more candidates: how the two exponents of the error compare."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import choices, log_integers
from jtts.kinds import Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between
from jtts.regression import Statistics
from jtts.theory.best_of_k.selection import error

STEP = 1e-4  # of finite differences


def learned_share(exponent):
    """c = 1 - 1/a: how much of the effective parameters per sample new data take away."""
    return 1 - 1 / jnp.asarray(exponent, jnp.result_type(float))


def matched(rho):
    """Statistics of a learner whose teacher is drawn from its prior, noise_var = 1."""
    return Statistics(1 / (1 - rho), rho / (1 - rho))


def advantage(k, rho, exponent, dilution=None):
    k, rho = (jnp.asarray(x, jnp.result_type(float)) for x in (k, rho))
    share = learned_share(exponent)
    unlearned = 1 / jnp.asarray(exponent, jnp.result_type(float))
    falling = share * (1 - rho) / (1 - rho + unlearned * rho) if dilution is None else dilution

    def log_error(k, rho):
        return jnp.log(error.function(k, matched(rho)))

    k, rho, falling = jnp.broadcast_arrays(k, rho, falling)
    return jax.jvp(log_error, (k, rho), (-k, -falling * rho))[1]


def numerical_advantage(k, rho, exponent):
    """From differences of `error` in k, and in n by way of the equation that ties rho to n."""
    share = float(learned_share(exponent))

    def rho_at(log_n):
        # kappa (1 - rho) = lambda ~ 1/n and n rho ~ kappa^(-1/a)
        def residual(x):
            both = share * (np.log(x / rho) + log_n) + (1 - share) * np.log(x / rho)
            return both - (1 - share) * np.log((1 - x) / (1 - rho))

        return scipy.optimize.brentq(residual, 1e-12, 1 - 1e-12, xtol=1e-300, rtol=1e-14)

    def log_error(log_k, log_n):
        return float(jnp.log(error(k * np.exp(log_k), matched(rho_at(log_n)))))

    in_n = (log_error(0.0, STEP) - log_error(0.0, -STEP)) / (2 * STEP)
    in_k = (log_error(STEP, 0.0) - log_error(-STEP, 0.0)) / (2 * STEP)
    return in_n - in_k


@law(
    kind=Root(
        residual=lambda value, k, rho, exponent: value - numerical_advantage(k, rho, exponent),
        bracket=lambda k, rho, exponent: (-1e3, 1e3),
    ),
    formula=r"\frac{d\ln\delta_k}{d\ln n} - \frac{d\ln\delta_k}{d\ln k},\;"
    r" \frac{d\ln\rho}{d\ln n} = -\frac{c (1-\rho)}{1 - c\rho},\; c = 1 - \tfrac1a",
    source="derived here (section 7)",
    relative=1e-6,
    absolute=1e-6,
    holds={"k": between(1, 1e15), "rho": between(0, 1, open="high"), "exponent": at_least(1)},
    domain={
        "k": log_integers(2, 10**6),
        "rho": choices(0.02, 0.1, 0.2, 0.3, 0.7, 0.85),
        "exponent": choices(1.2, 1.5, 3.0, np.inf),
    },
    mutants={
        "no amplification": lambda k, rho, exponent=np.inf: advantage(
            k, rho, exponent, dilution=learned_share(exponent)
        ),
        "isotropic": lambda k, rho, exponent=np.inf: advantage(k, rho, np.inf),
    },
)
def sampling_advantage(k: Numbers, rho: Numbers, exponent: Numbers = np.inf) -> jax.Array:
    r"""By how much one more e-fold of candidates reduces ln(error) more than one of training data.

    $$\frac{d\ln\delta_k}{d\ln n} - \frac{d\ln\delta_k}{d\ln k},\quad
      \frac{d\ln\rho}{d\ln n} = -\frac{c(1-\rho)}{1-c\rho},\quad c = 1-\frac1a,$$

    for the teacher as judge, drawn from the learner's prior: everything then depends on rho = df/n,
    the effective number of parameters per sample. It is a measure of difficulty: positive for easy
    tasks (sample more), negative for hard ones (train more).

    Args:
      k: number of candidates, real, from 1 to 1e15.
      rho: from 0 to below 1.
      exponent: a >= 1 of a spectrum i^-a with many modes learned and endless ones to come;
        infinity for a spectrum all of whose modes are learned (n > d, little noise). Then
        c = 1 and rho = d/n.

    Arrays broadcast. Returns the difference of two exponents (no units), to 1e-6. At
    large k and rho < 1/2 it tends to
    $2 - c\rho(2-3\rho)/[(1-c\rho)(1-2\rho)]$.

    Raises:
      InputError: an argument out of range.

    Source: derived here (docs, best-of-k section 7).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.sampling_advantage(10**6, 0.1):.4f}")
    1.7639
    """
    return advantage(k, rho, exponent)
