"""Every published figure is reproduced, and the page of known answers shows what we get now."""

from __future__ import annotations

import pytest

from known_evaluation import PAGE, every, page


@pytest.mark.realdata
def test_every_known_answer_is_reproduced(shared_data) -> None:
    found = list(every(shared_data))
    assert len(found) >= 80
    assert [f"{one.what}: {one.published} and {one.ours}" for one in found if not one.holds] == []


@pytest.mark.realdata
def test_the_page_shows_what_we_get(shared_data) -> None:
    assert PAGE.read_text(encoding="utf8") == page(shared_data)
