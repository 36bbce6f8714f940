"""Numbers, laws of rewards, estimators and simulations refuse by name what they cannot use."""

import numpy as np
from refusals import calls, refuses

from jtts import Estimate
from jtts import difficulty as df
from jtts import estimators as es
from jtts import regression as rg
from jtts import rewards as rw
from jtts.sims import best_of_k as simulated
from jtts.theory import (
    associative_memory,
    best_of_k,
    in_context,
    regression,
    repeated_sampling,
    selection,
)

KEY = np.zeros(2, np.uint32)  # nothing is computed while tests are collected
STATS = rg.Statistics.from_rho(0.2)

BAD = [
    (
        lambda: es.pass_at_k(5, 2, 6),
        "k must be at most the number of samples, 5, got 6: no estimate without bias exists beyon",
    ),
    (lambda: es.pass_at_k(5, 6, 1), "num_correct must be at most num_samples, got 6 of 5"),
    (lambda: es.pass_at_k(5, "x", 1), "num_correct must be a whole number, at least 0, got 'x'"),
    (lambda: es.pass_at_k(5, np.nan, 1), "num_correct must be a whole number, at least 0, got nan"),
    (
        lambda: es.pass_at_k([], [], 1),
        "k must be at most the number of samples, 0, got 1: no estimate without bias exists beyon",
    ),
    (
        lambda: es.pass_at_k([3, 4], [1, 2, 3], 1),
        "num_samples, num_correct must have shapes that broadcast, got (2,) and (3,)",
    ),
    (lambda: es.pass_at_k(5, 2, 1.5), "k must be a whole number, at least 1, got 1.5"),
    (lambda: es.pass_at_k(5, 2, None), "k must be a whole number, at least 1, got None"),
    (lambda: es.all_pass_at_k(5, 2, 0), "k must be a whole number, at least 1, got 0"),
    (lambda: es.expected_max([1, np.nan], 1), "scores must be finite, got nan"),
    (lambda: es.expected_max([], 1), "num_samples must be a whole number, at least 1, got 0"),
    (
        lambda: es.expected_max(3.0, 1),
        "scores must have shape [..., samples], the same for all, got () against ()",
    ),
    (lambda: es.expected_max([[1, 2], [3]], 1), "scores must be finite, got [[1, 2], [3]]"),
    (lambda: es.expected_max(["a", "b"], 1), "scores must be finite, got ['a', 'b']"),
    (
        lambda: es.best_by_proxy([1, 2], [1, 2, 3], 1),
        "truth must have shape [..., samples], the same for all, got (3,) against (2,)",
    ),
    (lambda: es.best_by_proxy([1, 2], [1, np.inf], 1), "truth must be finite, got inf"),
    (lambda: es.best_by_proxy([1, 2], None, 1), "truth must be finite, got None"),
    (
        lambda: es.soft_best_by_proxy([1, 2], [1, 2], 1, -1),
        "temperature must be at least 0, got -1",
    ),
    (
        lambda: es.soft_best_by_proxy([1, 2], [1, 2], 1, np.nan),
        "temperature must be at least 0, got nan",
    ),
    (
        lambda: es.soft_best_by_proxy([1, 2], [1, 2], 1, [1.0, 2.0]),
        "temperature must be one number, got shape (2,)",
    ),
    (
        lambda: es.soft_best_by_proxy([1, 2], [1, 2], 1, "x"),
        "temperature must be at least 0, got 'x'",
    ),
    (
        lambda: es.soft_best_by_proxy([1, 2], [1, 2], 1, 1.0, subsets=1),
        "subsets must be a whole number, at least 2, got 1",
    ),
    (
        lambda: es.soft_best_by_proxy(np.arange(100.0), np.arange(100.0), 1, 1.0, seed=-1),
        "seed must be a whole number, at least 0, got -1",
    ),
    (
        lambda: es.plurality_vote(["a", "b"], ["a", "b"], 1),
        "answers must have shape [..., samples] and correct [...], got (2,) and (2,)",
    ),
    (
        lambda: es.plurality_vote("a", "a", 1),
        "answers must have shape [..., samples] and correct [...], got () and ()",
    ),
    (
        lambda: es.plurality_vote(["a", "b"], "a", 3),
        "k must be at most the number of samples, 2, got 3: no estimate without bias exists beyon",
    ),
    (
        lambda: es.plurality_vote([], "a", 1),
        "k must be at most the number of samples, 0, got 1: no estimate without bias exists beyon",
    ),
    (lambda: es.plurality_vote(["a", None], "a", 1), "answers must be text or numbers, got None"),
    (
        lambda: es.plurality_vote(["a", "b"], "a", 1, subsets=0),
        "subsets must be a whole number, at least 2, got 0",
    ),
    (
        lambda: es.plurality_vote(list("ab") * 40, "a", 1, seed=-3),
        "seed must be a whole number, at least 0, got -3",
    ),
    (
        lambda: es.rank_weights(3, 4),
        "k must be at most the number of samples, 3, got 4: no estimate without bias exists beyon",
    ),
    (lambda: es.rank_weights(0, 1), "num_samples must be a whole number, at least 1, got 0"),
    (lambda: es.rank_weights("x", 1), "num_samples must be a whole number, at least 1, got 'x'"),
    (lambda: es.over_questions([]), "values must have an axis of questions, got shape (0,)"),
    (lambda: es.over_questions(["a"]), "values must be finite, got ['a']"),
    (lambda: es.over_questions(3.0), "values must have an axis of questions, got shape ()"),
    (lambda: es.over_questions([[1, 2], [3]]), "values must be finite, got [[1, 2], [3]]"),
    (lambda: rw.Normal(scale=0), "scale must be positive and finite, got 0"),
    (lambda: rw.Normal(mean="a"), "mean must be finite, got 'a'"),
    (lambda: rw.Normal(scale=None), "scale must be positive and finite, got None"),
    (lambda: rw.StudentT(-1), "dof must be positive and finite, got -1"),
    (lambda: rw.StudentT(None), "dof must be positive and finite, got None"),
    (lambda: rw.Uniform(1, 0), "high must exceed low = 1, got 0"),
    (lambda: rw.Uniform(1, 1), "high must exceed low = 1, got 1"),
    (lambda: rw.Uniform(0, np.inf), "high must be finite, got inf"),
    (lambda: rw.Discrete([0.5, 0.6], [0, 1]), "probabilities must sum to 1, got a sum of 1.1"),
    (
        lambda: rw.Discrete([0.5, 0.5], [0, 1, 2]),
        "probabilities and rewards must have one entry per atom, got (2,) and (3,)",
    ),
    (
        lambda: rw.Discrete([-0.5, 1.5], [0, 1]),
        "probabilities must be a list, each entry zero or positive, and finite, got -0.5",
    ),
    (
        lambda: rw.Discrete([0.5, 0.5], [0, np.nan]),
        "rewards must be a list, each entry finite, got nan",
    ),
    (
        lambda: rw.Discrete("ab", [0, 1]),
        "probabilities must be a list, each entry zero or positive, and finite, got 'ab'",
    ),
    (
        lambda: rw.Discrete(["a", "b"], [0, 1]),
        "probabilities must be a list, each entry zero or positive, and finite, got ['a', 'b']",
    ),
    (lambda: rw.Discrete([], []), "probabilities must sum to 1, got a sum of 0"),
    (
        lambda: rw.Discrete(1.0, 1.0),
        "probabilities must be a list, each entry zero or positive, and finite, got 1.0",
    ),
    (lambda: rw.Pareto(0), "tail_index must be positive and finite, got 0"),
    (lambda: rw.Pareto(1.0, -1), "scale must be positive and finite, got -1"),
    (lambda: rw.Exponential(-1), "scale must be positive and finite, got -1"),
    (lambda: rw.Gumbel(np.nan), "location must be finite, got nan"),
    (lambda: rw.Logistic(0, np.inf), "scale must be positive and finite, got inf"),
    (lambda: rw.Quantile(3), "lower must be a function, got 3"),
    (
        lambda: rw.Quantile(lambda p: p, tail_indices=(1,)),
        "tail_indices must be two numbers, got (1,)",
    ),
    (lambda: rw.Quantile(lambda p: p, upper=3), "upper must be a function, got 3"),
    (lambda: df.Beta(0, 1), "a must be positive, at most 1e+300, got 0"),
    (lambda: df.Beta(1, 1, 2), "scale must be above 0 and at most 1, got 2"),
    (lambda: df.Beta(1, 1, 0), "scale must be above 0 and at most 1, got 0"),
    (lambda: df.Kumaraswamy(1, "x"), "b must be positive, at most 1e+300, got 'x'"),
    (lambda: df.LogUniform(0), "lowest must be above 0 and below 1, got 0"),
    (lambda: df.LogUniform(1.0), "lowest must be above 0 and below 1, got 1"),
    (lambda: df.LogUniform(2), "lowest must be above 0 and below 1, got 2"),
    (lambda: rg.Statistics(1, -1), "mean_error must be zero or positive, and finite, got -1"),
    (
        lambda: rg.Statistics(1, 1, 1, 2),
        "judge_cross must not exceed sqrt(mean_error * judge_error) in size, got 2 against 1",
    ),
    (lambda: rg.Statistics("a", 1), "predictive_var must be positive and finite, got 'a'"),
    (lambda: rg.Statistics(None, 1), "predictive_var must be positive and finite, got None"),
    (
        lambda: rg.Statistics(1, [1, 2], [1, 2, 3], 0.0),
        "predictive_var, mean_error, judge_error, judge_cross must have shapes that broadcast, go",
    ),
    (lambda: rg.Statistics.from_rho(-1), "rho must be zero or positive, and finite, got -1"),
    (lambda: rg.Statistics.from_rho("x"), "rho must be zero or positive, and finite, got 'x'"),
    (lambda: rg.Statistics.from_rho(0.1, 0), "predictive_var must be positive and finite, got 0"),
    (lambda: rg.TrainedJudge(0, 1, 1), "aspect_ratio must be positive and finite, got 0"),
    (lambda: rg.TiedJudge(np.nan), "strength must be finite, got nan"),
    (lambda: rg.TiedJudge("x"), "strength must be finite, got 'x'"),
    (lambda: simulated.error(KEY, 0, 3, STATS), "trials must be a whole number, at least 1, got 0"),
    (
        lambda: simulated.error(KEY, "x", 3, STATS),
        "trials must be a whole number, at least 1, got 'x'",
    ),
    (lambda: simulated.error(KEY, 10, 0, STATS), "k must be a whole number, at least 1, got 0"),
    (lambda: simulated.error(KEY, 10, 3, "x"), "stats must be Statistics, got 'x'"),
    (
        lambda: simulated.error(KEY, 10, 3, STATS, -1),
        "temperature must be zero or positive, and finite, got -1",
    ),
    (
        lambda: simulated.error(3, 10, 3, STATS),
        "key must be a key such as jax.random.key(0), got 3",
    ),
    (
        lambda: simulated.error(KEY, np.nan, 3, STATS),
        "trials must be a whole number, at least 1, got nan",
    ),
    (
        lambda: simulated.error(KEY, 1.5, 3, STATS),
        "trials must be a whole number, at least 1, got 1.5",
    ),
    (
        lambda: selection.best_of_n_kl_limit("x", "y"),
        "probabilities must be a number or an array, got 'x'",
    ),
    (
        lambda: repeated_sampling.allocate([0.1, 2.0], 10),
        "probabilities must be between 0 and 1, got 2",
    ),
    (
        lambda: repeated_sampling.allocate([0.1], -1),
        "budget must be a whole number, at least 0, got -1",
    ),
    (
        lambda: repeated_sampling.allocate("x", 10),
        "probabilities must be a list of numbers, got 'x'",
    ),
    (lambda: repeated_sampling.allocate([], 10), "probabilities must be a list of numbers, got []"),
    (
        lambda: repeated_sampling.relaxed_allocation([1.0], 3),
        "probabilities must lie in [0, 1), and one of them above 0",
    ),
    (
        lambda: repeated_sampling.relaxed_allocation([], 3),
        "probabilities must be a list of numbers, got []",
    ),
    (
        lambda: regression.power_law_spectrum(0, 1.0),
        "dim must be a whole number, at least 1, got 0",
    ),
    (
        lambda: regression.power_law_spectrum(3.5, 1.0),
        "dim must be a whole number, at least 1, got 3.5",
    ),
    (lambda: regression.power_law_spectrum(3, "x"), "exponent must be finite, got 'x'"),
    (
        lambda: in_context.strategy_complexity(-1),
        "num_stored must be zero or positive, and finite, got -1",
    ),
    (
        lambda: in_context.interpolation_threshold("x"),
        "distances must be a number or an array, got 'x'",
    ),
    (
        lambda: associative_memory.welch_coherence(0, 3),
        "num_pairs must be between 1 and 1e+15, got 0",
    ),
    (lambda: Estimate.of([]), "data must have an axis of data, got a single number or nothing"),
    (lambda: Estimate.of("x"), "data must be a number or an array, got 'x'"),
    (lambda: best_of_k.error(1 + 1j, STATS), "k must be a number or an array, got (1+1j)"),
    (lambda: best_of_k.error(2, 0.2), "stats must be Statistics, got 0.2"),
    (
        lambda: best_of_k.error(2, STATS, [0.5, -1]),
        "temperature must be zero or positive, and finite, got -1",
    ),
]


@calls(BAD)
def test_refusal(call, message):
    refuses(call, message)
