"""What "verified" proves and what it does not, and how to check without us."""

from __future__ import annotations

from answerable.service.public_view import PublicView
from answerable.web.render import Page

PROVES = (
    "that an entry stands in the log, word for word as it is shown here",
    "that nobody has altered it since the log's head was signed",
    "that a proof you saved keeps working: it needs neither this site nor our goodwill",
)
DOES_NOT_PROVE = (
    "that what an entry says is true; a careful lie can be logged as easily as the truth",
    "that the log is complete; something that was never logged leaves no trace in it",
    "that a decision was wise, or that a deployment made any difference",
)
TESTED_BY = (
    "counts kept by others, such as the force\u2019s yearly return of armed operations, set beside the record\u2019s",
    "sightings: if you saw a deployment that is not in the register, that is evidence of a missing entry",
    "copies: whoever keeps an old head of the log can show that a later log no longer contains it",
)
HOLDS_NO = (
    "names of officers: entries name offices",
    "persons of interest, suspects or victims: there is no field for them",
    "intelligence reports: only grades, places and windows, and those in general words",
)


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
