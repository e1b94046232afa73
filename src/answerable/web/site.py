"""Every page of the public site, by its path. The same pages are served and written to a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

from answerable.policy.pack import Pack
from answerable.present.article import Article
from answerable.service.public_view import PublicView
from answerable.web.pages import about, base_rates, cases, planning, policy, rarity, rules, sighting
from answerable.web.pages import article as first
from answerable.web.pages.case_path import case_path
from answerable.web.render import Frame, Page, html, twin
from answerable.web.vignettes import Vignette

STATIC = ("style.css", "icon.svg")


@dataclass(frozen=True)
class Contents:
    """What the pages say beside the record: the article, worked base rates, the pack and its two example proposals.

    ``pack`` is None where no rules have been adopted.
    """

    article: Article
    base_rate_tables: Sequence[base_rates.Table]
    pack: Pack | None
    vignettes: Sequence[Vignette] = ()


def pages(
    view: PublicView,
    *,
    article: Article,
    base_rate_tables: Sequence[base_rates.Table],
    pack: Pack | None,
    prefix: str = "",
    feed: str = "",
    vignettes: Sequence[Vignette] = (),
) -> Mapping[str, bytes]:
    """Return the whole site as relative path -> content: pages, their JSON twins, the style sheet.

    All links are relative, so that the pages open from a folder. ``prefix`` is the relative path from the pages to the
    folder that holds the log's own files (``checkpoint``, ``log-policy``, ``proofs/``): empty where they lie together.
    ``feed`` is the feed of notices in that folder; empty where there is none.
    """
    frame = Frame.of(view, prefix, feed)
    built = (build() for build in builders(view, Contents(article, base_rate_tables, pack, vignettes)).values())
    shown = {path: content for page in built for path, content in _both(page, frame)}
    return {**shown, **{name: static(name) for name in STATIC}}


def builders(view: PublicView, contents: Contents) -> Mapping[str, Callable[[], Page]]:
    """Return what makes each page, by its path, so that a server makes only the page that is asked for."""
    fixed: dict[str, Callable[[], Page]] = {
        "index.html": partial(first.page, view, contents.article, contents.base_rate_tables, contents.vignettes),
        "cases.html": partial(cases.register, view),
        "base-rates.html": partial(base_rates.page, contents.base_rate_tables),
        rarity.PATH: partial(rarity.page, view, contents.pack),
        policy.PATH: partial(policy.page, view),
        "rules.html": partial(rules.page, view, contents.pack),
        "about.html": partial(about.page, view),
        sighting.PATH: partial(sighting.page, view),
        "planning.html": partial(planning.page, view),
    }
    return fixed | {case_path(case.id): partial(cases.case_page, case) for case in view.cases}


def static(name: str) -> bytes:
    """Return one of the files that come with the package (``STATIC``)."""
    return files("answerable.web").joinpath("static", name).read_bytes()


def _both(page: Page, frame: Frame) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    return (page.path, html(page, frame)), (page.twin, twin(page, frame))
