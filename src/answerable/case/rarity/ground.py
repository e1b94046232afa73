"""What is one area to the guard: how near two may lie, and how small one may be (``design.yaml``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from answerable.errors import InputError
from answerable.place import Area


@cache
def design() -> Mapping[str, Mapping[str, Any]]:
    """Return the numbers by name: ``value``, ``unit``, ``status``, ``reference``."""
    document = yaml.safe_load((files("answerable.case.rarity") / "design.yaml").read_text(encoding="utf-8"))
    return {name: entry for name, entry in document.items() if isinstance(entry, dict)}


def number(name: str) -> float:
    """Return one number.

    >>> number("beside_m")
    250.0
    """
    return float(design()[name]["value"])


def one_area(here: Area, there: Area) -> bool:
    """Say whether two areas (in metres of one projection) count as one: they share ground, or lie side by side.

    Without a distance one estate could be cut along its streets into pieces that share no ground, each with limits of
    its own.
    """
    return bool(here.geometry.distance(there.geometry) <= number("beside_m"))


def check_size(km2: float, where: str) -> None:
    """Raise InputError where an area of ``km2`` square kilometres is smaller than can be asked for."""
    radius = number("least_radius_m")
    least = math.pi * radius**2 / 1e6
    if km2 < least * (1 - 1e-6):
        raise InputError(
            f"This area is too small: {km2 * 1e6:,.0f} square metres.",
            where=where,
            fix=f"Ask for at least {math.ceil(least * 1e6):,} square metres (a circle of {radius:g} m).",
        )
