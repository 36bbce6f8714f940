"""What follows from the error of best-of-k: slopes, optima, crossings.

By the survival integrals of `heavy_tails` (Gaussian candidates), the learners of
`regression/ridge`, softmax among few candidates by brute force, and mpmath for what is closed.
"""

import mpmath as mp
import numpy as np
import rows
from scipy.optimize import brentq, minimize_scalar

from jtts.regression import Statistics, TrainedJudge

survivals = rows.load("best_of_k/heavy_tails")
ridge = rows.load("regression/ridge")
ENDLESS = float("inf")
teacher = Statistics.from_rho
QUICK = 1200  # distances of an integral inside a root


def _fields(stats):
    return [
        mp.mpf(x)
        for x in (stats.predictive_var, stats.mean_error, stats.judge_error, stats.judge_cross)
    ]


# --- divergences ---


def kl_to_base(k):
    with mp.workdps(60):
        return mp.inf if k == ENDLESS else mp.log(k) - (mp.mpf(k) - 1) / mp.mpf(k)


def _tilted_kl(theta, offset_var):
    return (theta - 1 - mp.log(theta) + (1 - theta) ** 2 * offset_var) / 2


def softmax_kl_to_base(stats, temperature):
    with mp.workdps(700):
        s2, delta, q, cross = _fields(stats)
        if temperature == ENDLESS:
            return mp.mpf(0)
        theta = mp.mpf(temperature) / (temperature + 2 * s2)
        return _tilted_kl(theta, (delta - 2 * cross + q) / s2)


def pointwise_softmax_kl_to_base(*, mean, predictive_var, judge, temperature):
    with mp.workdps(60):
        off = mp.mpf(judge) - mp.mpf(mean)
        s2 = mp.mpf(predictive_var)
        theta = mp.mpf(temperature) / (temperature + 2 * s2)
        return _tilted_kl(theta, off**2 / s2)


def frontier_ratio(k, stats):
    """theta by bisection in 40 digits; the error of tilting in its four terms."""
    if k == 1:
        return mp.mpf(1)
    with mp.workdps(40):
        s2, delta, q, cross = _fields(stats)
        rho = (delta - 2 * cross + q) / s2
        divergence = kl_to_base(k)
        low, high = -2 * divergence - 1, mp.mpf(0)
        for _ in range(110):
            middle = (low + high) / 2
            far = _tilted_kl(mp.exp(middle), rho) > divergence
            low, high = (middle, high) if far else (low, middle)
        theta = mp.exp(low)
        tilted = theta * s2 + theta**2 * delta + 2 * theta * (1 - theta) * cross
        return (tilted + (1 - theta) ** 2 * q) / mp.mpf(survivals.error(k, stats))


def frontier_limit(stats):
    with mp.workdps(40):
        s2, delta, q, cross = _fields(stats)
        if q or cross:
            return mp.mpf(1)
        rho = delta / s2
        return mp.exp(1 + rho) / mp.pi * mp.sqrt(1 - 2 * rho) if 2 * rho < 1 else mp.mpf(0)


# --- slopes in k and n, and where they are equal ---


def local_exponent(k, stats):
    """k d(error)/dk, the derivative of the survival integral in k; other judges by differences."""
    s2, delta, q, cross = map(float, _fields(stats))
    if q == cross == 0:
        square, _, in_k = survivals.moments(k, delta / s2)
        return k * in_k / square
    h = 1e-3
    ahead, behind = (survivals.error(k * np.exp(s * h), stats) for s in (1, -1))
    far_ahead, far_behind = (survivals.error(k * np.exp(2 * s * h), stats) for s in (1, -1))
    slope = (8 * (ahead - behind) - (far_ahead - far_behind)) / (12 * h)
    return slope / survivals.error(k, stats)


def _advantage(k, rho, exponent, **options):
    square, in_rho, in_k = survivals.moments(k, rho, **options)
    share = 1 - 1 / exponent
    falling = -share * rho * (1 - rho) / (1 - share * rho)
    in_n = (1 / (1 - rho) + in_rho / square) * falling if rho else 0.0
    return in_n - k * in_k / square


