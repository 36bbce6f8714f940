"""Numbers of `jtts fit` against direct computation, and parameters recovered with coverage."""

import io
import json

import numpy as np
import pytest
from rich.console import Console
from scipy import integrate, optimize, stats

from jtts import estimators
from jtts.arguments import InputError
from jtts.cli import main
from jtts.fitting import Samples, contrasts, example, fit, read
from jtts.fitting.auc import score_auc
from jtts.fitting.curves import ALL, ANY, BEST, ORACLE, VOTE, Curve, Key
from jtts.fitting.difficulty import _model, fit_beta, fit_difficulty, unsolvable_share
from jtts.fitting.fit import fit_models
from jtts.fitting.judge import fit_judge, statistics
from jtts.fitting.proxy import fit_proxy
from jtts.fitting.recommend import bootstrap, recommend
from jtts.fitting.report import as_json, show
from jtts.fitting.samples import RIGHT
from jtts.fitting.verifier import beta_rule, fit_verifier
from jtts.theory import best_of_k, repeated_sampling, selection, verifiers

SEEDS = 120
TEMPERATURES = np.array([0.0, 0.5])


def made(make, seed, questions=60, samples=12, kept=None):
    """Samples as an example file holds them; `kept` drops some."""
    rows = make(np.random.default_rng((7, seed)), questions, samples)
    counts = np.full(questions, samples)
    target = rows["target"][::samples] if "target" in rows else None
    data = {n: rows[n].astype(float) for n in ("score", "truth", "correct", "value") if n in rows}
    names = [str(i) for i in range(questions)]
    whole = Samples("made", names, counts, np.arange(counts.sum()) + 2, target=target, **data)
    return whole if kept is None else whole.take(kept)


def uneven(questions=60, samples=12):
    """Drops samples so that questions have 8 to 12 of them."""
    place = np.tile(np.arange(samples), questions)
    return place < 8 + np.repeat(np.arange(questions) % 5, samples)


def holds(covered, share=0.95):
    """Whether the number of intervals that cover is one that chance gives, up to 1 in 1000."""
    low, high = stats.binom.interval(0.999, len(covered), share)
    assert low <= np.sum(covered) <= high, f"{np.sum(covered)} of {len(covered)} cover"


# --- measured curves -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scored():
    return made(example.scored, 0, kept=uneven())


@pytest.fixture(scope="module")
def scored_fit(scored):
    return fit(scored, temperatures=[0.8], k=[2, 3, 8], resamples=200)


def by_question(samples, *columns):
    ends = np.cumsum(samples.counts)[:-1]
    return zip(*(np.split(getattr(samples, column), ends) for column in columns), strict=True)


@pytest.mark.long
def test_measured_curves_are_the_estimators_question_by_question(scored, scored_fit):
    k = np.array([1, 2, 3, 8])
    each = {
        Key("truth", BEST): estimators.best_by_proxy,
        Key("truth", BEST, 0.8): lambda s, g, k: estimators.soft_best_by_proxy(s, g, k, 0.8).value,
        Key("truth", ORACLE): lambda s, g, k: estimators.expected_max(g, k),
    }
    assert set(scored_fit.curves) == set(each)
    for key, estimate in each.items():
        values = [estimate(s, g, k) for s, g in by_question(scored, "score", "truth")]
        curve = scored_fit.curves[key]
        np.testing.assert_allclose(curve.values, values, rtol=1e-9)
        np.testing.assert_allclose(curve.mean, np.mean(values, 0), rtol=1e-9)
        np.testing.assert_allclose(curve.stderr, np.std(values, 0, ddof=1) / np.sqrt(60), rtol=1e-9)


def test_json_holds_these_numbers(scored_fit):
    found = json.loads(json.dumps(as_json(scored_fit), allow_nan=False))
    assert found["data"] == {
        "file": "made", "questions": 60, "samples": 600, "fewest_samples": 8, "most_samples": 12,
        "warnings": [],
    }  # fmt: skip
    for one in found["measured"]:
        curve = scored_fit.curves[Key(one["outcome"], one["rule"], one["temperature"])]
        assert one["k"] == [1, 2, 3, 8]
        np.testing.assert_allclose(one["value"], curve.values.mean(0), rtol=1e-12)
    assert found["kl"]["k"][:4] == [1, 2, 3, 8]
    np.testing.assert_allclose(found["kl"]["nats"][3], np.log(8) - 7 / 8, rtol=1e-12)
    (model,) = found["models"]
    assert model["name"] == "proxy"
    for curve in model["curves"]:
        assert curve["k"][-1] == 128
        assert len(curve["value"]) == len(curve["stderr"]) == len(curve["k"])


