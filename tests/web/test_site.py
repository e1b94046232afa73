"""The whole public site: what is true of every page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from answerable.present.marks import BANNERS
from answerable.service.public_view import PublicEvent, PublicView
from answerable.web import making, site
from answerable.web.making import Maker
from answerable.web.render import Page, twin

HOSTILE = "\"><script>alert('x')</script><img src=x onerror=alert(1)>&{{ 7*7 }}"


@pytest.fixture(scope="session")
def view(full_view: PublicView) -> PublicView:
    """What is true of every page is tried on the record that has every kind of entry and every state."""
    return full_view


@pytest.fixture(scope="session")
def pages(full_pages: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return full_pages


class Reader(HTMLParser):
    """Collects what a page links to, the ids it offers, and the elements and attributes it uses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes |= set(named)
        if "id" in named:
            self.ids.append(named["id"])
        if tag == "a":
            self.links.append(named["href"])
        self.loads += [named[name] for name in ("src", "srcset", "action", "xlink:href") if name in named]
        if tag == "link":
            self.loads.append(named["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(pages: Mapping[str, bytes], name: str) -> Reader:
    return Reader(pages[name].decode())


def html_names(pages: Mapping[str, bytes]) -> list[str]:
    return [name for name in pages if name.endswith(".html")]


def build(view: PublicView, contents: site.Contents) -> Mapping[str, bytes]:
    return site.pages(view, article=contents.article, base_rate_tables=contents.base_rate_tables, pack=contents.pack)


def test_the_site_has_its_pages_under_flat_names(pages: Mapping[str, bytes], view: PublicView) -> None:
    fixed = {"index.html", "cases.html", "base-rates.html", "planning.html", "rules.html", "about.html", "style.css"}
    fixed |= {"rarity.html", "policy.html"}
    assert fixed <= set(pages)
    assert {f"case-{case.id}.html" for case in view.cases} <= set(pages)
    assert not any("/" in name for name in pages)


def test_every_page_says_what_kind_of_workspace_it_is_first_of_all(pages: Mapping[str, bytes]) -> None:
    for name in html_names(pages):
        text = pages[name].decode()
        body = text[text.index("<body ") :]
        assert body.index("SIMULATED: this is about an invented city") < body.index("<header"), name


@pytest.mark.parametrize("kind", ["simulated", "rehearsal", "real", "something else"])
def test_the_watermark_follows_the_kind_and_an_unknown_kind_is_said_to_be_unknown(
    view: PublicView, contents: site.Contents, kind: str
) -> None:
    made = build(replace(view, kind=kind), contents)
    expected = BANNERS.get(kind, "WORKSPACE OF UNKNOWN KIND: something else")
    assert all(expected in read(made, name).text for name in html_names(made))
    assert all(json.loads(made[n])["watermark"] == expected for n in made if n.endswith(".json"))


def test_every_page_has_a_twin_that_says_the_same_as_data(pages: Mapping[str, bytes], view: PublicView) -> None:
    for name in html_names(pages):
        twin = json.loads(pages[name.removesuffix(".html") + ".json"])
        assert twin["workspace"] == "simulated"
        assert twin["page"] == name
        assert twin["log"]["size"] == view.size
    case = json.loads(pages["case-2018-0002.json"])
    assert [entry["kind"] for entry in case["entries"]] == ["open", "submit", "blocked"]
    assert {found["rule"]: found["holds"] for found in case["entries"][2]["failed"]} == {"AP05": None, "AP08": False}
    index = json.loads(pages["index.json"])
    assert [question["id"] for question in index["questions"]] == ["Q1", "Q2", "Q3", "Q4", "Q5"]


def test_rules_lead_to_what_they_change_where_they_were_consulted_on(
    pages: Mapping[str, bytes], view: PublicView, contents: site.Contents
) -> None:
    assert "policy.html#changes" in read(pages, "rules.html").links
    assert "changes" in read(pages, "policy.html").ids
    # Adopted at once, they had none to be compared with.
    at_once = build(replace(view, adoptions={}), contents)
    assert "policy.html#changes" not in read(at_once, "rules.html").links


def test_no_page_holds_an_empty_list(pages: Mapping[str, bytes], view: PublicView, contents: site.Contents) -> None:
    for made in (pages, build(replace(view, cases=(), pictures=(), policies=()), contents)):
        for name in html_names(made):
            found = re.findall(r"<(ul|ol|dl|tbody)\b[^>]*>\s*</\1>", made[name].decode())
            assert not found, name


def test_every_link_leads_somewhere_in_the_site_or_to_a_file_of_the_log(pages: Mapping[str, bytes]) -> None:
    readers = {name: read(pages, name) for name in html_names(pages)}
    for name, reader in readers.items():
        for link in reader.links:
            path, _, fragment = link.partition("#")
            if path.startswith(("proofs/", "packs/", "papers/", "verify/")) or path in (
                "log-policy",
                "checkpoint",
                "notices.atom",
            ):
                continue
            target = path or name
            assert target in pages, f"{name} links to {link}"
            if fragment:
                assert fragment in readers[target].ids, f"{name} links to {link}"


def test_no_page_asks_anything_of_another_host(pages: Mapping[str, bytes]) -> None:
    for name in html_names(pages):
        reader = read(pages, name)
        for address in [*reader.links, *reader.loads]:
            assert not re.match(r"[a-z][a-z0-9+.-]*:|//", address), f"{name}: {address}"
    assert b"@import" not in pages["style.css"]
    assert b"url(" not in pages["style.css"]


def test_no_page_needs_a_script_or_a_style_of_its_own(pages: Mapping[str, bytes]) -> None:
    for name in html_names(pages):
        reader = read(pages, name)
        assert not {"script", "style", "iframe", "object"} & set(reader.tags), name
        assert "style" not in reader.attributes, name
        assert not {attribute for attribute in reader.attributes if attribute.startswith("on")}, name


def test_every_page_has_one_heading_a_language_a_title_and_a_way_past_the_navigation(
    pages: Mapping[str, bytes],
) -> None:
    for name in html_names(pages):
        reader = read(pages, name)
        assert reader.tags.count("h1") == 1, name
        assert reader.tags.count("main") == 1, name
        assert reader.links[0] == "#content", name
        assert len(reader.ids) == len(set(reader.ids)), name
        assert '<html lang="en">' in pages[name].decode()


def test_headings_never_skip_a_level(pages: Mapping[str, bytes]) -> None:
    for name in html_names(pages):
        levels = [int(tag[1]) for tag in read(pages, name).tags if re.fullmatch(r"h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_no_page_claims_that_anything_was_prevented_or_passes_for_the_police(pages: Mapping[str, bytes]) -> None:
    for name in html_names(pages):
        text = read(pages, name).text
        assert "prevented" not in text.lower(), name
        assert "Answerable is not an official police service" in text, name


def _poison(value: Any) -> Any:
    if isinstance(value, str):
        return value if re.match(r"\d{4}-\d\d-\d\dT", value) else HOSTILE
    if isinstance(value, Mapping):
        return {key: _poison(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_poison(inner) for inner in value]
    return value


def _poisoned_event(event: PublicEvent) -> PublicEvent:
    return replace(event, office=HOSTILE, data=_poison(event.data), proof="javascript:alert(1)")


def test_text_from_the_record_can_never_become_part_of_the_page(view: PublicView, contents: site.Contents) -> None:
    cases = tuple(
        replace(
            case,
            title=HOSTILE,
            area_name=HOSTILE,
            trigger=HOSTILE,
            state=HOSTILE,
            events=tuple(_poisoned_event(event) for event in case.events),
        )
        for case in view.cases
    )
    poisoned = replace(
        view,
        cases=cases,
        origin=HOSTILE,
        root=HOSTILE,
        signed_by=HOSTILE,
        policies=tuple(_poisoned_event(event) for event in view.policies),
        pictures=tuple(_poisoned_event(event) for event in view.pictures),
        adoptions={HOSTILE: tuple(_poisoned_event(e) for events in view.adoptions.values() for e in events)},
    )
    made = build(poisoned, contents)
    for name in html_names(made):
        reader = read(made, name)
        assert not {"script", "img"} & set(reader.tags), name
        assert not any("javascript" in address for address in [*reader.links, *reader.loads]), name
        assert "49" not in reader.text or "{{ 7*7 }}" in reader.text, name
    for name in ("cases.html", "policy.html", "rarity.html"):
        assert "alert('x')" in read(made, name).text


def test_a_case_id_can_leave_neither_the_folder_nor_the_link(view: PublicView, contents: site.Contents) -> None:
    odd = replace(view.cases[0], id="../../etc/x?y#z")
    made = build(replace(view, cases=(odd,)), contents)
    name = next(n for n in made if n.startswith("case-") and n.endswith(".html"))
    assert re.fullmatch(r"case-[A-Za-z0-9_-]+\.html", name)
    assert name in read(made, "cases.html").links


def test_an_empty_record_makes_a_whole_site_that_says_it_is_empty(
    empty_view: PublicView, contents: site.Contents
) -> None:
    made = build(empty_view, contents)
    assert "There is no case yet" in read(made, "cases.html").text
    assert "2 entries of the log have not been opened" in read(made, "cases.html").text
    assert "No picture has been published" in read(made, "planning.html").text
    assert "Nothing has been proposed" in read(made, "index.html").text


def test_pages_can_lie_beside_the_log_or_in_another_folder(view: PublicView, contents: site.Contents) -> None:
    made = site.pages(
        view,
        article=contents.article,
        base_rate_tables=contents.base_rate_tables,
        pack=contents.pack,
        prefix="log/",
    )
    links = read(made, "case-2018-0001.html").links
    assert "log/proofs/1.tlog-proof" in links
    assert "log/log-policy" in links
    # From log/verify/ it is two steps up to the pages.
    assert "log/verify/index.html#folder" in links
    assert "cases.html" in links


def test_pages_without_a_map_stay_small(pages: Mapping[str, bytes]) -> None:
    import gzip

    style = len(gzip.compress(pages["style.css"]))
    for name in html_names(pages):
        assert style + len(gzip.compress(pages[name])) < 40_000, name


@pytest.mark.parametrize("zone", ["Europe/London", "UTC", "America/New_York"])
def test_every_page_names_the_zone_of_its_times(view: PublicView, contents: site.Contents, zone: str) -> None:
    made = build(replace(view, tz=zone), contents)
    assert all(f"Times are in {zone}" in read(made, name).text for name in html_names(made))
    assert all(json.loads(made[name])["time_zone"] == zone for name in made if name.endswith(".json"))


def test_a_long_register_is_turned_in_pages_that_together_hold_every_case(
    view: PublicView, contents: site.Contents
) -> None:
    many = tuple(replace(view.cases[0], id=f"2018-{number:05}") for number in range(250))
    made = build(replace(view, cases=many), contents)
    told = [json.loads(made[name]) for name in ("cases.json", "cases-2.json", "cases-3.json")]
    assert [len(one["cases"]) for one in told] == [100, 100, 50]
    ids = [case["id"] for one in told for case in one["cases"]]
    assert ids == [case.id for case in reversed(many)]
    assert "cases-2.html" in read(made, "cases.html").links
    assert {"cases.html", "cases-3.html"} <= set(read(made, "cases-2.html").links)


def test_a_made_page_is_kept_for_its_view_and_not_for_another(view: PublicView, contents: site.Contents) -> None:
    make, frame = Maker(), site.Frame.of(view)
    first = make(view, contents, frame, "cases", "html")
    assert make(view, contents, frame, "cases", "html") is first
    fewer = replace(view, cases=view.cases[:1])
    assert make(fewer, contents, frame, "cases", "html") != first
    assert make(fewer, contents, frame, "nothing", "html") is None


def test_what_was_prepared_is_not_worked_out_again_and_does_not_disturb_who_asks_of_the_view_before(
    view: PublicView, contents: site.Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(shown: PublicView, beside: site.Contents) -> dict[str, Callable[[], Page]]:
        def once(path: str, build: Callable[[], Page]) -> Callable[[], Page]:
            return lambda: made.append(path) or build()

        return {path: once(path, build) for path, build in site.builders(shown, beside).items()}

    monkeypatch.setattr(making, "builders", counted)
    make, fewer = Maker(), replace(view, cases=view.cases[:1])
    make(view, contents, site.Frame.of(view), "rarity", "html")
    make.prepare(fewer, contents)
    prepared = len(made)
    assert len(set(made)) >= 30
    assert not any(path.startswith("cases") for path in made)
    make(view, contents, site.Frame.of(view), "rarity", "html")
    told = make(fewer, contents, site.Frame.of(fewer), "rarity", "json")
    assert len(made) == prepared
    assert told == twin(site.builders(fewer, contents)["rarity.html"](), site.Frame.of(fewer))
