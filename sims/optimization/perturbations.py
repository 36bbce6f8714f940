"""Random perturbations, drawn and tried."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jtts.arguments import require_nonnegative, require_whole
from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation

FLAT = 2  # directions in which the loss does not bend: a perturbation moves along them in vain


def require_perturbations(*, dimension, distance, tries):
    """Raise InputError unless there are whole numbers of directions and of tries."""
    require_whole(1, dimension=dimension, tries=tries)
    require_nonnegative(distance=distance)


@simulation(chunk=4096, static=("dimension",), validate=require_perturbations)
def improving_share(
    key: jax.Array, trials: int, dimension: int, distance: Numbers, tries: Numbers
) -> Estimate:
    """Perturb the weights so many times; is the loss ever lower?

    Weights stand at a random place of that distance from the minimum in the curved directions;
    there are two flat ones beside them.

    Args:
      dimension: number of curved directions.
      distance: from the minimum, in standard deviations of a perturbation.
      tries: number of perturbations.

    Returns:
      Estimate of the share of trials in which some perturbation improves.

    Raises:
      InputError: an argument out of its range.

    >>> found = improving_share(jax.random.key(0), 2**13, 10, 2.0, 30)
    >>> bool(abs(found.mean - 0.326) < 0.02)
    True
    """

    def loss(weights):
        return jnp.sum(weights[:, :dimension] ** 2, -1)

    of_place, of_tries = jax.random.split(key)
    place = jax.random.normal(of_place, (trials, dimension + FLAT), float)
    place *= distance / jnp.sqrt(loss(place))[:, None]

    def one_more(i, improved):
        moved = jax.random.normal(jax.random.fold_in(of_tries, i), place.shape, float)
        return improved | (loss(place + moved) < loss(place))

    improved = jnp.zeros(trials, bool)
    return Estimate.of(lax.fori_loop(0, jnp.asarray(tries, int), one_more, improved))
