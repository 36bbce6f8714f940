"""How to spend a budget on training, candidates and judging: `jtts design`.

An application of `jtts.theory.best_of_k.design`: the best design, what it is worth to leave it, and
what other budgets buy (docs/best_of_k.md, section 10).
"""

from jtts.designing.around import Prices, Question, answered

__all__ = ["Prices", "Question", "answered"]
