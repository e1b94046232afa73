"""Long-term alternatives that were set aside, handed to an office, and are overdue: shown wherever use is shown."""

from __future__ import annotations

from heapq import nsmallest
from typing import Any

from answerable.place import stamp
from answerable.service.public_view import PublicView
from answerable.web.once import once
from answerable.web.pages.case_path import case_path
from answerable.web.pages.case_words import office, plain

# A list that nobody reads to its end says less than its length does.
SHOWN = 25


@once
def overdue_referrals(view: PublicView) -> dict[str, Any]:
    """Return how many referrals of the record are overdue, and the longest overdue with their offices and cases."""
    owed = [(duty, case) for case, duty in view.overdue if duty.kind == "referral"]
    longest = [
        {
            "option": plain(duty.what),
            "owner": office(duty.owner),
            "due": stamp(duty.due),
            "days_overdue": (view.as_of - duty.due).days,
            "case": case.id,
            "href": case_path(case.id),
        }
        for duty, case in nsmallest(SHOWN, owed, key=lambda pair: (pair[0].due, pair[1].id))
    ]
    return {"count": len(owed), "longest": longest}
