#!/usr/bin/env python3
"""``make faults``: put faults into the real writers, round after round, and write down what was lost.

``python tools/faults.py [--nightly] [--dry] [--only PATTERN]`` prints a table and writes it with date and machine to
benchmarks/results/faults.md; with ``--dry`` it only prints, with ``--only`` it runs the faults whose name the
pattern finds and renews their rows. Ends with 1 where anything was lost, doubled or damaged.
"""

from __future__ import annotations

import os
import platform
import re
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

Made by `make faults`, {machine}.
Each round puts one fault into the real writer, its disk or its server, then opens the store again. An event counts as
lost if its writer said that it was stored and it is not there. Seconds are by the clock; the load
is what else kept the machine busy when a row was begun.

| fault | rounds | acknowledged | lost | doubled | damaged | seconds | on | load |
|---|---:|---:|---:|---:|---:|---:|---|---:|
"""


def main(arguments: list[str]) -> int:
    """Run the rounds that are asked for; return 1 where anything was lost."""
    nightly, good = "--nightly" in arguments, True
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else ""
    rows = kept_rows() if only else {}
    for fault, run in runs(nightly):
        if not re.search(only, fault):
            continue
        load, began = os.getloadavg()[0], time.monotonic()
        result = run()
        seconds = time.monotonic() - began
        good &= result.holds
        counts = (result.rounds, result.acknowledged, result.lost, result.doubled, len(result.problems))
        cells = [fault, *(f"{count:,}" for count in counts), f"{seconds:.0f}"]
        rows[fault] = "| " + " | ".join([*cells, f"{datetime.now(UTC):%Y-%m-%d}", f"{load:.1f}"]) + " |"
        print(rows[fault], flush=True)
        for problem in result.problems[:5]:
            print(f"  {problem}", file=sys.stderr)
        if "--dry" not in arguments:
            PAGE.write_text(HEAD.format(machine=machine()) + "\n".join(rows.values()) + "\n", encoding="utf8")
    return 0 if good else 1


def kept_rows() -> dict[str, str]:
    """Return the rows of the page as it is, by their faults."""
    lines = PAGE.read_text(encoding="utf8").splitlines() if PAGE.is_file() else []
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| fault |")]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows}


def runs(nightly: bool) -> Iterator[tuple[str, Callable[[], rounds.Result]]]:
    """Yield what is to be run, each in a folder of its own, with the name of its fault."""
    many = 10 if nightly else 1
    with tempfile.TemporaryDirectory(prefix="answerable-faults-") as made:
        folder = Path(made)
        on_file, together = rounds.begun(folder / "killed"), rounds.begun(folder / "together")
        cuts = 2000 if nightly else 60
        yield "kill -9 of the writer, SQLite", lambda: rounds.kill_writers(on_file, 50 * many, 1)
        yield "power cut, rollback journal", lambda: rounds.cut_power(folder / "cut", cuts, 2)
        yield "power cut, write-ahead log", lambda: rounds.cut_power(folder / "cut-ahead", cuts, 3, "--wal")
        yield "a system call fails or kills", lambda: rounds.inject(folder / "inject", rounds.SITES, 1000, 4)
        if os.geteuid() == 0:
            yield "disk full", lambda: rounds.fill_disk(folder / "full", range(360, 360 + 10 * many * 4, 10))
        yield "torn tail of the write-ahead log", lambda: rounds.tear_tail(folder / "tear", 512)
        yield "8 writers at once, SQLite", lambda: rounds.write_at_once(together, 8, 1000)
        yield "the clock jumps both ways, SQLite", lambda: rounds.jump_clock(together, 5 * many)
        yield "an old backup is put back", lambda: rounds.restore_old(folder / "old", 5 * many)
        yield "witnesses are killed and come back", lambda: witnesses_down(folder / "witnesses", 10 * many, 7)
        yield from on_server(folder, many)
        shutil.rmtree(folder)
        folder.mkdir()


def on_server(folder: Path, many: int) -> Iterator[tuple[str, Callable[[], rounds.Result]]]:
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
        yield "kill -9 of the writer, PostgreSQL", lambda: rounds.kill_writers(place, 50 * many, 5)
        yield "8 writers at once, PostgreSQL", lambda: rounds.write_at_once(place, 8, 1000)
        yield "the clock jumps both ways, PostgreSQL", lambda: rounds.jump_clock(place, 5 * many)
        yield "kill -9 of PostgreSQL", lambda: rounds.kill_server(server, place, 10 * many, 6)


def machine() -> str:
    """Say on what this runs: cores, system, and the versions that matter."""
    programs = postgres_server.binaries()
    postgres = f", PostgreSQL {programs.parent.name}" if programs else ""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}{postgres}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
