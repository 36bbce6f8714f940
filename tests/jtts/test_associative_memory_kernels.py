"""Fast kernels of the memory against the step-by-step definition, and what each must satisfy."""

import functools

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy.linalg import cholesky, polar

from jtts import associative_memory as memory
from jtts.arguments import InputError
from jtts.associative_memory.triangular import unit_lower_inverse

TOLERANCE = {"float64": 1e-12, "float32": 1e-4}


TIME = 100  # of most tests: one compiled program serves them


def pairs(seed, time=TIME, *, dim=16, width=8, lead=(2,), dtype=float):
    """Keys, values and queries of unit scale; drawn by NumPy, which compiles nothing."""
    draw = np.random.default_rng(seed).normal
    drawn = [draw(size=(*lead, time, size)) for size in (dim, width, dim)]
    for rows in drawn[::2]:
        rows /= np.linalg.norm(rows, axis=-1, keepdims=True)
    return tuple(jnp.asarray(rows, dtype) for rows in drawn)


def strengths(seed, time=TIME, lead=(2,), dtype=float):
    """A strength for every step: decay near 1, erase and write in (0, 1)."""
    decay, erase, write = np.random.default_rng(seed).random((3, *lead, time))
    drawn = {"decay": 1 - 0.02 * decay, "erase": erase, "write": write}
    return {name: jnp.asarray(values, dtype) for name, values in drawn.items()}


def error(got, expected):
    """Largest difference over the largest entry, over a pytree."""
    pairs = zip(*map(jax.tree.leaves, (got, expected)), strict=True)
    wide = ([np.asarray(one, float) for one in pair] for pair in pairs)
    return max(float(np.max(np.abs(a - b)) / np.max(np.abs(b))) for a, b in wide)


def differentiated(function):
    """Outputs of a kernel, and gradients of a scalar of them in every argument, compiled."""

    def scalar(arrays, options):
        outputs, state = function(*arrays, **options)
        weight = jnp.cos(jnp.arange(outputs.size, dtype=outputs.dtype)).reshape(outputs.shape)
        return jnp.mean(outputs * weight) + jnp.mean(state**2), (outputs, state)

    return jax.jit(jax.value_and_grad(scalar, (0, 1), has_aux=True))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.long
def test_chunks_agree_with_steps_over_4096_writes(dtype):
    arrays, options = pairs(0, 4096, dtype=dtype), strengths(1, 4096, dtype=dtype)
    options["initial"] = jnp.ones((8, 16), dtype)
    (_, outputs), gradients = differentiated(memory.run)(arrays, options)
    (_, by_steps), by_steps_gradients = differentiated(memory.run_by_steps)(arrays, options)
    assert all(leaf.dtype == dtype for leaf in jax.tree.leaves((outputs, gradients)))
    assert error(outputs, by_steps) < TOLERANCE[dtype]
    assert error(gradients, by_steps_gradients) < TOLERANCE[dtype]


@pytest.mark.parametrize(("time", "chunk"), [(1, 64), (20, 64), (65, 64), (100, 7), (5, 1)])
@pytest.mark.long
def test_any_length_and_any_chunk(time, chunk):
    arrays, options = pairs(3, time), strengths(4, time)
    expected = memory.run_by_steps(*arrays, **options)
    assert error(memory.run(*arrays, chunk=chunk, **options), expected) < 1e-12
    last = memory.recall(*arrays, chunk=chunk, **options)[..., -1, :]
    assert error(last, expected[0][..., -1, :]) < 1e-12


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"decay": 0.9},
        {"write": 0.3},
        {"decay": 0.9, "erase": 0.5},
        {"erase": 1.9, "write": 1.9},
    ],
    ids=str,
)
def test_scalar_strengths(options):
    arrays = pairs(5)
    assert error(memory.run(*arrays, **options), memory.run_by_steps(*arrays, **options)) < 1e-12


def test_traced_strengths_are_those_known_before():
    arrays = pairs(6)
    traced = jax.jit(lambda erase: memory.recall(*arrays, erase=erase))(0.0)
    assert error(traced, memory.recall(*arrays, erase=0.0)) < 1e-12


