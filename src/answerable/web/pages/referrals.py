"""Long-term alternatives that were set aside, handed to an office, and are overdue: shown wherever use is shown."""

from __future__ import annotations

from typing import Any

from answerable.place import stamp
from answerable.service.public_view import PublicView
from answerable.web.pages.case_path import case_path
from answerable.web.pages.case_words import office, plain


def overdue_referrals(view: PublicView) -> list[dict[str, Any]]:
    """Return every overdue referral of the record with its office and its case, the longest overdue first."""
    owed = [(duty, case) for case, duty in view.overdue if duty.kind == "referral"]
    return [
        {
            "option": plain(duty.what),
            "owner": office(duty.owner),
            "due": stamp(duty.due),
            "days_overdue": (view.as_of - duty.due).days,
            "case": case.id,
            "href": case_path(case.id),
        }
        for duty, case in sorted(owed, key=lambda pair: (pair[0].due, pair[1].id))
    ]
