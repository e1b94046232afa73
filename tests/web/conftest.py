"""A made public record with a case of every kind, and the pages made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from shapely.geometry import mapping

from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Consideration, Reach, Response
from answerable.case.adoption.proposal import template
from answerable.case.duties import Duty
from answerable.clock import FixedClock
from answerable.lab import make_geography
from answerable.place import stamp
from answerable.policy.pack import Pack, load_pack
from answerable.present.article import Article, load_article
from answerable.service.adoption import act, open_adoption
from answerable.service.public_view import PublicCase, PublicEvent, PublicView, read_public_view
from answerable.service.workspace import init_workspace, open_workspace
from answerable.web import site
from answerable.web.pages.base_rates import worked_tables
from answerable.web.vignettes import worked_vignettes

NOW = datetime(2018, 12, 12, 9, tzinfo=UTC)
NOT_LIMITED = "This does not limit armed response under APP or the duty to protect life."
PACK = "uk.armed_patrol@1"
HELD = {
    "rule": "AP01",
    "holds": True,
    "reason": "The trigger is intelligence that serious violence is imminent.",
    "says": "Only a verified serious assault, or intelligence that serious violence is imminent, may start a case.",
}
FAILED = {
    "rule": "AP08",
    "holds": False,
    "reason": "The only ground is a forecast.",
    "says": "A forecast alone is never a reason to deploy.",
}
UNKNOWN = {
    "rule": "AP05",
    "holds": None,
    "reason": "The number of independent origins is not known.",
    "says": "Intelligence must come from at least two independent origins.",
}


class Log:
    """Numbers the events of a made record as a log would."""

    def __init__(self) -> None:
        self.size = 0

    def event(self, kind: str, at: datetime, office: str, **data: Any) -> PublicEvent:
        index, self.size = self.size, self.size + 1
        return PublicEvent(index, kind, at, office, data, f"proofs/{index}.tlog-proof")


def with_times(case: PublicCase, ended_at: datetime | None) -> PublicCase:
    """Fill in the times that a case has by its events."""
    decided, start, ratified = case.last("authorise", "urgent"), case.last("start"), case.last("ratify")
    return replace(
        case,
        urgent=case.last("urgent") is not None,
        authorised_at=decided.at if decided else None,
        started_at=start.at if start else None,
        ratified_at=ratified.at if ratified else None,
        ended_at=ended_at,
    )


def made_cases(log: Log) -> tuple[PublicCase, ...]:
    """Cases expired, blocked, refused, withdrawn, and one under way."""
    window = {"from": "2018-11-30T20:00:00Z", "to": "2018-12-01T02:00:00Z"}

    def case(number: int, title: str, state: str, about: tuple[str, str, int], *steps: Any) -> PublicCase:
        area, trigger, days = about
        start = datetime(2018, 11, 30, 20, tzinfo=UTC) + timedelta(days=days)
        opened = start - timedelta(hours=9)
        events = [
            log.event("open", opened, "applicant", title=title, trigger=trigger, area={}, window=window, pack=PACK)
        ]
        for hours, (kind, office, data) in enumerate(steps, 1):
            at = opened + timedelta(hours=hours) if kind != "start" else start
            events.append(log.event(kind, at, office, **data))
        ends = start + timedelta(hours=6)
        case = PublicCase(f"2018-{number:04}", title, state, area, 0.62, start, ends, trigger, tuple(events))
        return with_times(case, start + timedelta(hours=4) if state == "EXPIRED" else None)

    tested = ("assess", "analyst", {"findings": [HELD, {**HELD, "rule": "AP05"}, {**HELD, "rule": "AP08"}]})
    said = {"number": 1, "adviser": "local_commander", "stance": "support", "published": False, "needs_answer": False}
    asked = ("advise", "local_commander", {**said, "consulted": True, "findings": [{**HELD, "rule": "AP13"}]})
    limits = {"starts_at": "2018-11-30T20:00:00Z", "ends_at": "2018-12-01T00:00:00Z"}
    allowed = (
        "authorise",
        "authoriser",
        {
            **limits,
            "conditions": ["Armed officers walk beside unarmed colleagues.", "Review after two hours."],
            "reasons": "Two independent, graded reports of a reprisal tonight; unarmed patrols alone cannot meet it.",
            "findings": [HELD],
        },
    )
    stopped = {
        "transition": "assess",
        "rules": ["AP05", "AP08"],
        "findings": [HELD, UNKNOWN, FAILED],
        "what_would_change": ["AP05: it would hold if the reports came from two independent origins."],
        "not_limited": NOT_LIMITED,
    }
    no = {
        "reasons": "The reports are two days old and a mediator is already there.",
        "what_would_change": "A fresh report from a second origin.",
        "not_limited": NOT_LIMITED,
    }
    intel, assault = "imminent_intel", "serious_assault_response"
    submitted = ("submit", "applicant", {"findings": [HELD]})
    taken_back = ("withdraw", "applicant", {"reasons": "The threat was resolved by an arrest elsewhere."})
    begun = ("start", "operational_commander", {})
    old = ("refuse", "authoriser", no)
    return (
        case(1, "Reprisal feared", "EXPIRED", ("Market Cross", intel, 0), submitted, tested, asked, allowed, begun),
        case(2, "Busy Friday", "SUBMITTED", ("Canal Side", "forecast", 2), submitted, ("blocked", "analyst", stopped)),
        case(3, "After an old report", "REFUSED", ("Ropewalk", intel, 4), submitted, tested, old),
        case(4, "Meeting of two groups", "WITHDRAWN", ("Heron Bank", intel, 6), submitted, taken_back),
        case(5, "After a stabbing", "ACTIVE", ("Foundry Row", assault, 11), submitted, tested, asked, allowed, begun),
    )


DISSENT = "Residents will read this as an occupation.\nWe ask for a youth worker beside every patrol."
ASSESSMENT: dict[str, Any] = {
    "grades": ["2B", "1A"],
    "judgement": {"probability": 0.3, "term": "unlikely", "ancr": "moderate"},
    "picture": {"probability": 0.12, "low": 0.05, "high": 0.24, "base_rate": 0.004},
    "support": {"modality": "vehicle_standby", "unarmed_unit": True, "armed_officers": 4, "unarmed_officers": 6},
    "alternatives": [
        {
            "option": "focused_deterrence",
            "rating": "promising",
            "why_insufficient": "It takes months to set up.",
            "referred_to": {"owner": "community_safety", "due": "2019-01-15T09:00:00Z"},
        },
        {"option": "unarmed_patrol", "rating": "mixed", "why_insufficient": "A firearm has been seen."},
    ],
    "community_impact": {
        "form": "full",
        "groups": ["young men", "shopkeepers"],
        "children": "A school closes at 15:30.",
    },
    "equality_impact": {"done": True, "characteristics": {"race": "Stops fall unequally.", "age": "Mostly the young."}},
}
PLAN = {"outcome": "violence with injury", "comparators": ["Ropewalk"], "horizon_days": 28, "margin": "one incident"}


def life(log: Log) -> PublicCase:
    """One case with every kind of entry, from its opening to its closing."""
    opened = datetime(2018, 9, 1, 9, tzinfo=UTC)
    window = {"from": "2018-09-01T18:00:00Z", "to": "2018-09-02T00:00:00Z"}
    lawful = {"findings": [HELD]}
    steps: tuple[tuple[float, str, str, dict[str, Any]], ...] = (
        (0, "open", "applicant", {"title": "A whole life", "area": {}, "window": window, "pack": PACK,
                                "trigger": "imminent_intel"}),
        (1, "submit", "applicant", lawful),
        (2, "assess", "analyst", {**ASSESSMENT, **lawful}),
        (2.5, "advise", "iag_contact", {"number": 1, "adviser": "iag_contact", "stance": "object", "text": DISSENT,
                                        "published": True, "needs_answer": True, "consulted": False, **lawful}),
        (3, "advise", "local_commander", {"number": 2, "adviser": "local_commander", "stance": "support",
                                          "published": False, "consulted": True, **lawful}),
        (3.5, "advise", "pcc_liaison", {"number": 3, "adviser": "pcc_liaison", "stance": "no_reply", "published": False,
                                        "says": "NOT CONSULTED", "consulted": False, **lawful}),
        (4, "answer", "applicant", {"number": 1, "text": "Two youth workers will be there.", "changed": "Conditions."}),
        (5, "authorise", "authoriser", {
            "starts_at": window["from"], "ends_at": window["to"], "start_by": "2018-09-01T20:00:00Z", "review_hours": 2,
            "conditions": ["A youth worker beside every patrol."], "reasons": "A firearm was seen an hour ago.",
            "public_text": "Armed officers will stand by near Market Cross tonight.", "evaluation_plan": PLAN,
            "not_consulted": ["pcc_liaison"], **lawful}),
        (9, "start", "operational_commander", {"review_due": "2018-09-01T20:00:00Z", **lawful}),
        (11, "review", "reviewer", {
            "outcome": "continue", "reasons": "Unchanged.", "review_due": "2018-09-01T22:00:00Z",
            "ends_at": window["to"],
            "checks": {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm so far."}}),
        (12, "extend", "authoriser", {"ends_at": "2018-09-02T02:00:00Z", "reasons": "Still there.", "number": 1,
                                      **lawful}),
        (12.5, "log", "operational_commander", {"entries": [
            {"at": "2018-09-01T18:05:00Z", "kind": "foot_patrol", "cell": "e1n1", "officers": 4, "minutes": 90},
            {"at": "2018-09-01T19:50:00Z", "kind": "contact_under_18", "late": True},
            {"at": "2018-09-01T17:00:00Z", "kind": "static", "outside_authority": True, "noted": True}]}),
        (13, "revoke", "operational_commander", {"reasons": ""}),
        (14, "reasons", "operational_commander", {"of": "revoke", "reasons": "The weapon was found."}),
        (40, "debrief", "operational_commander", {
            "dosage": {"officer_minutes": 360.0, "by_cell_hour": [
                {"cell": "e1n1", "hour": "2018-09-01T18:00:00Z", "officer_minutes": 220.0}]},
            "counts": {"foot_patrol": 1, "contact_under_18": 1}, "flags": {"weapon_drawn": False, "force_used": False},
            "ho": {"operations": 1, "arv": True, "discharges": 0}, "under_18_contacts": 1,
            "community_impact_review": "Shopkeepers were glad; two parents were not.", **lawful}),
        (700, "evaluate", "evaluator", {
            "verdict": "cannot_tell", "limits": "One night in one place shows nothing.",
            "measures": {"violence_area": {"says": "1 incident, 1.2 expected", "estimate": -0.2, "low": -1.4,
                                           "high": 2.0, "unit": "incidents"}}, **lawful}),
        (800, "referral", "community_safety", {"option": "focused_deterrence", "outcome": "Begun in three streets."}),
        (900, "close", "applicant", {"redactions": [
            {"field": "grades.origin", "reason_code": "source_protection", "review_at": "2023-09-01T09:00:00Z"}],
            **lawful}),
    )  # fmt: skip
    events = [log.event(kind, opened + timedelta(hours=hours), office, **data) for hours, kind, office, data in steps]
    start = datetime(2018, 9, 1, 18, tzinfo=UTC)
    ends = start + timedelta(hours=6)
    told = (start, ends, "imminent_intel", tuple(events))
    return with_times(PublicCase("2018-0006", "A whole life", "CLOSED", "Market Cross", 0.62, *told), events[12].at)


def standings(log: Log) -> tuple[PublicCase, ...]:
    """Cases that the clock has brought to where they stand: unratified, under review, suspended, overdue."""
    start, hour_ago = NOW - timedelta(hours=3), NOW - timedelta(hours=1)
    window = {"from": stamp(start), "to": stamp(NOW + timedelta(hours=1))}
    found = []
    for number, (state, kinds, duties) in enumerate(
        (
            ("URGENT_UNRATIFIED", ("open", "urgent", "start"), (Duty("debrief", hour_ago, overdue=True),)),
            ("UNDER_REVIEW", ("open", "urgent", "ratify", "start"), (Duty("review", NOW, overdue=True),)),
            ("SUSPENDED", ("open", "authorise", "start"), (Duty("review", hour_ago, overdue=True),)),
            ("DEBRIEFED", ("open", "authorise", "start", "end", "debrief"), (
                Duty("evaluate", NOW + timedelta(days=60), overdue=False),
                Duty("referral", NOW - timedelta(days=2), True, "focused_deterrence", "community_safety"))),
        ),
        7,
    ):  # fmt: skip
        limits = {
            "starts_at": stamp(start),
            "ends_at": window["to"],
            "review_hours": 2,
            "reasons": "A firearm was seen.",
        }
        data: dict[str, dict[str, Any]] = {
            "open": {"title": state.capitalize(), "area": {}, "window": window, "pack": PACK,
                     "trigger": "imminent_intel"},
            "authorise": limits,
            "urgent": {**limits, **ASSESSMENT, "ratify_by": stamp(start + timedelta(hours=2)),
                       "not_consulted": ["iag_contact", "pcc_liaison"], "findings": [HELD]},
            "ratify": {"reasons": "I would have decided the same.", "public_text": "Armed officers stand by."},
        }  # fmt: skip
        events = [
            log.event(kind, start + timedelta(minutes=5 * step), "authoriser", **data.get(kind, {}))
            for step, kind in enumerate(kinds)
        ]
        title, until = state.replace("_", " ").capitalize(), NOW + timedelta(hours=1)
        told = (start, until, "imminent_intel", tuple(events), duties)
        case = PublicCase(f"2018-{number:04}", title, state, "Ropewalk", 0.4, *told)
        ended = {"URGENT_UNRATIFIED": start + timedelta(hours=2), "DEBRIEFED": NOW - timedelta(hours=2)}.get(state)
        found.append(with_times(case, ended))
    return tuple(found)


def made_full_view(pack: Pack, adopted: PublicView) -> PublicView:
    """The made record with a case for every kind of entry and state that the clock makes, and a real adoption."""
    view, log = made_view(pack), Log()
    log.size = view.size
    more = (life(log), *standings(log))
    adoptions = {
        name: tuple(log.event(one.kind, one.at, one.office, **one.data) for one in events)
        for name, events in adopted.adoptions.items()
    }
    return replace(view, cases=(*view.cases, *more), size=log.size, adoptions=adoptions)


@pytest.fixture(scope="session")
def consulting(full_view: PublicView) -> PublicView:
    """The full record while its consultation is open."""
    name, events = next(iter(full_view.adoptions.items()))
    until = [event for event in events if event.kind in ("propose", "consult", "notice", "respond")]
    return replace(full_view, adoptions={name: tuple(until)}, as_of=until[-1].at + timedelta(hours=1))


def walk_an_adoption(folder: Path) -> None:
    """A real adoption in a workspace of its own: some are not reached, one decision comes too early, two reply."""
    day, began = timedelta(days=1), datetime(2018, 9, 3, 9, tzinfo=UTC)
    clock = FixedClock(began)
    init_workspace(folder / "w", kind="simulated", time_zone="Europe/London", clock=clock, adopted=False)
    document = yaml.safe_load(template())
    document |= {
        "opens": stamp(began + 2 * day),
        "closes": stamp(began + 40 * day),
        "evaluation_due": "2019-08-01T09:00",
    }
    (folder / "proposal.yaml").write_text(yaml.safe_dump(document), encoding="utf8")
    for paper in document["documents"]:
        (folder / paper["file"]).write_text(f"# {paper['title']}\n", encoding="utf8")
    tenants = Response(id="1", kind="organisation", org="Tenants", stance="oppose", themes=("fear",), text="Never.",
                       publish=True)  # fmt: skip
    quiet = Response(id="2", kind="individual", stance="support", themes=("hours",), text="Only at night.")
    reached = (
        Reach(org="Residents of the affected estates", reached=True, how="three meetings"),
        Reach(org="Young people under 25", reached=False, how="the clubs were closed"),
    )
    considered = (
        Consideration(theme="fear", response="We measure it.", changed_what="Fear is a measure of its own."),
        Consideration(theme="hours", response="Any hour.", why_not="Harm keeps no hours."),
    )
    owner, liaison, chief = "policy-owner", "pcc-liaison", "chief-officer"
    steps: tuple[tuple[int, ask.Command, str], ...] = (
        (2, ask.Consult(), owner),
        (3, ask.Notice("police and crime commissioner", how="letter"), liaison),
        (4, ask.Notice("police and crime commissioner", reply="What would end it?"), liaison),
        (9, ask.Respond((tenants, quiet)), owner),
        (9, ask.Reached(reached), owner),
        (10, ask.Adopt("It is urgent."), chief),
        (41, ask.Consider(considered), owner),
        (42, ask.Outcome("Most oppose it.", answers={2: "Its stop rule would."}), owner),
        (50, ask.Adopt("Rare and grave."), chief),
    )
    with open_workspace(folder / "w", clock) as workspace:
        told = open_adoption(workspace, folder / "proposal.yaml", owner)
        for days, command, account in steps:
            clock.set(began + days * day)
            told = act(workspace, told.id, command, account)


def made_picture(log: Log) -> PublicEvent:
    """One planning picture over the wards of the simulated town."""
    rng = np.random.default_rng(5)
    areas = []
    for ward in make_geography(np.random.default_rng(7)).wards:
        p = float(rng.lognormal(-4.6, 0.7))
        polygon = [list(point) for point in mapping(ward.degrees())["coordinates"][0]]
        areas.append(
            {"name": ward.name, "p": p, "p_low": p * 0.6, "p_high": p * 1.5, "expected": p, "polygon": polygon}
        )
    return log.event(
        "picture",
        NOW - timedelta(hours=15),
        "analyst",
        model="long_run",
        window={"from": "2018-12-11T20:00:00Z", "to": "2018-12-12T04:00:00Z"},
        issued_at="2018-12-11T18:00:00Z",
        data_until="2018-12-11T00:00:00Z",
        data_hash="9f" * 32,
        p_base=0.0098,
        base_words="10 in 1,000 in a ward of middling size",
        areas=areas,
    )


def made_view(pack: Pack) -> PublicView:
    """The whole made record, under ``pack``."""
    log = Log()
    adopted = log.event(
        "adopt",
        datetime(2018, 11, 1, 9, tzinfo=UTC),
        "chief_officer",
        pack=pack.name,
        version=pack.version,
        status=pack.status,
        hash=pack.hash,
        title=pack.title,
        sunset_at="2019-11-01T09:00:00Z",
    )
    cases = made_cases(log)
    picture = made_picture(log)
    return PublicView(
        kind="simulated",
        origin="answerable.example/simulated/doggerhaven",
        size=log.size,
        root="ab" * 32,
        signed_by="answerable.example/simulated/doggerhaven+1f2e3d4c",
        tz="Europe/London",
        as_of=NOW,
        policies=(adopted,),
        cases=cases,
        pictures=(picture,),
        unopened=0,
    )


def write_log(folder: Path, view: PublicView) -> None:
    """Write files of the log as ``publish`` names them (their content is of no matter to the pages)."""
    for name in ("tile/0", "openings", "disclosures", "covers", "verify", "proofs", "packs", "papers"):
        (folder / name).mkdir(parents=True)
    (folder / "checkpoint").write_text(f"{view.origin}\n{view.size}\n")
    (folder / "log-policy").write_text("log key\n")
    (folder / "tile" / "0" / "000").write_bytes(bytes(range(32)))
    (folder / "openings" / "0.json").write_text("{}")
    (folder / "disclosures" / "0.json").write_text("[]")
    (folder / "covers" / "2018-11-30.json").write_text("{}")
    for name in ("index.html", "verify.css", "verify.js"):
        (folder / "verify" / name).write_text("x")
    (folder / "packs" / "uk.armed_patrol.yaml").write_text("pack: uk.armed_patrol\n")
    (folder / "programme-evaluation.json").write_text("{}")
    (folder / "notices.atom").write_text('<feed xmlns="http://www.w3.org/2005/Atom"/>')
    (folder / "papers" / "0a1b-eia.md").write_text("# Equality <script>alert(1)</script>")
    (folder / "papers" / "0a1b-eia.pdf").write_bytes(b"%PDF-1.4")
    for index in range(view.size):
        (folder / "proofs" / f"{index}.tlog-proof").write_text("c2sp.org/tlog-proof@v1\n")


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack("uk.armed_patrol")


@pytest.fixture(scope="session")
def article() -> Article:
    return load_article()


@pytest.fixture(scope="session")
def view(pack: Pack) -> PublicView:
    return made_view(pack)


@pytest.fixture(scope="session")
def adopted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace in which a policy was consulted on and adopted; its public part is below ``w``."""
    folder = tmp_path_factory.mktemp("adopted")
    walk_an_adoption(folder)
    return folder


