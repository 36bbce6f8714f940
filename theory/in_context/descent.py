"""Plain gradient descent, against which times of abrupt transitions are held."""

from __future__ import annotations

from jax import lax


def time_to_half(slope, measure, start, step):
    """Time at which descent along `slope`, in small steps, takes `measure` up through 1/2."""

    def move(state):
        now, _, time = state
        return now - step * slope(now), measure(now), time + step

    last, before, time = lax.while_loop(
        lambda state: measure(state[0]) < 0.5, move, (start, measure(start), 0.0)
    )
    after = measure(last)
    return time - step * (after - 0.5) / (after - before)
