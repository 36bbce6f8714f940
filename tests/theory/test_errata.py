"""Numbers of docs/errata.md about published code: ours by our laws, theirs as they form them.

Their formulas are restated here from the public repositories that the page names.
"""

import re
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy import optimize, stats

from jtts import estimators
from jtts.arguments import InputError
from jtts.fitting.difficulty import fit_beta
from jtts.regression import TiedJudge
from jtts.theory import best_of_k, regression, repeated_sampling, verifiers

PAGE = (Path(__file__).parents[2] / "docs" / "errata.md").read_text(encoding="utf-8")


def section(title):
    """One section of the page, on one line, with plain minus signs."""
    text = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.sub(r"\s+", " ", text).replace("−", "-")


# two kinds of task: chance of a right sample, their shares; t = 1, f = 1/4
CHANCES, SHARES, ACCEPTS_WRONG = np.array([0.87, 0.13]), np.array([0.58, 0.42]), 0.25
ATTEMPTS = np.arange(1, 16)[:, None]


def net_gain(cost):
    return CHANCES - cost * (1 - CHANCES) * ACCEPTS_WRONG


def notebook_value(cost):
    """Value of 1 to 15 attempts where an attempt is reached as often as beliefs say."""
    rejected = (1 - CHANCES) * (1 - ACCEPTS_WRONG)
    reached = rejected ** (ATTEMPTS - 1)
    belief = reached * SHARES / (reached @ SHARES)[:, None]
    return np.cumsum((belief @ net_gain(cost)) * (reached * belief).sum(1))


def true_value(cost):
    calls = verifiers.verifier_calls(ATTEMPTS, CHANCES, 1.0, ACCEPTS_WRONG)
    return np.asarray(calls) @ (SHARES * net_gain(cost))


def test_difficulty_counted_twice():
    text = section("Difficulty that is counted twice")
    for cost, best in ((0.7, 3), (1, 2), (2, 1)):
        theirs, ours = notebook_value(cost), true_value(cost)
        assert np.argmax(theirs) + 1 == np.argmax(ours) + 1 == best
        assert f"| {cost} | {theirs[-1]:.3f} | {ours[-1]:.3f} | {best} |" in text
    assert notebook_value(2)[4] > 0 > notebook_value(2)[5]
    assert "negative from 6 attempts on" in text
    endless = np.asarray(verifiers.verifier_calls(1e12, CHANCES, 1.0, ACCEPTS_WRONG))
    assert endless @ (SHARES * net_gain(2)) == pytest.approx(0.149, abs=5e-4)


def test_difficulty_counted_twice_simulated():
    trials = 2_000_000
    rng = np.random.default_rng(0)
    chance = rng.choice(CHANCES, trials, p=SHARES)
    value, waiting = np.zeros(trials), np.ones(trials, bool)
    for _ in range(15):
        right = rng.random(trials) < chance
        accepted = waiting & (right | (rng.random(trials) < ACCEPTS_WRONG))
        value[accepted] = np.where(right[accepted], 1.0, -2.0)
        waiting &= ~accepted
    stderr = value.std() / np.sqrt(trials)
    assert stderr < 1e-3
    assert abs(value.mean() - true_value(2)[-1]) < 4 * stderr
    assert abs(value.mean() - notebook_value(2)[-1]) > 100 * stderr


def published_pass_at_k(n, c, k):
    return 1.0 if n - c < k else 1 - np.prod(1 - k / np.arange(n - c + 1, n + 1))


def test_pass_at_k_beyond_the_samples():
    assert [published_pass_at_k(100, 0, k) for k in (100, 101)] == [0, 1]
    with pytest.raises(InputError, match="at most the number of samples"):
        estimators.pass_at_k(100, 0, 101)
    a, b, n = 0.3, 1.5, 100
    right = np.arange(n + 1)
    weights = stats.betabinom.pmf(right, n, a, b)
    within = weights @ [published_pass_at_k(n, c, n) for c in right]
    beyond = weights @ [published_pass_at_k(n, c, n + 1) for c in right]
    assert within == pytest.approx(float(repeated_sampling.pass_at_k(n, a, b)), rel=1e-9)
    truth = float(repeated_sampling.pass_at_k(n + 1, a, b))
    text = section("pass@k with more attempts than samples")
    assert f"from {within:.3f} at k = {n} to {beyond:.0f} at k = {n + 1}" in text
    assert f"{truth:.3f} is right" in text


