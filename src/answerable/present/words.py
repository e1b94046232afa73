"""Probabilities in words: as a frequency, and on the intelligence profession's yardstick with its gaps left open."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.errors import InputError
from answerable.forecast.frequency import frequency, one_in, rounded
from answerable.intel.yardstick import full_name, terms_for
from answerable.intel.yardstick import source as yardstick_source
from answerable.place import Window, local

__all__ = ["frequencies", "frequency", "listed", "one_in", "rounded", "window_words", "yardstick", "yardstick_source"]


def yardstick(p: float) -> str:
    """Return the term for the probability ``p``; in a gap, the number itself with the terms on both sides.

    InputError where ``p`` is not a probability. Source: intel/yardstick.yaml.

    >>> yardstick(0.003), yardstick(0.6)
    ('remote chance', 'likely or probable')
    >>> yardstick(0.07)
    '7 %, between remote chance and highly unlikely'
    """
    if not 0 <= p <= 1:
        raise InputError("This is not a probability.", where=f"{p}", fix="It must lie between 0 and 1.")
    # Through text, so that 0.35 is the 35 % that it was written as.
    percent = float(f"{100 * p:.9g}")
    names = [full_name(term) for term in terms_for(percent / 100)]
    return names[0] if len(names) == 1 else f"{percent:.3g} %, between {' and '.join(names)}"


def frequencies(values: Sequence[float]) -> list[str]:
    """Return probabilities that stand in one table as frequencies out of the same number, so that they compare.

    Where the smallest is so much smaller that this would hide it, each is said by itself, as :func:`frequency` does.

    >>> frequencies([0.014, 0.05, 0.13])
    ['14 in 1,000', '50 in 1,000', '130 in 1,000']
    """
    for out_of in (100, 1_000, 10_000):
        if values and min(values) * out_of >= _FEWEST and max(values) < _NEARLY:
            return [f"{p * out_of:.0f} in {out_of:,}" for p in values]
    return [frequency(p) for p in values]


# Of at least so many, a difference of one is no large part.
_FEWEST = 9.5
# From here on a frequency says "more than".
_NEARLY = 0.99


def thousandths(p: float) -> str:
    """Say a chance in thousandths, so that a column of them can be compared at a glance.

    >>> thousandths(0.0706), thousandths(0.00021)
    ('71', '0.2')
    """
    return f"{1000 * p:,.0f}" if p >= 0.00095 else f"{1000 * p:.1g}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence; empty for none.

    >>> listed(["AP05"]), listed(["AP05", "AP08", "AP35"])
    ('AP05', 'AP05, AP08 and AP35')
    """
    *most, last = words or [""]
    return f"{', '.join(most)} and {last}" if most else last


def window_words(window: Window, tz: str) -> str:
    """Say a window in local time: day, hours and zone.

    >>> from datetime import UTC, datetime
    >>> window_words(Window.of_hours(datetime(2018, 11, 30, 20, tzinfo=UTC), 8), "Europe/London")
    'Fri 30 Nov 2018 20:00 to Sat 1 Dec 04:00 (Europe/London)'
    """
    start, end = local(window.start, tz), local(window.end, tz)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%a} {end.day} {end:%b %H:%M}"
    if end.year != start.year:
        until = f"{end:%a} {end.day} {end:%b %Y %H:%M}"
    return f"{start:%a} {start.day} {start:%b %Y %H:%M} to {until} ({tz})"
