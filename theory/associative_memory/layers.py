"""Memories in series with a clean-up between them: layered networks of signs."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jax import lax
from jax.scipy.special import erf

from jtts.arguments import concrete
from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, positive, probability, whole
from jtts.sizes import power_of_two
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.roots import increasing_root

DEEPEST = 1024  # layers: from there on digits are lost near the critical load
SOURCE = "Meir and Domany 1987; derived here (docs, associative memory section 7)"


@functools.partial(jax.jit, static_argnames=("most", "feedback"))
def _iterate(load, initial, depth, most, feedback=1.0):
    load, initial, depth = jnp.broadcast_arrays(load, initial, depth)

    def layer(index, now):
        overlap, noise = now
        # overlap / sqrt(2 noise), up to where the sign is sure, beyond which slopes overflow
        sure = overlap**2 > 2e3 * noise
        ratio = overlap / jnp.sqrt(2 * jnp.where(sure, 1.0, noise))
        ratio = jnp.where(sure, 40 * jnp.sign(overlap), ratio)
        cleaned = erf(ratio), load + feedback * 2 / np.pi * jnp.exp(-2 * ratio**2)
        return tuple(
            jnp.where(index < depth, new, old) for new, old in zip(cleaned, now, strict=True)
        )

    overlap, _ = lax.fori_loop(0, most, layer, (initial, load))
    return overlap


@functools.cache
def _threshold():
    return float(critical_load())


def growing_gap(point):
    """Fluctuations add up from layer to layer, and above the critical load they grow."""
    depth = point["depth"]
    return 2 + (depth if point["load"] < _threshold() else depth**2 / 2)


def _overlap(load, initial, depth, feedback=1.0):
    known = concrete(depth)
    most = DEEPEST if known is None else power_of_two(np.max(known))
    return _iterate(*as_numbers(load, initial, depth), most, feedback)


@law(
    kind=Asymptotic(size="dim", sizes=(100, 200), finite_size=growing_gap, detects=0.02),
    formula=r"m' = \mathrm{erf}\frac m{\sqrt{2D}},\quad D' = \alpha + \frac2\pi e^{-m^2/D},"
    r"\quad D_0 = \alpha",
    source=SOURCE,
    holds={"load": positive(), "initial": between(-1, 1), "depth": whole(0, DEEPEST)},
    relative=1e-9,
    gives=between(-1, 1),
    domain={
        "load": log_reals(0.001, 10.0),
        "initial": reals(0.0, 1.0),
        "depth": log_integers(1, 1000),
    },
    simulated={
        "load": choices(0.2, 0.4),
        "initial": reals(0.5, 0.9),
        "depth": choices(1, 2, 3),
    },
    mutants={
        "noise not passed on": lambda load, initial, depth: _overlap(
            load, initial, depth, feedback=0.0
        ),
        "one layer fewer": lambda load, initial, depth: _overlap(load, initial, depth - 1),
    },
)
def layered_overlap(load: Numbers, initial: Numbers, depth: Numbers) -> jax.Array:
    r"""Overlap with its pattern after L layers of Hebbian memories with a sign between them.

    Layers of d signs, N = alpha d random patterns in each; layer l maps pattern j of its own to
    pattern j of the next, and the sign of what is recalled is passed on. With $D_0=\alpha$ the
    variance of the cross-talk,

    $$m_{l+1} = \mathrm{erf}\frac{m_l}{\sqrt{2D_l}},\qquad
      D_{l+1} = \alpha + \frac2\pi e^{-m_l^2/D_l}:$$

    cross-talk of fresh patterns, and what the last layer's cross-talk has done to their overlaps.
    Below `critical_load` a good start is cleaned up at any depth, above it every start is lost.

    Args:
      load: alpha = N/d > 0, finite.
      initial: m_0, overlap with the pattern at the start, from -1 to 1.
      depth: L, whole, from 0 to 1024. All broadcast.

    Returns m_L; a sign is wrong with probability (1 - m_L)/2. Relative accuracy 1e-9: just above
    `critical_load` errors grow as L^2, elsewhere 1e-13 is kept. The gap at finite d is of order
    1/d, with a factor that grows with the depth, faster above `critical_load`.

    Raises:
      InputError: a load that is not positive, an overlap outside [-1, 1], or a depth that is not
        whole or above 1024.

    Source: Meir and Domany 1987; derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(am.layered_overlap(0.2, 0.8, np.arange(5)).round(4))
    [0.8    0.9264 0.9487 0.9596 0.9639]
    """
    return _overlap(load, initial, depth)


def _load_at(x, feedback=1.0):
    """The load whose fixed point has m = erf(x), m / sqrt(2 D) = x."""
    return (erf(x) / x) ** 2 / 2 - feedback * 2 / np.pi * jnp.exp(-2 * x**2)


@functools.partial(jax.jit, static_argnames="feedback")
def _fold(feedback=1.0):
    """x where the load is largest."""
    return increasing_root(lambda x: -jax.jvp(_load_at, (x,), (jnp.ones_like(x),))[1], 0.7, 3.0)


def _largest_load(_=None):
    """The largest load with a fixed point, found by search."""
    found = scipy.optimize.minimize_scalar(
        lambda x: 2 / np.pi * np.exp(-2 * x**2) - scipy.special.erf(x) ** 2 / (2 * x**2),
        bounds=(0.5, 3.0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return -found.fun


@law(
    kind=Root(residual=lambda load: load - _largest_load(), bracket=lambda: (0.0, 1.0)),
    formula=r"\alpha_c = \max_x \frac{\mathrm{erf}^2 x}{2x^2} - \frac2\pi e^{-2x^2}",
    source=SOURCE,
    holds={},
    relative=1e-15,
    domain={},
    mutants={"Hopfield's load": lambda: 0.138, "percolation of noise": lambda: 2 / np.pi},
)
def critical_load() -> jax.Array:
    r"""Load up to which layers of Hebbian memories with a clean-up between them are reliable.

    Fixed points of `layered_overlap` have m = erf(x), $D = m^2/2x^2$, and hence the load

    $$\alpha(x) = \frac{\mathrm{erf}^2x}{2x^2} - \frac2\pi e^{-2x^2},\qquad
      \alpha_c = \max_x\alpha(x) = 0.2690616\ldots$$

    There the overlap is 0.835 still, and falls to 0 at once: the budget of depth is endless below
    this load and short above it.

    Returns the load N/d, to a relative 1e-15.

    Source: Meir and Domany 1987; derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.critical_load():.10f}")
    0.2690616291
    """
    return _load_at(_fold())


# Where the load is largest, in more digits than one double has: at x = FOLD, where its slope is
# FOLD_SLOPE still.
FOLD, FOLD_SLOPE = 0.9814824069637856, -9.3047274114903065e-18
LARGEST, LARGEST_REST = 0.2690616291420254, 4.2567005926850554e-18
CLEAN = 0.01  # load below which m = 1 to all digits
BENT = 0.25  # load from which on the root is sought as its distance from the fold
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PARTS, _WEIGHTS = (1 + _NODES) / 2, _WEIGHTS * (1 - _NODES) / 4  # of integrals with (1 - t)


def _bend(x):
    """Second derivative of the load at x."""

    def slope(x):
        return jax.jvp(_load_at, (x,), (jnp.ones_like(x),))[1]

    return jax.jvp(slope, (x,), (jnp.ones_like(x),))[1]


def _below_largest(distance):
    """The largest load less that of the fixed point so far beyond the fold: no difference."""
    away = jnp.asarray(distance)[..., None]
    bends = jnp.sum(_WEIGHTS * _bend(FOLD + away * _PARTS), -1)
    return -distance * (FOLD_SLOPE + distance * bends)


@jax.jit
def _fixed_point(load):
    (load,) = as_numbers(load)
    # the rest times 1, or so: the compiler would add up the two constants first
    missing = (LARGEST - load) + LARGEST_REST * (load / LARGEST)
    held = missing > 0
    bent = load > BENT
    depth = jnp.where(held & bent, missing, 0.01)
    near = FOLD + increasing_root(lambda u: _below_largest(u) - depth, 0.0, 0.5)
    straight = jnp.where(bent, BENT, jnp.maximum(load, CLEAN))
    far = increasing_root(lambda x: straight - _load_at(x), 1.0, 1 + 1 / jnp.sqrt(2 * straight))
    return jnp.where(held, erf(jnp.where(bent, near, far)), jnp.nan)


def _excess(overlap, load):
    """Load of the fixed point with an overlap, less the one given."""
    x = scipy.special.erfinv(overlap)
    return overlap**2 / (2 * x**2) - 2 / np.pi * np.exp(-2 * x**2) - load


@law(
    kind=Root(residual=_excess, bracket=lambda load: (0.845, 1 - 1e-14)),
    formula=r"m = \mathrm{erf}\,x,\quad \frac{\mathrm{erf}^2 x}{2x^2} - \frac2\pi e^{-2x^2}"
    r" = \alpha",
    source=SOURCE,
    holds={"load": positive()},
    relative=1e-13,
    gives=probability(),
    domain={"load": reals(0.03, 0.268)},
    mutants={
        "noise not passed on": lambda load: _overlap(load, 1.0, 200, feedback=0.0),
    },
)
def layered_fixed_point(load: Numbers) -> jax.Array:
    r"""Overlap that layers with a clean-up between them keep at any depth.

    The larger root of

    $$m = \mathrm{erf}\,x,\qquad \frac{\mathrm{erf}^2x}{2x^2}-\frac2\pi e^{-2x^2} = \alpha$$

    Args:
      load: alpha = N/d > 0, finite; any shape.

    Returns m*, the limit of `layered_overlap` from a good start; NaN above `critical_load`, where
    there is none but 0. To a relative 1e-13 up to there; the slope is infinite at the critical
    load.

    Raises:
      InputError: a load that is not positive.

    Source: Meir and Domany 1987; derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.layered_fixed_point(0.2):.10f}")
    0.9663260893
    """
    return _fixed_point(load)
