"""Calls that gave a wrong number once, and the right one: a row for each kind of mistake.

The right values are those of other routes (`tests/oracles`), which hold the same functions to
their stated accuracy at many more points.
"""

import logging
import math
import time
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jtts import associative_memory as memory
from jtts import estimators
from jtts.arguments import InputError
from jtts.difficulty import Beta, Kumaraswamy
from jtts.fitting.verifier import beta_rule
from jtts.regression import Statistics
from jtts.rewards import Exponential, Normal, Pareto
from jtts.sims import in_context as sims_icl
from jtts.theory import associative_memory as am
from jtts.theory import best_of_k, regression, repeated_sampling, selection, verifiers, voting
from jtts.theory import in_context as icl

HALF, TWO, ANY = Statistics.from_rho(0.5), Statistics.from_rho(2.0), Statistics(1.0, 0.3, 0.1, 0.05)
ZERO_EIGENVALUES = [0.0, 1.0, 1.0], 0.5, 0.25

VALUES = [
    # an oscillation, or a peak that narrows, at fixed nodes
    (lambda: am.bit_error(3, 120), 6.1761323821313059e-17, 1e-12),
    (lambda: am.bit_error(3, 150), 9.8870036839931566e-21, 1e-12),
    (lambda: am.bit_error(3, 200), 4.8599959955771733e-27, 1e-12),
    (lambda: am.bit_error(3, 250), 2.4651115982792806e-33, 1e-12),
    (lambda: am.bit_error(3, 300), 1.2755771547328334e-39, 1e-12),
    (lambda: am.averaged_bit_error(3, 300, 2), 3.1803846389202644e-77, 1e-12),
    *(
        (
            lambda size=size: repeated_sampling.failure_at_k(5, Beta(0.3 * size, 0.7 * size)),
            float(math.prod(Fraction(7 * size + 10 * j, 10 * (size + j)) for j in range(5))),
            1e-11,
        )
        for size in (200, 500, 1000, 10000)
    ),
    (lambda: repeated_sampling.failure_exponent(5, Beta(300.0, 700.0)), -1.7737840512964373, 1e-11),
    (
        lambda: repeated_sampling.failure_at_k(1, Kumaraswamy(10.0, 1000.0)),
        0.52322135774333875,
        1e-11,
    ),
    (lambda: verifiers.abstaining_value(3, 870, 130, 1, 0.25, 0.7), 0.93784579616980044, 1e-9),
    (lambda: verifiers.auc(Normal(0.01, 1), Normal(0, 1e-3)), 0.50398935432002143, 1e-12),
    (lambda: icl.induction_ceiling(1, 10000, 0.5), 0.00019999988773391185, 1e-9),
    (lambda: am.mean_log_partition(2, 2, 1e4), 0.0, 1e-10),
    (lambda: am.mean_log_partition(3, 2, 100), 0.0, 1e-10),
    # a tail cut where it still counts; overflow
    (lambda: best_of_k.student_error(1, HALF, 2.05), 41.5, 1e-11),
    (lambda: best_of_k.student_error(1, HALF, 3.0), 3.5, 1e-11),
    (lambda: best_of_k.asymptotic_student_error(1000, HALF, 1000.0), 2.1928771793344976e-5, 1e-12),
    (lambda: best_of_k.asymptotic_student_error(1000, TWO, 1000.0), 4.4711620542355888e271, 1e-11),
    # recurrences that start from nothing
    (lambda: voting.plurality_accuracy(1000, [0.9, 0.1]), 1.0, 1e-12),
    (lambda: voting.plurality_accuracy(1000, [0.5, 0.3, 0.2]), 0.99999999999963460, 1e-12),
    (lambda: voting.plurality_accuracy(800, [1.0, 0.0]), 1.0, 1e-12),
    # differences of large logarithms; probabilities outside [0, 1]
    *((lambda e=e: estimators.pass_at_k(10**e, 1, 1), 10.0**-e, 1e-12) for e in (6, 7, 8)),
    (lambda: estimators.pass_at_k(8, 0, [1, 4, 8]), [0, 0, 0], 0),
    (lambda: estimators.all_pass_at_k(10**8, 10**8 - 1, 1), 1 - 1e-8, 1e-15),
    (lambda: repeated_sampling.pass_at_k(1, 1.0, 1e8), 9.999999900000001e-9, 1e-12),
    (lambda: icl.uncovered_probability(1000, 3, 1e12), 0.99999999100000004, 1e-12),
    (lambda: am.bit_error(2, 1000, keys="rad"), 4.6663180925160944e-302, 1e-11),
    # a dtype that slips in: the quadratic of kappa at eigenvalues 0, 1, 1
    (
        lambda: regression.renormalized_ridge(*ZERO_EIGENVALUES),
        ((0.25 - 1 + 1 / 3) + math.sqrt((0.25 - 1 + 1 / 3) ** 2 + 1)) / 2,
        1e-13,
    ),
    (lambda: regression.degrees_of_freedom(*ZERO_EIGENVALUES), 0.5, 1e-13),
    (lambda: regression.degrees_of_freedom_2(*ZERO_EIGENVALUES), 0.375, 1e-13),
    (lambda: statistics_of_zero_eigenvalues(), [2 / 3, 1 / 6, 0, 0], 1e-12),
    # log(1 + small) as the logarithm of a sum
    (lambda: nested_loss(8.0, 12.0, 12.0), 1.9055723777689927e-4, 1e-13),
    (lambda: nested_loss(40.0, 40.0, 40.0), 1.3169898191403941e-16, 1e-13),
    # (1 - x)^n without log1p; the range of a search; a small parameter lost
    (lambda: am.gradient_descent_error(0.5, 1e-17, 1e17), 0.26759074751785241, 1e-12),
    (lambda: am.needle_threshold(1e15), 17.769388197455343, 1e-12),
    (lambda: am.needle_threshold(1e16), 18.920680743952365, 1e-12),
    (lambda: repeated_sampling.plug_in_pass_at_k(10, 20, 1e-8, 1), 2.7131240036562056e-8, 1e-12),
    # a small probability formed as its complement and back
    (lambda: voting.majority_accuracy(1, 1e-12), 1e-12, 1e-12),
    (lambda: voting.majority_accuracy(1, 1e-17), 1e-17, 1e-12),
    (lambda: voting.majority_increment(3, 1e-12), -3e-24, 1e-11),
    (lambda: am.majority_error(1e-12, 1), 1e-12, 1e-12),
    (lambda: am.majority_error(1e-17, 3), 3e-34, 1e-12),
    (lambda: am.majority_bit_error(3, 200, 1, keys="gauss"), 1.1887415722103796e-19, 1e-11),
    (lambda: verifiers.knockout_accuracy(2**40, 0.05, 0.3), 7.2777328805482397e-11, 1e-12),
    # silent garbage beyond a stated accuracy; a threshold against a number that has units
    (lambda: best_of_k.error(10, ANY, 1e11), 1.3, 1e-9),
    (lambda: best_of_k.error(10, ANY, 1e12), 1.3, 1e-9),
    (lambda: best_of_k.error(10, ANY, 1e300), 1.3, 1e-9),
    (lambda: pointwise(1e12), 2.0, 1e-9),
    (lambda: pointwise(1e300), 2.0, 1e-9),
    (lambda: selection.soft_best_of_n_gain(16, 1e-7, Normal(0, 1e6)), 93691.22366033879, 1e-9),
    # differences near 0, and nodes over a range that grows with a parameter
    (lambda: selection.expected_max(1, Pareto(1.06)), 1.06 / 0.06, 1e-12),
    (lambda: selection.max_variance(1, Pareto(2.15)), 2.15 / (1.15**2 * 0.15), 1e-11),
    (lambda: voting.beta_majority_accuracy(1, 0.3, 5.0), 0.3 / 5.3, 1e-11),
    (lambda: voting.beta_majority_accuracy(3, 0.3, 5.0), 0.027680340681116074, 1e-11),
    (lambda: voting.beta_majority_accuracy(1, 1e4, 1.01e4), 1 / 2.01, 1e-11),
    (lambda: voting.beta_majority_accuracy(1, 1e6, 1.002e6), 1 / 2.002, 1e-10),
    (
        lambda: selection.best_of_n_pmf(1e9, [1 - 1e-9, 1e-9], [0.0, 1.0]),
        [0.36787944098750258843, 0.63212055901249741157],
        1e-12,
    ),
    (lambda: selection.best_of_n_pmf(10, [1.0, 1e-17], [0.0, 1.0])[1], 1e-16, 1e-12),
    (
        lambda: selection.best_of_n_kl(1 + 1e-9, [0.5, 0.5], [0.0, 1.0]),
        2.4022654654545061e-19,
        1e-12,
    ),
    (lambda: selection.best_of_n_divergences(1 + 1e-9)["kl"], 5.0000008207370759e-19, 1e-12),
    (lambda: selection.tilted_moments(0.01)["kl"], 5e-5, 1e-12),
    (lambda: icl.plateau_loss(4096, 1.5), 0.40540406674173243, 1e-12),
    (lambda: icl.plateau_accuracy(4, 1e12), 0.2500000000015, 1e-12),
    # documented limits
    (lambda: repeated_sampling.pass_at_k(np.inf, 2.0, 3.0), 1.0, 0),
    (lambda: repeated_sampling.expected_tries(np.inf, 2.0, 3.0), 4.0, 1e-12),
    (lambda: am.extinction(np.inf, 0.2, correction=0), 1.0, 0),
    (lambda: icl.nested_logit_transition(3, 8, 5.0), 0.0, 0),
    # arithmetic before conversion
    (lambda: repeated_sampling.success_after_failures(np.int8(126), 1, 1), 1 / 128, 1e-14),
    (lambda: repeated_sampling.pass_at_k(np.int8(127), 1, 1), 127 / 128, 1e-13),
    (lambda: repeated_sampling.pass_at_k(np.int32(2**31 - 1), 1, 1), 1 - 2.0**-31, 1e-15),
    (
        lambda: estimators.pass_at_k(*np.float32([1000, 3, 10])),
        1 - float(Fraction(990 * 989 * 988, 1000 * 999 * 998)),
        1e-12,
    ),
]


