"""One person behind each account: however a name is written, and nothing in it that cannot be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.case.holds import account_facts
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.service.people import actor, add_person, give_holding, given_later
from answerable.service.workspace import Workspace


@pytest.mark.parametrize(
    "written",
    [
        "jo smith",
        "Jo Smith ",
        "Jo  Smith",
        "Jo\u00a0Smith",
        "\uff2ao Smith",
        "\u0408\u043e Smith",
        "JO SMITH",
        "Jo\tSmith",
    ],
)
def test_a_person_with_two_accounts_is_one_however_the_name_is_written(workspace: Workspace, written: str) -> None:
    add_person(workspace, "first", ("authoriser",), "Jo Smith")
    if "\t" in written:
        with pytest.raises(InputError, match="cannot be seen"):
            add_person(workspace, "second", ("applicant",), written)
        return
    assert add_person(workspace, "second", ("applicant",), written).person == "Jo Smith"
    assert {one.person for one in workspace.store.people() if one.account in ("first", "second")} == {"Jo Smith"}


def test_an_account_without_a_person_may_be_named_after_one(workspace: Workspace) -> None:
    add_person(workspace, "first", ("authoriser",), "Jo Smith")
    assert add_person(workspace, "jo smith", ("applicant",)).person == "Jo Smith"
    assert add_person(workspace, "third", ("applicant",), "Jo Smythe").person == "Jo Smythe"


@pytest.mark.parametrize("unseen", ["\x1b[31m", "\u200b", "\u202e", "\n", "\u2028", "\u00ad"])
def test_names_with_characters_that_cannot_be_seen_are_refused(workspace: Workspace, unseen: str) -> None:
    before = workspace.store.people()
    with pytest.raises(InputError, match="this account has characters that cannot be seen"):
        add_person(workspace, f"jo{unseen}smith", ("applicant",))
    with pytest.raises(InputError, match="this person has characters that cannot be seen") as caught:
        add_person(workspace, "jo", ("applicant",), f"Jo{unseen}Smith")
    assert unseen not in str(caught.value)
    assert workspace.store.people() == before


@pytest.mark.parametrize("name", ["", " jo", "jo ", "\u00a0jo", "   "])
def test_an_account_name_has_no_space_around_it(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError, match="neither begins nor ends with a space"):
        add_person(workspace, name, ("applicant",))


@pytest.mark.parametrize("name", ["Applicant", "applicant", "\uff41pplicant", "\u0430pplicant"])
def test_an_account_named_like_another_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(InputError, match=r"already an account of that name\. \(applicant\)"):
        add_person(workspace, name, ("applicant",), "Jo Smith")


def test_a_program_has_no_other_role(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no other role") as caught:
        add_person(workspace, "robot", ("service", "authoriser"))
    assert "service with authoriser" in str(caught.value)
    assert add_person(workspace, "robot", ("service",)).roles == ("service",)


def test_an_accreditation_is_renewed_on_the_same_account_and_its_history_stays(
    workspace: Workspace, clock: FixedClock
) -> None:
    add_person(workspace, "commander", ("authoriser",), holds=("sfc:2018-12-01",))
    catalogue = workspace.pack.catalogue

    def accredited(days: int) -> object:
        at = clock.now() + timedelta(days=days)
        return account_facts(actor(workspace, "commander").roles, at, catalogue)["authoriser.accredited"]

    assert (accredited(0), accredited(10)) == (True, False)
    assert give_holding(workspace, "commander", "sfc:2019-06-30") == "sfc until 2019-06-30"
    assert (accredited(0), accredited(10), accredited(400)) == (True, True, False)
    assert give_holding(workspace, "commander", "chief_officer") == "chief_officer"
    assert given_later(workspace, "commander") == ("sfc until 2019-06-30", "chief_officer")
    person = workspace.store.person("commander")
    assert person is not None
    assert person.roles == ("authoriser", "sfc until 2018-12-01")
    assert [(line.actor, line.reason) for line in workspace.store.audit() if line.action == "holds from now on"] == [
        ("commander", "sfc until 2019-06-30"),
        ("commander", "chief_officer"),
    ]


@pytest.mark.parametrize(
    ("account", "holding", "error", "says"),
    [
        ("nobody", "chief_officer", UsageError, "no such account"),
        ("robot", "chief_officer", NotAllowed, "program holds nothing"),
        ("closed", "chief_officer", NotAllowed, "closed"),
        ("authoriser", "king", UsageError, "no such thing to hold"),
        ("authoriser", "sfc", UsageError, "says when"),
        ("authoriser", "sfc:tomorrow", InputError, "not a date"),
        ("authoriser", "reviewer", UsageError, "no such thing to hold"),
    ],
)
def test_what_cannot_be_held_is_refused_and_nothing_is_kept(
    workspace: Workspace, clock: FixedClock, account: str, holding: str, error: type[Exception], says: str
) -> None:
    add_person(workspace, "robot", ("service",))
    add_person(workspace, "closed", ("authoriser",))
    workspace.store.disable_person("closed", clock.now())
    with pytest.raises(error, match=says):
        give_holding(workspace, account, holding)
    assert workspace.store.kept("holding") == ()
