"""The demo's story: a simulated city, next Friday's picture, four cases, a consultation, every proof verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from answerable.case.event import Command
from answerable.cli.demo import proposals
from answerable.cli.demo.consulted import open_consultation
from answerable.cli.demo.proposals import Night
from answerable.clock import Clock, FixedClock
from answerable.errors import NotAllowed
from answerable.lab import City, load_parameters, simulate_city
from answerable.place import Window, local, stamp
from answerable.present.words import listed
from answerable.record.verify import WATERMARKS, verify_proof
from answerable.service.backtest import Plan, backtest
from answerable.service.cases import Answer, act, list_cases, open_case
from answerable.service.evaluating import evaluate_programme
from answerable.service.forecasting import DEFAULT_MODEL, Picture, make_picture
from answerable.service.importing import import_incidents
from answerable.service.picture import publish_picture
from answerable.service.programme_published import publish_programme
from answerable.service.study import FILE as STUDY_AREA
from answerable.service.study import incidents_of
from answerable.service.track_record import publish_scores
from answerable.service.workspace import Workspace, clock_of, init_workspace, open_workspace

YEARS = 3
# The story begins this many days before the present, so that it ends in the recent past whenever it is told.
_BEGAN_DAYS_AGO = 12
_YEAR = timedelta(days=365)
_STEPS = 10
# Scored are the quick models, and on the weeks before the present.
_MODELS = ("uniform", "kde_300", "long_run", "seasonal")
_SCORED = timedelta(days=84)
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Told:
    """What happened in the demo: its paragraphs, its cases, and how many proofs were verified."""

    folder: Path
    paragraphs: list[str]
    cases: list[dict[str, Any]]
    proofs: int

    def as_json(self) -> dict[str, Any]:
        """Return the story as plain data."""
        return {
            "workspace": str(self.folder),
            "kind": "simulated",
            "cases": self.cases,
            "proofs_verified": self.proofs,
            "story": self.paragraphs,
        }

    def text(self) -> str:
        """Return the story as paragraphs to read."""
        return "\n\n".join(self.paragraphs)


def run_demo(folder: Path, *, seed: int = 2018, clock: Clock | None = None, progress: Progress | None = None) -> Told:
    """Make the demo's workspace in ``folder`` (absent or empty) and tell what happened in it."""
    tell = progress or _silent
    present = (clock or clock_of("simulated")).now()
    tz = "Europe/London"
    friday = _a_friday_evening(present - timedelta(days=_BEGAN_DAYS_AGO), tz)
    began = friday - timedelta(hours=30)
    then = FixedClock(began)
    tell(0, _STEPS, "simulating the city")
    since = (present - then.now()) / _YEAR
    city = simulate_city(load_parameters(), np.random.default_rng(seed), YEARS + since, present)
    init_workspace(folder, kind="simulated", time_zone=tz, clock=then)
    with open_workspace(folder, then) as workspace:
        paragraphs = [WATERMARKS["simulated"], _settle(workspace, city)]
        tell(1, _STEPS, "forecasting Friday")
        window = Window.of_hours(friday, 4)
        picture = make_picture(workspace, window)
        publish_picture(workspace, picture, account="analyst")
        paragraphs.append(_said_of(picture))
        ranked = sorted(picture.parts, key=lambda ward: -picture.of(ward).p)
        stage = _Stage(workspace, then, picture, tz, friday)
        for number, (part, ward) in enumerate(
            zip((_authorised, _blocked, _refused, _withdrawn), ranked[:4], strict=True), 2
        ):
            tell(number, _STEPS, part.__name__.strip("_"))
            paragraphs.append(part(stage, ranked[0] if part is _blocked else ward))
        tell(6, _STEPS, "consulting on stricter rules")
        paragraphs.append(open_consultation(workspace, then, tz))
        then.set(max(then.now(), present))
        paragraphs.append(_afterwards(workspace, city, began))
        tell(7, _STEPS, "asking the forecasts of the last weeks")
        paragraphs.append(_scored(workspace, present))
        cases = list_cases(workspace)
        tell(8, _STEPS, "verifying every proof")
        proofs = _verify_all(workspace.public)
        paragraphs.append(_closing(workspace, cases, proofs))
    return Told(folder, paragraphs, cases, proofs)


def _silent(done: int, total: int, label: str) -> None:
    """Report to nobody."""


@dataclass(frozen=True)
class _Stage:
    """Where the four cases play."""

    workspace: Workspace
    clock: FixedClock
    picture: Picture
    tz: str
    friday: datetime

    def open(self, name: str, document: dict[str, Any]) -> str:
        """Write a case file and open a case from it; return its id."""
        return open_case(self.workspace, self.write(name, document), "applicant").id

    def write(self, name: str, document: dict[str, Any]) -> Path:
        """Write a file among the demo's case files."""
        folder = self.workspace.folder / "case-files"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf8")
        return path

    def do(self, case: str, command: Command, account: str, added: Path | None = None) -> Answer:
        """Act on a case, ten minutes after the last thing that happened."""
        self.clock.advance(minutes=10)
        return act(self.workspace, case, command, account, added=added)


