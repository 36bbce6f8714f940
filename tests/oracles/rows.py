"""Corner rows: points at the ends of what a closed form promises, and the right values there.

A module `tests/oracles/<family>/<part>.py` has a function for each closed form, of the same name
and parameters: another route, in as many digits as it takes. Its `CORNERS` are the points (name ->
list of arguments), its `SLOPES` the parameters by which a function may be differentiated too. What
the oracles say is kept in `tests/data/corners/<family>/<part>.json`.
"""

import functools
import importlib
import importlib.util
import json
import sys
from fractions import Fraction
from pathlib import Path

import jax
import mpmath
import numpy as np

ORACLES = Path(__file__).parent
STORED = ORACLES.parent / "data" / "corners"
DIGITS = 20
FEW = 15  # of an oracle that does not say how many it works with


def parts():
    """Every `family/part` that has oracles, in order."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in ORACLES.glob("*/*.py"))


@functools.cache
def load(part):
    """The module of oracles of a part."""
    family, name = part.split("/")
    spec = importlib.util.spec_from_file_location(
        f"oracles_{family}_{name}", ORACLES / f"{part}.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with mpmath.workdps(FEW):  # what a module sets holds for its own oracles
        spec.loader.exec_module(module)
        module.precision = mpmath.mp.dps
    return module


def ask(part, name, point):
    """The numbers of an oracle as text, in the digits that its module works with."""
    module = load(part)
    with mpmath.workdps(module.precision):  # an oracle may leave it changed
        return leaves(getattr(module, name)(**point))


def function(part, name):
    """What the package has under that name: a law, a closed form or an estimator."""
    family = part.split("/")[0]
    floor = "jtts" if family == "estimators" else "jtts.theory"
    return getattr(importlib.import_module(f"{floor}.{family}"), name)


def stored(part):
    """Name -> rows of values of a part."""
    path = STORED / f"{part}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def shown(point):
    """The arguments, as they stand in a call."""
    with np.printoptions(threshold=8, floatmode="unique"):
        return ", ".join(f"{name}={value!r}" for name, value in point.items())


def leaves(value):
    """The numbers of a value, as text."""
    if isinstance(value, dict):
        return [text for key in sorted(value) for text in leaves(value[key])]
    if isinstance(value, list | tuple):
        return [text for item in value for text in leaves(item)]
    if isinstance(value, np.ndarray):
        return leaves(value.tolist())
    return [as_text(value)]


def as_text(number):
    with mpmath.workdps(max(mpmath.mp.dps, 2 * DIGITS)):
        if isinstance(number, Fraction):
            number = mpmath.mpf(number.numerator) / number.denominator
        if isinstance(number, mpmath.mpc) and number.imag == 0:
            number = number.real
        return mpmath.nstr(mpmath.mpf(number), DIGITS)


def slope(part, name, point, parameter, digits=15):
    """Derivative of the oracle by a parameter, from inside where the promise ends there."""
    oracle, at = getattr(load(part), name), point[parameter]
    taken = (getattr(function(part, name), "holds", None) or {}).get(parameter)
    direction = 0 if taken is None else 1 if at <= taken.low else -1 if at >= taken.high else 0
    with mpmath.workdps(max(50, load(part).precision)):

        def along(x):
            found = leaves_of(oracle(**point | {parameter: x}))
            return found[0]

        # at 0 there may be bends of any size: of 2^60 candidates one is right
        step = mpmath.mpf(10) ** -digits * (abs(mpmath.mpf(at)) or mpmath.mpf(10) ** -15)
        return mpmath.diff(along, mpmath.mpf(at), direction=direction, h=step)


def leaves_of(value):
    """The numbers of a value as the oracle gave them."""
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in leaves_of(value[key])]
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in leaves_of(item)]
    return [value]


def compute(part, name):
    """Rows of one function, from its oracle."""
    module, rows = load(part), []
    for point in module.CORNERS[name]:
        row = {"at": shown(point), "value": ask(part, name, point)}
        slopes = {
            p: as_text(slope(part, name, point, p))
            for p in getattr(module, "SLOPES", {}).get(name, ())
            if p in point
        }
        rows.append(row | ({"slopes": slopes} if slopes else {}))
    return rows


def numbers(value):
    """All numbers of what the package returns, in one array."""
    found = jax.tree.leaves(getattr(value, "value", value))
    return np.concatenate([np.ravel(np.asarray(leaf, float)) for leaf in found])


def right(row):
    return np.array([float(text) for text in row["value"]])
