#!/usr/bin/env python3
"""``make faults``: put faults into the real writers, round after round, and write down what was lost.

``python tools/faults.py [--nightly] [--dry]`` prints a table and writes benchmarks/results/faults.md with date and
machine; with ``--dry`` it only prints. Ends with 1 where anything was lost, doubled or damaged.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import fault_rounds as rounds
import postgres_server
from answerable.store.conformance import WORKSPACE, add_people
from fault_witness import witnesses_down

PAGE = Path(__file__).resolve().parent.parent / "benchmarks" / "results" / "faults.md"
HEAD = """# Faults: rounds and losses

Made by `make faults`{nightly} on {date}, {machine}.
Each round puts one fault into the real writer, its disk or its server, then opens the store again. An event counts as
lost if its writer said that it was stored and it is not there. Seconds are by the clock.

| fault | rounds | acknowledged | lost | doubled | damaged | seconds |
|---|---:|---:|---:|---:|---:|---:|
"""


def main(arguments: list[str]) -> int:
    """Run all rounds; return 1 where anything was lost."""
    nightly = "--nightly" in arguments
    load = os.getloadavg()[0]
    lines, good = [], True
    for run in runs(nightly):
        began = time.monotonic()
        result = run()
        seconds = time.monotonic() - began
        good &= result.holds
        counts = (result.rounds, result.acknowledged, result.lost, result.doubled, len(result.problems))
        cells = [f"{count:,}" for count in counts]
        lines.append(f"| {result.fault} | {' | '.join(cells)} | {seconds:.0f} |")
        print(lines[-1], flush=True)
        for problem in result.problems[:5]:
            print(f"  {problem}", file=sys.stderr)
    if "--dry" not in arguments:
        date = datetime.now(UTC).strftime("%Y-%m-%d")
        said = HEAD.format(nightly=" (nightly)" if nightly else "", date=date, machine=machine(load))
        PAGE.write_text(said + "\n".join(lines) + "\n", encoding="utf8")
    return 0 if good else 1


def runs(nightly: bool) -> Iterator[Callable[[], rounds.Result]]:
    """Yield what is to be run, each in a folder of its own."""
    many = 10 if nightly else 1
    with tempfile.TemporaryDirectory(prefix="answerable-faults-") as made:
        folder = Path(made)
        on_file = rounds.begun(folder / "killed")
        yield lambda: rounds.kill_writers(on_file, 50 * many, 1, "kill -9 of the writer, SQLite")
        cuts = 2000 if nightly else 60
        yield lambda: rounds.cut_power(folder / "cut", cuts, 2)
        yield lambda: rounds.cut_power(folder / "cut-ahead", cuts, 3, "--wal")
        yield lambda: rounds.inject(folder / "inject", rounds.SITES, 1000, 4)
        if os.geteuid() == 0:
            yield lambda: rounds.fill_disk(folder / "full", range(360, 360 + 10 * many * 4, 10))
        yield lambda: rounds.tear_tail(folder / "tear", 512)
        together = rounds.begun(folder / "together")
        yield lambda: rounds.write_at_once(together, 8, 1000, "writers at once, SQLite")
        yield lambda: rounds.jump_clock(together, 5 * many)
        yield lambda: rounds.restore_old(folder / "old", 5 * many)
        yield lambda: witnesses_down(folder / "witnesses", 10 * many, 7)
        yield from on_server(folder, many)
        shutil.rmtree(folder)
        folder.mkdir()


def on_server(folder: Path, many: int) -> Iterator[Callable[[], rounds.Result]]:
    """Yield what is to be run against PostgreSQL, where it is installed."""
    programs = postgres_server.binaries()
    if programs is None:
        print("There is no PostgreSQL here: its rounds are left out.", file=sys.stderr)
        return
    from answerable.store.postgres_open import create_store

    with postgres_server.running(programs) as server:
        head = folder / "server-head"
        with create_store(server.url, head_file=head, workspace=WORKSPACE) as store:
            add_people(store)
        place = rounds.Place(server.url, head, folder)
        yield lambda: rounds.kill_writers(place, 50 * many, 5, "kill -9 of the writer, PostgreSQL")
        yield lambda: rounds.write_at_once(place, 8, 1000, "writers at once, PostgreSQL")
        yield lambda: rounds.jump_clock(place, 5 * many, "the clock jumps both ways, PostgreSQL")
        yield lambda: rounds.kill_server(server, place, 10 * many, 6)


def machine(load: float) -> str:
    """Say on what this runs: cores and what else kept them busy before, system, and the versions that matter."""
    programs = postgres_server.binaries()
    postgres = f", PostgreSQL {programs.parent.name}" if programs else ""
    return (
        f"{os.cpu_count()} cores (load {load:.1f}), {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}{postgres}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
