"""Integrals over a cut in an early score: who is kept, and how good the best of them is.

(X, Y) is standard bivariate normal with correlation r: X the early score, Y the final one, s^2 =
1 - r^2. Final scores are written y = r c + s a, c the cut.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erfc, ndtri

FAR = 9.0  # deviations beyond which a normal law is not followed
FALL = 40.0  # densities are followed until they have fallen by exp(-FALL)
LINEAR = 0.3  # in y: beyond it the nodes are no longer even in asinh(y / s)
TURN = 0.7  # correlation from which the noise of Y, not X, is integrated out


class Nodes(NamedTuple):
    """Numbers of nodes: of the cut, of the final score, and of what is integrated out."""

    cuts: int
    scores: int
    inner: int


FINE = Nodes(96, 160, 48)
COARSE = Nodes(40, 64, 24)


def tail(z):
    """P(Z > z), with relative accuracy to z = 37."""
    return erfc(z / np.sqrt(2)) / 2


def density(z):
    return jnp.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)


def bisected(above, low, high, steps):
    """The bracket of where the rising `above(x)` turns true, after so many halvings."""

    def halve(_, bracket):
        low, high = bracket
        middle = (low + high) / 2
        found = above(middle)
        return jnp.where(found, low, middle), jnp.where(found, middle, high)

    return lax.stop_gradient(lax.fori_loop(0, steps, halve, (low, high)))


def rule(low, high, count):
    """Gauss-Legendre nodes and weights between low and high, on a new last axis."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    half = (high - low)[..., None] / 2
    return (high + low)[..., None] / 2 + half * nodes, half * weights


def cut_nodes(n, kept, count):
    """Cuts c, the (n - kept)-th smallest of n early scores, [count]; weights, which sum to 1.

    Phi(c) is Beta(n - kept, kept + 1): the nodes are even in its log odds, in which the density is
    analytic and falls exponentially.
    """
    below, above = n - kept, kept + 1.0

    def fall(moved):
        """-ln of the density, `moved` from its mode."""
        share = below / (below + above)
        return (below + above) * jnp.log1p(share * jnp.expm1(moved)) - below * moved

    low, high = jnp.zeros_like(below), jnp.full_like(below, 60.0)
    right = bisected(lambda x: fall(x) > FALL, low, high, 40)[1]
    left = bisected(lambda x: fall(-x) > FALL, low, high, 40)[1]
    moved = (left + right) * np.linspace(0.0, 1.0, count) - left
    weights = jnp.exp(-fall(moved))
    odds = jnp.log(below / above) + moved
    rarer = jax.nn.sigmoid(-jnp.abs(odds))
    return -jnp.sign(odds) * ndtri(rarer), weights / jnp.sum(weights)


def _line(c, a, r):
    """Whether X is integrated out; slope and offset of the argument of the inner normal tail."""
    late = r < TURN
    near, far = jnp.where(late, r, 0.0), jnp.where(late, 1.0, r)
    slope = jnp.where(late, near / jnp.sqrt(1 - near**2), jnp.sqrt((1 - far) * (1 + far)) / far)
    return late, slope, jnp.where(late, a + slope * c, c + slope * a)


def better_of_kept(c, a, r, count):
    """P(Y > r c + s a | X > c).

    Integrated over X with the density of X > c; or over the noise z of Y, where z > a suffices and
    otherwise X must exceed c + s (a - z) / r, which stays smooth as s goes to 0.
    """
    late, slope, offset = _line(c, a, r)
    low = jnp.where(late, jnp.maximum(c, -FAR), -FAR)
    far = jnp.sqrt(jnp.maximum(c, 0.0) ** 2 + 2 * FALL)
    high = jnp.where(late, far, jnp.clip(a, -FAR, FAR))
    x, weights = rule(low + 0 * high, high, count)
    inner = jnp.sum(weights * density(x) * tail(offset[..., None] - slope * x), -1)
    return jnp.minimum(jnp.where(late, 0.0, tail(a)) + inner / tail(c), 1.0)