def nested_loss(*logits):
    return icl.nested_logit_loss(*logits, num_items=8, num_labels=32)


def statistics_of_zero_eigenvalues():
    spectrum = ZERO_EIGENVALUES[0]
    found = regression.statistics(spectrum=spectrum, aspect_ratio=0.5, noise_var=0.5, prior_var=1.0)
    return np.array(jax.tree.leaves(found))


def pointwise(temperature):
    """Of one sample in ten without a preference: (target - sample)^2 on average."""
    return best_of_k.pointwise_error(
        10, mean=0.0, predictive_var=1.0, target=1.0, judge=2.0, temperature=temperature
    )


@pytest.mark.parametrize(("call", "right", "relative"), VALUES)
def test_value(call, right, relative):
    np.testing.assert_allclose(call(), right, rtol=relative, atol=1e-10 if right == 0.0 else 0)


def by(function, at, order=1):
    for _ in range(order):
        function = jax.grad(function)
    return float(function(at))


def gain(beta):
    return selection.soft_best_of_n_gain(16, beta, Normal(0, 1))


def success(n, p):
    return selection.soft_best_of_n_success(n, 2.0, p)


def decayed(decay):
    return am.recall_error(8, 24, 16, decay=decay)


def erased(erase):
    return am.recall_error(8, 24, 16, erase=erase)


