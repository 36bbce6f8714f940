"""Posterior odds of strategies: the crossing, as a root in ln N."""

import mpmath as mp

mp.mp.dps = 60


def log_odds(log_steps, gap, memorizing, generalizing, alpha, beta, gamma):
    price = mp.log(2) * (mp.mpf(memorizing) ** beta - mp.mpf(generalizing) ** beta)
    return mp.mpf(gamma) * mp.exp((1 - mp.mpf(alpha)) * log_steps) * gap - price


def transience_time(
    loss_gap, memorizing_complexity, generalizing_complexity, *, alpha, beta, gamma
):
    """Bisection in ln N to few digits, then secants; for a small alpha and all others."""
    with mp.workdps(420):
        rest = (loss_gap, memorizing_complexity, generalizing_complexity, alpha, beta, gamma)
        if mp.mpf(memorizing_complexity) <= generalizing_complexity:
            return mp.mpf(0)
        if loss_gap <= 0:
            return mp.inf
        low, high = mp.mpf(-1), mp.mpf(1)
        while log_odds(low, *rest) > 0:
            low *= 2
        while log_odds(high, *rest) < 0:
            high *= 2
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if log_odds(middle, *rest) > 0 else (middle, high)
        price = -log_odds(mp.mpf("-inf"), *rest)
        found = (low + high) / 2
        for _ in range(5):  # Newton
            value = log_odds(found, *rest)
            found -= value / ((1 - mp.mpf(alpha)) * (value + price))
        return mp.exp(found)


def strategy_complexity(num_stored, *, overhead=4000.0, bits_per_number=60.8):
    """Exact."""
    return mp.mpf(overhead) + mp.mpf(bits_per_number) * mp.mpf(num_stored)


def case(gap, memorizing, generalizing, alpha, beta, gamma):
    return dict(
        loss_gap=gap,
        memorizing_complexity=memorizing,
        generalizing_complexity=generalizing,
        alpha=alpha,
        beta=beta,
        gamma=gamma,
    )


CORNERS = {
    "transience_time": [
        case(0.02, 2e5, 4e3, 0.6, 0.2, 0.85),
        case(0.02, 2e5, 4e3, 0.99, 0.2, 0.85),
        case(0.02, 2e5, 4e3, 1e-17, 0.2, 0.85),
        case(1e-17, 1e100, 0.0, 1e-17, 3.0, 1e-17),
        case(0.02, 4e3 + 1e-9, 4e3, 0.6, 0.2, 0.85),
        case(0.02, 4e3, 4e3, 0.6, 0.2, 0.85),
        case(0.02, 2e3, 4e3, 0.6, 0.2, 0.85),
        case(0.0, 2e5, 4e3, 0.6, 0.2, 0.85),
        case(0.02, 2e5, 4e3, 0.6, 1e-15, 0.85),
        case(0.02, 2e5, 4e3, 0.9, 1e-9, 1e3),
        case(0.02, 6e3, 4e3, 0.6, 2.9, 0.85),
    ],
    "strategy_complexity": [
        dict(num_stored=0.0),
        dict(num_stored=512),
        dict(num_stored=1e300, overhead=0.0, bits_per_number=1e-17),
        dict(num_stored=3.0, overhead=1e17, bits_per_number=1.0),
    ],
}
