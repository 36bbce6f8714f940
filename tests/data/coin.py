"""A law in a user's own file: the example of the README."""

import jax
import jax.numpy as jnp

from jtts import Estimate, law, simulation
from jtts.domain import log_integers, reals
from jtts.kinds import Exact


@law(
    kind=Exact(),
    formula=r"(1 - p)^k",
    source="elementary",
    domain={"k": log_integers(1, 12), "p": reals(0.05, 0.5)},
    simulated={"k": log_integers(1, 8), "p": reals(0.05, 0.4)},
    mutants={"one attempt too many": lambda k, p: (1 - p) ** (k + 1)},
)
def all_fail(k, p):
    """Probability that k independent attempts all fail."""
    return (1 - jnp.asarray(p)) ** k


@all_fail.simulated_by
@simulation(chunk=4096)
def all_fail_by_play(key, trials, k, p):
    """Play the attempts."""
    attempts = jax.random.uniform(key, (trials, 12)) < p
    return Estimate.of(~jnp.any(attempts & (jnp.arange(12) < k), 1))