def better_of_dropped(c, a, r, count):
    """P(Y > r c + s a | X < c), by the same two integrals."""
    late, slope, offset = _line(c, a, r)
    high = jnp.where(late, jnp.minimum(c, FAR), FAR)
    far = jnp.sqrt(jnp.maximum(-c, 0.0) ** 2 + 2 * FALL)
    low = jnp.where(late, -far, jnp.clip(a, -FAR, FAR))
    x, weights = rule(low, high + 0 * low, count)
    share = tail(jnp.where(late, 1, -1) * (offset[..., None] - slope * x)) / tail(-c)[..., None]
    share = jnp.where(late, share, 1 - share)
    return jnp.clip(jnp.sum(weights * density(x) * share, -1), 0.0, 1.0)


def _placed(u, s):
    """The a at which asinh(a) + s a / LINEAR = u, and da/du."""
    size = jnp.abs(u)

    def newton(_, a):
        gap = jnp.arcsinh(a) + s * a / LINEAR - size
        return jnp.maximum(a - gap / (1 / jnp.sqrt(1 + a**2) + s / LINEAR), 0.0)

    start = jnp.minimum(jnp.sinh(jnp.minimum(size, 40.0)), size * LINEAR / s)
    # concave: from the second step on Newton rises to the root
    a = lax.fori_loop(0, 10, newton, start)
    return jnp.sign(u) * a, 1 / (1 / jnp.sqrt(1 + a**2) + s / LINEAR)


def best_density(c, kept, r, nodes):
    """Places a and the probability of each for the best final score of `kept` with X > c.

    Args:
      c: cuts, [...].

    Returns:
      a and probabilities, [..., nodes.scores], and the chance of each kept one to be better there.
    """
    s = jnp.sqrt((1 - r) * (1 + r))
    c = c[..., None]
    top = (jnp.sqrt(jnp.maximum(c, 0.0) ** 2 + 2 * (FALL + jnp.log(kept))) - r * c) / s

    def even(a):
        return jnp.arcsinh(a) + s * a / LINEAR

    def alive(u):
        """Whether the best may be as bad as that."""
        better = better_of_kept(c, _placed(u, s)[0], r, nodes.inner // 2)
        return kept * jnp.log1p(-better) > -FALL

    high = lax.stop_gradient(even(top))
    low = bisected(alive, jnp.zeros_like(high) + even(-FAR), high, 10)[0]
    steps = np.linspace(0.0, 1.0, nodes.scores)
    a, rise = lax.stop_gradient(_placed(low + (high - low) * steps, s))
    better = better_of_kept(c, a, r, nodes.inner)
    y = r * c + s * a
    own = density(y) * tail(s * c - r * a) / tail(c)
    worse = jnp.exp((kept - 1) * jnp.log1p(-jnp.minimum(better, 1 - 1e-16)))
    width = rise * s * (high - low) / (nodes.scores - 1)
    return a, width * kept * worse * own, better


def mean_of_best(c, kept, r, nodes):
    """Mean final score of the best of `kept` whose early scores exceed c, [...]."""
    a, chance, _ = best_density(c, kept, r, nodes)
    return jnp.sum(chance * (r * c[..., None] + jnp.sqrt((1 - r) * (1 + r)) * a), -1)


def best_of_kept(n, kept, r, nodes):
    """Mean final score of the best of those kept, kept < n and r < 1."""
    c, weights = cut_nodes(n, kept, nodes.cuts)
    return jnp.sum(weights * mean_of_best(c, kept, r, nodes))


def truly_best_kept(n, kept, r, nodes):
    """Chance that the best final score of all is among those kept, kept < n and r < 1."""
    c, weights = cut_nodes(n, kept, nodes.cuts)
    a, chance, _ = best_density(c, kept, r, nodes)
    better = better_of_dropped(c[..., None], a, r, nodes.inner)
    # the one at the cut, and all below it
    others = tail(-a) * jnp.exp((n - kept - 1) * jnp.log1p(-jnp.minimum(better, 1 - 1e-16)))
    return jnp.sum(weights[:, None] * chance * others)
