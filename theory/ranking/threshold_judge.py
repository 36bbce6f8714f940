"""A judge at temperature 0: it sees one noisy gap, adds its bias for the first, and decides."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erfc

from jtts.domain import reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.normal_tail import hazard, log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import between, probability
from jtts.theory.ranking.chances import chance

SOURCE = "derived here (section 2)"
NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
HOLDS = {"gap": between(-30, 30), "spread": between(0.1, 1e6), "bias": between(-30, 30)}


def _tail(z):
    return erfc(z / np.sqrt(2)) / 2


@jax.jit
def flip(gap, spread, bias):
    """P(|x + N| < h): tails where they differ, else the density over the short interval."""
    x, h = jnp.abs(gap / spread), jnp.abs(bias / spread)
    low, high = (jnp.abs(gap) - jnp.abs(bias)) / spread, (jnp.abs(gap) + jnp.abs(bias)) / spread
    short = h < 0.5
    step = jnp.where(short, h, 0.0)[..., None] * NODES
    density = jnp.exp(-((x[..., None] + step) ** 2) / 2) / np.sqrt(2 * np.pi)
    near = h * jnp.sum(WEIGHTS * density, -1)
    return jnp.where(short, near, _tail(low) - _tail(high))


@jax.jit
def accuracy(gap, spread, bias):
    low, high = (jnp.abs(bias) - gap) / spread, (jnp.abs(bias) + gap) / spread
    beyond = (low > 0) & (high > 0)  # then the squares are subtracted by hand
    a, b = jnp.where(beyond, low, 1.0), jnp.where(beyond, high, 1.0)
    far = 2 * jnp.abs(bias) / spread * (gap / spread) + jnp.log(hazard(b) / hazard(a))
    near = log_upper_tail(low) - log_upper_tail(high)
    return chance(jnp.where(beyond, far, near))


@law(
    kind=Exact(),
    formula=r"1 - \Phi((D - b)/g) - \Phi((-D - b)/g)",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain={"gap": reals(-2.0, 2.0), "spread": reals(0.5, 2.0), "bias": reals(0.1, 2.0)},
    mutants={
        "two readings": lambda gap, spread, bias: flip(gap, spread * np.sqrt(2.0), bias),
        "one side": lambda gap, spread, bias: flip(gap, spread, bias / 2),
        "no gap": lambda gap, spread, bias: flip(0 * gap, spread, bias),
    },
)
def threshold_judge_flip(gap: Numbers, spread: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that a judge without noise between calls contradicts itself when orders are swapped.

    It sees $D'\sim N(D,g^2)$, the same in both orders, and prefers what is shown first where
    $D'_\text{first}+b>0$. It flips where $|D'|<|b|$:

    $$1-\Phi\Big(\frac{D-b}g\Big)-\Phi\Big(\frac{-D-b}g\Big)\quad(b\ge0)$$

    Without bias there are no flips, and with b > 0 none for the second place: these tell this judge
    from the noisy one (`swap_second_second`).

    Args:
      gap: D of the first answer over the second, from -30 to 30.
      spread: g, standard deviation of what is seen, from 0.1 to 1e6.
      bias: b for the answer that is shown first, from -30 to 30; only its size counts.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 2).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.threshold_judge_flip(0.5, 1.0, 0.5):.12f}")
    0.341344746069
    """
    return flip(*jnp.broadcast_arrays(gap, spread, bias))


@law(
    kind=Exact(),
    formula=r"\Phi((D - b)/g) \big/ [\Phi((D - b)/g) + \Phi((-D - b)/g)]",
    source=SOURCE,
    relative=1e-11,
    absolute=1e-300,
    holds=HOLDS,
    gives=probability(),
    domain={"gap": reals(-1.5, 1.5), "spread": reals(0.7, 2.0), "bias": reals(0.0, 1.5)},
    mutants={
        "bias without effect": lambda gap, spread, bias: accuracy(gap, spread, 0 * bias),
        "of the noisy judge": lambda gap, spread, bias: chance(2 * gap) + 0 * spread * bias,
        "half the bias": lambda gap, spread, bias: accuracy(gap, spread, bias / 2),
    },
)
def threshold_judge_accuracy(gap: Numbers, spread: Numbers, bias: Numbers) -> jax.Array:
    r"""Chance that the first answer is preferred by this judge, given that both orders agree.

    $$\frac{\Phi((D-b)/g)}{\Phi((D-b)/g)+\Phi((-D-b)/g)}\quad(b\ge0)$$

    as for `threshold_judge_flip`. Bias raises it for the better answer: close pairs are the ones
    left undecided.

    Args:
      gap: D of the first answer over the second, from -30 to 30.
      spread: g, standard deviation of what is seen, from 0.1 to 1e6.
      bias: b for the answer that is shown first, from -30 to 30; only its size counts.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 2).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.threshold_judge_accuracy(0.5, 1.0, 0.5):.12f}")
    0.759122465076
    """
    return accuracy(gap, spread, bias)
