"""Soft best-of-n: draw n, keep one with probability proportional to exp(beta reward)."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_at_least, require_nonnegative, require_whole
from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law as declare
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
from jtts.theory.selection.domains import FOUR, PROBABILITIES, REWARDS
from jtts.theory.selection.order_statistics import mean_of_largest
from jtts.theory.selection.points import over_points
from jtts.theory.selection.proxy import mean_truth
from jtts.theory.selection.soft_atoms import soft_pmf, tilted_pmf

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
SOFTEST = 1e-6  # inverse temperatures below it, in units of the reward's spread, act like it


def _cold(n, beta, probabilities, rewards):
    return soft_pmf(n, 2 * beta, Discrete(probabilities, rewards))


@declare(
    kind=Exact(floor=0.1),
    formula=r"n p_i \int_0^\infty w_i e^{-w_i t} \big(E e^{-wt}\big)^{n-1} dt,\; w = e^{\beta r}",
    source="arXiv:2505.03156, arXiv:2507.05913; derived here (section 4)",
    domain={"n": N, "beta": BETA, "probabilities": PROBABILITIES, "rewards": REWARDS},
    simulated={"n": SIMULATED_N},
    mutants={
        "half the temperature": _cold,
        "tilted": lambda n, beta, probabilities, rewards: tilted_pmf(
            beta, Discrete(probabilities, rewards)
        ),
    },
)
def soft_best_of_n_pmf(n, beta, probabilities, rewards):
    r"""Probability that soft best-of-n on a discrete law returns each atom.

    Of n independent samples one is kept with probability proportional to $w_i=e^{\beta r_i}$:

    $$q_i=n\,p_i\int_0^\infty w_i e^{-w_i t}\,\big(E\,e^{-wt}\big)^{n-1}dt.$$

    Args:
      n: number of samples, real and at least 1.
      beta: inverse temperature, zero or positive; 0 returns a sample at random.
      probabilities: of the atoms, [..., K], zero or positive, sum 1.
      rewards: of the atoms, [..., K], in any order.

    Leading axes broadcast against n and beta. Returns [..., K]. Relative accuracy 1e-12 for
    beta times the spread of the rewards up to 500, 1e-8 up to 1000 and NaN beyond, where
    `best_of_n_pmf` serves.

    Raises:
      InputError: n < 1, a negative beta, or atoms that are no law.

    Source: arXiv:2505.03156, arXiv:2507.05913; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> pmf = selection.soft_best_of_n_pmf(4, 1.0, [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3])
    >>> print(pmf.round(8))
    [0.25052788 0.32304961 0.28748662 0.13893589]
    """
    require_at_least(1, n=n)
    require_nonnegative(beta=beta)
    return soft_pmf(n, beta, Discrete(probabilities, rewards))


def _success(n, beta, p):
    p = jnp.asarray(p, jnp.result_type(float))
    return soft_pmf(n, beta, Discrete(jnp.stack([1 - p, p], -1), np.array([0.0, 1.0])))[..., 1]


@declare(
    kind=Exact(),
    formula=r"E\frac{M e^\beta}{M e^\beta + n - M},\; M\sim\mathrm{Bin}(n,p)",
    source="arXiv:2505.03156; derived here (section 4)",
    domain={"n": N, "beta": BETA, "p": reals(0.05, 0.95)},
    simulated={"n": SIMULATED_N},
    mutants={
        "mean of the odds": lambda n, beta, p: p * jnp.exp(beta) / (p * jnp.exp(beta) + 1 - p),
        "one sample more": lambda n, beta, p: _success(n + 1, beta, p),
    },
)
def soft_best_of_n_success(n, beta, p):
    r"""Success probability of soft best-of-n under a binary reward.

    $$E\frac{M e^\beta}{M e^\beta+n-M},\quad M\sim\mathrm{Bin}(n,p)$$

    Args:
      n: number of samples, real and at least 1.
      beta: inverse temperature, zero or positive.
      p: success probability of one sample, in [0, 1].

    Arrays broadcast. Accuracy as for `soft_best_of_n_pmf`, without a sum over M.

    Raises:
      InputError: n < 1, a negative beta, or p outside [0, 1].

    Source: arXiv:2505.03156; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> print(f"{selection.soft_best_of_n_success(4, 2.0, 0.2):.10f}")
    0.4527071089
    """
    require_at_least(1, n=n)
    require_nonnegative(beta=beta)
    return _success(n, beta, p)


def _gain_at(n, beta, law):
    error = Gumbel(0.0, 1 / beta)
    return mean_truth(n[None], law, error, np.pi / 2 / beta)[0]


def gain(n, beta, law):
    if isinstance(law, Discrete):
        return jnp.sum(soft_pmf(n, beta, law) * jnp.asarray(law.rewards), -1)
    known = jnp.where(jnp.asarray(beta) > SOFTEST, beta, 1.0)
    at_random = mean_of_largest(jnp.ones(()), law)
    return jnp.where(jnp.asarray(beta) > SOFTEST, over_points(_gain_at, n, known, law), at_random)


@declare(
    kind=Exact(floor=0.2),
    formula=r"E[r \mid r + G/\beta \text{ largest of } n],\; G \text{ Gumbel}",
    source="arXiv:2505.03156, arXiv:2507.05913; derived here (section 4)",
    domain={"n": N, "beta": BETA, "law": choices(*LAWS)},
    simulated={"n": SIMULATED_N, "beta": reals(0.3, 2.0)},
    mutants={
        "hard": lambda n, beta, law: mean_of_largest(n, law),
        "half the temperature": lambda n, beta, law: gain(n, 2 * beta, law),
    },
)
def soft_best_of_n_gain(n, beta, law: RewardLaw = STANDARD_NORMAL):
    r"""Mean reward of soft best-of-n.

    The softmax at inverse temperature beta is the largest of r + G/beta with independent standard
    Gumbel variables G, so that soft best-of-n is best-of-n by a proxy with a Gumbel error:

    $$\int E[r\mid s]\,dF_s(s)^n,\quad s=r+G/\beta.$$

    Args:
      n: number of samples, real and at least 1.
      beta: inverse temperature, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Arrays broadcast. Relative accuracy 1e-10; NaN for temperatures 1/beta below about 0.16 of the
    spread (for the standard normal beta > 6.3; a `Discrete` law: as `soft_best_of_n_pmf`) and for
    rewards with power-law tails. A point takes 15 ms.

    Raises:
      InputError: n < 1 or a negative beta.

    Source: arXiv:2505.03156, arXiv:2507.05913; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> print(f"{selection.soft_best_of_n_gain(16, 1.0):.7f}")
    0.8675478
    """
    require_at_least(1, n=n)
    require_nonnegative(beta=beta)
    return gain(n, beta, law)


def divergence(q, p):
    """KL(q || p) over the last axis, without cancellation where q is close to p."""
    some = p > 0
    excess = jnp.where(some, q / jnp.where(some, p, 1.0) - 1, 0.0)
    full = excess <= -1
    safe = jnp.where(full, 0.0, excess)
    # (1 + x) ln(1 + x) - x, whose leading terms cancel
    series = safe**2 / 2 * (1 - safe / 3 * (1 - safe / 2))
    exact = (1 + safe) * jnp.log1p(safe) - safe
    term = jnp.where(full, 1.0, jnp.where(jnp.abs(safe) < 1e-4, series, exact))
    return jnp.sum(jnp.where(some, p * term, 0.0), -1)


def _divergences(n, beta, probabilities, rewards):
    law = Discrete(probabilities, rewards)
    soft = soft_pmf(n, beta, law)
    return {
        "to_reference": divergence(soft, jnp.asarray(probabilities, float)),
        "to_tilted": divergence(soft, tilted_pmf(beta, law)),
    }


@declare(
    kind=Exact(floor=0.02),
    formula=r"\mathrm{KL}(q_n\|p),\; \mathrm{KL}(q_n\|q_\infty)",
    source="arXiv:2505.03156; derived here (section 4)",
    domain={
        "n": log_integers(1, 10**6),
        "beta": BETA,
        "probabilities": PROBABILITIES,
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
def soft_best_of_n_divergences(n, beta, probabilities, rewards):
    r"""Divergence of soft best-of-n from the reference, and from the tilted law it tends to.

    $$\mathrm{KL}(q_n\|p),\qquad \mathrm{KL}(q_n\|q_\infty),\quad q_\infty\propto p\,e^{\beta r}$$

    Args:
      n: number of samples, real and at least 1.
      beta: inverse temperature, zero or positive.
      probabilities, rewards: of the atoms, [..., K], as for `soft_best_of_n_pmf`.

    Leading axes broadcast. Returns a mapping: `to_reference` and `to_tilted`, in nats. Absolute
    accuracy 1e-14; `to_tilted` is accurate to 1e-13/n relative to its size, about n^-2.

    Raises:
      InputError: n < 1, a negative beta, or atoms that are no law.

    Source: arXiv:2505.03156; derived here (docs, selection section 4).

    >>> from jtts.theory import selection
    >>> atoms = [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]
    >>> print(f"{selection.soft_best_of_n_divergences(4, 1.0, *atoms)['to_reference']:.10f}")
    0.1798018633
    """
    require_at_least(1, n=n)
    require_nonnegative(beta=beta)
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
    domain={
        "rounds": choices(1, 2, 4),
        "n": choices(2, 4, 8),
        "beta": log_reals(0.3, 2.0),
        "probabilities": PROBABILITIES,
        "rewards": REWARDS,
    },
    mutants={
        "one round more": lambda rounds, *arguments, **named: _curated(
            int(rounds) + 1, *arguments, **named
        ),
        "one sample more": lambda rounds, n, **named: _curated(int(rounds), n + 1, **named),
    },
)
def iterated_curation(rounds, n, beta, probabilities, rewards):
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
    require_whole(0, rounds=rounds)
    require_at_least(1, n=n)
    require_nonnegative(beta=beta)
    Discrete(probabilities, rewards)
    return _curated(int(rounds), n, beta, probabilities, rewards)
