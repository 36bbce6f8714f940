"""Plurality vote among several answers."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import gammaln

from jtts.arguments import InputError, concrete, require_nonnegative, require_whole
from jtts.domain import choices, log_integers
from jtts.kinds import Exact
from jtts.laws import law

MOST = 1000  # votes
CIRCLE = 1024  # roots of unity, above MOST


def _plurality(n, probabilities, ties=True):
    p = jnp.asarray(probabilities, jnp.result_type(float))
    p = p / jnp.sum(p, -1, keepdims=True)
    n = jnp.asarray(n, jnp.result_type(float))
    shape = jnp.broadcast_shapes(n.shape, p.shape[:-1])
    n = jnp.broadcast_to(n, shape).ravel()
    p = jnp.broadcast_to(p, (*shape, p.shape[-1])).reshape(-1, p.shape[-1])
    accuracy = lax.map(lambda point: _one_plurality(point[0], point[1], ties), (n, p))
    return accuracy.reshape(shape)


def _one_plurality(n, p, ties):
    """Counts as Poisson variables of means n p, given that they add up to n.

    The winner has j votes, s others as many and the rest fewer; 1/(1 + s) is the integral of y^s.
    The condition is a mean over the unit circle of the generating function.
    """
    nodes, weights = np.polynomial.legendre.leggauss(p.shape[0] // 2 + 1)
    nodes, weights = (nodes + 1) / 2, weights / 2
    turn = np.exp(2j * np.pi * np.arange(CIRCLE) / CIRCLE)
    means = n * p

    def with_winner_at(j, state):
        term, fewer, total = state
        fewer = fewer + term
        term = term * means[:, None] * turn / j
        tied = nodes[:, None, None] * term[1:] if ties else 0.0
        total += term[0] * (weights @ jnp.prod(fewer[1:] + tied, 1))
        return term, fewer, total

    start = jnp.exp(-means)[:, None] * jnp.ones(CIRCLE, complex)
    state = start, jnp.zeros_like(start), jnp.zeros(CIRCLE, complex)
    total = lax.fori_loop(1, n.astype(int) + 1, with_winner_at, state)[2]
    log_given = gammaln(n + 1) + n - n * jnp.log(n)  # 1 / P(the counts add up to n)
    back = jnp.exp(-2j * np.pi * jnp.mod(n * np.arange(CIRCLE), CIRCLE) / CIRCLE)
    whole = (n == jnp.round(n)) & (n <= MOST)
    return jnp.where(whole, jnp.exp(log_given) * jnp.mean(total * back).real, jnp.nan)


@law(
    kind=Exact(),
    formula=r"\sum_j E\,\frac{1[N_1 = j \ge N_a]}{\#\{a: N_a = j\}}",
    source="derived here (section 3); arXiv:2408.00724",
    domain={
        "n": log_integers(1, MOST),
        "probabilities": choices(
            np.array([0.4, 0.3, 0.2, 0.1]),
            np.array([0.3, 0.4, 0.2, 0.1]),
            np.array([0.35, 0.35, 0.3]),
        ),
    },
    simulated={"n": log_integers(1, 200)},
    mutants={
        "ties lost": lambda n, probabilities: _plurality(n, probabilities, ties=False),
        "one vote more": lambda n, probabilities: _plurality(n + 3, probabilities),
    },
)
def plurality_accuracy(n, probabilities):
    r"""Probability that the most frequent of n independent answers is the first one.

    Ties are broken at random, every tied answer with the same chance. With generating functions of
    Poisson counts, $x = n e^{i\varphi}$ and $t_a = e^{-n p_a}(p_a x)^j/j!$,

    $$\frac{n!\,e^n}{n^n} \sum_{j} \Big\langle e^{-in\varphi} t_1
      \int_0^1 dy \prod_{a>1} \Big(\sum_{i<j} \frac{(p_a x)^i}{i!} e^{-np_a} + y\,t_a\Big)
      \Big\rangle_\varphi .$$

    Args:
      n: number of answers, whole, at most 1000; NaN for any other that is traced.
      probabilities: of each answer, [..., answers], the first one being the right answer; divided
        by their sum.

    Arrays broadcast. Absolute accuracy 1e-13.

    Raises:
      InputError: n not a whole number up to 1000, or probabilities negative or all zero.

    Source: derived here (docs, voting section 3); arXiv:2408.00724.

    >>> from jtts.theory import voting
    >>> print(f"{voting.plurality_accuracy(11, [0.4, 0.3, 0.2, 0.1]):.10f}")
    0.5814529024
    """
    require_whole(1, n=n)
    known = concrete(n)
    if known is not None and np.any(known > MOST):
        raise InputError(f"n must be at most {MOST}, got {known.max():g}")
    require_shares(probabilities=probabilities)
    return _plurality(n, probabilities)


def require_shares(**values):
    """Raise InputError naming the first argument that is no list of shares."""
    require_nonnegative(**values)
    for name, value in values.items():
        known = concrete(value)
        if known is not None and (known.ndim == 0 or not np.all(known.sum(-1) > 0)):
            raise InputError(f"{name} must be a list of shares, not all zero, got {value}")


def _winner_share(probabilities, ties=True):
    p = jnp.asarray(probabilities, jnp.result_type(float))
    top = p == jnp.max(p, -1, keepdims=True)
    return top[..., 0] / (jnp.sum(top, -1) if ties else 1)


def plurality_limit(probabilities):
    r"""Accuracy of the plurality of endless answers: 1 if the first answer is the modal one.

    A tie between the most probable answers is broken at random.

    Args:
      probabilities: of each answer, [..., answers]; the first is the right one.

    Raises:
      InputError: probabilities negative or all zero.

    Source: derived here (docs, voting section 3).

    >>> from jtts.theory import voting
    >>> print(voting.plurality_limit([0.4, 0.4, 0.2]))
    0.5
    """
    require_shares(probabilities=probabilities)
    return _winner_share(probabilities)


def plurality_error_exponent(probabilities):
    r"""Rate at which the error of the plurality vanishes, where the first answer is the modal one.

    $$-\lim \frac1n \ln(1 - A_n) = -\ln\big(1 - (\sqrt{p_1} - \sqrt{p_2})^2\big)$$

    with p_2 the most probable of the others; 0 where the first answer is not the modal one.

    Args:
      probabilities: of each answer, [..., answers]; the first is the right one.

    Raises:
      InputError: probabilities negative or all zero.

    Source: derived here (docs, voting section 3).

    >>> from jtts.theory import voting
    >>> print(f"{voting.plurality_error_exponent([0.6, 0.4]):.6f}")
    0.020411
    """
    require_shares(probabilities=probabilities)
    p = jnp.asarray(probabilities, jnp.result_type(float))
    p = p / jnp.sum(p, -1, keepdims=True)
    gap = jnp.sqrt(p[..., 0]) - jnp.sqrt(jnp.max(p[..., 1:], -1))
    return -jnp.log1p(-(jnp.maximum(gap, 0.0) ** 2))
