"""Mean and variance of the posterior predictive at one input."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.laws import law
from jtts.numeric import Numbers
from jtts.spectra import require_spectrum
from jtts.theory.regression.domains import (
    DOMAIN,
    INPUT,
    LEARNER,
    LEARNS,
    SOURCE,
    TEACHER,
    WEIGHTS,
    in_proportional_limit,
)
from jtts.theory.regression.learner import Learner, bare_ridge
from jtts.theory.regression.ridge import as_floats, renormalize


@law(
    kind=in_proportional_limit(finite_size=0.6, floor=0.05),
    formula=r"\phi^T \Sigma(\Sigma+\kappa)^{-1} w_T",
    source=SOURCE,
    relative=1e-12,
    holds={"input": WEIGHTS, **LEARNER, "teacher": WEIGHTS},
    jointly=LEARNS,
    domain={"input": INPUT, **DOMAIN, "teacher": TEACHER},
    mutants={
        "bare ridge": lambda **point: _predictive_mean(**point, renormalize=bare_ridge),
        "nothing lost": lambda **point: _predictive_mean(**point | {"noise_var": 1e-9}),
    },
)
def predictive_mean(
    input: Numbers,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers,
) -> jax.Array:
    r"""Mean of the posterior predictive at one input, averaged over training sets.

    $$E\,m(x) = \phi^T\Sigma(\Sigma+\kappa)^{-1}w_T,\quad \phi = x/\sqrt d,\quad
      \lambda = \alpha\sigma^2/\gamma^2$$

    with kappa the `renormalized_ridge`. A single training set differs from it by O(1).

    Args:
      input: x in the eigenbasis, [..., d].
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio, noise_var, prior_var: alpha = d/n, sigma^2, gamma^2; positive.
      teacher: weights w_T in the eigenbasis, [..., d].

    A vector of length 1 stands for d equal entries; leading axes and scalars broadcast. Returns a
    value in units of y, to 1e-12 of the sum of the sizes of its terms.

    Raises:
      InputError: an argument out of range or vectors of different length.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0)
    >>> mean = regression.predictive_mean([1.0, 2.0, 0.0, 1.0], teacher=[1.0, 1, 1, 1], **bayes)
    >>> print(f"{mean:.6f}")
    1.649219
    """
    require_spectrum(spectrum, input=input, teacher=teacher)
    return _predictive_mean(input, spectrum, aspect_ratio, noise_var, prior_var, teacher)


def _predictive_mean(
    input, spectrum, aspect_ratio, noise_var, prior_var, teacher, renormalize=renormalize
):
    input, teacher = as_floats(input, teacher)
    learner = Learner.of(spectrum, aspect_ratio, noise_var, prior_var, renormalize)
    products = input * learner.kept * teacher
    return jnp.sum(products, -1) / np.sqrt(products.shape[-1])


@law(
    kind=in_proportional_limit(finite_size=1.2),
    formula=r"\sigma^2 + \gamma^2\kappa\,\phi^T(\Sigma+\kappa)^{-1}\phi",
    source=SOURCE,
    relative=1e-12,
    holds={"input": WEIGHTS, **LEARNER},
    jointly=LEARNS,
    domain={"input": INPUT, **DOMAIN},
    mutants={
        "bare ridge": lambda **point: _predictive_variance(**point, renormalize=bare_ridge),
        "no noise": lambda **point: _predictive_variance(**point) - point["noise_var"],
    },
)
def predictive_variance(
    input: Numbers,
    *,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
) -> jax.Array:
    r"""Variance of the posterior predictive at one input, noise of y included.

    $$s^2(x) = \sigma^2 + \gamma^2\kappa\,\phi^T(\Sigma+\kappa)^{-1}\phi,
      \quad \phi = x/\sqrt d,\quad \lambda = \alpha\sigma^2/\gamma^2$$

    with kappa the `renormalized_ridge`; the same for every training set up to O(1/sqrt(d)).

    Args:
      input: x in the eigenbasis, [..., d].
      spectrum: eigenvalues of Sigma, [..., d], non-negative and not all zero; isotropic: [S^2].
      aspect_ratio, noise_var, prior_var: alpha = d/n, sigma^2, gamma^2; positive.

    A vector of length 1 stands for d equal entries; leading axes and scalars broadcast. Returns a
    value in squared units of y, relative accuracy 1e-12.

    Raises:
      InputError: an argument out of range or vectors of different length.

    Source: arXiv:2512.19905.

    >>> from jtts.theory import regression
    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0)
    >>> print(f"{regression.predictive_variance([1.0, -1.0], **bayes):.6f}")
    0.425391
    """
    require_spectrum(spectrum, input=input)
    return _predictive_variance(input, spectrum, aspect_ratio, noise_var, prior_var)


def _predictive_variance(
    input, spectrum, aspect_ratio, noise_var, prior_var, renormalize=renormalize
):
    learner = Learner.of(spectrum, aspect_ratio, noise_var, prior_var, renormalize)
    (input,) = as_floats(input)
    return learner.noise_var + learner.prior_var * jnp.mean(input**2 * learner.lost, -1)
