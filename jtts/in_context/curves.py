"""Curves of training: where a network stands, when it crosses over, and files that hold them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from jtts.arguments import InputError

ALIKE = 1e-9  # predictors nearer than this cannot be told apart
DIGITS = 5  # of a stored number


def relative_distance(
    curves: xr.Dataset, *, memorizing: str = "memorizing", generalizing: str = "generalizing"
) -> xr.DataArray:
    r"""Where networks stand between two predictors: 0 generalises, 1 memorises.

    $$\tfrac12(1+r),\quad r=\Big[\frac{d(h,G)-d(h,M)}{d(G,M)}\Big]_{-1}^{1}$$

    Args:
      curves: of `train`, with both predictors.
      memorizing, generalizing: their names.

    Returns:
      The dimensions of `loss`; NaN where the predictors say the same.

    Raises:
      InputError: curves without these predictors.

    Source: arXiv:2506.17859.
    """
    for name in ("distance", "apart"):
        if name not in curves:
            raise InputError(f"curves must hold {name!r}, which train measures of two predictors")
    for name in (memorizing, generalizing):
        if name not in curves.predictor:
            raise InputError(f"predictor must be one of {curves.predictor.values}, got {name!r}")
    distance = curves.distance
    apart = curves.apart.sel(predictor=generalizing, other=memorizing, drop=True)
    lead = distance.sel(predictor=generalizing, drop=True)
    lead = lead - distance.sel(predictor=memorizing, drop=True)
    return (1 + (lead / apart.where(apart > ALIKE)).clip(-1, 1)) / 2


def crossover_step(
    position: xr.DataArray, *, below: float = 0.5, above: float = 0.5
) -> xr.DataArray:
    """Step of the first evaluation above `above` after one below `below`; infinity if none is.

    Args:
      position: a curve over `step`, of `relative_distance`.
      below: where the network counts as generalising.
      above: where it counts as memorising.

    >>> curve = xr.DataArray([0.9, 0.2, 0.4, 0.7], {"step": [1, 10, 100, 1000]}, "step")
    >>> float(crossover_step(curve)), float(crossover_step(curve, above=0.8))
    (1000.0, inf)
    """
    generalised = (position < below).cumsum("step") > 0
    return position.step.where(generalised & (position > above)).min("step").fillna(np.inf)


def write_curves(curves: xr.Dataset, path: Path) -> None:
    """Write a dataset of curves as JSON text, numbers to five digits."""
    text = json.dumps(_short(curves.to_dict()), separators=(",", ":"), default=_plain)
    path.write_text(text + "\n", encoding="utf-8")


def read_curves(path: Path) -> xr.Dataset:
    """Read what `write_curves` wrote.

    Raises:
      InputError: no such file, or not one of curves.
    """
    try:
        return xr.Dataset.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise InputError(f"no file {str(path)!r}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InputError(f"{str(path)!r} holds no curves of training") from problem


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_short(item) for item in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist()
