"""The digest of code: what changes it, and what does not."""

import enum
import functools
import importlib.util
import random
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts import registry
from jtts.arguments import InputError
from jtts.rewards import Discrete, Gumbel, Normal, Quantile
from jtts.sources import code_digest, content_digest

PLAIN = '''
"""A module."""
import jax

FACTOR = 2.0


def helper(x):
    """Say something."""
    return FACTOR * x  # why


def unused(x):
    return x


@jax.jit
def play(x):
    def inner(y):
        return helper(y) + 1
    return inner(x)
'''


@pytest.fixture
def digest(tmp_path):
    count = iter(range(100))

    def of(text, name="play"):
        path = tmp_path / f"module_{next(count)}.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location("some_user_module", path)
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return code_digest(getattr(module, name))

    yield of
    sys.modules.pop("some_user_module", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def helper(x)", "def helper(x: 'größe') -> dict[str, float]"),
        ("def play(x)", "def play(\n    x: jax.Array,\n) -> jax.Array"),
        ("# why", "# why not"),
        ('"""Say something."""', '"""Say another thing."""'),
        ('"""A module."""', ""),
        ("FACTOR * x", "FACTOR  *  x"),
        ("def unused(x):\n    return x", "def unused(x):\n    return x + 1"),
    ],
)
def test_words_annotations_and_layout_are_no_part(digest, old, new):
    assert old in PLAIN
    assert digest(PLAIN) == digest(PLAIN.replace(old, new))


USERS = """
import dataclasses
import numpy as np
from jtts.rewards import Quantile

TABLE = {"rates": [1.0, 2.0], "deep": ({"x": 3},)}
FACTORS = np.arange(3000.0)
SETTING = dataclasses.make_dataclass("Setting", ["rate"])(0.5)


def base(p, power=2):
    return p**power * TABLE["rates"][0] + FACTORS[2] + SETTING.rate


def made(first, second):
    def inner(p):
        return first * base(p) + second
    return inner


play = made(1.0, 2.0)
"""


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (PLAIN, "FACTOR * x", "FACTOR * x + 0"),
        (PLAIN, "FACTOR = 2.0", "FACTOR = 2.5"),
        (PLAIN, "helper(y) + 1", "helper(y) + 2"),
        (PLAIN, "return inner(x)", "return inner(2 * x)"),
        (USERS, "[1.0, 2.0]", "[1.0, 2.5]"),
        (USERS, '{"x": 3}', '{"x": 4}'),
        (USERS, "np.arange(3000.0)", "np.arange(3000.0) + (np.arange(3000) == 1500)"),
        (USERS, "(0.5)", "(0.25)"),
        (USERS, "power=2", "power=3"),
        (USERS, "made(1.0, 2.0)", "made(1.5, 2.0)"),
        (USERS, "made(1.0, 2.0)", "made(1.0, 2.5)"),
    ],
)
def test_code_and_what_it_holds_are_part(digest, text, old, new):
    assert old in text
    assert digest(text) == digest(text)
    assert digest(text) != digest(text.replace(old, new))


def test_what_is_refused_is_no_part(digest):
    text = (
        "from jtts import promises\nHELD = {'x': promises.{}}\n\ndef play(x):\n    return HELD, x\n"
    )
    one, other = (text.replace("{}", word) for word in ("positive()", "finite()"))
    assert digest(one) == digest(other) != digest(one.replace("'x'", "'y'"))


def test_simulations_of_the_package_differ():
    found = {law.simulation(): "" for law in registry.all_laws().values() if law.simulation()}
    assert len({code_digest(simulation) for simulation in found}) == len(found) > 100


def test_code_of_a_users_second_file_is_part(tmp_path, monkeypatch, digest):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    text, seen = (
        "import some_users_tools\n\ndef play(x):\n    return some_users_tools.twice(x)\n",
        set(),
    )
    for factor in (2, 3):
        (tmp_path / "some_users_tools.py").write_text(f"def twice(x):\n    return {factor} * x\n")
        sys.modules.pop("some_users_tools", None)
        importlib.invalidate_caches()
        seen.add(digest(text))
    sys.modules.pop("some_users_tools", None)
    assert len(seen) == 2


def scaled(a):
    return lambda p: a * p


def cubed(p):
    return p**3


class Curve:
    def __init__(self, a):
        self.a = a

    def at(self, p):
        return self.a * p


class Word(enum.Enum):
    ONE = 1
    TWO = 2


MANY = np.linspace(0, 1, 2000)
NEAR = MANY + 1e-12 * (np.arange(2000) == 1000)
SHARES = np.full(2000, 1 / 2000)
CURVES = [Curve(1), Curve(2)]
TWO_ON_A_LINE = [lambda p: p, lambda p: 2 * p]
DIFFERENT = {
    "arrays that print alike": lambda: (MANY, NEAR),
    "lists that print alike": lambda: (MANY.tolist(), NEAR.tolist()),
    "objects of such arrays": lambda: (Discrete(SHARES, MANY), Discrete(SHARES, NEAR)),
    "the ninth digit": lambda: (0.1234567891, 0.1234567892),
    "whole numbers beyond doubles": lambda: (2**53 + 1, 2**53),
    "in a list with reals": lambda: ([2**53 + 1, 0.5], [2**53, 0.5]),
    "beyond 64 bits": lambda: (2**70, 2**70 + 1),
    "shapes": lambda: (np.ones((2, 3)), np.ones((3, 2))),
    "types of objects": lambda: (Normal(), Gumbel()),
    "enclosed numbers": lambda: (Quantile(scaled(1.0)), Quantile(scaled(2.0))),
    "enclosed arrays": lambda: (scaled(MANY), scaled(NEAR)),
    "enclosed and compiled": lambda: (jax.jit(scaled(1.0)), jax.jit(scaled(2.0))),
    "given in part": lambda: (functools.partial(pow, 2), functools.partial(pow, 3)),
    "a gradient": lambda: (Quantile(jax.grad(cubed)), Quantile(cubed)),
    "options of a transformation": lambda: (jax.vmap(cubed, in_axes=0), jax.vmap(cubed, in_axes=1)),
    "functions of libraries": lambda: (Quantile(jnp.log), Quantile(jnp.exp)),
    "functions of NumPy": lambda: (np.log, np.exp),
    "methods": lambda: (Quantile(Curve(1).at), Quantile(Curve(2).at)),
    "two on a line": lambda: tuple(TWO_ON_A_LINE),
    "an object twice": lambda: ([*CURVES, CURVES[0]], [*CURVES, CURVES[1]]),
    "what an object hides": lambda: (random.Random(1), random.Random(2)),
    "generators": lambda: (np.random.default_rng(1), np.random.default_rng(2)),
    "keys": lambda: (jax.random.key(0), jax.random.key(1)),
    "members": lambda: (Word.ONE, Word.TWO),
    "sets": lambda: ({1, 2}, {1, 3}),
    "ranges": lambda: (range(3), range(4)),
    "none or one": lambda: (Quantile(cubed), Quantile(cubed, cubed)),
}  # fmt: skip


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_contents_tell_apart(pair):
    one, other = pair()
    assert content_digest(one) != content_digest(other)
    assert content_digest(one) == content_digest(one)


def test_types_of_equal_numbers_do_not():
    forms = [[1, 2, 3], (1.0, 2.0, 3.0), np.arange(1, 4, dtype=np.int8), jnp.arange(1.0, 4.0)]
    assert len({content_digest(form) for form in forms}) == 1


def test_what_shows_no_content_is_refused():
    with pytest.raises(InputError, match="generator does not show what it holds"):
        content_digest(x for x in [1])
