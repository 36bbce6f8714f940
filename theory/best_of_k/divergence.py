"""How far selection moves the law of the answer from the law of one candidate."""

from __future__ import annotations

import jax.numpy as jnp

from jtts.arguments import require_at_least
from jtts.domain import log_integers
from jtts.kinds import Exact
from jtts.laws import law
from jtts.theory.best_of_k.domains import SIMULATED_K


@law(
    kind=Exact(floor=0.01),
    formula=r"\ln k - \frac{k-1}{k}",
    source="derived here (section 8)",
    domain={"k": log_integers(1, 10**6)},
    simulated={"k": SIMULATED_K},
    mutants={
        "ln k": lambda k: jnp.log(k),
        "k + 1 for k": lambda k: jnp.log(k) - (k - 1) / (k + 1),
    },
)
def kl_to_base(k):
    r"""Kullback-Leibler divergence, in nats, of the best of k candidates from one candidate.

    $$D = \ln k - \frac{k-1}{k}$$

    Exact for any reward with a continuous distribution, at temperature 0.

    Args:
      k: number of candidates, real and at least 1; arrays give arrays.

    Raises:
      InputError: k < 1.

    Source: derived here (docs, best-of-k section 8).

    >>> from jtts.theory import best_of_k
    >>> print(f"{best_of_k.kl_to_base(16):.10f}")
    1.8350887222
    """
    require_at_least(1, k=k)
    k = jnp.asarray(k, jnp.result_type(float))
    return jnp.log(k) - (k - 1) / k
