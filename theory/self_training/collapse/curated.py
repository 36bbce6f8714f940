"""Samples curated by a reward before the next model is fitted, with real data among them."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals, simplex
from jtts.kinds import Asymptotic, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability, vector, whole
from jtts.special import at_most_one
from jtts.theory.associative_memory.roots import increasing_root
from jtts.theory.selection.points import over_points

MOST = 64  # candidates
SIZES = (32, 64, 128)


def _one_point(real_fraction, p_ref, reward):
    """The root above 1 - alpha of the sum of shares, for w over the largest w."""
    a = real_fraction
    p = p_ref / jnp.sum(p_ref)
    low = reward - lax.stop_gradient(jnp.max(reward))
    best = jnp.sum(jnp.where(low == 0, p, 0.0))
    less, w = -jnp.expm1(low), jnp.exp(low)

    def excess(log_gap):
        return -jnp.log(jnp.sum(a * p * w / (jnp.exp(log_gap) + (1 - a) * less)))

    ends = jnp.log(a * best / (1 - a * best * (1 - a))) - 1.0, jnp.log(a) + 1.0
    gap = jnp.exp(increasing_root(excess, *ends))
    return jnp.minimum(a * p * (gap + (1 - a)) / (gap + (1 - a) * less), 1.0)


@jax.jit
def _shares(p_ref, reward, real_fraction):
    return over_points(_one_point, real_fraction, vectors=(p_ref, reward))


@law(
    kind=Asymptotic(size="size", sizes=SIZES, finite_size=4.0, detects=0.05),
    formula=r"p = \frac{\alpha\, p_\mathrm{ref}}{1 - (1 - \alpha) e^r / Z},\; Z = E_p\, e^r",
    source="derived here (section 5); curated loop: arXiv:2407.09499",
    relative=1e-8,
    holds={
        "p_ref": vector(between(1e-6, 1e6)),
        "reward": vector(between(-300, 300)),
        "real_fraction": between(1e-3, 1),
    },
    jointly={
        "reward must be as many as p_ref": lambda p_ref, reward: np.full(
            np.broadcast_shapes(p_ref.shape[:-1], reward.shape[:-1]),
            p_ref.shape[-1] == reward.shape[-1],
        )
    },
    gives=probability(),
    domain={
        "p_ref": simplex((4,), (2.0, 5.0)),
        "reward": choices(np.array([0.0, 0.5, 1.0, 1.5]), np.array([1.0, -0.5, 0.3, 0.0])),
        "real_fraction": reals(0.4, 0.9),
    },
    mutants={
        "one round of curation": lambda p_ref, reward, real_fraction: (
            real_fraction * p_ref
            + (1 - real_fraction) * p_ref * np.exp(reward) / np.sum(p_ref * np.exp(reward))
        ),
        "fractions exchanged": lambda p_ref, reward, real_fraction: _shares(
            p_ref, reward, 1 - real_fraction
        ),
    },
)
def curated_fixed_point(p_ref: Numbers, reward: Numbers, real_fraction: Numbers) -> jax.Array:
    r"""Shares at which a curated loop ends that sees a fraction of real data in every generation.

    The next model is fitted to real data, a fraction alpha, and to samples of the model of which
    the best by a softmax of the reward among very many were chosen:
    $p'=\alpha\,p_\mathrm{ref}+(1-\alpha)\,p\,e^r/E_p e^r$. It ends at

    $$p=\frac{\alpha\,p_\mathrm{ref}}{1-(1-\alpha)e^r/Z},\quad Z=E_p\,e^r$$

    with Z between $(1-\alpha)e^{\max r}$ and $e^{\max r}$ so that shares add up to 1. Without real
    data only the answers of largest reward are left.

    Args:
      p_ref: shares of the real data, [..., answers], each from 1e-6 to 1e6; divided by their sum.
      reward: of each answer, in units of the softmax's temperature, [..., answers], from -300 to
        300.
      real_fraction: alpha, from 1e-3 to 1.

    Arrays broadcast. Returns shares, [..., answers], to a relative 1e-8.

    Raises:
      InputError: an argument out of its range, or rewards not as many as shares.

    Source: derived here (docs, self_training section 5); the loop is that of arXiv:2407.09499.

    >>> from jtts.theory import self_training
    >>> found = self_training.curated_fixed_point([1, 1, 1, 1, 1], [0, 0.5, 1, 1.5, 2], 0.5)
    >>> print(found.round(6))
    [0.111676 0.120828 0.139704 0.18817  0.439623]
    """
    return _shares(p_ref, reward, real_fraction)


def _rise(p, n, beta):
    """What curation multiplies a small share of right answers by: f_n(p) / p."""
    endless = jnp.isinf(n)
    count = jnp.where(endless, 2.0, n)
    down = jnp.exp(-beta)
    j = np.arange(MOST)
    value = count / ((j + 1) + jnp.maximum(count - 1 - j, 0.0) * down)
    # a mean over Bin(n - 1, p), by de Casteljau's steps
    value = lax.fori_loop(
        0,
        MOST - 1,
        lambda step, value: jnp.where(
            step < count - 1, (1 - p) * value + p * jnp.roll(value, -1), value
        ),
        value,
    )
    return jnp.where(endless, 1 / (p + (1 - p) * down), value[0])


def _one_success(p_ref, real_fraction, beta, n):
    a = real_fraction

    def excess(log_share):
        p = jnp.exp(log_share)
        return 1 - (1 - a) * _rise(p, n, beta) - a * p_ref / p

    low = jnp.log(a * p_ref) - 1.0
    return at_most_one(jnp.exp(increasing_root(excess, low, jnp.zeros_like(low))))


@jax.jit
def _success(p_ref, real_fraction, beta, n):
    return over_points(_one_success, p_ref, real_fraction, beta, n)


def _next(p, real_fraction, beta, n, p_ref):
    """The share after a round, by a sum over candidates."""
    k = np.arange(n + 1)
    chosen = k / (k + (n - k) * np.exp(-beta))
    return real_fraction * p_ref + (1 - real_fraction) * np.sum(
        scipy.stats.binom.pmf(k, n, p) * chosen
    )


@law(
    kind=Asymptotic(size="size", sizes=SIZES, finite_size=4.0, detects=0.05),
    formula=r"p = \alpha\, p_\mathrm{ref} + (1 - \alpha)\, "
    r"E\,\frac{k e^\beta}{k e^\beta + K - k},\; k \sim \mathrm{Bin}(K, p)",
    source="derived here (section 5); curated loop: arXiv:2407.09499",
    relative=1e-9,
    holds={
        "p_ref": between(1e-9, 1),
        "real_fraction": between(1e-3, 1),
        "beta": nonnegative(700.0),
        "n": whole(1, MOST, endless=True),
    },
    gives=probability(),
    domain={
        "p_ref": log_reals(0.05, 0.3),
        "real_fraction": reals(0.4, 0.9),
        "beta": reals(0.3, 2.0),
        "n": log_integers(2, MOST),
    },
    simulated={"n": log_integers(2, 8)},
    mutants={
        "endless candidates": lambda p_ref, real_fraction, beta, n: _success(
            p_ref, real_fraction, beta, np.inf
        ),
        "one round of curation": lambda p_ref, real_fraction, beta, n: _next(
            p_ref, real_fraction, beta, int(n), p_ref
        ),
        "half the reward": lambda p_ref, real_fraction, beta, n: _success(
            p_ref, real_fraction, beta / 2, n
        ),
    },
)
def curated_success_fixed_point(
    p_ref: Numbers, real_fraction: Numbers, beta: Numbers, n: Numbers
) -> jax.Array:
    r"""Success at which a loop curated by soft best-of-K ends, with a fraction of real data.

    Answers are right or wrong, a right one has reward 1. The next model is fitted to real data, a
    fraction alpha of which p_ref is right, and to samples each chosen among K by a softmax of beta
    times the reward:

    $$p=\alpha\,p_\mathrm{ref}+(1-\alpha)\,E\,\frac{k\,e^\beta}{k\,e^\beta+K-k},\quad
      k\sim\mathrm{Bin}(K,p)$$

    Below the fraction `amplification_threshold` a handful of right real answers is enough.

    Args:
      p_ref: share of right answers in the real data, from 1e-9 to 1.
      real_fraction: alpha, from 1e-3 to 1.
      beta: of the softmax, times the reward, from 0 to 700.
      n: K, whole, from 1 to 64, or infinite.

    Arrays broadcast. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 5); the loop is that of arXiv:2407.09499.

    >>> from jtts.theory import self_training
    >>> fixed = self_training.curated_success_fixed_point
    >>> print(fixed(0.1, 0.2, 1.0, [2, 4, 16]).round(8))
    [0.5562653  0.67525135 0.71166849]
    """
    return _success(p_ref, real_fraction, beta, n)


@jax.jit
def _threshold(n, beta):
    return (1 - 1 / jnp.asarray(n, float)) * -jnp.expm1(-jnp.asarray(beta, float))


@law(
    kind=Root(
        # at the threshold a small share neither grows nor shrinks in a round without right data
        residual=lambda value, n, beta: _next(1e-9, value, beta, int(n), 0.0) / 1e-9 - 1,
        bracket=lambda n, beta: (0.0, 1.0),
    ),
    formula=r"\Big(1 - \frac{1}{K}\Big)(1 - e^{-\beta})",
    source="derived here (section 5); curated loop: arXiv:2407.09499",
    relative=1e-13,
    holds={"n": whole(1, 10**9, endless=True), "beta": nonnegative()},
    gives=probability(),
    domain={"n": log_integers(2, 64), "beta": log_reals(0.1, 5.0)},
    mutants={
        "endless candidates": lambda n, beta: -np.expm1(-beta) + 0 * n,
        "the largest reward alone": lambda n, beta: 1 - 1 / n + 0 * beta,
    },
)
def amplification_threshold(n: Numbers, beta: Numbers) -> jax.Array:
    r"""Fraction of real data below which a curated loop amplifies what is right without bound.

    For the loop of `curated_success_fixed_point` as p_ref tends to 0: above

    $$\alpha_c=\Big(1-\frac1K\Big)(1-e^{-\beta})$$

    p tends to 0 with p_ref, below it does not.

    Args:
      n: K, candidates of which one is chosen, whole, from 1 to 1e9, or infinite.
      beta: of the softmax, times the reward, zero or positive.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 5); the loop is that of arXiv:2407.09499.

    >>> from jtts.theory import self_training
    >>> print(f"{self_training.amplification_threshold(4, 1.0):.11f}")
    0.47409041912
    """
    return _threshold(n, beta)
