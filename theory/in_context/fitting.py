"""Fit of the strategy posterior to a network's predictions, part of them held out."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.arguments import InputError
from jtts.in_context import Sequences
from jtts.parameters import parameters
from jtts.theory.in_context.distances import SMALLEST
from jtts.theory.in_context.strategies import log_posterior_odds

STARTS = ((0.6, 0.2, 0.85), (0.8, 0.12, 1.5), (0.65, 0.3, 0.01))  # alpha, beta, gamma
OPTIONS = {"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-9}


@parameters
class Conditions:
    """What the strategies cost and gain on D pools.

    Attributes:
      loss_gap: L_G - L_M on sequences of the pool, nats per prediction, [D].
      memorizing_complexity, generalizing_complexity: bits, [D] or a number.
    """

    loss_gap: Any
    memorizing_complexity: Any
    generalizing_complexity: Any


@parameters
class StrategyFit:
    """Fitted exponents of the strategy posterior, and how far the network is from its mixture.

    Attributes:
      alpha, beta, gamma: of `log_posterior_odds`.
      loss: mean KL divergence of the mixture from the network, or mean squared difference, over the
        checkpoints and pools that were fitted.
      held_out_loss: the same over all others; NaN where none were held out.
      share: weight of the memoriser, [N, D].
    """

    alpha: Any
    beta: Any
    gamma: Any
    loss: Any
    held_out_loss: Any
    share: Any


def fit_strategies(
    steps: Any,
    conditions: Conditions,
    network: Any,
    memorizing: Any,
    generalizing: Any,
    sequences: Sequences,
    *,
    fitted_share: float = 0.8,
) -> StrategyFit:
    r"""Fit alpha, beta, gamma so that the mixture of the strategies predicts what the network does.

    $$\min\ \mathrm{KL}\big(h\,\|\,\sigma(\eta)M+(1-\sigma(\eta))G\big)$$

    in nats per prediction, or the squared difference for a regression, by L-BFGS in the logarithms
    of the exponents from three starting points, over the first checkpoints and the smallest pools.
    Give it checkpoints after the `interpolation_threshold` and sequences of the pool; everything
    else is held out.

    Args:
      steps: N of the checkpoints, rising, [N].
      conditions: of the pools, smallest first.
      network: its predictions, [N, D, B, T, outputs], or [N, D, B, T] for a regression.
      memorizing, generalizing: predictions of the strategies, [D, B, T, outputs] or [D, B, T].
      sequences: weights and outputs of what is predicted; weights [B, T] or [D, B, T].
      fitted_share: of the checkpoints, and of the pools, that are fitted (rounded up).

    Returns:
      `StrategyFit`. For the uncertainty over seeds fit each and take
      `Estimate.of(jax.tree.map(lambda *x: jnp.stack(x), *fits))`.

    Raises:
      InputError: shapes that do not fit, or a share outside (0, 1].

    Source: arXiv:2506.17859; docs, in_context section 7.
    """
    steps, network, memorizing, generalizing = (
        jnp.asarray(a) for a in (steps, network, memorizing, generalizing)
    )
    if not 0 < fitted_share <= 1:
        raise InputError(f"fitted_share must be above 0 and at most 1, got {fitted_share:g}")
    pools = memorizing.shape[0]
    if network.shape != (steps.size, *memorizing.shape) or memorizing.shape != generalizing.shape:
        raise InputError(
            f"network must be [steps, *memorizing.shape], got {network.shape} for {steps.size} "
            f"steps and {memorizing.shape}"
        )
    kept = [int(np.ceil(fitted_share * number)) for number in (steps.size, pools)]
    used = (np.arange(steps.size) < kept[0])[:, None] & (np.arange(pools) < kept[1])
    strategies = network, memorizing, generalizing, sequences

    @jax.jit
    def objective(logs):
        cells = _distances(_share(steps, conditions, jnp.exp(logs)), *strategies)
        return jnp.sum(jnp.where(used, cells, 0.0)) / used.sum()

    value_and_slope = jax.jit(jax.value_and_grad(objective))

    def both(logs):
        value, slope = value_and_slope(logs)
        return float(value), np.asarray(slope, float)

    results = [
        scipy.optimize.minimize(both, np.log(start), jac=True, method="L-BFGS-B", options=OPTIONS)
        for start in STARTS
    ]
    best = np.exp(min(results, key=lambda result: result.fun).x)
    share = _share(steps, conditions, best)
    cells = np.asarray(_distances(share, *strategies))
    held_out = cells[~used].mean() if (~used).any() else np.nan
    alpha, beta, gamma = best
    return StrategyFit(alpha, beta, gamma, cells[used].mean(), held_out, share)


def _share(steps, conditions, exponents):
    alpha, beta, gamma = exponents
    odds = log_posterior_odds.function(
        steps[:, None],
        conditions.loss_gap,
        conditions.memorizing_complexity,
        conditions.generalizing_complexity,
        alpha=alpha,
        beta=beta,
        gamma=gamma,
    )
    return jax.nn.sigmoid(odds)


def _distances(share, network, memorizing, generalizing, sequences):
    """Of the network from the mixture at every checkpoint and pool, [N, D]."""
    weight = share.reshape(share.shape + (1,) * (network.ndim - 2))
    mixture = weight * memorizing + (1 - weight) * generalizing
    if sequences.outputs:
        h, mixture = (jnp.maximum(a, SMALLEST) for a in (network, mixture))
        apart = jnp.sum(network * (jnp.log(h) - jnp.log(mixture)), -1)
    else:
        apart = (network - mixture) ** 2
    weights = jnp.broadcast_to(sequences.weights, memorizing.shape[: apart.ndim - 1])
    return jnp.sum(weights * apart, (-2, -1)) / jnp.sum(weights, (-2, -1))
