"""Slopes at the ends of what follows from the error of best-of-k."""

import jax
import numpy as np
import pytest

from jtts.theory import best_of_k


@pytest.mark.parametrize("k", [1.0, 1 + 2.0**-40, 1.25, 2.0, 1e9, np.inf])
def test_slope_of_the_divergence(k):
    right = 0.0 if k == np.inf else (k - 1) / k**2
    assert jax.grad(best_of_k.kl_to_base)(k) == pytest.approx(right, rel=1e-12)
