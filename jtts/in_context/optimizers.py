"""Optimisers as plain numbers, so that a checkpoint can say which one made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import optax

from jtts.arguments import InputError, require_nonnegative, require_positive, require_whole
from jtts.in_context.transformer import CORRECTIONS, EMBEDDING, path_of

RULES = ("adam", "sgd")
TOKENS, OTHERS, FROZEN = "tokens", "others", "frozen"


@dataclass(frozen=True)
class Optimizer:
    """Adam (with decoupled weight decay) or plain gradient descent, and its schedule.

    Attributes:
      learning_rate: after the warm-up.
      warmup: steps of linear rise from 0.
      end: step at which the rate has fallen linearly to 0; 0 keeps it constant. `warmup` = half of
        `end` is the triangle of arXiv:2306.15063.
      weight_decay: per step, times the learning rate.
      clip: largest norm of a gradient; 0 clips nothing.
      rule: "adam" or "sgd".
      forget_every: before every so many steps the embeddings of all tokens are drawn anew, and
        their moments begin again (with a bias correction of their own); 0 forgets nothing.
      forget_until: last step before which they are forgotten; 0 is active forgetting, for ever, any
        other number temporary forgetting (arXiv:2406.00053).

    Raises:
      InputError: a number or a word that is not accepted.

    >>> Optimizer(rule="lion")
    Traceback (most recent call last):
    jtts.arguments.InputError: rule must be one of adam, sgd, got 'lion'
    """

    learning_rate: float = 1e-3
    warmup: int = 0
    end: int = 0
    weight_decay: float = 0.0
    clip: float = 0.0
    rule: str = "adam"
    forget_every: int = 0
    forget_until: int = 0

    def __post_init__(self) -> None:
        require_positive(learning_rate=self.learning_rate)
        require_whole(0, warmup=self.warmup, end=self.end)
        require_whole(0, forget_every=self.forget_every, forget_until=self.forget_until)
        require_nonnegative(weight_decay=self.weight_decay, clip=self.clip)
        if self.rule not in RULES:
            raise InputError(f"rule must be one of {', '.join(RULES)}, got {self.rule!r}")
        if self.end and self.end <= self.warmup:
            raise InputError(f"end must be 0 or above warmup = {self.warmup}, got {self.end}")
        if self.forget_until and not self.forget_every:
            raise InputError(
                f"forget_every must be positive with forget_until = {self.forget_until}, got 0"
            )


def transformation(optimizer: Optimizer, *, low_rank: int = 0) -> optax.GradientTransformation:
    """The optimiser of optax; with a low rank, one that moves nothing but the corrections."""
    rule = _rule(optimizer)
    if not low_rank:
        return rule
    return optax.partition({OTHERS: rule, FROZEN: optax.set_to_zero()}, _corrections_apart)


def forgotten(state: Any, fresh: Any) -> Any:
    """The state of the optimiser with that of the embeddings taken from a fresh one."""

    def leaf(path, kept, new):
        return new if jax.tree_util.DictKey(TOKENS) in path else kept

    return jax.tree_util.tree_map_with_path(leaf, state, fresh)


def _rule(optimizer):
    parts = [optax.clip_by_global_norm(optimizer.clip)] if optimizer.clip else []
    if optimizer.rule == "adam":
        adam = optax.scale_by_adam()
        if optimizer.forget_every:
            adam = optax.partition({TOKENS: adam, OTHERS: adam}, _embeddings_apart)
        parts.append(adam)
    if optimizer.weight_decay:
        parts.append(optax.add_decayed_weights(optimizer.weight_decay))
    return optax.chain(*parts, optax.scale_by_learning_rate(_schedule(optimizer)))


def _embeddings_apart(network):
    return _labels(network, lambda path: TOKENS if path == EMBEDDING else OTHERS)


def _corrections_apart(network):
    return _labels(network, lambda path: OTHERS if path[-1] in CORRECTIONS else FROZEN)


def _labels(network, label):
    return jax.tree_util.tree_map_with_path(lambda path, _: label(path_of(path)), network)


def _schedule(optimizer):
    rate = optimizer.learning_rate
    if optimizer.end:
        fall = optax.linear_schedule(rate, 0.0, optimizer.end - optimizer.warmup)
    else:
        fall = optax.constant_schedule(rate)
    if not optimizer.warmup:
        return fall
    rise = optax.linear_schedule(0.0, rate, optimizer.warmup)
    return optax.join_schedules([rise, fall], [optimizer.warmup])
