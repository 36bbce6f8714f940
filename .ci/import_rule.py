"""The rule that keeps the evidence independent: python .ci/import_rule.py [CHECKOUT]

1. theory/ and sims/ import nothing from each other.
2. A family's own file in jtts/ (parameters, mechanisms) imports neither of them.
3. The rest of jtts/ is generic: it neither imports nor names a family (a name in theory/), but for
   jtts/__init__.py, which lists what is public.
4. An application puts laws to use: it may import theory/, and nothing of the above imports it but
   the command line.

Prints what theory/ and sims/ both import from jtts; exits 1 after listing `file:line: violation`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

FLOORS = ("theory", "sims")
APPLICATIONS = ("designing", "fitting", "judging")  # folders of jtts/ that put laws to use
IMPORTERS = {"import_module", "__import__", "find_spec", "resolve_name", "run_module"}
Reference = tuple[int, str]  # line, dotted name


def main(root: Path) -> int:
    print("theory/ and sims/ both import:")
    for line in shared(root):
        print(f"  {line}")
    found = violations(root)
    print("\n".join(found) if found else "The import rule holds.")
    return 1 if found else 0


def violations(root: Path) -> list[str]:
    """`file:line: what is wrong`, in order."""
    families = {path.stem for path in (root / "theory").glob("[!_.]*")}
    found: set[tuple[str, int, str]] = set()
    for path in [path for folder in ("jtts", *FLOORS) for path in sources(root / folder)]:
        where = path.relative_to(root)
        floor, family = where.parts[0], Path(where.parts[1]).stem
        tree = parse(path)
        application = floor == "jtts" and family in APPLICATIONS
        if application or floor != "jtts" or family in families:
            banned = {f"jtts.{other}" for other in (*FLOORS, *APPLICATIONS) if other != floor}
            if application:
                banned = {"jtts.sims"}
            found |= {
                (str(where), line, f"{floor}/ imports {name}")
                for line, name in imports(tree, package_of(where))
                if ".".join(name.split(".")[:2]) in banned
            }
        elif where != Path("jtts/__init__.py"):
            found |= {
                (str(where), line, f"generic code names a family: {name}")
                for line, name in [*imports(tree, package_of(where)), *names(tree)]
                if families & set(name.split("."))
            }
            found |= {
                (str(where), line, f"only the command line imports {name}")
                for line, name in imports(tree, package_of(where))
                if name.split(".")[1:2] and name.split(".")[1] in APPLICATIONS
                if family != "commands"
            }
    return [f"{where}:{line}: {text}" for where, line, text in sorted(found)]


def shared(root: Path) -> list[str]:
    """Modules of jtts that both floors import, with the names that each takes from them."""
    used: dict[str, dict[str, set[str]]] = {floor: {} for floor in FLOORS}
    for floor in FLOORS:
        for path in sources(root / floor):
            for _, name in imports(parse(path), package_of(path.relative_to(root))):
                module, _, taken = name.rpartition(".")
                if name.startswith("jtts.") and name.split(".")[1] != floor:
                    used[floor].setdefault(module, set()).add(taken)
    return [
        f"{module}: "
        + "; ".join(f"{floor} takes {', '.join(sorted(used[floor][module]))}" for floor in FLOORS)
        for module in sorted(set.intersection(*(set(used[floor]) for floor in FLOORS)))
    ]


def imports(tree: ast.AST, package: list[str]) -> Iterator[Reference]:
    """Every module a file refers to: import statements, attributes of jtts, names in strings."""
    house = {"jtts"}  # what the file calls the package
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            house |= {alias.asname for alias in node.names if alias.name == "jtts" and alias.asname}
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                for alias in node.names:
                    yield node.lineno, absolute(alias.name)
            case ast.ImportFrom():
                start = package[: len(package) - node.level + 1] if node.level else []
                base = [*start, node.module] if node.module else start
                for alias in node.names:
                    yield node.lineno, absolute(".".join([*base, alias.name]))
            case ast.Attribute(value=ast.Name(id=owner)) if owner in house:
                yield node.lineno, f"jtts.{node.attr}"
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
                for argument in node.args if called in IMPORTERS else []:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield node.lineno, absolute(argument.value.strip("."))
            case ast.Constant(value=str(text)) if re.fullmatch(r"[\w:]*\.[\w.:]*", text):
                yield node.lineno, absolute(text.strip("."))


def names(tree: ast.AST) -> Iterator[Reference]:
    """Identifiers, and strings that are nothing but a name."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.keyword(arg=str(name)):
                yield node.lineno, name
            case ast.Constant(value=str(name)) if re.fullmatch(r"[\w.:]+", name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name


def absolute(name: str) -> str:
    """`theory.a` is `jtts.theory.a` to a program started in the checkout."""
    return f"jtts.{name}" if name.split(".")[0] in FLOORS else name


def package_of(where: Path) -> list[str]:
    """The package that a file's relative imports start from: theory/a.py is in jtts.theory."""
    return [*([] if where.parts[0] == "jtts" else ["jtts"]), *where.parent.parts]


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def parse(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]))
