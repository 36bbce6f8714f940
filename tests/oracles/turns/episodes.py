"""Budgets in episodes by other routes: geometric sums in many digits, budgets tried one by one."""

import mpmath as mp

mp.mp.dps = 60


def _sum(n, rate):
    """Of (1 - rate)^j over j < n."""
    rate = mp.mpf(rate)
    return mp.mpf(n) if rate == 0 else (1 - (1 - rate) ** n) / rate


def constant_hazard_regret(num_episodes, hazard, best_hazard):
    return _sum(num_episodes, hazard) - _sum(num_episodes, best_hazard)


def stuck_regret(num_episodes, share, hazard, best_hazard):
    s = mp.mpf(share)
    solved = s * _sum(num_episodes, hazard) - _sum(num_episodes, best_hazard)
    return (1 - s) * num_episodes + solved


def difficulty_regret_sum(num_episodes, a, b):
    """Term by term where there are few; else the closed sum."""
    with mp.workdps(80 + 2 * max(0, int(mp.log10(mp.mpf(a) + b)))):
        a, b = mp.mpf(a), mp.mpf(b)
        if num_episodes <= 1000:
            term, total = mp.mpf(1), mp.mpf(0)
            for j in range(num_episodes):
                total += term
                term *= (b + j) / (a + b + j)
            return total
        ratio = mp.gammaprod([b + num_episodes, a + b - 1], [b, a + b + num_episodes - 1])
        return (a + b - 1) / (a - 1) * (1 - ratio)


def memory_regret(num_episodes, num_strategies):
    k, m = num_episodes, mp.mpf(num_strategies)
    tried = min(num_episodes, num_strategies)
    return m * (1 - (1 - 1 / m) ** k) - tried + mp.mpf(tried) * (tried - 1) / (2 * m)


def outcome_switch_budget(quick, slow, delay):
    return delay * mp.log(1 - mp.mpf(slow)) / (mp.log(1 - mp.mpf(slow)) - mp.log(1 - mp.mpf(quick)))


def _slow_sum(n, slow, delay):
    return mp.mpf(n) if n <= delay else delay + _sum(n - delay, slow)


def regret_switch_budget(quick, slow, delay):
    """Doubling and halving, from where the two outcomes meet."""
    if 1 / mp.mpf(quick) <= delay + 1 / mp.mpf(slow):
        return mp.inf
    low = int(mp.floor(outcome_switch_budget(quick, slow, delay)))

    def ahead(k):
        return _slow_sum(k, slow, delay) < _sum(k, quick)

    width = 1
    while not ahead(low + width):
        width *= 2
    high = low + width
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if ahead(middle) else (middle, high)
    return high


def _meet(quick, slow, delay):
    return int(mp.ceil(outcome_switch_budget(quick, slow, delay)))


def slow_start_regret(num_episodes, quick, slow, delay):
    n = min(num_episodes, _meet(quick, slow, delay))
    return _slow_sum(n, slow, delay) - _sum(n, quick)


def quick_regret(num_episodes, quick, slow, delay):
    n = _meet(quick, slow, delay)
    if num_episodes <= n:
        return 0
    slow_part = _slow_sum(num_episodes, slow, delay) - _slow_sum(n, slow, delay)
    return _sum(num_episodes, quick) - _sum(n, quick) - slow_part


def _rows(names, *rows):
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


POLICIES = (
    (0.03, 0.1, 12),
    (1e-4, 0.99, 1),
    (1e-4, 2e-4, 10**4),
    (0.98, 0.99, 3),
    (1e-4, 0.5, 5000),
    (0.3, 0.30001, 7),
)
BUDGETS = (
    (1, 0.03, 0.1, 12),
    (10, 0.03, 0.1, 12),
    (17, 0.03, 0.1, 12),
    (18, 0.03, 0.1, 12),
    (150, 0.03, 0.1, 12),
    (10**9, 1e-4, 0.99, 1),
    (2, 1e-4, 0.99, 1),
    (10**9, 1e-4, 2e-4, 10**4),
    (30000, 1e-4, 2e-4, 10**4),
    (6, 0.98, 0.99, 3),
    (10**6, 1e-4, 0.5, 5000),
)
CORNERS = {
    "constant_hazard_regret": _rows(
        "num_episodes hazard best_hazard",
        (1, 0.2, 0.9),
        (1, 0.25, 0.999999999996813),
        (2, 0.3, 0.31),
        (5, 0.05, 0.2),
        (100, 0.05, 0.2),
        (100, 0.05, 0.0500001),
        (10**9, 1e-9, 3e-9),
        (10**9, 1e-17, 1e-10),
        (10**9, 0.0, 1.0),
        (10**6, 1e-7, 1.0),
        (7, 0.6, 0.6),
        (30, 0.25, 0.9999),
        (3, 1e-17, 2e-17),
    ),
    "stuck_regret": _rows(
        "num_episodes share hazard best_hazard",
        (1, 0.5, 0.1, 0.2),
        (25, 0.8, 0.1, 0.3),
        (10**9, 1e-17, 0.1, 0.3),
        (10**9, 1 - 2**-53, 1e-9, 0.3),
        (10**5, 1.0, 0.0, 1e-12),
        (9, 0.0, 1.0, 1.0),
    ),
    "difficulty_regret_sum": _rows(
        "num_episodes a b",
        (1, 0.5, 2.0),
        (50, 0.5, 2.0),
        (1000, 0.5, 2.0),
        (1000, 1.0, 3.0),
        (10**9, 0.999, 0.001),
        (10**9, 2.0, 3.0),
        (10**9, 1e-300, 5.0),
        (100, 1e300, 1e300),
    ),
    "memory_regret": _rows(
        "num_episodes num_strategies",
        (1, 1),
        (2, 2),
        (3, 3),
        (5, 10),
        (10, 10),
        (40, 10),
        (30, 50),
        (10, 10**9),
        (10**9, 10**9),
        (10**9 - 1, 10**9),
        (10**9, 1),
        (10**9, 12345),
    ),
    "outcome_switch_budget": _rows("quick slow delay", *POLICIES),
    "regret_switch_budget": _rows("quick slow delay", *POLICIES, (0.3, 0.5, 2), (0.2, 0.99, 3)),
    "slow_start_regret": _rows("num_episodes quick slow delay", *BUDGETS),
    "quick_regret": _rows("num_episodes quick slow delay", *BUDGETS),
}
