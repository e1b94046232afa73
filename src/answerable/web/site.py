"""Every page of the public site, by its path. The same pages are served and written to a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any

from answerable.policy.pack import Pack
from answerable.present.article import Article
from answerable.service.public_view import PublicView
from answerable.web.downloads import FILES
from answerable.web.pages import (
    about,
    all_pages,
    base_rates,
    brief,
    cases,
    consultation,
    downloads,
    evaluation,
    evidence,
    fairness,
    home,
    indicators,
    letter,
    moving_map,
    planning,
    policy,
    prose,
    rarity,
    readers,
    routine,
    rules,
    sighting,
    track_record,
)
from answerable.web.pages import article as plan
from answerable.web.pages.case_path import case_path
from answerable.web.render import VENDORED, Frame, Page, html, twin
from answerable.web.vignettes import Vignette

_OWN = ("style.css", "icon.svg")
_FOLDER = files("answerable.web").joinpath("static")
# What comes with the package: our own files, and those copied at set-up where they are there.
STATIC = (*_OWN, *(name for name in (VENDORED,) if _FOLDER.joinpath("vendor", name).is_file()))


# What the map that can be moved needs; empty where its library was not copied at set-up.
_COPIED = all(_FOLDER.joinpath("vendor", name).is_file() for name in moving_map.LIBRARY)
MOVING = (moving_map.SCRIPT, *moving_map.LIBRARY) if _COPIED else ()


@dataclass(frozen=True)
class Contents:
    """What the pages say beside the record: the article, worked base rates, the pack and its two example proposals.

    ``pack`` is None where no rules have been adopted; ``scores`` is the report of a backtest, ``audit`` the fairness
    audit and ``programme`` the evaluation of all deployments that lie in the public folder, None where there is none.
    ``served`` where a server hands out what a folder cannot hold.
    """

    article: Article
    base_rate_tables: Sequence[base_rates.Table]
    pack: Pack | None
    vignettes: Sequence[Vignette] = ()
    scores: Mapping[str, Any] | None = None
    audit: Mapping[str, Any] | None = None
    programme: Mapping[str, Any] | None = None
    served: bool = False


def pages(
    view: PublicView,
    *,
    article: Article,
    base_rate_tables: Sequence[base_rates.Table],
    pack: Pack | None,
    prefix: str = "",
    feed: str = "",
    vignettes: Sequence[Vignette] = (),
    scores: Mapping[str, Any] | None = None,
    audit: Mapping[str, Any] | None = None,
    programme: Mapping[str, Any] | None = None,
) -> Mapping[str, bytes]:
    """Return the whole site as relative path -> content: pages, their JSON twins, downloads, the style sheet.

    All links are relative, so that the pages open from a folder. ``prefix`` is the relative path from the pages to the
    folder that holds the log's own files (``checkpoint``, ``log-policy``, ``proofs/``): empty where they lie together.
    ``feed`` is the feed of notices in that folder; empty where there is none.
    """
    frame = Frame.of(view, prefix, feed)
    contents = Contents(article, base_rate_tables, pack, vignettes, scores, audit, programme)
    built = (build() for build in {**builders(view, contents), **case_builders(view)}.values())
    shown = {path: content for page in built for path, content in _both(page, frame)}
    made = {name: download.make(view) for name, download in FILES.items()}
    return {**shown, **made, **{name: static(name) for name in STATIC}}


def builders(view: PublicView, contents: Contents) -> Mapping[str, Callable[[], Page]]:
    """Return what makes each page but those of cases, by its path: a server makes only the page that is asked for."""
    pack = contents.pack
    fixed: dict[str, Callable[[], Page]] = {
        home.PATH: partial(home.page, view, pack),
        plan.PATH: partial(plan.page, contents.article, contents.base_rate_tables, contents.vignettes),
        "base-rates.html": partial(base_rates.page, contents.base_rate_tables),
        rarity.PATH: partial(rarity.page, view, pack),
        routine.PATH: partial(routine.routine, view, pack),
        policy.PATH: partial(policy.page, view),
        consultation.PATH: partial(consultation.consultation, view),
        "rules.html": partial(rules.page, view, pack),
        evaluation.PATH: partial(evaluation.evaluation, view, contents.programme),
        evidence.PATH: evidence.evidence,
        track_record.PATH: partial(track_record.track_record, view, contents.scores),
        fairness.PATH: partial(fairness.fairness, view, contents.audit),
        indicators.PATH: indicators.indicators,
        brief.PATH: partial(brief.brief, view, pack),
        letter.PATH: partial(letter.letter, view),
        downloads.PATH: partial(downloads.downloads, view, served=contents.served),
        all_pages.PATH: all_pages.all_pages,
        "about.html": partial(about.page, view),
        sighting.PATH: partial(sighting.page, view),
        "planning.html": partial(planning.page, view, movable=contents.served and bool(MOVING)),
    }
    fixed |= {path: partial(prose.prose, path) for path in prose.PATHS}
    fixed |= {path: partial(readers.reader, view, pack, name) for path, name in readers.PATHS.items()}
    return fixed | {path: partial(cases.register, view, n) for n, path in enumerate(cases.register_paths(view), 1)}


def case_builders(view: PublicView) -> Mapping[str, Callable[[], Page]]:
    """Return what makes the page of each case, by its path."""
    return {case_path(case.id): partial(cases.case_page, case) for case in view.cases}


def warm(view: PublicView, contents_for: Callable[[PublicView], Contents]) -> None:
    """Make every page once, but those of cases and their lists, and throw them away."""
    frame = Frame.of(view)
    for path, build in builders(view, contents_for(view)).items():
        if not path.startswith("case"):
            html(build(), frame)


def static(name: str) -> bytes:
    """Return one of the files that come with the package (``STATIC``, ``MOVING``)."""
    place = _FOLDER if name in (*_OWN, moving_map.SCRIPT) else _FOLDER.joinpath("vendor")
    return place.joinpath(name).read_bytes()


def _both(page: Page, frame: Frame) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    return (page.path, html(page, frame)), (page.twin, twin(page, frame))
