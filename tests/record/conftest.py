"""A small log held in memory, signed by a fixed key, with everything an outsider is handed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.resources import files as resources
from pathlib import Path

import pytest

import oracles
from answerable.record.checkpoint import Checkpoint
from answerable.record.disclose import make_disclosure, sd_of
from answerable.record.encode import canonical, commit
from answerable.record.merkle import grow, inclusion_proof, leaf_hash, root
from answerable.record.note import Ed25519Signer, sign_note
from answerable.record.policy import policy_for
from answerable.record.proof import Opening, Proof
from answerable.record.publish import write_public

HERE = Path(__file__).parent


@dataclass
class MemoryLog:
    """A log of ``kind`` whose statements are numbered; entries, nodes and openings as a store would give them."""

    kind: str = "simulated"
    openings: list[Opening] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def signer(self) -> Ed25519Signer:
        origin = f"log.example/record/{self.kind}"
        return Ed25519Signer.from_seed(origin, hashlib.sha256(origin.encode()).digest())

    @property
    def policy(self) -> str:
        return policy_for(self.signer.vkey)

    def add(self, count: int = 1, **said: object) -> MemoryLog:
        for index in range(len(self.entries), len(self.entries) + count):
            statement = {"v": 1, "kind": "refuse", "workspace": self.kind, "case": f"2018-{index:04}", "data": {}}
            body = canonical(statement | {"at": "2018-11-30T20:00:00Z", "office": "authoriser"} | said)
            blind = hashlib.sha256(b"blind %d" % index).digest()
            entry = commit(body, blind)
            for level, position, value in grow(len(self.entries), [leaf_hash(entry)], self.node):
                self.nodes[level, position] = value
            self.entries.append(entry)
            self.openings.append(Opening(index, body, blind))
        return self

    def add_sealed(self, said: dict[str, object] | None = None, /, **fields: object) -> MemoryLog:
        """Add one statement of version 2 that commits to ``fields``; its opening releases all of them."""
        salt = hashlib.sha256(b"salt %d" % len(self.entries)).digest()
        made = [make_disclosure(name, value, salt) for name, value in fields.items()]
        self.add(v=2, sd=sd_of(made), **(said or {}))
        self.openings[-1] = replace(self.openings[-1], disclosures=tuple(sorted(one.text for one in made)))
        return self

    def entry(self, index: int) -> bytes:
        return self.entries[index]

    def node(self, level: int, position: int) -> bytes:
        return self.nodes[level, position]

    def head(self, size: int | None = None) -> Checkpoint:
        size = len(self.entries) if size is None else size
        return Checkpoint(self.signer.key.name, size, root(size, self.node))

    def checkpoint(self, size: int | None = None) -> str:
        return sign_note(str(self.head(size)), self.signer)

    def proof(self, index: int) -> str:
        opening = self.openings[index]
        hashes = tuple(inclusion_proof(index, len(self.entries), self.node))
        return str(Proof(index, opening.body, opening.blind, hashes, self.checkpoint(), opening.disclosures))


def asked(command: list[str], questions: list[dict[str, object]]) -> list[bool]:
    """Put ``questions`` to an independent checker; return its answers."""
    done = subprocess.run(command, input=json.dumps(questions), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(questions)
    return answers


def absent(what: str) -> None:
    """Skip with a reason at a desk; fail in CI, where the independent checkers are required."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


@pytest.fixture(scope="session")
def ask_go() -> Callable[[list[dict[str, object]]], list[bool]]:
    """Asks the Go checker: x/mod's sumdb code and crypto/mldsa."""
    if not oracles.checker().is_file():
        absent("no Go checker (make oracles)")
    return partial(asked, [str(oracles.checker())])


@pytest.fixture(scope="session")
def ask_page() -> Callable[[list[dict[str, object]]], list[bool]]:
    """Asks the standalone page's own code, under Node."""
    if not oracles.node():
        absent("no Node.js (make oracles)")
    page = resources("answerable.record") / "page" / "verify.js"
    return partial(asked, [oracles.node(), "--no-warnings", str(HERE / "oracles" / "batch.js"), str(page)])


@pytest.fixture
def log() -> MemoryLog:
    """A simulated log of eleven entries."""
    return MemoryLog().add(11)


@pytest.fixture
def new_log() -> type[MemoryLog]:
    """Makes logs of one's own."""
    return MemoryLog


@pytest.fixture
def put() -> Callable[..., int]:
    """Publishes a log into a folder, with all of its openings or the first few."""

    def write(folder: Path, log: MemoryLog, opened: int | None = None) -> int:
        return write_public(
            folder,
            checkpoint_note=log.checkpoint(),
            policy_text=log.policy,
            tree=log,
            openings=log.openings[:opened] if opened is not None else log.openings,
        )

    return write


@pytest.fixture
def files() -> Callable[[Path], dict[str, bytes]]:
    """Reads every file below a folder, by its path."""

    def read(folder: Path) -> dict[str, bytes]:
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    return read
