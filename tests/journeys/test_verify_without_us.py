"""The outsider's walk-through, word for word, in a fresh environment: one wheel, one package, a folder and a policy."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

import oracles
from answerable.record.certificate import certificate_path, certificate_text
from answerable.record.checkpoint import Checkpoint
from answerable.record.cosign import LogSigner
from answerable.record.disclose import make_disclosure, sd_of
from answerable.record.encode import canonical, commit
from answerable.record.merkle import grow, leaf_hash, root
from answerable.record.note import Ed25519Signer, sign_note
from answerable.record.policy import policy_for
from answerable.record.proof import Opening
from answerable.record.publish import write_public

ORIGIN = "log.example/record/rehearsal"
SIGNER = LogSigner.from_seeds(ORIGIN, bytes([1]) * 32, bytes([2]) * 32, lambda: 1_543_600_000)
OFFICE = Ed25519Signer.from_seed("log.example/record/office", bytes([3]) * 32)
KINDS = ("open", "submit", "assess", "authorise", "end")
REASONS = make_disclosure("reasons", "An armed unit stands by; the last resort.", bytes(32))


class Tree:
    """One case of five statements, each tied to the one before, as a store would keep it."""

    def __init__(self) -> None:
        self.openings: list[Opening] = []
        self.entries: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        previous = ""
        for index, kind in enumerate(KINDS):
            said = {"v": 2, "kind": kind, "workspace": "rehearsal", "case": "2018-0001", "number": 1}
            said |= {"version": index + 1, "previous": previous, "at": f"2018-11-30T2{index % 4}:00:00Z"}
            said |= {"office": "authoriser", "data": {}, "sd": sd_of([REASONS]) if kind == "authorise" else []}
            body, blind = canonical(said), hashlib.sha256(b"%d" % index).digest()
            previous = hashlib.sha256(body).hexdigest()
            released = (REASONS.text,) if kind == "authorise" else ()
            self.openings.append(Opening(index, body, blind, released))
            entry = commit(body, blind)
            for level, position, value in grow(index, [leaf_hash(entry)], self.node):
                self.nodes[level, position] = value
            self.entries.append(entry)

    def node(self, level: int, position: int) -> bytes:
        return self.nodes[level, position]

    def entry(self, index: int) -> bytes:
        return self.entries[index]

    def checkpoint(self, size: int) -> str:
        return sign_note(str(Checkpoint(ORIGIN, size, root(size, self.node))), SIGNER)


def as_wheel(name: str, folder: Path) -> None:
    """Pack an installed package into a wheel again, so that a fresh environment can have it without a network."""
    found = distribution(name)
    tags = re.findall(r"^Tag: (.*)$", found.read_text("WHEEL") or "", flags=re.MULTILINE)
    plain = found.metadata["Name"].replace("-", "_")
    with zipfile.ZipFile(folder / f"{plain}-{found.version}-{tags[0]}.whl", "w") as wheel:
        for path in found.files or []:
            source = Path(str(path.locate()))
            if source.is_file() and ".." not in path.parts and "__pycache__" not in path.parts:
                wheel.write(source, path.as_posix())


@pytest.fixture
def outsider(root: Path, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """An empty folder with what the walk-through asks for, and an environment with no more than Python and Node."""
    desk, wheels, programs = tmp_path / "desk", tmp_path / "wheels", tmp_path / "programs"
    for folder in (desk, wheels, programs):
        folder.mkdir()
    tree, policy = Tree(), policy_for(*SIGNER.vkeys)
    head = tree.checkpoint(len(KINDS))
    write_public(desk / "public", checkpoint_note=head, policy_text=policy, tree=tree, openings=tree.openings)
    certificate = desk / "public" / certificate_path(3)
    certificate.parent.mkdir()
    certified = sign_note(certificate_text("authoriser", tree.openings[3].body), OFFICE)
    certificate.write_text(certified, encoding="utf-8")
    (desk / "office-key").write_text(f"{OFFICE.vkey}\n", encoding="utf-8")
    (desk / "policy").write_text(policy, encoding="utf-8")
    (desk / "kept-checkpoint").write_text(tree.checkpoint(3), encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(desk)]
    subprocess.run(build, cwd=root / "packages" / "record", check=True, capture_output=True)
    for name in ("cryptography", "cffi", "pycparser"):
        as_wheel(name, wheels)
    (programs / "python3").symlink_to(sys.base_prefix + "/bin/python3" if os.name == "posix" else sys.executable)
    if not oracles.node():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no Node.js (make oracles)")
    (programs / "node").symlink_to(oracles.node())
    environment = {"PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(tmp_path)}
    return desk, environment | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}


def blocks(root: Path) -> list[str]:
    text = (root / "docs/walkthroughs/verify-without-us.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_walk_through_holds_word_for_word(root: Path, outsider) -> None:
    desk, environment = outsider
    said = []
    for block in blocks(root):
        done = subprocess.run(
            ["sh", "-e"], input=block, cwd=desk, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        said.append(done.stdout + done.stderr)
    entry, words, case, decided, script, altered = said
    assert "Verified: this entry is in the log, unaltered." in entry
    assert "Entry 3 of 5 in log.example/record/rehearsal: kind authorise case 2018-0001" in entry
    assert '"reasons": "An armed unit stands by; the last resort."' in words
    assert "It continues the log of 3 entries that you kept: none was changed since." in case
    assert "Decided by a registered authoriser: so the office's key certifies." in decided
    assert "all 5 entries of log.example/record/rehearsal lead to the signed head" in case
    assert "Case 2018-0001: 5 entries." in case
    assert "entry 3: 2018-11-30T23:00:00Z authorise authoriser" in case
    assert script == "Verified: entry 3 of 5, unaltered.\n"
    assert altered.startswith("refused with 4")
    assert "Not verified: this file was altered" in altered
    listed = subprocess.run(
        ["fresh/bin/pip", "list", "--format=freeze"],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    installed = {line.partition("==")[0] for line in listed.stdout.splitlines()}
    assert installed - {"pip", "setuptools", "wheel"} == {"answerable-record", "cryptography", "cffi", "pycparser"}


def test_a_folder_that_was_rewritten_since_is_found_out(root: Path, tmp_path: Path) -> None:
    """The walk-through's own check of a folder, on a log that was begun anew without one entry."""
    tree, policy = Tree(), policy_for(*SIGNER.vkeys)
    (tmp_path / "policy").write_text(policy, encoding="utf-8")
    (tmp_path / "kept-checkpoint").write_text(tree.checkpoint(3), encoding="utf-8")
    kept = [one for at, one in enumerate(tree.openings) if at != 2]
    tree.entries = [commit(one.body, one.blind) for one in kept]
    tree.nodes = {(n.level, n.position): n.hash for n in grow(0, map(leaf_hash, tree.entries), tree.node)}
    openings = [Opening(at, one.body, one.blind, one.disclosures) for at, one in enumerate(kept)]
    head = tree.checkpoint(len(kept))
    write_public(tmp_path / "public", checkpoint_note=head, policy_text=policy, tree=tree, openings=openings)
    command = blocks(root)[2].replace("fresh/bin/record-folder", f"{sys.executable} -m answerable.record.folder")

    def run(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["sh"], input=text, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run(command)
    assert done.returncode == 4
    assert done.stderr.startswith("Not verified: this log shows different histories.")
    # Without the head that was kept, the gap in the case is what shows.
    done = run(command.replace(" --known kept-checkpoint", ""))
    assert done.returncode == 1
    assert "But: case 2018-0001 goes from version 2 to 4" in done.stdout
