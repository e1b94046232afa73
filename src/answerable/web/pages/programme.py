"""The evaluation of all deployments together, as a force lays it beside its log."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from answerable.evaluate.verdict import VERDICTS
from answerable.web.catalogue import say
from answerable.web.pages.blocks import say as written
from answerable.web.pages.sections import Section, section, table


def programme_section(found: Mapping[str, Any] | None) -> Section:
    """Return what an evaluation of the programme says; where there is none, or none with a verdict, why that may be.

    The file is not an entry of the log, so each part of it that is not of the right kind is left out.
    """
    links = [
        {
            "text": say("told.evaluation.what_studies_found"),
            "href": "evidence.html",
            "says": say("told.evaluation.of_this_tactic_and"),
        }
    ]
    heading = say("evaluation.programme")
    if found is None or found.get("verdict") not in VERDICTS:
        return section(heading, paragraphs=[say("evaluation.programme_none")], links=links)
    exploratory = [say("evaluation.programme_exploratory")] if found.get("exploratory") else []
    head = [say(f"evaluation.programme_{name}") for name in ("what", "value", "note")]
    rows = [
        [str(row.get(name, "")) for name in ("label", "value", "note")]
        for row in _listed(found.get("table"))
        if isinstance(row, Mapping)
    ]
    return section(
        heading,
        paragraphs=[*exploratory, *map(str, _listed(found.get("prose")))],
        facts=_facts(found),
        table=table(say("evaluation.programme_figures"), head, rows),
        links=links,
        note=say("evaluation.programme_beside"),
    )


def _facts(found: Mapping[str, Any]) -> list[tuple[str, Any]]:
    given = found.get("numbers")
    numbers = given if isinstance(given, Mapping) else {}
    told = {
        "verdict": found["verdict"],
        "estimate": _estimate(numbers),
        "deployed": _count(numbers.get("deployed")),
        "compared": _count(numbers.get("compared")),
        "method": found.get("method"),
        "assumes": "; ".join(map(str, _listed(found.get("assumptions")))),
        "power": found.get("power"),
        "would_change": found.get("would_change"),
        "made_at": written(found.get("made_at")),
    }
    return [(say(f"evaluation.programme_{name}"), value) for name, value in told.items() if value]


def _estimate(numbers: Mapping[str, Any]) -> str:
    """Return the rate in deployed windows over that in the others with its interval; nothing where there is none."""
    ratio, low, high = (numbers.get(name) for name in ("ratio", "low", "high"))
    if not (_figure(ratio) and _figure(low)):
        return ""
    end = f"{high:.2f}" if _figure(high) else say("evaluation.programme_no_end")
    return say("evaluation.programme_ratio", ratio=f"{ratio:.2f}", low=f"{low:.2f}", high=end)


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else ""


def _figure(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
