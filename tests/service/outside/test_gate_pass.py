"""From a decision to the gate: the pass of a case opens it while the authority holds, and not once it is revoked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.errors import NotAllowed, UsageError
from answerable.record.gate import NOT_LIMITED
from answerable.record.gatehead import SLOTS, parse_gate_head, revoked_token
from answerable.service.cases import act
from answerable.service.gate import check_files, point
from answerable.service.gate_pass import make_pass
from answerable.service.publish import publish
from answerable.service.workspace import Workspace

HERE, ELSEWHERE = "-0.0705,51.6012", "-0.09,51.6012"
Take = Callable[..., Any]


@pytest.fixture
def told(workspace: Workspace, timed_witness, ask_witnesses) -> Workspace:
    """The workspace with two witnesses whose clocks agree with its own."""
    made = [timed_witness(name, workspace.signer.vkey) for name in ("paper", "university")]
    ask_witnesses(workspace.folder, 2, *made)
    return workspace


def asked(workspace: Workspace, tmp_path: Path, case: str, place: str = HERE) -> Any:
    path = tmp_path / "pass.tlog-proof"
    path.write_text(str(make_pass(workspace, case)), encoding="utf8")
    now = int(workspace.clock.now().timestamp())
    return check_files(path, workspace.public / "gate-head", workspace.public / "log-policy", place, now)


def test_no_pass_without_an_authority(told, sound, opened, take: Take) -> None:
    case = opened(sound)
    take(case, "consult")
    with pytest.raises(NotAllowed, match="Nobody has authorised"):
        make_pass(told, case)
    with pytest.raises(UsageError, match=case):
        make_pass(told, "2018-0099")


def test_the_pass_discloses_the_area_and_nothing_else(told, sound, opened, take: Take) -> None:
    case = opened(sound)
    take(case, "authorise")
    made = make_pass(told, case)
    assert len(made.disclosures) == 1
    text = str(made)
    assert "Two origins agree" not in text
    public = b"".join(path.read_bytes() for path in told.public.rglob("*") if path.is_file())
    assert made.disclosures[0].encode() not in public


def test_the_list_names_what_no_longer_holds_and_always_has_one_length(told, sound, opened, take: Take, clock) -> None:
    case = opened(sound)
    take(case, "authorise")
    blind = make_pass(told, case).blind

    def listed() -> tuple[bytes, ...]:
        clock.advance(minutes=1)
        publish(told)
        found = parse_gate_head((told.public / "gate-head").read_text(encoding="utf8")).revoked
        assert len(found.tokens) == SLOTS
        return found.tokens if revoked_token(blind, found.time) in found.tokens else ()

    assert not listed()
    act(told, case, Command("revoke", reasons="The grounds are gone."), "authoriser")
    first, second = listed(), listed()
    assert first
    assert second
    # Whoever compares two lists learns nothing: no token of one, and so no revocation, is in the next.
    assert not set(first) & set(second)


def test_the_gate_opens_within_the_authority_and_shuts_when_it_is_revoked(
    told, sound, opened, begin: Callable[[str], Any], clock, tmp_path
) -> None:
    case = opened(sound)
    begin(case)
    assert asked(told, tmp_path, case).code == "authorised"
    assert asked(told, tmp_path, case, ELSEWHERE).code == "wrong-area"
    clock.advance(minutes=61)
    assert asked(told, tmp_path, case).code == "stale"
    # Nothing new to log: the beat alone has the head cosigned and listed anew.
    publish(told)
    assert asked(told, tmp_path, case).code == "authorised"
    act(told, case, Command("revoke", reasons="The grounds are gone."), "authoriser")
    assert asked(told, tmp_path, case).code == "revoked"
    clock.set(clock.now().replace(hour=23, minute=59, second=59))
    publish(told)
    assert asked(told, tmp_path, case).code == "revoked"
    clock.advance(minutes=1)
    publish(told)
    assert asked(told, tmp_path, case).code == "expired"


def test_what_the_clock_ended_is_listed_too(told, sound, opened, begin, clock, tmp_path) -> None:
    case = opened(sound)
    begin(case)
    # Nobody reviews it in time: by the clock alone it is suspended, though its window is not over.
    clock.set(clock.now().replace(hour=23, minute=55))
    publish(told)
    assert asked(told, tmp_path, case).code == "revoked"


def test_witnesses_of_today_shut_the_gate_of_2018(
    workspace, new_witness, ask_witnesses, sound, opened, take: Take, tmp_path
) -> None:
    """The clock of this rehearsal stands in 2018; its witnesses' clocks do not, and the later time is believed."""
    ask_witnesses(workspace.folder, 1, new_witness("paper", workspace.signer.vkey))
    case = opened(sound)
    take(case, "authorise")
    found = asked(workspace, tmp_path, case)
    assert found.code == "stale"
    assert abs(found.at - time.time()) < 120


def test_the_command_answers_with_its_exit_code_in_a_blink(told, sound, opened, take: Take, tmp_path) -> None:
    case = opened(sound)
    take(case, "authorise")
    path = tmp_path / "pass.tlog-proof"
    path.write_text(str(make_pass(told, case)), encoding="utf8")
    shutil.copy(told.public / "gate-head", tmp_path)
    shutil.copy(told.public / "log-policy", tmp_path)
    program = Path(sys.executable).with_name("answerable")
    command = [
        str(program),
        "gate",
        "check",
        str(path),
        f"--place={HERE}",
        "--head",
        str(tmp_path / "gate-head"),
        "--json",
    ]
    took = []
    for _ in range(3):
        began = os.times()
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        ended = os.times()
        took.append(sum(ended[2:4]) - sum(began[2:4]))
    answer = json.loads(done.stdout)
    # Eight years later it is over; the answer takes the same work.
    assert (done.returncode, answer["authorised"], answer["code"]) == (1, False, "stale")
    assert answer["not_limited"] == NOT_LIMITED
    # Processor time, and twice what it may take alone: the machine that runs the tests may be busy with others.
    assert min(took) < 0.6
    path.write_text(path.read_text(encoding="utf8").replace("index ", "index 0"), encoding="utf8")
    assert subprocess.run(command, capture_output=True, cwd=tmp_path, check=False).returncode == 4


@pytest.mark.parametrize("place", ["", "x", "1", "1,2,3", "nan,1", "181,0", "0,91", "inf,0"])
def test_a_place_is_a_longitude_and_a_latitude(place: str) -> None:
    with pytest.raises(UsageError, match="not a place"):
        point(place)
    assert point("-0.0705, 51.6") == (-0.0705, 51.6)


def test_a_file_that_is_missing_is_named(told, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"missing\.tlog-proof"):
        check_files(tmp_path / "missing.tlog-proof", tmp_path / "h", tmp_path / "p", HERE, 0)
