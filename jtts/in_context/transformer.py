"""One small transformer, configurable, for every task of in-context learning."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from jtts.arguments import InputError, require_instance, require_nonnegative, require_whole
from jtts.in_context.attention import ATTENTIONS, attend, turned
from jtts.in_context.layer_norm import LayerNorm
from jtts.in_context.sequences import Sequences

POSITIONS = ("learned", "block", "rotary", "none")
SMALL = 0.02  # standard deviation of positions and of the last layer: it begins near no answer


@dataclass(frozen=True)
class Architecture:
    """Sizes and choices of a transformer.

    Attributes:
      width: of the residual stream; a multiple of `heads`.
      layers: blocks of attention and, after it, an MLP.
      heads: of every attention.
      mlp_ratio: hidden units of the MLP (GELU) over width; 0 is attention only.
      attention: "softmax", or "linear", (1/t) sum_{j<=t} (q_t . k_j) v_j.
      positions: "learned", one vector per position; "block", the same with the sequence placed at
        a random offset in training, which is a one-hot position block in front of a linear read-in;
        "rotary", queries and keys turned by their position; or "none".
      max_positions: rows of learned positions.
      norm: layer norm before attention, MLP and read-out.
      causal: every position sees only itself and those before it; else all see all.
      tied: a class is read out by the embedding of its token, which needs tokens that are numbers.
      embedding: standard deviation of the first weights of the read-in, which for numbered tokens
        are their embeddings; 0 is one over the root of the number of its inputs.
      low_rank: rank of the corrections to all matrices of the blocks, which are then all that is
        trained; 0 trains everything.

    Raises:
      InputError: a number or a word that is not accepted.

    >>> Architecture(width=32, heads=5)
    Traceback (most recent call last):
    jtts.arguments.InputError: heads must divide width = 32, got 5
    """

    width: int = 32
    layers: int = 1
    heads: int = 1
    mlp_ratio: int = 4
    attention: str = "softmax"
    positions: str = "learned"
    max_positions: int = 64
    norm: bool = True
    causal: bool = True
    tied: bool = False
    embedding: float = 0.0
    low_rank: int = 0

    def __post_init__(self) -> None:
        require_whole(
            width=self.width,
            layers=self.layers,
            heads=self.heads,
            max_positions=self.max_positions,
        )
        require_whole(0, mlp_ratio=self.mlp_ratio, low_rank=self.low_rank)
        require_nonnegative(embedding=self.embedding)
        if self.width % self.heads:
            raise InputError(f"heads must divide width = {self.width}, got {self.heads}")
        for name, accepted in (("attention", ATTENTIONS), ("positions", POSITIONS)):
            if getattr(self, name) not in accepted:
                raise InputError(
                    f"{name} must be one of {', '.join(accepted)}, got {getattr(self, name)!r}"
                )
        if self.positions == "rotary" and self.width // self.heads % 2:
            raise InputError(
                f"width / heads must be even for rotary positions, got {self.width // self.heads}"
            )


class Transformer(nnx.Module):
    """The network: sequences' inputs to logits [B, T, outputs], or to numbers [B, T]; float32."""

    def __init__(self, architecture: Architecture, features: int, outputs: int, *, rngs: nnx.Rngs):
        width, small = architecture.width, nnx.initializers.normal(SMALL)
        self.architecture, self.features, self.outputs = architecture, features, outputs
        self.read_in = _linear(features, width, rngs, kernel_init=_embeddings(architecture))
        if architecture.positions in ("learned", "block"):
            shape = (architecture.max_positions, width)
            self.positions = nnx.Param(small(rngs.params(), shape, jnp.float32))
        self.blocks = nnx.List([Block(architecture, rngs=rngs) for _ in range(architecture.layers)])
        self.norm = _norm(architecture)
        if not architecture.tied:
            self.read_out = _linear(width, max(outputs, 1), rngs, kernel_init=small)

    def __call__(self, inputs: jax.Array, offsets: jax.Array | None = None) -> jax.Array:
        """Logits or numbers; `offsets` [B] says where in the learned positions sequences begin."""
        if jnp.issubdtype(inputs.dtype, jnp.integer):
            # a product, not a gather: its gradient is no scatter, which is slow
            inputs = jax.nn.one_hot(inputs, self.features, dtype=jnp.float32)
        stream = self.read_in(inputs.astype(jnp.float32))
        if self.architecture.positions in ("learned", "block"):
            length, table = inputs.shape[1], self.positions[...]
            if offsets is None:
                stream = stream + table[:length]
            else:
                stream = stream + table[offsets[:, None] + jnp.arange(length)]
        for block in self.blocks:
            stream = block(stream)
        stream = self.norm(stream)
        if self.architecture.tied:
            return stream @ self.read_in.kernel[: self.outputs].T
        answers = self.read_out(stream)
        return answers if self.outputs else answers[..., 0]


