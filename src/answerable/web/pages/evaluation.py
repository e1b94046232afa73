"""Did it work: the plan of each deployment as fixed beforehand, its verdict, and what that cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.place import stamp
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.pages.case_words import VERDICTS, plain
from answerable.web.pages.questions import used_from
from answerable.web.pages.sections import Section, case_link, page, section, table
from answerable.web.render import Page

PATH = "evaluation.html"
_PLAN = ("Case", "Outcome to be measured", "Compared with", "Days watched", "What would count as harm")


def evaluation(view: PublicView) -> Page:
    """Return verdicts, plans and what is overdue; without an evaluation, a page that says so."""
    used = [case for case in reversed(view.cases) if used_from(case, view)]
    sections = [_verdicts(used), _owed(used), _plans(used), _programme()]
    counted = {verdict: sum(_verdict(case) == verdict for case in used) for verdict in VERDICTS}
    return page(PATH, "evaluation", sections, verdicts=counted)


def _verdict(case: PublicCase) -> str:
    found = case.last("evaluate")
    return str(found.data.get("verdict", "")) if found else ""


def _verdicts(used: list[PublicCase]) -> Section:
    rows = []
    for case in used:
        found = case.last("evaluate")
        if found is not None:
            verdict = str(found.data.get("verdict", ""))
            limits = str(found.data.get("limits", ""))
            rows.append(
                (case_link(case), case.area_name, VERDICTS.get(verdict, plain(verdict)), _measures(found.data), limits)
            )
    head = ("Case", "Where", "Verdict", "What was measured", "What it cannot show")
    empty = [] if rows else [say("evaluation.none")]
    return section("Verdicts", paragraphs=[*empty, say("evaluation.why")], table=table("Each evaluation", head, rows))


def _measures(data: Mapping[str, Any]) -> str:
    measures = data.get("measures")
    said = measures.items() if isinstance(measures, Mapping) else ()
    return "; ".join(f"{plain(name)}: {one.get('says', '')}" for name, one in said if isinstance(one, Mapping))


def _owed(used: list[PublicCase]) -> Section:
    rows = [
        (case_link(case), case.area_name, {"at": stamp(duty.due)}, "overdue" if duty.overdue else "not due yet")
        for case in used
        for duty in case.duties
        if duty.kind == "evaluate"
    ]
    head = ("Case", "Where", "Due", "Standing")
    empty = [] if rows else ["No evaluation is owed."]
    return section("Still owed", paragraphs=empty, table=table("Evaluations that are owed", head, rows))


def _plans(used: list[PublicCase]) -> Section:
    rows = []
    for case in used:
        decided = case.last("authorise", "urgent", "ratify")
        plan = decided.data.get("evaluation_plan") if decided else None
        if isinstance(plan, Mapping):
            compared = plan.get("comparators") or ()
            said = (plan.get("outcome"), "; ".join(map(str, compared)), plan.get("horizon_days"), plan.get("margin"))
            rows.append((case_link(case), *("not stated" if one in (None, "") else one for one in said)))
    empty = [] if rows else ["No plan has been published."]
    return section("Fixed beforehand", paragraphs=empty, table=table("The plan in each authority", _PLAN, rows))


def _programme() -> Section:
    return section(
        say("evaluation.programme"),
        paragraphs=[say("evaluation.programme_none")],
        links=[{"text": "What studies found", "href": "evidence.html", "says": "Of this tactic and of others."}],
    )
