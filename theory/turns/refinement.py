"""Verify an answer and revise it where it is rejected."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, probability, whole
from jtts.special import at_most_one
from jtts.theory.turns.chains import RATES

MOST = 10**6  # verifications
BITS = 20


@jax.jit
def refined(num_turns, start, correction, introduction, tpr, fpr):
    """Accuracy of what is returned, and verifications made.

    Before verification i the two chances R_i, W_i that there is a right and a wrong answer to
    verify are M^i (R_0, W_0). Sums of powers by doubling: all terms are positive.
    """
    t, p, a, b, s, f = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (num_turns, start, correction, introduction, tpr, fpr))
    )
    matrix = jnp.stack([(1 - b) * (1 - s), a * (1 - f), b * (1 - s), (1 - a) * (1 - f)])
    one, none = jnp.ones_like(p), jnp.zeros_like(p)

    def double(k, state):
        power, total, now, seen = state
        odd = jnp.floor((t - 1) / 2.0**k) % 2 == 1
        seen = jnp.where(odd, seen + _apply(total, now), seen)
        now = jnp.where(odd, _apply(power, now), now)
        return _product(power, power), total + _product(power, total), now, seen

    begun = matrix, jnp.stack([one, none, none, one]), jnp.stack([p, 1 - p]), jnp.stack([none] * 2)
    _, _, last, seen = lax.fori_loop(0, BITS, double, begun)
    seen = seen + last
    return at_most_one(s * seen[0] + (1 - s) * last[0]), seen[0] + seen[1]


def _apply(matrix, vector):
    return jnp.stack(
        [
            matrix[0] * vector[0] + matrix[1] * vector[1],
            matrix[2] * vector[0] + matrix[3] * vector[1],
        ]
    )


def _product(left, right):
    return jnp.concatenate([_apply(left, right[::2]), _apply(left, right[1::2])])[
        np.array([0, 2, 1, 3])
    ]


TAKES = {
    "num_turns": whole(1, MOST),
    "start": probability(),
    **RATES,
    "tpr": probability(),
    "fpr": probability(),
}
DRAW = {
    "num_turns": log_integers(1, 100),
    "start": reals(0.1, 0.9),
    "correction_rate": reals(0.05, 0.6),
    "introduction_rate": reals(0.02, 0.5),
    "tpr": reals(0.5, 1.0),
    "fpr": reals(0.02, 0.5),
}


def _mutant(which, change):
    def changed(num_turns, start, correction_rate, introduction_rate, tpr, fpr):
        given = num_turns, start, correction_rate, introduction_rate, tpr, fpr
        return refined(*change(*given))[which]

    return changed


@law(
    kind=Exact(),
    formula=r"s \sum_{i<t} R_i + (1 - s) R_{t-1},\; (R, W)_{i+1} = M (R, W)_i",
    source="derived here (section 3)",
    relative=1e-9,
    absolute=1e-300,
    holds=TAKES,
    gives=probability(),
    domain=DRAW,
    simulated={"num_turns": log_integers(1, 12)},
    mutants={
        "a verification more": _mutant(0, lambda t, p, a, b, s, f: (t + 1, p, a, b, s, f)),
        "rates of the verifier swapped": _mutant(0, lambda t, p, a, b, s, f: (t, p, a, b, f, s)),
        "fresh answers": _mutant(0, lambda t, p, a, b, s, f: (t, p, p, 1 - p, s, f)),
    },
)
def verified_refinement_accuracy(
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    tpr: Numbers,
    fpr: Numbers,
) -> jax.Array:
    r"""Accuracy if an answer is verified up to t times and revised after each rejection.

    The verifier accepts a right answer with chance s and a wrong one with chance f; what it accepts
    is returned. A rejected answer is revised as in `turn_accuracy`, and the last one is returned
    though rejected. With R_i, W_i the chances that verification i finds a right or a wrong answer:

    $$s\sum_{i<t}R_i+(1-s)R_{t-1},\quad
      \begin{pmatrix}R\\W\end{pmatrix}_{i+1}=
      \begin{pmatrix}(1-b)(1-s)&a(1-f)\\b(1-s)&(1-a)(1-f)\end{pmatrix}
      \begin{pmatrix}R\\W\end{pmatrix}_i$$

    For many turns it tends to $s[p_0(f+(1-f)a)+(1-p_0)(1-f)a]/[sf+s(1-f)a+(1-s)bf]$. With fresh
    answers, a = p_0 and b = 1 - p_0, it is `verifiers.binary_accuracy`.

    Args:
      num_turns: t, largest number of verifications, whole, from 1 to 1e6; no derivative.
      start: p_0, accuracy of the first answer.
      correction_rate: a, chance that a revision corrects a wrong answer.
      introduction_rate: b, chance that a revision spoils a right answer.
      tpr, fpr: s and f.

    Arrays broadcast. Relative accuracy 1e-9, down to 1e-300.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 3).

    >>> from jtts.theory import turns
    >>> print(f"{turns.verified_refinement_accuracy(10, 0.4, 0.3, 0.1, 0.9, 0.2):.9f}")
    0.721708501
    """
    return refined(num_turns, start, correction_rate, introduction_rate, tpr, fpr)[0]


@law(
    kind=Exact(),
    formula=r"\sum_{i<t} (R_i + W_i)",
    source="derived here (section 3)",
    relative=1e-9,
    holds=TAKES,
    gives=at_least(1),
    domain=DRAW,
    simulated={"num_turns": log_integers(1, 12)},
    mutants={
        "a verification more": _mutant(1, lambda t, p, a, b, s, f: (t + 1, p, a, b, s, f)),
        "rates of the verifier swapped": _mutant(1, lambda t, p, a, b, s, f: (t, p, a, b, f, s)),
    },
)
def verified_refinement_calls(
    num_turns: Numbers,
    start: Numbers,
    correction_rate: Numbers,
    introduction_rate: Numbers,
    tpr: Numbers,
    fpr: Numbers,
) -> jax.Array:
    r"""Mean number of verifications that `verified_refinement_accuracy` takes.

    $$\sum_{i<t}(R_i+W_i)$$

    Arguments are the same. Arrays broadcast. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, turns section 3).

    >>> from jtts.theory import turns
    >>> print(f"{turns.verified_refinement_calls(10, 0.4, 0.3, 0.1, 0.9, 0.2):.8f}")
    2.17901686
    """
    return refined(num_turns, start, correction_rate, introduction_rate, tpr, fpr)[1]
