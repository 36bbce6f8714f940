"""A page for every law, one for every family, and the public names."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docstrings import ADDRESS, body, first_line, signature
from markdown.extensions.toc import slugify

from jtts import registry
from jtts.laws import Law
from jtts.pipeline import Figure
from jtts.report import SIGNS

TOP = "../../"  # from laws/<family>/ to the pages beside laws/
REFERENCE = ("jtts", "jtts.kinds", "jtts.domain", "jtts.regression", "jtts.estimators")
SENTENCE = re.compile(r".*?[.](?= |$)|.*")
Verdicts = Mapping[str, Mapping[str, str]]


def families() -> dict[str, list[str]]:
    """Names of the laws of each family."""
    found: dict[str, list[str]] = {}
    for law in registry.all_laws().values():
        found.setdefault(law.family, []).append(law.name)
    return found


def read_verdicts(folder: Path | None) -> Verdicts:
    """What the last `jtts reproduce` found of each law over its domain."""
    path = folder / "verdicts.json" if folder else None
    if path is None or not path.exists():
        return {}
    lines = json.loads(path.read_text(encoding="utf-8"))
    return {line["law"]: line for line in lines if line["figure"] is None}


def pages(
    laws: Mapping[str, Law], verdicts: Verdicts, shown: Mapping[str, list[Figure]], docs: Path
) -> dict[str, str]:
    made = {"laws/index.md": _index(laws, verdicts)}
    for family, names in families().items():
        members = [laws[f"{family}.{name}"] for name in names]
        made[f"laws/{family}/index.md"] = _family(family, members, verdicts)
    for law in laws.values():
        made[f"laws/{law.family}/{law.name}.md"] = _page(law, verdicts, shown, docs)
    return made


def reference() -> str:
    """The public names of the package outside its families."""
    parts = ["# Reference", "The functions of a family are listed with its [laws](laws/index.md)."]
    for module_name in REFERENCE:
        module = importlib.import_module(module_name)
        names = getattr(module, "__all__", None) or [
            name
            for name, value in vars(module).items()
            if getattr(value, "__module__", "") == module_name and not name.startswith("_")
        ]
        parts.append(f"## `{module_name}`")
        parts += [_entry(name, getattr(module, name)) for name in sorted(names)]
    return "\n\n".join(parts)


def _index(laws: Mapping[str, Law], verdicts: Verdicts) -> str:
    rows = [
        f"| [{family}]({family}/index.md) | {len(names)} | "
        f"{', '.join(dict.fromkeys(laws[f'{family}.{name}'].kind.name for name in names))} |"
        for family, names in families().items()
    ]
    return "\n".join(
        [
            "# Laws",
            "",
            f"{len(laws)} laws, each computed twice by means that share nothing. Its page gives "
            "the formula, what it holds for, its source, the simulation or numerical route that "
            "it is held against, the errors that are planted to see that the check finds them, and "
            "the figures that show it.",
            "",
            "| family | laws | kinds |",
            "|---|---|---|",
            *rows,
        ]
    )


def _family(family: str, members: list[Law], verdicts: Verdicts) -> str:
    rows = [
        f"| [{law.name}]({law.name}.md) | {law.kind.name} | {_cell(law.summary)} |"
        for law in members
    ]
    module = importlib.import_module(f"jtts.theory.{family}")
    others = [
        (name, value)
        for name, value in sorted(vars(module).items())
        if name in getattr(module, "__all__", ()) and not isinstance(value, Law)
    ]
    parts = [f"# {family}", "\n".join(["| law | kind | what it is |", "|---|---|---|", *rows])]
    if others:
        parts.append(f"## Also in `jtts.theory.{family}`")
        parts += [_entry(name, value) for name, value in others]
    return "\n\n".join(parts)


def _entry(name: str, value: Any) -> str:
    shown = f"{name}{signature(value)}" if callable(value) else name
    said = first_line(value) if callable(value) or inspect.ismodule(value) else ""
    return f"`{shown}`  \n{said}"


def _page(law: Law, verdicts: Verdicts, shown: Mapping[str, list[Figure]], docs: Path) -> str:
    parts = [f"# {law.name}", law.summary, f"$$\n{law.formula}\n$$", body(law.function)]
    if law.holds:
        parts += ["## Holds for", _promise(law, docs)]
    parts += ["## Checked at", _domain(law), "## Evidence", _evidence(law, verdicts)]
    parts += ["## Source", _source(law, docs)]
    if figures := shown.get(law.full_name):
        parts.append("## Figures that show it")
        parts.append(
            "\n".join(
                f"- [{item.title}]({TOP}gallery.md#{item.family}-{item.name})" for item in figures
            )
        )
    return "\n\n".join(parts)


def _promise(law: Law, docs: Path) -> str:
    lines = [f"- `{name}`: {accepted}" for name, accepted in (law.holds or {}).items()]
    lines += [f"- {condition}" for condition in law.jointly]
    if law.accuracy:
        lines.append(f"- Accuracy: {law.accuracy}.")
    hunted = json.loads((docs.parent / "tests" / "data" / "hunted.json").read_text("utf-8"))
    if found := hunted.get(law.full_name):
        lines.append(
            f"- Largest error found in {found['evaluations']} evaluations: {found['error']:.2g} of "
            f"what is allowed ({found['of']}, at `{found['at']}`)."
        )
    return "\n".join(lines)


def _domain(law: Law) -> str:
    lines = []
    for name, held in law.domain.items():
        line = f"- `{name}` in `{_text(held)}`"
        if name in law.simulated:
            line += f"; simulated in `{_text(law.simulated[name])}`"
        lines.append(line)
    return "\n".join(lines) or "A number: there are no parameters."


def _evidence(law: Law, verdicts: Verdicts) -> str:
    said = " ".join((inspect.getdoc(type(law.kind)) or "").split())
    lines = [
        f"- **{type(law.kind).__name__}** ({law.kind.name}). {SENTENCE.match(said)[0]} "
        f"The check has to find an error of {100 * law.kind.detects:g} %."
    ]
    if isinstance(base := getattr(law.kind, "of", None), Law):
        lines.append(f"- Derived from [{base.full_name}](../{base.family}/{base.name}.md).")
    for route in (None, *(route.simulation for route in law.routes)):
        if simulation := law.simulation(route):
            chunk = simulation.chunk_function
            lines.append(f"- Simulation `{chunk.__name__}`: {first_line(chunk)}")
    if law.mutants:
        planted = ", ".join(f"*{name}*" for name in law.mutants)
        lines.append(f"- Errors planted in the tests, all of them found: {planted}.")
    for name, verdict in verdicts.items():
        if name.partition(" [")[0] == law.full_name:
            lines.append(
                f"- Last verdict: {SIGNS[verdict['status']]} **{verdict['status']}**, "
                f"{verdict['evidence']}."
            )
    lines.append(f"- Again, here and now: `jtts check {law.full_name}`.")
    return "\n".join(lines)


def _source(law: Law, docs: Path) -> str:
    text = re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", law.source)

    def link(match: re.Match[str]) -> str:
        page = (match["page"] or law.family).strip().replace(" ", "_")
        anchor = _anchor(docs / f"{page}.md", match["section"])
        return f"[{match[0]}]({TOP}{page}.md#{anchor})" if anchor else match[0]

    words = r"(?:docs, (?P<page>[a-z_ -]+?) )?sections? (?P<section>\d+)(?:(?:,| and| to) \d+)*"
    return re.sub(words, link, text) + "."


def _anchor(page: Path, section: str) -> str | None:
    if not page.exists():
        return None
    heading = re.search(rf"^## ({section}\. .*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return slugify(heading[1], "-") if heading else None


def _text(held: Any) -> str:
    return ADDRESS.sub("", str(held)).replace("`", "'")


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
