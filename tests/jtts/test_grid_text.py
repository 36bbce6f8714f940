import numpy as np
import pytest

from jtts.arguments import InputError
from jtts.grid_text import parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3", 3.0),
        ("0,0.5,2", [0.0, 0.5, 2.0]),
        ("1:4", [1.0, 2.0, 3.0, 4.0]),
        ("0:1:lin3", [0.0, 0.5, 1.0]),
        ("1:100:log3", [1.0, 10.0, 100.0]),
        ("none", None),
        ("-0.5", -0.5),
    ],
)
def test_values(text, values):
    parsed = parse_values("x", text)
    assert parsed == pytest.approx(values) if values is not None else parsed is None


def test_whole_ranges_are_distinct_integers():
    assert parse_values("k", "1:10:log20", whole=True) == list(range(1, 11))
    assert parse_values("k", "1e9", whole=True) == 10**9


def test_vectors():
    np.testing.assert_array_equal(parse_values("spectrum", "1,0.5", vector=True), [1, 0.5])
    two = parse_values("spectrum", "1,0.5;2,2", vector=True)
    np.testing.assert_array_equal(two, [[1, 0.5], [2, 2]])


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("abc", False),
        ("1,,2", False),
        ("", False),
        ("1:2:3", False),
        ("1:2:log0", False),
        ("0:2:log3", False),
        ("5:1", False),
        ("1:1e12", False),
        ("0.5", True),
    ],
)
def test_bad_text_names_option_and_text(text, whole):
    with pytest.raises(InputError) as problem:
        parse_values("k", text, whole=whole)
    assert "--k" in str(problem.value)
    assert repr(text) in str(problem.value)
    assert "\n" not in str(problem.value)


def test_names():
    words = ("sphere", "gauss")
    assert parse_values("keys", "gauss", words=words) == "gauss"
    assert parse_values("keys", "sphere, gauss", words=words) == ["sphere", "gauss"]
    with pytest.raises(InputError, match="--keys takes sphere, gauss, got 'cube'"):
        parse_values("keys", "cube", words=words)
