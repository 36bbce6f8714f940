"""`jtts fit` on files that hurt: read rightly, or one line with file, line and column."""

import csv
import json
import re
from decimal import Decimal

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.cli import main
from jtts.fitting import Columns, fit, read
from jtts.fitting.answers import Answers
from jtts.fitting.difficulty import fit_difficulty
from jtts.fitting.samples import RIGHT, Samples

GENERATOR = np.random.default_rng(5)
ROWS = [
    {"question": f"q{q}", "score": round(float(GENERATOR.normal()), 3), "correct": int(right)}
    for q in range(12)
    for right in GENERATOR.random(6) < 0.5
]


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def changed(row, **cells):
    rows = [dict(r) for r in ROWS]
    rows[row] |= cells
    return rows


def log(doc_id, answers, **cells):
    """A line of lm-evaluation-harness."""
    return {"doc_id": doc_id, "target": "7", "resps": [answers], "filter": "none", **cells}


LOG = [log(i, ["7", "8", "7"]) for i in range(3)]


def with_text(text):
    return lines(*ROWS[:5]) + text + "\n" + lines(*ROWS[6:])


def csv_of(rows):
    names = list(rows[0])
    body = "".join(",".join(str(row[name]) for name in names) + "\n" for row in rows)
    return ",".join(names) + "\n" + body


