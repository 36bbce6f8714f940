"""Compare reproduced figures with numbers stored earlier: theory to 1e-9, simulation within bars.

    python .ci/reference.py FOLDER            # of `jtts reproduce`; exit 1 where they differ
    python .ci/reference.py FOLDER --write    # keep what is there, instead

Of every dataset a few points are kept. Simulated ones need not have the same bits, on another
version of JAX say, but must agree within their standard errors, at a false-alarm rate of 1e-3 in
all. A figure that is in one place only is no error: any folder may hold some of the figures.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import xarray as xr
from scipy import stats

STORED = Path(__file__).parents[1] / "tests" / "data" / "reference.json"
POINTS = 5
THEORY = 1e-9  # relative
FALSE_ALARM = 1e-3


def numbers(folder):
    """Dataset -> variable -> a few of its numbers, first to last."""
    found = {}
    for path in sorted(folder.glob("*/*.nc")):
        with xr.open_dataset(path, engine="scipy") as data:
            kept = {}
            for name in ("theory", "simulation", "stderr"):
                if name in data and data[name].size:
                    values = np.ravel(data[name].values)
                    at = np.unique(np.linspace(0, values.size - 1, POINTS).astype(int))
                    kept[name] = [values.size, *(float(values[i]) for i in at)]
            if kept:
                found[f"{path.parent.name}/{path.stem}"] = kept
    return found


def compare(stored, found):
    """Sentences on what differs, and how many datasets were compared."""
    shared = sorted(stored.keys() & found.keys())
    tests = sum(len(stored[name].get("simulation", ())) for name in shared)
    limit = stats.norm.isf(FALSE_ALARM / 2 / max(tests, 1))
    wrong = []
    for name in shared:
        old, new = stored[name], found[name]
        if {k: v[0] for k, v in old.items()} != {k: v[0] for k, v in new.items()}:
            wrong.append(f"{name}: other variables or sizes than the stored ones")
            continue
        if "theory" in old and not np.allclose(
            new["theory"], old["theory"], rtol=THEORY, atol=1e-300, equal_nan=True
        ):
            wrong.append(f"{name}: theory {new['theory'][1:]}, stored {old['theory'][1:]}")
        if {"simulation", "stderr"} <= old.keys():
            gap = np.subtract(new["simulation"], old["simulation"])[1:]
            bar = np.hypot(new["stderr"], old["stderr"])[1:]
            allowed = limit * bar + 1e-9 * np.abs(old["simulation"][1:])
            if np.any(np.abs(gap) > allowed):
                wrong.append(f"{name}: simulation differs by {gap} with bars {bar}")
    return wrong, len(shared)


def main(argv=None):
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--write", action="store_true", help="store instead of comparing")
    given = options.parse_args(argv)
    found = numbers(given.folder)
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    if given.write:
        rows = dict(sorted((stored | found).items()))
        STORED.write_text(
            "{\n"
            + ",\n".join(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in rows.items())
            + "\n}\n"
        )
        print(f"{len(found)} datasets stored")
        return 0
    wrong, compared = compare(stored, found)
    print("\n".join(wrong) or f"{compared} datasets agree with the stored numbers")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
