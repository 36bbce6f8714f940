"""`jtts rank`: fits against plain likelihoods, counts by hand, intervals that cover."""

import json

import numpy as np
import pytest
from scipy import optimize, special

from jtts import estimators
from jtts.arguments import InputError
from jtts.cli import main
from jtts.judging import Columns, Comparisons, rank, read
from jtts.judging.bias import bias_of, swapped
from jtts.judging.example import BIAS, STRENGTHS, TIES
from jtts.judging.model import fit_strengths, parts_without_loss
from jtts.judging.outlook import best_of_k, separation
from jtts.judging.ranks import rank_intervals
from jtts.theory import ranking


def drawn(seed, t, calls, bias=None, ties=0.0, questions=None):
    """Every pair judged so often, the first shown drawn at random."""
    generator = np.random.default_rng(seed)
    t = np.asarray(t, float)
    one, other = (np.repeat(side, calls) for side in np.triu_indices(len(t), 1))
    ahead = generator.random(len(one)) < 0.5
    gap = t[one] - t[other] + (0 if bias is None else bias * np.where(ahead, 1, -1))
    weights = np.stack([np.exp(gap / 2), np.exp(-gap / 2), ties * np.ones_like(gap)])
    edges = np.cumsum(weights / weights.sum(0), 0)
    u = generator.random(len(one))
    score = np.where(u < edges[0], 1.0, np.where(u < edges[1], 0.0, 0.5))
    return Comparisons(
        "made", [f"c{i}" for i in range(len(t))], one, other, score,
        ahead=None if bias is None else ahead,
        question=None if questions is None else generator.integers(0, questions, len(one)),
    )  # fmt: skip


def loss(theta, found):
    """Minus the logarithm of the likelihood, row by row."""
    k = len(found.names)
    t, b, eta = theta[:k], theta[k], theta[k + 1]
    half = (t[found.one] - t[found.other] + b * np.where(found.ahead, 1, -1)) / 2
    logits = np.stack([half, -half, eta + 0 * half])
    which = np.select([found.score == 1, found.score == 0], [0, 1], 2)
    chosen = np.take_along_axis(logits, which[None], 0)[0]
    return -np.sum(chosen - special.logsumexp(logits, 0)) + t.sum() ** 2


def test_it_is_the_maximum_of_the_likelihood():
    found = drawn(0, [1.0, 0.3, -0.2, -0.8], 30, bias=0.5, ties=0.7)
    plain = optimize.minimize(loss, np.zeros(6), args=(found,), tol=1e-13)
    fitted = fit_strengths(found, 0.0)
    np.testing.assert_allclose(fitted.t, plain.x[:4], atol=2e-5)
    assert fitted.bias == pytest.approx(plain.x[4], abs=2e-5)
    assert np.log(fitted.ties) == pytest.approx(plain.x[5], abs=2e-5)
    curvature = optimize.approx_fprime(
        plain.x, lambda x: optimize.approx_fprime(x, loss, 1e-5, found), 1e-4
    )
    expected = np.linalg.inv(curvature)
    expected[:4, :4] -= 1 / 32  # what the square of the sum adds along the shift
    np.testing.assert_allclose(fitted.covariance, expected, atol=2e-4)


def test_without_ties_and_order_it_is_bradley_terry():
    found = drawn(1, [1.0, 0.0, -0.5], 20)
    np.testing.assert_allclose(
        fit_strengths(found, 0.0).t, estimators.strengths(found.wins()), atol=1e-10
    )
    np.testing.assert_allclose(
        fit_strengths(found, 1.0).t, estimators.map_strengths(found.wins()), atol=1e-10
    )
    np.testing.assert_allclose(
        fit_strengths(found, 0.0).stderr, estimators.strength_standard_errors(found.wins())
    )


def test_errors_over_questions_are_those_of_independent_judgements_where_these_are():
    found = drawn(2, [0.8, 0.1, -0.9], 2000, bias=0.3, ties=0.5, questions=500)
    over = fit_strengths(found, 0.0)
    alone = fit_strengths(Comparisons(**{**found.__dict__, "question": None}), 0.0)
    assert over.over_questions
    np.testing.assert_allclose(over.stderr, alone.stderr, rtol=0.12)
    assert over.bias_stderr == pytest.approx(alone.bias_stderr, rel=0.12)
    # each judgement written four times, under one question, says no more than once
    rows = np.tile(np.arange(len(found.score)), 4)
    again = Comparisons(**{**found.take(rows).__dict__, "question": rows})
    once = Comparisons(**{**found.__dict__, "question": np.arange(len(found.score))})
    np.testing.assert_allclose(
        fit_strengths(again, 0.0).stderr, fit_strengths(once, 0.0).stderr, rtol=1e-6
    )


def test_intervals_cover_all_ranks_at_once():
    t = np.array([0.9, 0.5, 0.45, -0.3, -1.5])
    true = 1 + np.arange(5)
    held = []
    for seed in range(150):
        low, high = rank_intervals(fit_strengths(drawn(seed, t, 60), 0.0), seed)
        held.append(np.all((low <= true) & (true <= high)))
    assert np.mean(held) > 0.93
    assert high[4] - low[4] == 0  # and the last one is known


