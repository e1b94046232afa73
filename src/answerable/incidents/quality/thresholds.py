"""The figures from which on a check raises its hand: dated data (thresholds.yaml) with unit, source and status."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml


@cache
def thresholds() -> Mapping[str, float]:
    """Return the value of each threshold by its name.

    >>> thresholds()["near_minutes"]
    10.0
    """
    text = files("answerable.incidents.quality").joinpath("thresholds.yaml").read_text(encoding="utf-8")
    named = yaml.safe_load(text)["thresholds"]
    return MappingProxyType({name: float(entry["value"]) for name, entry in named.items()})