def _settle(workspace: Workspace, city: City) -> str:
    source = workspace.folder / "simulated-incidents.csv"
    written = city.write_incidents(source, until=workspace.clock.now())
    wards = {"type": "FeatureCollection", "features": [ward.geojson() for ward in city.wards]}
    (workspace.folder / STUDY_AREA).write_text(json.dumps(wards), encoding="utf8")
    done = import_incidents(workspace, [source])
    return (
        f"{city.geography.name} has {len(city.wards)} wards on {city.geography.land.km2:.0f} square kilometres. Its "
        f"police "
        f"recorded {written:,} incidents of violence in {YEARS} years, and {done.summary['kept']:,} were imported, "
        f"like "
        "anybody's file."
    )


def _afterwards(workspace: Workspace, city: City, began: datetime) -> str:
    """Import what was recorded since, and say of the deployments what that can tell."""
    source = workspace.folder / "simulated-incidents-since.csv"
    written = city.write_incidents(source, since=began)
    import_incidents(workspace, [source])
    found = evaluate_programme(workspace)
    publish_programme(workspace, found)
    return (
        f"Did it work? {written:,} more incidents were recorded in the two weeks since, and imported. Deployed windows "
        "were held against windows that were asked for and refused, expired or withdrawn. "
        + " ".join(found.prose)
        + " The figures are on the public site."
    )


def _scored(workspace: Workspace, present: datetime) -> str:
    """Put the simplest models to every day of the last weeks, and lay their scores beside the log."""
    plan = Plan(
        test_from=stamp(present - _SCORED), test_to=stamp(present), models=_MODELS,
        area=workspace.folder / STUDY_AREA,
    )  # fmt: skip
    report = backtest(incidents_of(workspace), plan)
    publish_scores(workspace, report)
    model = report["models"][DEFAULT_MODEL]
    gain, (low, high) = model["gain_bits_per_event"], model["gain_interval"]
    return (
        f"Were the forecasts any good? Asked before each of the last {report['data']['windows']} days, the model "
        f"behind the picture gained {gain:.2f} bits per incident over a forecast that treats every place "
        f"alike (95 % interval {low:.2f} to {high:.2f}). The scores are on the public site."
    )


def _said_of(picture: Picture) -> str:
    forecast = picture.forecast
    best = forecast.top(1)[0]
    return (
        f"Is serious violence likely? In the likeliest {forecast.grid.cell_m} m square of the city, {best.words} "
        f"such Friday "
        f"evenings see an incident; in a random square, {best.base_words}. That is "
        f"{best.expected / best.base_rate:.0f} "
        "times likelier, and still almost always nothing. A forecast alone is never a reason to deploy."
    )


def _authorised(stage: _Stage, ward: Any) -> str:
    stage.clock.set(stage.friday - timedelta(hours=3))
    night = Night(stage.friday, stage.tz)
    case = stage.open("reprisal", proposals.reprisal(ward, night, stage.picture.of(ward)))
    stage.do(case, Command("submit"), "applicant")
    _sign(stage, case)
    far = stage.do(case, Command("assess"), "analyst")
    stage.do(case, Command("assess"), "analyst", stage.write("reprisal-gap", proposals.explained()))
    _advise(stage, case, "support", "Supports a short patrol beside the cordon.", "local-commander")
    _advise(stage, case, "neutral", "Worried about fear among the young; keep it short.", "iag-contact")
    _advise(stage, case, "no_reply", "", "pcc-liaison")
    decided = stage.write(
        "reprisal-decision",
        proposals.decision(
            "Armed officers will stand beside unarmed colleagues this evening, because two independent reports expect "
            "a shooting there. They leave at midnight, or earlier."
        ),
    )
    reasons = "Two independent, well-graded reports of a shooting tonight; unarmed officers are already there."
    authorise = Command("authorise", reasons=reasons, conditions=("Beside the cordon only.",))
    alone = _tries_alone(stage, case, authorise)
    stage.do(case, authorise, "authoriser", decided)
    stage.clock.set(stage.friday + timedelta(minutes=5))
    begun = stage.write("reprisal-start", proposals.started())
    act(stage.workspace, case, Command("start"), "operational-commander", added=begun)
    stage.clock.set(stage.friday + timedelta(hours=2))
    checks = {"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm; two questions."}
    act(stage.workspace, case, Command("review", outcome="continue", checks=checks), "reviewer")
    stage.clock.set(stage.friday + timedelta(hours=night.hours))
    state = next(line["state"] for line in list_cases(stage.workspace) if line["id"] == case)
    return (
        f"Case {case}, {ward.name}: two independent reports of a reprisal shooting. The computed picture was far below "
        f"the analyst's judgement, so {listed(far.blocked_by)} held the case until the analyst had written why. "
        "Then every rule held, the advisory group was asked, and an authoriser who is not the applicant decided, for "
        f"four hours. {alone} After two hours somebody else looked at it again. At the end of the fourth hour nobody "
        f"had to do anything: the case read {state}."
    )


