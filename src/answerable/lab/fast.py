"""Numba where it is installed (the extra ``fast``), plain Python where it is not: the same code, the same figures."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

COMPILED = find_spec("numba") is not None
"""Whether kernels are compiled here; every report says so beside its timings."""


def compiled(function: Function) -> Function:
    """Return ``function`` compiled where that is possible, else itself."""
    if not COMPILED:
        return function
    made: Function = import_module("numba").njit(cache=True)(function)
    return made
