from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import UsageError
from answerable.present.document_writers import document_text
from answerable.service.casefile_export import export_case
from answerable.service.cases import Answer, act
from answerable.service.logs import log_command
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]
Take = Callable[[str, str], Answer]
File = Callable[..., Path]
CHECKS = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."}


@pytest.fixture
def told(
    workspace: Workspace,
    clock: FixedClock,
    sound: dict[str, Any],
    opened: Opened,
    begin: Callable[[str], Answer],
    section_file: File,
) -> str:
    """A case that was authorised, used, reviewed, logged, expired, debriefed and evaluated."""
    case = opened(sound)
    begin(case)
    clock.advance(hours=2)
    act(workspace, case, Command("review", outcome="continue", checks=CHECKS), "reviewer")
    clock.set(datetime(2018, 12, 1, 12, tzinfo=UTC))
    act(workspace, case, log_command(workspace, section_file("log"), {}), "operational-commander")
    act(workspace, case, Command("community_impact"), "community-lead", added=section_file("community_full"))
    act(workspace, case, Command("debrief"), "operational-commander", added=section_file("debrief"))
    clock.set(datetime(2019, 2, 20, 12, tzinfo=UTC))
    act(workspace, case, Command("evaluate"), "evaluator", added=section_file("evaluation"))
    return case


def test_the_three_files_hold_the_same_document(workspace: Workspace, told: str, tmp_path: Path) -> None:
    html, raw = tmp_path / "case.html", tmp_path / "case.json"
    document = export_case(workspace, told, html=html, json=raw)
    assert raw.read_bytes() == document.json() + b"\n"
    page = html.read_text(encoding="utf8")
    assert document.fingerprint in page
    for section in json.loads(raw.read_bytes())["sections"]:
        assert section["heading"] in page


def test_what_the_case_said_is_in_its_file(workspace: Workspace, told: str) -> None:
    text = document_text(export_case(workspace, told))
    for said in (
        "uk.armed_patrol@1 (status: example)",
        "60 in 100 (likely or probable)",
        "known directly to the source",
        "Two origins agree.",
        "Officer-minutes on the ground: 300",
        "It cannot be told.",
        "schools or youth engagement",
        "The youth club closes at seven",
        "Sources of the rules",
        "does not limit armed response under APP",
    ):
        assert said in text, said


def test_no_private_part_is_in_the_file(workspace: Workspace, told: str) -> None:
    said = export_case(workspace, told).json().decode()
    for secret in ("pretend authoriser", "operational-commander", "Reprisal shooting expected on the estate", "k-7f31"):
        assert secret not in said, secret


def test_a_draft_a_blocked_and_a_refused_case_have_their_file_too(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    draft = opened(sound)
    assert "Nobody's advice is recorded." in document_text(export_case(workspace, draft))
    blocked = opened({k: v for k, v in sound.items() if k != "app"})
    assert take(blocked, "submit").blocked_by
    text = document_text(export_case(workspace, blocked))
    assert "What would change the answer" in text
    refuse = Command("refuse", reasons="Too little is known.", what_would_change="A second origin.")
    take(draft, "submit")
    act(workspace, draft, refuse, "authoriser")
    text = document_text(export_case(workspace, draft))
    assert "Refused. This does not limit armed response" in text
    assert "A second origin." in text


def test_an_unknown_case_is_a_usage_error_and_writes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such case"):
        export_case(workspace, "2018-9999", html=tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


def test_where_no_pdf_can_be_made_no_file_is_left(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    case = opened(sound)
    with pytest.raises(UsageError, match="WeasyPrint"):
        export_case(workspace, case, html=tmp_path / "x.html", pdf=tmp_path / "x.pdf")
    assert not (tmp_path / "x.html").exists()
