"""Commands as processes of their own, each forked from one that has already loaded what commands need.

Started anew, a command spends most of its time on imports, and the tests run two thousand. A forked one still has its
own working folder, environment, output and exit code; that a command starts from nothing is for tests/journeys to show.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# What commands load when they need it. What is left out needs an extra, or is loaded by one command alone.
_ROOMS = ("case", "cli", "incidents", "intel", "place", "policy", "present", "record", "service", "store")
_LEFT_OUT = ("postgres", "migrations", "duckdb")
_LONGEST_S = 120


class Forking:
    """The processes that are forked: one, and another for each command that runs at the same time."""

    def __init__(self) -> None:
        self._all: list[subprocess.Popen[str]] = []
        self._idle: list[subprocess.Popen[str]] = []

    def run(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Run ``answerable`` with ``words`` in ``folder``; return exit code, stdout and stderr.

        Several threads may do so at once. A command that takes over two minutes is ended by SIGALRM (code -14).
        """
        with tempfile.TemporaryDirectory() as place:
            files = {name: str(Path(place) / name) for name in ("out", "err")}
            asked = {"words": words, "folder": str(folder), "environment": dict(environment), **files}
            code = self._told(json.dumps(asked))
            out, err = (Path(path).read_text(encoding="utf8") for path in files.values())
        return code, out, err

    def _told(self, line: str) -> int:
        process = self._idle.pop() if self._idle else self._another()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        self._idle.append(process)
        return code

    def _another(self) -> subprocess.Popen[str]:
        command = [sys.executable, __file__]
        started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._all.append(started)
        return started

    def close(self) -> None:
        """End them."""
        for process in self._all:
            process.communicate()


def _serve() -> None:
    for room in _ROOMS:
        _load(f"answerable.{room}")
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _be(asked)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


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
    written = [os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in ("out", "err")]
    for number, opened in enumerate((nothing, *written)):
        os.dup2(opened, number)
    signal.alarm(_LONGEST_S)
    sys.argv = ["answerable", *asked["words"]]
    from answerable.cli.main import run

    run()


if __name__ == "__main__":
    _serve()