class Block(nnx.Module):
    """Attention and MLP, each added to the stream."""

    def __init__(self, architecture: Architecture, *, rngs: nnx.Rngs):
        width, rank = architecture.width, architecture.low_rank
        self.architecture = architecture
        self.before_attention = _norm(architecture)
        self.queries_keys_values = Matrix(width, 3 * width, rank, rngs=rngs, use_bias=False)
        self.mix = Matrix(width, width, rank, rngs=rngs, use_bias=False)
        if architecture.mlp_ratio:
            self.before_mlp = _norm(architecture)
            self.hidden = Matrix(width, architecture.mlp_ratio * width, rank, rngs=rngs)
            self.shrink = Matrix(architecture.mlp_ratio * width, width, rank, rngs=rngs)

    def __call__(self, stream: jax.Array) -> jax.Array:
        batch, length, width = stream.shape
        heads = self.architecture.heads
        projected = self.queries_keys_values(self.before_attention(stream))
        queries, keys, values = (
            jnp.moveaxis(part.reshape(batch, length, heads, width // heads), 2, 1)
            for part in jnp.split(projected, 3, -1)
        )  # [B, H, T, width / H]
        if self.architecture.positions == "rotary":
            queries, keys = turned(queries), turned(keys)
        read = attend(
            queries, keys, values, self.architecture.attention, causal=self.architecture.causal
        )
        stream = stream + self.mix(jnp.moveaxis(read, 1, 2).reshape(batch, length, width))
        if self.architecture.mlp_ratio:
            stream = stream + self.shrink(jax.nn.gelu(self.hidden(self.before_mlp(stream))))
        return stream


class Matrix(nnx.Linear):
    """A linear map and, with a rank, a correction down @ up to it that begins at zero."""

    def __init__(self, inputs: int, outputs: int, rank: int, *, rngs: nnx.Rngs, **options: Any):
        super().__init__(inputs, outputs, param_dtype=jnp.float32, rngs=rngs, **options)
        self.rank = rank
        if rank:
            spread = nnx.initializers.normal(inputs**-0.5)
            self.down = nnx.Param(spread(rngs.params(), (inputs, rank), jnp.float32))
            self.up = nnx.Param(jnp.zeros((rank, outputs), jnp.float32))

    def __call__(self, inputs: Any, out_sharding: Any = None) -> Any:
        mapped = super().__call__(inputs, out_sharding)
        return mapped + (inputs @ self.down[...]) @ self.up[...] if self.rank else mapped


def features_of(sequences: Sequences) -> int:
    """Entries of a token: of its one-hot vector (classes and the start token), or its own."""
    if jnp.issubdtype(sequences.inputs.dtype, jnp.integer):
        return sequences.outputs + 1
    return sequences.inputs.shape[-1]


@functools.singledispatch
def initialise(architecture: Any, sequences: Sequences, key: jax.Array) -> Any:
    """Parameters of a network for sequences of this shape; traceable.

    Args:
      architecture: `Architecture`, or another kind of network that is registered here, in `predict`
        and in `progress`.

    Raises:
      InputError: sequences longer than the positions of the network.
    """
    return nnx.state(_build(architecture, sequences, key), nnx.Param)


EMBEDDING = ("read_in", "kernel")  # where the embeddings of tokens are in the parameters
CORRECTIONS = ("down", "up")


def require_network(model: Any) -> None:
    """Raise InputError unless `model` is a kind of network that can be trained."""
    others = [kind for kind in initialise.registry if kind is not object]
    require_instance(Architecture, *others, model=model)


def path_of(path: tuple) -> tuple[str, ...]:
    """Names on the way to a leaf of the parameters, of the modules and their own."""
    return tuple(str(part.key) for part in path if isinstance(part, jax.tree_util.DictKey))


def redraw_embeddings(
    architecture: Architecture, parameters: Any, key: jax.Array, tokens: tuple[int, int]
) -> Any:
    """The parameters with the embeddings of tokens from the first to before the end drawn anew."""
    fresh = _embeddings(architecture)

    def leaf(path, value):
        if path_of(path) != EMBEDDING:
            return value
        number = jnp.arange(value.shape[0])[:, None]
        drawn = fresh(key, value.shape, value.dtype)
        return jnp.where((number >= tokens[0]) & (number < tokens[1]), drawn, value)

    return jax.tree_util.tree_map_with_path(leaf, parameters)


@functools.singledispatch
def predict(
    architecture: Any,
    parameters: Any,
    sequences: Sequences,
    offsets: jax.Array | None = None,
) -> jax.Array:
    """What the network with these parameters answers: logits [B, T, outputs] or numbers [B, T]."""
    graph = nnx.graphdef(nnx.eval_shape(lambda: _build(architecture, sequences, jax.random.key(0))))
    return nnx.merge(graph, parameters)(sequences.inputs, offsets)


@functools.singledispatch
def progress(architecture: Any, parameters: Any, sequences: Sequences) -> dict[str, jax.Array]:
    """Name -> number: what is measured inside a network of this kind; mostly nothing."""
    return {}


def _build(architecture, sequences, key):
    length = sequences.inputs.shape[1]
    if architecture.positions in ("learned", "block") and length > architecture.max_positions:
        raise InputError(
            f"max_positions must be at least the sequences' {length}, "
            f"got {architecture.max_positions}"
        )
    if architecture.tied and not jnp.issubdtype(sequences.inputs.dtype, jnp.integer):
        raise InputError("tied must be False where inputs are vectors, got True")
    return Transformer(
        architecture, features_of(sequences), sequences.outputs, rngs=nnx.Rngs(params=key)
    )


def _linear(inputs, outputs, rngs, **options):
    return nnx.Linear(inputs, outputs, param_dtype=jnp.float32, rngs=rngs, **options)


def _embeddings(architecture):
    spread = architecture.embedding
    return nnx.initializers.normal(spread) if spread else nnx.initializers.lecun_normal()


def _norm(architecture):
    return LayerNorm(architecture.width) if architecture.norm else _unchanged


def _unchanged(stream):
    return stream
