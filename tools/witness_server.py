#!/usr/bin/env python3
"""Witnesses for a while: each a real process on loopback that can be killed and started again at the same address.

Tests, benchmarks and the fault rounds use them. ``ask_of`` writes into a workspace's settings which it asks.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from answerable.record.keys import Key
from answerable.service.witness_folder import make_witness

START_SECONDS = 60
_START = "from answerable.web.witness import serve_witness; from pathlib import Path; import sys; "
_START += "serve_witness(Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]), ready=lambda url: print(url, flush=True))"


@dataclass
class WitnessServer:
    """A witness in a process of its own; ``url`` stays the same when it is started again."""

    folder: Path
    keys: tuple[Key, ...]
    url: str = ""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def vkey(self) -> str:
        """The Ed25519 key that a policy names it by."""
        return self.keys[0].vkey

    @property
    def name(self) -> str:
        """The name that its signatures bear."""
        return self.keys[0].name

    def begin(self) -> WitnessServer:
        """Start the process, and do not wait until it answers."""
        port = self.url.rpartition(":")[2] or "0"
        command = [sys.executable, "-c", _START, str(self.folder), port]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        return self

    def start(self) -> WitnessServer:
        """Start the process, unless it was begun, and wait until it answers."""
        if self.process is None:
            self.begin()
        assert self.process is not None
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the witness did not start"
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{self.url}/none/checkpoint", timeout=5)
                return self
            time.sleep(0.02)
        raise AssertionError("the witness does not answer")

    def kill(self) -> None:
        """End it as a power cut would: at once, without a word."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def ask(self, body: str) -> httpx.Response:
        """Put one request of the protocol to it."""
        return httpx.post(f"{self.url}/add-checkpoint", content=body.encode(), timeout=10)


@contextlib.contextmanager
def running(folder: Path, names: Sequence[str], vkey: str) -> Iterator[list[WitnessServer]]:
    """Run a witness of each name for the log with the key ``vkey``; all are ended afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [
        WitnessServer(folder / name, make_witness(folder / name, f"{name}.example/witness", [vkey])) for name in names
    ]
    try:
        for one in made:
            one.begin()
        yield [one.start() for one in made]
    finally:
        for one in made:
            one.kill()


def ask_of(workspace: Path, quorum: int, witnesses: Sequence[WitnessServer], more: str = "") -> None:
    """Write into the settings of a workspace which witnesses it asks, and how many of them must have signed."""
    path = workspace / "answerable.toml"
    kept = path.read_text(encoding="utf8").split("\n[witnesses]")[0]
    lines = [f"\n[witnesses]\nquorum = {quorum}\ntimeout_s = 5\n{more}"]
    named = [(one.folder.name, one.vkey, one.url) for one in witnesses]
    lines += [f'[[witness]]\nname = "{name}"\nvkey = "{vkey}"\nurl = "{url}"\n' for name, vkey, url in named]
    path.write_text(kept + "\n".join(lines), encoding="utf8")
