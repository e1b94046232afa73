"""What several pages ask of one view is worked out once, and never told of another."""

from __future__ import annotations

from answerable.web.once import once


def test_the_same_values_are_worked_out_once_and_equal_ones_anew() -> None:
    asked: list[tuple[list[int], int]] = []

    @once
    def total(values: list[int], more: int = 0) -> int:
        asked.append((values, more))
        return sum(values) + more

    some, same = [1, 2], [1, 2]
    assert [total(some), total(some), total(same), total(same), total(some)] == [3] * 5
    assert len(asked) == 3
    assert total(some, more=4) == 7
    assert total(some) == 3
    assert len(asked) == 4
