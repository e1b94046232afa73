"""One intelligence report as a case file cites it: reference, grades, origin, place and times, never the report."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from answerable.case.parts.base import AsText, Office, Part, Ref, Short, Time
from answerable.case.parts.grounds import AreaPart, WindowPart


class HypothesisPart(Part):
    """A stated hypothesis, such as a feud, with where it is from; it feeds no model."""

    tag: Short
    provenance: Short


class RegradePart(Part):
    """One change of grades: what they were (scheme, source, information), when, by which office, and why."""

    was: tuple[Short, Short, Short]
    at: Time
    evaluator: Office
    reason: Short = ""


class ReportPart(Part):
    """One intelligence report: reference, grades, origin, place and times, never the report itself."""

    ref: Ref
    source: Annotated[str, AsText]
    information: Annotated[str, AsText]
    handling: Annotated[str, AsText] = "P"
    conditions: tuple[Short, ...] = ()
    scheme: str = "3x5x2"
    origin_key: Ref
    derived_from: tuple[Ref, ...] = ()
    originator: Annotated[str, Field(max_length=80)] = ""
    evaluator: Annotated[str, Field(max_length=80)] = ""
    received_at: Time
    event_window: WindowPart | None = None
    place: AreaPart | None = None
    gist: Annotated[str, Field(max_length=280)] = ""
    public_text: Annotated[str, Field(max_length=280)] = ""
    expires_at: Time | None = None
    retention_until: Time | None = None
    hypotheses: tuple[HypothesisPart, ...] = ()
    regrades: tuple[RegradePart, ...] = ()
