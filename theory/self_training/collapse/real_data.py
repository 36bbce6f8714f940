"""Loops that see real data too: fresh ones, the same ones, and how much they should weigh."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability, whole

MOST = 10**9
TERMS = 32
NEAR = 1.5
FAR = 40.0


@jax.jit
def _truncated(cut):
    c = jnp.minimum(jnp.asarray(cut, float), FAR)
    near = c < NEAR
    y = jnp.where(near, c, 1.0) ** 2 / 2
    above, below = jnp.ones_like(y), jnp.ones_like(y)
    for k in range(TERMS, 0, -1):
        above, below = 1 + above * y / (k + 1.5), 1 + below * y / (k + 0.5)
    far = jnp.where(near, 2.0, c)
    tail = far * jnp.exp(-(far**2) / 2) * np.sqrt(2 / np.pi) / erf(far / np.sqrt(2))
    return jnp.where(near, 2 * y / 3 * above / below, 1 - tail)


@law(
    kind=Exact(),
    formula=r"1 - \frac{2 c\, \varphi(c)}{2 \Phi(c) - 1}",
    source="textbook; derived here (section 2)",
    relative=1e-13,
    absolute=1e-300,
    holds={"cut": nonnegative()},
    gives=probability(),
    domain={"cut": log_reals(0.1, 4.0)},
    simulated={"cut": log_reals(0.3, 3.0)},
    mutants={
        "what is cut lies at the cut": lambda cut: (
            1 - jnp.exp(-(cut**2) / 2) * np.sqrt(2 / np.pi) * cut
        ),
        "one side": lambda cut: _truncated(cut / 2) * 4,
    },
)
def truncated_variance_factor(cut: Numbers) -> jax.Array:
    r"""Variance of normal samples of which those beyond c standard deviations are thrown away.

    $$\lambda=1-\frac{2c\,\varphi(c)}{2\Phi(c)-1}$$

    in units of the variance before. A self-consuming loop whose samples are cut so has
    $E\,\sigma_t^2=\lambda^t$; a temperature T of a normal law is a factor T.

    Args:
      cut: c, zero or positive.

    Arrays broadcast. Relative accuracy 1e-13, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: textbook; derived here (docs, self_training section 2).

    >>> from jtts.theory import self_training
    >>> print(f"{self_training.truncated_variance_factor(2.0):.11f}")
    0.77374130355
    """
    return _truncated(cut)


LOOP: dict[str, Any] = {
    "n": whole(2, MOST),
    "real": whole(1, MOST),
    "factor": probability(),
}
JOINTLY = {"real must be at most n": lambda n, real: real <= n}
DRAW = {"n": log_integers(20, 1000), "real": log_integers(1, 20), "factor": reals(0.0, 1.0)}
PLAYED = {"n": log_integers(10, 16), "real": log_integers(3, 10), "factor": reals(0.3, 1.0)}


def _shares(n, real, factor):
    n, real, factor = (jnp.asarray(x, float) for x in (n, real, factor))
    return n, real, factor, (n - real) / n


@jax.jit
def _fresh(n, real, factor):
    n, real, factor, s = _shares(n, real, factor)
    pooled = 1 + s * n / (n - 1)
    left = (real - 1 + real * s) / (n - 1) + (1 - factor) * s * pooled
    return {"variance": real / n * pooled / left, "squared_mean_error": 1 / (n * left)}


@jax.jit
def _fixed(n, real, factor):
    n, real, factor, s = _shares(n, real, factor)
    left = (real - 1) + s / (1 + s) + (1 - factor) * ((n - real) - s / (1 + s))
    variance = (real - 1) / left
    own = s * factor * variance / (real * (1 + s))
    return {"variance": variance, "squared_mean_error": 1 / real + own}


@law(
    kind=Exact(),
    formula=r"V = r \Big(1 + \frac{sn}{n-1}\Big) / E,\; M = \frac{1}{nE},\; "
    r"E = \frac{n_r - 1 + n_r s}{n-1} + (1-\lambda) s \Big(1 + \frac{sn}{n-1}\Big)",
    source="derived here (section 2); loops with fresh data: arXiv:2307.01850",
    relative=1e-12,
    holds=LOOP,
    jointly=JOINTLY,
    domain=DRAW,
    simulated=PLAYED,
    mutants={
        "many samples": lambda n, real, factor: {
            "variance": real / n / (1 - (1 - real / n) * factor),
            "squared_mean_error": _fresh(n, real, factor)["squared_mean_error"],
        },
        "variance of the likelihood": lambda n, real, factor: (
            _fresh(n, real, factor)
            | {"variance": _fresh(n, real, factor)["variance"] * (1 - 1 / n)}
        ),
        "the same data": lambda n, real, factor: _fixed(n, real, factor),
    },
)
def fresh_data_loop(n: Numbers, real: Numbers, factor: Numbers) -> dict[str, jax.Array]:
    r"""Where a loop of normal fits ends that sees fresh real data in every generation.

    Every generation n_r real samples N(0, 1) and n_s = n - n_r of the model before, whose variance
    is biased by lambda, are pooled, and mean and (unbiased) variance are fitted. With r = n_r/n and
    s = n_s/n, in the long run

    $$V=\frac{r\,(1+sn/(n-1))}E,\quad M=\frac1{nE},\quad
      E=\frac{n_r-1+n_rs}{n-1}+(1-\lambda)s\Big(1+\frac{sn}{n-1}\Big)$$

    Finite with one real sample in each generation.

    Args:
      n: samples of a generation, real and own, whole, from 2 to 1e9.
      real: n_r, whole, from 1 to n.
      factor: lambda, variance of the samples over that of the model, from 0 to 1
        (`truncated_variance_factor`).

    Arrays broadcast. Returns a dictionary: `variance` V, mean of the fitted variance, and
    `squared_mean_error` M, mean square of the fitted mean, both in units of the real variance and
    to a relative 1e-12.

    Raises:
      InputError: an argument out of its range, or more real samples than n.

    Source: derived here (docs, self_training section 2); loops with fresh real data are those of
    arXiv:2307.01850.

    >>> from jtts.theory import self_training
    >>> found = self_training.fresh_data_loop(20, 5, 0.8)
    >>> print(f"{found['variance']:.11f} {found['squared_mean_error']:.11f}")
    0.66147859922 0.07392996109
    """
    return _fresh(n, real, factor)


@law(
    kind=Exact(),
    formula=r"V = \frac{n_r - 1}{n - 1 - \lambda (n_s - s/(1+s))},\; "
    r"M = \frac{1}{n_r} + \frac{s \lambda V}{n (1 - s^2)}",
    source="derived here (section 2); loops with fixed data: arXiv:2307.01850",
    relative=1e-12,
    holds=LOOP,
    jointly=JOINTLY,
    domain=DRAW,
    simulated=PLAYED,
    mutants={
        "fresh data": lambda n, real, factor: _fresh(n, real, factor),
        "error of the real mean alone": lambda n, real, factor: (
            _fixed(n, real, factor) | {"squared_mean_error": 1 / real}
        ),
    },
)
def fixed_data_loop(n: Numbers, real: Numbers, factor: Numbers) -> dict[str, jax.Array]:
    r"""Where a loop of normal fits ends that sees the same real sample in every generation.

    As `fresh_data_loop`, but the n_r real samples are drawn once and kept:

    $$V=\frac{n_r-1}{n-1-\lambda(n_s-s/(1+s))},\quad M=\frac1{n_r}+\frac{s\lambda V}{n(1-s^2)}$$

    averaged over the real sample too. One real sample alone draws everything to itself: V = 0.

    Args:
      n: samples of a generation, real and own, whole, from 2 to 1e9.
      real: n_r, whole, from 1 to n.
      factor: lambda, variance of the samples over that of the model, from 0 to 1
        (`truncated_variance_factor`).

    Arrays broadcast. Returns a dictionary: `variance` V, mean of the fitted variance, and
    `squared_mean_error` M, mean square of the fitted mean, both in units of the real variance and
    to a relative 1e-12.

    Raises:
      InputError: an argument out of its range, or more real samples than n.

    Source: derived here (docs, self_training section 2); loops with fixed real data are those of
    arXiv:2307.01850.

    >>> from jtts.theory import self_training
    >>> found = self_training.fixed_data_loop(20, 5, 0.8)
    >>> print(f"{found['variance']:.11f} {found['squared_mean_error']:.11f}")
    0.54474708171 0.23735408560
    """
    return _fixed(n, real, factor)


def _weighted_error(weight, real, synthetic):
    """In the long run, of a mean that gives the real samples this weight."""
    return (weight**2 / real + (1 - weight) ** 2 / synthetic) / (weight * (2 - weight))


@jax.jit
def _weight(real, synthetic):
    ratio = jnp.asarray(synthetic, float) / real
    return 2 / (1 + jnp.sqrt(1 + 4 * ratio))


@law(
    kind=Minimizer(
        of=_weighted_error,
        argument="weight",
        candidates=lambda point: np.linspace(0.01, 1, 100),
    ),
    formula=r"\frac{2}{1 + \sqrt{1 + 4 m/n}}",
    source="derived here (section 2); the golden ratio: arXiv:2502.18049",
    relative=1e-13,
    holds={"real": between(1, 1e15), "synthetic": between(1, 1e15)},
    gives=probability(),
    domain={"real": log_reals(10, 1000), "synthetic": log_reals(10, 1000)},
    mutants={
        "all samples alike": lambda real, synthetic: real / (real + synthetic),
        "shares exchanged": lambda real, synthetic: _weight(synthetic, real),
    },
)
def best_real_weight(real: Numbers, synthetic: Numbers) -> jax.Array:
    r"""Weight of the real data that makes the long-run error of a loop least.

    Each generation estimates a mean as w (mean of n fresh real samples) + (1 - w) (mean of m
    samples of the model before). In the long run the error is
    $(w^2/n+(1-w)^2/m)/(w(2-w))$ variances, least at

    $$w=\frac2{1+\sqrt{1+4m/n}}$$

    where it is w/n. With m = n that is the inverse golden ratio. To pool all samples, w =
    n/(n + m), is worse.

    Args:
      real: n, fresh real samples of a generation, from 1 to 1e15.
      synthetic: m, samples of the model before, from 1 to 1e15.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 2); the golden ratio for m = n is the finding
    of arXiv:2502.18049.

    >>> from jtts.theory import self_training
    >>> print(f"{self_training.best_real_weight(100, 100):.11f}")
    0.61803398875
    """
    return _weight(real, synthetic)
