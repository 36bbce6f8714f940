"""Every closed form keeps its promise at the door.

What lies outside is refused, or NaN where traced; the type of what lies inside changes nothing;
slopes hold at the ends.
"""

import functools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from drawn import LAWS, batched, is_number, points
from jax import monitoring
from refusals import refuses
from slopes import SCALES, STEPS, UNTRACED, differences

from jtts.arguments import InputError

PROMISED = [name for name, law in LAWS.items() if law.holds is not None]
COMPILED = []
SAME = 1e-13  # relative; what a narrowed argument changes is 1e-9 and more


def _note(event, duration, **_):
    if event.endswith("backend_compile_duration"):
        COMPILED.append(event)


monitoring.register_event_duration_secs_listener(_note)


def beyond(accepted):
    """Numbers next to the set and outside it."""
    left, right = accepted.open_ends
    found = [np.nan]
    if np.isfinite(accepted.low):
        found.append(accepted.low if left else accepted.low - max(1, abs(accepted.low)))
    if np.isfinite(accepted.high):
        found.append(accepted.high if right else accepted.high + max(1, abs(accepted.high)))
    if accepted.whole:
        found.append(accepted.low + 0.5)
    if accepted.step == 2:
        found.append(accepted.low + 1)
    return found


def numbers_of(name, point):
    """Arguments that are single numbers, with the sets they lie in."""
    law = LAWS[name]
    return {
        p: law.holds[p]
        for p, value in point.items()
        if p in law.holds and is_number(value) and not law.holds[p].words and not law.holds[p].types
    }


@pytest.mark.parametrize("name", PROMISED)
def test_what_lies_outside_is_refused_by_name(name):
    law, point = LAWS[name], points(name)[0]
    for parameter, accepted in numbers_of(name, point).items():
        for value in beyond(accepted):
            refuses(lambda p=parameter, v=value: law(**point | {p: v}), f"{parameter} must be")


@pytest.mark.parametrize("name", LAWS)
def test_the_draw_lies_inside_the_promise(name):
    law = LAWS[name]
    if law.holds is None:
        pytest.skip("promises nothing yet")
    assert set(law.holds) == set(law.parameters)
    for point in points(name):
        law._door.admit((), point)


@functools.cache
def outside(name):
    """Rows of the arguments that vary: the first as drawn, each other outside in one number."""
    stacked, _ = batched(name)
    point = points(name)[0]
    taken = {p: a for p, a in numbers_of(name, point).items() if p in stacked and not a.static}
    changes = [(p, v) for p, a in taken.items() for v in beyond(a)]
    rows = {p: np.full(len(changes) + 1, float(point[p])) for p in taken}
    for row, (p, v) in enumerate(changes):
        rows[p][row + 1] = v
    rest = {p: v for p, v in point.items() if p not in rows}
    return rows, rest, changes


@pytest.mark.long
@pytest.mark.parametrize("name", PROMISED)
def test_what_lies_outside_is_nan_where_traced(name):
    rows, rest, changes = outside(name)
    if not changes:
        pytest.skip("no number varies")
    law = LAWS[name]
    try:
        found = jax.jit(lambda given: law(**given, **rest))(jax.tree.map(jnp.asarray, rows))
    except (InputError, TypeError, ValueError) as problem:
        if re.search(UNTRACED, str(problem)):
            pytest.skip(str(problem)[:60])
        raise
    for leaf in jax.tree.leaves(found):
        numbers = np.asarray(leaf, float).reshape(len(changes) + 1, -1)
        for change, values in zip(changes, numbers[1:], strict=True):
            assert np.all(np.isnan(values)), change


@pytest.mark.long
@pytest.mark.parametrize("name", PROMISED)
def test_types_of_numbers_change_nothing(name):
    """Lists, whole numbers of any type and single precision: the value that float64 gives."""
    law, point = LAWS[name], points(name)[0]
    for parameter, accepted in numbers_of(name, point).items():
        if accepted.static:
            continue
        value = point[parameter]
        kinds = [lambda v: [float(v)]]
        if abs(value) < float(np.finfo(np.float32).max):
            kinds.append(lambda v: np.asarray([v], np.float32))
        if accepted.whole and abs(value) < 127:
            kinds += [lambda v: np.asarray([v], np.int8), lambda v: np.int8(v)]
        for kind in kinds:
            given = kind(value)
            try:
                law._door.admit((), point | {parameter: np.float64(np.ravel(given)[0])})
            except InputError:
                continue  # rounding led outside
            plain = law(**point | {parameter: np.asarray(given, float)})
            found = law(**point | {parameter: given})
            for one, other in zip(*map(jax.tree.leaves, (found, plain)), strict=True):
                # of a program for scalars and one for arrays, the last digits may differ
                np.testing.assert_allclose(one, other, rtol=SAME)


