"""How a workspace begins: with an example adopted at once, or with none; and who may tell it the time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from answerable.case.casefile import template as case_template
from answerable.clock import NOW_VARIABLE, FixedClock
from answerable.errors import NotAllowed, UsageError
from answerable.policy.pack import packs
from answerable.record.readback import read_public
from answerable.service.adopt import adopted_pack, adoptions, standing_of
from answerable.service.answer import Answer
from answerable.service.cases import open_case
from answerable.service.workspace import Workspace, init_workspace, open_workspace

BEGAN = datetime(2018, 11, 28, 9, tzinfo=UTC)


def test_a_rehearsal_adopts_the_example_at_once_and_works_under_a_stop_rule(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", clock=FixedClock(BEGAN))
    with open_workspace(tmp_path / "w", FixedClock(BEGAN)) as workspace:
        (adoption,) = adoptions(workspace)
        assert (adoption.id, adoption.pack_version) == ("", 1)
        assert adoption.terms["stop_rules"][0]["evaluations"] == 2
        assert adopted_pack(workspace).name == "uk.armed_patrol"


@pytest.mark.parametrize("name", [*packs(), "uk.section60:busss2014"])
def test_a_rehearsal_can_work_under_any_pack_that_comes_along(tmp_path: Path, name: str) -> None:
    settings = init_workspace(tmp_path / "w", clock=FixedClock(BEGAN), pack=name)
    with open_workspace(tmp_path / "w", FixedClock(BEGAN)) as workspace:
        pack = adopted_pack(workspace)
        assert pack.name == settings.pack
        assert pack.name.startswith(name)
        assert workspace.pack.hash == pack.hash


def test_there_is_no_such_pack(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no policy pack"):
        init_workspace(tmp_path / "w", pack="uk.tanks")
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_can_begin_without_a_pack_in_force_and_its_log_says_so(empty: Workspace) -> None:
    ((_, body),) = read_public(empty.public)
    assert body["kind"] == "begin"
    assert "No pack is in force here yet" in body["data"]["says"]
    assert standing_of(empty, "uk.armed_patrol").why == "never"
    assert {"policy-owner", "chief-officer", "pcc-liaison", "evaluator"} <= {p.account for p in empty.store.people()}


def test_no_deployment_can_be_proposed_without_an_adopted_and_unexpired_pack(
    empty: Workspace, walk: Callable[..., Answer], clock: FixedClock, tmp_path: Path
) -> None:
    document = yaml.safe_load(case_template())
    document.pop("as_of")
    document["window"] = {"from": "2029-11-30T20:00", "to": "2029-12-01T00:00"}
    path = tmp_path / "case.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf8")
    with pytest.raises(NotAllowed, match=r"No pack uk\.armed_patrol has been adopted"):
        open_case(empty, path, "applicant")
    walk("outcome")
    with pytest.raises(NotAllowed, match=r"No pack uk\.armed_patrol has been adopted"):
        open_case(empty, path, "applicant")
    clock.advance(hours=24 * 400)
    assert [line for line in empty.store.cases() if not line.id.startswith("A-")] == []


def test_after_the_sunset_no_deployment_can_be_proposed(
    empty: Workspace, walk: Callable[..., Answer], clock: FixedClock, tmp_path: Path
) -> None:
    walk("adopt")
    path = tmp_path / "case.yaml"
    document = yaml.safe_load(case_template())
    document.pop("as_of")
    document["window"] = {"from": "2029-11-30T20:00", "to": "2029-12-01T00:00"}
    path.write_text(yaml.safe_dump(document), encoding="utf8")
    opened = open_case(empty, path, "applicant")
    assert opened.state == "DRAFT"
    clock.advance(hours=24 * 366)
    with pytest.raises(NotAllowed, match="reached its sunset"):
        open_case(empty, path, "applicant")


def test_direct_sql_cannot_join_what_an_adoption_keeps_apart(empty: Workspace, walk: Callable[..., Answer]) -> None:
    told = walk("propose")
    with sqlite3.connect(empty.folder / "record.sqlite") as db:
        seq = db.execute("SELECT max(seq) FROM events").fetchone()[0] + 1
        columns = "seq, case_id, case_version, kind, at, actor, person, office, body, blind"
        row = (seq, told.id, 2, "adopt", "2019-01-01T00:00:00Z", "policy-owner", "pretend policy_owner",
               "chief_officer", b"{}", bytes(32))  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="answerable: "):
            db.execute(f"INSERT INTO events ({columns}) VALUES ({', '.join('?' * 10)})", row)
    db.close()


def test_a_simulation_can_be_told_the_time(empty: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NOW_VARIABLE, "2019-06-30T12:00:00+01:00")
    with open_workspace(empty.folder) as told:
        assert told.clock.now() == datetime(2019, 6, 30, 11, tzinfo=UTC)
    monkeypatch.delenv(NOW_VARIABLE)
    with open_workspace(empty.folder) as told:
        assert told.clock.now() > datetime(2020, 1, 1, tzinfo=UTC)


def test_no_other_kind_of_workspace_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init_workspace(tmp_path / "w", kind="rehearsal", clock=FixedClock(BEGAN))
    monkeypatch.setenv(NOW_VARIABLE, "2019-06-30T12:00:00+01:00")
    with pytest.raises(UsageError, match="Only a simulated workspace can be told the time; this one is rehearsal"):
        open_workspace(tmp_path / "w").__enter__()
    with pytest.raises(UsageError, match="Only a simulated workspace can be told the time"):
        init_workspace(tmp_path / "v", kind="rehearsal")
    assert not (tmp_path / "v").exists()
    with open_workspace(tmp_path / "w", FixedClock(BEGAN + timedelta(days=1))) as given:
        assert given.clock.now() == BEGAN + timedelta(days=1)


def test_a_real_workspace_refuses_to_be_told_the_time(empty: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = empty.folder / "answerable.toml"
    path.write_text(path.read_text(encoding="utf8").replace("simulated", "real"), encoding="utf8")
    monkeypatch.setenv(NOW_VARIABLE, "2019-06-30T12:00:00+01:00")
    with pytest.raises(UsageError, match="this one is real"):
        open_workspace(empty.folder).__enter__()


@pytest.mark.parametrize("told", ["yesterday", "2019-06-30T12:00"])
def test_a_time_without_its_offset_is_not_taken(empty: Workspace, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv(NOW_VARIABLE, told)
    with pytest.raises(UsageError, match="not a time with its offset"):
        open_workspace(empty.folder).__enter__()


def test_a_clock_that_is_set_back_gives_nothing_again(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", clock=FixedClock(BEGAN))
    with open_workspace(tmp_path / "w", FixedClock(BEGAN - timedelta(days=400))) as told:
        assert told.clock.now() == BEGAN
