from jtts import application

application.prepare()

import jax
import pytest


@pytest.fixture
def key():
    return jax.random.key(0)