@pytest.mark.long
def test_accuracy_of_attempts_and_of_votes():
    attempts = made(example.attempts, 1)
    found = fit(attempts, k=[1, 5], resamples=20)
    right = attempts.correct.reshape(60, 12).sum(1).astype(int)
    for rule, estimate in ((ANY, estimators.pass_at_k), (ALL, estimators.all_pass_at_k)):
        curve = found.curves[Key("accuracy", rule)]
        np.testing.assert_allclose(curve.values, estimate(12, right, [1, 5]), rtol=1e-12)
    assert found.recommended is None
    answers = np.array([RIGHT, 1, 1, 2] * 3 + [RIGHT, RIGHT, 1] * 4)
    voted = Samples("made", ["a", "b"], np.array([12, 12]), np.arange(24), answer=answers,
                    correct=(answers == RIGHT).astype(float))  # fmt: skip
    curve = fit(voted, resamples=20).curves[Key("accuracy", VOTE)]
    for question, given in enumerate(answers.reshape(2, 12)):
        expected = estimators.plurality_vote(given, RIGHT, curve.k).value
        np.testing.assert_allclose(curve.values[question], expected, rtol=1e-12)


# --- fitted models -------------------------------------------------------------------------------


@pytest.mark.parametrize("unsolvable", [False, True])
@pytest.mark.long
def test_difficulty_is_the_maximum_of_the_likelihood(unsolvable):
    attempts = made(example.attempts, 2, questions=300, kept=uneven(300))
    total, right = attempts.counts, attempts.sums(attempts.correct).astype(int)
    found = fit_beta(total, right, unsolvable)

    def surprise(theta):
        a, b = np.exp(theta[:2])
        chance = stats.betabinom.pmf(right, total, a, b)
        ways = stats.binom.pmf(right, total, 0.5) * 2.0**total
        if unsolvable:
            share = 1 / (1 + np.exp(-theta[2]))
            chance = share * (right == 0) + (1 - share) * chance
        return -np.sum(np.log(chance / ways))

    start = found.theta + 0.1
    best = optimize.minimize(surprise, start, method="Nelder-Mead", options={"fatol": 1e-12,
                             "xatol": 1e-8, "maxiter": 4000, "maxfev": 4000})  # fmt: skip
    np.testing.assert_allclose(found.theta, best.x, atol=2e-5)
    assert found.loglik == pytest.approx(-best.fun, abs=1e-7)
    steps = 1e-3 * np.eye(len(start))

    def bend(one, other):
        signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        return sum(i * j * surprise(found.theta + i * one + j * other) for i, j in signs) / 4e-6

    bends = [[bend(one, other) for one in steps] for other in steps]
    np.testing.assert_allclose(found.covariance, np.linalg.inv(bends), rtol=1e-4)
    np.testing.assert_allclose(found.influence.sum(0), 0, atol=1e-6)


def test_difficulty_says_when_there_is_nothing_to_fit():
    attempts = made(example.attempts, 0)
    for value, word in ((0.0, "wrong"), (1.0, "right")):
        same = Samples("made", attempts.names, attempts.counts, attempts.lines,
                       correct=np.full(720, value))  # fmt: skip
        model, notes = fit_difficulty(same)
        assert model is None
        assert f"every sample is {word}" in notes[0]
    equal = Samples("made", attempts.names, attempts.counts, attempts.lines,
                    correct=np.tile([0.0, 1.0], 360))  # fmt: skip
    model, notes = fit_difficulty(equal)
    assert model is None
    assert "no spread over questions" in notes[0]


