"""Tasks, networks and their training refuse by name what they cannot use."""

import functools

import numpy as np
import pytest
import xarray as xr
from refusals import calls, refuses

from jtts import in_context as ic
from jtts.arguments import InputError

KEY = np.zeros(2, np.uint32)  # nothing is computed while tests are collected


def urns(**changes):
    return ic.balls_and_urns(**{"num_tasks": 2, "vocabulary": 3, "context": 4} | changes)


def trained(**changes):
    plain = {"steps": 2, "seeds": [0], "batch_size": 2, "evaluation_size": 2, "task": urns()}
    plain |= {"model": ic.Architecture(width=4), "optimizer": ic.Optimizer()}
    return ic.train(**plain | changes)


BAD = [
    (
        lambda: ic.balls_and_urns(num_tasks=0, vocabulary=3, context=4),
        "num_tasks must be a whole number, at least 1, got 0",
    ),
    (lambda: urns(vocabulary=1), "vocabulary must be a whole number, at least 2, got 1"),
    (lambda: urns(context=0), "context must be a whole number, at least 1, got 0"),
    (lambda: urns(seed=-1), "seed must be a whole number, at least 0, got -1"),
    (lambda: urns(seed="x"), "seed must be a whole number, at least 0, got 'x'"),
    (lambda: urns(num_tasks=2.5), "num_tasks must be a whole number, at least 1, got 2.5"),
    (lambda: urns(num_tasks="x"), "num_tasks must be a whole number, at least 1, got 'x'"),
    (lambda: urns(num_tasks=None), "num_tasks must be a whole number, at least 1, got None"),
    (lambda: urns(max_tasks=1), "num_tasks must be at most max_tasks = 1, got 2"),
    (lambda: urns(max_tasks=0), "max_tasks must be a whole number, at least 1, got 0"),
    (
        lambda: ic.linear_regression(num_tasks=2, dim=0, num_examples=2, noise_var=1),
        "dim must be a whole number, at least 1, got 0",
    ),
    (
        lambda: ic.linear_regression(num_tasks=2, dim=2, num_examples=2, noise_var=0),
        "noise_var must be positive and finite, got 0",
    ),
    (
        lambda: ic.linear_regression(num_tasks=2, dim=2, num_examples=2, noise_var=1, prior_var=-1),
        "prior_var must be positive and finite, got -1",
    ),
    (
        lambda: ic.linear_regression(num_tasks=2, dim=2, num_examples=None, noise_var=1),
        "num_examples must be a whole number, at least 1, got None",
    ),
    (
        lambda: ic.paired_regression(num_tasks=2, dim=2, num_examples=-1, noise_var=1),
        "num_examples must be a whole number, at least 1, got -1",
    ),
    (
        lambda: ic.paired_regression(num_tasks=2, dim=2, num_examples=0, noise_var=1),
        "num_examples must be a whole number, at least 1, got 0",
    ),
    (
        lambda: ic.paired_regression(num_tasks=2, dim=2, num_examples="x", noise_var=1),
        "num_examples must be a whole number, at least 1, got 'x'",
    ),
    (
        lambda: ic.labelled_items(num_tasks=2, dim=2, context=1),
        "context must be a whole number, at least 2, got 1",
    ),
    (
        lambda: ic.labelled_items(num_tasks=2, dim=2, context=4, variation=0),
        "variation must be positive and finite, got 0",
    ),
    (
        lambda: ic.markov_mixture(num_tasks=2, num_states=1),
        "num_states must be a whole number, at least 2, got 1",
    ),
    (
        lambda: ic.markov_mixture(num_tasks=2, context=0),
        "context must be a whole number, at least 1, got 0",
    ),
    (lambda: ic.sample("task", KEY, 2), "task must be a task of in-context learning, got str"),
    (lambda: ic.sample(urns(), KEY, 0), "batch_size must be a whole number, at least 1, got 0"),
    (lambda: ic.sample(urns(), KEY, 2.5), "batch_size must be a whole number, at least 1, got 2.5"),
    (lambda: ic.sample(urns(), 3, 2), "key must be a key such as jax.random.key(0), got 3"),
    (
        lambda: ic.training_batch(urns(), 0, 0, 0),
        "batch_size must be a whole number, at least 1, got 0",
    ),
    (
        lambda: ic.unigrams(urns()),
        "task must be MarkovMixture, got BallsAndUrns(probabilities=Array([[0.70584008, 0.0762469",
    ),
    (lambda: ic.evaluation_steps(0), "steps must be a whole number, at least 1, got 0"),
    (lambda: ic.evaluation_steps(10, 0), "count must be a whole number, at least 1, got 0"),
    (lambda: ic.Architecture(width="x"), "width must be a whole number, at least 1, got 'x'"),
    (lambda: ic.Architecture(width=8, heads=3), "heads must divide width = 8, got 3"),
    (lambda: ic.Architecture(layers=0), "layers must be a whole number, at least 1, got 0"),
    (
        lambda: ic.Architecture(attention="none"),
        "attention must be one of softmax, linear, got 'none'",
    ),
    (
        lambda: ic.Architecture(positions=None),
        "positions must be one of learned, block, rotary, none, got None",
    ),
    (lambda: ic.Architecture(mlp_ratio=-1), "mlp_ratio must be a whole number, at least 0, got -1"),
    (lambda: ic.Optimizer(0), "learning_rate must be positive and finite, got 0"),
    (lambda: ic.Optimizer("x"), "learning_rate must be positive and finite, got 'x'"),
    (lambda: ic.Optimizer(warmup=-1), "warmup must be a whole number, at least 0, got -1"),
    (lambda: ic.Optimizer(clip=-1), "clip must be zero or positive, and finite, got -1"),
    (
        lambda: ic.Optimizer(weight_decay=np.nan),
        "weight_decay must be zero or positive, and finite, got nan",
    ),
    (lambda: ic.Optimizer(rule="lion"), "rule must be one of adam, sgd, got 'lion'"),
    (lambda: trained(seeds=[]), "seeds must be a list of different numbers, got []"),
    (lambda: trained(seeds=3), "seeds must be a list of different numbers, got 3"),
    (lambda: trained(seeds=[-1]), "seeds must be a whole number, at least 0, got -1"),
    (lambda: trained(seeds=[0.5]), "seeds must be a whole number, at least 0, got 0.5"),
    (
        lambda: trained(seeds=["a"]),
        "seeds must be a whole number, at least 0, got array(['a'], dtype='<U1')",
    ),
    (lambda: trained(steps=0), "steps must be a whole number, at least 1, got 0"),
    (lambda: trained(steps=[]), "steps must be rising numbers, got []"),
    (lambda: trained(steps=[3, 2]), "steps must be rising numbers, got [3, 2]"),
    (lambda: trained(steps=[1.5]), "steps must be a whole number, at least 1, got 1.5"),
    (lambda: trained(steps="x"), "steps must be a whole number, at least 1, got 'x'"),
    (lambda: trained(batch_size=0), "batch_size must be a whole number, at least 1, got 0"),
    (lambda: trained(batch_size=2.5), "batch_size must be a whole number, at least 1, got 2.5"),
    (
        lambda: trained(evaluation_size=0),
        "evaluation_size must be a whole number, at least 1, got 0",
    ),
    (lambda: trained(side_by_side=0), "side_by_side must be a whole number, at least 1, got 0"),
    (lambda: trained(kept=-1), "kept must be a whole number, at least 0, got -1"),
    (lambda: trained(kept=5), "kept must be at most evaluation_size = 2, got 5"),
    (lambda: trained(keep=0), "keep must be a whole number, at least 1, got 0"),
    (
        lambda: trained(model="x"),
        "model must be Architecture",
    ),
    (lambda: trained(optimizer="x"), "optimizer must be Optimizer, got 'x'"),
    (lambda: trained(task="x"), "task must be a task of in-context learning, got str"),
    (lambda: trained(task=lambda seed: 3), "task must be a task of in-context learning, got int"),
    (lambda: trained(predictors={"a": 3}), "predictor a must be a function, got 3"),
    (lambda: trained(predictors=[1]), "predictors must be Mapping, got [1]"),
    (
        lambda: trained(conditions={"num_tasks": []}, task=urns),
        "conditions must list values of num_tasks, got []",
    ),
    (
        lambda: trained(conditions={"num_tasks": 3}, task=urns),
        "conditions must list values of num_tasks, got 3",
    ),
    (
        lambda: trained(conditions={"a": [1], "b": [2]}, task=urns),
        "conditions must name one argument, got a, b",
    ),
    (
        lambda: trained(model=ic.Architecture(width=4, max_positions=2)),
        "max_positions must be at least the sequences' 4, got 2",
    ),
    (
        lambda: ic.relative_distance(xr.Dataset()),
        "curves must hold 'distance', which train measures of two predictors",
    ),
    (lambda: trained(seeds=[0, 0]), "seeds must be a list of different numbers, got [0, 0]"),
    (
        lambda: trained(seeds=[[0], [1]]),
        "seeds must be a list of different numbers, got [[0], [1]]",
    ),
    (
        lambda: trained(task=lambda: 3),
        "task must take seed and every condition: got an unexpected keyword argument 'seed'",
    ),
]


@calls(BAD)
def test_refusal(call, message):
    refuses(call, message)


def test_files_and_folders(tmp_path):
    (tmp_path / "file").write_text("text")
    refuses(lambda: trained(checkpoints=tmp_path / "file"), "is a file")
    refuses(lambda: trained(checkpoints=tmp_path / "file" / "below"), "not writable")
    refuses(lambda: ic.read_curves(tmp_path / "none.json"), "no file")
    refuses(lambda: ic.read_curves(tmp_path / "file"), "holds no curves of training")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_conditions_that_a_task_does_not_take():
    task = functools.partial(ic.balls_and_urns, num_tasks=2, vocabulary=3, context=4)
    refuses(lambda: trained(task=task, conditions={"nope": [1]}), "'nope'")


@pytest.mark.long
def test_training_side_by_side_needs_no_predictors():
    curves = trained(seeds=[0, 1, 2], side_by_side=2)
    assert curves.sizes["seed"] == 3
    assert "distance" not in curves
    with pytest.raises(InputError, match="curves must hold 'distance'"):
        ic.relative_distance(curves)
