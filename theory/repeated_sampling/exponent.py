"""The local exponent of the failure probability, on its way to a power law."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.difficulty import Beta, Kumaraswamy, LogUniform
from jtts.domain import choices, log_integers, log_reals
from jtts.kinds import LogSlope
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, instance, positive
from jtts.theory.repeated_sampling.difficulty import SHAPES, difficulties, failure_at_k
from jtts.theory.repeated_sampling.survival import log_survival


def _exponent(k, difficulty, unsolvable=0.0):
    k, unsolvable = (jnp.asarray(x, jnp.result_type(float)) for x in (k, unsolvable))
    log_failure, slope = jax.jvp(lambda k: log_survival(k, difficulty), (k,), (k,))
    # the solvable among the failed: 1 where all are, however small their chance
    solvable = 1 - unsolvable
    others = unsolvable * jnp.exp(-jnp.maximum(log_failure, -700.0))
    return slope * solvable / (solvable + others)


@law(
    kind=LogSlope(of=failure_at_k, argument="k"),
    formula=r"k\,\frac{(1-\pi_0) E(1-p)^k \ln(1-p)}{\pi_0 + (1-\pi_0) E(1-p)^k}",
    source="derived here (section 2); arXiv:2407.21787",
    holds={
        "k": positive(1e300),
        "difficulty": instance(Beta, Kumaraswamy, LogUniform),
        "unsolvable": between(0, 1, open="high"),
    },
    jointly=SHAPES,
    relative=1e-11,
    absolute=1e-13,
    domain={
        "k": log_integers(1, 10**6),
        "difficulty": difficulties(
            log_reals(0.2, 1.5), log_reals(0.5, 5.0), "beta", "kumaraswamy", "log-uniform"
        ),
        "unsolvable": choices(0.0, 0.1),
    },
    mutants={
        "all solvable": lambda k, difficulty, unsolvable=0.0: _exponent(k, difficulty),
        "one attempt more": lambda k, difficulty, unsolvable=0.0: _exponent(
            k + 1, difficulty, unsolvable
        ),
    },
)
def failure_exponent(
    k: Numbers, difficulty: Beta | Kumaraswamy | LogUniform, unsolvable: Numbers = 0.0
) -> jax.Array:
    r"""Local exponent of the failure probability in the number of attempts.

    $$\frac{d \ln F_k}{d \ln k} = k\,\frac{(1-\pi_0)\,E(1-p)^k \ln(1-p)}{F_k},\quad
      F_k = \pi_0 + (1-\pi_0)\,E(1-p)^k$$

    It tends to $-a$ for `Beta` and `Kumaraswamy` difficulties; to 0 where some tasks are
    unsolvable. A log-uniform law has no exponent: $-1/(\ln(1/q) - \ln k - \gamma_E)$ for
    1 << k << 1/q.

    Args:
      k: number of attempts, real and positive, to 1e300.
      difficulty: law of p among solvable tasks, from `jtts.difficulty`. Its fields broadcast.
        Shapes as for `failure_at_k`.
      unsolvable: share pi_0 of tasks with p = 0, below 1.

    Relative accuracy 1e-11, absolute 1e-13, also where the failure probability underflows.

    Raises:
      InputError: k not positive, a share outside [0, 1), or shapes beyond these.

    Source: derived here (docs, repeated sampling section 2); arXiv:2407.21787.

    >>> from jtts.difficulty import Beta
    >>> from jtts.theory import repeated_sampling
    >>> print(f"{repeated_sampling.failure_exponent(1000, Beta(1.0, 1.0)):.6f}")
    -0.999001
    """
    return _exponent(k, difficulty, unsolvable)
