"""How well the success rate of a prompt is followed on a stream, by discounted counts."""

from __future__ import annotations

import functools
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability, words

MOST = 1e15  # rollouts, and counts of a prior
FILTERED = 0.999  # of the largest variance: closer to it the rollout noise has no digits left
STREAM = {
    "persistence": probability(),
    "variance": between(0, 0.25),
    "mean": probability(),
    "rollouts": between(1, MOST),
}
DRIFTING = STREAM | {"persistence": between(0, 1, open="high")}
POSSIBLE = {
    "variance must be at most mean (1 - mean)": lambda variance, mean: variance <= mean * (1 - mean)
}
RESOLVED = {
    "variance must be at most 0.999 mean (1 - mean)": lambda variance, mean: (
        variance <= FILTERED * mean * (1 - mean)
    )
}
STREAMS: dict[str, Any] = {
    "persistence": reals(0.6, 0.98),
    "variance": log_reals(0.02, 0.15),
    "mean": reals(0.25, 0.75),
    "rollouts": log_integers(2, 32),
}


def floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, jnp.result_type(float)) for x in values))


def rollout_noise(variance, mean, rollouts):
    """Mean variance of the share of successes in one visit, given the success rate."""
    left = mean * (1 - mean) - variance
    return jnp.where(left < 0, 0.0, left) / rollouts  # at 0 it has the slope of a larger one


@functools.partial(jax.jit, static_argnames=("when",))
def _error(discount, f, variance, mean, rollouts, prior_strength, prior_mean, when):
    kept, f, v, m, n, strength, m0 = floats(
        discount, f, variance, mean, rollouts, prior_strength, prior_mean
    )
    fresh, change = 1 - kept, 1 - f
    # of the estimate, the prior has this share; all terms below are positive
    counted = strength * fresh + n
    prior, data = strength * fresh / counted, n / counted
    noise = data**2 * fresh / (1 + kept) * rollout_noise(v, m, n)
    moved = kept + fresh * data if when == "before" else kept * (kept + fresh * prior)
    spread = 2 * change * moved + prior**2 * fresh * (1 + kept * f)
    still = fresh + kept * change  # 1 - l f
    return noise + v * spread / ((1 + kept) * still) + (prior * (m0 - m)) ** 2


def _with(change):
    """A wrong error: at other arguments."""

    def changed(
        discount, persistence, variance, mean, rollouts, prior_strength, prior_mean, when="before"
    ):
        point = discount, persistence, variance, mean, rollouts, prior_strength, prior_mean
        return _error(*change(*point, when))

    return changed


@law(
    kind=Exact(),
    formula=(
        r"\frac{w^2}{1-l^2} \Big[R + V\frac{1+lf}{1-lf}\Big] + V - \frac{2cwV}{1-lf}"
        r" + \Big[\frac{(1-l-w)(m_0-m)}{1-l}\Big]^2"
    ),
    source="derived here (section 6); the update: arXiv:2507.04632",
    holds={
        "discount": probability(),
        **STREAM,
        "prior_strength": nonnegative(MOST),
        "prior_mean": probability(),
        "when": words("before", "after"),
    },
    jointly=POSSIBLE
    | {
        "discount and persistence must not both be 1": lambda discount, persistence: (
            (discount < 1) | (persistence < 1)
        )
    },
    relative=1e-12,
    absolute=1e-16,
    gives=probability(),
    domain={
        "discount": reals(0.2, 0.95),
        **STREAMS,
        "prior_strength": log_reals(0.05, 20.0),
        "prior_mean": reals(0.2, 0.8),
        "when": choices("before", "after"),
    },
    simulated={"discount": reals(0.2, 0.9)},
    mutants={
        "the rate does not move before the rollouts": _with(
            lambda kept, f, v, m, n, strength, m0, when: (kept, f, v, m, n, strength, m0, "after")
        ),
        "the prior is not discounted": _with(
            lambda kept, f, v, m, n, strength, m0, when: (
                kept, f, v, m, n, strength / (1.001 - kept), m0, when,
            )
        ),
        "one rollout": _with(
            lambda kept, f, v, m, n, strength, m0, when: (
                kept, f, v, m, 1, strength / n, m0, when,
            )
        ),
    },
)  # fmt: skip
def difficulty_tracking_error(
    discount: Numbers,
    persistence: Numbers,
    variance: Numbers,
    mean: Numbers,
    rollouts: Numbers,
    prior_strength: Numbers = 0.0,
    prior_mean: Numbers = 0.5,
    when: Literal["before", "after"] = "before",
) -> jax.Array:
    r"""Mean squared error of discounted counts that follow the success rate of a prompt.

    At each visit a prompt gets n rollouts, S of them successes, and

    $$\alpha\leftarrow l\alpha+(1-l)\alpha_0+S,\qquad
      \beta\leftarrow l\beta+(1-l)\beta_0+n-S.$$

    The success rate is any stationary series in [0, 1] with mean m, variance V and autocovariance
    $Vf^j$ over j visits: redrawn with chance 1 - f at each, say. After many visits the error of
    $\alpha/(\alpha+\beta)$ is, with $N_0=\alpha_0+\beta_0$, $m_0=\alpha_0/N_0$,
    $R=(m(1-m)-V)/n$ and $w=n/(N_0+n/(1-l))$,

    $$\frac{w^2}{1-l^2}\Big[R+V\frac{1+lf}{1-lf}\Big]+V-\frac{2cwV}{1-lf}
      +\Big[\frac{(1-l-w)(m_0-m)}{1-l}\Big]^2,$$

    c = f before the rollouts of a visit (a prediction), c = 1 after them.

    Args:
      discount: l, from 0 (the last visit alone) to 1 (all alike: then the error is V).
      persistence: f, from 0 (redrawn at every visit) to 1 (constant).
      variance: V of the success rate, at most m (1 - m).
      mean: m of the success rate.
      rollouts: n a visit, real, from 1 to 1e15.
      prior_strength: N_0 in rollouts, from 0 to 1e15. With 0 there is no estimate before the first
        visit.
      prior_mean: m_0; of no account without a prior.
      when: "before" the rollouts of a visit, or "after" them.

    Arrays broadcast. Relative accuracy 1e-12, and 1e-16 absolute.

    Raises:
      InputError: an argument out of its range, or discount and persistence both 1.

    Source: derived here (docs, repeated sampling section 6); the update is that of
    arXiv:2507.04632.

    >>> from jtts.theory import repeated_sampling
    >>> error = repeated_sampling.difficulty_tracking_error(0.8, 0.95, 1 / 12, 0.5, 8, 2.0, 0.5)
    >>> print(f"{error:.12f}")
    0.021359984323
    """
    return _error(discount, persistence, variance, mean, rollouts, prior_strength, prior_mean, when)


