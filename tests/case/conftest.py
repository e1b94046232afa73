"""What the tests of cases share: the pack, a sound case file, people in their roles, and a way to walk a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.casefile import CaseFile, template
from answerable.case.facts import facts_of
from answerable.case.machine import Actor, Case, Command, Event, Proposal, decide
from answerable.place import Window
from answerable.policy.pack import Pack, load_pack
from answerable.policy.reading import read_yaml

NOW = datetime(2018, 11, 30, 18, tzinfo=UTC)
ROLES = ("applicant", "analyst", "local_commander", "authoriser", "operational_commander", "reviewer")
WHO = {
    "open": "applicant", "submit": "applicant", "assess": "analyst", "consult": "local_commander",
    "authorise": "authoriser", "refuse": "authoriser", "start": "operational_commander",
    "end": "operational_commander", "revoke": "authoriser", "withdraw": "applicant",
}  # fmt: skip


@pytest.fixture(scope="session")
def now() -> datetime:
    """Two hours before the window of the template begins."""
    return NOW


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The example pack."""
    return load_pack("uk.armed_patrol")


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The template as parsed YAML; change a copy."""
    return dict(read_yaml(template(), "template"))


@pytest.fixture
def with_changes(document: dict[str, Any]) -> Callable[..., CaseFile]:
    """Make a case file from the template with top-level blocks replaced; None takes a block out."""

    def make(**changes: Any) -> CaseFile:
        changed = {**document, **changes}
        return CaseFile.read({name: value for name, value in changed.items() if value is not None})

    return make


@pytest.fixture(scope="session")
def sound(document: dict[str, Any]) -> dict[str, Any]:
    """The facts of the template, with a rarity level: nothing blocks."""
    return facts_of(CaseFile.read(document), NOW, {"rarity.level": "notice"})


@pytest.fixture(scope="session")
def people() -> Mapping[str, Actor]:
    """One person for each role."""
    return {role: Actor(f"person {role}", f"account {role}", frozenset({role})) for role in ROLES}


@pytest.fixture(scope="session")
def proposal() -> Proposal:
    """What the template asks for."""
    window = Window(NOW + timedelta(hours=2), NOW + timedelta(hours=6))
    return Proposal("Armed support beside the cordon", "imminent_intel", "Example Estate", 0.503, window)


@pytest.fixture
def act(
    pack: Pack, sound: dict[str, Any], people: Mapping[str, Actor], proposal: Proposal
) -> Callable[..., tuple[Case, Event]]:
    """Do one command: ``act(case, "submit", at=..., by=..., facts=..., reasons=...)``."""

    def do(case: Case, kind: str, **asked: Any) -> tuple[Case, Event]:
        at, by = asked.pop("at", NOW), asked.pop("by", people[WHO[kind]])
        facts = {**sound, **asked.pop("facts", {})}
        asked.setdefault("reasons", "Because of the reports cited.")
        asked.setdefault("what_would_change", "Better intelligence.")
        event = decide(case, Command(kind, proposal=proposal, **asked), facts, pack, by, at)
        return case.after(event), event

    return do


@pytest.fixture
def walk(act: Callable[..., tuple[Case, Event]]) -> Callable[..., Case]:
    """Walk a new case through transitions, each allowed: ``walk("open", "submit")``."""

    def through(*kinds: str) -> Case:
        case = Case("2018-0001")
        for kind in kinds:
            at = NOW + timedelta(hours=2) if kind in ("start", "end") else NOW
            case, event = act(case, kind, at=at)
            assert event.kind == kind, event.data
        return case

    return through
