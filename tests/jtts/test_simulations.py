import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts import Estimate, simulation
from jtts.arguments import InputError
from jtts.points import simulate_points


@simulation(chunk=256)
def event(key, trials, p):
    return Estimate.of(jax.random.uniform(key, (trials,)) < p)


@simulation(chunk=64, static=("dim",), sizes={"samples": lambda *, dim, ratio: round(dim / ratio)})
def mean_of_samples(key, trials, *, dim, ratio, samples):
    return Estimate.of(jax.random.normal(key, (trials, samples)).mean(1) * ratio)


def test_trials_are_rounded_up_to_whole_chunks(key):
    assert float(event(key, 1, 0.5).count) == 256
    assert float(event(key, 257, 0.5).count) == 512


def test_more_trials_continue_the_same_stream(key):
    first, second = (event._jitted(key, *span, {"p": 0.3}, static=()) for span in ((0, 3), (3, 8)))
    whole = event(key, 8 * 256, 0.3)
    assert float(first.merge(second).mean) == pytest.approx(float(whole.mean), rel=1e-12)


def test_one_program_serves_all_values_and_budgets(key):
    compiled = event._jitted._cache_size()
    for p, trials in ((0.1, 100), (0.2, 10_000), (0.7, 3000)):
        event(key, trials, p)
    assert event._jitted._cache_size() <= compiled + 1


def test_sizes_are_computed_and_hidden(key):
    assert mean_of_samples.parameters == ("dim", "ratio")
    estimate = mean_of_samples(key, 6400, dim=8, ratio=0.5)
    assert float(estimate.variance) == pytest.approx(0.25 / 16, rel=0.1)


def test_a_point_does_not_depend_on_its_neighbours():
    points = [{"p": p} for p in np.linspace(0.1, 0.9, 7)]
    together = simulate_points(event, points, trials=1000)
    alone = simulate_points(event, points[4:5], trials=1000)
    backwards = simulate_points(event, points[::-1], trials=1000)[::-1]
    assert float(together[4].mean) == float(alone[0].mean)
    assert [float(e.mean) for e in together] == [float(e.mean) for e in backwards]


def test_unresolved_points_get_more_trials():
    def resolved(index, estimate):
        return bool(estimate.stderr < 0.01)

    easy, hard = simulate_points(
        event, [{"p": 0.001}, {"p": 0.5}], trials=256, until=resolved, max_trials=10**6
    )
    assert float(easy.count) == 256
    assert 2048 <= float(hard.count) <= 8192


def test_zero_trials_are_refused(key):
    with pytest.raises(InputError, match="trials must be a whole number, at least 1"):
        event(key, 0, 0.5)


def test_integer_and_float_parameters_share_random_numbers():
    a, b = (simulate_points(event, [{"p": p}], trials=256)[0] for p in (1, jnp.float32(1.0)))
    assert float(a.mean) == float(b.mean) == 1.0
