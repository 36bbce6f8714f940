"""The symbols that a docstring gives its parameters, for the labels of axes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

GREEK = re.findall(
    r"\w+",
    "alpha beta gamma delta epsilon eta theta kappa lambda mu nu xi pi rho sigma tau varphi phi "
    "chi psi omega Delta Sigma Phi Omega",
)
# the entry's first word where it is a letter (`b_c`, `p_0`, `s^2`, `q_RR`, `lambda`) and no article
_SYMBOL = re.compile(
    rf"({'|'.join(GREEK)}|[A-Za-z])(_(?:\w+|\{{\w+\}}))?(\^\d)?"
    r"(?=[,.;:]|\s*(?:[<>=]|of\b|from\b|for\b|in\b|is\b)|$)"
)


def symbols(function: Callable[..., Any]) -> dict[str, str]:
    r"""TeX of the symbol that begins a parameter's entry in the docstring, where one does.

    >>> def law(num_steps, rate, share):
    ...     '''Value.
    ...
    ...     Args:
    ...       num_steps: n >= 0, whole.
    ...       rate: lambda_0, from 0 to 1.
    ...       share: a part of the whole.
    ...     '''
    >>> symbols(law)
    {'num_steps': 'n', 'rate': '\\lambda_{0}'}
    """
    text = inspect.getdoc(function) or ""
    _, found, entries = text.partition("Args:\n")
    if not found:
        return {}
    known = {}
    for line in entries.splitlines():
        if not line.strip():
            break
        named = re.match(r"  (\w+(?:, \w+)*): (.*)", line)
        if named is None:
            continue
        names, said = named[1].split(", "), named[2]
        for name in names:
            symbol = _SYMBOL.match(said)
            if symbol is None:
                break
            known[name] = _tex(*symbol.groups())
            said = re.sub(r"^(,| and)\s*", "", said[symbol.end() :])
    return known


def _tex(letter: str, below: str | None, power: str | None) -> str:
    letter = f"\\{letter}" if letter in GREEK else letter
    return letter + (f"_{{{below[1:].strip('{}')}}}" if below else "") + (power or "")


def label(name: str, function: Callable[..., Any]) -> str:
    """What an axis is called: the parameter in words, and its symbol.

    >>> from jtts.theory import associative_memory
    >>> label("num_pairs", associative_memory.bit_error)
    'num pairs $N$'
    """
    words = name.replace("_", " ")
    if len(name) == 1 or name in GREEK:
        return f"${_tex(name, None, None)}$"
    found = symbols(function).get(name)
    return words if found is None else f"{words} ${found}$"
