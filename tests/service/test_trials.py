"""A trial of two unarmed responses: sealed before it begins, drawn case by case, repeated by strangers at its end."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.evaluate.trial import Protocol, arm_of, fingerprint
from answerable.record.readback import read_public
from answerable.service.cases import act
from answerable.service.importing import import_incidents
from answerable.service.trials import draw, end_trial, open_trial, read_protocol, trial_named, trial_result
from answerable.service.workspace import Workspace

PROTOCOL = Protocol(
    name="visits",
    arms=("youth workers", "unarmed foot patrol"),
    outcome="serious incidents",
    horizon_days=7,
    eligible="refused or lapsed cases with an intelligence trigger",
    agreed_by=("local_commander", "iag"),
)


@pytest.fixture
def refused(workspace: Workspace, sound: dict[str, Any], opened: Callable[[dict[str, Any]], str]) -> Callable[[], str]:
    """Open another case and refuse it."""

    def make() -> str:
        case = opened(sound)
        act(workspace, case, Command("refuse", reasons="Not now.", what_would_change="More."), "authoriser")
        return case

    return make


def begun(workspace: Workspace) -> str:
    return open_trial(workspace, PROTOCOL, "evaluator", baseline=0.05, cases_a_year=20)


def published(workspace: Workspace, kind: str) -> list[dict[str, Any]]:
    return [body for _, body in read_public(workspace.public) if body["kind"] == kind]


def test_fingerprint_and_power_are_public_before_the_first_case(workspace: Workspace) -> None:
    said = begun(workspace)
    assert "could not even see that one response halves" in said
    (entry,) = published(workspace, "trial")
    assert entry["data"]["power"] == said
    assert entry["data"]["fingerprint"] == trial_named(workspace, "visits").fingerprint
    (seed,) = (workspace.folder / "keys").glob("trial-*.seed")
    assert fingerprint(bytes.fromhex(seed.read_text().strip())) == entry["data"]["fingerprint"]
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    with pytest.raises(NotAllowed, match="was opened"):
        begun(workspace)


def test_a_draw_is_in_the_log_and_its_arm_is_not_until_the_seed_is(
    workspace: Workspace, refused: Callable[[], str]
) -> None:
    begun(workspace)
    cases = [refused() for _ in range(5)]
    arms = [draw(workspace, "visits", case, "evaluator") for case in cases]
    entries = published(workspace, "trial-draw")
    assert [entry["data"]["case"] for entry in entries] == cases
    assert all("arm" not in entry["data"] and len(entry["sd"]) >= 1 for entry in entries)
    assert sorted(arms[:4]) == sorted(PROTOCOL.arms * 2)
    end_trial(workspace, "visits", "evaluator")
    (ended,) = published(workspace, "trial-end")
    seed = bytes.fromhex(ended["data"]["seed"])
    assert [PROTOCOL.arms[arm_of(seed, entry["data"]["number"])] for entry in entries] == arms
    with pytest.raises(NotAllowed, match="has ended"):
        draw(workspace, "visits", refused(), "evaluator")
    with pytest.raises(NotAllowed, match="has ended"):
        end_trial(workspace, "visits", "evaluator")


def test_only_refused_and_lapsed_cases_enter_and_only_once(
    workspace: Workspace, refused: Callable[[], str], sound: dict[str, Any], opened: Callable[[dict[str, Any]], str]
) -> None:
    begun(workspace)
    with pytest.raises(NotAllowed, match="Only refused and lapsed cases"):
        draw(workspace, "visits", opened(sound), "evaluator")
    case = refused()
    draw(workspace, "visits", case, "evaluator")
    with pytest.raises(NotAllowed, match="is in the trial"):
        draw(workspace, "visits", case, "evaluator")
    with pytest.raises(UsageError, match="no such trial"):
        draw(workspace, "lights", case, "evaluator")


def test_what_it_showed_waits_for_its_horizon_and_repeats_every_draw(
    workspace: Workspace, refused: Callable[[], str], clock: FixedClock, tmp_path: Path
) -> None:
    begun(workspace)
    for _ in range(8):
        draw(workspace, "visits", refused(), "evaluator")
    path = tmp_path / "incidents.csv"
    head = "incident_id,occurred_at,lon,lat,kind,severity,n_harmed,origin,known_at\n"
    at = datetime(2018, 12, 1, tzinfo=UTC)
    lines = [f"{i},{at + timedelta(days=i):%Y-%m-%dT%H:%M:00+00:00},-0.0705,51.6012,knife,injury,1,reported,"
            f"{at + timedelta(days=i, hours=6):%Y-%m-%dT%H:%M:00Z}\n" for i in range(20)]  # fmt: skip
    path.write_text(head + "".join(lines[:3]), encoding="utf8")
    clock.set(datetime(2018, 12, 4, tzinfo=UTC))
    import_incidents(workspace, [path])
    assert trial_result(workspace, "visits").verdict == "not assessable"
    clock.set(datetime(2018, 12, 28, tzinfo=UTC))
    path.write_text(head + "".join(lines), encoding="utf8")
    import_incidents(workspace, [path])
    found = trial_result(workspace, "visits")
    assert found.verdict == "cannot tell"
    # All eight stand for one place and the same days, so that both responses have the same count.
    assert found.numbers["outcomes"][0] == found.numbers["outcomes"][1] > 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: x\n", "A protocol has the fields"),
        ("[]\n", "A protocol has the fields"),
        ("name: x\narms: [a]\noutcome: o\nhorizon_days: 3\neligible: e\nagreed_by: [b]\n", "two arms"),
        ("name: x\narms: [a, b]\noutcome: o\nhorizon_days: soon\neligible: e\nagreed_by: [b]\n", "A number is none"),
        ("name: x\narms: [armed patrol, b]\noutcome: o\nhorizon_days: 3\neligible: e\nagreed_by: [b]\n", "by lot"),
    ],
)
def test_protocols_that_cannot_be_read(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "protocol.yaml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(InputError, match=says):
        read_protocol(path)
