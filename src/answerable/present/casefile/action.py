"""Stage 5: action and review. Who decided, within what limits, what was then done, and what was learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from answerable.present.casefile.source import CaseEntry, CaseSource, capital, spaced
from answerable.present.document import Block, Facts, Grid, Items, Part, Quote, Section, Words

_DECISIONS = {
    "authorise": "Authorised",
    "urgent": "Authorised urgently",
    "ratify": "Ratified",
    "refuse": "Refused",
    "withdraw": "Withdrawn",
    "extend": "Extended",
    "revoke": "Revoked",
    "end": "Ended",
}
_LIMITS = {
    "starts_at": "From", "ends_at": "Ends by itself at", "start_by": "Lapses unless started by",
    "oral_at": "Given orally at", "ratify_by": "Ends unless ratified by", "review_hours": "Looked at again every (h)",
    "conditions": "Conditions",
}  # fmt: skip
_PLAN = {
    "outcome": "Outcome measured", "comparators": "Compared with", "horizon": "By when",
    "margin": "Margin fixed beforehand",
}  # fmt: skip
_LOG = {
    "at": "At",
    "kind": "What",
    "officers": "Officers",
    "minutes": "Minutes",
    "note": "Note",
    "late": "Entered late",
    "outside_authority": "Outside the authority",
}


def action(case: CaseSource) -> Section:
    """Return the section on the decision, the deployment and its review."""
    decisions = [Part(_title(case, entry), _decision(case, entry)) for entry in case.of(*_DECISIONS)]
    if not decisions:
        decisions = [Part("Decision", (Words("No decision has been made."),))]
    rest = (
        Part("Evaluation fixed beforehand", _plan(case)),
        Part("Reviews while it ran", _reviews(case)),
        Part("What was logged", _log(case)),
        Part("Debrief", _debrief(case)),
        Part("Evaluation", _evaluation(case)),
        Part("Still owed", _duties(case)),
    )
    asks = "Who decided, within what limits, what happened, and did it work?"
    return Section("action", "5. Action and review", asks, (*decisions, *rest))


def _title(case: CaseSource, entry: CaseEntry) -> str:
    return f"{_DECISIONS[entry.kind]} by the {spaced(entry.office)}, {case.when(entry.at)}"


def _decision(case: CaseSource, entry: CaseEntry) -> tuple[Block, ...]:
    data = entry.data
    blocks: list[Block] = []
    limits = {key: label for key, label in _LIMITS.items() if data.get(key)}
    if limits:
        blocks.append(case.facts(data, limits))
    late = next((e for e in case.of("reasons") if e.data.get("of") == entry.kind), None)
    reasons = data.get("reasons") or (late.data.get("reasons") if late else "")
    by = f"reasons of the {spaced(entry.office)}" + (f", given {case.when(late.at)}" if late else "")
    blocks.append(Quote(str(reasons), by) if reasons else Words("No reasons are recorded."))
    if data.get("what_would_change"):
        change = data["what_would_change"]
        lines = (change,) if isinstance(change, str) else tuple(map(str, change))
        blocks.append(Items("What would change it:", lines))
    if data.get("public_text"):
        blocks.append(Quote(str(data["public_text"]), "public text"))
    return tuple(blocks)


def _plan(case: CaseSource) -> tuple[Block, ...]:
    plan = case.newest("evaluation_plan")
    if not isinstance(plan, Mapping) or not plan:
        return (Words("No plan of evaluation is recorded."),)
    return (case.facts(plan, {key: _PLAN.get(key, capital(spaced(key))) for key in plan}),)


def _reviews(case: CaseSource) -> tuple[Block, ...]:
    rows = [
        {"at": case.when(e.at), "office": e.office, **e.data, **(e.data.get("checks") or {})} for e in case.of("review")
    ]
    names = {
        "at": "At", "office": "By", "outcome": "Outcome", "intel_still_valid": "Intelligence still valid",
        "threat_reassessed": "Threat assessed anew", "community_feedback": "Community feedback", "reasons": "Reasons",
        "review_due": "Next due",
    }  # fmt: skip
    grid = case.grid("Each review, and what it found", rows, names)
    return (grid,) if grid else (Words("None is recorded."),)


def _log(case: CaseSource) -> tuple[Block, ...]:
    entries = [row for e in case.of("log") for row in e.data.get("entries") or () if isinstance(row, Mapping)]
    if not entries:
        return (Words("Nothing was logged."),)
    counts = Counter(str(row.get("kind")) for row in entries)
    minutes: Counter[str] = Counter()
    for row in entries:
        minutes[str(row.get("kind"))] += int((row.get("officers") or 1) * (row.get("minutes") or 0))
    tally = tuple((capital(spaced(kind)), str(n), str(minutes[kind])) for kind, n in sorted(counts.items()))
    grid = case.grid(
        "Entries of the log, in the order they happened", sorted(entries, key=lambda r: str(r.get("at"))), _LOG
    )
    blocks: list[Block] = [Grid("Entries by kind", ("Kind", "Entries", "Officer-minutes"), tally)]
    return (*blocks, grid) if grid else tuple(blocks)


def _debrief(case: CaseSource) -> tuple[Block, ...]:
    entry = case.last("debrief")
    if entry is None:
        return (Words("None is recorded."),)
    dosage, counts, ho = (_mapping(entry.data.get(name)) for name in ("dosage", "counts", "ho"))
    rows = [
        ("Officer-minutes on the ground", case.say(dosage.get("officer_minutes"))),
        *((capital(spaced(flag)), case.say(said)) for flag, said in _mapping(entry.data.get("flags")).items()),
        ("Contacts with under-18s", case.say(entry.data.get("under_18_contacts"))),
        ("Operations (Home Office count)", case.say(ho.get("operations"))),
        ("With an armed response vehicle", case.say(ho.get("arvs", ho.get("arv")))),
        ("Discharges at persons", case.say(ho.get("discharges"))),
        ("Community impact looked at again", case.say(entry.data.get("community_impact_review"))),
    ]
    blocks: list[Block] = [Facts(tuple(rows))]
    if counts:
        tally = tuple((capital(spaced(kind)), case.say(n)) for kind, n in sorted(counts.items()))
        blocks.append(Grid("What happened, counted", ("Kind", "Count"), tally))
    cells = [row for row in dosage.get("by_cell_hour") or () if isinstance(row, Mapping)]
    names = {"cell": "Cell", "hour": "Hour", "at": "Hour", "officer_minutes": "Officer-minutes", "minutes": "Minutes"}
    grid = case.grid("Dosage: officer-minutes by cell and hour", cells, names)
    return (*blocks, grid) if grid else tuple(blocks)


def _evaluation(case: CaseSource) -> tuple[Block, ...]:
    entry = case.last("evaluate")
    if entry is None:
        return (Words("None is recorded."),)
    verdict = str(entry.data.get("verdict", ""))
    said = {"cannot_tell": "It cannot be told. For a single deployment that is the usual, and an honest, answer."}
    measures = _mapping(entry.data.get("measures"))
    blocks: list[Block] = [Words(said.get(verdict, f"Violence, as measured: {case.say(verdict)}."), "strong")]
    if measures:
        rows = tuple((capital(spaced(name)), _measure(case, value)) for name, value in sorted(measures.items()))
        blocks.append(Grid("Measures", ("Measure", "Result"), rows))
    if entry.data.get("limits"):
        blocks.append(Quote(case.say(entry.data["limits"]), "limits of the evaluation"))
    return tuple(blocks)


def _measure(case: CaseSource, value: Any) -> str:
    """Say one measure: its number with its interval and unit where there is one, and what was said of it."""
    if not isinstance(value, Mapping):
        return case.say(value)
    number = case.say(value["value"]) if value.get("value") is not None else ""
    if number and value.get("low") is not None and value.get("high") is not None:
        number += f" ({case.say(value['low'])} to {case.say(value['high'])})"
    figure = " ".join(filter(None, (number, str(value.get("unit") or "") if number else "")))
    return ". ".join(filter(None, (figure, str(value.get("says") or "")))) or case.say(None)


def _duties(case: CaseSource) -> tuple[Block, ...]:
    if not case.duties:
        return (Words("Nothing is owed on this case."),)
    rows = tuple(
        (capital(spaced(due.kind)), case.when(due.due), "OVERDUE" if due.overdue else "not yet due")
        for due in case.duties
    )
    return (Grid("Duties", ("What", "Due", "Standing"), rows),)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
