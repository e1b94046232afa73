"""Answerable: an exceptional deployment answers five questions, and anyone can check the answers.

>>> import answerable
>>> print(answerable.base_rate(events_per_year=4500, places=4835, hours=12).sentences()[0])
Of 100 such deployments at a random place and time, fewer than 1 would coincide with an incident (0.13 of 100, or 1 in
785); more than 99 would find nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

# Where each public name lives (after a colon: under which name). They are fetched when first used, so that
# ``import answerable`` costs nothing.
_HOMES = {
    "AnswerableError": "errors",
    "Area": "place",
    "Case": "case.machine",
    "Forecast": "forecast.base",
    "Grid": "place",
    "Incidents": "incidents",
    "InputError": "errors",
    "IntegrityError": "errors",
    "NotAllowed": "errors",
    "Pack": "policy.pack",
    "UsageError": "errors",
    "Window": "place",
    "base_rate": "forecast.base_rate",
    "check": "policy.evaluate:evaluate",
    "init_workspace": "service.workspace",
    "load_pack": "policy.pack",
    "models": "forecast.base",
    "open_workspace": "service.workspace",
    "quality_report": "incidents.quality",
    "read_areas": "place",
    "read_incidents": "incidents.reading",
    "verify_proof": "record.verify",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    """Fetch a public name from its room."""
    if name not in _HOMES:
        raise AttributeError(f"module 'answerable' has no attribute '{name}'")
    module, _, other = _HOMES[name].partition(":")
    return getattr(importlib.import_module(f"answerable.{module}"), other or name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
