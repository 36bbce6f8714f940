"""Chains whose step was learned from a limited number of prompts."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jax import lax

from jtts.domain import choices, log_integers, log_reals, reals
from jtts.kinds import Asymptotic, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import at_least, between, nonnegative, positive, vector, whole
from jtts.theory.in_context.chain_limits import floats
from jtts.theory.in_context.chains import powers

MOST_STEPS = 1024
LARGEST = 300.0  # log10 of the errors that are told


def _parts(q, om):
    """a^2 and b^2: what a step leaves, and what errors of the step matrix add."""
    return (q / (1 + q)) ** 2, q * om / (1 + q) ** 2


@jax.jit
def _long_context(num_steps, context_noise, pretraining_noise):
    """By the recurrence of Legendre polynomials, in units of their growth."""
    t, q, om = floats(num_steps, context_noise, pretraining_noise)
    kept, added = _parts(q, om)
    # any unit will do: so it has no slope
    root = lax.stop_gradient(jnp.sqrt(kept) + jnp.sqrt(added))
    unit = jnp.where(root > 0, root, 1.0) ** 2
    a, b = kept / unit, added / unit

    def step(last, k):
        before, now = last
        following = ((2 * k - 1) * (a + b) * now - (k - 1) * (a - b) ** 2 * before) / k
        following = jnp.where(k <= t, following, now)
        return (jnp.where(k <= t, now, before), following), None

    ones = jnp.ones_like(a)
    found = lax.scan(step, (0 * ones, ones), jnp.arange(1.0, MOST_STEPS + 1))[0][1]
    return found * jnp.exp(t * jnp.log(unit))


def _representable(num_steps, context_noise, pretraining_noise):
    kept, added = _parts(context_noise, pretraining_noise)
    return num_steps * (kept**0.5 + added**0.5 - 1) <= LARGEST  # 2 log10(1 + x) <= x


@law(
    kind=Asymptotic(size="dim", sizes=(12, 24, 48), finite_size=4.0),
    formula=r"\sum_{k=0}^t \binom tk^2 a^{2(t-k)} b^{2k},\;"
    r" a = \frac{q}{1+q},\; b = \frac{\sqrt{q\omega}}{1+q}",
    source="derived here (section 14); the question: arXiv:2606.03217",
    relative=1e-11,
    absolute=1e-300,
    holds={
        "num_steps": whole(0, MOST_STEPS),
        "context_noise": nonnegative(1e6),
        "pretraining_noise": nonnegative(1e6),
    },
    jointly={f"num_steps (a + b - 1) must be at most {LARGEST:g}": _representable},
    gives=nonnegative(),
    domain={
        "num_steps": choices(1, 2, 3),
        "context_noise": reals(0.3, 1.0),
        "pretraining_noise": choices(0.25, 0.5),
    },
    mutants={
        "coefficients not squared": lambda num_steps, context_noise, pretraining_noise: (
            sum(_parts(context_noise, pretraining_noise)) ** num_steps
        ),
        "endless pretraining": lambda num_steps, context_noise, pretraining_noise: _long_context(
            num_steps, context_noise, 0.0 * pretraining_noise
        ),
        "a step more": lambda num_steps, context_noise, pretraining_noise: _long_context(
            num_steps + 1, context_noise, pretraining_noise
        ),
    },
)
def pretrained_chain_long_context(
    num_steps: Numbers, context_noise: Numbers, pretraining_noise: Numbers
) -> jax.Array:
    r"""Error of a chain whose step was learned from few prompts, on a test prompt without end.

    In pretraining the map G from h = X'y/n to w is fitted to N prompts by least squares; at test
    each step moves the weights by G X'(y - X w)/n. With $a=q/(1+q)$, $b=\sqrt{q\omega}/(1+q)$,

    $$R_t=\sum_{k=0}^t\binom tk^2a^{2(t-k)}b^{2k}\sim\frac{(a+b)^{2t+1}}{2\sqrt{\pi tab}}$$

    For $q\omega<1$ thinking gains exponentially, at 1 like $1/\sqrt t$; above it more steps spoil
    in the end what the first gained, and for a^2 + b^2 > 1 the first step hurts.

    Args:
      num_steps: t, whole, from 0 to 1024; no derivative.
      context_noise: q = (d + 1 + sigma^2)/n of the training prompts, from 0 to 1e6.
      pretraining_noise: omega = d/(N - d - 1), from 0, which is endless pretraining, to 1e6. The
        steps times (a + b - 1) at most 300.

    Arrays broadcast. Returns |w_t - w|^2 per dimension at large d. Relative accuracy 1e-11.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 14); arXiv:2606.03217 asks the same, of a model
    of its own.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.pretrained_chain_long_context([2, 8, 16], 1.0, 0.5).round(6))
    [0.203125 0.015839 0.000895]
    >>> print(icl.pretrained_chain_long_context([2, 8, 16], 1.0, 2.0).round(4))
    [ 0.8125  4.0547 58.6862]
    """
    return _long_context(num_steps, context_noise, pretraining_noise)


def _threshold(num_train_examples, dim, noise_var):
    n, d, s2 = floats(num_train_examples, dim, noise_var)
    return d + 1 + d * ((d + 1 + s2) / n)


def _growth(value, num_train_examples, dim, noise_var):
    """What is left of the growth from 500 to 1000 steps when a power of -1/2 is taken off."""
    q, om = (dim + 1 + noise_var) / num_train_examples, dim / (value - dim - 1)
    log_a, log_b = np.log(q / (1 + q)), 0.5 * np.log(q * om) - np.log1p(q)

    def log_error(t):
        k = np.arange(t + 1)
        choose = scipy.special.gammaln(t + 1) - scipy.special.gammaln([k + 1, t - k + 1]).sum(0)
        return scipy.special.logsumexp(2 * (choose + (t - k) * log_a + k * log_b))

    return log_error(500) - log_error(1000) - np.log(2) / 2


@law(
    kind=Root(
        residual=_growth, bracket=lambda dim, **_: (dim + 1 + 1e-6 * dim, dim + 1 + 1e6 * dim)
    ),
    formula=r"N^* = d + 1 + \frac{d (d + 1 + \sigma^2)}{n}",
    source="derived here (section 14); the question: arXiv:2606.03217",
    relative=1e-13,
    holds={
        "num_train_examples": whole(1, 10**9),
        "dim": whole(1, 10**9),
        "noise_var": nonnegative(1e12),
    },
    gives=positive(),
    domain={
        "num_train_examples": log_integers(8, 200),
        "dim": log_integers(4, 100),
        "noise_var": log_reals(0.1, 10.0),
    },
    mutants={
        "dimension squared": lambda num_train_examples, dim, noise_var: (
            dim**2 / num_train_examples + 0 * noise_var
        ),
        "prompts without the dimension": lambda num_train_examples, dim, noise_var: (
            dim * (dim + 1 + noise_var) / num_train_examples
        ),
    },
)
def pretraining_threshold(
    num_train_examples: Numbers, dim: Numbers, noise_var: Numbers
) -> jax.Array:
    r"""Number of training prompts above which a chain gains by every step, on a long test prompt.

    $$N^*=d+1+\frac{d\,(d+1+\sigma^2)}n$$

    where $q\omega=1$ in `pretrained_chain_long_context`: N n must exceed
    (d + 1)(n + d) + d sigma^2, about d^2 where n and sigma^2 are much below d. On short test
    prompts it takes more.

    Args:
      num_train_examples: n of each training prompt, whole, to 1e9.
      dim: d, whole, to 1e9.
      noise_var: sigma^2, to 1e12.

    Arrays broadcast. Relative accuracy 1e-13.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 14); arXiv:2606.03217 asks the same, of a model
    of its own.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.pretraining_threshold([10, 100], 50, 0.0))
    [306.   76.5]
    """
    return _threshold(num_train_examples, dim, noise_var)


def _steps(error, num_examples, dim, noise_var):
    e, n, d, s2 = floats(error, num_examples, dim, noise_var)
    return -jnp.log(e) / (2 * jnp.log1p(n / (d + 1 + s2)))


def _left(value, error, num_examples, dim, noise_var):
    """Of the logarithm of the error, with the step that a search finds best."""
    n, d, s2 = num_examples, dim, noise_var
    one = scipy.optimize.minimize_scalar(
        lambda eta: 1 - 2 * eta + eta**2 * (1 + (d + 1 + s2) / n), bounds=(0, 1), method="bounded"
    )
    return 2 * value * np.log1p(-one.x) - np.log(error)


@law(
    kind=Root(residual=_left, bracket=lambda **point: (0.0, 1e9)),
    formula=r"\frac{\ln(1/\epsilon)}{2 \ln(1 + n/(d + 1 + \sigma^2))}",
    source="derived here (section 14); the question: arXiv:2510.03605",
    relative=1e-13,
    holds={
        "error": between(1e-300, 1),
        "num_examples": whole(1, 10**9),
        "dim": whole(1, 10**9),
        "noise_var": nonnegative(1e12),
    },
    gives=nonnegative(),
    domain={
        "error": log_reals(1e-6, 0.5),
        "num_examples": log_integers(2, 200),
        "dim": log_integers(2, 100),
        "noise_var": log_reals(0.1, 10.0),
    },
    mutants={
        "error not squared": lambda error, num_examples, dim, noise_var: (
            2 * _steps(error, num_examples, dim, noise_var)
        ),
        "rate for the factor": lambda error, num_examples, dim, noise_var: (
            -np.log(error) * (dim + 1 + noise_var) / (2 * num_examples)
        ),
    },
)
def steps_for_error(
    error: Numbers, num_examples: Numbers, dim: Numbers, noise_var: Numbers
) -> jax.Array:
    r"""Steps to an error at test, for a chain pretrained on prompts of n examples.

    $$t=\frac{\ln(1/\epsilon)}{2\ln(1+n/(d+1+\sigma^2))}$$

    on test prompts without end, after endless pretraining: the step is the best for one step on n
    examples, $\eta=n/(n+d+1+\sigma^2)$, and $(1-\eta)^{2t}=\epsilon$. Fewer training examples, more
    steps.

    Args:
      error: epsilon, of the squared weights, from 1e-300 to 1.
      num_examples: n of the training prompts, whole, to 1e9.
      dim: d, whole, to 1e9.
      noise_var: sigma^2, to 1e12.

    Arrays broadcast. Returns a real number of steps. Relative accuracy 1e-13.

    Raises:
      InputError: a number out of range.

    Source: derived here (docs, in_context section 14). That more steps allow shorter training
    prompts at equal error is of arXiv:2510.03605.

    >>> from jtts.theory import in_context as icl
    >>> print(icl.steps_for_error(1e-3, [11, 22, 44], 20, 1.0).round(6))
    [8.51831  4.982892 3.143855]
    """
    return _steps(error, num_examples, dim, noise_var)


@jax.jit
def _shifted(num_steps, spectrum, test_spectrum, num_examples, noise_var):
    trained, tested = jnp.broadcast_arrays(jnp.asarray(spectrum), jnp.asarray(test_spectrum))
    t, n, s2 = (jnp.asarray(x)[..., None] for x in (num_steps, num_examples, noise_var))
    pull = (1 + 1 / n) * trained + (jnp.sum(trained, -1, keepdims=True) + s2) / n
    z, t = jnp.broadcast_arrays(tested / pull, t)
    return jnp.mean(powers(z, t)[0] ** 2, -1)


def _as_many(spectrum, test_spectrum):
    shape = np.broadcast_shapes(spectrum.shape[:-1], test_spectrum.shape[:-1])
    return np.full(shape, spectrum.shape[-1] == test_spectrum.shape[-1])


@law(
    kind=Asymptotic(size="size", sizes=(1, 2, 4), finite_size=0.5),
    formula=r"\frac1d \sum_j (1 - \lambda'_j/\Gamma_j)^{2t},\;"
    r" \Gamma_j = (1 + \tfrac1n) \lambda_j + \tfrac{\mathrm{tr}\Lambda + \sigma^2}{n}",
    source="derived here (section 14); the question: arXiv:2510.03605",
    relative=1e-11,
    absolute=1e-300,
    holds={
        "num_steps": whole(0, 1024),
        "spectrum": vector(between(1e-6, 1e6)),
        "test_spectrum": vector(between(0, 1e6)),
        "num_examples": whole(1, 10**9),
        "noise_var": nonnegative(1e12),
    },
    jointly={"test_spectrum must be as many as spectrum": _as_many},
    gives=at_least(0.0),
    domain={
        "num_steps": choices(1, 2, 3),
        "spectrum": choices(np.array([2.0, 1.0, 0.5, 0.5]), np.array([1.0, 1.0, 0.5, 0.5])),
        "test_spectrum": choices(np.array([1.0, 1.0, 0.5, 0.25]), np.array([0.5, 0.5, 1.0, 1.0])),
        "num_examples": choices(8, 12, 24),
        "noise_var": log_reals(0.1, 1.0),
    },
    mutants={
        "trained on endless prompts": lambda **at: _shifted(**at | {"num_examples": 1e12}),
        "tested as trained": lambda **at: _shifted(**at | {"test_spectrum": at["spectrum"]}),
    },
)
def shifted_chain_error(
    num_steps: Numbers,
    spectrum: Numbers,
    test_spectrum: Numbers,
    num_examples: Numbers,
    noise_var: Numbers,
) -> jax.Array:
    r"""Error of a chain pretrained on features of one covariance, tested on another.

    After endless pretraining on prompts of n examples with x ~ N(0, Lambda) the best step matrix is
    the inverse of $\Gamma=(1+1/n)\Lambda+(\mathrm{tr}\Lambda+\sigma^2)/n$. On a test prompt without
    end and with covariance Lambda', of the same eigenvectors,

    $$R_t=\frac1d\sum_j(1-\lambda'_j/\Gamma_j)^{2t}$$

    A direction converges if $\lambda'_j<2\Gamma_j$: one rare in training and strong at test makes
    every further step worse. Tested as trained, all converge, the weakest slowest.

    Args:
      num_steps: t, whole, from 0 to 1024; no derivative.
      spectrum: of Lambda, [..., d], each from 1e-6 to 1e6.
      test_spectrum: of Lambda', [..., d], each from 0 to 1e6.
      num_examples: n of the training prompts, whole, to 1e9.
      noise_var: sigma^2 of the training prompts, to 1e12.

    Arrays broadcast. Returns |w_t - w|^2 per dimension, infinite where it leaves the range of
    numbers. Relative accuracy 1e-11.

    Raises:
      InputError: a number out of range, or spectra of different lengths.

    Source: derived here (docs, in_context section 14). That steps hurt where skills that a task
    needs are rare in training is of arXiv:2510.03605.

    >>> from jtts.theory import in_context as icl
    >>> trained = [4.0, 1.0, 0.25, 0.25]
    >>> print(icl.shifted_chain_error([1, 8], trained, trained, 12, 0.5).round(8))
    [0.26963396 0.00094362]
    >>> print(icl.shifted_chain_error([1, 8], trained, [0.25, 0.25, 1.0, 2.0], 12, 0.5).round(4))
    [  1.0599 436.9852]
    """
    return _shifted(num_steps, spectrum, test_spectrum, num_examples, noise_var)
