"""Copied reasons: how like the reasons of a case are to those of the cases before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from answerable.case.casefile import CaseFile
from answerable.case.copied import most_alike, rationale
from answerable.service.workspace import Workspace

RESTS_ON_REASONS = ("assess", "urgent", "authorise", "ratify")
"""The transitions that rest on reasons: these are kept beside their events, and compared with their like only."""


@dataclass(frozen=True)
class Likeness:
    """How alike (0 to 1) some reasons are to the most alike ones of an earlier ``case``; empty where there is none."""

    value: float
    case: str = ""


def reasons_of(kind: str, casefile: CaseFile, said: str) -> dict[str, str]:
    """Return the reasons that a transition rests on: those of the case file, and those of the decision itself."""
    if kind not in RESTS_ON_REASONS:
        return {}
    given = {"file": rationale(casefile), "decision": said.strip()}
    return {name: text for name, text in given.items() if text}


def likeness(workspace: Workspace, case_id: str, reasons: Mapping[str, str]) -> Likeness:
    """Return how alike ``reasons`` are to those that any other case was assessed or decided on before."""
    earlier: dict[str, dict[str, str]] = {name: {} for name in reasons}
    for event in workspace.store.events(kinds=RESTS_ON_REASONS):
        if event.case_id == case_id:
            continue
        kept = json.loads(event.private or b"{}").get("reasons") or {}
        for name in reasons.keys() & kept.keys():
            earlier[name][event.case_id] = str(kept[name])
    found = [most_alike(text, earlier[name]) for name, text in reasons.items()]
    case, value = max(found, key=lambda pair: pair[1], default=("", 0.0))
    return Likeness(round(value, 3), case)
