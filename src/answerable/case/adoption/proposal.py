"""The proposal: the YAML with which a policy owner opens an adoption. Organisations and groups, never persons."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from answerable.errors import InputError, UsageError
from answerable.place import parse_instant, zone
from answerable.policy.complaints import complain
from answerable.policy.reading import read_yaml

Name = Annotated[str, Field(min_length=1, max_length=160)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Ref = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Time = Annotated[str, Field(max_length=40, description="ISO 8601; local time in `tz` where it has no offset")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _as_key(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


Key = BeforeValidator(_as_key)
DocumentKind = Literal["eia", "dpia", "draft_cia", "alternatives", "evidence", "other"]
AudienceKind = Literal["affected_group", "public", "iag", "pcc", "oversight", "council", "health", "school", "expert",
                       "police", "other"]  # fmt: skip


class Block(BaseModel):
    """A block in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Metric(Block):
    """What is measured: in which unit, over how many days, and the ``margin`` within which nothing counts as changed.

    ``margin`` is in ``unit``; a fall in confidence beyond it counts under a stop rule.
    """

    id: Ref
    measures: Words
    unit: Name
    margin: Annotated[float, Field(ge=0)]
    horizon_days: Annotated[int, Field(ge=1, le=730)]
    source: Name


class Purpose(Block):
    """What the policy is for, and the ``metric`` that would show it."""

    says: Words
    metric: Ref


class Document(Block):
    """A paper those asked can read: ``file`` lies beside the proposal; its ``sha256`` is computed when it is opened."""

    kind: Annotated[DocumentKind, Key]
    title: Name
    file: Annotated[str, Field(min_length=1, max_length=200)] = ""
    sha256: Sha256 | None = None


class Alternative(Block):
    """Another way to the same end: whether it was ``discarded``, and why or why not."""

    option: Name
    discarded: bool
    why: Words


class Audience(Block):
    """A group or body that is asked: why it is affected, whether it is among the most affected.

    ``reached`` says, once it is known, whether it heard of the consultation, and ``how`` (or why it did not).
    """

    org: Name
    kind: Annotated[AudienceKind, Key]
    why_affected: Words
    most_affected: bool = False
    reached: bool | None = None
    how: Annotated[str, Field(max_length=1000)] = ""


class StopRule(Block):
    """What would suspend the policy: a fall of ``metric`` beyond its margin, without benefit, so many times running."""

    id: Ref
    metric: Ref
    says: Words
    evaluations: Annotated[int, Field(ge=1, le=4)] = 2


class TimeCritical(Block):
    """Why a change cannot wait for a consultation, and for how many ``days`` it is asked."""

    days: Annotated[float, Field(gt=0)]
    why: Words


class Proposal(Block):
    """A policy put forward for adoption. ``pack`` is a pack's name, or a pack file beside the proposal."""

    title: Name
    pack: Annotated[str, Field(min_length=1, max_length=200)]
    tz: Annotated[str, Field(max_length=60)] = "UTC"
    summary: Words
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    metrics: tuple[Metric, ...] = ()
    stop_rules: tuple[StopRule, ...] = ()
    documents: tuple[Document, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    audience: tuple[Audience, ...] = ()
    channels: tuple[Name, ...] = ()
    opens: Time | None = None
    closes: Time | None = None
    sunset_months: Annotated[float, Field(gt=0)] = 12
    evaluation_due: Time
    time_critical: TimeCritical | None = None

    @model_validator(mode="after")
    def _names_agree(self) -> Proposal:
        ids = [metric.id for metric in self.metrics]
        named = [purpose.metric for purpose in self.purposes] + [rule.metric for rule in self.stop_rules]
        for name in named:
            if name not in ids:
                raise ValueError(f"there is no metric '{name}': every purpose and stop rule names one that is given")
        orgs = [one.org for one in self.audience]
        for names, what in ((ids, "metric"), (orgs, "audience"), ([r.id for r in self.stop_rules], "stop rule")):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice:
                raise ValueError(f"the {what} '{twice}' is given twice")
        return self

    @classmethod
    def read(cls, document: Any, *, where: str = "proposal", tz: str = "") -> Proposal:
        """Read a parsed document; ``tz`` is the zone it is in where it names none.

        InputError, naming file and field, for an unknown field, a value that does not fit, or a time that cannot be
        read.
        """
        if not isinstance(document, dict):
            raise InputError("A proposal must be a mapping of fields.", where=where, fix="Start from the template.")
        try:
            read = cls.model_validate({**({"tz": tz} if tz else {}), **document})
        except ValidationError as error:
            raise complain(error, cls, document, where) from error
        read._check(where)
        return read

    def instant(self, field: str, where: str = "proposal") -> datetime | None:
        """Return the time in ``field`` as a UTC instant, None where it is not given."""
        text = getattr(self, field)
        if text is None:
            return None
        try:
            return parse_instant(text, self.tz)
        except InputError as error:
            raise InputError(error.what, where=f"{where}, field {field}: {error.where}", fix=error.fix) from error

    def _check(self, where: str) -> None:
        try:
            zone(self.tz)
        except UsageError as error:
            raise InputError(error.what, where=f"{where}, field tz: {self.tz}", fix=error.fix) from error
        opens, closes, _ = (self.instant(name, where) for name in ("opens", "closes", "evaluation_due"))
        if self.time_critical is None and (opens is None or closes is None):
            missing = "opens" if opens is None else "closes"
            raise InputError(f"The field '{missing}' is missing.", where=where, fix="Say when the consultation runs.")
        if opens is not None and closes is not None and closes <= opens:
            raise InputError(
                "A consultation must close after it opens.", where=f"{where}, field closes: {self.closes}", fix="Check."
            )


def template() -> str:
    """Return a commented proposal that is valid as it stands, to be copied and changed."""
    return (files("answerable.case.adoption") / "template.yaml").read_text(encoding="utf-8")


def read_text(text: str, *, where: str = "proposal") -> Proposal:
    """Read YAML text; errors as in :meth:`Proposal.read`."""
    return Proposal.read(read_yaml(text, where), where=where)


def json_schema() -> dict[str, Any]:
    """Return the published JSON schema of a proposal."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "adoption.schema.json",
        **Proposal.model_json_schema(),
        "title": "Answerable adoption proposal",
    }
