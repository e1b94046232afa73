"""Who bears deployments: uses beside need, ward by ward, from the published picture and the published cases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from answerable.evaluate.fairness import CANNOT_TELL, LESS, MORE, deployments_for_double
from answerable.evaluate.rates import compare_rates
from answerable.service.public_view import PublicView
from answerable.web.catalogue import say
from answerable.web.pages.fairness_audit import audit_sections
from answerable.web.pages.questions import used_from
from answerable.web.pages.sections import Section, page, section, table
from answerable.web.render import Page

PATH = "fairness.html"
_HEAD = ("ward", "verdict", "deployments", "share", "ratio", "interval", "needed")


def fairness(view: PublicView, audit: Mapping[str, Any] | None = None) -> Page:
    """Return deployments for need by ward, then every measure of the ``audit`` that lies beside the log, if any.

    Where the record cannot tell, the page says what is missing.
    """
    need = (
        {str(one["name"]): float(one["expected"]) for one in view.pictures[-1].data["areas"]} if view.pictures else {}
    )
    used = [case.area_name for case in view.having("start") if used_from(case, view)]
    outside = sum(name not in need for name in used)
    audited, pictures = audit_sections(audit)
    notes = section("", paragraphs=[say("fairness.impossible"), say("fairness.missing")])
    sections = [_by_ward(need, used, outside), *audited, notes]
    return page(PATH, "fairness", sections, outside=outside, pictures=pictures)


def _by_ward(need: Mapping[str, float], used: Sequence[str], outside: int) -> Section:
    total = sum(need.values())
    known = [name for name in need if 0 < need[name] < total]
    if len(known) < 2 or not any(name in need for name in used):
        return section(say("fairness.record"), paragraphs=[say("fairness.none")])
    counts = {name: used.count(name) for name in known}
    rows = [_row(name, counts, need) for name in sorted(known)]
    told = {word: sum(row[1] == word for row in rows) for word in (MORE, LESS, CANNOT_TELL)}
    said = [say("fairness.verdicts", wards=len(rows), more=told[MORE], less=told[LESS], cannot=told[CANNOT_TELL])]
    said += [say("fairness.outside", count=outside)] if outside else []
    head = [say(f"fairness.{name}") for name in _HEAD]
    found = table(say("fairness.by_ward"), head, rows, note=say("fairness.method"), figures=5)
    return section(say("fairness.record"), paragraphs=said, table=found)


def _row(name: str, counts: Mapping[str, int], need: Mapping[str, float]) -> tuple[object, ...]:
    others = [other for other in counts if other != name]
    rest = sum(need[other] for other in others)
    seen = compare_rates(counts[name], need[name], sum(counts[other] for other in others), rest)
    verdict = MORE if seen.low > 1 else LESS if seen.high < 1 else CANNOT_TELL
    share = need[name] / (need[name] + rest)
    ratio = "none in all" if math.isnan(seen.ratio) else _ratio(seen.ratio)
    ends = f"{_ratio(seen.low)} to {_ratio(seen.high)}"
    return name, verdict, counts[name], f"{100 * share:.1f} %", ratio, ends, f"{_needed(share):,}"


@lru_cache(maxsize=4096)
def _needed(share: float) -> int:
    # Found by trying one number after another: the same for a ward as long as its picture stands.
    return deployments_for_double(share)


def _ratio(value: float) -> str:
    return "no upper end" if math.isinf(value) else f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
