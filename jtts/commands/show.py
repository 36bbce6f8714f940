"""`jtts show`: all that is known of a law."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from jtts import registry
from jtts.listing import describe, print_law


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    found = registry.find_laws(options.names)
    if options.format == "json":
        print(json.dumps([describe(law) for law in found], indent=1))
    else:
        for law in found:
            print_law(law)
    return 0
