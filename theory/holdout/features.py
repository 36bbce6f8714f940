"""Features chosen on a holdout: a vote of pure noise that looks right (arXiv:1506.02629)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erfc

from jtts.domain import choices, log_reals, reals
from jtts.kinds import Asymptotic, Exact
from jtts.laws import law
from jtts.normal_tail import hazard
from jtts.numeric import Numbers
from jtts.promises import between, whole
from jtts.theory.selection.points import over_points
from jtts.theory.selection.pruning_integrals import bisected, density

FAR = 9.0
MOST = 10**12
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
TRAIN_NODES, TRAIN_WEIGHTS = np.polynomial.legendre.leggauss(16)
SURE = 7.0  # tolerances from a kink beyond which the noise has no say


def _cdf(x):
    return erfc(-x / np.sqrt(2)) / 2


def vote(kept, questions, slope):
    return _cdf(jnp.sqrt(jnp.asarray(kept, jnp.result_type(float)) / questions) * slope)


@jax.jit
def _selected(kept, questions, cut):
    return vote(kept, questions, hazard(jnp.asarray(cut, jnp.result_type(float))))


QUESTIONS = choices(100, 150, 200)


@law(
    kind=Asymptotic(size="size", sizes=(1, 2, 4), finite_size=0.1, detects=0.02),
    formula=r"\Phi\Big(\sqrt{k/n}\; \varphi(c) / \Phi(-c)\Big)",
    source="derived here (section 3); the experiment: Science 349, 636 (2015), arXiv:1506.02629",
    relative=1e-13,
    holds={
        "kept": whole(1, MOST),
        "questions": whole(1, MOST),
        "cut": between(0, 30),
    },
    gives=between(0.5, 1),
    domain={"kept": choices(4, 8, 12, 20), "questions": QUESTIONS, "cut": reals(0.0, 2.0)},
    mutants={
        "cut for its mean": lambda kept, questions, cut: vote(kept, questions, cut + 0.05),
        "chosen on other questions": lambda kept, questions, cut: 0.5 + 0 * kept * questions * cut,
        "k for its root": lambda kept, questions, cut: vote(
            kept**2 / questions, questions, hazard(jnp.asarray(cut, float))
        ),
    },
)
def selected_feature_accuracy(kept: Numbers, questions: Numbers, cut: Numbers) -> jax.Array:
    r"""Accuracy on the holdout of a vote of noise features that were chosen on it.

    Features have nothing to do with the labels: their correlations t on a training set and h on a
    holdout of n questions are independent N(0, 1/n). Features with |t| and |h| above
    $c/\sqrt n$ and of equal sign are kept; k of them vote, each with the sign of t:

    $$\Phi\Big(\sqrt{k/n}\,\frac{\varphi(c)}{\Phi(-c)}\Big)$$

    for large n at fixed k/n. The true accuracy is 1/2. Of d features $2d\,\Phi(-c)^2$ are kept on
    average (503 of 10,000 at c = 1): k is the number that do vote, given here, not drawn.

    Args:
      kept: k, whole, to 1e12.
      questions: n of the holdout, whole, to 1e12.
      cut: c, from 0 to 30, in units of 1/sqrt(n).

    Arrays broadcast. The formula is evaluated to 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, holdout section 3); the experiment is that of Dwork et al.,
    "The reusable holdout" (Science 349, 636, 2015; arXiv:1506.02629).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.selected_feature_accuracy(500, 10_000, 1.0):.12f}")
    0.633459732921
    """
    return _selected(kept, questions, cut)


def _given_train(t, threshold, tolerance, cut, spared=1.0):
    """P(selected | t) and E[h; selected | t]: panels of h end where a decision turns."""
    kinks = [t - threshold, t, t + threshold, cut + 0 * t]
    ends = [0 * t + end for end in np.linspace(-FAR, FAR, 7)]
    ends += [k + side * SURE * tolerance for k in kinks for side in (-1.0, 0.0, 1.0)]
    edges = jnp.sort(jnp.clip(jnp.stack(ends), -FAR, FAR))
    half = (edges[1:] - edges[:-1])[:, None] / 2
    h = (edges[:-1, None] + half) + half * NODES
    exposed = _cdf((jnp.abs(t - h) - threshold) / tolerance)
    chosen = spared * (1 - exposed) + exposed * _cdf((h - cut) / tolerance)
    mass = half * WEIGHTS * density(h) * chosen
    return jnp.sum(mass), jnp.sum(mass * h)


def _moments(train_cut, threshold, tolerance, cut, spared=1.0):
    """P(t > train_cut, selected), and the integrals of h and t over it."""
    # the integrand falls like the density of t, and turns where two turns of a decision meet
    far = jnp.sqrt(jnp.maximum(train_cut, 0.0) ** 2 + 80)
    ends = [train_cut + (far - train_cut) * share for share in np.linspace(0.0, 1.0, 4)]
    meet = [cut - threshold, cut + 0 * threshold, cut + threshold]
    ends += [k + side * SURE * tolerance for k in meet for side in (-1.0, 0.0, 1.0)]
    edges = jnp.sort(jnp.clip(jnp.stack(ends), train_cut, far))
    half = (edges[1:] - edges[:-1])[:, None] / 2
    t = jnp.ravel((edges[:-1, None] + half) + half * TRAIN_NODES)
    share, held = jax.vmap(lambda x: _given_train(x, threshold, tolerance, cut, spared))(t)
    mass = jnp.ravel(half * TRAIN_WEIGHTS) * density(t)
    return jnp.sum(mass * share), jnp.sum(mass * held), jnp.sum(mass * share * t)


def _slope(threshold, tolerance, cut, train_cut, spared=1.0):
    chance, held, _ = _moments(train_cut, threshold, tolerance, cut, spared)
    return held / chance


def slope(threshold, tolerance, cut, train_cut):
    return over_points(_slope, threshold, tolerance, cut, train_cut)


NOISY = {"threshold": between(0, 20), "tolerance": between(0.05, 20), "cut": between(0, 5)}


@law(
    kind=Exact(floor=0.2),
    formula=r"E[h \mid t > u,\ \text{selected}]",
    source="derived here (section 4); the mechanism: Science 349, 636 (2015), arXiv:1506.02629",
    relative=1e-9,
    absolute=1e-11,
    holds=NOISY | {"train_cut": between(0, 6)},
    jointly={"train_cut must be at least cut": lambda cut, train_cut: train_cut >= cut},
    domain={
        "threshold": reals(0.5, 5.0),
        "tolerance": log_reals(0.2, 2.0),
        "cut": reals(0.0, 1.0),
        "train_cut": reals(1.0, 2.5),
    },
    mutants={
        "no mechanism": lambda threshold, tolerance, cut, train_cut: (
            hazard(jnp.asarray(cut, float)) + 0 * threshold * tolerance * train_cut
        ),
        "agreement costs": lambda threshold, tolerance, cut, train_cut: over_points(
            _unspared, threshold, tolerance, cut, train_cut
        ),
        "half the threshold": lambda threshold, tolerance, cut, train_cut: slope(
            threshold / 2, tolerance, cut, train_cut
        ),
    },
)
def thresholdout_slope(
    threshold: Numbers, tolerance: Numbers, cut: Numbers, train_cut: Numbers
) -> jax.Array:
    r"""Mean holdout correlation of the features that are selected through Thresholdout.

    Correlations t on the training set and h on the holdout are independent standard normals, in
    units of $1/\sqrt n$. Thresholdout answers t where |t - h| <= T + tol N, and h + tol N'
    elsewhere (N, N' fresh standard normals). A feature is selected if t > u and the answer exceeds
    c; those with t < -u alike, mirrored:

    $$E[h\mid t>u,\text{selected}],\quad
      P(\text{selected}\mid t,h)=(1-Q)+Q\,\Phi\Big(\frac{h-c}{tol}\Big),\;
      Q=\Phi\Big(\frac{|t-h|-T}{tol}\Big)$$

    What is left of the bias comes from t and h that agree inside the threshold.

    Args:
      threshold: T, from 0 to 20.
      tolerance: tol, from 0.05 to 20.
      cut: c, from 0 to 5.
      train_cut: u, from cut to 6. All in units of 1/sqrt(n).

    Arrays broadcast. Returns the mean in the same units. Relative accuracy 1e-9.

    Raises:
      InputError: an argument out of its range, or train_cut below cut.

    Source: derived here (docs, holdout section 4); the mechanism is that of Dwork et al.,
    "The reusable holdout" (Science 349, 636, 2015; arXiv:1506.02629).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.thresholdout_slope(4.0, 1.0, 1.0, 2.0):.9f}")
    0.165769172
    """
    return slope(threshold, tolerance, cut, train_cut)


def _unspared(threshold, tolerance, cut, train_cut):
    return _slope(threshold, tolerance, cut, train_cut, spared=0.0)


def cut_of_train(kept, features, threshold, tolerance, cut):
    """The u above which `kept` of all features are selected; NaN where fewer are."""

    def chance(u):
        return 2 * features * _moments(u, threshold, tolerance, cut)[0]

    u = bisected(lambda u: chance(u) < kept, cut, cut + 12.0, 40)[0]
    fall = 2 * features * density(u) * _given_train(u, threshold, tolerance, cut)[0]
    u = u + (chance(u) - kept) / fall
    return jnp.where(chance(cut) >= kept, u, jnp.nan)


def _thresholdout(kept, questions, features, threshold, tolerance, cut):
    u = cut_of_train(kept, features, threshold, tolerance, cut)
    found = vote(kept, questions, _slope(threshold, tolerance, cut, jnp.where(u >= 0, u, cut)))
    return jnp.where(u >= 0, found, jnp.nan)


def guarded(kept, questions, features, threshold, tolerance, cut):
    return over_points(_thresholdout, kept, questions, features, threshold, tolerance, cut)


@law(
    kind=Asymptotic(size="size", sizes=(1, 2, 4), finite_size=0.15, detects=0.02),
    formula=r"\Phi\big(\sqrt{k/n}\, m(u)\big),\; 2 d\, P(t > u,\ \text{selected}) = k",
    source="derived here (section 4); the mechanism: Science 349, 636 (2015), arXiv:1506.02629",
    relative=1e-9,
    holds={
        "kept": whole(1, MOST),
        "questions": whole(1, MOST),
        "features": whole(1, MOST),
    }
    | NOISY,
    gives=between(0, 1),
    domain={
        "kept": choices(10, 20, 40),
        "questions": QUESTIONS,
        "features": choices(300, 400),
        "threshold": choices(1.0, 2.0, 4.0),
        "tolerance": choices(0.5, 1.0),
        "cut": reals(0.5, 1.0),
    },
    mutants={
        "no mechanism": lambda kept, questions, features, threshold, tolerance, cut: (
            _selected(kept, questions, cut) + 0 * features * threshold * tolerance
        ),
        "every feature selected": lambda kept, questions, features, threshold, tolerance, cut: (
            vote(kept, questions, slope(threshold, tolerance, cut, cut)) - 0.03 + 0 * features
        ),
    },
)
def thresholdout_accuracy(
    kept: Numbers,
    questions: Numbers,
    features: Numbers,
    threshold: Numbers,
    tolerance: Numbers,
    cut: Numbers,
) -> jax.Array:
    r"""Accuracy on the holdout of a vote of noise features selected through Thresholdout.

    As `selected_feature_accuracy`, but the holdout is seen through Thresholdout: features whose
    answer exceeds $c/\sqrt n$ in size, with the sign of t and |t| above $c/\sqrt n$, are selected,
    and the k of them with the largest |t| vote with the sign of t:

    $$\Phi\big(\sqrt{k/n}\,m(u)\big),\quad 2d\,P(t>u,\text{selected})=k,$$

    m the mean correlation of `thresholdout_slope`, for large n at fixed k/n and d/n. The true
    accuracy is 1/2.

    Args:
      kept: k, whole, to 1e12.
      questions: n of the holdout, whole, to 1e12.
      features: d, whole, to 1e12.
      threshold: T, from 0 to 20, in units of 1/sqrt(n).
      tolerance: tol, from 0.05 to 20, in the same units.
      cut: c, from 0 to 5, in the same units.

    Arrays broadcast. NaN where fewer than k features are selected on average. The formula is
    evaluated to 1e-9.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, holdout section 4); the mechanism is that of Dwork et al.,
    "The reusable holdout" (Science 349, 636, 2015; arXiv:1506.02629).

    >>> from jtts.theory import holdout
    >>> print(f"{holdout.thresholdout_accuracy(500, 10_000, 10_000, 4.0, 1.0, 1.0):.9f}")
    0.513692627
    """
    return guarded(kept, questions, features, threshold, tolerance, cut)
