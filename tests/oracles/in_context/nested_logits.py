"""Three nested logits: the loss in hundreds of digits, its derivatives at the origin by mpmath,
and its flow by an explicit Runge-Kutta method of order 8 in plain time."""

import mpmath as mp
import numpy as np
from scipy.integrate import solve_ivp

DIGITS = 700


def nested_logit_loss(previous_token, content_match, alignment, *, num_items, num_labels):
    """The formula as it stands, but for exponents that are shifted by the largest."""
    with mp.workdps(DIGITS):
        beta, alpha, xi, n, labels = map(
            mp.mpf, (previous_token, content_match, alignment, num_items, num_labels)
        )
        s = 1 / (1 + n * mp.exp(-beta))
        q = 1 / (1 + (n - 1) * mp.exp(-alpha * s))
        r = (1 - q) / (n - 1)
        return mp.log1p((n - 1) * mp.exp(xi * (r - q)) + (labels - n) * mp.exp(-xi * q))


def classifier_drive(num_items, num_labels):
    """Minus the slope of the loss, by differences in many digits."""
    with mp.workdps(200):
        return -mp.diff(
            lambda xi: nested_logit_loss(0, 0, xi, num_items=num_items, num_labels=num_labels), 0
        )


def saddle_escape_time(num_items, initial=0.0):
    """Inverse of the largest rate at the saddle, from the second derivatives of the loss."""
    with mp.workdps(DIGITS):
        step = mp.mpf(10) ** -120

        def loss(match, alignment):
            return nested_logit_loss(0, match, alignment, num_items=num_items, num_labels=num_items)

        mixed = loss(step, step) - loss(step, -step) - loss(-step, step) + loss(-step, -step)
        rate = -mixed / (4 * step**2)
        return 1 / rate  # the second derivatives by either logit alone are 0


def nested_logit_transition(num_items, num_labels, initial=0.01):
    """The time at which attention is 1/2, as an event of an integration in time."""
    n, labels, start = float(num_items), float(num_labels), float(initial)

    def parts(state):
        beta, alpha, xi = state * start
        s = 1 / (1 + n * np.exp(-beta))
        q = 1 / (1 + (n - 1) * np.exp(-alpha * s))
        return alpha, xi, s, q

    def velocity(_, state):
        alpha, xi, s, q = parts(state)
        lead = np.expm1(alpha * s) / (np.exp(alpha * s) + n - 1)  # q - r
        right, other, absent = np.exp(xi * lead), 1.0, np.exp(-xi * (q - lead))
        whole = right + (n - 1) * other + (labels - n) * absent
        p, o, a = right / whole, other / whole, absent / whole
        of_q = xi * (1 - p + o)  # minus dL/dq, with r = (1 - q)/(n - 1)
        of_match = of_q * q * (1 - q)
        of_xi = (n - 1) * o * lead + (labels - n) * a * q
        return np.array([of_match * alpha * s * (1 - s), of_match * s, of_xi]) / start

    def crossing(_, state):
        return parts(state)[3] - 0.5

    crossing.terminal = True
    if crossing(0, np.ones(3)) >= 0:
        return 0.0
    found = solve_ivp(
        velocity, (0, 1e12), np.ones(3), "DOP853", events=crossing, rtol=1e-13, atol=1e-13
    )
    return float(found.t_events[0][0])


def at(beta, alpha, xi, items, labels):
    return dict(
        previous_token=beta,
        content_match=alpha,
        alignment=xi,
        num_items=items,
        num_labels=labels,
    )


CORNERS = {
    "nested_logit_loss": [
        at(8.0, 12.0, 12.0, 8.0, 32.0),
        at(0.0, 0.0, 0.0, 8.0, 32.0),
        at(0.0, 0.0, 0.0, 2.0, 2.0),
        at(1e-17, 1e-17, 1e-17, 8.0, 8.0),
        at(0.3, 1.2, 2.0, 8.0, 32.0),
        at(30.0, 40.0, 40.0, 8.0, 8.0),
        at(30.0, 100.0, 600.0, 2.0, 1e15),
        at(30.0, 100.0, 700.0, 8.0, 32.0),
        at(-30.0, 12.0, 12.0, 8.0, 32.0),
        at(3.0, -50.0, 12.0, 8.0, 32.0),
        at(3.0, 50.0, -12.0, 8.0, 32.0),
        at(3.0, 5.0, -1e5, 8.0, 32.0),
        at(3.0, 5.0, 1e5, 8.0, 32.0),
        at(5.0, 40.0, 35.0, 1e15, 1e15),
        at(0.0, 1e3, 34.5, 1e15, 1e15),
    ],
    "nested_logit_transition": [
        dict(num_items=3.0, num_labels=8.0, initial=5.0),
        dict(num_items=8.0, num_labels=32.0, initial=0.01),
        dict(num_items=8.0, num_labels=8.0, initial=0.01),
        dict(num_items=8.0, num_labels=8.0, initial=1e-50),
        dict(num_items=2.01, num_labels=2.01, initial=0.01),
        dict(num_items=4.0, num_labels=1e6, initial=1e-50),
        dict(num_items=100.0, num_labels=1e6, initial=1.0),
        dict(num_items=8.0, num_labels=8.0 + 1e-9, initial=1e-3),
        dict(num_items=3.0, num_labels=8.0, initial=1e50),
    ],
    "classifier_drive": [
        dict(num_items=2.0, num_labels=2.0),
        dict(num_items=8.0, num_labels=32.0),
        dict(num_items=2.0, num_labels=1e15),
        dict(num_items=1e15, num_labels=1e15),
        dict(num_items=8.0, num_labels=8 + 2**-40),
        dict(num_items=1e15 - 1, num_labels=1e15),
    ],
    "saddle_escape_time": [
        dict(num_items=2.0),
        dict(num_items=8.0, initial=1e-6),
        dict(num_items=2 + 2**-40),
        dict(num_items=1e15, initial=1e-300),
        dict(num_items=1e50),
    ],
}
SLOPES = {
    "nested_logit_loss": ["previous_token", "content_match", "alignment"],
    "classifier_drive": ["num_items"],
    "saddle_escape_time": ["num_items"],
}
