"""One entry of the log as plain values: what it is called, which office acted, what was tested, and how to check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.place import stamp
from answerable.service.public_view import PublicEvent
from answerable.web.pages.case_words import ENTRIES, STEPS, office, plain
from answerable.web.pages.details import details
from answerable.web.render import safe_path


def entry(event: PublicEvent, names: Mapping[str, tuple[str, str]] = ENTRIES) -> dict[str, Any]:
    """Return one entry of the log for a page; what it says beyond its findings is in ``details``.

    ``names`` says what each kind of entry is called and means.
    """
    data = event.data
    name, means = names.get(event.kind, (plain(event.kind), ""))
    findings = found_by(data)
    proof = safe_path(event.proof)
    transition = str(data.get("transition", "")) if event.kind == "blocked" else ""
    return {
        "index": event.index,
        "kind": event.kind,
        "name": name,
        "means": means,
        "at": stamp(event.at),
        "office": office(event.office),
        "transition": STEPS.get(transition, transition.replace("_", " ")),
        "details": details(event.kind, data),
        "what_would_change": _lines(data.get("what_would_change")) if event.kind == "blocked" else [],
        "pack": _pack(data) if event.kind in ("adopt", "renew", "repeal") else None,
        "failed": [finding for finding in findings if finding["holds"] is not True],
        "held": [finding for finding in findings if finding["holds"] is True],
        "proof": proof,
        "proof_name": proof.rpartition("/")[2],
        "verify": f"answerable record verify {proof.rpartition('/')[2]} --policy log-policy" if proof else "",
    }


def found_by(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of an entry: each rule with whether it held, what it says, and why."""
    return [_finding(raw) for raw in data.get("findings") or () if isinstance(raw, Mapping)]


def _finding(raw: Mapping[str, Any]) -> dict[str, Any]:
    holds = raw.get("holds")
    return {
        "rule": str(raw.get("rule", "")),
        "holds": holds if isinstance(holds, bool) else None,
        "says": str(raw.get("says") or ""),
        "reason": str(raw.get("reason") or ""),
    }


def _lines(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(line) for line in value]
    return [str(value)] if value else []


def _pack(data: Mapping[str, Any]) -> dict[str, str] | None:
    if "pack" not in data:
        return None
    return {
        "name": str(data["pack"]),
        "version": str(data.get("version", "")),
        "status": str(data.get("status", "")),
        "title": str(data.get("title", "")),
        "hash": str(data.get("hash", "")),
        "sunset_at": str(data.get("sunset_at") or ""),
    }