def run(tmp_path, capsys, name, text, *options):
    """Exit code, what is printed, and the JSON."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    code = main(["fit", str(path), "--resamples", "20", "--out", str(out), *options])
    said = capsys.readouterr()
    if code:
        assert not out.exists()
        assert said.err.startswith("jtts: error: ")
        assert said.err.count("\n") == 1
        assert len(said.err) < 500
        return code, said.err, None
    return code, said.out, json.loads((out / "fit.json").read_text())


HUGE = int("1" + "0" * 399)
REFUSED = [
    ("s.jsonl", lines(*changed(5, score=1e300)), "line 6, column score: 1e+300 is beyond 1e+30"),
    ("s.jsonl", lines(*changed(5, score=HUGE)), "line 6, column score: 1000"),
    ("s.jsonl", lines(*changed(5, correct=HUGE)), "line 6, column correct: 1000"),
    ("s.jsonl", with_text('{"question": "q0", "correct": 1, "score": ' + "1" * 5000 + "}"),
     "line 6, column score: Decimal('1111"),
    ("s.jsonl", with_text('{"question": "q0", "correct": 1, "score": 1e400}'),
     "line 6, column score: inf is not finite"),
    ("s.jsonl", with_text("[" * 200000), "line 6: brackets nested too deep"),
    ("s.jsonl", with_text('{"a":' * 200000), "line 6: brackets nested too deep"),
    ("s.jsonl", with_text('{"question": 1, "score": 1, "score": 2, "correct": 1}'),
     "line 6: column 'score' stands twice"),
    ("s.jsonl", lines(*[{**row, "score": 1e-200 * row["score"]} for row in ROWS]),
     "is the largest number of the column"),
    ("s.csv", csv_of(changed(5, score="9" * 140000)), "line 7, column score: '999"),
    ("s.csv", csv_of(changed(5, score="z" * 140000)), "line 7, column score: 'zzz"),
    ("s.csv", csv_of(changed(5, score="1_0")), "line 7, column score: '1_0' is not a number"),
    ("s.csv", csv_of(changed(5, score="٣")), "line 7, column score: '٣' is not a number"),
    ("l.jsonl", lines(log(0, [])), "line 1, column resps: no response in it"),
    ("l.jsonl", lines(*LOG, log(9, [])), "line 4, column resps: no response in it"),
    ("l.jsonl", lines(*LOG, log([1], ["7"])), "line 4, column doc_id: list where"),
    ("l.jsonl", lines(*LOG, LOG[1]), "line 4, column doc_id, resps: question '1' has sample '0'"),
    ("l.jsonl", lines(*LOG, log(9, ["7", "8"], target=["7"])), "line 4, column target: list"),
    ("l.jsonl", lines(*LOG, log(9, ["is 7", "7!"], metrics=["exact_match"], exact_match=1.0)),
     "line 4, column resps: 0 of 2 samples equal the target, where the log's own exact_match is 1"),
    ("l.jsonl", lines(*LOG, log(9, ["7", "7"], metrics=["exact_match"], exact_match=0.5)),
     "line 4, column resps: 2 of 2 samples equal the target"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_what_cannot_be_read_is_one_line_with_its_place(tmp_path, capsys, name, text, message):
    code, said, _ = run(tmp_path, capsys, name, text)
    assert code == 2
    assert message in said
    assert name in said


def test_names_of_the_user_are_no_markup(tmp_path, capsys):
    rows = [{**row, "question": "[/bold]" if row["question"] == "q0" else "q1"} for row in ROWS]
    values = [{**row, "value": 1.0, "target": 1.0, "[/red]": row["score"]} for row in rows]
    text = lines(*values)
    code, said, _ = run(tmp_path, capsys, "[bold] :smile:.jsonl", text, "--score", "[/red]")
    assert code == 0
    assert "[bold] :smile:.jsonl" in said
    assert "question '[/bold]'" in " ".join(said.split())


def test_an_infinite_temperature_is_said(tmp_path, capsys):
    code, said, found = run(tmp_path, capsys, "s.csv", csv_of(ROWS), "--temperature", "inf,0.5")
    assert code == 0
    assert "T=infinite" in " ".join(said.split())
    assert [c["temperature"] for c in found["measured"]][:3] == [0.0, 0.5, None]


def test_what_plays_no_role_does_no_harm(tmp_path):
    rows = [{**row, "more": "y" * 140000 if i == 3 else ""} for i, row in enumerate(ROWS)]
    path = tmp_path / "s.csv"
    path.write_text(csv_of(rows))
    assert read(path).score.tolist() == [row["score"] for row in ROWS]
    path = tmp_path / "s.jsonl"
    path.write_text(
        with_text('{"question": "q0", "score": 1, "correct": 1, "x": ' + "1" * 5000 + "}")
    )
    assert len(read(path).score) == len(ROWS)


def test_memory_does_not_grow_with_the_texts(tmp_path):
    """Of questions and answers no more than a number is kept for each sample."""
    path = tmp_path / "s.csv"
    rows = [
        {"question": f"{'q' * 140000}{i // 6}", "answer": f"{'a' * 140000}{i % 3}", "target": "b"}
        for i in range(36)
    ]
    path.write_text(csv_of(rows))
    samples = read(path)
    assert samples.counts.tolist() == [6] * 6
    assert len(set(samples.answer.tolist())) == 3
    assert max(map(len, samples.names)) < 100
    kept = [getattr(samples, name) for name in ("lines", "answer", "correct")]
    assert all(column.nbytes <= 8 * len(rows) for column in kept)


TABLE = {
    "question": [1, 1, 1, 2, 2, 2, 3, 3],
    "score": [0.5, 1.0, -2.0, 10.0, 3.25, 1e-3, 7.0, 8.0],
    "answer": [10, 7, None, 10, 3, 10, 0, 10],
    "target": [10, 10, 10, 3, 3, 3, 10, 10],
    "right": [True, False, False, False, True, False, False, True],
}


@pytest.mark.parametrize("roles", ["answer", "correct"])
def test_one_table_means_the_same_in_every_format(tmp_path, roles):
    """Beside a missing cell numbers become floats in some formats; a text 10.0 is a 10 too."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    plain = pandas.DataFrame(TABLE)  # answers are floats, the missing one is NaN
    typed = plain.assign(answer=pandas.array(TABLE["answer"], dtype="Int64"))  # and pd.NA here
    for i, frame in enumerate((plain, typed)):
        frame.to_csv(tmp_path / f"{i}.csv", index=False)
        frame.to_json(tmp_path / f"{i}.jsonl", orient="records", lines=True)
        frame.to_parquet(tmp_path / f"{i}.parquet")
    names = [f"{i}.{ending}" for i in (0, 1) for ending in ("csv", "jsonl", "parquet")]
    columns = Columns(correct="right") if roles == "correct" else Columns()
    first, *others = [read(tmp_path / name, columns) for name in names]
    assert first.names == ["1", "2", "3"]
    assert first.correct.tolist() == [1, 0, 0, 0, 1, 0, 0, 1]
    assert (first.answer == RIGHT).tolist() == TABLE["right"]
    for other in others:
        assert other.names == first.names
        for name in ("counts", "score", "correct", "answer"):
            assert getattr(other, name).tolist() == getattr(first, name).tolist(), name


