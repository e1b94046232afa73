"""Texts that will be published are looked at first: none of them may look as if it identified a person."""

from __future__ import annotations

from collections.abc import Mapping

from answerable.errors import InputError
from answerable.intel.identifying import identifying


def check_public_text(texts: Mapping[str, str], place: str = "") -> None:
    """Raise InputError for the first of ``texts`` (by field) that looks like a person: the field and the kind alone.

    ``place`` is the name of the case's area. In the other texts it is no finding; it is looked at itself as well, so
    that a person's name is not let through by calling the area after them.
    """
    for field, text in {**texts, **({"place": place} if place and place not in texts.values() else {})}.items():
        found = identifying(text, place_name="" if text == place else place)
        if found:
            raise InputError(
                f"This text will be published, and it has {found[0].says}.",
                where=f"field {field}",
                fix="Take it out: the record tells of places and times, never of persons.",
            )
