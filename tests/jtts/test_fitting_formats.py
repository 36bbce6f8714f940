"""Every format that is read, as far as its own numbers say what is right."""

import contextlib
import gzip
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.cli import main
from jtts.fitting import Columns, packed, read
from jtts.fitting.answers import Answers

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


def test_a_log_that_inspect_wrote():
    """Members under Zstandard, which zipfile reads from Python 3.14 on."""
    pytest.importorskip("pyarrow")
    found = read(DATA / "inspect_zstd.eval")
    assert found.counts.tolist() == [3] * 4
    assert found.correct.mean() == pytest.approx(2 / 3)  # the accuracy in its header.json


def test_a_damaged_log_that_inspect_wrote(tmp_path):
    pytest.importorskip("pyarrow")
    whole = bytearray((DATA / "inspect_zstd.eval").read_bytes())
    start = whole.index(b"samples/1_epoch_1.json")
    whole[start + 400 : start + 440] = bytes(40)
    (tmp_path / "s.eval").write_bytes(whole)
    with pytest.raises(InputError, match=r"s.eval: not a readable archive"):
        read(tmp_path / "s.eval")


def test_multiple_choice_of_lm_eval(tmp_path):
    rows = lines("lm_eval_multiple_choice.jsonl")
    found = read(DATA / "lm_eval_multiple_choice.jsonl")
    assert found.counts.tolist() == [4] * 10
    best = found.score.reshape(-1, 4).argmax(1)
    assert best.tolist() == [int(np.argmax([float(r[0][0]) for r in row["resps"]])) for row in rows]
    chosen = found.correct.reshape(-1, 4)[np.arange(10), best]
    assert chosen.tolist() == [row["acc"] for row in rows]
    assert "the samples of a question are its choices" in found.warnings[0]
    normed = read(DATA / "lm_eval_multiple_choice.jsonl", metric="acc_norm")
    chosen = normed.correct.reshape(-1, 4)[np.arange(10), normed.score.reshape(-1, 4).argmax(1)]
    assert chosen.tolist() == [row["acc_norm"] for row in rows]
    rows[1]["acc"] = 1 - rows[1]["acc"]
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(InputError, match=r"line 2: the log's own acc is 1\.0, where the likel"):
        read(tmp_path / "s.jsonl")
    read(tmp_path / "s.jsonl", metric="none")
    rows[0]["target"] = "7"
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(InputError, match="line 1, column target: '7' is neither the number"):
        read(tmp_path / "s.jsonl")


