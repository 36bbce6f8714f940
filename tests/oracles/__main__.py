"""Compute corner rows from their oracles: python tests/oracles [FAMILY[/PART] ...]

Writes tests/data/corners; all parts where none is named.
"""

import json
import sys
import time

import jax

jax.config.update("jax_enable_x64", True)

import rows


def main(named):
    for part in rows.parts():
        if named and part not in named and part.split("/")[0] not in named:
            continue
        began = time.perf_counter()
        module = rows.load(part)
        found = {name: rows.compute(part, name) for name in module.CORNERS}
        path = rows.STORED / f"{part}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(layout(found))
        count = sum(map(len, found.values()))
        print(f"{part}: {count} rows of {len(found)}, {time.perf_counter() - began:.1f} s")


def layout(found):
    """JSON with a row a line."""
    blocks = [
        f"{json.dumps(name)}: [\n" + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n]"
        for name, rows in found.items()
    ]
    return "{\n" + ",\n".join(blocks) + "\n}\n"


if __name__ == "__main__":
    main(sys.argv[1:])
