"""Noise that is correlated in time, so that a later step takes back what an earlier one did."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import Accepted, between, positive, vector

HALVINGS = 10  # of arithmetic and geometric means, from a ratio of 1e-8 on
REACH, SPACING = 76.0, 0.25  # of ln tan(w/2): the integrands decay exponentially on both sides
NODES = np.arange(-REACH, REACH + SPACING / 2, SPACING)
ABOVE, BELOW = (1 / (1 + np.exp(sign * 2 * NODES)) for sign in (1, -1))  # cos^2 and sin^2 of w/2
WEIGHTS = 2 * SPACING / np.pi / (np.exp(NODES) + np.exp(-NODES))
TAKEN = 1e-15, 1.99  # step times curvature, which the nodes see

POLE = between(-1, 1, open="both")


def mean(x, y):
    """Arithmetic-geometric mean of two positive numbers."""
    for _ in range(HALVINGS):
        x, y = (x + y) / 2, jnp.sqrt(x * y)
    return x


def _fading(pole):
    r = jnp.asarray(pole, float)
    return (1 - r) * (1 + r)


@jax.jit
def alone(pole):
    """`independent_noise` without its checks."""
    return 1 / _fading(pole)


@jax.jit
def together(pole):
    """`best_correlated_noise` without its checks."""
    return mean(1.0, jnp.sqrt(_fading(pole))) ** -2


@law(
    kind=Exact(),
    formula=r"\frac{1}{1 - r^2}",
    source="derived here (section 4)",
    relative=1e-13,
    holds={"pole": POLE},
    gives=positive(),
    domain={"pole": reals(0.1, 0.97)},
    simulated={"pole": reals(0.1, 0.9)},
    mutants={
        "r in the place of its square": lambda pole: 1 / (1 - pole),
        "small steps": lambda pole: 1 / (2 * (1 - pole)),
    },
)
def independent_noise(pole: Numbers) -> jax.Array:
    r"""Variance of a mode of private gradient descent, in units of the sensitivity: noise as drawn.

    $x\leftarrow rx-\eta z$ with $r=1-\eta h$ and fresh noise z settles at the variance

    $$\frac1{1-r^2}$$

    times the noise's variance and eta^2. `best_correlated_noise` is what the best filter reaches at
    the same sensitivity.

    Args:
      pole: r = 1 - eta h, between -1 and 1.

    Any shape. In units of eta^2 times the variance of the noise. Relative accuracy 1e-13.

    Raises:
      InputError: a pole of -1 or below, or of 1 or above.

    Source: derived here (docs, optimization section 4); the comparison is that of arXiv:2310.06771.

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.independent_noise(0.9):.11f}")
    5.26315789474
    """
    return alone(pole)


@law(
    kind=Exact(),
    formula=r"\Big(\frac{2}{\pi} K(r)\Big)^2 = M(1, \sqrt{1 - r^2})^{-2}",
    source="derived here (section 4); arXiv:2310.06771 has the order",
    relative=1e-13,
    holds={"pole": POLE},
    gives=positive(),
    domain={"pole": reals(0.1, 0.97)},
    simulated={"pole": reals(0.3, 0.9)},
    mutants={
        "parameter in the place of the modulus": lambda pole: together(jnp.sqrt(pole)),
        "no square": lambda pole: jnp.sqrt(together(pole)),
        "as drawn": alone,
        "near 1": lambda pole: (jnp.log(8 / (1 - pole)) / jnp.pi) ** 2,
    },
)
def best_correlated_noise(pole: Numbers) -> jax.Array:
    r"""Variance of a mode of private gradient descent with the best correlations of the noise.

    In place of fresh noise z the step gets Bz, B a causal filter. What has to be kept is the
    sensitivity, whose square is the mean over frequencies of $1/|B|^2$; what counts is its product
    with the variance of the mode. By the Cauchy-Schwarz inequality it is least for
    $|B|^2=|1-re^{iw}|$, the coefficients of $(1-rz)^{1/2}$, and then, with K the complete elliptic
    integral of modulus r and M the arithmetic-geometric mean,

    $$\Big(\frac2\pi K(r)\Big)^2=M(1,\sqrt{1-r^2})^{-2}$$

    It grows as $\ln^2(8/(1-r))/\pi^2$ where `independent_noise` grows as 1/(2(1 - r)).

    Args:
      pole: r = 1 - eta h, between -1 and 1.

    Any shape. In units of eta^2 times the variance of the noise. Relative accuracy 1e-13.

    Raises:
      InputError: a pole of -1 or below, or of 1 or above.

    Source: derived here (docs, optimization section 4). That correlated noise does better by an
    order is of arXiv:2310.06771; this value is ours.

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.best_correlated_noise(0.9):.11f}")
    2.10784714823
    """
    return together(pole)


def _modes(step, curvatures):
    """Sum over modes of h e^2 / |1 - r e^(iw)|^2 at the nodes."""
    e, h = step[..., None, None], curvatures[..., None]
    return jnp.sum(h / (h**2 * ABOVE + ((2 - e * h) / e) ** 2 * BELOW), -2)


def _filter(nu):
    """|1 - (1 - nu) e^(iw)| at the nodes."""
    nu = nu[..., None]
    return jnp.sqrt(nu**2 * ABOVE + (2 - nu) ** 2 * BELOW)


def _floats(step, curvatures, *others):
    e, h = jnp.asarray(step, float), jnp.asarray(curvatures, float)
    shape = jnp.broadcast_shapes(e.shape, h.shape[:-1], *map(jnp.shape, others))
    spread = [jnp.broadcast_to(jnp.asarray(x, float), shape) for x in others]
    return jnp.broadcast_to(e, shape), jnp.broadcast_to(h, shape + h.shape[-1:]), *spread


@jax.jit
def filtered(step, curvatures, nu):
    """`colored_error` without its checks."""
    step, curvatures, nu = _floats(step, curvatures, nu)
    heard = _filter(nu)
    return jnp.sum(WEIGHTS * heard * _modes(step, curvatures), -1) * jnp.sum(WEIGHTS / heard, -1)


@jax.jit
def filtered_best(step, curvatures):
    """`colored_error_best` without its checks."""
    return jnp.sum(WEIGHTS * jnp.sqrt(_modes(*_floats(step, curvatures))), -1) ** 2


def _is_seen(step, curvatures):
    library = jnp if any(isinstance(x, jax.Array) for x in (step, curvatures)) else np
    taken = library.asarray(step)[..., None] * library.asarray(curvatures)
    return ((taken >= TAKEN[0]) & (taken <= TAKEN[1])).all(-1)


MODES = {"step": between(1e-30, 1e30), "curvatures": vector(between(1e-30, 1e30))}
SEEN = {"step times every curvature must lie between 1e-15 and 1.99": _is_seen}
SPECTRA = choices([1.0], [1.0, 0.3], [1.0, 0.5, 0.2], [0.8, 0.8, 0.3, 0.2], ndim=1)
DRAW = {"step": reals(0.3, 0.9), "curvatures": SPECTRA}
NU: Accepted = between(1e-15, 1)


@law(
    kind=Exact(),
    formula=r"\langle |B|^2 \sum_i \frac{h_i \eta^2}{|1 - r_i e^{iw}|^2} \rangle_w"
    r" \langle \frac{1}{|B|^2} \rangle_w,\; |B|^2 = |1 - (1 - \nu) e^{iw}|",
    source="derived here (section 4); the filter: arXiv:2310.06771",
    relative=1e-12,
    holds=MODES | {"nu": NU},
    jointly=SEEN,
    gives=positive(),
    domain=DRAW | {"nu": reals(0.05, 1.0)},
    mutants={
        "as drawn": lambda step, curvatures, nu: filtered(step, curvatures, 1 + 0 * nu),
        "the best filter": lambda step, curvatures, nu: filtered_best(step, curvatures) + 0 * nu,
        "sensitivity left out": lambda step, curvatures, nu: (
            filtered(step, curvatures, nu) / jnp.sum(WEIGHTS / _filter(jnp.asarray(nu, float)), -1)
        ),
    },
)
def colored_error(step: Numbers, curvatures: Numbers, nu: Numbers) -> jax.Array:
    r"""Error of private gradient descent on many modes with one filter of the noise.

    The modes $x_i\leftarrow r_ix_i-\eta(Bz_i)$, $r_i=1-\eta h_i$, settle; $\sum_ih_i\,Ex_i^2$,
    twice the loss, at a sensitivity of 1 is

    $$\langle|B|^2\sum_i\frac{h_i\eta^2}{|1-r_ie^{iw}|^2}\rangle_w
      \langle\frac1{|B|^2}\rangle_w$$

    the brackets averages over frequencies. The filter $|B|^2=|1-(1-\nu)e^{iw}|$ has one number: nu
    = 1 is noise as drawn, $\sum_i\eta/(2-\eta h_i)$, and nu = eta h the best of a single mode.

    Args:
      step: eta, from 1e-30 to 1e30.
      curvatures: h, a list along the last axis, each from 1e-30 to 1e30; step times each from 1e-15
        to 1.99.
      nu: from 1e-15 to 1.

    Numbers broadcast against lists without their last axis. In units of the variance of the noise.
    Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range, or a step that is too large or small for a
        curvature.

    Source: derived here (docs, optimization section 4); the filter is that of arXiv:2310.06771.

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.colored_error(0.1, [1.0, 0.1, 0.01], 0.1):.13f}")
    0.0372267475323
    """
    return filtered(step, curvatures, nu)


@law(
    kind=Exact(),
    formula=r"\langle \sqrt{\sum_i \frac{h_i \eta^2}{|1 - r_i e^{iw}|^2}} \rangle_w^2",
    source="derived here (section 4)",
    relative=1e-12,
    holds=MODES,
    jointly=SEEN,
    gives=positive(),
    domain=DRAW,
    mutants={
        "as drawn": lambda step, curvatures: filtered(step, curvatures, 1.0),
        "the best of each mode": lambda step, curvatures: _each(step, curvatures),
        "filter of the largest curvature": lambda step, curvatures: filtered(
            step, curvatures, step * jnp.max(jnp.asarray(curvatures), -1)
        ),
    },
)
def colored_error_best(step: Numbers, curvatures: Numbers) -> jax.Array:
    r"""Error of private gradient descent on many modes with the best filter that they can share.

    By the Cauchy-Schwarz inequality no filter takes `colored_error` below

    $$\langle\sqrt{\sum_i\frac{h_i\eta^2}{|1-r_ie^{iw}|^2}}\rangle_w^2$$

    and the one whose $|B|^{-4}$ is the sum reaches it.

    Args:
      step: eta, from 1e-30 to 1e30.
      curvatures: h, a list along the last axis, each from 1e-30 to 1e30; step times each from 1e-15
        to 1.99.

    Numbers broadcast against lists without their last axis. In units of the variance of the noise.
    Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range, or a step that is too large or small for a
        curvature.

    Source: derived here (docs, optimization section 4).

    >>> from jtts.theory import optimization
    >>> print(f"{optimization.colored_error_best(0.1, [1.0, 0.1, 0.01]):.13f}")
    0.0296120365582
    """
    return filtered_best(step, curvatures)


def _each(step, curvatures):
    """As if every mode had a filter of its own."""
    e, h = jnp.asarray(step, float)[..., None], jnp.asarray(curvatures, float)
    return jnp.sum(h * e**2 * together(1 - e * h), -1)