def test_strong_decay_does_not_underflow():
    keys, values, queries = pairs(7)
    outputs, _ = memory.run(keys, values, queries, decay=1e-30, erase=0.5)
    expected, _ = memory.run_by_steps(keys, values, queries, decay=1e-30, erase=0.5)
    assert error(outputs, expected) < 1e-12


def test_a_step_of_zero_decay_forgets_everything():
    arrays, late = pairs(8), jnp.arange(TIME) >= 71
    decay = jnp.ones(TIME).at[jnp.array([3, 70, 71])].set(0.0)
    outputs, state = memory.run(*arrays, decay=decay, erase=0.7)
    since, expected = memory.run(*arrays, erase=0.7 * late, write=1.0 * late)
    assert error((outputs[:, 71:], state), (since[:, 71:], expected)) < 1e-13


ENDS = [
    *({"decay": decay} for decay in (0.0, 1e-30, 1e-18, 1e-9, 1e-5, 1.0)),
    {"erase": 0.0},
    {"erase": 1.0},
    {"write": 0.0},
    {"decay": 0.0, "erase": 0.0, "write": 0.0},
]


@functools.cache
def slopes(chunk):
    """Reads, state and their derivatives in every argument, of one kernel, compiled."""
    if chunk is None:
        return differentiated(memory.run_by_steps)
    return differentiated(functools.partial(memory.run, chunk=chunk))


@pytest.mark.parametrize("chunk", [1, 3, 64])
@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.long)])
def test_gates_at_the_ends_of_their_range(dtype, chunk):
    arrays = pairs(40, 20, dim=4, width=2, lead=(), dtype=dtype)
    for end in ENDS:
        gates = {"decay": 0.9, "erase": 0.5, "write": 0.5} | end
        options = {name: jnp.full(20, value, dtype) for name, value in gates.items()}
        options["initial"] = jnp.ones((2, 4), dtype)
        found, expected = slopes(chunk)(arrays, options), slopes(None)(arrays, options)
        for got, right in zip(*map(jax.tree.leaves, (found, expected)), strict=True):
            scale = max(np.max(np.abs(right)), 1e-3)
            assert np.max(np.abs(np.asarray(got) - right)) / scale < TOLERANCE[dtype] / 10, end


def test_one_gate_of_zero_among_others():
    arrays = pairs(41, 20, dim=4, width=2, lead=())
    options = strengths(42, 20, lead=())
    options["decay"] = options["decay"].at[jnp.array([0, 5, 6, 19])].set(0.0)
    found, expected = slopes(3)(arrays, options), slopes(None)(arrays, options)
    assert error(found[1][1]["decay"], expected[1][1]["decay"]) < 1e-12


@pytest.mark.long
def test_leading_axes_broadcast():
    keys, values = pairs(9, lead=(3, 1))[0], pairs(10, lead=(4,))[1]
    decay, initial = jnp.linspace(0.5, 1.0, 4)[:, None], jnp.ones((8, 16))
    state = memory.memorise(keys, values, decay=decay, initial=initial)
    assert state.shape == (3, 4, 8, 16)
    one = memory.memorise(keys[2, 0], values[1], decay=decay[1], initial=initial)
    assert error(state[2, 1], one) < 1e-13
    assert memory.recall(keys, values, keys).shape == (3, 4, TIME, 8)


def test_state_continues_a_sequence():
    arrays, options = pairs(11), strengths(12)
    whole, expected = memory.run(*arrays, **options)
    first, second = (
        jax.tree.map(lambda rows: rows[:, part], (arrays, options))  # noqa: B023
        for part in (slice(None, 50), slice(50, None))
    )
    _, state = memory.run(*first[0], **first[1])
    outputs, last = memory.run(*second[0], initial=state, **second[1])
    assert error((outputs, last), (whole[:, 50:], expected)) < 1e-12


@pytest.mark.long
def test_vmap_is_a_leading_axis():
    arrays, options = pairs(13), strengths(14)
    mapped = jax.vmap(lambda arrays, options: memory.recall(*arrays, **options))(arrays, options)
    assert error(mapped, memory.recall(*arrays, **options)) < 1e-12


