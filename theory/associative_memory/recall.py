"""Recall after one pass: Hebbian, decayed, delta-rule and gated memories in one formula."""

from __future__ import annotations

from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp

from jtts.arguments import require_nonnegative, require_positive
from jtts.associative_memory import KEY_LAWS
from jtts.domain import choices
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, words
from jtts.theory.associative_memory.geometric import (
    geometric_sum,
    log_of_rest,
    power,
    triple_sum,
)
from jtts.theory.associative_memory.key_laws import moments, require_keys, require_sizes


class Rates(NamedTuple):
    """Logarithms of what one later write leaves of the signal and of the two second moments."""

    signal: jax.Array  # lam (1 - b/d)
    power: jax.Array  # lam^2 kappa
    overlap: jax.Array  # lam^2 alpha


def rates(keys, dim, decay, erase):
    shift = jnp.log(decay)
    known = moments(keys, dim, erase)
    return known, Rates(
        shift + log_of_rest(erase / dim),
        2 * shift + log_of_rest(known.erased),
        2 * shift + log_of_rest(jnp.where(dim > 1, known.forgotten, 0.0)),  # no weight at dim 1
    )


def recall_moments(
    age,
    num_pairs,
    dim,
    *,
    decay=1.0,
    erase=0.0,
    write=1.0,
    value_noise=0.0,
    keys="sphere",
    older=1.0,
):
    """Signal E r.v / V and power E|r|^2 / V of the read-out; `older` scales the older pairs."""
    known, log = rates(keys, dim, decay, erase)
    signal = write * power(log.signal, age)
    square = power(log.power, age) / dim + (1 - 1 / dim) * power(log.overlap, age)
    survivors = jnp.exp(2 * jnp.log(decay)) * geometric_sum(log.power, num_pairs - 1 - age)
    crossed = power(log.power, age) - (2 * erase * known.fourth - erase**2 * known.sixth) * square
    newer = geometric_sum(log.power, age)
    noise = known.fourth * square + (older * survivors * crossed + newer) / dim
    total = write**2 * (1 + value_noise) * noise
    written = (age >= 0) & (age <= num_pairs - 1)
    return jnp.where(written, signal, jnp.nan), jnp.where(written, total, jnp.nan)


def as_numbers(*values):
    return tuple(jnp.asarray(value, jnp.result_type(float)) for value in values)


def require_memory(*, num_pairs, dim, decay, erase, write, value_noise, keys, age=0.0):
    """Raise InputError unless the memory can be run."""
    require_sizes(num_pairs, dim)
    require_positive(decay=decay)
    require_nonnegative(age=age, erase=erase, write=write, value_noise=value_noise)
    require_keys(keys, erase)


PLAIN = {  # what is promised of every memory of one pass
    "num_pairs": between(1, 1e15),
    "dim": between(1, 1e15),
    "decay": positive(),
    "erase": nonnegative(),
    "write": nonnegative(),
    "value_noise": nonnegative(),
    "keys": words(*KEY_LAWS),
}
JOINTLY = {
    "erase must be at most dim": lambda erase, dim: erase <= dim,
    "dim must be 1 or at least 2": lambda dim: (dim == 1) | (dim >= 2),
    "keys must be sphere or gauss where erase is not 0": (
        lambda keys, erase: (keys != "rad") | (erase == 0)
    ),
}
MEMORY = {
    "num_pairs": choices(2, 24),
    "dim": choices(16),
    "decay": choices(1.0, 0.95),
    "erase": choices(0.0, 0.3, 0.8, 1.0),
    "write": choices(0.3, 1.0),
    "value_noise": choices(0.0, 0.25),
    "keys": choices("sphere", "gauss"),
}


def _error(age, num_pairs, dim, *, flip=1.0, **memory):
    signal, total = recall_moments(*as_numbers(age, num_pairs, dim), **memory)
    return 1 - 2 * flip * signal + total


