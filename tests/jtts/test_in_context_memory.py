"""Words and facts, forgetting, low rank, and networks that begin where others ended."""

import dataclasses
import functools
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr

from jtts.arguments import InputError
from jtts.in_context import (
    Architecture,
    Optimizer,
    balls_and_urns,
    facts,
    parts_of_speech,
    read_curves,
    runs,
    sample,
    train,
)
from jtts.in_context.sequences import evaluations
from jtts.in_context.transformer import initialise, path_of, predict

pytestmark = pytest.mark.long

WORDS = functools.partial(parts_of_speech, vocabulary=40, dtype=jnp.float32)
TIED = Architecture(width=8, max_positions=7, causal=False, tied=True)
FACTS = functools.partial(
    facts, num_subjects=10, num_relations=4, num_answers=3, multiplicity=2, dtype=jnp.float32
)
ONE_LAYER = Architecture(width=8, max_positions=2)
ADAM = Optimizer(1e-2)
FORGETFUL = Optimizer(1e-2, forget_every=3)
STORED = Path(__file__).parents[2] / "figures" / "in_context" / "stored"


def run(task, model, optimizer=ADAM, steps=(4,), seeds=(0, 1), **options):
    return train(task, model, optimizer, steps, seeds, batch_size=4, evaluation_size=32, **options)


def test_sentences_and_their_answers(key):
    task = WORDS(exponent=1.5)
    batch = sample(task, key, 2000)
    tokens, answers = np.asarray(batch.inputs), np.asarray(batch.targets)[:, 4:]
    assert np.all(tokens[:, 4:] == task.copula + 1)
    np.testing.assert_array_equal(batch.weights, np.tile([0, 0, 0, 0, 1, 1, 1], (2000, 1)))
    noun_first = tokens[:, 1] == task.copula
    assert np.all(noun_first | (tokens[:, 0] == task.copula))
    nouns = np.where(noun_first, tokens[:, 0], tokens[:, 2])
    adjectives = np.where(noun_first, tokens[:, 2], tokens[:, 1])
    asked = tokens[:, 3]
    assert np.all((asked == nouns) | (asked == adjectives))
    np.testing.assert_array_equal(answers, np.stack([adjectives, asked, asked], 1))
    two_words = nouns != adjectives  # an ambiguous word may be drawn in both roles at once
    for share in (noun_first, (asked == nouns)[two_words]):
        assert share.mean() == pytest.approx(0.5, abs=0.05)  # more than 4 standard errors


def test_words_follow_their_law(key):
    counts, trials = np.zeros(20), 40_000
    task = WORDS(exponent=1.5, ambiguous=0.0)
    frames = np.asarray(sample(task, key, trials).inputs)[:, :3]
    np.add.at(counts, frames[frames < 40] % 20, 1)
    law = np.arange(1, 21) ** -1.5
    law /= law.sum()
    z = (counts - 2 * trials * law) / np.sqrt(2 * trials * law * (1 - law))
    assert np.abs(z).max() < 4
    assert np.all(frames[frames < 40].reshape(-1, 2).min(1) < 20)
    assert np.all(frames[frames < 40].reshape(-1, 2).max(1) >= 20)


def test_ambiguous_words_are_used_in_both_roles(key):
    task = WORDS(ambiguous=0.1, seed=3)
    assert int(task.ambiguous.sum()) == 2
    inputs, answers = (np.asarray(a) for a in dataclasses.astuple(sample(task, key, 20_000))[:2])
    adjectives = answers[:, 4]
    wrong = adjectives < 20  # a noun in the role of an adjective
    assert set(adjectives[wrong]) == set(np.flatnonzero(task.ambiguous))
    assert wrong.mean() == pytest.approx(0.05, abs=0.01)
    assert inputs.max() == task.copula + 1


def test_evaluations_of_words(key):
    task = WORDS(ambiguous=0.0)
    found = {name: draw(task, key, 500) for name, draw in evaluations(task).items()}
    assert list(found) == ["val", "tail", "switch", "tail_switch", "holdout"]
    adjective = {name: np.asarray(batch.targets)[:, 4] for name, batch in found.items()}
    assert set(adjective["tail"]) == {38, 39}
    assert set(adjective["tail_switch"]) == {18, 19}
    assert adjective["switch"].max() < 20 <= adjective["val"].min()
    assert found["holdout"].unseen == (40, 44)
    assert set(adjective["holdout"]) == {42, 43}
    assert found["val"].unseen == (0, 0)


