"""The numbers this room rests on (``assumptions.yaml``), each with its unit, its status and where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def assumptions() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return numbers by group and name: ``value`` (or ``values``, ``edges``), ``unit``, ``status``, ``reference``."""
    text = (files("answerable.intel") / "assumptions.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return {name: group for name, group in document.items() if isinstance(group, dict)}


def number(group: str, name: str) -> float:
    """Return one number.

    >>> number("picture", "threshold")
    0.55
    """
    return float(assumptions()[group][name]["value"])
