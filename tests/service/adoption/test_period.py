"""The life of an adopted pack in a workspace: it ends, is renewed, is varied in haste, and is stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.case.adoption import commands as ask
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed
from answerable.policy.pack import load_pack
from answerable.record.readback import read_public
from answerable.service.adopt import adopted_pack, alarms_of, standing_of
from answerable.service.adoption import act, open_adoption
from answerable.service.adoption_period import publish_evaluation, renew
from answerable.service.adoption_shown import list_adoptions, show_adoption
from answerable.service.answer import Answer
from answerable.service.statement import statement
from answerable.service.workspace import Workspace

Walk = Callable[..., Answer]
PACK = "uk.armed_patrol"


@pytest.fixture
def second(papers: Path) -> Callable[..., str]:
    """Write the next version of the pack with another longest window, and return its file's name."""

    def write(hours: float = 8, version: int = 2) -> str:
        text = load_pack(PACK).text()
        changed = text.replace("version: 1", f"version: {version}", 1).replace("value: 6", f"value: {hours:g}", 1)
        assert changed.count(f"value: {hours:g}") > text.count(f"value: {hours:g}")
        (papers / "second.yaml").write_text(changed, encoding="utf8")
        return "second.yaml"

    return write


@pytest.fixture
def hasty(propose: Callable[..., Path], second: Callable[..., str]) -> Callable[..., Path]:
    """Write a proposal to loosen the pack for a few days."""

    def write(days: float = 3, version: int = 2) -> Path:
        critical = {"days": days, "why": "A vehicle attack was announced."}
        return propose("hasty.yaml", pack=second(8, version), opens=None, closes=None, time_critical=critical)

    return write


def test_v12_after_its_sunset_nothing_can_be_decided(empty: Workspace, walk: Walk, clock: FixedClock) -> None:
    """V12: this pack fails closed, the force acts outside this tactic, the commissioner has notice."""
    walk("adopt")
    clock.advance(hours=24 * 366)
    with pytest.raises(NotAllowed) as refused:
        adopted_pack(empty)
    said = str(refused.value)
    assert "reached its sunset: nothing can be decided under it" in said
    assert "The force acts under ordinary APP command, outside this tactic" in said
    assert "does not limit armed response" in said
    (alarm,) = alarms_of(empty)
    assert (alarm.kind, "pcc" in alarm.to) == ("sunset", True)
    with pytest.raises(NotAllowed):
        adopted_pack(empty)
    (notice,) = [body["data"] for _, body in read_public(empty.public) if body["kind"] == "alarm"]
    assert notice == alarm.as_json(), "the notice is given once, in public"
    assert list_adoptions(empty)[0]["state"] == "SUNSET"


def test_a_renewal_needs_its_evaluation(empty: Workspace, walk: Walk, clock: FixedClock, papers: Path) -> None:
    told = walk("adopt")
    clock.advance(hours=24 * 300)
    asked = {"reasons": "It kept its limits.", "months": 12, "evaluation_due": "2020-10-01"}
    assert [alarm.kind for alarm in alarms_of(empty)] == ["evaluation_overdue"]
    assert renew(empty, told.id, "chief-officer", **asked).blocked_by == ("E1",)
    paper = papers / "first-year.md"
    paper.write_text("It cannot be told whether violence fell.", encoding="utf8")
    publish_evaluation(empty, told.id, "evaluator", title="First year", verdict="Cannot tell.", file=paper)
    assert alarms_of(empty) == ()
    assert renew(empty, told.id, "chief-officer", **asked).state == "RENEWED"
    clock.advance(hours=24 * 100)
    assert adopted_pack(empty).version == 1
    (published,) = show_adoption(empty, told.id)["evaluations"]
    assert "papers/" in published["file"]
    with pytest.raises(InputError, match="not a time"):
        renew(empty, told.id, "chief-officer", **{**asked, "evaluation_due": "next year"})


def test_a_repeal_is_at_once(empty: Workspace, walk: Walk) -> None:
    told = walk("adopt")
    act(empty, told.id, ask.Repeal("It did not keep its promise."), "chief-officer")
    with pytest.raises(NotAllowed, match="was repealed"):
        adopted_pack(empty)
    assert standing_of(empty, PACK).why == "repealed"


def test_a_ceiling_that_is_raised_is_a_loosening_and_takes_a_new_adoption(
    empty: Workspace, walk: Walk, clock: FixedClock, propose: Callable[..., Path], second: Callable[..., str]
) -> None:
    """G29: loosening a ceiling needs everything that the first adoption needed."""
    walk("adopt")
    told = open_adoption(empty, propose(pack=second(8)), "policy-owner")
    shown = show_adoption(empty, told.id)
    assert (shown["changes_from"], shown["loosens"]) == ("uk.armed_patrol@1", True)
    assert "loosen" in [change["kind"] for change in shown["changes"]]
    refused = act(empty, told.id, ask.Adopt("Six hours are too short."), "chief-officer")
    assert refused.blocked_by == ("G1", "G3", "G4", "G5", "N1")
    assert adopted_pack(empty).version == 1


