"""Parts of speech: a word's role shows in the sentence, and could be remembered as well."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

from jtts.arguments import InputError, require_nonnegative, require_probability, require_whole
from jtts.in_context.sequences import Sequences, as_key, draw, evaluations, sample
from jtts.numeric import Numbers
from jtts.parameters import parameters, static

ASKED = 3  # answers, at the masks that end a sentence
TAIL = 0.1  # share of the rarest words, and of words that training never shows


@parameters
class PartsOfSpeech:
    """Words that are nouns or adjectives, a few of them both.

    Attributes:
      edges: cumulative probabilities of the nouns, and of the adjectives, by rank, [v/2].
      ambiguous: the ranks at which noun and adjective are used for each other, [v/2].
      vocabulary: number of words v that training shows; static.
    """

    edges: Numbers
    ambiguous: Numbers
    vocabulary: int = static()

    @property
    def num_unseen(self) -> int:
        """Words that training never shows; they follow the others."""
        return 2 * round(TAIL * self.vocabulary / 2)

    @property
    def copula(self) -> int:
        """Token of the copula, the last that can be an answer; the mask is the next."""
        return self.vocabulary + self.num_unseen


def parts_of_speech(
    *,
    vocabulary: int,
    exponent: Numbers = 0.0,
    ambiguous: float = 0.1,
    seed: int = 0,
    dtype: DTypeLike | None = None,
) -> PartsOfSpeech:
    """Sentences [copula adjective noun] or [noun copula adjective], and one of the two words again.

    Seven tokens: the frame, the word asked about, three masks. The answers at the masks are
    (a, a, a) if the word is the adjective a of the sentence, and (a, n, n) if it is its noun. Its
    role can be seen from the frame (structural in-context learning) or remembered (in-weights).
    Nouns are tokens 0 .. v/2 - 1 and adjectives the next v/2, the commonest first. An ambiguous
    word that is drawn is replaced, with probability 1/2, by that of the same rank in the other
    class.

    Measured on `val` (as in training), `tail` (words of the rarest tenth, all equally likely),
    `switch` and `tail_switch` (nouns for adjectives and adjectives for nouns: what is remembered
    misleads) and `holdout` (words that training never shows).

    Args:
      vocabulary: number of words v, even, at least 20.
      exponent: of Zipf's law, probability ~ rank^-exponent; 0 is uniform; may be traced.
      ambiguous: share of the words that are used in both roles, between 0 and 1.
      seed: of the choice of ambiguous ranks, or a key.
      dtype: of what is sampled; None is the default float.

    Raises:
      InputError: a number outside its range.

    Source: arXiv:2406.00053.

    >>> task = parts_of_speech(vocabulary=20)
    >>> batch = sample(task, jax.random.key(0), 2)
    >>> batch.inputs.shape, task.copula, int(batch.inputs[0, -1])
    ((2, 7), 22, 23)
    """
    require_whole(20, vocabulary=vocabulary)
    require_nonnegative(exponent=exponent)
    require_probability(ambiguous=ambiguous)
    if vocabulary % 2:
        raise InputError(f"vocabulary must be even, got {vocabulary}")
    half = vocabulary // 2
    dtype = dtype or jnp.result_type(float)
    shares = jnp.arange(1, half + 1, dtype=dtype) ** -jnp.asarray(exponent, dtype)
    order = jax.random.permutation(as_key(seed), half)
    return PartsOfSpeech(
        jnp.cumsum(shares) / jnp.sum(shares), order < round(ambiguous * half), vocabulary
    )


@draw.register
@functools.partial(jax.jit, static_argnames=("batch_size", "from_pool", "tail", "switch"))
def _sample(
    task: PartsOfSpeech,
    key: jax.Array,
    batch_size: int,
    *,
    from_pool: bool = True,
    tail: bool = False,
    switch: bool = False,
) -> Sequences:
    """Also: words of the `tail` only, or in a `switch` of roles; unseen ones if not `from_pool`."""
    half, dtype = task.vocabulary // 2, task.edges.dtype
    of_words, of_sentences = jax.random.split(key)
    uniforms = jax.random.uniform(of_words, (2, 2, batch_size), dtype)
    if from_pool:
        ranks = _ranks(task, uniforms[0], tail)
        own = jnp.array([[0], [half]])
        replaced = task.ambiguous[ranks] & (uniforms[1] < 0.5)
        nouns, adjectives = ranks + jnp.where(replaced, half - own, own)
        if switch:
            nouns, adjectives = adjectives, nouns
    else:
        each = task.num_unseen // 2
        ranks = jnp.floor(uniforms[0] * each).astype(jnp.int32)
        nouns, adjectives = task.vocabulary + ranks + jnp.array([[0], [each]])
    noun_first, about_noun = jax.random.bernoulli(of_sentences, 0.5, (2, batch_size))
    copula = jnp.full(batch_size, task.copula)
    frame = jnp.where(
        noun_first, jnp.stack([nouns, copula, adjectives]), jnp.stack([copula, adjectives, nouns])
    )
    asked = jnp.where(about_noun, nouns, adjectives)
    masks = jnp.full((ASKED, batch_size), task.copula + 1)
    inputs = jnp.concatenate([frame, asked[None], masks]).T
    nothing = jnp.zeros((batch_size, inputs.shape[1] - ASKED), inputs.dtype)
    targets = jnp.concatenate([nothing, jnp.stack([adjectives, asked, asked], 1)], 1)
    weights = jnp.broadcast_to(
        (jnp.arange(inputs.shape[1]) >= inputs.shape[1] - ASKED).astype(dtype), inputs.shape
    )
    outputs = task.copula + 1
    oracle = jax.nn.one_hot(targets, outputs, dtype=dtype)
    unseen = (0, 0) if from_pool else (task.vocabulary, task.copula)
    return Sequences(inputs, targets, weights, oracle, outputs, unseen)


def _ranks(task, uniforms, tail):
    half = task.vocabulary // 2
    if tail:
        rarest = max(1, round(TAIL * half))
        return half - 1 - jnp.floor(uniforms * rarest).astype(jnp.int32)
    return jnp.searchsorted(task.edges[:-1], uniforms, side="right").astype(jnp.int32)


@evaluations.register
def _evaluations(task: PartsOfSpeech):
    return {
        "val": sample,
        "tail": functools.partial(sample, tail=True),
        "switch": functools.partial(sample, switch=True),
        "tail_switch": functools.partial(sample, tail=True, switch=True),
        "holdout": functools.partial(sample, from_pool=False),
    }
