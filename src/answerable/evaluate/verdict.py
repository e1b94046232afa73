"""The six verdicts on a programme, decided by an interval and a margin that were fixed beforehand."""

from __future__ import annotations

import math
from collections.abc import Sequence

from answerable.errors import InputError

FELL = "fell"
ROSE = "rose"
NO_DIFFERENCE = "no difference that matters"
MOVED = "moved nearby"
CANNOT_TELL = "cannot tell"
NOT_ASSESSABLE = "not assessable"
VERDICTS = (FELL, ROSE, NO_DIFFERENCE, MOVED, CANNOT_TELL, NOT_ASSESSABLE)

MARGIN = 0.10
"""The change in either direction that is too small to matter: a tenth, unless the pack says otherwise."""


def verdict_for(
    low: float, high: float, *, margin: float = MARGIN, checks: Sequence[float] = (), estimate: float | None = None
) -> str:
    """Return the verdict for a rate ratio whose interval is ``low`` to ``high``.

    Fell: all of it below 1. Rose: all above 1. No difference that matters: all inside 1 - margin to 1 + margin, also
    where it leaves out 1. Otherwise it cannot be told; nor where the rate ratios of other designs (``checks``) lie on
    the other side of 1, or where the ``estimate`` itself lies inside the margin, so that the likeliest change is one
    that was said beforehand not to matter. Errors: InputError for NaN, an interval the wrong way round, or a margin
    outside 0 to 1.
    """
    if not (0 <= low <= high and 0 < margin < 1) or math.isnan(high) or any(math.isnan(one) for one in checks):
        raise InputError(
            "A verdict needs an interval of a rate ratio and a margin between 0 and 1.",
            where=f"{low} to {high}, margin {margin}",
            fix="Give the lower end first, and the margin as a fraction.",
        )
    if 1 - margin <= low and high <= 1 + margin:
        return NO_DIFFERENCE
    if estimate is not None and 1 - margin <= estimate <= 1 + margin:
        return CANNOT_TELL
    if high < 1:
        return FELL if all(check < 1 for check in checks) else CANNOT_TELL
    if low > 1:
        return ROSE if all(check > 1 for check in checks) else CANNOT_TELL
    return CANNOT_TELL
