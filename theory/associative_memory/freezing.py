"""Exponentially many keys, N = e^(nu d) at logits beta k.q, beta = b d: freezing and thresholds."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy

from jtts.domain import log_reals, reals
from jtts.kinds import Limit, Minimizer, Root
from jtts.laws import law
from jtts.numeric import Numbers
from jtts.promises import nonnegative, positive, probability
from jtts.theory.associative_memory import race
from jtts.theory.associative_memory.margins import MISSED
from jtts.theory.associative_memory.recall import as_numbers

SOURCE = "derived here (docs, associative memory section 8), cf. arXiv:2304.14964"
DIMS = (250.0, 500.0, 1000.0, 2000.0, 4000.0)
GAUSSIAN = 1e10  # dimension at which logits of the spread used here are normal


def by_logarithm(size, point):
    """The slowest term of an approach to the limit, (ln d) / d."""
    return np.log(size) / size


def _peak(b):
    """c = (sqrt(1 + 4 b^2) - 1) / (2 b), without cancellation."""
    return 2 * b / (1 + jnp.sqrt(1 + 4 * b**2))


@law(
    kind=Minimizer(
        of=lambda overlap, inverse_temperature: (
            10 - inverse_temperature * overlap - 0.5 * np.log1p(-(overlap**2))
        ),
        argument="overlap",
        candidates=lambda point: np.linspace(0.0, 0.999, 400),
    ),
    formula=r"c_b = \frac{\sqrt{1+4b^2}-1}{2b}",
    source=SOURCE,
    relative=1e-12,
    holds={"inverse_temperature": positive(1e30)},
    domain={"inverse_temperature": log_reals(0.1, 10.0)},
    mutants={
        "at twice b": lambda inverse_temperature: _peak(2 * inverse_temperature),
        "at half b": lambda inverse_temperature: _peak(inverse_temperature / 2),
    },
)
def dominant_overlap(inverse_temperature: Numbers) -> jax.Array:
    r"""Overlap of the distractors that carry the partition function, where not frozen.

    $$c_b = \mathrm{argmax}_c\,\big[bc + \tfrac12\ln(1-c^2)\big] = \frac{\sqrt{1+4b^2}-1}{2b}$$

    Args:
      inverse_temperature: b > 0, at most 1e30, per dimension: logits b d k.q. Broadcasts.

    Returns an overlap from 0 to 1.

    Raises:
      InputError: b not positive.

    Source: derived here (docs, associative memory section 8), cf. arXiv:2304.14964.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.dominant_overlap(1.0):.8f}")
    0.61803399
    """
    return _peak(*as_numbers(inverse_temperature))


def _freezing(load_rate, factor=2.0):
    (rate,) = as_numbers(load_rate)
    return jnp.sqrt(-jnp.expm1(-2 * rate)) * jnp.exp(factor * rate)


@law(
    kind=Root(
        residual=lambda b, load_rate: dominant_overlap(b) ** 2 + np.exp(-2 * load_rate) - 1,
        bracket=lambda load_rate: (1e-9, np.exp(2 * load_rate) + 1),
    ),
    formula=r"b_c = e^{2\nu} \sqrt{1-e^{-2\nu}}",
    source=SOURCE,
    relative=1e-12,
    holds={"load_rate": positive(300)},
    domain={"load_rate": log_reals(0.01, 3.0)},
    mutants={
        "e^nu": lambda load_rate: _freezing(load_rate, factor=1.0),
        "the overlap": lambda load_rate: _freezing(load_rate, factor=0.0),
    },
)
def freezing_temperature(load_rate: Numbers) -> jax.Array:
    r"""Inverse temperature per dimension beyond which the nearest distractors carry all the weight.

    $$b_c = c^*e^{2\nu},\quad c^* = \sqrt{1-e^{-2\nu}},$$

    c* being the largest overlap among e^(nu d) random keys: there c_b = c*.

    Args:
      load_rate: nu > 0, at most 300, ln(N)/d. Broadcasts.

    Returns b, of logits b d k.q.

    Raises:
      InputError: nu not positive.

    Source: derived here (docs, associative memory section 8), cf. arXiv:2304.14964.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.freezing_temperature(0.5):.6f}")
    2.161197
    """
    return _freezing(load_rate)


def _rest(b):
    """1 - c and ln(1 - c^2) / 2 at c = _peak(b), with all digits as c tends to 1 and to 0."""
    root = jnp.sqrt(1 + 4 * b**2)
    rest, peak = (1 + 1 / (root + 2 * b)) / (1 + root), _peak(b)
    near = peak > 0.5
    below = jnp.log1p(-(jnp.where(near, 0.0, peak) ** 2))
    return rest, jnp.where(near, jnp.log(rest * (1 + peak)), below) / 2


def _free(load_rate, inverse_temperature, freezes=True):
    rate, b = as_numbers(load_rate, inverse_temperature)
    peak = _peak(b)
    annealed = rate + b * peak + _rest(b)[1]
    largest = jnp.sqrt(-jnp.expm1(-2 * rate))
    return jnp.where((_rest(b)[1] < -rate) & freezes, b * largest, annealed)


def _free_energy_at(dim, load_rate, inverse_temperature):
    rate = race.mean_log_partition(load_rate * dim, dim, inverse_temperature * dim)
    return float(rate) / dim


@law(
    kind=Limit(of=_free_energy_at, argument="dim", values=DIMS, gap=by_logarithm),
    formula=r"f = \nu + b c_b + \tfrac12\ln(1-c_b^2),\; b c^* \text{ if } c_b > c^*",
    source=SOURCE,
    relative=1e-12,
    holds={"load_rate": positive(300), "inverse_temperature": positive(1e30)},
    domain={"load_rate": log_reals(0.05, 1.0), "inverse_temperature": log_reals(0.2, 5.0)},
    mutants={
        "never frozen": lambda **point: _free(**point, freezes=False),
        "Gaussian overlaps": lambda load_rate, inverse_temperature: (
            load_rate + inverse_temperature**2 / 2
        ),
    },
)
def free_energy(load_rate: Numbers, inverse_temperature: Numbers) -> jax.Array:
    r"""Exponential rate of the partition function of e^(nu d) random keys.

    $$f = \lim\frac{E\ln Z}d = \begin{cases}\nu + bc_b + \tfrac12\ln(1-c_b^2) & c_b \le c^*\\
      b\,c^* & c_b > c^*\ \text{(frozen)}\end{cases}$$

    with $c_b$ of `dominant_overlap` and $c^* = \sqrt{1-e^{-2\nu}}$: a random energy model on the
    sphere.

    Args:
      load_rate: nu > 0, at most 300, ln(N)/d.
      inverse_temperature: b > 0, at most 1e30, of logits b d k.q. Both broadcast.

    Returns f, the limit of `mean_log_partition` over d; the gap is of order ln(d)/d.

    Raises:
      InputError: an argument that is not positive.

    Source: derived here (docs, associative memory section 8), cf. arXiv:2304.14964.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.free_energy(1.0, 1.0):.6f} {am.free_energy(0.1, 5.0):.6f}")
    1.377428 2.128786
    """
    return _free(load_rate, inverse_temperature)


def _threshold(inverse_temperature, overlap=1.0, freezes=True):
    b, overlap = as_numbers(inverse_temperature, overlap)
    peak = _peak(b)
    rest, log_rest = _rest(b)
    lead = jnp.where(peak > 0.5, rest - (1 - overlap), overlap - peak)
    annealed = b * lead - log_rest
    frozen = (lead < 0) & freezes
    held = jnp.where(frozen, overlap, 0.0)
    near = held > 0.5
    missing = jnp.log(jnp.where(near, (1 - held) * (1 + held), 1.0))
    missing = jnp.where(near, missing, jnp.log1p(-(jnp.where(near, 0.0, held) ** 2)))
    return jnp.where(frozen, -missing / 2, annealed)


def _threshold_at(dim, inverse_temperature, overlap):
    """The rate at which the needle's mean mass is 1/2 in finite dimension."""
    rate = inverse_temperature * dim

    def excess(load_rate):
        return float(race.mean_mass(overlap * rate, load_rate * dim, dim, rate)) - 0.5

    return scipy.optimize.brentq(excess, 1e-4, 1 + inverse_temperature, xtol=1e-9)


