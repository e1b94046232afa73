"""The shape of a pack file, before its conditions are read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Basis = Literal["law", "guidance", "statement", "design", "measured", "literature", "assumption"]


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("this field is empty: a reader needs its words")
    return text


Words = Annotated[str, Field(max_length=600), AfterValidator(_said)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Strict(BaseModel):
    """A part of a file in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RuleFile(Strict):
    """One rule: exactly one of need, warn, max, min and set; ``tighter`` says which way each setting is stricter."""

    id: Annotated[str, Field(pattern=r"^[A-Z]{1,4}[0-9]{2,3}$")]
    on: Name | list[Name] | None = None
    need: dict[str, Any] | None = None
    warn: dict[str, Any] | None = None
    max: dict[str, float | Name] | None = None
    min: dict[str, float | Name] | None = None
    set: dict[str, Any] | None = None
    tighter: dict[str, Literal["lower", "higher", "more", "fewer"]] = {}
    basis: Basis
    src: Words
    says: Words


class LimitFile(Strict):
    """One number with its unit, meaning and source; ``tighter`` says which way it is stricter."""

    value: float
    unit: Words
    means: Words
    basis: Basis
    src: Words
    tighter: Literal["lower", "higher"] | None = None


class ChoiceFile(Strict):
    """One named value that is not a number, such as a standard of belief, with its meaning and source."""

    value: str | bool
    means: Words
    basis: Basis
    src: Words


class ProfileFile(Strict):
    """One way to run the pack: other values for some of its limits and choices. It can name no other profile."""

    means: Words
    basis: Basis
    src: Words
    limits: dict[Name, float] = {}
    choices: dict[Name, str | bool] = {}


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
    choices: dict[Name, ChoiceFile] = {}
    profiles: dict[Name, ProfileFile] = {}
    profile: Name | None = None
    facts: dict[str, Any] = {}
    rules: Annotated[list[RuleFile], Field(min_length=1)]
