"""Sign read-out of binary values from a Hebbian memory: exact error per bit."""

from __future__ import annotations

import functools
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erfc, gammaln

from jtts.associative_memory import KEY_LAWS
from jtts.domain import choices, log_integers
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability, words
from jtts.theory.associative_memory.overlaps import (
    HALF_NODES,
    HALF_WEIGHTS,
    LOG_EPSILON,
    log_moment_generating,
    tilted_overlaps,
)
from jtts.theory.associative_memory.recall import as_numbers

FREQUENCIES = 256  # of the inverse Fourier transform of sign keys
PANELS, FAST = 20, 16  # of sphere keys: panels of FAST frequencies
SPACING = 0.16  # in units of the spread; the pole a distance >= 1 away costs e^(-2 pi / SPACING)
BLOCK = 16  # points of a grid whose tables are in memory together
SLOW = 20.0  # (d-1) n: below it the waves' tail is summed apart
HANKEL, BINOMIAL = 24, 28  # terms
EXP_SINH_STEP, EXP_SINH = 0.08, 48
PANEL_NODES, PANEL_WEIGHTS = (np.asarray(x) for x in np.polynomial.legendre.leggauss(FAST))
PANEL_NODES, PANEL_WEIGHTS = (PANEL_NODES + 1) / 2, PANEL_WEIGHTS / 2
MANY = 1e5  # pairs: from here on the normal law with two corrections, which is off by N^-3
LARGE = between(1, 1e9)
KEYS = words(*KEY_LAWS)
COUNTED = "(num_pairs - 1) dim must be at most 2^53 for sign keys"


WIDE = "dim must be at least 2 for keys on the sphere"


def is_wide(dim, keys):
    """Whether overlaps on the sphere have a density."""
    return (keys != "sphere") | (dim >= 2)


def can_count(num_pairs, dim, keys):
    """Whether a sum of that many signs has its parity in double precision."""
    return (keys != "rad") | ((num_pairs - 1) * dim <= 2.0**53)


def gaussian_tail(x):
    """Q(x) = P(z > x)."""
    return erfc(x / np.sqrt(2.0)) / 2


def _log_cosh(y):
    """ln cosh(y), with the digits of its small values."""
    small = jnp.abs(y) < 1
    size = jnp.where(small, 1.0, jnp.abs(y))
    far = size + jnp.log1p(jnp.exp(-2 * size)) - np.log(2.0)
    return jnp.where(small, jnp.log1p(2 * jnp.sinh(jnp.where(small, y, 0.0) / 2) ** 2), far)


def gauss_error(num_pairs, dim):
    """P(t_d > sqrt(d/(N-1))): with t = sqrt(d) sinh(y) the density of y is ~ cosh(y)^-d."""

    def tail(start, log_start):
        """Of the density over its value at the start, whose ln cosh is given."""
        ceiling = log_start + LOG_EPSILON / dim
        end = ceiling + jnp.log1p(jnp.sqrt(-jnp.expm1(-2 * ceiling)))  # arccosh(e^ceiling)
        y = start[..., None] + (end - start)[..., None] * HALF_NODES
        fall = dim[..., None] * (_log_cosh(y) - log_start[..., None])
        return (end - start) * jnp.sum(HALF_WEIGHTS * jnp.exp(-fall), -1)

    several = num_pairs > 1
    others = jnp.where(several, num_pairs - 1, 1.0)
    start, log_start = jnp.arcsinh(1 / jnp.sqrt(others)), jnp.log1p(1 / others) / 2
    zero = jnp.zeros_like(start)
    tails = tail(start, log_start) / (2 * tail(zero, zero))
    return jnp.where(several, jnp.exp(-dim * log_start) * tails, 0.0)


def rad_error(num_pairs, dim, ties=0.5):
    """P(S > d) + P(S = d)/2, S a sum of n = (N-1) d signs, by its exact Fourier inversion.

    Integrated along Re s = c: the sum over S is geometric, and coth (or 1/sinh, where S cannot
    equal d) what is left of it. Of two pairs only ties can err.
    """
    several = num_pairs > 2
    n = jnp.where(several, num_pairs - 1, 2.0) * dim
    saddle = jnp.arctanh(dim / n)
    c = jnp.maximum(saddle, 1 / jnp.sqrt(n))[..., None]
    # sums of signs need frequencies up to pi/2 only; the half weights at the ends are exact there
    top = jnp.minimum(FREQUENCIES * SPACING / jnp.sqrt(n), np.pi / 2)[..., None]
    t = top * np.arange(FREQUENCIES + 1) / FREQUENCIES
    weights = top / FREQUENCIES * np.r_[0.5, np.ones(FREQUENCIES - 1), 0.5]
    s = lax.complex(*jnp.broadcast_arrays(c, t))
    log_cosh = jnp.log1p(2 * jnp.sinh(s / 2) ** 2)
    parity = jnp.mod(n - dim, 2)[..., None]
    kernel = jnp.where(parity == 0, jnp.exp(-s) + 2 * ties * jnp.sinh(s), 1.0) / jnp.sinh(s)
    wave = jnp.exp(n[..., None] * log_cosh - s * dim[..., None]) * kernel
    error = jnp.sum(weights * jnp.real(wave), -1) / np.pi
    whole = (num_pairs == jnp.round(num_pairs)) & (dim == jnp.round(dim))
    of_two = jnp.where(num_pairs == 2, ties * jnp.exp2(-dim), 0.0)
    return jnp.where(whole, jnp.where(several, error, of_two), jnp.nan)


