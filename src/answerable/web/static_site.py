"""Write the public site, with the log's own files beside it, into a folder whose pages open by double-click."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from answerable.errors import UsageError
from answerable.service.public_view import read_public_view
from answerable.web.contents import contents_of
from answerable.web.feed import feed_of
from answerable.web.site import pages

LOG = "log"


def write_static(public: Path, folder: Path, now: datetime) -> Path:
    """Write the site as it stands at ``now`` and return its first page; UsageError where ``folder`` is in use."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("This folder is already in use.", where=str(folder), fix="Name a new or an empty folder.")
    view = read_public_view(public, now)
    contents = contents_of(public, view)
    shown = pages(
        view,
        article=contents.article,
        base_rate_tables=contents.base_rate_tables,
        pack=contents.pack,
        prefix=f"{LOG}/",
        feed=feed_of(public),
        vignettes=contents.vignettes,
        scores=contents.scores,
        audit=contents.audit,
        programme=contents.programme,
    )
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(public, folder / LOG)
    for name, content in shown.items():
        (folder / name).write_bytes(content)
    return folder / "index.html"
