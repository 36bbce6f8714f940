"""Random perturbations: what share of them improves a quadratic loss."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erf

from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.normal_tail import log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import between, probability, whole
from jtts.special import stirling_rest
from jtts.theory.associative_memory.powers import gone
from jtts.theory.selection.points import over_points

MOST = 10**6
NODES, WEIGHTS = np.polynomial.legendre.leggauss(160)
FEW_NODES, FEW_WEIGHTS = np.polynomial.legendre.leggauss(16)
DEEP = 45.0  # the integrand's logarithm below its peak, where it ends
HALVINGS = 60
GOLDEN = (5**0.5 - 1) / 2


def log_length(size, freedom):
    """Logarithm of the density of the length of so many standard normals, at size > 0."""
    a = freedom / 2
    t = size**2 / 2
    off = (t - a) / a
    close = jnp.abs(off) < 0.5
    log = jnp.where(
        close, jnp.log1p(jnp.where(close, off, 0.0)), 2 * jnp.log(size) - jnp.log(2 * a)
    )
    return a * (log - off) - log / 2 - np.log(np.pi) / 2 - stirling_rest(a)


def log_between(low, high):
    """ln P(low < Z < high) for 0 <= low <= high."""
    wide = high - low > 1
    one, other = log_upper_tail(low), log_upper_tail(jnp.where(wide, high, low + 1))
    far = one + jnp.log1p(-jnp.exp(other - one))
    half = jnp.where(wide, 0.5, (high - low) / 2)
    z = (low + half)[..., None] + half[..., None] * FEW_NODES
    density = jnp.sum(FEW_WEIGHTS * jnp.exp((low[..., None] ** 2 - z**2) / 2), -1)
    near = jnp.log(half * density) - low**2 / 2 - np.log(2 * np.pi) / 2
    return jnp.where(wide, far, near)


def log_integrand(angle, distance, freedom):
    """Of the chance of an improvement whose part across the gradient is u sin(angle) long."""
    low, high = 2 * distance * jnp.sin(angle / 2) ** 2, 2 * distance * jnp.cos(angle / 2) ** 2
    across = log_length(distance * jnp.sin(angle), freedom)
    return across + jnp.log(distance * jnp.cos(angle)) + log_between(low, high)


def _improves(dimension, distance):
    """Chance that one perturbation improves, for two dimensions or more."""
    u, freedom = distance, dimension - 1

    def value(angle):
        return log_integrand(angle, *lax.stop_gradient((u, freedom)))

    def narrow(_, ends):
        low, high = ends
        one, other = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        rises = value(one) < value(other)
        return jnp.where(rises, one, low), jnp.where(rises, high, other)

    end = jnp.pi / 2
    low, high = lax.fori_loop(0, 80, narrow, (0.0 * u, end + 0.0 * u))
    peak = (low + high) / 2
    enough = value(peak) - DEEP

    def halve(_, ends):
        out, inside = ends
        middle = (out + inside) / 2
        deep = value(middle) < enough
        return jnp.where(deep, middle, out), jnp.where(deep, inside, middle)

    left, right = (
        lax.fori_loop(0, HALVINGS, halve, (edge + 0.0 * u, peak))[0] for edge in (0.0, end)
    )
    left, right = lax.stop_gradient((left, right))
    middle, half = (left + right) / 2, (right - left) / 2
    return half * jnp.sum(WEIGHTS * jnp.exp(log_integrand(middle + half * NODES, u, freedom)))


def one(dimension, distance):
    """Chance that a single perturbation improves."""
    line = dimension == 1
    still = distance == 0
    u = jnp.where(line | still, 1.0, distance)
    ball = _improves(jnp.where(line, 2.0, dimension), u)
    return jnp.where(line, erf(jnp.sqrt(2.0) * distance) / 2, jnp.where(still, 0.0, ball))


def improving(dimension, distance, tries):
    """`improving_share` without its checks."""
    return gone(over_points(one, dimension, distance), jnp.asarray(tries, float))


def _gaussian(dimension, distance, tries):
    """As if the change of the loss were normal."""
    mean, spread = dimension, jnp.sqrt(2 * dimension + 4 * distance**2)
    return gone(jax.scipy.special.ndtr(-mean / spread), tries)


@law(
    kind=Exact(),
    formula=r"1 - (1 - p)^N,\;"
    r" p = F_{\chi^2_d(u^2)}(u^2) = e^{-u^2} \sum_{j \ge 0} I_{d/2 + j}(u^2)",
    source="derived here (section 3)",
    relative=1e-10,
    absolute=1e-290,
    holds={
        "dimension": whole(1, MOST),
        "distance": between(0, MOST),
        "tries": whole(1, 10**12),
    },
    gives=probability(),
    domain={
        "dimension": log_integers(1, 100),
        "distance": reals(0.5, 10.0),
        "tries": log_integers(1, 1000),
    },
    simulated={
        "dimension": choices(1, 2, 3, 5, 8),
        "distance": reals(1.0, 5.0),
        "tries": choices(1, 3, 10),
    },
    mutants={
        "a normal change": _gaussian,
        "a dimension more": lambda dimension, distance, tries: improving(
            dimension + 1, distance, tries
        ),
        "one try": lambda dimension, distance, tries: improving(dimension, distance, 1 + 0 * tries),
    },
)
def improving_share(dimension: Numbers, distance: Numbers, tries: Numbers) -> jax.Array:
    r"""Chance that some of N random perturbations of the weights improve a quadratic loss.

    The loss is $\frac h2|x|^2$ in d curved directions and does not depend on any others. At a
    distance of u from its minimum, in units of a perturbation's standard deviation per direction,
    an isotropic Gaussian perturbation improves it if a non-central chi-square falls below its
    non-centrality:

    $$p=F_{\chi^2_d(u^2)}(u^2)=e^{-u^2}\sum_{j\ge0}I_{d/2+j}(u^2),\quad 1-(1-p)^N$$

    One half far away, and next to nothing where u is below a quarter of the curved dimension.

    Args:
      dimension: d of curved directions, whole, to 1e6.
      distance: u, from 0 to 1e6.
      tries: N of perturbations, whole, to 1e12.

    Arrays broadcast. Relative accuracy 1e-10, down to 1e-290.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, optimization section 3). That small populations find improvements
    where few directions are curved is of arXiv:2602.00170; how often, is ours.

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.improving_share(10, 2.0, 30):.12f}")
    0.325848815029
    """
    return improving(dimension, distance, tries)
