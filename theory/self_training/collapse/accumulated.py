"""Samples that are kept, and tokens that are drawn again: what diversity is left."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jtts.domain import log_integers
from jtts.kinds import Exact, Limit
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import probability, whole
from jtts.special import at_most_one, log_beta_ratio
from jtts.theory.associative_memory.powers import kept

MOST = 10**9


@jax.jit
def _accumulated(n, t):
    n, t = jnp.broadcast_arrays(jnp.asarray(n, float), jnp.asarray(t, float))
    z = 1 / jnp.sqrt(n)
    endless = jnp.isinf(t)
    last = log_beta_ratio(z, z, jnp.where(endless, 1.0, t) + 1 - z)
    return jnp.exp(log_beta_ratio(z, z, 1 - z) - jnp.where(endless, 0.0, last))


@law(
    kind=Exact(),
    formula=r"\prod_{j=1}^{t} \Big(1 - \frac{1}{n j^2}\Big)",
    source="derived here (section 3); accumulating: arXiv:2404.01413, arXiv:2410.22812",
    relative=1e-12,
    holds={"n": whole(2, MOST), "t": whole(0, MOST, endless=True)},
    gives=probability(),
    domain={"n": log_integers(2, 1000), "t": log_integers(1, 1000)},
    simulated={"n": log_integers(2, 8), "t": log_integers(1, 12)},
    mutants={
        "replaced": lambda n, t: (1 - 1 / n) ** t,
        "unbiased": lambda n, t: 1.0 + 0 * n * t,
        "the first generation alone": lambda n, t: 1 - 1 / n + 0 * t,
    },
)
def accumulated_variance(n: Numbers, t: Numbers) -> jax.Array:
    r"""Mean variance of a normal law fitted to all samples of t generations, none thrown away.

    Generation 1 is n real samples of N(0, 1), each later one adds n of the model before; mean and
    (likelihood) variance are fitted to all. Then

    $$E\,\sigma_t^2=\prod_{j\le t}\Big(1-\frac1{nj^2}\Big)\to\frac{\sin z}z,\quad z=\pi/\sqrt n$$

    and $E\,\mu_t^2=1-E\,\sigma_t^2$: no collapse. The diversity $1-\sum p^2$ of a categorical law
    refitted so keeps the same share.

    Args:
      n: samples of a generation, whole, from 2 to 1e9.
      t: generations, whole, from 0 to 1e9, or infinite.

    Arrays broadcast; in units of the real variance. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, self_training section 3); loops that accumulate are those of
    arXiv:2404.01413 and arXiv:2410.22812.

    >>> import numpy as np
    >>> from jtts.theory import self_training
    >>> print(self_training.accumulated_variance(10, [5, np.inf]).round(11))
    [0.85887726 0.84343586]
    """
    return _accumulated(n, t)


def _parts(n, real):
    n, real = jnp.asarray(n, float), jnp.asarray(real, float)
    r, s = real / n, (n - real) / n
    return r * (n * (1 + s) - 1), r * n * (1 + s) + s, r * (1 + s) + s / n


@jax.jit
def _diversity(n, real, t):
    stays, whole_, fading = _parts(n, real)
    return at_most_one((stays + kept(fading, t)) / whole_)


TOKENS = {"n": whole(1, MOST), "real": whole(0, MOST)}
JOINTLY = {"real must be at most n": lambda n, real: real <= n}


@law(
    kind=Exact(),
    formula=r"1 - \frac{1 - (s^2 - s/n)^t}{n (1 - s^2) + s},\; s = 1 - n_r/n",
    source="derived here (section 3)",
    relative=1e-12,
    absolute=1e-300,
    holds=TOKENS | {"t": whole(0, MOST)},
    jointly=JOINTLY,
    gives=probability(),
    domain={"n": log_integers(20, 1000), "real": log_integers(1, 20), "t": log_integers(1, 1000)},
    simulated={"n": log_integers(8, 16), "real": log_integers(1, 8), "t": log_integers(1, 16)},
    mutants={
        "no real data": lambda n, real, t: (1 - 1 / n) ** t + 0 * real,
        "a long run": lambda n, real, t: _diversity(n, real, 10**9) + 0 * t,
        "s for its square": lambda n, real, t: 1 - 1 / (n * real / n + (1 - real / n)) + 0 * t,
    },
)
def resampling_diversity(n: Numbers, real: Numbers, t: Numbers) -> jax.Array:
    r"""Share of diversity left after t generations of drawing tokens from the last n tokens.

    Each generation has n tokens: n_r drawn from the real law and the others from the tokens of the
    generation before (Wright and Fisher's model, with immigration). Of $H=1-\sum_ap_a^2$ of the
    real law, whatever that is, the mean share left is

    $$1-\frac{1-(s^2-s/n)^t}{n(1-s^2)+s},\quad s=1-n_r/n$$

    which is (1 - 1/n)^t without real data. Generation 0 is the real law itself.

    Args:
      n: tokens of a generation, whole, from 1 to 1e9.
      real: n_r, fresh real ones among them, whole, from 0 to n.
      t: generations, whole, from 0 to 1e9.

    Arrays broadcast. Relative accuracy 1e-12, down to 1e-300.

    Raises:
      InputError: an argument out of its range, or more real tokens than n.

    Source: derived here (docs, self_training section 3).

    >>> from jtts.theory import self_training
    >>> print(self_training.resampling_diversity(10, [0, 2], 5).round(5))
    [0.59049 0.78524]
    """
    return _diversity(n, real, t)


@jax.jit
def _limit(n, real):
    stays, whole_, _ = _parts(n, real)
    return stays / whole_


def _fading(t, point):
    s = 1 - point["real"] / point["n"]
    return (s * s - s / point["n"]) ** t


@law(
    kind=Limit(of=resampling_diversity, argument="t", values=(8.0, 12.0, 16.0), gap=_fading),
    formula=r"1 - \frac{1}{n (1 - s^2) + s},\; s = 1 - n_r/n",
    source="derived here (section 3)",
    relative=1e-13,
    holds=TOKENS,
    jointly=JOINTLY,
    gives=probability(),
    domain={"n": log_integers(8, 16), "real": log_integers(1, 8)},
    mutants={
        "s for its square": lambda n, real: 1 - 1 / (real + 1 - real / n),
        "no own tokens": lambda n, real: 1 - 1 / n + 0 * real,
    },
)
def resampling_diversity_limit(n: Numbers, real: Numbers) -> jax.Array:
    r"""Share of diversity that is left in the long run, with n_r fresh real tokens in n.

    The limit of `resampling_diversity`:

    $$1-\frac1{n(1-s^2)+s},\quad s=1-n_r/n$$

    0 without real data; two thirds are kept by a single real token among many.

    Args:
      n: tokens of a generation, whole, from 1 to 1e9.
      real: n_r, fresh real ones among them, whole, from 0 to n.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range, or more real tokens than n.

    Source: derived here (docs, self_training section 3).

    >>> from jtts.theory import self_training
    >>> print(self_training.resampling_diversity_limit(100, [0, 1, 10]).round(8))
    [0.         0.66442953 0.94974874]
    """
    return _limit(n, real)
