"""Laws of the induction head against reference digits, enumeration and other integrators."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

from jtts.arguments import InputError
from jtts.theory import in_context as icl

# --- ceiling and plateau ---


def test_ceiling_reference():
    found = icl.induction_ceiling(
        np.array([63, 63, 63, 32, 32, 16, 16]),
        np.array([8, 8, 8, 4, 4, 8, 8]),
        np.array([0.1, 1, 2, 1, 2, 0.5, 1]),
    )
    expected = [1.0, 0.9883, 0.5810, 0.9478, 0.5911, 0.9578, 0.7110]
    np.testing.assert_allclose(found, expected, atol=5.1e-5)


@pytest.mark.parametrize(("dim", "items", "noise"), [(1, 3, 0.5), (2, 9, 1.3), (40, 100, 0.8)])
def test_ceiling_against_adaptive_quadrature(dim, items, noise):
    def integrand(z, length):
        score = (length + noise * np.sqrt(2 + noise**2) * z) / (1 + noise**2)
        return stats.chi.pdf(length, dim) * stats.norm.pdf(z) * stats.norm.cdf(score) ** (items - 1)

    top = np.sqrt(dim) + 8
    expected = integrate.dblquad(integrand, 0, top, -8, 8, epsabs=1e-10)[0]
    assert icl.induction_ceiling(dim, items, noise) == pytest.approx(expected, abs=1e-9)


def test_ceiling_limits():
    """Certain for one item; a guess among N where noise is all there is; labels may be lucky."""
    assert icl.induction_ceiling(5, 1, 2.0) == pytest.approx(1, abs=1e-12)
    assert icl.induction_ceiling(5, 7, 1e4) == pytest.approx(1 / 7, rel=1e-4)
    missed = 1 - float(icl.induction_ceiling(8, 6, 1.0))
    assert icl.induction_ceiling(8, 6, 1.0, 4) == pytest.approx(1 - 0.75 * missed, rel=1e-12)
    slope = jax.grad(icl.induction_ceiling, 2)(8.0, 6.0, 1.0)
    step = 1e-5
    rise = icl.induction_ceiling(8, 6, 1 + step) - icl.induction_ceiling(8, 6, 1 - step)
    assert slope == pytest.approx(float(rise) / (2 * step), rel=1e-7)


@pytest.mark.parametrize(("items", "labels"), [(4, 2), (4, 5), (5, 3), (6, 2)])
def test_plateau_against_enumeration(items, labels):
    loss, most = [], []
    for context in itertools.product(range(labels), repeat=items):
        share = np.bincount(context, minlength=labels) / items
        loss.append(stats.entropy(share))
        most.append(share.max())
    assert icl.plateau_loss(items, labels) == pytest.approx(np.mean(loss), rel=1e-12)
    assert icl.plateau_accuracy(items, labels) == pytest.approx(np.mean(most), rel=1e-12)


def test_plateau_limits():
    assert icl.plateau_loss(4, 1e12) == pytest.approx(np.log(4), rel=1e-10)
    assert icl.plateau_loss(4000, 4) == pytest.approx(np.log(4) - 3 / 8000, rel=1e-6)
    assert icl.plateau_loss(7, 1) == pytest.approx(0, abs=1e-12)
    assert icl.plateau_accuracy(7, 1) == 1
    assert icl.plateau_accuracy(256, 2) == pytest.approx(
        0.5 + stats.binom(256, 0.5).expect(lambda c: abs(c - 128)) / 256, rel=1e-11
    )


# --- three nested logits ---

SIZES = {"num_items": 8, "num_labels": 32}


def test_nested_logit_reference():
    logits = jnp.array([0.3, 1.2, 2.0])
    loss, slope = jax.value_and_grad(lambda v: icl.nested_logit_loss(*v, **SIZES))(logits)
    assert loss == pytest.approx(3.2439472, abs=5e-8)
    np.testing.assert_allclose(slope, [-0.0367344, -0.0357773, -0.1077070], atol=3e-7)
    assert icl.nested_logit_loss(0, 0, 0, **SIZES) == pytest.approx(np.log(32), rel=1e-14)


def test_descent_is_the_gradient():
    from jtts.theory.in_context.nested_logits import _descent

    for labels in (8.0, 11.0):
        for logits in np.random.default_rng(0).uniform(-1, 4, (5, 3)):
            sizes = {"num_items": 8.0, "num_labels": labels}
            slope = jax.grad(lambda v, s=sizes: icl.nested_logit_loss(*v, **s))(jnp.asarray(logits))
            np.testing.assert_allclose(_descent(logits, 8.0, labels), -slope, atol=1e-14)


TIMES = {
    (8, 32): (48.20, 56.3),
    (8, 16): (59.15, 67.7),
    (8, 9): (113.65, 124.3),
    (8, 8): (383.60, 395.2),
    (4, 16): (20.05, 29.9),
    (4, 8): (24.70, 34.8),
    (4, 4): (126.45, 139.1),
}


def test_transition_times_reference():
    items, labels = np.array(list(TIMES)).T
    half, low = np.array(list(TIMES.values())).T
    found = icl.nested_logit_transition(items, labels)
    # the reference is the first of steps of 0.05 beyond the transition
    assert np.all((half - found > -1e-3) & (half - found < 0.0501))
    grid = np.arange(0, 400, 0.05)
    path = icl.nested_logit_flow((0.01,) * 3, grid, num_items=items, num_labels=labels)
    crossed = grid[np.argmax(np.asarray(path.attention) > 0.5, -1)]
    assert np.all((crossed - found >= 0) & (crossed - found <= 0.05))
    np.testing.assert_allclose(grid[np.argmax(np.asarray(path.loss) < 0.1, -1)], low, atol=0.06)


def test_flow_against_scipy():
    @jax.jit
    def rate(_, v):
        return -jax.grad(lambda v: icl.nested_logit_loss(*v, **SIZES))(jnp.asarray(v))

    times = [0.0, 20.0, 45.0, 60.0]
    found = icl.nested_logit_flow((0.02, 0.01, 0.03), times, **SIZES)
    expected = integrate.solve_ivp(
        rate, (0, 60), [0.02, 0.01, 0.03], t_eval=times, rtol=1e-11, atol=1e-13, method="DOP853"
    ).y
    together = np.stack([found.previous_token, found.content_match, found.alignment])
    np.testing.assert_allclose(together, expected, rtol=1e-7)


def test_only_the_saddle_waits():
    """For L > N the classifier leaves the origin by itself; for L = N a smaller start is later."""
    start = np.array([1e-4, 1e-7])
    free = icl.nested_logit_transition(8, 16, start)
    assert free[0] == pytest.approx(float(free[1]), rel=1e-3)
    saddle = icl.nested_logit_transition(8, 8, start)
    expected = float(icl.saddle_escape_time(8)) * np.log(start[0] / start[1])
    assert saddle[1] - saddle[0] == pytest.approx(expected, rel=1e-3)
    assert icl.classifier_drive(8, 8) == 0


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_formation_time_against_quadrature(parts):
    expected = integrate.quad(
        lambda u: 1 / (u ** (parts - 1) * (1 - u**parts)), 0.03, 2 ** (-1 / parts), epsabs=1e-12
    )[0]
    assert icl.formation_time(0.03, parts) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: icl.induction_ceiling(0, 4, 0.1), "dim must be between 1 and 1e\\+12, got 0"),
        (lambda: icl.induction_ceiling(4, 4, -1.0), "within_class_noise must be zero or positive"),
        (lambda: icl.plateau_loss(2.5, 4), "num_items must be a whole number"),
        (lambda: icl.plateau_loss(5000, 4), "num_items must be .* at most 4096, got 5000"),
        (lambda: icl.plateau_accuracy(4, 2.5), "num_labels must be a whole number"),
        (lambda: jax.jit(icl.plateau_accuracy)(4, 8), "num_items must be known before tracing"),
        (
            lambda: icl.nested_logit_loss(0, 0, 0, num_items=8, num_labels=7),
            "num_labels must be at least num_items, got num_labels = 7",
        ),
        (
            lambda: icl.nested_logit_flow((0, 0, 0), [2.0, 1.0], **SIZES),
            "times must be rising numbers",
        ),
        (lambda: icl.nested_logit_transition(2, 8), "num_items must be between 2.01 and 1000"),
        (lambda: icl.nested_logit_transition(4, 8, 0.0), "initial must be between 1e-50"),
        (lambda: icl.formation_time(0.1, 4), "parts must be a whole number, at least 1, at most 3"),
        (lambda: icl.formation_time(1.5, 2), "initial must be at least 1e-100 and below 1"),
    ],
)
def test_bad_input(ask, message):
    with pytest.raises(InputError, match=message):
        ask()
