"""The staff site: each page with its twin, a case from its reports to its decision, and what goes wrong on the way."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from staff_site import (
    ASSAULT,
    AUTHORISED,
    COMMUNITY,
    CONSULTED,
    EQUALITY,
    FIVE,
    PLANNED,
    Visitor,
    hidden,
    open_case,
    rehearsal,
    site,
)
from starlette.types import ASGIApp

from answerable.clock import FixedClock
from answerable.errors import UsageError
from answerable.policy.pack import load_pack
from answerable.service.workspace import EXAMPLE_PACK, init_workspace, open_workspace
from answerable.web.fields import TYPED
from answerable.web.pages.case_words import TRIGGERS
from answerable.web.pages.staff_acts import FORMS
from answerable.web.pages.staff_open import PATHS, open_fields
from answerable.web.serve import serve_staff

SCRIPT = '<script>alert("1")</script>'
MOST_TYPED = 12


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(FIVE)


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> ASGIApp:
    return site(rehearsal(tmp_path / "w"), clock)


@pytest.fixture
def asked(tmp_path: Path, clock: FixedClock) -> ASGIApp:
    """The site of a rehearsal in which a case was consulted on and waits for a decision."""
    return site(rehearsal(tmp_path / "asked", consulted=True), clock)


class Staffed:
    """A site with a case that was consulted on, and whoever is signed in on it."""

    def __init__(self, folder: Path) -> None:
        self._app = site(rehearsal(folder, consulted=True), FixedClock(FIVE))
        self._visitors: dict[str, Visitor] = {}
        self._roles = load_pack(EXAMPLE_PACK).roles

    def visitor(self, account: str) -> Visitor:
        """Return somebody signed in under an account, once."""
        if account not in self._visitors:
            self._visitors[account] = Visitor(self._app, account)
        return self._visitors[account]

    def holder(self, verb: str) -> str:
        """Return an account whose role takes a step."""
        return self._roles[{"advise": "consult"}.get(verb, verb)][0].replace("_", "-")


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Staffed:
    return Staffed(tmp_path_factory.mktemp("staffed") / "w")


PAGES = {
    "analyst": ("index", "cases", "live", "forecast", "intelligence", "data", "import", "settings", "lab", "patterns"),
    "local-commander": ("index",),
    "oversight": ("oversight",),
    "data-protection": ("data-protection", "processing"),
    "applicant": ("index", "cases", "open", "open-form", "settings"),
    "chief-officer": ("index", "audit", "live"),
    "intel-evaluator": ("intelligence", "report"),
}


@pytest.mark.parametrize(("account", "page"), [(who, page) for who, pages in PAGES.items() for page in pages])
def test_every_page_has_its_twin_its_mark_and_is_light(app: ASGIApp, account: str, page: str) -> None:
    visitor = Visitor(app, account)
    shown, twin = visitor.get(f"/{page}.html"), visitor.get(f"/{page}.json")
    assert shown.status_code == twin.status_code == 200
    assert "REHEARSAL" in shown.text
    assert twin.json()["workspace"] == "rehearsal"
    assert "<style" not in shown.text
    assert 'style="' not in shown.text
    assert len(gzip.compress(shown.content)) < 75_000


def test_without_incidents_the_forecast_says_what_to_do(app: ASGIApp) -> None:
    assert "answerable import" in Visitor(app, "analyst").get("/forecast.html").text


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(app: ASGIApp) -> None:
    visitor = Visitor(app)
    led = visitor.get("/cases.html")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in.html?next=cases.html")
    assert hidden(visitor.get(led.headers["location"]).text, "next") == "cases.html"
    assert visitor.post("/sign-in/demo", account="analyst", next="//elsewhere").headers["location"] == "/index.html"


def test_a_planned_case_goes_from_reports_to_its_end_each_step_by_whoevers_it_is(
    asked: ASGIApp, clock: FixedClock
) -> None:
    case = CONSULTED
    authoriser = Visitor(asked, "authoriser")
    assert authoriser.decide(case, "authorise", **AUTHORISED)["blocked_by"] == ["AP27"], "too little time to read it"
    tasks = {one["step"]: one for one in authoriser.get(f"/case-{case}.json").json()["tasks"]}
    assert tasks["authorise"]["status"] == "blocked"
    assert tasks["authorise"]["why"][0]["rule"] == "AP27"
    clock.advance(minutes=40)
    assert authoriser.decide(case, "authorise", **AUTHORISED)["state"] == "AUTHORISED"
    clock.advance(hours=2, minutes=30)
    commander = Visitor(asked, "operational-commander")
    assert commander.act(f"/case-{case}/start", unarmed_present="yes", briefed="yes")["state"] == "ACTIVE"
    live = commander.get("/live.json").json()["live"]
    assert [one["id"] for one in live] == [case]
    assert live[0]["clocks"][0]["what"] == "review due"
    reviewed = Visitor(asked, "reviewer").act(
        f"/case-{case}/review", outcome="continue", intel_still_valid="yes", threat_reassessed="yes",
        community_feedback="Calm.", reasons="Unchanged.",
    )  # fmt: skip
    assert reviewed["state"] == "ACTIVE"
    commander.act(f"/case-{case}/log", kind="foot_patrol", officers="2", minutes="30", cell="12-7")
    assert commander.act(f"/case-{case}/end", reasons="")["state"] == "ENDED"
    flags = dict.fromkeys(("weapon_drawn", "force_used", "injury", "complaint", "iopc_referral"), "no")
    debriefed = commander.act(
        f"/case-{case}/debrief", **flags, arv="yes", discharges="0", under_18_contacts="2",
        community_impact_review="A few questions from residents, all of them answered.",
    )  # fmt: skip
    assert debriefed["blocked_by"] == [], commander.get(f"/case-{case}.json").json()["tasks"]
    assert commander.get("/live.json").json()["live"] == []


def test_an_urgent_case_takes_three_persons(app: ASGIApp) -> None:
    applicant = Visitor(app, "applicant")
    case = open_case(applicant, ASSAULT)
    Visitor(app, "community-lead").act(f"/case-{case}/community-impact", **COMMUNITY)
    assert applicant.post(f"/case-{case}/urgent", **AUTHORISED).status_code == 403
    decided = Visitor(app, "urgent-authoriser").decide(case, "urgent", **AUTHORISED)
    assert decided["state"] == "AUTHORISED"
    page = applicant.get(f"/case-{case}.json").json()
    assert page["clocks"][0]["what"] == "ends unless ratified"
    assert "authoriser" in page["waiting_for"]
    Visitor(app, "equality-lead").act(f"/case-{case}/equality-impact", **EQUALITY)
    plan = {name: PLANNED[name] for name in ("outcome", "comparators", "margin", "horizon_days")}
    ratified = Visitor(app, "authoriser").decide(case, "ratify", **AUTHORISED, **plan)
    assert ratified["blocked_by"] == []


@pytest.mark.parametrize("trigger", list(TRIGGERS))
@pytest.mark.parametrize("path", list(PATHS))
def test_nobody_types_into_more_than_twelve_fields_to_ask(trigger: str, path: str) -> None:
    assert sum(one.kind in TYPED for one in open_fields(trigger, path, "UTC")) <= MOST_TYPED


@pytest.mark.parametrize("verb", list(FORMS))
def test_nobody_types_into_more_than_twelve_fields_at_a_step(verb: str) -> None:
    assert sum(one.kind in TYPED for one in FORMS[verb].fields) <= MOST_TYPED


def test_authorising_is_never_the_button_that_stands_out(asked: ASGIApp, clock: FixedClock) -> None:
    case = CONSULTED
    authoriser = Visitor(asked, "authoriser")
    page = authoriser.get(f"/case-{case}-authorise.html").text
    assert page.index("What else could be done") < page.index('name="reasons"')
    assert page.index("refuse it") < page.index('name="reasons"')
    assert not re.search(r'<input[^>]*value="(?:yes|no)"[^>]*checked', page)
    signing = authoriser.post(f"/case-{case}/authorise", **AUTHORISED).text
    primary = re.findall(r'class="govuk-button button"[^>]*>([^<]*)<', signing)
    assert primary == ["Go back without deciding"]
    assert authoriser.get(f"/case-{case}.json").json()["case"]["state"] == "CONSULTED"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"ends_at": "2018-11-30T16:00"}, "already over"),
        ({"ends_at": "2018-12-01T09:00"}, "never longer"),
        ({"ends_at": "tonight"}, "not a time"),
        ({"public_text": "Call John Smith on 07700 900123."}, "900123"),
    ],
)
def test_what_cannot_be_decided_is_told_before_anybody_signs_it(
    asked: ASGIApp, wrong: dict[str, str], told: str
) -> None:
    authoriser = Visitor(asked, "authoriser")
    answer = authoriser.post(f"/case-{CONSULTED}/authorise", **{**AUTHORISED, **wrong})
    assert answer.status_code in (400, 409)
    assert told in answer.text
    assert "data-ticket" not in answer.text, "nothing to sign"
    assert "Two independent reports expect a shooting tonight; unarmed" in answer.text, "what was typed is kept"
    assert authoriser.get(f"/case-{CONSULTED}.json").json()["case"]["state"] == "CONSULTED"


def test_what_the_rules_say_is_for_the_record_not_for_a_look_beforehand(asked: ASGIApp, clock: FixedClock) -> None:
    authoriser = Visitor(asked, "authoriser")
    signing = authoriser.post(f"/case-{CONSULTED}/authorise", **AUTHORISED).text
    assert "AP27" not in signing.partition("<main")[2].partition("</main>")[0]
    assert authoriser.decide(CONSULTED, "authorise", **AUTHORISED)["blocked_by"] == ["AP27"]


def test_a_form_that_does_not_fit_comes_back_with_what_was_typed(app: ASGIApp) -> None:
    applicant = Visitor(app, "applicant")
    once = hidden(applicant.get("/open-form.html?trigger=imminent_intel&path=planned").text, "once")
    answer = applicant.post("/open-case", once=once, **{**PLANNED, "place": "Market Cross"})
    assert answer.status_code == 400
    assert "no longitude and latitude" in answer.text
    assert PLANNED["legal_reasons"] in answer.text
    assert 'href="#place"' in answer.text
    again = hidden(answer.text, "once")
    assert applicant.post("/open-case", once=again, **PLANNED).status_code == 303


@pytest.mark.parametrize(
    "wrong", [{"start": "2018-11-30T10:00"}, {"trigger": "serious_assault_response", "occurred_at": "2027-01-01T00:00"}]
)
def test_what_no_rule_can_ever_allow_is_not_opened(app: ASGIApp, wrong: dict[str, str]) -> None:
    applicant = Visitor(app, "applicant")
    once = hidden(applicant.get("/open-form.html?trigger=imminent_intel&path=planned").text, "once")
    answer = applicant.post("/open-case", once=once, **{**PLANNED, **ASSAULT, **wrong, "trigger": ASSAULT["trigger"]})
    assert answer.status_code == 400
    assert re.search(r"is over|in the future", answer.text)
    assert f'href="#{list(wrong)[-1]}"' in answer.text
    assert applicant.get("/cases.json").json()["cases"] == []


def test_a_form_sent_twice_opens_one_case(app: ASGIApp) -> None:
    applicant = Visitor(app, "applicant")
    once = hidden(applicant.get("/open-form.html?trigger=imminent_intel&path=planned").text, "once")
    led = [applicant.post("/open-case", once=once, **PLANNED).headers["location"] for _ in range(2)]
    assert led == ["/case-2018-0001.html"] * 2
    assert len(applicant.get("/cases.json").json()["cases"]) == 1


def test_of_two_who_decide_at_once_the_second_is_told(app: ASGIApp) -> None:
    case = open_case(Visitor(app, "applicant"), PLANNED)
    first, second = Visitor(app, "authoriser"), Visitor(app, "urgent-authoriser")
    tickets = [
        one.act(f"/case-{case}/refuse", reasons="Not extreme.", change="An assault.")["ticket"]
        for one in (first, second)
    ]
    assert first.post("/decision/pretend", ticket=tickets[0]).status_code == 303
    told = second.post("/decision/pretend", ticket=tickets[1])
    assert told.status_code == 409
    assert "Somebody acted on this case" in told.text
    assert first.post("/decision/pretend", ticket=tickets[0]).status_code == 409, "and nobody decides twice"


def test_script_in_any_field_is_shown_as_text(app: ASGIApp) -> None:
    applicant = Visitor(app, "applicant")
    typed = {name: value for name, value in PLANNED.items() if name not in ("place", "start", "trigger", "path")}
    choices = {one.name for one in open_fields("imminent_intel", "planned", "UTC") if one.kind not in TYPED}
    fields = {**PLANNED, **{name: f"{value} {SCRIPT}" for name, value in typed.items() if name not in choices}}
    once = hidden(applicant.get("/open-form.html?trigger=imminent_intel&path=planned").text, "once")
    answer = applicant.post("/open-case", once=once, **fields)
    page = applicant.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert SCRIPT not in applicant.get("/cases.html").text
    assert SCRIPT not in Visitor(app).get(f"/sign-in.html?next={SCRIPT}").text


@pytest.mark.parametrize("verb", list(FORMS))
def test_script_in_every_text_field_of_every_step_is_shown_as_text(staffed: Staffed, verb: str) -> None:
    account = staffed.holder(verb)
    chosen = {one.name: one.options[-1][0] for one in FORMS[verb].fields if one.options}
    typed = {one.name: SCRIPT for one in FORMS[verb].fields if one.kind in TYPED}
    answer = staffed.visitor(account).post(f"/case-{CONSULTED}/{verb.replace('_', '-')}", **chosen, **typed)
    assert answer.status_code in (200, 303, 400, 409), answer.text
    case = staffed.visitor(account).get(f"/case-{CONSULTED}.html")
    for page in (answer.text, case.text):
        assert SCRIPT not in page
        assert "<script>" not in page


def test_an_attempt_without_the_role_is_noted_and_changes_nothing(app: ASGIApp) -> None:
    case = open_case(Visitor(app, "applicant"), PLANNED)
    analyst = Visitor(app, "analyst")
    assert analyst.post(f"/case-{case}/refuse", reasons="No.", change="Yes.").status_code == 403
    tried = analyst.get(f"/case-{case}.json").json()["attempts"]
    assert any(one["account"] == "analyst" and "refuse" in one["action"] for one in tried)
    assert Visitor(app, "chief-officer").get("/audit.json").json()["count"] > 0


def test_what_is_over_is_not_live_any_more_and_cannot_be_begun(asked: ASGIApp, clock: FixedClock) -> None:
    case = CONSULTED
    clock.advance(minutes=40)
    Visitor(asked, "authoriser").decide(case, "authorise", **AUTHORISED)
    commander = Visitor(asked, "operational-commander")
    assert commander.get("/live.json").json()["live"]
    clock.advance(hours=8)
    assert commander.get("/live.json").json()["live"] == []
    assert commander.post(f"/case-{case}/start", unarmed_present="yes", briefed="yes").status_code == 409


def test_it_is_served_to_other_machines_only_behind_tls(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w", clock=FixedClock(FIVE))
    with pytest.raises(UsageError, match="this machine only"):
        serve_staff(tmp_path / "w", "0.0.0.0", 8001)
    (tmp_path / "w" / "staff.toml").write_text('origin = "http://staff.example.org"\n')
    with pytest.raises(UsageError, match="do not fit"):
        serve_staff(tmp_path / "w", "0.0.0.0", 8001)
    with open_workspace(tmp_path / "w", FixedClock(FIVE)) as workspace:
        assert workspace.settings.kind == "rehearsal"
