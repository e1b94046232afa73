"""The commands of those outside: a witness, a monitor over HTTP, and evidence that anyone can check."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.record.conftest import MemoryLog
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.record.publish import write_public


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return getattr(done.exception, "exit_code", 1), str(done.exception)
    return done.exit_code, done.stdout


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "public"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def put(folder: Path, log: MemoryLog) -> None:
    (folder / "checkpoint").unlink(missing_ok=True)
    write_public(folder, checkpoint_note=log.checkpoint(), policy_text=log.policy, tree=log, openings=log.openings)


def test_a_monitor_watches_a_plain_web_server_and_keeps_evidence(served, tmp_path: Path) -> None:
    folder, url = served
    state = tmp_path / "state.json"
    log = MemoryLog().add(5)
    put(folder, log)
    code, said = run("record", "monitor", url, "--state", state, "--json")
    assert (code, json.loads(said)["size"], json.loads(said)["new"]) == (0, 5, 5)
    put(folder, log.add(300))
    code, said = run("record", "monitor", url, "--state", state, "--json")
    assert (code, json.loads(said)["new"]) == (0, 300)
    # In a folder it is the same log, and the same state goes on.
    code, said = run("record", "monitor", folder, "--state", state)
    assert (code, "No alarm" in said) == (0, True)
    other = MemoryLog().add(2).add(1, office="other").add(310)
    put(folder, other)
    code, said = run("record", "monitor", url, "--state", state)
    assert code == 4
    assert "ALARM forked" in said
    policy = tmp_path / "policy"
    policy.write_text(log.policy, encoding="utf8")
    code, said = run("record", "verify", tmp_path / "state.fork", "--policy", policy)
    assert (code, "FORK PROVED" in said) == (4, True)


def test_what_a_monitor_cannot_use_is_named(served, tmp_path: Path) -> None:
    folder, url = served
    assert run("record", "monitor", tmp_path / "nowhere")[0] == 2
    assert run("record", "monitor", "http://127.0.0.1:1", "--state", tmp_path / "s")[0] == 2
    assert run("record", "monitor", url, "--state", tmp_path / "s")[0] == 2
    put(folder, MemoryLog().add(3))
    (tmp_path / "s").write_text("damaged", encoding="utf8")
    code, said = run("record", "monitor", url, "--state", tmp_path / "s")
    assert (code, "cannot be read" in said) == (3, True)


def test_a_witness_is_made_and_told_what_to_watch(tmp_path: Path) -> None:
    log = MemoryLog().signer.vkey
    code, said = run("witness", "init", tmp_path / "w", "--name", "witness.example/paper", "--log", log, "--json")
    made = json.loads(said)
    assert (code, made["vkey"].partition("+")[0], len(made["vkeys"])) == (0, "witness.example/paper", 2)
    assert run("witness", "key", tmp_path / "w")[1].strip() == made["vkey"]
    assert run("witness", "watch", tmp_path / "w", MemoryLog("rehearsal").signer.vkey)[0] == 0
    assert run("witness", "watch", tmp_path / "w", "hello")[0] == 3
    assert run("witness", "key", tmp_path)[0] == 2
    assert run("witness", "init", tmp_path / "w", "--name", "again")[0] == 2
    assert run("witness", "init", tmp_path / "x", "--name", "two words")[0] == 3
