"""Successive halving: the score is read several times, and the worse are dropped each time."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices
from jtts.kinds import Asymptotic
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, vector, whole
from jtts.theory.selection.points import over_points
from jtts.theory.selection.pruning_integrals import FALL, bisected, density, tail

MOST = 10**6
HIGHEST = 9.0  # standard deviations of a score
PANELS = 24
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
SCORES = 1200  # as the panels, they resolve a deviation of sqrt(0.001) anywhere
STEPS = [[0.25, 0.5, 0.75], [0.1, 0.3, 0.6], [0.4, 0.6, 0.9]]


def _above(low, high):
    """Nodes and weights from low to high."""
    ends = low + (high - low) * np.linspace(0.0, 1.0, PANELS + 1)
    half = (high - low) / PANELS / 2
    return ((ends[:-1] + half)[:, None] + half * NODES).ravel(), half * np.tile(WEIGHTS, PANELS)


def _cut(share, x, mass, spread, high):
    """Where `share` of what is at x lies above, after a normal step; -high for all of it."""

    def excess(c):
        return jnp.sum(mass * tail((c - x) / spread)) - share

    low = bisected(lambda c: excess(c) < 0, -high + 0 * share, high + 0 * share, 60)[0]
    value, slope = jax.jvp(excess, (low,), (jnp.ones_like(low),))
    return jnp.where(share < 1, low - value / jnp.where(slope < 0, slope, -1.0), -high)


def halved(n, keep, times):
    """`halving_score` at one point; `keep` and `times` are vectors."""
    before = jnp.concatenate([n[None], keep[:-1]])
    x, mass, spread = jnp.zeros(1), jnp.ones(1), jnp.sqrt(times[0])
    for read in range(keep.shape[0]):
        high = HIGHEST * jnp.sqrt(times[read])
        cut = _cut(keep[read] / before[read], x, mass, spread, high)
        new, weights = _above(cut, high)
        mass = weights * (density((new[:, None] - x) / spread) @ mass) / spread
        x, mass = new, mass / jnp.sum(mass)
        left = 1 - times[-1] if read == keep.shape[0] - 1 else times[read + 1] - times[read]
        spread = jnp.sqrt(left)
    last = keep[-1]

    def better(y):
        return jnp.sum(mass * tail((y[..., None] - x) / spread), -1)

    lowest = jnp.full((1,), -HIGHEST)
    low = bisected(lambda y: last * jnp.log1p(-better(y)) > -FALL, lowest, 0 * lowest + 11, 12)[0]
    y = low + (11.5 - low) * np.linspace(0.0, 1.0, SCORES)
    own = jnp.sum(mass * density((y[:, None] - x) / spread), -1) / spread
    worse = jnp.exp((last - 1) * jnp.log1p(-jnp.minimum(better(y), 1 - 1e-16)))
    return (11.5 - low[0]) / (SCORES - 1) * jnp.sum(y * last * own * worse)


def _halving(n, keep, times):
    keep, times = (jnp.asarray(x, jnp.result_type(float)) for x in (keep, times))
    shape = jnp.broadcast_shapes(keep.shape[:-1], times.shape[:-1], jnp.shape(n))
    vectors = [jnp.broadcast_to(x, shape + x.shape[-1:]) for x in (keep, times)]
    return over_points(halved, jnp.broadcast_to(n, shape), vectors=vectors)


@law(
    kind=Asymptotic(size="size", sizes=(1, 2, 4), finite_size=0.12, detects=0.02),
    formula=r"E \max_{j \le m_L} Y_j,\; Y_j\ \text{a Brownian path cut at its quantiles}",
    source="derived here (section 7)",
    relative=1e-8,
    holds={
        "n": whole(1, MOST),
        "keep": vector(whole(1, MOST)),
        "times": vector(between(1e-3, 0.999)),
    },
    jointly={
        "keep and times must be lists of equal length": lambda keep, times: np.asarray(
            keep.shape[-1] == times.shape[-1]
        ),
        "keep must not rise, from at most n on": lambda n, keep: (
            (keep[..., 0] <= n) & (keep[..., 1:] <= keep[..., :-1]).all(-1)
        ),
        "times must rise by at least 0.001": lambda times: (
            (times[..., 1:] - times[..., :-1]) >= 1e-3 * (1 - 1e-9)
        ).all(-1),
    },
    domain={
        "n": choices(64, 96, 128),
        "keep": choices(*(np.array(k, float) for k in ([32, 16, 8], [64, 32, 16], [48, 48, 12]))),
        "times": choices(*map(np.array, STEPS)),
    },
    mutants={
        "one read, the last": lambda n, keep, times: _halving(
            n, np.asarray(keep)[..., -1:], np.asarray(times)[..., -1:]
        ),
        "correlation t": lambda n, keep, times: _halving(n, keep, np.asarray(times) ** 2),
        "a quarter as many": lambda n, keep, times: _halving(n, np.asarray(keep) / 4, times),
    },
)
def halving_score(n: Numbers, keep: Numbers, times: Numbers) -> jax.Array:
    r"""Final score of the best after several rounds of pruning, for many candidates.

    The score of a candidate is a Brownian motion that ends at time 1: read at t, it has correlation
    $\sqrt t$ with the final one. At the reads $t_1<\dots<t_L<1$ the best $m_1,\dots,m_L$ are kept.
    For many candidates a cut is a quantile: the density of those that survive is cut there and
    convolved with N(0, t_{l+1} - t_l), round by round, and

    $$\int y\,d\big[F(y)^{m_L}\big],\quad F\text{ the distribution of a survivor at time }1$$

    It exceeds the mean at n candidates by about 1/n at fixed shares: 1.1 % for (64; 32, 16, 8),
    and 7 % for (16; 8, 4, 2). Do not use it where fewer than 8 are left.

    Args:
      n: number of candidates, whole, to 1e6.
      keep: numbers kept at each read, [..., reads], whole, none larger than the one before.
      times: of the reads, [..., reads], rising by at least 0.001, from 0.001 to 0.999.

    Leading axes broadcast. Returns the score in standard deviations of the final score. The formula
    is evaluated to 1e-8.

    Raises:
      InputError: an argument out of its range, or lists of different length.

    Source: derived here (docs, selection section 7).

    >>> from jtts.theory import selection
    >>> print(f"{selection.halving_score(64, [32, 16, 8], [0.25, 0.5, 0.75]):.7f}")
    2.3192958
    """
    return _halving(n, keep, times)
