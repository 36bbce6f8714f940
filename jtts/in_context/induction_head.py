"""Networks in which an induction head forms: two layers of attention, and three numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from jtts.arguments import InputError, require_whole
from jtts.in_context.bursty_classification import Contexts
from jtts.in_context.labelled_items import at_query
from jtts.in_context.sequences import Sequences
from jtts.in_context.transformer import initialise, predict, progress

Weights = dict[str, Any]


@dataclass(frozen=True)
class InductionNetwork:
    """Two attention layers and a classifier that reads the last token.

    Tokens are a one-hot position, beginning at a random offset in training, beside the content. One
    head in each layer, square matrices, no scaling of scores, no layer norm.

    Attributes:
      max_positions: of the one-hot position P.
      relu_layers: of the classifier, before its linear layer.

    Raises:
      InputError: a number that is not whole or out of range.
    """

    max_positions: int = 9
    relu_layers: int = 1
    positions: ClassVar[str] = "block"
    low_rank: ClassVar[int] = 0

    def __post_init__(self) -> None:
        require_whole(max_positions=self.max_positions)
        require_whole(0, relu_layers=self.relu_layers)


@dataclass(frozen=True)
class MinimalHead:
    """The same circuit with three numbers for the attention, and a trained classifier.

    First layer: logit beta of a token for the one before it, 0 for others and itself; it copies
    what it reads into a buffer. Second layer: logit alpha times the product of content and buffer,
    and gamma more for label tokens. All three begin at 0.

    Attributes:
      relu_layers: of the classifier, before its linear layer.

    Raises:
      InputError: a number that is not whole or out of range.
    """

    relu_layers: int = 1
    positions: ClassVar[str] = "none"
    low_rank: ClassVar[int] = 0

    def __post_init__(self) -> None:
        require_whole(0, relu_layers=self.relu_layers)


@initialise.register
def _initialise_network(model: InductionNetwork, sequences: Sequences, key: jax.Array) -> Weights:
    _, length, dim = sequences.inputs.shape
    if length > model.max_positions:
        raise InputError(
            f"max_positions must be at least the sequences' {length}, got {model.max_positions}"
        )
    width = model.max_positions + dim
    of_attention, of_classifier = jax.random.split(key)
    drawn = jax.random.normal(of_attention, (2, 3, width, width), jnp.float32) / jnp.sqrt(dim)
    first, second = drawn
    return {
        "first": first,
        "second": second,
        "classifier": _classifier(model, of_classifier, width, sequences.outputs),
    }


@initialise.register
def _initialise_minimal(model: MinimalHead, sequences: Sequences, key: jax.Array) -> Weights:
    start = {name: jnp.zeros((), jnp.float32) for name in ("beta", "alpha", "gamma")}
    dim = sequences.inputs.shape[-1]
    return start | {"classifier": _classifier(model, key, dim, sequences.outputs)}


def _classifier(model, key, width, outputs):
    keys = jax.random.split(key, model.relu_layers + 1)
    layers = [
        {
            "kernel": jax.random.normal(k, (width, width), jnp.float32) * jnp.sqrt(2 / width),
            "bias": jnp.zeros((), jnp.float32),
        }
        for k in keys[1:]
    ]
    head = jax.random.normal(keys[0], (width, outputs), jnp.float32) / jnp.sqrt(width)
    return {"layers": layers, "head": head}


@predict.register
def _predict_network(
    model: InductionNetwork,
    parameters: Any,
    sequences: Sequences,
    offsets: jax.Array | None = None,
) -> jax.Array:
    return _answers(parameters, _forward(model, parameters, sequences, offsets)[0], sequences)


@predict.register
def _predict_minimal(
    model: MinimalHead, parameters: Any, sequences: Sequences, offsets: jax.Array | None = None
) -> jax.Array:
    return _answers(parameters, _forward_minimal(parameters, sequences)[0], sequences)


def _answers(parameters, read, sequences):
    """Logits at the last position; nothing is asked at the others."""
    for layer in parameters["classifier"]["layers"]:
        read = jax.nn.relu(read @ layer["kernel"] + layer["bias"])
    return at_query(read @ parameters["classifier"]["head"], sequences.inputs.shape[1])


def _forward(model, parameters, sequences, offsets=None):
    """What the last token has read; attention of the first layer; that of the last token."""
    content = sequences.inputs.astype(jnp.float32)
    size, length = content.shape[:2]
    begin = jnp.zeros(size, jnp.int32) if offsets is None else offsets
    places = jax.nn.one_hot(
        begin[:, None] + jnp.arange(length), model.max_positions, dtype=jnp.float32
    )
    stream = jnp.concatenate([places, content], -1)
    queries, keys, values = (stream @ matrix for matrix in parameters["first"])
    first = _causal(jnp.einsum("bid,bjd->bij", queries, keys))
    stream = stream + first @ values
    last = stream[:, -1]
    query, key, value = parameters["second"]
    second = jax.nn.softmax(jnp.einsum("bd,bjd->bj", last @ query, stream @ key))
    return last + jnp.einsum("bj,bjd->bd", second, stream @ value), first, second


def _forward_minimal(parameters, sequences):
    content = sequences.inputs.astype(jnp.float32)
    length = content.shape[1]
    before = jnp.eye(length, k=-1, dtype=jnp.float32)
    first = _causal(jnp.broadcast_to(parameters["beta"] * before, (len(content), length, length)))
    buffers = first @ content
    labels = (jnp.arange(length) % 2).astype(jnp.float32)
    match = jnp.einsum("bd,bjd->bj", content[:, -1], buffers)
    second = jax.nn.softmax(parameters["alpha"] * match + parameters["gamma"] * labels)
    return jnp.einsum("bj,bjd->bd", second, content), first, second


def _causal(scores):
    return jax.nn.softmax(jnp.where(jnp.tri(scores.shape[-1], dtype=bool), scores, -jnp.inf), -1)


@progress.register
def _progress_network(
    model: InductionNetwork, parameters: Any, sequences: Sequences
) -> dict[str, jax.Array]:
    return _attentions(sequences, *_forward(model, parameters, sequences)[1:])


@progress.register
def _progress_minimal(
    model: MinimalHead, parameters: Any, sequences: Sequences
) -> dict[str, jax.Array]:
    return _attentions(sequences, *_forward_minimal(parameters, sequences)[1:])


def _attentions(sequences, first, second):
    """The steps of an induction head, each as a share of attention.

    Of label tokens to the item before them (`previous_token_attention`); of the query to labels of
    its class (`match_attention`), to all labels (`label_attention`), to the label that is right
    (`target_attention`).
    """
    if not isinstance(sequences, Contexts):
        return {}
    to_previous = jnp.diagonal(first, offset=-1, axis1=1, axis2=2)[:, ::2]
    to_labels = second[:, 1::2]
    right = sequences.labels == sequences.targets[:, -1:]
    return {
        "previous_token_attention": jnp.mean(to_previous),
        "match_attention": jnp.mean(jnp.sum(to_labels * sequences.same_class, -1)),
        "label_attention": jnp.mean(jnp.sum(to_labels, -1)),
        "target_attention": jnp.mean(jnp.sum(to_labels * right, -1)),
    }
