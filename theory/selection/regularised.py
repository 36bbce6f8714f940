"""Chi-square-regularised selection and optimal stopping: two problems, one equation.

Both turn on the level l at which a standard normal reward exceeds it by b on average,
E (r - l)_+ = phi(l) - l Phi(-l) = b.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import ndtr

from jtts.domain import log_reals, reals
from jtts.kinds import Exact, Root
from jtts.laws import law
from jtts.normal_tail import FAR, excesses, log_density, log_upper_tail
from jtts.numeric import Numbers
from jtts.promises import at_least, between

NEWTON_STEPS = 12
PRICES = log_reals(1e-20, 10.0)
SIMULATED_PRICES = log_reals(0.03, 2.0)
HOLDS = between(1e-300, 1e300)


def _log_excess(level):
    """ln E (r - level)_+, a concave function, and ln P(r > level)."""
    far = level > FAR
    beyond = log_upper_tail(level)
    over = excesses(jnp.where(far, level, FAR))[0]
    near = jnp.where(far, 0.0, level)
    direct = jnp.log(jnp.exp(log_density(near)) - near * jnp.exp(log_upper_tail(near)))
    return jnp.where(far, beyond + jnp.log(over), direct), beyond


@jax.custom_jvp
def _level(price):
    """Newton's method on the logarithm of the excess, which is concave: it cannot be thrown off."""
    log_price = jnp.log(price)

    def newton(_, x):
        # d ln E(r - x)_+ / dx = -P(r > x) / E(r - x)_+
        found, beyond = _log_excess(x)
        return x + (found - log_price) * jnp.exp(found - beyond)

    start = jnp.where(price < 0.25, jnp.sqrt(-2 * jnp.log(jnp.minimum(price, 0.25))), -price)
    return lax.fori_loop(0, NEWTON_STEPS, newton, start)


@_level.defjvp
def _(primals, tangents):
    (price,), (change,) = primals, tangents
    found = _level(price)
    return found, -jnp.exp(-log_upper_tail(found)) * change


@jax.jit
def level(price):
    return _level(jnp.asarray(price, jnp.result_type(float)))


def _excess(x, price):
    from scipy.integrate import quad

    total = quad(lambda r: np.exp(-(r**2) / 2) * (r - x), x, max(x, 0) + 40, epsabs=0, limit=200)[0]
    return total / np.sqrt(2 * np.pi) - price


@law(
    kind=Root(residual=_excess, bracket=lambda price: (-price - 1.0, 10.0)),
    formula=r"\varphi(l) - l\,\Phi(-l) = b",
    source="arXiv:2503.21878, arXiv:2510.01394",
    relative=1e-14,
    absolute=1e-15,
    holds={"price": HOLDS},
    domain={"price": log_reals(1e-10, 50.0)},
    mutants={
        "half the price": lambda price: level(price / 2),
        "without the level": lambda price: jnp.sqrt(-2 * jnp.log(price / (1 + price))),
    },
)
def reservation_level(price: Numbers) -> jax.Array:
    r"""Level that a standard normal reward exceeds by `price` on average.

    $$E(r-l)_+=\varphi(l)-l\,\Phi(-l)=b$$

    The threshold of optimal stopping at cost b per draw, and of the selection regularised by b/2
    times chi-square: the same number.

    Args:
      price: b, from 1e-300 to 1e300; arrays give arrays.

    Returns l in standard deviations of the reward, to 1e-14 of its size and 1e-15; differentiable
    (implicitly) to any order.

    Raises:
      InputError: price out of its range.

    Source: arXiv:2503.21878, arXiv:2510.01394; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> print(f"{selection.reservation_level(0.1):.10f}")
    0.9023463475
    """
    return level(price)


@jax.jit
def _chi2(price, correlation=1.0):
    price = jnp.asarray(price, jnp.result_type(float))
    x = level(price)
    beyond = jnp.exp(log_upper_tail(x))
    far, below = x > FAR, x < 0
    # E (r - x)_+^2 = P(r > x) - x b: a continued fraction where hardly any reward is selected;
    # where nearly all are, the variance less what it and the square of the mean share
    first, second = excesses(jnp.where(far, x, FAR))
    safe = jnp.where(far | below, 1.0, price)
    middle = (beyond - x * safe) / safe**2 - 1
    rare = 2 * second / (first * jnp.where(far, beyond, 1.0)) - 1
    y = jnp.where(below, -x, 0.0)
    low, density = jnp.exp(log_upper_tail(y)), jnp.exp(log_density(y))
    variance = (1 - low) * (1 + y**2 * low) - y * density * (1 - 2 * low) - density**2
    chi2 = jnp.where(far, rare, jnp.where(below, variance / price / price, middle))
    return {"gain": correlation * beyond / price, "chi2": chi2}


