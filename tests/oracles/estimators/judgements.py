"""Strengths from pairwise judgements: the equations of the maximum solved in many digits."""

import mpmath as mp

mp.mp.dps = 40
FOUR = [[0, 3, 5, 4], [1, 0, 3, 5], [2, 2, 0, 3], [0, 1, 2, 0]]
LOPSIDED = [[0, 1e9], [1, 0]]
RING = [[0, 7, 0], [0, 0, 1e-3], [2, 0, 0]]
HALVES = [[0, 2.5, 0.5], [1.5, 0, 4], [0.5, 0, 0]]


def _s(x):
    return 1 / (1 + mp.exp(-x))


def _solved(wins, prior):
    k = len(wins)
    wins = [[mp.mpf(wins[i][j]) if i != j else mp.mpf(0) for j in range(k)] for i in range(k)]

    def excess(t, i):
        found = sum(wins[i][j] * _s(t[j] - t[i]) - wins[j][i] * _s(t[i] - t[j]) for j in range(k))
        return found + prior * (1 - 2 * _s(t[i]))

    def equations(*t):
        found = [excess(t, i) for i in range(k)]
        return found if prior else [*found[:-1], sum(t)]

    start = [mp.mpf(0)] * k
    for scale in (mp.mpf(1) / 64, mp.mpf(1) / 8, mp.mpf(1) / 2, 1):  # a flatter problem first
        kept = wins
        wins = [[w**scale if w else w for w in row] for row in kept]
        start = list(mp.findroot(equations, start, tol=1e-60, maxsteps=200))
        wins = kept
    return start


def strengths(wins):
    return _solved(wins, 0)


def map_strengths(wins):
    return _solved(wins, 1)


def strength_standard_errors(wins):
    """Variance of a strength from the inverse of the curvature with the last one held at 0."""
    t, k = _solved(wins, 0), len(wins)
    curvature = mp.matrix(k, k)
    for i in range(k):
        for j in range(k):
            if i != j:
                n = mp.mpf(wins[i][j]) + mp.mpf(wins[j][i])
                weight = n * _s(t[i] - t[j]) * _s(t[j] - t[i])
                curvature[i, j] -= weight
                curvature[i, i] += weight
    held = mp.inverse(curvature[: k - 1, : k - 1]) if k > 2 else mp.matrix([[1 / curvature[0, 0]]])
    errors = []
    for i in range(k):
        centred = [mp.mpf(i == j) - mp.mpf(1) / k for j in range(k - 1)]
        errors.append(
            mp.sqrt(sum(centred[a] * held[a, b] * centred[b]
                        for a in range(k - 1) for b in range(k - 1)))
        )  # fmt: skip
    return errors


def position_bias(first_first, second_second):
    return mp.log(mp.mpf(first_first) / mp.mpf(second_second)) / 2


CORNERS = {
    "strengths": [dict(wins=wins) for wins in (FOUR, LOPSIDED, RING, HALVES)],
    "map_strengths": [
        dict(wins=wins) for wins in (FOUR, LOPSIDED, RING, [[0, 3], [0, 0]], [[0, 0], [0, 0]])
    ],
    "strength_standard_errors": [dict(wins=wins) for wins in (FOUR, LOPSIDED, HALVES)],
    "position_bias": [
        dict(first_first=f, second_second=s) for f, s in ((120, 40), (1, 10**9), (5, 5), (1e-3, 2))
    ],
}
