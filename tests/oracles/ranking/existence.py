"""Links by wins, counted over the outcomes of all pairs, or over chains of sets with signs."""

import itertools
import math

import mpmath as mp

mp.mp.dps = 60


def _s(x):
    return 1 / (1 + mp.exp(-mp.mpf(x)))


def _strong(count, beats):
    reached = {0}
    back = {0}
    for found, edges in ((reached, beats), (back, {(j, i) for i, j in beats})):
        grown = True
        while grown:
            more = {j for i, j in edges if i in found} - found
            grown = bool(more)
            found |= more
    return len(reached) == len(back) == count


def _by_outcomes(t, n):
    """Each pair: only the one wins, only the other, or both."""
    pairs = list(itertools.combinations(range(len(t)), 2))
    total = mp.mpf(0)
    for outcome in itertools.product((0, 1, 2), repeat=len(pairs)):
        beats, chance = set(), mp.mpf(1)
        for (i, j), which in zip(pairs, outcome, strict=True):
            one, other = _s(t[i] - t[j]) ** n, _s(t[j] - t[i]) ** n
            chance *= (one, other, max(1 - one - other, 0))[which]
            beats |= {(i, j)} if which != 1 else set()
            beats |= {(j, i)} if which != 0 else set()
        if _strong(len(t), beats):
            total += chance
    return total


def _ordered_partitions(items):
    if not items:
        yield []
        return
    for size in range(1, len(items) + 1):
        for block in itertools.combinations(items, size):
            rest = [x for x in items if x not in block]
            for more in _ordered_partitions(rest):
                yield [block, *more]


def _by_chains(t, n):
    """Sets that stand apart are nested: 1 where there is none is the signed sum over chains."""
    power = {(i, j): _s(t[i] - t[j]) ** n for i in range(len(t)) for j in range(len(t))}
    total = mp.mpf(0)
    for blocks in _ordered_partitions(list(range(len(t)))):
        term = mp.mpf(-1) ** (len(blocks) - 1)
        for a, b in itertools.combinations(blocks, 2):
            for i in a:
                for j in b:
                    term *= power[i, j]
        total += term
    return total


def _compositions(count):
    if count == 0:
        yield []
    for first in range(1, count + 1):
        for more in _compositions(count - first):
            yield [first, *more]


def _of_equals(count, n):
    """The same sum where only sizes matter."""
    total = mp.mpf(0)
    for sizes in _compositions(count):
        ways = math.factorial(count)
        for size in sizes:
            ways //= math.factorial(size)
        met = sum(a * b for a, b in itertools.combinations(sizes, 2))
        total += mp.mpf(-1) ** (len(sizes) - 1) * ways * mp.mpf(2) ** (-n * met)
    return total


def finite_fit_probability(strengths, games):
    if len(strengths) <= 4:
        return _by_outcomes(strengths, games)
    if len(set(strengths)) == 1:
        return _of_equals(len(strengths), games)
    return _by_chains(strengths, games)


CORNERS = {
    "finite_fit_probability": [
        {"strengths": list(t), "games": n}
        for t, n in (
            ((0.3,), 1), ((0.0, 0.0), 1), ((0.0, 0.0), 2), ((300.0, -300.0), 10**9),
            ((0.0, 0.0, 0.0), 1), ((2.0, 1.0, 0.0, -1.0), 1), ((2.0, 1.0, 0.0, -1.0), 5),
            ((14.0, 0.0, 0.0), 10**6), ((20.0, 0.0), 10**9), ((36.0, 0.0, -1.0, 0.0), 3),
            ((1.0, 0.5, 0.0, -0.5, -1.0), 2), ((0.0,) * 8, 1), ((0.0,) * 10, 1),
            ((0.0,) * 10, 10**9), ((0.5, 0.3, 0.1, 0.0, -0.2, -0.4), 1),
            ((3.0, 2.0, 1.0, 0.0, -2.0, -3.0), 20),
        )
    ],
}  # fmt: skip
