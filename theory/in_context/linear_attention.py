"""Linear attention pretrained by ridge regression on a pool of tasks: in- and out-of-pool error."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp

from jtts.domain import choices, constant
from jtts.kinds import Asymptotic
from jtts.laws import closed_form, law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, words

RATIO = between(1e-30, 1e30)
HOLDS = {
    "context_ratio": RATIO,
    "diversity_ratio": RATIO,
    "data_ratio": RATIO,
    "noise_var": between(0, 1e30),
}


class PretrainedErrors(NamedTuple):
    """Errors of pretrained linear attention on fresh tasks and on the tasks of the pool."""

    icl: Any
    idg: Any


def _resolvent(x, kappa):
    """1/M(x), of M = (1/d) tr (R + x)^-1 for the pool's second moment R, and the root behind it.

    y = 1/M is the positive root of (y - x)(y + 1/kappa) = y.
    """
    middle = x + (kappa - 1) / kappa
    root = jnp.sqrt(middle**2 + 4 * x / kappa)
    # (root + middle) / 2, without cancellation where middle < 0
    positive = middle > 0
    y = jnp.where(
        positive, (root + middle) / 2, 2 * x / kappa / (root - jnp.where(positive, 0.0, middle))
    )
    return y, root


def _averages(x, y, root, kappa):
    """Over the spectrum of R: 1/(r+x)^2, r/(r+x), r/(r+x)^2, r^2/(r+x)^2; sums of what is positive.

    By derivatives of y: dy/dx = (y + 1/kappa)/root = 1 + 1/(root (1 + kappa y)).
    """
    kept = kappa / (1 + kappa * y)
    square = (x / y) ** 2 / (root * (1 + kappa * y))
    return 1 / (kept * root * y**2), kept, kept / root, kept**2 + square


def _abundant(q, kappa, tau, rho, amplify=1.0):
    """tau > 1: more training sequences than parameters."""
    y, root = _resolvent(q, kappa)
    inverse, kept, _, square = _averages(q, y, root, kappa)
    rest = rho + q * kept
    variance = amplify * (1 + q) / y * rest / (tau - 1)
    return rho + q * (square + q * inverse) + variance, tau / (tau - 1) * rest


def _scarce(q, kappa, tau, rho, amplify=1.0):
    """tau < 1: the training sequences are fitted exactly."""
    y, _ = _resolvent(q, kappa / tau)
    mu = q / y
    kept = kappa / (tau + kappa * y)  # 1 - mu
    missed = (1 - tau) + tau * mu
    bias = tau**2 * kept * mu + q * tau * kept * missed
    icl = rho + missed + (bias + tau * (1 + q) * rho / y) / (1 - tau)
    icl += (amplify - 1) * tau * (1 + q) * mu * (rho / q - 1) / (1 - tau)
    # the ridge that the data act as, xi = (1 - tau) y / tau, makes 1/M(q + xi, kappa) = y / tau
    xi, y = (1 - tau) / tau * y, y / tau
    nu = q + xi
    root = jnp.sqrt((nu + (kappa - 1) / kappa) ** 2 + 4 * nu / kappa)
    inverse, kept, mixed, _ = _averages(nu, y, root, kappa)
    idg = tau * (rho + q * kept + xi * nu * mixed) / (xi * (mixed + q * inverse))
    return icl, idg


def _errors(*, context_ratio, diversity_ratio, data_ratio, noise_var, amplify=1.0):
    alpha, kappa, tau, rho = (
        jnp.asarray(a, jnp.result_type(float))
        for a in (context_ratio, diversity_ratio, data_ratio, noise_var)
    )
    q = (1 + rho) / alpha
    abundant = _abundant(q, kappa, jnp.where(tau > 1, tau, 2.0), rho, amplify)
    scarce = _scarce(q, kappa, jnp.where(tau < 1, tau, 0.5), rho, amplify)
    errors = (
        jnp.where(tau > 1, above, jnp.where(tau < 1, below, jnp.inf))
        for above, below in zip(abundant, scarce, strict=True)
    )
    return PretrainedErrors(*errors)


def correction(point):
    """Relative correction times d that is declared: above all measured at d = 8 to 24."""
    tau, kappa = float(point["data_ratio"]), float(point["diversity_ratio"])
    nearness = min(tau, 1 / tau)
    return (1 + 3 * nearness / (1 - nearness)) * max(1.0, 1 / kappa)


@law(
    relative=5e-12,
    holds=HOLDS,
    gives=at_least(0),
    kind=Asymptotic(size="dim", sizes=(12, 24), finite_size=correction, rate=1.0, detects=0.1),
    formula=r"\tau>1:\ e_{IDG} = \tfrac{\tau}{\tau-1}(\rho+q-q^2M),\quad q=\tfrac{1+\rho}\alpha,\ "
    r"M=M(q,\kappa);\ \mathrm{ICL\ and\ }\tau<1\mathrm{:\ docs,\ section\ 6}",
    source="arXiv:2405.11751",
    domain={
        "context_ratio": choices(1.0, 2.0, 8.0),
        "diversity_ratio": choices(0.5, 1.5, 5.0),
        "data_ratio": choices(0.2, 0.5, 2.0, 4.0),
        "noise_var": choices(0.01, 0.1, 0.25),
    },
    simulated={
        "context_ratio": constant(2.0),
        "diversity_ratio": choices(1.5, 3.0),
        "data_ratio": choices(0.2, 4.0),
        "noise_var": constant(0.1),
    },
    mutants={
        "no variance of training": lambda **point: _errors(**point, amplify=0.0),
        "endless context": lambda **point: _errors(**point | {"context_ratio": 1e6}),
    },
)
def linear_attention_errors(
    *, context_ratio: Numbers, diversity_ratio: Numbers, data_ratio: Numbers, noise_var: Numbers
) -> PretrainedErrors:
    r"""Both test errors of pretrained linear attention; `linear_attention_error` has the formulas.

    Args:
      context_ratio, diversity_ratio, data_ratio, noise_var: as there.

    Returns:
      `PretrainedErrors`: `icl` on fresh tasks, `idg` on the tasks of the pool; to a relative 5e-12.
      Slopes lose their digits where the smallest ratios meet the largest noise.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2405.11751, restated in docs, in_context section 6.

    >>> from jtts.theory import in_context as icl
    >>> errors = icl.linear_attention_errors(
    ...     context_ratio=2.0, diversity_ratio=1.5, data_ratio=2.0, noise_var=0.1)
    >>> print(f"{errors.icl:.6f} {errors.idg:.6f}")
    1.067016 0.792091
    """
    return _errors(
        context_ratio=context_ratio,
        diversity_ratio=diversity_ratio,
        data_ratio=data_ratio,
        noise_var=noise_var,
    )


@closed_form(
    holds=HOLDS | {"test": words(*PretrainedErrors._fields)}, relative=5e-12, gives=at_least(0)
)
def linear_attention_error(
    *,
    context_ratio: Numbers,
    diversity_ratio: Numbers,
    data_ratio: Numbers,
    noise_var: Numbers,
    test: Literal["icl", "idg"] = "icl",
) -> jax.Array:
    r"""Test error of linear attention pretrained on a pool of regression tasks, at large d.

    Tasks y = w.x + N(0, rho), x ~ N(0, I/d), |w|^2 = d; the prediction is linear in
    $H = x_{l+1}[\tfrac dl\sum_i y_ix_i^T\,|\,\tfrac1l\sum_iy_i^2]$, its d (d + 1) coefficients
    fitted to n sequences over a pool of k tasks by ridgeless regression. As d grows at fixed
    $\alpha=l/d$, $\kappa=k/d$, $\tau=n/d^2$, with $q=(1+\rho)/\alpha$ and $M(x)$ the resolvent
    $\tfrac1d\mathrm{tr}(R+x)^{-1}$ of the second moment R of the pool, for $\tau>1$

    $$e_{IDG}=\frac\tau{\tau-1}(\rho+q-q^2M),\quad
      e_{ICL}=(1+q)\Big[1-2qM-q^2M'+M\frac{\rho+q-q^2M}{\tau-1}\Big]-2(1-qM)+1+\rho;$$

    for $\tau<1$ see the docs. Both diverge at $\tau=1$: double descent in the training sequences.

    Args:
      context_ratio: alpha = l/d, context length over input dimension; from 1e-30 to 1e30.
      diversity_ratio: kappa = k/d, tasks in the pool over dimension; from 1e-30 to 1e30.
      data_ratio: tau = n/d^2, training sequences over squared dimension; from 1e-30 to 1e30.
      noise_var: rho, variance of the noise beside signals of variance 1; from 0 to 1e30.
      test: "icl", a fresh task; or "idg", a task of the pool.

    Arrays broadcast; differentiable off tau = 1, where the error is infinite. Returns the squared
    error to the noisy target; the formula is computed to a relative 5e-12. An asymptotic law:
    corrections are relative c/d if tau is read as n / (d (d + 1)), with c from 0.6 (tau = 0.2) to
    2.5 (tau = 0.5 or 2) at kappa = 1.5, and larger in n / d^2 or near tau = 1.

    Raises:
      InputError: a number out of range or an unknown test.

    Source: arXiv:2405.11751, restated in docs, in_context section 6.

    >>> from jtts.theory import in_context as icl
    >>> ratios = dict(context_ratio=2.0, diversity_ratio=1.5, data_ratio=0.5, noise_var=0.1)
    >>> print(f"{icl.linear_attention_error(**ratios):.6f}")
    1.268147
    >>> print(f"{icl.linear_attention_error(**ratios, test='idg'):.6f}")
    1.074126
    """
    errors = linear_attention_errors(
        context_ratio=context_ratio,
        diversity_ratio=diversity_ratio,
        data_ratio=data_ratio,
        noise_var=noise_var,
    )
    return getattr(errors, test)
