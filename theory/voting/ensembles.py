"""Plurality of the answers of several models, mixed by weights."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import Range, log_integers, shares_of, simplex
from jtts.kinds import Exact
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import probability, vector, whole
from jtts.theory.voting.plurality import MOST, SHARES, _plurality, _winner_share

LEAST = 1e-100  # of the largest weight or chance
WEIGHTS = SHARES
ANSWERS = vector(vector(SHARES))
ANSWERED = {
    "every model must have an answer to every question": lambda probabilities: (
        (probabilities >= LEAST).any(-1).all((-1, -2))
    )
}
SOME = ANSWERED | {
    "weights must not all be below 1e-100": lambda weights: (weights >= LEAST).any(-1),
    "weights must be as many as the models": lambda weights, probabilities: np.full(
        np.broadcast_shapes(weights.shape[:-1], probabilities.shape[:-3]),
        weights.shape[-1] == probabilities.shape[-2],
    ),
}


def benchmarks(questions: int, models: int, answers: int) -> Range:
    """Chances of the answers of every model to every question; some concentrated, some flat."""

    def at(u: np.ndarray) -> np.ndarray:
        shape = 0.2 * 10.0 ** u[0]
        cells = np.clip(u[1:].reshape(questions, models, answers), 1e-12, 1 - 1e-12)
        return shares_of(scipy.stats.loggamma.ppf(cells, shape))

    text = f"{questions} questions, {models} models, {answers} answers"
    return Range(text, at, dims=1 + questions * models * answers, value_ndim=3)


def _shares(x):
    x = jnp.asarray(x, jnp.result_type(float))
    x = x / jnp.max(x, -1, keepdims=True)  # their sum may overflow
    return x / jnp.sum(x, -1, keepdims=True)


def mixture(weights, probabilities):
    """Chances of the answers to every question, [..., questions, answers]."""
    return jnp.sum(_shares(weights)[..., None, :, None] * _shares(probabilities), -2)


def _accuracy(n, weights, probabilities):
    n = jnp.asarray(n, jnp.result_type(float))
    return jnp.mean(_plurality(n[..., None], mixture(weights, probabilities)), -1)


@law(
    kind=Exact(),
    formula=(
        r"\frac1Q \sum_q A_n\Big(\sum_m w_m\, p_{qm}\Big)"
        r",\; A_n\ \text{for votes of one law}"
    ),
    source="derived here (section 4); weighted votes: arXiv:2509.21091",
    holds={"n": whole(1, MOST), "weights": WEIGHTS, "probabilities": ANSWERS},
    jointly=SOME,
    relative=0.0,
    absolute=1e-12,
    gives=probability(),
    domain={
        "n": log_integers(1, MOST),
        "weights": simplex((3,), (0.3, 3.0)),
        "probabilities": benchmarks(3, 3, 3),
    },
    simulated={"n": log_integers(1, 100)},
    mutants={
        "equal weights": lambda n, weights, probabilities: _accuracy(
            n, jnp.ones_like(jnp.asarray(weights, float)), probabilities
        ),
        "a third more votes": lambda n, weights, probabilities: _accuracy(
            jnp.ceil(4 * n / 3), weights, probabilities
        ),
        "models taken apart": lambda n, weights, probabilities: jnp.sum(
            weights / jnp.sum(weights)
            * jnp.mean(_plurality(n, jnp.swapaxes(jnp.asarray(probabilities), -3, -2)), -1)
        ),
    },
)  # fmt: skip
def weighted_plurality_accuracy(n: Numbers, weights: Numbers, probabilities: Numbers) -> jax.Array:
    r"""Accuracy of the plurality of n votes, each of a model that is drawn by its weight.

    Model m gives answer a to question q with chance $p_{qma}$. Each of n votes is that of a model
    drawn with chance $w_m$, so that they are n answers of the mixture:

    $$\frac1Q\sum_qA_n\Big(\sum_mw_m\,p_{qm}\Big)$$

    with A_n of `plurality_accuracy`: ties are broken at random.

    Args:
      n: votes on a question, whole, at most 1000.
      weights: of the models, [..., models], to 1e100; divided by their sum.
      probabilities: [..., questions, models, answers], the first answer being the right one; those
        of a model to a question are divided by their sum, so that counts of answers do as well.

    Arrays broadcast. Absolute accuracy 1e-12. Derivatives in forward mode.

    Raises:
      InputError: n not a whole number up to 1000; negative weights or probabilities, or all zero;
        numbers of weights and models that differ.

    Source: derived here (docs, voting section 4); weighted votes of several models are studied in
    arXiv:2509.21091.

    >>> from jtts.theory import voting
    >>> two_models = [[0.4, 0.1, 0.5], [0.4, 0.5, 0.1]]  # one question: both are wrong
    >>> print(f"{voting.weighted_plurality_accuracy(101, [1, 1], [two_models]):.4f}")
    0.8127
    """
    return _accuracy(n, weights, probabilities)


@closed_form(
    holds={"weights": WEIGHTS, "probabilities": ANSWERS},
    jointly=SOME,
    relative=1e-14,
    gives=probability(),
)
def weighted_plurality_limit(weights: Numbers, probabilities: Numbers) -> jax.Array:
    r"""Share of the questions that endless weighted votes answer rightly.

    A question is answered rightly if the first answer has the largest $\sum_mw_m\,p_{qma}$; answers
    that tie to the last digit share.

    Args:
      weights: of the models, [..., models].
      probabilities: [..., questions, models, answers], the first answer being the right one.

    Arrays broadcast.

    Raises:
      InputError: negative weights or probabilities, or all zero; numbers of weights and models that
        differ.

    Source: arXiv:2509.21091; derived here (docs, voting section 4).

    >>> from jtts.theory import voting
    >>> two_models = [[0.4, 0.1, 0.5], [0.4, 0.5, 0.1]]
    >>> print(voting.weighted_plurality_limit([[1, 0], [1, 1]], [two_models]))
    [0. 1.]
    """
    return jnp.mean(_winner_share(mixture(weights, probabilities)), -1)
