"""What comes back from a consultation, and what was made of it: responses, reach, consideration by theme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from answerable.case.adoption.proposal import Block, Key, Name, Time, Words
from answerable.errors import InputError
from answerable.policy.complaints import complain

Stance = Literal["support", "support_with_changes", "neutral", "oppose"]
STANCES: tuple[str, ...] = ("support", "support_with_changes", "neutral", "oppose")
Theme = Annotated[str, Field(min_length=1, max_length=80)]


class Response(Block):
    """One answer. ``org`` is the body that answered, empty for an individual, who is never named.

    ``publish`` is consent to publish ``text``; without it the stance and the themes are counted and the text is not
    shown. ``received_at`` matters only where an answer is entered after the close.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    kind: Annotated[Literal["organisation", "individual"], Key]
    org: Annotated[str, Field(max_length=160)] = ""
    stance: Annotated[Stance, Key]
    themes: tuple[Theme, ...] = ()
    text: Annotated[str, Field(max_length=8000)] = ""
    publish: bool = False
    received_at: Time | None = None

    @model_validator(mode="after")
    def _named_or_not(self) -> Response:
        if self.kind == "individual" and self.org:
            raise ValueError("an individual's response carries no name: leave org out")
        if self.kind == "organisation" and not self.org:
            raise ValueError("an organisation's response says which one: give org")
        return self

    def public(self) -> dict[str, Any]:
        """Return what the record shows of it."""
        shown: dict[str, Any] = {"id": self.id, "kind": self.kind, "stance": self.stance, "themes": list(self.themes)}
        if self.org:
            shown["org"] = self.org
        shown |= {"has_text": bool(self.text), "published": self.publish}
        return {**shown, "text": self.text} if self.publish and self.text else shown


class Consideration(Block):
    """What was made of one theme: the ``response``, and either what was changed for it or why nothing was."""

    theme: Theme
    response: Words
    changed_what: Annotated[str, Field(max_length=1000)] = ""
    why_not: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Consideration:
        if bool(self.changed_what) == bool(self.why_not):
            raise ValueError("say either changed_what or why_not")
        return self


class Reach(Block):
    """Whether a group or body of the audience was reached, and how, or why not."""

    org: Name
    reached: bool
    how: Words


def read_all(model: type[Block], rows: Any, where: str) -> tuple[Any, ...]:
    """Read a list of blocks; InputError names the entry and its field."""
    if not isinstance(rows, list) or not rows:
        raise InputError("This must be a list with at least one entry.", where=where, fix="See docs/adoption.md.")
    return tuple(read_one(model, row, f"{where}, entry {number}") for number, row in enumerate(rows, start=1))


def read_one(model: type[Block], row: Any, where: str) -> Any:
    """Read one block; InputError names its field."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        raise complain(error, model, row, where) from error


def stances(responses: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count stances; every stance is there, also those nobody took.

    >>> stances([{"stance": "oppose"}, {"stance": "oppose"}])
    {'support': 0, 'support_with_changes': 0, 'neutral': 0, 'oppose': 2}
    """
    counted = Counter(one["stance"] for one in responses)
    return {stance: counted[stance] for stance in STANCES}


def themes(responses: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count in how many responses each theme was raised, the most raised first, then by name."""
    counted = Counter(theme for one in responses for theme in set(one["themes"]))
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
