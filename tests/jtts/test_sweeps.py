import jax
import jax.numpy as jnp
import numpy as np
import pytest
from coin import all_fail

from jtts import Estimate, check, law, simulation, sweep
from jtts.arguments import InputError
from jtts.domain import choices, constant, reals
from jtts.kinds import Asymptotic, Exact
from jtts.machine import counted_compiles
from jtts.regression import Statistics, TiedJudge
from jtts.theory import best_of_k


@law(
    kind=Asymptotic(size="dim", sizes=(2, 4), finite_size=3.0),
    formula="s^2 + c",
    source="test",
    domain={
        "stats": constant(Statistics.from_rho(0.1)),
        "weights": choices(np.ones(3)),
        "judge": constant(None),
    },
)
def toy(stats: Statistics, *, weights, judge: TiedJudge | None = None):
    """A law with a parameter object, a vector and an optional judge."""
    strength = 0.0 if judge is None else jnp.asarray(judge.strength)
    return Statistics(stats.predictive_var + strength, stats.mean_error * jnp.sum(weights, -1))


@toy.simulated_by
@simulation(chunk=64, static=("dim",))
def simulate_toy(key, trials, stats, *, dim, weights, judge=None):
    exact = toy.function(stats, weights=weights, judge=judge)
    noise = jax.random.normal(key, (trials,)) + 1 / dim
    return Estimate.of(
        Statistics(exact.predictive_var + noise, exact.mean_error + noise, 0 * noise, 0 * noise)
    )


def test_product_grid_has_a_dimension_per_swept_name():
    data = sweep(all_fail, {"k": [1, 2, 3], "p": [0.1, 0.2]}, trials=4096)
    assert dict(data.sizes) == {"k": 3, "p": 2}
    np.testing.assert_allclose(data.theory.sel(k=3, p=0.2), 0.8**3)
    np.testing.assert_allclose(data.z, (data.simulation - data.theory) / data.stderr)
    assert float(abs(data.z).max()) < 4.5
    assert set(data["count"].values.flat) == {4096.0}
    assert set(data["trials"].values.flat) == {4096.0}


def test_trials_are_those_that_were_played():
    grid = {"k": [1, 2], "p": 0.1}
    assert set(sweep(all_fail, grid, trials=4097)["trials"].values.flat) == {8192.0}
    stratified = sweep(best_of_k.error, {"k": 4, "rho": 0.2, "temperature": 0.0}, trials=10_000)
    assert float(stratified["trials"]) >= 10_000
    assert float(stratified["count"]) == 32  # replicates
    known = sweep(all_fail, {"k": [1, 8], "p": 0.5}, target_stderr=0.05)["trials"].values
    assert known[1] > known[0]  # a rare event takes more of them


def test_a_point_is_the_same_in_any_grid():
    grid = sweep(all_fail, {"k": [1, 2, 3], "p": [0.1, 0.2]}, trials=4096, seed=5)
    point = sweep(all_fail, {"k": 2, "p": 0.2}, trials=4096, seed=5)
    assert float(grid.simulation.sel(k=2, p=0.2)) == float(point.simulation)
    other = sweep(all_fail, {"k": 2, "p": 0.2}, trials=4096, seed=6)
    assert float(other.simulation) != float(point.simulation)


def test_a_sweep_compiles_once():
    grid = {"k": list(range(1, 9)), "p": np.linspace(0.1, 0.5, 7)}
    sweep(all_fail, {"k": [3, 4, 5], "p": [0.25]}, trials=50_000)
    sweep(all_fail, grid)
    with counted_compiles() as compiled:
        sweep(all_fail, grid, trials=4096)
    assert compiled.programs == 0


def test_a_law_is_compiled_for_a_block_and_for_nothing_else():
    """Not for the first point beside it, by which the names of its numbers were once seen."""
    calls = []

    @law(kind=Exact(), formula="p", source="test", domain={"p": reals(0, 1)})
    def counted(p):
        calls.append(np.shape(p))
        return {"one": p, "two": 2 * p}

    data = sweep(counted, {"p": np.linspace(0, 1, 10)}, block=4)
    assert len(calls) == 3
    assert data.component.values.tolist() == ["['one']", "['two']"]
    np.testing.assert_array_equal(data.theory[:, 1], 2 * np.linspace(0, 1, 10))


def test_without_jit_of_laws_a_sweep_is_the_same():
    """As with JAX_DISABLE_JIT, which whoever looks for an error in a law turns on."""
    grid = {"k": [1, 3], "p": 0.2}
    whole = sweep(all_fail, grid, trials=4096)
    with jax.disable_jit():
        assert whole.simulation.identical(sweep(all_fail, grid, trials=4096).simulation)


def test_zipped_values_make_one_dimension():
    data = sweep(all_fail, {"k": [1, 2], "p": [0.1, 0.2]}, zipped=True)
    assert dict(data.sizes) == {"point": 2}
    np.testing.assert_allclose(data.theory, [0.9, 0.64])
    np.testing.assert_allclose(data.p, [0.1, 0.2])


