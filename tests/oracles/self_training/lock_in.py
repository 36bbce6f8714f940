"""Beliefs by other routes: what is shared, observation by observation, in many digits."""

from fractions import Fraction

import mpmath as mp
import numpy as np

mp.mp.dps = 60


def _number(x):
    return mp.mpf(float(x))


def _matrix(rows):
    return mp.matrix([[_number(x) for x in row] for row in rows])


def _coefficients(trust, precision, t):
    """What an observation of j that is s rounds old counts for i, times its precision: [s][i, j].

    S_t = x_t + W S_{t-1}: the observation of round r enters x at all rounds from r on.
    """
    size = len(precision)
    w, h = _matrix(trust), [_number(x) for x in precision]
    counted, found = mp.zeros(size), []
    for _ in range(t):
        counted = mp.eye(size) + w * counted
        found.append(mp.matrix([[counted[i, j] * h[j] for j in range(size)] for i in range(size)]))
    return found


def claimed_precision(trust, precision, t):
    size, parts = len(precision), _coefficients(trust, precision, t)
    return [mp.fsum(m[i, j] for m in parts for j in range(size)) for i in range(size)]


def belief_variance(trust, precision, t):
    size, parts = len(precision), _coefficients(trust, precision, t)
    claimed = claimed_precision(trust, precision, t)
    h = [_number(x) for x in precision]
    found = []
    for i in range(size):
        noise = mp.fsum(m[i, j] ** 2 / h[j] for m in parts for j in range(size) if h[j])
        found.append(noise / claimed[i] ** 2 if claimed[i] else mp.inf)
    return found


def locked_variance(trust, precision):
    """Eigenvalues and left eigenvectors of mpmath."""
    values, left = mp.eig(_matrix(trust), left=True, right=False)
    top = max(range(len(values)), key=lambda k: mp.re(values[k]))
    rho, u = mp.re(values[top]), [mp.re(left[top, j]) for j in range(len(precision))]
    h = [_number(x) for x in precision]
    above = mp.fsum(x**2 * y for x, y in zip(u, h, strict=True))
    return (rho - 1) / (rho + 1) * above / mp.fsum(x * y for x, y in zip(u, h, strict=True)) ** 2


def overconfidence(trust, precision):
    """Equations for the columns of the resolvent, one by one."""
    size, h = len(precision), [_number(x) for x in precision]
    left = mp.eye(size) - _matrix(trust)
    columns = [
        mp.lu_solve(left, mp.matrix([int(i == j) for i in range(size)])) for j in range(size)
    ]
    return [
        mp.fsum(c[i] ** 2 * y for c, y in zip(columns, h, strict=True))
        / mp.fsum(c[i] * y for c, y in zip(columns, h, strict=True))
        for i in range(size)
    ]


def star_locked_variance(humans, model_trust, human_trust, parity):
    """Two rounds at a time: sums over pairs of rounds of what an observation counts for the model.

    Only sums of the humans count. C_k takes the value a_k from humans to the model: a human's
    observation is heard by the model a round later, times lambda_1, and again every two rounds,
    times g. a_k / lambda_1 = 1 + g + ... + g^m, with m = floor((k - 1) / 2).
    """
    with mp.workdps(400):
        g = mp.mpf(humans) * mp.mpf(model_trust) * mp.mpf(human_trust)
        # what is left out less than 1e-60 of it
        pairs = int(150 / mp.log10(g)) if g > mp.mpf("1.5") else None
        if pairs is None:
            return _star_sums(g, humans, parity)
        rounds = 2 * pairs + (parity == "odd")
        total = squares = mp.mpf(0)
        heard = mp.mpf(0)
        power = mp.mpf(1)
        for k in range(rounds):
            if k % 2:
                heard += power
                power *= g
            total += heard
            squares += heard**2
        return squares / (humans * total**2)


