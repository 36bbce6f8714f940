"""Read-out against a code book: the value whose code word scores highest."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, log_integers, log_reals
from jtts.kinds import Asymptotic
from jtts.laws import closed_form, law
from jtts.normal_tail import log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import between, positive, probability
from jtts.special import at_most_one
from jtts.theory.associative_memory.overlaps import (
    HALF_NODES,
    HALF_WEIGHTS,
    LOG_EPSILON,
    NODES,
    WEIGHTS,
)
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.sign_readout import gaussian_tail

SURE = 1500.0  # signal^2 from which on recall is certain to 1e-300
WIDEST = 9.0  # standard deviations integrated over
NORMAL_NODES = WIDEST * NODES
NORMAL_WEIGHTS = WIDEST * WEIGHTS * np.exp(-(NORMAL_NODES**2) / 2) / np.sqrt(2 * np.pi)


@jax.jit
def _repeats(load, num_classes, others=1.0):
    load, classes = jnp.broadcast_arrays(*as_numbers(load, num_classes))
    ratio = classes / load
    sure = ratio > SURE
    signal = jnp.sqrt(jnp.where(sure, SURE, ratio))
    low, high = _window(*lax.stop_gradient((signal, classes - others)))
    z = low[..., None] + (high - low)[..., None] * HALF_NODES
    log_right = (classes[..., None] - others) * log_upper_tail(-signal[..., None] - z)
    value = (high - low) * jnp.sum(HALF_WEIGHTS * jnp.exp(log_right - z**2 / 2), -1)
    return jnp.where(sure, 1.0, at_most_one(value / np.sqrt(2 * np.pi)))


def _window(signal, rivals):
    """Where exp(-z^2/2) Phi(signal + z)^rivals is above 1e-17 of its peak; it is log-concave."""

    def log_density(z):
        return rivals * log_upper_tail(-signal - z) - z**2 / 2

    def slope(z):
        y = signal + z
        log_hazard = -(y**2) / 2 - np.log(2 * np.pi) / 2 - log_upper_tail(-y)
        return rivals * jnp.exp(log_hazard) - z

    def halve(inside):
        def step(_, ends):
            low, high = ends
            middle = (low + high) / 2
            good = inside(middle)
            return jnp.where(good, middle, low), jnp.where(good, high, middle)

        return step

    zero = jnp.zeros_like(signal)
    peak = lax.fori_loop(0, 40, halve(lambda z: slope(z) > 0), (zero, zero + 40.0))[0]
    lowest = log_density(peak) - LOG_EPSILON
    low = lax.fori_loop(0, 40, halve(lambda z: log_density(peak - z) > lowest), (zero, zero + 9.0))[
        1
    ]
    # beyond the peak it falls at least as a normal density
    return peak - low, peak + 9.0


@law(
    kind=Asymptotic(size="dim", sizes=(16, 32, 64), finite_size=0.2, detects=0.02),
    formula=r"E_z\,\Phi(\sqrt{M/\alpha} + z)^{M-1}",
    source="derived here (docs, associative memory section 2)",
    domain={"load": log_reals(0.5, 20.0), "num_classes": log_integers(2, 100)},
    simulated={"load": choices(2.0, 4.0), "num_classes": choices(8)},
    holds={"load": positive(), "num_classes": between(1, 1e9)},
    relative=1e-12,
    gives=probability(),
    mutants={
        "against M competitors": lambda load, num_classes: _repeats(load, num_classes, others=0.0),
        "all noise in one class": lambda load, num_classes: _repeats(
            load * num_classes, num_classes
        ),
    },
)
def label_recall(load: Numbers, num_classes: Numbers) -> jax.Array:
    r"""Probability that a large Hebbian memory names the right one of M classes.

    Values are one-hot labels, drawn uniformly with repeats; the class of the largest component is
    read out.

    $$E_z\,\Phi\big(\sqrt{M/\alpha}+z\big)^{M-1},\quad z\sim N(0,1),\;\alpha=(N-1)/d$$

    Args:
      load: alpha > 0; keys on the unit sphere.
      num_classes: M, from 1 to 1e9. Both real; they broadcast.

    Returns a probability, in the limit of large d at fixed load and M (so that (N-1)/M is large);
    the integral has a relative accuracy of 1e-12. The components of every class carry
    cross-talk of variance alpha/M.

    With distinct labels, one class per pair, recall is always right: the score of a pair is then
    k_m.k_i, largest at m = i. That read-out is a search among the keys and measures no capacity.

    Raises:
      InputError: a load that is not positive, or num_classes below 1 or above 1e9.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.label_recall(63 / 16, 8):.7f}")
    0.5282765
    """
    return _repeats(load, num_classes)


def union_errors(num_pairs, dim, num_values):
    """Expected number of code words that beat the right one, scores taken as normal."""
    return jnp.exp(log_union_errors(jnp.log(num_pairs - 1), dim, num_values))


def log_union_errors(log_others, dim, num_values):
    """The logarithm of `union_errors` at num_pairs - 1 other pairs."""
    others = jnp.exp(log_others)
    variance = (dim + num_values - 1 + 2 * others) / (dim * num_values)
    return log_others + log_upper_tail(1 / jnp.sqrt(variance))


def _union(num_pairs, dim, num_values):
    return 1 - union_errors(*as_numbers(num_pairs, dim, num_values))


@closed_form(
    holds={"num_pairs": between(2, 1e6), "dim": between(2, 1e6), "num_values": between(2, 1e6)},
    relative=1e-3,
    absolute=1e-15,
    gives=probability(),
)
def codebook_recall(num_pairs: Numbers, dim: Numbers, num_values: Numbers) -> jax.Array:
    r"""Chance of reading the right one of N random code words: a heuristic, not a law.

    With a and c the overlaps of two code words (dimension V) and two keys (dimension d), and the
    common noise x ~ N(0, (N-1)/(dV)) of the right score,

    $$P \approx E_x\Big[1 - E_{a,c}\,Q\Big(\frac{1+x-c}{\sqrt{\frac{1+a}{1-a}\,\frac{N-2}{dV}}}
      \Big)\Big]^{N-1},$$

    which treats competing scores as independent given x. They are not: it is 1 % low where 82 % of
    the queries succeed (d = V = 32, N = 64), 7 % low at 45 % (N = 128), 11 % low at 34 %
    (d = V = 64, N = 512).

    Args:
      num_pairs: N >= 2, distinct values, each a random unit code word in V dimensions.
      dim, num_values: d, V >= 2. All broadcast.

    Returns the heuristic probability that the code word of the highest score u_m.r is the right
    one, its averages to 1e-3 relative and 1e-15 absolute. Simulate where it matters
    (`jtts.sims.associative_memory.codebook_recall`).

    Raises:
      InputError: a size below 2.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_recall(64, 32, 32):.4f}")
    0.8158
    """
    sizes = jnp.broadcast_arrays(*as_numbers(num_pairs, dim, num_values))
    value = lax.map(lambda point: _heuristic(*point), tuple(map(jnp.ravel, sizes)), batch_size=4)
    return at_most_one(value).reshape(sizes[0].shape)


def _overlap_average(dim):
    """Nodes and weights of the law of the overlap of two unit vectors, cut at 1e-17 of its peak."""
    latitude = jnp.arcsin(jnp.sqrt(-jnp.expm1(-78 / jnp.maximum(dim - 2, 1e-3))))
    nodes, weights = np.polynomial.legendre.leggauss(48)
    angle = latitude * nodes
    density = weights * jnp.cos(angle) ** (dim - 2)
    return jnp.sin(angle), density / jnp.sum(density)


def _heuristic(num_pairs, dim, num_values):
    (a, of_a), (c, of_c) = _overlap_average(num_values), _overlap_average(dim)
    size = dim * num_values
    x = jnp.sqrt((num_pairs - 1) / size) * NORMAL_NODES[:, None, None]
    spread = jnp.sqrt((1 + a) / (1 - a) * (num_pairs - 2) / size)[:, None]
    beaten = gaussian_tail((1 + x - c) / spread)
    error = jnp.einsum("xac,a,c->x", beaten, of_a, of_c, precision="highest")
    return jnp.sum(NORMAL_WEIGHTS * jnp.exp((num_pairs - 1) * jnp.log1p(-error)))
