"""`jtts design` says what `best_of_k.design` finds, and what it is worth to leave it."""

import json

import pytest

from jtts.cli import main
from jtts.designing.report import sentences
from jtts.theory import best_of_k

ASKED = ["design", "--budget", "200", "--price-data", "5", "--price-candidate", "0.1"]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    out = tmp_path_factory.mktemp("designed")
    assert main([*ASKED, "--prompts", "10", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "design.json", "design.pdf", "design.png",
    ]  # fmt: skip
    return json.loads((out / "design.json").read_text())


def test_numbers_are_those_of_the_law(found):
    best = best_of_k.design(
        budget=200.0, prices=best_of_k.Prices(5.0, 0.1), prompts=10, dim=20, noise_var=0.25,
        prior_var=1.0, judge_samples=float("inf"),
    )  # fmt: skip
    assert found["best"]["error"] == pytest.approx(best.error, rel=1e-6)
    whole = found["whole"]
    assert whole["num_samples"] == best.whole.num_samples
    assert whole["num_candidates"] == best.whole.num_candidates
    assert whole["cost"] == 5 * whole["num_samples"] + whole["num_candidates"] <= 200
    assert sum(found["shares"].values()) == pytest.approx(1)


def test_nothing_around_the_best_is_better(found):
    for name in ("num_samples", "num_candidates"):
        curve = found["around"][name]
        assert len(curve["values"]) >= 4
        assert min(curve["errors"]) == pytest.approx(found["best"]["error"], rel=1e-6)
    budgets = found["around"]["budget"]["errors"]
    assert budgets == sorted(budgets, reverse=True)


def test_sentences_say_what_to_do(found):
    text = " ".join(sentences(found))
    whole = found["whole"]
    assert f"Train on {whole['num_samples']} samples, draw {whole['num_candidates']}" in text
    assert "for each of 10 prompts" in text
    assert "d = 20 inputs" in text


def test_a_judge_that_knows_the_truth_is_free(tmp_path):
    words = ["--price-judge-data", "2", "--judge-samples", "inf", "--num-samples", "20"]
    assert main([*ASKED, *words, "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "design.json").read_text())
    assert set(found["shares"]) == {"num_samples", "num_candidates"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--price-data", "-5"], "sample must be positive and finite, got -5"),
        (["--budget", "1"], "budget must be above"),
        (["--prompts", "0"], "prompts must be positive and finite, got 0"),
        (["--price-candidate", "nan"], "candidate must be positive and finite, got nan"),
    ],
)
def test_bad_questions_are_one_line(tmp_path, capsys, words, message):
    assert main([*ASKED, *words, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()
