"""The forms by which a case goes on: one for each step, with the fields that it takes and what they amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from answerable.case.log import KINDS
from answerable.case.parts.account import Measure, Verdict
from answerable.case.parts.impact import Characteristic, Limb149
from answerable.web.fields import YES_NO, Field, Options, Values, choices, known, numbers
from answerable.web.pages.staff_decisions import DECISION_FORMS, Read
from answerable.web.pages.staff_open import judgement_of


@dataclass(frozen=True)
class Asked:
    """What a filled form amounts to: fields of the command, and sections that join the case file.

    ``times`` are local times by the command's field; ``entry`` is one line of a deployment's log.
    """

    command: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, str] = field(default_factory=dict)
    entry: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Form:
    """The form of one step: its fields, and how what is sent is read."""

    fields: tuple[Field, ...]
    read: Callable[[Values], Asked]
    note: str = ""


_FOUND: Options = (("none", "No difference found"), ("some", "A difference, described below"))


def _community(values: Values) -> Asked:
    section = {
        "form": values.text("form"),
        "full_within_h": 24 if values.text("form") == "rapid" else None,
        "groups": list(values.lines("groups")),
        "tension": values.count("tension", "The tension"),
        **{name: values.text(name) for name in ("escalation", "provocation", "children", "mitigations")},
    }
    return Asked(sections={"community_impact": known(section)})


def _equality(values: Values) -> Asked:
    described = values.text("described")
    said = {"none": "No difference found.", "some": described}
    characteristics = {one: said.get(values.text(f"about_{one}"), "") for one in get_args(Characteristic)}
    section = {
        "done": True,
        "summary": values.text("summary") or described,
        "data_used": values.text("data_used"),
        "characteristics": known(characteristics),
        "limbs": known({one: values.text(one) for one in get_args(Limb149)}),
    }
    return Asked(sections={"equality_impact": known(section)})


def _assess(values: Values) -> Asked:
    sections: dict[str, Any] = {"judgement": judgement_of(values)}
    given, outside = values.yes("tactical"), values.yes("outside_command")
    if given is not None and outside is not None:
        sections["tactical_advice"] = {"given": given, "outside_command": outside}
    return Asked(sections=known({**sections, "copied_reasons": values.text("copied_reasons")}))


def _advise(values: Values) -> Asked:
    wants = {"publish": values.yes("publish") or False, "needs_answer": values.yes("needs_answer") or False}
    return Asked({"stance": values.text("stance"), "text": values.text("text"), **wants})


def _answer(values: Values) -> Asked:
    number = values.count("number", "The number of the advice") or 0
    return Asked({"number": number, "text": values.text("text"), "changed": values.text("changed")})


def _start(values: Values) -> Asked:
    said = {"unarmed_present": values.yes("unarmed_present"), "briefed": values.yes("briefed")}
    return Asked(sections={"start": known(said)} if None not in said.values() else {})


def _review(values: Values) -> Asked:
    checks = {
        "intel_still_valid": values.yes("intel_still_valid"),
        "threat_reassessed": values.yes("threat_reassessed"),
        "community_feedback": values.text("community_feedback"),
    }
    command = {"outcome": values.text("outcome"), "checks": known(checks), "reasons": values.text("reasons")}
    return Asked(command, times={"ends_at": values.text("ends_at")})


def _log(values: Values) -> Asked:
    entry = {
        "kind": values.text("kind"),
        "at": values.text("at"),
        "officers": values.count("officers", "The number of officers"),
        "minutes": values.number("minutes", "The minutes"),
        "cell": values.text("cell"),
        "note": values.text("note"),
    }
    return Asked(entry=known(entry))


def _debrief(values: Values) -> Asked:
    flags = {name: values.yes(name) for name in _FLAGS}
    section: dict[str, Any] = {
        "flags": known(flags),
        "under_18_contacts": values.count("under_18_contacts", "Contacts with those under 18"),
        "community_impact_review": values.text("community_impact_review"),
    }
    discharges = values.count("discharges", "Discharges")
    if discharges is not None:
        section["ho"] = {"operations": 1, "arv": values.yes("arv") or False, "discharges": discharges}
    return Asked(sections={"debrief": known(section)})


def _evaluate(values: Values) -> Asked:
    measures = {name: {"says": values.text(name)} for name in get_args(Measure) if values.text(name)}
    section = {"verdict": values.text("verdict"), "measures": measures, "limits": values.text("limits")}
    return Asked(sections={"evaluation": known(section)})


def _close(values: Values) -> Asked:
    left_out = values.text("field")
    if not left_out:
        return Asked(sections={"closing": {"redactions": []}})
    one = {"field": left_out, "reason_code": values.text("reason_code"), "review_at": values.text("review_at")}
    return Asked(sections={"closing": {"redactions": [known(one)]}})


def _reasons(values: Values) -> Asked:
    return Asked({"reasons": values.text("reasons")})


def _nothing(_: Values) -> Asked:
    return Asked()


def _decision(read: Read) -> Callable[[Values], Asked]:
    return lambda values: Asked(*read(values))


_FLAGS = {
    "weapon_drawn": "A weapon was drawn", "force_used": "Force was used", "injury": "Somebody was injured",
    "complaint": "Somebody complained", "iopc_referral": "It was referred to the IOPC",
}  # fmt: skip
_REASONS = Field("reasons", "Reasons", "area", hint="In words the public can read; never about a person.")
_LATER = Field("reasons", "Reasons, which may follow", "area")
_GROUNDS = choices(("foi_31", "foi_38", "foi_40", "court_order", "criminal_proceedings"))

FORMS: Mapping[str, Form] = {
    "submit": Form((), _nothing),
    "community_impact": Form(
        (
            Field("form", "Which form", "radio", options=choices(("rapid", "full"))),
            Field("groups", "Groups most affected, one in a line", "area", hint="Groups of people, never single ones."),
            Field("tension", "Tension now, from 1 (none) to 6 (disorder)", "select", options=numbers(1, 6), value="2"),
            Field("escalation", "How it could make things worse", "area"),
            Field("provocation", "How it could be seen as a provocation", "area"),
            Field("children", "What it means for children", "area"),
            Field("mitigations", "What is done about it", "area"),
        ),
        _community,
    ),
    "equality_impact": Form(
        (
            *(
                Field(
                    f"about_{one}",
                    one.replace("_", " ").capitalize(),
                    "select",
                    options=(("", "Not looked at"), *_FOUND),
                )
                for one in get_args(Characteristic)
            ),
            Field("described", "The differences, described", "area"),
            Field("eliminate", "How unlawful discrimination is kept out", "area"),
            Field("advance", "How equality is advanced", "area"),
            Field("foster", "How good relations are fostered", "area"),
            Field("data_used", "On what figures this rests"),
            Field("summary", "In one sentence"),
        ),
        _equality,
    ),
    "assess": Form(
        (
            Field(
                "chance",
                "How likely is it, of 100?",
                "number",
                hint="Your own judgement. It is sealed by this step, before the computed picture is shown.",
            ),
            Field("ancr", "How sure are you of that?", "radio", options=choices(("low", "moderate", "high"))),
            Field("gap_reasons", "Where the computed picture lies far from it: why", "area", hint="Only afterwards."),
            Field("tactical", "A tactical adviser has advised", "radio", options=YES_NO),
            Field("outside_command", "That adviser stands outside the command", "radio", options=YES_NO),
            Field("copied_reasons", "Where reasons repeat an earlier case: why they are true again", "area"),
        ),
        _assess,
    ),
    "advise": Form(
        (
            Field(
                "stance",
                "What do you advise?",
                "radio",
                options=(
                    ("object", "Against it"),
                    ("neutral", "Neither"),
                    ("support", "For it"),
                    ("no_reply", "Asked, and no reply came"),
                ),
            ),
            Field("text", "In your own words", "area"),
            Field("publish", "Should your words be published, unedited?", "radio", options=YES_NO),
            Field("needs_answer", "Must it be answered before anybody decides?", "radio", options=YES_NO),
        ),
        _advise,
        "Advice against never blocks; leaving it unanswered does.",
    ),
    "answer": Form(
        (
            Field("number", "Which advice", "number"),
            Field("text", "Your answer", "area"),
            Field("changed", "What was changed because of it, or why nothing was", "area"),
        ),
        _answer,
    ),
    "withdraw": Form((_LATER,), _reasons),
    "start": Form(
        (
            Field("unarmed_present", "The unarmed unit is here", "radio", options=YES_NO),
            Field("briefed", "Everybody was briefed", "radio", options=YES_NO),
        ),
        _start,
    ),
    "review": Form(
        (
            Field(
                "outcome",
                "Outcome",
                "radio",
                options=(("end", "End it now"), ("vary", "Go on, and end earlier"), ("continue", "Go on")),
            ),
            Field("intel_still_valid", "The intelligence still holds", "radio", options=YES_NO),
            Field("threat_reassessed", "The threat was assessed again", "radio", options=YES_NO),
            Field("community_feedback", "What people in the area say", "area"),
            Field("ends_at", "Where it ends earlier: when", "datetime-local"),
            _REASONS,
        ),
        _review,
    ),
    "end": Form((_LATER,), _reasons),
    "revoke": Form((_LATER,), _reasons),
    "reasons": Form((_REASONS,), _reasons),
    "log": Form(
        (
            Field("kind", "What happened", "select", options=choices(KINDS)),
            Field("at", "When; now if left out", "datetime-local"),
            Field("officers", "How many officers", "number"),
            Field("minutes", "For how many minutes", "number"),
            Field("cell", "Grid square, where known"),
            Field("note", "Note, which is kept and never published"),
        ),
        _log,
    ),
    "referral": Form(
        (Field("option", "Which alternative was handed on"), Field("text", "What came of it", "area")),
        lambda values: Asked({"option": values.text("option"), "text": values.text("text")}),
    ),
    "debrief": Form(
        (
            *(Field(name, words, "radio", options=YES_NO) for name, words in _FLAGS.items()),
            Field("arv", "An armed response vehicle took part", "radio", options=YES_NO),
            Field("discharges", "Discharges of a firearm", "select", options=numbers(0, 9), value="0"),
            Field("under_18_contacts", "Contacts with those under 18", "number"),
            Field("community_impact_review", "What it did to the community, looked at again", "area"),
        ),
        _debrief,
    ),
    "evaluate": Form(
        (
            Field(
                "verdict",
                "Verdict",
                "radio",
                options=tuple((one, one.replace("_", " ").capitalize()) for one in get_args(Verdict)),
                hint="For a single deployment, 'cannot tell' is the usual answer.",
            ),
            *(Field(one, one.replace("_", " ").capitalize(), "text") for one in get_args(Measure)),
            Field("limits", "What cannot be concluded from it", "area"),
        ),
        _evaluate,
    ),
    "close": Form(
        (
            Field("field", "A field that the public record leaves out, if any"),
            Field("reason_code", "On what ground", "select", options=(("", "-"), *_GROUNDS)),
            Field("review_at", "When that is looked at again", "datetime-local"),
        ),
        _close,
    ),
    **{name: Form(fields, _decision(read)) for name, (fields, read) in DECISION_FORMS.items()},
}
