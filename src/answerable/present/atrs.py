"""The transparency record (ATRS): a pinned template, filled from live values and the force's answers.

Values in, a record out; reading the workspace is the service's part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from answerable.present.document import Document, Facts, Grid, Part, Section, Words
from answerable.present.marks import faint_mark, watermark

SECTIONS = {
    "0": "The record",
    "1": "In short",
    "2.1": "Owner and responsibility",
    "2.2": "Description and rationale",
    "2.3": "Decision-making process",
    "2.4": "Technical specification and data",
    "2.5": "Risks, mitigations and impact assessments",
}


@dataclass(frozen=True)
class Answer:
    """What the force answered to one field, and on which day."""

    value: str
    as_of: date


@dataclass(frozen=True)
class Field:
    """One field of the record; ``problem`` says why it is empty or stale, and is empty where it is neither."""

    id: str
    name: str
    source: str
    value: str
    problem: str = ""


@dataclass(frozen=True)
class Record:
    """The whole record under one version of the standard."""

    version: str
    workspace: str
    name: str
    today: date
    fields: tuple[Field, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each field that is empty or stale."""
        return tuple(f"{field.id} {field.name}: {field.problem}" for field in self.fields if field.problem)

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain data."""
        return {
            "standard_version": self.version,
            "workspace": self.workspace,
            "watermark": watermark(self.workspace),
            "as_of": self.today.isoformat(),
            "fields": {
                field.id: {"name": field.name, "from": field.source, "value": field.value} for field in self.fields
            },
            "problems": list(self.problems),
        }

    def document(self) -> Document:
        """Return the record as a document, one section for each of the standard's."""
        sections = []
        for number, heading in SECTIONS.items():
            held = [field for field in self.fields if _section(field.id) == number]
            facts = Facts(tuple((f"{f.id} {f.name.replace('_', ' ')}", f.value or "not answered") for f in held))
            key = f"s{number.replace('.', '-')}"
            sections.append(Section(key, f"{number} {heading}", "", (Part("", (facts,)),)))
        return Document(
            title=f"Algorithmic transparency record: {self.name}",
            kicker=f"Algorithmic Transparency Recording Standard, version {self.version}",
            mark=watermark(self.workspace),
            faint=faint_mark(self.workspace),
            running="Transparency record",
            summary=self._summary(),
            sections=tuple(sections),
            about={"standard_version": self.version, "as_of": self.today.isoformat(), "workspace": self.workspace},
        )

    def _summary(self) -> tuple[Words | Grid, ...]:
        if not self.problems:
            return (Words("Every field is filled from the live system or answered by the force within its time."),)
        rows = tuple((f"{f.id} {f.name.replace('_', ' ')}", f.problem) for f in self.fields if f.problem)
        return (
            Words("This record is not complete.", "strong"),
            Grid("Fields that are empty or stale", ("Field", "Why"), rows),
        )


def fill(
    live: Mapping[str, str],
    answers: Mapping[str, Answer],
    *,
    today: date,
    adopted: date | None,
    name: str,
    workspace: str,
) -> Record:
    """Return the record made of ``live`` values and the force's ``answers`` by field id.

    A field is stale where its answer is older than the template allows or than the rules in force (``adopted``), and
    where its text was written for other live values than those of today.
    """
    template = _template()
    lasts = int(template["answers_last_days"]["value"])
    values = {**live, "standard_version": str(template["version"]), "today": today.isoformat()}
    fields = []
    for raw in template["fields"]:
        if raw["from"] == "force":
            fields.append(_answered(raw, answers.get(raw["id"]), today, lasts, adopted))
        else:
            fields.append(_written(raw, values))
    return Record(str(template["version"]), workspace, name, today, tuple(fields))


def questions() -> dict[str, str]:
    """Return what the force is asked, by field id."""
    return {raw["id"]: raw["asks"] for raw in _template()["fields"] if raw["from"] == "force"}


def _answered(raw: Mapping[str, Any], answer: Answer | None, today: date, lasts: int, adopted: date | None) -> Field:
    problem = ""
    if answer is None or not answer.value.strip():
        problem = f"not answered: {raw['asks']}"
    elif (today - answer.as_of).days > lasts:
        problem = f"answered on {answer.as_of}, more than {lasts} days ago"
    elif adopted is not None and answer.as_of < adopted:
        problem = f"answered on {answer.as_of}, before the rules in force were adopted on {adopted}"
    return Field(raw["id"], raw["name"], "force", answer.value.strip() if answer else "", problem)


def _written(raw: Mapping[str, Any], values: Mapping[str, str]) -> Field:
    try:
        text = " ".join(str(raw["text"]).format_map(values).split())
    except KeyError as error:
        return Field(raw["id"], raw["name"], raw["from"], "", f"the live system gives no value {error}")
    if not text:
        return Field(raw["id"], raw["name"], raw["from"], "", "the live system has nothing to say here yet")
    for key, then in raw.get("written_for", {}).items():
        if values.get(key) != then:
            why = f"written for {key} '{then}', and now they are '{values.get(key, 'not known')}'"
            return Field(raw["id"], raw["name"], raw["from"], text, why)
    return Field(raw["id"], raw["name"], raw["from"], text)


def _section(field_id: str) -> str:
    return next(number for number in SECTIONS if field_id == number or field_id.startswith(f"{number}."))


@cache
def _template() -> dict[str, Any]:
    text = files("answerable.present").joinpath("atrs.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document
