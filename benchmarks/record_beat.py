"""How long from a decision to its witnessed proof: a sealed record, its beat of 60 s, five witnesses on loopback.

``python benchmarks/record_beat.py [--decisions N] [--write]``. Each witness is a process of its own; four of the five
must sign. The waiting for the beat is counted as it would be and not sat through; all else is done and timed. A hundred
decisions take about a minute. Writes ``results/record_beat.md`` when called with ``--write``.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME / "tools"))

from answerable.clock import FixedClock  # noqa: E402
from answerable.service.workspace import init_workspace, open_workspace  # noqa: E402
from decision_to_proof import SEALED, Proved, decisions  # noqa: E402
from witness_server import ask_of, running  # noqa: E402

RESULTS = HOME / "benchmarks" / "results" / "record_beat.md"
NAMES = ("assembly", "inspectorate", "complaints", "university", "paper")
QUORUM, DUE = 4, 90
FRIDAY = datetime(2018, 11, 30, 17, tzinfo=UTC)


def measured(many: int) -> list[Proved]:
    """Decide ``many`` cases in a workspace of their own."""
    clock = FixedClock(FRIDAY)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "w"
        init_workspace(folder, time_zone="Europe/London", clock=clock)
        with (folder / "answerable.toml").open("a", encoding="utf8") as file:
            file.write(SEALED)
        servers = Path(made) / "witnesses"
        with (
            open_workspace(folder, clock) as workspace,
            running(servers, NAMES, workspace.signer.vkey) as witnesses,
        ):
            ask_of(folder, QUORUM, witnesses)
            return list(decisions(workspace, clock, many, 1))


def table(found: list[Proved]) -> str:
    """Return what was measured as a page."""
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    rows = [
        ("from a decision to its proof, beat and all: median", statistics.median(one.seconds for one in found)),
        ("the same: p99", _p99([one.seconds for one in found])),
        ("of it work (recording, publishing, witnesses, proof): median", statistics.median(one.work for one in found)),
        ("the same: p99", _p99([one.work for one in found])),
    ]
    lines = [
        "# From a decision to its proof",
        "",
        f"{when}. {machine}, load before: {LOAD:.2f}. Written by `benchmarks/record_beat.py`: {len(found)} decisions,",
        f"{len(NAMES)} witnesses as processes on loopback, of which {QUORUM} must sign. Due: p99 of at most {DUE} s.",
        "The beat of 60 s is counted and not sat through; the work is done and timed.",
        "",
        "| what | seconds |",
        "|---|---:|",
        *(f"| {what} | {seconds:.2f} |" for what, seconds in rows),
    ]
    return "\n".join(lines) + "\n"


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(0.99 * len(seconds)))]


LOAD = os.getloadavg()[0]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--decisions", type=int, default=100)
    asked.add_argument("--write", action="store_true")
    chosen = asked.parse_args()
    found = measured(chosen.decisions)
    print(table(found))
    if chosen.write:
        RESULTS.write_text(table(found), encoding="utf8")
    return int(_p99([one.seconds for one in found]) > DUE)


if __name__ == "__main__":
    sys.exit(main())
