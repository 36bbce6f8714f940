"""Facts about subjects: stored from statements, extracted by questions."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
from jax.typing import DTypeLike

from jtts.arguments import InputError, concrete, require_whole
from jtts.in_context.sequences import Sequences, as_key, draw, evaluations
from jtts.numeric import Numbers
from jtts.parameters import parameters, static


@parameters
class Facts:
    """One answer for every subject, stated in some of R ways.

    Attributes:
      answers: of the subjects, as tokens, [S].
      relations: tokens of the R relations in the order of their use for a subject, [S, R].
      multiplicity: relations K in which a subject is stated, its first; may be traced.
      num_tuned: subjects N_f about which questions are asked in fine-tuning, the first ones; may be
        traced.
      num_answers: number of different answers; static.
      dtype: of what is sampled; static.
      questions: train on questions about the first N_f subjects, not on statements; static.
    """

    answers: Numbers
    relations: Numbers
    multiplicity: Numbers
    num_tuned: Numbers
    num_answers: int = static()
    dtype: DTypeLike = static()
    questions: bool = static(default=False)

    @property
    def num_subjects(self) -> int:
        """S; the subjects are the first tokens, relations and answers follow."""
        return self.relations.shape[0]

    @property
    def question(self) -> int:
        """Token that stands in the place of a relation in a question, the last but the start."""
        return sum(self.relations.shape) + self.num_answers


def facts(
    *,
    num_subjects: int,
    num_relations: int,
    num_answers: int,
    multiplicity: Numbers = 1,
    num_tuned: Numbers = 1,
    questions: bool = False,
    seed: int = 0,
    dtype: DTypeLike | None = None,
) -> Facts:
    """Statements (subject, relation, answer), and questions (subject, ?, answer).

    Pretraining predicts the next token of statements: a relation, uniform over the K of the
    subject, and the answer. Fine-tuning predicts the answers to questions about N_f subjects, in a
    format that no statement has shown.

    Measured on `stored` (statements of all subjects), `asked` (questions about subjects of the
    fine-tuning) and `extracted` (questions about the others); only the answer counts.

    Args:
      num_subjects: S, at least 2.
      num_relations: R, ways to state a fact, at least 1.
      num_answers: different answers, at least 2, all equally likely.
      multiplicity: K, from 1 to R; may be traced.
      num_tuned: N_f, from 1 to S - 1; may be traced.
      questions: train on questions.
      seed: of the facts, or a key.
      dtype: of what is sampled; None is the default float.

    Raises:
      InputError: a number outside its range.

    Source: arXiv:2508.00901.

    >>> from jtts.in_context import sample
    >>> task = facts(num_subjects=6, num_relations=4, num_answers=3, multiplicity=2)
    >>> batch = sample(task, jax.random.key(0), 5)
    >>> batch.inputs.shape, task.question
    ((5, 2), 13)
    """
    require_whole(2, num_subjects=num_subjects, num_answers=num_answers)
    require_whole(num_relations=num_relations, multiplicity=multiplicity, num_tuned=num_tuned)
    for name, value, most in (
        ("multiplicity", multiplicity, num_relations),
        ("num_tuned", num_tuned, num_subjects - 1),
    ):
        known = concrete(value)
        if known is not None and known > most:
            raise InputError(f"{name} must be at most {most}, got {known:g}")
    of_answers, of_relations = jax.random.split(as_key(seed))
    answers = jax.random.randint(of_answers, (num_subjects,), 0, num_answers)
    order = jnp.argsort(jax.random.uniform(of_relations, (num_subjects, num_relations)), -1)
    return Facts(
        answers + num_subjects + num_relations,
        order + num_subjects,
        multiplicity,
        num_tuned,
        num_answers,
        jnp.dtype(dtype or jnp.result_type(float)),
        questions,
    )


@draw.register
def _sample(task: Facts, key: jax.Array, batch_size: int, *, from_pool: bool = True) -> Sequences:
    """Not `from_pool` are questions about subjects that fine-tuning leaves out."""
    if not from_pool:
        return _ask(task, key, batch_size, tuned=False)
    if task.questions:
        return _ask(task, key, batch_size, tuned=True)
    return _state(task, key, batch_size, everything=True)


def _state(task, key, batch_size, *, everything=False):
    """Statements; unless `everything` counts, the answer alone is asked for."""
    of_subjects, of_relations = jax.random.split(key)
    subjects = jax.random.randint(of_subjects, (batch_size,), 0, task.num_subjects)
    which = jax.random.randint(of_relations, (batch_size,), 0, task.multiplicity)
    relations = task.relations[subjects, which]
    known = jnp.arange(task.relations.shape[1]) < task.multiplicity
    places = jax.nn.one_hot(task.relations[subjects], task.question + 1, dtype=task.dtype)
    law = jnp.sum(known[:, None] * places, 1) / task.multiplicity
    return _sequences(task, subjects, relations, relations, law, float(everything))


def _ask(task, key, batch_size, *, tuned):
    """Questions about subjects of the fine-tuning, or about the others."""
    first, end = (0, task.num_tuned) if tuned else (task.num_tuned, task.num_subjects)
    subjects = jax.random.randint(key, (batch_size,), first, end)
    question = jnp.full(batch_size, task.question)
    law = jax.nn.one_hot(question, task.question + 1, dtype=task.dtype)
    return _sequences(task, subjects, question, question, law, 0.0)


def _sequences(task, subjects, seconds, targets, law, counted):
    outputs = task.question + 1
    answers = task.answers[subjects]
    oracle = jnp.stack([law, jax.nn.one_hot(answers, outputs, dtype=law.dtype)], 1)
    weights = jnp.broadcast_to(jnp.array([counted, 1.0], law.dtype), (*subjects.shape, 2))
    return Sequences(
        jnp.stack([subjects, seconds], 1),
        jnp.stack([targets, answers], 1),
        weights,
        oracle,
        outputs,
    )


@evaluations.register
def _evaluations(task: Facts):
    return {
        "stored": _state,
        "asked": functools.partial(_ask, tuned=True),
        "extracted": functools.partial(_ask, tuned=False),
    }
