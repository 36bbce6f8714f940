"""Softmax selection at high temperature, to third order in 1/T."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from jtts.domain import constant, log_integers, log_reals, reals
from jtts.kinds import Expansion
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, instance, positive
from jtts.regression import Judge, Statistics
from jtts.theory.best_of_k.domains import PLACES, judge_offset_var, statistics
from jtts.theory.best_of_k.pointwise import pointwise_error
from jtts.theory.best_of_k.selection import error


class Products(NamedTuple):
    """a^2, ab, b^2 and ab^3 (m - t = a, m - r = b), at one input or averaged."""

    aa: object
    ab: object
    bb: object
    abbb: object

    @classmethod
    def at(cls, a, b):
        return cls(a**2, a * b, b**2, a * b**3)

    @classmethod
    def averaged(cls, stats):
        ab, bb = stats.mean_error - stats.judge_cross, judge_offset_var(stats)
        return cls(stats.mean_error, ab, bb, 3 * ab * bb)  # (a, b) is Gaussian


def expansion(k, s2, products, temperature, *, order=3, published=False):
    """The series to the order asked for; `published`: with the third term of the printed code."""
    k = jnp.asarray(k, jnp.result_type(float))
    t = jnp.asarray(temperature, jnp.result_type(float)) / (2 * s2)
    aa, ab, bb, abbb = products
    first = 2 * ab + s2
    second = first + bb
    once, twice = 1 - 1 / k, (1 - 1 / k) * (1 - 2 / k)
    # fourth cumulant of (error, reward, reward, reward), over s^6
    kurtosis = 48 * s2 + 96 * (ab + bb)
    # E[Cov(error, reward) Var(reward)], over s^6
    product = 16 * abbb / s2 + 8 * (ab + bb) + 4 * s2
    if published:
        third = -twice * (1 - 3 / k) * kurtosis / 48
    else:
        third = -once / 48 * ((1 - 6 / k * (1 - 1 / k)) * kurtosis - 6 / k * product)
    terms = (aa + s2, -once * first / t, twice * second / t / t, third / t / t / t)
    return sum(terms[: order + 1])


def _pointwise(k, mean, predictive_var, target, judge, temperature, **options):
    products = Products.at(mean - target, mean - judge)
    return expansion(k, predictive_var, products, temperature, **options)


def _averaged(k, stats, temperature, **options):
    products = Products.averaged(stats)
    return expansion(k, stats.predictive_var, products, temperature, **options)


in_inverse_temperature = partial(
    Expansion, argument="temperature", values=(24.0, 48.0, 96.0, 192.0), order=4
)


@law(
    kind=in_inverse_temperature(of=pointwise_error),
    formula=r"a^2 + s^2 - (1-\tfrac1k)\frac{C_1}{t_s}"
    r" + (1-\tfrac1k)(1-\tfrac2k)\frac{C_2}{t_s^2} + \delta^{(3)}",
    source="derived here (section 3); to second order: arXiv:2512.19905",
    relative=1e-10,
    holds=PLACES | {"k": at_least(1), "temperature": positive()},
    domain={
        "k": log_integers(2, 64),
        "mean": reals(-0.5, 0.5),
        "predictive_var": constant(1.0),
        "target": reals(-0.5, 0.5),
        "judge": reals(-0.5, 0.5),
    },
    mutants={
        "second order": lambda temperature, **point: _pointwise(
            temperature=temperature, order=2, **point
        ),
        "published third term": lambda temperature, **point: _pointwise(
            temperature=temperature, published=True, **point
        ),
    },
)
def pointwise_high_temperature_error(
    k: Numbers,
    *,
    mean: Numbers,
    predictive_var: Numbers,
    target: Numbers,
    judge: Judge,
    temperature: Numbers,
) -> jax.Array:
    r"""Error of softmax selection at one input, to third order in 1/T.

    With a = m - t, b = m - r, $t_s = T/2s^2$, $C_1 = 2ab + s^2$, $C_2 = C_1 + b^2$,

    $$\delta_k = a^2 + s^2 - \Big(1-\frac1k\Big)\frac{C_1}{t_s}
      + \Big(1-\frac1k\Big)\Big(1-\frac2k\Big)\frac{C_2}{t_s^2} + \delta^{(3)} + O(T^{-4}),$$
    $$\delta^{(3)} = -\frac{k-1}{6k^3T^3}\Big[(k^2-6k+6)K_4 - 6k\,(4abs^2+2s^4)(4b^2s^2+2s^4)\Big],
      \quad K_4 = 48s^8 + 96s^6(ab+b^2).$$

    Args:
      k: number of candidates, at least 1, or infinity.
      mean, predictive_var: m(x), and s^2(x) > 0.
      target, judge: t(x) and r(x).
      temperature: T >> s^2, b^2.

    All broadcast. Returns the error in squared units of y, to the noiseless target; the formula
    itself is computed to 1e-10 of its largest term.

    Raises:
      InputError: k < 1, or a variance or temperature that is not positive.

    Source: derived here (docs, best-of-k section 3); to second order: arXiv:2512.19905, whose
    code has another third term (`published_third_order_error`).

    >>> from jtts.theory import best_of_k
    >>> point = dict(mean=0.5, predictive_var=1.0, target=0.0, judge=-0.3, temperature=160.0)
    >>> print(f"{best_of_k.pointwise_high_temperature_error(5, **point):.7f}")
    1.2321834
    """
    return _pointwise(k, mean, predictive_var, target, judge, temperature)


@law(
    kind=in_inverse_temperature(of=error),
    formula=r"\Delta + s^2 - (1-\tfrac1k)\frac{C_1}{t_s}"
    r" + (1-\tfrac1k)(1-\tfrac2k)\frac{C_2}{t_s^2} + \delta^{(3)}",
    source="derived here (section 3); to second order: arXiv:2512.19905",
    relative=1e-10,
    holds={"k": at_least(1), "stats": instance(Statistics), "temperature": positive()},
    domain={
        "k": log_integers(2, 64),
        "stats": statistics(log_reals(0.02, 0.3), predictive_var=constant(1.0)),
    },
    mutants={
        "second order": lambda k, stats, temperature: _averaged(k, stats, temperature, order=2),
        "published third term": lambda k, stats, temperature: _averaged(
            k, stats, temperature, published=True
        ),
    },
)
def high_temperature_error(k: Numbers, stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""Error of softmax selection averaged over inputs, to third order in 1/T.

    The average of `pointwise_high_temperature_error`: a^2, ab, b^2 become $\Delta$,
    $\Delta - q_{RT}$, $\Delta_b$, and ab^3 becomes $3(\Delta - q_{RT})\Delta_b$.

    Args:
      k: number of candidates, at least 1, or infinity.
      stats: `Statistics`; array fields broadcast.
      temperature: T >> s^2, Delta_b.

    Returns the error in squared units of y, to the noiseless teacher; the formula itself is
    computed to 1e-10 of its largest term.

    Raises:
      InputError: k < 1 or temperature <= 0.

    Source: derived here (docs, best-of-k section 3); to second order: arXiv:2512.19905.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.1)
    >>> exact = best_of_k.error(8, stats, 40.0)
    >>> print(f"{exact - best_of_k.high_temperature_error(8, stats, 40.0):.0e}")
    -3e-06
    """
    return _averaged(k, stats, temperature)
