import jax
import pytest

from jtts import compilation_cache

jax.config.update("jax_enable_x64", True)
compilation_cache.enable()


@pytest.fixture
def key():
    return jax.random.key(0)
