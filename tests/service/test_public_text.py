"""What is published about a case is looked at first, and what looks like a person is refused without being repeated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.errors import InputError
from answerable.service.public_text import check_public_text


def strings(value: Any, field: str) -> Iterator[tuple[str, str]]:
    """Every text within ``value``, by its path."""
    if isinstance(value, str):
        yield field, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from strings(inner, f"{field}.{key}")


def test_texts_about_places_are_fine() -> None:
    check_public_text({})
    check_public_text({"title": "Armed support beside the cordon, The Saltings", "reasons": ""}, "The Saltings")
    check_public_text({"title": "Armed support at Kieran Point", "area": "Kieran Point"}, "Kieran Point")


def test_every_text_of_the_walkthroughs_is_fine(root: Path) -> None:
    files = sorted((root / "docs" / "walkthroughs" / "files").glob("*.yaml"))
    texts = dict(pair for path in files for pair in strings(yaml.safe_load(path.read_text(encoding="utf8")), path.name))
    assert len(texts) > 20
    for field, text in texts.items():
        check_public_text({field: text})
    check_public_text(texts, "The Saltings")


@pytest.mark.parametrize(
    ("field", "text", "kind"),
    [
        ("area.name", "14 Harrow Road, home of John Smith", "an address"),
        ("title", "Call 07700 900123", "telephone number"),
        ("reasons", "Call 0 7 7 0 0 9 0 0 1 2 3", "telephone number"),
        ("advice", "Armed patrol at the home of John Smith", "a name"),
        ("public_text", "A grey van, AB12 CDE, was seen.", "plate"),
    ],
)
def test_a_person_is_refused_by_field_and_kind_alone(field: str, text: str, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        check_public_text({"purpose": "Public safety", field: text}, "The Saltings")
    said = str(caught.value)
    assert f"field {field}" in said
    assert kind in said
    assert not any(word in said for word in ("Harrow", "John", "Smith", "07700", "0 7", "AB12"))


def test_an_area_named_after_a_person_lets_nothing_through() -> None:
    with pytest.raises(InputError, match="field area"):
        check_public_text({"area": "Home of John Smith"}, "Home of John Smith")
    with pytest.raises(InputError, match="field place"):
        check_public_text({"title": "Armed support, home of John Smith"}, "home of John Smith")
