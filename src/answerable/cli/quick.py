"""``answerable gate check`` without what the other commands need: at an armoury's door its answer comes at once.

A call that is not spelled as expected is left to the whole command line, which explains it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_VALUES = frozenset(("--place", "--head", "--policy", "--token", "--authority"))
_NEEDED = frozenset(("--place", "--head"))


def gate_check(words: Sequence[str]) -> int | None:
    """Do what ``gate check`` with these further words does, and return its exit code; None to leave it to others."""
    given: dict[str, str] = {}
    files, as_json = [], False
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in _VALUES:
            given[name] = value if equals else next(rest, "")
        elif word == "--json":
            as_json = True
        elif word.startswith("-"):
            return None
        else:
            files.append(Path(word))
    if len(files) != 1 or not given.keys() >= _NEEDED or not all(given.values()):
        return None
    return _answer(files[0], given, as_json=as_json)


def _answer(file: Path, given: dict[str, str], *, as_json: bool) -> int:
    from answerable.service.gate import check_files

    head = Path(given["--head"])
    trusted = Path(given.get("--policy", head.parent / "log-policy"))
    both = "--token" in given and "--authority" in given
    stamp = (Path(given["--token"]), Path(given["--authority"])) if both else None
    found = check_files(file, head, trusted, given["--place"], int(time.time()), stamp=stamp)
    said = json.dumps(found.as_json(), indent=2, ensure_ascii=False) if as_json else "\n".join(found.sentences())
    sys.stdout.write(said + "\n")
    if "--policy" not in given and not as_json:
        sys.stderr.write(f"Checked against {trusted}: whoever gave you that file is who you trust.\n")
    return 0 if found.authorised else 1
