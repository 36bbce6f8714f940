"""Best-of-k at one input, expanded at large k."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jtts.domain import log_reals, reals
from jtts.kinds import Expansion
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between
from jtts.regression import Judge
from jtts.theory.best_of_k.domains import PLACES
from jtts.theory.best_of_k.pointwise import pointwise_error


def _moments(k, c, terms=2):
    """E(z* - c) and E(z* - c)^2 to the second term.

    With p the chance that a candidate is nearer than r, p = 2 f r + f'' r^3 / 3 + ..., a power p^m
    averages to m! k! / (k + m)!, and r is a series in p.
    """
    spacing = np.pi / 2 * jnp.exp(c**2)  # 1 / (2 f)^2
    # f'/f, f''/f and f'''/f of the normal density at c
    first, second, third = -c, c**2 - 1, -c * (c**2 - 3)
    square = 2 * spacing / (k + 1) / (k + 2)
    fourth = 12 * square * spacing / (k + 3) / (k + 4)
    late = fourth if terms > 1 else 0.0
    # r^2 = x^2 - (f''/3f) x^4 with x = p / (2 f); the mean shift at distance r is
    # r^2 (f'/f) (1 + r^2 (f'''/(6 f') - f''/(2 f)))
    return (
        first * square + (third / 6 - first * second / 2 - first * second / 3) * late,
        square - second / 3 * late,
    )


def _expanded(k, mean, predictive_var, target, judge, terms=2, cross=1.0):
    k = jnp.asarray(k, jnp.result_type(float))
    scale = jnp.sqrt(jnp.asarray(predictive_var, jnp.result_type(float)))
    shift, square = _moments(k, (judge - mean) / scale, terms)
    miss = judge - target
    return predictive_var * square + cross * 2 * scale * miss * shift + miss**2


@law(
    kind=Expansion(of=pointwise_error, argument="k", values=(32.0, 64.0, 128.0, 256.0), order=6),
    formula=r"(r-t)^2 + s^2\mu_2 + 2s(r-t)\mu_1,\;"
    r"\mu_2 = \frac{1}{2f^2(k+1)(k+2)} - \frac{f''}{2f^5(k+1)\cdots(k+4)}",
    source="derived here (section 5); the first term with the teacher as judge: arXiv:2512.19905",
    relative=1e-10,
    holds=PLACES | {"k": between(1, 1e150)},
    jointly={
        "judge must lie within 18 standard deviations of mean": (
            lambda mean, predictive_var, judge: (judge - mean) ** 2 <= 18**2 * predictive_var
        )
    },
    # the series is in 1 / (k f)^2: judges amid the candidates
    domain={
        "mean": reals(-0.5, 0.5),
        "predictive_var": log_reals(0.5, 4.0),
        "target": reals(-0.5, 0.5),
        "judge": reals(-0.5, 0.5),
    },
    mutants={
        "one term": lambda k, **places: _expanded(k, **places, terms=1),
        "k^2 for (k+1)(k+2)": lambda k, **places: _expanded(k - 1.5, **places),
        "flipped cross term": lambda k, **places: _expanded(k, **places, cross=-1.0),
    },
)
def pointwise_large_k_error(
    k: Numbers, *, mean: Numbers, predictive_var: Numbers, target: Numbers, judge: Judge
) -> jax.Array:
    r"""Error of the candidate nearest to the judge at one input, to the second term at large k.

    With c = (r - m)/s and f the standard normal density there,

    $$\delta_k = (r-t)^2 + s^2 \mu_2 + 2 s (r-t) \mu_1 + O(k^{-6}),$$
    $$\mu_2 = \frac{1}{2f^2(k+1)(k+2)} - \frac{f''}{2f^5 (k+1)(k+2)(k+3)(k+4)},\quad
      \mu_1 = \frac{f'}{f}\cdot\frac{1}{2f^2(k+1)(k+2)}
        + \frac{f''' - 5 f'f''/f}{4f^5 (k+1)(k+2)(k+3)(k+4)}.$$

    Powers of k+1, k+2, ... in place of k absorb all corrections of odd order: with the teacher as
    judge $\pi s^2 e^{c^2}/((k+1)(k+2))$ is right to O(k^-4), where k^2 is to O(k^-3).

    Args:
      k: number of candidates, up to 1e150 and large: k f >> 1, that is
        k >> sqrt(2 pi) exp(c^2 / 2).
      mean, predictive_var: m(x), and s^2(x) > 0.
      target, judge: t(x) and r(x).

    All broadcast. Returns the error in squared units of y, to the noiseless target, at temperature
    0; a small one changes nothing while T << s^2 exp(c^2) / k^2. The formula itself is computed to
    1e-10 of its largest term, for |c| up to 18.

    Raises:
      InputError: k < 1, predictive_var <= 0, or a judge beyond 18 s.

    Source: derived here (docs, best-of-k section 5). The first term with the teacher as judge is in
    arXiv:2512.19905, with k^2.

    >>> from jtts.theory import best_of_k
    >>> point = dict(mean=0.0, predictive_var=1.0, target=0.5, judge=0.5)
    >>> exact = best_of_k.pointwise_error(64, **point)
    >>> print(f"{exact / best_of_k.pointwise_large_k_error(64, **point):.7f}")
    1.0000056
    """
    return _expanded(k, mean, predictive_var, target, judge)
