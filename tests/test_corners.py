"""Every closed form keeps its stated accuracy at the corners of what it promises."""

import importlib
import inspect

import jax
import numpy as np
import pytest
import rows

from jtts import estimators, registry
from jtts.kinds import Exact, Fit
from jtts.laws import ClosedForm

SLOPE = 1e-6  # relative accuracy of first derivatives
ESTIMATORS = 1e-12  # relative accuracy of estimators, in double precision
ROUNDING = 1e-15  # of them, where gains and losses cancel
LAWS = registry.all_laws()
JOBS = [(part, name) for part in rows.parts() for name in rows.load(part).CORNERS]


@pytest.mark.parametrize(("part", "name"), JOBS)
def test_rows_are_those_of_the_oracle(part, name):
    """The stored values belong to the points that the oracle names."""
    points = [rows.shown(point) for point in rows.load(part).CORNERS[name]]
    assert points == [row["at"] for row in rows.stored(part).get(name, ())]


@pytest.mark.parametrize(("part", "name"), JOBS)
def test_stated_accuracy(part, name):
    function = rows.function(part, name)
    relative = getattr(function, "relative", ESTIMATORS)
    assert relative is not None, f"{name} states no accuracy"
    absolute = getattr(rows.load(part), "ABSOLUTE", {}).get(name, ROUNDING)
    for point, row in zip(rows.load(part).CORNERS[name], rows.stored(part)[name], strict=True):
        found, right = rows.numbers(function(**point)), rows.right(row)
        np.testing.assert_allclose(
            found,
            np.broadcast_to(right, found.shape),
            rtol=relative,
            atol=getattr(function, "absolute", absolute),
            err_msg=row["at"],
        )
        gives = getattr(function, "gives", None)
        if gives is not None:
            assert np.all(gives.contains(found[~np.isnan(found)])), row["at"]


def _frozen(point):
    return not point.get("temperature")


FINER = [  # what docstrings claim beyond the accuracy that holds everywhere
    ("best_of_k/selection", "error", 1e-8, _frozen),
    ("best_of_k/selection", "pointwise_error", 1e-9, _frozen),
    ("best_of_k/consequences", "end_to_end_error", 1e-8, _frozen),
    (
        "best_of_k/heavy_tails",
        "student_error",
        1e-8,
        lambda at: at["stats"].mean_error <= 2 * at["stats"].predictive_var,
    ),
    ("associative_memory/layers", "layered_overlap", 1e-13, lambda at: at["load"] < 0.26),
    ("selection/over_optimization", "gain_under_error", 1e-13, lambda at: at.get("dof") is None),
    ("best_of_k/consequences", "optimal_k", 1e-4, lambda at: True),  # to 1000 exact: it is whole
    (
        "associative_memory/dilution",
        "partition_function",
        1e-12,
        lambda at: at["dim"] <= 1e4 and at["inverse_temperature"] <= 1e3,
    ),
]


@pytest.mark.parametrize(("part", "name", "relative", "there"), FINER)
def test_finer_claims(part, name, relative, there):
    function, held = rows.function(part, name), 0
    for point, row in zip(rows.load(part).CORNERS[name], rows.stored(part)[name], strict=True):
        if there(point):
            found, right = rows.numbers(function(**point)), rows.right(row)
            np.testing.assert_allclose(found, right, rtol=relative, atol=1e-300, err_msg=row["at"])
            held += 1
    assert held >= 2


WITH_SLOPES = [
    job for job in JOBS if any("slopes" in row for row in rows.stored(job[0]).get(job[1], ()))
]


@pytest.mark.parametrize(("part", "name"), WITH_SLOPES)
def test_first_derivatives(part, name):
    function = rows.function(part, name)
    for point, row in zip(rows.load(part).CORNERS[name], rows.stored(part)[name], strict=True):
        for parameter, text in row.get("slopes", {}).items():

            def value(x, point=point, parameter=parameter):
                return jax.tree.leaves(function(**point | {parameter: x}))[0].ravel()[0]

            found = float(jax.grad(value)(float(point[parameter])))
            near = SLOPE * abs(float(text)) + 1e-12
            same = abs(found - float(text)) <= near or np.isnan([found, float(text)]).all()
            assert same, f"{parameter} at {row['at']}: {found}, {text}"


@pytest.mark.parametrize("name", LAWS)
def test_law_has_corner_rows(name):
    law = LAWS[name]
    if isinstance(law.kind, Fit):
        pytest.skip("a fit is no formula")
    family, own = name.split(".")
    count = sum(
        len(rows.load(part).CORNERS[own])
        for part, given in JOBS
        if given == own and part.startswith(f"{family}/")
    )
    least = (4 if isinstance(law.kind, Exact) else 2) if law.holds else 1
    assert count >= least


ON_SEQUENCES = "of a batch of sequences: held to other routes in tests/theory/test_in_context_*"
WITHOUT = {  # public functions that have no corner rows, and why
    "best_of_k.design": "a search: held to brute force in tests/theory/test_best_of_k_design",
    "in_context.compressed_complexity": "the size of a compressed file",
    "in_context.fit_extraction_error": "a fit",
    "in_context.fit_strategies": "a fit",
    "in_context.nested_logit_flow": "a path: held to another integrator in tests",
    "in_context.phase_diagram": "a data set of laws that have rows",
    "in_context.stored_numbers": "counts the arrays of a task",
    "in_context.strategy_conditions": "simulated losses beside a law that has rows",
    **{
        f"in_context.{name}": "makes a task, or draws from one"
        for name in (
            "balls_and_urns",
            "labelled_items",
            "linear_regression",
            "markov_mixture",
            "sample",
            "unigrams",
        )
    },
    **{
        f"in_context.{name}": ON_SEQUENCES
        for name in (
            "excess_loss",
            "generalizing_predictor",
            "loss_gap",
            "memorizing_predictor",
            "mixture_weights",
            "predictive_variance",
            "relative_distance",
            "strategy_distance",
        )
    },
}


def _public():
    """Every public function of the theory and of the estimators: full name -> function."""
    found = {f"estimators.{name}": getattr(estimators, name) for name in estimators.__all__}
    for family in registry.families("theory"):
        module = importlib.import_module(f"jtts.theory.{family}")
        found |= {f"{family}.{name}": getattr(module, name) for name in module.__all__}
    return {name: function for name, function in found.items() if not inspect.isclass(function)}


def test_every_public_function_has_corner_rows():
    """All but fits and those named here, which have none."""
    rowed = {f"{part.split('/')[0]}.{name}" for part, name in JOBS}
    fits = {name for name, law in LAWS.items() if isinstance(law.kind, Fit)}
    public = _public()
    assert sorted(set(public) - rowed - fits) == sorted(WITHOUT)
    promised = {
        f"{value.family}.{value.name}"
        for family in registry.families("theory")
        for value in vars(importlib.import_module(f"jtts.theory.{family}")).values()
        if isinstance(value, ClosedForm) and value.holds
    }
    assert sorted(promised - rowed - fits) == []
