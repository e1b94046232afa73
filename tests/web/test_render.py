"""A page shown twice."""

from __future__ import annotations

import json

import pytest

from answerable.service.public_view import PublicView
from answerable.web.render import Frame, Page, html, safe_path, stamp, twin


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a//b", "a/../b", ".hidden", "https://x", "a b", "", "x\n"])
def test_only_plain_relative_paths_become_links(path: str) -> None:
    assert safe_path(path) == ""


def test_a_page_that_says_something_its_template_does_not_know_is_refused(view: PublicView) -> None:
    incomplete = Page("error.html", "Title", "error.html", {})
    with pytest.raises(Exception, match="undefined"):
        html(incomplete, Frame.of(view))


def test_the_twin_stands_alone_with_kind_time_and_log(view: PublicView) -> None:
    page = Page("x.html", "Title", "error.html", {"says": "Hello", "asked": "", "detail": ""})
    told = json.loads(twin(page, Frame.of(view)))
    assert told["says"] == "Hello"
    assert told["as_of"] == stamp(view.as_of) == "2018-12-12T09:00:00Z"
    assert told["log"]["origin"] == view.origin


def test_a_record_that_cannot_be_read_has_a_frame_that_says_so() -> None:
    page = Page("x.html", "Title", "error.html", {"says": "Hello", "asked": "", "detail": ""})
    shown = html(page, Frame.unread()).decode()
    assert "WORKSPACE OF UNKNOWN KIND: the record could not be read" in shown
    assert "Read from the log" not in shown
