"""Read-out against a code book: the value whose code word scores highest."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import log_ndtr

from jtts.arguments import require_at_least, require_positive
from jtts.domain import choices, log_integers, log_reals
from jtts.kinds import Asymptotic
from jtts.laws import law
from jtts.theory.associative_memory.overlaps import NODES, WEIGHTS
from jtts.theory.associative_memory.recall import as_numbers
from jtts.theory.associative_memory.sign_readout import gaussian_tail

WIDEST = 9.0  # standard deviations integrated over
NORMAL_NODES = WIDEST * NODES
NORMAL_WEIGHTS = WIDEST * WEIGHTS * np.exp(-(NORMAL_NODES**2) / 2) / np.sqrt(2 * np.pi)


def _repeats(load, num_classes, others=1.0):
    load, classes = jnp.broadcast_arrays(*as_numbers(load, num_classes))
    signal = jnp.sqrt(classes / load)[..., None]
    log_right = (classes[..., None] - others) * log_ndtr(signal + NORMAL_NODES)
    return jnp.sum(NORMAL_WEIGHTS * jnp.exp(log_right), -1)


@law(
    kind=Asymptotic(size="dim", sizes=(16, 32, 64), finite_size=0.2, detects=0.02),
    formula=r"E_z\,\Phi(\sqrt{M/\alpha} + z)^{M-1}",
    source="derived here (docs, associative memory section 2)",
    domain={"load": log_reals(0.5, 20.0), "num_classes": log_integers(2, 100)},
    simulated={"load": choices(2.0, 4.0), "num_classes": choices(8)},
    mutants={
        "against M competitors": lambda load, num_classes: _repeats(load, num_classes, others=0.0),
        "all noise in one class": lambda load, num_classes: _repeats(
            load * num_classes, num_classes
        ),
    },
)
def label_recall(load, num_classes):
    r"""Probability that a large Hebbian memory names the right one of M classes.

    Values are one-hot labels, drawn uniformly with repeats; the class of the largest component is
    read out.

    $$E_z\,\Phi\big(\sqrt{M/\alpha}+z\big)^{M-1},\quad z\sim N(0,1),\;\alpha=(N-1)/d$$

    Args:
      load: alpha > 0; keys on the unit sphere.
      num_classes: M >= 1. Both real; they broadcast.

    Returns a probability, in the limit of large d at fixed load and M (so that (N-1)/M is large).
    The components of every class carry cross-talk of variance alpha/M.

    With distinct labels, one class per pair, recall is always right: the score of a pair is then
    k_m.k_i, largest at m = i. That read-out is a search among the keys and measures no capacity.

    Raises:
      InputError: a load that is not positive, or num_classes below 1.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.label_recall(63 / 16, 8):.7f}")
    0.5282765
    """
    require_positive(load=load)
    require_at_least(1, num_classes=num_classes)
    return _repeats(load, num_classes)


def union_errors(num_pairs, dim, num_values):
    """Expected number of code words that beat the right one, scores taken as normal."""
    size = dim * num_values
    variance = 1 / dim + 1 / num_values + (2 * num_pairs - 3) / size
    return (num_pairs - 1) * gaussian_tail(1 / jnp.sqrt(variance))


def _union(num_pairs, dim, num_values):
    return 1 - union_errors(*as_numbers(num_pairs, dim, num_values))


def codebook_recall(num_pairs, dim, num_values):
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
    one. Simulate where it matters (`jtts.sims.associative_memory.codebook_recall`).

    Raises:
      InputError: a size below 2.

    Source: derived here (docs, associative memory section 2).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.codebook_recall(64, 32, 32):.4f}")
    0.8158
    """
    require_at_least(2, num_pairs=num_pairs, dim=dim, num_values=num_values)
    sizes = jnp.broadcast_arrays(*as_numbers(num_pairs, dim, num_values))
    value = lax.map(lambda point: _heuristic(*point), tuple(map(jnp.ravel, sizes)), batch_size=4)
    return value.reshape(sizes[0].shape)


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
