"""`jtts laws`: list the laws."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from jtts import registry
from jtts.listing import print_laws


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    found = registry.search_laws(options.names)
    if options.format == "json":
        rows = [{"law": w.full_name, "kind": w.kind.name, "summary": w.summary} for w in found]
        print(json.dumps(rows, indent=1))
    else:
        print_laws(found)
    return 0
