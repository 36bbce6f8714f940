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


@pytest.mark.parametrize(
    ("text", "whole", "why"),
    [
        ("1_000", False, "is not a number"),
        ("٣", False, "is not a number"),
        ("0x10", False, "is not a number"),
        ("1:2:lin٣", False, "is not a range"),
        ("1e400", False, "beyond the numbers of 64 bits"),
        ("1" + "0" * 400, True, "beyond the numbers of 64 bits"),
        ("-1e-400", False, "beyond the numbers of 64 bits"),
        ("9007199254740993", True, "needs more than 64 bits, 9007199254740992 fits"),
        ("1,18446744073709551617", True, "needs more than 64 bits, 1.844674407370955"),
        ("-1e308:1e308:lin5", False, "two finite ends"),
        ("1:1e9", True, "a range has 1 to 10000000 values"),
        ("1:5:lin" + "9" * 5000, False, "a range has 1 to 10000000 values"),
        ("1:" + "x" * 5000, False, "is not a number"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_no_number_is_narrowed_and_messages_are_short(text, whole, why):
    with pytest.raises(InputError, match=why) as problem:
        parse_values("k", text, whole=whole)
    assert "--k" in str(problem.value)
    assert len(str(problem.value)) < 250


def test_large_numbers():
    assert parse_values("k", "inf", whole=True) == np.inf
    assert parse_values("k", "1e16:1e16", whole=True) == [1e16]
    assert parse_values("k", "18446744073709551616", whole=True) == 2.0**64
    assert parse_values("k", "1e308,3", whole=True) == [1e308, 3]
    assert np.asarray(parse_values("k", "1e308,3", whole=True)).dtype == np.float64
    assert parse_values("k", "1:1e308:log3", whole=True) == pytest.approx([1, 1e154, 1e308])
    assert parse_values("p", "0e5,0.0,-0") == [0, 0, 0]


def test_names():
    words = ("sphere", "gauss")
    assert parse_values("keys", "gauss", words=words) == "gauss"
    assert parse_values("keys", "sphere, gauss", words=words) == ["sphere", "gauss"]
    with pytest.raises(InputError, match="--keys takes sphere, gauss, got 'cube'"):
        parse_values("keys", "cube", words=words)