def atoms(p):
    return selection.best_of_n_pmf(4.0, jnp.stack([jnp.asarray(p), 1.0 - p]), [0.0, 1.0])[0]


def cosine(decay):
    return am.recall_cosine(8, 24, 16, decay=decay)


def dirichlet(vocabulary):
    return icl.dirichlet_kl(10, vocabulary)


def redundancy(vocabulary):
    return icl.dirichlet_redundancy(10, vocabulary)


def advantage(vocabulary):
    return icl.memorizing_advantage(8, vocabulary, 20)


def calls(n, true_positive):
    return verifiers.verifier_calls(n, 0.3, true_positive, 0.2)


def sure_value(true_positive):
    return verifiers.abstaining_value(1e12, 0.05, 5.0, true_positive, 0.0, 0.0)


def exponent(criterion):
    return lambda dim: am.capacity_exponent(dim, criterion)


def quotient(function, at, step):
    """One-sided where `at` ends the range, by three values."""
    low, middle, high = (float(function(at + k * step)) for k in range(3))
    return (-3 * low + 4 * middle - high) / (2 * step)


SLOPES = [
    # half-stopped gradients; implicit slopes differentiated as constants
    ("divergence by vocabulary", dirichlet, 5.0, 1e-4),
    ("redundancy by vocabulary", redundancy, 5.0, 1e-4),
    ("advantage by vocabulary", advantage, 16.0, 1e-4),
    ("exponent of codebook_union by dim", exponent("codebook_union"), 10.0, 1e-4),
    ("exponent of all_bits by dim", exponent("all_bits"), 10.0, 1e-4),
    ("exponent of coherence by dim", exponent("coherence"), 10.0, 1e-4),
    # a taken branch that is a constant
    ("soft success by n at 1", lambda n: success(n, 0.3), 1.0, 1e-4),
    ("soft success by p at 0", lambda p: success(16.0, p), 0.0, 1e-5),
    ("soft success by p at 1", lambda p: success(16.0, p), 1.0, -1e-5),
    ("gain by beta at 0", gain, 0.0, 1e-4),
    ("atoms by the first probability", atoms, 0.0, 1e-5),
    ("recall by decay at 1", decayed, 1.0, -1e-5),
    ("recall by erase at 0", erased, 0.0, 1e-5),
    ("cosine by decay at 1", cosine, 1.0, -1e-5),
    ("cosine by erase at 0", lambda b: am.recall_cosine(8, 24, 16, erase=b), 0.0, 1e-5),
    ("calls of a verifier by n at 1", lambda n: calls(n, 0.9), 1.0, 1e-4),
    ("value by the rate of a sure verifier", sure_value, 1.0, -1e-5),
    ("entropy of the labels of one item", lambda labels: icl.plateau_loss(1, labels), 1.0, 1e-4),
]