def test_student_likelihood_is_that_of_differences():
    rng = np.random.default_rng(3)
    counts = [2, 3, 6]
    question = np.repeat(np.arange(3), counts)
    truth, noise = rng.normal(size=11), rng.standard_t(2.0, 11)
    noise[0] = 12.0  # far out: two samples, two places for the offset
    score = 1.5 * truth + 0.7 * noise
    slope, scale, dof = 1.4, 0.6, 2.5
    ends = np.split(score - slope * truth, np.cumsum(counts)[:-1])
    centre = np.array([*(np.median(one) for one in ends), 0.0])
    width = np.array([*(0.9 / np.sqrt(counts)), 1.0])
    theta = np.array([slope, np.log(scale), np.log(dof)])
    found = contrasts.log_densities(theta, question, truth, score, centre, width)
    for i in range(3):
        residual = (score - slope * truth)[question == i]
        law = stats.t(dof, scale=scale)
        places = sorted(residual)
        expected, _ = integrate.quad(
            lambda offset, r=residual, law=law: np.prod(law.pdf(r - offset)),
            -200, 200, points=places, limit=500, epsrel=1e-11,
        )  # fmt: skip
        assert float(found[i]) == pytest.approx(np.log(expected), abs=1e-7)


def test_normal_likelihood_is_that_of_differences():
    rng = np.random.default_rng(4)
    counts = np.array([2, 5])
    residual = [rng.normal(size=n) for n in counts]
    squares = sum(np.sum((r - r.mean()) ** 2) for r in residual)
    variance = squares / 5
    expected = 0.0
    for r in residual:  # differences from the first sample
        covariance = variance * (np.eye(len(r) - 1) + 1)
        expected += stats.multivariate_normal(cov=covariance).logpdf(r[1:] - r[0])
    assert contrasts.normal_log_likelihood(counts, squares) == pytest.approx(expected, abs=1e-10)


def normal_scored(generator, questions, samples):
    rows = example.scored(generator, questions, samples)
    noise = generator.normal(size=rows["truth"].shape)
    return {**rows, "score": 3.0 - 2 * rows["truth"] + 0.5 * noise}


@pytest.mark.long
def test_normal_proxy_is_the_correlation_within_questions():
    samples = made(normal_scored, 1, questions=100)
    model, notes = fit_proxy(samples, "truth", samples.truth, TEMPERATURES, 0)
    assert not notes
    assert model.facts["law"] == "normal error"
    x, y = samples.centred(samples.truth), samples.centred(samples.score)
    correlation = x @ y / np.sqrt((x @ x) * (y @ y))
    assert model.summary()["correlation"].value == pytest.approx(correlation, rel=2e-3)
    k = np.array([1, 4, 16])
    value, _ = model.predict(Key("truth", BEST), k)
    largest = np.array([0.0, 1.02937537300, 1.76599139305])
    width = model.summary()["truth deviation"].value
    rho = model.summary()["correlation"].value
    np.testing.assert_allclose(value, samples.means(samples.truth).mean() + rho * width * largest)
    warm, _ = model.predict(Key("truth", BEST, 0.5), k)
    score_width = model.theta[2] * width / rho
    gain = np.asarray(selection.soft_best_of_n_gain(k, score_width / 0.5))
    np.testing.assert_allclose(warm - value[0], rho * width * gain, rtol=1e-9, atol=1e-12)


def test_proxy_says_when_there_is_nothing_to_fit():
    samples = made(example.scored, 0)
    line = Samples("made", samples.names, samples.counts, samples.lines,
                   score=2 * samples.truth, truth=samples.truth)  # fmt: skip
    model, notes = fit_proxy(line, "truth", line.truth, TEMPERATURES, 0)
    assert model is None
    assert "straight line" in notes[0]
    model, notes = fit_proxy(line, "truth", 0 * line.truth + 0.1, TEMPERATURES, 0)
    assert model is None
    assert "the truth does not vary" in notes[0]


