"""What a docstring says of accuracy is what the law declares, and so what its corner rows hold."""

import importlib
import inspect
import re

import pytest

from jtts import registry
from jtts.laws import ClosedForm

ABOUT = re.compile(r"accura|relativ|absolut|exact|computed|evaluat|refined|digits|to 1e-")
SMALL = re.compile(r"(?<![\w.])\d(?:\.\d+)?e-\d+")
BOUND = re.compile(  # of an argument or a value, not of an error
    r"(?:above|below|beyond|from|than|at least|and at least) (?:[A-Za-z_^0-9]+ )?\S*e-\d+|"
    r"tail probabilities of \S+"
)
HELD = {  # numbers that other tests hold, and where
    "associative_memory.partition_function": {1e-12: "FINER in test_corners"},
    "best_of_k.end_to_end_error": {1e-8: "FINER in test_corners"},
    "best_of_k.optimal_k": {1e-4: "FINER in test_corners"},
    "best_of_k.student_error": {1e-8: "FINER in test_corners"},
    "selection.gain_under_error": {1e-13: "FINER in test_corners"},
    "in_context.nested_logit_flow": {1e-7: "test_in_context_induction"},
    "repeated_sampling.relaxed_allocation": {1e-12: "corner rows"},
}
PUBLIC = {
    f"{family}.{name}": getattr(module, name)
    for family in registry.families("theory")
    for module in [importlib.import_module(f"jtts.theory.{family}")]
    for name in module.__all__
    if not inspect.isclass(getattr(module, name))
}


def claims(function):
    """Numbers like 1e-12 in the sentences of a docstring that are about accuracy."""
    text = re.sub(r"\s+", " ", (inspect.getdoc(function) or "").split(">>>")[0])
    sentences = [s for s in re.split(r"(?<=[.;:])\s", text) if ABOUT.search(s)]
    return {float(x) for s in sentences for x in SMALL.findall(BOUND.sub("", s))}


@pytest.mark.parametrize("name", PUBLIC)
def test_docstrings_promise_what_is_declared(name):
    function = PUBLIC[name]
    declared = {getattr(function, "relative", None), getattr(function, "absolute", None)}
    assert claims(function) <= declared | set(HELD.get(name, ())), name


def test_claims_are_found():
    """Of what the laws declare, docstrings say most."""
    promised = [f for f in PUBLIC.values() if isinstance(f, ClosedForm) and f.relative]
    said = [f for f in promised if f.relative in claims(f)]
    assert len(said) > 0.75 * len(promised)