def test_keys_of_norm_zero_write_nothing():
    (keys, values, queries), silent = pairs(15), np.arange(TIME) % 3 == 0
    silenced = np.where(silent[:, None], 0.0, keys)
    got = memory.run(silenced, values, queries, erase=1.0, write=1.0)
    expected = memory.run(keys, values, queries, erase=1.0 * ~silent, write=1.0 * ~silent)
    assert error(got, expected) < 1e-13
    nothing = memory.run(0 * keys, values, queries, erase=1.0)
    nothing += memory.memorise_exactly(0 * keys, values), memory.orthogonalise(0 * values)
    assert all(not np.any(array) for array in nothing)


@jax.jit
@jax.value_and_grad
def square_of_reads(keys, values, queries):
    return jnp.sum(memory.run(keys, values, queries, erase=0.8, decay=0.95)[0] ** 2)


def test_gradients_are_finite_where_keys_are_zero():
    keys, values, queries = pairs(16)
    _, gradient = square_of_reads(keys.at[:, ::3].set(0.0), values, queries)
    assert np.all(np.isfinite(gradient))


def test_the_delta_rule_recalls_its_newest_pair():
    keys, values, _ = pairs(2, 4096)
    reads, _ = memory.run(keys, values, keys, erase=1.0, write=1.0)
    assert error(reads, values) < 1e-13


@pytest.mark.long
def test_forward_and_reverse_derivatives_agree():
    (keys, values, queries), (change, _, _) = pairs(17), pairs(18)
    _, forward = jax.jvp(lambda k: square_of_reads(k, values, queries)[0], (keys,), (change,))
    reverse = jnp.vdot(square_of_reads(keys, values, queries)[1], change)
    assert float(reverse) == pytest.approx(float(forward), rel=1e-12)


@pytest.mark.parametrize("size", [1, 15, 17, 100])
@pytest.mark.long
def test_unit_triangular_inverse(size):
    strict = np.tril(np.random.default_rng(size).normal(size=(3, size, size)), -1) / size**0.5
    expected = np.linalg.inv(np.eye(size) + strict)
    assert error(unit_lower_inverse(jnp.asarray(strict)), expected) < 1e-12


def test_unit_triangular_inverse_survives_repeated_keys():
    # all keys equal: the inverse is bidiagonal, while powers of A reach 1e18
    strict = np.tril(np.ones((64, 64)), -1)
    expected = np.eye(64) - np.eye(64, k=-1)
    assert np.array_equal(unit_lower_inverse(jnp.asarray(strict)), expected)


def attention(keys, values, queries, inverse_temperature):
    scores = inverse_temperature * queries @ jnp.swapaxes(keys, -1, -2)
    return jax.nn.softmax(scores, -1) @ values


@pytest.mark.parametrize("block", [1, 7, 500])
@pytest.mark.long
def test_softmax_in_blocks(block):
    keys, values, queries = pairs(19)

    def scalar(recall):
        return lambda *arrays: jnp.sum(jnp.sin(recall(*arrays)))

    def blocked(*arrays):
        return memory.softmax_recall(*arrays, inverse_temperature=30.0, block=block)

    def whole(*arrays):
        return attention(*arrays, 30.0)

    arrays = keys, values, queries[:, :9]
    assert error(blocked(*arrays), whole(*arrays)) < 1e-13
    gradients = jax.grad(scalar(blocked), (0, 1, 2))(*arrays)
    assert error(gradients, jax.grad(scalar(whole), (0, 1, 2))(*arrays)) < 1e-12


def test_softmax_of_large_scores_does_not_overflow():
    keys, values, _ = pairs(20, 50)
    read = memory.softmax_recall(keys, values, keys, inverse_temperature=1e6, block=8)
    assert error(read, values) < 1e-12