@law(
    kind=Limit(of=_threshold_at, argument="dim", values=DIMS, gap=by_logarithm),
    formula=r"\nu_1 = b(m_0-c_b) - \tfrac12\ln(1-c_b^2),\; -\tfrac12\ln(1-m_0^2)"
    r" \text{ if } m_0 < c_b",
    source=SOURCE,
    relative=1e-12,
    holds={"inverse_temperature": positive(1e30), "overlap": probability()},
    domain={"inverse_temperature": log_reals(0.3, 3.0), "overlap": reals(0.4, 1.0)},
    mutants={
        "never frozen": lambda *args, **point: _threshold(*args, **point | {"freezes": False}),
        "a clean query": lambda inverse_temperature, overlap: _threshold(inverse_temperature),
    },
)
def needle_threshold(inverse_temperature: Numbers, overlap: Numbers = 1.0) -> jax.Array:
    r"""Exponent nu_1 of the largest number e^(nu_1 d) of keys among which the needle wins.

    $$\nu_1 = \begin{cases} b(m_0-c_b) - \tfrac12\ln(1-c_b^2) & c_b \le m_0\\
      -\tfrac12\ln(1-m_0^2) & c_b > m_0\end{cases}$$

    where b m_0 = `free_energy`. In the second case distractors are frozen at the threshold: the
    needle wins as long as no other key is nearer to the query. A clean query never comes to that.

    Args:
      inverse_temperature: b > 0, at most 1e30, of logits b d k.q.
      overlap: m_0 of query and needle, from 0 to 1; 1 is a clean query. Both broadcast.

    Returns nu_1; the needle's mass tends to 1 below it and to 0 above.

    Raises:
      InputError: b not positive, or an overlap outside [0, 1].

    Source: derived here (docs, associative memory section 8), cf. arXiv:2304.14964.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.needle_threshold(1.0):.8f}")
    0.62257192
    """
    return _threshold(inverse_temperature, overlap)


