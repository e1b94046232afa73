"""How fast the store appends, durably, and how long a full check takes: SQLite and PostgreSQL on this machine's disk.

``python benchmarks/record_store.py [--entries N] [--only sqlite|postgres] [--write]``. A server is started for the
run and gone after it. With ``--write``, results/record_store.md is written. A million entries take some minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME / "tools"))

import postgres_server  # noqa: E402
from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, add_people, an_event  # noqa: E402
from answerable.store.protocol import NewEvent  # noqa: E402
from answerable.store.sql import SqlStore  # noqa: E402
from answerable.store.sqlite_files import create_store  # noqa: E402

RESULTS = HOME / "benchmarks" / "results" / "record_store.md"
SINGLE, BATCH, PUBLISH_EVERY = 300, 1000, 50_000
TARGETS = "p99 under 50 ms; at least 5,000 a second; a million entries under 60 s"


def events(first: int, many: int) -> list[NewEvent]:
    """Return events of cases of their own."""
    return [
        an_event(case_id=f"c{number}", at=NOON + timedelta(seconds=number)) for number in range(first, first + many)
    ]


def measure(store: SqlStore, entries: int) -> list[tuple[str, str]]:
    """Return what was measured as names and words."""
    add_people(store)
    singles = [_seconds(lambda e=event: store.append([e])) for event in events(0, SINGLE)]
    done, appending, signing = SINGLE, 0.0, 0.0
    while done < entries:
        made = events(done, min(BATCH, entries - done))
        appending += _seconds(lambda batch=made: store.append(batch))
        done += len(made)
        if done % PUBLISH_EVERY < BATCH or done == entries:
            signing += _seconds(lambda: store.publish(SIGNER, NOON))
    began = time.perf_counter()
    report = store.fsck(POLICY)
    checking = time.perf_counter() - began
    if not report.clean or report.entries != entries:
        raise SystemExit(f"not clean: {report}")
    ordered = sorted(singles)
    return [
        ("one event, committed: median", f"{1000 * statistics.median(ordered):.1f} ms"),
        ("one event, committed: p99", f"{1000 * ordered[int(0.99 * len(ordered))]:.1f} ms"),
        (f"appended in batches of {BATCH:,}", f"{(entries - SINGLE) / appending:,.0f} a second"),
        ("the same with publishing", f"{(entries - SINGLE) / (appending + signing):,.0f} a second"),
        (f"full check of {entries:,} entries", f"{checking:.1f} s"),
    ]


@contextmanager
def on_file(folder: Path) -> Iterator[SqlStore]:
    """A new SQLite store."""
    with create_store(folder / "record.sqlite", head_file=folder / "head", workspace=WORKSPACE) as store:
        yield store


@contextmanager
def on_server(folder: Path) -> Iterator[SqlStore]:
    """A new store on a server of its own."""
    from answerable.store.postgres_open import create_store as create_on_server

    programs = postgres_server.binaries()
    if programs is None:
        raise SystemExit("There is no PostgreSQL here: make system.")
    with (
        postgres_server.running(programs) as server,
        create_on_server(server.url, head_file=folder / "server-head", workspace=WORKSPACE) as store,
    ):
        yield store


STORES: dict[str, Callable[[Path], object]] = {"sqlite": on_file, "postgres": on_server}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--only", choices=sorted(STORES))
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    lines = []
    for name, made in STORES.items():
        if asked.only in (None, name):
            with tempfile.TemporaryDirectory() as folder, made(Path(folder)) as store:  # type: ignore[attr-defined]
                for what, found in measure(store, asked.entries):
                    lines.append(f"| {store.settings['engine']} | {what} | {found} |")
                    print(lines[-1], flush=True)
    if asked.write:
        date = datetime.now(UTC).strftime("%Y-%m-%d")
        load = f"load {os.getloadavg()[0]:.1f}"
        machine = f"{os.cpu_count()} cores ({load}), {platform.system()}, Python {platform.python_version()}"
        head = (
            f"# The store: appending and checking\n\nMade by `benchmarks/record_store.py` on {date}, {machine}, SQLite"
        )
        head += f" {sqlite3.sqlite_version}.\nWhat is due: {TARGETS}.\n\n| store | what | measured |\n|---|---|---:|\n"
        RESULTS.write_text(head + "\n".join(lines) + "\n", encoding="utf8")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
