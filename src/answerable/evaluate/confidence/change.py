"""Did confidence fall? A change against a matched area, judged by a margin that was fixed beforehand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from answerable.errors import InputError
from answerable.evaluate.confidence.survey import DESIGN_EFFECT

MARGIN = 0.05
"""Five points: the fall that would matter, unless the pack says otherwise."""
NOT_WORSE = "not lower by more than the margin"
WORSE = "lower"
CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Wave:
    """One survey wave in one area: the ``share`` (0 to 1) who agreed, of so many ``answers``."""

    share: float
    answers: int


@dataclass(frozen=True)
class Change:
    """The change (fractions) in the deployment area less that in the matched area, its interval, and the verdict."""

    change: float
    low: float
    high: float
    verdict: str


def change(
    after: Wave,
    matched_after: Wave,
    *,
    before: Wave | None = None,
    matched_before: Wave | None = None,
    margin: float = MARGIN,
    design_effect: float = DESIGN_EFFECT,
    level: float = 0.95,
) -> Change:
    """Return how confidence changed, against a matched area.

    Formula: (after - before) - (matched after - matched before); without the waves before, after - matched after. The
    variance sums deff p q / n. Lower: the interval lies below 0. Not lower by more than the margin: it lies above -
    ``margin``, whether or not it holds 0. Both at once: lower, since a small fall is a fall. Otherwise it cannot be
    told. Errors: InputError for shares outside 0 to 1, no answers, one wave before without the other, or a margin not
    above 0. Reference: Piaggio and others, Journal of the American Medical Association 308, 2012 (non-inferiority).
    """
    if (before is None) != (matched_before is None):
        raise InputError("One area has a wave before and the other has none.", where="before", fix="Give both or none.")
    waves = [after, matched_after, *([before] if before else []), *([matched_before] if matched_before else [])]
    if any(not (0 <= w.share <= 1 and w.answers >= 1) for w in waves) or not margin > 0 or design_effect < 1:
        raise InputError(
            "A wave is a share between 0 and 1 of at least one answer, and a margin is above 0.",
            where=f"{waves}, margin {margin}",
            fix="Give shares as fractions: 60 % is 0.6.",
        )
    from scipy.special import ndtri

    value = after.share - matched_after.share
    if before is not None and matched_before is not None:
        value -= before.share - matched_before.share
    # One answer more of each kind keeps a unanimous small wave from looking certain.
    variance = sum(design_effect * _spread(wave) for wave in waves)
    reach = float(ndtri((1 + level) / 2)) * math.sqrt(variance)
    low, high = value - reach, value + reach
    verdict = WORSE if high < 0 else NOT_WORSE if low > -margin else CANNOT_TELL
    return Change(value, low, high, verdict)


def by_group(changes: Mapping[str, Change]) -> tuple[str, tuple[str, ...]]:
    """Return the verdict for all groups together and the groups it rests on: the worst one decides, never the mean.

    Lower where any group's is; not lower only where no group's is and none is left open.
    """
    if not changes:
        raise InputError("There is no group to report.", where="groups", fix="Give the change of each group asked.")
    for verdict in (WORSE, CANNOT_TELL):
        found = tuple(name for name, one in changes.items() if one.verdict == verdict)
        if found:
            return verdict, found
    return NOT_WORSE, tuple(changes)


def _spread(wave: Wave) -> float:
    share = (wave.share * wave.answers + 1) / (wave.answers + 2)
    return share * (1 - share) / wave.answers
