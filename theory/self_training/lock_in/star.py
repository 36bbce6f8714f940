"""One model that everybody consults, and that hears everybody."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Limit, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import nonnegative, positive, whole, words
from jtts.theory.self_training.lock_in.beliefs import MARGIN, variance

MOST = 10**9


def star(humans, model_trust, human_trust):
    """The trusts, the model first."""
    trust = np.zeros((humans + 1, humans + 1))
    trust[0, 1:], trust[1:, 0] = model_trust, human_trust
    return trust


def _star_variance(humans, model_trust, human_trust, parity, half):
    """Variance of the model's belief after an even or an odd number of rounds."""
    precision = np.append(0.0, np.ones(int(humans)))
    rounds = 2 * half + (parity == "odd")
    return variance(star(int(humans), model_trust, human_trust), precision, rounds)[0]


@jax.jit
def _locked(humans, model_trust, human_trust, odd):
    gain = humans * jnp.asarray(model_trust, float) * human_trust
    y = 1 / gain
    even = (1 + y**2) * (1 - y) / (1 + y) ** 3
    return jnp.where(odd, (1 - y) / (1 + y) / 2, even) / humans


def locked(humans, model_trust, human_trust, parity):
    return _locked(humans, model_trust, human_trust, parity == "odd")


def _gain(humans, model_trust, human_trust):
    return humans * model_trust * human_trust


@law(
    kind=Limit(
        of=_star_variance,
        argument="half",
        values=(15.0, 20.0, 25.0),
        gap=lambda half, point: (
            half * _gain(*(point[n] for n in ("humans", "model_trust", "human_trust"))) ** -half
        ),
    ),
    formula=r"\frac{(1 + y^2)(1 - y)}{N (1 + y)^3},\; \frac{1 - y}{2 N (1 + y)};\; "
    r"y = \frac{1}{N \lambda_1 \lambda_2}",
    source="derived here (section 6); model and humans: arXiv:2506.06166",
    relative=1e-9,
    holds={
        "humans": whole(1, MOST),
        "model_trust": positive(1e6),
        "human_trust": positive(1e6),
        "parity": words("even", "odd"),
    },
    jointly={
        "humans * model_trust * human_trust must be above 1.0001": (
            lambda humans, model_trust, human_trust: (
                _gain(humans, model_trust, human_trust) > 1 + MARGIN
            )
        )
    },
    gives=nonnegative(),
    domain={
        "humans": log_integers(1, 20),
        "model_trust": log_reals(1.0, 2.0),
        "human_trust": reals(1.5, 3.0),
        "parity": choices("even", "odd"),
    },
    mutants={
        "parities exchanged": lambda humans, model_trust, human_trust, parity: locked(
            humans, model_trust, human_trust, "even" if parity == "odd" else "odd"
        ),
        "the gain of a round for that of two": lambda humans, model_trust, human_trust, parity: (
            locked(humans, 1 / humans, jnp.sqrt(humans * model_trust * human_trust), parity)
        ),
        "no parity": lambda humans, model_trust, human_trust, parity: locked(
            humans, model_trust, human_trust, "odd"
        ),
    },
)
def star_locked_variance(
    humans: Numbers,
    model_trust: Numbers,
    human_trust: Numbers,
    parity: Literal["even", "odd"] = "even",
) -> jax.Array:
    r"""Variance of the belief at which a model and the humans who consult it lock.

    N humans see the truth with precision 1 a round, the model sees nothing; the model trusts each
    human by lambda_1 and each human the model by lambda_2. Beliefs lock where
    $g=N\lambda_1\lambda_2>1$, and alternate between two values. With y = 1/g the model has

    $$\frac{(1+y^2)(1-y)}{N(1+y)^3}\ \text{at even},\quad\frac{1-y}{2N(1+y)}\ \text{at odd rounds}$$

    and every human what the model had a round before. Any trust in oneself ends the alternation
    (`locked_variance`).

    Args:
      humans: N, whole, from 1 to 1e9.
      model_trust: lambda_1, of the model in a human, positive, to 1e6.
      human_trust: lambda_2, of a human in the model, positive, to 1e6; N lambda_1 lambda_2 must be
        above 1.0001.
      parity: of the round, "even" or "odd".

    Arrays broadcast; in units of the variance of one observation. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range, or trust too weak to lock.

    Source: derived here (docs, self_training section 6); model, humans and the threshold g = 1 are
    those of arXiv:2506.06166.

    >>> from jtts.theory import self_training
    >>> locked = self_training.star_locked_variance
    >>> print(f"{locked(10, 0.11, 1.0, 'even'):.11f} {locked(10, 0.11, 1.0, 'odd'):.11f}")
    0.00238635137 0.00238095238
    """
    return locked(humans, model_trust, human_trust, parity)


def _radius_less_one(human_trust, humans, model_trust):
    values = np.linalg.eigvals(star(int(humans), model_trust, human_trust))
    return np.abs(values).max() - 1


@jax.jit
def _threshold(humans, model_trust):
    return 1 / (humans * jnp.asarray(model_trust, float))


@law(
    kind=Root(
        residual=_radius_less_one,
        bracket=lambda humans, model_trust: (0.0, 10.0 / model_trust),
    ),
    formula=r"\frac{1}{N \lambda_1}",
    source="arXiv:2506.06166",
    relative=1e-13,
    holds={"humans": whole(1, MOST), "model_trust": positive(1e6)},
    gives=nonnegative(),
    domain={"humans": log_integers(1, 30), "model_trust": log_reals(0.01, 2.0)},
    mutants={
        "spectral radius for its square": lambda humans, model_trust: (
            1 / jnp.sqrt(humans * model_trust)
        ),
        "the model among the humans": lambda humans, model_trust: _threshold(
            humans + 1, model_trust
        ),
    },
)
def lock_in_threshold(humans: Numbers, model_trust: Numbers) -> jax.Array:
    r"""Trust of humans in a model above which all of them lock in with it.

    In the crowd of `star_locked_variance` beliefs lock where $N\lambda_1\lambda_2>1$, so above

    $$\lambda_2=\frac1{N\lambda_1}$$

    Args:
      humans: N, whole, from 1 to 1e9.
      model_trust: lambda_1, of the model in a human, positive, to 1e6.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: the threshold of arXiv:2506.06166, read in a summary (docs, self_training section 6).

    >>> from jtts.theory import self_training
    >>> print(self_training.lock_in_threshold(10, 0.1))
    1.0
    """
    return _threshold(humans, model_trust)