CELLS = {
    "whole": [0, 1, 2, 10, -3, 2**53 + 1, 10**18],
    "real": [0.0, 1.0, 10.0, 0.1, -2.5, 1e-7, 1e22, 123456789.125, 1e30, -0.0],
    "binary": [True, False],
    "bits": [0, 1, 1, 0, 1],
    "text": ["a", "10", "10.0", "007", "1e1", " b ", "[/bold]", "é", "nan", "None", "True", "1_000",
             "٣", "+5", ".5", "5.", "-0", "inf", "x,y", 'q"q', "l\nl", "NULL", "1,000"],
}  # fmt: skip
NUMBERS = ("whole", "real", "binary")


def drawn_table(generator):
    """Columns of one type each, cells missing here and there."""
    size = int(generator.integers(4, 9))

    def cells(kinds, size=size, gaps=0.2):
        pool = CELLS[kinds[generator.integers(len(kinds))]]
        taken = [pool[i] for i in generator.integers(0, len(pool), size)]
        holes = generator.random(size) < (gaps if generator.random() < 0.25 else 0)
        return [None if hole else cell for cell, hole in zip(taken, holes, strict=True)]

    pair = [["a", "b"], [1, 2], [1.0, 10.0]][generator.integers(3)]
    which = (np.arange(size) >= generator.integers(2, size - 1)).astype(int)
    table = {"question": [pair[i] for i in which]}
    match generator.integers(4):
        case 0:
            return table | {"score": cells(NUMBERS), "correct": cells(("bits", "binary"))}
        case 1:
            targets = cells(tuple(CELLS), 2, 0)
            return table | {"answer": cells(tuple(CELLS)), "target": [targets[i] for i in which]}
        case 2:
            targets = cells(("whole", "real"), 2, 0)
            return table | {"value": cells(NUMBERS), "target": [targets[i] for i in which]}
    return table | {"truth": cells(NUMBERS), "sample": cells(tuple(CELLS))}


def meaning(path):
    """What is read from a file, or where and what it refuses, as far as formats share it."""
    try:
        found = read(path)
    except InputError as problem:
        return re.sub(r"^s\.\w+(, (line|row) \d+)?|: .*", "", str(problem), flags=re.DOTALL)
    columns = ("counts", "score", "truth", "correct", "value", "target", "answer")
    return found.names, *(np.asarray(getattr(found, name)).tolist() for name in columns)