def test_exact_writes_recall_every_pair_up_to_the_dimension():
    keys, values, _ = pairs(21, 40, dim=32, lead=(500,))
    state = memory.memorise_exactly(keys, values)
    gaps = jnp.max(jnp.abs(keys @ state.mT - values), (0, 2))
    assert float(jnp.max(gaps[:32])) < 1e-9  # some of 500 square matrices are ill-conditioned
    assert float(jnp.median(jnp.abs(keys @ state.mT - values)[:, :32])) < 1e-14
    # what has no room left is not written
    silenced = jnp.where(jnp.arange(40)[:, None] < 32, keys, 0.0)
    assert np.array_equal(memory.memorise_exactly(silenced, values), state)


def test_regularised_exact_writes_are_ridge_regression():
    keys, values, _ = pairs(23, 60)
    state = memory.memorise_exactly(keys, values, ridge=0.3)
    for k, v, got in zip(*map(np.asarray, (keys, values, state)), strict=True):
        assert error(got.T, np.linalg.solve(k.T @ k + 0.3 * np.eye(16), k.T @ v)) < 1e-12


def ridge_minimum(keys, values, ridge):
    """The normal equations in 60 digits."""
    with mp.workdps(60):
        rows, sides = (mp.matrix(np.asarray(x, float).tolist()) for x in (keys, values))
        normal = rows.T * rows + mp.mpf(float(ridge)) * mp.eye(rows.cols)
        columns = (rows.T * sides[:, j] for j in range(sides.cols))
        return np.array([[float(x) for x in mp.lu_solve(normal, one)] for one in columns])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("time", [64, 16, 6])
@pytest.mark.long
def test_a_ridge_below_rounding_is_kept(dtype, time):
    keys, values, _ = pairs(43, time, dim=16, width=2, lead=(), dtype=dtype)
    twice = keys.at[3].set(keys[1])
    accuracy = 2e-6 if dtype == "float32" else 4e-15
    for rows in (keys, twice):
        for ridge in np.array([1e-1, 1e-5, 1e-12], dtype):
            found = memory.memorise_exactly(rows, values, ridge=ridge)
            assert found.dtype == dtype
            assert error(found, ridge_minimum(rows, values, ridge)) < accuracy


@pytest.mark.parametrize("time", [9, 4])
@pytest.mark.long
def test_gradients_of_a_ridge_fit(time):
    keys, values, _ = pairs(44, time, dim=4, width=2, lead=())
    # a second write to a key: what moves the two apart moves the state by 1 / ridge
    keys = keys.at[3].set(keys[1])
    change = pairs(45, time, dim=4, lead=())[0]

    def along(h, ridge):
        return jnp.sum(memory.memorise_exactly(keys + h * change, values, ridge=ridge)[:, 1])

    def explicit(h, ridge):
        rows = keys + h * change
        normal = rows.T @ rows + ridge * jnp.eye(4)
        return jnp.sum(jnp.linalg.solve(normal, rows.T @ values)[1])

    def slopes(of):
        """First derivatives, and those of the first in both."""
        first = jax.grad(of, (0, 1))
        return jax.jit(lambda *at: (first(*at), jax.jacrev(first, (0, 1))(*at)))(0.0, 1e-2)

    found, right = (np.array(jax.tree.leaves(slopes(of))) for of in (along, explicit))
    np.testing.assert_allclose(found, right, rtol=1e-8)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.long
def test_half_precision_is_summed_in_single(dtype):
    arrays = pairs(46, 400, dim=4, width=2, lead=(), dtype=dtype)
    wide = [array.astype("float32") for array in arrays]
    calls = [
        lambda k, v, q: memory.run(k, v, q, decay=0.5, erase=0.5),
        memory.run_by_steps,
        memory.recall,
        memory.softmax_recall,
        lambda k, v, q: memory.memorise_exactly(k, v, ridge=0.1),
        lambda k, v, q: memory.orthogonalise(100 * v),
        lambda k, v, q: memory.normalise(300 * v),
        lambda k, v, q: memory.write_slots(k, q, 0.5),
    ]
    for call in calls:
        compiled = jax.jit(call)
        found, right = (compiled(*given) for given in (arrays, wide))
        assert all(leaf.dtype == dtype for leaf in jax.tree.leaves(found))
        assert error(found, right) < 1e-2


