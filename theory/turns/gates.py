"""Revisions that are kept only where a judge prefers them to the answer before."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jax import lax
from jax.scipy.special import erfc

from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact, Minimizer, Root
from jtts.laws import law
from jtts.normal_tail import log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import between, probability, whole
from jtts.theory.turns.chains import MOST, RATES, accuracy
from jtts.theory.turns.sums import late

HALVINGS = 60
FAR = 40.0  # deviations beyond which no wrong judgment is left


@jax.jit
def gated(num_turns, start, correction, introduction, separation, threshold, correlation):
    """`gated_turn_accuracy` without its checks."""
    deviation = jnp.sqrt(2 * (1 - correlation))
    keeps_right = erfc((threshold - separation) / deviation / np.sqrt(2)) / 2
    keeps_wrong = erfc((threshold + separation) / deviation / np.sqrt(2)) / 2
    return accuracy(num_turns, start, correction * keeps_right, introduction * keeps_wrong)


PLAYED = {
    "num_turns": log_integers(1, 12),
    "start": reals(0.1, 0.9),
    "correction_rate": reals(0.1, 0.6),
    "introduction_rate": reals(0.05, 0.4),
    "separation": reals(0.3, 2.0),
    "correlation": choices(-0.3, 0.0, 0.0, 0.6),
}


@law(
    kind=Exact(),
    formula=r"p_t(aT, bF),\; T, F = \Phi\Big(\frac{\pm \Delta - \theta}{\sqrt{2(1 - r)}}\Big)",
    source="derived here (section 2)",
    relative=1e-11,
    absolute=1e-290,
    holds={
        "num_turns": whole(0, MOST),
        "start": probability(),
        **RATES,
        "separation": between(-1000, 1000),
        "threshold": between(-1000, 1000),
        "correlation": between(-1, 1, open="high"),
    },
    gives=probability(),
    domain=PLAYED | {"threshold": reals(-1.0, 2.0)},
    mutants={
        "right and wrong judgments swapped": lambda num_turns, start, correction_rate,
        introduction_rate, separation, threshold, correlation: gated(
            num_turns, start, correction_rate, introduction_rate, -separation, threshold,
            correlation,
        ),
        "noise of one score": lambda num_turns, start, correction_rate, introduction_rate,
        separation, threshold, correlation: gated(
            num_turns, start, correction_rate, introduction_rate, separation, threshold,
            (1 + correlation) / 2,
        ),
        "noises independent": lambda num_turns, start, correction_rate, introduction_rate,
        separation, threshold, correlation: gated(
            num_turns, start, correction_rate, introduction_rate, separation, threshold,
            0 * correlation,
        ),
    },
)  # fmt: skip
def gated_turn_accuracy(
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    separation: Numbers,
    threshold: Numbers,
    correlation: Numbers,
) -> jax.Array:
    r"""Accuracy after t turns, if a revision is kept only where its score exceeds the old one.

    The judge scores a right answer N(D, 1) and a wrong one N(0, 1), anew at each comparison, with
    correlation r of the two noises. It keeps the revision where new - old > theta, which happens to
    a correction and to a spoiled answer with chances

    $$T, F = \Phi\Big(\frac{\pm\Delta-\theta}{\sqrt{2(1-r)}}\Big)$$

    so that the chain is that of `turn_accuracy` with rates aT and bF. Its limit depends on T/F
    alone, its speed on aT + bF. Noise that the two scores share helps.

    Args:
      num_turns: t, whole, from 0 to 1e9; no derivative.
      start: p_0, accuracy of the first answer.
      correction_rate: a, chance that a turn corrects a wrong answer.
      introduction_rate: b, chance that a turn spoils a right answer.
      separation: D, from -1000 to 1000 standard deviations of a score.
      threshold: theta, from -1000 to 1000.
      correlation: r, from -1, below 1.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-290.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 2).

    >>> from jtts.theory import turns
    >>> print(f"{turns.gated_turn_accuracy(10, 0.4, 0.3, 0.2, 1.0, 0.5, 0.0):.10f}")
    0.8299855849
    """
    return gated(
        num_turns, start, correction_rate, introduction_rate, separation, threshold, correlation
    )


def _excess(u, t, p, a, b, d):
    """Where it is negative accuracy rises with the threshold: `_gate` says why."""
    log_a, log_b = jnp.log(a) + log_upper_tail(u - d), jnp.log(b) + log_upper_tail(u + d)
    rate = jnp.exp(log_a) + jnp.exp(log_b)
    log_s = jnp.log(late(t, rate))
    gap = jnp.where(rate < 1, rate, 0.5)
    log_left = jnp.where(rate < 1, jnp.log1p(-gap), -jnp.inf)
    log_tau = jnp.log(t) + (t - 1) * log_left
    above = jnp.logaddexp(jnp.log(p) + log_tau, log_a + log_s)
    below = jnp.logaddexp(jnp.log1p(-p) + log_tau, log_b + log_s)
    return jnp.log(a / b) + 2 * d * u - (above - below)


@jax.jit
def _gate(num_turns, start, correction, introduction, separation, correlation):
    """Threshold of the judge, by halving: where what T adds is what F takes.

    With u the threshold and d the separation, in deviations, dT/dF = (a/b) exp(2 d u), and accuracy
    rises with u as long as this is below (p_0 tau + aT S) / ((1 - p_0) tau + bF S), with
    tau = t alpha^(t-1), S = sum of j alpha^(j-1).
    """
    t, p, a, b, separation, correlation = jnp.broadcast_arrays(
        *(
            jnp.asarray(x, float)
            for x in (num_turns, start, correction, introduction, separation, correlation)
        )
    )
    deviation = jnp.sqrt(2 * (1 - correlation))
    d = separation / deviation
    first = (jnp.log(p * b) - jnp.log((1 - p) * a)) / (2 * d)  # of one turn
    one = t == 1
    given = jnp.where(one, 2.0, t), p, a, b, d
    held = lax.stop_gradient(given)

    def halve(_, ends):
        low, high = ends
        middle = (low + high) / 2
        rising = _excess(middle, *held) < 0
        return jnp.where(rising, middle, low), jnp.where(rising, high, middle)

    start_at = lax.stop_gradient(first)
    low, high = lax.fori_loop(0, HALVINGS, halve, (start_at, jnp.maximum(start_at, held[-1]) + FAR))
    u = (low + high) / 2
    # a step of Newton's, whose slope is that of the root
    steep = jax.jvp(lambda x: _excess(x, *held), (u,), (jnp.ones_like(u),))[1]
    root = u - _excess(u, *given) / lax.stop_gradient(steep)
    return jnp.where(one, first, root) * deviation


BEST_TAKES = {
    "num_turns": whole(1, 10**6),
    "start": between(0.001, 0.999),
    "correction_rate": between(0.001, 0.999),
    "introduction_rate": between(0.001, 0.999),
    "separation": between(0.1, 4),
    "correlation": between(-1, 0.9),
}
JOINTLY = {
    "the two rates must add up to at most 1": (
        lambda correction_rate, introduction_rate: correction_rate + introduction_rate <= 1
    )
}
BEST_DRAW = PLAYED | {"num_turns": log_integers(1, 100), "introduction_rate": reals(0.1, 0.4)}


def _searched(
    num_turns, start, correction_rate, introduction_rate, separation, threshold, correlation
):
    """Less accuracy, turn by turn."""
    deviation = np.sqrt(2 * (1 - correlation))
    a = correction_rate * scipy.special.ndtr((separation - threshold) / deviation)
    b = introduction_rate * scipy.special.ndtr((-separation - threshold) / deviation)
    p = start
    for _ in range(int(num_turns)):
        p = p * (1 - b) + (1 - p) * a
    return -p


def _shortfall(value, **point):
    """Of a claimed best accuracy, from the best of a search over thresholds."""

    def loss(threshold):
        return _searched(**point, threshold=threshold)

    grid = np.linspace(-12, 12, 97)
    place = grid[np.argmin([loss(x) for x in grid])]
    found = scipy.optimize.minimize_scalar(
        loss, bounds=(place - 0.5, place + 0.5), method="bounded"
    )
    return value + found.fun


@law(
    kind=Minimizer(
        of=_searched,
        argument="threshold",
        candidates=lambda point: np.linspace(-12, 12, 97),
    ),
    formula=r"\mathrm{argmax}_\theta\; p_t(aT(\theta), bF(\theta))",
    source="derived here (section 2)",
    relative=1e-8,
    absolute=1e-8,
    holds=BEST_TAKES,
    jointly=JOINTLY,
    domain=BEST_DRAW,
    mutants={
        "that of one turn": lambda num_turns, start, correction_rate, introduction_rate, separation,
        correlation: _gate(
            1 + 0 * num_turns, start, correction_rate, introduction_rate, separation, correlation
        ),
        "independent noises": lambda num_turns, start, correction_rate, introduction_rate,
        separation, correlation: _gate(
            num_turns, start, correction_rate, introduction_rate, separation, 0 * correlation
        ),
    },
)  # fmt: skip
def best_gate(
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    separation: Numbers,
    correlation: Numbers,
) -> jax.Array:
    r"""Threshold of the judge of `gated_turn_accuracy` that makes accuracy after t turns largest.

    For one turn $\theta=(1-r)\Delta^{-1}\ln\frac{p_0 b}{(1-p_0)a}$. More turns want a stricter
    judge: what it loses in speed it wins in the limit.

    Args:
      num_turns: t, whole, from 1 to 1e6.
      start: p_0, from 0.001 to 0.999.
      correction_rate, introduction_rate: a and b, from 0.001 to 0.999, together at most 1.
      separation: D, from 0.1 to 4.
      correlation: r, from -1 to 0.9.

    Arrays broadcast. Accuracy 1e-8, relative and absolute.

    Raises:
      InputError: an argument out of its range, or rates that add up to more than 1.

    Source: derived here (docs, turns section 2).

    >>> from jtts.theory import turns
    >>> print(f"{turns.best_gate(10, 0.4, 0.3, 0.2, 1.0, 0.0):.6f}")
    0.643250
    """
    return _gate(num_turns, start, correction_rate, introduction_rate, separation, correlation)


def _best_accuracy(num_turns, start, correction, introduction, separation, correlation):
    # at the best threshold accuracy has no slope in it
    gate = lax.stop_gradient(
        _gate(num_turns, start, correction, introduction, separation, correlation)
    )
    return gated(num_turns, start, correction, introduction, separation, gate, correlation)


@law(
    kind=Root(residual=_shortfall, bracket=lambda **point: (0.0, 1.0), detects=0.01),
    formula=r"\max_\theta\; p_t(aT(\theta), bF(\theta))",
    source="derived here (section 2)",
    relative=1e-11,
    holds=BEST_TAKES,
    jointly=JOINTLY,
    gives=probability(),
    domain=BEST_DRAW,
    mutants={
        "no judge": lambda num_turns, start, correction_rate, introduction_rate, separation,
        correlation: accuracy(num_turns, start, correction_rate, introduction_rate),
        "a turn more": lambda num_turns, start, correction_rate, introduction_rate, separation,
        correlation: _best_accuracy(
            num_turns + 1, start, correction_rate, introduction_rate, separation, correlation
        ),
    },
)  # fmt: skip
def best_gate_accuracy(
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    separation: Numbers,
    correlation: Numbers,
) -> jax.Array:
    r"""Accuracy after t turns at the threshold `best_gate`.

    $$\max_\theta\;p_t(aT(\theta), bF(\theta))$$

    Arguments are those of `best_gate`. Arrays broadcast. Relative accuracy 1e-11; differentiable in
    all but the number of turns.

    Raises:
      InputError: an argument out of its range, or rates that add up to more than 1.

    Source: derived here (docs, turns section 2).

    >>> from jtts.theory import turns
    >>> print(f"{turns.best_gate_accuracy(10, 0.4, 0.3, 0.2, 1.0, 0.0):.10f}")
    0.8312365504
    """
    return _best_accuracy(
        num_turns, start, correction_rate, introduction_rate, separation, correlation
    )
