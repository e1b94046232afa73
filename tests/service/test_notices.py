from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.service.cases import Answer, act
from answerable.service.notices import FEED, FOLDER, bring_up_to_date, notices_given, notices_of
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]
Take = Callable[[str, str], Answer]
ATOM = "{http://www.w3.org/2005/Atom}"
REFUSE = Command("refuse", reasons="Too little is known.", what_would_change="A second origin.")


def files(workspace: Workspace) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf8") for path in (workspace.folder / FOLDER).glob("*.txt")}


def kinds(workspace: Workspace) -> list[str]:
    told = json.loads((workspace.folder / FOLDER / "state.json").read_text(encoding="utf8"))["told"]
    return [notice["kind"] for notice in told]


def feed(workspace: Workspace) -> ElementTree.Element:
    return ElementTree.fromstring((workspace.public / FEED).read_bytes())


@pytest.fixture
def authorised(sound: dict[str, Any], opened: Opened, take: Take) -> str:
    case = opened(sound)
    assert take(case, "authorise").state == "AUTHORISED"
    return case


def test_a_new_workspace_tells_that_rules_were_adopted(workspace: Workspace) -> None:
    bring_up_to_date(workspace)
    assert kinds(workspace) == ["adopt"]
    (text,) = files(workspace).values()
    assert "status: example" in text.lower()
    assert "police and crime commissioner" in text
    assert "independent advisory group" in text


def test_opening_and_authorisation_are_told_with_limits_reasons_and_proof(
    workspace: Workspace, authorised: str
) -> None:
    bring_up_to_date(workspace)
    assert kinds(workspace) == ["adopt", "open", "authorise"]
    assert [name.rsplit("-", 1)[1] for name in notices_of(workspace, authorised)] == ["open", "authorise"]
    text = next(text for name, text in files(workspace).items() if name.endswith("-authorise"))
    assert text.startswith("REHEARSAL: ")
    assert "Reasons: Two origins agree." in text
    assert "it ends by itself" in text
    assert "This does not limit armed response" in text
    assert "answerable record verify proofs/" in text


def test_a_refusal_says_what_would_change_it(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take
) -> None:
    case = opened(sound)
    take(case, "assess")
    act(workspace, case, REFUSE, "authoriser")
    bring_up_to_date(workspace)
    text = next(text for name, text in files(workspace).items() if name.endswith("-refuse"))
    assert "What would change it: A second origin." in text


def test_doing_it_again_writes_nothing(workspace: Workspace, authorised: str) -> None:
    bring_up_to_date(workspace)
    before = {p: p.read_bytes() for p in workspace.folder.rglob("*") if p.is_file() and FOLDER in p.as_posix()}
    again = bring_up_to_date(workspace)
    after = {p: p.read_bytes() for p in workspace.folder.rglob("*") if p.is_file() and FOLDER in p.as_posix()}
    assert again.written == ()
    assert before == after


def test_an_authority_that_nobody_started_is_told_when_its_window_is_over(
    workspace: Workspace, clock: FixedClock, authorised: str
) -> None:
    bring_up_to_date(workspace)
    clock.advance(hours=48)
    told = bring_up_to_date(workspace)
    assert len(told.written) == 1
    assert "expired" in told.written[0]
    assert "ended by itself" in files(workspace)[told.written[0]]


def test_a_draft_that_nobody_handed_in_is_told_as_lapsed(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened
) -> None:
    opened(sound)
    clock.advance(hours=24)
    assert "lapsed" not in _now(workspace)
    clock.advance(minutes=1)
    assert "lapsed" in _now(workspace)


def _now(workspace: Workspace) -> list[str]:
    bring_up_to_date(workspace)
    return kinds(workspace)


def test_a_missed_review_is_told_even_if_nobody_looked_while_it_was_missed(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Callable[[str], Answer]
) -> None:
    case = opened(sound)
    begin(case)
    clock.advance(hours=12)
    assert _now(workspace)[-2:] == ["suspended", "expired"]
    ids = [name for name in files(workspace) if "suspended" in name or "expired" in name]
    assert len(ids) == 2


def test_the_same_notices_come_of_looking_always_and_of_looking_once(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, begin: Callable[[str], Answer]
) -> None:
    case = opened(sound)
    begin(case)
    for _ in range(20):
        clock.advance(minutes=37)
        bring_up_to_date(workspace)
    often = files(workspace)
    for path in (workspace.folder / FOLDER).iterdir():
        path.unlink()
    bring_up_to_date(workspace)
    assert files(workspace) == often


def test_rules_at_their_sunset_are_told(workspace: Workspace, clock: FixedClock) -> None:
    bring_up_to_date(workspace)
    clock.advance(hours=24 * 366)
    told = bring_up_to_date(workspace)
    assert [name.rsplit("-", 1)[1] for name in told.written] == ["sunset"]