def published_failure(k, a, b, scale, digits):
    """Tanh-sinh quadrature over [0, scale] of the density times (1 - p)^k."""
    with mpmath.workdps(digits):
        norm = mpmath.power(scale, a + b - 1) * mpmath.beta(a, b)

        def integrand(p):
            powers = mpmath.power(p, a - 1) * mpmath.power(scale - p, b - 1)
            return mpmath.power(1 - p, k) * powers / norm

        return float(mpmath.quad(integrand, [0, scale]))


@pytest.mark.parametrize(
    ("a", "digits", "shown"),
    [(0.1, 15, "3 %"), (0.1, 30, "0.09 %"), (0.1, 100, "9·10⁻¹¹"), (0.05, 100, "9·10⁻⁶")],
)
def test_failure_integrals_need_digits(a, digits, shown):
    law = repeated_sampling.failure_at_k(10_000, repeated_sampling.Beta(a, 1.5, 0.5))
    short = 1 - published_failure(10_000, a, 1.5, 0.5, digits) / float(law)
    sizes = {"3 %": 0.03, "0.09 %": 9e-4, "9·10⁻¹¹": 9e-11, "9·10⁻⁶": 9e-6}
    # 2e-12: what the law promises, twice
    assert short == pytest.approx(sizes[shown], rel=0.06, abs=2e-12)
    assert shown in section("Failure integrals, and fits that stop")


TASKS = 128


def counts(samples, a, b):
    """Right samples of tasks whose chances are the quantiles of Beta(a, b)."""
    chances = stats.beta.ppf((np.arange(TASKS) + 0.5) / TASKS, a, b)
    return np.round(samples * chances).astype(int)


def published_fit(samples, right):
    """Mean log-likelihood by L-BFGS-B, gradient by differences, their start and tolerances."""
    return optimize.minimize(
        lambda shapes: -stats.betabinom.logpmf(right, samples, *shapes).mean(),
        (0.5, 3.5),
        bounds=[(0.01, 100)] * 2,
        method="L-BFGS-B",
        options={"maxiter": 5000, "maxls": 400, "gtol": 1e-6, "ftol": 1e-6},
    )


def both_fits(samples, a, b):
    """Counts, their most likely shapes, and where the published fit stops."""
    right = counts(samples, a, b)
    best = fit_beta(np.full(TASKS, samples), right, False)
    stopped = published_fit(samples, right)
    assert best.inside
    assert stopped.success
    return right, np.exp(best.theta), stopped.x


def test_fits_that_stop_early():
    found = [both_fits(10_000, a, b) for a, b in ((0.17, 20), (0.17, 60), (0.2, 60), (0.15, 40))]
    # where it stops hangs on rounding, that it does not reach the maximum does not
    assert max(abs(stopped[0] / best[0] - 1) for _, best, stopped in found) > 0.02
    right, best, _ = found[1]
    text = section("Failure integrals, and fits that stop")
    assert f"the maximum is at {best[0]:.4f}" in text
    shown = re.search(r"exponent (0\.\d+) and b = (\d+\.\d+)", text)
    stopped = [float(number) for number in shown.groups()]
    lost = [stats.betabinom.logpmf(right, 10_000, *shapes).sum() for shapes in (best, stopped)]
    assert f"{lost[0] - lost[1]:.1f} in log-likelihood" in text


def test_fits_that_reach_the_maximum():
    _, best, stopped = both_fits(1000, 0.1, 1.5)
    assert stopped[0] == pytest.approx(best[0], rel=1e-3)
    assert "right to 0.1 %" in section("Failure integrals, and fits that stop")


def errors_at_five(temperature, strength):
    """Second order, published and right third order at k = 5, relative to the exact error."""
    noise_var = 1e-8
    setting = {
        "spectrum": np.ones(1),
        "noise_var": noise_var,
        "prior_var": 1e-6,
        "teacher": np.full(10, 2.0),
        "aspect_ratio": 1e-3,
    }
    at = (5, regression.statistics(judge=TiedJudge(strength), **setting), temperature * noise_var)
    exact = best_of_k.error(*at)
    series = (
        best_of_k.published_softmax_error,
        best_of_k.published_third_order_error,
        best_of_k.high_temperature_error,
    )
    return [100 * float(law(*at) / exact - 1) for law in series]


def test_third_term_in_the_published_setting():
    text = section("The third term at high temperature")
    for temperature in (20, 80):
        second, published, right = errors_at_five(temperature, 15.0)
        digits = 2 if temperature == 20 else 3
        row = f"| {temperature} | {second:+.{digits}f} % | {published:+.{digits}f} % | "
        assert row + f"{right:+.{digits}f} % |" in text
    for strength, nearer in ((5.0, False), (10.0, True), (15.0, True)):
        _, published, right = errors_at_five(20, strength)
        assert (abs(published) < abs(right)) == nearer
