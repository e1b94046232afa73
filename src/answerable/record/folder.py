"""Check a whole public folder offline, and tell one case out of it: for whoever has a copy of the folder and a policy.

Run as ``python -m answerable.record.folder FOLDER --policy FILE [--case CASE] [--known CHECKPOINT] [--json]``. Every
entry is hashed again up to the signed head. Ends with 0 all of it holds, 1 the statements do not follow one another or
there is no such case, 4 altered, 3 not a record or a policy, 2 a wrong call.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .chain import chain_problems
from .checkpoint import Checkpoint
from .errors import RecordError
from .policy import parse_policy
from .readback import OpenedEntry, PublicLog, read_public
from .telling import printable, read_text, refuse
from .verify import DOES_NOT_PROVE, WATERMARKS


def told(log: PublicLog, case: str, known: Checkpoint | None = None) -> dict[str, Any]:
    """Return what the folder shows, machine-readable; of ``case`` every opened entry, of no case if it is empty.

    ``known`` is the head that it was held to.
    """
    entries = [entry for entry in log.entries if case and entry.body.get("case") == case]
    return {
        "verified": True,
        "does_not_prove": DOES_NOT_PROVE,
        "origin": log.origin,
        "workspace": log.kind,
        "watermark": WATERMARKS.get(log.kind, ""),
        "size": log.size,
        "continues": known.size if known else None,
        "opened": len(log.entries),
        "unopened": log.unopened,
        "problems": list(chain_problems([entry.raw for entry in log.entries], hidden=log.unopened > 0)),
        "case": case,
        "entries": [{"index": entry.index, "body": entry.body} for entry in entries],
    }


def sentences(log: PublicLog, case: str, problems: Sequence[str], known: Checkpoint | None = None) -> list[str]:
    """Return the same for a reader, the watermark first."""
    entries = [entry for entry in log.entries if case and entry.body.get("case") == case]
    mark = WATERMARKS.get(log.kind)
    return [
        *([mark] if mark else []),
        f"Verified: all {log.size} entries of {log.origin} lead to the signed head. {DOES_NOT_PROVE}",
        *([f"It continues the log of {known.size} entries that you kept: none was changed since."] if known else []),
        f"{len(log.entries)} entries are opened, {log.unopened} are not opened yet.",
        *(f"But: {problem}." for problem in problems),
        *([f"Case {printable(case)}: {len(entries)} entries."] if case else []),
        *(_line(entry) for entry in entries),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Check the folder named on the command line, say what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="record.folder", description="Check a public folder of a record, offline.")
    parser.add_argument("folder", type=Path, help="a copy of the public folder")
    parser.add_argument("--policy", type=Path, required=True, help="the policy file that names the log")
    parser.add_argument("--case", default="", help="tell what is opened of this case")
    parser.add_argument("--known", type=Path, help="a checkpoint of this log that you kept from before")
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")
    chosen = parser.parse_args(argv)
    try:
        policy = read_text(chosen.policy, "a policy file")
        known = (
            parse_policy(policy).accept(read_text(chosen.known, "a checkpoint")).checkpoint if chosen.known else None
        )
        log = read_public(chosen.folder, policy_text=policy, known=known, now=int(time.time()))
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    except RecordError as error:
        return refuse(error, as_json=chosen.json)
    found = told(log, chosen.case, known)
    said = sentences(log, chosen.case, found["problems"], known)
    sys.stdout.write((json.dumps(found) if chosen.json else "\n".join(said)) + "\n")
    return int(bool(found["problems"]) or (bool(chosen.case) and not found["entries"]))


def _line(entry: OpenedEntry) -> str:
    said = (printable(entry.body.get(name)) for name in ("at", "kind", "office") if entry.body.get(name))
    return f"  entry {entry.index}: {' '.join(said)}"


if __name__ == "__main__":
    sys.exit(main())
