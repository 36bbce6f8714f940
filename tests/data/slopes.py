"""One-sided differences, as far as values alone can tell a derivative."""

import numpy as np

STEPS = np.array([1e-3, 5e-4, 2.5e-4])
SCALES = np.array([1.0, 1e-2, 1e-4])  # of these steps
UNTRACED = "known before tracing|gradient with respect to a and b|jvp.* to a custom_vjp"


def differences(law, y, others, scale):
    """One-sided slope from values [scales, steps, components], and how far it may be off.

    NaN where it has not converged: a law that is like a power has no slope there, and one that
    bends within the steps none that they could see.
    """
    steps = (SCALES[:, None] * STEPS)[..., None] * scale
    first = (others - y) / steps
    second = 2 * first[:, 1:] - first[:, :-1]  # the error of first order is gone
    found = second[:, -1]
    rounding = 4 * (max(law.relative or 0, 1e-15) * np.abs(y) + law.absolute)
    rounding = rounding / np.abs(steps[:, -1])
    unit = np.abs(found) + np.abs(y) / abs(scale)
    allowed = 6 * np.abs(second[:, 0] - found) + 1e-4 * unit + rounding + 1e-9
    told = (rounding <= 1e-2 * unit) & np.isfinite(found)
    # the finest two scales that rounding leaves readable have to agree
    last = np.where(told, np.arange(len(SCALES))[:, None], -1).max(0)
    pick = np.maximum(last, 0)[None]
    here, before = (np.take_along_axis(found, np.maximum(pick - back, 0), 0)[0] for back in (0, 1))
    settled = (last >= 1) & (
        np.abs(here - before) <= 0.05 * (np.abs(here) + np.abs(before)) + 1e-6 * np.abs(y / scale)
    )
    return np.where(settled, here, np.nan), np.take_along_axis(allowed, pick, 0)[0]
