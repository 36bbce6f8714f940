"""How to split a budget between training samples and candidates."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jtts.domain import choices, constant, log_reals
from jtts.kinds import Limit, Minimizer
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, positive
from jtts.special import quotient
from jtts.spectra import require_spectrum
from jtts.theory.best_of_k.end_to_end import end_to_end_error
from jtts.theory.regression.domains import SPECTRUM, WEIGHTS

ZOOM = np.linspace(0.0, 1.0, 33)
ROUNDS = 4
STEP = 1e-4  # in ln n, of the curvature


def _split_error(
    samples,
    *,
    budget,
    sample_cost,
    candidate_cost,
    dim,
    spectrum,
    noise_var,
    prior_var,
    teacher=None,
):
    """Exact error after n samples, with the candidates that the rest of the budget buys."""
    return end_to_end_error.function(
        jnp.maximum((budget - sample_cost * samples) / candidate_cost, 1.0),
        aspect_ratio=dim / samples,
        spectrum=spectrum,
        noise_var=noise_var,
        prior_var=prior_var,
        teacher=teacher,
    )


@jax.jit
def _best_split(low, high, costs, model):
    """ln n in [low, high] of the smallest error; by zooming in, then one Newton step."""

    def log_error(log_n):
        return jnp.log(_split_error(jnp.exp(log_n), **costs, **model))

    def slope(log_n):
        return jax.jvp(log_error, (log_n,), (jnp.ones_like(log_n),))[1]

    first, last = low, high
    column = ZOOM.reshape((-1,) + (1,) * low.ndim)

    def zoom(_, bracket):
        grid = bracket[0] + (bracket[1] - bracket[0]) * column
        best = jnp.argmin(log_error(grid), 0)[None]
        around = [jnp.clip(best + side, 0, len(ZOOM) - 1) for side in (-1, 1)]
        return tuple(jnp.take_along_axis(grid, index, 0)[0] for index in around)

    low, high = lax.stop_gradient(lax.fori_loop(0, ROUNDS, zoom, (low, high)))
    log_n = (low + high) / 2
    # a Newton step, which carries the implicit derivative; none to take at an end of the range
    before, rise, after = slope(log_n + STEP * np.array([-1.0, 0.0, 1.0]).reshape(column[:3].shape))
    bend = lax.stop_gradient(after - before) / (2 * STEP)
    inside = (bend > 0) & (low > first) & (high < last)
    step = -rise / jnp.where(inside, bend, 1.0)
    end = jnp.where(log_n - first < last - log_n, first, last)
    return jnp.where(inside, log_n + step, end)


def _best_samples(*, budget, sample_cost, candidate_cost, dim, spectrum, teacher=None, **variances):
    scalars = (budget, sample_cost, candidate_cost, dim, *variances.values())
    budget, sample_cost, candidate_cost, dim, *variances_of_model = jnp.broadcast_arrays(
        *(jnp.asarray(x, jnp.result_type(float)) for x in scalars)
    )
    affordable = (budget - candidate_cost) / sample_cost
    valid = affordable >= 1
    high = jnp.log(jnp.where(valid, affordable, 1.0))
    costs = {
        "budget": budget,
        "sample_cost": sample_cost,
        "candidate_cost": candidate_cost,
        "dim": dim,
    }
    model = dict(zip(variances, variances_of_model, strict=True))
    model |= {"spectrum": jnp.asarray(spectrum, jnp.result_type(float)), "teacher": teacher}
    log_n = _best_split(jnp.zeros_like(high), high, costs, model)
    return jnp.where(valid, jnp.exp(log_n), jnp.nan)


def _affordable(point):
    return (point["budget"] - point["candidate_cost"]) / point["sample_cost"]


def _pays(budget, sample_cost, candidate_cost):
    return budget >= sample_cost + candidate_cost


PAYS = {"budget must pay for one sample and one candidate": _pays}
PRICES = {
    "budget": positive(1e100),
    "sample_cost": between(1e-100, 1e100),
    "candidate_cost": between(1e-100, 1e100),
    "dim": between(1e-100, 1e100),
}
COSTS = {
    "budget": log_reals(100.0, 1e6),
    "sample_cost": log_reals(0.2, 5.0),
    "candidate_cost": log_reals(0.2, 5.0),
    "dim": choices(3.0, 10.0),
}
MODEL = {
    "spectrum": constant(np.array([2.0, 1.0, 0.5, 0.1])),
    "noise_var": log_reals(0.02, 0.5),
    "prior_var": constant(1.0),
    "teacher": constant(None, ndim=1),
}


@law(
    kind=Minimizer(
        of=jax.jit(_split_error),
        argument="samples",
        candidates=lambda point: np.geomspace(1.0, _affordable(point), 40),
    ),
    formula=r"\mathrm{argmin}_n\, \delta_k(n),\; k = (C - A n)/B",
    source="derived here (section 7)",
    relative=1e-6,
    holds={
        **PRICES,
        "spectrum": SPECTRUM,
        "noise_var": positive(),
        "prior_var": positive(),
        "teacher": WEIGHTS,
    },
    jointly=PAYS,
    domain=COSTS | MODEL,
    mutants={
        "few parameters": lambda **point: _closed_form(
            **{name: point[name] for name in ("budget", "sample_cost", "dim")}
        ),
        "half for data": lambda **point: point["budget"] / (2 * point["sample_cost"]),
    },
)
def optimal_samples(
    *,
    budget: Numbers,
    sample_cost: Numbers,
    candidate_cost: Numbers,
    dim: Numbers,
    spectrum: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers | None = None,
) -> jax.Array:
    r"""Number of training samples that makes the best of a budget for data and candidates.

    $$n^* = \mathrm{argmin}_n\, \delta_k(n),\quad k = \frac{C - A n}{B},$$

    with the exact `end_to_end_error` of the candidate nearest to the teacher.

    Args:
      budget: C, enough for one sample and one candidate.
      sample_cost, candidate_cost: A of a training sample, B of a candidate, in units of the
        budget; from 1e-100 to 1e100, as the budget and dim.
      dim: number d of input dimensions, positive.
      spectrum: eigenvalues of the input covariance, [d] or shorter.
      noise_var, prior_var: sigma^2 and gamma^2, positive.
      teacher: its weights in the eigenbasis; None for one drawn from the prior.

    Scalars broadcast. Returns n as a real number between 1 and (C - B)/A; the best number of
    candidates is (C - A n)/B. Relative accuracy 1e-6; if the error has several minima in n, the
    deepest of those that a grid of 33 values in ln n tells apart. Differentiable by the implicit
    function theorem; 0.1 s a point with its gradient. NaN for traced budgets that pay for nothing.

    Raises:
      InputError: an argument out of range, or a budget that pays for nothing.

    Source: derived here (docs, best-of-k section 7).

    >>> from jtts.theory import best_of_k
    >>> costs = dict(budget=10_000, sample_cost=1.0, candidate_cost=1.0, dim=10)
    >>> n = best_of_k.optimal_samples(**costs, spectrum=[1.0], noise_var=0.25, prior_var=1.0)
    >>> print(f"{n:.2f}")
    316.22
    """
    require_spectrum(spectrum, teacher=teacher)
    return _best_samples(
        budget=budget,
        sample_cost=sample_cost,
        candidate_cost=candidate_cost,
        dim=dim,
        spectrum=spectrum,
        teacher=teacher,
        noise_var=noise_var,
        prior_var=prior_var,
    )


def _closed_form(*, budget, sample_cost, dim, factor=4.0):
    dim = jnp.asarray(dim, jnp.result_type(float))
    all_spent = quotient(budget, sample_cost)
    root = jnp.sqrt(factor * all_spent) / jnp.sqrt(dim)  # its square may overflow
    return quotient(factor / 2 * all_spent, jnp.hypot(1.0, root) + 1)


def _optimum_of_a_model(budget, sample_cost, candidate_cost, dim):
    point = {"spectrum": np.array([2.0, 1.0, 0.5, 0.1]), "noise_var": 0.1, "prior_var": 1.0}
    return optimal_samples.function(
        budget=budget,
        sample_cost=sample_cost,
        candidate_cost=candidate_cost,
        dim=dim,
        **point,
    )


@law(
    kind=Limit(
        of=_optimum_of_a_model,
        argument="budget",
        values=(1e5, 1e7, 1e9),
        gap=lambda budget, point: budget**-0.5,
        compare="ratio",
    ),
    formula=r"n^* \to \frac d2\Big(\sqrt{1 + \frac{4C}{A d}} - 1\Big)",
    source="derived here (section 7)",
    relative=1e-13,
    holds=PRICES,
    jointly=PAYS,
    domain=COSTS,
    mutants={
        "half the discriminant": lambda candidate_cost, **costs: _closed_form(**costs, factor=2.0),
        "twice the dimensions": lambda candidate_cost, dim, **costs: _closed_form(
            **costs, dim=2 * dim
        ),
    },
)
def asymptotic_optimal_samples(
    *, budget: Numbers, sample_cost: Numbers, candidate_cost: Numbers, dim: Numbers
) -> jax.Array:
    r"""Best number of training samples at a large budget, for any spectrum and noise.

    $$n^* \to \frac d2\Big(\sqrt{1+\frac{4C}{Ad}}-1\Big),\quad k^* = \frac{C-An^*}{B}
      = \frac{A n^{*2}}{B d}$$

    the minimum of $\ln\delta = -2\ln k + 2d/n$, the error at small rho and large k: candidates get
    n/d times the money that data get. The price of a candidate has no say.

    Args:
      budget: C, enough for one sample and one candidate.
      sample_cost, candidate_cost: A of a training sample, B of a candidate, in units of the
        budget; from 1e-100 to 1e100, as the budget and dim.
      dim: number d of input dimensions, positive.

    Arrays broadcast. Returns n as a real number, the formula to 1e-13. Relative corrections are of
    order d/n (3 % at n = 20 d for weak noise, more where noise hides directions): see
    `optimal_samples`.

    Raises:
      InputError: an argument out of range, or a budget that pays for nothing.

    Source: derived here (docs, best-of-k section 7).

    >>> from jtts.theory import best_of_k
    >>> n = best_of_k.asymptotic_optimal_samples(
    ...     budget=10_000, sample_cost=1.0, candidate_cost=1.0, dim=10)
    >>> print(f"{n:.2f}")
    311.27
    """
    return _closed_form(budget=budget, sample_cost=sample_cost, dim=dim)
