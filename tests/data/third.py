"""The third of the laws that long tests look at: another one every day.

`JTTS_THIRD=0`, 1 or 2 repeats the third of a day, `JTTS_THIRD=all` looks at every law.
"""

import datetime
import os

THIRD = os.environ.get("JTTS_THIRD", str(datetime.date.today().toordinal() % 3))
if THIRD not in ("0", "1", "2", "all"):
    raise ValueError(f"JTTS_THIRD must be 0, 1, 2 or all, got {THIRD!r}")


def third(names):
    """Those of the names whose turn it is."""
    return list(names) if THIRD == "all" else list(names)[int(THIRD) :: 3]
