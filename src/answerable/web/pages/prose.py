"""Pages that are all words: the citizen's guide, how to complain, and the accessibility statement."""

from __future__ import annotations

from answerable.web.pages.sections import page, words
from answerable.web.render import Page

PATHS = {"guide.html": "guide", "complain.html": "complain", "accessibility.html": "accessibility"}


def prose(path: str) -> Page:
    """Return the page of words at ``path``, a key of :data:`PATHS`."""
    key = PATHS[path]
    return page(path, key, words(key))
