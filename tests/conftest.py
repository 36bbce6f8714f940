import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before anything loads it; see jtts.cli

import jax
import pytest

from jtts import compilation_cache

jax.config.update("jax_enable_x64", True)
compilation_cache.enable()


@pytest.fixture
def key():
    return jax.random.key(0)
