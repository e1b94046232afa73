"""What an outsider runs: the answer, its limits, its exit code, and that it needs nothing of ours but one folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from answerable.record import verify
from answerable.record.errors import Altered
from answerable.record.verify import main, verify_proof


@pytest.fixture
def handed(log, tmp_path):
    (tmp_path / "entry.tlog-proof").write_text(log.proof(4), encoding="utf-8")
    (tmp_path / "policy").write_text(log.policy, encoding="utf-8")
    return tmp_path


def run(handed: Path, *more: str, proof: str = "entry.tlog-proof") -> int:
    return main([str(handed / proof), "--policy", str(handed / "policy"), *more])


def test_a_whole_proof_says_what_it_proves_and_what_not(log):
    found = verify_proof(log.proof(4), log.policy)
    assert (found.index, found.size, found.origin) == (4, 11, "log.example/record/simulated")
    assert (found.kind, found.body["case"], found.witnesses) == ("simulated", "2018-0004", ())
    assert found.signed_by.startswith("log.example/record/simulated+")


def test_every_entry_verifies(log):
    for index in range(11):
        assert verify_proof(log.proof(index), log.policy).index == index


def test_the_word_verified_is_never_alone(handed, capsys):
    assert run(handed) == 0
    said = capsys.readouterr().out
    assert "Verified: this entry is in the log, unaltered." in said
    assert "does not prove that it is true, or that the log is complete" in said
    assert said.startswith("SIMULATED")


@pytest.mark.parametrize(("kind", "mark"), [("rehearsal", "REHEARSAL"), ("simulated", "SIMULATED"), ("real", "")])
def test_what_is_not_real_is_marked_as_such(new_log, kind, mark):
    log = new_log(kind).add(3)
    first = verify_proof(log.proof(1), log.policy).sentences()[0]
    assert first.startswith(mark or "Verified")


def test_json_is_one_document_that_other_tools_can_read(handed, capsys):
    assert run(handed, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verified"], answer["index"], answer["size"]) == (True, 4, 11)
    assert (answer["workspace"], answer["body"]["kind"]) == ("simulated", "refuse")
    assert "true" in answer["does_not_prove"]


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        ("hello", 3, "this is not a proof file"),
        ("", 3, "this is not a proof file"),
        (b"\xff\xfe", 3, "this is not a proof file"),
        ("c2sp.org/tlog-proof@v1\n", 4, "this file was altered: it was cut short"),
    ],
)
def test_a_file_that_does_not_verify_says_why(handed, capsys, content, code, reason):
    raw = content if isinstance(content, bytes) else content.encode()
    (handed / "entry.tlog-proof").write_bytes(raw)
    assert run(handed, "--json") == code
    answer = json.loads(capsys.readouterr().out)
    assert answer["verified"] is False
    assert (answer["reason"], answer["index"], answer["size"]) == (reason, None, None)
    assert run(handed) == code
    assert reason in capsys.readouterr().err


def test_an_altered_proof_ends_with_an_alarm(handed, capsys):
    path = handed / "entry.tlog-proof"
    path.write_text(path.read_text().replace("index 4", "index 5"))
    assert run(handed) == 4
    assert "this file was altered" in capsys.readouterr().err


def test_a_broken_policy_is_not_blamed_on_the_proof(handed, capsys):
    (handed / "policy").write_text("log nonsense\n")
    assert run(handed, "--json") == 3
    assert json.loads(capsys.readouterr().out)["reason"] == "this policy file is damaged"


@pytest.mark.parametrize("called", [[], ["x"], ["missing", "--policy", "missing"], ["x", "--policy"]])
def test_a_wrong_call_is_a_wrong_call(called, capsys):
    with pytest.raises(SystemExit) as caught:
        main(called)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_statement_of_another_kind_than_its_log_does_not_verify(new_log):
    log = new_log("real").add(2, workspace="rehearsal")
    with pytest.raises(Altered) as caught:
        verify_proof(log.proof(0), log.policy)
    assert caught.value.reason == "the statement and its log are of different kinds"


def test_a_statement_cannot_steer_the_readers_terminal(new_log):
    log = new_log().add(1, office="\x1b[2J\u202egnp")
    assert all(line.isprintable() for line in verify_proof(log.proof(0), log.policy).sentences())


@pytest.fixture
def alone(tmp_path) -> tuple[Path, dict[str, str]]:
    """The record folder copied beside nothing but the cryptography package, in a Python without site packages."""
    shutil.copytree(
        Path(verify.__file__).parent, tmp_path / "kit" / "record", ignore=shutil.ignore_patterns("__pycache__")
    )
    for package in ("cryptography", "cffi", "_cffi_backend"):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (tmp_path / "kit" / source.name).symlink_to(source)
    return tmp_path / "kit", {**os.environ, "PYTHONPATH": str(tmp_path / "kit"), "PYTHONDONTWRITEBYTECODE": "1"}


def test_the_folder_verifies_alone(handed, alone):
    kit, environment = alone
    called = [sys.executable, "-S", "-m", "record.verify", "../entry.tlog-proof", "--policy", "../policy", "--json"]
    done = subprocess.run(called, cwd=kit, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verified"] is True
    altered = (handed / "entry.tlog-proof").read_text().replace("index 4", "index 3")
    (handed / "entry.tlog-proof").write_text(altered)
    assert subprocess.run(called, cwd=kit, env=environment, capture_output=True, check=False).returncode == 4


def test_the_folder_alone_loads_nothing_of_ours_and_nothing_but_cryptography(handed, alone):
    kit, environment = alone
    script = (
        "import importlib.util, json, sys\n"
        "assert importlib.util.find_spec('answerable') is None\n"
        "assert importlib.util.find_spec('rfc8785') is None\n"
        "import record.verify, record.publish, record.readback\n"
        "code = record.verify.main(sys.argv[1:])\n"
        "outside = {name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names\n"
        "print(json.dumps([code, sorted(outside)]))\n"
    )
    called = [sys.executable, "-S", "-c", script, "../entry.tlog-proof", "--policy", "../policy"]
    done = subprocess.run(called, cwd=kit, env=environment, capture_output=True, text=True, check=True)
    code, loaded = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert set(loaded) <= {"record", "cryptography", "cffi", "_cffi_backend", "_openssl", "__main__", "__mp_main__"}


def test_the_installed_package_verifies_as_a_module(handed):
    called = [sys.executable, "-m", "answerable.record.verify", "entry.tlog-proof", "--policy", "policy"]
    done = subprocess.run(called, cwd=handed, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Verified" in done.stdout
