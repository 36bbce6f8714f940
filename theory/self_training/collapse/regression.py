"""Linear regression on labels of the model before: replace, accumulate, same or fresh designs."""

from __future__ import annotations

from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import choices, log_integers, reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import nonnegative, whole, words

MOST = 10**9
HEAD = 16  # terms that are added one by one
# Bernoulli numbers B_2k / 2k of the sum of the others
TAIL = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760)
SMALL = 1e-30


def inverse_squares(t, share, left):
    """Sum over j <= t of 1/(j (j - share)), for left = 1 - share > 0; t may be infinite."""
    share = jnp.maximum(share, SMALL)
    few = jnp.minimum(t, HEAD)
    j = np.arange(1, HEAD + 1)
    head = jnp.sum(jnp.where(j <= few[..., None], 1 / (j * (j - 1 + left[..., None])), 0.0), -1)

    def primitive(x):
        """Of 1/(x (x - share)), with the corrections of Euler and Maclaurin."""
        log = jnp.log1p(-share / x)
        found = log + jnp.expm1(-log) / (2 * x)
        for k, b in enumerate(TAIL):
            m = 2 * k + 2
            found = found - b * x**-m * jnp.expm1(-m * log)
        return found / share

    # 1/(x (x - share)) = (1/(x - share) - 1/x)/share; its primitive is log1p(-share/x)/share
    return head + jnp.where(
        t > HEAD, primitive(jnp.maximum(t, HEAD)) - primitive(jnp.full_like(t, HEAD)), 0
    )


@jax.jit
def _replaced(dim, samples, t, noise):
    return t * (noise * (dim / (samples - dim - 1)) * noise)


@jax.jit
def _accumulated(dim, samples, t, noise, same):
    d, n, t, s = jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in (dim, samples, t, noise)))
    share, left = (d + 1) / n, (n - d - 1) / n
    own = inverse_squares(t, jnp.where(same, 0.0, share), jnp.where(same, 1.0, left))
    return s * (d * own / n / jnp.where(same, left, 1.0)) * s


def accumulated(dim, samples, t, noise, design):
    return _accumulated(dim, samples, t, noise, design == "same")


ROWS: dict[str, Any] = {
    "dim": whole(1, MOST),
    "samples": whole(3, MOST),
    "noise": nonnegative(1e100),
}
TIME = {"t": whole(1, MOST)}
DESIGN: dict[str, Any] = {"design": words("same", "fresh")}
JOINTLY = {"samples must be above dim + 1": lambda dim, samples: samples > dim + 1}
DRAW: dict[str, Any] = {
    "dim": log_integers(1, 40),
    "samples": log_integers(50, 1000),
    "noise": reals(0.1, 2.0),
}
PLAYED = {"dim": log_integers(1, 4), "samples": log_integers(12, 16)}
GENERATIONS = {"t": log_integers(1, 6)}
DESIGNS = {"design": choices("same", "fresh")}


@law(
    kind=Exact(),
    formula=r"t\, \frac{\sigma^2 d}{T - d - 1}",
    source="derived here (section 4); loop: arXiv:2404.01413",
    relative=1e-13,
    absolute=1e-300,
    holds=ROWS | TIME,
    jointly=JOINTLY,
    gives=nonnegative(),
    domain=DRAW | {"t": log_integers(1, 100)},
    simulated=PLAYED | GENERATIONS,
    mutants={
        "many samples": lambda dim, samples, t, noise: t * noise**2 * dim / samples,
        "one generation": lambda dim, samples, t, noise: _replaced(dim, samples, 1 + 0 * t, noise),
        "accumulated": lambda dim, samples, t, noise: accumulated(dim, samples, t, noise, "same"),
    },
)
def replaced_regression_error(
    dim: Numbers, samples: Numbers, t: Numbers, noise: Numbers
) -> jax.Array:
    r"""Test error after t generations of least squares, each on labels of the model before.

    T rows of d normal features of any covariance; labels are those of the model before (of the
    truth, in generation 1) plus noise, and what was there before is thrown away:

    $$E\,(x\cdot(w_t-w))^2=t\,\frac{\sigma^2d}{T-d-1}$$

    without the noise of the test label; the same for fresh rows in every generation and for the
    same rows.

    Args:
      dim: d, whole, from 1 to 1e9.
      samples: T, rows of a generation, whole, above d + 1, to 1e9.
      t: generations, whole, from 1 to 1e9.
      noise: sigma, standard deviation of the labels' noise, to 1e100.

    Arrays broadcast. Relative accuracy 1e-13, down to 1e-300.

    Raises:
      InputError: an argument out of its range, or not enough samples.

    Source: derived here (docs, self_training section 4); the loop is that of arXiv:2404.01413.

    >>> from jtts.theory import self_training
    >>> print(f"{self_training.replaced_regression_error(10, 20, 5, 1.0):.11f}")
    5.55555555556
    """
    return _replaced(*(jnp.asarray(x, float) for x in (dim, samples, t, noise)))


