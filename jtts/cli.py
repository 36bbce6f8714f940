"""The command `jtts`. Imports are lazy: `--help` loads no numerical library."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from jtts import __version__, application
from jtts.stopping import STOPPED

GOOD, LAW_FAILED, BAD_USAGE, UNEXPECTED, NO_READER = 0, 1, 2, 3, 141
TRACEBACK = "JTTS_TRACEBACK"  # variable that asks for the traceback of an unexpected error


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 (good), 1 (a law failed), 2 (bad usage) or 3 (an error
    that nobody expected, a full disk among them)."""
    _settle_streams()
    parser = _parser()
    options, rest = parser.parse_known_args(argv)
    if rest and options.command != "sweep":
        parser.error(f"unknown argument {rest[0]!r}")
    if options.command is None:
        parser.print_help()
        return GOOD
    try:
        application.prepare()
        code = importlib.import_module(f"jtts.commands.{options.command}").run(options, rest)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:  # where nobody watches for the signal
        _say("stopped")
        return STOPPED
    except BrokenPipeError:  # as of `jtts laws | head`: nobody reads what Python would still write
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER
    except BaseException as problem:  # noqa: BLE001 - a law that calls sys.exit(0) is no good end
        return _failed(problem)


class _Nowhere(io.TextIOBase):
    """A stream that nobody reads."""

    def write(self, text: str) -> int:
        return len(text)


def _settle_streams() -> None:
    """Let no word be lost for a stream that is closed, or that cannot write a letter."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _Nowhere())
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _failed(problem: BaseException) -> int:
    """Say in one line what went wrong; the exit code."""
    arguments = sys.modules.get("jtts.arguments")  # which loads JAX, and that may have failed
    if isinstance(problem, getattr(arguments, "InputError", ())):
        _say(f"error: {problem}")
        return BAD_USAGE
    if os.environ.get(TRACEBACK):
        raise problem
    problem = _cause(problem)
    said = " ".join(str(problem).split())[:200] or _place(problem)
    if (asked := os.environ.get("JAX_PLATFORMS")) and "/xla_bridge.py" in _place(problem):
        said += f"; JAX_PLATFORMS={asked} asks for devices that are not here"
    _say(f"error: {type(problem).__name__}: {said} ({TRACEBACK}=1 shows where)")
    return UNEXPECTED


def _place(problem: BaseException) -> str:
    """Where it was raised: all that is known of one without a word."""
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _cause(problem: BaseException) -> BaseException:
    """The failure of the file system that this came of, if it came of one."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            return cause
        cause = cause.__cause__ or cause.__context__
    return problem