def _log_transform(dim, shift, slow, fast):
    """ln E exp(s x) - ln E exp(shift x) - i t m at s = shift + i t, t = slow + fast; and m.

    m is the mean of x under the tilted law. A sum exp(i (a + b)) of products keeps the digits of
    its distance to 1 if cosines are counted from 1.
    """
    x, log_weight, peak, _ = tilted_overlaps(dim, shift)
    weight = jnp.exp(log_weight)
    weight = weight / jnp.sum(weight)
    off = jnp.sum(weight * x)
    a, b = (t[:, None] * (x - off) for t in (slow, fast))
    versed_a, versed_b = 2 * jnp.sin(a / 2) ** 2, 2 * jnp.sin(b / 2) ** 2
    sine_a, sine_b = jnp.sin(a), jnp.sin(b)

    def average(f, g=None):
        return f @ weight if g is None else jnp.matmul(f * weight, g.T, precision="highest")

    versed = average(versed_a)[:, None] + average(versed_b) - average(versed_a, versed_b)
    versed = versed + average(sine_a, sine_b)
    sine = average(sine_a)[:, None] + average(sine_b)
    sine = sine - average(sine_a, versed_b) - average(versed_a, sine_b)
    versed, sine = jnp.ravel(versed), jnp.ravel(sine)
    near = versed < 0.5
    close = jnp.log1p(jnp.where(near, versed**2 + sine**2 - 2 * versed, 0.0)) / 2
    size = jnp.where(near, 1.0, (1 - versed) ** 2 + sine**2)
    angle = jnp.unwrap(jnp.arctan2(sine, 1 - versed))
    return lax.complex(jnp.where(near, close, jnp.log(size) / 2), angle), peak[0] + off


def _hankel_tail(others, threshold, dim, start, log_scale):
    """(1/pi) Re of the integral of M(s)^others exp(-threshold s - log_scale) / s beyond start.

    M(s) = E exp(s x) is e^s F(-s) + R e^-s F(s) times (2/s)^(d/2-1) ..., F Hankel's asymptotic
    series. Each term of the binomial sum is integrated along the ray on which it decays.
    """
    order = dim / 2 - 1
    k = np.arange(1, HANKEL)
    a = jnp.cumprod((4 * order**2 - (2 * k - 1.0) ** 2) / (8 * k))

    def series(s):
        powers = jnp.cumprod(jnp.broadcast_to(1 / s[..., None], (*s.shape, HANKEL - 1)), -1)
        signs = (-1.0) ** k
        return 1 + jnp.sum(signs * a * powers, -1), 1 + jnp.sum(a * powers, -1)

    j = np.arange(BINOMIAL, dtype=float)[:, None]
    rate = others - 2 * j - threshold
    w = EXP_SINH_STEP * np.arange(-EXP_SINH, EXP_SINH + 1)
    u = np.exp(np.pi / 2 * np.sinh(w))
    measure = EXP_SINH_STEP * np.pi / 2 * np.cosh(w) * u
    scale = 1 / jnp.maximum(jnp.abs(rate), 1 / jnp.abs(start))
    away = jnp.where(rate > 0, -1.0, 1.0)
    s = start + lax.complex(away * scale * u, jnp.zeros_like(scale * u))
    growing, falling = series(s)
    # binomial coefficients by their recurrence, 0 beyond a whole number
    factors = (others - j[:-1, 0]) / (j[:-1, 0] + 1)
    binomial = jnp.concatenate([jnp.ones(1), jnp.cumprod(factors)])[:, None]
    turn = lax.complex(0.0, 1.0) * jnp.exp(lax.complex(0.0, np.pi) * order) * jnp.exp(-2 * start)
    log_front = others * (gammaln(order + 1) + order * np.log(2.0) - np.log(2 * np.pi) / 2)
    log_wave = (
        others * jnp.log(growing)
        + j * jnp.log(falling / growing)
        - (others * (dim - 1) / 2 + 1) * jnp.log(s)
        - jnp.abs(rate) * scale * u
        + (others - threshold) * start
        + log_front
        - log_scale
    )
    terms = away * scale * measure * jnp.exp(log_wave)
    return jnp.imag(jnp.sum(binomial * turn**j * terms)) / np.pi


