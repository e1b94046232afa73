"""The feed of notices that lies in the public folder."""

from __future__ import annotations

from pathlib import Path

FEED = "notices.atom"
TYPE = "application/atom+xml; charset=utf-8"


def feed_of(public: Path) -> str:
    """Return the name of the feed in a public folder; empty where nothing was told yet."""
    return FEED if (public / FEED).is_file() else ""