def _margin(log_keys, relative_sd, missed_mass, freezes=True, spread=1.0):
    log_keys, sd, missed = as_numbers(log_keys, relative_sd, missed_mass)
    odds = jnp.log1p(-missed) - jnp.log(missed)
    hot = log_keys * (1 + spread * sd**2) + odds
    return jnp.where((sd > 1) & freezes, 2 * sd * log_keys, hot)


def _margin_at(log_keys, relative_sd, missed_mass):
    """The lead at which the mean mass is 1 - missed_mass, at normal logits."""
    rate = relative_sd * np.sqrt(2 * log_keys * GAUSSIAN)

    def excess(lead):
        return float(race.mean_mass(lead, log_keys, GAUSSIAN, rate)) - 1 + missed_mass

    return scipy.optimize.brentq(excess, 0.0, 10 * log_keys * (1 + relative_sd**2) + 50, xtol=1e-6)


@law(
    kind=Limit(
        of=_margin_at,
        argument="log_keys",
        values=(125.0, 250.0, 500.0, 1000.0, 2000.0),
        gap=by_logarithm,
        compare="ratio",
    ),
    formula=r"\Delta = \ln N + s^2/2 + \ln\tfrac{1-\epsilon}\epsilon,\;"
    r" s\sqrt{2\ln N} \text{ if } s > \sqrt{2\ln N}",
    source=SOURCE,
    relative=1e-12,
    absolute=1e-12,
    holds={
        "log_keys": positive(1e30),
        "relative_sd": nonnegative(1e30),
        "missed_mass": MISSED,
    },
    domain={"relative_sd": reals(0.2, 2.0), "missed_mass": log_reals(0.01, 0.3)},
    mutants={
        "never frozen": lambda **point: _margin(**point, freezes=False),
        "no spread": lambda **point: _margin(**point, spread=0.0),
    },
)
def scattered_margin(log_keys: Numbers, relative_sd: Numbers, missed_mass: Numbers) -> jax.Array:
    r"""Lead over the mean distractor that a needle needs if distractor logits are N(0, s^2).

    $$\Delta = \begin{cases}\ln N + s^2/2 + \ln\frac{1-\epsilon}\epsilon & s<\sqrt{2\ln N}\\
      s\sqrt{2\ln N} & s>\sqrt{2\ln N}\ \text{(frozen)}\end{cases}$$

    Args:
      log_keys: ln N > 0, of the distractors.
      relative_sd: s / sqrt(2 ln N) >= 0; freezing is at 1.
      missed_mass: epsilon, at least 1e-30 and below 1, mass left to the distractors. All broadcast.

    Returns the margin in units of the logits, to leading order in ln N: relative gap of order
    ln(ln N)/ln N near and beyond freezing, exponentially small in ln N at s < sqrt(ln N / 2).

    Raises:
      InputError: ln N not positive, a negative s, or a mass outside [1e-30, 1).

    Source: derived here (docs, associative memory section 8), cf. arXiv:2304.14964.

    >>> from jtts.theory import associative_memory as am
    >>> print(f"{am.scattered_margin(10.0, 0.5, 0.01):.4f}")
    17.0951
    """
    return _margin(log_keys, relative_sd, missed_mass)
