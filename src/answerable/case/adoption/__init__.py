"""Adoption: a slow case that consults on a policy pack, decides on it in the open, and lets it end by itself.

No files, no clock and no randomness: an adoption is folded from events, and each decision is handed all it looks at.
"""

from answerable.case.adoption.adoption import Adoption, State, is_adoption, state_at
from answerable.case.adoption.machine import decide, tests_of
from answerable.case.adoption.proposal import Proposal
from answerable.case.adoption.standing import Alarm, Standing, alarms, standing

__all__ = [
    "Adoption", "Alarm", "Proposal", "Standing", "State", "alarms", "decide", "is_adoption", "standing", "state_at",
    "tests_of",
]  # fmt: skip
