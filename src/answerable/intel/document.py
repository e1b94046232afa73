"""Reports as documents: the file that ``intel import`` reads, and how one report is written down and read back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from answerable.errors import InputError
from answerable.intel.assumptions import number
from answerable.intel.grading import CURRENT, Regrade
from answerable.intel.held import hold
from answerable.intel.identifying import identifying
from answerable.intel.place import Place
from answerable.intel.report import Hypothesis, Report
from answerable.place import Window, parse_instant, stamp


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Ref = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=60, pattern=r"^\S*$")]
Short = Annotated[str, Field(max_length=120)]
Gist = Annotated[str, Field(max_length=280)]
Time = Annotated[str, Field(min_length=1, max_length=40, description="ISO 8601; local in `tz` where without offset")]
Point = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-80, le=84)]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class PlacePart(_Part):
    """Where the event is expected: a circle of ``radius_m`` metres around ``place``, or a ``polygon``; degrees."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    place: Point | None = None
    radius_m: Annotated[float, Field(gt=0, le=50_000)] | None = None
    polygon: Annotated[tuple[Point, ...], Field(min_length=3, max_length=500)] | None = None


class WindowPart(_Part):
    """When: from ``from`` up to, not including, ``to``."""

    from_: Time = Field(alias="from")
    to: Time


class HypothesisPart(_Part):
    """A stated hypothesis and where it is from; it feeds no model."""

    tag: Short
    provenance: Short


class RegradePart(_Part):
    """What the grades were before a change, when it was made, by whom and why."""

    was: tuple[str, str, str]
    at: Time
    evaluator: Short
    reason: Short = ""


class ReportDocument(_Part):
    """One report: a reference, grades, place, times and a short sanitised gist; never the report, never a person."""

    ref: Ref
    scheme: str = CURRENT
    source: Annotated[str, BeforeValidator(_as_text)]
    information: Annotated[str, BeforeValidator(_as_text)]
    handling: Annotated[str, BeforeValidator(_as_text)]
    conditions: Annotated[tuple[Short, ...], Field(max_length=20)] = ()
    origin_key: Ref
    derived_from: Annotated[tuple[Ref, ...], Field(max_length=50)] = ()
    received_at: Time
    event_window: WindowPart | None = None
    place: PlacePart
    gist: Gist
    public_text: Gist = ""
    originator: Short
    evaluator: Short
    expires_at: Time | None = None
    retention_until: Time | None = None
    hypotheses: Annotated[tuple[HypothesisPart, ...], Field(max_length=20)] = ()
    regrades: tuple[RegradePart, ...] = ()


class ReportFile(_Part):
    """What ``answerable intel import`` reads: reports, and the zone of times without an offset."""

    tz: Short | None = None
    reports: tuple[ReportDocument, ...]


def read_report(document: Any, *, tz: str, at: datetime, where: str = "report", cleared: bool = False) -> Report:
    """Return the report that ``document`` describes, received no later than ``at``.

    ``tz`` is the zone of times without an offset. Errors never repeat text of the report. HeldText where something in
    it looks like a person; ``cleared`` says that an evaluator has read it and that what looks like a *name* is none
    (numbers, plates, dates of birth and addresses are held all the same). InputError, with the field, for anything
    unknown, missing, of the wrong kind, dated in the future, or without conditions where handling needs them.
    """
    try:
        part = ReportDocument.model_validate(document)
    except ValidationError as error:
        raise _complaint(error, where) from None
    place = _place(part.place, where)
    received = _instant(part.received_at, tz, f"{where}, field received_at")
    hold(_texts(part), place=place, at=received, where=where, cleared=cleared)
    if received > at:
        raise InputError(
            "This report is dated in the future.",
            where=f"{where}, received {stamp(received)}, now {stamp(at)}",
            fix="Check its date and time zone.",
        )
    if part.handling == "C" and not part.conditions:
        raise InputError(
            "Handling C means sharing on conditions, and none is stated.",
            where=f"{where}, field conditions",
            fix="State who may see it and what must be removed first.",
        )
    try:
        return _report(part, place, received, tz, where)
    except InputError as error:
        raise InputError(error.what, where=f"{where}, {error.where}", fix=error.fix) from error


def to_document(report: Report) -> dict[str, Any]:
    """Return a report as it is written down; :func:`from_document` reads it back."""
    window = report.event_window
    return {
        "ref": report.ref, "scheme": report.scheme, "source": report.source, "information": report.information,
        "handling": report.handling, "conditions": list(report.conditions), "origin_key": report.origin_key,
        "derived_from": list(report.derived_from), "received_at": stamp(report.received_at),
        "event_window": {"from": stamp(window.start), "to": stamp(window.end)} if window else None,
        "place": report.place.as_json() if report.place else None, "gist": report.gist,
        "public_text": report.public_text, "originator": report.originator, "evaluator": report.evaluator,
        "expires_at": stamp(report.expires_at) if report.expires_at else None,
        "retention_until": stamp(report.retention_until) if report.retention_until else None,
        "hypotheses": [{"tag": one.tag, "provenance": one.provenance} for one in report.hypotheses],
        "regrades": [change.as_json() for change in report.regrades],
    }  # fmt: skip


