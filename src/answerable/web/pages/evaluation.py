"""Did it work: the plan of each deployment as fixed beforehand, its verdict, and what that cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.place import stamp
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.pages.case_words import VERDICTS, plain
from answerable.web.pages.programme import programme_section
from answerable.web.pages.questions import used_from
from answerable.web.pages.sections import Section, case_link, page, section, table
from answerable.web.render import Page

PATH = "evaluation.html"
_PLAN = (
    say("told.evaluation.case"),
    say("told.evaluation.outcome_to_be_measured"),
    say("told.evaluation.compared_with"),
    say("told.evaluation.days_watched"),
    say("told.evaluation.what_would_count_against"),
)


def evaluation(view: PublicView, programme: Mapping[str, Any] | None = None) -> Page:
    """Return verdicts, plans, what is overdue, and the evaluation of all together that lies beside the log, if any."""
    used = [case for case in reversed(view.having("start")) if used_from(case, view)]
    sections = [_verdicts(used), _owed(used), _plans(used), programme_section(programme)]
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
    head = (
        say("told.evaluation.case"),
        say("told.evaluation.where"),
        say("told.evaluation.verdict"),
        say("told.evaluation.what_was_measured"),
        say("told.evaluation.what_it_cannot_show"),
    )
    empty = [] if rows else [say("evaluation.none")]
    return section(
        say("told.evaluation.verdicts"),
        paragraphs=[*empty, say("evaluation.why")],
        table=table(say("told.evaluation.each_evaluation"), head, rows),
    )


def _measures(data: Mapping[str, Any]) -> str:
    measures = data.get("measures")
    said = measures.items() if isinstance(measures, Mapping) else ()
    return "; ".join(f"{plain(name)}: {one.get('says', '')}" for name, one in said if isinstance(one, Mapping))


def _owed(used: list[PublicCase]) -> Section:
    rows = [
        (
            case_link(case),
            case.area_name,
            {"at": stamp(duty.due)},
            "overdue" if duty.overdue else say("told.evaluation.not_due_yet"),
        )
        for case in used
        for duty in case.duties
        if duty.kind == "evaluate"
    ]
    head = (
        say("told.evaluation.case"),
        say("told.evaluation.where"),
        say("told.evaluation.due"),
        say("told.evaluation.standing"),
    )
    empty = [] if rows else [say("told.evaluation.no_evaluation_is_owed")]
    return section(
        say("told.evaluation.still_owed"),
        paragraphs=empty,
        table=table(say("told.evaluation.evaluations_that_are_owed"), head, rows),
    )


def _plans(used: list[PublicCase]) -> Section:
    rows = []
    for case in used:
        decided = case.last("authorise", "urgent", "ratify")
        plan = decided.data.get("evaluation_plan") if decided else None
        if isinstance(plan, Mapping):
            compared = plan.get("comparators") or ()
            said = (plan.get("outcome"), "; ".join(map(str, compared)), plan.get("horizon_days"), plan.get("margin"))
            rows.append(
                (case_link(case), *(say("told.evaluation.not_stated") if one in (None, "") else one for one in said))
            )
    empty = [] if rows else [say("told.evaluation.no_plan_has_been")]
    return section(
        say("told.evaluation.fixed_beforehand"),
        paragraphs=empty,
        table=table(say("told.evaluation.the_plan_in_each"), _PLAN, rows),
    )
