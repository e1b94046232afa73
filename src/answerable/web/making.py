"""Make public pages on demand, once for each view of the record, and what takes long in them before anybody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from answerable.service.public_view import PublicView
from answerable.web.render import Frame, Page, html, twin
from answerable.web.site import Contents, builders, case_builders


class Maker:
    """Makes pages on demand, and keeps what it made in each zone for as long as it is asked about the same view."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: _Made | None = None
        self._prepared: _Made | None = None

    def prepare(self, view: PublicView, contents: Contents) -> None:
        """Work out what the pages of ``view`` say, but those of cases and their lists, before it is shown to anybody.

        Whoever asks first for a page that counts thousands of cases would wait for that. Pages of another view are
        made as before meanwhile.
        """
        made = _Made(view, contents)
        for path in made.builders:
            if not path.startswith("case"):
                made.page(path)
        self._prepared = made

    def __call__(self, view: PublicView, contents: Contents, frame: Frame, name: str, form: str) -> bytes | None:
        """Return the page ``name`` as ``html`` or ``json``; None where there is none."""
        kept, asked = self._kept, (name, form, frame.tz, frame.feed)
        if kept is not None and kept.of(view, contents) and asked in kept.shown:
            return kept.shown[asked]
        # One at a time: of many who ask for a new page together, the first makes it and the others wait for that.
        with self._lock:
            kept = self._kept = self._of(view, contents)
            page = kept.page(f"{name}.html")
            if page is None:
                return None
            if asked not in kept.shown:
                kept.shown[asked] = twin(page, frame) if form == "json" else html(page, frame)
            return kept.shown[asked]

    def _of(self, view: PublicView, contents: Contents) -> _Made:
        known = (one for one in (self._kept, self._prepared) if one is not None and one.of(view, contents))
        return next(known, None) or _Made(view, contents)


@dataclass(frozen=True)
class _Made:
    """What was made of one view: pages by their path, and how each is shown by its name, form, zone and feed."""

    view: PublicView
    contents: Contents
    pages: dict[str, Page] = field(default_factory=dict)
    shown: dict[tuple[str, str, str, str], bytes] = field(default_factory=dict)

    @cached_property
    def builders(self) -> Mapping[str, Callable[[], Page]]:
        """What makes each page but those of cases."""
        return builders(self.view, self.contents)

    @cached_property
    def of_cases(self) -> Mapping[str, Callable[[], Page]]:
        """What makes the pages of cases: in a long record it takes a while to list them, and few ask for one."""
        return case_builders(self.view)

    def of(self, view: PublicView, contents: Contents) -> bool:
        return self.view is view and self.contents is contents

    def page(self, path: str) -> Page | None:
        """Return the page at ``path``, the very same each time; None where there is none."""
        if path not in self.pages:
            build = self.builders.get(path) or self.of_cases.get(path)
            if build is None:
                return None
            self.pages[path] = build()
        return self.pages[path]