def test_whole_numbers_do_not_overflow():
    keys = np.array([[100, 0], [0, 100]], np.int8)
    assert memory.recall(keys, keys, keys)[0, 0] == 1e6
    assert np.all(memory.normalise(keys) == np.eye(2))
    assert np.all(memory.householder_product(keys, 2) == np.diag([-19999, -19999]))
    assert np.all(memory.write_slots(keys, keys, 0) == np.eye(2))
    moved = memory.update_query(np.array([100, 0], np.int8), keys, 1, step_size=1)
    assert moved.tolist() == [0, 100]


def test_normalise_beyond_the_range_of_squares():
    for size in (1e-200, 1e200):
        vector = size * jnp.array([3.0, 4.0])
        np.testing.assert_allclose(memory.normalise(vector), [0.6, 0.8], rtol=1e-15)
        slope = jax.jacobian(memory.normalise)(vector)[0, 0] * size
        assert float(slope) == pytest.approx(0.64 / 5, rel=1e-12)


def test_a_learner_keeps_what_its_noise_leaves():
    """The second trial of a stimulus counts as much as the first, however little the noise."""
    for dtype, noise in (("float32", 1e-9), ("float64", 1e-20)):
        with jax.enable_x64(dtype == "float64"):
            means = memory.condition_by_uncertainty(
                np.ones((3, 1), dtype), np.array([1.0, 2.0, 4.0], dtype), 1.0, noise
            )
        np.testing.assert_allclose(means[:, 0], [1, 1.5, 7 / 3], rtol=1e-6)


@pytest.mark.parametrize("count", [3, 70])
@pytest.mark.long
def test_householder_products(count):
    keys, _, _ = pairs(24, count)
    product = memory.householder_product(keys)
    assert error(product @ jnp.swapaxes(product, -1, -2) + 1, jnp.eye(16) + jnp.ones(())) < 1e-13
    erase = jnp.linspace(0.1, 1.9, count)
    explicit = np.eye(16)
    for k, b in zip(np.asarray(keys[0]), np.asarray(erase), strict=True):
        explicit = explicit @ (np.eye(16) - b * np.outer(k, k))
    assert error(memory.householder_product(keys, erase)[0], explicit) < 1e-12
    state = jnp.ones((8, 16))
    kept = memory.memorise(keys, jnp.zeros((count, 8)), erase=erase, initial=state)
    assert error(kept[0], state @ explicit) < 1e-12


def test_newton_schulz_ends_at_the_orthogonal_factor():
    matrix = np.random.default_rng(0).normal(size=(3, 12, 7))
    expected = np.stack([polar(one)[0] for one in matrix])
    options = {"num_steps": 20, "coefficients": memory.TO_CONVERGENCE}
    assert error(memory.orthogonalise(matrix, **options), expected) < 1e-12
    assert error(memory.orthogonalise(np.swapaxes(matrix, 1, 2), **options).mT, expected) < 1e-12
    spread = np.linalg.svd(memory.orthogonalise(matrix), compute_uv=False)
    assert 0.6 < spread.min() < spread.max() < 1.3


def test_descent_with_orthogonal_steps_moves_by_the_step_size():
    keys, values, _ = pairs(25, 50, lead=())

    def direction(gradient):
        return memory.orthogonalise(gradient, num_steps=30, coefficients=memory.TO_CONVERGENCE)

    state = memory.descend(keys, values, step_size=0.25, direction=direction)
    assert error(state @ state.T + 1, jnp.eye(8) / 16 + 1) < 1e-12


def test_descent_reaches_least_squares():
    keys, values, _ = pairs(26, 8, lead=())
    state = memory.descend(keys, values, step_size=0.5, num_steps=jnp.asarray(4000))
    assert error(state, (np.linalg.pinv(keys) @ values).T) < 1e-10


def test_one_step_of_descent_is_a_hebbian_write():
    keys, values, _ = pairs(27, 30)
    step = memory.descend(keys, values, step_size=0.3)
    assert error(step, memory.memorise(keys, values, write=0.3)) < 1e-13