def sampling_advantage(k, rho, exponent=ENDLESS):
    return _advantage(k, rho, exponent)


def crossover_rho(k, exponent=ENDLESS):
    return brentq(
        lambda rho: _advantage(k, rho, exponent, distances=QUICK), 0.1, 0.9, xtol=1e-10, rtol=1e-10
    )


def asymptotic_crossover_rho(exponent=ENDLESS):
    """The smaller root as it stands in the books, in 400 digits."""
    with mp.workdps(400):
        c = 1 if exponent == ENDLESS else 1 - 1 / mp.mpf(exponent)
        if c == 0:
            return mp.mpf(1) / 2
        return (2 * (1 + c) - mp.sqrt(4 - 6 * c + 4 * c**2)) / (7 * c)


def _learner(alpha, model):
    with mp.workdps(60):
        return ridge.statistics(**model | {"aspect_ratio": alpha})


def _slope_in_data(of, alpha, model):
    """-d of(s^2, Delta) / d ln alpha, a difference of learners in 60 digits."""
    h = mp.mpf(10) ** -12
    with mp.workdps(60):
        ahead, behind = (of(*_learner(alpha * mp.exp(s * h), model)[:2]) for s in (1, -1))
        return (behind - ahead) / (2 * h)


def asymptotic_data_exponent(*, aspect_ratio, bias_only=False, **model):
    def log_error(s2, delta):
        return mp.log(s2) - mp.log(1 - 2 * delta / s2) / 2

    assert not bias_only
    return _slope_in_data(log_error, mp.mpf(aspect_ratio), model)


def data_exponent(k, *, aspect_ratio, **model):
    """The chain rule, teacher as judge: ln s^2 and ln M(Delta / s^2)."""
    alpha = mp.mpf(aspect_ratio)
    s2, delta = _learner(alpha, model)[:2]
    of_scale = _slope_in_data(lambda s2, delta: mp.log(s2), alpha, model)
    of_rho = _slope_in_data(lambda s2, delta: delta / s2, alpha, model)
    if k == 1:
        return of_scale + of_rho / (1 + delta / s2)
    square, in_rho, _ = survivals.moments(k, float(delta / s2))
    return of_scale + of_rho * in_rho / square


# --- from data to error, and how to spend a budget ---


def _softmax_error(k, stats, temperature):
    """Two or three candidates, by trapezoids over the judge and every candidate."""
    s2, delta, q, cross = map(float, _fields(stats))
    rho = (delta - 2 * cross + q) / s2
    t = temperature / (2 * s2)
    x, dx = np.linspace(-8.5, 8.5, 171 if k == 2 else 69, retstep=True)
    density = np.exp(-x * x / 2) * dx / np.sqrt(2 * np.pi)
    shape = [np.reshape(x, (1,) * i + (-1,) + (1,) * (k - 1 - i)) for i in range(k)]
    weight = 1.0
    for i in range(k):
        weight = weight * np.reshape(density, shape[i].shape)
    square = cross_term = 0.0
    half = x >= -1e-12
    for g, p in zip(x[half], density[half] * np.where(np.abs(x[half]) < 1e-9, 1, 2), strict=True):
        away = [y - np.sqrt(rho) * g for y in shape]
        scores = [-(a**2) / (2 * t) for a in away]
        top = np.maximum.reduce(np.broadcast_arrays(*scores))
        chances = [np.exp(score - top) for score in scores]
        chosen = chances[0] / sum(chances)
        square += p * k * np.sum(weight * chosen * away[0] ** 2)
        if rho > 0:
            cross_term += p * k * np.sum(weight * chosen * away[0]) * g / np.sqrt(rho)
    return q + s2 * square + 2 * (q - cross) * cross_term


def end_to_end_error(k, *, temperature=0.0, **model):
    s2, delta, q, cross = (float(x) for x in _learner(model.pop("aspect_ratio"), model))
    stats = Statistics(s2, delta, q, cross)
    if k == 1:
        return s2 + delta
    return _softmax_error(k, stats, temperature) if temperature else survivals.error(k, stats)


