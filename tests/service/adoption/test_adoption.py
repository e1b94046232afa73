"""An adoption in a workspace: each act one entry, papers and packs kept by hash, attempts in the audit lines."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from answerable.case.adoption import commands as ask
from answerable.case.casefile import CaseFile
from answerable.case.casefile import template as casefile_template
from answerable.case.machine import Case
from answerable.clock import FixedClock
from answerable.errors import InputError, IntegrityError, NotAllowed, UsageError
from answerable.policy.pack import load_pack
from answerable.record.encode import parse_body
from answerable.record.readback import read_public
from answerable.service.adopt import adopted_pack, adoptions, pack_of_case
from answerable.service.adoption import act, open_adoption
from answerable.service.adoption_packs import copy_path
from answerable.service.adoption_said import public_adoption
from answerable.service.adoption_shown import list_adoptions, show_adoption
from answerable.service.answer import Answer
from answerable.service.fsck import check_record
from answerable.service.intel_earlier import earlier_estimate
from answerable.service.people import actor
from answerable.service.public_view import read_public_view
from answerable.service.workspace import Workspace, open_workspace

Walk = Callable[..., Answer]
DAY = timedelta(days=1)
LAPSED = "A-2018-0001"


def test_an_adoption_comes_into_force_by_its_decision(empty: Workspace, walk: Walk) -> None:
    with pytest.raises(NotAllowed, match=r"No pack uk\.armed_patrol has been adopted"):
        adopted_pack(empty)
    assert walk("adopt").state == "ADOPTED"
    assert adopted_pack(empty).hash == load_pack("uk.armed_patrol").hash
    assert adopted_pack(empty, "uk.armed_patrol").version == 1
    assert check_record(empty).clean


def test_every_act_is_one_entry_that_anyone_can_read(empty: Workspace, walk: Walk) -> None:
    told = walk("adopt")
    bodies = [body for _, body in read_public(empty.public) if body["kind"] != "close-day"]
    assert [body["kind"] for body in bodies] == [
        "begin", "propose", "consult", "notice", "respond", "reach", "consider", "outcome", "adopt",
    ]  # fmt: skip
    assert {body["case"] for body in bodies[1:]} == {told.id}
    assert "pretend" not in str(bodies)


def test_the_papers_are_where_their_hashes_say(empty: Workspace, walk: Walk) -> None:
    walk("propose")
    documents = show_adoption(empty, LAPSED)["documents"]
    assert {one["kind"] for one in documents} == {"eia", "dpia", "draft_cia", "alternatives", "evidence"}
    for one in documents:
        content = (empty.public / one["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"]


@pytest.mark.parametrize(
    ("file", "says"),
    [("../secret.md", "beside its proposal"), ("page.html", "a file to read"), ("gone.md", "cannot be read"),
     ("empty.md", "is empty")],
)  # fmt: skip
def test_a_paper_that_cannot_be_used_leaves_nothing_behind(
    empty: Workspace, propose: Callable[..., Path], papers: Path, file: str, says: str
) -> None:
    (papers.parent / "secret.md").write_text("secret", encoding="utf8")
    (papers / "page.html").write_text("<script>", encoding="utf8")
    (papers / "empty.md").write_text("", encoding="utf8")
    proposal = propose(documents=[{"kind": "eia", "title": "EIA", "file": file}])
    with pytest.raises(InputError, match=says):
        open_adoption(empty, proposal, "policy-owner")
    assert list_adoptions(empty) == []
    assert not (empty.public / "papers").exists()


def test_a_paper_that_is_not_the_one_its_hash_names_is_refused(empty: Workspace, propose: Callable[..., Path]) -> None:
    other = [{"kind": "eia", "title": "EIA", "file": "eia.md", "sha256": "0" * 64}]
    with pytest.raises(InputError, match="not the one whose hash is given"):
        open_adoption(empty, propose(documents=other), "policy-owner")


def test_a_wrong_role_is_refused_and_kept_in_the_audit_lines_only(
    empty: Workspace, propose: Callable[..., Path], walk: Walk
) -> None:
    with pytest.raises(NotAllowed, match="takes the role policy_owner"):
        open_adoption(empty, propose(), "applicant")
    assert not (empty.public / "packs").exists(), "nothing is kept of what did not happen"
    told = walk("propose")
    with pytest.raises(NotAllowed, match="takes the role chief_officer"):
        act(empty, told.id, ask.Adopt("Mine."), "policy-owner")
    lines = empty.store.audit(told.id)
    assert [(line.actor, line.action) for line in lines] == [("applicant", "propose"), ("policy-owner", "adopt")]
    assert len(empty.store.events(told.id)) == 1


def test_one_person_with_two_accounts_cannot_propose_and_decide(empty: Workspace, walk: Walk) -> None:
    told = walk("outcome")
    person = empty.store.person("policy-owner")
    assert person is not None
    empty.store.add_person(type(person)("second-account", person.person, ("chief_officer",)))
    with pytest.raises(NotAllowed, match="acted as policy_owner"):
        act(empty, told.id, ask.Adopt("Mine."), "second-account")
    assert ("chief_officer", "policy_owner") in empty.store.separated()


def test_a_blocked_decision_is_recorded_with_its_rules(empty: Workspace, walk: Walk) -> None:
    told = walk("consult")
    early = act(empty, told.id, ask.Adopt("At once."), "chief-officer")
    assert (early.state, early.blocked_by) == ("CONSULTING", ("G3", "G4", "G5", "N1"))
    assert "G3  It is open until" in early.text()
    assert show_adoption(empty, told.id)["events"][-1]["kind"] == "blocked"
    assert early.as_json()["blocked_by"] == ["G3", "G4", "G5", "N1"]


def test_a_policy_that_was_blocked_is_no_earlier_judgement_of_a_deployment(
    empty: Workspace, walk: Walk, clock: FixedClock
) -> None:
    told = walk("consult")
    assert act(empty, told.id, ask.Adopt("Now."), "chief-officer").kind == "blocked"
    casefile = CaseFile.read_text(casefile_template())
    assert earlier_estimate(empty, Case("2018-0001"), casefile, actor(empty, "analyst"), clock.now()) is None


def test_what_is_shown_answers_who_was_asked_and_what_changed(empty: Workspace, walk: Walk, clock: FixedClock) -> None:
    walk("adopt")
    clock.advance(hours=24 * 10)
    shown = show_adoption(empty, LAPSED)
    assert shown["not_reached"] == ["Young people under 25"]
    assert shown["stances"]["oppose"] == 1
    assert {one["theme"]: one["changed_what"] for one in shown["themes"]}["fear"] == "Fear is a metric of its own."
    assert [test["rule"] for test in shown["gunning"]] == ["G1", "G2", "G3", "G4", "G5"]
    assert all(test["holds"] and test["reason"] and test["src"] for test in shown["gunning"])
    assert (shown["in_force"], shown["days_to_sunset"]) == (True, 355)
    assert shown["evaluation_due_at"] == "2019-11-01T00:00:00Z"
    assert "Only at night." not in str(shown), "there was no consent to publish it"


def test_the_public_folder_alone_says_the_same(empty: Workspace, walk: Walk) -> None:
    walk("adopt")
    now = empty.clock.now()
    (told,) = (public_adoption(name, e, now) for name, e in read_public_view(empty.public, now).adoptions.items())
    shown = show_adoption(empty, LAPSED)
    assert told == {key: value for key, value in shown.items() if key in told}
    assert shown.keys() - told.keys() == {"in_force", "alarms", "overdue_referrals"}


def test_an_undecided_one_shows_how_its_tests_stand_now(empty: Workspace, walk: Walk) -> None:
    walk("consult")
    shown = show_adoption(empty, LAPSED)
    assert shown["tests_as_of"] == "now"
    assert shown["consultation"]["days_left"] == 42
    assert {test["rule"] for test in shown["tests"] if not test["holds"]} == {"G3", "G4", "G5", "N1"}


def test_there_is_no_such_adoption(empty: Workspace, walk: Walk) -> None:
    walk("propose")
    for name in ("A-2018-0009", "", "2018-0001"):
        with pytest.raises(UsageError, match="no such adoption"):
            show_adoption(empty, name)


def test_an_edited_copy_of_the_pack_in_force_is_an_alarm(empty: Workspace, walk: Walk) -> None:
    walk("adopt")
    pack = adopted_pack(empty)
    path = copy_path(empty.public, pack.name, pack.version, pack.hash)
    path.write_text(path.read_text(encoding="utf8").replace("value: 6", "value: 60"), encoding="utf8")
    with pytest.raises(IntegrityError, match="not the one that was adopted"):
        adopted_pack(empty)
    path.unlink()
    with pytest.raises(IntegrityError, match="not the one that was adopted"):
        adopted_pack(empty)


def test_two_who_open_at_once_get_two_numbers(empty: Workspace, propose: Callable[..., Path]) -> None:
    proposal = propose()
    failed: list[Exception] = []

    def open_one() -> None:
        try:
            with open_workspace(empty.folder, empty.clock) as mine:
                open_adoption(mine, proposal, "policy-owner")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=open_one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [one["id"] for one in list_adoptions(empty)] == ["A-2018-0001", "A-2018-0002", "A-2018-0003"]


def test_two_who_decide_at_once_decide_once(empty: Workspace, walk: Walk, clock: FixedClock) -> None:
    told = walk("outcome")
    outcomes: list[str] = []

    def decide(command: ask.Command) -> None:
        with open_workspace(empty.folder, empty.clock) as mine:
            try:
                outcomes.append(act(mine, told.id, command, "chief-officer").kind)
            except NotAllowed as error:
                outcomes.append(error.what)

    both = (ask.Adopt("Rare and grave."), ask.Reject("People are against it."))
    clock.set(clock.now() + DAY)
    threads = [threading.Thread(target=decide, args=(command,)) for command in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    decided = [one for one in outcomes if one in ("adopt", "reject")]
    assert len(decided) == 1
    assert len([e for e in empty.store.events(told.id) if e.kind in ("adopt", "reject")]) == 1


def test_a_version_has_one_content(empty: Workspace, walk: Walk, papers: Path, propose: Callable[..., Path]) -> None:
    walk("adopt")
    text = load_pack("uk.armed_patrol").text().replace("value: 6", "value: 5", 1)
    (papers / "stricter.yaml").write_text(text, encoding="utf8")
    with pytest.raises(InputError, match=r"Version 1 of uk\.armed_patrol was adopted with other rules"):
        open_adoption(empty, propose(pack="stricter.yaml"), "policy-owner")


def test_a_case_s_own_version_of_the_pack_can_always_be_read(empty: Workspace, walk: Walk, clock: FixedClock) -> None:
    walk("adopt")
    clock.advance(hours=24 * 400)
    with pytest.raises(NotAllowed, match="reached its sunset"):
        adopted_pack(empty)
    assert pack_of_case(empty, "uk.armed_patrol@1").hash == load_pack("uk.armed_patrol").hash
    with pytest.raises(NotAllowed, match="never adopted here"):
        pack_of_case(empty, "uk.armed_patrol@7")


def test_the_entry_of_an_adoption_states_every_rule(empty: Workspace, walk: Walk) -> None:
    walk("adopt")
    (event,) = empty.store.events(kinds=("adopt",))
    data = parse_body(event.body)["data"]
    assert {rule["id"] for rule in data["rules"]} == {rule.id for rule in load_pack("uk.armed_patrol").rules}
    assert data["stop_rules"][0]["metric"] == "confidence_overall"
    assert [one.pack_hash for one in adoptions(empty)] == [data["hash"]]
