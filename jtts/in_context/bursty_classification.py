"""Classification in context: items of classes, and labels that weights or the context can tell."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import DTypeLike

from jtts.arguments import (
    InputError,
    concrete,
    require_nonnegative,
    require_probability,
    require_whole,
)
from jtts.in_context.labelled_items import at_query
from jtts.in_context.sequences import (
    Sequences,
    as_key,
    draw,
    draw_normal,
    draw_pool,
    evaluations,
    measures,
    sample,
)
from jtts.numeric import Numbers
from jtts.parameters import parameters, static

LABELS = 2**31  # of the key of label vectors, apart from those of the classes


@parameters
class Contexts(Sequences):
    """Sequences of N (item, label) pairs and a query.

    Attributes:
      labels: of the items of the context, [B, N].
      same_class: whether an item of the context is of the query's class, [B, N].
    """

    labels: Numbers | None = None
    same_class: Numbers | None = None


@parameters
class BurstyClassification:
    """A pool of classes, each with a mean and one of L labels.

    Attributes:
      means: of the classes, [K, D]; rows beyond `num_classes` are padding.
      label_vectors: tokens of the labels, [L, D].
      num_classes: number of classes in use; may be traced.
      within_class_noise: epsilon, of an appearance around its mean; may be traced.
      zipf: alpha; class k is drawn in proportion to (k + 1)^-alpha; may be traced.
      bursty: share p_B of sequences that ask for a class of their context; may be traced.
      novel: share p_C of sequences with classes and labels of their own; may be traced.
      num_items: of a context, N; static.
      burstiness: times a class appears in a bursty context, B; static.
      distinct_labels: the classes of a bursty context have labels that differ; static.
    """

    means: Numbers
    label_vectors: Numbers
    num_classes: Numbers
    within_class_noise: Numbers
    zipf: Numbers
    bursty: Numbers
    novel: Numbers
    num_items: int = static()
    burstiness: int = static()
    distinct_labels: bool = static(default=False)

    @property
    def length(self) -> int:
        """Positions of a sequence, 2 N + 1."""
        return 2 * self.num_items + 1

    @property
    def num_labels(self) -> int:
        """Number of labels L; class k has label k mod L."""
        return self.label_vectors.shape[0]


def bursty_classification(
    *,
    num_classes: Numbers,
    num_labels: int,
    num_items: int,
    dim: int,
    burstiness: int = 1,
    within_class_noise: Numbers = 0.1,
    zipf: Numbers = 0.0,
    bursty: Numbers = 1.0,
    novel: Numbers = 0.0,
    distinct_labels: bool = False,
    seed: int = 0,
    max_classes: int | None = None,
    dtype: DTypeLike | None = None,
) -> BurstyClassification:
    r"""Classes of items with labels: what weights can store and a context can tell.

    Means and label vectors are N(0, I/D); an appearance of class k is
    $(\mu_k+\epsilon\eta)/\sqrt{1+\epsilon^2}$, $\eta\sim N(0,I/D)$. A sequence is N pairs (item,
    label) and an item whose label is asked for, 2 N + 1 tokens of width D. In a bursty sequence
    N/B classes appear B times each, in random order, and the query is of one of them; in the others
    all N + 1 items are of classes drawn independently. With probability p_C the classes of a
    sequence are its own, with random labels, and only the context can tell.

    A network is measured on four evaluations: `icl`, novel classes; `swap`, classes of the pool
    with every label moved on by one, in the context and in the answer; `iwl`, a query that the
    context does not help with; and `train`, the mixture of training.

    Args:
      num_classes: K, a multiple of L, at least N/B; may be traced if `max_classes` is given.
      num_labels: L, at least 2.
      num_items: N, a multiple of B.
      dim: D, at least 1.
      burstiness: B, at least 1.
      within_class_noise: epsilon, zero or positive.
      zipf: alpha, zero or positive.
      bursty, novel: p_B and p_C, probabilities.
      distinct_labels: the classes of a bursty context have labels that differ; then N/B <= L.
      seed: of the pool, or a key. Pools of one seed are nested: a smaller one is the beginning of a
        larger one.
      max_classes: rows of the pool, to share one compiled program between several num_classes.
      dtype: of the pool and of what is sampled; None is the default float. Normal deviates are
        drawn in float32.

    Raises:
      InputError: a number outside its range, or numbers that do not divide each other.

    Source: arXiv:2312.03002.

    >>> task = bursty_classification(num_classes=16, num_labels=8, num_items=4, dim=24)
    >>> batch = sample(task, jax.random.key(0), 2)
    >>> batch.inputs.shape, batch.labels.shape, task.length
    ((2, 9, 24), (2, 4), 9)
    """
    require_whole(num_classes=num_classes, num_items=num_items, dim=dim, burstiness=burstiness)
    require_whole(2, num_labels=num_labels)
    require_nonnegative(within_class_noise=within_class_noise, zipf=zipf)
    require_probability(bursty=bursty, novel=novel)
    if num_items % burstiness:
        raise InputError(f"burstiness must divide num_items = {num_items}, got {burstiness}")
    shown = num_items // burstiness
    if distinct_labels and shown > num_labels:
        raise InputError(
            f"num_labels must be at least the {shown} classes of a context where labels are "
            f"distinct, got {num_labels}"
        )
    known = concrete(num_classes)
    if max_classes is None:
        if known is None:
            raise InputError("max_classes must be given where num_classes is traced, got None")
        max_classes = int(known)
    if known is not None and (known % num_labels or known < shown):
        raise InputError(
            f"num_classes must be a multiple of num_labels = {num_labels} and at least {shown}, "
            f"got {known:g}"
        )
    require_whole(max_classes=max_classes)
    if max_classes % num_labels or (known is not None and known > max_classes):
        raise InputError(
            f"max_classes must be a multiple of num_labels = {num_labels} and at least "
            f"num_classes, got {max_classes}"
        )
    dtype = dtype or jnp.result_type(float)

    def one(key):
        return _vectors(key, (dim,), dtype)

    labels = _vectors(jax.random.fold_in(as_key(seed), LABELS), (num_labels, dim), dtype)
    return BurstyClassification(
        draw_pool(one, seed, max_classes),
        labels,
        num_classes,
        within_class_noise,
        zipf,
        bursty,
        novel,
        num_items,
        burstiness,
        distinct_labels,
    )


def _vectors(key, shape, dtype):
    return draw_normal(key, shape, dtype) / jnp.sqrt(jnp.asarray(shape[-1], dtype))


@draw.register
@functools.partial(jax.jit, static_argnames=("batch_size", "from_pool"))
def _sample(
    task: BurstyClassification,
    key: jax.Array,
    batch_size: int,
    *,
    from_pool: bool = True,
    bursty: Numbers | None = None,
    novel: Numbers | None = None,
    shift: int = 0,
) -> Contexts:
    """Also: shares `bursty` and `novel` in place of the task's, and labels moved on by `shift`.

    Sequences that are not from the pool are bursty and novel.
    """
    bursty = (task.bursty if from_pool else 1.0) if bursty is None else bursty
    novel = (task.novel if from_pool else 1.0) if novel is None else novel
    dtype, size, items = task.means.dtype, batch_size, task.num_items
    of_kind, of_order, of_query, of_classes, of_novel, of_noise = jax.random.split(key, 6)
    kind = jax.random.uniform(of_kind, (2, size, 1))
    is_bursty, is_novel = kind[0] < bursty, kind[1] < novel
    # a slot is a class of the sequence: the first N/B if bursty, else one for every item
    shown = items // task.burstiness
    order = jnp.argsort(jax.random.uniform(of_order, (size, items)), -1) % shown
    slots = jnp.where(is_bursty, order, jnp.arange(items))
    asked = jax.random.randint(of_query, (size, 1), 0, shown)
    slots = jnp.concatenate([slots, jnp.where(is_bursty, asked, items)], -1)
    classes = jnp.where(
        is_bursty,
        jnp.pad(_differ(task, of_classes, size, shown), ((0, 0), (0, items + 1 - shown))),
        _independent(task, of_classes, (size, items + 1)),
    )
    of_means, of_labels = jax.random.split(of_novel)
    own = _vectors(of_means, (size, items + 1, task.means.shape[-1]), dtype)
    means = jnp.where(is_novel[..., None], own, task.means[classes])
    labels = jnp.where(is_novel, _own_labels(task, of_labels, size), classes % task.num_labels)
    labels = (labels + shift) % task.num_labels

    means = jnp.take_along_axis(means, slots[..., None], 1)
    labels = jnp.take_along_axis(labels, slots, 1)
    noise = jnp.asarray(task.within_class_noise, dtype)
    shift_of = _vectors(of_noise, means.shape, dtype)
    appearances = (means + noise * shift_of) / jnp.sqrt(1 + noise**2)
    pairs = jnp.stack([appearances[:, :-1], task.label_vectors[labels[:, :-1]]], 2)
    inputs = jnp.concatenate([pairs.reshape(size, 2 * items, -1), appearances[:, -1:]], 1)
    answer = labels[:, -1]
    return Contexts(
        inputs,
        at_query(answer, task.length),
        at_query(jnp.ones(size, dtype), task.length),
        at_query(jax.nn.one_hot(answer, task.num_labels, dtype=dtype), task.length),
        task.num_labels,
        labels=labels[:, :-1],
        same_class=slots[:, :-1] == slots[:, -1:],
    )


def _log_frequencies(task):
    number = jnp.arange(task.means.shape[0])
    logs = -jnp.asarray(task.zipf, task.means.dtype) * jnp.log1p(number.astype(task.means.dtype))
    return jnp.where(number < task.num_classes, logs, -jnp.inf)


def _independent(task, key, shape):
    """Classes by their frequencies."""
    edges = jnp.cumsum(jax.nn.softmax(_log_frequencies(task)))
    uniforms = jax.random.uniform(key, shape, edges.dtype)
    found = jnp.searchsorted(edges, uniforms * edges[-1], side="right")
    return jnp.minimum(found, task.num_classes - 1)


def _differ(task, key, size, shown):
    """Classes by their frequencies, one after the other, none of them (or their labels) twice."""
    rows = task.means.shape[0]
    # the largest of perturbed logarithms are draws without replacement
    races = _log_frequencies(task) + jax.random.gumbel(key, (size, rows), task.means.dtype)
    if not task.distinct_labels:
        return lax.top_k(races, shown)[1]
    races = races.reshape(size, -1, task.num_labels)
    labels = lax.top_k(jnp.max(races, 1), shown)[1]
    best = jnp.take_along_axis(jnp.argmax(races, 1), labels, 1)
    return best * task.num_labels + labels


def _own_labels(task, key, size):
    """Labels of novel classes."""
    count = task.num_items + 1
    free = jax.random.randint(key, (size, count), 0, task.num_labels)
    if not task.distinct_labels:
        return free
    shown = task.num_items // task.burstiness
    order = jnp.argsort(jax.random.uniform(key, (size, task.num_labels)), -1)[:, :shown]
    return free.at[:, :shown].set(order)


@evaluations.register
def _evaluations(task: BurstyClassification) -> Mapping[str, Callable[..., Sequences]]:
    return {
        "icl": functools.partial(sample, bursty=1.0, novel=1.0),
        "swap": functools.partial(sample, bursty=1.0, novel=0.0, shift=1),
        "iwl": functools.partial(sample, bursty=0.0, novel=0.0),
        "train": sample,
    }


@measures.register
def _measures(sequences: Contexts, prediction: jax.Array) -> dict[str, jax.Array]:
    """Accuracy among the labels of the context."""
    shown = jnp.max(jax.nn.one_hot(sequences.labels, sequences.outputs, dtype=jnp.int32), 1)
    named = jnp.argmax(jnp.where(shown > 0, prediction[:, -1], -1.0), -1)
    return {"context_accuracy": jnp.mean(named == sequences.targets[:, -1])}
