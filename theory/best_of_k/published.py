"""The curves as arXiv:2512.19905 prints them, to redraw its figures; not laws of this toolkit."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from jtts.arguments import require_at_least, require_positive
from jtts.regression import Statistics
from jtts.theory.best_of_k.domains import judge_offset_var


def published_asymptotic_error(k, *, spectrum, aspect_ratio, noise_var, prior_var, teacher):
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
    require_at_least(1, k=k)
    require_positive(
        spectrum=spectrum, aspect_ratio=aspect_ratio, noise_var=noise_var, prior_var=prior_var
    )
    k, spectrum, alpha, noise_var, prior_var, teacher = (
        jnp.asarray(x, jnp.result_type(float))
        for x in (k, spectrum, aspect_ratio, noise_var, prior_var, teacher)
    )
    ridge = alpha * noise_var / prior_var
    terms = teacher**2 * spectrum / (spectrum + ridge[..., None]) ** 2
    discriminant = 1 - 2 * ridge**2 * jnp.mean(terms, -1) / noise_var
    safe = jnp.where(discriminant > 0, discriminant, jnp.nan)
    return np.pi * noise_var / (k**2 * jnp.sqrt(safe))


def published_softmax_error(k, stats: Statistics, temperature):
    r"""The error of softmax selection to second order in 1/T, averaged over inputs.

    $$\delta_k \approx \Delta + s^2 - \Big(1-\frac1k\Big)\frac{C_1}{t_s}
      + \Big(1-\frac1k\Big)\Big(1-\frac2k\Big)\frac{C_2}{t_s^2},\quad t_s = \frac{T}{2s^2},$$

    $C_1 = 2(\Delta-q_{RT})+s^2$, $C_2 = C_1+\Delta_b$. The paper uses it with the bias alone for
    Delta (`regression.statistics(..., bias_only=True)`).

    Args:
      k: number of candidates, at least 1.
      stats: `Statistics`; array fields broadcast.
      temperature: T > 0 and large against s^2 and Delta_b; the expansion fails otherwise.

    Returns the error in squared units of y, to the noiseless teacher. `error` is exact.

    Raises:
      InputError: k < 1 or temperature <= 0.

    >>> from jtts.theory import best_of_k
    >>> stats = best_of_k.Statistics(1.0, 0.1)
    >>> print(f"{best_of_k.published_softmax_error(2, stats, 40.0):.4f}")
    1.0700
    >>> print(f"{best_of_k.error(2, stats, 40.0):.4f}")
    1.0701
    """
    require_at_least(1, k=k)
    require_positive(temperature=temperature)
    k = jnp.asarray(k, jnp.result_type(float))
    reduced = temperature / (2 * stats.predictive_var)
    first = 2 * (stats.mean_error - stats.judge_cross) + stats.predictive_var
    second = first + judge_offset_var(stats)
    once, twice = 1 - 1 / k, (1 - 1 / k) * (1 - 2 / k)
    start = stats.mean_error + stats.predictive_var
    return start - once * first / reduced + twice * second / reduced**2
