"""A small model that answers where it is confident, and a large one that is asked otherwise."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import reals
from jtts.kinds import Exact, Minimizer
from jtts.laws import law
from jtts.normal_tail import log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import between, finite, probability
from jtts.special import at_most_one

FAR = 60.0  # deviations beyond which a tail is nothing
MODELS = {
    "p": probability(),
    "separation": finite(),
    "large_if_right": probability(),
    "large_if_wrong": probability(),
}
DRAWN = {
    "p": reals(0.3, 0.9),
    "separation": reals(0.5, 2.5),
    "large_if_right": reals(0.7, 0.97),
    "large_if_wrong": reals(0.3, 0.7),
}


def _above(z):
    """P(Z > z), infinite z included; its slope there is zero."""
    return jnp.exp(log_upper_tail(jnp.clip(z, -FAR, FAR)))


def _shares(threshold, p, separation):
    """Right and kept, right and deferred, wrong and deferred."""
    p = jnp.asarray(p, jnp.result_type(float))
    kept, sent = _above(threshold - separation), _above(separation - threshold)
    return p * kept, p * sent, (1 - p) * _above(-threshold)


def _accuracy(threshold, p, separation, large_if_right, large_if_wrong):
    kept, right, wrong = _shares(threshold, p, separation)
    return at_most_one(kept + right * large_if_right + wrong * large_if_wrong)


def _deferred(threshold, p, separation, large_if_right, large_if_wrong):
    _, right, wrong = _shares(threshold, p, separation)
    return at_most_one(right + wrong + 0 * (large_if_right + large_if_wrong))


def _with(value, change):
    """A wrong value: at other arguments."""

    def changed(threshold, p, separation, large_if_right, large_if_wrong):
        return value(*change(threshold, p, separation, large_if_right, large_if_wrong))

    return changed


@law(
    kind=Exact(),
    formula=r"p\,\Phi(d-t) + p\,\Phi(t-d)\,q_1 + (1-p)\,\Phi(t)\,q_0",
    source="textbook (a point of the ROC curve); derived here (section 5)",
    holds={"threshold": between(-np.inf, np.inf), **MODELS},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    domain={"threshold": reals(-2.0, 4.0), **DRAWN},
    mutants={
        "the confident are deferred": _with(
            _accuracy, lambda t, p, d, right, wrong: (d - t, p, d, right, wrong)
        ),
        "the large model is as good at any": _with(
            _accuracy, lambda t, p, d, right, wrong: (t, p, d, *2 * [p * right + (1 - p) * wrong])
        ),
    },
)
def cascade_accuracy(
    threshold: Numbers,
    p: Numbers,
    separation: Numbers,
    large_if_right: Numbers,
    large_if_wrong: Numbers,
) -> jax.Array:
    r"""Accuracy of a small model whose unsure answers are left to a large one.

    The small model is right with chance p; its confidence is N(d, 1) if it is right and N(0, 1) if
    not. Above the threshold t its answer stands; below, the large model answers, right with chance
    q_1 where the small one is right and q_0 where it is wrong:

    $$p\,\Phi(d-t)+p\,\Phi(t-d)\,q_1+(1-p)\,\Phi(t)\,q_0$$

    At t = -infinity this is p, at t = infinity the large model's $pq_1+(1-p)q_0$; with q_1 < 1 and
    q_0 > 0 the best t between beats both (`cascade_threshold` at price 0).

    Args:
      threshold: t, any number, infinities included.
      p: chance that the small model is right.
      separation: d, finite; the area under the ROC curve of the confidence is
        $\Phi(d/\sqrt2)$. Fit it to a measured area: the entropy of a softmax is not normal.
      large_if_right, large_if_wrong: q_1 and q_0.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: a probability outside [0, 1], or a separation that is not finite.

    Source: textbook; derived here (docs, verifiers section 5).

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.cascade_accuracy(1.55264853622, 0.6, 1.5, 0.9, 0.5):.12f}")
    0.756689645985
    """
    return _accuracy(threshold, p, separation, large_if_right, large_if_wrong)


@law(
    kind=Exact(),
    formula=r"p\,\Phi(t-d) + (1-p)\,\Phi(t)",
    source="textbook (a point of the ROC curve); derived here (section 5)",
    holds={"threshold": between(-np.inf, np.inf), **MODELS},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    domain={"threshold": reals(-1.0, 4.0), **DRAWN},
    simulated={"threshold": reals(-1.0, 2.0)},  # above, hardly an answer is kept
    mutants={
        "the confident are deferred": _with(
            _deferred, lambda t, p, d, *large: (d - t, p, d, *large)
        ),
        "all are wrong": _with(_deferred, lambda t, p, d, *large: (t, 0 * p, d, *large)),
    },
)
def cascade_deferred(
    threshold: Numbers,
    p: Numbers,
    separation: Numbers,
    large_if_right: Numbers = 0.0,
    large_if_wrong: Numbers = 0.0,
) -> jax.Array:
    r"""Share of the questions that a small model leaves to a large one.

    $$p\,\Phi(t-d)+(1-p)\,\Phi(t)$$

    in the model of `cascade_accuracy`. A question costs that of a small call plus this share of a
    large one.

    Args:
      threshold: t, any number, infinities included.
      p: chance that the small model is right.
      separation: d, finite.
      large_if_right, large_if_wrong: chances of the large model; they change nothing here, and are
        taken so that a cascade is one set of arguments.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: a probability outside [0, 1], or a separation that is not finite.

    Source: textbook; derived here (docs, verifiers section 5).

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.cascade_deferred(1.55264853622, 0.6, 1.5):.10f}")
    0.6884949920
    """
    return _deferred(threshold, p, separation, large_if_right, large_if_wrong)


def _threshold(p, separation, large_if_right, large_if_wrong, price):
    p, d, q1, q0, y = jnp.broadcast_arrays(
        *(
            jnp.asarray(x, jnp.result_type(float))
            for x in (p, separation, large_if_right, large_if_wrong, price)
        )
    )
    gain, loss = q0 - y, 1 - q1 + y  # of deferring a wrong and a right answer
    inside = (gain > 0) & (loss > 0) & (p > 0) & (p < 1)
    always = (1 - p) * gain > p * loss  # where one of the two is no loss at all

    def log(x):
        return jnp.log(jnp.where(inside, x, 0.5))

    odds = log(gain) - log(loss) + log(1 - p) - log(p)
    return jnp.where(inside, odds / d + d / 2, jnp.where(always, jnp.inf, -jnp.inf))


def _cost(threshold, p, separation, large_if_right, large_if_wrong, price):
    """Price of deferring less the accuracy."""
    point = threshold, p, separation, large_if_right, large_if_wrong
    return price * cascade_deferred(*point) - cascade_accuracy(*point)


@law(
    kind=Minimizer(
        of=_cost,
        argument="threshold",
        candidates=lambda point: np.linspace(-12.0, 12.0, 97),
    ),
    formula=r"\frac1d \ln\frac{(q_0 - y)(1-p)}{(1 - q_1 + y)\,p} + \frac d2",
    source="derived here (section 5)",
    holds={
        "p": probability(),
        "separation": between(0.01, 100),
        "large_if_right": probability(),
        "large_if_wrong": probability(),
        "price": between(-1, 1),
    },
    relative=1e-12,
    absolute=1e-10,
    domain={
        "p": reals(0.3, 0.8),
        "separation": reals(0.8, 2.5),
        "large_if_right": reals(0.7, 0.97),
        "large_if_wrong": reals(0.4, 0.7),
        "price": reals(0.0, 0.15),
    },
    mutants={
        "even odds": lambda p, separation, large_if_right, large_if_wrong, price: _threshold(
            0.5 + 0 * p, separation, large_if_right, large_if_wrong, price
        ),
        "deferring is free": lambda p, separation, large_if_right, large_if_wrong, price: (
            _threshold(p, separation, large_if_right, large_if_wrong, 0.5 * price - 0.02)
        ),
        "densities of equal height": (
            lambda p, separation, large_if_right, large_if_wrong, price: (
                _threshold(p, separation, large_if_right, large_if_wrong, price) - separation / 2
            )
        ),
    },
)
def cascade_threshold(
    p: Numbers,
    separation: Numbers,
    large_if_right: Numbers,
    large_if_wrong: Numbers,
    price: Numbers = 0.0,
) -> jax.Array:
    r"""The confidence below which a small model should ask a large one.

    $$t=\frac1d\ln\frac{(q_0-y)(1-p)}{(1-q_1+y)\,p}+\frac d2$$

    maximises `cascade_accuracy` less y times `cascade_deferred`: at t a deferred answer gains as
    much as it costs. For y >= q_0 it is -infinity (never ask), for y <= q_1 - 1 infinity (always).

    Args:
      p: chance that the small model is right.
      separation: d, from 0.01 to 100.
      large_if_right, large_if_wrong: q_1 and q_0, chances of the large model where the small one
        is right and wrong.
      price: y of asking the large model, in units of accuracy; from -1 to 1.

    Arrays broadcast. Relative accuracy 1e-12, and 1e-10 absolute. Where both ends are as good as
    any (a large model that is right where the small one is, for no price), -infinity.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, verifiers section 5).

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.cascade_threshold(0.6, 1.5, 0.9, 0.5, 0.2):.12f}")
    0.479689927928
    """
    return _threshold(p, separation, large_if_right, large_if_wrong, price)
