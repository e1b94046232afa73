"""How long the facts of the rarity guard take among 10,000 cases, with as many decided as eight busy years would leave.

Writes the table in ``results/rarity.md`` when called with ``--write``.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cases import RUNS, times

from answerable.case.casefile import CaseFile, template
from answerable.case.deployment import Case
from answerable.case.event import Event
from answerable.clock import FixedClock
from answerable.place import stamp
from answerable.policy.reading import read_yaml
from answerable.service.adopt import adopted_pack
from answerable.service.casework import as_text
from answerable.service.rarity import rarity_facts, surroundings
from answerable.service.statement import statement
from answerable.service.workspace import Workspace, init_workspace, open_workspace

CASES = int(os.environ.get("CASES", "10000"))
AUTHORISED = 32
REFUSED = 200
START = datetime(2018, 11, 30, 17, tzinfo=UTC)
RESULTS = Path(__file__).parent / "results" / "rarity.md"


def main() -> None:
    clock = FixedClock(START)
    with tempfile.TemporaryDirectory() as folder:
        init_workspace(Path(folder) / "w", time_zone="Europe/London", clock=clock)
        with open_workspace(Path(folder) / "w", clock) as workspace:
            fill(workspace)
            table = measure(workspace)
    print(table)
    if "--write" in sys.argv:
        RESULTS.write_text(table, encoding="utf8")


def fill(workspace: Workspace) -> None:
    """Put cases in, oldest first: most are drafts, and those that were authorised or refused lie spread among them."""
    document = dict(read_yaml(template(), "template"))
    document.pop("as_of")
    every, refused = CASES // AUTHORISED, CASES // REFUSED
    for number in range(CASES):
        at = START - timedelta(days=8 * 365) + timedelta(days=8 * 365 * number / CASES)
        ends = "authorise" if number % every == 7 else "refuse" if number % refused == 3 else ""
        place = [-0.4 + (number % 97) * 0.007, 51.4 + (number % 89) * 0.002]
        area = {"name": f"Estate {number}", "place": place, "radius_m": 300}
        put(workspace, Case(f"2018-{number:05d}"), at, {**document, "area": area}, ends)


def put(workspace: Workspace, case: Case, at: datetime, document: dict[str, object], ends: str) -> None:
    """Put one case straight into the record, up to its decision if there is one."""
    starts, over = stamp(at + timedelta(hours=3)), stamp(at + timedelta(hours=6))
    name = str(document["area"]["name"])  # type: ignore[index]
    opened = {
        "title": "A case", "pack": "uk.armed_patrol@1", "trigger": "imminent_intel",
        "area": {"name": name, "km2": 0.28}, "window": {"from": starts, "to": over},
        "lapses_at": stamp(at + timedelta(hours=24)), "clocks": {"debrief_h": 72, "close_days": 120},
    }  # fmt: skip
    decided = {"starts_at": starts, "ends_at": over, "start_by": stamp(at + timedelta(hours=12))}
    steps: list[tuple[str, dict[str, object], str]] = [("open", opened, "applicant")]
    if ends:
        steps.append((ends, decided if ends == "authorise" else {"reasons": "No."}, "authoriser"))
    for kind, data, office in steps:
        private = {"file": document} if kind == "open" else {}
        case = case.after(Event(case.id, case.version + 1, kind, at, office, data, {"person": office}))
        said = statement(
            workspace, kind, data, office=office, case_id=case.id, case_version=case.version, account=office,
            private=private, at=at, standing=as_text(case),
        )  # fmt: skip
        workspace.store.append([said])


def measure(workspace: Workspace) -> str:
    """Return the table of medians and ranges, in milliseconds."""
    pack, case, now = adopted_pack(workspace), Case("2018-99999"), workspace.clock.now()
    casefile = CaseFile.read_text(template())
    rows = [
        ("facts of the guard for one more case", times(lambda: rarity_facts(workspace, case, casefile, pack, now))),
        ("the look over the record alone", times(lambda: surroundings(workspace, case, casefile, pack, now))),
    ]
    lines = [
        "# The rarity guard",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load before: {os.getloadavg()[0]:.2f}.",
        f"Written by `benchmarks/rarity.py`; {CASES:,} cases over eight years, {AUTHORISED} of them authorised and "
        f"{REFUSED} refused; {RUNS} runs of each, in one process, after one that does not count.",
        "",
        "| what | median, ms | range, ms |",
        "|---|---|---|",
        *(f"| {what} | {statistics.median(took):.1f} | {min(took):.1f} to {max(took):.1f} |" for what, took in rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
