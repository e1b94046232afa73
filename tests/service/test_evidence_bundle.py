from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from answerable.errors import UsageError
from answerable.policy.pack import load_pack, packs
from answerable.record.policy import parse_policy
from answerable.service.evidence_bundle import SUMS, evidence_list, write_bundle
from answerable.service.workspace import Workspace


@pytest.fixture
def bundle(workspace: Workspace, tmp_path: Path) -> Path:
    write_bundle(workspace, tmp_path / "bundle")
    return tmp_path / "bundle"


def test_every_file_has_its_sum(bundle: Path) -> None:
    lines = [line.split("  ") for line in (bundle / SUMS).read_text(encoding="utf8").splitlines()]
    there = {p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file()} - {SUMS}
    assert {name for _, name in lines} == there
    assert all(hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest for digest, name in lines)


def test_all_three_findings_say_what_is_shown_and_what_cannot_be(bundle: Path) -> None:
    document = json.loads((bundle / "findings.json").read_text(encoding="utf8"))
    findings = document["sections"][:3]
    assert [f["key"] for f in findings] == ["validated", "rights", "bias"]
    for finding in findings:
        shown, cannot = finding["parts"]
        assert shown["blocks"][0]["rows"]
        assert cannot["blocks"][0]["items"]
    text = (bundle / "findings.txt").read_text(encoding="utf8")
    assert "has not been peer reviewed" in text
    assert "no method here removes it" in text


def test_every_file_that_a_statement_names_is_in_the_bundle(bundle: Path) -> None:
    text = (bundle / "findings.txt").read_text(encoding="utf8")
    assert "Not shown by this bundle" not in text


def test_the_rules_in_the_bundle_can_be_read_again_and_are_those_of_the_package(bundle: Path) -> None:
    results = json.loads((bundle / "tests" / "rules.json").read_text(encoding="utf8"))
    assert set(results) == set(packs())
    assert all(result["failed"] == 0 and result["passed"] > 0 for result in results.values())
    for name in packs():
        copy = bundle / "rules" / f"{name}.yaml"
        assert yaml.safe_load(copy.read_text(encoding="utf8")) == yaml.safe_load(
            load_pack(name).path.read_text(encoding="utf8")
        )


def test_the_head_in_the_bundle_is_believed_by_its_policy(workspace: Workspace, bundle: Path) -> None:
    policy = parse_policy((bundle / "record" / "log-policy").read_text(encoding="utf8"))
    accepted = policy.accept((bundle / "record" / "checkpoint").read_text(encoding="utf8"))
    assert accepted.checkpoint.origin == workspace.settings.origin


def test_without_a_published_record_the_statement_moves_to_what_cannot_be_shown(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.public / "checkpoint").unlink()
    write_bundle(workspace, tmp_path / "bundle")
    text = (tmp_path / "bundle" / "findings.txt").read_text(encoding="utf8")
    assert "Not shown by this bundle, which lacks record/checkpoint" in text


def test_nothing_private_is_in_the_bundle(workspace: Workspace, bundle: Path) -> None:
    key = (workspace.folder / "keys" / "log.key").read_bytes()
    held = b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())
    assert key not in held
    assert b"pretend authoriser" not in held


def test_a_folder_that_holds_anything_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf8")
    with pytest.raises(UsageError, match="not empty"):
        write_bundle(workspace, tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_a_bundle_that_fails_leaves_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from answerable.service import evidence_bundle

    def fail(*_: object, **__: object) -> None:
        raise UsageError("no")

    monkeypatch.setattr(evidence_bundle, "findings_document", fail)
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(UsageError):
        write_bundle(workspace, tmp_path / "bundle")
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_the_list_says_what_is_there_and_what_is_not_yet(workspace: Workspace) -> None:
    there = {one.name: one.there for one in evidence_list(workspace)}
    assert there["record"]
    assert not there["case files"]
    assert not there["forecasts"]
