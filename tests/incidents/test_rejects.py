from __future__ import annotations

import polars as pl
import pytest

from answerable.errors import InputError
from answerable.incidents.rejects import check_share, missing, problem, split

FRAME = pl.DataFrame({"a": ["1", "x", "y"], "b": ["1", "2", "z"], "_file": "made.csv", "_row": [2, 3, 4]})


def test_a_row_is_rejected_once_for_its_first_problem() -> None:
    good, rejects = split(
        FRAME, problem("a", pl.col("a") != "1", "a is odd"), problem("b", pl.col("b") == "z", "b is odd")
    )

    assert good.rows() == [("1", "1", "made.csv", 2)]
    assert rejects.rows() == [("made.csv", 3, "a", "x", "a is odd"), ("made.csv", 4, "a", "y", "a is odd")]


@pytest.mark.parametrize("text", ["", " ", "NA", "n/a", "NULL", "None", "nan", "(null)", None])
def test_words_for_no_value_are_missing(text: str | None) -> None:
    assert pl.DataFrame({"a": [text]}, schema={"a": pl.String}).select(missing("a")).item()


def test_fewer_than_half_may_fail_and_half_may_not() -> None:
    _, rejects = split(FRAME, problem("b", pl.col("b") == "z", "b is odd"))

    check_share(rejects, 3, "made.csv")
    with pytest.raises(InputError, match="1 of 2 rows cannot be imported; the first because b is odd: 'z'"):
        check_share(rejects, 2, "made.csv")
    check_share(rejects.clear(), 0, "made.csv")
