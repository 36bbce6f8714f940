"""A conversation that drifts off and is called back by reminders."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, finite, nonnegative, probability, whole
from jtts.theory.associative_memory.powers import gone, kept, learned
from jtts.theory.turns.sums import both

DRIFT = {
    "persistence": between(0, 1, open="high"),
    "push": between(-1e100, 1e100),
    "noise_var": nonnegative(1e100),
    "strength": probability(),
}
PERIODIC = DRIFT | {"period": whole(1, 10**9)}
RANDOM = DRIFT | {"rate": probability()}
DRAW = {
    "persistence": reals(0.5, 0.9),
    "push": reals(0.1, 0.4),
    "noise_var": log_reals(0.01, 0.1),
    "strength": reals(0.3, 1.0),
}
EVERY = DRAW | {"period": log_integers(1, 20)}
AT_RANDOM = DRAW | {"rate": reals(0.1, 0.6)}


def _floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in values))


def _rest(persistence, strength, period):
    """1 - (1 - z) phi^m as a sum of positive terms."""
    fading = 1 - persistence
    return gone(fading, period) + strength * kept(fading, period)


@jax.jit
def _before(persistence, push, strength, period):
    phi, c, z, m = _floats(persistence, push, strength, period)
    return c * (learned(m, 1 - phi) / _rest(phi, z, m))


@jax.jit
def _spread(persistence, noise_var, strength, period):
    phi, v, z, m = _floats(persistence, noise_var, strength, period)
    fading = (1 - phi) * (1 + phi)
    return v * (learned(m, fading) / (gone(fading, m) + z * (2 - z) * kept(fading, m)))


@jax.jit
def _average(persistence, push, strength, period):
    phi, c, z, m = _floats(persistence, push, strength, period)
    fading = 1 - phi
    left = (1 - z) * _before(phi, jnp.ones_like(phi), z, m) * phi * learned(m, fading)
    new = both(m + 1, jnp.zeros_like(phi), fading)
    return c * ((left + new) / m)


@jax.jit
def _random_mean(persistence, push, strength, rate):
    phi, c, z, p = _floats(persistence, push, strength, rate)
    return c / ((1 - phi) + phi * p * z)


@jax.jit
def _random_spread(persistence, push, noise_var, strength, rate):
    phi, c, v, z, p = _floats(persistence, push, noise_var, strength, rate)
    shaken = phi * z * _random_mean(phi, c, z, p)
    fading = (1 - phi) * (1 + phi) + phi**2 * p * z * (2 - z)
    return (v + p * (1 - p) * shaken**2) / fading


def _periodic(value, change):
    def mutant(persistence, push, noise_var, strength, period):
        phi, c, v, z, m = change(persistence, push, noise_var, strength, period)
        return value(phi, v if value is _spread else c, z, m)

    return mutant


@law(
    kind=Exact(),
    formula=r"\frac{c (1 - \varphi^m)}{(1-\varphi)(1 - (1-z)\varphi^m)}",
    source="derived here (section 7); bounded recurrence: arXiv:2510.07777",
    relative=1e-12,
    holds=PERIODIC,
    gives=finite(),
    domain=EVERY,
    mutants={
        "after the reminder": lambda persistence, push, noise_var, strength, period: (
            (1 - strength) * _before(persistence, push, strength, period)
        ),
        "a turn more": _periodic(_before, lambda phi, c, v, z, m: (phi, c, v, z, m + 1)),
    },
)
def drift_before_reminder(
    persistence: Numbers, push: Numbers, noise_var: Numbers, strength: Numbers, period: Numbers
) -> jax.Array:
    r"""Mean drift at the end of a stretch of m turns, just before the next reminder.

    A turn carries drift on, $D\leftarrow\varphi D+c+N(0,s^2)$; a reminder before every m-th turn
    first takes the share z of it away. In the long run

    $$M=\frac{c(1-\varphi^m)}{(1-\varphi)(1-(1-z)\varphi^m)}$$

    Args:
      persistence: phi, from 0, below 1.
      push: c of a turn, from -1e100 to 1e100.
      noise_var: s^2 of a turn, to 1e100; the mean does not depend on it.
      strength: z, share of the drift that a reminder takes away.
      period: m turns from reminder to reminder, whole, to 1e9.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 7). That drift is bounded and settles is of
    arXiv:2510.07777; this form of it is ours.

    >>> from jtts.theory import turns
    >>> print(f"{turns.drift_before_reminder(0.8, 0.1, 0.04, 0.7, 5):.12f}")
    0.372808574065
    """
    return _before(persistence, push, strength, period) + 0 * jnp.asarray(noise_var, float)


@law(
    kind=Exact(),
    formula=r"\frac{s^2 (1 - \varphi^{2m})}{(1-\varphi^2)(1 - (1-z)^2\varphi^{2m})}",
    source="derived here (section 7); bounded recurrence: arXiv:2510.07777",
    relative=1e-12,
    holds=PERIODIC,
    gives=nonnegative(),
    domain=EVERY,
    mutants={
        "no square": lambda persistence, push, noise_var, strength, period: _before(
            persistence, noise_var, strength, period
        ),
        "a turn more": _periodic(_spread, lambda phi, c, v, z, m: (phi, c, v, z, m + 1)),
        "after the reminder": lambda persistence, push, noise_var, strength, period: (
            (1 - strength) ** 2 * _spread(persistence, noise_var, strength, period)
        ),
    },
)
def drift_variance_before_reminder(
    persistence: Numbers, push: Numbers, noise_var: Numbers, strength: Numbers, period: Numbers
) -> jax.Array:
    r"""Variance of the drift just before a reminder.

    $$V=\frac{s^2(1-\varphi^{2m})}{(1-\varphi^2)(1-(1-z)^2\varphi^{2m})}$$

    Arguments are those of `drift_before_reminder`; the variance does not depend on `push`. Arrays
    broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 7); bounded recurrence: arXiv:2510.07777.

    >>> from jtts.theory import turns
    >>> print(f"{turns.drift_variance_before_reminder(0.8, 0.1, 0.04, 0.7, 5):.12f}")
    0.100148448601
    """
    return _spread(persistence, noise_var, strength, period) + 0 * jnp.asarray(push, float)


@law(
    kind=Exact(),
    formula=r"i + \big((1-z) M - i\big) \frac{\varphi (1-\varphi^m)}{m (1-\varphi)},\;"
    r" i = \frac{c}{1-\varphi}",
    source="derived here (section 7); bounded recurrence: arXiv:2510.07777",
    relative=1e-12,
    holds=PERIODIC,
    gives=finite(),
    domain=EVERY,
    mutants={
        "reminder after the turn": lambda persistence, push, noise_var, strength, period: (
            _average(persistence, push, strength, period)
            - strength * _before(persistence, push, strength, period) / period
        ),
        "at its largest": lambda persistence, push, noise_var, strength, period: _before(
            persistence, push, strength, period + 1
        ),
    },
)
def mean_drift_periodic(
    persistence: Numbers, push: Numbers, noise_var: Numbers, strength: Numbers, period: Numbers
) -> jax.Array:
    r"""Mean drift over the m turns that follow a reminder.

    $$i+\big((1-z)M-i\big)\frac{\varphi(1-\varphi^m)}{m(1-\varphi)},\quad i=\frac c{1-\varphi}$$

    with M of `drift_before_reminder`, whose arguments these are. Arrays broadcast. Relative
    accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 7); bounded recurrence: arXiv:2510.07777.

    >>> from jtts.theory import turns
    >>> print(f"{turns.mean_drift_periodic(0.8, 0.1, 0.04, 0.7, 5):.12f}")
    0.291227198524
    """
    return _average(persistence, push, strength, period) + 0 * jnp.asarray(noise_var, float)


@law(
    kind=Exact(),
    formula=r"\frac{c}{1 - \varphi (1 - l z)}",
    source="derived here (section 7); bounded recurrence: arXiv:2510.07777",
    relative=1e-13,
    holds=RANDOM,
    gives=finite(),
    domain=AT_RANDOM,
    mutants={
        "regular ones": lambda persistence, push, noise_var, strength, rate: _average(
            persistence, push, strength, 1 / rate
        ),
        "reminder after the turn": lambda persistence, push, noise_var, strength, rate: (
            (1 - rate * strength) * _random_mean(persistence, push, strength, rate)
        ),
    },
)
def mean_drift_random(
    persistence: Numbers, push: Numbers, noise_var: Numbers, strength: Numbers, rate: Numbers
) -> jax.Array:
    r"""Mean drift if a reminder comes before any turn with chance l.

    $$\frac c{1-\varphi(1-lz)}$$

    Args:
      persistence: phi, from 0, below 1.
      push: c of a turn, from -1e100 to 1e100.
      noise_var: s^2 of a turn, to 1e100; the mean does not depend on it.
      strength: z, share of the drift that a reminder takes away.
      rate: l, chance of a reminder before a turn.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 7); bounded recurrence: arXiv:2510.07777.

    >>> from jtts.theory import turns
    >>> print(f"{turns.mean_drift_random(0.8, 0.1, 0.04, 0.7, 0.25):.12f}")
    0.294117647059
    """
    return _random_mean(persistence, push, strength, rate) + 0 * jnp.asarray(noise_var, float)


@law(
    kind=Exact(),
    formula=r"\frac{s^2 + l(1-l) z^2 \varphi^2 \bar D^2}{1 - \varphi^2 (1 - l + l(1-z)^2)}",
    source="derived here (section 7); bounded recurrence: arXiv:2510.07777",
    relative=1e-12,
    absolute=1e-300,
    holds=RANDOM,
    gives=nonnegative(),
    domain=AT_RANDOM,
    mutants={
        "no variance of reminders": lambda persistence, push, noise_var, strength, rate: (
            _random_spread(persistence, 0 * push, noise_var, strength, rate)
        ),
        "reminders average": lambda persistence, push, noise_var, strength, rate: (
            noise_var / (1 - (persistence * (1 - rate * strength)) ** 2)
        ),
    },
)
def drift_variance_random(
    persistence: Numbers, push: Numbers, noise_var: Numbers, strength: Numbers, rate: Numbers
) -> jax.Array:
    r"""Variance of the drift if a reminder comes before any turn with chance l.

    $$\frac{s^2+l(1-l)z^2\varphi^2\bar D^2}{1-\varphi^2(1-l+l(1-z)^2)}$$

    with $\bar D$ of `mean_drift_random`, whose arguments these are. Arrays broadcast. Relative
    accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 7); bounded recurrence: arXiv:2510.07777.

    >>> from jtts.theory import turns
    >>> print(f"{turns.drift_variance_random(0.8, 0.1, 0.04, 0.7, 0.25):.10f}")
    0.0891742587
    """
    return _random_spread(persistence, push, noise_var, strength, rate)
