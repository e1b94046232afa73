"""Kill a writer without warning, many times; answer as JSON what was acknowledged and what is there.

Called as: kill_rounds.py FOLDER ROUNDS SEED. The writer is forked, so that each round starts at once.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, add_people, an_event
from answerable.store.sqlite_files import create_store, open_store


def write_for_ever(folder: Path, acknowledge: int, round_: int) -> None:
    with open_store(folder / "record.db", head_file=folder / "head") as store:
        number = 0
        while True:
            number += 1
            stored = store.append([an_event(case_id=f"{round_}-{number}", private=b"gist" * 50) for number in [number]])
            os.write(acknowledge, f"e{stored[0].seq}\n".encode())
            if number % 3 == 0:
                head = store.publish(SIGNER, NOON)
                os.write(acknowledge, f"h{head.size}\n".encode())


def one_round(folder: Path, round_: int, wait_s: float) -> list[str]:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            write_for_ever(folder, write_end, round_)
        finally:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end) as lines:
        said = [lines.readline()]
        time.sleep(wait_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said += lines.readlines()
    return [line.strip() for line in said if line.endswith("\n")]


def main(folder: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    create_store(folder / "record.db", head_file=folder / "head", workspace=WORKSPACE).close()
    with open_store(folder / "record.db", head_file=folder / "head") as store:
        add_people(store)
    acknowledged = lost = lost_heads = 0
    problems: list[str] = []
    for round_ in range(rounds):
        said = one_round(folder, round_, chance.uniform(0, 0.06))
        with open_store(folder / "record.db", head_file=folder / "head") as store:
            there = {event.seq for event in store.events()}
            head = store.publish(SIGNER, NOON)
            report = store.fsck(POLICY)
        events = {int(line[1:]) for line in said if line[0] == "e"}
        acknowledged += len(events)
        lost += len(events - there)
        lost_heads += sum(int(line[1:]) > head.size for line in said if line[0] == "h")
        problems += report.problems
    answer = {"acknowledged": acknowledged, "lost": lost, "lost_heads": lost_heads, "problems": problems}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
