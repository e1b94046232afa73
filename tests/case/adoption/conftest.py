"""What the tests of adoptions share: people, a sound proposal with its papers, and a way to walk an adoption."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.adoption import Adoption, Proposal, decide
from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Consideration, Reach, Response
from answerable.case.adoption.commands import Around
from answerable.case.adoption.proposal import template
from answerable.case.event import Actor, Event
from answerable.policy.pack import Pack, load_pack
from answerable.policy.reading import read_yaml

OPENS = datetime(2018, 12, 3, 9, tzinfo=UTC)
CLOSES = datetime(2019, 1, 14, 17, tzinfo=UTC)
DAY = timedelta(days=1)
WHO = {"notice": "pcc_liaison", "evaluation": "evaluator"} | dict.fromkeys(
    ("adopt", "reject", "renew", "repeal"), "chief_officer"
)

Act = Callable[..., tuple[Adoption, Event]]


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The example pack."""
    return load_pack("uk.armed_patrol")


@pytest.fixture(scope="session")
def people() -> Mapping[str, Actor]:
    """One person for each role."""
    roles = ("policy_owner", "chief_officer", "pcc_liaison", "evaluator", "applicant")
    return {role: Actor(f"person {role}", f"account {role}", frozenset({role})) for role in roles}


@pytest.fixture
def document() -> dict[str, Any]:
    """The template, with a hash for each of its papers."""
    read = copy.deepcopy(read_yaml(template(), "template"))
    for number, paper in enumerate(read["documents"]):
        paper["sha256"] = f"{number:064x}"
    return dict(read)


@pytest.fixture
def asked(document: dict[str, Any]) -> dict[str, Any]:
    """The commands of a sound adoption, by kind; change a copy."""
    tenants: dict[str, Any] = {"kind": "organisation", "org": "Tenants", "stance": "oppose", "themes": ("fear",)}
    tenants |= {"id": "1", "text": "No.", "publish": True}
    return {
        "propose": ask.Propose(Proposal.read(document)),
        "consult": ask.Consult(),
        "notice": ask.Notice("Police and crime commissioner", how="letter with the papers"),
        "respond": ask.Respond(
            (
                Response(**tenants),
                Response(id="2", kind="individual", stance="support", themes=("fear", "hours"), text="Only at night."),
            )
        ),
        "reach": ask.Reached(
            (
                Reach(org="Residents of the affected estates", reached=True, how="meetings in six wards"),
                Reach(org="Young people under 25", reached=False, how="the youth clubs were closed"),
            )
        ),
        "consider": ask.Consider(
            (
                Consideration(theme="fear", response="We measure it.", changed_what="Fear is a metric of its own."),
                Consideration(theme="hours", response="It may be needed at any hour.", why_not="Harm has no hours."),
            )
        ),
        "outcome": ask.Outcome("Most oppose it. We put it forward with fear measured by group."),
        "adopt": ask.Adopt("The harm is rare and grave, and the limits are tight."),
        "reject": ask.Reject("People are against it.", "A plan that young people were asked about."),
        "evaluation": ask.Evaluation("First year", "It cannot be told whether violence fell.", "e" * 64),
        "repeal": ask.Repeal("It did not keep its promise."),
    }


WHEN = {
    "propose": OPENS - 5 * DAY,
    "consult": OPENS,
    "notice": OPENS + DAY,
    "respond": OPENS + 10 * DAY,
    "reach": OPENS + 20 * DAY,
    "consider": CLOSES + DAY,
    "outcome": CLOSES + 7 * DAY,
    "adopt": CLOSES + 14 * DAY,
    "reject": CLOSES + 14 * DAY,
}
WHOLE = ("propose", "consult", "notice", "respond", "reach", "consider", "outcome", "adopt")


@pytest.fixture
def act(pack: Pack, people: Mapping[str, Actor], asked: dict[str, Any]) -> Act:
    """Do one thing: ``act(adoption, "consult", at=..., by=..., command=..., standing=...)``."""

    def do(adoption: Adoption, kind: str, **given: Any) -> tuple[Adoption, Event]:
        at, by = given.pop("at", WHEN.get(kind, CLOSES)), given.pop("by", people[WHO.get(kind, "policy_owner")])
        command = given.pop("command", None) or asked[kind]
        around = Around(**{"pack": pack, "tz": "Europe/London", **given})
        event = decide(adoption, command, by, around, at)
        return adoption.after(event), event

    return do


@pytest.fixture
def walk(act: Act) -> Callable[..., Adoption]:
    """Walk a new adoption up to and with ``last``, leaving out kinds in ``without``."""

    def through(last: str, *, without: tuple[str, ...] = (), **given: Any) -> Adoption:
        adoption = Adoption("A-2018-0001")
        for kind in WHOLE[: WHOLE.index(last) + 1]:
            if kind not in without:
                adoption, event = act(adoption, kind, **given)
                assert event.kind == kind, event.data
        return adoption

    return through
