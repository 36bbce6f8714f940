"""Answers of a holdout leak its labels: random queries, put together by a vote."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erfc, erfinv

from jtts.domain import choices, log_integers, reals
from jtts.domain import weighted as by_weight
from jtts.kinds import Exact, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, whole
from jtts.theory.selection.points import over_points
from jtts.theory.voting.majority import minority

NODES, WEIGHTS = np.polynomial.legendre.leggauss(320)
COARSE = 3.0  # noise, in units of the lattice, above which the lattice is not seen
REACH = 9.0  # standard deviations
LATTICE = 30  # lattice points that noise up to COARSE may still confuse
MOST = 10**12


def _tail(x):
    return erfc(x / np.sqrt(2)) / 2


@jax.jit
def mean_sign(step, others, noise):
    r"""E sign(step + R + noise N), R a sum of `others` fair signs, N normal; sign(0) = 0.

    (2 / pi) times the integral of sin(step w) cos(w)^others K(w), with K = exp(-noise^2 w^2 / 2) /
    w for a sum that is smooth. On a lattice of integers K sums over its images: 1 / sin w (odd
    sums) or cot w (even ones), less what the noise turns round.
    """
    step, others, noise = jnp.broadcast_arrays(
        *(jnp.asarray(x, jnp.result_type(float)) for x in (step, others, noise))
    )
    smooth = noise > COARSE
    square = others + jnp.where(smooth, noise, 0.0) ** 2
    spread = jnp.sqrt(jnp.where(square > 0, square, 1.0))
    sure = step > REACH * jnp.sqrt(others + noise**2)
    far = jnp.where(smooth, 3.0, np.pi / 2)
    reach = jnp.where(square > 0, jnp.minimum(far, REACH / spread), far)
    w = reach[..., None] * (NODES + 1) / 2
    step_, others_, noise_ = step[..., None], others[..., None], noise[..., None]
    turned = jnp.where(jnp.cos(w) < 0, 1 - 2 * (others_ % 2), 1)
    log_cos = jnp.log(jnp.abs(jnp.cos(w)))
    # 1 - cos in full, where w is small and the power large
    log_cos = jnp.where(w < 0.5, jnp.log1p(-2 * jnp.sin(w / 2) ** 2), log_cos)
    power = turned * jnp.exp(others_ * log_cos)
    odd = (step_ + others_) % 2
    lattice = jnp.where(odd == 1, 1 / jnp.sin(w), 1 / jnp.tan(w))
    place = np.arange(1.0, LATTICE + 1)
    fine = jnp.where(smooth, 1.0, noise)[..., None]
    flipped = jnp.where(fine > 0, _tail(place / jnp.where(fine > 0, fine, 1.0)), 0.0)
    flipped = jnp.where(place % 2 == odd, flipped, 0.0)
    lattice = lattice - 4 * jnp.sum(flipped[..., None, :] * jnp.sin(place * w[..., None]), -1)
    kernel = jnp.where(smooth[..., None], jnp.exp(-((noise_ * w) ** 2) / 2) / w, lattice)
    # where the outcome is sure the phases need not be followed
    phase = jnp.where(sure[..., None], 1.0, step_) * w
    found = reach / np.pi * jnp.sum(WEIGHTS * jnp.sin(phase) * power * kernel, -1)
    return jnp.where(sure, 1.0, jnp.minimum(found, 1.0))


def agreement(questions, noise):
    """E q sign(a), of a query's entry and the sign of its answer."""
    return mean_sign(1.0, questions - 1, questions * noise)


def _signs(k, n, noise):
    # of an even number of votes the last changes nothing, a tie being a fair coin
    m = jnp.floor((k + 1) / 2)
    return 1 - minority(m, agreement(n, noise))


def _weights(k, n, noise):
    return (1 + mean_sign(k, k * (n - 1), n * noise * jnp.sqrt(k))) / 2


def signs(queries, questions, noise):
    return over_points(_signs, queries, questions, noise)


def weighted(queries, questions, noise):
    return over_points(_weights, queries, questions, noise)


def _normal_vote(square):
    return 1 - _tail(jnp.sqrt(square))


TAKES = {"queries": whole(1, MOST), "questions": whole(1, MOST), "noise": nonnegative(1e6)}
DOMAIN = {
    "queries": log_integers(1, 10**4),
    "questions": log_integers(2, 10**4),
    "noise": by_weight({0.0: 2, 0.05: 1, 0.2: 1}),
}
PLAYED = {"queries": log_integers(3, 40), "questions": log_integers(5, 64)}


