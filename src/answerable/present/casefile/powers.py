"""Stage 3: powers and policy. Which rules were in force, and what each said at every step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.present.casefile.source import CaseEntry, CaseSource, capital, spaced
from answerable.present.casefile.threat import rule_grid
from answerable.present.document import Block, Facts, Grid, Part, Section, Words

# These are shown whole in the section on the threat.
_SHOWN_BEFORE = ("assess",)


def powers(case: CaseSource) -> Section:
    """Return the section on the rules."""
    parts = [Part("The rules in force", _pack(case)), *_steps(case)]
    parts += _rare(case)
    sources = _sources(case)
    if sources:
        parts.append(Part("Where each tested rule comes from", (sources,)))
    return Section(
        "powers",
        "3. Powers and policy",
        "Which rules applied, where do they come from, and did they hold?",
        tuple(parts),
    )


def _pack(case: CaseSource) -> tuple[Block, ...]:
    pack = case.pack
    if not pack:
        return (Facts((("Pack", case.say(case.opened.get("pack"))),)),)
    rows = (
        ("Pack", f"{pack.get('title', '')} ({pack.get('pack', '')}, version {pack.get('version', '')})"),
        ("Status", f"{pack.get('status', '')}: nothing here says that a force complies with anything"),
        ("Sunset", case.say(pack.get("sunset_at"))),
        ("SHA-256 of the rules", case.say(pack.get("hash"))),
    )
    return (Facts(rows), Words(case.not_limited, "strong")) if case.not_limited else (Facts(rows),)


def _steps(case: CaseSource) -> list[Part]:
    parts = []
    for entry in case.entries:
        asked = str(entry.data.get("transition", entry.kind))
        if asked in _SHOWN_BEFORE and entry.kind != "blocked":
            continue
        grid = rule_grid(f"Rules tested at '{spaced(asked)}'", list(entry.data.get("findings") or ()))
        if grid:
            parts.append(Part(_heading(case, entry, asked), (grid,)))
    return parts


def _rare(case: CaseSource) -> list[Part]:
    """Return what the rarity guard said at the decision: its sentence, and each measure beside its limits."""
    said = case.newest("rarity")
    if not said:
        return []
    rows = tuple(
        (capital(spaced(name)), _figure(one.get("value")), _limits(one.get("limit") or {}), str(one.get("level")))
        for name, one in (said.get("measures") or {}).items()
    )
    grid = Grid("What the rarity guard counted at the decision", ("Measure", "With this case", "Limits", "Level"), rows)
    return [Part("How rare it still was", (Words(str(said["sentence"])), *((grid,) if rows else ())))]


def _figure(value: Any) -> str:
    return "not known" if value is None else f"{value:.3g}"


def _limits(limit: Mapping[str, Any]) -> str:
    named = ("notice", "escalate", "most")
    return ", ".join(f"{name} {limit[name]:g}" for name in named if limit.get(name) is not None) or "none"


def _heading(case: CaseSource, entry: CaseEntry, asked: str) -> str:
    held = all(finding.get("holds") is True for finding in entry.data.get("findings") or ())
    outcome = "blocked" if entry.kind == "blocked" else ("held" if held else "recorded, not every rule held")
    return f"{capital(spaced(asked))}: {outcome}, {case.when(entry.at)}"


def _sources(case: CaseSource) -> Grid | None:
    tested = {str(finding.get("rule")) for entry in case.entries for finding in entry.data.get("findings") or ()}
    rules: list[Mapping[str, Any]] = [rule for rule in case.pack.get("rules", ()) if str(rule.get("id")) in tested]
    if not rules:
        return None
    rows = tuple((str(r["id"]), case.say(r.get("basis")), case.say(r.get("src"))) for r in rules)
    return Grid("Sources of the rules; [D] marks a design choice of the pack", ("Rule", "Basis", "Source"), rows)