def test_slots_turn_as_their_overlap_says():
    slot, target, _ = pairs(28, 1, lead=())
    slot, overlap = slot[0], 0.3
    orthogonal = memory.normalise(pairs(29, 1, lead=())[0][0])
    orthogonal = memory.normalise(orthogonal - (orthogonal @ slot) * slot)
    target = overlap * slot + (1 - overlap**2) ** 0.5 * orthogonal
    turned = memory.write_slots(slot, target, 0.4)
    room = 0.4 * (1 - overlap**2)
    expected = (overlap + room) / (1 + 0.4 * room) ** 0.5
    assert float(turned @ target) == pytest.approx(expected, rel=1e-13)
    assert float(turned @ turned) == pytest.approx(1, rel=1e-13)


def test_a_query_climbs_the_log_attention_of_its_target():
    keys, _, queries = pairs(30, 9)

    def score(query):
        return jnp.sum(jax.nn.log_softmax(2.0 * keys @ query[..., None], -2)[..., 4, 0])

    query = queries[:, 0]
    moved = memory.update_query(query, keys, 4, step_size=0.1, inverse_temperature=2.0)
    assert error(moved, query + 0.1 * jax.grad(score)(query)) < 1e-13


@pytest.mark.parametrize("law", memory.KEY_LAWS)
@pytest.mark.long
def test_moments_of_keys(law):
    keys = memory.draw_keys(jax.random.key(31), (100_000, 2), 8, law)
    overlap = jnp.sum(keys[:, 0] * keys[:, 1], -1)
    norm = jnp.sum(keys[:, 0] ** 2, -1)
    fourth = {"sphere": 3 / 80, "rad": 22 / 512, "gauss": 30 / 512}[law]
    for values, mean in ((overlap**2, 1 / 8), (overlap**4, fourth), (norm, 1.0)):
        stderr = jnp.maximum(jnp.std(values) / len(values) ** 0.5, 1e-15)
        assert abs(float((jnp.mean(values) - mean) / stderr)) < 4.5
    if law != "gauss":
        assert float(jnp.max(jnp.abs(norm - 1))) < 1e-14


@pytest.mark.long
def test_overlapping_keys_share_one_direction():
    keys = memory.draw_overlapping_keys(jax.random.key(32), (20_000, 3), 5, 0.3)
    gram = jnp.einsum("...id,...jd->...ij", keys, keys)
    assert float(jnp.max(jnp.abs(jnp.diagonal(gram, axis1=-2, axis2=-1) - 1))) < 1e-14
    overlap = gram[:, 0, 1]
    assert float(jnp.mean(overlap)) == pytest.approx(0.3, abs=4.5 * 0.7 / (4 * 20_000) ** 0.5)
    # three keys in 0.3 + 0.7 x, x the cosine of a uniform direction in four dimensions
    assert float(jnp.mean((overlap - 0.3) ** 2)) == pytest.approx(0.49 / 4, rel=0.04)
    alike = memory.draw_overlapping_keys(jax.random.key(33), (3,), 5, 1.0)
    assert float(jnp.max(jnp.abs(alike - alike[0]))) == 0


def test_noise_of_queries():
    keys = memory.draw_keys(jax.random.key(34), (50_000,), 6)
    added = jnp.sum((memory.noisy_queries(jax.random.key(35), keys, 0.7) - keys) ** 2, -1)
    assert float(jnp.mean(added)) == pytest.approx(0.49, rel=4.5 * (2 / 6 / 50_000) ** 0.5)


