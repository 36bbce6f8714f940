"""The files of a new law, as text: a small law that holds, to be replaced line by line.

FAMILY, LAW, TITLE and NUMBER (of its section in the docs) stand for what a law is called.
"""

from __future__ import annotations

THEORY = '''"""TITLE: what this file is about, in a line."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, probability, whole

MOST = 10**6  # attempts


@law(
    kind=Exact(),
    formula=r"(1 - p)^k",
    source="derived here (docs, FAMILY section NUMBER)",  # or "arXiv:2512.19905"
    holds={"k": whole(1, MOST), "p": between(0, 0.999)},  # the promise: NaN or an error outside
    relative=1e-12,  # of the value, everywhere in the promise
    gives=probability(),
    domain={"k": log_integers(1, 100), "p": reals(0.01, 0.3)},  # the draw of a check
    simulated={"k": log_integers(1, 10)},  # what a simulation resolves, where that is less
    mutants={"one attempt too many": lambda k, p: jnp.exp((k + 1) * jnp.log1p(-p))},
)
def LAW(k: Numbers, p: Numbers) -> jax.Array:
    r"""Probability that k independent attempts all fail.

    $$(1 - p)^k$$

    Args:
      k: number of attempts, a whole number from 1 to 1e6.
      p: chance that one attempt succeeds, from 0 to 0.999. Both broadcast.

    Returns the probability, to a relative 1e-12; NaN outside where traced.

    Raises:
      InputError: k or p outside of these.

    Source: derived here (docs, FAMILY section NUMBER).

    >>> from jtts.theory import FAMILY
    >>> print(f"{FAMILY.LAW(3, 0.5):.3f}")
    0.125
    """
    return jnp.exp(k * jnp.log1p(-p))
'''

SIMULATION = '''"""TITLE, played out."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.estimate import Estimate
from jtts.numeric import Numbers
from jtts.simulations import simulation


'''

PLAYED = '''@simulation(chunk=4096)
def LAW(key: jax.Array, trials: int, k: Numbers, p: Numbers) -> Estimate:
    """Make the attempts one by one, and see whether all fail."""

    def attempt(i, failed):
        return failed & (jax.random.uniform(jax.random.fold_in(key, i), (trials,)) >= p)

    return Estimate.of(jax.lax.fori_loop(0, k, attempt, jnp.ones(trials, bool)))
'''

ORACLE = '''"""TITLE: the same number by another route, in as many digits as it takes."""

from fractions import Fraction


def LAW(k, p):
    """Product of the chances of failure, exact."""
    return (1 - Fraction(p)) ** k


# the ends of every promised range, and where the code branches
CORNERS = {
    "LAW": [
        {"k": 1, "p": 1e-17},
        {"k": 1, "p": 0.999},
        {"k": 100, "p": 0.999},
        {"k": 1000, "p": 0.0},
        {"k": 1000, "p": 1e-9},
    ]
}
'''

TEST = '''"""TITLE against reference digits."""

import numpy as np

from jtts.theory import FAMILY


def test_reference():
    """Digits from elsewhere: a paper, a table, a program that shares nothing with the formula."""
    found = FAMILY.LAW(np.array([1, 2, 3]), 0.25)
    np.testing.assert_allclose(found, [0.75, 0.5625, 0.421875], rtol=1e-12)
'''

SECTION = """
## NUMBER. TITLE

What is computed, from what, and how: `LAW` is the probability that k independent attempts, each
right with chance p, all fail, (1−p)^k. Say what is read in a paper and what is derived here.
"""

PAGE = """
What this family is about, in three sentences. Where it comes from. What it answers.
"""

TUTORIAL = """# FAMILY

A question that a user has, and the call that answers it.

```python
import jax
jax.config.update("jax_enable_x64", True)
from jtts.theory import FAMILY
print(FAMILY.LAW([1, 2, 3], 0.25))
```
"""
