"""The forms of decisions. Refusing and authorising stand side by side, and neither is chosen beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from answerable.web.fields import YES_NO, Field, Values, choices, known
from answerable.web.pages.staff_open import plan_of

Read = Callable[[Values], tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, str]]]
_REASONS = Field("reasons", "Reasons", "area", hint="In words the public can read; never about a person.")
_PLAN = (
    Field("outcome", "What will be measured afterwards"),
    Field("comparators", "Where else it is measured", hint="At least two areas, with commas between them."),
    Field("margin", "What would count against it"),
    Field("horizon_days", "How many days after", "select", options=(("28", "28"), ("56", "56"), ("91", "91"))),
)
_PUBLIC = Field("public_text", "What the public will read", "area", hint="At least twenty words.")
_DECLARED = (
    Field("investigator", "I have a part in the investigation", "radio", options=YES_NO),
    Field("review_hours", "Looked at again after", "select", options=(("1", "1 hour"), ("2", "2 hours")), value="2"),
)
_LIMITS = (
    Field("conditions", "Conditions, one in a line", "area"),
    Field("ends_at", "End it earlier than asked", "datetime-local", hint="It ends by itself in any case."),
)
_CONFIRMED = Field(
    "equality_confirmed", "I have had due regard to the equality duty, at this decision", "radio", options=YES_NO
)


def _refuse(values: Values) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, str]]:
    return {"reasons": values.text("reasons"), "what_would_change": values.text("change")}, {}, {}


def _authorise(values: Values) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, str]]:
    declared = {
        "investigator": values.yes("investigator"),
        "review_hours": values.number("review_hours", "The hours to the review"),
        "equality_confirmed": values.yes("equality_confirmed"),
        "public_text": values.text("public_text"),
        "oral_at": values.text("oral_at"),
    }
    sections = {"authorisation": known(declared)}
    command = {"reasons": values.text("reasons"), "conditions": values.lines("conditions")}
    return command, sections, {"ends_at": values.text("ends_at")}


def _ratify(values: Values) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, str]]:
    declared = known(
        {
            "investigator": values.yes("investigator"),
            "equality_confirmed": values.yes("equality_confirmed"),
            "public_text": values.text("public_text"),
            "review_hours": values.number("review_hours", "The hours to the review"),
        }
    )
    return (
        {"reasons": values.text("reasons")},
        known({"authorisation": declared, "evaluation_plan": plan_of(values)}),
        {},
    )


def _extend(values: Values) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, str]]:
    legal, extreme = values.yes("legal"), values.yes("extreme")
    tests: dict[str, Any] = {}
    if legal is not None:
        tests["legal"] = {"answer": legal, "reasons": values.text("legal_reasons")}
    if extreme is not None and values.text("harm"):
        tests["extreme"] = {"answer": extreme, "harm": values.text("harm"), "reasons": values.text("extreme_reasons")}
    sections: dict[str, Any] = {"extension": known({"ends_at": values.text("ends_at"), "tests": tests})}
    if values.text("reviewed_at"):
        reviewed = {"at": values.text("reviewed_at"), "text": values.text("reviewed")}
        sections["community_impact"] = {"reviewed": reviewed}
    return {"reasons": values.text("reasons")}, sections, {"ends_at": values.text("ends_at")}


DECISION_FORMS: Mapping[str, tuple[tuple[Field, ...], Read]] = {
    "refuse": ((_REASONS, Field("change", "What would change the answer", "area")), _refuse),
    "authorise": ((_REASONS, *_LIMITS, *_DECLARED, _CONFIRMED, _PUBLIC), _authorise),
    "urgent": (
        (_REASONS, *_LIMITS, *_DECLARED,
         Field("oral_at", "Given by word of mouth before: when", "datetime-local")),
        _authorise,
    ),
    "ratify": ((_REASONS, *_DECLARED, _CONFIRMED, _PUBLIC, *_PLAN), _ratify),
    "extend": (
        (
            Field("ends_at", "The new end", "datetime-local"),
            Field("legal", "The law's threshold is met, as things stand now", "radio", options=YES_NO),
            Field("legal_reasons", "Because", "area"),
            Field("extreme", "The circumstances are still extreme", "radio", options=YES_NO),
            Field("harm", "The harm that is feared", "radio",
                  options=choices(("loss_of_life", "life_changing_injury", "serious_injury"))),
            Field("extreme_reasons", "Because", "area"),
            Field("reviewed_at", "The community impact was looked at again: when", "datetime-local"),
            Field("reviewed", "What was found", "area"),
            _REASONS,
        ),
        _extend,
    ),
}  # fmt: skip
SIGNED = frozenset(DECISION_FORMS)
"""Decisions that are signed one by one. To end or to take back is none of them: nothing stands in its way."""
