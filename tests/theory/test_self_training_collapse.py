"""Loops that consume their own output against reference digits, identities and limits."""

import re
from pathlib import Path

import jax
import numpy as np
import pytest
from scipy import stats

from jtts.arguments import InputError
from jtts.theory import self_training

ERRATA = (Path(__file__).parents[2] / "docs" / "errata.md").read_text(encoding="utf-8")


def close(found, right, digits=11):
    """To so many significant digits, which is how the references are written."""
    np.testing.assert_allclose(found, right, rtol=6 * 10.0**-digits)


@pytest.mark.parametrize(
    ("n", "t", "deviation", "log_variance", "kl"),
    [
        (10, 5, 0.87056992603, -0.57603235208, 1.53416803292),
        (10, 50, 0.25005561043, -5.76032352084, 207756.175357),
        (100, 50, 0.88138523416, -0.50675094241, 1.07300734703),
        (100, 1000, 0.08004153525, -10.1350188483, 5.45847749e8),
    ],
)
def test_normal_law_fitted_to_itself(n, t, deviation, log_variance, kl):
    close(self_training.self_fit_deviation(n, t), deviation, 10)
    close(self_training.self_fit_log_variance(n, t), log_variance)
    close(self_training.self_fit_kl(n, t), kl, 9)
    assert self_training.self_fit_variance(n, t) == 1
    close(self_training.self_fit_variance(n, t, "likelihood"), (1 - 1 / n) ** t, 13)


def test_moments_of_the_variance_are_those_of_chi_squared():
    """A generation multiplies by chi^2/(n - 1): means of functions of it by another library."""
    for n in (2, 3, 7, 40):
        law = stats.chi2(n - 1, scale=1 / (n - 1))
        close(self_training.self_fit_deviation(n, 1), law.expect(np.sqrt), 7)
        close(self_training.self_fit_log_variance(n, 1), law.expect(np.log), 6)


def test_too_few_samples_for_a_divergence():
    assert self_training.self_fit_kl(3, 1) == np.inf
    assert self_training.self_fit_kl(3, 0) == 0
    with pytest.raises(InputError, match="n must be a whole number, at least 2"):
        self_training.self_fit_kl(1, 1)


def test_truncation():
    found = self_training.truncated_variance_factor([1, 1.5, 2, 3])
    close(found, [0.29112509477, 0.55152441576, 0.77374130355, 0.97333692466], 10)
    c = np.array([0.1, 0.9, 1.4999999, 1.5, 4.0])
    close(self_training.truncated_variance_factor(c), stats.truncnorm.var(-c, c), 8)


@pytest.mark.parametrize(
    ("point", "fresh", "fixed"),
    [
        ((20, 5, 1.0), (1.09677419355, 0.12258064516), (0.90322580645, 0.27741935484)),
        ((20, 5, 0.8), (0.66147859922, 0.07392996109), (0.54474708171, 0.23735408560)),
        ((100, 10, 0.8), (0.36332179931, 0.01903114187), (0.32871972318, 0.11245674740)),
        ((20, 2, 0.6), (0.22952853598, 0.05893300248), (0.11786600496, 0.51674937965)),
        ((100, 1, 1.0), (2.0, 1.0), (0.0, 1.0)),
    ],
)
def test_real_data_in_the_loop(point, fresh, fixed):
    for law, right in (
        (self_training.fresh_data_loop, fresh),
        (self_training.fixed_data_loop, fixed),
    ):
        found = law(*point)
        close([found["variance"], found["squared_mean_error"]], right, 10)


def test_all_data_real_is_one_fit():
    for law in (self_training.fresh_data_loop, self_training.fixed_data_loop):
        found = law(12, 12, 0.3)
        close([found["variance"], found["squared_mean_error"]], [1, 1 / 12], 13)
    with pytest.raises(InputError, match="real must be at most n"):
        self_training.fresh_data_loop(12, 13, 0.3)


def test_weight_of_real_data():
    found = self_training.best_real_weight([1, 50, 50], [1, 200, 10])
    close(found, [0.61803398875, 0.39038820320, 0.85410196625], 10)
    assert self_training.best_real_weight(7, 7) == pytest.approx((np.sqrt(5) - 1) / 2, rel=1e-14)


def test_weighted_mean_played_out():
    """Means of real and own samples, weighted, many generations: the error is w/n."""
    n, m, loops = 20, 60, 20_000
    w = float(self_training.best_real_weight(n, m))
    rng, mean = np.random.default_rng(0), np.zeros(20_000)
    for _ in range(60):
        real = rng.normal(size=loops) / np.sqrt(n)
        own = mean + rng.normal(size=loops) / np.sqrt(m)
        mean = w * real + (1 - w) * own
    assert n * np.mean(mean**2) == pytest.approx(w, rel=5 * np.sqrt(2 / loops))


def test_samples_that_are_kept():
    found = self_training.accumulated_variance([10, 10, 10, 100], [5, 100, np.inf, np.inf])
    close(found, [0.85887725625, 0.84427550900, 0.84343585722, 0.98363164308], 10)
    z = np.pi / np.sqrt(7)
    close(self_training.accumulated_variance(7, np.inf), np.sin(z) / z, 13)


