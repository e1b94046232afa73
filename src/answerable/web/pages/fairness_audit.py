"""The full fairness audit, as a force lays it beside its log: every measure of every group, with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from answerable.web.catalogue import lines, say
from answerable.web.charts import ranges
from answerable.web.pages.sections import Section, section, table

# What ``answerable evaluate fairness FILE --json`` prints, in the public folder under this name.
FILE = "fairness-audit.json"
PICTURE = "audit"


def audit_sections(audit: Mapping[str, Any] | None) -> tuple[list[Section], dict[str, str]]:
    """Return the sections of an audit and their pictures by name; where there is none, what one would say.

    The file is not an entry of the log, so each part of it that is not of the right kind is left out.
    """
    measures = _measures(audit or {})
    if audit is None or not measures:
        return [
            section(say("fairness.audit"), paragraphs=[say("fairness.audit_none")], items=lines("fairness.measures"))
        ], {}
    drawn = _drawn(audit)
    pictures = {PICTURE: _picture(drawn)} if drawn else {}
    first = section(
        say("fairness.audit"),
        paragraphs=_sentences(audit),
        picture=PICTURE if drawn else "",
        note=say("fairness.audit_note"),
    )
    head = (say("fairness.group"), say("fairness.value"), say("fairness.says"))
    told = [section("", table=table(name[:1].upper() + name[1:], head, rows)) for name, rows in measures.items()]
    return [first, *told], pictures


def _measures(audit: Mapping[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """Return the rows (group, value, what it says) of each measure, in the audit's order."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in _mappings(audit.get("table")):
        group, _, measure = str(row.get("label", "")).rpartition(": ")
        if group:
            found.setdefault(measure, []).append((group, str(row.get("value", "")), str(row.get("note", ""))))
    return found


def _sentences(audit: Mapping[str, Any]) -> list[str]:
    """Return the verdict, what is assumed and what could have been seen; the page itself says what is impossible."""
    prose = audit.get("prose")
    told = [str(one) for one in prose if str(one) != say("fairness.impossible")] if isinstance(prose, list) else []
    assumed = audit.get("assumptions")
    if isinstance(assumed, list) and assumed:
        told.append(say("fairness.assumes", what="; ".join(map(str, assumed))))
    told += [say(f"fairness.{key}", what=str(audit[key])) for key in ("power", "would_change") if audit.get(key)]
    return told


def _drawn(audit: Mapping[str, Any]) -> list[tuple[str, float, float, float]]:
    """Return group, ratio, low and high of deployments for need, from the audit's own numbers."""
    numbers = audit.get("numbers")
    found = []
    for name, one in numbers.items() if isinstance(numbers, Mapping) else ():
        three = one.get("for_need") if isinstance(one, Mapping) else None
        if isinstance(three, list) and len(three) == 3 and all(_figure(value) for value in three[:2]):
            high = float(three[2]) if _figure(three[2]) else math.inf
            found.append((str(name), float(three[0]), float(three[1]), high))
    return found


def _picture(drawn: Sequence[tuple[str, float, float, float]]) -> str:
    told = "; ".join(
        f"{name}: {ratio:.2f} times, {low:.2f} to {f'{high:.2f}' if math.isfinite(high) else 'no upper end'}"
        for name, ratio, low, high in drawn
    )
    return ranges(PICTURE, say("fairness.audit_chart"), told, drawn)


def _figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _mappings(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
