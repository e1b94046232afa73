"""What the public pages say beside the record: article, base rates, the adopted pack and two example proposals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from answerable.policy.pack import Pack, load_pack
from answerable.present.article import load_article
from answerable.service.adoption_packs import current_path
from answerable.service.programme_published import FILE as PROGRAMME
from answerable.service.public_view import PublicView
from answerable.service.track_record import FILE as SCORES
from answerable.web.laid import LaidFile
from answerable.web.pages.base_rates import worked_tables
from answerable.web.pages.fairness_audit import FILE as AUDIT
from answerable.web.site import Contents
from answerable.web.vignettes import worked_vignettes


def contents_of(public: Path, view: PublicView) -> Contents:
    """Return the contents that belong to a public folder; its pack is the newest that its log adopted, if any."""
    pack = _pack(public, view)
    vignettes = worked_vignettes(pack) if pack else ()
    scores, audit, programme = (read() for read in _beside(public))
    return Contents(load_article(), worked_tables(), pack, vignettes, scores, audit, programme)


class ContentsReader:
    """Gives the contents for a view, made anew only when the log has another entry about the rules."""

    def __init__(self, public: Path) -> None:
        self._public = public
        self._beside = _beside(public)
        self._kept: tuple[tuple[int, ...], Contents] | None = None

    def __call__(self, view: PublicView) -> Contents:
        """Return the contents for ``view``; InputError where the file of the adopted pack is not there."""
        entries = tuple(event.index for event in view.policies)
        if self._kept is None or self._kept[0] != entries:
            self._kept = (entries, replace(contents_of(self._public, view), served=True))
        contents = self._kept[1]
        scores, audit, programme = (read() for read in self._beside)
        if scores is not contents.scores or audit is not contents.audit or programme is not contents.programme:
            contents = replace(contents, scores=scores, audit=audit, programme=programme)
            self._kept = (entries, contents)
        return contents


def _beside(public: Path) -> tuple[LaidFile, LaidFile, LaidFile]:
    return LaidFile(public / SCORES), LaidFile(public / AUDIT), LaidFile(public / PROGRAMME)


def _pack(public: Path, view: PublicView) -> Pack | None:
    return load_pack(current_path(public, view.policies[-1].data["pack"])) if view.policies else None
