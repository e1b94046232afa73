"""What others counted and the record lacks is published, whatever it says (G34)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError, NotAllowed
from answerable.record.readback import read_public
from answerable.service.reconcile import KIND, compare, publish_reconciliation, read_counts

HEAD = "day,armed_deployments\n"


def counted(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf8")
    return path


def published(workspace: Any) -> list[dict[str, Any]]:
    return [body["data"] for _, body in read_public(workspace.public) if body["kind"] == KIND]


def test_a_deployment_that_was_not_entered_shows(
    workspace, sound, opened, begin: Callable[[str], Any], tmp_path
) -> None:
    """G34: three went out that night by the armoury's count, one is in the record."""
    begin(opened(sound))
    file = counted(tmp_path, "2018-11-29,0", "2018-11-30,3")
    found = publish_reconciliation(workspace, file, "the armoury's book", "evaluator")
    assert (found.outside, found.record, found.unexplained, found.only_here) == (3, 1, 2, 0)
    (said,) = published(workspace)
    assert said["unexplained"] == 2
    assert said["differing"] == [{"day": "2018-11-30", "outside": 3, "record": 1, "unexplained": 2}]
    assert said["source"] == "the armoury's book"


def test_a_count_that_agrees_is_published_too(workspace, sound, opened, begin, tmp_path) -> None:
    begin(opened(sound))
    found = publish_reconciliation(workspace, counted(tmp_path, "2018-11-30,1"), "the control room", "disclosure")
    assert (found.unexplained, found.differing) == (0, ())
    assert published(workspace)[0]["unexplained"] == 0


def test_who_decides_does_not_audit(workspace, tmp_path) -> None:
    file = counted(tmp_path, "2018-11-30,1")
    for account in ("authoriser", "applicant"):
        with pytest.raises(NotAllowed, match="does not hold the record"):
            publish_reconciliation(workspace, file, "the armoury's book", account)
    assert published(workspace) == []


BAD = {
    "nothing": (b"", "other columns"),
    "other columns": (b"date,count\n2018-11-30,1\n", "other columns"),
    "a head alone": (HEAD.encode(), "no day"),
    "a word": (HEAD.encode() + b"2018-11-30,one\n", "row 2"),
    "a half": (HEAD.encode() + b"2018-11-30,1.5\n", "row 2"),
    "below nothing": (HEAD.encode() + b"2018-11-30,-1\n", "row 2"),
    "no such day": (HEAD.encode() + b"2018-11-31,1\n", "row 2"),
    "a day twice": (HEAD.encode() + b"2018-11-30,1\n2018-11-30,1\n", "row 3"),
    "a day missing": (HEAD.encode() + b"2018-11-28,1\n2018-11-30,1\n", "the day after 2018-11-28"),
    "a column more": (HEAD.encode() + b"2018-11-30,1,2\n", "row 2"),
    "no text": (b"\xff\xfe\x00", "not CSV"),
}


@pytest.mark.parametrize("defect", BAD)
def test_a_file_that_is_no_count_is_named_by_its_row(defect: str) -> None:
    raw, said = BAD[defect]
    with pytest.raises(InputError) as refused:
        read_counts(raw, "counts.csv")
    assert said in str(refused.value)


@given(
    outside=st.dictionaries(st.dates(date(2018, 1, 1), date(2018, 3, 1)), st.integers(0, 5), min_size=1),
    inside=st.dictionaries(st.dates(date(2018, 1, 1), date(2018, 3, 1)), st.integers(0, 5)),
)
def test_one_day_too_many_never_hides_one_too_few(outside: dict[date, int], inside: dict[date, int]) -> None:
    found = compare(outside, Counter(inside), "x", "")
    assert found.outside - found.record == found.unexplained - found.only_here
    assert found.unexplained == sum(max(0, outside[day] - inside.get(day, 0)) for day in outside)
    assert (found.unexplained == found.only_here == 0) == (not found.differing)
