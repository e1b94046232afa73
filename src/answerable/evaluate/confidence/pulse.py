"""A pulse survey: the same questions in the deployment's area and a matched one, read as counts and never as persons.

Fear and reassurance are separate questions with separate answers; no group is hidden behind the mean of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from answerable.errors import InputError
from answerable.evaluate.chart import Range, Ranges
from answerable.evaluate.confidence.change import CANNOT_TELL, MARGIN, NOT_WORSE, WORSE, Change, Wave, by_group, change
from answerable.evaluate.confidence.publishing import FEWEST_ANSWERS, shown_share
from answerable.evaluate.confidence.survey import DESIGN_EFFECT, interviews_needed, smallest_change
from answerable.evaluate.counts_file import read_counts
from answerable.evaluate.summary import Row, Summary

COLUMNS = ("area", "wave", "group", "item", "agree", "answers", "dont_know")
AREAS = ("deployment", "matched")
WAVES = ("before", "after")
ALL = "all"
WORST_WHEN_HIGH = frozenset({"afraid", "worried", "armed_presence_worries"})
"""Items for which more agreement is worse: their shares are turned round before anything is judged."""


@dataclass(frozen=True)
class Cell:
    """Answers to one item by one group in one area and wave: how many agreed, answered, and did not know."""

    area: str
    wave: str
    group: str
    item: str
    agree: int
    answers: int
    dont_know: int

    @property
    def share(self) -> float:
        """The share that counts as good: who agreed, or for items of fear who did not."""
        share = self.agree / self.answers
        return 1 - share if self.item in WORST_WHEN_HIGH else share


def read_pulse(path: Path) -> tuple[Cell, ...]:
    """Return the counts in a CSV file; InputError with the row for whatever does not fit.

    Columns: area (deployment, matched), wave (before, after), group ("all" for everybody), item, agree, answers,
    dont_know. One row per combination; rows of single persons have no place here.
    """
    rows = read_counts(
        path, COLUMNS, what="survey file", needs="A pulse survey needs",
        fix="Give counts of answers, one row per area, wave, group and item.",
    )  # fmt: skip
    cells = tuple(_cell(row, where) for row, where in rows)
    keys = [(c.area, c.wave, c.group, c.item) for c in cells]
    if len(set(keys)) != len(keys):
        raise InputError(
            "A combination is there twice.", where=path.name, fix="Add the counts up before handing them in."
        )
    return cells


def pulse(cells: Sequence[Cell], *, margin: float = MARGIN, design_effect: float = DESIGN_EFFECT) -> Summary:
    """Return how each item changed in each group against the matched area, and the verdict that the worst group gives.

    Errors: InputError where an item was asked in one area only.
    """
    found = {
        item: {group: _changed(cells, item, group, margin, design_effect) for group in _groups(cells, item)}
        for item in dict.fromkeys(cell.item for cell in cells)
    }
    verdicts = {item: by_group(changes) for item, changes in found.items()}
    rows = [_row(item, group, one) for item, changes in found.items() for group, one in changes.items()]
    rows += [Row(f"{c.item}, {c.group}, {c.area} area {c.wave}", _shown(c, design_effect)) for c in cells]
    smallest = min(cell.answers for cell in cells if cell.group == ALL) if any(c.group == ALL for c in cells) else 0
    return Summary(
        title="Public confidence in the area of the deployment and in a matched one",
        method="Difference in differences of shares, allowing for the survey's design; judged group by group.",
        table=tuple(rows),
        prose=tuple(_said(item, *verdict) for item, verdict in verdicts.items()),
        verdict=_overall(verdict for verdict, _ in verdicts.values()),
        assumptions=("without the deployment both areas would have changed alike", "who answers did not change"),
        power=_power(smallest, margin, design_effect),
        would_change="more answers, above all in the groups for which it cannot be told.",
        numbers={
            item: {
                g: {"change": c.change, "low": c.low, "high": c.high, "verdict": c.verdict} for g, c in groups.items()
            }
            for item, groups in found.items()
        },
        charts=(
            Ranges(
                "Change against the matched area, by question and group",
                "points; below 0: confidence lower",
                tuple(
                    Range(f"{item.replace('_', ' ')}, {group}", 100 * one.change, 100 * one.low, 100 * one.high)
                    for item, groups in found.items()
                    for group, one in groups.items()
                ),
                reference=0.0,
            ),
        ),
    )


def _changed(cells: Sequence[Cell], item: str, group: str, margin: float, design_effect: float) -> Change:
    by = {(c.area, c.wave): Wave(c.share, c.answers) for c in cells if (c.item, c.group) == (item, group)}
    after, matched = by.get(("deployment", "after")), by.get(("matched", "after"))
    if after is None or matched is None:
        raise InputError(
            f"The item {item!r} was not asked of {group!r} in both areas afterwards.",
            where="pulse survey",
            fix="Ask it in the matched area too: without it nothing can be compared.",
        )
    before, matched_before = by.get(("deployment", "before")), by.get(("matched", "before"))
    return change(
        after, matched, before=before, matched_before=matched_before, margin=margin, design_effect=design_effect
    )


def _groups(cells: Sequence[Cell], item: str) -> list[str]:
    return list(dict.fromkeys(cell.group for cell in cells if cell.item == item))


def _row(item: str, group: str, one: Change) -> Row:
    points = f"{100 * one.change:+.1f} points ({100 * one.low:+.1f} to {100 * one.high:+.1f})"
    return Row(f"{item}, {group}: change against the matched area", points, one.verdict)


def _shown(cell: Cell, design_effect: float) -> str:
    shown = shown_share(cell.agree / cell.answers, cell.answers, design_effect=design_effect)
    return f"{shown}; {cell.dont_know} did not know" if cell.answers >= FEWEST_ANSWERS else shown


def _said(item: str, verdict: str, groups: Sequence[str]) -> str:
    name = item.replace("_", " ")
    if verdict == WORSE:
        return f"On '{name}', confidence was lower among {', '.join(groups)} than the matched area explains."
    if verdict == CANNOT_TELL:
        return f"On '{name}', we cannot tell whether confidence changed among {', '.join(groups)}."
    return f"On '{name}', confidence was not lower by more than the margin in any group asked."


def _overall(verdicts: Iterable[str]) -> str:
    found = set(verdicts)
    return next((one for one in (WORSE, CANNOT_TELL) if one in found), NOT_WORSE)


def _power(answers: int, margin: float, design_effect: float) -> str:
    if not answers:
        return "not known: nobody was asked as a whole"
    least = 100 * smallest_change(answers, design_effect=design_effect)
    needed = interviews_needed(0.6, -margin, design_effect=design_effect)
    return (
        f"with {answers} answers a wave, a change of {least:.0f} points would be seen 80 times in 100; a change of "
        f"{100 * margin:.0f} points takes some {needed:,} in each area"
    )


def _cell(row: Mapping[str, str], where: str) -> Cell:
    try:
        agree, answers, dont_know = (int(row[name]) for name in ("agree", "answers", "dont_know"))
    except (TypeError, ValueError) as error:
        raise InputError("Counts are whole numbers.", where=f"{where}: {error}", fix="Mend the row.") from error
    area, wave, group, item = ((row[name] or "").strip() for name in ("area", "wave", "group", "item"))
    cell = Cell(area, wave, group, item, agree, answers, dont_know)
    if cell.area not in AREAS or cell.wave not in WAVES or not cell.group or not cell.item:
        raise InputError(
            "An area is deployment or matched, a wave before or after, and group and item are named.",
            where=where,
            fix="Mend the row.",
        )
    if not 0 <= cell.agree <= cell.answers or cell.answers < 1 or cell.dont_know < 0:
        raise InputError("No more can agree than answered.", where=where, fix="Mend the row.")
    return cell
