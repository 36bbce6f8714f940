"""Learners who add the beliefs of others to their own evidence, double counting what they hear."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import Range, in_digits, log_integers, log_reals, several
from jtts.kinds import Asymptotic, Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, vector, whole

SQUARINGS = 50
MOST_MOVED = 1e5  # by a change of trust, in units of both
MARGIN = 1e-4  # of the spectral radius, on either side of 1
TRUST = vector(vector(between(0, 1e6)))
PRECISION = vector(between(0, 1e6))
LEARNERS: dict[str, Any] = {"trust": TRUST, "precision": PRECISION}
TIME = {"t": whole(1, 10**4)}


def _square(trust, precision):
    n = trust.shape[-1]
    shape = np.broadcast_shapes(trust.shape[:-2], precision.shape[:-1])
    return np.full(shape, trust.shape[-2] == n == precision.shape[-1])


SQUARE = {"trust must be square, with a row and a column for each precision": _square}


def trusts(size: int, low: float, high: float) -> Range:
    """Square matrices of positive entries whose spectral radius lies between low and high."""

    def at(u: np.ndarray) -> np.ndarray:
        entries = 0.05 + 0.95 * u[1:].reshape(size, size)
        radius = np.abs(np.linalg.eigvals(entries)).max()
        return in_digits(entries * (low + (high - low) * u[0]) / radius, 8)

    text = f"{size} x {size} matrices of spectral radius {low:g} to {high:g}"
    return Range(text, at, dims=1 + size * size, value_ndim=2)


def _counted(trust, precision, t):
    """Sums over k < t of C_k h and of C_k^2 h, row i in units of a power of e^scale_i; the scales.

    A row has its own scale: beliefs may grow at rates of any ratio.
    """
    sees = jnp.diag(precision > 0) * 1.0
    hears = lax.stop_gradient(jnp.where(trust > 0, jnp.log(trust), -jnp.inf))

    def units(scale, new):
        """What rows are multiplied by, from one scale to another; 0 for those without any."""
        return jnp.exp(jnp.where(scale > -jnp.inf, scale - new, -jnp.inf))

    def round_of(k, state):
        counted, total, squares, scale = state
        heard = jnp.max(hears + scale, -1)
        new = jnp.maximum(jnp.maximum(jnp.where(precision > 0, 0.0, -jnp.inf), scale), heard)
        new = jnp.where(new > -jnp.inf, new, 0.0)
        now = jnp.where(trust > 0, trust * units(scale[None], new[:, None]), 0.0) @ counted
        now = now + sees * jnp.exp(-new)[:, None]
        largest = lax.stop_gradient(jnp.max(now, -1))
        knows = largest > 0
        largest = jnp.where(knows, jnp.maximum(largest, 1.0), 1.0)
        own = units(scale, new) / largest
        now = now / largest[:, None]
        total = total * own + now @ precision
        squares = squares * own**2 + now**2 @ precision
        return now, total, squares, jnp.where(knows, new + jnp.log(largest), -jnp.inf)

    zero = jnp.zeros(trust.shape[-1])
    begun = jnp.zeros_like(trust), zero, zero, zero - jnp.inf
    _, total, squares, scale = lax.fori_loop(0, t.astype(int), round_of, begun)
    return total, squares, scale


def _one_variance(trust, precision, t):
    total, squares, _ = _counted(trust, precision, t)
    knows = total > 0
    total = jnp.where(knows, total, 1.0)
    return jnp.where(knows, squares / total / total, jnp.inf)


def _one_claim(trust, precision, t):
    total, _, scale = _counted(trust, precision, t)
    return jnp.where(total > 0, total * jnp.exp(scale), 0.0)


def _over(kernel):
    return jax.jit(jnp.vectorize(kernel, signature="(n,n),(n),()->(n)"))


_variance, _claim = _over(_one_variance), _over(_one_claim)


def variance(trust, precision, t):
    return _variance(*(jnp.asarray(x, float) for x in (trust, precision, t)))


def _claimed(trust, precision, t):
    return _claim(*(jnp.asarray(x, float) for x in (trust, precision, t)))


PRECISIONS = several(log_reals(0.3, 3.0), 3)


@law(
    kind=Exact(),
    formula=r"\frac{\sum_{k<t} \sum_j h_j (C_k)_{ij}^2}{\big[\sum_{k<t} (C_k h)_i\big]^2},\; "
    r"C_k = \sum_{l \le k} W^l",
    source="derived here (section 6); beliefs: arXiv:2506.06166",
    relative=1e-10,
    holds=LEARNERS | TIME,
    jointly=SQUARE,
    gives=at_least(0),
    domain={
        "trust": trusts(3, 0.2, 1.5),
        "precision": PRECISIONS,
        "t": log_integers(2, 60),
    },
    simulated={"t": log_integers(2, 12)},
    mutants={
        "what is claimed": lambda trust, precision, t: 1 / _claimed(trust, precision, t),
        "everything counted once": lambda trust, precision, t: (
            1 / (t * np.sum(precision)) + 0 * precision
        ),
        "trust of the heard, not of the hearer": lambda trust, precision, t: variance(
            np.swapaxes(trust, -1, -2), precision, t
        ),
    },
)
def belief_variance(trust: Numbers, precision: Numbers, t: Numbers) -> jax.Array:
    r"""Variance of what each learner believes, where beliefs are passed on with trust W.

    Every round learner i sees the truth with precision h_i and adds it to its own evidence; what it
    shares is that evidence plus what the others shared in the round before, each times its trust
    $W_{ij}$, so that what was heard counts again and again. With $C_k=I+W+\dots+W^k$

    $$\frac{\sum_{k<t}\sum_jh_j(C_k)_{ij}^2}{\big[\sum_{k<t}(C_kh)_i\big]^2}$$

    The belief is unbiased at every t. What the learner claims is `claimed_precision`.

    Args:
      trust: W, [..., learners, learners], each entry from 0 to 1e6; row i is whom i trusts.
      precision: h of an observation, [..., learners], from 0 to 1e6; 0 for who sees nothing.
      t: rounds, whole, from 1 to 1e4.

    Arrays broadcast. Returns a variance for each learner, [..., learners], to a relative 1e-10;
    infinite for one who has heard nothing yet.

    Raises:
      InputError: an argument out of its range, or trust that is not square.

    Source: derived here (docs, self_training section 6); the recursion of beliefs is that of
    arXiv:2506.06166.

    >>> from jtts.theory import self_training
    >>> trust = [[0.3, 0.5, 0.1], [0.2, 0.4, 0.6], [0.4, 0.1, 0.3]]
    >>> print(self_training.belief_variance(trust, [1.0, 0.5, 2.0], 20).round(6))
    [0.018257 0.018316 0.017485]
    """
    return variance(trust, precision, t)


@law(
    kind=Exact(),
    formula=r"\sum_{k<t} (C_k h)_i,\; C_k = \sum_{l \le k} W^l",
    source="derived here (section 6); beliefs: arXiv:2506.06166",
    relative=1e-10,
    absolute=1e-300,
    holds=LEARNERS | TIME,
    jointly=SQUARE,
    gives=at_least(0),
    domain={
        "trust": trusts(3, 0.2, 1.5),
        "precision": PRECISIONS,
        "t": log_integers(2, 60),
    },
    simulated={"t": log_integers(2, 12)},
    mutants={
        "everything counted once": lambda trust, precision, t: (
            t * np.sum(precision) + 0 * precision
        ),
        "a round less": lambda trust, precision, t: _claimed(trust, precision, t - 1),
        "what is heard is not passed on": lambda trust, precision, t: (
            t * precision + (t - 1) * trust @ precision
        ),
    },
)
def claimed_precision(trust: Numbers, precision: Numbers, t: Numbers) -> jax.Array:
    r"""Precision that each learner claims, where beliefs are passed on with trust W.

    The learners of `belief_variance` add up precisions as they add up beliefs:

    $$q_i=\sum_{k<t}(C_kh)_i,\quad C_k=I+W+\dots+W^k$$

    It grows as $\rho^t$ where the spectral radius of W is above 1, as t^2 where it is 1.

    Args:
      trust: W, [..., learners, learners], each entry from 0 to 1e6; row i is whom i trusts.
      precision: h of an observation, [..., learners], from 0 to 1e6; 0 for who sees nothing.
      t: rounds, whole, from 1 to 1e4.

    Arrays broadcast. Returns a precision for each learner, [..., learners], to a relative 1e-10;
    infinity above 1.8e308.

    Raises:
      InputError: an argument out of its range, or trust that is not square.

    Source: derived here (docs, self_training section 6); the recursion of beliefs is that of
    arXiv:2506.06166.

    >>> from jtts.theory import self_training
    >>> print(self_training.claimed_precision([[0.0, 0.1], [0.1, 0.0]], [1.0, 1.0], 3))
    [3.21 3.21]
    """
    return _claimed(trust, precision, t)


def _high_power(trust):
    """A high power of a matrix in units of its largest entry, and the unit of a single factor."""
    unit = jnp.max(trust)

    def square(_, state):
        matrix, log = state
        matrix = matrix @ matrix
        # one that is nilpotent ends at 0
        largest = jnp.maximum(jnp.max(matrix), 1e-300)
        return matrix / largest, 2 * log + jnp.log(largest)

    matrix, log = lax.fori_loop(0, SQUARINGS, square, (trust / unit, jnp.zeros(())))
    return matrix, unit * jnp.exp(log / 2.0**SQUARINGS)


def _one_radius(trust):
    """Spectral radius of a matrix that is not negative: growth of its high powers."""
    empty = jnp.max(trust) == 0
    safe = jnp.where(empty, jnp.eye(trust.shape[-1]), trust)
    return jnp.where(empty, 0.0, _high_power(safe)[1])


_radius = jax.jit(jnp.vectorize(_one_radius, signature="(n,n)->()"))


def radius(trust):
    return _radius(jnp.asarray(trust, float))


def _one_primitive(trust):
    """Whether some power of the matrix has no zero."""
    matrix = (trust > 0).astype(float)
    for _ in range(2 * int(np.ceil(np.log2(max(trust.shape[-1], 2)))) + 1):
        matrix = (matrix @ matrix > 0).astype(float)
    return jnp.all(matrix > 0)


_primitive = jax.jit(jnp.vectorize(_one_primitive, signature="(n,n)->()"))


def _perron(trust):
    """The left Perron vector of sum 1, its root, and the slope of the equations that it solves."""
    size = trust.shape[-1]
    weights = jnp.sum(_high_power(trust)[0], 0)
    weights = weights / jnp.sum(weights)
    rho = jnp.sum(weights @ trust)
    slope = jnp.block(
        [
            [trust.T - rho * jnp.eye(size), -weights[:, None]],
            [jnp.ones((1, size)), jnp.zeros((1, 1))],
        ]
    )
    return weights, rho, slope


def _one_apart(trust):
    """Whether rounding moves the Perron vector by little: the second root is not too near."""
    weights, rho, slope = _perron(trust / jnp.max(trust))
    moved = jnp.abs(jnp.linalg.inv(slope)[:-1, :-1]) @ (rho * weights)
    return jnp.all(moved <= MOST_MOVED * weights)


_apart = jax.jit(jnp.vectorize(_one_apart, signature="(n,n)->()"))


def _one_locked(trust, precision):
    """From the left Perron vector, by a step of Newton that carries derivatives."""
    weights, rho, slope = _perron(lax.stop_gradient(trust))
    off = jnp.append(trust.T @ weights - rho * weights, 0.0)
    step = jnp.linalg.solve(slope, -off)
    weights, rho = weights + step[:-1], rho + step[-1]
    share = jnp.sum(weights**2 * precision) / jnp.sum(weights * precision) ** 2
    return (rho - 1) / (rho + 1) * share


_locked = jax.jit(jnp.vectorize(_one_locked, signature="(n,n),(n)->()"))


def locked(trust, precision):
    return _locked(jnp.asarray(trust, float), jnp.asarray(precision, float))


def _first_variance(trust, precision, t):
    return variance(trust, precision, t)[..., 0]


def _gap(t, point):
    values = np.sort(np.abs(np.linalg.eigvals(point["trust"])))
    return t * (max(values[-2], 1.0) / values[-1]) ** t


@law(
    kind=Limit(of=_first_variance, argument="t", values=(40.0, 50.0, 60.0), gap=_gap),
    formula=r"\frac{\rho - 1}{\rho + 1}\, \frac{\sum_i u_i^2 h_i}{(\sum_i u_i h_i)^2}",
    source="derived here (section 6); beliefs: arXiv:2506.06166",
    relative=1e-9,
    holds=LEARNERS,
    jointly=SQUARE
    | {
        "precision must not all be below 1e-6": lambda precision: (precision >= 1e-6).any(-1),
        "trust must have a power without zeros": lambda trust, precision: _primitive(
            jnp.asarray(trust, float)
        ),
        "trust must have a second eigenvalue that is not too near the first": lambda trust: _apart(
            jnp.asarray(trust, float)
        ),
        "trust must have a spectral radius above 1.0001": lambda trust, precision: (
            radius(trust) > 1 + MARGIN
        ),
    },
    gives=nonnegative(),
    domain={"trust": trusts(3, 1.25, 2.5), "precision": PRECISIONS},
    mutants={
        "right Perron vector": lambda trust, precision: locked(
            np.swapaxes(trust, -1, -2), precision
        ),
        "evidence of one round": lambda trust, precision: (
            locked(trust, precision) * (radius(trust) + 1) / (radius(trust) - 1)
        ),
        "all learners alike": lambda trust, precision: (
            (radius(trust) - 1) / (radius(trust) + 1) / np.sum(precision)
        ),
    },
)
def locked_variance(trust: Numbers, precision: Numbers) -> jax.Array:
    r"""Variance of the one belief at which learners lock who trust each other too much.

    Where the spectral radius rho of the trust W of `belief_variance` is above 1, all beliefs end at
    the same value, which is random for ever: that of (rho + 1)/(rho - 1) rounds of evidence,

    $$\frac{\rho-1}{\rho+1}\,\frac{\sum_iu_i^2h_i}{(\sum_iu_ih_i)^2}$$

    with u the left Perron vector of W.

    Args:
      trust: W, [..., learners, learners], each entry from 0 to 1e6; row i is whom i trusts. Some
        power of it has no zero, its spectral radius is above 1.0001, and a relative change of an
        entry moves no share of u by more than 1e5 times as much: the second eigenvalue is apart.
      precision: h of an observation, [..., learners], from 0 to 1e6, not all below 1e-6.

    Arrays broadcast. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range, or trust that does not lock all at one value.

    Source: derived here (docs, self_training section 6); the recursion of beliefs is that of
    arXiv:2506.06166.

    >>> import numpy as np
    >>> from jtts.theory import self_training
    >>> trust = 1.3 * np.array([[0.3, 0.5, 0.1], [0.2, 0.4, 0.6], [0.4, 0.1, 0.3]])
    >>> print(f"{self_training.locked_variance(trust, [1.0, 0.5, 2.0]):.11f}")
    0.03250218766
    """
    return locked(trust, precision)


def _one_overconfidence(trust, precision):
    counted = jnp.linalg.inv(jnp.eye(trust.shape[-1]) - trust)
    return counted**2 @ precision / (counted @ precision)


_overconfident = jax.jit(jnp.vectorize(_one_overconfidence, signature="(n,n),(n)->(n)"))


def _overconfidence(trust, precision):
    return _overconfident(jnp.asarray(trust, float), jnp.asarray(precision, float))


@law(
    kind=Asymptotic(size="size", sizes=(16, 32, 64), finite_size=8.0, detects=0.05),
    formula=r"\frac{\sum_j R_{ij}^2 h_j}{\sum_j R_{ij} h_j},\; R = (I - W)^{-1}",
    source="derived here (section 6); beliefs: arXiv:2506.06166",
    relative=1e-9,
    holds=LEARNERS,
    jointly=SQUARE
    | {
        "trust must have a spectral radius below 0.9999": lambda trust, precision: (
            radius(trust) < 1 - MARGIN
        )
    },
    gives=nonnegative(),
    domain={"trust": trusts(3, 0.1, 0.7), "precision": PRECISIONS},
    mutants={
        "honest": lambda trust, precision: 1.0 + 0 * precision,
        "the sum of what is counted": lambda trust, precision: (
            np.linalg.inv(np.eye(3) - trust) @ precision / precision
        ),
        "trust of the heard, not of the hearer": lambda trust, precision: _overconfidence(
            np.swapaxes(trust, -1, -2), precision
        ),
    },
)
def overconfidence(trust: Numbers, precision: Numbers) -> jax.Array:
    r"""What learners claim too much in the long run: their claimed precision times the variance.

    Where the spectral radius of the trust W of `belief_variance` is below 1 beliefs converge to the
    truth, and precision claimed times variance to

    $$\frac{\sum_jR_{ij}^2h_j}{\sum_jR_{ij}h_j},\quad R=(I-W)^{-1}$$

    Above 1 is overconfident; weak trust discounts what others know and can be below it.

    Args:
      trust: W, [..., learners, learners], each entry from 0 to 1e6; row i is whom i trusts. Its
        spectral radius is below 0.9999.
      precision: h of an observation, [..., learners], from 0 to 1e6; 0 for who sees nothing.

    Arrays broadcast. Returns a ratio for each learner, [..., learners], to a relative 1e-9 of the
    limit, which is reached like 1/t; NaN for one who never hears anything.

    Raises:
      InputError: an argument out of its range, or trust too strong.

    Source: derived here (docs, self_training section 6); the recursion of beliefs is that of
    arXiv:2506.06166.

    >>> import numpy as np
    >>> from jtts.theory import self_training
    >>> trust = 0.7 * np.array([[0.3, 0.5, 0.1], [0.2, 0.4, 0.6], [0.4, 0.1, 0.3]])
    >>> print(self_training.overconfidence(trust, [1.0, 0.5, 2.0]).round(8))
    [1.14649725 1.1638     1.35623368]
    """
    return _overconfidence(trust, precision)
