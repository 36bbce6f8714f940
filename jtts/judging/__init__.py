"""From a user's own pairwise judgements to a ranking that says what it knows: `jtts rank`.

An application of the laws of `jtts.theory.ranking`: `read` a file, `rank` everything that its
columns allow, and report or draw what was found (docs/rank.md).
"""

from jtts.judging.comparisons import Comparisons
from jtts.judging.ranks import Ranking, rank
from jtts.judging.reading import Columns, read

__all__ = ["Columns", "Comparisons", "Ranking", "rank", "read"]
