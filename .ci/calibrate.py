"""Calibrate the error bars of every law that has a simulation: a table in docs/calibration.csv.

python .ci/calibrate.py [--out FILE] [--replicates N] [--minutes M] [LAW ...]
"""

from jtts.application import prepare

prepare()

import argparse
import csv
import dataclasses
import datetime
import subprocess
import sys
import time
from pathlib import Path

from jtts import registry
from jtts.application import release_programs
from jtts.checks import routes
from jtts.checks.calibration import calibrate, miscalibrated


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", metavar="LAW")
    options.add_argument("--out", type=Path, default=Path("docs/calibration.csv"))
    options.add_argument("--replicates", type=int, default=200)
    options.add_argument("--minutes", type=float, default=60.0, help="after which to stop")
    options.add_argument("--seconds", type=float, default=10.0, help="for all of a point")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    laws = registry.find_laws(given.names)
    jobs = [(law, route) for law in laws for route in routes(law) if law.simulation(route)]
    rows, until = [], time.monotonic() + 60 * given.minutes
    for law, route in jobs:
        if time.monotonic() > until:
            print(f"time is up: {len(jobs) - len(rows)} simulations are not in the table")
            break
        row = calibrate(
            law, route=route, replicates=given.replicates, seconds=given.seconds, seed=given.seed
        )
        release_programs()
        rows.append(row)
        print(
            f"{row.law}: {row.points} of {row.drawn} points, covered {row.covered:.3f} of "
            f"{row.nominal:.3f}, alarms {row.alarms:.3f}, p {row.p_value:.2g}, {row.seconds:.1f} s",
            flush=True,
        )
    write(rows, given.out)
    wrong = miscalibrated(rows)
    for row in wrong:
        print(f"NOT calibrated: {row}")
    return 1 if wrong else 0


def write(rows, path):
    """The rows of the table that were made now replace those of the same laws."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True
    ).stdout.strip()
    table = {}
    if path.exists():
        with path.open(newline="") as file:
            table = {row["law"]: row for row in csv.DictReader(file)}
    for row in rows:
        cells = dataclasses.asdict(row) | {"commit": commit, "date": datetime.date.today()}
        table[row.law] = {n: f"{c:.4g}" if isinstance(c, float) else c for n, c in cells.items()}
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(cells), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for _, row in sorted(table.items()))


if __name__ == "__main__":
    sys.exit(main())
