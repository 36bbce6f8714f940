"""The phase diagram of memorising and generalising, over training steps and pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from jtts.in_context import sample
from jtts.theory.in_context.distances import SMALLEST
from jtts.theory.in_context.fitting import Conditions
from jtts.theory.in_context.predictors import generalizing_predictor, memorizing_predictor
from jtts.theory.in_context.strategies import (
    log_posterior_odds,
    strategy_complexity,
    transience_time,
)

if TYPE_CHECKING:
    import xarray as xr


def loss_gap(task: Any, key: jax.Array, batch_size: int) -> jax.Array:
    r"""How much worse the generaliser does than the memoriser on the pool: L_G - L_M.

    Args:
      task: a task of `jtts.in_context`.
      key: of the random numbers.
      batch_size: number of sequences.

    Returns:
      [B]: nats per prediction of every sequence, averaged over its positions and over the outcome
      of each. For a regression the Gaussian loss, (error_G - error_M) / (2 sigma^2). The mean over
      the batch estimates the gap, positive for a memoriser that is Bayesian.

    Source: arXiv:2506.17859; docs, in_context section 7.

    >>> from jtts.theory import in_context as icl
    >>> task = icl.balls_and_urns(num_tasks=2, vocabulary=8, context=64)
    >>> bool(icl.loss_gap(task, jax.random.key(0), 64).mean() > 0.05)
    True
    """
    batch = sample(task, key, batch_size)
    memorizing, generalizing = (
        predictor(task, batch) for predictor in (memorizing_predictor, generalizing_predictor)
    )
    if batch.outputs:
        logs = [jnp.log(jnp.maximum(p, SMALLEST)) for p in (memorizing, generalizing)]
        gap = jnp.sum(batch.oracle * (logs[0] - logs[1]), -1)
    else:
        errors = [(p - batch.oracle) ** 2 for p in (memorizing, generalizing)]
        gap = (errors[1] - errors[0]) / (2 * task.noise_var)
    return jnp.sum(batch.weights * gap, -1) / jnp.sum(batch.weights, -1)


def strategy_conditions(
    tasks: Sequence[Any], key: jax.Array, batch_size: int = 1024, **complexity: Any
) -> Conditions:
    """Loss gaps by simulation and complexities by counting, for pools of one kind.

    Args:
      tasks: tasks of `jtts.in_context`, one for every pool.
      key: of the random numbers.
      batch_size: sequences of each.
      complexity: `overhead` and `bits_per_number` of `strategy_complexity`.

    Source: derived here (docs, in_context section 7).

    >>> from jtts.theory import in_context as icl
    >>> tasks = [icl.balls_and_urns(num_tasks=d, vocabulary=8, context=16) for d in (2, 4)]
    >>> icl.strategy_conditions(tasks, jax.random.key(0)).memorizing_complexity.tolist()
    [4972.8, 5945.6]
    """
    gaps = [jnp.mean(loss_gap(task, key, batch_size)) for task in tasks]
    stored = np.array([stored_numbers(task) for task in tasks])
    return Conditions(
        jnp.stack(gaps),
        strategy_complexity(stored, **complexity),
        strategy_complexity(0, **complexity),
    )


def stored_numbers(task: Any) -> float:
    """Numbers that hold the pool: what a memoriser of the task stores.

    >>> from jtts.theory import in_context as icl
    >>> stored_numbers(icl.balls_and_urns(num_tasks=4, vocabulary=8, context=16))
    32.0
    """
    pool = [leaf for leaf in jax.tree.leaves(task) if jnp.ndim(leaf)]
    return float(task.num_tasks * sum(leaf.size // leaf.shape[0] for leaf in pool))


def phase_diagram(
    tasks: Sequence[Any],
    steps: Any,
    *,
    alpha: float,
    beta: float,
    gamma: float,
    key: jax.Array,
    batch_size: int = 1024,
    **complexity: Any,
) -> xr.Dataset:
    """Which strategy a network follows, over training steps N and pools of D tasks.

    Args:
      tasks: tasks of `jtts.in_context`, one for every pool.
      steps: N, [N].
      alpha, beta, gamma: of `log_posterior_odds`, positive.
      key: of the random numbers behind the losses of the strategies.
      batch_size: sequences from each pool.
      complexity: `overhead` and `bits_per_number` of `strategy_complexity`.

    Returns:
      Dataset over (steps, num_tasks): `log_odds` and `memorizing_share` = sigmoid of it, and over
      num_tasks `loss_gap`, `memorizing_complexity` and `transience_time`.

    Raises:
      InputError: a number out of range.

    Source: arXiv:2506.17859; docs, in_context section 7.

    >>> from jtts.theory import in_context as icl
    >>> tasks = [icl.balls_and_urns(num_tasks=d, vocabulary=8, context=16) for d in (2, 64)]
    >>> diagram = phase_diagram(tasks, [10, 10**4, 10**7], alpha=0.6, beta=0.2, gamma=0.85,
    ...                         key=jax.random.key(0))
    >>> (diagram.memorizing_share > 0.5).values.tolist()
    [[True, False], [True, False], [True, True]]
    """
    conditions = strategy_conditions(tasks, key, batch_size, **complexity)
    terms = (
        conditions.loss_gap,
        conditions.memorizing_complexity,
        conditions.generalizing_complexity,
    )
    exponents = {"alpha": alpha, "beta": beta, "gamma": gamma}
    steps = np.asarray(steps, float)
    odds = log_posterior_odds(steps[:, None], *terms, **exponents)
    grid, pools = ("steps", "num_tasks"), ("num_tasks",)
    import xarray as xr  # takes longer to import than all laws

    return xr.Dataset(
        {
            "log_odds": (grid, np.asarray(odds)),
            "memorizing_share": (grid, np.asarray(jax.nn.sigmoid(odds))),
            "loss_gap": (pools, np.asarray(conditions.loss_gap)),
            "memorizing_complexity": (pools, np.asarray(conditions.memorizing_complexity)),
            "transience_time": (pools, np.asarray(transience_time(*terms, **exponents))),
        },
        {"steps": steps, "num_tasks": [int(task.num_tasks) for task in tasks]},
        {"law": log_posterior_odds.full_name, "kind": log_posterior_odds.kind.name, **exponents},
    )