def _sign(stage: _Stage, case: str) -> None:
    """Have both impact assessments signed by those who wrote them, at the time of the last thing that happened."""
    for assessment in ("community_impact", "equality_impact"):
        author = assessment.replace("impact", "lead").replace("_", "-")
        act(stage.workspace, case, Command(assessment), author)


def _advise(stage: _Stage, case: str, stance: str, text: str, account: str) -> None:
    """Put advice on record, to be published as it was given; without words where nobody replied."""
    stage.do(case, Command("advise", stance=stance, text=text, publish=bool(text)), account)


def _tries_alone(stage: _Stage, case: str, command: Command) -> str:
    try:
        act(stage.workspace, case, command, "applicant")
    except NotAllowed:
        return "(The applicant tried to authorise it first, and could not; the attempt is in the audit log.)"
    raise AssertionError("an applicant must never be able to authorise")


def _blocked(stage: _Stage, ward: Any) -> str:
    stage.clock.set(stage.friday + timedelta(days=1, hours=-6))
    night = Night(stage.friday + timedelta(days=1), stage.tz)
    case = stage.open("forecast-alone", proposals.forecast_alone(ward, night, stage.picture.of(ward)))
    stage.do(case, Command("submit"), "applicant")
    _sign(stage, case)
    answer = stage.do(case, Command("assess"), "analyst")
    return (
        f"Case {case}, {ward.name}: the likeliest ward of the map, and no report at all. Blocked by "
        f"{listed(answer.blocked_by)}: a forecast alone is no trigger. {answer.data['not_limited']}"
    )


def _refused(stage: _Stage, ward: Any) -> str:
    stage.clock.set(stage.friday + timedelta(days=3, hours=-5))
    night = Night(stage.friday + timedelta(days=3), stage.tz)
    case = stage.open("threats", proposals.thin_but_lawful(ward, night, stage.picture.of(ward)))
    stage.do(case, Command("submit"), "applicant")
    _sign(stage, case)
    stage.do(case, Command("assess"), "analyst")
    against = "The gathering can be moved, and my officers know both groups."
    _advise(stage, case, "object", against, "local-commander")
    _advise(stage, case, "object", "Armed officers at a family gathering would be remembered for years.", "iag-contact")
    _advise(stage, case, "neutral", "Told, and leaves it to the commander.", "pcc-liaison")
    refuse = Command(
        "refuse",
        reasons="The gathering can be moved and both groups can be spoken to; that is tried first.",
        what_would_change="A fresh, well-graded report that the threat has moved with it.",
    )
    stage.do(case, refuse, "authoriser")
    return (
        f"Case {case}, {ward.name}: every rule held, the local commander and the advisory group were against it, "
        f"and the "
        "authoriser refused, with reasons. The refusal is published like an authorisation."
    )


def _withdrawn(stage: _Stage, ward: Any) -> str:
    stage.clock.set(stage.friday + timedelta(days=7, hours=-4))
    night = Night(stage.friday + timedelta(days=7), stage.tz)
    case = stage.open("echo", proposals.echo(ward, night, stage.picture.of(ward)))
    stage.do(case, Command("submit"), "applicant")
    _sign(stage, case)
    answer = stage.do(case, Command("assess"), "analyst")
    reasons = "The second report repeats the first: there is one origin, not two."
    stage.do(case, Command("withdraw", reasons=reasons), "applicant")
    return (
        f"Case {case}, {ward.name}: two reports that came from one source count once, so "
        f"{listed(answer.blocked_by)} "
        "blocked it, and the applicant withdrew it. That is on record too."
    )


def _verify_all(public: Path) -> int:
    policy = (public / "log-policy").read_text(encoding="utf8")
    proofs = sorted((public / "proofs").glob("*.tlog-proof"))
    for path in proofs:
        verify_proof(path.read_text(encoding="utf8"), policy)
    return len(proofs)


def _closing(workspace: Workspace, cases: list[dict[str, Any]], proofs: int) -> str:
    folder = workspace.public
    return (
        f"All {len(cases)} cases are on record, and all {proofs} proofs verify. Anyone can check one offline, "
        f"without us:\n"
        f"  answerable record verify {folder}/proofs/{proofs - 1}.tlog-proof --policy {folder}/log-policy\n"
        "That shows that an entry is in the log, unaltered. It does not show that it is true, or that nothing is "
        "missing."
    )


def _a_friday_evening(before: datetime, tz: str) -> datetime:
    """Return the last Friday, 20:00 local, that is not after ``before``."""
    evening = local(before, tz).replace(hour=20, minute=0, second=0, microsecond=0)
    evening -= timedelta(days=(evening.weekday() - 4) % 7)
    return evening if evening <= before else evening - timedelta(days=7)
