"""How far best-of-n moves the law of the answer: rewards without atoms, any such law."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers, log_reals
from jtts.kinds import Exact
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, positive, probability
from jtts.theory.selection.differences import log1p_minus, log1p_over, one_minus_log1p_over

N = log_integers(1, 10**9)
SIMULATED_N = log_integers(1, 128)
HOLDS = between(1, 1e150)


def _kl(n):
    """ln n - (n-1)/n."""
    more = n - 1
    close = more < 1
    near = -log1p_minus(-jnp.where(close, more, 0.0) / n)
    return jnp.where(close, near, jnp.log(n) - more / n)


def _divergences(n):
    n = jnp.asarray(n, jnp.result_type(float))
    more, root = n - 1, jnp.sqrt(n)
    return {
        "kl": _kl(n),
        "reverse_kl": -log1p_minus(more),
        "chi2": more * (more / (2 * n - 1)),
        "tv": jnp.exp(-log1p_over(more)) * more / n,
        "hellinger2": (more / (root + 1)) ** 2 / (n + 1),
    }


@law(
    kind=Exact(floor=0.02),
    formula=r"\ln n-\tfrac{n-1}n,\; n-1-\ln n,\; \tfrac{(n-1)^2}{2n-1},\;"
    r" n^{-1/(n-1)}(1-\tfrac1n),\; 1-\tfrac{2\sqrt n}{n+1}",
    source="arXiv:2401.01879, arXiv:2406.00832; derived here (section 1)",
    relative=1e-14,
    absolute=1e-300,
    holds={"n": HOLDS},
    gives=nonnegative(),
    domain={"n": N},
    simulated={"n": SIMULATED_N},
    mutants={
        "no correction": lambda n: (
            _divergences(n) | {"kl": jnp.log(n), "chi2": (n - 1) ** 2 / (2 * n)}
        ),
        "half a logarithm": lambda n: _divergences(n) | {"reverse_kl": n - 1 - jnp.log(n) / 2},
    },
)
def best_of_n_divergences(n: Numbers) -> dict[str, jax.Array]:
    r"""Divergences between the best of n independent samples and one sample.

    The rank of the best sample is Beta(n, 1), that of one sample uniform; so for every reward law
    without atoms

    $$D(\mathrm{BoN}\|\mathrm{ref})=\ln n-\frac{n-1}n,\quad D(\mathrm{ref}\|\mathrm{BoN})=n-1-\ln n,
      \quad \chi^2=\frac{(n-1)^2}{2n-1},$$
    $$\mathrm{TV}=n^{-1/(n-1)}\Big(1-\frac1n\Big),\quad H^2=1-\frac{2\sqrt n}{n+1}.$$

    Args:
      n: number of samples, real, from 1 to 1e150; arrays give arrays.

    Returns a mapping: `kl` and `reverse_kl` in nats, `chi2` of the best from one sample, `tv` (half
    the L1 distance), `hellinger2` (1 - int sqrt(pq)). Relative accuracy 1e-14, also next to n = 1.
    With atoms in the reward law they are upper bounds: see `best_of_n_pmf`.

    Raises:
      InputError: n outside [1, 1e150].

    Source: arXiv:2401.01879, arXiv:2406.00832; derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print({name: f"{value:.6f}" for name, value in selection.best_of_n_divergences(4).items()})
    {'kl': '0.636294', 'reverse_kl': '1.613706', 'chi2': '1.285714', 'tv': '0.472470', 'hellinger2': '0.200000'}
    """  # noqa: E501
    return _divergences(n)


def _renyi(n, order):
    n, order = (jnp.asarray(x, jnp.result_type(float)) for x in (n, order))
    more = n - 1
    high = order >= 0.5
    # each of the two is a sum of terms that hardly cancel, also next to n = 1 and order 1
    safe = jnp.where(high, order, 1.0)
    share = more / n
    above = _kl(n) + share * one_minus_log1p_over((safe - 1) * share)
    safe = jnp.where(high, 0.25, order)
    close = more < 1
    near = jnp.where(close, more, 0.0)
    near = log1p_minus(safe * near) - safe * log1p_minus(near)
    far = jnp.log1p(safe * more) - safe * jnp.log(n)
    return jnp.where(high, above, jnp.where(close, near, far) / (1 - safe))


@law(
    kind=Exact(floor=0.02),
    formula=r"\frac{1}{a-1}\ln\frac{n^a}{a(n-1)+1}",
    source="derived here (section 1)",
    relative=1e-14,
    absolute=1e-300,
    holds={"n": HOLDS, "order": positive()},
    gives=nonnegative(),
    domain={"n": N, "order": log_reals(0.05, 50.0)},
    simulated={"n": log_integers(2, 32), "order": log_reals(0.25, 3.0)},
    mutants={
        "order of the dual": lambda n, order: _renyi(n, order) * order,
        "one sample more": lambda n, order: _renyi(n + 1, order),
    },
)
def renyi_divergence(n: Numbers, order: Numbers) -> jax.Array:
    r"""Renyi divergence of the best of n independent samples from one sample.

    $$D_a(\mathrm{BoN}\|\mathrm{ref})=\frac1{a-1}\ln\frac{n^a}{a(n-1)+1}
      =\ln n-\frac{\ln(1+(a-1)\frac{n-1}n)}{a-1}$$

    Args:
      n: number of samples, real, from 1 to 1e150.
      order: a > 0; 1 gives the Kullback-Leibler divergence, and there it is smooth.

    Arrays broadcast. Returns the divergence in nats, for any reward law without atoms; ln n, the
    most it can be, is the limit of large orders. Relative accuracy 1e-14, also next to n = 1 and
    for small orders, where it goes to 0.

    Raises:
      InputError: n outside [1, 1e150] or order <= 0.

    Source: derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print([f"{selection.renyi_divergence(4, order):.6f}" for order in (0.5, 1, 2)])
    ['0.446287', '0.636294', '0.826679']
    """
    return _renyi(n, order)


@law(
    kind=Exact(),
    formula=r"\frac{n}{n+1}",
    source="arXiv:2406.00832; derived here (section 1)",
    relative=1e-15,
    holds={"n": HOLDS},
    gives=probability(),
    domain={"n": N},
    simulated={"n": log_integers(1, 8)},  # beyond, it hardly depends on n
    mutants={"one sample less": lambda n: (n - 1) / n, "one sample more": lambda n: n / (n + 2)},
)
def win_rate(n: Numbers) -> jax.Array:
    r"""Probability that the best of n samples beats one further sample.

    $$\frac{n}{n+1}$$

    Args:
      n: number of samples, real, from 1 to 1e150; arrays give arrays.

    Exact for any reward law without atoms; relative accuracy 1e-15.

    Raises:
      InputError: n outside [1, 1e150].

    Source: arXiv:2406.00832; derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print(selection.win_rate(3))
    0.75
    """
    return 1 / (1 + 1 / jnp.asarray(n, jnp.result_type(float)))
