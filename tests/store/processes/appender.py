"""Append events of one's own and contend for a shared case; answer as JSON how often someone else was first.

Called as: appender.py FOLDER NAME COUNT.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from answerable.errors import NotAllowed
from answerable.store.conformance import NOON, SIGNER, an_event
from answerable.store.sqlite_files import open_store


def main(folder: Path, name: str, count: int) -> None:
    won = lost = 0
    with open_store(folder / "record.db", head_file=folder / "head") as store:
        for number in range(1, count + 1):
            store.append([an_event(case_id=f"{name}-{number}")])
            try:
                store.append([an_event("open" if number == 1 else "note", case_id="shared", version=number)])
                won += 1
            except NotAllowed as error:
                if "Someone else" not in str(error):
                    raise
                lost += 1
            if number % 5 == 0:
                store.publish(SIGNER, NOON)
    sys.stdout.write(json.dumps({"won": won, "lost": lost}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
