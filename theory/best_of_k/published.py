"""The curves as arXiv:2512.19905 prints them, to redraw its figures; not laws of this toolkit."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.laws import closed_form
from jtts.numeric import Numbers
from jtts.promises import at_least, finite, instance, positive, vector
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import judge_offset_var
from jtts.theory.best_of_k.high_temperature import Products, expansion


@closed_form(
    holds={
        "k": at_least(1),
        "spectrum": vector(positive()),
        "aspect_ratio": positive(),
        "noise_var": positive(),
        "prior_var": positive(),
        "teacher": vector(finite()),
    },
    relative=1e-10,
)
def published_asymptotic_error(
    k: Numbers,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers,
) -> jax.Array:
    r"""The large-k error at temperature 0 as arXiv:2512.19905 prints it, to redraw its figures.

    $$\frac{\pi\sigma^2}{k^2\sqrt{1-2\Delta_0/\sigma^2}},\quad
      \Delta_0=\lambda^2\,\frac1d\sum_j\frac{w_j^2 l_j}{(l_j+\lambda)^2},\quad
      \lambda=\frac{\alpha\sigma^2}{\gamma^2}.$$

    It is `asymptotic_error` with the bias at the bare ridge for Delta, noise_var for s^2 and k^2
    for (k+1)(k+2): 5 to 6 % high at k = 50 in the paper's figure.

    Args:
      k: number of candidates, at least 1; broadcasts against the scalars below.
      spectrum: eigenvalues l_j, shape (..., d).
      aspect_ratio, noise_var, prior_var: alpha = d/n, sigma^2, gamma^2; positive.
      teacher: components w_j of the teacher in the eigenbasis, shape (..., d).

    Returns the error in squared units of y, to the noiseless teacher; NaN where
    Delta_0 >= sigma^2/2, where it does not exist.

    Raises:
      InputError: k < 1, or a ratio or variance that is not positive.

    >>> import numpy as np
    >>> from jtts.theory import best_of_k
    >>> printed = best_of_k.published_asymptotic_error(
    ...     50, spectrum=np.ones(10), aspect_ratio=1e-3, noise_var=1.0, prior_var=1.0,
    ...     teacher=np.full(10, 2.0))
    >>> print(f"{printed:.6e}")
    1.256642e-03
    """
    k, spectrum, alpha, noise_var, prior_var, teacher = (
        jnp.asarray(x, jnp.result_type(float))
        for x in (k, spectrum, aspect_ratio, noise_var, prior_var, teacher)
    )
    ridge = alpha * noise_var / prior_var
    ridge = ridge[..., None]
    bias = jnp.mean(spectrum * (teacher * (ridge / (spectrum + ridge))) ** 2, -1)
    discriminant = 1 - 2 * bias / noise_var
    safe = jnp.where(discriminant > 0, discriminant, jnp.nan)
    return np.pi * noise_var / jnp.sqrt(safe) / k / k


SERIES = {"k": at_least(1), "stats": instance(Statistics), "temperature": positive()}


@closed_form(holds=SERIES, relative=1e-10)
def published_softmax_error(k: Numbers, stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""The error of softmax selection to second order in 1/T, averaged over inputs.

    $$\delta_k \approx \Delta + s^2 - \Big(1-\frac1k\Big)\frac{C_1}{t_s}
      + \Big(1-\frac1k\Big)\Big(1-\frac2k\Big)\frac{C_2}{t_s^2},\quad t_s = \frac{T}{2s^2},$$

    $C_1 = 2(\Delta-q_{RT})+s^2$, $C_2 = C_1+\Delta_b$. The paper uses it with the bias alone for
    Delta (`regression.statistics(..., bias_only=True)`).

    Args:
      k: number of candidates, at least 1.
      stats: `Statistics`; array fields broadcast.
      temperature: T > 0 and large against s^2 and Delta_b; the expansion fails otherwise.

    Returns the error in squared units of y, to the noiseless teacher, computed to 1e-10 of its
    largest term. `error` is exact.

    Raises:
      InputError: k < 1 or temperature <= 0.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.1)
    >>> print(f"{best_of_k.published_softmax_error(2, stats, 40.0):.4f}")
    1.0700
    >>> print(f"{best_of_k.error(2, stats, 40.0):.4f}")
    1.0701
    """
    return expansion(k, stats.predictive_var, Products.averaged(stats), temperature, order=2)