@law(
    kind=Exact(),
    formula=r"\sigma^2 d \sum_{j \le t} \frac{1}{j (jT - d - 1)},\; "
    r"\frac{\sigma^2 d}{T - d - 1} \sum_{j \le t} \frac{1}{j^2}",
    source="derived here (section 4); loop: arXiv:2404.01413",
    relative=1e-12,
    absolute=1e-300,
    holds=ROWS | TIME | DESIGN,
    jointly=JOINTLY,
    gives=nonnegative(),
    domain=DRAW | {"t": log_integers(1, 100)} | DESIGNS,
    simulated=PLAYED | {"t": log_integers(2, 6)} | {"dim": log_integers(3, 4)},
    mutants={
        "designs exchanged": lambda dim, samples, t, noise, design: accumulated(
            dim, samples, t, noise, "same" if design == "fresh" else "fresh"
        ),
        "replaced": lambda dim, samples, t, noise, design: _replaced(dim, samples, t, noise),
        "in the long run": lambda dim, samples, t, noise, design: accumulated(
            dim, samples, 1e9 + 0 * t, noise, design
        ),
    },
)
def accumulated_regression_error(
    dim: Numbers,
    samples: Numbers,
    t: Numbers,
    noise: Numbers,
    design: Literal["same", "fresh"] = "fresh",
) -> jax.Array:
    r"""Test error after t generations of least squares on the rows of all generations.

    As `replaced_regression_error`, but every generation adds its T rows, labelled by the model
    before, and is fitted to all. If each generation has the same rows (the same design)

    $$\frac{\sigma^2d}{T-d-1}\sum_{j\le t}\frac1{j^2}$$

    and with fresh rows less,

    $$\sigma^2d\sum_{j\le t}\frac1{j\,(jT-d-1)}$$

    Args:
      dim: d, whole, from 1 to 1e9.
      samples: T, rows of a generation, whole, above d + 1, to 1e9.
      t: generations, whole, from 1 to 1e9.
      noise: sigma, standard deviation of the labels' noise, to 1e100.
      design: "fresh" rows in each generation or the "same".

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range, or not enough samples.

    Source: derived here (docs, self_training section 4); the loop is that of arXiv:2404.01413.

    >>> from jtts.theory import self_training
    >>> error = self_training.accumulated_regression_error
    >>> print(f"{error(10, 20, 5, 1.0, 'same'):.11f} {error(10, 20, 5, 1.0, 'fresh'):.11f}")
    1.62623456790 1.41025590927
    """
    return accumulated(dim, samples, t, noise, design)


@law(
    kind=Limit(
        of=accumulated_regression_error,
        argument="t",
        values=(1000.0, 2000.0, 4000.0),
        gap=lambda t, point: 1 / t,
    ),
    formula=r"\sigma^2 \frac{d}{d+1} [\psi(1) - \psi(1 - \rho)],\; \rho = \frac{d+1}{T};\; "
    r"\frac{\pi^2}{6} \frac{\sigma^2 d}{T - d - 1}",
    source="derived here (section 4); loop: arXiv:2404.01413",
    relative=1e-12,
    absolute=1e-300,
    holds=ROWS | DESIGN,
    jointly=JOINTLY,
    gives=nonnegative(),
    domain=DRAW | {"dim": log_integers(4, 40), "samples": log_integers(50, 80)} | DESIGNS,
    mutants={
        "pi^2/6 whatever the design": lambda dim, samples, noise, design: accumulated(
            dim, samples, np.inf, noise, "same"
        ),
        "one generation": lambda dim, samples, noise, design: _replaced(dim, samples, 1.0, noise),
    },
)
def accumulated_regression_limit(
    dim: Numbers, samples: Numbers, noise: Numbers, design: Literal["same", "fresh"] = "fresh"
) -> jax.Array:
    r"""Test error of least squares on the rows of all generations, in the long run.

    The limit of `accumulated_regression_error`. The same rows in every generation:
    $\frac{\pi^2}6\frac{\sigma^2d}{T-d-1}$; fresh rows:

    $$\sigma^2\frac d{d+1}\,[\psi(1)-\psi(1-\rho)],\quad\rho=\frac{d+1}T$$

    so that pi^2/6 is too high for them, by 3 % at d = 10, T = 100 and by 45 % at d = 50, T = 60.

    Args:
      dim: d, whole, from 1 to 1e9.
      samples: T, rows of a generation, whole, above d + 1, to 1e9.
      noise: sigma, standard deviation of the labels' noise, to 1e100.
      design: "fresh" rows in each generation or the "same".

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range, or not enough samples.

    Source: derived here (docs, self_training section 4); the loop is that of arXiv:2404.01413.

    >>> from jtts.theory import self_training
    >>> limit = self_training.accumulated_regression_limit
    >>> print(f"{limit(10, 20, 1.0, 'same'):.11f} {limit(10, 20, 1.0, 'fresh'):.11f}")
    1.82770451872 1.50574816355
    """
    return accumulated(dim, samples, np.inf, noise, design)