def test_judge_statistics_are_plain_averages():
    samples = made(example.judged, 0, kept=uneven())
    model, notes = fit_judge(samples, TEMPERATURES)
    assert not notes
    assert model.facts["law"] == "exact scores"
    assert model.facts["sharpness"] == pytest.approx(1, rel=1e-9)
    each = []
    for target, (y, s) in zip(samples.target, by_question(samples, "value", "score"), strict=True):
        parabola = np.polyfit(y, s, 2)
        judge = -parabola[1] / (2 * parabola[0]) - target
        mean, variance = y.mean() - target, y.var(ddof=1)
        each.append([variance, mean**2 - variance / len(y), judge**2, mean * judge])
    np.testing.assert_allclose(model.theta[:4], np.mean(each, 0), rtol=1e-8)
    for (name, q), expected in zip(model.summary().items(), np.std(each, 0, ddof=1), strict=True):
        assert q.stderr == pytest.approx(expected / np.sqrt(60), rel=1e-6), name
    value, _ = model.predict(Key("error", BEST, 0.5), np.array([1.0, 9.0]))
    expected = best_of_k.error(np.array([1.0, 9.0]), statistics(model.theta), 0.5)
    np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_judge_takes_the_noise_of_scores_out():
    samples = made(example.judged, 1, questions=400)
    noise = 0.3 * np.random.default_rng(0).normal(size=len(samples.score))
    noisy = Samples("made", samples.names, samples.counts, samples.lines, value=samples.value,
                    target=samples.target, score=2 * (samples.score + noise) + 5)  # fmt: skip
    model, notes = fit_judge(noisy, TEMPERATURES)
    assert not notes
    assert model.facts["law"] == "normal score noise"
    assert model.facts["sharpness"] == pytest.approx(2, rel=0.025)
    assert model.facts["noise_scale"] == pytest.approx(0.3, rel=0.05)
    exact, _ = fit_judge(samples, TEMPERATURES)
    np.testing.assert_allclose(model.theta[:4], exact.theta[:4], rtol=0.05)
    value, _ = model.predict(Key("error", BEST), np.array([4.0]))
    law = best_of_k.gaussian_score_noise_error(
        4.0, statistics(model.theta), np.sqrt(model.theta[4])
    )
    assert value[0] == pytest.approx(float(law), rel=1e-9)


@pytest.mark.parametrize(
    "score", [lambda d: -(np.abs(d) ** 4), lambda d: -np.tanh(3 * np.abs(d)), lambda d: d]
)
def test_other_judges_are_found_out(score):
    samples = made(example.judged, 2)
    judge = samples.target[samples.question] + 0.2
    other = Samples("made", samples.names, samples.counts, samples.lines, value=samples.value,
                    target=samples.target, score=score(samples.value - judge))  # fmt: skip
    model, notes = fit_judge(other, TEMPERATURES)
    assert model is None
    assert notes[0].startswith("judge: not fitted, ")


def test_without_a_parabola_the_proxy_takes_over():
    samples = made(example.judged, 3)
    off = samples.value - samples.target[samples.question] - 0.2
    other = Samples("made", samples.names, samples.counts, samples.lines, value=samples.value,
                    target=samples.target, score=np.exp(-2 * np.abs(off)))  # fmt: skip
    (model,), notes = fit_models(other, np.zeros(1), 0)
    assert model.name == "proxy"
    assert set(model.curves) >= {Key("error", BEST)}
    assert notes[0].startswith("judge: not fitted, a parabola")
    value, _ = model.predict(Key("error", BEST), np.array([1, 4]))
    assert value[0] == pytest.approx(samples.means(samples.squared_error).mean())
    assert value[1] < value[0]


def test_verifier_is_the_binary_law_over_difficulty():
    samples = made(example.verified, 3, questions=200)
    difficulty, _ = fit_difficulty(samples)
    model, notes = fit_verifier(samples, difficulty)
    assert not notes
    right = samples.correct == 1
    t, f = samples.score[right].mean(), samples.score[~right].mean()
    found = {name: q.value for name, q in model.summary().items()}
    assert found["true_positive"] == pytest.approx(t, rel=1e-12)
    assert found["false_positive"] == pytest.approx(f, rel=1e-12)
    assert found["roc_slope"] == pytest.approx(t / f, rel=1e-12)
    a, b = np.exp(difficulty.theta[:2])
    unsolvable = unsolvable_share(difficulty.theta)

    def over(law):
        mean, _ = integrate.quad(
            lambda q: law(stats.beta.ppf(q, a, b)), 0, 1, epsabs=1e-9, limit=200
        )
        return (1 - unsolvable) * mean

    value, _ = model.predict(Key("accuracy", BEST), np.array([5.0]))
    by_law = over(lambda p: float(verifiers.binary_accuracy(5.0, p, t, f)))
    assert value[0] == pytest.approx(by_law, rel=1e-6)
    limit = over(lambda p: p * t / (p * t + (1 - p) * f))
    assert found["limit_accuracy"] == pytest.approx(limit, rel=1e-6)


