"""Exponential tilting, the best trade of reward against divergence, and best-of-n beside it."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, constant, log_integers, log_reals, reals
from jtts.kinds import Bound, Exact
from jtts.laws import law as declare
from jtts.numeric import Numbers
from jtts.promises import instance, nonnegative
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
from jtts.theory.selection.differences import divergence_term, expm1_minus
from jtts.theory.selection.divergences import best_of_n_divergences
from jtts.theory.selection.domains import ANY_LAW, COUNTS, FOUR
from jtts.theory.selection.points import over_points

LOG_ODDS = np.linspace(-690.0, 690.0, 5521)  # of the rank: tails down to 1e-300
MASS = (LOG_ODDS[1] - LOG_ODDS[0]) / (2 + np.exp(LOG_ODDS) + np.exp(-LOG_ODDS))
NEGLIGIBLE = 36.0  # a weight at the end of the range above exp(-NEGLIGIBLE) of the largest: no law
SEARCHED = -40.0, 700.0  # ln(beta times the spread), in search of a divergence
SLIGHT = 1e-30  # divergences at which the gain is linear in their root
HALVINGS = 64


def log_of_rest(p):
    """ln(1 - p)."""
    return jnp.log1p(-p)


NEGATIVE_EXPONENTIAL = Quantile(jnp.log, upper=log_of_rest)
LAWS_WITHOUT_ATOMS = Normal(), Uniform(-1.0, 2.0), Exponential(0.4), Logistic(0.0, 0.4)
LAWS = choices(*LAWS_WITHOUT_ATOMS, Discrete(np.array(FOUR), np.arange(4.0)))


def _nodes(law):
    """Mass and reward of the atoms of a law, or of nodes that stand for it, and what to add to the
    rewards: far from 0 they would lose digits."""
    if isinstance(law, Discrete):
        rewards = jnp.asarray(law.rewards)
        return jnp.asarray(law.probabilities), rewards - rewards[0], rewards[0]
    first = 0.0
    for name in ("mean", "location"):
        if hasattr(law, name):
            first = getattr(law, name)
            law = dataclasses.replace(law, **{name: 0.0})
    if isinstance(law, Uniform):
        first, law = law.low, Uniform(0.0, law.high - law.low)
    lower, upper = 1 / (1 + np.exp(-LOG_ODDS)), 1 / (1 + np.exp(LOG_ODDS))
    return MASS, law.quantile(lower, upper), first


def central_moments(law):
    """Mean and second to fourth central moments of one sample."""
    mass, reward, first = _nodes(law)
    mean = jnp.sum(mass * reward)
    return first + mean, *(jnp.sum(mass * (reward - mean) ** power) for power in (2, 3, 4))


def tilt(beta, law):
    """Of the law tilted by exp(beta r): ln E exp(beta (r - mean)) and the mean it refers to, the
    gain over that mean, the divergence and the variance; NaN where there is no such law."""
    mass, reward, first = _nodes(law)
    mean = jnp.sum(mass * reward) / jnp.sum(mass)
    r = reward - mean
    some = mass > 0
    y = beta * r
    # of order beta^2 where beta is small, without the terms of order beta
    slight = beta**2 * jnp.sum(mass * r**2) < 0.1
    little = jnp.log1p(jnp.sum(mass * expm1_minus(jnp.clip(y, -700.0, 700.0))))
    log_mass = jnp.log(jnp.where(some, mass, 1.0))
    main = jnp.argmax(jnp.where(some, log_mass + y, -jnp.inf))
    above = beta * (r - r[main])  # exactly 0 where the mass goes, whatever the size of beta
    rest = jnp.log(jnp.sum(mass * jnp.exp(jnp.minimum(above, 700.0))))
    log_z = jnp.where(slight, little, y[main] + rest)
    log_ratio = jnp.minimum(jnp.where(slight, y - little, above - rest), 700.0)
    share = mass * jnp.exp(log_ratio)
    changed = jnp.where(log_ratio < 1, jnp.expm1(jnp.minimum(log_ratio, 1.0)), 0.0) * mass
    changed += jnp.where(log_ratio < 1, 0.0, share - mass)
    gain = jnp.sum(changed * r)
    near = mass * divergence_term(jnp.minimum(log_ratio, 1.0))
    kl = jnp.sum(jnp.where(log_ratio < 1, near, share * (log_ratio - 1) + mass))
    found = {"log_z": log_z, "from": first + mean, "gain": gain, "kl": kl}
    found["variance"] = jnp.sum(share * (r - gain) ** 2)
    if isinstance(law, Discrete):
        return found
    gone = jnp.maximum(share[0], share[-1]) < np.exp(-NEGLIGIBLE)
    return jax.tree.map(lambda x: jnp.where(gone, x, jnp.nan), found)


def log_partition(beta, law):
    """ln E exp(beta r) and the mean of the law tilted by it; NaN where there is no such law."""
    found = tilt(beta, law)
    return found["log_z"] + beta * found["from"], found["from"] + found["gain"]


def _moments(beta, law):
    found = tilt(beta, law)
    return {"mean": found["from"] + found["gain"], "kl": found["kl"]}


def tilted(beta, law):
    return over_points(_moments, beta, law, block=4)


@declare(
    kind=Exact(floor=0.1),
    formula=r"E_\beta r,\; \beta E_\beta r - \ln Z",
    source="arXiv:2505.03156; derived here (section 3)",
    relative=1e-12,
    absolute=1e-14,
    holds={"beta": nonnegative(), "law": instance(*ANY_LAW)},
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
def tilted_moments(beta: Numbers, law: RewardLaw = STANDARD_NORMAL) -> dict[str, jax.Array]:
    r"""Mean reward and divergence of the law tilted by exp(beta r).

    $$q(r)\propto p(r)e^{\beta r},\quad \ln Z=\ln E\,e^{\beta r},\quad
      \mathrm{KL}(q\|p)=\beta\,E_q r-\ln Z$$

    The target of reward-regularised fine-tuning, and the limit of soft best-of-n.

    Args:
      beta: inverse temperature, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against beta. Returns a mapping: `mean`, and `kl` in nats, which is
    of order beta^2. Relative accuracy 1e-12 for laws with a smooth quantile function, and 1e-14
    absolute; NaN where E exp(beta r) is infinite or barely finite (a tail exp(-a r) with
    beta > 0.94 a, any power-law tail), and where the tilted law lies beyond tail probabilities of
    1e-300 (beta > 25 for the normal).

    Raises:
      InputError: a negative beta.

    Source: arXiv:2505.03156; derived here (docs, selection section 3).

    >>> from jtts.theory import selection
    >>> print({name: f"{x:.10f}" for name, x in selection.tilted_moments(2.0).items()})
    {'kl': '2.0000000000', 'mean': '2.0000000000'}
    """
    return tilted(beta, law)


def _near_one(n, law):
    mean, second = central_moments(law)[:2]
    return mean + jnp.sqrt(second) * (n - 1)


def _gain_at(kl, law):
    """min over beta of (kl + ln Z) / beta: at the minimum, by duality, the divergence is kl."""
    mean, second = central_moments(law)[:2]
    spread = jnp.sqrt(second)
    slight = kl < SLIGHT
    fixed, kl_there = lax.stop_gradient((spread, law)), jnp.where(slight, 1.0, kl)

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        found = tilt(jnp.exp(middle) / fixed[0], fixed[1])["kl"]
        beyond = ~(found <= lax.stop_gradient(kl_there))
        return jnp.where(beyond, low, middle), jnp.where(beyond, middle, high)

    ends = tuple(jnp.full_like(lax.stop_gradient(kl), end) for end in SEARCHED)
    beta = jnp.exp(lax.stop_gradient(lax.fori_loop(0, HALVINGS, halve, ends)[0])) / fixed[0]
    found = tilt(beta, law)
    met = jnp.abs(found["kl"] - kl_there) < 1e-6 * kl_there
    # a step of Newton's method, of length 0, carries the derivatives of beta
    slope = jnp.where(met, beta**2 * found["variance"], 1.0)
    beta *= 1 + jnp.where(met & (slope > 0), kl_there - found["kl"], 0.0) / jnp.maximum(
        slope, 1e-300
    )
    found = tilt(beta, law)
    known = met | isinstance(law, Discrete)  # whose divergence is bounded, and the gain with it
    value = jnp.where(known, found["from"] + (kl_there + found["log_z"]) / beta, jnp.nan)
    return jnp.where(slight, mean + jnp.sqrt(2.0) * spread * jnp.sqrt(kl), value)


def gain(kl, law):
    return over_points(_gain_at, kl, law)


@declare(
    kind=Exact(floor=0.1),
    formula=r"\min_{\beta>0} \frac{D + \ln E\,e^{\beta r}}{\beta}",
    source="arXiv:2210.10760; derived here (section 3)",
    relative=5e-12,
    absolute=1e-14,
    holds={"kl": nonnegative(), "law": instance(*ANY_LAW)},
    domain={"kl": log_reals(1e-3, 20.0), "law": LAWS},
    simulated={"kl": reals(0.1, 1.0)},
    mutants={
        "half the divergence": lambda kl, law: gain(kl / 2, law),
        "twice the divergence": lambda kl, law: gain(2 * kl, law),
    },
)
def gain_at_kl(kl: Numbers, law: RewardLaw = STANDARD_NORMAL) -> jax.Array:
    r"""Largest mean reward of any policy at that divergence from the reference.

    $$G(D)=\max_{q:\,\mathrm{KL}(q\|p)\le D}E_q r
      =\min_{\beta>0}\frac{D+\ln E\,e^{\beta r}}{\beta},$$

    attained by the tilted law; sqrt(2 D) for a standard normal reward.

    Args:
      kl: divergence D in nats, zero or positive.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Fields of the law broadcast against kl. Relative accuracy 5e-12, and 1e-14 of the law's location
    where that cancels; the highest reward of a discrete law once D exceeds -ln P(highest); NaN
    where the tilted law does not exist or `tilted_moments` does not know it: power-law tails, D
    above 17 for exponential tails, 36 for the uniform law, 400 for the normal. The slope at D = 0
    is infinite.

    Raises:
      InputError: a negative kl.

    Source: arXiv:2210.10760; derived here (docs, selection section 3).

    >>> from jtts.theory import selection
    >>> print(f"{selection.gain_at_kl(0.5):.10f}")
    1.0000000000
    """
    return gain(kl, law)


def _bound(n, law, others=1.0):
    kl = jnp.log(jnp.asarray(n, float)) - others * (n - 1) / n
    return gain(kl, law)


@declare(
    kind=Bound(side="upper", tight={"law": constant(NEGATIVE_EXPONENTIAL)}),
    formula=r"\mu_n \le G\big(\ln n - \tfrac{n-1}n\big)",
    source="arXiv:2210.10760; derived here (section 3)",
    relative=1e-12,
    absolute=1e-14,
    holds={"n": COUNTS, "law": instance(*ANY_LAW)},
    domain={"n": log_integers(1, 10**9), "law": choices(*LAWS_WITHOUT_ATOMS)},
    simulated={"n": log_integers(2, 32)},
    mutants={"subtracts twice the ranks": lambda n, law: _bound(n, law, others=1.2)},
)
def best_of_n_gain_bound(n: Numbers, law: RewardLaw = STANDARD_NORMAL) -> jax.Array:
    r"""Upper bound on the mean reward of best-of-n: tilting at equal divergence does better.

    $$E\max_{i\le n}r_i\le G\Big(\ln n-\frac{n-1}n\Big)$$

    with equality for rewards -Exp(a), which tilting turns into the largest of n = 1 + beta/a.

    Args:
      n: number of samples, real, from 1 to 1e15.
      law: of the reward, from `jtts.rewards`; standard normal if not given.

    Accuracy and NaN as for `gain_at_kl`. With atoms best-of-n moves less than ln n - (n-1)/n; the
    bound holds and is loose.

    Raises:
      InputError: n outside [1, 1e15].

    Source: arXiv:2210.10760; derived here (docs, selection section 3).

    >>> from jtts.theory import selection
    >>> print(f"{selection.expected_max(16):.9f} {selection.best_of_n_gain_bound(16):.9f}")
    1.765991393 1.915770718
    """
    n = jnp.asarray(n, float)
    alone = n == 1  # where the divergence is flat and its root is not: (n - 1) / sqrt(2)
    several = gain(best_of_n_divergences.function(jnp.where(alone, 2.0, n))["kl"], law)
    return jnp.where(alone, over_points(_near_one, n, law), several)