@pytest.fixture(scope="session")
def adopted_view(adopted_folder: Path) -> PublicView:
    """The public record of that workspace, just after the decision."""
    return read_public_view(adopted_folder / "w" / "public", datetime(2018, 10, 24, tzinfo=UTC))


@pytest.fixture(scope="session")
def full_view(pack: Pack, adopted_view: PublicView) -> PublicView:
    return made_full_view(pack, adopted_view)


@pytest.fixture(scope="session")
def full_pages(full_view: PublicView, contents: site.Contents) -> Mapping[str, bytes]:
    return site.pages(
        full_view,
        article=contents.article,
        base_rate_tables=contents.base_rate_tables,
        pack=contents.pack,
        feed="notices.atom",
        vignettes=contents.vignettes,
    )


@pytest.fixture(scope="session")
def empty_view(view: PublicView) -> PublicView:
    return replace(view, kind="rehearsal", cases=(), pictures=(), policies=(), size=0, unopened=2)


@pytest.fixture(scope="session")
def contents(article: Article, pack: Pack) -> site.Contents:
    return site.Contents(article, worked_tables(), pack, worked_vignettes(pack))


@pytest.fixture(scope="session")
def pages(view: PublicView, contents: site.Contents) -> Mapping[str, bytes]:
    return site.pages(
        view,
        article=contents.article,
        base_rate_tables=contents.base_rate_tables,
        pack=contents.pack,
        feed="notices.atom",
        vignettes=contents.vignettes,
    )


@pytest.fixture
def public_folder(tmp_path: Path, view: PublicView) -> Path:
    """A folder as ``publish`` leaves it, with a secret beside it that nobody may fetch."""
    folder = tmp_path / "public"
    write_log(folder, view)
    (folder / "notes.txt").write_text("not for the public")
    (tmp_path / "secret.txt").write_text("not for anyone")
    return folder
