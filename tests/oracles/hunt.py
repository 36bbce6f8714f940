"""Search what closed forms promise for their largest errors: python tests/oracles/hunt.py [LAW ...]

Every law that has an oracle is asked at its corners and at points drawn from what it promises,
ends and all decades alike; then the search climbs on the error itself. The error is measured in
units of the stated accuracy: above 1 a promise is broken. First derivatives are held to the oracle
where it may be differentiated. With --write the results are kept for the pages of the laws.

NaN inside a promise is an error, unless `UNANSWERED` of the oracle's module (name -> predicate of
the point) says that the law gives none there. Where a docstring alone speaks of NaN the point is
shown, and counts as an error with --strict: words do not say where.
"""

import argparse
import contextlib
import dataclasses
import json
import math
import re
import signal
import sys
import time
import traceback
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)

import mpmath
import numpy as np
import rows

from jtts.arguments import InputError

FOUND = Path(__file__).parents[1] / "data" / "hunted.json"
TINY = 1e-300
SLOPE = 1e-6  # accuracy asked of first derivatives, as in the corner rows
UNANSWERING = (  # of oracles, that check themselves
    *(mpmath.libmp.NoConvergence, ArithmeticError, AssertionError, MemoryError, ValueError),
)
PATIENCE = 5.0  # seconds of processor time that one point may take


SAYS_NAN = re.compile(r"NaN(?!\s+(?:at|for)\s+(?:a\s+)?traced)")  # as an answer, in a docstring


class NoAnswerError(Exception):
    """The oracle takes too long at a point, or cannot answer there: another one is drawn."""


class NoNumberError(Exception):
    """The law gives NaN at a point, as declared (`at` is None) or as its docstring says it may."""

    def __init__(self, at=None):
        self.at = at


