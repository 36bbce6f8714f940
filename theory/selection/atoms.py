"""Best-of-n on a discrete law: atoms and ties."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import log_integers
from jtts.kinds import Exact
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import nonnegative, probability, vector
from jtts.rewards import Discrete, log_of_tail
from jtts.theory.selection.differences import divergence_term, more_than_one
from jtts.theory.selection.domains import ATOMS, COUNTS, PROBABILITIES, REWARDS, SUM_TO_ONE
from jtts.theory.selection.points import over_points

SIMULATED_N = log_integers(1, 16)
LOG_NEVER = -1000.0
FREQUENT = log_integers(1, 3)  # beyond, the lowest atoms are never seen


def _log_ratio(n, law):
    """ln of the selection probability of each atom over its own.

    With F the chance of no higher reward and s the share of the tied group in it, the ratio is
    F^(n-1) (1 - (1-s)^n) / s; it has a limit where the atom has no mass.
    """
    order = jnp.argsort(law.rewards)
    p, r = law.probabilities[order], law.rewards[order]
    first, last = jnp.searchsorted(r, r), jnp.searchsorted(r, r, side="right")
    from_below = jnp.append(0.0, jnp.cumsum(p))
    from_above = jnp.append(jnp.cumsum(p[::-1])[::-1], 0.0)
    group = jnp.zeros_like(p).at[first].add(p)[first]
    some = from_below[last] > 0
    upto = jnp.where(some, from_below[last], 1.0)
    share = jnp.where(some, group / upto, 1.0)
    rest = jnp.where(some, from_below[first] / upto, 0.0)
    log_upto = log_of_tail(upto, jnp.where(some, from_above[last], 0.0))
    ratio = (n - 1) * log_upto + jnp.log1p(more_than_one(rest, share, n - 1))
    never = jnp.where(n == 1, 0.0, LOG_NEVER)
    return jnp.where(some, ratio, never)[jnp.argsort(order)]


def _pmf_at(n, law):
    chosen = law.probabilities * jnp.exp(_log_ratio(n, law))
    return chosen - lax.stop_gradient(jnp.maximum(chosen - 1, 0.0))  # rounding, not slope


def _kl_at(n, law):
    return jnp.sum(law.probabilities * divergence_term(_log_ratio(n, law)))


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
    relative=1e-12,
    absolute=1e-290,
    holds={"n": COUNTS, **ATOMS},
    jointly=SUM_TO_ONE,
    gives=vector(probability()),
    domain={"n": log_integers(1, 10**9), "probabilities": PROBABILITIES, "rewards": REWARDS},
    simulated={"n": FREQUENT},
    mutants={
        "first of ties": _first_of_ties,
        "atomless ratio": lambda n, probabilities, rewards: pmf_of_best(
            n + 0.2, Discrete(probabilities, rewards)
        ),
    },
)
def best_of_n_pmf(n: Numbers, probabilities: Numbers, rewards: Numbers) -> jax.Array:
    r"""Probability that best-of-n on a discrete law returns each atom.

    With F_i = P(reward <= r_i) and F_i^- = P(reward < r_i),

    $$q_i=\frac{p_i}{F_i-F_i^-}\big(F_i^n-(F_i^-)^n\big).$$

    Samples that tie for the largest reward are chosen with equal probability, or in any way that
    does not look at which atom they are.

    Args:
      n: number of samples, real, from 1 to 1e15.
      probabilities: of the atoms, [..., K], zero or positive, sum 1.
      rewards: of the atoms, [..., K], in any order; equal rewards tie.

    Leading axes broadcast against n. Returns [..., K], relative accuracy 1e-12 also where it is
    tiny (above 1e-290); 0 for an atom of probability 0, with the slope that it has there.

    Raises:
      InputError: n out of its range, or atoms that are no law.

    Source: arXiv:2401.01879; ties: derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print(selection.best_of_n_pmf(4, [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]))
    [0.0625     0.3471     0.40490625 0.18549375]
    """
    return pmf_of_best(n, Discrete(probabilities, rewards))


def _kl(n, probabilities, rewards):
    return over_points(_kl_at, n, Discrete(probabilities, rewards), block=64)


@law(
    kind=Exact(floor=0.02),
    formula=r"\sum_i q_i \ln\frac{F_i^n-(F_i^-)^n}{F_i-F_i^-}",
    source="arXiv:2401.01879; derived here (section 1)",
    relative=1e-12,
    absolute=1e-300,
    holds={"n": COUNTS, **ATOMS},
    jointly=SUM_TO_ONE,
    gives=nonnegative(),
    domain={"n": log_integers(1, 10**9), "probabilities": PROBABILITIES, "rewards": REWARDS},
    simulated={"n": SIMULATED_N},
    mutants={
        "atomless": lambda n, probabilities, rewards: jnp.log(n) - (n - 1) / n,
        "one sample more": lambda n, probabilities, rewards: _kl(n + 1, probabilities, rewards),
    },
)
def best_of_n_kl(n: Numbers, probabilities: Numbers, rewards: Numbers) -> jax.Array:
    r"""Kullback-Leibler divergence, in nats, of best-of-n on a discrete law from one sample.

    $$D=\sum_i q_i\ln\frac{q_i}{p_i},\quad \frac{q_i}{p_i}=\frac{F_i^n-(F_i^-)^n}{F_i-F_i^-}$$

    Below the value ln n - (n-1)/n of laws without atoms, and bounded: it tends to
    -ln P(highest reward).

    Args:
      n: number of samples, real, from 1 to 1e15.
      probabilities, rewards: of the atoms, [..., K], as for `best_of_n_pmf`.

    Leading axes broadcast against n. Relative accuracy 1e-12, also next to n = 1, where it is of
    order (n - 1)^2.

    Raises:
      InputError: n out of its range, or atoms that are no law.

    Source: arXiv:2401.01879; derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print(f"{selection.best_of_n_kl(4, [0.5, 0.3, 0.15, 0.05], [0, 1, 2, 3]):.10f}")
    0.5659147331
    """
    return _kl(n, probabilities, rewards)


@closed_form(holds=ATOMS, jointly=SUM_TO_ONE, relative=1e-14, absolute=1e-300, gives=nonnegative())
def best_of_n_kl_limit(probabilities: Numbers, rewards: Numbers) -> jax.Array:
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
    Discrete(probabilities, rewards)  # as many of the one as of the other
    p, r = jnp.asarray(probabilities, float), jnp.asarray(rewards, float)
    highest = jnp.max(jnp.where(p > 0, r, -jnp.inf), -1, keepdims=True)
    top = r >= highest
    return -log_of_tail(jnp.sum(jnp.where(top, p, 0.0), -1), jnp.sum(jnp.where(top, 0.0, p), -1))
