"""A normal law fitted to n of its own samples, generation after generation."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_integers, weighted
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, probability, whole, words
from jtts.special import at_most_one
from jtts.theory.associative_memory.powers import kept

MOST = 10**9
STEPS = np.arange(12)  # of the recurrence before the series
EVEN = np.arange(2, 17, 2)
BERNOULLI = np.array([1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510])
HALVES = -(1 - 2.0**-EVEN) * BERNOULLI * 2 / (EVEN * (EVEN - 1))
LOOP = {"n": whole(2, MOST), "t": whole(0, MOST)}
DRAW = {"n": log_integers(2, 1000), "t": log_integers(1, 1000)}


def log_deviation(x):
    """ln Gamma(x + 1/2) / (Gamma(x) sqrt(x)), to all digits: the terms have one sign."""
    x = jnp.asarray(x, float)[..., None]
    head = jnp.sum(jnp.log1p(-0.25 / (x + STEPS + 0.5) ** 2), -1) / 2
    return head + jnp.sum(HALVES * (x + STEPS.size) ** (1.0 - EVEN), -1)


def log_typical(x):
    """psi(x) - ln x, to all digits."""
    x = jnp.asarray(x, float)
    low = x < STEPS.size
    inverse = 1 / (jnp.where(low, x, 1.0)[..., None] + STEPS)
    head = jnp.where(low, jnp.sum(jnp.log1p(inverse) - inverse, -1), 0.0)
    y = jnp.where(low, x + STEPS.size, x)
    return head - 0.5 / y - jnp.sum(BERNOULLI / EVEN * y[..., None] ** -EVEN.astype(float), -1)


@jax.jit
def _variance(n, t, biased):
    return kept(jnp.where(biased, 1 / n, 0.0), t)


def variance(n, t, fit):
    return _variance(jnp.asarray(n, float), jnp.asarray(t, float), fit == "likelihood")


@law(
    kind=Exact(),
    formula=r"1,\; (1 - 1/n)^t",
    source="derived here (section 1); loop: arXiv:2307.01850",
    relative=1e-12,
    absolute=1e-300,
    holds=LOOP | {"fit": words("unbiased", "likelihood")},
    gives=probability(),
    domain=DRAW | {"fit": weighted({"unbiased": 1, "likelihood": 3})},
    simulated={"n": log_integers(5, 12), "t": log_integers(3, 8)},
    mutants={
        "fits exchanged": lambda n, t, fit: variance(
            n, t, "unbiased" if fit == "likelihood" else "likelihood"
        ),
        "of the estimate, not of the samples": lambda n, t, fit: variance(n, t, fit) * (1 + 2 / n),
    },
)
def self_fit_variance(
    n: Numbers, t: Numbers, fit: Literal["unbiased", "likelihood"] = "unbiased"
) -> jax.Array:
    r"""Mean variance of a normal law after t generations of fits to n of its own samples.

    Generation 0 is N(0, 1). Each generation draws n samples and fits mean and variance. With the
    unbiased variance (divided by n - 1) the mean never changes, though the typical path collapses
    (`self_fit_log_variance`); with the likelihood's (divided by n)

    $$E\,\sigma_t^2=(1-1/n)^t,\quad E\,\mu_t^2=1-E\,\sigma_t^2$$

    Args:
      n: samples of a generation, whole, from 2 to 1e9.
      t: generations, whole, from 0 to 1e9.
      fit: "unbiased" or "likelihood".

    Arrays broadcast; in units of the first variance. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 1); the loop is that of arXiv:2307.01850.

    >>> from jtts.theory import self_training
    >>> print(self_training.self_fit_variance(10, 5))
    1.0
    >>> print(f"{self_training.self_fit_variance(10, 5, fit='likelihood'):.5f}")
    0.59049
    """
    return variance(n, t, fit)


@jax.jit
def _deviation(n, t):
    return at_most_one(jnp.exp(t * log_deviation((jnp.asarray(n, float) - 1) / 2)))


@law(
    kind=Exact(),
    formula=r"\Big[\frac{\Gamma(n/2)}{\Gamma((n-1)/2)} \sqrt{\frac{2}{n-1}}\Big]^t",
    source="derived here (section 1); loop: arXiv:2307.01850",
    relative=1e-11,
    absolute=1e-300,
    holds=LOOP,
    gives=probability(),
    domain=DRAW,
    simulated={"n": log_integers(2, 8), "t": log_integers(2, 8)},
    mutants={
        "fitted by likelihood": lambda n, t: _deviation(n, t) * (1 - 1 / n) ** (t / 2),
        "n degrees of freedom": lambda n, t: _deviation(n + 1, t),
        "root of the mean variance": lambda n, t: 1.0 + 0 * n * t,
    },
)
def self_fit_deviation(n: Numbers, t: Numbers) -> jax.Array:
    r"""Mean standard deviation after t generations of unbiased fits to n of its own samples.

    The loop of `self_fit_variance`: the variance is a product of t independent
    $\chi^2_{n-1}/(n-1)$, so that

    $$E\,\sigma_t=\Big[\frac{\Gamma(n/2)}{\Gamma((n-1)/2)}\sqrt{\frac2{n-1}}\Big]^t$$

    Args:
      n: samples of a generation, whole, from 2 to 1e9.
      t: generations, whole, from 0 to 1e9.

    Arrays broadcast; in units of the first deviation. Relative accuracy 1e-11, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 1); the loop is that of arXiv:2307.01850.

    >>> from jtts.theory import self_training
    >>> print(f"{self_training.self_fit_deviation(10, 5):.11f}")
    0.87056992603
    """
    return _deviation(n, t)


@jax.jit
def _log_variance(n, t):
    return t * log_typical((jnp.asarray(n, float) - 1) / 2)


@law(
    kind=Exact(),
    formula=r"t\, [\psi(\nu/2) - \ln(\nu/2)],\; \nu = n - 1",
    source="derived here (section 1); loop: arXiv:2307.01850",
    relative=1e-12,
    holds=LOOP,
    gives=between(-1e10, 0),
    domain=DRAW,
    simulated={"n": log_integers(3, 16), "t": log_integers(1, 8)},
    mutants={
        "leading order": lambda n, t: -t / (n - 1),
        "n degrees of freedom": lambda n, t: _log_variance(n + 1, t),
        "of the deviation": lambda n, t: 2 * t * log_deviation((n - 1) / 2),
    },
)
def self_fit_log_variance(n: Numbers, t: Numbers) -> jax.Array:
    r"""Mean logarithm of the variance after t generations of unbiased fits: the typical path.

    $$E\ln\sigma_t^2=t\Big[\psi\Big(\frac{n-1}2\Big)-\ln\frac{n-1}2\Big]\approx-\frac t{n-1}$$

    The median of the variance is about $e^{-t/(n-1)}$, its mean 1 for ever (`self_fit_variance`):
    averages of a simulation belong to the logarithm.

    Args:
      n: samples of a generation, whole, from 2 to 1e9.
      t: generations, whole, from 0 to 1e9.

    Arrays broadcast; nats. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 1); the loop is that of arXiv:2307.01850.

    >>> from jtts.theory import self_training
    >>> print(f"{self_training.self_fit_log_variance(10, 5):.11f}")
    -0.57603235208
    """
    return _log_variance(n, t)


@jax.jit
def _kl(n, t):
    n, t = jnp.broadcast_arrays(jnp.asarray(n, float), jnp.asarray(t, float))
    few = n <= 3
    safe = jnp.where(few, 4.0, n)
    exponent, share = t * jnp.log1p(2 / (safe - 3)), (1 + (safe - 1) / (2 * safe)) / 2
    # the share of what is too large for a number may be none too large
    large = jnp.exp(exponent + jnp.log(share))
    grown = jnp.where(exponent > 700, large, share * jnp.expm1(jnp.minimum(exponent, 700)))
    total = _log_variance(safe, t) / 2 + grown
    return jnp.where(few, jnp.where(t > 0, jnp.inf, 0.0), total)


@law(
    kind=Exact(),
    formula=r"\frac{1}{2} \Big[E \ln \sigma_t^2 + (a^t - 1) \frac{3n - 1}{2n}\Big],\; "
    r"a = \frac{n-1}{n-3}",
    source="derived here (section 1); loop: arXiv:2307.01850",
    relative=1e-11,
    holds=LOOP,
    gives=at_least(0),
    domain=DRAW | {"n": log_integers(4, 1000)},
    simulated={"n": log_integers(12, 16), "t": log_integers(1, 3)},
    mutants={
        "the mean stays": lambda n, t: _kl(n, t) - (((n - 1) / (n - 3)) ** t - 1) * (n - 1) / 4 / n,
        "the other way round": lambda n, t: (t / n - _log_variance(n, t)) / 2,
    },
)
def self_fit_kl(n: Numbers, t: Numbers) -> jax.Array:
    r"""Mean divergence KL(N_0 || N_t) of the first law from that after t generations of fits.

    The loop of `self_fit_variance`, unbiased:

    $$\frac12\Big[E\ln\sigma_t^2+(a^t-1)\Big(1+\frac{n-1}{2n}\Big)\Big],\quad a=\frac{n-1}{n-3}$$

    infinite for n of 2 and 3. It grows without bound, sooner than a typical path would show.

    Args:
      n: samples of a generation, whole, from 2 to 1e9.
      t: generations, whole, from 0 to 1e9.

    Arrays broadcast; nats, infinity above 1.8e308. Relative accuracy 1e-11.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 1); the loop is that of arXiv:2307.01850.

    >>> from jtts.theory import self_training
    >>> print(f"{self_training.self_fit_kl(10, 5):.11f}")
    1.53416803292
    """
    return _kl(n, t)