def test_verifier_needs_few_grades_and_says_what_a_clean_top_means():
    samples = made(example.verified, 4)
    difficulty, _ = fit_difficulty(samples)
    clean = Samples("made", samples.names, samples.counts, samples.lines,
                    correct=samples.correct, score=samples.correct)  # fmt: skip
    model, _ = fit_verifier(clean, difficulty)
    solvable = 1 - unsolvable_share(difficulty.theta)
    assert model.summary()["limit_accuracy"].value == pytest.approx(solvable, rel=1e-9)
    assert "is above" in model.notes[0]
    many = Samples("made", samples.names, samples.counts, samples.lines,
                   correct=samples.correct, score=np.arange(720.0))  # fmt: skip
    model, notes = fit_verifier(many, difficulty)
    assert model is None
    assert "more than 10 values" in notes[0]


# --- recommendation and held-back samples --------------------------------------------------------


def test_recommendation_is_the_search_done_by_hand(scored_fit):
    weights = bootstrap(60, 200, 0)
    assert np.all(weights.sum(1) == 60)
    found = recommend(scored_fit.curves, weights)
    assert found == scored_fit.recommended
    curves = {key: c for key, c in scored_fit.curves.items() if key.rule == BEST}
    best = max(curves, key=lambda key: curves[key].mean.max())
    assert found["temperature"] == best.temperature
    assert found["value"] == curves[best].mean.max()
    assert found["k"] == curves[best].k[curves[best].mean.argmax()]
    gains = []
    for weight in weights:
        means = {key: weight @ curve.values / 60 for key, curve in curves.items()}
        key = max(means, key=lambda key: means[key].max())
        left_out = curves[key].values[weight == 0]
        gains.append(np.mean(left_out[:, means[key].argmax()] - left_out[:, 0]))
    assert found["gain_on_questions_left_out"] == pytest.approx(np.mean(gains), rel=1e-9)


def test_price_of_a_sample_makes_k_smaller(scored_fit):
    weights = bootstrap(60, 50, 0)
    free = recommend(scored_fit.curves, weights)
    dear = recommend(scored_fit.curves, weights, price=10.0)
    assert dear["k"] == 1 < free["k"]
    some = recommend(scored_fit.curves, weights, price=0.02)
    curves = [curve for key, curve in scored_fit.curves.items() if key.rule == BEST]
    side = -1 if some["outcome"] == "error" else 1
    net = np.array([side * curve.mean - 0.02 * curve.k for curve in curves])
    best, index = np.unravel_index(net.argmax(), net.shape)
    assert (some["temperature"], some["k"]) == (
        curves[best].key.temperature,
        curves[best].k[index],
    )
    assert side * some["gain_over_one_sample"] == pytest.approx(net.max() - net[best, 0])


def test_other_rules_are_compared_question_by_question(scored_fit):
    found = scored_fit.recommended
    curves = {key.temperature: c for key, c in scored_fit.curves.items() if key.rule == BEST}
    best = curves[found["temperature"]]
    assert len(found["others"]) == len(curves) - 1
    side = -1 if found["outcome"] == "error" else 1
    for one in found["others"]:
        other = curves[one["temperature"]]
        index = (side * other.mean).argmax()
        gap = best.values[:, list(best.k).index(found["k"])] - other.values[:, index]
        assert one["k"] == other.k[index]
        assert one["gain"] == pytest.approx(gap.mean())
        assert one["stderr"] == pytest.approx(gap.std(ddof=1) / np.sqrt(60))


