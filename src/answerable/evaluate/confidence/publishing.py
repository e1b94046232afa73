"""What may be published: no estimate from too few answers, no small count that could be worked out from its neighbours.

This never hides the number, the ward or the length of deployments: those are public acts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from answerable.errors import InputError
from answerable.evaluate.confidence.survey import margin

FEWEST_ANSWERS = 50
WIDEST = 0.10
SMALL = range(1, 5)
TOO_FEW = "too few answers"


def shown_share(share: float, answers: int, *, design_effect: float = 1.0) -> str:
    """Return a survey share as it may be published, or that there were too few answers.

    Fewer than 50 answers, or an interval of more than 10 points either way, are too few.

    >>> shown_share(0.6, 400), shown_share(0.6, 49)
    ('60 % (55 to 65)', 'too few answers')
    """
    if answers < FEWEST_ANSWERS:
        return TOO_FEW
    reach = margin(answers, share, design_effect=design_effect)
    if reach > WIDEST:
        return TOO_FEW
    low, high = max(0.0, share - reach), min(1.0, share + reach)
    return f"{100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def suppressed(table: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int | None]]:
    """Return a table of counts (row, column) whose margins are public, without counts that could be worked out.

    Counts from 1 to 4 are left out (None). So that none can be had by taking the others from a total, every row and
    column with something left out has at least two, and what is left out there adds up to 5 or more; the smallest other
    counts go first. Errors: InputError for rows with other columns, or counts below 0.
    """
    rows = list(table)
    columns = list(table[rows[0]]) if rows else []
    if any(list(table[row]) != columns for row in rows) or any(n < 0 for row in rows for n in table[row].values()):
        raise InputError("Every row has the same columns, with counts of 0 or more.", where="table", fix="Complete it.")
    hidden = {(row, column) for row in rows for column in columns if table[row][column] in SMALL}
    lines = [[(row, column) for column in columns] for row in rows]
    lines += [[(row, column) for row in rows] for column in columns]
    changed = True
    while changed:
        changed = False
        for line in lines:
            extra = _protecting(line, hidden, table)
            if extra:
                hidden |= extra
                changed = True
    return {row: {c: None if (row, c) in hidden else table[row][c] for c in columns} for row in rows}


def _protecting(
    line: Sequence[tuple[str, str]], hidden: set[tuple[str, str]], table: Mapping[str, Mapping[str, int]]
) -> set[tuple[str, str]]:
    """Return which more cells of a row or column have to go, so that its total gives none of the hidden ones away."""
    inside = [cell for cell in line if cell in hidden]
    if not inside:
        return set()
    others = sorted((cell for cell in line if cell not in hidden), key=lambda cell: (table[cell[0]][cell[1]], cell))
    more: set[tuple[str, str]] = set()
    total = sum(table[row][column] for row, column in inside)
    for cell in others:
        if len(inside) + len(more) >= 2 and total > max(SMALL):
            break
        more.add(cell)
        total += table[cell[0]][cell[1]]
    return more
