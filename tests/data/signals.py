"""What SIGINT does in processes that tests start."""

import signal
from contextlib import contextmanager


@contextmanager
def sigint(answer):
    """Processes started meanwhile answer the signal so: a shell may have us ignore it.

    Without `preexec_fn`, which forks: JAX warns of that once it has computed in this process.
    """
    before = signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
