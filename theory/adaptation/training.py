"""One gradient step at test time, for a layer that learns in context (after arXiv:2503.11842)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import choices, reals
from jtts.kinds import Exact, Limit, Minimizer, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import between, nonnegative, whole

SIZES = {
    "num_examples": whole(1, 10**5),
    "num_training": whole(1, 10**9),
    "dim": whole(1, 10**5),
    "noise_var": nonnegative(1e6),
    "pretrained_gain": between(0, 1),
}
DRAW = {
    "num_examples": choices(10, 16, 24, 40),
    "num_training": choices(5, 12, 30),
    "dim": choices(4, 8),
    "noise_var": reals(0.0, 0.5),
    "pretrained_gain": choices(0.0, 0.4, 0.7),
}
STEPS = {4: 0.03, 8: 0.015}


def _floats(*values):
    return jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in values))


def parts(num_examples, num_training, dim, noise_var, pretrained_gain):
    """Error over alpha is [T + 2 alpha C + alpha^2 Q] / d; with |w|^2 = d.

    The context vector is u = (|w| c + sigma sqrt(c) g) w / (n |w|) + (sqrt((d + sigma^2) c) / n)
    times standard normals across w, c ~ chi^2 of n: averages are polynomials. Sums of what cannot
    be negative, where they can be.
    """
    n, m, d, s2, g = _floats(num_examples, num_training, dim, noise_var, pretrained_gain)
    root, total, across = jnp.sqrt(d), d + s2, d - 1
    # mean powers of c over those of n
    two = 1 + 2 / n
    three = two * (1 + 4 / n)
    four = three * (1 + 6 / n)
    along, side = d * two + s2 / n, total / n  # squares of u along and across w
    third = d * root * three + 3 * root * s2 * two / n
    fourth = d**2 * four + 6 * d * s2 * three / n + 3 * s2**2 * two / n**2
    mixed = root * total * across * two / n
    mixed_2 = total * across * (d * three / n + s2 * two / n**2)
    across_4 = total**2 * across * (across + 2) * two / n**2
    short = d * (1 - g) - g * (2 * d + s2) / n  # d - g along
    start = d * (1 - g) ** 2 + g**2 * ((2 * d + s2) / n + side * across)
    slope = -(short**2) - (g * side) ** 2 * across
    residual = along * (d * along - 2 * root * g * third + g**2 * (fourth + mixed_2)) + side * (
        d * side * across - 2 * root * g * mixed + g**2 * (mixed_2 + across_4)
    )
    bend = (1 + (d + 1) / m) * residual + s2 * d / m * (along**2 + across * side**2)
    return start, slope, bend


@jax.jit
def trained(step_size, num_examples, num_training, dim, noise_var, pretrained_gain):
    start, slope, bend = parts(num_examples, num_training, dim, noise_var, pretrained_gain)
    # about the best step: a sum of two squares
    best = -slope / bend
    away = bend * (step_size - best) ** 2
    return (start - slope**2 / bend + away) / dim


def _shifted(**change):
    """The error with some sizes changed."""

    def mutant(**given):
        given = given | {name: f(given) for name, f in change.items()}
        return trained(**given)

    return lambda step_size, num_examples, num_training, dim, noise_var, pretrained_gain: mutant(
        step_size=step_size,
        num_examples=num_examples,
        num_training=num_training,
        dim=dim,
        noise_var=noise_var,
        pretrained_gain=pretrained_gain,
    )


@law(
    kind=Exact(),
    formula=r"\frac1d \big[T + 2 \alpha C + \alpha^2 Q\big]",
    source="derived here (section 2); the question: arXiv:2503.11842",
    relative=1e-9,
    absolute=1e-10,
    holds={"step_size": between(-10, 10)} | SIZES,
    gives=nonnegative(),
    # long steps and few pairs, where a pair more shows
    domain=DRAW | {"step_size": reals(0.0, 0.06), "num_training": choices(1, 2, 5, 30)},
    mutants={
        "of the training pairs one more": _shifted(num_training=lambda at: at["num_training"] + 1),
        "of the context one more": _shifted(num_examples=lambda at: at["num_examples"] + 1),
        "half the step": _shifted(step_size=lambda at: at["step_size"] / 2),
    },
)
def test_time_training_error(
    step_size: Numbers,
    num_examples: Numbers,
    num_training: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    pretrained_gain: Numbers,
) -> jax.Array:
    r"""Error of a linear-attention layer after one gradient step on pairs of the task at hand.

    A context of n pairs gives u = X'y/n, and the layer predicts x'Wu, W = g I after pretraining
    (the best g is n/(n + d + 1 + sigma^2); 0 is a cold start). m further pairs of the task, with
    that context, give one step on their squared error,
    $W_1=W+\frac\alpha m\sum_i x_i(y_i-x_i'Wu)u'$, and the error is that of a fresh context:

    $$E|W_1u'-w|^2/d=\frac1d\big[T+2\alpha C+\alpha^2Q\big]$$

    polynomials of n, m, d, sigma^2 and g, in the docs; |w|^2 = d.

    Args:
      step_size: alpha, from -10 to 10.
      num_examples: n of a context, whole, to 1e5.
      num_training: m, whole, to 1e9.
      dim: d, whole, to 1e5.
      noise_var: sigma^2 of a label, to 1e6.
      pretrained_gain: g, from 0 to 1.

    Arrays broadcast. Accuracy 1e-9 relative and 1e-10 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, adaptation section 2); the question is that of arXiv:2503.11842.

    >>> from jtts.theory import adaptation
    >>> found = adaptation.test_time_training_error(0.0543361435344, 16, 12, 8, 0.25, 0.0)
    >>> print(f"{found:.12f}")
    0.565310851724
    """
    return trained(step_size, num_examples, num_training, dim, noise_var, pretrained_gain)


@jax.jit
def _best(num_examples, num_training, dim, noise_var, pretrained_gain):
    start, slope, bend = parts(num_examples, num_training, dim, noise_var, pretrained_gain)
    return -slope / bend, (start - slope**2 / bend) / dim


def _least(value, **point):
    """A claimed least error less that of a search over steps."""
    found = scipy.optimize.minimize_scalar(
        lambda x: float(trained(x * STEPS[point["dim"]], **point))
    )
    return value - found.fun


@law(
    kind=Minimizer(
        of=trained,
        argument="step_size",
        candidates=lambda point: np.linspace(0, 10 * STEPS[point["dim"]], 21),
    ),
    formula=r"-C/Q",
    source="derived here (section 2); the question: arXiv:2503.11842",
    relative=1e-9,
    absolute=1e-12,
    holds=SIZES,
    gives=nonnegative(),
    domain=DRAW,
    mutants={
        "d for d + 1": lambda num_examples, num_training, dim, noise_var, pretrained_gain: (
            _best(num_examples, num_training, dim, noise_var, pretrained_gain)[0]
            * (1 + (dim + 1) / num_training)
            / (1 + dim / num_training)
        ),
        "cold": lambda num_examples, num_training, dim, noise_var, pretrained_gain: _best(
            num_examples, num_training, dim, noise_var, 0 * pretrained_gain
        )[0],
    },
)
def best_test_time_training_step(
    num_examples: Numbers,
    num_training: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    pretrained_gain: Numbers,
) -> jax.Array:
    r"""Step size at which `test_time_training_error` is least, -C/Q.

    Arguments are the same. Arrays broadcast. Accuracy 1e-9 relative and 1e-12 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, adaptation section 2); the question is that of arXiv:2503.11842.

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.best_test_time_training_step(16, 12, 8, 0.25, 0.0):.13f}")
    0.0543361435344
    """
    return _best(num_examples, num_training, dim, noise_var, pretrained_gain)[0]


@law(
    kind=Root(residual=_least, bracket=lambda **point: (0.0, 3.0), detects=0.01),
    formula=r"\frac1d \big[T - C^2 / Q\big]",
    source="derived here (section 2); the question: arXiv:2503.11842",
    relative=1e-9,
    absolute=1e-10,
    holds=SIZES,
    gives=nonnegative(),
    domain=DRAW,
    mutants={
        "no training": lambda num_examples, num_training, dim, noise_var, pretrained_gain: trained(
            0.0, num_examples, num_training, dim, noise_var, pretrained_gain
        ),
        "its own context": lambda num_examples, num_training, dim, noise_var, pretrained_gain: (
            _best(num_examples, num_training, dim, noise_var, pretrained_gain)[1]
            * (dim + 1) / (dim + 1 + num_training)
        ),
    },
)  # fmt: skip
def best_test_time_training_error(
    num_examples: Numbers,
    num_training: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    pretrained_gain: Numbers,
) -> jax.Array:
    r"""`test_time_training_error` at its best step size.

    $$\frac1d\big[T-C^2/Q\big]$$

    Arguments are the same. Many training pairs favour a cold start: what context noise the
    pretrained map lets in stays. Arrays broadcast. Accuracy 1e-9 relative and 1e-10 absolute.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, adaptation section 2); the question is that of arXiv:2503.11842.

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.best_test_time_training_error(16, 12, 8, 0.25, 0.0):.12f}")
    0.565310851724
    """
    return _best(num_examples, num_training, dim, noise_var, pretrained_gain)[1]


def _limit(context_noise, training_ratio, noise_ratio, pretrained_gain):
    q, kappa, r, g = _floats(context_noise, training_ratio, noise_ratio, pretrained_gain)
    kept, let_in = (1 - g) ** 2, g**2 * q
    start = kept + let_in
    # start - kept^2 / (start (1 + kappa) + kappa r), without the difference
    rest = kappa * (start + r) + let_in
    return jnp.where(kept > 0, let_in + kept * rest / (kept + rest), let_in)


def _at_dim(dim, context_noise, training_ratio, noise_ratio, pretrained_gain):
    n, m = (1 + noise_ratio) * dim / context_noise, dim / training_ratio
    return _best(n, m, dim, noise_ratio * dim, pretrained_gain)[1]


@law(
    kind=Limit(
        of=_at_dim,
        argument="dim",
        values=(500.0, 1000.0, 2000.0, 4000.0, 8000.0),
        gap=lambda dim, point: 1 / dim,
    ),
    formula=r"E_0 - \frac{(1-g)^4}{E_0 (1 + \kappa) + \kappa r},\; E_0 = (1-g)^2 + g^2 q",
    source="derived here (section 2); the question: arXiv:2503.11842",
    relative=1e-12,
    holds={
        "context_noise": nonnegative(1e6),
        "training_ratio": nonnegative(1e6),
        "noise_ratio": nonnegative(1e6),
        "pretrained_gain": between(0, 1),
    },
    gives=nonnegative(),
    domain={
        "context_noise": reals(0.2, 1.5),
        "training_ratio": reals(0.1, 2.0),
        "noise_ratio": reals(0.0, 0.5),
        "pretrained_gain": choices(0.0, 0.4, 0.7),
    },
    mutants={
        "noise of a label once": lambda context_noise, training_ratio, noise_ratio,
        pretrained_gain: _limit(context_noise, training_ratio, 0 * noise_ratio, pretrained_gain)
        * (1 + 0.05 * noise_ratio),
        "no training": lambda context_noise, training_ratio, noise_ratio, pretrained_gain: (
            (1 - pretrained_gain) ** 2 + pretrained_gain**2 * context_noise + 0 * training_ratio
        ),
    },
)  # fmt: skip
def limit_test_time_training_error(
    context_noise: Numbers,
    training_ratio: Numbers,
    noise_ratio: Numbers,
    pretrained_gain: Numbers,
) -> jax.Array:
    r"""`best_test_time_training_error` for large dimensions.

    $$E_0-\frac{(1-g)^4}{E_0(1+\kappa)+\kappa r},\quad E_0=(1-g)^2+g^2q$$

    for n, m and d that grow together, with corrections of relative size 1/d. From the best g and
    without noise training gains $(d/(n+d))^3\,m/(m+d)$; a cold start reaches
    $\kappa(1+r)/(1+\kappa(1+r))$, which without noise is better where m > (n+d)^2/(n+2d). At d of
    some tens these limits are far off: use the exact law.

    Args:
      context_noise: q = (1 + r) d/n, to 1e6.
      training_ratio: kappa = d/m, to 1e6.
      noise_ratio: r = sigma^2/d, to 1e6.
      pretrained_gain: g, from 0 to 1.

    Arrays broadcast. Relative accuracy 1e-12.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, adaptation section 2); that cold and warm starts change places is
    of arXiv:2503.11842.

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.limit_test_time_training_error(0.55, 0.25, 0.1, 0.0):.10f}")
    0.2156862745
    """
    return _limit(context_noise, training_ratio, noise_ratio, pretrained_gain)


def _same(step_size, num_training, dim, noise_var, start_error):
    a, m, d, s2, e = _floats(step_size, num_training, dim, noise_var, start_error)
    return e * ((1 - a) ** 2 + a**2 * (d + 1) / m) + a**2 * s2 * d / m


@law(
    kind=Exact(),
    formula=r"E_0 \big[(1-a)^2 + a^2 \tfrac{d+1}{m}\big] + a^2 \sigma^2 \tfrac dm",
    source="derived here (section 3); the question: arXiv:2503.11842",
    relative=1e-13,
    holds={
        "step_size": between(-100, 100),
        "num_training": whole(1, 10**9),
        "dim": whole(1, 10**9),
        "noise_var": nonnegative(1e100),
        "start_error": nonnegative(1e100),
    },
    gives=nonnegative(),
    domain={
        "step_size": reals(0.1, 1.0),
        "num_training": choices(5, 12, 30),
        "dim": choices(4, 8),
        "noise_var": reals(0.0, 1.0),
        "start_error": reals(0.5, 8.0),
    },
    mutants={
        "d for d + 1": lambda step_size, num_training, dim, noise_var, start_error: (
            _same(step_size, num_training, dim, noise_var, start_error)
            - start_error * step_size**2 / num_training
        ),
        "no noise": lambda step_size, num_training, dim, noise_var, start_error: _same(
            step_size, num_training, dim, 0 * noise_var, start_error
        ),
    },
)
def same_prompt_training_error(
    step_size: Numbers,
    num_training: Numbers,
    dim: Numbers,
    noise_var: Numbers,
    start_error: Numbers,
) -> jax.Array:
    r"""Squared distance to the task's weights after a step at test time, its context used again.

    If the query comes with the context u that was trained on, and the step is a/|u|^2, training is
    one gradient step on the weights w_0 = Wu, from a squared distance E_0:

    $$E_0\Big[(1-a)^2+a^2\frac{d+1}m\Big]+a^2\sigma^2\frac dm$$

    least at $a^*=1/[1+(d+1)/m+\sigma^2d/(mE_0)]$, where it is E_0 (1 - a*).

    Args:
      step_size: a, from -100 to 100.
      num_training: m fresh pairs, whole, to 1e9.
      dim: d, whole, to 1e9.
      noise_var: sigma^2 of a label, to 1e100.
      start_error: E_0, total over dimensions, to 1e100.

    Arrays broadcast. Returns a total over dimensions. Relative accuracy 1e-13.

    Raises:
      InputError: an argument out of its range.

    Source: derived here (docs, adaptation section 3); the question is that of arXiv:2503.11842.

    >>> from jtts.theory import adaptation
    >>> print(f"{adaptation.same_prompt_training_error(0.5, 12, 8, 0.25, 2.0):.10f}")
    0.9166666667
    """
    return _same(step_size, num_training, dim, noise_var, start_error)
