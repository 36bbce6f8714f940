"""Time to a given standard error: our simulations of best-of-k against the authors' way.

    python benchmarks/best_of_k.py [--repeat 3] [--json FILE]

Two threads. The rivals of a row run in turn, `repeat` times each after a warm-up; medians are
reported. A method of `t` seconds and standard error `e` is compared by t e^2, which for independent
draws does not depend on their number: the gain is the time the baseline would need to reach the
method's error, over the method's time, at the worst and the median point of a curve. PyTorch rows
are skipped where it is not installed (`pip install torch`).
"""

from __future__ import annotations

import functools
import warnings

import jax
import jax.numpy as jnp
import numpy as np
from common import compared, in_turn, main, torch
from jax import lax
from scipy.integrate import quad
from scipy.special import ndtr

from jtts import sweep
from jtts.machine import counted_compiles
from jtts.regression import Statistics
from jtts.sims import best_of_k
from jtts.simulations import simulation
from jtts.theory import best_of_k as theory

jax.config.update("jax_enable_x64", True)

PAPER_K = np.arange(50, 200)
# mean_error / predictive_var at n = 10000 ... 30000: squared bias at d = 10, and the variance d / n
PAPER_RHO = [0.04 * (1e4 / n) ** 2 + 10 / n for n in (10_000, 15_000, 20_000, 25_000, 30_000)]


def errors_in_turn(rivals, repeat):
    """Median seconds and root mean square relative standard errors of every rival.

    A rival is a function of the repetition that returns relative standard errors.
    """
    return {
        name: (seconds, np.sqrt(np.mean(np.square(errors), 0)))
        for name, (seconds, errors) in in_turn(rivals, repeat).items()
    }


def compare(measured, baseline):
    """Results of a row, with the gain over its baseline where that could run; and the baseline."""
    results = {}
    for name, (seconds, errors) in measured.items():
        results[name] = {"seconds": seconds, "relative_stderr": float(np.median(errors))}
        if baseline in measured:
            base_seconds, base_errors = measured[baseline]
            gain = (base_seconds * base_errors**2) / (seconds * errors**2)
            results[name] |= {"gain_worst": float(np.min(gain)), "gain": float(np.median(gain))}
    return results, baseline


def curves(simulation, repetition):
    """The paper's five curves; relative standard errors [5, 150]."""
    key = jax.random.key(repetition)
    estimates = [simulation(key, 1, PAPER_K, Statistics.from_rho(rho)) for rho in PAPER_RHO]
    return np.stack([estimate.stderr / estimate.mean for estimate in estimates])


def torch_curves(one_curve, repetition):
    """The same from squared errors [trials, 150] of one curve, drawn in float32."""
    torch.manual_seed(repetition)
    results = []
    for rho in PAPER_RHO:
        mean, var = one_curve(rho)
        results.append(np.sqrt(var) / mean)
    return np.stack(results)


def fresh_candidates(rho, trials=2000):
    """New candidates for every k: the authors' way."""
    results = []
    for k in PAPER_K:
        shift = rho**0.5 * torch.randn(trials, 1)
        candidates = shift + torch.randn(trials, int(k))
        nearest = candidates.abs().argmin(1, keepdim=True)
        errors = candidates.gather(1, nearest) ** 2
        results.append((errors.mean().item(), errors.var().item() / trials))
    return np.transpose(results)


