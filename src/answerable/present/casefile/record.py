"""The record behind the case file: every entry, how to check it, and what checking does not show."""

from __future__ import annotations

from answerable.present.casefile.source import CaseSource, capital, spaced, told
from answerable.present.document import Block, Grid, Items, Part, Section, Words

PROVES = (
    "A verified proof shows that this statement is in the log under a head that the log's key signed, and that neither "
    "has been altered since.",
    "It does not show that the statement is true, or that everything that happened was recorded. Outside counts, "
    "complaints and sightings test that.",
    "A key that is only found in the same folder shows that the folder agrees with itself, not whose it is: compare "
    "the key with the one the force publishes on its own domain.",
)


def record(case: CaseSource) -> Section:
    """Return the section that lets anyone check the rest."""
    rows = tuple(
        (
            "pending" if entry.index is None else str(entry.index),
            case.when(entry.at),
            told(entry.kind),
            capital(spaced(entry.office)) or "The system",
        )
        for entry in case.entries
    )
    entries: tuple[Block, ...] = (
        Words(f"Log: {case.origin}"),
        Grid("Every entry of this case", ("Entry", "At", "What", "By"), rows),
    )
    newest = max((entry.index for entry in case.entries if entry.index is not None), default=None)
    commands: tuple[Block, ...] = ()
    if newest is not None:
        verify = f"answerable record verify proofs/{newest}.tlog-proof --policy log-policy"
        commands = (Items("To check an entry offline, with the public folder at hand:", (verify,)),)
    return Section(
        "record",
        "The record, and what it proves",
        "Can anyone check this without us, and what would that not show?",
        (Part("Entries", (*entries, *commands)), Part("What \u201cverified\u201d means", (Items("", PROVES),))),
    )
