"""The best of all linear predictions of a success rate, and the counts that attain it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, probability
from jtts.theory.repeated_sampling.tracking import (
    DRIFTING,
    RESOLVED,
    STREAMS,
    difficulty_tracking_error,
    floats,
    optimal_discount,
    rollout_noise,
)


@jax.jit
def _filter(persistence, variance, mean, rollouts):
    """Error of the prediction, and the shares of rate and noise in what a visit shows."""
    f, v, m, n = floats(persistence, variance, mean, rollouts)
    noise, change = rollout_noise(v, m, n), (1 - f) * (1 + f)
    excess = change * (noise - v)
    square = excess**2 + 4 * change * v * noise
    root = jnp.sqrt(jnp.where(square > 0, square, 1.0)) * (square > 0)
    noisy = excess > 0
    whole = jnp.where(noisy, excess + root, 1.0)
    error = jnp.where(noisy, 2 * change * v * noise / whole, (root - excess) / 2)
    shown = error + noise
    seen = jnp.where(shown > 0, shown, 1.0)
    return f, n, error, jnp.where(shown > 0, noise / seen, 1.0), error / seen


def _error(persistence, variance, mean, rollouts):
    return _filter(persistence, variance, mean, rollouts)[2]


def _discount(persistence, variance, mean, rollouts):
    f, _, _, noise, _ = _filter(persistence, variance, mean, rollouts)
    return f * noise


def _weight(persistence, variance, mean, rollouts):
    f, _, _, _, gain = _filter(persistence, variance, mean, rollouts)
    return f * gain


def _strength(persistence, variance, mean, rollouts):
    f, n, _, _, gain = _filter(persistence, variance, mean, rollouts)
    weight = f * gain
    some = weight > 0
    weight = jnp.where(some, weight, 1.0)
    return jnp.where(some, n * (1 - f) / (weight * (weight + (1 - f))), jnp.inf)


def _with(value, change):
    """A wrong value: of another stream."""

    def changed(persistence, variance, mean, rollouts):
        return value(*change(persistence, variance, mean, rollouts))

    return changed


def _error_of_discount(discount, persistence, variance, mean, rollouts):
    """Of counts with the best prior."""
    strength = _strength(persistence, variance, mean, rollouts)
    return difficulty_tracking_error(
        discount, persistence, variance, mean, rollouts, strength, mean
    )


def _error_of_strength(prior_strength, persistence, variance, mean, rollouts):
    """Of counts with the best discount."""
    discount = _discount(persistence, variance, mean, rollouts)
    return difficulty_tracking_error(
        discount, persistence, variance, mean, rollouts, prior_strength, mean
    )


def _error_of_weight(weight, persistence, variance, mean, rollouts):
    """Of counts with the best discount, and the prior that leaves a visit this weight."""
    discount = float(_discount(persistence, variance, mean, rollouts))
    strength = rollouts * (1 / weight - 1 / (1 - discount))
    return _error_of_strength(max(strength, 0.0), persistence, variance, mean, rollouts)


MUTANTS = {
    "one rollout": lambda f, v, m, n: (f, v, m, 1),
    "changes every other visit": lambda f, v, m, n: (f**0.5, v, m, n),
}


def _mutants(value):
    return {name: _with(value, change) for name, change in MUTANTS.items()}


@law(
    kind=Exact(),
    formula=(r"\tfrac12 \big[\sqrt{B^2 + 4qR} - B\big],\; q = V(1-f^2),\; B = R(1-f^2) - q"),
    source="textbook (Kalman); derived here (section 6)",
    holds=DRIFTING,
    jointly=RESOLVED,
    relative=1e-11,
    absolute=1e-16,
    gives=probability(),
    domain=STREAMS,
    mutants=_mutants(_error)
    | {
        "no prior": lambda persistence, variance, mean, rollouts: difficulty_tracking_error(
            optimal_discount(persistence, variance, mean, rollouts),
            persistence,
            variance,
            mean,
            rollouts,
        )
    },
)
def best_linear_error(
    persistence: Numbers, variance: Numbers, mean: Numbers, rollouts: Numbers
) -> jax.Array:
    r"""Least mean squared error of any linear prediction of a success rate.

    $$P=\tfrac12\Big[\sqrt{B^2+4qR}-B\Big],\quad q=V(1-f^2),\quad B=R(1-f^2)-q,$$

    with $R=(m(1-m)-V)/n$, for the series of `difficulty_tracking_error`, before the rollouts of a
    visit. No discounted counts predict better; those with the discount and the prior strength of
    `best_linear_discount` and `best_linear_prior_strength`, and the mean as prior mean, as well.

    Args:
      persistence: f, from 0 to below 1.
      variance: V of the success rate, at most 0.999 m (1 - m).
      mean: m of the success rate.
      rollouts: n a visit, real, from 1 to 1e15.

    Arrays broadcast. Relative accuracy 1e-11, and 1e-16 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: textbook (Kalman); derived here (docs, repeated sampling section 6).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.best_linear_error(0.95, 1 / 12, 0.5, 8):.12f}")
    0.016409295462
    """
    return _error(persistence, variance, mean, rollouts)


@law(
    kind=Minimizer(
        of=_error_of_discount,
        argument="discount",
        candidates=lambda point: np.linspace(0.0, 1.0, 41),
    ),
    formula=r"f(1-K),\; K = P/(P+R)",
    source="textbook (Kalman); derived here (section 6)",
    holds=DRIFTING,
    jointly=RESOLVED,
    relative=1e-11,
    absolute=1e-12,
    gives=probability(),
    domain=STREAMS,
    mutants=_mutants(_discount) | {"without a prior": optimal_discount.function},
)
def best_linear_discount(
    persistence: Numbers, variance: Numbers, mean: Numbers, rollouts: Numbers
) -> jax.Array:
    r"""Discount of the counts that predict as well as any linear prediction.

    $$l=f(1-K),\quad K=\frac P{P+R}$$

    with P the error (`best_linear_error`) and R the rollout noise. It is below `optimal_discount`,
    the best without a prior.

    Arguments are those of `best_linear_error`. Relative accuracy 1e-11, and 1e-12 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: textbook (Kalman); derived here (docs, repeated sampling section 6).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.best_linear_discount(0.95, 1 / 12, 0.5, 8):.10f}")
    0.5314250714
    """
    return _discount(persistence, variance, mean, rollouts)


@law(
    kind=Minimizer(
        of=_error_of_weight,
        argument="weight",
        candidates=lambda point: np.linspace(0.01, 1.0, 45),
    ),
    formula=r"fK,\; K = P/(P+R)",
    source="textbook (Kalman); derived here (section 6)",
    holds=DRIFTING,
    jointly=RESOLVED,
    relative=1e-11,
    absolute=1e-12,
    gives=probability(),
    domain=STREAMS,
    mutants=_mutants(_weight)
    | {
        "without a prior": lambda persistence, variance, mean, rollouts: (
            1 - optimal_discount(persistence, variance, mean, rollouts)
        )
    },
)
def best_linear_weight(
    persistence: Numbers, variance: Numbers, mean: Numbers, rollouts: Numbers
) -> jax.Array:
    r"""Weight of the last visit in the best linear prediction of a success rate.

    $$w=fK,\quad K=\frac P{P+R};$$

    earlier visits have w l, w l^2, ... (l of `best_linear_discount`) and the mean the rest. With
    counts, $w=n/(N_0+n/(1-l))$.

    Arguments are those of `best_linear_error`. Relative accuracy 1e-11, and 1e-12 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: textbook (Kalman); derived here (docs, repeated sampling section 6).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.best_linear_weight(0.95, 1 / 12, 0.5, 8):.10f}")
    0.4185749286
    """
    return _weight(persistence, variance, mean, rollouts)


@law(
    kind=Minimizer(
        of=_error_of_strength,
        argument="prior_strength",
        candidates=lambda point: np.r_[0.0, np.geomspace(1e-2, 1e4, 49)],
    ),
    formula=r"\frac n{fK} - \frac n{1-l}",
    source="textbook (Kalman); derived here (section 6)",
    holds=DRIFTING,
    jointly=RESOLVED,
    relative=1e-11,
    gives=at_least(0),
    domain=STREAMS,
    mutants=_mutants(_strength)
    | {
        "not discounted": lambda persistence, variance, mean, rollouts: (
            _strength(persistence, variance, mean, rollouts)
            * (1 - _discount(persistence, variance, mean, rollouts))
        )
    },
)
def best_linear_prior_strength(
    persistence: Numbers, variance: Numbers, mean: Numbers, rollouts: Numbers
) -> jax.Array:
    r"""Strength of the prior of the counts that predict as well as any linear prediction.

    $$N_0=\frac n{fK}-\frac n{1-l}=\frac{n(1-f)}{w(w+1-f)},\quad w=fK,$$

    in rollouts; the prior mean is m. Infinite where visits tell nothing (f = 0 or V = 0).

    Arguments are those of `best_linear_error`. Relative accuracy 1e-11.

    Raises:
      InputError: an argument out of its range.

    Source: textbook (Kalman); derived here (docs, repeated sampling section 6).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.best_linear_prior_strength(0.95, 1 / 12, 0.5, 8):.8f}")
    2.03942497
    """
    return _strength(persistence, variance, mean, rollouts)