@pytest.mark.parametrize(("name", "function", "at", "step"), SLOPES, ids=[s[0] for s in SLOPES])
def test_slope(name, function, at, step):
    assert by(function, at) == pytest.approx(quotient(function, at, step), rel=1e-4, abs=1e-7)


CURVED = [
    ("margin of a query update", lambda t: am.query_update_margin(t, 100.0, 1.0), 2.0),
    ("mass of a query update", lambda t: am.query_update_mass(t, 100.0, 1.0), 2.0),
    ("code words by a union bound", lambda d: am.codebook_union_capacity(d, 64.0), 256.0),
    # the others that share the root
    ("code words", lambda d: am.codebook_capacity(d, 64.0), 256.0),
    ("all code words", lambda d: am.codebook_capacity_of_all(d, 64.0), 256.0),
    ("all bits", lambda d: am.all_bits_capacity(d, 64.0), 256.0),
    ("coherent keys", am.coherence_capacity, 256.0),
]


@pytest.mark.parametrize(("name", "function", "at"), CURVED, ids=[c[0] for c in CURVED])
def test_second_derivative(name, function, at):
    step = 1e-4 * at
    slopes = [by(function, at + sign * step) for sign in (-1, 1)]
    found = by(function, at, order=2)
    assert found != 0
    assert found == pytest.approx((slopes[1] - slopes[0]) / (2 * step), rel=1e-5)