def _say(text: str) -> None:
    try:
        print(f"jtts: {text}", file=sys.stderr, flush=True)
    except OSError:  # nobody can be told; the exit code still says it
        sys.stderr = _Nowhere()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jtts",
        description="Theory of test-time scaling and in-context learning, proved by simulation.",
        epilog="Exit codes: 0 good, 1 a law failed, 2 bad usage, 3 an unexpected error, "
        "130 stopped by the user.",
    )
    parser.add_argument("--version", action="version", version=f"jtts {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    reproduce = commands.add_parser("reproduce", help="draw figures, check laws, write the report")
    reproduce.add_argument("names", nargs="*", metavar="FIGURE", help="family.name (default: all)")
    reproduce.add_argument("--preset", choices=("quick", "paper"), default="quick")
    reproduce.add_argument("--out", type=Path, default=Path("reproduced"), metavar="DIR")
    reproduce.add_argument("--seed", type=int, default=0)
    reproduce.add_argument(
        "--retrain", action="store_true", help="train networks afresh, not from stored curves"
    )
    reproduce.add_argument(
        "--set",
        action="append",
        metavar="NAME=VALUE",
        help="draw the figure with another constant: n=5000, rho=0.1,0.4 (docs/papers.md)",
    )
    reproduce.add_argument("--fresh", action="store_true", help="gather evidence of laws afresh")

    check = commands.add_parser(
        "check",
        help="compare theory and simulation of laws",
        description="A file that is named, as in my_law.py::name, is run as Python would run it.",
    )
    check.add_argument("names", nargs="*", metavar="LAW", help="family.name or file.py::name")
    check.add_argument("--points", type=int, default=12, help="points of the domain")
    check.add_argument("--max-trials", type=int, default=2**22, help="most trials at a point")
    check.add_argument("--seed", type=int, default=0)
    check.add_argument("--fresh", action="store_true", help="simulate again what is stored")

    sweep = commands.add_parser(
        "sweep",
        help="any law over any grid",
        description="Every further option names a parameter: --k 1:1e6:log40 --temperature 0,0.5,2",
        allow_abbrev=False,
    )
    sweep.add_argument("law", metavar="LAW")
    budget = sweep.add_mutually_exclusive_group()
    budget.add_argument("--trials", type=int, metavar="N", help="trials per point (16384)")
    budget.add_argument("--target-stderr", type=float, metavar="X", help="relative standard error")
    budget.add_argument("--theory-only", action="store_true")
    sweep.add_argument("--route", help="a second simulation of the law")
    sweep.add_argument("--zip", action="store_true", help="pair the lists instead of their product")
    sweep.add_argument("--seed", type=int, default=0)
    sweep.add_argument("--out", type=Path, metavar="FILE", help="write .nc or .csv")
    sweep.add_argument("--plot", type=Path, metavar="FILE", help="draw .pdf or .png")
    sweep.add_argument("--store", type=Path, metavar="DIR", help="zarr store, written as it goes")
    sweep.add_argument("--resume", action="store_true", help="go on with the store if it exists")
    sweep.add_argument("--block", type=int, metavar="N", help="points in a block of the store")
    sweep.add_argument("--memory", type=float, metavar="GB", help="under way on each device")
    sweep.add_argument(
        "--split-trials", action="store_true", help="share trials, not points, between devices"
    )
    sweep.add_argument(
        "--distributed", action="store_true", help="share the store's blocks between processes"
    )
    sweep.add_argument("--coordinator", metavar="HOST:PORT", help="of process 0")
    sweep.add_argument("--processes", type=int, metavar="N")
    sweep.add_argument("--process", type=int, metavar="I", help="which of them this is, from 0")
    sweep.add_argument(
        "--wait", type=float, metavar="SECONDS", help="for the others, before giving up (300)"
    )

    fit = commands.add_parser(
        "fit",
        help="best k and temperature from your own samples",
        description="Columns are found by their role's name: question, sample, score, truth, "
        "correct, value, target, answer; an option names another column. docs/fit.md says more.",
    )
    fit.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help=".csv, .jsonl, .parquet, or a log"
    )
    for role, text in (
        ("question", "what was asked"),
        ("sample", "number of the sample"),
        ("score", "the judge's score, larger is better"),
        ("truth", "a true score"),
        ("correct", "0 or 1"),
        ("value", "number that a sample proposes"),
        ("target", "number, or answer, that is right"),
        ("answer", "answer that a sample gives, for votes"),
    ):
        fit.add_argument(f"--{role}", metavar="COLUMN", help=text)
    fit.add_argument("--filter", metavar="NAME", help="of a log with several, or promptIdx")
    fit.add_argument(
        "--metric", metavar="NAME", help="of a log: what is right, or to compare with, or none"
    )
    fit.add_argument(
        "--extract",
        metavar="REGEX",
        help="of the answer in a text, or solution (after ####), number, boxed, choice",
    )
    fit.add_argument("--normalise", action="store_true", help="look through spelling and LaTeX")
    fit.add_argument("--k", metavar="K", help="1,2,4 or 1:64:log8 (default: to the fewest samples)")
    fit.add_argument("--temperature", metavar="T", help="of softmax selection, in units of score")
    fit.add_argument("--resamples", type=int, default=1000, metavar="N", help="of the questions")
    fit.add_argument(
        "--price",
        type=float,
        default=0.0,
        metavar="P",
        help="of a sample, in units of the outcome (0)",
    )
    fit.add_argument("--seed", type=int, default=0)
    fit.add_argument("--out", type=Path, default=Path("fitted"), metavar="DIR")
    fit.add_argument("--example", type=Path, metavar="DIR", help="write synthetic samples there")

    rank = commands.add_parser(
        "rank",
        help="a ranking from your own pairwise judgements",
        description="Columns are found by their role's name: winner, loser, or model_a, model_b, "
        "outcome (or winner); first, question, judge; an option names another column. "
        "docs/rank.md says more.",
    )
    rank.add_argument("file", nargs="?", type=Path, metavar="FILE", help=".csv, .jsonl, .parquet")
    for role, text in (
        ("winner", "candidate that won"),
        ("loser", "candidate that lost"),
        ("model_a", "one candidate"),
        ("model_b", "the other candidate"),
        ("outcome", "a, b, tie, or the name of the winner"),
        ("first", "candidate that was shown first, or a, b"),
        ("question", "what was asked: errors are over questions then"),
        ("judge", "who judged"),
    ):
        names = sorted({f"--{role}", f"--{role.replace('_', '-')}"})
        rank.add_argument(*names, metavar="COLUMN", help=text)
    rank.add_argument("--a-first", action="store_true", help="model_a was always shown first")
    rank.add_argument("--seed", type=int, default=0)
    rank.add_argument("--out", type=Path, default=Path("ranked"), metavar="DIR")
    rank.add_argument(
        "--example", type=Path, metavar="DIR", help="write synthetic judgements there"
    )

    design = commands.add_parser(
        "design",
        help="how to spend a budget on training, candidates and judging",
        description="Minimises the error of the best of k for a Bayesian linear regression. What "
        "is not given is chosen. Without a price of the judge's data the judge knows the "
        "truth. docs/best_of_k.md says more.",
    )
    design.add_argument("--budget", type=float, required=True, metavar="C")
    for part, need, text in (
        ("data", True, "of a training sample"),
        ("candidate", True, "of drawing a candidate for one prompt"),
        ("judging", False, "of judging a candidate (0)"),
        ("judge-data", False, "of a training sample of the judge"),
    ):
        design.add_argument(
            f"--price-{part}",
            type=float,
            required=need,
            default=0.0 if part == "judging" else None,
            metavar="P",
            help=text,
        )
    for name, default, text in (
        ("prompts", 1, "to be answered, each with candidates of its own (1)"),
        ("dim", 20, "number of inputs (20)"),
        ("noise-var", 0.25, "noise of the data (0.25)"),
        ("prior-var", 1.0, "variance of the weights (1)"),
        ("judge-noise-var", None, "noise of the judge's data (that of the data)"),
        ("num-samples", None, "training samples, if they are given"),
        ("num-candidates", None, "candidates a prompt, if they are given"),
        ("judge-samples", None, "training samples of the judge, if they are given"),
        ("temperature", None, "of selection, if it is given"),
    ):
        design.add_argument(f"--{name}", type=float, default=default, metavar="X", help=text)
    design.add_argument("--out", type=Path, default=Path("designed"), metavar="DIR")

    laws = commands.add_parser("laws", help="list the laws")
    laws.add_argument("names", nargs="*", metavar="LAW or WORD")
    show = commands.add_parser("show", help="formula, parameters, ranges and source of laws")
    show.add_argument("names", nargs="+", metavar="LAW")
    new = commands.add_parser("new", help="write the files of a new law into the checkout here")
    new.add_argument("name", metavar="FAMILY.LAW")
    for command in (laws, check, show):
        command.add_argument("--format", choices=("text", "json"), default="text")
    return parser