def optimal_samples(*, budget, sample_cost, candidate_cost, dim, **model):
    """Where the slope of ln(error) in n vanishes, for equal eigenvalues and a teacher drawn from
    the prior: kappa and rho in closed form."""
    (eigenvalue,) = model["spectrum"]
    noise, prior = model["noise_var"], model["prior_var"]

    def statistics(n):
        alpha = dim / n
        bare = alpha * noise / prior
        b = bare + eigenvalue * (alpha - 1)
        kappa = (b + np.sqrt(b * b + 4 * bare * eigenvalue)) / 2
        kappa = (
            kappa if b > 0 else 2 * bare * eigenvalue / (np.sqrt(b * b + 4 * bare * eigenvalue) - b)
        )
        return noise * kappa / bare, alpha * eigenvalue / (eigenvalue + kappa)

    def slope(n):
        k = (budget - sample_cost * n) / candidate_cost
        h = 1e-4 * n
        (s_up, rho_up), (s_down, rho_down) = statistics(n + h), statistics(n - h)
        _, rho = statistics(n)
        square, in_rho, in_k = survivals.moments(k, rho, distances=QUICK)
        in_n = np.log(s_up / s_down) + in_rho / square * (rho_up - rho_down)
        return in_n / (2 * h) - in_k / square * sample_cost / candidate_cost

    top = (budget - candidate_cost) / sample_cost
    return brentq(slope, 0.01 * top, 0.95 * top, rtol=1e-9)


def asymptotic_optimal_samples(*, budget, sample_cost, candidate_cost, dim):
    """The positive root of A n^2 + A d n - C d, in 400 digits."""
    with mp.workdps(400):
        b, c = mp.mpf(dim), -mp.mpf(budget) * dim / mp.mpf(sample_cost)
        return (mp.sqrt(b * b - 4 * c) - b) / 2


# --- optima in k and T, and data of a judge ---


def optimal_k(stats, temperature=0.0):
    """Brute force over whole numbers, then the root of the slope; infinity where the error stays
    above its limit."""
    assert temperature == 0
    s2, delta, q, cross = map(float, _fields(stats))
    rho, gain = (delta - 2 * cross + q) / s2, q - cross

    def excess(log_k):
        square, in_rho, _ = survivals.moments(np.exp(log_k), rho, distances=QUICK)
        return s2 * square - (2 * gain * in_rho if gain else 0.0)

    counts = np.arange(1, 13)
    few = [excess(np.log(k)) for k in counts]
    if np.argmin(few) < 11 and min(few) < 0:
        return int(counts[np.argmin(few)])
    ladder = np.log(4.0) * np.arange(1, 11)
    values = [excess(x) for x in ladder]
    best = int(np.argmin(values))
    if values[best] >= 0 or best == len(ladder) - 1:
        return mp.inf

    def slope(x, h=0.02):
        near, far = (excess(x + s * h) - excess(x - s * h) for s in (1, 2))
        return 8 * near - far

    found = brentq(slope, ladder[best - 1], ladder[best + 1], xtol=1e-10)
    return int(np.round(np.exp(found)))


def optimal_temperature(stats, k=ENDLESS):
    """Few candidates: the smallest of brute-force errors. Endless ones: a parabola in theta."""
    if k == 1:
        return 0
    if k != ENDLESS:
        found = minimize_scalar(
            lambda log_t: _softmax_error(k, stats, np.exp(log_t)),
            bounds=(0.0, 6.0),
            options={"xatol": 1e-8},
        )
        cold = survivals.error(k, stats, distances=QUICK)
        return 0 if cold <= found.fun else float(np.exp(found.x))
    with mp.workdps(40):
        s2, delta, q, cross = _fields(stats)
        # slopes of the error in theta at its ends
        start, end = 2 * (cross - q) + s2, 2 * (delta - cross) + s2
        if start >= 0:
            return 0
        return mp.inf if end <= 0 else 2 * s2 * -start / end


