"""Groups of rollouts that teach, not all right and not all wrong; how to choose their prompts."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import log_sigmoid
from jax.scipy.special import betainc, gammaln

from jtts.arguments import concrete
from jtts.domain import log_integers, log_reals
from jtts.kinds import Exact, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, positive, probability, whole
from jtts.special import at_most_one, log_beta, log_beta_ratio
from jtts.theory.repeated_sampling.beta import LARGEST
from jtts.theory.selection.points import over_points

COUNTS = (64, 1000)  # rollouts seen, padded to one of these
CLOSEST, FARTHEST = np.log(1e-18), 60.0  # of the logit of a draw, on a logarithmic axis
POINTS = 3001


def useful(a, b, rollouts):
    """The first rollout is right and a later one wrong, or the reverse: nothing cancels."""
    n = jnp.asarray(rollouts, jnp.result_type(float))
    not_all_right = -jnp.expm1(log_beta_ratio(n - 1, b, a + 1))
    not_all_wrong = -jnp.expm1(log_beta_ratio(n - 1, a, b + 1))
    return at_most_one(a / (a + b) * not_all_right + b / (a + b) * not_all_wrong)


@law(
    kind=Exact(),
    formula=r"1 - \frac{B(a+n, b)}{B(a, b)} - \frac{B(a, b+n)}{B(a, b)}",
    source="derived here (section 7)",
    holds={"a": positive(LARGEST), "b": positive(LARGEST), "rollouts": whole(1, 1e15)},
    relative=1e-12,
    absolute=1e-290,
    gives=probability(),
    domain={
        "a": log_reals(0.05, 4.0),
        "b": log_reals(0.3, 10.0),
        "rollouts": log_integers(2, 10**6),
    },
    simulated={
        "a": log_reals(0.2, 4.0),
        "b": log_reals(0.3, 4.0),
        "rollouts": log_integers(2, 64),
    },
    mutants={
        "all wrong is useful": lambda a, b, rollouts: (
            useful(a, b, rollouts) + b / (a + b) * 0.5 ** (rollouts / 4)
        ),
        "one rollout more": lambda a, b, rollouts: useful(a, b, rollouts + 1),
        "average prompt": lambda a, b, rollouts: (
            1 - (a / (a + b)) ** rollouts - (b / (a + b)) ** rollouts
        ),
    },
)
def useful_group(a: Numbers, b: Numbers, rollouts: Numbers) -> jax.Array:
    r"""Probability that n rollouts are not all right and not all wrong, p ~ Beta(a, b).

    $$1-\frac{B(a+n,b)}{B(a,b)}-\frac{B(a,b+n)}{B(a,b)}
      =E\,\big[p\,(1-p^{n-1})+(1-p)\big(1-(1-p)^{n-1}\big)\big]$$

    Advantages within any other group are zero. Uniform p has (n - 1)/(n + 1).

    Args:
      a, b: shapes of the law of p over prompts, positive, to 1e300.
      rollouts: n of a group, whole, to 1e15.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-290.

    Raises:
      InputError: a shape that is not positive, or rollouts that are not a whole number.

    Source: derived here (docs, repeated sampling section 7).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.useful_group(0.5, 0.5, 8):.11f}")
    0.60723876953
    """
    return useful(a, b, rollouts)


def _size(seen):
    """Rollouts that are counted for: known before tracing where their number is."""
    known = concrete(seen)
    most = COUNTS[-1] if known is None else np.max(known, initial=0)
    return next(size for size in COUNTS if size >= most)


def _selected(a, b, seen, rollouts, candidates, batch):
    """Mean over the draw d of a candidate that is among the nearest to 1/2.

    Its logit is +exp(v) or -exp(v): on both sides the integrand is smooth in v. Given d, of which
    p is an exchangeable copy, the rollouts seen are Bin(N, d).
    """
    return over_points(_SHARES[_size(seen)], a, b, seen, rollouts, candidates, batch)


def _share(a, b, seen, rollouts, candidates, batch, *, size):
    v = CLOSEST + (jnp.log(FARTHEST / jnp.minimum(jnp.minimum(a, b), 1.0)) - CLOSEST) * (
        np.arange(POINTS) / (POINTS - 1)
    )
    logit = jnp.exp(v)
    log_near, log_far = log_sigmoid(logit), log_sigmoid(-logit)  # of 1/2 + e and 1/2 - e
    low = jnp.exp(log_far)
    ends = betainc(jnp.stack([a, b])[:, None], jnp.stack([b, a])[:, None], low)
    outside = at_most_one(jnp.sum(ends, 0))
    all_kept = batch >= candidates
    fewer = jnp.where(all_kept, 1.0, candidates - batch)
    chosen = jnp.where(all_kept, 1.0, betainc(fewer, batch, outside))

    x = np.arange(size + 1.0)
    counted = x <= seen
    right, wrong = jnp.where(counted, x, 0.0), jnp.where(counted, seen - x, 0.0)
    worth = useful(a + right, b + wrong, rollouts)
    log_orders = gammaln(seen + 1) - gammaln(right + 1) - gammaln(wrong + 1)
    log_worth = jnp.where(counted, log_orders + jnp.log(worth), -jnp.inf)

    def side(log_right, log_wrong):
        terms = log_right[:, None] * right + log_wrong[:, None] * wrong + log_worth
        density = jnp.exp(a * log_right + b * log_wrong - log_beta(a, b))
        return density * jnp.sum(jnp.exp(terms), -1)

    found = logit * chosen * (side(log_near, log_far) + side(log_far, log_near))
    return at_most_one(candidates / batch * (v[1] - v[0]) * jnp.sum(found))


# one function for every size: a kernel that is made anew would compile anew
_SHARES = {size: functools.partial(_share, size=size) for size in COUNTS}


def _with(value, change):
    """A wrong value: at other arguments."""

    def changed(a, b, seen, rollouts, candidates, batch):
        return value(*change(a, b, seen, rollouts, candidates, batch))

    return changed


SELECTION = {
    "a": between(0.05, 50),
    "b": between(0.05, 50),
    "seen": whole(0, COUNTS[-1]),
    "rollouts": whole(1, 1e15),
    "candidates": whole(1, 1e4),
    "batch": whole(1, 1e3),
}
FEWER = {"batch must be at most candidates": lambda batch, candidates: batch <= candidates}
SELECTIONS = {
    "a": log_reals(0.2, 2.0),
    "b": log_reals(0.3, 3.0),
    "seen": log_integers(2, 64),
    "rollouts": log_integers(4, 32),
    "candidates": log_integers(16, 64),
    "batch": log_integers(1, 8),
}


@law(
    kind=Exact(detects=0.01),
    formula=(
        r"\frac MB \int \beta(d)\, P\big(\mathrm{Bin}(M-1, G(|d-\tfrac12|)) < B\big)"
        r"\sum_x \mathrm{Bin}(x; N, d)\, U(a+x, b+N-x)\, dd"
    ),
    source="derived here (section 7); the selection: arXiv:2507.04632",
    holds=SELECTION,
    jointly=FEWER,
    relative=1e-9,
    gives=probability(),
    domain=SELECTIONS,
    # where the share is far from 1
    simulated={
        "a": log_reals(0.2, 0.6),
        "b": log_reals(1.0, 3.0),
        "seen": log_integers(2, 16),
        "rollouts": log_integers(2, 8),
    },
    mutants={
        "never seen": _with(_selected, lambda a, b, seen, *rest: (a, b, 0.0 * seen, *rest)),
        "half as often seen": _with(
            _selected, lambda a, b, seen, *rest: (a, b, jnp.floor(seen / 2), *rest)
        ),
        "twice the batch": _with(
            _selected, lambda *point: (*point[:5], jnp.minimum(2 * point[5], point[4]))
        ),
    },
)
def selected_useful_group(
    a: Numbers, b: Numbers, seen: Numbers, rollouts: Numbers, candidates: Numbers, batch: Numbers
) -> jax.Array:
    r"""Probability that a group is useful if its prompt was chosen by Thompson sampling.

    Each of M prompts, p ~ Beta(a, b), has been seen in N rollouts, x of them right. For each d is
    drawn from Beta(a + x, b + N - x), and the B prompts with d nearest to 1/2 get n rollouts. Given
    x, d is as good as p: it is Beta(a, b) itself, and x is Bin(N, d). The share of groups that are
    not all right and not all wrong is

    $$\frac MB\int\beta(d)\,P\Big(\mathrm{Bin}\big(M-1,G(|d-\tfrac12|)\big)<B\Big)
      \sum_x\mathrm{Bin}(x;N,d)\,U(a+x,b+N-x)\,dd$$

    with beta the density of Beta(a, b), G(e) its mass within e of 1/2, and U of `useful_group`.

    Args:
      a, b: shapes of the law of p over prompts, from 0.05 to 50; the prior of the draw as well.
      seen: N rollouts of every prompt so far, whole, to 1000.
      rollouts: n of a group, whole, to 1e15.
      candidates: M prompts, whole, to 1e4.
      batch: B of them chosen, whole, to 1000 and at most M.

    Arrays broadcast. Relative accuracy 1e-9. Not differentiable in the shapes.

    Raises:
      InputError: an argument out of its range, or a batch larger than the candidates.

    Source: derived here (docs, repeated sampling section 7); the selection is that of
    arXiv:2507.04632.

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.selected_useful_group(0.5, 0.5, 8, 8, 16, 4):.10f}")
    0.8576913900
    """
    return _selected(a, b, seen, rollouts, candidates, batch)


def _saved(a, b, seen, rollouts, candidates, batch):
    share = _selected(a, b, seen, rollouts, candidates, batch)
    some = share > 0  # a group of one teaches nothing, however chosen
    ratio = useful(a, b, rollouts) / jnp.where(some, share, 1.0)
    return jnp.where(some, 1 - ratio, 0.0)


def _missing(value, a, b, seen, rollouts, candidates, batch):
    """Useful groups of the rollouts that are not saved, less those of prompts taken at random."""
    found = selected_useful_group(a, b, seen, rollouts, candidates, batch)
    return (1 - value) * found - useful_group(a, b, rollouts)


@law(
    kind=Root(residual=_missing, bracket=lambda **point: (-1.0, 1.0)),
    formula=r"1 - U / \text{share}",
    source="derived here (section 7)",
    holds=SELECTION,
    jointly=FEWER,
    relative=1e-9,
    absolute=1e-9,
    gives=between(-1, 1),
    domain=SELECTIONS,
    mutants={
        "relative to the random ones": lambda a, b, seen, rollouts, candidates, batch: (
            _selected(a, b, seen, rollouts, candidates, batch) / useful(a, b, rollouts) - 1
        ),
        "difference of shares": lambda a, b, seen, rollouts, candidates, batch: (
            _selected(a, b, seen, rollouts, candidates, batch) - useful(a, b, rollouts)
        ),
    },
)
def rollouts_saved(
    a: Numbers, b: Numbers, seen: Numbers, rollouts: Numbers, candidates: Numbers, batch: Numbers
) -> jax.Array:
    r"""Share of rollouts that Thompson sampling saves at equally many useful groups.

    $$1-\frac{U(a,b)}{\text{share}}$$

    with U of `useful_group`, for prompts taken at random, and the share of
    `selected_useful_group`, whose arguments these are. The rollouts that were seen before are not
    counted: on a stream they were of use themselves.

    Arrays broadcast. Accuracy 1e-9, relative and absolute. Not differentiable in the shapes.

    Raises:
      InputError: an argument out of its range, or a batch larger than the candidates.

    Source: derived here (docs, repeated sampling section 7).

    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.rollouts_saved(0.5, 0.5, 8, 8, 16, 4):.3f}")
    0.292
    """
    return _saved(a, b, seen, rollouts, candidates, batch)
