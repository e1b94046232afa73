"""How fast the gate answers: in one process, and as the command that an armoury runs, its start-up included.

``python benchmarks/record_gate.py [--write]``: half a minute on a quiet machine. The pass is the one of the tests, with
three witnesses, of which two must sign. Writes ``results/record_gate.md`` when called with ``--write``; ends with 1
where a limit is crossed.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOME), str(HOME / "tools")]

from tests.record.test_gate import HERE, NOW, Story  # noqa: E402

from answerable.record.gate import check_gate  # noqa: E402

RESULTS = HOME / "benchmarks" / "results" / "record_gate.md"
IN_PROCESS, AS_COMMAND = 50, 300
RUNS = {"in process": 200, "as a command": 20}


def in_process() -> list[float]:
    """Return the milliseconds of each check."""
    (proof, head), policy = Story().files(), Story().policy
    spent = []
    for _ in range(RUNS["in process"]):
        began = time.perf_counter()
        found = check_gate(proof, head, policy, HERE, NOW)
        spent.append(1000 * (time.perf_counter() - began))
        assert found.authorised
    return spent


def as_command() -> tuple[list[float], list[float]]:
    """Return the milliseconds of each run by the clock, and of the processor."""
    clock, processor = [], []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        proof, head = Story().files()
        for name, text in (("pass.tlog-proof", proof), ("gate-head", head), ("log-policy", Story().policy)):
            (folder / name).write_text(text, encoding="utf8")
        program = Path(sys.executable).with_name("answerable")
        command = [
            str(program),
            "gate",
            "check",
            "pass.tlog-proof",
            f"--place={HERE[0]},{HERE[1]}",
            "--head",
            "gate-head",
        ]
        for _ in range(RUNS["as a command"]):
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            clock.append(1000 * (time.perf_counter() - began))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor.append(1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
            # Years later the pass is refused as stale; the work is the same.
            assert done.returncode == 1, done.stderr
            assert "(stale)" in done.stdout, done.stdout
    return clock, processor


def table(rows: dict[str, list[float]]) -> str:
    """Return what was measured as a page."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    lines = [
        "# The gate",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {machine}, load before: {LOAD:.2f}.",
        f"Written by `benchmarks/record_gate.py`. Due: under {IN_PROCESS} ms in process, {AS_COMMAND} ms as a command.",
        "",
        "| what, in milliseconds | least | median | most |",
        "|---|---:|---:|---:|",
        *(f"| {what} | {min(one):.1f} | {statistics.median(one):.1f} | {max(one):.1f} |" for what, one in rows.items()),
    ]
    return "\n".join(lines) + "\n"


LOAD = os.getloadavg()[0]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true")
    chosen = asked.parse_args()
    inside = in_process()
    clock, processor = as_command()
    rows = {"in process": inside, "as a command, by the clock": clock, "as a command, processor time": processor}
    print(table(rows))
    if chosen.write:
        RESULTS.write_text(table(rows), encoding="utf8")
    return int(statistics.median(inside) >= IN_PROCESS or statistics.median(clock) >= AS_COMMAND)


if __name__ == "__main__":
    sys.exit(main())
