"""The mark that every document of a workspace carries, so that a rehearsal is never taken for the real thing."""

from __future__ import annotations

from answerable.record.verify import WATERMARKS

# The verifier says the same words; what a real record is it need not say.
BANNERS = {**WATERMARKS, "real": "RECORD OF A REAL POLICE FORCE"}
_FAINT = {"simulated": "SIMULATED", "rehearsal": "REHEARSAL", "real": ""}


def watermark(kind: str) -> str:
    """Return the words at the top of every page for a kind of workspace.

    >>> watermark("rehearsal")
    'REHEARSAL: the people and decisions in it are pretended.'
    """
    return BANNERS.get(kind, f"WORKSPACE OF UNKNOWN KIND: {kind or 'not known'}")


def faint_mark(kind: str) -> str:
    """Return the one word that lies across every printed page; none for a real workspace."""
    return _FAINT.get(kind, "UNKNOWN KIND")
