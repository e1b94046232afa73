"""The words of the page on adoptions: states, entries, stances and papers, for a reader who has seen none of this."""

from __future__ import annotations

from answerable.web.catalogue import names, rows, say

# What each state is called, how its mark looks, and what it means.
STATES = rows("adoption.states")
ENTRIES = rows("adoption.entries")
STANCES = names("adoption.stances")
GROUPS = names("adoption.groups")
CHANGES = names("adoption.changes")
LIAISON = say("adoption.liaison")
WHY_NONE = names("adoption.why_none")
AT_ONCE = names("adoption.at_once")
AT_ONCE_MEANS = say("adoption.at_once_means")
AT_ONCE_REAL = say("adoption.at_once_real")