def test_statements_and_questions(key):
    task = FACTS(num_tuned=4)
    batch = sample(task, key, 500)
    subjects, relations = np.asarray(batch.inputs).T
    own = np.asarray(task.relations)[:, :2]
    assert np.all((own[subjects] == relations[:, None]).any(1))
    np.testing.assert_array_equal(batch.targets[:, 1], np.asarray(task.answers)[subjects])
    np.testing.assert_allclose(batch.oracle.sum(-1), 1, rtol=1e-6)
    np.testing.assert_allclose(batch.oracle[np.arange(500), 0, relations], 0.5, rtol=1e-6)
    asked = sample(FACTS(num_tuned=4, questions=True), key, 500)
    assert set(np.asarray(asked.inputs[:, 0])) == set(range(4))
    assert np.all(np.asarray(asked.inputs[:, 1]) == task.question)
    others = evaluations(task)["extracted"](task, key, 500)
    assert set(np.asarray(others.inputs[:, 0])) == set(range(4, 10))
    np.testing.assert_array_equal(others.weights, np.tile([0.0, 1.0], (500, 1)))


def advanced(optimizer, first, end, state=None, task=WORDS, model=TIED):
    """State of one run after the steps from `first` to `end`."""
    plan = runs.Plan(model, optimizer, 4, 8, (), 1, 0)
    seeds, tasks = np.array([5]), jax.tree.map(lambda leaf: np.asarray(leaf)[None], task(seed=5))
    state = runs.begin(plan, tasks, seeds) if state is None else state
    return runs.advance(plan, state, tasks, seeds, first, end)[0]


def leaves_of(tree):
    paths = jax.tree_util.tree_flatten_with_path(tree)[0]
    return {jax.tree_util.keystr(path): np.asarray(leaf) for path, leaf in paths}


def test_forgetting_resets_the_embeddings_their_moments_and_their_counter_alone():
    before = advanced(FORGETFUL, 0, 3)
    plan = runs.Plan(TIED, FORGETFUL, 4, 8, (), 1, 0)
    one = jax.tree.map(lambda leaf: leaf[0], before)
    after = runs._forget(plan, one, 5, 3)
    old, new = leaves_of(one), leaves_of(after)
    changed = {name for name in old if not np.array_equal(old[name], new[name])}
    of_tokens = {name for name in old if "['tokens']" in name}
    assert len(of_tokens) == 3  # count and two moments, of one matrix
    embeddings = {name for name in old if name.startswith(".network['read_in']['kernel']")}
    assert changed == of_tokens | embeddings
    assert all(np.all(new[name] == 0) for name in of_tokens)
    (table,) = (new[name] for name in embeddings)
    assert table.std() == pytest.approx(table.shape[0] ** -0.5, rel=0.2)
    counts = {name: int(old[name]) for name in old if name.endswith(".count")}
    assert set(counts.values()) == {3}


def test_forgetting_happens_when_it_is_due():
    plain, active = ADAM, FORGETFUL
    temporary = dataclasses.replace(active, forget_until=3)

    def embeddings(optimizer, end):
        return leaves_of(advanced(optimizer, 0, end).network)["['read_in']['kernel'].value"]

    np.testing.assert_allclose(embeddings(active, 3), embeddings(plain, 3), atol=1e-6)
    assert np.abs(embeddings(active, 4) - embeddings(plain, 4)).max() > 0.05
    np.testing.assert_allclose(embeddings(active, 6), embeddings(temporary, 6), atol=1e-6)
    assert np.abs(embeddings(active, 7) - embeddings(temporary, 7)).max() > 0.05
    counts = leaves_of(advanced(active, 0, 8).optimizer)
    named = {name: int(c[0]) for name, c in counts.items() if name.endswith("inner_state.count")}
    assert sorted(named.values()) == [2, 8]


def test_forgetful_runs_resume_to_the_same_bits(tmp_path, monkeypatch):
    from jtts.in_context.checkpoints import Checkpoints

    whole = run(WORDS, TIED, FORGETFUL, (2, 5, 8))
    save = Checkpoints.save

    def dying_save(self, step, *rest):
        save(self, step, *rest)
        if step == 5:
            raise RuntimeError

    monkeypatch.setattr(Checkpoints, "save", dying_save)
    with pytest.raises(RuntimeError):
        run(WORDS, TIED, FORGETFUL, (2, 5, 8), checkpoints=tmp_path)
    monkeypatch.undo()
    resumed = run(WORDS, TIED, FORGETFUL, (2, 5, 8), checkpoints=tmp_path)
    xr.testing.assert_identical(resumed.drop_attrs(), whole.drop_attrs())