def test_targets_of_multiple_choice(tmp_path):
    (first, *_) = lines("lm_eval_multiple_choice.jsonl")
    for target, right in (("[0, 2]", [1, 0, 1, 0]), (" blue", [0, 0, 1, 0]), (3, [0, 0, 0, 1])):
        rows = [{**first, "doc_id": i, "target": target} for i in range(2)]
        (tmp_path / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        assert read(tmp_path / "s.jsonl", metric="none").correct.tolist() == right * 2


def test_mutual_information_of_multiple_choice(tmp_path):
    """Twice as many requests, the second half without the question."""
    (first, *_) = lines("lm_eval_multiple_choice.jsonl")
    alone = [[[str(-i - 1.0), "False"]] for i in range(4)]
    rows = [{**first, "doc_id": i, "resps": first["resps"] + alone} for i in range(2)]
    logs = [float(r[0][0]) for r in first["resps"]]
    informed = [log + i + 1 for i, log in enumerate(logs)]
    for row in rows:
        row["acc_mutual_info"] = float(np.argmax(informed) == int(first["target"]))
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read(tmp_path / "s.jsonl").score.tolist() == logs * 2
    found = read(tmp_path / "s.jsonl", metric="acc_mutual_info")
    assert found.score.tolist() == pytest.approx(informed * 2)


def test_filters_of_lm_eval():
    rows = lines("lm_eval_filters.jsonl")
    with pytest.raises(
        InputError, match="answers of the filters 'flexible-extract', 'strict-match'"
    ):
        read(DATA / "lm_eval_filters.jsonl")
    for name in ("strict-match", "flexible-extract"):
        found = read(DATA / "lm_eval_filters.jsonl", filter_name=name)
        own = [row["exact_match"] for row in rows if row["filter"] == name]
        assert found.means(found.correct).tolist() == own


def test_details_of_lighteval(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    with pytest.raises(InputError, match=r"pass@k:k=1&n=8 is 1: answer 'That is .* ' 2'"):
        read(DATA / "lighteval.parquet")
    found = read(DATA / "lighteval.parquet", answers=Answers("boxed"))
    own = [
        row["avg@n:n=8"]
        for row in parquet.read_table(DATA / "lighteval.parquet")["metric"].to_pylist()
    ]
    assert found.means(found.correct).tolist() == own
    found = read(DATA / "lighteval_choices.parquet")
    rows = parquet.read_table(DATA / "lighteval_choices.parquet").to_pylist()
    best = found.score.reshape(-1, 4).argmax(1)
    chosen = found.correct.reshape(-1, 4)[np.arange(len(rows)), best]
    assert chosen.tolist() == [row["metric"]["acc"] for row in rows]
    normed = next(name for name in rows[0]["metric"] if "CharNorm" in name)
    found = read(DATA / "lighteval_choices.parquet", metric=normed)
    chosen = found.correct.reshape(-1, 4)[
        np.arange(len(rows)), found.score.reshape(-1, 4).argmax(1)
    ]
    assert chosen.tolist() == [row["metric"][normed] for row in rows]
    rows[0]["metric"]["acc"] = 1 - rows[0]["metric"]["acc"]
    import pyarrow

    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "s.parquet")
    with pytest.raises(InputError, match="row 1: the log's own acc is "):
        read(tmp_path / "s.parquet")


def test_several_right_answers_of_lighteval(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    rows = [
        {
            "doc": {"id": str(i), "query": "?", "choices": ["7", "seven"], "gold_index": [0, 1]},
            "metric": {"em": 1.0},
            "model_response": {"text": ["seven", "7", "8"], "logprobs": []},
        }
        for i in range(2)
    ]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "s.parquet")
    assert read(tmp_path / "s.parquet").correct.tolist() == [1, 1, 0] * 2


def test_statistics_of_helm():
    rows = json.loads((DATA / "helm_per_instance_stats.json").read_text())
    name = "helm_per_instance_stats.json"
    with pytest.raises(InputError, match="0 or 1: exact_match, quasi_exact_match; choose one"):
        read(DATA / name)
    found = read(DATA / name, metric="quasi_exact_match")
    assert found.counts.tolist() == [3] * 5
    own = {}
    for row in rows:
        for stat in row["stats"]:
            if stat["name"]["name"] == "quasi_exact_match" and "perturbation" not in row:
                own.setdefault(row["instance_id"], []).append(stat["mean"])
    assert found.means(found.correct).tolist() == [np.mean(own[name]) for name in found.names]
    graded = read(DATA / name, Columns(truth="num_output_tokens", correct="exact_match"))
    assert set(graded.truth.tolist()) == {3.0, 4.0, 5.0, 6.0, 7.0}
    with pytest.raises(InputError, match="no --metric 'exact'; there are exact_match, "):
        read(DATA / name, metric="exact")


def test_results_of_promptfoo(tmp_path):
    log = json.loads((DATA / "promptfoo.json").read_text())
    found = read(DATA / "promptfoo.json")
    assert found.counts.tolist() == [3] * 5
    assert found.correct.sum() == log["results"]["stats"]["successes"]
    results = log["results"]["results"]
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(row) + "\n" for row in results))
    assert read(tmp_path / "s.jsonl").correct.tolist() == found.correct.tolist()
    log["results"]["stats"]["successes"] += 1
    (tmp_path / "s.json").write_text(json.dumps(log))
    with pytest.raises(InputError, match="9 results have success, where its own stats count 10"):
        read(tmp_path / "s.json")
    log["results"]["results"] = results + [{**row, "promptIdx": 1} for row in results]
    log["results"]["stats"]["successes"] = 18
    (tmp_path / "s.json").write_text(json.dumps(log))
    with pytest.raises(
        InputError, match=r"promptIdx 0 \(made\), 1 \(made\); choose one with --filter"
    ):
        read(tmp_path / "s.json")
    again = read(tmp_path / "s.json", filter_name="1")
    assert again.correct.tolist() == found.correct.tolist()