TRANSIENCE = {
    "loss_gap": 0.02,
    "memorizing_complexity": 2e5,
    "generalizing_complexity": 4e3,
    "beta": 0.2,
    "gamma": 0.85,
}
OUTSIDE = [
    (repeated_sampling.pass_at_k, {"k": 3, "a": -1, "b": 1}),
    (verifiers.knockout_accuracy, {"num_candidates": 8, "p": 2, "q": 0.6}),
    (verifiers.knockout_accuracy, {"num_candidates": 100, "p": 0.3, "q": 0.6}),
    (voting.majority_accuracy, {"n": 4, "p": 0.6}),
    (icl.gradient_step_error, {"step_size": 0.5, "dim": -1, "num_examples": 8, "noise_var": 0.1}),
    (am.recall_error, {"age": 0, "num_pairs": 8, "dim": 0.5}),
    (icl.transience_time, TRANSIENCE | {"alpha": 1.0}),
    (verifiers.knockout_accuracy, {"num_candidates": 8, "p": 0.3, "q": -0.1}),
]


@pytest.mark.parametrize(("function", "point"), OUTSIDE)
def test_outside_of_the_promise(function, point):
    """An error where values are known, NaN where they are traced."""
    with pytest.raises(InputError):
        function(**point)
    numbers = {name: jnp.asarray(float(x)) for name, x in point.items()}
    assert np.isnan(jax.jit(lambda numbers: function(**numbers))(numbers))


def test_more_samples_than_can_be_told_are_refused():
    with pytest.raises(InputError, match="n must be"):
        verifiers.best_of_n_accuracy(1e300, 0.5, Normal(1.0), Normal())


@pytest.mark.parametrize("answers", [[np.nan, 2, 1, 1], [np.nan] * 60 + [1.0] * 10])
def test_missing_answers_are_refused(answers):
    """By both ways of counting: all subsets up to 64 samples, random ones beyond."""
    with pytest.raises(InputError, match="nan"):
        estimators.plurality_vote(answers, 1, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: repeated_sampling.pass_at_k([1, 2, 3], [1.0, 2.0], 1.0), "broadcast"),
        (lambda: voting.majority_accuracy([1, 3], [0.1, 0.2, 0.3]), "broadcast"),
    ],
)
def test_shapes_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_list_is_as_good_as_an_array():
    found = repeated_sampling.pass_at_k([1, 2], [1.0, 2.0], 1.0)
    np.testing.assert_allclose(found, [1 / 2, 1 - 1 / 6], rtol=1e-13)
    found = am.acquisition(3, 0.5, correction=[0.5, 1.0])
    assert found.shape == (2,)


@pytest.mark.parametrize(
    "call",
    [
        lambda: icl.dirichlet_kl(10, 7.0),
        lambda: icl.dirichlet_redundancy(10, 7.0),
        lambda: icl.memorizing_advantage(8, 16, 20),
        lambda: icl.plateau_loss(64, 4),
        lambda: voting.plurality_accuracy(5, [0.5, 0.3, 0.2]),
        lambda: selection.optimal_stopping_draws(0.01),
        lambda: icl.plateau_accuracy(64, 4),
    ],
)
def test_nothing_compiles_twice(call, caplog):
    call()
    with jax.log_compiles(), caplog.at_level(logging.WARNING):
        call()
    assert not [r.getMessage() for r in caplog.records if "Compiling" in r.getMessage()]


def test_many_answers_cost_little():
    """Time of a second call, and memory linear in the number of answers."""
    for votes, answers, seconds in ((50, 80, 0.01), (1000, 100, 1.0)):
        shares = np.random.default_rng(0).dirichlet(np.ones(answers))
        voting.plurality_accuracy(votes, shares)
        spent = fastest(lambda v=votes, s=shares: voting.plurality_accuracy(v, s))
        assert spent < 3 * seconds * fastest(million_additions) / SECONDS
    few, many = (held(answers) for answers in (150, 1200))
    assert many < 10 * few


SECONDS = 0.07  # of a million additions where the times above were asked for


def million_additions():
    x = 0
    for i in range(1_000_000):
        x += i


