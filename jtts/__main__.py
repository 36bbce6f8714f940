"""The command, as `jtts` and as `python -m jtts`."""

import sys

from jtts import stopping


def run() -> None:
    """Run the command and end the process with its exit code."""
    stopping.watch()  # before anything is imported that takes time
    stopping.say_who_leaves()
    from jtts.cli import main

    sys.exit(main())


if __name__ == "__main__":
    run()
