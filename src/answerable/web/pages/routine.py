"""Has it become routine: seven counters, each beside its limit, and the one plain line."""

from __future__ import annotations

from dataclasses import asdict

from answerable.policy.pack import Pack
from answerable.service.public_view import PublicView
from answerable.web.catalogue import say
from answerable.web.charts import bars
from answerable.web.counters import counters, hours_by_area
from answerable.web.pages.home import plain_line
from answerable.web.pages.sections import page, section, table
from answerable.web.rare import rare
from answerable.web.render import Page

PATH = "routine.html"


def routine(view: PublicView, pack: Pack | None) -> Page:
    """Return the counters under ``pack``; without rules, a page that says that nothing has a limit."""
    if pack is None:
        return page(PATH, "routine", [section("", paragraphs=[say("routine.no_rules")])], counters=[])
    found, seven = rare(view, pack), counters(view, pack)
    rows = [(one.title, one.level_words, one.value, one.limit) for one in seven]
    head = (
        say("told.routine.counter"),
        say("told.routine.standing"),
        say("told.routine.value_now"),
        say("told.routine.limit"),
    )
    sections = [
        section(
            "",
            paragraphs=[plain_line(view, pack)],
            table=table(say("routine.counters"), head, rows),
            note=say("routine.note"),
        )
    ]
    pictures = {}
    areas = hours_by_area(view, found) if found else []
    if found and areas:
        limit = found.areas[0].limit.most
        told = "; ".join(f"{name}: {used}" for name, used, _ in areas)
        drawn = [(name, float(used), str(used)) for name, used, _ in areas]
        pictures["areas"] = bars(
            "areas", say("routine.chart"), say("told.routine.the_line_is_the", told=told), drawn, limit=limit
        )
        by_area = table(
            say("routine.chart"),
            (say("told.routine.area"), say("told.routine.uses"), say("told.routine.hours_with_officers_out")),
            [(n, u, f"{h:.3g}") for n, u, h in areas],
            figures=2,
        )
        sections.append(section(say("routine.chart"), picture="areas", table=by_area))
    return page(PATH, "routine", sections, counters=[asdict(one) for one in seven], pictures=pictures)