def _sphere_tail(others, threshold, dim):
    """P(sum of `others` > 2 overlaps > threshold) at one point, by Fourier inversion, Re s = c.

    c is near the saddle point, so that the relative accuracy holds however small the tail.
    """
    share = threshold / others  # of each overlap in a sum that just reaches it
    spread = jnp.sqrt(dim / (others * (1 - share**2)))
    shift = jnp.maximum(share * dim / (1 - share**2), spread)
    # few overlaps in few dimensions have waves that fall slowly: follow them to the end
    slow_waves = others * (dim - 1) < SLOW
    shift = jnp.where(slow_waves, jnp.clip(shift, 1.0, 20.0), shift)
    shift, spread = lax.stop_gradient((shift, spread))
    top = 16 + 30 / others
    panel = top / PANELS
    even = SPACING * spread
    slow = jnp.where(slow_waves, panel, FAST * even) * np.arange(PANELS)
    fast = jnp.where(slow_waves, panel * PANEL_NODES, even * np.arange(FAST))
    once = jnp.where(slow_waves, panel * PANEL_WEIGHTS, even)
    weights = jnp.tile(once, PANELS).at[0].multiply(jnp.where(slow_waves, 1.0, 0.5))
    log_ratio, mean = _log_transform(dim, shift, slow, fast)
    log_scale = others * log_moment_generating(dim, shift) - threshold * shift
    t = jnp.ravel(slow[:, None] + fast)
    s = lax.complex(jnp.full_like(t, shift), t)
    phase = lax.complex(jnp.zeros_like(t), t * (others * mean - threshold))
    head = jnp.sum(weights * jnp.real(jnp.exp(others * log_ratio + phase) / s)) / np.pi
    usual = (4.0, 1.0, 3.0, 20.0, 1.0, 0.0)
    given = (others, threshold, dim, top, shift, log_scale)
    others, threshold, dim, top, shift, log_of = (
        jnp.where(slow_waves, x, other) for x, other in zip(given, usual, strict=True)
    )
    tail = _hankel_tail(others, threshold, dim, lax.complex(shift, top), log_of)
    return jnp.exp(log_scale) * (head + jnp.where(slow_waves, tail, 0.0))


def _edgeworth_tail(x, dim, count):
    """P(sum > x) of `count` overlaps in units of its deviation, up to relative order count^-3."""
    fourth = -6 / ((dim + 2) * count)
    sixth = 240 / ((dim + 2) * (dim + 4) * count**2)
    third_hermite = x * (x**2 - 3)
    fifth = x * (x**4 - 10 * x**2 + 15)
    seventh = x * (x**6 - 21 * x**4 + 105 * x**2 - 105)
    terms = fourth / 24 * third_hermite + sixth / 720 * fifth + fourth**2 / 1152 * seventh
    return gaussian_tail(x) + jnp.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * terms


def sphere_error(num_pairs, dim, heads=1.0):
    """P(sum of (N - 1) heads overlaps > heads): from MANY pairs on by Edgeworth's expansion."""
    several, few = num_pairs > 2, num_pairs < MANY
    inside = several & few & (dim >= 2)
    arrays = jnp.broadcast_arrays((num_pairs - 1) * heads, heads, dim)
    flat = tuple(
        jnp.ravel(jnp.where(inside, array, usual))
        for array, usual in zip(arrays, (7.0, 1.0, 8.0), strict=True)
    )
    exact = lax.map(lambda point: _sphere_tail(*point), flat, batch_size=BLOCK)
    others = jnp.where(several, num_pairs - 1, 2.0)
    x = jnp.sqrt(dim * heads / others)
    normal = _edgeworth_tail(x, dim, others * heads)
    error = jnp.where(few, exact.reshape(x.shape), normal)
    return jnp.where(dim >= 2, jnp.where(several, error, 0.0), jnp.nan)


ERRORS = {"sphere": sphere_error, "gauss": gauss_error, "rad": rad_error}


@functools.partial(jax.jit, static_argnames=("keys", "error"))
def _bit_error(num_pairs, dim, keys="sphere", error=None):
    num_pairs, dim = jnp.broadcast_arrays(*as_numbers(num_pairs, dim))
    return (error or ERRORS[keys])(num_pairs, dim)