def test_tokens():
    found = self_training.resampling_diversity_limit([100, 100, 1000, 20], [1, 10, 10, 5])
    close(found, [0.66442953020, 0.94974874372, 0.95213020584, 0.89473684211], 10)
    close(self_training.resampling_diversity(10, 0, 5), 0.59049, 13)
    h, n, real = 1.0, 9, 2
    s = 1 - real / n
    for t in range(6):
        close(self_training.resampling_diversity(n, real, t), h, 13)
        h = (s**2 - s / n) * h + 1 - real / n**2 - s**2


REGRESSIONS = {
    (10, 20): (5.55555555556, 1.62623456790, 1.82770451872, 1.41025590927, 1.50574816355),
    (10, 100): (0.56179775281, 0.16445068664, 0.18482405245, 0.16086531716, 0.17918037751),
    (50, 60): (27.7777777778, 8.13117283951, 9.13852259360, 6.15337157125, 6.31742909779),
}


@pytest.mark.parametrize(("size", "right"), REGRESSIONS.items())
def test_regression_on_own_labels(size, right):
    error, limit = (
        self_training.accumulated_regression_error,
        self_training.accumulated_regression_limit,
    )
    found = [
        self_training.replaced_regression_error(*size, 5, 1.0),
        error(*size, 5, 1.0, "same"),
        limit(*size, 1.0, "same"),
        error(*size, 5, 1.0, "fresh"),
        limit(*size, 1.0, "fresh"),
    ]
    close(found, right, 10)


def test_fresh_rows_are_better_than_the_same():
    t = np.array([1, 2, 5, 16, 17, 1000])
    error = self_training.accumulated_regression_error
    same, fresh = (np.asarray(error(8, 30, t, 0.7, design)) for design in ("same", "fresh"))
    assert same[0] == pytest.approx(fresh[0], rel=1e-14)
    assert np.all(fresh[1:] < same[1:])
    first = self_training.replaced_regression_error(8, 30, 1, 0.7)
    assert np.all(same < np.pi**2 / 6 * first)
    close(error(8, 30, 10**9, 0.7), self_training.accumulated_regression_limit(8, 30, 0.7), 8)


def test_curated_shares():
    reward = np.arange(5) / 2
    found = self_training.curated_fixed_point(np.ones(5), reward, 0.5)
    right = [0.11167580659, 0.12082771336, 0.13970359834, 0.18816964144, 0.43962324027]
    close(found, right, 10)
    assert np.sum(found * np.exp(reward)) == pytest.approx(4.78235939060, rel=1e-11)
    tops = self_training.curated_fixed_point(np.ones(5), reward, [0.2, 0.05])[:, -1]
    close(tops, [0.74812476973, 0.93489682407], 10)
    with pytest.raises(InputError, match="reward must be as many as p_ref"):
        self_training.curated_fixed_point(np.ones(5), reward[:4], 0.5)


def test_curated_success():
    n = [2, 4, 16, np.inf]
    fixed = self_training.curated_success_fixed_point
    for point, right in {
        (0.1, 0.2): (0.55626530404, 0.67525135396, 0.71166848934, 0.71977571564),
        (0.01, 0.2): (0.47050957109, 0.63238013361, 0.67754098348, 0.68729817892),
        (0.01, 0.5): (0.01830357889, 0.05778412180, 0.19046426144, 0.22683958209),
    }.items():
        close(fixed(*point, 1.0, n), right, 9)
    right = [0.31606027941, 0.47409041912, 0.59261302390, 0.63212055883]
    close(self_training.amplification_threshold(n, 1.0), right, 10)


def test_two_kinds_of_answers_are_right_and_wrong_ones():
    p, alpha, beta = 0.07, 0.3, 1.7
    shares = self_training.curated_fixed_point([1 - p, p], [0.0, beta], alpha)
    close(shares[1], self_training.curated_success_fixed_point(p, alpha, beta, np.inf), 9)


def test_threshold_of_amplification():
    """Either side of it: what is left as the share of right real answers goes to 0."""
    alpha = float(self_training.amplification_threshold(3, 1.5))
    fixed = self_training.curated_success_fixed_point
    assert fixed(1e-9, 0.9 * alpha, 1.5, 3) > 0.1
    assert fixed(1e-9, 1.1 * alpha, 1.5, 3) < 1e-7


def test_slopes_of_a_fixed_point():
    def top(alpha):
        return self_training.curated_fixed_point(np.ones(3), np.arange(3.0), alpha)[-1]

    ends = [float(top(0.4 + h)) for h in (-1e-5, 1e-5)]
    assert jax.grad(top)(0.4) == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-7)


def test_errata_of_fresh_designs():
    text = re.sub(r"\s+", " ", ERRATA.split("\n## π²/6 and fresh data\n")[1].split("\n## ")[0])
    for size in REGRESSIONS:
        same, fresh = (
            float(self_training.accumulated_regression_limit(*size, 1.0, design))
            for design in ("same", "fresh")
        )
        excess = 100 * (same / fresh - 1)
        assert f"| {size[0]} | {size[1]} | {same:.3f} | {fresh:.3f} | {excess:.0f} % |" in text


def test_errata_of_the_variance():
    text = re.sub(r"\s+", " ", ERRATA.split("\n## The variance collapses\n")[1].split("\n## ")[0])
    typical = np.exp(float(self_training.self_fit_log_variance(10, 50)))
    deviation = float(self_training.self_fit_deviation(10, 50))
    assert f"{typical:.4f}" in text
    assert f"{deviation:.2f}" in text
