"""Best-of-n on a discrete law: atoms and ties."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_at_least
from jtts.domain import log_integers
from jtts.kinds import Exact
from jtts.laws import law
from jtts.rewards import Discrete, log_of_tail, require_atoms
from jtts.theory.selection.domains import PROBABILITIES, REWARDS
from jtts.theory.selection.points import over_points

SIMULATED_N = log_integers(1, 16)
FREQUENT = log_integers(1, 3)  # beyond, the lowest atoms are never seen


def _log_ratio(n, law):
    """ln of the selection probability of each atom over its own; -inf for an atom of mass 0."""
    order = jnp.argsort(law.rewards)
    p, r = law.probabilities[order], law.rewards[order]
    first, last = jnp.searchsorted(r, r), jnp.searchsorted(r, r, side="right")
    from_below = jnp.append(0.0, jnp.cumsum(p))
    from_above = jnp.append(jnp.cumsum(p[::-1])[::-1], 0.0)
    log_upto = log_of_tail(jnp.minimum(from_below[last], 1.0), from_above[last])
    # ln of the chance that a sample that does not exceed the tied group falls below it
    group = from_below[last] - from_below[first]
    share = jnp.clip(group / jnp.where(group > 0, from_below[last], 1.0), 0.0, 1.0)
    inner = share < 1
    log_below = jnp.where(inner, jnp.log1p(-jnp.where(inner, share, 0.0)), -jnp.inf)
    some = jnp.where(inner, n * jnp.where(inner, log_below, -1.0), -1.0)
    log_one = jnp.log(jnp.where(inner, -jnp.expm1(some), 1.0))
    present = group > 0
    ratio = (
        n * log_upto + jnp.where(present, log_one, 0.0) - jnp.log(jnp.where(present, group, 1.0))
    )
    ratio = jnp.where(present & (p > 0), ratio, -jnp.inf)
    return ratio[jnp.argsort(order)]


def _pmf_at(n, law):
    log_ratio = _log_ratio(n, law)
    some = law.probabilities > 0
    return jnp.where(some, law.probabilities * jnp.exp(jnp.where(some, log_ratio, 0.0)), 0.0)


def _kl_at(n, law):
    log_ratio = _log_ratio(n, law)
    some = jnp.isfinite(log_ratio)
    log_ratio = jnp.where(some, log_ratio, 0.0)
    return jnp.sum(jnp.where(some, law.probabilities * jnp.exp(log_ratio) * log_ratio, 0.0))


def pmf_of_best(n, law):
    """Probability that the best of n returns each atom of a discrete law, [..., K]."""
    return over_points(_pmf_at, n, law, block=64)


def _first_of_ties(n, probabilities, rewards):
    """A wrong tie rule: the first atom of a tied group takes it all."""
    ranked = np.asarray(rewards) - 1e-9 * np.arange(len(rewards))
    return pmf_of_best(n, Discrete(probabilities, ranked))


@law(
    kind=Exact(floor=0.1),
    formula=r"\frac{p_i}{F_i-F_i^-}\big(F_i^n-(F_i^-)^n\big)",
    source="arXiv:2401.01879; ties: derived here (section 1)",
    domain={"n": log_integers(1, 10**9), "probabilities": PROBABILITIES, "rewards": REWARDS},
    simulated={"n": FREQUENT},
    mutants={
        "first of ties": _first_of_ties,
        "atomless ratio": lambda n, probabilities, rewards: pmf_of_best(
            n + 0.2, Discrete(probabilities, rewards)
        ),
    },
)
def best_of_n_pmf(n, probabilities, rewards):
    r"""Probability that best-of-n on a discrete law returns each atom.

    With F_i = P(reward <= r_i) and F_i^- = P(reward < r_i),

    $$q_i=\frac{p_i}{F_i-F_i^-}\big(F_i^n-(F_i^-)^n\big).$$

    Samples that tie for the largest reward are chosen with equal probability, or in any way that
    does not look at which atom they are.

    Args:
      n: number of samples, real and at least 1.
      probabilities: of the atoms, [..., K], zero or positive, sum 1.
      rewards: of the atoms, [..., K], in any order; equal rewards tie.

    Leading axes broadcast against n. Returns [..., K], to 1e-13 relative also where it is tiny; 0
    for an atom of probability 0.

    Raises:
      InputError: n < 1, or atoms that are no law.

    Source: arXiv:2401.01879; ties: derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print(selection.best_of_n_pmf(4, [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]))
    [0.0625     0.3471     0.40490625 0.18549375]
    """
    require_at_least(1, n=n)
    return pmf_of_best(n, Discrete(probabilities, rewards))


def _kl(n, probabilities, rewards):
    return over_points(_kl_at, n, Discrete(probabilities, rewards), block=64)


@law(
    kind=Exact(floor=0.02),
    formula=r"\sum_i q_i \ln\frac{F_i^n-(F_i^-)^n}{F_i-F_i^-}",
    source="arXiv:2401.01879; derived here (section 1)",
    domain={"n": log_integers(1, 10**9), "probabilities": PROBABILITIES, "rewards": REWARDS},
    simulated={"n": SIMULATED_N},
    mutants={
        "atomless": lambda n, probabilities, rewards: jnp.log(n) - (n - 1) / n,
        "one sample more": lambda n, probabilities, rewards: _kl(n + 1, probabilities, rewards),
    },
)
def best_of_n_kl(n, probabilities, rewards):
    r"""Kullback-Leibler divergence, in nats, of best-of-n on a discrete law from one sample.

    $$D=\sum_i q_i\ln\frac{q_i}{p_i},\quad \frac{q_i}{p_i}=\frac{F_i^n-(F_i^-)^n}{F_i-F_i^-}$$

    Below the value ln n - (n-1)/n of laws without atoms, and bounded: it tends to
    -ln P(highest reward).

    Args:
      n: number of samples, real and at least 1.
      probabilities, rewards: of the atoms, [..., K], as for `best_of_n_pmf`.

    Leading axes broadcast against n. Relative accuracy 1e-12.

    Raises:
      InputError: n < 1, or atoms that are no law.

    Source: arXiv:2401.01879; derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print(f"{selection.best_of_n_kl(4, [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]):.10f}")
    0.5659147331
    """
    require_at_least(1, n=n)
    return _kl(n, probabilities, rewards)


def best_of_n_kl_limit(probabilities, rewards):
    r"""Divergence of best-of-n on a discrete law from one sample, for endless n.

    $$-\ln P(r=r_{\max})$$

    Args:
      probabilities, rewards: of the atoms, [..., K], as for `best_of_n_pmf`.

    Returns nats; the approach is exponential in n. Laws without atoms have no limit.

    Raises:
      InputError: atoms that are no law.

    Source: derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print(f"{selection.best_of_n_kl_limit([0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]):.6f}")
    2.995732
    """
    require_atoms(probabilities, rewards)
    p, r = jnp.asarray(probabilities, float), jnp.asarray(rewards, float)
    highest = jnp.max(jnp.where(p > 0, r, -jnp.inf), -1, keepdims=True)
    return -jnp.log(jnp.sum(jnp.where(r == highest, p, 0.0), -1))
