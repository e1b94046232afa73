"""The states of a deployment case: those that an event leads to, and those that only the clock makes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a case stands.

    UNDER_REVIEW, SUSPENDED, EXPIRED, LAPSED and URGENT_UNRATIFIED are never stored: ``state_at`` derives them from the
    clock.
    """

    NEW = "NEW"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    ASSESSED = "ASSESSED"
    CONSULTED = "CONSULTED"
    AUTHORISED = "AUTHORISED"
    ACTIVE = "ACTIVE"
    UNDER_REVIEW = "UNDER_REVIEW"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"
    REVOKED = "REVOKED"
    WITHDRAWN = "WITHDRAWN"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    LAPSED = "LAPSED"
    URGENT_UNRATIFIED = "URGENT_UNRATIFIED"
    DEBRIEFED = "DEBRIEFED"
    EVALUATED = "EVALUATED"
    CLOSED = "CLOSED"

    @property
    def over(self) -> bool:
        """Whether nothing more can be deployed under this case: what is left is to account for it."""
        return self in _OVER

    @property
    def live(self) -> bool:
        """Whether officers may be on patrol under it now; a suspended authority is not live."""
        return self in (State.ACTIVE, State.UNDER_REVIEW)


DERIVED = frozenset((State.UNDER_REVIEW, State.SUSPENDED, State.EXPIRED, State.LAPSED, State.URGENT_UNRATIFIED))
FOR_GOOD = frozenset((State.EXPIRED, State.LAPSED, State.URGENT_UNRATIFIED))
"""What the clock makes of a case once and for all, unless somebody acts on it again."""
RUNNING = frozenset((State.ACTIVE, State.UNDER_REVIEW, State.SUSPENDED))
# How an authority that was used comes to its end: from here on the case is accounted for.
ENDS = frozenset((State.ENDED, State.REVOKED, State.EXPIRED, State.URGENT_UNRATIFIED))
NEVER_DECIDED = frozenset((State.WITHDRAWN, State.REFUSED, State.LAPSED))
AFTER = frozenset((State.DEBRIEFED, State.EVALUATED))
_OVER = ENDS | NEVER_DECIDED | AFTER | {State.CLOSED}

LEADS_TO: Mapping[str, State] = {
    "open": State.DRAFT,
    "submit": State.SUBMITTED,
    "assess": State.ASSESSED,
    "authorise": State.AUTHORISED,
    "urgent": State.AUTHORISED,
    "refuse": State.REFUSED,
    "start": State.ACTIVE,
    "end": State.ENDED,
    "revoke": State.REVOKED,
    "withdraw": State.WITHDRAWN,
    "debrief": State.DEBRIEFED,
    "evaluate": State.EVALUATED,
    "close": State.CLOSED,
}