@law(
    kind=Exact(floor=0.05),
    formula=r"1 - 2 c (\lambda\gamma)^a + c^2 m_2 p + \frac{c^2}{d}\lambda^2 G(N-1-a)"
    r"[K^a - (2 b m_2 - b^2 m_3) p] + \frac{c^2}{d} G(a)",
    source="derived here (docs, associative memory section 4)",
    domain={"age": choices(0, 1, 12), **MEMORY, "num_pairs": choices(24)},
    holds={"age": nonnegative(1e15), **PLAIN},
    jointly=JOINTLY,
    relative=1e-13,
    absolute=1e-14,
    mutants={
        "older pairs not erased": lambda age, num_pairs, dim, **memory: _error(
            age, num_pairs, dim, older=0.0, **memory
        ),
        "one pair fewer": lambda age, num_pairs, dim, **memory: _error(
            age, num_pairs - 2, dim, **memory
        ),
        "at the next age": lambda age, num_pairs, dim, **memory: _error(
            age + 1, num_pairs, dim, **memory
        ),
    },
)
def recall_error(
    age: Numbers,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    decay: Numbers = 1.0,
    erase: Numbers = 0.0,
    write: Numbers = 1.0,
    value_noise: Numbers = 0.0,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> jax.Array:
    r"""Mean squared error per component of the pair written `age` steps before the end.

    The memory $W \leftarrow \lambda W(I - b\,kk^\top) + c\,vk^\top$ starts at 0, takes in N pairs
    and is read at the key of one of them, $r = Wk_i$, $a = N - i$. With
    $\gamma = 1-b/d$, $K = \lambda^2\kappa$, $G(n) = (1-K^n)/(1-K)$ and
    $p = \lambda^{2a}[\kappa^a/d + (1-1/d)\alpha^a]$,

    $$\tfrac1V E|r-v_i|^2 = 1 - 2c(\lambda\gamma)^a + c^2 m_2 p
      + \tfrac{c^2}{d}\lambda^2 G(i-1)[K^a - (2bm_2 - b^2m_3)p] + \tfrac{c^2}{d}G(a).$$

    On the sphere $m_2 = m_3 = 1$, $\kappa = 1 - b(2-b)/d$, $\alpha = 1 - 2b/d + 2b^2/(d(d+2))$; for
    Gaussian keys $m_2 = 1+2/d$, $m_3 = (1+2/d)(1+4/d)$, $\kappa = 1 - 2b/d + b^2(d+2)/d^2$,
    $\alpha = 1 - 2b/d + 2b^2/d^2$.

    Args:
      age: a, from 0 (the newest pair) to num_pairs - 1.
      num_pairs: N, from 1 to 1e15.
      dim: d, of the keys, 1 or from 2 to 1e15; at least `erase`. These three may be any reals and
        broadcast.
      decay: lambda > 0.
      erase: b >= 0. b = c is the delta rule; 0 leaves Hebbian writing.
      write: c >= 0.
      value_noise: variance per component of noise on the values written, against their unit power;
        the error is to the noiseless value.
      keys: "sphere", "gauss", or "rad" where erase is 0; all have E k k^T = I/d.

    Returns the error per component (values have unit power per component). Exact at any size;
    accurate to 1e-13 relatively or 1e-14, the larger. NaN for a pair never written (age beyond
    num_pairs - 1), and for sign keys with a traced erase that is not 0. Grows without bound in
    num_pairs where K > 1 (at decay 1, for erase > 2 on the sphere and > 2d/(d+2) for gauss), NaN
    once it overflows.

    Raises:
      InputError: sizes below 1 or too large, decay <= 0, a negative age, strength or variance,
        erase above dim, an unknown law of keys, or sign keys with erase > 0.

    Source: derived here (docs, associative memory section 4). Its memories are those of
    arXiv:2406.06484 (delta rule) and arXiv:2412.06464 (gated).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.recall_error(12, 24, 16, erase=0.5, write=0.5):.10f}")
    0.6099747738
    """
    memory = {"decay": decay, "erase": erase, "write": write, "value_noise": value_noise}
    return _error(age, num_pairs, dim, keys=keys, **memory)


def _cosine(age, num_pairs, dim, *, squared=False, **memory):
    memory = memory | {"write": 1.0}  # which cancels
    signal, total = recall_moments(*as_numbers(age, num_pairs, dim), **memory)
    return signal / (total if squared else jnp.sqrt(total))


@law(
    kind=Exact(floor=0.05),
    formula=r"\frac{E\,r\cdot v}{\sqrt{E|r|^2\,E|v|^2}} = c(\lambda\gamma)^a / \sqrt{P_a}",
    source="derived here (docs, associative memory section 4)",
    domain={"age": choices(0, 1, 12), **MEMORY, "num_pairs": choices(24)},
    # erasing at strength 1 makes the newest cosine 1, with nothing to measure
    simulated={"erase": choices(0.0, 0.3, 0.8)},
    holds={"age": nonnegative(1e15), **PLAIN},
    jointly=JOINTLY,
    relative=1e-12,
    absolute=1e-15,
    mutants={
        "no square root": lambda *sizes, **memory: _cosine(*sizes, squared=True, **memory),
        "older pairs left out": lambda *sizes, **memory: _cosine(*sizes, older=0.0, **memory),
    },
)
def recall_cosine(
    age: Numbers,
    num_pairs: Numbers,
    dim: Numbers,
    *,
    decay: Numbers = 1.0,
    erase: Numbers = 0.0,
    write: Numbers = 1.0,
    value_noise: Numbers = 0.0,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> jax.Array:
    r"""Aggregate cosine E r.v / sqrt(E|r|^2 E|v|^2) between the read-out and the value.

    $$c(\lambda\gamma)^a / \sqrt{P_a}$$

    with the read-out power $P_a$, `recall_error` $- 1 + 2c(\lambda\gamma)^a$. The error after the
    best scalar gain is one minus its square. It is the mean cosine only where |r| hardly
    fluctuates (`mean_cosine`).

    Args: as `recall_error`.

    Returns a number without units, at most 1, the same for any write; relatively accurate to 1e-12
    from 1e-15 on. NaN for a pair never written.

    Raises:
      InputError: as `recall_error`.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.recall_cosine(12, 24, 16, erase=0.5, write=0.5):.6f}")
    0.630893
    """
    memory = {"decay": decay, "erase": erase, "write": write, "value_noise": value_noise}
    return _cosine(age, num_pairs, dim, keys=keys, **memory)


def _mean_error(num_pairs, dim, *, decay, erase, write, value_noise, keys, older=1.0):
    """The sum of `recall_error` over ages, term by term."""
    num_pairs, dim = as_numbers(num_pairs, dim)
    known, log = rates(keys, dim, decay, erase)
    signal = geometric_sum(log.signal, num_pairs)
    square = geometric_sum(log.power, num_pairs) / dim
    square += (1 - 1 / dim) * geometric_sum(log.overlap, num_pairs)
    # sum over ages of G(N - 1 - a) x^a, G of ratio K, for x = K and x = lam^2 alpha
    of_power = triple_sum(log.power, log.power, num_pairs)
    of_square = of_power / dim
    of_square += (1 - 1 / dim) * triple_sum(log.power, log.overlap, num_pairs)
    coefficient = 2 * erase * known.fourth - erase**2 * known.sixth
    survivors = jnp.exp(2 * jnp.log(decay)) * (of_power - coefficient * of_square)
    newer = triple_sum(log.power, jnp.zeros_like(log.power), num_pairs)
    noise = known.fourth * square + (older * survivors + newer) / dim
    return 1 + (write**2 * (1 + value_noise) * noise - 2 * write * signal) / num_pairs


@law(
    kind=Exact(floor=0.05),
    formula=r"\frac1N \sum_{a=0}^{N-1} \mathrm{MSE}(a)",
    source="derived here (docs, associative memory section 4)",
    domain=MEMORY,
    simulated={"num_pairs": choices(24)},
    holds=PLAIN,
    jointly=JOINTLY,
    relative=1e-12,
    absolute=1e-12,
    mutants={
        "older pairs not erased": lambda *sizes, **memory: _mean_error(*sizes, older=0.0, **memory),
        "one pair more": lambda num_pairs, *dim, **memory: _mean_error(
            num_pairs + 1, *dim, **memory
        ),
    },
)
def mean_recall_error(
    num_pairs: Numbers,
    dim: Numbers,
    *,
    decay: Numbers = 1.0,
    erase: Numbers = 0.0,
    write: Numbers = 1.0,
    value_noise: Numbers = 0.0,
    keys: Literal["sphere", "rad", "gauss"] = "sphere",
) -> jax.Array:
    r"""`recall_error` averaged over all pairs of the memory, in closed form.

    $$\frac1N\sum_{a=0}^{N-1}\mathrm{MSE}(a),$$

    a sum of geometric series and of their divided differences, at a cost that does not grow with N.

    Args: as `recall_error`, without the age.

    Returns the error per component, accurate to 1e-12 absolutely or relatively, the larger.

    Raises:
      InputError: as `recall_error`.

    Source: derived here (docs, associative memory section 4).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.mean_recall_error(64, 64, erase=1.0, write=1.0):.10f}")
    0.5982023489
    """
    memory = {"decay": decay, "erase": erase, "write": write, "value_noise": value_noise}
    return _mean_error(num_pairs, dim, keys=keys, **memory)
