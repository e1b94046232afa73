"""The shape of a pack file, before its conditions are read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Basis = Literal["law", "guidance", "statement", "design", "measured", "literature", "assumption"]
Words = Annotated[str, Field(min_length=1, max_length=600)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Strict(BaseModel):
    """A part of a file in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RuleFile(Strict):
    """One rule: exactly one of need, warn, max, min and set."""

    id: Annotated[str, Field(pattern=r"^[A-Z]{1,4}[0-9]{2,3}$")]
    on: Name | list[Name] | None = None
    need: dict[str, Any] | None = None
    warn: dict[str, Any] | None = None
    max: dict[str, float | Name] | None = None
    min: dict[str, float | Name] | None = None
    set: dict[str, Any] | None = None
    basis: Basis
    src: Words
    says: Words


class LimitFile(Strict):
    """One number with its unit, meaning and source."""

    value: float
    unit: Words
    means: Words
    basis: Basis
    src: Words


class PackFile(Strict):
    """A whole pack."""

    pack: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
    version: Annotated[int, Field(ge=1)]
    status: Literal["example", "draft", "adopted"]
    title: Words
    about: Words
    not_limited: Words
    roles: Annotated[dict[Name, Annotated[list[Name], Field(min_length=1)]], Field(min_length=1)]
    separate: list[Annotated[list[Name], Field(min_length=2)]]
    limits: dict[Name, LimitFile]
    facts: dict[str, Any] = {}
    rules: Annotated[list[RuleFile], Field(min_length=1)]
