from __future__ import annotations

import io
import json
import os
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from answerable.errors import UsageError
from answerable.present.case_document import CaseSource, case_document
from answerable.present.document import Document, Grid, Items, Part, Section, Words
from answerable.present.document_writers import document_html, document_pdf, document_text


def pango() -> bool:
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


# In CI a missing Pango fails these tests instead of skipping them.
needs_pango = pytest.mark.skipif(
    not pango() and os.environ.get("CI") != "true", reason="no Pango to draw a PDF's letters with (make system)"
)


@pytest.fixture(scope="module")
def document(whole_case: CaseSource) -> Document:
    return case_document(whole_case)


@pytest.fixture(scope="module")
def html(document: Document) -> str:
    return document_html(document)


class Outline(HTMLParser):
    """Headings in order, tables and their captions, and everything that would be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        target = given.get("src") or (given.get("href") if tag != "a" else None)
        if target or (tag == "a" and not str(given.get("href")).startswith("#")):
            self.fetched.append(str(target or given.get("href")))


@pytest.fixture(scope="module")
def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    return found


def test_headings_follow_each_other_without_a_gap(outline: Outline) -> None:
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))


def test_every_table_has_a_caption_and_scoped_heads(outline: Outline, html: str) -> None:
    assert outline.tags.count("table") == outline.tags.count("caption") > 5
    assert html.count("<th ") == html.count("<th scope=")


def test_no_id_is_used_twice_and_every_link_leads_to_one(outline: Outline, html: str) -> None:
    assert len(set(outline.ids)) == len(outline.ids)
    for section in ("information", "record"):
        assert f'href="#{section}"' in html
        assert section in outline.ids


def test_the_page_fetches_nothing(outline: Outline, html: str) -> None:
    assert outline.fetched == []
    assert "script" not in outline.tags
    assert "url(" not in html
    assert "@import" not in html


def test_what_people_wrote_is_escaped(html: str) -> None:
    assert "&lt;b&gt;Nobody&lt;/b&gt;" in html
    assert "<b>Nobody" not in html


def test_the_mark_and_the_fingerprint_are_on_the_page(html: str, document: Document) -> None:
    assert "REHEARSAL: the people and decisions in it are pretended." in html
    assert document.fingerprint in html


def test_the_json_is_canonical_and_holds_the_same_sections(document: Document) -> None:
    raw = document.json()
    read = json.loads(raw)
    assert raw == json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert [s["heading"] for s in read["sections"]] == [s.heading for s in document.sections]


def test_the_same_content_has_the_same_fingerprint_and_other_content_another() -> None:
    def made(text: str) -> Document:
        return Document("T", "k", "m", "", "r", (Words(text),), ())

    assert made("a").fingerprint == made("a").fingerprint != made("b").fingerprint


def test_the_text_says_every_block() -> None:
    part = Part("Head", (Grid("Caption", ("a", "b"), (("1", "2"),)), Items("Intro", ("one",))))
    text = document_text(Document("T", "k", "m", "", "r", (), (Section("s", "Section", "asks", (part,)),)))
    assert all(word in text for word in ("SECTION", "Caption", "- one", "Intro", "1  2"))


@needs_pango
def test_the_pdf_says_what_the_page_says_on_numbered_pages(document: Document) -> None:
    from pypdf import PdfReader

    read = PdfReader(io.BytesIO(document_pdf(document)))
    pages = [page.extract_text() for page in read.pages]
    said = " ".join(" ".join(pages).split())
    assert read.metadata is not None
    assert read.metadata.title == f"{document.title} (Case file 2018-0001)"
    assert f"Page 2 of {len(pages)}" in said
    assert all("REHEARSAL: the people" in page for page in pages)
    for section in document.sections:
        assert section.heading in said
    assert document.fingerprint in said
    assert len(read.outline) >= 1


@needs_pango
def test_a_pdf_fetches_nothing_even_if_its_content_asks_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    words = Words('<img src="http://example.org/x.png"> <link rel=stylesheet href="file:///etc/hosts">')
    assert document_pdf(Document("T", "k", "m", "", "r", (words,), ())).startswith(b"%PDF")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, document: Document) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError, match=r"answerable\[pdf\].*libpango"):
        document_pdf(document)
