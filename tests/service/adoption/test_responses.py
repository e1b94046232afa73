"""Responses from a file: all of it or nothing, each wrong row named, and no column that nobody asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.errors import InputError
from answerable.service.adoption_csv import read_responses

HEAD = "id,kind,org,stance,themes,text,publish,received_at\n"


def _file(folder: Path, text: str, name: str = "responses.csv") -> Path:
    (folder / name).write_text(text, encoding="utf8")
    return folder / name


def test_a_csv_is_read_whole(tmp_path: Path) -> None:
    rows = '1,organisation,Tenants,Oppose,fear; hours ;,"No, never.",yes,\n2,individual,,support with changes,,,,\n'
    read = read_responses(_file(tmp_path, HEAD + rows))
    first, second = read.responses
    assert (first.stance, first.themes, first.text, first.publish) == ("oppose", ("fear", "hours"), "No, never.", True)
    assert (second.stance, second.themes, second.publish) == ("support_with_changes", (), False)


def test_columns_that_nobody_asked_for_are_left_out_and_named(tmp_path: Path) -> None:
    read = read_responses(_file(tmp_path, "id,name,kind,stance,email\n1,J. Doe,individual,neutral,j@example.org\n"))
    assert read.dropped_columns == ("name", "email")
    assert "Doe" not in str(read.responses)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1,individual,,cross,,,,", "row 3, field stance: 'cross' is not a value of 'stance'"),
        ("1,individual,J. Doe,oppose,,,,", "carries no name"),
        ("1,organisation,,oppose,,,,", "says which one"),
        ("a b,individual,,oppose,,,,", "row 3, field id"),
        ("0,individual,,oppose,,,,", "row 3: The id 0 is given twice"),
        ("1,individual,,oppose,,,maybe,", "'maybe' is neither yes nor no"),
        ("1,individual,,oppose,,a,b,c,d", "More cells than columns"),
        ("1,individual,,oppose,fear,Ring me on 07700 900123,yes,", "what looks like a telephone number"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(InputError) as raised:
        read_responses(_file(tmp_path, f"{HEAD}0,individual,,neutral,,,,\n{row}\n"))
    assert says in str(raised.value)
    assert "nothing was entered" in str(raised.value)


def test_every_wrong_row_is_named_up_to_twenty(tmp_path: Path) -> None:
    rows = "".join(f"{number},individual,,cross,,,,\n" for number in range(25))
    with pytest.raises(InputError, match="25 responses cannot be taken \\(and 5 more\\)") as raised:
        read_responses(_file(tmp_path, HEAD + rows))
    assert raised.value.fix.count("row ") == 20


def test_text_without_consent_may_say_who_somebody_is_because_nobody_sees_it(tmp_path: Path) -> None:
    row = "1,individual,,oppose,fear,Ring me on 07700 900123,no,\n"
    assert read_responses(_file(tmp_path, HEAD + row)).responses[0].publish is False


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("responses.csv", "", "no column id or kind or stance"),
        ("responses.csv", HEAD, "holds no response"),
        ("responses.csv", "id,stance\n1,oppose\n", "no column kind"),
        ("responses.pdf", "x", "a CSV or a YAML file"),
        ("responses.yaml", "[]", "at least one entry"),
        ("responses.yaml", "- {id: '1', kind: individual, stance: cross}", "'cross' is not a value"),
        (
            "responses.yaml",
            "- {id: '1', kind: individual, stance: oppose, publish: yes, text: a@example.org}",
            "e-mail",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_responses(_file(tmp_path, text, name))


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_responses(tmp_path / "gone.csv")
    (tmp_path / "latin.csv").write_bytes(b"id,kind,stance\n\xe9,individual,oppose\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_responses(tmp_path / "latin.csv")


def test_a_yaml_list_does_as_well(tmp_path: Path) -> None:
    row = "- {id: '1', kind: individual, stance: oppose, themes: [fear], publish: yes, text: No.}"
    assert read_responses(_file(tmp_path, row, "responses.yml")).responses[0].themes == ("fear",)
