"""How far best-of-n moves the law of the answer: rewards without atoms, any such law."""

from __future__ import annotations

import jax.numpy as jnp

from jtts.arguments import require_at_least, require_positive
from jtts.domain import log_integers, log_reals
from jtts.kinds import Exact
from jtts.laws import law

N = log_integers(1, 10**9)
SIMULATED_N = log_integers(1, 128)


def _divergences(n, others=1.0, weight=1.0):
    n = jnp.asarray(n, jnp.result_type(float))
    more = n - 1
    alone = more == 0
    # n^(-1/(n-1)) is exp(-1) at n = 1
    crossing = jnp.exp(-jnp.where(alone, 1.0, jnp.log1p(more) / jnp.where(alone, 1.0, more)))
    root = jnp.sqrt(n)
    return {
        "kl": jnp.log1p(more) - others * more / n,
        "reverse_kl": more - weight * jnp.log1p(more),
        "chi2": more**2 / (2 * n - others),
        "tv": crossing * more / n,
        "hellinger2": (more / (root + 1)) ** 2 / (n + weight),
    }


@law(
    kind=Exact(floor=0.02),
    formula=r"\ln n-\tfrac{n-1}n,\; n-1-\ln n,\; \tfrac{(n-1)^2}{2n-1},\;"
    r" n^{-1/(n-1)}(1-\tfrac1n),\; 1-\tfrac{2\sqrt n}{n+1}",
    source="arXiv:2401.01879, arXiv:2406.00832; derived here (section 1)",
    domain={"n": N},
    simulated={"n": SIMULATED_N},
    mutants={
        "no correction": lambda n: _divergences(n, others=0.0),
        "half a logarithm": lambda n: _divergences(n, weight=0.5),
    },
)
def best_of_n_divergences(n):
    r"""Divergences between the best of n independent samples and one sample.

    The rank of the best sample is Beta(n, 1), that of one sample uniform; so for every reward law
    without atoms

    $$D(\mathrm{BoN}\|\mathrm{ref})=\ln n-\frac{n-1}n,\quad D(\mathrm{ref}\|\mathrm{BoN})=n-1-\ln n,
      \quad \chi^2=\frac{(n-1)^2}{2n-1},$$
    $$\mathrm{TV}=n^{-1/(n-1)}\Big(1-\frac1n\Big),\quad H^2=1-\frac{2\sqrt n}{n+1}.$$

    Args:
      n: number of samples, real and at least 1; arrays give arrays.

    Returns a mapping: `kl` and `reverse_kl` in nats, `chi2` of the best from one sample, `tv` (half
    the L1 distance), `hellinger2` (1 - int sqrt(pq)). Relative accuracy 1e-14 at whole n to 1e15;
    next to n = 1 the differences keep 1e-16 of n - 1. With atoms in the reward law they are upper
    bounds: see `best_of_n_pmf`.

    Raises:
      InputError: n < 1.

    Source: arXiv:2401.01879, arXiv:2406.00832; derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print({name: f"{value:.6f}" for name, value in selection.best_of_n_divergences(4).items()})
    {'kl': '0.636294', 'reverse_kl': '1.613706', 'chi2': '1.285714', 'tv': '0.472470', 'hellinger2': '0.200000'}
    """  # noqa: E501
    require_at_least(1, n=n)
    return _divergences(n)


def _renyi(n, order, shift=0.0):
    n = jnp.asarray(n, jnp.result_type(float))
    excess = jnp.asarray(order, jnp.result_type(float)) - 1
    share = (n - 1) / n
    small = jnp.abs(excess) < 1e-5
    safe = jnp.where(small, 1.0, excess)
    series = share * (1 - excess * share / 2 * (1 - 2 * excess * share / 3))
    ratio = jnp.where(small, series, jnp.log1p(safe * share) / safe)
    return jnp.log(n) - ratio - shift


@law(
    kind=Exact(floor=0.02),
    formula=r"\frac{1}{a-1}\ln\frac{n^a}{a(n-1)+1}",
    source="derived here (section 1)",
    domain={"n": N, "order": log_reals(0.05, 50.0)},
    simulated={"n": log_integers(2, 32), "order": log_reals(0.25, 3.0)},
    mutants={
        "order of the dual": lambda n, order: _renyi(n, order) * order,
        "one sample more": lambda n, order: _renyi(n + 1, order),
    },
)
def renyi_divergence(n, order):
    r"""Renyi divergence of the best of n independent samples from one sample.

    $$D_a(\mathrm{BoN}\|\mathrm{ref})=\frac1{a-1}\ln\frac{n^a}{a(n-1)+1}
      =\ln n-\frac{\ln(1+(a-1)\frac{n-1}n)}{a-1}$$

    Args:
      n: number of samples, real and at least 1.
      order: a > 0; 1 gives the Kullback-Leibler divergence, and there it is smooth.

    Arrays broadcast. Returns the divergence in nats, for any reward law without atoms; ln n, the
    most it can be, is the limit of large orders. Relative accuracy 1e-14.

    Raises:
      InputError: n < 1 or order <= 0.

    Source: derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print([f"{selection.renyi_divergence(4, order):.6f}" for order in (0.5, 1, 2)])
    ['0.446287', '0.636294', '0.826679']
    """
    require_at_least(1, n=n)
    require_positive(order=order)
    return _renyi(n, order)


@law(
    kind=Exact(),
    formula=r"\frac{n}{n+1}",
    source="arXiv:2406.00832; derived here (section 1)",
    domain={"n": N},
    simulated={"n": log_integers(1, 8)},  # beyond, it hardly depends on n
    mutants={"one sample less": lambda n: (n - 1) / n, "one sample more": lambda n: n / (n + 2)},
)
def win_rate(n):
    r"""Probability that the best of n samples beats one further sample.

    $$\frac{n}{n+1}$$

    Args:
      n: number of samples, real and at least 1; arrays give arrays.

    Exact for any reward law without atoms.

    Raises:
      InputError: n < 1.

    Source: arXiv:2406.00832; derived here (docs, selection section 1).

    >>> from jtts.theory import selection
    >>> print(selection.win_rate(3))
    0.75
    """
    require_at_least(1, n=n)
    n = jnp.asarray(n, jnp.result_type(float))
    return n / (n + 1)
