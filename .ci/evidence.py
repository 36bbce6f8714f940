"""Store what the simulations of the package find at the points of their checks.

    python .ci/evidence.py [LAW ...]     # gather what is missing or stale, or drawn elsewhere now
    python .ci/evidence.py --all         # gather everything
    python .ci/evidence.py --check       # gather nothing; exit 1 if that would change something

As many laws at a time as there are cores; a family is written whenever one of its laws is done.
"""

import argparse
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from jtts import application

application.prepare()

from jtts import registry
from jtts.checks import POINTS, gather, routes, seed_of, stored
from jtts.checks.simulated import points_of
from jtts.keys import parameter_digest
from jtts.machine import workers

WRITING = threading.Lock()


def reason(law, route):
    """Why evidence has to be gathered; empty if it has not."""
    record = stored.record_of(law, route)
    if record is None:
        return "missing"
    if stored.is_stale(law, route, record):
        return "stale: its simulation has changed"
    drawn = points_of(law, route, POINTS, seed_of(law, route, 0))
    if [*map(parameter_digest, drawn)] != [*map(parameter_digest, record.evidence.points)]:
        return "its domain has changed"
    return ""


def store(job):
    law, route = job
    began = time.perf_counter()
    evidence = gather(law, route=route)
    with WRITING:
        found = evidence, stored.simulation_digest(law, route), 0
        stored.write(law.family, {stored.name_of(law, route): found})
        application.release_programs()
    return job, time.perf_counter() - began


def main(argv=None):
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("laws", nargs="*")
    options.add_argument("--all", action="store_true", help="gather all evidence again")
    options.add_argument("--check", action="store_true", help="gather nothing, say what is due")
    given = options.parse_args(argv)
    simulated = [
        (law, route)
        for law in registry.find_laws(given.laws)
        for route in routes(law)
        if law.simulation(route)
    ]
    due = {job: "asked for" if given.all else reason(*job) for job in simulated}
    due = {job: why for job, why in due.items() if why}
    for (law, route), why in due.items():
        print(f"{law.family}.{stored.name_of(law, route)}: {why}", flush=True)
    if given.check:
        print(f"{len(due)} of {len(simulated)} due" + ": run make evidence" * bool(due))
        return 1 if due else 0
    with ThreadPoolExecutor(workers()) as pool:
        for number, ((law, route), seconds) in enumerate(pool.map(store, due), 1):
            name = f"{law.family}.{stored.name_of(law, route)}"
            print(f"{number}/{len(due)} {name} {seconds:.1f} s", flush=True)
    if not given.laws:
        for family in {law.family for law, _ in simulated}:
            own = [stored.name_of(law, r) for law, r in simulated if law.family == family]
            stored.forget(family, own)
    return 0


if __name__ == "__main__":
    sys.exit(main())
