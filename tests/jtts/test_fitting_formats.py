"""Every format that is read, as far as its own numbers say what is right."""

import gzip
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.cli import main
from jtts.fitting import Columns, packed, read

DATA = Path(__file__).parents[1] / "data" / "fit"


def lines(name):
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def test_rollouts_of_verl():
    found, rows = read(DATA / "verl_rollouts.jsonl"), lines("verl_rollouts.jsonl")
    assert found.counts.tolist() == [4] * 6
    assert found.correct.tolist() == [float(row["acc"]) for row in rows]
    found = read(DATA / "verl_rollouts.jsonl", Columns(truth="score"))
    assert found.truth.tolist() == [row["score"] for row in rows]


def test_events_of_openai_evals():
    found, rows = read(DATA / "openai_evals.jsonl"), lines("openai_evals.jsonl")
    assert found.counts.tolist() == [3] * 5
    assert found.correct.mean() == pytest.approx(rows[-1]["final_report"]["accuracy"])


def test_chosen_and_rejected_of_rewardbench(tmp_path):
    found, rows = read(DATA / "rewardbench.jsonl"), lines("rewardbench.jsonl")
    assert found.counts.tolist() == [2] * 12
    won = found.score[found.correct == 1] > found.score[found.correct == 0]
    assert won.tolist() == [bool(row["results"]) for row in rows]
    several = {"scores_chosen": [1.0], "scores_rejected": [0.5, 0.2, 2.0]}
    (tmp_path / "s.jsonl").write_text(f"{json.dumps(several)}\n{json.dumps(several)}\n")
    assert read(tmp_path / "s.jsonl").counts.tolist() == [4, 4]


def test_counts():
    found = read(DATA / "counts.csv")
    assert found.counts.tolist() == [10, 10, 8, 12, 10, 10]
    assert found.sums(found.correct).tolist() == [3, 0, 8, 5, 1, 7]


def test_a_row_a_question():
    found = read(DATA / "wide.csv")
    assert found.counts.tolist() == [3, 4, 4]
    assert found.sums(found.correct).tolist() == [2, 2, 3]
    assert len(set(found.answer[found.correct == 0].tolist())) == 4


def test_logs_of_inspect(tmp_path):
    log = json.loads((DATA / "inspect.json").read_text())
    with pytest.raises(InputError, match="scorers match, length; choose one with --metric"):
        read(DATA / "inspect.json")
    found = read(DATA / "inspect.json", metric="match")
    assert found.counts.tolist() == [3] * 4
    accuracy = log["results"]["scores"][0]["metrics"]["accuracy"]["value"]
    assert found.correct.mean() == pytest.approx(accuracy)
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", "{}")
        for sample in log["samples"]:
            name = f"samples/{sample['id']}_epoch_{sample['epoch']}.json"
            archive.writestr(name, json.dumps(sample))
    again = read(path, metric="match")
    assert again.correct.tolist() == found.correct.tolist()
    assert [p.name for p in tmp_path.iterdir()] == ["log.eval"]  # nothing is unpacked there


def test_packed_and_tabbed(tmp_path):
    text = (DATA / "csv_answer_float_target_int.csv").read_text()
    plain = read(DATA / "csv_answer_float_target_int.csv")
    (tmp_path / "s.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "s.tsv").write_text(text.replace(",", "\t"))
    rows = (DATA / "lm_eval_target_solution.jsonl").read_bytes()
    (tmp_path / "l.ndjson.gz").write_bytes(gzip.compress(rows))
    (tmp_path / "LOUD.CSV.GZ").write_bytes(gzip.compress(text.encode()))
    for name in ("s.csv.gz", "s.tsv", "LOUD.CSV.GZ"):
        assert read(tmp_path / name).correct.tolist() == plain.correct.tolist()
    assert read(tmp_path / "l.ndjson.gz").correct.sum() == 122


BAD = [
    ("s.csv.gz", gzip.compress(b"question,correct\n", mtime=0)[:-9], "not a readable packed file"),
    ("s.csv.gz", b"question,correct\na,1\na,0\n", "not a readable packed file"),
    ("s.parquet.gz", b"x", "must end in"),
    ("s.eval", b"PK not", "not a readable archive"),
    ("s.json", b'[{"question": 1}]', "must be a JSON object"),
    ("s.json", b'{"rows": []}', "a .json file must be a log of inspect-ai"),
    ("s.csv", b"num_samples,num_correct\n3,4\n", "line 2, column num_correct: 4 of 3 samples"),
    ("s.csv", b"num_samples,num_correct\n3.5,1\n", "column num_samples: '3.5' is not a whole"),
    ("s.csv", b"num_samples,num_correct\n999999999,1\n", "more than 100000000 samples"),
    ("s.csv", b"num_samples,num_correct\n0,0\n", "no samples in it"),
    ("s.csv", b"question,target,answer_1,answer_2\na,1,,\n", "no samples in it"),
    ("s.jsonl", b'{"spec": {}}\n{"final_report": {}}\n', "no event of type 'match'"),
    ("s.csv", b"question,target,answer_1,answer_2,score_1,score_2,score_3\na,1,1,1,1,1,1\n",
     "as many columns of each are needed; there are 2 of answer, 3 of score"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "message"), BAD)
def test_what_is_damaged_is_one_line(tmp_path, capsys, name, data, message):
    (tmp_path / name).write_bytes(data)
    assert main(["fit", str(tmp_path / name), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert "\n" not in error
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_bombs_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "FREE", 2**16)
    monkeypatch.setattr(packed, "RATIO", 20)
    bomb = b"question,correct\n" + b"a,1\n" * 100_000
    (tmp_path / "s.csv.gz").write_bytes(gzip.compress(bomb))
    with pytest.raises(InputError, match=r"s.csv.gz: \d+ bytes unpacked from \d+, more than"):
        read(tmp_path / "s.csv.gz")
    with zipfile.ZipFile(tmp_path / "s.eval", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("samples/1_epoch_1.json", '{"a": "' + "0" * 10**6 + '"}')
    with pytest.raises(InputError, match="unpacks to more than is read"):
        read(tmp_path / "s.eval")


@pytest.mark.parametrize("name", ["counts.csv", "rewardbench.jsonl"])
def test_through_the_command(tmp_path, capsys, name):
    out = tmp_path / "out"
    assert main(["fit", str(DATA / name), "--resamples", "5", "--out", str(out)]) == 0
    found = json.loads((out / "fit.json").read_text())
    rows = read(DATA / name)
    first = found["measured"][0]["value"][0]
    assert first == pytest.approx(float(np.mean(rows.means(rows.correct))))
