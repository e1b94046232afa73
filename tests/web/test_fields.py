"""What was typed into a form is read as it was meant, or the field is named in which it cannot be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from answerable.errors import InputError
from answerable.web.fields import LONG_TEXT, LONG_TEXTS, SHORT_TEXT, TIMES, Field, Values
from answerable.web.pages.staff_acts import FORMS
from answerable.web.pages.staff_open import PATHS, open_fields
from answerable.web.staff_chair import _FIELDS as BOX
from answerable.web.staff_intel import FIELDS as REPORT


def every_field() -> Iterator[Field]:
    yield from (*BOX, *REPORT)
    for form in FORMS.values():
        yield from form.fields
    for trigger in ("imminent_intel", "serious_assault_response"):
        for path in PATHS:
            yield from open_fields(trigger, path, "UTC")


@pytest.mark.parametrize(("kind", "names"), [("area", LONG_TEXTS), ("datetime-local", TIMES)])
def test_long_texts_and_times_are_those_of_the_forms_and_no_other_field(kind: str, names: frozenset[str]) -> None:
    assert {one.name for one in every_field() if one.kind == kind} == names
    assert not {one.name for one in every_field() if one.kind != kind} & names


@pytest.mark.parametrize(
    ("character", "said"),
    [
        ("\x00", "U+0000"), ("\x07", "U+0007"), ("\x1b", "U+001B"), ("\x7f", "U+007F"), ("\x9b", "U+009B"),
        ("\u202e", "U+202E (right-to-left override)"), ("\u202d", "U+202D (left-to-right override)"),
        ("\u202a", "U+202A (left-to-right embedding)"), ("\u2066", "U+2066 (left-to-right isolate)"),
        ("\u2069", "U+2069 (pop directional isolate)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["reasons", "area"])
def test_what_a_reader_would_not_see_is_refused_and_named(name: str, character: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        Values({name: f"Two{character}officers"}).text(name)
    assert said in told.value.what
    assert "Character 4 " in told.value.what
    assert told.value.where == f"field {name}"
    assert told.value.fix


def test_a_long_text_has_lines_and_tabs_and_a_line_has_none() -> None:
    assert Values({"reasons": "One.\n\tTwo."}).text("reasons") == "One.\n\tTwo."
    assert Values({"groups": "Residents\nYoung people"}).lines("groups") == ("Residents", "Young people")
    for character, said in (("\n", "line break"), ("\t", "tab")):
        with pytest.raises(InputError, match=said):
            Values({"area": f"Example{character}Estate"}).needed("area", "The name of the area")


@pytest.mark.parametrize(
    "text", ["Café Zoë, Łódź", "שלום \u200fעולם", "می\u200cخواهم", "👩\u200d🚒", "नमस्ते", "co\u00adoperate"]
)
def test_any_language_may_be_written(text: str) -> None:
    assert Values({"reasons": text, "area": text}).text("reasons") == text
    assert Values({"reasons": text, "area": text}).text("area") == text


@pytest.mark.parametrize(("name", "most"), [("area", SHORT_TEXT), ("reasons", LONG_TEXT), ("margin", SHORT_TEXT)])
def test_a_text_may_be_so_long_and_is_told_how_long_it_was(name: str, most: int) -> None:
    assert len(Values({name: "x" * most}).text(name)) == most
    with pytest.raises(InputError) as told:
        Values({name: "x" * (most + 1)}).text(name)
    assert f"{most + 1:,}" in told.value.what
    assert f"{most:,}" in told.value.fix
    assert told.value.where == f"field {name}"


@pytest.mark.parametrize("text", ["1999-12-31T23:59", "2101-01-01T00:00", "9999-12-31T23:59", "0001-01-01", "99991231"])
def test_a_time_out_of_reach_is_refused_with_the_years_that_are_not(text: str) -> None:
    with pytest.raises(InputError, match="2000 to 2100") as told:
        Values({"start": text}).needed("start", "The beginning")
    assert told.value.where == "field start"


@pytest.mark.parametrize("text", ["2000-01-01T00:00", "2100-12-31T23:59", "tomorrow", "275760-09-13T00:00", ""])
def test_a_time_within_reach_is_passed_on_and_so_is_what_is_none(text: str) -> None:
    assert Values({"start": text, "ref": "19991231"}).text("start") == text
    assert Values({"ref": "1999-12-31"}).text("ref") == "1999-12-31"


@pytest.mark.parametrize("text", ["1e9", "1000000", "-1000000", "nan", "inf", "many"])
def test_a_number_that_nothing_here_could_have_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a number below a million"):
        Values({"hours": text}).count("hours", "The number of hours")
