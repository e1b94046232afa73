"""What the public pages say beside the record: article, base rates, the adopted pack and two example proposals."""

from __future__ import annotations

from pathlib import Path

from answerable.policy.pack import load_pack
from answerable.present.article import load_article
from answerable.service.public_view import PublicView
from answerable.web.pages.base_rates import worked_tables
from answerable.web.site import Contents
from answerable.web.vignettes import worked_vignettes


def contents_of(public: Path, view: PublicView) -> Contents:
    """Return the contents that belong to a public folder; its pack is the newest that its log adopted."""
    pack = load_pack(public / "packs" / f"{view.policies[-1].data['pack']}.yaml")
    return Contents(load_article(), worked_tables(), pack, worked_vignettes(pack))