def test_swapped_pairs_by_hand():
    rows = [  # question, one, other, score of one, whether one was first
        (0, 0, 1, 1, True), (0, 0, 1, 0, False),  # the first place twice
        (1, 0, 1, 1, True), (1, 1, 0, 0, True),  # agreed on 0
        (2, 0, 1, 0, True), (2, 1, 0, 0, True),  # the second place twice
        (3, 0, 1, 0.5, True), (3, 1, 0, 1, True),  # a tie
        (4, 0, 1, 1, True), (4, 0, 1, 1, True),  # one order only
        (5, 0, 1, 1, True), (5, 0, 1, 0, True), (5, 1, 0, 1, True),  # the first two are a pair
        (6, 0, 2, 1, True), (6, 0, 1, 1, False),  # not the same pair
    ]  # fmt: skip
    question, one, other, score, ahead = map(np.array, zip(*rows, strict=True))
    found = Comparisons("made", ["a", "b", "c"], one, other, score * 1.0, ahead, question)
    counts = swapped(found)
    assert counts == {"pairs": 5, "tied": 1, "first_first": 2, "second_second": 1, "agreed": 1}
    assert bias_of(counts)["bias"] == pytest.approx(np.log(2) / 2)
    judged = Comparisons(**{**found.__dict__, "judge": np.arange(len(rows)), "judges": ["x"]})
    assert swapped(judged)["pairs"] == 0


def test_flips_are_split_as_the_laws_say():
    gap, bias, pairs = 0.8, 0.6, 1e6
    laws = {"first_first": ranking.swap_first_first, "second_second": ranking.swap_second_second,
            "agreed": ranking.swap_consistent}  # fmt: skip
    counts = {name: float(pairs * law(gap, bias)) for name, law in laws.items()}
    found = bias_of({"pairs": pairs, "tied": 0, **counts})
    assert found["bias"] == pytest.approx(bias)
    assert found["flip_rate"] == pytest.approx(float(ranking.swap_flip(gap, bias)))
    assert found["flips_of_noise"] == pytest.approx(float(ranking.swap_flip(gap, 0.0)))


def test_no_finite_fit_is_said_and_the_prior_ranks():
    found = drawn(3, [0.5, 0.0, -0.5], 10)
    one = found.one == 0
    unbeaten = Comparisons(**{**found.__dict__, "score": np.where(one, 1.0, found.score)})
    assert parts_without_loss(unbeaten) == ["c0"]
    result = rank(unbeaten)
    assert result.likely is None
    assert "no other candidate beat or tied with one of c0" in result.notes[0]
    assert np.argmax(result.best.t) == 0
    with pytest.raises(InputError, match="every judgement is a tie"):
        rank(Comparisons(**{**found.__dict__, "score": np.full(len(found.score), 0.5)}))


def test_places_that_candidates_keep_give_no_bias():
    found = drawn(4, [0.5, -0.5], 50)
    kept = Comparisons(**{**found.__dict__, "ahead": np.ones(len(found.score), bool)})
    result = rank(kept)
    assert np.isnan(result.best.bias)
    assert any("cannot be told from strengths" in note for note in result.notes)


def test_a_pair_that_contradicts_is_found():
    found = drawn(5, [1.2, 0.4, -0.4, -1.2], 200)
    assert rank(found).contradictions == []
    turned = (found.one == 0) & (found.other == 3)
    score = np.where(turned, 1 - found.score, found.score)
    result = rank(Comparisons(**{**found.__dict__, "score": score}))
    assert {result.contradictions[0]["one"], result.contradictions[0]["other"]} == {"c0", "c3"}
    assert result.misfit["p"] < 1e-6


def test_what_separates_two():
    fitted = fit_strengths(drawn(6, [0.6, 0.0, -2.0], 40), 0.0)
    found = separation(fitted, 120)
    gap = found["gap"]
    smallest = next(n for n in range(1, 10**5, 2) if ranking.pair_error(gap, n) <= 0.05)
    assert found["majority"] == smallest
    assert (
        ranking.lead_error(gap, found["lead"]) <= 0.05 < ranking.lead_error(gap, found["lead"] - 1)
    )
    more = 120 * ((1.959964 * found["stderr"] / gap) ** 2 - 1)
    assert found["more_like_these"] == pytest.approx(max(0, np.ceil(more)))


def test_the_spread_is_freed_of_errors():
    generator = np.random.default_rng(0)
    t = generator.normal(size=40)
    gain = best_of_k(fit_strengths(drawn(7, t, 3), 0.0))
    assert gain["spread"] == pytest.approx(t.std(ddof=1), rel=0.12)
    assert np.all(np.diff(gain["curves"][0]["strength"]) > 0)
    assert np.all(gain["curves"][2]["strength"] < gain["perfect_judge"])
    equal = fit_strengths(drawn(8, np.zeros(5), 50), 0.0)
    assert best_of_k(equal)["spread"] < 2 * equal.stderr.mean()


