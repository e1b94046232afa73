"""Intelligence in a workspace: rows that fail are told and not kept, outcomes teach, and what is due really goes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from answerable.case.casefile import CaseFile
from answerable.clock import FixedClock
from answerable.errors import AnswerableError, InputError, NotAllowed, UsageError
from answerable.place import Area, Projection, Window
from answerable.service import intel_reports
from answerable.service.importing import import_incidents
from answerable.service.intel_deployed import Deployed
from answerable.service.intel_kept import TRIAL
from answerable.service.intelligence import (
    add,
    estimate_scores,
    import_file,
    kept_reports,
    picture_for,
    picture_of,
    purge_due,
    regrade,
    reliability,
    report_blocks,
    reports_for,
    resolve_estimates,
    resolve_report,
    seal_estimate,
    subject_of,
    trials,
    waiting,
)
from answerable.service.workspace import Workspace

WHO = "intel-evaluator"
AREA = Area.disc(-0.07, 51.6, 400, projection=Projection("EPSG:27700"), name="the estate")
TONIGHT = Window.of_hours(datetime(2018, 11, 30, 20, tzinfo=UTC), 4)
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def told() -> Make:
    """A sound report as a document."""

    def make(ref: str = "R-101", **changes: Any) -> dict[str, Any]:
        sound = {
            "ref": ref, "source": "1", "information": "A", "handling": "P", "origin_key": f"k-{ref}",
            "received_at": "2018-11-30T14:00",
            "event_window": {"from": "2018-11-30T20:00", "to": "2018-12-01T00:00"},
            "place": {"name": "Example Estate", "place": [-0.07, 51.6], "radius_m": 400},
            "gist": f"Report {ref} expects shots on the estate.", "originator": "desk 1",
        }  # fmt: skip
        return {**sound, **changes}

    return make


@pytest.fixture
def filled(workspace: Workspace, tmp_path: Path) -> Workspace:
    """The rehearsal with four hundred incidents of 2017 and 2018 around the estate."""
    rng = np.random.default_rng(7)
    path = tmp_path / "incidents.csv"
    head = ["incident_id", "occurred_at", "lon", "lat", "kind", "severity", "n_harmed", "origin", "known_at"]
    with path.open("w", encoding="utf8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(head)
        for i in range(400):
            at = datetime(2017, 1, 1, tzinfo=UTC) + timedelta(days=690 * i / 400, hours=float(rng.uniform(0, 24)))
            lon, lat = -0.07 + rng.normal(0, 0.01), 51.6 + rng.normal(0, 0.006)
            times = [one.strftime("%Y-%m-%dT%H:%M:00Z") for one in (at, at + timedelta(hours=6))]
            writer.writerow([i, times[0], f"{lon:.6f}", f"{lat:.6f}", "knife", "injury", 1, "reported", times[1]])
    import_incidents(workspace, [path])
    return workspace


def stored_bytes(workspace: Workspace) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(workspace.folder.rglob("*")) if path.is_file())


def test_a_report_is_kept_read_back_and_cited(workspace: Workspace, told: Make) -> None:
    kept = add(workspace, told(), WHO)
    assert kept.report.evaluator == WHO
    assert kept.prior is None
    assert [report.ref for report in reports_for(workspace, ["CAD 1", "R-101", "R-101"])] == ["R-101"]
    assert reports_for(workspace, ["R-101"], datetime(2018, 11, 30, 16, tzinfo=UTC)) == ()
    block = report_blocks(workspace, ["R-101"])[0]
    cited = CaseFile.read({"title": "x", "reports": [block]}, tz="UTC").graded_reports[0]
    assert cited == kept.report


def test_a_kept_report_cannot_be_replaced_in_silence(workspace: Workspace, told: Make) -> None:
    add(workspace, told(), WHO)
    with pytest.raises(InputError, match="kept already"):
        add(workspace, told(), WHO)
    with pytest.raises(InputError, match="Another report has this reference"):
        add(workspace, told(source="2"), WHO)


def test_only_an_evaluator_takes_reports_in_and_a_try_is_noted(workspace: Workspace, told: Make) -> None:
    with pytest.raises(NotAllowed, match="intel_evaluator"):
        add(workspace, told(), "applicant")
    assert workspace.store.audit()[-1].action == "add a report"
    assert kept_reports(workspace) == ()


def test_who_brought_a_report_cannot_evaluate_it_under_another_account(workspace: Workspace, told: Make) -> None:
    from answerable.store.protocol import Person

    workspace.store.add_person(Person("second", "pretend intel_evaluator", ("intel_originator",)))
    for originator in ("second", WHO):
        with pytest.raises(AnswerableError, match="is not who brought it"):
            add(workspace, told(originator=originator), WHO)


CSV_HEAD = (
    "ref,source,information,handling,origin_key,received_at,event_from,event_to,place_name,lon,lat,radius_m,gist,"
    "originator"
)
ROW = "{ref},1,A,P,k-{ref},2018-11-30T14:00,2018-11-30T20:00,2018-12-01T00:00,Estate,-0.07,51.6,400,{gist},desk 1"


def test_rows_that_fail_are_told_and_the_others_kept(workspace: Workspace, tmp_path: Path) -> None:
    path, rejects = tmp_path / "reports.csv", tmp_path / "rejects.csv"
    rows = [
        CSV_HEAD,
        ROW.format(ref="R-1", gist="Shots expected."),
        ROW.format(ref="R-2", gist="John Doe will bring a gun."),
        ROW.format(ref="R-3", gist="Graded six.").replace(",1,A,", ",6,A,"),
        ROW.format(ref="R-4", gist="No place.").replace("-0.07,51.6,400", ",,"),
        ROW.format(ref="R-5", gist="Later.").replace("2018-11-30T14:00", "2019-11-30T14:00"),
        ROW.format(ref="R-6", gist="Short row.") + ",more",
        ROW.format(ref="R-7", gist="Letters.").replace("51.6", "north"),
        ROW.format(ref="R-1", gist="Another gist."),
        ROW.format(ref="R-8", gist="Fight expected."),
    ]
    path.write_text("\n".join(rows), encoding="utf8")
    done = import_file(workspace, path, WHO, rejects=rejects)
    assert done.kept == ("R-1", "R-8")
    assert [(error.row, error.held) for error in done.errors] == [
        (2, True), (3, False), (4, False), (5, False), (6, False), (7, False), (8, False)
    ]  # fmt: skip
    counts = done.as_json()
    assert (counts["read"], counts["kept"], counts["rejected"], counts["held"]) == (9, 2, 6, 1)
    written = rejects.read_text(encoding="utf8")
    assert written.count("\n") == 8
    assert "what looks like a name at characters 1 to 8" in written
    again = import_file(workspace, path, WHO)
    assert (again.kept, again.already_known) == ((), 2)


def test_held_text_reaches_no_file(workspace: Workspace, tmp_path: Path, told: Make) -> None:
    path, rejects = tmp_path / "reports.json", tmp_path / "rejects.csv"
    names = [
        told("R-1", gist="Zebedee Doe, known as Qwertyx, has it."),
        told("Qwertyx Doe"),
        told("R-3", source="Qwertyx"),
    ]
    path.write_text(json.dumps({"reports": names}), encoding="utf8")
    done = import_file(workspace, path, WHO, rejects=rejects)
    assert done.kept == ()
    assert len(done.errors) == 3
    assert b"Qwertyx" not in stored_bytes(workspace) + rejects.read_bytes()


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.csv", "", "empty"),
        ("a.csv", "ref,name of victim\n1,2\n", "columns are not known"),
        ("a.csv", "ref,ref\n1,2\n", "given twice"),
        ("a.json", "[{", "not readable JSON"),
        ("a.json", "[" * 100_000, "not readable JSON"),
        ("a.json", '{"reports": 3}', "not a list"),
        ("a.json", '{"reports": [], "persons": []}', "not a list"),
        ("a.csv", 'ref\n"x', "not readable CSV"),
    ],
)
def test_a_file_that_is_none_is_an_error_as_a_whole(
    workspace: Workspace, tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf8")
    with pytest.raises(InputError, match=complaint):
        import_file(workspace, tmp_path / name, WHO)
    with pytest.raises(InputError, match="cannot be read"):
        import_file(workspace, tmp_path / "absent.csv", WHO)


def test_clearing_a_name_that_is_none_is_noted(workspace: Workspace, told: Make) -> None:
    document = told(gist="Trouble expected where the Kieran flows tonight.")
    with pytest.raises(InputError, match="Held"):
        add(workspace, document, WHO)
    add(workspace, document, WHO, cleared="It is a stream.")
    line = workspace.store.audit()[-1]
    assert line.action.startswith("cleared what looked like a name")
    assert line.reason == "It is a stream."


def test_grading_again_keeps_what_it_was(workspace: Workspace, told: Make) -> None:
    add(workspace, told(scheme="5x5x5", source="B", information="2", handling="1"), WHO)
    assert not reports_for(workspace, ["R-101"])[0].usable
    changed = regrade(workspace, "R-101", "2", "B", WHO, reason="Read again.")
    assert changed.report.usable
    assert reports_for(workspace, ["R-101"])[0].first_graded == ("5x5x5", "B", "2")
    with pytest.raises(UsageError, match="no such report"):
        regrade(workspace, "R-9", "2", "B", WHO, reason="x")


def test_every_report_is_resolved_acted_on_or_not(
    workspace: Workspace, told: Make, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ref in ("R-1", "R-2"):
        add(workspace, told(ref), WHO)
    assert waiting(workspace) == ()
    clock.advance(hours=10)
    assert [report.ref for report in waiting(workspace)] == ["R-1", "R-2"]
    assert resolve_report(workspace, "R-1", "nothing_found", "analyst").resolution.outcome == "nothing_found"  # type: ignore[union-attr]
    there = Deployed("2018-0001", AREA, Window.of_hours(TONIGHT.start, 1))
    monkeypatch.setattr(intel_reports, "deployments", lambda workspace: (there,))
    treated = resolve_report(workspace, "R-2", "refuted", "analyst").resolution
    assert treated is not None
    assert (treated.outcome, treated.seen, treated.acted_on) == ("treated", "refuted", True)
    assert waiting(workspace) == ()
    with pytest.raises(NotAllowed):
        resolve_report(workspace, "R-2", "refuted", "applicant")


def test_outcomes_move_the_ratio_of_their_grade(filled: Workspace, told: Make, clock: FixedClock) -> None:
    before = reliability(filled).ratio("3x5x2 1A", 0.01)
    words = ["alpha", "bravo", "delta", "echo", "hotel", "kilo"]
    for n, word in enumerate(words):
        add(filled, told(f"R-{n}", gist=f"{word} expects {word} and then {word} again tonight {word}"), WHO)
    clock.advance(hours=10)
    for n in range(len(words)):
        resolve_report(filled, f"R-{n}", "materialised", "analyst")
    after = reliability(filled)
    assert after.outcomes == len(words)
    assert after.ratio("3x5x2 1A", 0.01).value > 5 * before.value
    assert all(trial.prior is not None and 0 < trial.prior < 0.5 for trial in trials(filled))


def test_what_is_due_really_goes_and_its_test_of_the_grade_stays(
    filled: Workspace, told: Make, clock: FixedClock
) -> None:
    add(filled, told("R-1", gist="The word is xylophonic tonight.", retention_until="2018-12-20"), WHO)
    add(filled, told("R-2"), WHO)
    clock.advance(hours=10)
    resolve_report(filled, "R-1", "materialised", "analyst")
    kept = reliability(filled).ratio("3x5x2 1A", 0.01)
    assert purge_due(filled, WHO) == ()
    clock.set(datetime(2018, 12, 21, tzinfo=UTC))
    assert purge_due(filled, WHO) == ("R-1",)
    assert [one.report.ref for one in kept_reports(filled)] == ["R-2"]
    assert filled.store.versions("report", "R-1") == ()
    assert reliability(filled).ratio("3x5x2 1A", 0.01).value == kept.value
    line = filled.store.kept(TRIAL)[0]
    assert set(json.loads(line.value)) == {"cell", "prior", "outcome"}
    assert "R-1" not in line.id
    assert purge_due(filled, WHO) == ()


def test_only_who_takes_reports_in_removes_them(filled: Workspace, told: Make, clock: FixedClock) -> None:
    add(filled, told("R-1", retention_until="2018-12-20"), WHO)
    clock.set(datetime(2018, 12, 21, tzinfo=UTC))
    with pytest.raises(NotAllowed, match="intel_evaluator"):
        purge_due(filled, "applicant")
    with pytest.raises(UsageError, match="no such account"):
        purge_due(filled, "")
    assert [one.report.ref for one in kept_reports(filled)] == ["R-1"]
    last = filled.store.audit()[-1]
    assert (last.actor, last.action) == ("applicant", "purge reports")


def test_a_picture_is_shown_only_after_an_estimate_is_sealed(filled: Workspace, told: Make, clock: FixedClock) -> None:
    add(filled, told(), WHO)
    with pytest.raises(NotAllowed, match="only after your own estimate"):
        picture_of(filled, AREA, TONIGHT, "analyst")
    with pytest.raises(NotAllowed, match="analyst"):
        picture_of(filled, AREA, TONIGHT, "applicant", estimate=0.5, ancr="low")
    shown = picture_of(filled, AREA, TONIGHT, "analyst", estimate=0.6, ancr="low")
    assert shown.picture.origins == 1
    assert shown.picture.from_one_source
    assert shown.estimate.computed == shown.picture.probability
    assert picture_of(filled, AREA, TONIGHT, "analyst").estimate == shown.estimate
    with pytest.raises(NotAllowed, match="sealed"):
        picture_of(filled, AREA, TONIGHT, "analyst", estimate=0.1, ancr="low")
    subject = subject_of(AREA, TONIGHT)
    with pytest.raises(UsageError, match="still open"):
        resolve_estimates(filled, subject, "analyst", happened=False)
    clock.advance(hours=10)
    assert resolve_estimates(filled, subject, "analyst", happened=False) == 1
    scored = estimate_scores(filled)
    assert scored["scored"] == 1
    assert scored["human"]["brier"] == pytest.approx(0.36)
    with pytest.raises(UsageError, match="no estimate"):
        resolve_estimates(filled, "none", "analyst", happened=False)


def test_an_estimate_can_be_sealed_before_anything_is_computed(workspace: Workspace) -> None:
    sealed = seal_estimate(workspace, AREA, TONIGHT, "analyst", probability=0.4, ancr="high")
    assert sealed.shown_at is None
    with pytest.raises(UsageError, match="no forecast"):
        picture_of(workspace, AREA, TONIGHT, "analyst")


def test_the_picture_of_a_case_starts_from_the_workspaces_forecast_else_from_the_cited_one(
    workspace: Workspace, told: Make, sound: dict[str, Any]
) -> None:
    casefile = CaseFile.read(sound, tz="Europe/London")
    cited = picture_for(workspace, casefile, workspace.clock.now())
    assert cited is not None
    assert "as the case file cites it" in cited.prior.model
    assert cited.ancr == sound["judgement"]["ancr"]
    none = CaseFile.read({k: v for k, v in sound.items() if k != "forecast"}, tz="Europe/London")
    assert picture_for(workspace, none, workspace.clock.now()) is None
    assert "R-101" not in json.dumps(cited.public_json())


def test_the_picture_of_a_case_uses_the_stored_reports_it_names(
    filled: Workspace, told: Make, sound: dict[str, Any]
) -> None:
    place = {"name": "Example Estate", "place": [-0.0705, 51.6012], "radius_m": 400}
    add(filled, told("R-501", place=place), WHO)
    sound = {**sound, "reports": [], "trigger": {"type": "imminent_intel", "refs": ["R-501"]}}
    found = picture_for(filled, CaseFile.read(sound, tz="Europe/London"), filled.clock.now())
    assert found is not None
    assert found.prior.model == "long_run"
    assert found.steps[-1].refs == ("R-501",)
