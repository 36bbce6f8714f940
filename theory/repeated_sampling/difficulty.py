"""Repeated sampling under any law of difficulty, by quadrature."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import concrete
from jtts.difficulty import Beta, Kumaraswamy, LogUniform
from jtts.domain import built, choices, log_integers, log_reals
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, instance, probability
from jtts.special import log_gamma_ratio
from jtts.theory.repeated_sampling.survival import log_survival

LEAST = 1e-4  # chance that the power law of a log-uniform law is trusted with, and has digits for


def failure(k, difficulty, unsolvable=0.0):
    return unsolvable + (1 - unsolvable) * jnp.exp(log_survival(k, difficulty))


def resolved(difficulty):
    """Whether quadrature has nodes for these shapes; a Beta law of scale 1 needs none."""
    if isinstance(difficulty, LogUniform):
        return difficulty.lowest >= 1e-300
    inside = (difficulty.a >= 1e-9) & (difficulty.a <= 1e6)
    inside = inside & (difficulty.b >= 1e-9) & (difficulty.b <= 1e6)
    scale = concrete(getattr(difficulty, "scale", 0.5))
    return inside | (scale is not None and np.all(scale == 1))


SHAPES = {
    "shapes of difficulty must be from 1e-9 to 1e6, lowest from 1e-300 on": (
        lambda difficulty: resolved(difficulty)
    )
}


def difficulty_from(family, a, b, scale):
    """A difficulty law with these shapes; a log-uniform one reaches down to 10^-(4 + 2 a)."""
    if family == "log-uniform":
        return LogUniform(10.0 ** -(4 + 2 * a))
    return Beta(a, b, scale) if family == "beta" else Kumaraswamy(a, b)


def difficulties(a, b, *families):
    return built(
        difficulty_from,
        family=choices(*families),
        a=a,
        b=b,
        scale=choices(1.0, 0.2, 0.7),
    )


@law(
    kind=Exact(),
    formula=r"\pi_0 + (1-\pi_0) \int (1-p)^k f(p)\,dp",
    source="derived here (section 2); power laws from difficulty: arXiv:2502.17578",
    holds={
        "k": at_least(0),
        "difficulty": instance(Beta, Kumaraswamy, LogUniform),
        "unsolvable": probability(),
    },
    jointly=SHAPES,
    relative=1e-12,
    absolute=1e-290,
    gives=probability(),
    domain={
        "k": log_integers(1, 10**9),
        "difficulty": difficulties(
            log_reals(0.05, 4.0), log_reals(0.3, 10.0), "beta", "kumaraswamy", "log-uniform"
        ),
        "unsolvable": choices(0.0, 0.1, 0.5),
    },
    # where few attempts change little, a planted error would move nothing
    simulated={
        "k": log_integers(8, 256),
        "difficulty": difficulties(log_reals(0.4, 1.0), log_reals(0.5, 5.0), "beta", "kumaraswamy"),
    },
    mutants={
        "one attempt more": lambda k, difficulty, unsolvable=0.0: failure(
            k + 1, difficulty, unsolvable
        ),
        "all solvable": lambda k, difficulty, unsolvable=0.0: failure(k, difficulty),
    },
)
def failure_at_k(
    k: Numbers, difficulty: Beta | Kumaraswamy | LogUniform, unsolvable: Numbers = 0.0
) -> jax.Array:
    r"""Probability that none of k attempts succeeds, p drawn anew for every task.

    $$\pi_0 + (1-\pi_0)\,E(1-p)^k$$

    Args:
      k: number of attempts, real, from 0 to infinity.
      difficulty: law of p among solvable tasks: `Beta`, `Kumaraswamy` or `LogUniform` of
        `jtts.difficulty`. Its fields broadcast. Shapes from 1e-9 to 1e6, but any of a `Beta`
        law of scale 1; lowest from 1e-300 on.
      unsolvable: share pi_0 of tasks with p = 0: the floor.

    Relative accuracy 1e-12 down to 1e-290, however concentrated or flat. Differentiable
    in k and in the fields.

    Raises:
      InputError: k < 0, a share outside [0, 1], or shapes beyond these.

    Source: derived here (docs, repeated sampling section 2); arXiv:2502.17578.

    >>> from jtts.difficulty import Beta
    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.failure_at_k(10, Beta(0.5, 2.0, scale=0.2)):.10f}")
    0.7172512293
    """
    return failure(k, difficulty, unsolvable)


def _power_law(k, difficulty, shape=0.0, constant=np.euler_gamma):
    log_k = jnp.log(k)
    if isinstance(difficulty, LogUniform):
        chance = 1 + (log_k + constant) / jnp.log(difficulty.lowest)
        return jnp.where(chance > LEAST, chance, jnp.nan)
    a = difficulty.a
    if isinstance(difficulty, Beta):
        log_size = log_gamma_ratio(difficulty.b, a + shape)
        return jnp.exp(log_size - a * (log_k + jnp.log(difficulty.scale)))
    return difficulty.b * jnp.exp(log_gamma_ratio(1.0, a + shape) - a * log_k)


@law(
    kind=Limit(
        of=failure_at_k,
        argument="k",
        values=(1e5, 1e6, 1e7, 1e8),
        gap=lambda k, point: (
            k ** -min(1.0, point["difficulty"].a)
            if isinstance(point["difficulty"], Kumaraswamy)
            else 1 / k
        ),
        compare="ratio",
    ),
    formula=r"C\,\Gamma(e)\,k^{-e},\; f(p) \to C p^{e-1}",
    source="derived here (section 2); arXiv:2502.17578, arXiv:2407.21787",
    holds={
        "k": between(1, 1e300),
        "difficulty": instance(Beta, Kumaraswamy, LogUniform),
    },
    jointly={
        "a must be at most 1000 and b at most 1e15": lambda difficulty: (
            isinstance(difficulty, LogUniform) or (difficulty.a <= 1e3) & (difficulty.b <= 1e15)
        )
    },
    relative=1e-10,
    domain={
        "difficulty": built(
            difficulty_from,
            family=choices("beta", "kumaraswamy"),
            a=log_reals(0.2, 1.5),
            b=log_reals(0.5, 5.0),
            scale=choices(1.0, 0.2),
        )
    },
    mutants={
        "density for mass": lambda k, difficulty: _power_law(k, difficulty, shape=0.3),
        "exponent shifted": lambda k, difficulty: k**0.02 * _power_law(k, difficulty),
    },
)
def failure_power_law(k: Numbers, difficulty: Beta | Kumaraswamy | LogUniform) -> jax.Array:
    r"""Failure probability after many attempts: a power law from the hardest tasks.

    A density $f(p) \to C p^{e-1}$ at 0 gives $C\,\Gamma(e)\,k^{-e}$:
    $\Gamma(a+b)/\Gamma(b)\,(ck)^{-a}$ for `Beta(a, b, c)`, $b\,\Gamma(a+1)\,k^{-a}$ for
    `Kumaraswamy(a, b)`. `LogUniform(q)` has $1 - (\ln k + \gamma_E)/\ln(1/q)$ for 1 << k << 1/q.

    Args:
      k: number of attempts, from 1 to 1e300; large.
      difficulty: law of p among solvable tasks; a at most 1000 and b at most 1e15.

    Relative accuracy of the formula 1e-10. Where k is no longer below 1/q, and the formula of a
    log-uniform law falls below 1e-4, NaN.

    Raises:
      InputError: k < 1 or above 1e300, or shapes beyond these.

    Source: derived here (docs, repeated sampling section 2); arXiv:2502.17578, arXiv:2407.21787.

    >>> from jtts.difficulty import Kumaraswamy
    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.failure_power_law(1000, Kumaraswamy(0.4, 3.0)):.5f}")
    0.16795
    """
    return _power_law(jnp.asarray(k, jnp.result_type(float)), difficulty)
