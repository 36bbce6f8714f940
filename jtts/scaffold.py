"""The files of a new law, in a checkout: a law that holds, with all that proves it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from jtts import stubs
from jtts.arguments import InputError
from jtts.files import write_whole

FLOORS = ("theory", "sims", "figures")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def new_law(name: str, root: Path) -> list[Path]:
    """Write the stubs of the law `family.name` into the checkout at `root`; returns the files.

    The family may be new. All files are known to be writable names before the first is written.

    Raises:
      InputError: a name that is no `family.name`, a place that is no checkout, a file or name that
        is there already.
    """
    family, _, law = name.partition(".")
    if not (NAME.fullmatch(family) and NAME.fullmatch(law)):
        raise InputError(f"a law is named family.name, in small letters, got {name!r}")
    if not all((root / floor / "__init__.py").is_file() for floor in FLOORS):
        raise InputError(f"{root} is no checkout of jtts: it has no theory/, sims/ and figures/")
    texts = _texts(family, law, root)
    for path, text in texts.items():
        write_whole(path, text.encode())
    return list(texts)


def _texts(family: str, law: str, root: Path) -> dict[Path, str]:
    """What each file will hold."""
    theory, played = root / "theory" / family, root / "sims" / family
    page = root / "docs" / f"{family}.md"
    told = page.read_text(encoding="utf-8") if page.is_file() else f"# {family}\n{stubs.PAGE}"
    section = len(re.findall(r"^## \d+\.", told, re.MULTILINE)) + 1
    names = {
        "FAMILY": family,
        "LAW": law,
        "TITLE": law.replace("_", " ").capitalize(),
        "NUMBER": str(section),
    }

    def filled(stub: str) -> str:
        for placeholder, name in names.items():
            stub = stub.replace(placeholder, name)
        return stub

    added = {
        theory / f"{law}.py": filled(stubs.THEORY),
        root / "tests" / "oracles" / family / f"{law}.py": filled(stubs.ORACLE),
        root / "tests" / "theory" / f"test_{family}_{law}.py": filled(stubs.TEST),
    }
    changed = {
        theory / "__init__.py": _export(theory / "__init__.py", "theory", family, law),
        page: told + filled(stubs.SECTION),
    }
    single = played.with_suffix(".py")
    if single.is_file():
        changed[single] = _append(single, law, filled(stubs.PLAYED))
    else:
        added[played / f"{law}.py"] = filled(stubs.SIMULATION + stubs.PLAYED)
        changed[played / "__init__.py"] = _export(played / "__init__.py", "sims", family, law)
    if not theory.is_dir():
        added[root / "docs" / "tutorials" / f"{family}.md"] = filled(stubs.TUTORIAL)
        for floor in ("theory", "sims"):
            init = root / floor / "__init__.py"
            changed[init] = _family_added(init.read_text(encoding="utf-8"), family)
    for path in added:
        if path.exists():
            raise InputError(f"{path.relative_to(root)} is there already")
    return added | changed


def _export(init: Path, floor: str, family: str, law: str) -> str:
    """A family's __init__ with one name more."""
    new = f'"""{family}: what it is about, in a line."""\n\n__all__ = []\n'
    text = init.read_text(encoding="utf-8") if init.is_file() else new
    if law in _imported(text):
        raise InputError(f"{family} has a {law} already")
    module = f"jtts.{floor}.{family}.{law}"
    imports = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]
    earlier = [node.end_lineno or 0 for node in imports if (node.module or "") < module]
    line = f"from {module} import {law}"
    if earlier or imports:
        return _listed(
            _inserted(text, line, earlier[-1] if earlier else imports[0].lineno - 1), law
        )
    return _listed(_inserted(text, f"\n{line}", ast.parse(text).body[0].end_lineno or 0), law)


def _imported(text: str) -> set[str]:
    """Names that a module imports at its top."""
    nodes = [n for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in nodes for alias in node.names}


def _inserted(text: str, line: str, after: int) -> str:
    lines = text.splitlines()
    return "\n".join([*lines[:after], line, *lines[after:]]) + "\n"


def _listed(text: str, name: str) -> str:
    """A literal `__all__` with one name more, in order."""
    found = re.search(r"^__all__ = \[(.*?)\]", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise InputError(f"no __all__ to add {name} to")
    names = sorted({*re.findall(r'"(\w+)"', found[1]), name})
    listing = "".join(f'    "{one}",\n' for one in names)
    return f"{text[: found.start()]}__all__ = [\n{listing}]{text[found.end() :]}"


def _family_added(text: str, family: str) -> str:
    """A floor's __init__ with one family more."""
    found = re.search(r"^    from jtts\.\w+ import \(\n(.*?)    \)", text, re.M | re.DOTALL)
    if found is None:
        raise InputError(f"no list of families to add {family} to")
    names = sorted({*re.findall(r"\w+", found[1]), family})
    listing = "".join(f"        {name},\n" for name in names)
    text = text[: found.start(1)] + listing + text[found.end(1) :]
    return _listed(text, family)


def _append(single: Path, law: str, stub: str) -> str:
    """A family's one file of simulations with one more, and what it imports."""
    text = single.read_text(encoding="utf-8")
    tree = ast.parse(text).body
    if law in {node.name for node in tree if isinstance(node, ast.FunctionDef)}:
        raise InputError(f"sims/{single.name} has a {law} already")
    for line in re.findall(r"^(?:import|from) .+$", stubs.SIMULATION, re.MULTILINE):
        last = [
            n.end_lineno for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)
        ]
        if not _imported(line) <= _imported(text):
            text = _inserted(text, line, last[-1] or 0)
    return f"{text}\n\n{stub}"
