"""Training sets over a power-law spectrum: modes of variance i^-exponent, features not scaled.

`copies` of every mode and as many times more samples leave each quantity what it was and let it
average over more independent parts; weights then have their variance divided by `copies`.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.arguments import require_positive, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.sims.regression.statistics import statistics
from jtts.sims.regression.training_sets import (
    draw_inputs,
    over_training_sets,
    posterior_root,
    sets_per_chunk,
)
from jtts.simulations import simulation
from jtts.spectra import power_law_spectrum, repeat_to


def _require(*, exponent, modes, samples, noise_var, prior_var, copies):
    require_positive(exponent=exponent, noise_var=noise_var, prior_var=prior_var)
    require_whole(1, modes=modes, samples=samples, copies=copies)


def _chunk(modes, samples, copies):
    return sets_per_chunk(modes * copies, samples * copies)


def _power_law_simulation(chunk_function):
    return simulation(chunk=_chunk, static=("modes", "samples", "copies"), validate=_require)(
        chunk_function
    )


@_power_law_simulation
def power_law_rho(
    key: jax.Array,
    trials: int,
    *,
    exponent: Numbers,
    modes: Numbers,
    samples: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    copies: Numbers,
) -> Estimate:
    """Effective number of parameters per sample, (1/n) tr K (K + noise_var/prior_var)^-1.

    K is the matrix of products of the features of n samples.

    Args:
      exponent: of the spectrum; positive.
      modes, samples: numbers of each, before they are copied.
      noise_var, prior_var: of targets and of every weight; positive.
      copies: of every mode and sample.

    Raises:
      InputError: an argument out of range, naming it.

    Source: arXiv:2512.19905.

    >>> import jax
    >>> bayes = dict(exponent=1.5, modes=32, noise_var=0.1, prior_var=1.0)
    >>> estimate = power_law_rho(jax.random.key(0), 1000, samples=16, copies=2, **bayes)
    >>> print(f"{estimate.mean:.2f}")
    0.80
    """
    spectrum = repeat_to(modes * copies, power_law_spectrum(modes, exponent))
    ridge = noise_var / (prior_var * samples)

    def one(key):
        root = posterior_root(draw_inputs(key, spectrum, samples * copies), ridge)
        return (modes - ridge * jnp.sum(root**2) / copies) / samples

    return over_training_sets(one, key, trials)


@_power_law_simulation
def power_law_statistics(
    key: jax.Array,
    trials: int,
    *,
    exponent: Numbers,
    modes: Numbers,
    samples: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    copies: Numbers,
) -> Estimate:
    """The four numbers of one training set, teacher as judge and drawn from the prior.

    Args:
      exponent: of the spectrum; positive.
      modes, samples: numbers of each, before they are copied.
      noise_var, prior_var: of targets and of every weight; positive.
      copies: of every mode and sample.

    Returns:
      Estimate whose mean and standard error are `Statistics`, in squared units of y.

    Raises:
      InputError: an argument out of range, naming it.

    Source: arXiv:2512.19905.

    >>> import jax
    >>> bayes = dict(exponent=1.5, modes=32, noise_var=0.1, prior_var=1.0)
    >>> estimate = power_law_statistics(jax.random.key(0), 1000, samples=16, copies=2, **bayes)
    >>> print(f"{estimate.mean.predictive_var:.2f}")
    0.52
    """
    return statistics.chunk_function(
        key,
        trials,
        spectrum=power_law_spectrum(modes, exponent),
        aspect_ratio=modes / samples,
        noise_var=noise_var,
        prior_var=modes * prior_var,
        dim=modes * copies,
        samples=samples * copies,
        judge_samples=0,
    )
