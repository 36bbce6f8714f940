"""The whole chain at finite size: training set, posterior, prompts, candidates, selection."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.regression import Judge
from jtts.sims.best_of_k.candidates import select
from jtts.sims.best_of_k.design import MIN_REPLICATES, require_selection
from jtts.sims.regression.training_sets import (
    checked_samples,
    draw_inputs,
    draw_teacher,
    judge_samples,
    judge_weights,
    learn,
    over_training_sets,
    product,
)
from jtts.simulations import simulation
from jtts.spectra import repeat_to

PROMPTS = 1024  # per training set


@simulation(
    chunk=1,
    min_chunks=MIN_REPLICATES,
    static=("dim",),
    sizes={"samples": checked_samples, "judge_samples": judge_samples},
    curve="k",
    validate=require_selection,
)
def end_to_end_error(
    key: jax.Array,
    trials: int,
    k: Numbers,
    *,
    dim: Numbers,
    spectrum: Numbers,
    aspect_ratio: Numbers,
    noise_var: Numbers,
    prior_var: Numbers,
    teacher: Numbers | None = None,
    judge: Judge | None = None,
    temperature: Numbers = 0.0,
    samples: Numbers,
    judge_samples: Numbers,
) -> Estimate:
    """Error of the selected candidate in Bayesian linear regression on finite training sets.

    A trial is one training set and 1024 prompts x ~ N(0, Sigma). Each prompt has its own exact
    posterior mean and predictive variance, and k candidates. Prompts share their training set, so
    the datum is their average. Training sets and prompts are float32 deviates, all else float64.

    Args:
      k: number of candidates; integers of any shape.
      dim: number of input dimensions d.
      spectrum: eigenvalues of Sigma, [d] or shorter, repeated to length d.
      aspect_ratio: d / n, with a whole number n of samples.
      noise_var, prior_var: of targets and weights; positive.
      teacher: weights, like the spectrum; None draws them from the prior for every training set.
      judge: weights; a `TrainedJudge`, which has a training set of its own; a `TiedJudge`; or None
        for the teacher itself.
      temperature: of the selection, >= 0; squared units of y.

    Returns:
      Estimate of E (y_selected - t)^2, of the shape of k; t is the teacher's noiseless value.

    Raises:
      InputError: an argument out of range, or sizes that do not fit, naming it.

    Source: arXiv:2512.19905.

    >>> bayes = dict(spectrum=[1.0], aspect_ratio=0.5, noise_var=0.25, prior_var=1.0, dim=16)
    >>> estimate = end_to_end_error(jax.random.key(0), 32, jnp.array([1, 8]), **bayes)
    >>> bool(estimate.mean[1] < estimate.mean[0])
    True
    """
    spectrum = repeat_to(dim, spectrum)

    def one(key):
        of_teacher, of_set, of_judge, of_prompts, candidates = jax.random.split(key, 5)
        target = draw_teacher(of_teacher, teacher, prior_var, dim)
        learned = learn(of_set, target, spectrum, aspect_ratio, noise_var, prior_var, samples)
        guess = judge_weights(of_judge, judge, target, learned, spectrum, judge_samples)

        features = draw_inputs(of_prompts, spectrum, PROMPTS) / jnp.sqrt(dim)
        ridge = aspect_ratio * noise_var / prior_var
        spread = jnp.sum(product(features, learned.root.T) ** 2, -1)
        scale = jnp.sqrt(noise_var + prior_var * ridge * spread)
        judge_error = product(features, guess - target)

        def average(gap, _):
            return jnp.mean((gap + judge_error) ** 2)

        shift = product(features, learned.mean - guess)
        return select(candidates, k, shift, scale, temperature, average)

    return over_training_sets(one, key, trials)