@pytest.mark.parametrize("seed", range(8))
def test_tables_drawn_at_random_mean_the_same_in_every_format(seed, tmp_path):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    generator, read_rightly = np.random.default_rng(seed), 0
    for _ in range(20):
        table = drawn_table(generator)
        rows = list(zip(*table.values(), strict=True))
        with (tmp_path / "s.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([list(table), *rows])
        (tmp_path / "s.jsonl").write_text(lines(*(dict(zip(table, r, strict=True)) for r in rows)))
        parquet.write_table(arrow.table(table), tmp_path / "s.parquet")
        plain, *others = (meaning(tmp_path / f"s.{e}") for e in ("csv", "jsonl", "parquet"))
        assert others == [plain, plain], table
        read_rightly += not isinstance(plain, str)
    assert read_rightly >= 4


def test_parquet_says_row_and_column_of_a_missing_cell(tmp_path, capsys):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    for role, dtype in (("score", "Float64"), ("correct", "boolean"), ("question", "string")):
        frame = pandas.DataFrame(ROWS).astype({role: dtype})
        frame.loc[3, role] = pandas.NA
        frame.to_parquet(tmp_path / "s.parquet")
        code, said, _ = run(tmp_path, capsys, "s.parquet", None)
        assert code == 2
        assert f"s.parquet, row 4, column {role}: missing" in said
    frame = pandas.DataFrame(ROWS)
    frame["score"] = [Decimal(str(score)) for score in frame["score"]]
    frame.to_parquet(tmp_path / "s.parquet")
    assert read(tmp_path / "s.parquet").score.tolist() == [row["score"] for row in ROWS]
    whole = (tmp_path / "s.parquet").read_bytes()
    (tmp_path / "s.parquet").write_bytes(whole[:-30])
    code, said, _ = run(tmp_path, capsys, "s.parquet", None)
    assert code == 2
    assert "s.parquet: not a readable parquet file" in said


def solved(doc_id, answers):
    """As the gsm8k task of lm-evaluation-harness logs it (its issue 1687)."""
    target = f"We add.\n#### {doc_id}"
    right = np.mean([answer == str(doc_id) for answer in answers])
    texts = [f" so ... #### {answer}" for answer in answers]
    return log(doc_id, texts, target=target, filtered_resps=[answers], metrics=["exact_match"],
               exact_match=right)  # fmt: skip


def voted(doc_id, answers):
    """As its self-consistency task logs it (issue 1232): the filter kept the vote alone."""
    texts = [f" First {i}. The answer is {answer}." for i, answer in enumerate(answers)]
    best = max(answers, key=answers.count)
    return log(doc_id, texts, target=str(doc_id), filtered_resps=[best], filter="maj@4",
               metrics=["exact_match"], exact_match=float(best == str(doc_id)))  # fmt: skip


def test_logs_are_read_as_their_own_metric_says(tmp_path, capsys):
    answers = [["1", "2", "1", "3"], ["2", "2", "2", "1.0"], ["0", "3", "3", "3"], ["4"] * 4]
    text = lines(*(solved(i, given) for i, given in enumerate(answers, 1)))
    _, _, found = run(tmp_path, capsys, "l.jsonl", text)
    assert found["measured"][0]["value"][0] == (2 + 3 + 3 + 4) / 16
    text = lines(*(voted(i, given) for i, given in enumerate(answers, 1)))
    pattern = r"The answer is (-?[0-9.]*[0-9])"
    (tmp_path / "v.jsonl").write_text(text)
    samples = read(tmp_path / "v.jsonl", answers=Answers(pattern))
    assert samples.means(samples.correct).tolist() == [0.5, 0.75, 0.75, 1.0]


def test_a_log_that_contradicts_itself_is_refused(tmp_path, capsys):
    text = lines(*(voted(i, [str(i)] * 3 + ["0"]) for i in range(1, 5)))
    code, said, _ = run(tmp_path, capsys, "v.jsonl", text)
    assert code == 2
    assert "v.jsonl, line 1, column resps: 0 of 4 samples equal the target" in said
    code, said, _ = run(tmp_path, capsys, "v.jsonl", text, "--extract", "(")
    assert code == 2
    assert "is no regular expression" in said


@pytest.mark.parametrize("right", [1, 2, 3])
def test_equal_questions_have_no_law_of_difficulty(right):
    """Without spread the likelihood is flat towards large shapes (glmmTMB issue 374)."""
    correct = np.tile(np.arange(4) < right, 40).astype(float)
    samples = Samples("made", [str(i) for i in range(40)], np.full(40, 4), np.arange(160),
                      correct=correct)  # fmt: skip
    model, notes = fit_difficulty(samples)
    assert model is None
    assert "not fitted, the chance of a right sample has no spread" in notes[0]


@pytest.mark.long
@pytest.mark.parametrize("scale", [1e-20, 1e20])
def test_the_unit_of_scores_does_not_matter(scale):
    generator = np.random.default_rng(1)
    truth = generator.normal(size=600)
    score = truth + generator.standard_t(3, 600)

    def of(unit):
        samples = Samples("made", [str(i) for i in range(60)], np.full(60, 10), np.arange(600),
                          score=score * unit, truth=truth)  # fmt: skip
        return fit(samples, resamples=20)

    one, other = of(1.0), of(scale)
    expected, found = (f.models[0].summary() for f in (one, other))
    assert found["error scale"].value == pytest.approx(expected["error scale"].value, rel=1e-6)
    assert found["dof"].value == pytest.approx(expected["dof"].value, rel=1e-4)
    assert other.recommended["k"] == one.recommended["k"]