def running_minimum(rho, trials=20_000, block=2000):
    """One set of candidates for all k, in blocks of trials."""
    total, squares = 0.0, 0.0
    for _ in range(trials // block):
        shift = rho**0.5 * torch.randn(block, 1)
        nearest = (shift + torch.randn(block, int(PAPER_K[-1]))).abs().cummin(1).values
        errors = nearest[:, PAPER_K[0] - 1 :].double() ** 2
        total, squares = total + errors.sum(0), squares + (errors**2).sum(0)
    mean = total / trials
    return mean.numpy(), ((squares / trials - mean**2) / trials).numpy()


def paper_figure(repeat):
    """The paper's figure at temperature 0: five curves, k = 50 ... 199.

    The limit is the random numbers: explicit candidates take 200 for every trial and serve all k
    and all curves; order statistics take a handful.
    """
    small = simulation(chunk=128, min_chunks=32, curve="k")  # its error is far below any need
    direct = small(best_of_k.error_by_order_statistics.chunk_function)
    rivals = {
        "explicit, one sample set": functools.partial(curves, best_of_k.error),
        "order statistics": functools.partial(curves, direct),
    }
    if torch is None:
        print("  skipped: PyTorch rows (torch is not installed)")
    else:
        rivals["PyTorch, fresh candidates"] = functools.partial(torch_curves, fresh_candidates)
        rivals["PyTorch, running minimum"] = functools.partial(torch_curves, running_minimum)
    return compare(errors_in_turn(rivals, repeat), "PyTorch, fresh candidates")


def large_k(repeat, k=10**5, rho=0.4):
    """Order statistics against explicit candidates at k = 1e5 (32 replicates side by side).

    The limit is the random numbers: two for a trial in place of a hundred thousand.
    """
    stats = Statistics.from_rho(rho)
    traced, _ = best_of_k.error.bind(k, stats)
    replicates = jax.jit(
        jax.vmap(lambda key: best_of_k.error.chunk_function(key, 128, **traced).mean)
    )

    def explicit(repetition):
        means = np.asarray(replicates(jax.random.split(jax.random.key(repetition), 32)))
        return np.std(means, ddof=1) / np.sqrt(32) / np.mean(means)

    def direct(repetition):
        estimate = best_of_k.error_by_order_statistics(jax.random.key(repetition), 1, k, stats)
        return np.asarray(estimate.stderr / estimate.mean)

    rivals = {"order statistics": direct, "explicit candidates": explicit}
    return compare(errors_in_turn(rivals, min(repeat, 2)), "explicit candidates")


def random_numbers(repeat, k=200, chunks=32, trials=4096):
    """Explicit candidates against drawing their normal deviates and nothing else.

    The draws are the limit; they are of 64 bits, as the errors of order 1/k^2 need.
    """

    @jax.jit
    def deviates(key, count):
        def add(i, total):
            return total + jnp.sum(jax.random.normal(jax.random.fold_in(key, i), trials, float))

        return lax.fori_loop(0, count, add, 0.0)

    def draw(repetition):
        deviates(jax.random.key(repetition), chunks * k).block_until_ready()

    def simulate(repetition):
        stats = Statistics.from_rho(0.4)
        best_of_k.error(
            jax.random.key(repetition), chunks * trials, k, stats
        ).mean.block_until_ready()

    baseline = "its draws alone"
    measured = in_turn({"simulation": simulate, baseline: draw}, repeat)
    seconds = {name: spent for name, (spent, _) in measured.items()}
    return compared(seconds, baseline, limit=seconds[baseline]), baseline


def exact_grid(repeat, size=100, oracle=4):
    """Exact averaged error on a 100 x 100 (rho, k) grid, against nested scipy quad.

    scipy computes 4 x 4 points of the grid; its seconds are scaled to the whole. The limit is
    arithmetic: a few thousand normal probabilities and exponentials for every point.
    """
    rho = np.linspace(0.02, 1.5, size)
    k = np.geomspace(1, 1e6, size)

    def ours(repetition):
        stats = Statistics.from_rho(rho[:, None] * (1 + 1e-9 * repetition))
        np.asarray(theory.error(k[None, :], stats))

    def one_point(rho, k):
        def inner(c):
            def integrand(r):
                survival = ndtr(-c - r) + ndtr(c - r)
                both = np.exp(-((c + r) ** 2) / 2) + np.exp(-((c - r) ** 2) / 2)
                return k * r**2 * both * survival ** (k - 1) / np.sqrt(2 * np.pi)

            scale = min(60 / k / max(np.exp(-(c**2) / 2), 1e-12), 12.0)
            return quad(integrand, 0, scale + c, points=[scale / 30], limit=200)[0]

        def outer(c):
            return 2 * inner(c) * np.exp(-(c**2) / 2 / rho) / np.sqrt(2 * np.pi * rho)

        return quad(outer, 0, 9 * rho**0.5, epsabs=0, epsrel=1e-8)[0]

    def scipy_quad(_):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for r in np.linspace(0.02, 1.5, oracle):
                for n in np.geomspace(1, 1e6, oracle):
                    one_point(r, n)

    baseline = "scipy quad, scaled"
    measured = in_turn({"jtts": ours, baseline: scipy_quad}, repeat)
    seconds = {name: spent for name, (spent, _) in measured.items()}
    seconds[baseline] *= size**2 / oracle**2
    return compared(seconds, baseline), baseline


def compiles(repeat):
    """A sweep of 40 k x 8 rho x 3 temperatures, compiled once.

    The limit is the random numbers, 200 for every trial, which all k share.
    """
    grid = {
        "k": np.unique(np.geomspace(1, 200, 40).round()),
        "rho": np.linspace(0.1, 0.4, 8).tolist(),
        "temperature": [0.0, 0.5, 5.0],
    }

    def run(seed):
        data = sweep(theory.error, grid, trials=1, seed=seed)
        return (data.stderr / data.simulation).values

    run(0)
    with counted_compiles() as count:
        measured = errors_in_turn({"sweep": run}, 1)
    print(f"  made by two more sweeps: {count}")
    return compare(measured, "sweep")


ROWS = [exact_grid, paper_figure, large_k, random_numbers, compiles]

if __name__ == "__main__":
    main(ROWS, __doc__)