def fastest(call):
    """Processor time of the best of five: other programs are not counted."""
    spent = []
    for _ in range(5):
        began = time.process_time()
        jax.block_until_ready(call())
        spent.append(time.process_time() - began)
    return min(spent)


def held(answers):
    """Bytes that the compiled program holds beside its arguments."""
    run = jax.jit(lambda p: voting.plurality_accuracy(50, p))
    return run.lower(jnp.full(answers, 1 / answers)).compile().memory_analysis().temp_size_in_bytes


@pytest.mark.parametrize("mode", [False, True])
def test_digits_that_single_precision_has_not(mode):
    """Public functions that are no laws, and the example of a docstring, in both modes."""
    with jax.enable_x64(mode):
        spread = estimators.over_questions(1e9 + np.array([0.0, 1.0, 1.0, 0.0]))
        slope = verifiers.roc_slope(Exponential(1.0, 1.0), Exponential())
        limit = verifiers.roc_slope(Normal(1.0), Normal())
    assert float(spread.stderr) == pytest.approx(12**-0.5, rel=1e-6)
    assert float(slope) == pytest.approx(math.e, rel=1e-6)
    assert np.isfinite(limit)


@pytest.mark.parametrize("decay", [0.0, 1e-9, 1e-18])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_slope_of_the_chunked_memory_by_decay(dtype, decay):
    """As step by step, where gates are closed or nearly so."""
    keys, values, queries = (
        jnp.asarray(np.random.default_rng(seed).standard_normal((20, 4)), dtype)
        for seed in range(3)
    )

    def read(run):
        def total(gate):
            return jnp.sum(run(keys, values, queries, decay=gate, erase=0.5)[0] ** 2)

        return jax.grad(total)(jnp.full(20, decay, dtype))

    found, right = read(memory.run), read(memory.run_by_steps)
    assert np.any(right)
    accuracy = 1e-4 if dtype == "float32" else 1e-11
    np.testing.assert_allclose(found, right, atol=accuracy * float(jnp.max(jnp.abs(right))))


@pytest.mark.parametrize(("dtype", "accuracy"), [("float32", 1e-5), ("float64", 1e-13)])
def test_exact_writes_keep_a_small_ridge(dtype, accuracy):
    """64 keys in 16 dimensions, one of them written twice: the minimum, by least squares."""
    rng = np.random.default_rng(0)
    keys = rng.standard_normal((64, 16))
    keys /= np.linalg.norm(keys, axis=1, keepdims=True)
    keys[3] = keys[1]
    keys, values = keys.astype(dtype), rng.standard_normal((64, 3)).astype(dtype)
    found = memory.memorise_exactly(keys, values, ridge=1e-5)
    stacked = np.vstack([keys.astype(float), math.sqrt(1e-5) * np.eye(16)])
    right = np.linalg.lstsq(stacked, np.vstack([values.astype(float), np.zeros((16, 3))]))[0].T
    assert found.dtype == dtype
    assert np.linalg.norm(found - right) < accuracy * np.linalg.norm(right)


def test_a_rule_for_narrow_difficulty():
    nodes, weights = beta_rule(3000.0, 7000.0)
    assert weights @ nodes == pytest.approx(0.3, rel=1e-12)
    assert weights @ (nodes - 0.3) ** 2 == pytest.approx(0.21 / 10001, rel=1e-9)


@pytest.mark.long
def test_tasks_of_the_pool_are_as_large_as_fresh_ones(key):
    """A pool of many tasks is as good as fresh ones where both follow one convention."""
    found = sims_icl.linear_attention_errors(
        key,
        256 * 1024,
        dim=4,
        context_ratio=2.0,
        diversity_ratio=1000.0,
        data_ratio=8.0,
        noise_var=0.1,
    )
    fresh, pool = (found.mean[test] for test in ("icl", "idg"))
    assert abs(fresh - pool) < 4 * np.hypot(found.stderr["icl"], found.stderr["idg"])
    assert np.hypot(found.stderr["icl"], found.stderr["idg"]) < 0.01 * fresh
