"""Who bears deployments: uses beside need, ward by ward, from the published picture and the published cases."""

from __future__ import annotations

import math
from functools import lru_cache

from answerable.evaluate.fairness import CANNOT_TELL, LESS, MORE, deployments_for_double
from answerable.evaluate.rates import compare_rates
from answerable.service.public_view import PublicView
from answerable.web.catalogue import say
from answerable.web.pages.questions import used_from
from answerable.web.pages.sections import page, section, table
from answerable.web.render import Page

PATH = "fairness.html"
_HEAD = (
    "Ward",
    "Verdict",
    "Deployments",
    "Share of need",
    "Ratio to the others",
    "Interval (95 %)",
    "Needed to see double",
)


def fairness(view: PublicView) -> Page:
    """Return deployments for need by ward; where the record cannot tell, a page that says what is missing."""
    need = (
        {str(one["name"]): float(one["expected"]) for one in view.pictures[-1].data["areas"]} if view.pictures else {}
    )
    used = [case.area_name for case in view.cases if used_from(case, view)]
    total = sum(need.values())
    known = [name for name in need if 0 < need[name] < total]
    outside = sum(name not in need for name in used)
    notes = section("", paragraphs=[say("fairness.impossible"), say("fairness.missing")])
    if len(known) < 2 or not any(name in need for name in used):
        return page(PATH, "fairness", [section("", paragraphs=[say("fairness.none")]), notes], outside=outside)
    counts = {name: used.count(name) for name in known}
    rows = [_row(name, counts, need) for name in sorted(known)]
    more = (
        [f"{outside} deployments were in areas that the picture does not name, and are not in the table."]
        if outside
        else []
    )
    found = table("Deployments for need", _HEAD, rows, note=say("fairness.method"), figures=5)
    return page(PATH, "fairness", [section("", paragraphs=more, table=found), notes], outside=outside)


def _row(name: str, counts: dict[str, int], need: dict[str, float]) -> tuple[object, ...]:
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