def test_a_block_because_it_is_no_longer_rare_is_told(
    workspace: Workspace, sound: dict[str, Any], opened: Opened, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    from answerable.service import casework

    facts = casework.facts_for
    block = {"rarity.level": "block"}
    monkeypatch.setattr(casework, "facts_for", lambda *a, **k: {**facts(*a, **k), **block})
    case = opened(sound)
    assert "AP18" in take(case, "authorise").blocked_by
    assert "rarity" in _now(workspace)


def test_the_feed_is_valid_atom_with_stable_ids(workspace: Workspace, clock: FixedClock, authorised: str) -> None:
    bring_up_to_date(workspace)
    first = feed(workspace)
    ids = [entry.findtext(f"{ATOM}id") for entry in first.iter(f"{ATOM}entry")]
    for element in (first, *first.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").utcoffset() == timedelta(0)
        assert (element.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
    assert first.find(f"{ATOM}author/{ATOM}name") is not None
    assert all(entry.find(f"{ATOM}content") is not None for entry in first.iter(f"{ATOM}entry"))
    assert len(set(ids)) == len(ids) == 3
    clock.advance(hours=48)
    bring_up_to_date(workspace)
    again = [entry.findtext(f"{ATOM}id") for entry in feed(workspace).iter(f"{ATOM}entry")]
    assert again[1:] == ids
    assert (feed(workspace).findtext(f"{ATOM}updated") or "") > (first.findtext(f"{ATOM}updated") or "")


def test_the_feed_holds_only_what_the_public_log_has_opened(workspace: Workspace, authorised: str) -> None:
    bring_up_to_date(workspace)
    told = json.loads((workspace.folder / FOLDER / "state.json").read_text(encoding="utf8"))["told"]
    (hidden,) = [notice["entry"] for notice in told if notice["kind"] == "open"]
    (workspace.public / "openings" / f"{hidden}.json").unlink()
    bring_up_to_date(workspace)
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in feed(workspace).iter(f"{ATOM}entry")]
    assert not any("Proposed" in title for title in titles)
    assert any("Authorised" in title for title in titles)


def test_a_damaged_state_is_derived_again_and_nothing_is_written_twice(workspace: Workspace, authorised: str) -> None:
    bring_up_to_date(workspace)
    (workspace.folder / FOLDER / "state.json").write_text("{", encoding="utf8")
    assert bring_up_to_date(workspace).written == ()
    assert kinds(workspace) == ["adopt", "open", "authorise"]


def test_no_notice_names_a_person_or_an_account(workspace: Workspace, authorised: str) -> None:
    bring_up_to_date(workspace)
    said = "".join(files(workspace).values()) + (workspace.public / FEED).read_text(encoding="utf8")
    assert "pretend authoriser" not in said
    assert "account" not in said


def test_notices_lie_outside_the_public_folder(workspace: Workspace, authorised: str) -> None:
    bring_up_to_date(workspace)
    assert [p.name for p in workspace.public.rglob("*.txt")] == []
    assert isinstance(workspace.public, Path)


def test_a_notice_of_an_entry_that_is_not_published_yet_joins_the_feed_once_it_is(
    workspace: Workspace, clock: FixedClock, sound: dict[str, Any], opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    from answerable.service import casework
    from answerable.service.publish import publish

    with monkeypatch.context() as patched:
        patched.setattr(casework, "publish", lambda _: None)
        opened(sound)
    told = bring_up_to_date(workspace)
    (text,) = [text for name, text in files(workspace).items() if name.endswith("-open")]
    assert "not published yet" in text
    assert told.public == 1
    publish(workspace)
    clock.advance(minutes=1)
    assert bring_up_to_date(workspace).public == 2


def test_many_at_once_write_the_same_notices_and_nothing_half(workspace: Workspace, authorised: str) -> None:
    shutil.rmtree(workspace.folder / FOLDER, ignore_errors=True)
    program = (
        "import sys; from pathlib import Path; from answerable.service.workspace import open_workspace\n"
        "from answerable.service.notices import bring_up_to_date\n"
        "with open_workspace(Path(sys.argv[1])) as workspace: bring_up_to_date(workspace)"
    )
    words = [sys.executable, "-c", program, str(workspace.folder)]
    running = [subprocess.Popen(words, stderr=subprocess.PIPE) for _ in range(3)]
    told = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], told
    assert [path.name for path in (workspace.folder / FOLDER).iterdir() if path.name.startswith(".")] == []
    assert len(files(workspace)) == 4 or "expired" in "".join(files(workspace))
    assert json.loads((workspace.folder / FOLDER / "state.json").read_text(encoding="utf8"))["told"]


def test_whether_all_notices_of_a_case_were_given_is_seen_from_what_was_written(
    workspace: Workspace, clock: FixedClock, authorised: str
) -> None:
    clock.advance(hours=9)
    assert notices_given(workspace, authorised), "what the clock did is told first"
    assert [name.split("-")[2] for name in notices_of(workspace, authorised)] == ["1", "9", "expired"]
    settings = workspace.folder / "answerable.toml"
    text = settings.read_text(encoding="utf8")
    settings.write_text(f"{text}\n[mail]\nhost = 7\n", encoding="utf8")
    for path in (workspace.folder / FOLDER).glob(f"{authorised}-*.txt"):
        path.unlink()
    (workspace.folder / FOLDER / "state.json").unlink()
    assert not notices_given(workspace, authorised), "a message that could not be made was not given"
    settings.write_text(text, encoding="utf8")
    assert notices_given(workspace, authorised)


def test_notices_that_cannot_be_written_were_not_given(workspace: Workspace, authorised: str) -> None:
    shutil.rmtree(workspace.folder / FOLDER)
    (workspace.folder / FOLDER).write_text("in the way", encoding="utf8")
    assert not notices_given(workspace, authorised)
