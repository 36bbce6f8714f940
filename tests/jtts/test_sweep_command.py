"""`jtts sweep` takes every law, as a user would type it."""

import dataclasses
import inspect

import numpy as np
import pytest

from jtts import registry
from jtts.checks import seed_of
from jtts.checks.simulated import points_of
from jtts.cli import _parser, main

LAWS = {name: law for name, law in registry.all_laws().items() if law.simulation()}


def options(name, value):
    """The words that give an argument a value on the command line; None where none do."""
    if dataclasses.is_dataclass(value):
        if any(np.ndim(leaf) for leaf in vars(value).values()):
            return None  # commas in a field are values to sweep
        parts = [
            options(f"{name}.{field.name}", getattr(value, field.name))
            for field in dataclasses.fields(value)
        ]
        return None if None in parts else [word for part in parts for word in part]
    if isinstance(value, str):
        return [f"--{name}", value]
    if value is None:
        return [f"--{name}", "none"]
    if callable(value) or isinstance(value, bool | np.bool_):
        return None
    if np.ndim(value) > 1:
        return None
    numbers = ",".join(repr(float(v)) for v in np.ravel(value))
    return [f"--{name}={numbers}"]


def typed(law):
    """The options of one of the points that its check looks at."""
    simulation = law.simulation()
    for point in points_of(law, None, 4, seed_of(law, None, 0)):
        size = getattr(law.kind, "size", None)
        more = {size: law.kind.sizes[0]} if size else {}
        known = {*law.parameters, *simulation.parameters}
        words = {n: options(n, v) for n, v in (point | more).items() if n in known}
        if None not in words.values():
            return words
    return None


@pytest.mark.long
@pytest.mark.parametrize("name", LAWS)
def test_every_law_can_be_swept(name, capsys):
    words = typed(LAWS[name])
    if words is None:
        pytest.skip("takes what text cannot say")
    command = ["sweep", name, "--trials", "1", *(word for own in words.values() for word in own)]
    assert main(command) == 0, capsys.readouterr().err
    said = capsys.readouterr()
    assert "theory" in said.out
    assert "Traceback" not in said.err


@pytest.mark.long
@pytest.mark.parametrize("name", LAWS)
def test_what_is_left_out_is_named(name, capsys):
    law = LAWS[name]
    words = typed(law)
    needed = [
        n
        for n, p in inspect.signature(law.function).parameters.items()
        if p.default is inspect.Parameter.empty
    ]
    needed += [
        n
        for n in law.simulation().parameters
        if n not in law.parameters and law.simulation().requires(n)
    ]
    if words is None or not needed:
        pytest.skip("nothing can be left out")
    given = [word for n, own in words.items() if n != needed[-1] for word in own]
    assert main(["sweep", name, "--trials", "1", *given]) == 2
    said = capsys.readouterr().err
    assert needed[-1] in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", registry.all_laws())
def test_no_parameter_is_called_like_an_option(name):
    """`jtts sweep` would take it for its own."""
    sweep = _parser()._subparsers._group_actions[0].choices["sweep"]
    taken = {
        word.lstrip("-").replace("-", "_") for a in sweep._actions for word in a.option_strings
    }
    law = registry.all_laws()[name]
    simulated = law.simulation().parameters if law.simulation() else ()
    assert not {*law.parameters, *simulated} & taken


def test_a_name_is_looked_at_before_its_value(capsys):
    """An option that there is not is no number that cannot be read."""
    assert main(["sweep", "repeated_sampling.useful_group", "--format", "json", "--a", "1"]) == 2
    assert "has no parameter 'format'; it takes" in capsys.readouterr().err
