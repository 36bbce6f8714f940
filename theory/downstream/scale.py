"""How well what is measured on multiple-choice questions follows the scale of a model."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid

from jtts.domain import choices, constant, log_integers, reals
from jtts.kinds import Exact
from jtts.laws import Route, law
from jtts.numeric import Numbers
from jtts.promises import between, probability, whole, words
from jtts.theory.downstream.options import along, right, spread, wrong
from jtts.theory.selection.points import over_points

STAGES = "loglik", "prob", "margin", "renormalised", "accuracy"
LARGEST, SHARPEST, FARTHEST = 10.0, 1e-3, 10.0  # slopes, noise, gap in units of the noise
MOST_OPTIONS, MOST_ITEMS = 100, 10**12
STEP = 0.02  # of the margin in standard deviations; the logistic function has poles at i pi
MARGINS = np.arange(-16.0, 16.0 + STEP / 2, STEP)
MARGIN_WEIGHTS = STEP * np.exp(-(MARGINS**2) / 2) / np.sqrt(2 * np.pi)


def _accurate(slope, other, noise, gap, options, items):
    lead, rise = gap / noise, (slope - other) / noise
    between_scales = spread(lead, rise, options)
    one = right(lead, rise, options) * wrong(lead, rise, options)
    within = one - between_scales
    return along(lead, rise, options) / jnp.sqrt(between_scales + within / items)


def _renormalised(slope, other, noise, gap, options, items):
    """By differences from the logistic of the gap, which lose no digits where they are small."""
    size = jnp.hypot(slope - other, jnp.sqrt(2.0) * noise)
    moved = size * MARGINS
    values = sigmoid(gap + moved)
    off = sigmoid(-gap) * values * -jnp.expm1(-moved)
    mean = jnp.sum(MARGIN_WEIGHTS * off)
    variance = jnp.sum(MARGIN_WEIGHTS * (off - mean) ** 2)
    steep = jnp.sum(MARGIN_WEIGHTS * values * sigmoid(-gap - moved))
    return (slope - other) * steep / jnp.sqrt(variance)


def _mean(slope, other, noise, gap, options):
    return right(gap / noise, (slope - other) / noise, options)


@jax.jit
def _plain(slope, noise, items):
    return slope / jnp.hypot(slope, noise / jnp.sqrt(items))


@jax.jit
def _probable(slope, noise):
    log_variance = slope**2 + noise**2
    return slope * jnp.exp(-log_variance / 2) / jnp.sqrt(-jnp.expm1(-log_variance))


@jax.jit
def _margin(slope, other, noise):
    return (slope - other) / jnp.hypot(slope - other, jnp.sqrt(2.0) * noise)


def correlation(stage, right_slope, wrong_slope, noise, gap, options, items):
    """`scale_correlation` without its checks."""
    given = right_slope, wrong_slope, noise, gap, options, items
    if stage in ("renormalised", "accuracy"):
        kernel = _renormalised if stage == "renormalised" else _accurate
        found = over_points(kernel, *given)
        return jnp.where(jnp.abs(found) > 1, jnp.sign(found), found)  # by rounding
    a, b, w, *others = jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in given))
    if stage == "loglik":
        return _plain(a, w, others[-1])
    return _probable(a, w) if stage == "prob" else _margin(a, b, w)


def mean(right_slope, wrong_slope, noise, gap, options):
    """`mean_accuracy` without its checks."""
    return over_points(_mean, right_slope, wrong_slope, noise, gap, options)


def _single(stage, items):
    return (items == 1) | (stage in ("loglik", "accuracy"))


def _pair(stage, options):
    return (options == 2) | (stage in ("loglik", "prob", "accuracy"))


SLOPES = {
    "right_slope": between(-LARGEST, LARGEST),
    "wrong_slope": between(-LARGEST, LARGEST),
    "noise": between(SHARPEST, LARGEST),
    "gap": between(-FARTHEST * LARGEST, FARTHEST * LARGEST),
}
NEAR = {
    "gap must be at most 10 noise in size": lambda noise, gap: abs(gap) <= FARTHEST * noise,
}
DRAW = {
    # a sample's correlation of a log-normal probability is high where its tail is heavy
    "right_slope": reals(0.3, 0.6),
    "wrong_slope": reals(-0.3, 0.2),
    "noise": reals(0.3, 0.5),
    "gap": reals(-0.3, 0.5),
}


@law(
    kind=Exact(),
    formula=r"\frac{a}{\sqrt{a^2 + w^2 / N}},\; \frac{a}{\sqrt{e^{a^2 + w^2} - 1}},\;"
    r" r = \frac{a - b}{S},\; \frac{r S\, E\, s'(M)}{\mathrm{sd}\, s(M)},\;"
    r" \frac{E\, x A(x)}{\sqrt{\mathrm{Var} A + E A (1 - A) / N}}",
    source="derived here (section 1); the stages: arXiv:2406.04391",
    relative=1e-9,
    absolute=1e-300,
    holds={"stage": words(*STAGES)}
    | SLOPES
    | {"options": whole(2, MOST_OPTIONS), "items": whole(1, MOST_ITEMS)},
    jointly=NEAR
    | {
        "items must be 1 of stages prob, margin and renormalised": _single,
        "options must be 2 of stages margin and renormalised": _pair,
    },
    gives=between(-1, 1),
    domain={"stage": choices(*STAGES)} | DRAW | {"options": constant(2), "items": constant(1)},
    routes=(
        Route(
            "scale_correlation_of_items",
            {
                "stage": choices("loglik", "accuracy"),
                "options": choices(2, 3, 5),
                "items": log_integers(1, 30),
            },
        ),
    ),
    mutants={
        "wrong options stay": lambda stage, right_slope, wrong_slope, **rest: correlation(
            stage, right_slope, 0 * wrong_slope, **rest
        ),
        "one noise in the margin": lambda stage, noise, **rest: correlation(
            stage, noise=noise / (1 if stage in ("loglik", "prob") else np.sqrt(2)), **rest
        ),
        "stages in order": lambda stage, right_slope, **rest: (
            correlation(stage, right_slope=right_slope, **rest)
            * (1 if stage != "prob" else 1 + 0.3 * right_slope)
        ),
    },
)
def scale_correlation(
    stage: Literal["loglik", "prob", "margin", "renormalised", "accuracy"],
    right_slope: Numbers,
    wrong_slope: Numbers,
    noise: Numbers,
    gap: Numbers,
    options: Numbers,
    items: Numbers,
) -> jax.Array:
    r"""Correlation with the scale of a model, of what is measured on questions with K options.

    Over models the scale x (logarithm of compute, standardised) is normal; on a question the right
    option has the log-likelihood $ax+g+w\epsilon_0$, a wrong one $bx+w\epsilon_j$. Averaged over N
    questions, the log-likelihood and the accuracy correlate with x as

    $$\frac a{\sqrt{a^2+w^2/N}},\quad\frac{E\,xA(x)}{\sqrt{\mathrm{Var}A+E\,A(1-A)/N}}$$

    with A(x) the chance that the right option is the largest. On one question, the probability of
    the right option, and with two options the margin M ~ N(g, S^2), $S^2=(a-b)^2+2w^2$, and the
    renormalised probability s(M), s logistic, as

    $$\frac a{\sqrt{e^{a^2+w^2}-1}},\quad r=\frac{a-b}S,\quad
      \frac{rS\,E\,s'(M)}{\mathrm{sd}\,s(M)}$$

    Args:
      stage: loglik, prob, margin, renormalised or accuracy.
      right_slope: a, from -10 to 10.
      wrong_slope: b, from -10 to 10.
      noise: w, from 1e-3 to 10.
      gap: g, at most 10 noise in size.
      options: K, whole, from 2 to 100; of margin and renormalised 2.
      items: N, whole, to 1e12; of prob, margin and renormalised 1.

    Arrays broadcast. A number from -1 to 1, the log-likelihood's whatever gap and options are.
    Relative accuracy 1e-9, down to 1e-300. A point of accuracy takes 5 ms.

    Raises:
      InputError: an argument out of its range, or arguments that do not go together.

    Source: derived here (docs, downstream section 1). That correlations get lost on the way from
    log-likelihood to accuracy is of arXiv:2406.04391; the values are ours.

    >>> from jtts.theory import downstream
    >>> print(f"{downstream.scale_correlation('accuracy', 1.0, 0.3, 1.0, 0.5, 4, 100):.11f}")
    0.96586755343
    """
    return correlation(stage, right_slope, wrong_slope, noise, gap, options, items)


@law(
    kind=Exact(),
    formula=r"\int f_{K-1}(y)\, \Phi\Big(\frac{g / w - y}{\sqrt{1 + (a - b)^2 / w^2}}\Big) dy",
    source="derived here (section 1)",
    relative=1e-10,
    holds=SLOPES | {"options": whole(2, MOST_OPTIONS)},
    jointly=NEAR,
    gives=probability(),
    domain={
        "right_slope": reals(0.0, 2.0),
        "wrong_slope": reals(-0.5, 1.0),
        "noise": reals(0.3, 1.5),
        "gap": reals(-1.0, 2.0),
        "options": choices(2, 3, 4, 10, 100),
    },
    simulated={"options": choices(2, 3, 4, 10), "gap": reals(0.0, 1.0)},
    mutants={
        "an option more": lambda right_slope, wrong_slope, noise, gap, options: mean(
            right_slope, wrong_slope, noise, gap, options + 1
        ),
        "of the mean model": lambda right_slope, wrong_slope, noise, gap, options: mean(
            0 * right_slope, 0 * wrong_slope, noise, gap, options
        ),
    },
)
def mean_accuracy(
    right_slope: Numbers, wrong_slope: Numbers, noise: Numbers, gap: Numbers, options: Numbers
) -> jax.Array:
    r"""Accuracy on questions with K options, averaged over models of all scales.

    In the model of `scale_correlation`; f is the density of the largest of K - 1 standard normals:

    $$\int f_{K-1}(y)\,\Phi\Big(\frac{g/w-y}{\sqrt{1+(a-b)^2/w^2}}\Big)dy$$

    With two options it is $\Phi(g/\sqrt{(a-b)^2+2w^2})$, and without a gap 1/2 whatever the slopes.

    Args:
      right_slope: a, from -10 to 10.
      wrong_slope: b, from -10 to 10.
      noise: w, from 1e-3 to 10.
      gap: g, at most 10 noise in size.
      options: K, whole, from 2 to 100.

    Arrays broadcast. Relative accuracy 1e-10.

    Raises:
      InputError: an argument out of its range, or a gap too large for the noise.

    Source: derived here (docs, downstream section 1).

    >>> from jtts.theory import downstream
    >>> print(f"{downstream.mean_accuracy(1.0, 0.3, 1.0, 0.5, 4):.11f}")
    0.40619255602
    """
    return mean(right_slope, wrong_slope, noise, gap, options)
