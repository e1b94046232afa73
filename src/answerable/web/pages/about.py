"""What "verified" proves and what it does not, and how to check without us."""

from __future__ import annotations

from answerable.service.public_view import PublicView
from answerable.web.catalogue import lines
from answerable.web.render import Page

PROVES = tuple(lines("about.proves"))
DOES_NOT_PROVE = tuple(lines("about.does_not_prove"))
TESTED_BY = tuple(lines("about.tested_by"))
HOLDS_NO = tuple(lines("about.holds_no"))


def page(view: PublicView) -> Page:
    """Return the page about checking."""
    latest = next((e for case in reversed(view.cases) for e in reversed(case.events) if e.proof), None)
    example = latest.proof.rpartition("/")[2] if latest else "FILE.tlog-proof"
    data = {
        "proves": list(PROVES),
        "does_not_prove": list(DOES_NOT_PROVE),
        "tested_by": list(TESTED_BY),
        "holds_no": list(HOLDS_NO),
        "commands": {
            "ours": f"answerable record verify {example} --policy log-policy",
            "alone": f"python -m record.verify {example} --policy log-policy",
        },
    }
    return Page("about.html", "What \u201cverified\u201d means", "about.html", data)
