"""Impact assessments are signed by their authors, who then decide nothing: in Python, and in the store against SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.service.cases import Answer, act, show_case
from answerable.service.people import add_person
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]
Take = Callable[..., Answer]
File = Callable[..., Path]
AUTHORISE = Command("authorise", reasons="Two origins agree.")
SIGN = {"community_impact": "community-lead", "equality_impact": "equality-lead"}
RULE = {"community_impact": "AP39", "equality_impact": "AP40"}


@pytest.fixture
def submitted(workspace: Workspace, opened: Opened, sound: dict[str, Any], take: Take) -> str:
    """A case handed in, with nothing signed."""
    case = opened(sound)
    take(case, "submit")
    return case


@pytest.mark.parametrize("missing", SIGN)
def test_what_nobody_signed_does_not_count(workspace: Workspace, submitted: str, missing: str) -> None:
    for name, author in SIGN.items():
        if name != missing:
            act(workspace, submitted, Command(name), author)
    assert act(workspace, submitted, Command("assess"), "analyst").blocked_by == (RULE[missing],)
    act(workspace, submitted, Command(missing), SIGN[missing])
    assert act(workspace, submitted, Command("assess"), "analyst").state == "ASSESSED"


@pytest.mark.parametrize("name", SIGN)
@pytest.mark.parametrize("account", ["applicant", "analyst", "authoriser", "chief-officer", "disclosure"])
def test_only_its_author_signs_an_assessment(workspace: Workspace, submitted: str, name: str, account: str) -> None:
    with pytest.raises(NotAllowed, match="takes the role"):
        act(workspace, submitted, Command(name), account)
    assert [line.action for line in workspace.store.audit(submitted)] == [name]


@pytest.mark.parametrize("name", SIGN)
def test_nobody_else_changes_an_assessment_by_another_act(
    workspace: Workspace, submitted: str, sound: dict[str, Any], section_file: File, name: str
) -> None:
    before = workspace.store.events(submitted)
    field = "escalation" if name == "community_impact" else "summary"
    changed = section_file("changed", {name: {**sound[name], field: "It is all quite harmless."}})
    for kind, account in (("assess", "analyst"), (next(one for one in SIGN if one != name), "community-lead")):
        with pytest.raises(InputError, match="is its author's"):
            act(workspace, submitted, Command(kind), account, added=changed)
    assert workspace.store.events(submitted) == before
    act(workspace, submitted, Command(name), SIGN[name], added=changed)
    assert show_case(workspace, submitted)["events"][-1]["data"][name][field] == "It is all quite harmless."


def test_a_new_version_counts_only_once_it_is_signed_and_the_same_words_need_no_second_signature(
    workspace: Workspace, submitted: str, sound: dict[str, Any], section_file: File
) -> None:
    for name, author in SIGN.items():
        act(workspace, submitted, Command(name), author)
    same = section_file("same", {"community_impact": sound["community_impact"]})
    assert act(workspace, submitted, Command("assess"), "analyst", added=same).state == "ASSESSED"


def test_an_assessment_that_is_not_there_cannot_be_signed(
    workspace: Workspace, opened: Opened, sound: dict[str, Any]
) -> None:
    case = opened({name: value for name, value in sound.items() if name != "community_impact"})
    with pytest.raises(UsageError, match="no community impact assessment to sign"):
        act(workspace, case, Command("community_impact"), "community-lead")


@pytest.mark.parametrize("name", SIGN)
def test_its_author_cannot_authorise_under_another_account_either(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], take: Take, name: str
) -> None:
    role = SIGN[name].replace("-", "_")
    add_person(workspace, "second", ("authoriser",), person=f"pretend {role}", holds=("sfc:2019-12-31",))
    case = opened(sound)
    take(case, "consult")
    with pytest.raises(NotAllowed, match=f"acts as {role} on a case cannot also act as authoriser"):
        act(workspace, case, AUTHORISE, "second")


@pytest.mark.parametrize("name", SIGN)
def test_whoever_authorised_cannot_write_the_assessment_afterwards(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], take: Take, name: str
) -> None:
    role = SIGN[name].replace("-", "_")
    add_person(workspace, "second", (role,), person="pretend authoriser")
    case = opened(sound)
    take(case, "authorise")
    with pytest.raises(NotAllowed, match="cannot also act as"):
        act(workspace, case, Command(name), "second")


@pytest.mark.parametrize("name", SIGN)
def test_the_store_keeps_them_apart_against_direct_sql(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], take: Take, name: str
) -> None:
    role = SIGN[name].replace("-", "_")
    add_person(workspace, "second", ("authoriser",), person=f"pretend {role}", holds=("sfc:2019-12-31",))
    case = opened(sound)
    take(case, "consult")
    with sqlite3.connect(workspace.folder / "record.sqlite") as db:
        (seq, version) = db.execute(
            "SELECT (SELECT max(seq) FROM events), max(case_version) FROM events WHERE case_id = ?", (case,)
        ).fetchone()
        row = (seq + 1, case, version + 1, "authorise", "2018-11-30T18:00:00Z", "second", f"pretend {role}")
        with pytest.raises(sqlite3.IntegrityError, match="office separation"):
            db.execute(
                "INSERT INTO events (seq, case_id, case_version, kind, at, actor, person, office, body, blind)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'authoriser', ?, ?)",
                (*row, b"{}", bytes(32)),
            )
    db.close()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"originator": ""}, "says its originator"),
        ({"evaluator": ""}, "says its evaluator"),
        ({"originator": "", "evaluator": " "}, "its originator and its evaluator"),
        ({"originator": "One office", "evaluator": "One office"}, "not who brought it"),
        ({"originator": "analyst", "evaluator": "pretend analyst"}, "one person"),
    ],
)
def test_a_report_in_a_case_file_is_evaluated_by_another_than_brought_it(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], change: dict[str, str], says: str
) -> None:
    first, *others = sound["reports"]
    before = workspace.store.head()
    with pytest.raises(InputError, match=says):
        opened({**sound, "reports": [{**first, **change}, *others]})
    assert workspace.store.head() == before


def test_reports_handed_in_later_are_held_to_the_same(
    workspace: Workspace, submitted: str, sound: dict[str, Any], section_file: File
) -> None:
    first, *others = sound["reports"]
    nameless = section_file("reports", {"reports": [{**first, "evaluator": ""}, *others]})
    with pytest.raises(InputError, match="says its evaluator"):
        act(workspace, submitted, Command("assess"), "analyst", added=nameless)


@pytest.mark.parametrize("said", ["uk.armed_patrol:strict", "uk.section60", "uk.section60:busss2014", "nothing"])
def test_a_file_for_another_pack_or_profile_opens_no_case(opened: Opened, sound: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match="names another pack"):
        opened({**sound, "pack": said})


def test_overdue_referrals_are_shown_with_the_adoption_under_which_they_were_made(
    workspace: Workspace, opened: Opened, sound: dict[str, Any], take: Take, clock: Any
) -> None:
    from datetime import timedelta

    from answerable.service.adopt import adoptions
    from answerable.service.adoption_shown import _overdue_referrals

    case = opened(sound)
    take(case, "assess")
    (adoption,) = adoptions(workspace)
    assert _overdue_referrals(workspace, adoption) == []
    clock.set(clock.now() + timedelta(days=10))
    (one,) = _overdue_referrals(workspace, adoption)
    assert (one["case"], one["option"], one["due"]) == (case, "child_exploitation_safeguarding", "2018-12-07T00:00:00Z")
    clock.set(clock.now() + timedelta(days=60))
    assert len(_overdue_referrals(workspace, adoption)) == 3