@contextlib.contextmanager
def patience():
    """Ends a call of an oracle that takes too long."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    except UNANSWERING as problem:
        raise NoAnswerError(str(problem)) from problem
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@dataclasses.dataclass
class Worst:
    """The largest error so far, in units of what is allowed, and where."""

    error: float = 0.0
    point: dict = dataclasses.field(default_factory=dict)
    what: str = "value"
    evaluations: int = 0
    unanswered: int = 0  # points at which a law says that it gives NaN
    unsaid: dict | None = None  # the first of them at which only its words say so


def draw_number(accepted, rng, seen):
    """A number of the set: an end, next to an end, any decade, or near a corner row."""
    low, high = accepted.low, accepted.high
    choice = rng.integers(8)
    if choice == 0 and math.isfinite(low) and not accepted.open_ends[0]:
        return low
    if choice == 1 and math.isfinite(high) and not accepted.open_ends[1]:
        return high
    if choice in (2, 3) and seen:
        return near(float(seen[rng.integers(len(seen))]), rng)
    top = high if math.isfinite(high) else 1e6
    bottom = low if math.isfinite(low) else -1e6
    if bottom < 0:
        return float(rng.uniform(bottom, top))
    if choice == 4 and top < 2:  # next to the upper end, in decades
        return top - (top - bottom) * 10 ** rng.uniform(-16, 0)
    least = max(bottom, 1.0 if accepted.whole else 1e-12 * min(top, 1.0), TINY)
    return float(least * (top / least) ** rng.uniform()) if top > least else top


def near(value, rng):
    return float(value * math.exp(rng.normal() * 10 ** rng.uniform(-3, 0.5)))


def fitted(value, accepted):
    """The nearest number that may be in the set."""
    if accepted.whole and math.isfinite(value):
        value = accepted.low + accepted.step * round((value - accepted.low) / accepted.step)
    value = min(max(value, accepted.low), accepted.high)
    if accepted.static:
        return int(value)
    return int(value) if accepted.whole and math.isfinite(value) else float(value)


def draw(law, corners, rng):
    """A point of the promise, whose objects are those of the corner rows or changed ones."""
    start = corners[rng.integers(len(corners))]
    point = {}
    for name, value in start.items():
        accepted = law.holds[name]
        seen = [c[name] for c in corners if isinstance(c.get(name), int | float)]
        if accepted.words:
            point[name] = accepted.words[rng.integers(len(accepted.words))]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            stay = rng.uniform() < 0.3
            drawn = value if stay else fitted(draw_number(accepted, rng, seen), accepted)
            point[name] = counted(drawn, accepted, seen)
        else:
            point[name] = changed(value, accepted, rng)
    return point


def counted(value, accepted, seen):
    """A whole number where all corner rows have one: an oracle that counts knows no others."""
    real = any(isinstance(x, float) and x < 1e6 for x in seen)
    if accepted.whole or not math.isfinite(value) or real:
        return value
    whole = round(value)
    return whole if accepted.contains(whole) else int(min(seen))


def changed(value, accepted, rng):
    """An object or a list with its numbers moved."""
    if dataclasses.is_dataclass(value):
        holds = getattr(type(value), "holds", {})
        fields = {}
        for field in dataclasses.fields(value):
            old = getattr(value, field.name)
            if isinstance(old, int | float) and old != 0 and rng.uniform() < 0.6:
                old = near(old, rng)
                if field.name in holds:
                    old = fitted(old, holds[field.name])
            fields[field.name] = old
        try:
            return type(value)(**fields)
        except InputError:  # fields that do not go together
            return value
    if isinstance(value, list | tuple | np.ndarray) and not accepted.static:
        moved = moved_entries(np.asarray(value, float), accepted, rng)
        # as it was given: an oracle counts and compares plain numbers
        return moved if isinstance(value, np.ndarray) else type(value)(moved.tolist())
    return value


def moved_entries(entries, accepted, rng):
    """Another list of as many: each entry a little off, some nothing, or some far larger."""
    shares = abs(entries.sum(-1, keepdims=True) - 1) < 1e-12
    if rng.uniform() < 0.3 and np.all(entries >= 0):
        moved = entries + (entries == 0)
        moved = moved * np.exp(rng.normal(size=entries.shape) * 10 ** rng.uniform(0, 1.5))
        moved[rng.uniform(size=entries.shape) < rng.choice([0.0, 0.3])] = 0.0
    else:
        moved = entries * np.exp(rng.normal(size=entries.shape) * 10 ** rng.uniform(-3, 0.5))
    moved = np.clip(moved, accepted.low, accepted.high)
    total = moved.sum(-1, keepdims=True)
    return np.where(shares & (total > 0), moved / np.where(total > 0, total, 1.0), moved)


def step(law, point, corners, rng):
    """A point a little further."""
    size = 10 ** rng.uniform(-3, 0)
    moved = {}
    for name, value in point.items():
        accepted = law.holds[name]
        if isinstance(value, int | float) and not isinstance(value, bool) and not accepted.words:
            further = value * math.exp(size * rng.normal()) if value else value
            if accepted.whole:
                further += int(rng.integers(-1, 2))
            seen = [c[name] for c in corners if isinstance(c.get(name), int | float)]
            drawn = fitted(further, accepted) if rng.uniform() < 0.7 else value
            moved[name] = counted(drawn, accepted, seen)
        else:
            moved[name] = changed(value, accepted, rng) if rng.uniform() < 0.3 else value
    return moved


def error(part, name, law, point, strict=False):
    """Largest error at a point in units of the allowed one, and what it is an error of."""
    with patience():
        right = np.array([float(text) for text in rows.ask(part, name, point)])
    found = rows.numbers(law(**point))
    if law.relative is None:
        raise TypeError(f"{name} states no accuracy")
    if np.any(np.isnan(found) & ~np.isnan(right)):
        declared = getattr(rows.load(part), "UNANSWERED", {}).get(name)
        if declared is not None:
            if declared(point):
                raise NoNumberError
        elif SAYS_NAN.search(law.__doc__ or "") and not strict:
            raise NoNumberError(point)
    # of a sum that cancels an accuracy may be stated of its largest term
    largest = getattr(rows.load(part), "LARGEST_TERM", {}).get(name)
    size = np.abs(right) if largest is None else np.maximum(np.abs(right), largest(**point))
    units = law.relative * size + law.absolute + TINY
    with np.errstate(all="ignore"):
        off = np.where(found == right, 0.0, np.abs(found - right) / units)
    off = np.where(np.isnan(found) & np.isnan(right), 0.0, off)
    worst, what = float(np.max(np.where(np.isnan(off), np.inf, off))), "value"
    if law.gives is not None and not np.all(law.gives.contains(found[~np.isnan(found)])):
        return math.inf, "range"
    for parameter in getattr(rows.load(part), "SLOPES", {}).get(name, ()):
        if not isinstance(point.get(parameter), int | float):
            continue
        with patience():
            exact, nearer = (
                float(rows.slope(part, name, point, parameter, digits)) for digits in (15, 18)
            )
        if not math.isclose(exact, nearer, rel_tol=SLOPE / 100, abs_tol=1e-14):
            continue  # no slope there, as of a power below 1 at 0
        if not math.isfinite(exact):
            continue
        own = float(
            jax.grad(lambda x, p=parameter: jax.tree.leaves(law(**point | {p: x}))[0].ravel()[0])(
                float(point[parameter])
            )
        )
        allowed = SLOPE * max(abs(exact), abs(right[0]) / max(abs(point[parameter]), TINY)) + 1e-12
        slope_off = abs(own - exact) / allowed if np.isfinite(own) else math.inf
        if slope_off > worst:
            worst, what = slope_off, f"slope by {parameter}"
    return worst, what


def hunt(part, name, seconds, seed, strict=False):
    """The worst point found within a time."""
    law, corners = rows.function(part, name), rows.load(part).CORNERS[name]
    if not corners or not getattr(law, "holds", None):
        return None
    rng, worst, ends = np.random.default_rng(seed), Worst(), time.monotonic() + seconds

    def tried(point):
        try:
            law._door.admit((), point)
        except (InputError, OverflowError):
            return -1.0  # the arguments do not go together
        try:
            off, what = error(part, name, law, point, strict)
        except (NoAnswerError, InputError):
            return -1.0  # what a law refuses, it refuses by name
        except NoNumberError as without:
            worst.unanswered += 1
            worst.unsaid = worst.unsaid or without.at
            return -1.0
        worst.evaluations += 1
        if off > worst.error:
            worst.error, worst.point, worst.what = off, point, what
        return off

    starts = [(tried(point), point) for point in corners]
    while time.monotonic() < ends:
        for _ in range(8):
            point = draw(law, corners, rng)
            starts.append((tried(point), point))
            if time.monotonic() >= ends:
                break
        starts = sorted(starts, key=lambda pair: -pair[0])[:8]
        value, point = starts[rng.integers(min(3, len(starts)))]
        for _ in range(12):
            if time.monotonic() >= ends:
                break
            other = step(law, point, corners, rng)
            reached = tried(other)
            if reached > value:
                value, point = reached, other
        starts.append((value, point))
    return worst


def main(argv=None):
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("laws", nargs="*", help="names, or families; all where none is given")
    options.add_argument("--seconds", type=float, default=10.0, help="for each law")
    options.add_argument("--total", type=float, help="for all laws together, instead")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument(
        "--write", action="store_true", help=f"keep what was found in {FOUND.name}"
    )
    options.add_argument("--strict", action="store_true", help="NaN has to be declared as data")
    given = options.parse_args(argv)

    def stop(*_):
        raise NoAnswerError

    signal.signal(signal.SIGPROF, stop)
    jobs = [
        (part, name)
        for part in rows.parts()
        for name in rows.load(part).CORNERS
        if not part.startswith("estimators/")
        and (
            not given.laws
            or {name, part.split("/")[0], f"{part.split('/')[0]}.{name}"} & set(given.laws)
        )
    ]
    order = np.random.default_rng(given.seed).permutation(len(jobs))
    ends = time.monotonic() + (given.total or math.inf)
    kept = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    broken = 0
    for index in order:
        part, name = jobs[index]
        seconds = min(given.seconds, ends - time.monotonic())
        if seconds <= 0:
            break
        try:
            worst = hunt(part, name, seconds, given.seed, given.strict)
        except (ArithmeticError, MemoryError, TypeError, ValueError) as problem:
            # of one oracle, or of one law: the others are asked
            traceback.print_exc()
            print(f"FAILED {part.split('/')[0]}.{name}: {problem!r}", flush=True)
            broken += 1
            continue
        if worst is None:
            continue
        broken += worst.error > 1
        sign = "BROKEN" if worst.error > 1 else "kept"
        more = f" and {worst.unanswered} of no number" if worst.unanswered else ""
        if worst.unsaid:
            more += f", as at {rows.shown(worst.unsaid)}"
        where = rows.shown(worst.point)
        print(
            f"{sign} {part.split('/')[0]}.{name}: {worst.error:.3g} of what is allowed "
            f"({worst.what}) in {worst.evaluations} points{more}: {where}",
            flush=True,
        )
        full = f"{part.split('/')[0]}.{name}"
        old = kept.get(full, {"error": 0.0, "evaluations": 0})
        kept[full] = {
            "evaluations": old["evaluations"] + worst.evaluations,
            **(
                {"error": float(f"{worst.error:.3g}"), "of": worst.what, "at": where}
                if worst.error >= old["error"] or "at" not in old
                else {k: old[k] for k in ("error", "of", "at")}
            ),
        }
        if given.write:
            lines = [f"{json.dumps(n)}: {json.dumps(v)}" for n, v in sorted(kept.items())]
            FOUND.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
