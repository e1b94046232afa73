"""Stage 2: threat and risk, and the working strategy. The two thresholds kept apart, and who would be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.present.casefile.source import CaseSource
from answerable.present.document import Block, Grid, Items, Part, Section, Words

ANSWERS = {True: "holds", False: "FAILS", None: "NOT KNOWN"}
_SUPPORT = {
    "unarmed_unit": "An unarmed unit is supported",
    "armed_officers": "Armed officers",
    "unarmed_officers": "Unarmed officers",
    "modality": "Way of being there",
    "modality_reasons": "Why no less visible way would do",
}


def threat(case: CaseSource) -> Section:
    """Return the section on threat, risk and the working strategy."""
    return Section(
        "threat",
        "2. Threat and risk, working strategy",
        "How bad could it be, does it pass both thresholds, and who would be there?",
        (
            Part("The tests of the threat", _tests(case)),
            Part("Working strategy: who would be there", _support(case)),
        ),
    )


def tested(case: CaseSource, *transitions: str) -> list[Mapping[str, Any]]:
    """Return the findings of the newest entry at which one of these transitions was tested, blocked or not."""
    for entry in reversed(case.entries):
        asked = entry.data.get("transition") if entry.kind == "blocked" else entry.kind
        if asked in transitions and entry.data.get("findings"):
            return [finding for finding in entry.data["findings"] if isinstance(finding, Mapping)]
    return []


def rule_grid(caption: str, findings: list[Mapping[str, Any]]) -> Grid | None:
    """Return findings as a table: rule, what it says, whether it held, why."""
    if not findings:
        return None
    rows = tuple(
        (
            str(finding.get("rule", "")),
            str(finding.get("says", "")),
            ANSWERS.get(finding.get("holds"), "NOT KNOWN"),
            str(finding.get("reason", "")),
        )
        for finding in findings
    )
    return Grid(caption, ("Rule", "What it says", "Answer", "Why"), rows, widths=(8, 43, 11, 38))


def _tests(case: CaseSource) -> tuple[Block, ...]:
    grid = rule_grid("Rules tested when the threat was assessed", tested(case, "assess", "urgent"))
    if grid is None:
        return (Words("The threat has not been assessed."),)
    note = (
        "The law's test (reason to suppose) and the policy's own, higher test (extreme circumstances) are separate "
        "rules: meeting the first says nothing of the second. A fact that is not known never satisfies a rule."
    )
    return (grid, Words(note, "quiet"))


def _support(case: CaseSource) -> tuple[Block, ...]:
    support = case.newest("support")
    blocks: list[Block] = []
    if isinstance(support, Mapping):
        blocks.append(case.facts(support, {key: label for key, label in _SUPPORT.items() if key in support}))
    purposes = case.newest("purposes")
    if purposes:
        blocks.append(Items("Purposes:", tuple(case.say(purpose) for purpose in purposes)))
    return tuple(blocks) or (Words("Who would be there is not recorded."),)
