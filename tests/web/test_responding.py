"""Anybody can answer a consultation on the public site; who they are is not kept, and nothing they typed is lost."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from asking import Site
from limits import parse
from staff_site import Visitor
from staff_site import site as staff

from answerable.case.adoption import commands as ask
from answerable.case.adoption.proposal import template
from answerable.clock import FixedClock
from answerable.service.adoption import act, enter_received, open_adoption
from answerable.service.responses_inbox import waiting
from answerable.service.workspace import Workspace, init_workspace, open_workspace
from answerable.web import responding
from answerable.web.app import public_app
from answerable.web.contents import ContentsReader
from answerable.web.reading import PublicReader
from answerable.web.serve import _public

OPENED = datetime(2018, 12, 3, 9, tzinfo=UTC)
ID = "A-2018-0001"
GOOD = {"stance": "oppose", "themes": "fear; hours", "text": "We were not asked in 2013.", "publish": "yes"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(OPENED)


@pytest.fixture
def workspace(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    """A simulation with one consultation open since now."""
    init_workspace(tmp_path / "w", kind="simulated", time_zone="Europe/London", clock=clock, adopted=False)
    for name in ("eia", "dpia", "draft-cia", "alternatives", "evidence"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n", encoding="utf8")
    document = {**yaml.safe_load(template()), "title": "Armed patrols & their limits"}
    for field in ("opens", "closes", "evaluation_due"):
        document[field] = str(document[field]).replace(" ", "T")
    (tmp_path / "proposal.yaml").write_text(yaml.safe_dump(document), encoding="utf8")
    with open_workspace(tmp_path / "w", clock) as opened:
        told = open_adoption(opened, tmp_path / "proposal.yaml", "policy-owner")
        assert act(opened, told.id, ask.Consult(), "policy-owner").kind == "consult"
        yield opened


@pytest.fixture
def inbox(workspace: Workspace) -> Path:
    return workspace.folder / "responses"


@pytest.fixture
def site(workspace: Workspace, clock: FixedClock, inbox: Path) -> Site:
    public = workspace.public
    return Site(public_app(PublicReader(public, clock), public, ContentsReader(public), inbox=inbox))


def test_a_response_is_kept_numbered_entered_and_found_again(
    site: Site, workspace: Workspace, inbox: Path, clock: FixedClock
) -> None:
    page = site.get("/consultation.html").text
    assert 'name="adoption" value="A-2018-0001"' in page
    assert "Who you are, and where you sent it from, is not kept" in page
    answer = site.post("/consultation.html", data=GOOD)
    assert answer.status_code == 200
    number = re.search(r"W-[2-9A-Z]{10}", answer.text)
    assert number is not None
    kept = waiting(inbox, ID)
    assert [(one.id, one.stance, one.themes, one.publish) for one in kept] == [
        (number[0], "oppose", ("fear", "hours"), True)
    ]
    assert number[0] not in site.get("/answers.csv").text, "not in the record yet"
    enter_received(workspace, ID, "policy-owner")
    clock.advance(minutes=1)
    assert number[0] in site.get("/answers.csv").text
    page = site.get("/consultation.html").text
    assert number[0] in page
    assert "We were not asked in 2013." in page


def test_words_that_may_not_be_published_are_counted_and_not_shown(
    site: Site, workspace: Workspace, clock: FixedClock
) -> None:
    told = site.post("/consultation.json", data={**GOOD, "text": "Quite private words.", "publish": ""}).json()
    assert told["form"]["kept"].startswith("W-")
    enter_received(workspace, ID, "policy-owner")
    clock.advance(minutes=1)
    published = b"".join(path.read_bytes() for path in workspace.public.rglob("*") if path.is_file())
    assert b"Quite private" not in published
    assert site.get("/policy.json").json()["adoptions"][0]["id"] == ID


@pytest.mark.parametrize(
    ("given", "says", "field"),
    [
        ({"stance": ""}, "Say whether you are for it", "#stance-support"),
        ({"stance": "yes"}, "Say whether you are for it", "#stance-support"),
        ({"themes": " ; "}, "what has no theme cannot be answered", "#themes"),
        ({"themes": "x" * 90}, "at most 80 letters", "#themes"),
        ({"text": "x" * 8001}, "at most 8,000 letters", "#text"),
        (
            {"text": "Ask Sgt John Smith, 07700 900123."},
            "would be published holds",
            "#text",
        ),
        ({"kind": "organisation"}, "Say which organisation", "#org"),
        ({"org": "The Tenants"}, "Leave the organisation empty", "#org"),
        ({"themes": ";".join(map(str, range(9)))}, "Name at most 8 themes", "#themes"),
        ({"themes": "07700 900123", "publish": ""}, "would be published holds what looks like a telephone", "#themes"),
        ({"text": "Fine\x1b[2J until here."}, "Character 5 is U+001B", "#text"),
        ({"themes": "fear\u202e", "text": "Any."}, "Character 5 is U+202E", "#themes"),
        ({"kind": "organisation", "org": "A\nB"}, "this is a single line", "#org"),
        ({"adoption": "A-2018-0009"}, "Say which consultation", "#adoption"),
        ({"adoption": "../public"}, "Say which consultation", "#adoption"),
    ],
)
def test_what_does_not_fit_is_told_and_everything_typed_is_still_there(
    site: Site, inbox: Path, given: dict[str, str], says: str, field: str
) -> None:
    answer = site.post("/consultation.html", data={**GOOD, **given})
    assert answer.status_code == 400
    assert says in answer.text
    assert f'href="{field}"' in answer.text
    assert f'id="{field.removeprefix("#")}"' in answer.text
    assert {**GOOD, **given}["text"] in answer.text
    assert not inbox.exists()


def test_script_in_every_field_is_shown_as_text(site: Site) -> None:
    script = "<script>alert(1)</script>"
    page = site.post("/consultation.html", data=dict.fromkeys((*GOOD, "org", "kind", "adoption"), script)).text
    assert script not in page
    assert "&lt;script&gt;" in page


def test_nobody_is_made_to_respond_by_another_site_and_nobody_floods_it(
    workspace: Workspace, clock: FixedClock, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responding.add_responding, "__defaults__", (parse("2/hour"),))
    public = workspace.public
    site = Site(public_app(PublicReader(public, clock), public, ContentsReader(public), inbox=inbox))
    foreign = site.post("/consultation.html", data=GOOD, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert site.post("/consultation.html", data={"text": "x" * 200_000}).status_code == 413
    answers = [site.post("/consultation.html", data=GOOD) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert len(waiting(inbox, ID)) == 2
    assert GOOD["text"] in answers[-1].text
    assert GOOD["text"] in foreign.text


def test_a_form_sent_twice_is_one_response_and_with_another_answer_another(site: Site, inbox: Path) -> None:
    form = re.search(r'name="form" value="([^"]+)"', site.get("/consultation.html").text)
    assert form is not None
    numbers = [
        site.post("/consultation.json", data={**GOOD, "form": form[1], "stance": stance}).json()["form"]["kept"]
        for stance in ("oppose", "oppose", "support")
    ]
    assert numbers[0] == numbers[1] != numbers[2]
    assert len(waiting(inbox, ID)) == 2


def test_one_theme_is_one_theme_whichever_way_it_is_written(site: Site, inbox: Path) -> None:
    site.post("/consultation.html", data={**GOOD, "themes": "Fear; fear ;\nSCHOOLS"})
    assert waiting(inbox, ID)[0].themes == ("fear", "schools")


def test_a_copy_of_the_public_folder_takes_no_response(workspace: Workspace, tmp_path: Path, site: Site) -> None:
    shutil.copytree(workspace.public, tmp_path / "copy" / "public")
    for folder, statuses in ((workspace.folder, 200), (tmp_path / "copy", 405)):
        app = _public(folder)
        late = Site(app).post("/consultation.html", data=GOOD)
        assert late.status_code in (statuses, 400), "the machine's own clock may be past the close"
    assert not (tmp_path / "copy" / "responses").exists()


def test_after_the_close_nothing_is_taken(site: Site, clock: FixedClock, inbox: Path) -> None:
    clock.advance(minutes=int(timedelta(days=60) / timedelta(minutes=1)))
    assert "<form" not in site.get("/consultation.html").text
    late = site.post("/consultation.html", data=GOOD)
    assert late.status_code == 400
    assert "No consultation is open now" in late.text
    assert GOOD["text"] in late.text
    assert not inbox.exists()


def test_what_could_not_be_kept_is_not_lost(site: Site, inbox: Path) -> None:
    inbox.write_text("in the way", encoding="utf8")
    answer = site.post("/consultation.html", data=GOOD)
    assert answer.status_code == 503
    assert "could not be kept" in answer.text
    assert GOOD["text"] in answer.text


def test_a_copy_without_an_inbox_takes_no_response(workspace: Workspace, clock: FixedClock) -> None:
    public = workspace.public
    site = Site(public_app(PublicReader(public, clock), public, ContentsReader(public)))
    page = site.get("/consultation.html").text
    assert "takes no responses" in page
    assert "<form" not in page
    assert site.post("/consultation.html", data=GOOD).status_code == 405


def test_the_policy_owner_finds_on_their_desk_what_waits(site: Site, workspace: Workspace, clock: FixedClock) -> None:
    site.post("/consultation.html", data=GOOD)
    owner = Visitor(staff(workspace.folder, clock), "policy-owner")
    [block] = owner.get("/index.json").json()["sections"]
    assert [row[2:3] + row[-2:] for row in block["table"]["rows"]] == [["Consulting", 0, 1]]
    assert f"answerable adoption respond {ID} --received" in owner.get("/index.html").text
    enter_received(workspace, ID, "policy-owner")
    [block] = owner.get("/index.json").json()["sections"]
    assert [row[-2:] for row in block["table"]["rows"]] == [[1, 0]]
    assert block["items"] == []
