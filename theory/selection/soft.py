"""Soft best-of-n: draw n, keep one with probability proportional to exp(beta reward)."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law as declare
from jtts.numeric import Numbers
from jtts.promises import (
    at_least,
    between,
    instance,
    nonnegative,
    probability,
    static,
    vector,
    whole,
)
from jtts.rewards import (
    STANDARD_NORMAL,
    Discrete,
    Exponential,
    Gumbel,
    Logistic,
    Normal,
    RewardLaw,
    Uniform,
)
from jtts.theory.selection.differences import log1p_minus
from jtts.theory.selection.domains import (
    ANY_LAW,
    ATOMS,
    COUNTS,
    FOUR,
    OFTEN,
    PROBABILITIES,
    REWARDS,
    SUM_TO_ONE,
)
from jtts.theory.selection.order_statistics import mean_of_largest
from jtts.theory.selection.points import over_points
from jtts.theory.selection.proxy import mean_truth
from jtts.theory.selection.soft_atoms import log_tilted_ratio, soft_pmf, tilted_pmf
from jtts.theory.selection.tilting import central_moments

N = log_integers(1, 10**9)
SIMULATED_N = log_integers(1, 16)
BETA = log_reals(0.3, 3.0)
LAWS = (
    Normal(),
    Uniform(-1.0, 2.0),
    Exponential(0.3),
    Logistic(0.0, 0.3),
    Discrete(np.array(FOUR), np.arange(4.0)),
)
SOFT = 1e-4  # inverse temperatures, in units of the reward's spread, that a series serves


def _cold(n, beta, probabilities, rewards):
    return soft_pmf(n, 2 * beta, Discrete(probabilities, rewards))


@declare(
    kind=Exact(floor=0.1),
    formula=r"n p_i \int_0^\infty w_i e^{-w_i t} \big(E e^{-wt}\big)^{n-1} dt,\; w = e^{\beta r}",
    source="arXiv:2505.03156, arXiv:2507.05913; derived here (section 4)",
    relative=1e-12,
    absolute=1e-290,
    holds={"n": COUNTS, "beta": nonnegative(), **ATOMS},
    jointly=SUM_TO_ONE,
    gives=vector(probability()),
    domain={"n": N, "beta": BETA, "probabilities": PROBABILITIES, "rewards": REWARDS},
    simulated={"n": SIMULATED_N},
    mutants={
        "half the temperature": _cold,
        "tilted": lambda n, beta, probabilities, rewards: tilted_pmf(
            beta, Discrete(probabilities, rewards)
        ),
    },
)
def soft_best_of_n_pmf(
    n: Numbers, beta: Numbers, probabilities: Numbers, rewards: Numbers
) -> jax.Array:
    r"""Probability that soft best-of-n on a discrete law returns each atom.

    Of n independent samples one is kept with probability proportional to $w_i=e^{\beta r_i}$:

    $$q_i=n\,p_i\int_0^\infty w_i e^{-w_i t}\,\big(E\,e^{-wt}\big)^{n-1}dt.$$

    Args:
      n: number of samples, real, from 1 to 1e15.
      beta: inverse temperature, zero or positive; 0 returns a sample at random.
      probabilities: of the atoms, [..., K], zero or positive, sum 1.
      rewards: of the atoms, [..., K], in any order.

    Leading axes broadcast against n and beta. Returns [..., K]. Relative accuracy 1e-12, above
    1e-290; NaN for beta times the spread of the rewards from 1000 on, where `best_of_n_pmf` serves.

    Raises:
      InputError: n < 1, a negative beta, or atoms that are no law.

    Source: arXiv:2505.03156, arXiv:2507.05913; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> pmf = selection.soft_best_of_n_pmf(4, 1.0, [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3])
    >>> print(pmf.round(8))
    [0.25052788 0.32304961 0.28748662 0.13893589]
    """
    return soft_pmf(n, beta, Discrete(probabilities, rewards))


def _success(n, beta, p):
    p = jnp.asarray(p, jnp.result_type(float))
    return soft_pmf(n, beta, Discrete(jnp.stack([1 - p, p], -1), np.array([0.0, 1.0])))[..., 1]


@declare(
    kind=Exact(),
    formula=r"E\frac{M e^\beta}{M e^\beta + n - M},\; M\sim\mathrm{Bin}(n,p)",
    source="arXiv:2505.03156; derived here (section 4)",
    relative=1e-12,
    absolute=1e-290,
    holds={"n": COUNTS, "beta": between(0, 1000, open="high"), "p": probability()},
    gives=probability(),
    domain={"n": N, "beta": BETA, "p": reals(0.05, 0.95)},
    simulated={"n": SIMULATED_N},
    mutants={
        "mean of the odds": lambda n, beta, p: p * jnp.exp(beta) / (p * jnp.exp(beta) + 1 - p),
        "one sample more": lambda n, beta, p: _success(n + 1, beta, p),
    },
)
def soft_best_of_n_success(n: Numbers, beta: Numbers, p: Numbers) -> jax.Array:
    r"""Success probability of soft best-of-n under a binary reward.

    $$E\frac{M e^\beta}{M e^\beta+n-M},\quad M\sim\mathrm{Bin}(n,p)$$

    Args:
      n: number of samples, real, from 1 to 1e15.
      beta: inverse temperature, zero or positive and below 1000.
      p: success probability of one sample, in [0, 1].

    Arrays broadcast. Accuracy as for `soft_best_of_n_pmf`, without a sum over M.

    Raises:
      InputError: n < 1, a negative beta, or p outside [0, 1].

    Source: arXiv:2505.03156; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> print(f"{selection.soft_best_of_n_success(4, 2.0, 0.2):.10f}")
    0.4527071089
    """
    return _success(n, beta, p)


def _series(n, beta, mean, second, third, fourth):
    """The mean reward to the third order in beta; central moments of one sample.

    The derivatives of a softmax average at beta = 0 are the cumulants of the n samples, of which
    these are the means.
    """
    i = 1 / n
    cumulant = (1 - 6 * i * (1 - i)) * fourth - (3 - 12 * i + 18 * i**2) * second**2
    terms = second + beta / 2 * (1 - 2 * i) * third + beta**2 / 6 * cumulant
    return mean + beta * (1 - i) * terms


def _gain_at(n, beta, law):
    moments = central_moments(law)
    spread = jnp.sqrt(moments[1])
    soft = beta * spread < SOFT
    known = jnp.where(soft, 1 / spread, beta)
    hard = mean_truth(n[None], law, Gumbel(0.0, 1 / known), np.pi / 2 / known)[0]
    return jnp.where(soft, _series(n, beta, *moments), hard)


def gain(n, beta, law):
    if isinstance(law, Discrete):
        return jnp.sum(soft_pmf(n, beta, law) * jnp.asarray(law.rewards), -1)
    light = jnp.isinf(jnp.minimum(*law.tail_indices))
    return jnp.where(light, over_points(_gain_at, n, beta, law), jnp.nan)


@declare(
    kind=Exact(floor=0.2),
    formula=r"E[r \mid r + G/\beta \text{ largest of } n],\; G \text{ Gumbel}",
    source="arXiv:2505.03156, arXiv:2507.05913; derived here (section 4)",
    relative=1e-10,
    absolute=1e-14,
    holds={"n": between(1, 1e12), "beta": nonnegative(), "law": instance(*ANY_LAW)},
    domain={"n": N, "beta": BETA, "law": choices(*LAWS)},
    simulated={"n": SIMULATED_N, "beta": reals(0.3, 2.0)},
    mutants={
        "hard": lambda n, beta, law: mean_of_largest(n, law),
        "half the temperature": lambda n, beta, law: gain(n, 2 * beta, law),
    },
)
def soft_best_of_n_gain(n: Numbers, beta: Numbers, law: RewardLaw = STANDARD_NORMAL) -> jax.Array:
    r"""Mean reward of soft best-of-n.

    The softmax at inverse temperature beta is the largest of r + G/beta with independent standard
    Gumbel variables G, so that soft best-of-n is best-of-n by a proxy with a Gumbel error:

    $$\int E[r\mid s]\,dF_s(s)^n,\quad s=r+G/\beta.$$

    Args:
      n: number of samples, real, from 1 to 1e12.
      beta: inverse temperature, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Arrays broadcast. Relative accuracy 1e-10, and 1e-14 of the mean of one sample where that
    cancels; NaN for temperatures 1/beta below about 0.16 of the spread (for the standard normal
    beta > 6.3; a `Discrete` law: as `soft_best_of_n_pmf`) and for
    rewards with power-law tails. A point takes 15 ms.

    Raises:
      InputError: n < 1 or a negative beta.

    Source: arXiv:2505.03156, arXiv:2507.05913; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> print(f"{selection.soft_best_of_n_gain(16, 1.0):.7f}")
    0.8675478
    """
    return gain(n, beta, law)


def _divergence(q, p, log_ratio=0.0):
    """KL(q || p exp(log_ratio)) over the last axis, of digits where q is close to it or far."""
    some = (p > 0) & (q > 0)
    over = jnp.log(jnp.where(some, q, 1.0)) - jnp.log(jnp.where(some, p, 1.0)) - log_ratio
    other = p * jnp.exp(log_ratio)
    near = some & (jnp.abs(over) < 0.7)
    excess = jnp.where(near, q / jnp.where(near, other, 1.0) - 1, 0.0)
    # (1 + x) ln(1 + x) - x
    term = other * ((1 + excess) * log1p_minus(excess) + excess**2)
    return jnp.sum(jnp.where(near, term, jnp.where(some, q * (over - 1) + other, other)), -1)


def _divergences(n, beta, probabilities, rewards):
    law = Discrete(jnp.asarray(probabilities, float), jnp.asarray(rewards, float))
    soft = soft_pmf(n, beta, law)
    return {
        "to_reference": _divergence(soft, law.probabilities),
        "to_tilted": _divergence(soft, law.probabilities, log_tilted_ratio(beta, law)),
    }


@declare(
    kind=Exact(floor=0.02),
    formula=r"\mathrm{KL}(q_n\|p),\; \mathrm{KL}(q_n\|q_\infty)",
    source="arXiv:2505.03156; derived here (section 4)",
    relative=1e-12,
    absolute=1e-14,
    holds={"n": COUNTS, "beta": nonnegative(), **ATOMS},
    jointly=SUM_TO_ONE,
    gives=at_least(0),
    domain={
        "n": log_integers(1, 10**6),
        "beta": BETA,
        "probabilities": OFTEN,
        "rewards": REWARDS,
    },
    simulated={"n": SIMULATED_N},
    mutants={
        "one sample more": lambda n, beta, probabilities, rewards: _divergences(
            n + 1, beta, probabilities, rewards
        ),
        "exchanged": lambda n, beta, probabilities, rewards: dict(
            zip(
                ("to_tilted", "to_reference"),
                _divergences(n, beta, probabilities, rewards).values(),
                strict=True,
            )
        ),
    },
)
def soft_best_of_n_divergences(
    n: Numbers, beta: Numbers, probabilities: Numbers, rewards: Numbers
) -> dict[str, jax.Array]:
    r"""Divergence of soft best-of-n from the reference, and from the tilted law it tends to.

    $$\mathrm{KL}(q_n\|p),\qquad \mathrm{KL}(q_n\|q_\infty),\quad q_\infty\propto p\,e^{\beta r}$$

    Args:
      n: number of samples, real, from 1 to 1e15.
      beta: inverse temperature, zero or positive.
      probabilities, rewards: of the atoms, [..., K], as for `soft_best_of_n_pmf`.

    Leading axes broadcast. Returns a mapping: `to_reference` and `to_tilted`, in nats. Relative
    accuracy 1e-12 and absolute 1e-14; `to_tilted`, of size n^-2, is accurate to 1e-14/n. NaN as
    `soft_best_of_n_pmf`.

    Raises:
      InputError: n < 1, a negative beta, or atoms that are no law.

    Source: arXiv:2505.03156; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> atoms = [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]
    >>> print(f"{selection.soft_best_of_n_divergences(4, 1.0, *atoms)['to_reference']:.10f}")
    0.1798018633
    """
    return _divergences(n, beta, probabilities, rewards)


@functools.partial(jax.jit, static_argnames="rounds")
def _curated(rounds, n, beta, probabilities, rewards):
    p, r = jnp.asarray(probabilities, float), jnp.asarray(rewards, float)

    def curate(p, _):
        return soft_pmf(n, beta, Discrete(p, r)), None

    p = jnp.broadcast_to(p, jnp.broadcast_shapes(p.shape, r.shape, (*jnp.shape(n + beta), 1)))
    return lax.scan(curate, p, length=rounds)[0]


@declare(
    kind=Exact(floor=0.1),
    formula=r"p_{t+1} = \mathrm{softBoN}_n(p_t)",
    source="arXiv:2407.09499; derived here (section 4)",
    relative=1e-11,
    absolute=1e-290,
    holds={
        "rounds": static(whole(0, 1000)),
        "n": COUNTS,
        "beta": nonnegative(),
        **ATOMS,
    },
    jointly=SUM_TO_ONE,
    gives=vector(probability()),
    domain={
        "rounds": choices(1, 2, 4),
        "n": choices(2, 4, 8),
        "beta": log_reals(0.3, 2.0),
        "probabilities": OFTEN,
        "rewards": REWARDS,
    },
    mutants={
        "one round more": lambda rounds, *arguments, **named: _curated(
            int(rounds) + 1, *arguments, **named
        ),
        "one sample more": lambda rounds, n, **named: _curated(int(rounds), n + 1, **named),
    },
)
def iterated_curation(
    rounds: Numbers, n: Numbers, beta: Numbers, probabilities: Numbers, rewards: Numbers
) -> jax.Array:
    r"""Law of a model retrained, round after round, on its own soft best-of-n answers.

    $$p_{t+1}=\mathrm{softBoN}_{n,\beta}(p_t),\quad t=0,\dots,\mathrm{rounds}-1$$

    E exp(beta r) grows with every round; the mass goes to the highest reward.

    Args:
      rounds: a whole number, zero or more; one number.
      n: number of samples per answer, real and at least 1; 1 changes nothing.
      beta: inverse temperature, zero or positive.
      probabilities, rewards: of the atoms, [..., K], as for `soft_best_of_n_pmf`.

    Leading axes broadcast. Returns [..., K], accurate as `soft_best_of_n_pmf`.

    Raises:
      InputError: rounds not whole, n < 1, a negative beta, or atoms that are no law.

    Source: arXiv:2407.09499; derived here (docs, selection section 4).

    >>> import numpy as np
    >>> from jtts.theory import selection
    >>> pmf = selection.iterated_curation(2, 4, 1.0, np.full(5, 0.2), np.arange(5) / 2)
    >>> print(pmf.round(7))
    [0.0242793 0.0582121 0.1312326 0.2727909 0.5134852]
    """
    Discrete(probabilities, rewards)
    return _curated(rounds, n, beta, probabilities, rewards)