def test_target_stderr_is_reached():
    data = sweep(all_fail, {"k": 2, "p": [0.1, 0.5]}, target_stderr=0.005)
    assert float((data.stderr / data.simulation).max()) <= 0.005


def test_objects_fields_constructors_and_vectors():
    by_name = sweep(toy, {"rho": [0.2, 0.4], "weights": np.ones(3), "judge.strength": [1.0, 2.0]})
    assert by_name.theory.dims == ("rho", "judge.strength", "component")
    assert list(by_name.component.values[:2]) == ["predictive_var", "mean_error"]
    np.testing.assert_allclose(
        by_name.theory.sel(component="mean_error").isel({"judge.strength": 0}), [0.6, 1.2]
    )
    judges = sweep(toy, {"rho": 0.2, "weights": np.ones(3), "judge": [None, TiedJudge(2.0)]})
    np.testing.assert_allclose(judges.theory.sel(component="predictive_var"), [1.0, 3.0])
    fields = {"stats.predictive_var": 2.0, "stats.mean_error": [0.1, 0.3]}
    vectors = sweep(toy, fields | {"weights": [np.ones(3), np.zeros(3)]})
    np.testing.assert_allclose(
        vectors.theory.sel(component="mean_error"), [[0.3, 0.0], [0.9, 0.0]], atol=1e-15
    )


def test_sizes_of_the_simulation_are_swept_and_their_gap_allowed_for():
    data = sweep(toy, {"rho": 0.2, "weights": np.ones(3), "dim": [2, 4]}, trials=640)
    assert dict(data.sizes) == {"dim": 2, "component": 4}
    np.testing.assert_allclose(data.finite_size.sel(component="predictive_var"), [1.5, 0.75])


def test_curve_samples_are_shared():
    @simulation(chunk=32, curve="k")
    def curve(key, trials, k, p):
        draws = jax.random.uniform(key, (trials, 1)) < p
        return Estimate.of((draws * jnp.asarray(k)).reshape(trials, *jnp.shape(k)))

    @law(
        kind=all_fail.kind,
        formula="k p",
        source="test",
        domain={"k": reals(1, 3), "p": reals(0, 1)},
    )
    def line(k, p):
        return k * p

    line.simulated_by(curve)
    data = sweep(line, {"p": [0.3, 0.6], "k": [1.0, 2.0, 3.0]}, trials=320)
    np.testing.assert_allclose(data.simulation.sel(k=3.0), 3 * data.simulation.sel(k=1.0))
    single = sweep(line, {"p": 0.6, "k": 2.0}, trials=320)
    assert float(single.simulation) == float(data.simulation.sel(p=0.6, k=2.0))


BAD = [
    ({"k": [1], "q": 0.1}, "no parameter 'q'"),
    ({"k": 1}, "needs a value for p"),
    ({"k": [], "p": 0.1}, "k is an empty list"),
    ({"k": np.ones((2, 2)), "p": 0.1}, "2 dimensions"),
]


@pytest.mark.parametrize(("grid", "message"), BAD)
def test_bad_grids_are_named(grid, message):
    with pytest.raises(InputError, match=message):
        sweep(all_fail, grid)


def test_bad_fields_and_budgets_are_named():
    good = {"rho": 0.1, "weights": np.ones(3)}
    for grid, options, message in [
        (good | {"judge.strenght": 1.0}, {}, "judge.strength"),
        ({"stats.mean_error": 0.1, "weights": np.ones(3)}, {}, "do not make a Statistics"),
        (good | {"stats": Statistics.from_rho(0.1)}, {}, "both whole and by rho"),
        (
            {"rho": [0.1, 0.2], "judge.strength": [1.0], "weights": np.ones(3)},
            {"zipped": True},
            "equal",
        ),
        (good, {"trials": -1}, "trials must be a whole number, at least 0, got -1"),
        (good, {"route": "other", "trials": 1}, "has no simulation 'other'"),
    ]:
        with pytest.raises((InputError, TypeError), match=message):
            sweep(toy, grid, **options)


@law(
    kind=Exact(),
    formula="",
    source="",
    domain={"x": reals(1, 2), "root": choices("square", "cube")},
)
def mean_root(x, root):
    return x ** {"square": 1 / 2, "cube": 1 / 3}[root]


@mean_root.simulated_by
@simulation()
def mean_root_by_play(key, trials, x, root):
    power = {"square": 1 / 2, "cube": 1 / 3}[root]
    return Estimate.of(x**power * (1 + 0.01 * jax.random.normal(key, (trials,))))


def test_names_are_values():
    data = sweep(mean_root, {"x": [1.0, 8.0], "root": ["square", "cube"]}, trials=2**12)
    np.testing.assert_allclose(data.theory.sel(root="cube"), [1, 2])
    assert abs(data.z).max() < 5
    assert check(mean_root).status == "pass"
