"""Knockout tournaments between candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import Range, choices, reals
from jtts.kinds import Exact
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import Accepted, at_least, odd, probability
from jtts.theory.voting.majority import MOST, accuracy, odd_integers

MOST_ROUNDS = 60


def _is_power_of_two(x):
    module = jnp if isinstance(x, jax.Array) else np
    inside = (x >= 1) & (x <= 2**MOST_ROUNDS)
    return inside & (module.frexp(module.where(inside, x, 3.0))[0] == 0.5)


TEAMS = Accepted("a power of two, at most 2^60", _is_power_of_two, 1, 2**MOST_ROUNDS, whole=True)


def powers_of_two(rounds):
    """2, 4, ..., 2^rounds."""
    return Range(
        f"{{2, 4, ..., 2^{rounds}}}",
        lambda u: int(2 ** (1 + np.floor(rounds * u[0]))),
        whole=True,
        bounds=(2, 2**rounds),
    )


@jax.jit
def _success(num_candidates, p, q, lost=None):
    """Chance that the winner is right; it and its complement are followed, each by what adds up.

    `lost` is 1 - q, where that is known to more digits.
    """
    rounds = jnp.log2(jnp.asarray(num_candidates, jnp.result_type(float)))
    q = jnp.asarray(q, float)
    lost = 1 - q if lost is None else lost
    rounds, p, q, lost = jnp.broadcast_arrays(rounds, jnp.asarray(p, float), q, lost)

    def play(chances, r):
        right, wrong = chances
        both = 2 * right * wrong
        played = r < rounds
        after = right**2 + both * q, wrong**2 + both * lost
        total = after[0] + after[1]  # 1; what rounding leaves of it would double every round
        after = after[0] / total, after[1] / total
        return tuple(jnp.where(played, a, b) for a, b in zip(after, chances, strict=True)), None

    right, wrong = lax.scan(play, (p, 1 - p), np.arange(MOST_ROUNDS))[0]
    return jnp.where(right < 0.5, right, 1 - wrong)


@law(
    kind=Exact(),
    formula=r"x_{r+1} = x_r^2 + 2x_r(1-x_r)q",
    source="derived here (section 4); arXiv:2411.19477",
    holds={"num_candidates": TEAMS, "p": probability(), "q": probability()},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    domain={"num_candidates": powers_of_two(40), "p": reals(0.05, 0.95), "q": reals(0.3, 1.0)},
    simulated={"num_candidates": powers_of_two(6), "q": reals(0.5, 1.0)},
    mutants={
        "one round more": lambda num_candidates, p, q: _success(2 * num_candidates, p, q),
        "coin flips": lambda num_candidates, p, q: _success(num_candidates, p, 0.5 + 0 * q),
    },
)
def knockout_accuracy(num_candidates: Numbers, p: Numbers, q: Numbers) -> jax.Array:
    r"""Probability that the winner of a knockout tournament is right.

    N = 2^R candidates, each right with probability p, are paired at random; a right one beats a
    wrong one with probability q. Round by round

    $$x \to x^2 + 2x(1-x)q.$$

    Args:
      num_candidates: N, a power of two up to 2^60.
      p: chance that one candidate is right.
      q: chance that a right candidate beats a wrong one; `repeated_knockout_accuracy` where a
        match is the majority of several comparisons.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: N not a power of two, or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 4); arXiv:2411.19477.

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.knockout_accuracy(1024, 0.3, 0.7):.10f}")
    0.9726993433
    """
    return _success(num_candidates, p, q)


def _repeated(num_candidates, p, q, num_comparisons):
    won = accuracy(num_comparisons, q)
    return _success(num_candidates, p, won, accuracy(num_comparisons, 1 - jnp.asarray(q, float)))


@law(
    kind=Exact(),
    formula=r"x_{r+1} = x_r^2 + 2x_r(1-x_r) A_K(q)",
    source="derived here (section 4); arXiv:2411.19477",
    holds={
        "num_candidates": TEAMS,
        "p": probability(),
        "q": probability(),
        "num_comparisons": odd(1, MOST),
    },
    relative=1e-11,
    absolute=1e-300,
    gives=probability(),
    domain={
        "num_candidates": powers_of_two(40),
        "p": reals(0.05, 0.95),
        "q": reals(0.3, 1.0),
        "num_comparisons": odd_integers(1, 10**6),
    },
    simulated={
        "num_candidates": choices(4, 16),
        "p": reals(0.1, 0.5),
        "q": reals(0.55, 0.9),
        "num_comparisons": odd_integers(1, 9),
    },
    mutants={
        "one comparison": lambda num_candidates, p, q, num_comparisons: _repeated(
            num_candidates, p, q, 1
        ),
        "two comparisons more": lambda num_candidates, p, q, num_comparisons: _repeated(
            num_candidates, p, q, num_comparisons + 2
        ),
    },
)
def repeated_knockout_accuracy(
    num_candidates: Numbers, p: Numbers, q: Numbers, num_comparisons: Numbers
) -> jax.Array:
    r"""Probability that a knockout winner is right, each match being the majority of K comparisons.

    The tournament of `knockout_accuracy` with the chance $A_K(q)$ of `voting.majority_accuracy` in
    each match: $K(N-1)$ comparisons in all.

    Args:
      num_candidates: N, a power of two up to 2^60.
      p: chance that one candidate is right.
      q: chance that one comparison prefers a right candidate to a wrong one.
      num_comparisons: K, odd, to 1e15; every comparison is drawn anew.

    Arrays broadcast. Relative accuracy 1e-11, down to 1e-300.

    Raises:
      InputError: N not a power of two, K not an odd number, or a probability outside [0, 1].

    Source: derived here (docs, verifiers section 4); arXiv:2411.19477.

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.repeated_knockout_accuracy(2, 0.3, 0.6, 5):.6f}")
    0.376675
    """
    return _repeated(num_candidates, p, q, num_comparisons)


@closed_form(holds={"q": probability()}, relative=1e-14, absolute=1e-15, gives=at_least(0))
def knockout_exponent(q: Numbers) -> jax.Array:
    r"""Exponent of the failure probability in the number of candidates.

    $$1 - x \propto N^{-e},\quad e = \log_2 \frac1{2(1-q)},\quad q > \tfrac12$$

    Args:
      q: chance that a right candidate beats a wrong one; at q <= 1/2 more candidates do not help
        and the result is 0.

    Raises:
      InputError: q outside [0, 1].

    Source: derived here (docs, verifiers section 4); arXiv:2411.19477.

    >>> from jtts.theory import verifiers
    >>> print(f"{verifiers.knockout_exponent(0.7):.10f}")
    0.7369655942
    """
    return jnp.maximum(-1 - jnp.log2(1 - jnp.asarray(q, jnp.result_type(float))), 0.0)
