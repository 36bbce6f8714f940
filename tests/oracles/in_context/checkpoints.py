"""Checkpoints looked at one by one."""


def interpolation_threshold(distances):
    found = 0
    for pool in zip(*distances, strict=True):
        low, high = min(pool), max(pool)
        found = max(found, next(i for i, d in enumerate(pool) if d <= low + 0.2 * (high - low)))
    return found


CORNERS = {
    "interpolation_threshold": [
        dict(distances=[[1.0, 1.0], [0.1, 0.9], [0.0, 0.0]]),
        dict(distances=[[0.5], [0.5]]),
        dict(distances=[[0.0, 0.0], [1e300, 1.0]]),
        dict(distances=[[1.0], [0.25], [0.125], [0.0], [0.5]]),
    ]
}