def _star_sums(g, humans, parity):
    """The same sums in closed form: the sum m of each pair is (g^{m+1} - 1)/(g - 1)."""
    # backwards from the last round the terms fall as y = 1/g, in units of the last
    y = 1 / g
    doubled = parity == "odd"  # whether the last value has come twice
    first = mp.mpf(2 if doubled else 1)
    total = first + 2 * y / (1 - y)
    squares = first + 2 * y**2 / (1 - y**2)
    return squares / (humans * total**2)


def lock_in_threshold(humans, model_trust):
    return 1 / (humans * Fraction(model_trust))


def _named(names, *rows):
    return [dict(zip(names, row, strict=True)) for row in rows]


MOST = 10**9
W = np.array([[0.3, 0.5, 0.1], [0.2, 0.4, 0.6], [0.4, 0.1, 0.3]])
H = np.array([1.0, 0.5, 2.0])
TWO = np.array([[0.0, 0.1], [0.1, 0.0]])
ONES = np.ones(2)
CROWD = np.zeros((4, 4))
CROWD[0, 1:], CROWD[1:, 0] = 0.4, 1.0
HUMANS = np.array([0.0, 1.0, 1.0, 1.0])
TALKS = _named(
    ("trust", "precision", "t"),
    (1.3 * W, H, 200),
    (0.7 * W, H, 50),
    (W, H, 1),
    (TWO, ONES, 3),
    (np.zeros((2, 2)), ONES, 7),
    (CROWD, HUMANS, 1),
    (CROWD, HUMANS, 40),
    (CROWD, HUMANS, 41),
    (np.array([[10.0, 0.0], [0.0, 0.1]]), ONES, 400),
    (np.array([[1e6, 1e6], [1e6, 1e6]]), np.array([1e6, 1e-6]), 30),
    (np.array([[1e6, 1e-9], [1e-9, 0.0]]), np.array([0.0, 1.0]), 100),
    (np.array([[0.5]]), np.array([3.0]), 1000),
    (np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([0.0, 1.0]), 9),
)
LOCKED = [
    (1.3 * W, H),
    (np.array([[0.0, 3.0], [1.0, 0.1]]), np.array([0.0, 1.0])),
    (np.array([[1.0002]]), np.array([1.0])),
    (np.full((3, 3), 1e6), np.array([1e6, 1e-6, 0.0])),
    (np.array([[0.5, 0.5002], [0.5, 0.5002]]), np.array([1.0, 2.0])),
    (np.array([[1e-6, 1e6], [1e-3, 1e-6]]), np.array([1.0, 1.0])),
]
CORNERS = {
    "belief_variance": TALKS,
    "claimed_precision": TALKS[:8] + TALKS[10:],
    "locked_variance": _named(("trust", "precision"), *LOCKED),
    "overconfidence": _named(
        ("trust", "precision"),
        (0.7 * W, H),
        (W, H),
        (TWO, ONES),
        (np.zeros((2, 2)), np.array([1e-6, 1e6])),
        (np.array([[0.9998]]), np.array([5.0])),
        (np.array([[0.0, 1e6], [0.0, 0.0]]), ONES),
        (np.array([[0.0, 0.5], [0.5, 0.0]]), np.array([0.0, 1.0])),
    ),
    "star_locked_variance": _named(
        ("humans", "model_trust", "human_trust", "parity"),
        (10, 0.11, 1.0, "even"), (10, 0.11, 1.0, "odd"), (10, 0.15, 1.0, "even"),
        (10, 0.15, 1.0, "odd"), (1, 1.0, 1.0002, "even"), (1, 1.0, 1.0002, "odd"),
        (MOST, 1e6, 1e6, "even"), (MOST, 1e6, 1e6, "odd"), (1, 2.0, 2.0, "odd"),
        (3, 0.9, 0.8, "even"),
    ),
    "lock_in_threshold": _named(
        ("humans", "model_trust"), (1, 1e6), (10, 0.1), (MOST, 1e-9), (7, 1e-290)
    ),
}  # fmt: skip