def test_auc_is_that_of_pairs_within_questions(tmp_path):
    generator = np.random.default_rng(3)
    questions, samples = 40, 6
    right = generator.random((questions, samples)) < 0.4
    score = np.round(right + generator.normal(size=right.shape))  # with ties
    rows = ["question,score,correct"]
    rows += [
        f"q{q},{score[q, i]},{int(right[q, i])}" for q in range(questions) for i in range(samples)
    ]
    (tmp_path / "s.csv").write_text("\n".join(rows) + "\n")
    found = score_auc(read(tmp_path / "s.csv"))
    areas = []
    for q in range(questions):
        up, down = score[q][right[q]], score[q][~right[q]]
        if len(up) and len(down):
            gap = up[:, None] - down
            areas.append(np.mean((gap > 0) + 0.5 * (gap == 0)))
    assert found["questions"] == len(areas)
    assert found["value"] == pytest.approx(np.mean(areas))
    assert found["stderr"] == pytest.approx(np.std(areas, ddof=1) / np.sqrt(len(areas)))


def test_summary_and_prediction_in_python(scored_fit):
    assert scored_fit.summary().startswith("Recommended: take the best by score of ")
    beyond = scored_fit.predict([1, 1000])
    assert set(beyond) == {key for model in scored_fit.models for key in model.curves}
    for model in scored_fit.models:
        for key in model.curves:
            value, stderr = model.predict(key, np.array([1.0, 1000.0]))
            np.testing.assert_array_equal(beyond[key], (value, stderr))
    with pytest.raises(InputError, match="k must be a whole number, at least 1, got 0"):
        scored_fit.predict(0)


def test_tables_are_as_wide_as_they_are_and_say_why_a_number_is_missing(scored_fit):
    written = as_json(scored_fit)
    for model in written["models"]:
        for quantity in model["parameters"].values():
            quantity.update(stderr=None, low=None, high=None)
    text = io.StringIO()
    show(written, Console(file=text, width=30))
    out = text.getvalue()
    assert "nan" not in out
    assert "…" not in out
    assert "-: these samples do not tell it" in out
    assert max(map(len, out.splitlines())) > 60


def beta_attempts(generator, questions, samples):
    chance = generator.beta(0.7, 2.5, questions)
    rows = example.attempts(generator, questions, samples)
    right = generator.random((questions, samples)) < chance[:, None]
    return {**rows, "correct": right.ravel().astype(float)}


def test_z_on_held_back_samples_is_a_z():
    """Forecast of pass@12 from six samples of each question, over many data sets."""
    z = []
    for seed in range(SEEDS):
        samples = made(beta_attempts, seed, questions=200)
        half = samples.half(seed)
        found = fit_beta(half.counts, half.sums(half.correct).astype(int), False)
        right = samples.sums(samples.correct).astype(int)
        values = estimators.pass_at_k(samples.counts, right, np.array([12]))
        curve = Curve(Key("accuracy", ANY), np.array([12]), values)
        z.append(_model(found, False, {False: 0, True: 0}).against(curve)["z"][0])
    holds(np.abs(z) < 1.96)
    assert np.std(z) > 0.8


# --- coverage ------------------------------------------------------------------------------------


def covers(summary, known):
    return [summary[name].low <= value <= summary[name].high for name, value in known.items()]


@pytest.mark.long
def test_difficulty_and_verifier_are_recovered():
    rates = example.VERIFIER
    known = {**rates, "roc_slope": rates["true_positive"] / rates["false_positive"]}
    shape = example.DIFFICULTY
    nodes = stats.beta.ppf((np.arange(4000) + 0.5) / 4000, shape["a"], shape["b"])
    limit = nodes * known["roc_slope"] / (nodes * known["roc_slope"] + 1 - nodes)
    known["limit_accuracy"] = (1 - shape["unsolvable"]) * limit.mean()
    shapes, rest = [], []
    for seed in range(SEEDS):
        samples = made(example.verified, seed, questions=300, samples=16)
        right = samples.sums(samples.correct).astype(int)
        difficulty = _model(fit_beta(samples.counts, right, True), True, {False: 0, True: 0})
        shapes.append(covers(difficulty.summary(), example.DIFFICULTY))
        model, _ = fit_verifier(samples, difficulty)
        rest.append(covers(model.summary(), known))
    for column in (*np.transpose(shapes), *np.transpose(rest)):
        holds(column)