@law(
    kind=Exact(detects=0.01),
    formula=r"A_k\Big(\frac{1 + \beta}2\Big),\; \beta = E\, q\, \mathrm{sign}(a)",
    source="derived here (section 2); the attack: arXiv:1411.2664, arXiv:1905.10360",
    relative=1e-11,
    holds=TAKES,
    gives=between(0.5 - 1e-12, 1),
    domain=DOMAIN,
    simulated=PLAYED,
    mutants={
        "for large n and k": lambda queries, questions, noise: _normal_vote(
            2 * queries / (np.pi * questions * (1 + questions * noise**2))
        ),
        "noiseless": lambda queries, questions, noise: signs(queries, questions, 0 * noise),
        "weights": weighted,
        "agreement of an even number as of one less": lambda queries, questions, noise: signs(
            queries, questions - (1 - questions % 2), noise
        ),
    },
)
def sign_attack_accuracy(queries: Numbers, questions: Numbers, noise: Numbers) -> jax.Array:
    r"""Accuracy, on the holdout itself, of the vote of k random queries, each with its sign.

    Labels of n questions are fair coins: every classifier is right half of the time. Query j is a
    random classifier, right on question i where q_ij = +1; it is told a_j = mean_i q_ij + noise N,
    twice its accuracy less 1. The vote sum_j sign(a_j) q_ij is right with chance

    $$A_k\Big(\frac{1+\beta}2\Big),\quad\beta=E\,q\,\mathrm{sign}(a)=\frac{\binom{2m}m}{4^m}
      \;(\text{no noise},\;m=\lfloor n/2\rfloor),$$

    A_k the accuracy of a majority. An answer of 0 counts as a fair coin, one per query, and so does
    a tied vote. About $\Phi(\sqrt{2k/(\pi n(1+n\tau^2))})$ for noise tau and large n and k.

    Args:
      queries: k, whole, to 1e12.
      questions: n, whole, to 1e12.
      noise: tau, standard deviation of the noise in a, zero or positive, to 1e6.

    Arrays broadcast. Relative accuracy 1e-11.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, holdout section 2); the attack is that of arXiv:1411.2664 and
    arXiv:1905.10360, which give its order.

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.sign_attack_accuracy(15, 25, 0.0):.11f}")
    0.73856772195
    """
    return signs(queries, questions, noise)


@law(
    kind=Exact(detects=0.01),
    formula=r"P(k + R + n \tau \sqrt k N > 0) + \tfrac12 P(=0),\; R = \sum_{j \le k(n-1)} \pm 1",
    source="derived here (section 2)",
    relative=1e-11,
    holds=TAKES,
    gives=between(0.5 - 1e-12, 1),
    domain=DOMAIN,
    simulated=PLAYED,
    mutants={
        "signs": signs,
        "noiseless": lambda queries, questions, noise: weighted(queries, questions, 0 * noise),
        "noise of one answer": lambda queries, questions, noise: weighted(
            queries, questions, noise / jnp.sqrt(queries * 1.0)
        ),
    },
)
def weighted_attack_accuracy(queries: Numbers, questions: Numbers, noise: Numbers) -> jax.Array:
    r"""Accuracy, on the holdout itself, of the vote of k random queries weighted by their answers.

    As `sign_attack_accuracy`, with the vote sum_j a_j q_ij. On one question, in units of 1/n, it
    adds up to k + R + n tau sqrt(k) N, R a sum of k(n - 1) fair signs, N standard normal:

    $$P(k+R+n\tau\sqrt k\,N>0)+\tfrac12P(=0)$$

    About $\Phi(\sqrt{k/(n(1+n\tau^2))})$ for large n and k.

    Args:
      queries: k, whole, to 1e12.
      questions: n, whole, to 1e12.
      noise: tau, standard deviation of the noise in a, zero or positive, to 1e6.

    Arrays broadcast. Relative accuracy 1e-11.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, holdout section 2).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.weighted_attack_accuracy(15, 25, 0.0):.11f}")
    0.78538210682
    """
    return weighted(queries, questions, noise)


def _budget(questions, error, noise):
    n = jnp.asarray(questions, jnp.result_type(float))
    reach = jnp.sqrt(2.0) * erfinv(error)
    return n * (1 + n * noise**2) * reach**2


def _excess(queries, questions, error, noise):
    """Of the bias of the weighted attack, at a number of queries between whole numbers."""
    low = max(np.floor(queries), 1.0)
    ends = [2 * float(weighted(k, questions, noise)) - 1 for k in (low, low + 1)]
    return ends[0] + (queries - low) * (ends[1] - ends[0]) - error


@law(
    kind=Root(residual=_excess, bracket=lambda questions, error, noise: (1.0, 30.0 * questions**2)),
    formula=r"n (1 + n \tau^2) \big[\Phi^{-1}(\tfrac{1 + \epsilon}2)\big]^2",
    source="derived here (section 2)",
    relative=1e-11,
    holds={
        "questions": whole(1, MOST),
        "error": between(0, 0.999999),
        "noise": nonnegative(1e6),
    },
    gives=nonnegative(),
    domain={
        "questions": log_integers(2000, 10**4),
        "error": reals(0.2, 0.6),
        "noise": choices(0.0, 0.01, 0.05),
    },
    mutants={
        "noiseless": lambda questions, error, noise: _budget(questions, error, 0 * noise),
        "of the signs": lambda questions, error, noise: (
            np.pi / 2 * _budget(questions, error, noise)
        ),
    },
)
def query_budget(questions: Numbers, error: Numbers, noise: Numbers) -> jax.Array:
    r"""Number of queries after which the weighted attack has bias `error`.

    The bias is measured in correlation units, twice the accuracy less 1:

    $$n\,(1+n\tau^2)\Big[\Phi^{-1}\Big(\frac{1+\epsilon}2\Big)\Big]^2\approx
      \frac\pi2\,n\,(1+n\tau^2)\,\epsilon^2$$

    for large n and many queries. With noise of the size of the error, $\tau=\epsilon$, it is
    $\frac\pi2n^2\epsilon^4$ where $n\epsilon^2$ is large, against $\frac\pi2n\epsilon^2$ without
    noise. It says when this attack succeeds: no guarantee against others.

    Args:
      questions: n, whole, to 1e12.
      error: epsilon, from 0 to 0.999999.
      noise: tau, of the answers in the same units, zero or positive, to 1e6.

    Arrays broadcast. Returns a real number. The formula is evaluated to 1e-11; against
    `weighted_attack_accuracy` it errs by the order of 1/n and 1/k, relative.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, holdout section 2).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.query_budget(10_000, 0.05, 0.05):.1f}")
    1022.4
    """
    return _budget(questions, error, noise)