def _judged(k, log_ratio, model):
    alpha, judge_noise, prior = (
        mp.mpf(model[n]) for n in ("aspect_ratio", "judge_noise_var", "prior_var")
    )
    judge = TrainedJudge(float(alpha / mp.exp(log_ratio)), float(judge_noise), float(prior))
    learned = {n: v for n, v in model.items() if n not in ("judge_noise_var", "aspect_ratio")}
    s2, delta, q, cross = _learner(alpha, learned | {"judge": judge})
    if k == ENDLESS:
        return q - delta
    stats = Statistics(*map(float, (s2, delta, q, cross)))
    return survivals.error(k, stats, distances=QUICK) - float(delta + s2 / k)


def judge_break_even(k, **model):
    if k == ENDLESS:
        return limit_judge_break_even(**model)
    return float(np.exp(brentq(lambda x: _judged(k, x, model), -4.0, 4.0, rtol=1e-9)))


def limit_judge_break_even(**model):
    """Bisection for equal errors of judge and generator, two learners of 60 digits."""
    with mp.workdps(60):
        alpha, prior = mp.mpf(model["aspect_ratio"]), mp.mpf(model["prior_var"])
        spectrum = {"spectrum": model["spectrum"], "prior_var": prior}
        own = ridge.statistics(aspect_ratio=alpha, noise_var=model["noise_var"], **spectrum)[1]

        def excess(log_ratio):
            judge = ridge.statistics(
                aspect_ratio=alpha / mp.exp(log_ratio),
                noise_var=model["judge_noise_var"],
                **spectrum,
            )
            return mp.log(judge[1] / own)

        return mp.exp(mp.findroot(excess, (mp.mpf(-60), mp.mpf(60)), solver="illinois"))


EASY = {"spectrum": [1.0], "noise_var": 0.25, "prior_var": 1.0}
STEEP = {"spectrum": [2.0, 1.0, 0.5, 0.0], "noise_var": 0.05, "prior_var": 1.0}
FEW = {"spectrum": [1.0], "noise_var": 1e-6, "prior_var": 1.0}
OVER = Statistics(1.0, 0.1, 0.5, 0.05)  # a judge that is over-optimised
HALF = 0.5 - 2.0**-40


def _shallow(excess):
    """A judge that is over-optimised by so little, at rho_c = 0.2."""
    gain = 0.3 * (1 + excess)
    return Statistics(1.0, 1.2 - 2 * gain, 1.0, 1.0 - gain)


