"""Memorise or generalise: the posterior odds of two strategies along training."""

from __future__ import annotations

import bz2
import lzma
import zlib

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import choices, log_reals, reals
from jtts.kinds import Fit, Root
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import between, finite, nonnegative, positive

BITS_PER_NUMBER = 0.95 * 64  # random mantissas hardly compress
BIT = float(np.log(2))  # nats
OVERHEAD = 4000.0  # bits, of a strategy that stores nothing

CONDITION = {
    "loss_gap": reals(0.05, 0.1),
    "memorizing_complexity": log_reals(1e4, 1e6),
    "generalizing_complexity": choices(2e3, 4e3),
}
COMPLEXITIES = {
    "memorizing_complexity": nonnegative(1e100),
    "generalizing_complexity": nonnegative(1e100),
}
FITTED = {"alpha": positive(), "beta": positive(3), "gamma": positive()}
EXPONENTS = {"alpha": reals(0.3, 0.6), "beta": reals(0.15, 0.3), "gamma": reals(0.5, 2.0)}


def _odds(
    steps,
    loss_gap,
    memorizing_complexity,
    generalizing_complexity,
    alpha,
    beta,
    gamma,
    unit=BIT,
):
    steps, gap = (jnp.asarray(a, jnp.result_type(float)) for a in (steps, loss_gap))
    evidence = gamma * steps ** (1 - alpha) * gap
    return evidence - unit * _price(memorizing_complexity, generalizing_complexity, beta)


def _price(memorizing_complexity, generalizing_complexity, beta):
    memorizing, generalizing = (
        jnp.asarray(a, jnp.result_type(float))
        for a in (memorizing_complexity, generalizing_complexity)
    )
    beta = jnp.asarray(beta, jnp.result_type(float))
    both = (memorizing > 0) & (generalizing > 0)
    m, g = (jnp.where(both, bits, 1.0) for bits in (memorizing, generalizing))
    near = jnp.abs(m - g) < g / 2
    rise = jnp.where(near, jnp.log1p(jnp.where(near, m - g, 0.0) / g), jnp.log(m) - jnp.log(g))
    alike = both & (jnp.abs(beta * rise) < 1)  # at a small beta, say
    between = g**beta * jnp.expm1(jnp.where(alike, beta * rise, 0.0))
    return jnp.where(alike, between, memorizing**beta - generalizing**beta)


def _least_squares(values, data, noise, point):
    """Exponents and their standard errors from a curve of log odds; NumPy and SciPy alone."""

    def residuals(exponents):
        alpha, beta, gamma = exponents
        gained = gamma * point["loss_gap"] * values / values**alpha
        bits = point["memorizing_complexity"] ** beta - point["generalizing_complexity"] ** beta
        return (gained - bits * np.log(2) - data) / noise

    result = scipy.optimize.least_squares(residuals, (0.45, 0.2, 1.0), x_scale="jac")
    return result.x, np.sqrt(np.diag(np.linalg.pinv(result.jac.T @ result.jac)))


@law(
    holds={"steps": nonnegative(), "loss_gap": finite(), **COMPLEXITIES, **FITTED},
    kind=Fit(
        parameters=("alpha", "beta", "gamma"),
        argument="steps",
        values=tuple(np.geomspace(100, 1e5, 24)),
        noise=1e-2,
        fitted=_least_squares,
    ),
    formula=r"\gamma N^{1-\alpha}(L_G-L_M) - \ln 2\,(K_M^\beta-K_G^\beta)",
    source="arXiv:2506.17859",
    domain=CONDITION | EXPONENTS,
    mutants={
        "nats for bits": lambda **point: _odds(**point, unit=1.0),
        "evidence of every step": lambda **point: _odds(**point | {"alpha": 0.0}),
    },
)
def log_posterior_odds(
    steps: Numbers,
    loss_gap: Numbers,
    memorizing_complexity: Numbers,
    generalizing_complexity: Numbers,
    *,
    alpha: Numbers,
    beta: Numbers,
    gamma: Numbers,
) -> jax.Array:
    r"""Log odds of the memorising over the generalising strategy after N training steps.

    $$\eta = \gamma N^{1-\alpha}(L_G-L_M)-\ln2\,\big(K_M^\beta-K_G^\beta\big)$$

    Evidence gathers sublinearly; a strategy that is longer to write down starts with a handicap.
    The network predicts $\sigma(\eta)M+(1-\sigma(\eta))G$.

    Args:
      steps: N >= 0, finite.
      loss_gap: L_G - L_M, by how much the generaliser does worse on the pool, nats per prediction.
      memorizing_complexity, generalizing_complexity: K, bits, from 0 to 1e100; see
        `strategy_complexity`.
      alpha, beta, gamma: positive, beta at most 3; fitted, by `fit_strategies`.

    Arrays broadcast; differentiable for N > 0. Returns eta in nats: an empirical form, whose
    functional shape is rebuilt from the properties that the paper states.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2506.17859; docs, in_context section 7.

    >>> from jtts.theory import in_context as icl
    >>> odds = icl.log_posterior_odds(1e4, 0.02, 2e5, 4e3, alpha=0.6, beta=0.2, gamma=0.85)
    >>> print(f"{odds:.6f}")
    -3.644247
    """
    return _odds(
        steps, loss_gap, memorizing_complexity, generalizing_complexity, alpha, beta, gamma
    )


