"""Files that people really have give what is right in them, or one line that says why not."""

import json
from pathlib import Path

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.cli import main
from jtts.fitting import read
from jtts.fitting.answers import PRESETS, Answers, normal_form
from jtts.fitting.metrics import Metrics

DATA = Path(__file__).parents[1] / "data" / "fit"  # README.md there: what each came from


def by_hand(name, right):
    """Share of right samples by another route: plain JSON and one comparison."""
    rows = [json.loads(line) for line in (DATA / name).read_text().splitlines()]
    return np.mean([right(row, text) for row in rows for text in row["resps"][0]])


def share(name, **options):
    samples = read(DATA / name, **options)
    return samples.means(samples.correct).mean()


def test_chains_of_thought_beside_one_filtered_answer():
    with pytest.raises(InputError, match=r"0 of 8 samples equal the target, .* exact_match is 1"):
        read(DATA / "lm_eval_cot_maj.jsonl")

    def right(row, text):
        return text.removesuffix(".").split()[-1] == row["target"]

    expected = by_hand("lm_eval_cot_maj.jsonl", right)
    for extract in ("number", r"The answer is (-?[0-9]+)"):
        assert share("lm_eval_cot_maj.jsonl", answers=Answers(extract)) == expected
    assert round(expected, 3) == 0.554


def test_a_worked_solution_as_target():
    def right(row, text):
        return text.split("#### ")[1] == row["target"].split("#### ")[1]

    expected = by_hand("lm_eval_target_solution.jsonl", right)
    assert round(expected, 3) == 0.508
    for answers in (None, Answers("solution"), Answers("number"), Answers(normalise=True)):
        assert share("lm_eval_target_solution.jsonl", answers=answers) == expected


def test_numbers_are_compared_as_numbers_and_texts_without_a_role_may_be_long():
    assert round(share("csv_answer_float_target_int.csv"), 3) == 0.514
    assert round(share("csv_long_reasoning.csv"), 4) == 0.5417


def test_an_oversized_number_has_a_place():
    with pytest.raises(InputError, match=r"^jsonl_huge_value.jsonl, line 22, column value: 1000"):
        read(DATA / "jsonl_huge_value.jsonl")


def test_a_law_without_spread_is_not_fitted():
    from jtts.fitting.difficulty import fit_difficulty

    model, notes = fit_difficulty(read(DATA / "equal_difficulty.csv"))
    assert model is None
    assert "the chance of a right sample has no spread" in notes[0]


def rows(path, answer, target):
    path.write_text(
        "".join(
            json.dumps({"question": i // 2, "answer": answer, "target": target}) + "\n"
            for i in range(4)
        )
    )
    return path


SAME = [
    ("solution", False, "so 3 + 4 = 7\n#### 1,234", "#### 1234"),
    ("number", False, "It costs $1,250.50 in all.", "1250.5"),
    ("number", False, "from 3 to -4.", "-4"),
    ("boxed", False, r"thus $\boxed{x_{1}}$, I think", "x_{1}"),
    ("boxed", True, r"$\boxed{\dfrac{3}{4}}$", r"\frac{3}{4}"),
    ("choice", False, "Let me see. A or B? The answer is (C).", "C"),
    (r"final: (\w+)", False, "final: no, final: yes", "yes"),
    (None, True, r"\frac{1}{2}", "0.5"),
    (None, True, r"$90^{\circ}$", "90"),
    (None, True, r"\text{Paris}", " paris."),
    (None, True, "1/3", r"\tfrac13"),
    (None, True, "( 1, 2 )", "(1,2)"),
]


@pytest.mark.parametrize(("extract", "normalise", "answer", "target"), SAME)
def test_the_same_answer_written_otherwise(tmp_path, extract, normalise, answer, target):
    path = rows(tmp_path / "s.jsonl", answer, target)
    assert read(path).correct.sum() == 0
    assert read(path, answers=Answers(extract, normalise)).correct.sum() == 4


OTHER = [
    ("number", False, "no number at all", "7"),
    ("boxed", False, r"\boxed{7", "7"),
    ("choice", False, "I do not know", "I"),
    (None, True, "1/3", "0.333"),
    (None, True, "1/0", "0"),
    (None, True, "1,23", "123"),
    (None, True, "50%", "50"),
    (None, True, "1e999999999/1", "1"),
]


@pytest.mark.parametrize(("extract", "normalise", "answer", "target"), OTHER)
def test_other_answers_stay_other(tmp_path, extract, normalise, answer, target):
    path = rows(tmp_path / "s.jsonl", answer, target)
    assert read(path, answers=Answers(extract, normalise)).correct.sum() == 0


@pytest.mark.parametrize(
    "text", ["{" * 5000, "\\frac" * 70, "9" * 399 + "/" + "7", "(", "\\boxed{" * 900]
)
def test_odd_texts_end(text):
    normal_form(text)
    for find in PRESETS.values():
        find(text)


def test_every_sample_wrong_is_said_loudly(tmp_path, capsys):
    path = rows(tmp_path / "s.jsonl", "the answer is 7", "7")
    assert main(["fit", str(path), "--resamples", "5", "--out", str(tmp_path / "out")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("WARNING: every sample of s.jsonl is wrong: the first answer is 'the")
    found = json.loads((tmp_path / "out" / "fit.json").read_text())
    assert "its target '7'" in found["data"]["warnings"][0]
    assert "right" in read(path, answers=Answers("number")).warnings[0]


def test_what_a_share_is_of_must_hold_on_every_line():
    """Both lines have a meaning of their own (the mean, the first), but no common one."""
    log = Metrics(Answers())
    log.compare({"metrics": ["acc"], "acc": 2 / 3}, ["7", "7", "8"], "7", "line 1")
    with pytest.raises(InputError, match=r"line 2: 1 of 3 .* answer '7' equals the target '7'"):
        log.compare({"metrics": ["acc"], "acc": 0.0}, ["7", "8", "9"], "7", "line 2")
    log = Metrics(Answers())
    log.compare({"pass@2": 5 / 6}, ["7", "7", "8", "8"], "7", "line 1")
    with pytest.raises(InputError, match="log's own pass@2 is 0"):
        log.compare({"pass@2": 0.0}, ["7", "8", "8", "8"], "7", "line 2")
    log = Metrics(Answers(), "none")
    log.compare({"metrics": ["acc"], "acc": 1.0}, ["8"], "7", "line 1")
    with pytest.raises(InputError, match="no --metric 'f1' in the log"):
        Metrics(Answers(), "f1").compare({"acc": 1.0}, ["8"], "7", "line 1")


def test_judgements_of_each_sample_are_taken_as_they_are(tmp_path):
    record = {"target": "x", "resps": [["a", "b", "c"]], "filter": "none",
              "metrics": ["math_verify"], "math_verify": [1, 0, 1]}  # fmt: skip
    path = tmp_path / "l.jsonl"
    path.write_text("".join(json.dumps({"doc_id": i, **record}) + "\n" for i in range(2)))
    assert read(path).correct.tolist() == [1, 0, 1] * 2


def test_extraction_needs_answers(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("question,correct\na,1\na,0\n")
    with pytest.raises(InputError, match="--extract and --normalise are for answers"):
        read(path, answers=Answers("number"))
    with pytest.raises(
        InputError, match=r"is no regular expression .* and none of solution, number"
    ):
        Answers("(")
