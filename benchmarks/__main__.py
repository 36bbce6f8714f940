"""Every benchmark, one after another, and the page of their results.

    python benchmarks [--repeat 3] [--json FILE] [--page docs/benchmarks.md] [NAME ...]

Each file runs in a process of its own. On a machine with an accelerator JAX uses it, and so do
these: `--json` then holds its column. With NAMES, what FILE holds of the others stays.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from page import written

FOLDER = Path(__file__).parent
NAMES = ["best_of_k", "associative_memory", "in_context", "estimators", "sweeps"]


def measured(name, repeat):
    """The report of one file."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, FOLDER / f"{name}.py", "--repeat", str(repeat), "--json", report]
        subprocess.run(command, check=True)
        return json.loads(report.read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions of every method")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the measurements")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write them as Markdown")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"NAME must be one of {', '.join(NAMES)}, got {sorted(unknown)[0]!r}")
    keep = options.names and options.json and options.json.exists()
    reports = json.loads(options.json.read_text()) if keep else {}
    for name in options.names or NAMES:
        print(f"== {name}", flush=True)
        reports[name] = measured(name, options.repeat)
        if options.json:
            options.json.write_text(json.dumps(reports, indent=2) + "\n")
        if options.page:
            options.page.write_text(written(reports))


if __name__ == "__main__":
    main()
