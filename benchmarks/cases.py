"""How long it takes to list 10,000 open cases with the states of this instant, and to test a pack on a case.

Writes the table in ``results/cases.md`` when called with ``--write``.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from answerable.case.casefile import CaseFile, template
from answerable.case.event import Command
from answerable.case.facts import FIRST_CASE, facts_of
from answerable.case.machine import Actor, Case, decide
from answerable.clock import FixedClock
from answerable.place import Window
from answerable.policy.evaluate import evaluate
from answerable.service.adopt import adopted_pack
from answerable.service.case_lists import list_cases, standings
from answerable.service.casework import as_text
from answerable.service.statement import statement
from answerable.service.workspace import Workspace, init_workspace, open_workspace

CASES = 10_000
RUNS = 15
START = datetime(2018, 11, 30, 17, tzinfo=UTC)
RESULTS = Path(__file__).parent / "results" / "cases.md"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with filled(Path(folder) / "unlike", unlike) as workspace:
            slowest = times(lambda: list_cases(workspace))
        with filled(Path(folder) / "alike", alike) as workspace:
            table = measure(workspace, slowest)
    print(table)
    if "--write" in sys.argv:
        RESULTS.write_text(table, encoding="utf8")


@contextmanager
def filled(folder: Path, starts: Callable[[int], int]) -> Iterator[Workspace]:
    """Make a workspace of ``CASES`` cases, and open it five hours later."""
    clock = FixedClock(START)
    init_workspace(folder, time_zone="Europe/London", clock=clock)
    with open_workspace(folder, clock) as workspace:
        fill(workspace, starts)
        clock.advance(hours=5)
        yield workspace


def alike(number: int) -> int:
    """Return when a case is to begin, in minutes: on a half hour of the next thirty days."""
    return 30 * (number * 7 % 1440)


def unlike(number: int) -> int:
    """Return when a case is to begin, in minutes: no two together."""
    return number


def fill(workspace: Workspace, starts: Callable[[int], int]) -> None:
    """Put cases in a third of which each is a draft, submitted and assessed."""
    pack = adopted_pack(workspace)
    casefile = CaseFile.read_text(template())
    applicant = Actor("pretend applicant", "applicant", frozenset({"applicant"}))
    analyst = Actor("pretend analyst", "analyst", frozenset({"analyst"}))
    facts = facts_of(casefile, START, FIRST_CASE, pack.catalogue)
    steps = (("open", applicant), ("submit", applicant), ("assess", analyst))
    events = []
    for number in range(CASES):
        case = Case(f"2018-{number:05d}")
        for kind, actor in steps[: 1 + number % len(steps)]:
            window = Window.of_hours(START + timedelta(minutes=180 + starts(number)), 4)
            proposal = replace(casefile.proposal(), title=f"Case {number}", window=window)
            event = decide(case, Command(kind, proposal=proposal), facts, pack, actor, START)
            case = case.after(event)
            events.append(
                statement(
                    workspace, kind, event.data, office=event.office, case_id=case.id, case_version=event.version,
                    account=actor.account, private=event.private, standing=as_text(case),
                    after=events[-3:],
                )
            )  # fmt: skip
    for first in range(0, len(events), 1000):
        workspace.store.append(events[first : first + 1000])


def measure(workspace: Workspace, slowest: list[float]) -> str:
    """Return the table of medians and ranges, in milliseconds."""
    pack = adopted_pack(workspace)
    casefile = CaseFile.read_text(template())
    facts = facts_of(casefile, START, FIRST_CASE, pack.catalogue)
    whole = max(pack.transitions, key=lambda step: len(evaluate(pack, facts, step)))
    rows = [
        (f"list {CASES:,} cases with their states now", "200", times(lambda: list_cases(workspace))),
        ("the same, no two of them for the same time", "200", slowest),
        (
            f"their standings alone, of {len(workspace.store.events()):,} events",
            "",
            times(lambda: sum(1 for _ in standings(workspace))),
        ),
        ("facts of one case file", "", times(lambda: facts_of(casefile, START, FIRST_CASE, pack.catalogue))),
        (f"`{pack.name}` at '{whole}', with explanations", "5", times(lambda: evaluate(pack, facts, whole))),
        (f"`{pack.name}`, every rule, with explanations", "5", times(lambda: evaluate(pack, facts))),
    ]
    lines = [
        "# Listing cases, testing a pack",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load before: {os.getloadavg()[0]:.2f}.",
        f"Written by `benchmarks/cases.py`; {RUNS} runs of each, in one process, after one that does not count.",
        "",
        "| what | at most, ms | median, ms | range, ms |",
        "|---|---|---|---|",
        *(
            f"| {what} | {most} | {statistics.median(took):.2f} | {min(took):.2f} to {max(took):.2f} |"
            for what, most, took in rows
        ),
        "",
    ]
    return "\n".join(lines)


def times(work: Callable[[], object]) -> list[float]:
    work()
    found = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return found


if __name__ == "__main__":
    main()
