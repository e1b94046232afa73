"""What the tests of cases share: the pack, a sound case file, people in their roles, and a way to walk a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.casefile import CaseFile, template
from answerable.case.facts import FIRST_CASE, facts_of
from answerable.case.machine import Actor, Case, Command, Event, LogEntry, Proposal, decide
from answerable.case.sections import public_sections
from answerable.place import Window
from answerable.policy.pack import Pack, load_pack
from answerable.policy.reading import read_yaml

NOW = datetime(2018, 11, 30, 18, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WHO = {
    "open": "applicant", "community_impact": "community_lead", "equality_impact": "equality_lead",
    "submit": "applicant", "assess": "analyst", "advise": "local_commander", "answer": "applicant",
    "authorise": "authoriser", "urgent": "urgent_authoriser", "ratify": "authoriser",
    "refuse": "authoriser", "withdraw": "applicant", "start": "operational_commander", "review": "reviewer",
    "extend": "authoriser", "end": "operational_commander", "revoke": "authoriser", "reasons": "authoriser",
    "log": "operational_commander", "referral": "analyst", "debrief": "operational_commander",
    "evaluate": "evaluator", "close": "disclosure",
}  # fmt: skip
HOLDS = {"authoriser": ("sfc until 2018-12-31",), "urgent_authoriser": ("tfc until 2018-12-31",)}
CHIEF = frozenset({"authoriser", "sfc until 2018-12-31", "chief_officer"})
# When each step of a sound case is taken, after NOW; the window begins after two hours and ends after six.
WHEN = {
    "advise": 10 * MINUTE, "authorise": 45 * MINUTE, "start": 2 * HOUR, "review": 3 * HOUR, "log": 3 * HOUR,
    "extend": 3.5 * HOUR, "end": 4 * HOUR, "debrief": 5 * HOUR, "evaluate": 40 * 24 * HOUR, "close": 41 * 24 * HOUR,
}  # fmt: skip
LATER = {
    "start": {"unarmed_present": True, "briefed": True},
    "debrief": {
        "flags": {"weapon_drawn": False, "force_used": False, "injury": False, "complaint": False,
                  "iopc_referral": False},
        "ho": {"operations": 1, "arv": True, "discharges": 0},
        "under_18_contacts": 1,
        "community_impact_review": "Calm; stewards were asked about it twice.",
    },
    "evaluation": {
        "verdict": "cannot_tell",
        "measures": {name: {"says": "As in the comparison areas."} for name in (
            "violence_area", "violence_buffer", "violence_control", "officer_safety", "confidence_overall",
            "confidence_by_group", "fear", "reassurance", "displacement", "cost")},
        "limits": "One deployment cannot show an effect.",
    },
    "closing": {"redactions": []},
}  # fmt: skip
EXTENSION = {
    "tests": {
        "legal": {"answer": True, "reasons": "Armed men were seen at the north stairwell a quarter of an hour ago."},
        "extreme": {"answer": True, "harm": "loss_of_life", "reasons": "Shots were heard; people are still outside."},
    }
}
REVIEWED = {"at": "2018-11-30T21:00", "text": "Calm so far; the stewards ask for it to stay small."}


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
def whole(document: dict[str, Any]) -> CaseFile:
    """The template with every later section filled in, an extension and a review among them."""
    impact = {**document["community_impact"], "reviewed": REVIEWED}
    return CaseFile.read({**document, **LATER, "extension": EXTENSION, "community_impact": impact})


@pytest.fixture(scope="session")
def sound(whole: CaseFile) -> dict[str, Any]:
    """The facts of that file, with a rarity level: nothing blocks."""
    return facts_of(whole, NOW + 4 * HOUR, {**FIRST_CASE, "rarity.level": "notice"}) | {
        name: value
        for name, value in facts_of(whole.model_copy(update={"community_impact": None}), NOW).items()
        if name.endswith(("age_h", "within_h"))
    }


@pytest.fixture(scope="session")
def sections(whole: CaseFile) -> dict[str, Any]:
    """The public sections of that file."""
    return public_sections(whole)


@pytest.fixture(scope="session")
def people(pack: Pack) -> Mapping[str, Actor]:
    """One person for each role, holding what such a role takes; and a chief officer who may authorise."""
    roles = sorted({role for roles in pack.roles.values() for role in roles})
    held = {role: frozenset({role, *HOLDS.get(role, ())}) for role in roles} | {"chief": CHIEF}
    return {role: Actor(f"person {role}", f"account {role}", held[role]) for role in held}


@pytest.fixture(scope="session")
def proposal() -> Proposal:
    """What the template asks for."""
    window = Window(NOW + 2 * HOUR, NOW + 6 * HOUR)
    return Proposal(
        "Armed support beside the cordon", "imminent_intel", "Example Estate", 0.503, window, "Europe/London"
    )


PATROL = LogEntry(NOW + 2 * HOUR + 15 * MINUTE, "foot_patrol", "27700:250:2100:780", officers=4, minutes=60)
DEFAULTS: dict[str, dict[str, Any]] = {
    "advise": {"stance": "support", "text": "A short patrol beside the cordon is right.", "publish": True},
    "review": {
        "outcome": "continue",
        "checks": {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."},
    },
    "extend": {"ends_at": NOW + 8 * HOUR},
    "log": {"entries": (PATROL,)},
}


def full(sections: Mapping[str, Any]) -> dict[str, Any]:
    """Return sections in which the rapid community impact assessment has been made full."""
    return {**sections, "community_impact": {**sections["community_impact"], "form": "full"}}


@pytest.fixture
def act(
    pack: Pack, sound: dict[str, Any], sections: dict[str, Any], people: Mapping[str, Actor], proposal: Proposal
) -> Callable[..., tuple[Case, Event]]:
    """Do one command: ``act(case, "submit", at=..., by=..., facts=..., reasons=...)``; what is not said is sound."""

    def do(case: Case, kind: str, **asked: Any) -> tuple[Case, Event]:
        at, by = (
            asked.pop("at", max(NOW + WHEN.get(kind, 0 * HOUR), case.last_at or NOW)),
            asked.pop("by", people[WHO[kind]]),
        )
        by = people[by] if isinstance(by, str) else by
        facts = {**sound, **asked.pop("facts", {})}
        given = {**DEFAULTS.get(kind, {}), **asked}
        given.setdefault("reasons", "Because of the reports cited.")
        given.setdefault("what_would_change", "Better intelligence.")
        given.setdefault("sections", full(sections) if kind in ("debrief", "evaluate", "close") else sections)
        event = decide(case, Command(kind, proposal=proposal, **given), facts, pack, by, at)
        return case.after(event), event

    return do


@pytest.fixture
def walk(act: Callable[..., tuple[Case, Event]]) -> Callable[..., Case]:
    """Walk a new case through transitions, each allowed and at its usual time: ``walk("open", "submit")``."""

    def through(*kinds: str) -> Case:
        case = Case("2018-0001")
        for kind in kinds:
            case, event = act(case, kind)
            assert event.kind == kind, event.data
        return case

    return through
