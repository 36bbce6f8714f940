"""Urns: the sums of the formulas for a few thousand symbols; for many, means over the count by
Euler and Maclaurin's formula, its integral by quadrature in the logarithm of the count."""

import mpmath as mp
from mpmath import digamma, log, loggamma, mpf

FEW = 3000  # symbols
APART = 60  # counts at either end that are summed one by one


def mean(function, n, first, v):
    """Of a slowly varying function of a beta-binomial count (parameters first, V - 1) in n."""
    norm = loggamma(n + 1) + loggamma(first + v - 1) - loggamma(first) - loggamma(v - 1)
    norm -= loggamma(n + first + v - 1)

    def term(c):
        logs = loggamma(c + first) - loggamma(c + 1) + loggamma(n - c + v - 1)
        return mp.exp(norm + logs - loggamma(n - c + 1)) * function(c)

    last = 80 * n / v  # (1 - c/n)^V is nothing beyond
    if n < 2 * FEW or last < FEW:
        return mp.fsum(term(mpf(c)) for c in range(int(min(n, last + 100)) + 1))
    low, high = mpf(APART), n - APART
    total = mp.fsum(term(mpf(c)) for c in range(APART))
    middle = min(n / 2, 90 * n / v)
    total += integral(lambda t: term(mp.exp(t)) * mp.exp(t), log(low), log(middle))
    total += term(low) / 2 + corrections(term, low)
    if v < 150:
        total += mp.fsum(term(n - c) for c in range(APART))
        total += integral(lambda t: term(n - mp.exp(t)) * mp.exp(t), log(APART), log(n - middle))
        total += term(high) / 2 - corrections(term, high)
    return total


def integral(function, low, high):
    pieces = int((high - low) / 5) + 1
    return mp.quad(function, [low + (high - low) * i / pieces for i in range(pieces + 1)])


def corrections(term, at):
    """-sum_k B_2k / (2 k)! f^(2k-1), the derivatives from a circle around the point."""
    radius, count = mpf(APART) / 3, 64
    turns = [mp.expjpi(mpf(2 * j) / count) for j in range(count)]
    values = [term(at + radius * turn) for turn in turns]
    total = mpf(0)
    for k in range(1, 11):
        order = 2 * k - 1
        taylor = mp.fsum(f * turn ** (-order) for f, turn in zip(values, turns, strict=True))
        total -= mp.bernoulli(2 * k) / (2 * k) * mp.re(taylor) / count / radius**order
    return total


def dirichlet_kl(num_symbols_seen, vocabulary):
    """By the formula; for many symbols E psi(c + 2) is known and the rest is small."""
    with mp.workdps(55):
        n, v = mpf(num_symbols_seen), mpf(vocabulary)
        entropy = digamma(v + 1) - digamma(2)
        if n <= FEW:
            return (
                log(n + v) - entropy - v / (n + v) * counted(n, v, lambda c: (c + 1) * log(c + 1))
            )
        with mp.workdps(70):
            lead = log(n + v) - digamma(n + v + 1)
        # a count that is drawn in proportion to c + 1
        return lead + mean(lambda c: digamma(c + 2) - log(c + 1), n, 2, v)


def counted(n, v, function):
    """The mean by its sum, P(c + 1)/P(c) = (n - c)/(n - c + V - 2)."""
    chance, total = (v - 1) / (n + v - 1), mpf(0)
    for c in range(int(n) + 1):
        total += chance * function(mpf(c))
        if c < n:
            chance *= (n - c) / (n - c + v - 2)
    return total


def dirichlet_redundancy(context, vocabulary):
    """By the formula; for many symbols ln c! but for (c + 1/2) psi(c + 1) - c, of known mean."""
    with mp.workdps(75):
        n, v = mpf(context), mpf(vocabulary)
        lead = loggamma(n + v) - loggamma(v) - n * (digamma(v + 1) - digamma(2))
        if n <= FEW:
            return lead - v * counted(n, v, lambda c: loggamma(c + 1))
        half = (digamma(1) + digamma(n + v) - digamma(v)) / 2
        own = n / v * (digamma(2) + digamma(n + v) - digamma(v + 1))
        with mp.workdps(55):
            rest = mean(lambda c: loggamma(c + 1) - (c + 0.5) * digamma(c + 1) + c, n, 1, v)
        return lead - v * (half + own - n / v + rest)


def memorizing_advantage(num_tasks, vocabulary, context):
    """What is left of the redundancy."""
    with mp.workdps(75):
        saved = dirichlet_redundancy(context, vocabulary) - log(mpf(num_tasks))
        return max(saved, mpf(0)) / mpf(context)


CORNERS = {
    "dirichlet_kl": [
        dict(num_symbols_seen=0, vocabulary=2.0),
        dict(num_symbols_seen=0, vocabulary=1e15),
        dict(num_symbols_seen=1, vocabulary=2.0),
        dict(num_symbols_seen=1, vocabulary=1e15),
        dict(num_symbols_seen=10, vocabulary=2 + 2**-40),
        dict(num_symbols_seen=1000, vocabulary=2.5),
        dict(num_symbols_seen=4096, vocabulary=2.0),
        dict(num_symbols_seen=4095, vocabulary=64.0),
        dict(num_symbols_seen=10**4, vocabulary=111.0),
        dict(num_symbols_seen=10**4, vocabulary=112.0),
        dict(num_symbols_seen=10**15, vocabulary=2.0),
        dict(num_symbols_seen=10**15, vocabulary=64.5),
        dict(num_symbols_seen=10**15, vocabulary=1e15),
        dict(num_symbols_seen=10**9, vocabulary=1e15),
    ],
    "dirichlet_redundancy": [
        dict(context=0, vocabulary=2.0),
        dict(context=1, vocabulary=2.0),
        dict(context=1, vocabulary=1e15),
        dict(context=1000, vocabulary=2.5),
        dict(context=2000, vocabulary=1e6),
        dict(context=10**4, vocabulary=8.0),
        dict(context=10**4, vocabulary=111.0),
        dict(context=10**15, vocabulary=2.0),
        dict(context=10**15, vocabulary=64.0),
        dict(context=10**15, vocabulary=1e15),
    ],
    "memorizing_advantage": [
        dict(num_tasks=1.0, vocabulary=2.0, context=1),
        dict(num_tasks=16.0, vocabulary=8.0, context=128),
        dict(num_tasks=65536.0, vocabulary=8.0, context=128),
        dict(num_tasks=float("inf"), vocabulary=8.0, context=128),
        dict(num_tasks=1e6, vocabulary=64.0, context=10**15),
        dict(num_tasks=2.0, vocabulary=2.0, context=2000),
        dict(num_tasks=1 + 2**-40, vocabulary=1e6, context=1000),
    ],
}
SLOPES = {name: ["vocabulary"] for name in CORNERS}
