"""Other rules: angles in the plane, and flows in many digits."""

import mpmath as mp

mp.mp.dps = 400


def slot_overlap(overlap, step_size):
    """The write itself, on vectors in the plane."""
    overlap, step_size = mp.mpf(overlap), mp.mpf(step_size)
    if abs(overlap) > 1:
        return mp.nan
    target = mp.matrix([overlap, mp.sqrt(1 - overlap**2)])
    slot = mp.matrix([1, 0])
    slot = slot + step_size * (target - overlap * slot)
    return (slot.T * target)[0] / mp.norm(slot)


def slot_flow(overlap, duration):
    """Half the angle from the input: its tangent falls as e^-t."""
    overlap = mp.mpf(overlap)
    if overlap == -1:
        return mp.mpf(-1)
    tangent = mp.sqrt((1 - overlap) / (1 + overlap)) * mp.exp(-mp.mpf(duration))
    return (1 - tangent**2) / (1 + tangent**2)


def oja_flow(duration, spectrum, initial):
    """Exponentials in 400 digits, with nothing scaled."""
    grown = [mp.exp(mp.mpf(s) * duration) * w for s, w in zip(spectrum, initial, strict=True)]
    norm = mp.sqrt(1 - sum(mp.mpf(w) ** 2 for w in initial) + sum(g**2 for g in grown))
    return [g / norm for g in grown]


def bcm_response(num_inputs):
    """Root of y = E y^2 with the response y to one input of K and 0 to the others."""
    return mp.findroot(lambda y: y / num_inputs - 1, mp.mpf(1))


CORNERS = {
    "slot_overlap": [
        dict(overlap=1.0, step_size=0.7),
        dict(overlap=-1.0, step_size=0.7),
        dict(overlap=-1 + 2**-53, step_size=1e16),
        dict(overlap=-1 + 1e-10, step_size=2e9),
        dict(overlap=0.3, step_size=0.0),
        dict(overlap=0.3, step_size=-2.0),
        dict(overlap=0.3, step_size=1e100),
        dict(overlap=1e-17, step_size=1e-17),
    ],
    "slot_flow": [
        dict(overlap=-1.0, duration=3.0),
        dict(overlap=-1.0, duration=20.0),
        dict(overlap=-1.0, duration=1000.0),
        dict(overlap=-1 + 1e-10, duration=12.0),
        dict(overlap=-1 + 2**-53, duration=19.5),
        dict(overlap=1.0, duration=5.0),
        dict(overlap=0.4, duration=0.0),
        dict(overlap=0.0, duration=1e-17),
        dict(overlap=0.5, duration=1e6),
    ],
    "oja_flow": [
        dict(duration=0.0, spectrum=[1.0, 0.5], initial=[0.3, -2.0]),
        dict(duration=1e4, spectrum=[1.0, 0.5], initial=[0.0, 1.0]),
        dict(duration=1e4, spectrum=[1.0, 0.5], initial=[0.0, -1e-9]),
        dict(duration=50.0, spectrum=[1.0, 0.5, 0.0], initial=[1e-12, 0.5, 0.5]),
        dict(duration=1e5, spectrum=[1.0, 1.0, 0.3], initial=[0.3, 0.4, 0.5]),
        dict(duration=1e-17, spectrum=[1.0, 0.5], initial=[0.6, 0.8]),
        dict(duration=3.0, spectrum=[0.0, 0.0], initial=[5.0, 0.0]),
        dict(duration=7.0, spectrum=[2.0, 1.0], initial=[0.0, 0.0]),
        dict(duration=1.0, spectrum=[1.0, 0.2], initial=[1e160, -1e160]),
    ],
    "bcm_response": [dict(num_inputs=1), dict(num_inputs=10**9)],
}
SLOPES = {
    "slot_overlap": ["step_size"],
    "slot_flow": ["duration"],
    "oja_flow": ["duration"],
}