CORNERS = {
    "kl_to_base": [
        dict(k=1),
        dict(k=1 + 2.0**-40),
        dict(k=1.2),
        dict(k=1.3),
        dict(k=2),
        dict(k=1e300),
        dict(k=ENDLESS),
    ],
    "pointwise_softmax_kl_to_base": [
        dict(mean=0.0, predictive_var=1.0, judge=0.0, temperature=1e12),
        dict(mean=1e8, predictive_var=1e-8, judge=1e8 + 1, temperature=1e-300),
        dict(mean=0.0, predictive_var=1.0, judge=1.0, temperature=8.001),
        dict(mean=-1.0, predictive_var=1e6, judge=3.0, temperature=7.9e6),
    ],
    "softmax_kl_to_base": [
        dict(stats=teacher(0.0), temperature=1e15),
        dict(stats=teacher(1.0), temperature=1e-300),
        dict(stats=teacher(0.3), temperature=ENDLESS),
        dict(stats=Statistics(2.0, 0.4, 0.2, 0.1), temperature=16.0),
    ],
    "frontier_ratio": [
        dict(k=1, stats=teacher(0.3)),
        dict(k=1.25, stats=teacher(2.0)),
        dict(k=1 + 2.0**-20, stats=OVER),
        dict(k=1e9, stats=teacher(0.2)),
        dict(k=1e6, stats=teacher(0.9)),
        dict(k=30, stats=Statistics(1.0, 0.4, 0.2, 0.1)),
    ],
    "frontier_limit": [
        dict(stats=teacher(0.0)),
        dict(stats=teacher(HALF)),
        dict(stats=teacher(0.5)),
        dict(stats=teacher(2.0)),
        dict(stats=OVER),
    ],
    "local_exponent": [
        dict(k=1, stats=teacher(0.3)),
        dict(k=2, stats=teacher(2.0)),
        dict(k=1e9, stats=teacher(0.5)),
        dict(k=1e9, stats=teacher(1e-6)),
        dict(k=1e12, stats=teacher(1.5)),
        dict(k=5, stats=OVER),
    ],
    "sampling_advantage": [
        dict(k=1, rho=0.5),
        dict(k=4, rho=0.0),
        dict(k=1e9, rho=0.3),
        dict(k=100, rho=1 - 2.0**-30, exponent=2.0),
        dict(k=10, rho=0.7, exponent=1.0),
        dict(k=10, rho=0.7, exponent=1 + 1e-9),
    ],
    "crossover_rho": [dict(k=4), dict(k=1e6, exponent=4.0)],
    "asymptotic_crossover_rho": [
        dict(),
        dict(exponent=1.0),
        dict(exponent=1 + 1e-12),
        dict(exponent=1e300),
    ],
    "data_exponent": [
        dict(k=1, aspect_ratio=1e-6, **EASY),
        dict(k=16, aspect_ratio=1.0, **FEW),
        dict(k=1e4, aspect_ratio=4 / 3, **STEEP),
        dict(k=3, aspect_ratio=50.0, teacher=[1.5], **EASY),
    ],
    "asymptotic_data_exponent": [
        dict(aspect_ratio=1e-9, **EASY),
        dict(aspect_ratio=0.3, **FEW),
        dict(aspect_ratio=0.4, teacher=[0.8], **STEEP),
        dict(aspect_ratio=1e6, spectrum=[1.0], noise_var=1e3, prior_var=1e-4),
    ],
    "end_to_end_error": [
        dict(k=1, aspect_ratio=1.0, **FEW),
        dict(k=1e6, aspect_ratio=4 / 3, **STEEP),
        dict(k=50, aspect_ratio=0.5, judge=TrainedJudge(0.1, 1e-3, 1.0), **EASY),
        dict(k=2, aspect_ratio=0.5, temperature=0.5, **EASY),
        dict(k=2, aspect_ratio=2.0, judge=TrainedJudge(1.0, 0.5, 1.0), temperature=3.0, **EASY),
    ],
    "optimal_samples": [
        dict(budget=1e4, sample_cost=1.0, candidate_cost=1.0, dim=10.0, **EASY),
        dict(budget=30.0, sample_cost=1.0, candidate_cost=1.0, dim=3.0, **EASY),
    ],
    "asymptotic_optimal_samples": [
        dict(budget=2.0, sample_cost=1.0, candidate_cost=1.0, dim=1e12),
        dict(budget=1e100, sample_cost=1e-100, candidate_cost=1.0, dim=3.0),
        dict(budget=100.0, sample_cost=1e-3, candidate_cost=5.0, dim=1e-3),
    ],
    "optimal_k": [
        dict(stats=OVER),
        dict(stats=teacher(0.3)),
        dict(stats=Statistics(1.0, 0.01, 9.0, 0.0)),
        dict(stats=Statistics(0.5, 0.05, 0.3, 0.02)),
        dict(stats=_shallow(0.02)),
        dict(stats=_shallow(1e-3)),
        dict(stats=_shallow(2e-5)),
        dict(stats=_shallow(1e-6)),
    ],
    "optimal_temperature": [
        dict(stats=Statistics(1.0, 0.3, 0.8, 0.1)),
        dict(stats=teacher(1.0)),
        dict(stats=Statistics(1.0, 3.0, 8.0, 4.0)),
        dict(stats=Statistics(1.0, 0.1, 5.0, 0.0), k=2),
        dict(stats=OVER, k=1),
    ],
    "judge_break_even": [
        dict(k=4, aspect_ratio=0.5, judge_noise_var=0.25, **EASY),
        dict(k=1000, aspect_ratio=1.0, judge_noise_var=0.01, **EASY),
        dict(k=ENDLESS, aspect_ratio=4 / 3, judge_noise_var=1.0, **STEEP),
    ],
    "limit_judge_break_even": [
        dict(aspect_ratio=0.5, judge_noise_var=1e-12, **EASY),
        dict(aspect_ratio=4 / 3, judge_noise_var=1e6, **STEEP),
        dict(aspect_ratio=1.0, judge_noise_var=1e-6, **FEW),
    ],
}