# mean square errors of d = 16, N = 24, at pairs 1, 12, 24: docs, associative_memory section 4
@pytest.mark.parametrize(
    ("law", "decay", "erase", "write", "expected"),
    [
        ("sphere", 1.0, 0.0, 1.0, (1.4375, 1.4375, 1.4375)),
        ("sphere", 1.0, 1.0, 1.0, (1.3863745334, 0.9677026633, 0.0)),
        ("sphere", 0.95, 0.8, 0.8, (1.1131487969, 0.8283087284, 0.0493051794)),
        ("sphere", 1.0, 0.3, 1.0, (1.1606455832, 0.8842602725, 0.5046960349)),
        ("gauss", 1.0, 1.0, 1.0, (1.4553622737, 1.0719983646, 0.2545883374)),
        ("gauss", 0.95, 0.0, 1.0, (1.0720321135, 0.8158915026, 0.6488733395)),
    ],
)
@pytest.mark.long
def test_reference_errors(law, decay, erase, write, expected):
    of_keys, of_values = jax.random.split(jax.random.key(36))
    keys = memory.draw_keys(of_keys, (4000, 24), 16, law)
    values = jax.random.normal(of_values, (4000, 24, 16))
    options = {"decay": decay, "erase": erase, "write": write}
    queries = keys[:, jnp.array([0, 11, 23])]
    read = memory.recall(keys, values, queries, **options)
    errors = jnp.mean((read - values[:, jnp.array([0, 11, 23])]) ** 2, -1)
    stderr = jnp.maximum(jnp.std(errors, 0) / 4000**0.5, 1e-15)
    assert np.all(np.abs((jnp.mean(errors, 0) - jnp.array(expected)) / stderr) < 4.5)


@pytest.mark.parametrize("ridge", [0.0, 0.5])
@pytest.mark.long
def test_least_squares_error_beyond_capacity(ridge):
    # of N = 60 pairs in d = 40, plain: 1 - d / N; section 5
    keys, values, _ = pairs(38, 60, dim=40, width=40, lead=(50,))
    state = memory.memorise_exactly(keys, values, ridge=1e-8 + ridge)
    errors = jnp.mean((keys @ state.mT - values) ** 2, (1, 2))
    gram = np.asarray(keys @ keys.mT)
    factors = np.stack([cholesky(one + (1e-8 + ridge) * np.eye(60)) for one in gram])
    filters = np.linalg.inv(np.einsum("bji,bjk->bik", factors, factors)) * (1e-8 + ridge)
    expected = np.mean(np.sum(filters**2, -1))
    stderr = float(jnp.std(errors)) / 50**0.5
    assert abs(float(jnp.mean(errors)) - expected) < 4.5 * stderr
    if not ridge:
        assert expected == pytest.approx(1 / 3, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k, v, q: memory.recall(k, v[:, :3], q), "values must broadcast"),
        (lambda k, v, q: memory.recall(k[:, :0], v[:, :0], q), "time must be a whole number"),
        (lambda k, v, q: memory.recall(k[0, 0], v, q), "keys must be"),
        (lambda k, v, q: memory.recall(k, v, q, decay=-0.1), "decay must be zero or positive"),
        (lambda k, v, q: memory.recall(k, v, q, erase=np.inf), "erase must be finite"),
        (lambda k, v, q: memory.recall(k, v, q, write=jnp.ones(3)), "write must broadcast"),
        (lambda k, v, q: memory.recall(k, v, q, chunk=0), "chunk must be a whole number"),
        (lambda k, v, q: memory.recall(k, v, q, initial=jnp.ones((3, 3))), "initial must"),
        (lambda k, v, q: memory.recall(k, v, q[..., :3]), "queries must"),
        (lambda k, v, q: memory.run(k, v, q[:, :3]), "queries must"),
        (lambda k, v, q: memory.softmax_recall(k, v[:, :3], q), "values must"),
        (lambda k, v, q: memory.softmax_recall(k, v, q[..., :3]), "queries must"),
        (lambda k, v, q: memory.memorise_exactly(k, v, ridge=-1.0), "ridge must"),
        (lambda k, v, q: memory.descend(k, v, step_size=np.nan), "step_size must"),
        (lambda k, v, q: memory.descend(k, v, step_size=0.1, num_steps=-1), "num_steps must"),
        (lambda k, v, q: memory.orthogonalise(k[0, 0]), "matrix must"),
        (lambda k, v, q: memory.draw_keys(jax.random.key(0), (2,), 4, "cube"), "keys must be one"),
        (lambda k, v, q: memory.draw_keys(jax.random.key(0), (2,), 0), "dim must"),
        (
            lambda k, v, q: memory.draw_overlapping_keys(jax.random.key(0), (2,), 4, 1.5),
            "overlap must",
        ),
        (lambda k, v, q: memory.noisy_queries(jax.random.key(0), k, -1.0), "noise must"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call(*pairs(39, 6))