@law(
    kind=Exact(),
    formula=r"P\Big(\sum_{j \neq i} k_j \cdot k_i > |k_i|^2\Big)",
    source="derived here (docs, associative memory section 2)",
    domain={
        "num_pairs": log_integers(3, 10**6),
        "dim": log_integers(4, 10**4),
        "keys": choices("sphere", "gauss", "rad"),
    },
    simulated={"num_pairs": choices(9), "dim": choices(8, 15)},
    holds={"num_pairs": LARGE, "dim": LARGE, "keys": KEYS},
    jointly={WIDE: is_wide, COUNTED: can_count},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    mutants={
        "normal law": lambda num_pairs, dim, keys="sphere": _bit_error(
            num_pairs, dim, error=lambda n, d: gaussian_tail(jnp.sqrt(d / (n - 1)))
        ),
        "law of sphere keys": lambda num_pairs, dim, keys="sphere": _bit_error(num_pairs, dim),
        "ties count as errors": lambda num_pairs, dim, keys="sphere": _bit_error(
            num_pairs,
            dim,
            keys,
            lambda n, d: rad_error(n, d, ties=1.0) if keys == "rad" else ERRORS[keys](n, d),
        ),
        "one pair more": lambda num_pairs, dim, keys="sphere": _bit_error(num_pairs + 1, dim, keys),
    },
)
def bit_error(
    num_pairs: Numbers, dim: Numbers, *, keys: Literal["sphere", "rad", "gauss"] = "sphere"
) -> jax.Array:
    r"""Probability that the sign of one read-out component of a Hebbian memory is wrong.

    Values are +-1. With $n = (N-1)d$,

    $$\text{gauss: } P\big(t_d > \sqrt{d/(N-1)}\big),$$
    $$\text{rad: } P(B < \tfrac{n-d}2) + \tfrac12 P(B = \tfrac{n-d}2),\;
      B\sim\mathrm{Bin}(n,\tfrac12),$$
    $$\text{sphere: } \frac12 - \frac1\pi\int_0^\infty \frac{\sin t}t\,\varphi(t)^{N-1}dt,\quad
      \varphi(t) = \Gamma(\tfrac d2)(2/t)^{d/2-1}J_{d/2-1}(t).$$

    Evaluated along a shifted contour, exp(-i t) phi^(N-1) / t is neither large nor oscillating, and
    the smallest probabilities keep their digits.

    Args:
      num_pairs: N, from 1 to 1e9; whole for sign keys. Between whole numbers the formulas, with
        phi^(N-1) continued along the contour.
      dim: d, from 1 to 1e9 (sphere: from 2 on); whole for sign keys, and (N-1) d at most
        2^53. Arrays broadcast.
      keys: "sphere", "gauss" or "rad".

    Returns a probability, relatively accurate to 1e-12; 0 below 1e-300. From N = 1e5 on the sphere
    has the expansion about the normal law, as accurate. NaN for sign keys at sizes that are not
    whole; 0 where no sum of overlaps can reach 1 (sphere, N <= 2).

    Raises:
      InputError: sizes below 1 or too large, or an unknown law of keys.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.bit_error(17, 32):.9f} {am.bit_error(17, 32, keys='gauss'):.9f}")
    0.078745403 0.083477793
    """
    return _bit_error(num_pairs, dim, keys)


@law(
    kind=Limit(
        of=lambda load, dim, keys: bit_error(1 + load * dim, dim, keys=keys),
        argument="dim",
        values=(64, 128, 256, 512, 1024),
        gap=lambda dim, point: 1 / dim,
        compare="value",
    ),
    formula=r"Q(1/\sqrt\alpha), \quad Q(x) = \tfrac12 \mathrm{erfc}(x/\sqrt2)",
    source="derived here (docs, associative memory section 2)",
    domain={"load": choices(0.125, 0.25, 0.5, 1.0, 2.0), "keys": choices("sphere", "gauss", "rad")},
    holds={"load": nonnegative(), "keys": KEYS},
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    mutants={"variance for deviation": lambda load, keys="sphere": gaussian_tail(1 / load)},
)
def limit_bit_error(
    load: Numbers, *, keys: Literal["sphere", "rad", "gauss"] = "sphere"
) -> jax.Array:
    r"""Error of the sign of one read-out component of a large Hebbian memory, any law of keys.

    $$Q(1/\sqrt\alpha),\quad Q(x)=\tfrac12\,\mathrm{erfc}(x/\sqrt2),\quad \alpha = (N-1)/d$$

    Args:
      load: alpha = (N-1)/d >= 0; any shape.
      keys: the law of keys, which does not matter in this limit.

    Returns a probability, relatively accurate to 1e-12; 0 below 1e-300. `bit_error` approaches it
    as 1/d, relatively x^4/d where it is small.

    Raises:
      InputError: a negative load, or an unknown law of keys.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.limit_bit_error(0.5):.10f}")
    0.0786496035
    """
    (load,) = as_numbers(load)
    loaded = load > 1e-4  # below it the tail underflows, and its slope
    return jnp.where(loaded, gaussian_tail(1 / jnp.sqrt(jnp.where(loaded, load, 1.0))), 0.0)