def _time(
    loss_gap, memorizing_complexity, generalizing_complexity, alpha, beta, gamma, kept=1.0, power=1
):
    price = BIT * _price(memorizing_complexity, kept * generalizing_complexity, beta)
    gap, alpha, gamma = (jnp.asarray(a, jnp.result_type(float)) for a in (loss_gap, alpha, gamma))
    ratio = jnp.where(price > 0, price, 1.0) / gamma / jnp.where(gap > 0, gap, 1.0)
    time = jnp.exp(power * jnp.log(ratio) / (1 - alpha))
    return jnp.where(price <= 0, 0.0, jnp.where(gap > 0, time, jnp.inf))


def _around_crossing(**point):
    end = 1.0
    while float(_odds(end, **point)) < 0:
        end *= 10
    return end / 10, end


@law(
    relative=1e-12,
    holds={"loss_gap": finite(), **COMPLEXITIES, **FITTED, "alpha": between(0, 0.99, open="low")},
    kind=Root(residual=lambda steps, **point: _odds(steps, **point), bracket=_around_crossing),
    formula=r"N^* = \Big[\frac{\ln2\,(K_M^\beta-K_G^\beta)}{\gamma(L_G-L_M)}\Big]^{1/(1-\alpha)}",
    source="arXiv:2506.17859",
    domain=CONDITION | EXPONENTS,
    mutants={
        "generaliser for nothing": lambda **point: _time(**point, kept=0.0),
        "linear in the ratio": lambda alpha, **point: _time(**point, alpha=alpha, power=1 - alpha),
    },
)
def transience_time(
    loss_gap: Numbers,
    memorizing_complexity: Numbers,
    generalizing_complexity: Numbers,
    *,
    alpha: Numbers,
    beta: Numbers,
    gamma: Numbers,
) -> jax.Array:
    r"""Training steps until memorising overtakes generalising: where the log odds are zero.

    $$N^*=\Big[\frac{\ln2\,(K_M^\beta-K_G^\beta)}{\gamma\,(L_G-L_M)}\Big]^{1/(1-\alpha)}$$

    With the pool, K_M grows and the gap shrinks, and both are raised to the power 1/(1 - alpha):
    the time is superlinear in the number of tasks.

    Args:
      loss_gap: L_G - L_M, nats per prediction.
      memorizing_complexity, generalizing_complexity: K, bits, from 0 to 1e100.
      alpha: positive, at most 0.99: the exponent 1/(1 - alpha) takes digits.
      beta, gamma: positive, beta at most 3.

    Arrays broadcast; differentiable. Returns steps, to a relative 1e-12: 0 where memorising is no
    longer to write down, infinity where it gains nothing (loss_gap <= 0).

    Raises:
      InputError: a number out of range.

    Source: arXiv:2506.17859; docs, in_context section 7.

    >>> from jtts.theory import in_context as icl
    >>> time = icl.transience_time(0.02, 2e5, 4e3, alpha=0.6, beta=0.2, gamma=0.85)
    >>> print(f"{time:.6e}")
    1.030020e+06
    """
    return _time(loss_gap, memorizing_complexity, generalizing_complexity, alpha, beta, gamma)


@closed_form(
    holds={
        "num_stored": nonnegative(),
        "overhead": nonnegative(),
        "bits_per_number": nonnegative(),
    },
    relative=1e-15,
)
def strategy_complexity(
    num_stored: Numbers, *, overhead: Numbers = OVERHEAD, bits_per_number: Numbers = BITS_PER_NUMBER
) -> jax.Array:
    r"""Bits to write a strategy down: a program and the numbers that it stores.

    $$K = K_0 + b\cdot\mathrm{numbers}$$

    Args:
      num_stored: numbers stored, >= 0: D V for a memoriser of D urns, 0 for a generaliser.
      overhead: K_0, bits of the program, >= 0. A convention: it does not look at source text.
      bits_per_number: b, >= 0.

    Arrays broadcast. Returns bits.

    Raises:
      InputError: a negative number.

    Source: derived here (docs, in_context section 7), after arXiv:2506.17859.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.strategy_complexity(64 * 8))
    35129.6
    """
    return overhead + bits_per_number * jnp.asarray(num_stored, jnp.result_type(float))


def compressed_complexity(*stored, source: str = ""):
    """Bits to write a strategy down as the published analysis counts them: compressed sizes.

    Args:
      stored: arrays that the strategy looks things up in.
      source: text of its program.

    Returns bits, a float: the sum over text and arrays of the smallest of the sizes by lzma, bz2
    and zlib.

    Source: arXiv:2506.17859; docs, in_context section 7.

    >>> from jtts.theory import in_context as icl
    >>> numbers = np.random.default_rng(0).standard_normal((64, 8))
    >>> bits = icl.compressed_complexity(numbers) / numbers.size
    >>> bool(55 < bits < 66)
    True
    """
    pieces = [source.encode(), *(np.asarray(array).tobytes() for array in stored)]
    compressors = (
        lambda b: lzma.compress(b, preset=9),
        bz2.compress,
        lambda b: zlib.compress(b, 9),
    )
    smallest = [min(len(compress(p)) for compress in compressors) for p in pieces if p]
    return 8.0 * sum(smallest)
