"""A chain of thought as gradient steps on the examples of a prompt, exact at finite size."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np

from jtts.arguments import InputError, concrete, require_whole
from jtts.domain import choices, log_reals, reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, whole
from jtts.sizes import power_of_two
from jtts.theory.associative_memory.powers import gone, kept, raised
from jtts.theory.in_context.wishart import wishart_spectrum

MOST = (128, 1024)  # of the smaller and the larger of n and d
MOST_STEPS = 128  # of a chain whose mean exists by rare prompts only
REACH = 16.0 * MOST_STEPS  # what nodes have to reach further for these
RARE = 0.01  # share of the mean that prompts may carry on which the chain diverges


@functools.lru_cache(maxsize=64)
def _spectra(pairs):
    """Nodes, weights and unseen directions for each pair of sizes."""
    spectra = [wishart_spectrum(n, d, REACH) for n, d in pairs]
    length = power_of_two(max(len(nodes) for nodes, _ in spectra))
    nodes, weights = (
        np.stack([np.pad(row, (0, length - len(row)), constant_values=filling) for row in rows])
        for rows, filling in zip(zip(*spectra, strict=True), (1.0, 0.0), strict=True)
    )
    return nodes, weights, np.array([max(d - n, 0) for n, d in pairs], float)


def sized(kernel, num_examples, dim, *numbers):
    """`kernel` with the spectrum of its sizes, which must be known."""
    require_whole(1, num_examples=num_examples, dim=dim)
    n, d = concrete(num_examples), concrete(dim)
    if n is None or d is None:
        raise InputError(f"{'num_examples' if n is None else 'dim'} must be known before tracing")
    small, large = np.max(np.minimum(n, d)), np.max(np.maximum(n, d))
    if small > MOST[0] or large > MOST[1]:
        raise InputError(
            f"num_examples and dim must be at most {MOST[0]} (the smaller) and {MOST[1]}, "
            f"got {small:g} and {large:g}"
        )
    sizes = np.stack(np.broadcast_arrays(n, d)).astype(int)
    pairs, which = np.unique(sizes.reshape(2, -1), axis=1, return_inverse=True)
    nodes, weights, unseen = _spectra(tuple(map(tuple, pairs.T.tolist())))
    which = which.reshape(sizes.shape[1:])
    given = [jnp.asarray(x, float) for x in numbers]
    place, rows, columns, *rest = jnp.broadcast_arrays(which, sizes[0], sizes[1], *given)
    return kernel(place, rows * 1.0, columns * 1.0, nodes, weights, unseen, *rest)


def mean_over(which, d, nodes, weights, unseen, noise, left, moved):
    """Of what a direction keeps of w, squared, and of what it takes from the noise."""
    x = nodes[which]
    known = weights[which] * (left**2 + noise[..., None] * (moved / x) * moved)
    return (unseen[which] + jnp.sum(known, -1)) / d


@jax.jit
def _flow(which, n, d, nodes, weights, unseen, time, noise):
    z = time[..., None] * nodes[which] / n[..., None]
    return mean_over(which, d, nodes, weights, unseen, noise, jnp.exp(-z), -jnp.expm1(-z))


def flow(time, num_examples, dim, noise_var):
    return sized(_flow, num_examples, dim, time, noise_var)


@jax.jit
def _unsquared(which, n, d, nodes, weights, unseen, time, noise):
    """A mutant: what moved once, not twice."""
    x = nodes[which]
    z = time[..., None] * x / n[..., None]
    known = weights[which] * (jnp.exp(-2 * z) - noise[..., None] * jnp.expm1(-z) / x)
    return (unseen[which] + jnp.sum(known, -1)) / d


SIZES = {"num_examples": whole(1, MOST[1]), "dim": whole(1, MOST[1])}
DRAWN = {
    "num_examples": choices(4, 6, 8, 12, 16, 24, 40),
    "dim": choices(4, 8),
    "noise_var": log_reals(0.05, 1.0),
}


@law(
    kind=Exact(),
    formula=r"\frac1d \Big[\max(d-n, 0) + \int \rho(x) \Big[e^{-2Tx/n}"
    r" + \sigma^2 \frac{(1 - e^{-Tx/n})^2}{x}\Big] dx\Big]",
    source="derived here (section 12)",
    relative=1e-10,
    absolute=1e-13,
    holds={"time": nonnegative(1e12)} | SIZES | {"noise_var": nonnegative(1e6)},
    gives=nonnegative(),
    domain={"time": log_reals(0.2, 50.0)} | DRAWN,
    mutants={
        "noise without the square": lambda time, num_examples, dim, noise_var: sized(
            _unsquared, num_examples, dim, time, noise_var
        ),
        "half the time": lambda time, num_examples, dim, noise_var: flow(
            time / 2, num_examples, dim, noise_var
        ),
    },
)
def flow_error(time: Numbers, num_examples: Numbers, dim: Numbers, noise_var: Numbers) -> jax.Array:
    r"""Error of a long chain of small gradient steps on the n examples of a prompt: of their flow.

    y = w.x + N(0, sigma^2), x ~ N(0, I_d), w ~ N(0, I_d); the chain starts at 0 and follows
    $\dot w = X'(y - Xw)/n$ for a time T, the number of steps times their size. With $\rho$ the
    density of the non-zero eigenvalues of X'X,

    $$\frac1d\Big[\max(d-n, 0)+\int\rho(x)\Big[e^{-2Tx/n}+
      \sigma^2\frac{(1-e^{-Tx/n})^2}x\Big]dx\Big]$$

    It tends to sigma^2/(n - d - 1) for n > d + 1, from below where there is noise: some time is
    best. For |n - d| <= 1 and noise it grows without bound.

    Args:
      time: T, from 0 to 1e12.
      num_examples, dim: n and d, whole, known before tracing; at most 128 the smaller and 1024 the
        larger.
      noise_var: sigma^2, to 1e6.

    Arrays broadcast; each new pair (n, d) costs some milliseconds. Returns |w_T - w|^2 per
    dimension. Accuracy 1e-10 relative and 1e-13 absolute.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 12).

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.flow_error(2.0, 16, 8, 0.25):.12f}")
    0.153831602939
    """
    return flow(time, num_examples, dim, noise_var)


def powers(z, t):
    """(1 - z)^t and 1 - (1 - z)^t for whole t and any z >= 0."""
    near = z < 0.5
    small, size = jnp.where(near, z, 0.25), jnp.where(near, 0.5, jnp.abs(1 - z))
    sign = jnp.where(z > 1, 1 - 2 * (t % 2), 1.0)
    left = jnp.where(near, kept(small, t), sign * raised(size, t))
    return left, jnp.where(near, gone(small, t), 1 - left)


@jax.jit
def _clipped(which, n, d, nodes, weights, unseen, steps, noise, size):
    z = jnp.minimum(size[..., None] * nodes[which] / n[..., None], 1.0)
    left, moved = powers(z, steps[..., None])
    return mean_over(which, d, nodes, weights, unseen, noise, left, moved)


def clipped(num_steps, num_examples, dim, noise_var, step_size):
    return sized(_clipped, num_examples, dim, num_steps, noise_var, step_size)


@jax.jit
def _chain(which, n, d, nodes, weights, unseen, steps, noise, size):
    """Error, and the share of it in prompts on which the chain diverges."""
    x, weight = nodes[which], weights[which]
    # far beyond the spectrum powers overflow where there is no weight
    z = jnp.where(weight > 0, size[..., None] * x / n[..., None], 0.0)
    left, moved = powers(z, steps[..., None])
    known = weight * (left**2 + noise[..., None] * (moved / x) * moved)
    total = unseen[which] + jnp.sum(known, -1)
    diverging = (z > 2) & (steps[..., None] > 0)
    return total / d, jnp.sum(jnp.where(diverging, known, 0.0), -1) / total


def _error(num_steps, num_examples, dim, noise_var, step_size):
    return sized(_chain, num_examples, dim, num_steps, noise_var, step_size)[0]


def _changed(change):
    return lambda num_steps, num_examples, dim, noise_var, step_size: _error(
        *change(num_steps, num_examples, dim, noise_var, step_size)
    )


@law(
    kind=Exact(),
    formula=r"\frac1d \Big[\max(d-n, 0) + \int \rho(x) \Big[\big(1 - \tfrac{\eta x}n\big)^{2t}"
    r" + \sigma^2 \frac{(1 - (1 - \eta x/n)^t)^2}{x}\Big] dx\Big]",
    source="derived here (section 12); the question: arXiv:2502.21212",
    relative=1e-10,
    absolute=1e-13,
    holds={"num_steps": whole(0, MOST_STEPS)}
    | SIZES
    | {"noise_var": nonnegative(1e6), "step_size": between(0, 2)},
    gives=nonnegative(),
    domain={"num_steps": choices(1, 2, 4, 6, 8)}
    | DRAWN
    | {"num_examples": choices(8, 12, 16, 24, 40), "step_size": reals(0.05, 0.17)},
    mutants={
        "a step more": _changed(lambda t, n, d, s2, eta: (t + 1, n, d, s2, eta)),
        "half the step": _changed(lambda t, n, d, s2, eta: (t, n, d, s2, eta / 2)),
        "noise thrice as large": _changed(lambda t, n, d, s2, eta: (t, n, d, 9 * s2, eta)),
    },
)
def chain_error(
    num_steps: Numbers,
    num_examples: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    step_size: Numbers,
) -> jax.Array:
    r"""Error of a chain of t gradient steps on the n examples of a prompt, from 0.

    The task is that of `flow_error`; a step adds $\frac\eta nX'(y-Xw)$. Then

    $$\frac1d\Big[\max(d-n, 0)+\int\rho(x)\Big[\big(1-\tfrac{\eta x}n\big)^{2t}+
      \sigma^2\frac{(1-(1-\eta x/n)^t)^2}x\Big]dx\Big]$$

    One step is `gradient_step_error`. As t grows the mean over prompts diverges for every step
    size: prompts with an eigenvalue above 2n/eta, as rare as one in many millions, carry it, and no
    simulation sees them. Where their share exceeds 1 % the law refuses; see `clipped_chain_error`.

    Args:
      num_steps: t, whole, from 0 to 128; no derivative.
      num_examples, dim: n and d, whole, known before tracing; at most 128 the smaller and 1024 the
        larger.
      noise_var: sigma^2, to 1e6.
      step_size: eta, from 0 to 2.

    Arrays broadcast; each new pair (n, d) costs some milliseconds. Returns |w_t - w|^2 per
    dimension. Accuracy 1e-10 relative and 1e-13 absolute.

    Raises:
      InputError: a number out of range, or diverging prompts that carry more than 1 % of the mean
        (NaN where traced).

    Source: derived here (docs, in_context section 12). That a chain of thought makes one layer of
    linear attention take many steps is of arXiv:2502.21212.

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.chain_error(4, 16, 8, 0.25, 0.5):.12f}")
    0.140068181907
    """
    error, share = sized(_chain, num_examples, dim, num_steps, noise_var, step_size)
    known = concrete(share)
    if known is not None and np.any(known > RARE):
        raise InputError(
            "prompts on which the chain diverges must carry at most "
            f"{RARE:.0%} of the mean error, they carry {np.max(known):.2g} of it: take fewer or "
            "smaller steps, or clipped_chain_error"
        )
    return jnp.where(share <= RARE, error, jnp.nan)


@law(
    kind=Exact(),
    formula=r"R_t\ \text{with}\ \min(\eta x/n, 1)\ \text{for}\ \eta x/n",
    source="derived here (section 12)",
    relative=1e-4,  # the clip is a kink between nodes
    absolute=1e-13,
    holds={"num_steps": whole(0, 10**9)}
    | SIZES
    | {"noise_var": nonnegative(1e6), "step_size": between(0, 100)},
    gives=nonnegative(),
    domain={"num_steps": choices(1, 2, 4, 8, 16)} | DRAWN | {"step_size": reals(0.1, 0.6)},
    mutants={
        "a step more": lambda num_steps, num_examples, dim, noise_var, step_size: clipped(
            num_steps + 1, num_examples, dim, noise_var, step_size
        ),
        "of the flow": lambda num_steps, num_examples, dim, noise_var, step_size: flow(
            num_steps * step_size, num_examples, dim, noise_var
        ),
    },
)
def clipped_chain_error(
    num_steps: Numbers,
    num_examples: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    step_size: Numbers,
) -> jax.Array:
    r"""Error of a chain whose step is clipped along each eigendirection of the examples.

    `chain_error` with $\min(\eta x/n,1)$ for $\eta x/n$: no step overshoots, no prompt diverges,
    and for many steps the error tends to that of the flow.

    Args:
      num_steps: t, whole, from 0 to 1e9; no derivative.
      num_examples, dim: n and d, whole, known before tracing; at most 128 the smaller and 1024 the
        larger.
      noise_var: sigma^2, to 1e6.
      step_size: eta, from 0 to 100.

    Arrays broadcast. Returns |w_t - w|^2 per dimension. Relative accuracy 1e-4: the clip is
    a kink of the integrand, felt most at one step.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 12).

    >>> from jtts.theory import in_context as icl
    >>> print(f"{icl.clipped_chain_error(16, 16, 8, 0.25, 0.5):.10f}")
    0.0419362564
    """
    return clipped(num_steps, num_examples, dim, noise_var, step_size)
