"""Laws in JAX's own 32-bit mode, which a process that starts afresh is in."""

import json
import os
import subprocess
import sys

import pytest

from jtts.theory import best_of_k

GIVEN = {"mean": 0.0, "predictive_var": 1.0, "target": 0.3, "judge": 0.5, "temperature": 0.7}
SCRIPT = """
import json, sys
import jax
from jtts.arguments import InputError
from jtts.theory import best_of_k

given = json.loads(sys.argv[1])
refused = []
for change in (jax.jit, jax.grad, jax.vmap):
    try:
        number = jax.numpy.ones(3) if change is jax.vmap else 4.0
        change(lambda k: best_of_k.pointwise_error(k, **given))(number)
    except InputError as error:
        refused.append(str(error))
value = best_of_k.pointwise_error(4.0, **given)
print(json.dumps([float(value), str(value.dtype), refused]))
"""


def test_in_32_bit_mode_a_law_is_rounded_and_refused_where_it_cannot_be():
    environment = {k: v for k, v in os.environ.items() if k != "JAX_ENABLE_X64"}
    command = [sys.executable, "-W", "error", "-c", SCRIPT, json.dumps(GIVEN)]
    told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    value, dtype, refused = json.loads(told.stdout.splitlines()[-1])
    assert dtype == "float32"
    assert value == pytest.approx(float(best_of_k.pointwise_error(4.0, **GIVEN)), rel=1e-7)
    assert len(refused) == 3
    assert all("64-bit mode: call jax.config.update" in words for words in refused)
