"""A sealed record: nothing shows before its date, everything shows at it, whatever the clock does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import UsageError
from answerable.record.chain import chain_problems
from answerable.record.cover import covers_path, parse_covers
from answerable.record.errors import Altered
from answerable.record.publish import opening_path
from answerable.record.readback import read_public
from answerable.record.verify import verify_proof
from answerable.service.cases import act
from answerable.service.fsck import check_record
from answerable.service.openings import WITHHELD, shown, split, table
from answerable.service.public_view import PublicView, read_public_view
from answerable.service.publish import beat, publish
from answerable.service.record_settings import settings_of
from answerable.service.workspace import Workspace, open_workspace

Opened = Callable[[dict[str, Any]], str]
REASONS = "No trigger was found in what was sent."


@pytest.fixture
def workspace(begun: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    """The rehearsal of every other test, sealed."""
    shutil.copytree(begun, tmp_path / "w")
    with (tmp_path / "w" / "answerable.toml").open("a", encoding="utf8") as file:
        file.write('\n[record]\nprofile = "sealed"\n')
    with open_workspace(tmp_path / "w", clock) as opened:
        yield opened


@pytest.fixture
def beats(workspace: Workspace, clock: FixedClock) -> Callable[[int], list[int]]:
    """Let so many beats pass; return the size of the log after each."""

    def pass_by(count: int) -> list[int]:
        sizes = []
        for _ in range(count):
            clock.advance(minutes=1)
            sizes.append(beat(workspace).size)
        return sizes

    return pass_by


@pytest.fixture
def refused(workspace: Workspace, sound: dict[str, Any], opened: Opened) -> str:
    """A case that was opened, submitted and refused at 17:00; none of it has a place in the log yet."""
    case = opened(sound)
    act(workspace, case, Command("submit"), "applicant")
    act(workspace, case, Command("refuse", reasons=REASONS, what_would_change="A report."), "authoriser")
    return case


def seen(workspace: Workspace, clock: FixedClock) -> PublicView:
    return read_public_view(workspace.public, clock.now())


def everything(workspace: Workspace) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(workspace.public.rglob("*")) if path.is_file())


def test_exactly_two_entries_a_beat_whatever_happens(workspace: Workspace, beats: Any, refused: str) -> None:
    assert workspace.store.pending() == 3
    assert beats(4) == [3, 5, 7, 9]
    assert workspace.store.pending() == 0
    # A refusal is a decision, so it goes before the entries that were made earlier.
    assert [(e.kind, e.leaf_index) for e in workspace.store.events(refused)] == [
        ("open", 2),
        ("submit", 3),
        ("refuse", 1),
    ]


def test_within_one_beat_nothing_is_added_and_an_act_publishes_nothing(
    workspace: Workspace, clock: FixedClock, beats: Any, refused: str
) -> None:
    (size,) = beats(1)
    clock.advance(minutes=0.5)
    assert beat(workspace).size == size == publish(workspace).size
    clock.advance(minutes=0.6)
    assert beat(workspace, open_only=True).size == size
    assert beat(workspace).size == size + 2


def test_an_entry_of_any_kind_looks_the_same_until_it_is_opened(workspace: Workspace, beats: Any, refused: str) -> None:
    beats(4)
    found = everything(workspace)
    for secret in (refused, REASONS, "Example Estate"):
        assert secret.encode() not in found
    assert {len(workspace.store.entry(index)) for index in range(9)} == {33}


def test_facts_within_a_day_and_reasons_within_fourteen(
    workspace: Workspace, clock: FixedClock, beats: Any, refused: str
) -> None:
    beats(4)
    assert (seen(workspace, clock).cases, seen(workspace, clock).unopened) == ((), 8)
    clock.advance(hours=23.1)
    beat(workspace)
    view = seen(workspace, clock)
    (case,) = view.cases
    assert (case.state, case.area_name, view.problems) == ("REFUSED", "Example Estate", ())
    assert [event.kind for event in case.events] == ["open", "submit", "refuse"]
    assert case.events[-1].data["reasons"] == "To be published later."
    assert REASONS.encode() not in everything(workspace)
    assert view.next_due.startswith("2018-12-14")
    clock.advance(hours=24 * 13)
    beat(workspace)
    assert seen(workspace, clock).cases[0].events[-1].data["reasons"] == REASONS
    assert seen(workspace, clock).cases[0].events[-1].data["what_would_change"] == "A report."
    assert check_record(workspace).clean
    index = workspace.store.events(refused)[-1].leaf_index
    proof = (workspace.public / f"proofs/{index}.tlog-proof").read_text(encoding="utf8")
    found = verify_proof(proof, (workspace.public / "log-policy").read_text(encoding="utf8"))
    assert (found.body["data"]["reasons"], set(found.released)) == (REASONS, {"reasons", "what_would_change"})


def test_a_beat_that_was_missed_for_a_day_delays_nothing_once_it_runs_again(
    workspace: Workspace, clock: FixedClock, refused: str
) -> None:
    clock.advance(hours=26)
    said = check_record(workspace).problems
    assert len([one for one in said if "had to be public by 2018-12-01T17:00:00Z" in one]) == 3
    for _ in range(4):
        clock.advance(minutes=1)
        beat(workspace)
    assert seen(workspace, clock).cases[0].state == "REFUSED"
    assert check_record(workspace).clean


def test_a_clock_set_back_takes_nothing_back(workspace: Workspace, clock: FixedClock, beats: Any, refused: str) -> None:
    beats(3)
    clock.advance(hours=24)
    beats(3)
    before = {path.name for path in (workspace.public / "openings").iterdir()}
    clock.advance(hours=-20)
    beat(workspace)
    assert {path.name for path in (workspace.public / "openings").iterdir()} >= before
    assert check_record(workspace).clean


def test_covers_are_opened_by_the_seed_of_their_day_and_only_they(
    workspace: Workspace, clock: FixedClock, beats: Any, refused: str
) -> None:
    beats(5)
    assert not (workspace.public / "covers").exists()
    clock.advance(hours=8)
    beats(2)
    path = workspace.public / covers_path("2018-11-30")
    covers = parse_covers(path.read_bytes())
    assert len(covers.made) == 7
    log = read_public(workspace.public)
    assert log.covers == 7
    assert not {index for index, _ in covers.made} & {one.index for one in log.entries}
    for old, new in ((covers.seed.hex(), "00" * 32), ("17:0", "17:1"), ('"day":"2018-11-30"', '"day":"2018-11-29"')):
        text = path.read_text(encoding="ascii")
        path.write_text(text.replace(old, new), encoding="ascii")
        with pytest.raises(Altered):
            read_public(workspace.public)
        path.write_text(text, encoding="ascii")


def test_a_deleted_refusal_shows_at_its_opening_deadline(
    workspace: Workspace, clock: FixedClock, beats: Any, refused: str
) -> None:
    beats(3)
    clock.advance(hours=24)
    beats(2)
    index = workspace.store.events(refused)[-1].leaf_index
    (workspace.public / opening_path(index)).unlink()
    assert any("had to be public" in problem for problem in check_record(workspace).problems)
    # Beside it only the covers of today are hidden.
    assert seen(workspace, clock).unopened == 4


def test_a_number_that_is_left_out_shows_and_a_cover_cannot_stand_in_its_place(
    workspace: Workspace, clock: FixedClock, beats: Any, opened: Opened, sound: dict[str, Any]
) -> None:
    for _ in range(3):
        case = opened(sound)
        act(workspace, case, Command("withdraw"), "applicant")
    bodies = [e.body for e in workspace.store.events() if e.case_id]
    assert chain_problems(bodies, hidden=False) == ()
    without = [e.body for e in workspace.store.events() if e.case_id not in ("", "2018-0002")]
    assert chain_problems(without, hidden=False) == ("number 2 is missing before case 2018-0003",)
    assert chain_problems(without, hidden=True) == ()


def test_every_day_is_closed_also_those_with_nothing(
    workspace: Workspace, clock: FixedClock, beats: Any, refused: str
) -> None:
    clock.advance(hours=24 * 3)
    beats(4)
    days = [e.data for e in workspace.store.events("", kinds=("close-day",))]
    assert [one["day"] for one in days] == ["2018-11-30", "2018-12-01", "2018-12-02"]
    assert days[0]["counts"] == {"adopt": 1, "open": 1, "refuse": 1, "submit": 1}
    assert (days[0]["first"], days[0]["last"], days[1]["counts"], days[1]["active"]) == (1, 1, {}, 0)
    assert seen(workspace, clock).unopened < 8


def test_what_is_listed_nowhere_is_kept_back(workspace: Workspace) -> None:
    facts, later, never = split("assess", "2018-0001", {"findings": [], "grades": [1], "support": 3, "new": ""})
    assert (facts, set(later), never) == ({"findings": [], WITHHELD: ["support"]}, {"support", "new"}, {"grades": [1]})
    assert split("adopt", "", {"x": 1}) == ({"x": 1}, {}, {})
    assert split("respond", "A-2018-0001", {"x": 1})[0] == {"x": 1}
    assert shown({WITHHELD: ["reasons", "support"]}, "Friday") == {"reasons": "To be published by Friday."}
    assert not any(set(table()["never"]) & set(facts) for facts in table()["facts"].values())


@pytest.mark.parametrize(
    ("own", "kind", "said"),
    [
        ({"profile": "hidden"}, "rehearsal", "profile"),
        ({"beats": 1}, "rehearsal", "beats"),
        ({"beat": "x"}, "rehearsal", "beat"),
        ({"beat": -1}, "rehearsal", "beat"),
        ({"leaves": 0}, "rehearsal", "leaves"),
        ({"profile": "open"}, "real", "sealed"),
        ({"facts": 48}, "real", "no later"),
        ({"reasons": 15}, "real", "no later"),
        ("x", "real", "not a table"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_by_name(own: Any, kind: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        settings_of(own, kind)


def test_profiles_by_kind() -> None:
    assert [settings_of({}, kind).profile for kind in ("simulated", "rehearsal", "real")] == ["open", "open", "sealed"]
    assert settings_of({"beat": 1, "facts": 2}, "real").beat == 1


def test_a_damaged_memory_of_the_beat_costs_only_a_look(workspace: Workspace, beats: Any, refused: str) -> None:
    beats(2)
    (workspace.folder / "beat.json").write_text("{", encoding="utf8")
    beats(2)
    assert json.loads((workspace.folder / "beat.json").read_text(encoding="utf8"))["days"]
    assert check_record(workspace).clean