def test_a_time_critical_loosening_reverts_by_itself(
    empty: Workspace, walk: Walk, clock: FixedClock, hasty: Callable[..., Path]
) -> None:
    walk("adopt")
    clock.advance(hours=24)
    told = open_adoption(empty, hasty(3), "policy-owner")
    assert act(empty, told.id, ask.Adopt("It cannot wait."), "chief-officer").blocked_by == ("T2",)
    act(empty, told.id, ask.Notice("The commissioner", how="telephone and letter"), "pcc-liaison")
    assert act(empty, told.id, ask.Adopt("It cannot wait."), "chief-officer").state == "ADOPTED"
    assert (adopted_pack(empty).version, adopted_pack(empty).limit("window_h")) == (2, 8)
    clock.advance(hours=24 * 3)
    assert (adopted_pack(empty).version, adopted_pack(empty).limit("window_h")) == (1, 6)
    assert show_adoption(empty, told.id)["state"] == "REVERTED"
    again = open_adoption(empty, hasty(3, version=3), "policy-owner")
    act(empty, again.id, ask.Notice("The commissioner", how="letter"), "pcc-liaison")
    assert act(empty, again.id, ask.Adopt("Again."), "chief-officer").blocked_by == ("T3",)


def test_the_consultation_may_tighten_the_pack(
    empty: Workspace, walk: Walk, clock: FixedClock, papers: Path, second: Callable[..., str]
) -> None:
    told = walk("consider")
    looser = papers / second(8)
    outcome = ask.Outcome("We heard you.")
    assert act(empty, told.id, outcome, "policy-owner", pack_file=looser).blocked_by == ("P1",)
    stricter = papers / second(4)
    assert act(empty, told.id, outcome, "policy-owner", pack_file=stricter).kind == "outcome"
    assert act(empty, told.id, ask.Adopt("Stricter is better."), "chief-officer").state == "ADOPTED"
    assert (adopted_pack(empty).version, adopted_pack(empty).limit("window_h")) == (2, 4)


def test_the_outcome_keeps_the_pack_s_name(empty: Workspace, walk: Walk, papers: Path) -> None:
    told = walk("consider")
    other = load_pack(PACK).text().replace("pack: uk.armed_patrol", "pack: uk.other", 1)
    (papers / "other.yaml").write_text(other, encoding="utf8")
    with pytest.raises(InputError, match="another name"):
        act(empty, told.id, ask.Outcome("?"), "policy-owner", pack_file=papers / "other.yaml")


OPENED = {
    "pack": "uk.armed_patrol@1",
    "title": "Armed support beside the cordon",
    "trigger": "imminent_intel",
    "area": {"name": "Canal Side", "km2": 0.3},
    "window": {"from": "2019-02-01T20:00:00Z", "to": "2019-02-02T00:00:00Z"},
    "lapses_at": "2019-02-01T20:00:00Z",
    "time_zone": "Europe/London",
}
AUTHORISED = {
    "starts_at": "2019-02-01T20:00:00Z",
    "ends_at": "2019-02-02T00:00:00Z",
    "start_by": "2019-02-02T00:00:00Z",
    "reasons": "A life is at stake.",
    "conditions": [],
}


def _evaluated(workspace: Workspace, case: str, change: float) -> None:
    """Put a deployment and its evaluation into the record as their own room would write them."""
    said: dict[str, Any] = {"verdict": "no_difference", "measures": {"confidence_overall": change}, "limits": ""}
    for version, kind, data, account in (
        (1, "open", OPENED, "applicant"),
        (2, "evaluate", said, "evaluator"),
    ):
        office = account.replace("-", "_")
        entry = statement(workspace, kind, data, office=office, case_id=case, case_version=version, account=account)
        workspace.store.append([entry])


def test_two_evaluations_with_a_fall_in_confidence_suspend_the_pack(
    empty: Workspace, walk: Walk, clock: FixedClock, papers: Path
) -> None:
    told = walk("adopt")
    for number, change in enumerate((-8, -6), start=1):
        clock.advance(hours=24)
        adopted_pack(empty)
        _evaluated(empty, f"2019-000{number}", change)
    with pytest.raises(NotAllowed, match="suspended by its stop rule"):
        adopted_pack(empty)
    assert [alarm.kind for alarm in alarms_of(empty)] == ["suspended"]
    clock.advance(hours=24)
    paper = papers / "review.md"
    paper.write_text("What went wrong.", encoding="utf8")
    publish_evaluation(empty, told.id, "evaluator", title="Review", verdict="Confidence fell.", file=paper)
    due = "2019-10-01"
    renewed = renew(empty, told.id, "chief-officer", reasons="Changed practice.", months=9, evaluation_due=due)
    assert renewed.state == "RENEWED"
    assert adopted_pack(empty).version == 1


def test_deployments_under_a_version_show_that_nothing_is_formative_about_it(
    empty: Workspace, walk: Walk, propose: Callable[..., Path]
) -> None:
    told = walk("outcome")
    entry = statement(
        empty, "open", OPENED, office="applicant", case_id="2019-0001", case_version=1,
        account="applicant",
    )  # fmt: skip
    decided = statement(
        empty, "authorise", AUTHORISED, office="authoriser", case_id="2019-0001", case_version=2, account="authoriser",
        after=[entry],
    )  # fmt: skip
    empty.store.append([entry, decided])
    refused = act(empty, told.id, ask.Adopt("Rare and grave."), "chief-officer")
    assert refused.blocked_by == ("G1",)
    assert "1 deployment was authorised under this version" in refused.text()
