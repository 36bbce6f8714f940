"""The site: pages made from the registry, code that is run, formulas as MathML.

    mkdocs build --strict

Environment: JTTS_REPRODUCED names a folder of `jtts reproduce`, whose pictures and verdicts are
then shown (default: reproduced, if it is there).
"""

from __future__ import annotations

import os
from pathlib import Path

from jtts.application import prepare

prepare()

import formulas  # noqa: E402
import gallery  # noqa: E402
import laws  # noqa: E402
import runs  # noqa: E402
from mkdocs.structure.files import File  # noqa: E402

from jtts import registry  # noqa: E402

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
FROM_TOP = {"README.md": "index.md", "CHANGELOG.md": "changelog.md"}
FROM_TOP |= {"CONTRIBUTING.md": "contributing.md"}


def on_config(config):
    families = laws.families()
    config.nav = [
        {"Start": "index.md"},
        {"Tutorials": [f"tutorials/{name}.md" for name in _stems("tutorials/*.md", families)]},
        {"Notebooks": [f"notebooks/{name}.md" for name in _stems("notebooks/*.ipynb")]},
        {"Theory": [f"{name}.md" for name in [*families, "judge_claims"] if _there(name)]},
        {
            "Laws": [
                "laws/index.md",
                *(
                    {name: [f"laws/{name}/index.md", *(f"laws/{name}/{law}.md" for law in members)]}
                    for name, members in families.items()
                ),
            ]
        },
        {"Gallery": "gallery.md"},
        {
            "Guide": [
                "which_law.md",
                "papers.md",
                "what_to_expect.md",
                "errata.md",
                "adding_a_law.md",
                "sweeps.md",
                "fit.md",
                "rank.md",
                "devices.md",
                "reference.md",
                "contributing.md",
                "changelog.md",
            ]
        },
    ]
    return config


def on_files(files, config):
    """Add what is not written by hand."""
    folder = CHECKOUT / os.environ.get("JTTS_REPRODUCED", "reproduced")
    reproduced = folder if folder.is_dir() else None
    verdicts = laws.read_verdicts(reproduced)
    shown = gallery.figures_of_laws()
    made: dict[str, str | bytes] = {
        target: (CHECKOUT / source).read_text(encoding="utf-8").replace("](docs/", "](")
        for source, target in FROM_TOP.items()
    }
    made |= laws.pages(registry.all_laws(), verdicts, shown, DOCS)
    made |= gallery.pages(reproduced, DOCS)
    made["reference.md"] = laws.reference()
    for path in sorted(DOCS.glob("tutorials/*.md")):
        made |= runs.tutorial(path, DOCS)
    for path in sorted(DOCS.glob("notebooks/*.ipynb")):
        made |= runs.notebook(path, DOCS)
    for uri, content in made.items():
        if old := files.get_file_from_path(uri):
            files.remove(old)
        files.append(File.generated(config, uri, content=content))
    return files


def on_page_content(html, page, config, files):
    return formulas.as_mathml(html, page.file.src_uri)


def _stems(pattern: str, first=()) -> list[str]:
    found = sorted(path.stem for path in DOCS.glob(pattern))
    return sorted(found, key=lambda name: [*first, *found].index(name))


def _there(name: str) -> bool:
    return (DOCS / f"{name}.md").exists()
