"""Signed assessments: whether each stands in the case file as its author handed it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.case.deployment import Case
from answerable.case.transitions.impact import SIGNED

_FACTS = {"community_impact": "cia.signed", "equality_impact": "eia.signed"}
# Looking at an assessment again, for an extension, is no new one.
_ADDED = "reviewed"


def signed_facts(case: Case, sections: Mapping[str, Any]) -> dict[str, bool | None]:
    """Return of each impact assessment whether its author signed it as ``sections`` has it; None where there is none.

    ``sections`` are those of ``answerable.case.sections``. The last version that was signed is the one that counts.
    """
    return {fact: _is_signed(case, name, sections.get(name)) for name, fact in _FACTS.items()}


def _is_signed(case: Case, name: str, section: Mapping[str, Any] | None) -> bool | None:
    if not section:
        return None
    last = next((event.data.get(name) for event in reversed(case.events) if event.kind == name), None)
    return last is not None and without_review(last) == without_review(section)


def without_review(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return an assessment without the note that it was looked at again."""
    return {field: value for field, value in section.items() if field != _ADDED}


def foreign_changes(before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """Return the signed sections that a command of ``kind`` changes though it is not its author's act.

    ``before`` and ``after`` are the public sections as they stood and as they would stand.
    """
    changed = [
        name for name in SIGNED if without_review(before.get(name) or {}) != without_review(after.get(name) or {})
    ]
    return tuple(name for name in changed if name != kind)
