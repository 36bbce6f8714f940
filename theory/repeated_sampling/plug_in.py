"""What estimates of pass@k by the observed share of correct samples are worth on average."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import log_integers, log_reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, positive, probability, whole
from jtts.special import one_less_exp
from jtts.theory.repeated_sampling.beta import SHAPES, all_pass_at_k, pass_at_k
from jtts.theory.selection.points import over_points

MOST = 1000  # samples
DOMAIN = {"k": log_integers(1, 10**9), "num_samples": log_integers(1, MOST), **SHAPES}
HOLDS = {
    "k": at_least(1),
    "num_samples": whole(1, MOST),
    "a": positive(1e100),
    "b": positive(1e100),
}
PLAYED = {
    "k": log_integers(4, 64),
    "num_samples": log_integers(4, 30),
    "a": log_reals(0.3, 2.0),
    "b": log_reals(0.3, 2.0),
}


def _mean(k, num_samples, a, b, some=False):
    """E (s/m)^k, or E 1 - (1 - s/m)^k where `some`, for s of m samples correct, p ~ Beta(a, b)."""
    s = np.arange(1, MOST + 1)  # none correct adds nothing
    past = s > num_samples
    left = jnp.where(past, 0.0, num_samples - s)
    # P(s) / P(s - 1), up from P(0)
    log_step = jnp.log((left + 1) * (a + (s - 1)) / (s * (b + left)))
    log_chance = jnp.cumsum(jnp.where(past, -jnp.inf, log_step))
    top = lax.stop_gradient(jnp.maximum(jnp.max(log_chance), 0.0))
    chance = jnp.exp(log_chance - top)
    share = jnp.where(past, 0.5, s / num_samples)
    # a share of 1 has a logarithm that infinite k would meet as 0 * infinity
    one = share == 1
    endless = jnp.isinf(k)
    power = jnp.where(endless, 1.0, k)
    inside = jnp.where(one, 0.5, share)
    if some:
        gain = jnp.where(one | endless, 1.0, one_less_exp(power * jnp.log1p(-inside)))
    else:
        gain = jnp.where(one, 1.0, jnp.where(endless, 0.0, jnp.exp(power * jnp.log(inside))))
    mean = jnp.sum(chance * gain) / (jnp.exp(-top) + jnp.sum(chance))
    whole = (num_samples == jnp.round(num_samples)) & (num_samples <= MOST)
    return jnp.where(whole, mean, jnp.nan)


_mean_some = partial(_mean, some=True)  # one object: a program is compiled once for each


def _all_pass(k, num_samples, a, b):
    return over_points(_mean, k, num_samples, a, b, block=64)


def _pass(k, num_samples, a, b):
    return over_points(_mean_some, k, num_samples, a, b, block=64)


@law(
    kind=Exact(),
    formula=r"1 - E(1 - c/m)^k,\; c \sim \mathrm{BetaBin}(m, a, b)",
    source="derived here (section 5); arXiv:2107.03374",
    holds=HOLDS,
    relative=1e-11,
    absolute=1e-290,
    gives=probability(),
    domain=DOMAIN,
    simulated=PLAYED,
    mutants={
        "no bias": lambda k, num_samples, a, b: pass_at_k(k, a, b) + 0.0 * num_samples,
        "k beyond m is m": lambda k, num_samples, a, b: pass_at_k(
            jnp.minimum(k, num_samples), a, b
        ),
    },
)
def plug_in_pass_at_k(k: Numbers, num_samples: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Mean of the plug-in estimate of pass@k from m samples a task, p ~ Beta(a, b).

    $$1 - E\Big(1 - \frac cm\Big)^k = E\,\mathrm{pass@}D$$

    c of the m samples are correct. The plug-in is the chance that k samples drawn from these m with
    replacement hold a correct one; D of the k are distinct samples, so that it is too low. For
    k >> m it tends to pass@m whatever pass@k is.

    Args:
      k: number of attempts, real, from 1 to infinity.
      num_samples: m, a whole number up to 1000; NaN for any other that is traced.
      a, b: shapes of the law of p over tasks, positive, to 1e100.

    Arrays broadcast. Relative accuracy 1e-11 down to 1e-290.

    Raises:
      InputError: k < 1, m not a whole number up to 1000, or a shape that is not positive.

    Source: derived here (docs, repeated sampling section 5); arXiv:2107.03374.

    >>> from jtts.theory import repeated_sampling as rs
    >>> for value in (rs.plug_in_pass_at_k(10, 20, 0.5, 2.0), rs.pass_at_k(10, 0.5, 2.0)):
    ...     print(f"{value:.6f}")
    0.573013
    0.612235
    """
    return _pass(k, num_samples, a, b)


@law(
    kind=Exact(),
    formula=r"E(c/m)^k,\; c \sim \mathrm{BetaBin}(m, a, b)",
    source="derived here (section 5)",
    holds=HOLDS,
    relative=1e-11,
    absolute=1e-290,
    gives=probability(),
    domain=DOMAIN,
    simulated=PLAYED | {"k": log_integers(2, 16)},
    mutants={
        "no bias": lambda k, num_samples, a, b: all_pass_at_k(k, a, b) + 0.0 * num_samples,
        "k beyond m is m": lambda k, num_samples, a, b: all_pass_at_k(
            jnp.minimum(k, num_samples), a, b
        ),
    },
)
def plug_in_all_pass_at_k(k: Numbers, num_samples: Numbers, a: Numbers, b: Numbers) -> jax.Array:
    r"""Mean of the plug-in estimate of pass^k (all k succeed) from m samples a task.

    $$E\Big(\frac cm\Big)^k$$

    It is too high, for the reason that makes `plug_in_pass_at_k` too low; arguments and errors are
    the same.

    Raises:
      InputError: as for `plug_in_pass_at_k`.

    Source: derived here (docs, repeated sampling section 5).

    >>> from jtts.theory import repeated_sampling as rs
    >>> for value in (rs.plug_in_all_pass_at_k(4, 20, 0.5, 2.0), rs.all_pass_at_k(4, 0.5, 2.0)):
    ...     print(f"{value:.6f}")
    0.035687
    0.030303
    """
    return _all_pass(k, num_samples, a, b)
