"""Memories in series: each layer asks the next with what it has recalled."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Exact, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, probability
from jtts.theory.associative_memory.marchenko_pastur import spectral_average
from jtts.theory.associative_memory.powers import kept
from jtts.theory.associative_memory.recall import as_numbers

INSIDE = between(1e-30, 1, open="high")
DEPTH = nonnegative(1e15)
SIZES = {"num_pairs": between(1, 1e15), "dim": between(1, 1e15)}
SOURCE = "derived here (docs, associative memory section 7)"


def _reliability(fault, depth):
    fault, depth = as_numbers(fault, depth)
    return kept(fault, depth)


@law(
    kind=Exact(),
    formula=r"(1-p)^L",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-300,
    gives=probability(),
    holds={"fault": probability(), "depth": DEPTH},
    domain={"fault": reals(0.0, 1.0), "depth": log_integers(1, 10**6)},
    simulated={"fault": log_reals(0.01, 0.2), "depth": log_integers(4, 30)},
    mutants={
        "one layer fewer": lambda fault, depth: _reliability(fault, depth - 1),
        "faults added up": lambda fault, depth: 1 - fault * depth,
    },
)
def reliability(fault: Numbers, depth: Numbers) -> jax.Array:
    r"""Probability that a chain of layers with independent faults has none.

    $$(1-p)^L$$

    Args:
      fault: p, of one layer, from 0 to 1; with V bits of error probability q each at most V q.
      depth: L from 0 to 1e15. Both broadcast.

    Returns a probability; relative accuracy 1e-12 of those above 1e-288.

    Raises:
      InputError: a probability outside [0, 1], or such a depth.

    Source: derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.reliability(0.01, 100):.6f}")
    0.366032
    """
    return _reliability(fault, depth)


def _budget(fault, target, linear=False):
    fault, target = as_numbers(fault, target)
    return jnp.log(target) / (-fault if linear else jnp.log1p(-fault))


@law(
    kind=Root(
        residual=lambda depth, fault, target: reliability(fault, depth) - target,
        bracket=lambda fault, target: (0.0, 100 / fault),
    ),
    formula=r"\ln R / \ln(1-p)",
    source=SOURCE,
    relative=1e-12,
    holds={"fault": INSIDE, "target": INSIDE},
    domain={"fault": log_reals(1e-6, 0.9), "target": reals(0.01, 0.99)},
    mutants={
        "as if all faults were rare": lambda fault, target: _budget(fault, target, linear=True),
        "one layer more": lambda fault, target: _budget(fault, target) + 1,
    },
)
def depth_budget(fault: Numbers, target: Numbers) -> jax.Array:
    r"""Layers of independent faults that a chain can have at a wanted reliability.

    $$L = \frac{\ln R}{\ln(1-p)} \approx \frac{-\ln R}p$$

    Args:
      fault: p of one layer, at least 1e-30 and below 1.
      target: R, the wanted `reliability`, at least 1e-30 and below
        1. Both broadcast.

    Returns L, real; relative accuracy 1e-12.

    Raises:
      InputError: a number outside [1e-30, 1).

    Source: derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.depth_budget(0.01, 0.5):.6f}")
    68.967564
    """
    return _budget(fault, target)


def _power(num_pairs, dim, depth, own=1.0):
    num_pairs, dim, depth = as_numbers(num_pairs, dim, depth)
    return jnp.exp(depth * jnp.log1p((num_pairs - own) / dim))


CHAIN = {
    "num_pairs": log_integers(2, 10**4),
    "dim": log_integers(2, 10**5),
    "depth": log_integers(1, 100),
}
SIMULATED_CHAIN = {"num_pairs": choices(9), "dim": choices(16, 32), "depth": choices(1, 2, 4)}


@law(
    kind=Exact(),
    formula=r"(1 + (N-1)/d)^L",
    source=SOURCE,
    relative=1e-12,
    holds=SIZES | {"depth": DEPTH},
    domain=CHAIN,
    simulated=SIMULATED_CHAIN,
    mutants={
        "noise added up": lambda num_pairs, dim, depth: 1 + depth * (num_pairs - 1) / dim,
        "its own cross-talk": lambda num_pairs, dim, depth: _power(num_pairs, dim, depth, own=0.0),
    },
)
def chain_power(num_pairs: Numbers, dim: Numbers, depth: Numbers) -> jax.Array:
    r"""Power of the read-out after L Hebbian layers in series, with fresh keys in every layer.

    Layer l maps $k^l_j \to k^{l+1}_j$, the last one $k^{L-1}_j \to v_j$, and the chain is asked for
    $k^0_i$:

    $$\tfrac1V E|r|^2 = \Big(1+\frac{N-1}d\Big)^L$$

    The signal is v_i at every depth, so the mean squared error is this less 1; noise is amplified
    like the signal's cross-talk, layer by layer.

    Args:
      num_pairs, dim: N, d from 1 to 1e15; unit keys, uniform on the sphere.
      depth: L from 0 to 1e15. All broadcast.

    Returns the power per component, values having unit power per component. Exact;
    relative accuracy 1e-12; infinite once the number overflows.

    Raises:
      InputError: sizes outside [1, 1e15], or such a depth.

    Source: derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(am.chain_power(9, 32, 4).round(10))
    2.44140625
    """
    return _power(num_pairs, dim, depth)


def _signal(num_pairs, dim, depth, others=1.0):
    num_pairs, dim, depth = as_numbers(num_pairs, dim, depth)
    half = _power(num_pairs, dim, depth / 2)  # the whole of it may overflow
    left = kept(1 / dim, depth)
    return half / num_pairs * half + others * (num_pairs - 1) / num_pairs * left


@law(
    kind=Exact(),
    formula=r"\tfrac1N (1 + (N-1)/d)^L + (1 - \tfrac1N)(1 - \tfrac1d)^L",
    source=SOURCE,
    relative=1e-12,
    holds=SIZES | {"depth": DEPTH},
    domain=CHAIN,
    simulated=SIMULATED_CHAIN
    | {"num_pairs": choices(17), "dim": choices(8), "depth": choices(2, 4)},
    mutants={
        "signal alone": lambda num_pairs, dim, depth: 1.0 + 0 * num_pairs * dim * depth,
        "one layer fewer": lambda num_pairs, dim, depth: _signal(num_pairs, dim, depth - 1),
        "shared alike": lambda num_pairs, dim, depth: _signal(num_pairs, dim, depth, others=0.0),
    },
)
def chain_signal(num_pairs: Numbers, dim: Numbers, depth: Numbers) -> jax.Array:
    r"""Power of the pair asked for in the read-out of a chain of L Hebbian layers.

    In the notation of `chain_power` the read-out is $\sum_j a_jv_j$ with E a_i = 1 and

    $$E a_i^2 = \frac1N\Big(1+\frac{N-1}d\Big)^L + \Big(1-\frac1N\Big)\Big(1-\frac1d\Big)^L:$$

    each layer sends 1/d of the power of the other pairs back to this one. The rest of `chain_power`
    belongs to the others.

    Args:
      num_pairs, dim: N, d from 1 to 1e15; unit keys, uniform on the sphere.
      depth: L from 0 to 1e15. All broadcast.

    Returns E a_i^2, from 1 up. Exact; relative accuracy 1e-12; infinite once it overflows.

    Raises:
      InputError: sizes outside [1, 1e15], or such a depth.

    Source: derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.chain_signal(9, 32, 4):.7f}")
    1.0541458
    """
    return _signal(num_pairs, dim, depth)


def _depth(num_pairs, dim, noise, linear=False):
    num_pairs, dim, noise = as_numbers(num_pairs, dim, noise)
    load = (num_pairs - 1) / dim
    goal = noise if linear else jnp.log1p(noise)
    endless = jnp.where(noise > 0, jnp.inf, 0.0)
    return jnp.where(load > 0, goal / jnp.log1p(jnp.where(load > 0, load, 1.0)), endless)


@law(
    kind=Root(
        residual=lambda depth, num_pairs, dim, noise: (
            chain_power(num_pairs, dim, depth) - 1 - noise
        ),
        bracket=lambda num_pairs, dim, noise: (0.0, 10 * dim),
    ),
    formula=r"\ln(1+\varepsilon) / \ln(1 + (N-1)/d)",
    source=SOURCE,
    relative=1e-12,
    holds=SIZES | {"noise": nonnegative(1e30)},
    domain={
        "num_pairs": log_integers(2, 1000),
        "dim": choices(16, 256),
        "noise": log_reals(0.1, 3),
    },
    mutants={
        "noise added up": lambda *point, **named: _depth(*point, **named | {"linear": True}),
        "one layer more": lambda *point, **named: _depth(*point, **named) + 1,
    },
)
def chain_depth(num_pairs: Numbers, dim: Numbers, noise: Numbers) -> jax.Array:
    r"""Depth at which the error of a chain of Hebbian layers reaches a tolerance.

    $$L = \frac{\ln(1+\varepsilon)}{\ln(1+(N-1)/d)}$$

    Args:
      num_pairs, dim: N, d from 1 to 1e15; unit keys, uniform on the sphere.
      noise: epsilon from 0 to 1e30, the mean squared error against the unit power of the signal.
        All broadcast.

    Returns L, real: where `chain_power` is 1 + epsilon; infinite for one pair, 0 if the
    tolerance is. Relative accuracy 1e-12.

    Raises:
      InputError: sizes outside [1, 1e15], or a tolerance outside [0, 1e30].

    Source: derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.chain_depth(9, 32, 1.0):.6f}")
    3.106284
    """
    return _depth(num_pairs, dim, noise)


def _moment(s, order):
    """s^order; 0 at s = 0."""
    positive = s > 0
    return jnp.where(positive, jnp.exp(order * jnp.log(jnp.where(positive, s, 1.0))), 0.0)


@functools.partial(jax.jit, static_argnames="factor")
def _tied(load, depth, factor=2.0):
    load, depth = jnp.broadcast_arrays(*as_numbers(load, depth))
    order, top = factor * depth, (1 + jnp.sqrt(load)) ** 2

    def moment(s, order, top):
        return _moment(s / top, order)

    # powers of the largest eigenvalue overflow before the average does
    average = spectral_average(load, moment, order, top)
    return jnp.exp(jnp.log(average) + order * jnp.log(top))


@law(
    kind=Asymptotic(size="dim", sizes=(64, 96, 128), finite_size=16.0),
    formula=r"\sum_{k=1}^{2L} \frac1{2L} \binom{2L}k \binom{2L}{k-1} \alpha^{k-1}",
    source="Narayana; " + SOURCE,
    relative=1e-12,
    holds={"load": between(1e-12, 1e12), "depth": between(1e-6, 500)},
    domain={"load": log_reals(0.01, 100.0), "depth": log_integers(1, 100)},
    simulated={"load": choices(0.25), "depth": choices(1, 2)},
    mutants={
        "fresh keys": lambda load, depth: (1 + load) ** depth,
        "amplitude for power": lambda load, depth: _tied(load, depth, factor=1.0),
    },
)
def tied_chain_power(load: Numbers, depth: Numbers) -> jax.Array:
    r"""Power of the read-out after L passes through one Hebbian memory of its own keys.

    As `chain_power`, with the same keys in every layer:

    $$E(G^{2L})_{ii} \to \sum_{k=1}^{2L} \mathrm{Nar}(2L,k)\,\alpha^{k-1},\quad
      \mathrm{Nar}(n,k) = \frac1n\binom nk\binom n{k-1},$$

    the moment of order 2L of the Marchenko-Pastur law. What is repeated adds up: it grows as
    $(1+\sqrt\alpha)^{4L}$, against $(1+\alpha)^L$ with fresh keys.

    Args:
      load: alpha = N/d, from 1e-12 to 1e12.
      depth: L from 1e-6 to 500. Both broadcast.

    Returns the power per component, values having unit power per component. Relative accuracy
    1e-12; the gap at finite d is of order L^2/d.

    Raises:
      InputError: a load or depth outside its range.

    Source: Narayana's numbers; derived here (docs, associative memory section 7).

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.tied_chain_power(0.25, 4):.10f}")
    30.0186157227
    """
    return _tied(load, depth)
