"""Knockout tournaments: candidates meet in pairs, winners go on."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import Accepted, between, nonnegative, whole
from jtts.theory.ranking.chances import GAP
from jtts.theory.ranking.pairs import MOST, calls, majority_lost
from jtts.theory.selection.points import over_points

ROUNDS = 20
NODES = 4096  # of the strength, over REACH standard deviations to each side
REACH = 9.5
MOST_GAMES = 10**5
SHARPEST = 1e4  # spread^2 games: beyond it the nodes do not see how a match turns


def _is_power(x):
    library = jnp if isinstance(x, jax.Array) else np
    return (x >= 2) & (x <= 2**ROUNDS) & (library.frexp(x)[0] == 0.5)


POWER_OF_TWO = Accepted("a power of two, from 2 to 2^20", _is_power, 2, 2**ROUNDS, whole=True)


def _rounds(num_candidates):
    return jnp.round(jnp.log2(num_candidates))  # a library's logarithm of 8 may miss 3


def _strength(num_candidates, spread, games):
    """Mean strength of who survives; in a round the density gains the factor 1 + 2 E lead.

    `lead` is by how much the chance to win exceeds one half: odd in the gap, so that nothing
    cancels where the spread is small.
    """
    z = np.linspace(-REACH, REACH, NODES)
    step = z[1] - z[0]
    gaps = spread * step * np.arange(1 - NODES, NODES)
    lead = jnp.sign(gaps) * (0.5 - majority_lost(jnp.abs(gaps), games))
    size = 2 * NODES * 2  # room for both, so that nothing wraps
    spectrum = jnp.fft.rfft(lead, size)

    def play(density, r):
        mean = jnp.fft.irfft(spectrum * jnp.fft.rfft(density, size), size)
        ahead = mean[NODES - 1 : 2 * NODES - 1] * step
        after = density * (1 + 2 * ahead)
        gain = jnp.sum(z * density * 2 * ahead) * step
        going_on = r < _rounds(num_candidates)
        return jnp.where(going_on, after, density), jnp.where(going_on, gain, 0.0)

    start = jnp.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))
    return spread * jnp.sum(lax.scan(play, start, np.arange(ROUNDS))[1])


def strength(num_candidates, spread, games):
    return over_points(_strength, num_candidates, spread, games)


@law(
    kind=Exact(),
    formula=r"\int x\, g_R(x) dx,\; g_{r+1}(x) = 2 g_r(x) \int g_r(y) A_m(s(x - y)) dy",
    source="derived here (section 4)",
    relative=1e-10,
    holds={
        "num_candidates": POWER_OF_TWO,
        "spread": between(1e-3, 100),
        "games": whole(1, MOST_GAMES),
    },
    jointly={
        "spread^2 games must be at most 1e4": lambda spread, games: spread**2 * games <= SHARPEST
    },
    gives=nonnegative(),
    domain={
        "num_candidates": choices(2, 4, 8, 64, 1024),
        "spread": reals(0.3, 3.0),
        "games": log_integers(1, 50),
    },
    simulated={
        "num_candidates": choices(4, 8),
        "spread": reals(1.0, 3.0),
        "games": choices(1, 2, 3, 5),
    },
    mutants={
        "a round more": lambda num_candidates, spread, games: strength(
            2 * num_candidates, spread, games
        ),
        "two calls more": lambda num_candidates, spread, games: strength(
            num_candidates, spread, games + 2
        ),
        "small spreads": lambda num_candidates, spread, games: (
            spread**2 * jnp.log2(num_candidates) / 2 + 0 * games
        ),
    },
)
def knockout_strength(num_candidates: Numbers, spread: Numbers, games: Numbers) -> jax.Array:
    r"""Mean strength of the winner of a knockout of k candidates with strengths N(0, S^2).

    The bracket is random, a match is the majority of m calls (a tie is tossed for), and there are
    (k - 1) m calls. The density of a survivor's strength is

    $$g_{r+1}(x)=2g_r(x)\int g_r(y)A_m(s(x-y))\,dy,\quad g_0=N(0,S^2)$$

    with A_m the chance that the majority is right (`pair_error`), and k = 2^R:

    $$\int x\,g_R(x)\,dx$$

    About $S^2\log_2(k)/2$ for a small S and m = 1; it rises in m to S mu_k, mu_k the mean of the
    largest of k standard normals.

    Args:
      num_candidates: k, a power of two, to 2^20; no derivative.
      spread: S, from 1e-3 to 100.
      games: m, whole, to 1e5, spread^2 games at most 1e4; no derivative.

    Arrays broadcast. Relative accuracy 1e-10. A point takes 20 ms.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 4).

    >>> from jtts.theory import ranking
    >>> print(f"{ranking.knockout_strength(8, 1.0, 3):.11f}")
    1.15940382308
    """
    return strength(num_candidates, spread, games)


def led(num_candidates, gap, lead):
    """Success, and the calls of matches with the better candidate and without it."""
    r = np.arange(ROUNDS)
    rounds = _rounds(num_candidates)
    log_won = -jnp.log1p(jnp.exp(-lead * gap))  # ln s(dD)
    played = r < rounds[..., None]
    still_in = jnp.where(played, jnp.exp(r * log_won[..., None]), 0.0)
    matches = jnp.where(played, num_candidates[..., None] / 2.0 ** (r + 1) - 1, 0.0)
    out = jnp.where(played, -jnp.expm1(r * log_won[..., None]), 0.0)
    without, having = jnp.sum(matches + out, -1), jnp.sum(still_in, -1)
    return {
        "calls": without * lead**2 + having * calls(gap, lead),
        "success": jnp.exp(rounds * log_won),
    }


def _led(num_candidates, gap, lead):
    given = (jnp.asarray(x, float) for x in (num_candidates, gap, lead))
    return led(*jnp.broadcast_arrays(*given))


@law(
    kind=Exact(),
    formula=r"s(dD)^R,\quad \sum_{r \le R} \big[(k/2^r - Q^{r-1}) d^2 + Q^{r-1} d"
    r"\tanh(dD/2)/\tanh(D/2)\big]",
    source="derived here (section 4)",
    relative=1e-12,
    absolute=1e-300,
    holds={"num_candidates": POWER_OF_TWO, "gap": nonnegative(GAP.high), "lead": whole(1, MOST)},
    gives=nonnegative(),
    domain={
        "num_candidates": choices(2, 4, 8, 64, 1024),
        "gap": reals(0.1, 2.0),
        "lead": log_integers(1, 20),
    },
    simulated={"num_candidates": choices(4, 8), "lead": choices(1, 2, 3, 4)},
    mutants={
        "a round more": lambda num_candidates, gap, lead: _led(2 * num_candidates, gap, lead),
        "a call less": lambda num_candidates, gap, lead: _led(
            num_candidates, gap, jnp.maximum(lead - 1, 1) - (lead == 1) * 0.5
        ),
        "equals all the way": lambda num_candidates, gap, lead: {
            **_led(num_candidates, gap, lead),
            "calls": (num_candidates - 1.0) * lead**2 + 0 * gap,
        },
    },
)
def lead_knockout(num_candidates: Numbers, gap: Numbers, lead: Numbers) -> dict[str, jax.Array]:
    r"""Success and calls of a knockout whose matches go on until one side leads by d calls.

    One of k = 2^R candidates is better than the others by D, and these are equal. With
    $Q=s(dD)$ the chance that it wins a match (`lead_error`) it wins all with

    $$Q^R$$

    and the mean number of calls (`lead_calls`) is

    $$\sum_{r=1}^R\Big[\Big(\frac k{2^r}-Q^{r-1}\Big)d^2+Q^{r-1}d\,
      \frac{\tanh(dD/2)}{\tanh(D/2)}\Big]$$

    Args:
      num_candidates: k, a power of two, to 2^20; no derivative.
      gap: D, from 0 to 300.
      lead: d, whole, to 1e9.

    Arrays broadcast. Returns `success` and `calls`, to a relative 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, ranking section 4).

    >>> from jtts.theory import ranking
    >>> found = ranking.lead_knockout(8, 0.5, 4)
    >>> print(f"{found['success']:.11f} {found['calls']:.8f}")
    0.68332544934 102.53803809
    """
    return _led(num_candidates, gap, lead)