@closed_form(holds=SERIES, relative=1e-10)
def published_third_order_error(k: Numbers, stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""The expansion in 1/T with the third-order term of the code published with the paper.

    $$-\Big(1-\frac1k\Big)\Big(1-\frac2k\Big)\Big(1-\frac3k\Big)\frac{K_4}{6T^3}$$

    It is right for infinitely many candidates alone; `high_temperature_error` has the term for any
    k. At k = 5 its sign is wrong: a = 0.5, b = 0.8, s = 1 at one input has -0.591 / t_s^3 for
    +0.230 / t_s^3.

    Arguments, result and errors are those of `published_softmax_error`.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.1)
    >>> ours = best_of_k.high_temperature_error(5, stats, 10.0)
    >>> print(f"{best_of_k.published_third_order_error(5, stats, 10.0) - ours:.5f}")
    -0.00276
    """
    products = Products.averaged(stats)
    return expansion(k, stats.predictive_var, products, temperature, published=True)


def _second_order(stats):
    """C_1 and C_2, the coefficients of -1/t_s and 1/t_s^2 at k = infinity."""
    first = 2 * (stats.mean_error - stats.judge_cross) + stats.predictive_var
    return first, first + judge_offset_var(stats)


@closed_form(holds={"k": at_least(1), "stats": instance(Statistics)}, relative=1e-12)
def published_optimal_temperature(k: Numbers, stats: Statistics) -> jax.Array:
    r"""The temperature at which the second-order expansion is least.

    $$T^* = 4 s^2 \Big(1 - \frac2k\Big)\frac{C_2}{C_1}$$

    Good where it comes out large against s^2; `optimal_temperature` is exact.

    Args:
      k: number of candidates, at least 1; infinity is accepted.
      stats: `Statistics`; array fields broadcast.

    Returns the temperature in squared units of y: 0 for k <= 2, NaN where C_1 or C_2 is not
    positive.

    Raises:
      InputError: k < 1.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.1, 4.0, -0.2)
    >>> print(f"{best_of_k.published_optimal_temperature(8, stats):.4f}")
    11.4375
    """
    first, second = _second_order(stats)
    sign = (first > 0) & (second > 0)
    ratio = jnp.where(sign, second, jnp.nan) / jnp.where(sign, first, 1.0)
    return 4 * stats.predictive_var * jnp.maximum(1 - 2 / jnp.asarray(k, float), 0.0) * ratio


@closed_form(
    holds={"stats": instance(Statistics), "temperature": positive()},
    relative=1e-10,
)
def second_order_optimal_k(stats: Statistics, temperature: Numbers) -> jax.Array:
    r"""The number of candidates at which the second-order expansion in 1/T is least.

    $$k^* = \frac{4}{3 - t_s C_1/C_2},\quad t_s = \frac{T}{2s^2} < \frac{3 C_2}{C_1}$$

    The threshold is in arXiv:2512.19905; the minimum follows from the same expansion.
    `optimal_k` is exact.

    Args:
      stats: `Statistics`; array fields broadcast.
      temperature: T > 0, large against s^2 and Delta_b.

    Returns a real number, infinity beyond the threshold, 1 where the expansion rises from there on
    (T C_1 < -2 s^2 C_2) and NaN where it has no minimum (C_2 <= 0).

    Raises:
      InputError: temperature <= 0.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 1e-9, 16.0, 0.0)
    >>> print(f"{best_of_k.second_order_optimal_k(stats, 40.0):.2f}")
    2.19
    """
    first, second = _second_order(stats)
    curved = second > 0
    ratio = jnp.where(curved, first, 1.0) / jnp.where(curved, second, 1.0)
    below = 3 - temperature / (2 * stats.predictive_var) * ratio
    best = jnp.where(below > 0, 4 / jnp.clip(jnp.where(below > 0, below, 1.0), 0.0, 4.0), jnp.inf)
    return jnp.where(curved, best, jnp.nan)
