"""Copied rationales: how alike the reasons of a case are to those of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping

from answerable.case.casefile import CaseFile
from answerable.intel.copied import similarity

# From here on tests that should be fresh count as the first ones repeated.
COPIED_FROM = 0.8


def rationale(casefile: CaseFile) -> str:
    """Return all the reasoning of a case file as one text, to be compared with that of earlier cases."""
    tests = casefile.tests
    texts = [
        tests.legal.reasons if tests and tests.legal else "",
        tests.extreme.reasons if tests and tests.extreme else "",
        casefile.support.modality_reasons if casefile.support else "",
        *(one.why_insufficient for one in casefile.alternatives or ()),
    ]
    return "\n".join(text.strip() for text in texts if text.strip())


def most_alike(text: str, earlier: Mapping[str, str]) -> tuple[str, float]:
    """Return the earlier case whose reasons are most like ``text``, and how alike (0 to 1); ("", 0.0) for none."""
    found = [(similarity(text, other), case) for case, other in earlier.items()]
    alike, case = max(found, default=(0.0, ""))
    return (case, alike) if alike > 0 else ("", 0.0)


def fresh_tests(casefile: CaseFile) -> bool | None:
    """Return whether both tests of an extension are answered yes in words of their own; None without an extension."""
    if casefile.extension is None:
        return None
    first, again = casefile.tests, casefile.extension.tests
    if again is None or again.legal is None or again.extreme is None:
        return False
    pairs = (
        (again.legal, first.legal if first else None),
        (again.extreme, first.extreme if first else None),
    )
    return all(
        test.answer
        and bool(test.reasons.strip())
        and similarity(test.reasons, before.reasons if before else "") < COPIED_FROM
        for test, before in pairs
    )