def test_rollouts():
    rows = lines("rollouts.jsonl")
    found = read(DATA / "rollouts.jsonl")
    assert found.correct.tolist() == [row["reward"] for row in rows]
    found = read(DATA / "rollouts.jsonl", Columns(truth="reward"))
    assert found.correct is None
    assert found.truth.tolist() == [row["reward"] for row in rows]


def test_rollouts_of_verl_without_acc(tmp_path):
    rows = [{**row, "score": 2 * row["score"] - 1} for row in lines("verl_rollouts.jsonl")]
    for row in rows:
        del row["acc"]
    (tmp_path / "1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(InputError, match="neither 0 nor 1"):
        read(tmp_path / "1.jsonl")
    assert set(read(tmp_path / "1.jsonl", Columns(truth="score")).truth.tolist()) == {-1.0, 1.0}


def test_completions_of_trl():
    parquet = pytest.importorskip("pyarrow.parquet")
    name = "trl_completions.parquet"
    rows = parquet.read_table(DATA / name).to_pylist()
    with pytest.raises(InputError, match="row 1: rewards accuracy_reward, format_reward; choose"):
        read(DATA / name)
    found = read(DATA / name, Columns(correct="accuracy_reward", answer="completion"))
    assert found.counts.tolist() == [4] * 6
    assert found.correct.tolist() == [row["accuracy_reward"] for row in rows]


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
    ("s.json", b'[{"question": 1}]', "a .json file must be a log of inspect-ai"),
    ("s.json", b'{"eval": {}, "samples": [1]}', "sample 1: must be a JSON object"),
    ("s.json", b'{"results": {"results": [{"promptIdx":0,"testIdx":0,"vars":1,"success":2}]}}',
     "success is 2, not true or false"),
    ("s.json", b'[{"instance_id": "a", "train_trial_index": 0, "stats": [1]}]', "without a name"),
    ("s.jsonl", b'{"prompt": "a", "response": "b"}', "no reward among prompt, response"),
    ("s.jsonl", b'{"doc_id": 0, "target": "2", "resps": [[["-1", "True"]], [["-2", "False"]]]}',
     "column arguments: must hold gen_args_0"),
    ("s.jsonl", b'{"doc_id": 0, "target": "0", "resps": [[["x", "True"]], [["-2", "False"]]]}',
     "column resps: 'x' is not a number"),
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


CUT = [
    ("lm_eval_multiple_choice.jsonl", ("resps", [])),
    ("lm_eval_multiple_choice.jsonl", ("resps", [[["-1", "True"]], "x"])),
    ("lm_eval_multiple_choice.jsonl", ("resps", None)),
    ("lm_eval_multiple_choice.jsonl", ("target", None)),
    ("lm_eval_multiple_choice.jsonl", ("arguments", {"gen_args_0": 1})),
    ("lm_eval_multiple_choice.jsonl", ("acc", "1")),
    ("lm_eval_filters.jsonl", ("resps", "x")),
    ("rollouts.jsonl", ("response", ...)),
    ("rollouts.jsonl", ("prompt", None)),
    ("rollouts.jsonl", ("reward", "high")),
    ("verl_rollouts.jsonl", ("input", ...)),
    ("verl_rollouts.jsonl", ("acc", None)),
    ("counts.csv", None),
]


@pytest.mark.parametrize(("name", "change"), CUT)
def test_one_bad_record_is_one_line(tmp_path, name, change):
    """The third of a file; all before are as they should be."""
    if change is None:
        rows = (DATA / name).read_text().splitlines()
        rows[2] = rows[2].rpartition(",")[0] + ","
        (tmp_path / name).write_text("\n".join(rows))
    else:
        field, value = change
        rows = lines(name)
        rows[2] = {key: cell for key, cell in rows[2].items() if key != field}
        rows[2] |= {} if value is ... else {field: value}
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = {"filter_name": "strict-match"} if "filters" in name else {}
    with pytest.raises(InputError, match=f"{name}, line 3") as found:
        read(tmp_path / name, **options)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    "change",
    [
        {"vars": None, "testCase": 1, "provider": "x", "namedScores": [], "response": 7},
        {"success": None},
        {"promptIdx": None},
        {"testIdx": []},
        {"response": ...},
    ],
)
def test_results_of_promptfoo_that_are_damaged(tmp_path, change):
    """Read, or refused: never a traceback."""
    log = json.loads((DATA / "promptfoo.json").read_text())
    row = log["results"]["results"][4]
    for field, value in change.items():
        row.pop(field)
        if value is not ...:
            row[field] = value
    (tmp_path / "s.json").write_text(json.dumps(log))
    with contextlib.suppress(InputError):
        assert read(tmp_path / "s.json").counts.sum() == 15


