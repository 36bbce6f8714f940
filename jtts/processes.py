"""Processes that share the blocks of one store."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import jax

from jtts.arguments import InputError, require_positive, require_whole
from jtts.meeting import address, meet

WAIT = 300.0  # seconds
GIVE = "give --coordinator, --processes and --process"


def join(
    coordinator: str | None,
    processes: int | None,
    process: int | None,
    *,
    wait: float = WAIT,
    say: Callable[[str], None] | None = None,
) -> tuple[int, int]:
    """Meet the other processes of a run; this one's place among them and how many they are.

    What is not given is found as JAX finds it: under Slurm, Open MPI, Kubernetes and on TPU pods.
    Computing needs no word between the processes, so they part as soon as they have met, and one
    that dies takes no other with it.

    Args:
      coordinator: HOST:PORT where process 0 listens and the others look for it.
      wait: seconds after which a process that still waits for another gives up.
      say: told every ten seconds for whom this process waits (default: a line on stderr).

    Raises:
      InputError: the others did not come, an address that is none, or a place outside
        0 ... processes - 1.
    """
    require_positive(wait=wait)
    if processes is not None:
        require_whole(processes=processes)
    given = _or_of_environment(coordinator)
    place = None if given is None else address(given)
    coordinator, processes, process = _found(given, processes, process, wait)
    if not 0 <= process < processes:
        raise InputError(f"process must lie in 0 ... {processes - 1}, got {process}")
    if place is None or coordinator != given:  # a name is looked up once
        place = address(coordinator)
    meet(place, processes, process, wait=wait, say=say or _on_stderr)
    return process, processes


def _or_of_environment(coordinator: str | None) -> str | None:
    """Where JAX's own programs look, too."""
    return os.environ.get("JAX_COORDINATOR_ADDRESS") if coordinator is None else coordinator


def _found(
    coordinator: str | None, processes: int | None, process: int | None, wait: float
) -> tuple[str, int, int]:
    """What is given, completed by what JAX knows of the cluster that it runs in.

    There is no public way to ask it without its own meeting, which ends the process when somebody
    is late. The devices of this process are settled as there.
    """
    asked: tuple[Any, ...] = (coordinator, processes, process, _own_devices(), None, int(wait) + 1)
    try:
        from jax._src import clusters

        ask: Any = clusters.ClusterEnv.auto_detect_unset_distributed_params
        coordinator, processes, process, devices = ask(*asked)
    except (ImportError, AttributeError):  # another JAX
        devices = None
    except (OSError, RuntimeError, ValueError, TypeError, LookupError) as problem:
        reason = " ".join(str(problem).split())
        raise InputError(
            f"the processes of this cluster were not found: {reason}; {GIVE}"
        ) from problem
    if coordinator is None or processes is None or process is None:
        known = {"--coordinator": coordinator, "--processes": processes, "--process": process}
        missing = next(name for name, value in known.items() if value is None)
        raise InputError(f"no cluster was found here, and {missing} is not given; {GIVE}")
    if devices:
        visible = ",".join(map(str, devices))
        jax.config.update("jax_cuda_visible_devices", visible)
        jax.config.update("jax_rocm_visible_devices", visible)
    return coordinator, processes, process


def _own_devices() -> list[int] | None:
    named = os.environ.get("JAX_LOCAL_DEVICE_IDS")
    try:
        return [int(word) for word in named.split(",")] if named else None
    except ValueError as problem:
        raise InputError(f"JAX_LOCAL_DEVICE_IDS must be numbers a,b,c, got {named!r}") from problem


def _on_stderr(line: str) -> None:
    print(f"jtts: {line}", file=sys.stderr, flush=True)
