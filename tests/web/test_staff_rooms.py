"""The rooms of those who inspect, protect data, chair a group or try a claim; and lists that are long."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from pathlib import Path

import pytest
from staff_site import ADDRESS, ASSAULT, CONSULTED, FIVE, PLANNED, Visitor, open_case, rehearsal, site
from starlette.types import ASGIApp

from answerable.clock import FixedClock
from answerable.service.case_board import CaseBoard
from answerable.service.case_lists import list_cases
from answerable.service.oversight import accredited, inspect
from answerable.service.people import give_holding
from answerable.service.workspace import open_workspace
from answerable.web.staff_cases import PER_PAGE
from answerable.web.staff_chair import MOST_WORDS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rehearsal(tmp_path / "w", consulted=True)


@pytest.fixture
def app(folder: Path) -> ASGIApp:
    return site(folder)


def test_an_inspector_sees_each_rule_beside_what_it_found_and_files_that_nobody_chose(app: ASGIApp) -> None:
    inspector = Visitor(app, "oversight")
    sections = {one["heading"]: one for one in inspector.get("/oversight.json").json()["sections"]}
    rules = {row[0]: row for row in sections["Rules beside what they found"]["table"]["rows"]}
    assert rules["AP05"][4:] == [1, 0, 0], "the two reports of the case hold"
    assert rules["AP05"][3]["text"] == CONSULTED
    assert "design" in rules["AP05"][2]
    assert sections["Sampled files"]["table"]["rows"][0][0]["text"] == CONSULTED
    looked = inspector.get("/processing.json").json()["lines"]
    assert any(one["kind"] == "oversight" and one["account"] == "oversight" for one in looked), (
        "that they looked is noted"
    )


def test_a_sample_is_the_same_for_everybody_until_the_log_grows(folder: Path, app: ASGIApp) -> None:
    for _ in range(3):
        open_case(Visitor(app, "applicant"), ASSAULT)
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        first, again = inspect(workspace), inspect(workspace)
        head = workspace.store.head()
    assert first.sample == again.sample
    assert head is not None
    ranked = sorted(first.sample, key=lambda one: hashlib.sha256(head.root + one.encode()).digest())
    assert list(first.sample) == ranked


def test_a_case_is_shown_as_it_was_known_at_each_moment(app: ASGIApp) -> None:
    inspector = Visitor(app, "oversight")
    first = inspector.get(f"/case-{CONSULTED}-as-known.json?entry=1").json()["sections"]
    now = inspector.get(f"/case-{CONSULTED}-as-known.json").json()["sections"]
    facts = [dict(map(tuple, one[0]["facts"])) for one in (first, now)]
    assert facts[0]["State then"] == "Draft"
    assert facts[0]["Advice by then"] == "none"
    assert facts[1]["State then"] == "Consulted"
    assert "object" in facts[1]["Advice by then"]
    assert first[1]["table"] is None, "no rule had been tested yet"
    assert inspector.get(f"/case-{CONSULTED}-as-known.html?entry=99").status_code == 400
    assert inspector.get("/case-2018-0099-as-known.html").status_code == 404


def test_a_frozen_case_holds_its_entries_its_proofs_and_the_hash_of_every_file(app: ASGIApp) -> None:
    handed = Visitor(app, "disclosure").get(f"/case-{CONSULTED}-file.zip")
    assert handed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(handed.content)) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    listed = dict(reversed(line.split("  ")) for line in files.pop("MANIFEST").decode().splitlines())
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    case = json.loads(files["case.json"])
    assert [one["adviser"] for one in case["advice"]][-1] == "iag_contact"
    assert {f"proofs/{one['index']}.tlog-proof" for one in case["events"]} <= set(files)
    seen = Visitor(app, "data-protection").get("/processing.json").json()["lines"]
    assert any((one["operation"], one["account"]) == ("disclosed", "disclosure") for one in seen)


def test_an_accreditation_that_has_run_out_is_shown(folder: Path) -> None:
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        give_holding(workspace, "authoriser", "sfc:2018-06-30")
        give_holding(workspace, "urgent-authoriser", "tfc:2019-06-30")
        told = {one["account"]: one["over"] for one in accredited(workspace)}
    assert told == {"authoriser": True, "urgent-authoriser": False}


def test_data_protection_sees_what_is_held_and_that_they_looked_is_noted(app: ASGIApp) -> None:
    officer = Visitor(app, "data-protection")
    sections = {one["heading"]: one for one in officer.get("/data-protection.json").json()["sections"]}
    held = dict(map(tuple, sections["What is held"]["table"]["rows"]))
    assert held["Intelligence reports: a reference, grades, a place, a window and a gist"] == 2
    assert "person of interest" in sections["What is held"]["paragraphs"][0]
    assert "Nothing was erased yet." in sections["Erased"]["paragraphs"]
    assert "fields of the national standard" in sections["Transparency record"]["paragraphs"][0]


def test_a_tasking_meeting_sees_proposals_reports_other_work_rarity_and_what_is_owed(app: ASGIApp) -> None:
    told = Visitor(app, "local-commander").get("/index.json").json()["tasking"]
    assert [(one["area"], one["count"], one["case"]) for one in told["proposed"]] == [(PLANNED["area"], 1, CONSULTED)]
    assert told["proposed"][0]["level"] == "notice"
    assert "number 1 in this area within a year" in told["proposed"][0]["sentence"]
    assert told["reports_fresh"] == 2
    assert {one["owner"] for one in told["running"]} >= {"Schools partnership"}
    assert "The whole force: 0 cases" in told["rarity"]
    assert told["owed"] == []
    assert Visitor(app, "analyst").get("/index.json").json()["tasking"] is None


def box(app: ASGIApp) -> tuple[Visitor, str]:
    chair = Visitor(app, "iag-contact")
    link = chair.act(f"/case-{CONSULTED}/chair/link")["link"]
    return chair, link.removeprefix(ADDRESS).removesuffix(".html")


def test_members_advise_without_a_name_and_the_chair_passes_it_on(app: ASGIApp, folder: Path) -> None:
    chair, address = box(app)
    member = Visitor(app)
    assert "No name, account or time of day is kept" in member.get(f"{address}.html").text
    sent = member.post(address, stance="object", text="My son walks there.", publish="yes")
    assert "Nobody is told who wrote it" in sent.text
    assert member.cookies == {}, "nobody is signed in, and nothing is remembered of them"
    member.post(address, stance="support", text="Please do come.", publish="no")
    waiting = chair.get(f"/case-{CONSULTED}-chair.json").json()["notes"]
    assert {one["text"] for one in waiting} == {"My son walks there.", "Please do come."}
    before = len(chair.get(f"/case-{CONSULTED}.json").json()["advice"])
    by_text = {one["text"]: one["note"] for one in waiting}
    chair.act(f"/case-{CONSULTED}/chair/pass", note=by_text["My son walks there."])
    assert chair.post(f"/case-{CONSULTED}/chair/drop", note=by_text["Please do come."]).status_code == 303
    advice = chair.get(f"/case-{CONSULTED}.json").json()["advice"]
    assert len(advice) == before + 1
    assert advice[-1]["text"] == "From a member who stays unnamed, through the chair: My son walks there."
    assert advice[-1]["waits_for_answer"]
    assert chair.get(f"/case-{CONSULTED}-chair.json").json()["notes"] == []
    again = chair.post(f"/case-{CONSULTED}/chair/pass", note=by_text["My son walks there."])
    assert again.status_code == 409, "the same words are not passed on twice"
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        assert workspace.store.kept("advice box") == ()
        lines = workspace.store.audit(CONSULTED) + workspace.store.audit("")
    assert not any("My son" in f"{one.action} {one.reason}" for one in lines)


@pytest.mark.parametrize(
    ("stance", "text"), [("", "Words."), ("object", ""), ("no_reply", "Words."), ("object", "x" * (MOST_WORDS + 1))]
)
def test_words_that_cannot_be_advice_come_back(app: ASGIApp, stance: str, text: str) -> None:
    chair, address = box(app)
    told = Visitor(app).post(address, stance=stance, text=text)
    assert told.status_code == 400
    assert "There is a problem" in told.text
    assert chair.get(f"/case-{CONSULTED}-chair.json").json()["notes"] == []


def test_a_box_is_over_after_two_days(folder: Path) -> None:
    watch = FixedClock(FIVE)
    app = site(folder, watch=watch)
    _, address = box(app)
    watch.advance(hours=49)
    assert Visitor(app).get(f"{address}.html").status_code == 410
    assert Visitor(app).post(address, stance="object", text="Late.").status_code == 410


def test_a_small_run_in_the_lab_goes_on_beside_the_site_and_its_result_is_kept(app: ASGIApp) -> None:
    analyst = Visitor(app, "analyst")
    assert analyst.act("/lab/run", name="base-rates", size="2", seed="3")["next"] == "lab-result.html?name=base-rates"
    busy = analyst.post("/lab/run", name="base-rates", size="2", seed="3")
    assert busy.status_code == 409
    deadline = time.monotonic() + 100
    while analyst.get("/lab-result.json?name=base-rates").json()["running"] and time.monotonic() < deadline:
        time.sleep(0.2)
    told = analyst.get("/lab-result.json?name=base-rates").json()
    assert told["failed"] == ""
    assert (told["result"]["seed"], told["result"]["size"]) == (3, 2)
    assert "nothing here happened anywhere" in told["result"]["watermark"]
    shown = analyst.get("/lab-result.html?name=base-rates").text
    assert "<style" not in shown
    kept = {one["name"]: one["last"] for one in Visitor(app, "applicant").get("/lab.json").json()["offered"]}
    assert kept["base-rates"] == "there", "everybody reads what came of it"


@pytest.mark.parametrize(
    ("name", "size", "seed"),
    [("../../keys/log.key", "2", "1"), ("base-rates", "100000", "1"), ("base-rates", "2", "x"), ("", "", "")],
)
def test_the_lab_runs_nothing_that_it_does_not_offer(app: ASGIApp, name: str, size: str, seed: str) -> None:
    assert Visitor(app, "analyst").post("/lab/run", name=name, size=size, seed=seed).status_code == 400
    assert Visitor(app, "analyst").get(f"/lab-result.html?name={name}").status_code in (200, 400, 404)


def test_a_board_of_cases_says_what_the_list_says_and_sees_what_is_new(folder: Path, app: ASGIApp) -> None:
    board, clock = CaseBoard(), FixedClock(FIVE)
    for _ in range(2):
        with open_workspace(folder, clock) as workspace:
            told = [(one.id, str(one.state)) for one in board.cases(workspace)]
            assert told == [(line["id"], line["state"]) for line in list_cases(workspace)]
        open_case(Visitor(app, "applicant"), ASSAULT)
    clock.advance(hours=24 * 30)
    with open_workspace(folder, clock) as workspace:
        told = [(one.id, str(one.state)) for one in board.cases(workspace)]
        assert told == [(line["id"], line["state"]) for line in list_cases(workspace)]
        assert {state for _, state in told} != {"DRAFT"}, "the clock alone has ended some"


def test_a_long_list_comes_in_pages_the_newest_first(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("answerable.web.staff_cases.PER_PAGE", 2)
    assert PER_PAGE == 100
    applicant = Visitor(app, "applicant")
    ids = [CONSULTED, *(open_case(applicant, ASSAULT) for _ in range(2))]
    first = applicant.get("/cases.json").json()
    assert [one["id"] for one in first["cases"]] == ids[:0:-1]
    assert (first["count"], first["last"]) == (3, 2)
    assert [one["id"] for one in applicant.get("/cases.json?page=2").json()["cases"]] == [CONSULTED]
    assert applicant.get("/cases.json?page=99").json()["number"] == 2
    drafts = applicant.get("/cases.html?state=draft").text
    assert "Cases in the state: Draft" in drafts
    assert CONSULTED not in drafts
    assert applicant.get("/cases.html?state=nonsense").status_code == 404


def test_an_address_that_there_is_not_is_marked_like_every_page(app: ASGIApp) -> None:
    lost = Visitor(app).get("/no-such-page.html")
    assert lost.status_code == 404
    assert "REHEARSAL" in lost.text
    assert "UNKNOWN KIND" not in lost.text