@jax.jit
def _optimum(f, variance, mean, rollouts):
    f, v, m, n = floats(f, variance, mean, rollouts)
    drift = jnp.where(v > 0, v, 1.0) * (1 - f)
    root = jnp.sqrt(drift) * jnp.sqrt(drift + rollout_noise(v, m, n) * (1 + f))
    kept = 1 - drift * (1 + f) / (drift + root)  # l f
    at_end = (v <= 0) | (kept >= f)
    return jnp.where(at_end, 1.0, jnp.maximum(kept, 0.0) / jnp.where(at_end, 1.0, f))


def _other(f, v, m, n):
    """A wrong optimum: the weight of the last visit of a slow drift, from its size alone."""
    noise = rollout_noise(v, m, n)
    return jnp.clip(1 - jnp.sqrt(2 * v * (1 - f) / noise), 0.0, 1.0)


@law(
    kind=Minimizer(
        of=difficulty_tracking_error,
        argument="discount",
        candidates=lambda point: np.linspace(0.0, 1.0, 41),
    ),
    formula=r"(1-u)/f,\; u = \frac{g(1+f)}{g + \sqrt{g^2 + Rg(1+f)}},\; g = V(1-f)",
    source="derived here (section 6)",
    holds=DRIFTING,
    jointly=RESOLVED,
    relative=1e-11,
    absolute=1e-12,
    gives=probability(),
    domain=STREAMS,
    mutants={
        "one rollout": lambda persistence, variance, mean, rollouts: _optimum(
            persistence, variance, mean, 1
        ),
        "slow drift": lambda persistence, variance, mean, rollouts: _other(
            persistence, variance, mean, rollouts
        ),
    },
)
def optimal_discount(
    persistence: Numbers, variance: Numbers, mean: Numbers, rollouts: Numbers
) -> jax.Array:
    r"""The discount that predicts best without a prior.

    $$l^*=\frac{1-u}f,\quad u=\frac{g(1+f)}{g+\sqrt{g^2+Rg(1+f)}},\quad g=V(1-f),$$

    between 0 and 1, minimises `difficulty_tracking_error` before the rollouts at N_0 = 0. It is 1
    where V(3f - 1) <= R(1 - f): the mean of all visits predicts best.

    Args:
      persistence: f, from 0 to below 1.
      variance: V of the success rate, at most 0.999 m (1 - m).
      mean: m of the success rate.
      rollouts: n a visit, real, from 1 to 1e15.

    Arrays broadcast. Relative accuracy 1e-11, and 1e-12 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, repeated sampling section 6).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.optimal_discount(0.95, 1 / 12, 0.5, 8):.11f}")
    0.57290120797
    """
    return _optimum(persistence, variance, mean, rollouts)
