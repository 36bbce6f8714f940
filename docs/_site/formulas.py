"""Formulas become MathML when the site is built: browsers set it, and nothing is loaded."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

# unknown to the converter; browsers stretch angles by themselves
LARGE_ANGLE = re.compile(r"\\[Bb]ig(?=\\[lr]angle)")
MARKED = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', re.DOTALL)


def as_mathml(page: str, name: str) -> str:
    """Replace what the Markdown extension marked as a formula.

    Raises:
      ValueError: a command that the converter does not know, with the page it is on.
    """

    def replace(match: re.Match[str]) -> str:
        shown = match[1] == "div"
        source = html.unescape(match[2]).strip()
        latex = source.removeprefix(r"\[").removesuffix(r"\]")
        latex = latex.removeprefix(r"\(").removesuffix(r"\)").strip()
        mathml = convert(LARGE_ANGLE.sub("", latex), display="block" if shown else "inline")
        if "\\" in mathml:
            raise ValueError(f"{name}: the formula {latex!r} was not understood")
        return f'<div class="formula">{mathml}</div>' if shown else mathml

    return MARKED.sub(replace, page)