def test_example_is_recovered(tmp_path, capsys):
    assert main(["rank", "--example", str(tmp_path / "made")]) == 0
    path, out = tmp_path / "made" / "judged.csv", tmp_path / "out"
    assert main(["rank", str(path), "--out", str(out)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1200 judgements of 5 candidates" in said
    assert sorted(p.name for p in out.iterdir()) == ["rank.json", "rank.pdf", "rank.png"]
    found = json.loads((out / "rank.json").read_text())
    for one in found["ranking"]:
        assert abs(one["strength"] - STRENGTHS[one["candidate"]]) < 4 * one["stderr"]
        assert one["rank_low"] <= one["rank"] <= one["rank_high"]
    assert abs(found["order_effect"]["bias"] - BIAS) < 4 * found["order_effect"]["stderr"]
    assert abs(found["position_bias"][0]["bias"] - BIAS) < 4 * found["position_bias"][0]["stderr"]
    assert found["ties"]["nu"] == pytest.approx(TIES, abs=0.1)


SAME = {
    "w.csv": "winner,loser\nx,y\ny,x\nx,z\n",
    "m.csv": "model_a,model_b,outcome\nx,y,a\nx,y,model_b\nz,x,0\n",
    "arena.jsonl": '{"model_a": "y", "model_b": "x", "winner": "model_b"}\n'
    '{"model_a": "y", "model_b": "x", "winner": "model_a"}\n'
    '{"model_a": "z", "model_b": "x", "winner": "x"}\n',
}


def test_one_table_in_every_format(tmp_path):
    for name, text in SAME.items():
        (tmp_path / name).write_text(text)
        found = read(tmp_path / name)
        assert found.names == ["x", "y", "z"]
        assert found.wins().tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0]]
    path = tmp_path / "t.csv"
    path.write_text("A,B,r,f\nx,y,tie,x\nx,y,Tie (bothbad),b\n")
    columns = Columns(model_a="A", model_b="B", outcome="r", first="f")
    found = read(path, columns)
    assert found.ties().tolist() == [[0, 2], [2, 0]]
    assert found.ahead.tolist() == [True, False]


BAD = [
    ("s.csv", "a,b\nx,y\n", [], "line 2: needed are the columns winner and loser, or model_a"),
    ("s.csv", "winner,loser\nx,y\nx,x\n", [], "line 3, column loser: 'x' is compared with itself"),
    ("s.csv", "winner,loser\nx,y\n,x\n", [], "line 3, column winner: missing"),
    ("s.csv", "model_a,model_b,winner\nx,y,z\n", [], "line 2, column winner: 'z' is neither a, b"),
    ("s.csv", "winner,loser,first\nx,y,z\n", [], "line 2, column first: 'z' is none of the two"),
    ("s.csv", "winner,loser\nx,y\n", ["--judge", "who"], "line 2: no column 'who'"),
    ("s.csv", "winner,loser\nx,y\n", ["--a-first"], "--a-first goes with model_a and model_b"),
    ("s.jsonl", '{"winner": ["x"], "loser": "y"}\n', [], "line 1, column winner: list where"),
    ("s.csv", "model_a,model_b,outcome\nx,y,tie\n", [], "every judgement is a tie"),
    ("s.txt", "x", [], "must end in"),
]


@pytest.mark.parametrize(("name", "text", "options", "message"), BAD)
def test_bad_data_is_one_line_and_leaves_nothing(tmp_path, capsys, name, text, options, message):
    path = tmp_path / name
    path.write_text(text)
    assert main(["rank", str(path), "--out", str(tmp_path / "out"), *options]) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("jtts: error: ")
    assert "\n" not in error
    assert message in error
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_names_of_the_user_are_no_markup(tmp_path, capsys):
    path = tmp_path / "s.csv"
    path.write_text("winner,loser\n[/bold],$x_\ny,[/bold]\n$x_,y\n")
    assert main(["rank", str(path), "--out", str(tmp_path / "out")]) == 0
    assert "[/bold]" in capsys.readouterr().out


@pytest.mark.long
def test_a_large_file_takes_little_work(tmp_path):
    """A tenth of the million rows that are promised in a minute and 2 GB."""
    import time

    generator = np.random.default_rng(0)
    found = drawn(0, generator.normal(size=30), 230, ties=0.3)
    words = np.select([found.score == 1, found.score == 0], ["a", "b"], "tie")
    rows = [
        f"m{i},m{j},{word},q{n % 500}"
        for n, (i, j, word) in enumerate(zip(found.one, found.other, words, strict=True))
    ]
    (tmp_path / "s.csv").write_text("model_a,model_b,outcome,question\n" + "\n".join(rows) + "\n")
    began = time.process_time()
    rank(read(tmp_path / "s.csv", a_first=True))
    assert time.process_time() - began < 60 * len(rows) / 1e6