def test_judge_is_recovered():
    covered = []
    for seed in range(4 * SEEDS):
        model, _ = fit_judge(made(example.judged, seed, questions=200), TEMPERATURES)
        covered.append(covers(model.summary(), example.JUDGE))
    for column in np.transpose(covered):
        holds(column)


@pytest.mark.long
def test_proxy_with_heavy_tails_is_recovered():
    covered = []
    for seed in range(SEEDS // 3):
        samples = made(example.scored, seed, questions=80)
        model, _ = fit_proxy(samples, "truth", samples.truth, TEMPERATURES, 0)
        assert model.facts["law"] == "Student-t error"
        covered.append(covers(model.summary(), example.PROXY))
    for column in np.transpose(covered):
        holds(column)


@pytest.mark.long
def test_normal_proxy_is_recovered():
    error_scale = 0.5 / (2 * example.PROXY["truth deviation"])
    known = {
        "truth deviation": example.PROXY["truth deviation"],
        "slope": -2.0,
        "error scale": error_scale,
        "correlation": -1 / np.sqrt(1 + error_scale**2),
    }
    covered = []
    for seed in range(SEEDS // 4):
        samples = made(normal_scored, seed, questions=80)
        model, _ = fit_proxy(samples, "truth", samples.truth, TEMPERATURES, 0)
        if model.facts["law"] == "normal error":
            covered.append(covers(model.summary(), known))
    assert len(covered) > 0.8 * (SEEDS // 4)
    for column in np.transpose(covered):
        holds(column)


# --- the command ---------------------------------------------------------------------------------


def test_example_files_and_a_whole_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(
        example, "FILES", {n: (f, 40, 8, p) for n, (f, _, _, p) in example.FILES.items()}
    )
    assert main(["fit", "--example", str(tmp_path / "made")]) == 0
    assert sorted(p.name for p in (tmp_path / "made").iterdir()) == sorted(
        [*example.FILES, "parameters.json"]
    )
    for name, expected in (
        ("verified.csv", {"difficulty", "verifier"}),
        ("samples_votes.jsonl", {"difficulty"}),
    ):
        out = tmp_path / name.partition(".")[0]
        file = str(tmp_path / "made" / name)
        assert main(["fit", file, "--out", str(out), "--k", "1,4,8", "--resamples", "50"]) == 0
        assert "Recommended: " in capsys.readouterr().out
        found = json.loads((out / "fit.json").read_text())
        assert {model["name"] for model in found["models"]} == expected
        assert sorted(p.name for p in out.iterdir()) == ["fit.json", "fit.pdf", "fit.png"]
        assert (out / "fit.pdf").read_bytes().startswith(b"%PDF")
        assert str(tmp_path) not in (out / "fit.json").read_text()


@pytest.mark.long
def test_failure_law_is_the_one_of_repeated_sampling():
    samples = made(example.attempts, 5, questions=150)
    model, _ = fit_difficulty(samples)
    a, b = np.exp(model.theta[:2])
    unsolvable = unsolvable_share(model.theta)
    value, stderr = model.predict(Key("accuracy", ANY), np.array([1, 30]))
    law = 1 - repeated_sampling.failure_at_k(
        np.array([1.0, 30.0]), repeated_sampling.Beta(a, b), unsolvable
    )
    np.testing.assert_allclose(value, law, rtol=1e-9)
    assert np.all(stderr > 0)


@pytest.mark.parametrize(
    ("a", "b"),
    [(3000.0, 7000.0), (1.0, 1e5), (1e12, 3e12), (0.02, 0.03), (1e-3, 1e3), (120.0, 3.0)],
)
def test_rule_of_difficulty_has_the_moments(a, b):
    p, weights = beta_rule(a, b)
    mean, size = a / (a + b), a + b
    assert weights.sum() == pytest.approx(1, rel=1e-12)
    assert weights @ p == pytest.approx(mean, rel=1e-9)
    assert weights @ (p - mean) ** 2 == pytest.approx(a * b / size**2 / (size + 1), rel=1e-9)
    third = 2 * (b - a) * a * b / (size**3 * (size + 1) * (size + 2))
    assert weights @ (p - mean) ** 3 == pytest.approx(third, rel=1e-7)
