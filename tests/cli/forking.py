"""Commands as processes of their own, forked from one that has loaded what they need.

Started anew, a command spends most of its time on imports, and the tests start two thousand. A forked one still has its
own working folder, environment, output and exit code; that a command starts from nothing is for tests/journeys to show.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import answerable

# What commands load when they need it. The rooms left out need an extra, or are servers.
_ROOMS = ("case", "cli", "incidents", "intel", "place", "policy", "present", "record", "service", "store")
_LEFT_OUT = ("postgres", "migrations", "duckdb")


class Forking:
    """The process that is forked; ``run`` may be called by one thread."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Run ``answerable`` with ``words`` in ``folder``; return exit code, stdout and stderr."""
        with tempfile.TemporaryDirectory() as place:
            out, err = Path(place) / "out", Path(place) / "err"
            asked = {"words": words, "folder": str(folder), "environment": dict(environment), "out": str(out), "err": str(err)}
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            return code, out.read_text(encoding="utf8"), err.read_text(encoding="utf8")

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def _serve() -> None:
    for room in _ROOMS:
        _load(f"answerable.{room}")
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _be(asked)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _load(package: str) -> None:
    found = importlib.import_module(package)
    for one in pkgutil.walk_packages(found.__path__, f"{package}."):
        if not any(part in one.name for part in _LEFT_OUT):
            importlib.import_module(one.name)


def _be(asked: Mapping[str, Any]) -> None:
    """Become the command, and end with its exit code."""
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    outs = [os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in ("out", "err")]
    for number, opened in enumerate((nothing, *outs)):
        os.dup2(opened, number)
    sys.argv = ["answerable", *asked["words"]]
    from answerable.cli.main import run

    run()


if __name__ == "__main__":
    _serve()