@pytest.mark.parametrize(
    "change",
    [{"stats": None}, {"stats": [{"name": {"name": "quasi_exact_match"}, "mean": "x"}]},
     {"instance_id": None}, {"train_trial_index": []}, {"perturbation": 1}],
)  # fmt: skip
def test_statistics_of_helm_that_are_damaged(tmp_path, change):
    rows = json.loads((DATA / "helm_per_instance_stats.json").read_text())
    rows[0] |= change
    (tmp_path / "s.json").write_text(json.dumps(rows))
    with contextlib.suppress(InputError):
        assert read(tmp_path / "s.json", metric="quasi_exact_match").counts.sum() <= 15


@pytest.mark.parametrize(
    "change",
    [{"doc": None}, {"model_response": None}, {"model_response": {"text": None}},
     {"metric": None}, {"metric": {"em": "x"}}, {"doc": {"gold_index": None}},
     {"doc": {"choices": None}}, {"doc": {"gold_index": 9}}],
)  # fmt: skip
def test_details_of_lighteval_that_are_damaged(tmp_path, change):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    rows = [
        {
            "doc": {"id": str(i), "query": "?", "choices": ["7"], "gold_index": 0},
            "metric": {"em": 1.0},
            "model_response": {"text": ["7", "8"], "logprobs": []},
        }
        for i in range(3)
    ]
    for field, value in change.items():
        rows[1][field] = value if value is None else {**rows[1][field], **value}
    with contextlib.suppress(pyarrow.ArrowInvalid, pyarrow.ArrowTypeError):  # not to be written
        parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "s.parquet")
        with contextlib.suppress(InputError):
            assert read(tmp_path / "s.parquet").counts.tolist() == [2] * 3


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


TYPED = [
    ("counts.csv", [], [3 / 10, 0, 1, 5 / 12, 1 / 10, 7 / 10]),
    ("rewardbench.jsonl", [], [1 / 2]),
    ("lm_eval_multiple_choice.jsonl", [], [1 / 4]),
    ("lm_eval_filters.jsonl", ["--filter", "flexible-extract"], [9 / 16]),
    ("lighteval.parquet", ["--extract", "boxed"], [17 / 24]),
    ("lighteval_choices.parquet", [], [1 / 4]),
    ("helm_per_instance_stats.json", ["--metric", "quasi_exact_match"], [8 / 15]),
    ("promptfoo.json", [], [9 / 15]),
    ("rollouts.jsonl", [], [13 / 24]),
    ("trl_completions.parquet", ["--correct", "accuracy_reward"], [17 / 24]),
    ("verl_rollouts.jsonl", [], None),
    ("openai_evals.jsonl", [], None),
    ("inspect.json", ["--metric", "match"], [3 / 4]),
    ("inspect_zstd.eval", [], [2 / 3]),
    ("wide.csv", [], None),
]


@pytest.mark.parametrize(("name", "options", "right"), TYPED, ids=[name for name, *_ in TYPED])
def test_through_the_command(tmp_path, capsys, name, options, right):
    if name.endswith((".parquet", ".eval")):
        pytest.importorskip("pyarrow")
    out = tmp_path / "out"
    assert main(["fit", str(DATA / name), *options, "--resamples", "5", "--out", str(out)]) == 0
    found = json.loads((out / "fit.json").read_text())
    first = next(row for row in found["measured"] if row["outcome"] == "accuracy")["value"][0]
    if right is not None:
        assert first == pytest.approx(np.mean(right))
    assert 0 < first < 1