@pytest.mark.long
@pytest.mark.parametrize("name", PROMISED)
def test_a_second_call_compiles_nothing(name):
    law, (first, second, *_) = LAWS[name], points(name) * 2
    taken = numbers_of(name, first)
    again = first | {p: second[p] for p, a in taken.items() if not a.static}
    try:
        law._door.admit((), again)
    except InputError:
        again = first  # what the arguments promise together
    law(**first), law(**again)  # sizes of another class may be another program
    before = len(COMPILED)
    law(**first), law(**again)
    assert len(COMPILED) == before


@functools.cache
def ends(name):
    """Rows at the ends of what real numbers take, each with the parameter and the way inside."""
    law, point = LAWS[name], points(name)[0]
    stacked, _ = batched(name)
    found = []
    for parameter, accepted in numbers_of(name, point).items():
        if accepted.whole or accepted.static or parameter not in stacked:
            continue
        left, right = accepted.open_ends
        default = law._annotated[parameter].default
        at = [(accepted.low, 1)] * (not left) + [(accepted.high, -1)] * (not right)
        if isinstance(default, int | float):
            at += [(default, 1), (default, -1)]
        for value, way in at:
            scale = abs(value) or min(abs(point[parameter]), 1.0) or 1.0
            steps = [0.0, *(SCALES[:, None] * STEPS).ravel()]
            with np.errstate(all="ignore"):
                near = [{parameter: value + way * step * scale} for step in steps]
            with np.errstate(all="ignore"):
                inside = all(
                    np.isfinite(v) and accepted.contains(v) for n in near for v in n.values()
                )
            if inside and allowed(law, [point | n for n in near]):
                found.append((parameter, way * scale, [n[parameter] for n in near]))
    return found


def allowed(law, some):
    try:
        for point in some:
            law._door.admit((), point)
    except InputError:
        return False
    return True


@pytest.mark.long
@pytest.mark.parametrize("name", PROMISED)
def test_slopes_at_the_ends(name):
    """Derivative at every end and default of the promise, against one-sided differences."""
    law, point, rows = LAWS[name], points(name)[0], ends(name)
    if not rows:
        pytest.skip("no end where a slope is asked")
    varied = sorted({parameter for parameter, _, _ in rows})
    rest = {p: v for p, v in point.items() if p not in varied}

    def value(given):
        return jnp.concatenate([jnp.ravel(leaf) for leaf in jax.tree.leaves(law(**given, **rest))])

    base = {p: float(point[p]) for p in varied}
    at = [base | {p: near[0]} for p, _, near in rows]
    to = [{p: float(p == parameter) for p in varied} for parameter, _, _ in rows]
    stack = functools.partial(jax.tree.map, lambda *leaves: jnp.asarray(leaves))
    try:
        here, slopes = jax.jit(jax.vmap(lambda a, t: jax.jvp(value, (a,), (t,))))(
            stack(*at), stack(*to)
        )
        beside = jax.jit(jax.vmap(value))(
            stack(*[base | {p: x} for p, _, near in rows for x in near[1:]])
        ).reshape(len(rows), len(SCALES), len(STEPS), -1)
    except (InputError, TypeError, ValueError) as problem:
        if re.search(UNTRACED, str(problem)):
            pytest.skip(str(problem)[:60])
        raise
    for (parameter, scale, near), y, slope, others in zip(rows, here, slopes, beside, strict=True):
        with np.errstate(all="ignore"):  # values may be infinite there
            right, near_enough = differences(law, np.asarray(y), np.asarray(others), scale)
        off = np.isfinite(right) & np.isfinite(y) & ~(np.abs(slope - right) <= near_enough)
        assert not np.any(off), f"{parameter} = {near[0]}: {slope}, differences {right}"
