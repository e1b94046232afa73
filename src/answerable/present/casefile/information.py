"""Stage 1: information and intelligence. What was known, how good it was, and what was expected of this place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.present.casefile.source import CaseSource
from answerable.present.document import Block, Facts, Grid, Items, Part, Section, Words
from answerable.present.words import frequency, yardstick, yardstick_source

TRIGGERS = {
    "serious_assault_response": "a serious assault that has happened",
    "imminent_intel": "intelligence that serious violence is imminent",
}
SOURCES = {"1": "reliable", "2": "untested", "3": "not reliable"}
INFORMATION = {
    "A": "known directly to the source",
    "B": "known indirectly, corroborated",
    "C": "known indirectly",
    "D": "not known",
    "E": "suspected to be false",
}


def information(case: CaseSource) -> Section:
    """Return the section on what was known."""
    parts = [Part("What set it off", (_trigger(case),)), Part("Graded intelligence", _grades(case))]
    parts.append(Part("The analyst's own judgement", _judgement(case)))
    parts.append(Part("The computed picture beside it", _picture(case)))
    return Section(
        "information",
        "1. Information and intelligence",
        "What was known, how good was it, and how sure could anyone be?",
        tuple(parts),
    )


def chance(p: Any) -> str:
    """Say a probability as a frequency with its yardstick term; "not recorded" where there is none.

    >>> chance(0.6), chance(None)
    ('60 in 100 (likely or probable)', 'not recorded')
    """
    if not isinstance(p, int | float) or isinstance(p, bool):
        return "not recorded"
    return f"{frequency(float(p))} ({yardstick(float(p))})"


def _trigger(case: CaseSource) -> Facts:
    opened = case.opened
    area, window = opened.get("area", {}), opened.get("window", {})
    trigger = str(opened.get("trigger", ""))
    return Facts(
        (
            ("Trigger", TRIGGERS.get(trigger, case.say(trigger))),
            ("Area", f"{case.say(area.get('name'))}, {case.say(area.get('km2'))} km\u00b2"),
            ("Asked for", f"{case.say(window.get('from'))} to {case.say(window.get('to'))}"),
            ("Opened", case.when(case.entries[0].at) if case.entries else case.say(None)),
        )
    )


def _grades(case: CaseSource) -> tuple[Block, ...]:
    rows = tuple(_grade(str(grade)) for grade in case.newest("grades") or ())
    if not rows:
        return (Words("No graded report is recorded for this case."),)
    caption = "Intelligence reports by grade (3x5x2); the reports themselves are not in this file"
    note = "Two reports from one origin count once. A grade is an opinion about a source, not a chance."
    return (Grid(caption, ("Grade", "Source", "Information"), rows), Words(note, "quiet"))


def _grade(grade: str) -> tuple[str, str, str]:
    """Return a grade with its meaning; one of another scheme stands as it is."""
    known = grade[:1] in SOURCES and grade[1:] in INFORMATION
    return (grade, SOURCES[grade[0]], INFORMATION[grade[1]]) if known else (grade, "\u2013", "\u2013")


def _judgement(case: CaseSource) -> tuple[Block, ...]:
    judged = case.newest("judgement")
    if not judged:
        before, none = _judged_before(case), Words("No judgement is recorded for this case.")
        return (none, Facts(before)) if before else (none,)
    rows = (
        ("Chance of serious violence here, then", chance(judged.get("probability"))),
        ("Yardstick term given", case.say(judged.get("term"))),
        ("Confidence in the judgement (AnCR)", case.say(judged.get("ancr"))),
        *((("Why it lies far from the picture", str(judged["gap_reasons"])),) if judged.get("gap_reasons") else ()),
        *_judged_before(case),
    )
    note = "Given before the computed picture was shown. Confidence stands beside the chance and never multiplies it."
    return (Facts(rows), Words(f"{note} Yardstick: {yardstick_source()}", "quiet"))


def _judged_before(case: CaseSource) -> tuple[tuple[str, str], ...]:
    """Return the estimate that the same analyst gave before a picture was seen, where the judgement differs from it."""
    first = case.newest("earlier_estimate")
    if not first:
        return ()
    told = f"{chance(first['probability'])}; confidence {first['ancr']}; given {case.say(first.get('given_at'))}"
    change = "explained after the picture was seen" if first.get("explained") else "not explained"
    return (("Judged before a picture was seen; this counts", told), ("The change since then", change))


def _picture(case: CaseSource) -> tuple[Block, ...]:
    picture = case.newest("picture")
    if not isinstance(picture, Mapping) or not picture:
        return (Words("No computed picture stands beside the judgement."),)
    rows = [("Chance by the computed picture", chance(picture.get("probability")))]
    if picture.get("low") is not None and picture.get("high") is not None:
        rows.append(("Interval", f"{frequency(picture['low'])} to {frequency(picture['high'])}"))
    if picture.get("base_rate") is not None:
        rows.append(("A random place and time of this size", chance(picture["base_rate"])))
    steps = tuple(_step(step) for step in picture.get("steps") or () if isinstance(step, Mapping))
    head = ("Step", "What it is", "Times the odds", "Chance after it")
    grid = Grid("How the picture was put together", head, steps, widths=(20, 44, 18, 18))
    closing = Words("A forecast alone is never a reason to deploy: it supports, and never triggers.", "quiet")
    return (Facts(tuple(rows)), *((grid,) if steps else ()), *_left_out(picture), closing)


def _step(step: Mapping[str, Any]) -> tuple[str, str, str, str]:
    p, factor = step.get("probability"), step.get("odds_factor")
    value = factor.get("value") if isinstance(factor, Mapping) else factor
    return (
        str(step.get("label", "")),
        str(step.get("says", "")),
        f"{value:.2g}" if isinstance(value, int | float) else "\u2013",
        frequency(float(p)) if isinstance(p, int | float) else "\u2013",
    )


def _left_out(picture: Mapping[str, Any]) -> tuple[Block, ...]:
    lines = tuple(f"{one.get('ref')}: {one.get('why')}" for one in picture.get("left_out") or ())
    return (Items("Reports that the picture leaves out:", lines),) if lines else ()
