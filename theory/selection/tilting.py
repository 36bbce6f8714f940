"""Exponential tilting, the best trade of reward against divergence, and best-of-n beside it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.arguments import require_at_least, require_nonnegative
from jtts.domain import choices, constant, log_integers, log_reals, reals
from jtts.kinds import Bound, Exact
from jtts.laws import law as declare
from jtts.rewards import (
    STANDARD_NORMAL,
    Discrete,
    Exponential,
    Logistic,
    Normal,
    Quantile,
    RewardLaw,
    Uniform,
)
from jtts.theory.selection.divergences import best_of_n_divergences
from jtts.theory.selection.domains import FOUR
from jtts.theory.selection.points import over_points

LOG_ODDS = np.linspace(-690.0, 690.0, 3000)  # of the rank: tails down to 1e-300
NEGLIGIBLE = 30.0  # a weight at the end of the range above exp(-NEGLIGIBLE) of the largest: no law
SEARCHED = 25.0  # |ln beta|, in search of a divergence
HALVINGS = 60

NEGATIVE_EXPONENTIAL = Quantile(jnp.log, upper=lambda p: jnp.log1p(-p))
LAWS_WITHOUT_ATOMS = Normal(), Uniform(-1.0, 2.0), Exponential(0.4), Logistic(0.0, 0.4)
LAWS = choices(*LAWS_WITHOUT_ATOMS, Discrete(np.array(FOUR), np.arange(4.0)))


def log_partition(beta, law):
    """ln E exp(beta r) and the mean of the law tilted by it; NaN where there is no such law."""
    if isinstance(law, Discrete):
        p = jnp.asarray(law.probabilities)
        reward, log_mass = jnp.asarray(law.rewards), jnp.log(jnp.where(p > 0, p, 0.0))
    else:
        lower, upper = jax.nn.sigmoid(LOG_ODDS), jax.nn.sigmoid(-LOG_ODDS)
        reward = law.quantile(lower, upper)
        step = LOG_ODDS[1] - LOG_ODDS[0]
        log_mass = jax.nn.log_sigmoid(LOG_ODDS) + jax.nn.log_sigmoid(-LOG_ODDS) + np.log(step)
    log_weight = log_mass + beta * reward
    log_z = jax.nn.logsumexp(log_weight)
    share = jnp.exp(log_weight - log_z)
    if isinstance(law, Discrete):
        return log_z, share @ reward
    gone = jnp.maximum(share[0], share[-1]) < np.exp(-NEGLIGIBLE)
    return jnp.where(gone, log_z, jnp.nan), jnp.where(gone, share @ reward, jnp.nan)


def _moments(beta, law):
    log_z, mean = log_partition(beta, law)
    return {"mean": mean, "kl": beta * mean - log_z}


def tilted(beta, law):
    return over_points(_moments, beta, law, block=4)


@declare(
    kind=Exact(floor=0.1),
    formula=r"E_\beta r,\; \beta E_\beta r - \ln Z",
    source="arXiv:2505.03156; derived here (section 3)",
    domain={"beta": log_reals(0.01, 2.0), "law": LAWS},
    simulated={"beta": reals(0.3, 0.9)},  # weights of finite variance
    mutants={
        "twice the exponent": lambda beta, law: tilted(2 * beta, law),
        "of the dual": lambda beta, law: {
            "mean": tilted(beta, law)["mean"],
            "kl": beta * tilted(beta, law)["mean"],
        },
    },
)
def tilted_moments(beta, law: RewardLaw = STANDARD_NORMAL):
    r"""Mean reward and divergence of the law tilted by exp(beta r).

    $$q(r)\propto p(r)e^{\beta r},\quad \ln Z=\ln E\,e^{\beta r},\quad
      \mathrm{KL}(q\|p)=\beta\,E_q r-\ln Z$$

    The target of reward-regularised fine-tuning, and the limit of soft best-of-n.

    Args:
      beta: inverse temperature, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against beta. Returns a mapping: `mean`, and `kl` in nats. Relative
    accuracy 1e-12 for laws with a smooth quantile function; NaN where E exp(beta r) is infinite or
    barely finite (a tail exp(-a r) with beta > 0.95 a, any power-law tail), and where the tilted
    law lies beyond tail probabilities of 1e-300 (beta > 25 for the normal).

    Raises:
      InputError: a negative beta.

    Source: arXiv:2505.03156; derived here (docs, selection section 3).

    >>> from jtts.theory import selection
    >>> print({name: f"{x:.10f}" for name, x in selection.tilted_moments(2.0).items()})
    {'kl': '2.0000000000', 'mean': '2.0000000000'}
    """
    require_nonnegative(beta=beta)
    return tilted(beta, law)


def _gain_at(kl, law):
    """min over beta of (kl + ln Z) / beta: at the minimum, by duality, the divergence is kl."""

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        found = _moments(jnp.exp(middle), law)["kl"]
        beyond = ~(found <= kl)
        return jnp.where(beyond, low, middle), jnp.where(beyond, middle, high)

    fixed = lax.stop_gradient(kl)
    ends = (jnp.full_like(fixed, -SEARCHED), jnp.full_like(fixed, SEARCHED))
    beta = jnp.exp(lax.stop_gradient(lax.fori_loop(0, HALVINGS, halve, ends)[0]))
    log_z, mean = log_partition(beta, law)
    gain = (kl + log_z) / beta
    met = jnp.abs(beta * mean - log_z - kl) < 1e-6 * kl
    met |= isinstance(law, Discrete)  # whose divergence is bounded, and the gain with it
    at_rest = log_partition(jnp.zeros_like(kl), law)[1]
    return jnp.where(kl > np.exp(-SEARCHED), jnp.where(met, gain, jnp.nan), at_rest)


def gain(kl, law):
    return over_points(_gain_at, kl, law)


@declare(
    kind=Exact(floor=0.1),
    formula=r"\min_{\beta>0} \frac{D + \ln E\,e^{\beta r}}{\beta}",
    source="arXiv:2210.10760; derived here (section 3)",
    domain={"kl": log_reals(1e-3, 20.0), "law": LAWS},
    simulated={"kl": reals(0.1, 1.0)},
    mutants={
        "half the divergence": lambda kl, law: gain(kl / 2, law),
        "twice the divergence": lambda kl, law: gain(2 * kl, law),
    },
)
def gain_at_kl(kl, law: RewardLaw = STANDARD_NORMAL):
    r"""Largest mean reward of any policy at that divergence from the reference.

    $$G(D)=\max_{q:\,\mathrm{KL}(q\|p)\le D}E_q r
      =\min_{\beta>0}\frac{D+\ln E\,e^{\beta r}}{\beta},$$

    attained by the tilted law; sqrt(2 D) for a standard normal reward.

    Args:
      kl: divergence D in nats, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against kl. Relative accuracy 1e-10 for D above 1e-4, 1e-14 / D
    below, and the mean of the reference for D below 1e-11; the highest reward of a discrete law
    once D exceeds -ln P(highest); NaN where the tilted law does not exist (power-law tails).

    Raises:
      InputError: a negative kl.

    Source: arXiv:2210.10760; derived here (docs, selection section 3).

    >>> from jtts.theory import selection
    >>> print(f"{selection.gain_at_kl(0.5):.10f}")
    1.0000000000
    """
    require_nonnegative(kl=kl)
    return gain(kl, law)


def _bound(n, law, others=1.0):
    kl = jnp.log(jnp.asarray(n, float)) - others * (n - 1) / n
    return gain(kl, law)


@declare(
    kind=Bound(side="upper", tight={"law": constant(NEGATIVE_EXPONENTIAL)}),
    formula=r"\mu_n \le G\big(\ln n - \tfrac{n-1}n\big)",
    source="arXiv:2210.10760; derived here (section 3)",
    domain={"n": log_integers(1, 10**9), "law": choices(*LAWS_WITHOUT_ATOMS)},
    simulated={"n": log_integers(2, 32)},
    mutants={"subtracts twice the ranks": lambda n, law: _bound(n, law, others=1.2)},
)
def best_of_n_gain_bound(n, law: RewardLaw = STANDARD_NORMAL):
    r"""Upper bound on the mean reward of best-of-n: tilting at equal divergence does better.

    $$E\max_{i\le n}r_i\le G\Big(\ln n-\frac{n-1}n\Big)$$

    with equality for rewards -Exp(a), which tilting turns into the largest of n = 1 + beta/a.

    Args:
      n: number of samples, real and at least 1.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Accuracy and NaN as for `gain_at_kl`. With atoms best-of-n moves less than ln n - (n-1)/n; the
    bound holds and is loose.

    Raises:
      InputError: n < 1.

    Source: arXiv:2210.10760; derived here (docs, selection section 3).

    >>> from jtts.theory import selection
    >>> print(f"{selection.expected_max(16):.9f} {selection.best_of_n_gain_bound(16):.9f}")
    1.765991393 1.915770718
    """
    require_at_least(1, n=n)
    return gain(best_of_n_divergences.function(n)["kl"], law)
