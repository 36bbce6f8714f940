"""All that is computed from samples, in the order of the report."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jtts.arguments import InputError, require_at_least, require_nonnegative, require_whole
from jtts.fitting import curves as measured
from jtts.fitting.auc import score_auc
from jtts.fitting.curves import Curve, Key
from jtts.fitting.difficulty import fit_difficulty
from jtts.fitting.forecast import judge_on_held_back, larger_k
from jtts.fitting.judge import fit_judge, statistics
from jtts.fitting.models import Model
from jtts.fitting.proxy import fit_proxy
from jtts.fitting.recommend import bootstrap, recommend, recommended_by
from jtts.fitting.records import silent
from jtts.fitting.samples import Samples
from jtts.fitting.verifier import fit_verifier
from jtts.theory import best_of_k, selection

MEASURING = 0.7  # share of the time that a large file takes
MOST_WEIGHTS = 2**29  # of questions in resamples: 4 GiB
FORECAST = 16  # times the largest k measured


@dataclasses.dataclass(frozen=True)
class Fit:
    """What `fit` found; `jtts.fitting.report` says each part in words."""

    samples: Samples
    seed: int
    curves: dict[Key, Curve]
    models: list[Model]
    forecast_k: np.ndarray
    held_back: list[dict[str, Any]]
    recommended: dict[str, Any] | None
    by_models: dict[str, dict[str, Any]]
    divergence: dict[str, Any]
    score_auc: dict[str, Any] | None
    notes: list[str]

    def summary(self) -> str:
        """The recommendation, how well the score ranks, and the notes: what `jtts fit` prints."""
        from jtts.fitting.report import as_json, sentences

        return "\n".join(sentences(as_json(self)))

    def predict(self, k: Any) -> dict[Key, tuple[np.ndarray, np.ndarray]]:
        """Curves of the models at these k and their standard errors, [K]; also beyond the samples.

        Raises:
          InputError: k below 1, or not whole.
        """
        require_whole(1, k=k)
        asked = np.atleast_1d(np.asarray(k, float))
        return {key: model.predict(key, asked) for model in self.models for key in model.curves}


def fit(
    samples: Samples,
    *,
    k: Sequence[int] | None = None,
    temperatures: Sequence[float] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    price: float = 0.0,
    progress: Callable[[str, float], None] = silent,
) -> Fit:
    """Measure, model, test the models on larger k, and recommend.

    Args:
      samples: as `jtts.fitting.read` gives them.
      k: numbers of samples to measure at, up to the smallest number of samples of a question.
      temperatures: of softmax selection, in units of the score.
      resamples: of the questions, for the uncertainty of the recommendation.
      seed: of all that is random.
      price: of a sample, in units of the outcome; zero or positive.
      progress: hears what is done and the share done before.

    Raises:
      InputError: k above the number of samples of a question, a negative temperature or price, or
        fewer than two resamples.
    """
    require_whole(2, resamples=resamples)
    most = MOST_WEIGHTS // len(samples.counts)
    if resamples > most:
        raise InputError(
            f"resamples must be at most {most} for {len(samples.counts)} questions, got {resamples}"
        )
    require_whole(0, seed=seed)
    require_nonnegative(price=price)
    fewest = int(samples.counts.min())
    chosen = measured.default_k(fewest) if k is None else _chosen(samples, k)
    warm = measured.default_temperatures(samples)
    if temperatures is not None:
        require_at_least(0, temperature=list(temperatures))
        warm = np.unique([0.0, *temperatures])
    curves = measured.measure(
        samples, chosen, warm, seed, lambda text, share: progress(text, MEASURING * share)
    )
    progress("fitting models", MEASURING)
    models, notes = fit_models(samples, warm, seed)
    progress("fitting models to half of the samples", 0.5 * (1 + MEASURING))
    halved = samples.half(seed)
    half_notes: list[str] = []
    held_back: list[dict[str, Any]] = []
    if fewest >= 4:
        tried, half_notes = fit_models(halved, warm, seed)
        held_back = judge_on_held_back(tried, curves, int(halved.counts.min()))
    else:
        notes.append("held-back samples: no forecast judged, it needs four of every question")
    progress(f"{resamples} resamples of the questions", 0.7 + 0.3 * MEASURING)
    weights = bootstrap(len(samples.counts), resamples, seed)
    by_models = {model.name: recommended_by(model, weights, int(chosen[-1])) for model in models}
    forecast_k = larger_k(int(chosen[-1]), FORECAST)
    return Fit(
        samples=samples,
        seed=seed,
        curves=curves,
        models=models,
        forecast_k=forecast_k,
        held_back=held_back,
        recommended=recommend(curves, weights, float(price)),
        by_models={name: found for name, found in by_models.items() if found},
        divergence=_divergence(samples, models, np.append(chosen, forecast_k), warm),
        score_auc=score_auc(samples),
        notes=[*notes, *(f"on half of the samples: {n}" for n in half_notes if n not in notes)],
    )


def fit_models(
    samples: Samples, temperatures: np.ndarray, seed: int
) -> tuple[list[Model], list[str]]:
    """Every model for which the samples hold what it needs."""
    attempts = []
    fitted = None
    if samples.correct is not None:
        fitted, said = fit_difficulty(samples)
        attempts.append((fitted, said))
    if samples.score is not None:
        if samples.correct is not None:
            attempts.append(fit_verifier(samples, fitted))
        judged = None
        if samples.squared_error is not None:
            judged = fit_judge(samples, temperatures)
            attempts.append(judged)
        if samples.truth is not None:
            attempts.append(fit_proxy(samples, "truth", samples.truth, temperatures, seed))
        elif judged is not None and judged[0] is None:
            error = samples.squared_error
            attempts.append(fit_proxy(samples, "error", error, temperatures, seed))
        if samples.squared_error is None and samples.truth is not None:
            attempts.append((None, ["judge: not fitted, it needs the columns value and target"]))
    models = [model for model, _ in attempts if model is not None]
    notes = [note for _, said in attempts for note in said]
    return models, [*notes, *(note for model in models for note in model.notes)]


def _chosen(samples: Samples, k: Sequence[int]) -> np.ndarray:
    require_whole(1, k=list(k))
    fewest = int(np.argmin(samples.counts))
    if max(k) > samples.counts[fewest]:
        line = samples.lines[samples.starts[fewest]]
        raise InputError(
            f"k = {max(k):.15g} is above the number of samples: question "
            f"{samples.names[fewest]!r} has {samples.counts[fewest]} ({samples.source}, column "
            f"question, from line {line})"
        )
    return np.unique([1, *np.asarray(k, int)])


def _divergence(samples, models, k, temperatures):
    """KL divergence spent, in nats: exact for T = 0 without ties, else an upper bound."""
    found: dict[str, Any] = {
        "k": k,
        "nats": np.asarray(selection.best_of_n_divergences(k)["kl"]),
        "upper_bound_only": bool(samples.score is not None and _ties(samples)),
    }
    for model in models:
        if model.name == "judge" and "exact" in model.facts["law"]:
            warm = temperatures[temperatures > 0]
            stats = statistics(model.theta)
            spent = best_of_k.softmax_kl_to_base(stats, warm / model.facts["sharpness"])
            found["softmax_of_endless_k"] = {"temperature": warm, "nats": np.asarray(spent)}
    return found


def _ties(samples: Samples) -> bool:
    order = np.lexsort((samples.score, samples.question))
    same = np.diff(samples.score[order]) == 0
    return bool(np.any(same & (np.diff(samples.question[order]) == 0)))