def test_attention_both_ways_and_tied_embeddings(key):
    batch = sample(WORDS(), key, 3)
    network = initialise(TIED, batch, key)
    answers = predict(TIED, network, batch)
    assert answers.shape == (3, 7, 45)
    changed = dataclasses.replace(batch, inputs=batch.inputs.at[:, 6].set(0))
    assert np.all(np.abs(predict(TIED, network, changed) - answers).max(-1) > 0)
    assert "read_out" not in {
        path_of(p)[0] for p, _ in jax.tree_util.tree_leaves_with_path(network)
    }
    linear = dataclasses.replace(TIED, attention="linear")
    gaps = np.abs(predict(linear, network, changed) - predict(linear, network, batch))
    assert np.all(gaps.max(-1) > 0)


def test_fine_tuning_begins_where_pretraining_ended_and_moves_corrections_alone(tmp_path):
    pretrained = run(FACTS, ONE_LAYER, checkpoints=tmp_path)
    tuned = functools.partial(FACTS, questions=True)
    slow = Optimizer(1e-30)
    for model in (ONE_LAYER, dataclasses.replace(ONE_LAYER, low_rank=2)):
        same = run(tuned, model, slow, (1,), start=tmp_path, conditions={"num_tuned": [1, 1]})
        for one in range(2):
            np.testing.assert_allclose(
                same.loss.isel(num_tuned=one, step=0), pretrained.loss.isel(step=0), rtol=1e-5
            )
    low = dataclasses.replace(ONE_LAYER, low_rank=2)
    begun, ended = (
        leaves_of(
            advanced(Optimizer(1e-2, weight_decay=0.1), 0, end, task=tuned, model=low).network
        )
        for end in (0, 3)
    )
    moved = {name for name in begun if not np.array_equal(begun[name], ended[name])}
    assert moved == {name for name in begun if "['up']" in name or "['down']" in name}


def test_networks_of_others_are_refused(tmp_path):
    with pytest.raises(InputError, match="start must be a folder of checkpoints"):
        run(FACTS, ONE_LAYER, start=tmp_path / "none")
    run(FACTS, ONE_LAYER, checkpoints=tmp_path / "some")
    with pytest.raises(InputError, match="start must hold networks of the same architecture"):
        run(FACTS, dataclasses.replace(ONE_LAYER, width=16), start=tmp_path / "some")
    with pytest.raises(InputError, match="a network for every seed, got 2 for 3 runs"):
        run(FACTS, ONE_LAYER, start=tmp_path / "some", seeds=(0, 1, 2))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: parts_of_speech(vocabulary=21), "vocabulary must be even, got 21"),
        (lambda: parts_of_speech(vocabulary=10), "vocabulary must be"),
        (lambda: WORDS(exponent=-1.0), "exponent must be"),
        (lambda: WORDS(ambiguous=1.5), "ambiguous must be"),
        (lambda: FACTS(multiplicity=5), "multiplicity must be at most 4, got 5"),
        (lambda: FACTS(num_tuned=10), "num_tuned must be at most 9, got 10"),
        (lambda: facts(num_subjects=1, num_relations=1, num_answers=2), "num_subjects must be"),
        (lambda: Optimizer(forget_until=3), "forget_every must be positive"),
        (lambda: Optimizer(forget_every=-1), "forget_every must be"),
        (lambda: Architecture(low_rank=-1), "low_rank must be"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(InputError, match=message) as info:
        make()
    assert "\n" not in str(info.value)


def test_vectors_have_no_tied_embeddings(key):
    batch = dataclasses.replace(
        sample(balls_and_urns(num_tasks=2, vocabulary=3, context=4), key, 2),
        inputs=jnp.zeros((2, 4, 3)),
    )
    with pytest.raises(InputError, match="tied must be False"):
        initialise(dataclasses.replace(TIED, causal=True), batch, key)


def test_stored_extraction_rises_with_multiplicity_and_subjects():
    data = read_curves(STORED / "storage.json")
    assert data.sizes["seed"] >= 5
    assert float(data.stored.min()) > 0.98
    extracted = data.accuracy.sel(evaluation="extracted")
    mean = extracted.mean("seed")
    assert bool((mean.diff("num_tuned") > -0.02).all())
    assert bool((mean.isel(num_tuned=-1) - mean.isel(num_tuned=0) > 0.1).all())
    of_twenty = mean.isel(setting=data.num_relations.values == 20)
    assert of_twenty.multiplicity.values.tolist() == [1, 2, 4, 8]
    once, often = (extracted.isel(setting=i, num_tuned=-1) for i in (0, 3))
    gap = often - once
    assert bool((gap.mean("seed") > 4 * gap.std("seed", ddof=1) / np.sqrt(gap.sizes["seed"])).all())
