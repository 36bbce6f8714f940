"""Chi-square-regularised selection and optimal stopping: two problems, one equation.

Both turn on the level l at which a standard normal reward exceeds it by b on average,
E (r - l)_+ = phi(l) - l Phi(-l) = b.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import log_ndtr, ndtr

from jtts.arguments import require_positive
from jtts.domain import log_reals, reals
from jtts.kinds import Exact, Root
from jtts.laws import law

NEWTON_STEPS = 12
PRICES = log_reals(1e-20, 10.0)
SIMULATED_PRICES = log_reals(0.03, 2.0)


def density(x):
    return jnp.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def log_excess(level):
    """ln E (r - level)_+, a concave function."""
    tail = log_ndtr(-level)
    mills = jnp.exp(-(level**2) / 2 - tail) / np.sqrt(2 * np.pi)  # phi / Phi(-level)
    return tail + jnp.log(mills - level)


def level(price):
    """Newton's method on the logarithm of the excess, which is concave: it cannot be thrown off."""
    price = jnp.asarray(price, jnp.result_type(float))
    log_price = jnp.log(price)

    def newton(x, log_price):
        found = log_excess(x)
        # d ln E(r - x)_+ / dx = -Phi(-x) / E(r - x)_+
        return x + (found - log_price) * jnp.exp(found - log_ndtr(-x))

    start = jnp.where(price < 0.25, jnp.sqrt(-2 * jnp.log(jnp.minimum(price, 0.25))), -price)
    fixed = lax.stop_gradient(log_price)
    x = lax.fori_loop(0, NEWTON_STEPS, lambda _, x: newton(x, fixed), lax.stop_gradient(start))
    return newton(lax.stop_gradient(x), log_price)


def _excess(x, price):
    from scipy.integrate import quad

    total = quad(lambda r: np.exp(-(r**2) / 2) * (r - x), x, max(x, 0) + 40, epsabs=0, limit=200)[0]
    return total / np.sqrt(2 * np.pi) - price


@law(
    kind=Root(residual=_excess, bracket=lambda price: (-price - 1.0, 10.0)),
    formula=r"\varphi(l) - l\,\Phi(-l) = b",
    source="arXiv:2503.21878, arXiv:2510.01394",
    domain={"price": log_reals(1e-10, 50.0)},
    mutants={
        "half the price": lambda price: level(price / 2),
        "without the level": lambda price: jnp.sqrt(-2 * jnp.log(price / (1 + price))),
    },
)
def reservation_level(price):
    r"""Level that a standard normal reward exceeds by `price` on average.

    $$E(r-l)_+=\varphi(l)-l\,\Phi(-l)=b$$

    The threshold of optimal stopping at cost b per draw, and of the selection regularised by b/2
    times chi-square: the same number.

    Args:
      price: b, positive; arrays give arrays.

    Returns l in standard deviations of the reward. Absolute accuracy 1e-13 for b from 1e-20 to 1e6,
    1e-7 from 1e-100; differentiable (implicitly).

    Raises:
      InputError: price <= 0.

    Source: arXiv:2503.21878, arXiv:2510.01394; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> print(f"{selection.reservation_level(0.1):.10f}")
    0.9023463475
    """
    require_positive(price=price)
    return level(price)


def _chi2(price, correlation=1.0, square=1.0):
    price = jnp.asarray(price, jnp.result_type(float))
    x = level(price)
    tail = ndtr(-x)
    # E (r - x)_+^2 = (1 + x^2) Phi(-x) - x phi(x) = Phi(-x) - x b
    return {
        "gain": correlation * tail / price,
        "chi2": (tail - square * x * price) / price**2 - 1,
    }


@law(
    kind=Exact(floor=0.05),
    formula=r"\rho\,\frac{\Phi(-l)}{b},\quad \frac{\Phi(-l) - l b}{b^2} - 1",
    source="arXiv:2503.21878; derived here (section 6)",
    domain={"price": PRICES, "correlation": reals(0.2, 1.0)},
    simulated={"price": SIMULATED_PRICES},
    mutants={
        "half the price": lambda price, correlation: _chi2(price / 2, correlation),
        "no level": lambda price, correlation: _chi2(price, correlation, square=0.0),
        "squared correlation": lambda price, correlation: _chi2(price, correlation**2),
    },
)
def chi_square_selection(price, correlation=1.0):
    r"""Selection by a normal proxy, regularised by its chi-square divergence.

    The law q that maximises E_q s - (b/2) chi2(q, reference) has the density ratio (s - l)_+ / b,
    l = `reservation_level(b)`; with z = Phi(-l)

    $$E_q g=\rho\,\frac zb,\qquad \chi^2=\frac{z-lb}{b^2}-1.$$

    Args:
      price: b > 0 of one unit of chi-square / 2, in standard deviations of the proxy.
      correlation: rho of the proxy s with the truth g, both standard normal; in [-1, 1].

    Arrays broadcast. Returns a mapping: `gain`, the mean truth, and `chi2`. Relative accuracy 1e-12
    for b from 1e-20 to 10; beyond, where hardly anything is selected and chi2 tends to 1/b^2, that
    of chi2 is 1e-16 b^2.

    Raises:
      InputError: price <= 0.

    Source: arXiv:2503.21878; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> print({name: f"{x:.10f}" for name, x in selection.chi_square_selection(0.1).items()})
    {'gain': '1.8343645619', 'chi2': '8.3201821442'}
    """
    require_positive(price=price)
    return _chi2(price, correlation)


@law(
    kind=Exact(floor=0.2),
    formula=r"\tau,\quad E(r-\tau)_+ = c",
    source="arXiv:2510.01394; derived here (section 6)",
    domain={"price": PRICES},
    simulated={"price": log_reals(0.01, 0.5)},
    mutants={
        "no memory of the price": lambda price: level(price) + price,
        "half the price": lambda price: level(price / 2),
    },
)
def optimal_stopping_value(price):
    r"""Reward net of all costs under the best rule for when to stop drawing.

    Draws of a standard normal reward cost c each; stop at the first above tau with
    E (r - tau)_+ = c. The value of the game is tau itself.

    Args:
      price: c of a draw, positive, in standard deviations of the reward.

    Arrays give arrays. At c > 1/sqrt(2 pi) the value is negative: the first draw must be paid.
    Accuracy as for `reservation_level`.

    Raises:
      InputError: price <= 0.

    Source: arXiv:2510.01394; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> print(f"{selection.optimal_stopping_value(0.01):.10f}")
    1.9383563073
    """
    require_positive(price=price)
    return level(price)


@law(
    kind=Exact(),
    formula=r"\frac{1}{\Phi(-\tau)}",
    source="arXiv:2510.01394; derived here (section 6)",
    domain={"price": PRICES},
    simulated={"price": log_reals(0.01, 0.5)},
    mutants={
        "half the price": lambda price: 1 / ndtr(-level(price / 2)),
        "two-sided": lambda price: 0.5 / ndtr(-level(price)),
    },
)
def optimal_stopping_draws(price):
    r"""Expected number of draws under the best rule for when to stop.

    $$\frac1{\Phi(-\tau)},\quad E(r-\tau)_+=c$$

    Args:
      price: c of a draw, positive, in standard deviations of the reward.

    Arrays give arrays. Relative accuracy 1e-12 for c from 1e-20 on.

    Raises:
      InputError: price <= 0.

    Source: arXiv:2510.01394; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> print(f"{selection.optimal_stopping_draws(0.01):.9f}")
    38.037444978
    """
    require_positive(price=price)
    return jnp.exp(-log_ndtr(-level(price)))
