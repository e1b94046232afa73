"""The case file: the YAML a user writes to open a case, or to check one against a pack without a workspace."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from answerable.case import parts
from answerable.case.alternatives import check_alternatives
from answerable.case.event import Proposal
from answerable.case.rarity.ground import check_size
from answerable.errors import InputError, UsageError
from answerable.intel.grading import Regrade
from answerable.intel.held import hold_report
from answerable.intel.place import Place
from answerable.intel.report import Hypothesis, Report
from answerable.place import Area, Projection, Window, choose_projection, parse_instant, zone
from answerable.policy.complaints import complain
from answerable.policy.reading import read_yaml, read_yaml_file


class CaseFile(parts.Part):
    """One proposed deployment, as its file says it. Only ``title`` is always needed; what is left out is not known.

    Times without an offset are local time in ``tz``. ``as_of`` is the instant at which ``answerable check`` counts ages
    (default: now); an open case is judged by the clock alone. ``urgent`` asks for the urgent path. ``copied_reasons``
    says why reasons that repeat an earlier case's are true again. ``facts`` are those that a pack declares for itself.
    There is no field for a person of interest.
    """

    title: Annotated[str, Field(min_length=1, max_length=120)]
    pack: parts.Short | None = None
    tz: Annotated[str, Field(max_length=60)] = "UTC"
    as_of: parts.Time | None = None
    area: parts.AreaPart | None = None
    window: parts.WindowPart | None = None
    trigger: parts.TriggerPart | None = None
    app: parts.AppPart | None = None
    tests: parts.TestsPart | None = None
    reports: tuple[parts.ReportPart, ...] = ()
    incident: parts.IncidentPart | None = None
    judgement: parts.JudgementPart | None = None
    forecast: parts.ForecastPart | None = None
    support: parts.SupportPart | None = None
    alternatives: tuple[parts.AlternativePart, ...] | None = None
    community_impact: parts.CommunityImpactPart | None = None
    equality_impact: parts.EqualityImpactPart | None = None
    tactical_advice: parts.TacticalAdvicePart | None = None
    consultation: parts.ConsultationPart | None = None
    authorisation: parts.AuthorisationPart | None = None
    purposes: tuple[Annotated[parts.Purpose, parts.Key], ...] = ()
    recurring: bool | None = None
    urgent: bool | None = None
    copied_reasons: parts.Reasons = ""
    evaluation_plan: parts.EvaluationPlanPart | None = None
    extension: parts.ExtensionPart | None = None
    start: parts.StartPart | None = None
    review: parts.ReviewPart | None = None
    debrief: parts.DebriefPart | None = None
    evaluation: parts.EvaluationPart | None = None
    closing: parts.ClosingPart | None = None
    facts: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def read(cls, document: Any, *, where: str = "case file", tz: str = "") -> CaseFile:
        """Read a parsed document; ``tz`` is the zone it is in where it names none.

        InputError, naming file and field, for an unknown field, a value that does not fit, or a time or grade that
        cannot be read.
        """
        if not isinstance(document, dict):
            raise InputError("A case file must be a mapping of fields.", where=where, fix="Start from the template.")
        try:
            casefile = cls.model_validate({**({"tz": tz} if tz else {}), **document})
            casefile.check()
        except ValidationError as error:
            raise complain(error, cls, document, where) from error
        except InputError as error:
            raise InputError(error.what, where=f"{where}, {error.where}", fix=error.fix) from error
        return casefile

    @classmethod
    def read_text(cls, text: str, *, where: str = "case file", tz: str = "") -> CaseFile:
        """Read YAML text; errors as in :meth:`read`."""
        return cls.read(read_yaml(text, where), where=where, tz=tz)

    @classmethod
    def read_file(cls, path: Path, *, tz: str = "") -> CaseFile:
        """Read a YAML file; errors as in :meth:`read`."""
        return cls.read(read_yaml_file(path), where=path.name, tz=tz)

    def check(self) -> None:
        """Raise InputError where the zone, a time, a window, a grade or the outline cannot be read."""
        try:
            zone(self.tz)
        except UsageError as error:
            raise InputError(error.what, where=f"field tz: {self.tz}", fix=error.fix) from error
        for field, text in self._times():
            self.instant(text, field)
        _ = self.asked_window, self.graded_reports, self.km2
        check_alternatives(self.alternatives or ())

    def hold_identifying(self, where: str = "case file") -> None:
        """Raise HeldText where a report written out in this file looks as if it identified a person.

        Asked of what somebody hands in, before it is kept; never of what is on record, so that no end is held up.
        """
        for report in self.graded_reports:
            hold_report(report, f"{where}, report {report.ref}")

    def _times(self) -> Iterator[tuple[str, str | None]]:
        """Yield every time in the file that nothing else reads as the file is checked."""
        yield "as_of", self.as_of
        if self.incident:
            yield "incident, occurred_at", self.incident.occurred_at
        if self.authorisation:
            yield "authorisation, starts_at", self.authorisation.starts_at
            yield "authorisation, oral_at", self.authorisation.oral_at
        if self.community_impact and self.community_impact.reviewed:
            yield "community_impact, reviewed, at", self.community_impact.reviewed.at
        if self.extension:
            yield "extension, ends_at", self.extension.ends_at
        for one in self.alternatives or ():
            if one.referral:
                yield f"alternative {one.option}, referral, due", one.referral.due
        for redaction in self.closing.redactions if self.closing else ():
            yield f"closing, redaction {redaction.field}, review_at", redaction.review_at

    def instant(self, text: str | None, field: str) -> datetime | None:
        """Return a time of this file as a UTC instant; InputError names ``field`` where it cannot be read."""
        if text is None:
            return None
        try:
            return parse_instant(text, self.tz)
        except InputError as error:
            raise InputError(error.what, where=f"field {field}: {error.where}", fix=error.fix) from error

    @cached_property
    def asked_window(self) -> Window | None:
        """The window asked for, in UTC."""
        return self._window(self.window, "window")

    @cached_property
    def graded_reports(self) -> tuple[Report, ...]:
        """The intelligence reports as values."""
        return tuple(self._report(part) for part in self.reports)

    @property
    def judged_at(self) -> datetime | None:
        """The instant the file asks to be checked at, if it names one."""
        return self.instant(self.as_of, "as_of")

    def outline(self, projection: Projection | None = None) -> Area | None:
        """Return the area in the metres of ``projection`` (default: the one that fits it)."""
        import shapely

        if self.area is None:
            return None
        if self.area.place is not None and self.area.radius_m is not None:
            lon, lat = self.area.place
            fitting = projection or choose_projection(lon, lat)
            return Area.disc(lon, lat, self.area.radius_m, name=self.area.name, projection=fitting)
        ring = shapely.Polygon(self.area.polygon or ())
        fitting = projection or choose_projection(ring.centroid.x, ring.centroid.y)
        return Area.from_degrees(ring, projection=fitting, name=self.area.name)

    @cached_property
    def km2(self) -> float | None:
        """Size of the area in square kilometres."""
        if self.area is None:
            return None
        if self.area.radius_m is not None:
            return math.pi * self.area.radius_m**2 / 1e6
        area = self.outline()
        if area is None or area.km2 <= 0:
            raise InputError("This polygon encloses no ground.", where="field area, polygon", fix="Check its points.")
        return area.km2

    def proposal(self) -> Proposal:
        """Return what the case asks for; InputError for an area that is too small, or lists what a case lacks."""
        if self.area is None or self.asked_window is None or self.trigger is None:
            missing = [name for name in ("area", "window", "trigger") if getattr(self, name) is None]
            raise InputError(
                f"A case cannot be opened without {' and '.join(missing)}.",
                where=self.title,
                fix="Add them to the file.",
            )
        check_size(self.km2 or 0.0, "field area")
        return Proposal(self.title, self.trigger.type, self.area.name, self.km2 or 0.0, self.asked_window, self.tz)

    def _window(self, part: parts.WindowPart | None, field: str) -> Window | None:
        if part is None:
            return None
        start, end = self.instant(part.from_, f"{field}, from"), self.instant(part.to, f"{field}, to")
        if start is None or end is None or end <= start:
            raise InputError(
                "A window must end after it starts.",
                where=f"field {field}: {part.from_} to {part.to}",
                fix="Check both.",
            )
        return Window(start, end)

    def _report(self, part: parts.ReportPart) -> Report:
        received = self.instant(part.received_at, f"report {part.ref}, received_at")
        if received is None:
            raise InputError("A report needs the time it was received.", where=f"report {part.ref}", fix="Add it.")
        return Report(
            ref=part.ref,
            source=part.source,
            information=part.information,
            handling=part.handling,
            scheme=part.scheme,
            origin_key=part.origin_key,
            derived_from=tuple(part.derived_from),
            received_at=received,
            event_window=self._window(part.event_window, f"report {part.ref}, event_window"),
            gist=part.gist,
            place=self._place(part),
            conditions=part.conditions,
            originator=part.originator,
            evaluator=part.evaluator,
            public_text=part.public_text,
            expires_at=self.instant(part.expires_at, f"report {part.ref}, expires_at"),
            retention_until=self.instant(part.retention_until, f"report {part.ref}, retention_until"),
            hypotheses=tuple(Hypothesis(one.tag, one.provenance) for one in part.hypotheses),
            regrades=tuple(self._regrade(one, part.ref) for one in part.regrades),
        )

    def _place(self, part: parts.ReportPart) -> Place | None:
        where = part.place
        if where is None:
            return None
        try:
            return Place(where.name, where.place, where.radius_m, where.polygon)
        except InputError as error:
            raise InputError(error.what, where=f"report {part.ref}, {error.where}", fix=error.fix) from error

    def _regrade(self, part: parts.RegradePart, ref: str) -> Regrade:
        at = self.instant(part.at, f"report {ref}, regrades, at")
        if at is None:
            raise InputError("A new grading says when.", where=f"report {ref}, regrades", fix="Add its time.")
        return Regrade(part.was, at, part.evaluator, part.reason)


def template() -> str:
    """Return a commented case file that is valid as it stands, to be copied and changed."""
    return (files("answerable.case") / "template.yaml").read_text(encoding="utf-8")


def json_schema() -> dict[str, Any]:
    """Return the published JSON schema of a case file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "casefile.schema.json",
        **CaseFile.model_json_schema(by_alias=True),
        "title": "Answerable case file",
    }
