"""The same machine runs every pack: a policy is data, and a new one takes no code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.machine import Actor, Case, Command, LogEntry, Proposal, State, decide, state_at
from answerable.place import Window
from answerable.policy.examples import examples_path
from answerable.policy.pack import load_pack, packs
from answerable.policy.reading import read_yaml_file

NOW = datetime(2018, 11, 30, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOLDS = ("sfc", "superintendent", "assistant_chief_constable")
SECTIONS: dict[str, Any] = {
    "evaluation_plan": {"outcome": "x", "comparators": ["y"], "horizon_days": 28, "margin": "z"},
    "authorisation": {"public_text": "Words for the public."},
    "debrief": {"flags": {}, "ho": {}},
    "evaluation": {"verdict": "cannot_tell", "measures": {}, "limits": "One deployment."},
    "closing": {"redactions": []},
}
STORY = (
    ("open", 0, {}),
    ("submit", 0, {}),
    ("assess", 0, {}),
    ("advise", 0.2, {"stance": "object", "text": "Do not."}),
    ("answer", 0.5, {"number": 1, "text": "We shall be few."}),
    ("authorise", 25, {}),
    ("start", 26, {}),
    ("log", 26.5, {"entries": (LogEntry(NOW + 26.4 * HOUR, "static", "c", 4, 30),)}),
    ("end", 26.75, {}),
    ("debrief", 27, {}),
    ("evaluate", 40 * 24, {}),
    ("close", 41 * 24, {}),
)


@pytest.mark.parametrize("name", packs())
def test_a_sound_case_runs_from_draft_to_closed_under(name: str) -> None:
    pack = load_pack(name)
    facts = read_yaml_file(examples_path(pack))["sound"]
    proposal = Proposal("A case", "other", "An area", 0.2, Window.of_hours(NOW + 26 * HOUR, 2))
    case = Case("2018-0001")
    for kind, hours, said in STORY:
        role = pack.roles["consult" if kind == "advise" else kind][0]
        actor = Actor(f"the {role}", role, frozenset({role, *HOLDS}))
        command = Command(kind, proposal=proposal, sections=SECTIONS, **{"reasons": "Because.", **said})
        event = decide(case, command, facts, pack, actor, NOW + hours * HOUR)
        assert event.kind == kind, event.data["rules"]
        case = case.after(event)
    assert case.state is State.CLOSED
    assert case.pack == f"{pack.name}@{pack.version}"


@pytest.mark.parametrize("name", packs())
def test_what_nobody_knows_goes_nowhere_under(name: str) -> None:
    pack = load_pack(name)
    proposal = Proposal("A case", "other", "An area", 0.2, Window.of_hours(NOW + 26 * HOUR, 2))
    case = Case("2018-0001")
    for kind in ("open", "submit"):
        role = pack.roles[kind][0]
        actor = Actor(f"the {role}", role, frozenset({role}))
        case = case.after(decide(case, Command(kind, proposal=proposal), {}, pack, actor, NOW))
    assert case.events[-1].kind == "blocked"
    assert state_at(case, NOW) is State.DRAFT
