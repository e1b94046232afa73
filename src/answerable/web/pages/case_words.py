"""The words of the case pages: what each entry, state and step is called, for a reader who has seen none of this."""

from __future__ import annotations

from answerable.case.duties import duty_words as said_of_duty
from answerable.web.catalogue import names, rows

TRIGGERS = names("case.triggers")
# What each entry is called, and what it means.
ENTRIES = rows("case.entries")
# What one does at each step, as it reads after "to"; in the order of a case's life.
ACTS = names("case.acts")
# What a transition makes of a case, as it reads after "it cannot be".
STEPS = names("case.steps")
# How a state looks: the tone of its mark in the style sheet.
TONES = {
    "authorised": "authorised", "active": "active", "under_review": "active", "suspended": "stopped",
    "urgent_unratified": "stopped", "ended": "ended", "revoked": "ended", "expired": "ended", "lapsed": "ended",
    "debriefed": "ended", "evaluated": "ended", "closed": "ended", "withdrawn": "withdrawn", "refused": "refused",
    "blocked": "blocked",
}  # fmt: skip
NAMES = names("case.names")
MEANINGS = names("case.meanings")
# The two halves of a grade in the 3x5x2 scheme, as they read after "source" and "information".
SOURCES = names("case.sources")
INFORMATION = names("case.information")
STANCES = names("case.stances")
OUTCOMES = names("case.outcomes")
VERDICTS = names("case.verdicts")
# Offices whose names in the data are short forms; every other is written as its words.
OFFICES = names("case.offices")
LOGGED = names("case.logged")
# Offices whose advice the rules take from the case file: such a rule can hold without an entry of that office.
TOLD_IN_FILE = frozenset({"tactical_adviser"})


def office(name: object) -> str:
    """Write an office as it stands in a sentence, after "the".

    >>> office("pcc_liaison"), office("local_commander")
    ('police and crime commissioner', 'local commander')
    """
    return OFFICES.get(str(name), str(name).replace("_", " "))


def plain(word: object) -> str:
    """Write a name of the data as words: ``under_review`` is "Under review".

    >>> plain("local_commander")
    'Local commander'
    """
    return sentence(str(word).replace("_", " ").strip())


def sentence(text: str) -> str:
    """Write words as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def duty_words(kind: str, what: str = "", owner: str = "") -> str:
    """Write what is owed on a case; a referral with its option and the office that has it.

    >>> duty_words("debrief"), duty_words("referral", "focused_deterrence", "pcc_liaison")
    ('The debrief', 'An outcome of the referral: focused deterrence, by the police and crime commissioner')
    """
    return sentence(said_of_duty(kind, what, f"the {office(owner)}" if owner else ""))