def from_document(document: Mapping[str, Any]) -> Report:
    """Read a report that :func:`to_document` wrote."""
    part = ReportDocument.model_validate(document)
    where = f"report {part.ref}"
    return _report(part, Place(**part.place.model_dump()), _instant(part.received_at, "UTC", where), "UTC", where)


def json_schema() -> dict[str, Any]:
    """Return the published JSON schema of the file that ``intel import`` reads."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "intel.schema.json",
        **ReportFile.model_json_schema(by_alias=True),
        "title": "Answerable intelligence reports",
    }


def _report(part: ReportDocument, place: Place, received: datetime, tz: str, where: str) -> Report:
    def instant(text: str | None, field: str) -> datetime | None:
        return _instant(text, tz, f"{where}, field {field}") if text else None

    window = None
    if part.event_window is not None:
        start, end = (
            _instant(t, tz, f"{where}, field event_window") for t in (part.event_window.from_, part.event_window.to)
        )
        window = Window(start, end)
    usual_end = window.end if window and window.end > received else received + _usual("expires_h", hours=1)
    usual_retention = received + _usual("retention_days", hours=24)
    return Report(
        ref=part.ref, source=part.source, information=part.information, handling=part.handling,
        origin_key=part.origin_key, received_at=received, event_window=window, derived_from=part.derived_from,
        gist=part.gist, scheme=part.scheme, place=place, conditions=part.conditions, originator=part.originator,
        evaluator=part.evaluator, public_text=part.public_text,
        expires_at=instant(part.expires_at, "expires_at") or usual_end,
        retention_until=instant(part.retention_until, "retention_until") or usual_retention,
        hypotheses=tuple(Hypothesis(one.tag, one.provenance) for one in part.hypotheses),
        regrades=tuple(Regrade.from_json(one.model_dump()) for one in part.regrades),
    )  # fmt: skip


def _place(part: PlacePart, where: str) -> Place:
    try:
        return Place(**part.model_dump())
    except InputError as error:
        raise InputError(error.what, where=f"{where}, {error.where}", fix=error.fix) from error


def _usual(name: str, *, hours: int) -> timedelta:
    return timedelta(hours=hours * number("keeping", name))


def _texts(part: ReportDocument) -> Iterator[tuple[str, str]]:
    """Every text of a report that a person could be written into, with its field."""
    for field in ("gist", "public_text", "ref", "origin_key", "originator", "evaluator"):
        yield field, getattr(part, field)
    yield "place", part.place.name
    for field, texts in (("conditions", part.conditions), ("derived_from", part.derived_from)):
        yield from ((field, text) for text in texts)
    for one in part.hypotheses:
        yield "hypotheses", one.tag
        yield "hypotheses", one.provenance
    yield from (("regrades", text) for change in part.regrades for text in (change.evaluator, change.reason))


def _instant(text: str, tz: str, where: str) -> datetime:
    try:
        return parse_instant(text, tz)
    except InputError as error:
        # The text may be anything, so it is not said again.
        raise InputError(error.what, where=where, fix=error.fix) from None


def _complaint(error: ValidationError, where: str) -> InputError:
    """Return the first thing wrong with a document, without repeating any value of it."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    first = next((one for one in problems if one["type"] == "extra_forbidden"), problems[0])
    path = ", ".join(str(part) for part in first["loc"]) or "report"
    if first["type"] == "extra_forbidden":
        name = str(first["loc"][-1])
        said = f" '{name}'" if re.fullmatch(r"[A-Za-z_]{1,30}", name) and not identifying(name) else ""
        known = ", ".join(ReportDocument.model_fields)
        return InputError(f"Unknown field{said}.", where=where, fix=f"A report has: {known}.")
    if path == "place":
        return InputError(
            "A report without a place is about nowhere.",
            where=f"{where}, field place",
            fix="Give place: {place: [longitude, latitude], radius_m: metres}, or a polygon.",
        )
    if first["type"] == "missing":
        return InputError(f"The field '{path}' is missing.", where=f"{where}, field {path}", fix="Add it.")
    message = str(first["msg"])
    return InputError(
        f"{message.rstrip('.')}.", where=f"{where}, field {path}", fix="See docs/schemas/intel.schema.json."
    )
