"""Soft best-of-n with many samples: the tilted law and the way to it."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Expansion, Limit
from jtts.laws import law as declare
from jtts.numeric import Numbers
from jtts.promises import instance, nonnegative
from jtts.rewards import STANDARD_NORMAL, Discrete, RewardLaw
from jtts.theory.selection.domains import ANY_LAW, ATOMS, COUNTS, PROBABILITIES, REWARDS, SUM_TO_ONE
from jtts.theory.selection.points import over_points
from jtts.theory.selection.soft import LAWS, soft_best_of_n_divergences, soft_best_of_n_gain
from jtts.theory.selection.soft_atoms import log_tilted_ratio
from jtts.theory.selection.tilting import log_partition, tilted


@declare(
    kind=Limit(
        of=soft_best_of_n_gain,
        argument="n",
        values=(1e3, 1e4, 1e5, 1e6),
        gap=lambda n, point: 1 / n,
    ),
    formula=r"E_\beta r",
    source="arXiv:2505.03156",
    relative=1e-12,
    absolute=1e-14,
    holds={"beta": nonnegative(), "law": instance(*ANY_LAW)},
    domain={"beta": log_reals(0.3, 1.2), "law": choices(*LAWS)},
    mutants={"half the temperature": lambda beta, law: tilted(2 * beta, law)["mean"]},
)
def soft_best_of_n_limit(beta: Numbers, law: RewardLaw = STANDARD_NORMAL) -> jax.Array:
    r"""Mean reward of soft best-of-n for endless n: that of the tilted law.

    $$E_\beta r=\frac{E\,r e^{\beta r}}{E\,e^{\beta r}}$$

    Args:
      beta: inverse temperature, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Accuracy and NaN as for `tilted_moments`. Reached as 1/n once n exceeds E w^2 / (E w)^2, w =
    exp(beta r); the limits of large n and of large beta do not commute.

    Raises:
      InputError: a negative beta.

    Source: arXiv:2505.03156; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> print(f"{selection.soft_best_of_n_limit(1.5):.10f}")
    1.5000000000
    """
    return tilted(beta, law)["mean"]


def _approach_at(beta, law):
    log_z, mean = log_partition(beta, law)
    log_z2, mean2 = log_partition(2 * beta, law)
    return mean, jnp.exp(log_z2 - 2 * log_z) * (mean2 - mean)


def _approach(n, beta, law, factor=1.0):
    mean, slope = over_points(_approach_at, beta, law, block=4)
    return mean - factor * slope / n


@declare(
    kind=Expansion(of=soft_best_of_n_gain, argument="n", values=(1e3, 2e3, 4e3), order=2),
    formula=r"E_\beta r - \frac{E w^2}{n (E w)^2}(E_{2\beta} r - E_\beta r)",
    source="derived here (section 4)",
    relative=1e-12,
    absolute=1e-14,
    holds={"n": COUNTS, "beta": nonnegative(), "law": instance(*ANY_LAW)},
    domain={
        "n": log_integers(1, 10**9),
        "beta": reals(0.3, 0.8),
        "law": choices(*LAWS),
    },
    mutants={
        "half the step": lambda n, beta, law: _approach(n, beta, law, factor=0.5),
        "limit": lambda n, beta, law: _approach(n, beta, law, factor=0.0),
    },
)
def soft_best_of_n_approach(
    n: Numbers, beta: Numbers, law: RewardLaw = STANDARD_NORMAL
) -> jax.Array:
    r"""Mean reward of soft best-of-n at large n, to first order in 1/n.

    $$E_\beta r-\frac1n\,\frac{E\,w^2}{(E\,w)^2}\,\big(E_{2\beta}r-E_\beta r\big),\quad
      w=e^{\beta r}$$

    For the standard normal: beta (1 - exp(beta^2) / n).

    Args:
      n: number of samples, real, from 1 to 1e15; large against E w^2 / (E w)^2.
      beta: inverse temperature, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Arrays broadcast. The remainder is of order n^-2. Accuracy as for `tilted_moments`; NaN where
    the tilted law at 2 beta does not exist.

    Raises:
      InputError: n < 1 or a negative beta.

    Source: derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> print(f"{selection.soft_best_of_n_approach(1024, 1.0):.7f}")
    0.9973454
    """
    return _approach(n, beta, law)


def _kl(n, beta, probabilities, rewards, others=1.0):
    law = Discrete(jnp.asarray(probabilities, float), jnp.asarray(rewards, float))
    log_ratio = log_tilted_ratio(beta, law)  # of w / E w
    q = law.probabilities * jnp.exp(log_ratio)
    highest = jnp.max(jnp.where(q > 0, log_ratio, -jnp.inf), -1, keepdims=True)
    short = jnp.exp(highest) * jnp.expm1(log_ratio - highest)
    mean = jnp.sum(q * short, -1, keepdims=True)
    variance = jnp.sum(q * (short - mean) ** 2, -1)
    variance += (1 - others) * (jnp.exp(highest) + mean)[..., 0] ** 2
    return variance / 2 / jnp.asarray(n, float) ** 2


@declare(
    kind=Expansion(
        of=lambda n, beta, probabilities, rewards: soft_best_of_n_divergences(
            n, beta, probabilities, rewards
        )["to_tilted"],
        argument="n",
        values=(256, 512, 1024),
        order=3,
    ),
    formula=r"\frac{\mathrm{Var}_\beta(w / E w)}{2 n^2}",
    source="derived here (section 4)",
    relative=1e-12,
    absolute=1e-300,
    holds={"n": COUNTS, "beta": nonnegative(), **ATOMS},
    jointly=SUM_TO_ONE,
    gives=nonnegative(),
    domain={
        "n": log_integers(1, 10**6),
        "beta": log_reals(0.3, 2.0),
        "probabilities": PROBABILITIES,
        "rewards": REWARDS,
    },
    mutants={
        "second moment": lambda n, **atoms: _kl(n, **atoms, others=0.0),
        "1 / n": lambda n, **atoms: _kl(jnp.sqrt(n * 1.0), **atoms),
    },
)
def soft_best_of_n_kl_approach(
    n: Numbers, beta: Numbers, probabilities: Numbers, rewards: Numbers
) -> jax.Array:
    r"""Divergence of soft best-of-n from the tilted law at large n, to leading order.

    $$\mathrm{KL}(q_n\|q_\infty)=\frac{1}{2n^2}\mathrm{Var}_{q_\infty}\!\Big(\frac{w}{E\,w}\Big)
      +O(n^{-3}),\quad w=e^{\beta r}$$

    The published statement is a bound of order 1/n; the rate is n^-2.

    Args:
      n: number of samples, real, from 1 to 1e15; large against E w^2 / (E w)^2.
      beta: inverse temperature, zero or positive.
      probabilities, rewards: of the atoms, [..., K], as for `soft_best_of_n_pmf`.

    Leading axes broadcast. Returns nats; the remainder is of order n^-3.

    Raises:
      InputError: n < 1, a negative beta, or atoms that are no law.

    Source: derived here (docs, selection section 4); the bound: arXiv:2505.03156.

    >>> from jtts.theory import selection
    >>> atoms = [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]
    >>> print(f"{selection.soft_best_of_n_kl_approach(1, 1.0, *atoms):.10f}")
    2.3637151120
    """
    return _kl(n, beta, probabilities, rewards)
