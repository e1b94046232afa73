"""Blocks: how a page and its data twin say more than one line, in plain values that templates know how to show.

A block is ``{"heading": str}`` with one of ``rows`` (pairs of label and value), ``items`` (lines), ``quote`` (``text``
and ``by``), or ``table`` (``head`` and ``rows``). A value is text, or ``{"at": instant}``, which a page shows in local
time. Data that are missing, or not of the kind they should be, give an empty block and never break a page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.present.words import frequency, yardstick
from answerable.web.pages.case_words import plain

Block = dict[str, Any]
# A value that is a name of the data and not somebody's words.
_NAME = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")


def say(value: Any) -> Any:
    """Write one value of the data: an instant for the page to show in local time, else text.

    >>> say(True), say(None), say(0.62), say(["a_b", "c"]), say("2018-11-30T20:00:00Z")
    ('yes', 'not recorded', '0.62', 'A b, C', {'at': '2018-11-30T20:00:00Z'})
    """
    if value is None or value in ("", [], {}):
        return "not recorded"
    if isinstance(value, bool | int | float):
        return _figure(value)
    if isinstance(value, Mapping):
        # Each may be a sentence of its own; in a row of them a full stop would stand before each semicolon.
        return "; ".join(f"{plain(key)}: {_text(inner).rstrip('.')}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(_text(inner)) for inner in value)
    if _is_instant(value):
        return {"at": str(value)}
    return plain(value) if _NAME.fullmatch(str(value)) else str(value)


def _figure(value: float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def _text(value: Any) -> str:
    told = say(value)
    return str(told["at"]) if isinstance(told, dict) else str(told)


def _is_instant(value: Any) -> bool:
    if not (isinstance(value, str) and len(value) >= 20 and value[4:5] == "-" and value[10:11] == "T"):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def rows(heading: str, data: Any, labels: Mapping[str, str]) -> Block:
    """Return the fields of ``data`` that ``labels`` names and that say something."""
    if not isinstance(data, Mapping):
        return {}
    rows = [[label, say(data[key])] for key, label in labels.items() if data.get(key) not in (None, "", [], {}, ())]
    return {"heading": heading, "rows": rows} if rows else {}


def quote(heading: str, text: Any, by: str = "") -> Block:
    """Return somebody's words, to the letter."""
    return {"heading": heading, "quote": {"text": str(text), "by": by}} if text else {}


def items(heading: str, lines: Any) -> Block:
    """Return one line, or a list of them."""
    kept = [str(line) for line in lines] if isinstance(lines, list | tuple) else [str(lines)] if lines else []
    return {"heading": heading, "items": kept} if kept else {}


def table(heading: str, rows: Any, columns: Mapping[str, str]) -> Block:
    """Return the mappings in ``rows`` as a table with the columns that any of them fills."""
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    used = {key: label for key, label in columns.items() if any(row.get(key) not in (None, "") for row in found)}
    if not (found and used):
        return {}
    shown = [["" if row.get(key) is None else say(row[key]) for key in used] for row in found]
    return {"heading": heading, "table": {"head": list(used.values()), "rows": shown}}


def chance(value: Any) -> str | None:
    """Say a probability as a frequency with its yardstick term; None for what is not one."""
    return f"{frequency(float(value))} ({yardstick(float(value))})" if _probability(value) else None


def interval(low: Any, high: Any) -> str | None:
    """Say the two ends of an interval of a probability as frequencies; None where one is missing."""
    return f"{frequency(low)} to {frequency(high)}" if _probability(low) and _probability(high) else None


def _probability(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