@law(
    kind=Exact(floor=0.05),
    formula=r"\rho\,\frac{\Phi(-l)}{b},\quad \frac{\Phi(-l) - l b}{b^2} - 1",
    source="arXiv:2503.21878; derived here (section 6)",
    relative=1e-12,
    holds={"price": between(1e-150, 1e150), "correlation": between(-1, 1)},
    domain={"price": PRICES, "correlation": reals(0.2, 1.0)},
    simulated={"price": SIMULATED_PRICES},
    mutants={
        "half the price": lambda price, correlation: _chi2(price / 2, correlation),
        "no level": lambda price, correlation: (
            _chi2(price, correlation) | {"chi2": ndtr(-level(price)) / price**2 - 1}
        ),
        "squared correlation": lambda price, correlation: _chi2(price, correlation**2),
    },
)
def chi_square_selection(price: Numbers, correlation: Numbers = 1.0) -> dict[str, jax.Array]:
    r"""Selection by a normal proxy, regularised by its chi-square divergence.

    The law q that maximises E_q s - (b/2) chi2(q, reference) has the density ratio (s - l)_+ / b,
    l = `reservation_level(b)`; with z = Phi(-l)

    $$E_q g=\rho\,\frac zb,\qquad \chi^2=\frac{z-lb}{b^2}-1.$$

    Args:
      price: b of one unit of chi-square / 2, in standard deviations of the proxy; from 1e-150 to
        1e150.
      correlation: rho of the proxy s with the truth g, both standard normal; in [-1, 1].

    Arrays broadcast. Returns a mapping: `gain`, the mean truth, and `chi2`. Relative accuracy
    1e-12; at a high price hardly anything is selected, and chi2 tends to 1/b^2.

    Raises:
      InputError: price or correlation outside their ranges.

    Source: arXiv:2503.21878; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> found = selection.chi_square_selection(0.1)
    >>> print(f"{found['gain']:.10f} {found['chi2']:.10f}")
    1.8343645619 8.3201821442
    """
    return _chi2(price, correlation)


@law(
    kind=Exact(floor=0.2),
    formula=r"\tau,\quad E(r-\tau)_+ = c",
    source="arXiv:2510.01394; derived here (section 6)",
    relative=1e-14,
    absolute=1e-15,
    holds={"price": HOLDS},
    domain={"price": PRICES},
    simulated={"price": log_reals(0.01, 0.5)},
    mutants={
        "no memory of the price": lambda price: level(price) + price,
        "half the price": lambda price: level(price / 2),
    },
)
def optimal_stopping_value(price: Numbers) -> jax.Array:
    r"""Reward net of all costs under the best rule for when to stop drawing.

    Draws of a standard normal reward cost c each; stop at the first above tau with
    E (r - tau)_+ = c. The value of the game is tau itself.

    Args:
      price: c of a draw, from 1e-300 to 1e300, in standard deviations of the reward.

    Arrays give arrays. At c > 1/sqrt(2 pi) the value is negative: the first draw must be paid.
    Accuracy as for `reservation_level`.

    Raises:
      InputError: price out of its range.

    Source: arXiv:2510.01394; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> print(f"{selection.optimal_stopping_value(0.01):.10f}")
    1.9383563073
    """
    return level(price)


@law(
    kind=Exact(),
    formula=r"\frac{1}{\Phi(-\tau)}",
    source="arXiv:2510.01394; derived here (section 6)",
    relative=1e-12,
    holds={"price": HOLDS},
    gives=at_least(1),
    domain={"price": PRICES},
    simulated={"price": log_reals(0.01, 0.5)},
    mutants={
        "half the price": lambda price: 1 / ndtr(-level(price / 2)),
        "two-sided": lambda price: 0.5 / ndtr(-level(price)),
    },
)
def optimal_stopping_draws(price: Numbers) -> jax.Array:
    r"""Expected number of draws under the best rule for when to stop.

    $$\frac1{\Phi(-\tau)},\quad E(r-\tau)_+=c$$

    Args:
      price: c of a draw, from 1e-300 to 1e300, in standard deviations of the reward.

    Arrays give arrays. Relative accuracy 1e-12.

    Raises:
      InputError: price out of its range.

    Source: arXiv:2510.01394; derived here (docs, selection section 6).

    >>> from jtts.theory import selection
    >>> print(f"{selection.optimal_stopping_draws(0.01):.9f}")
    38.037444978
    """
    return jnp.exp(-log_upper_tail(level(price)))
