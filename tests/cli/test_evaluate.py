"""``evaluate``, ``indicator`` and ``evidence library`` as they are typed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.errors import InputError, UsageError


def run(*words):
    return CliRunner().invoke(app, list(words), catch_exceptions=True)


def test_power_needs_no_workspace_and_says_it_first() -> None:
    found = run("evaluate", "power", "--baseline", "0.05", "--json")
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    assert document["numbers"]["too_rare"] is True
    assert document["prose"][0].startswith("This programme is too rare")


def test_before_after_is_refused_with_its_reason() -> None:
    found = run("evaluate", "before-after")
    assert isinstance(found.exception, UsageError)
    assert "-59.6 %" in str(found.exception)


def test_a_power_that_makes_no_sense_is_refused() -> None:
    found = run("evaluate", "power", "--baseline", "0", "--fall", "30")
    assert isinstance(found.exception, InputError)


@pytest.mark.parametrize("other", [("--a-year", "400"), ("--margin", "20"), ("--outcome", "any")])
def test_only_what_was_fixed_beforehand_is_published(other: tuple[str, str]) -> None:
    found = run("evaluate", "programme", "--publish", *other)
    assert isinstance(found.exception, UsageError)
    assert "fixed beforehand" in str(found.exception)


def test_the_library_prints_its_honest_row_first() -> None:
    found = run("evidence", "library")
    assert found.stdout.startswith("Armed foot patrol on residential streets: No evaluation was found.")
    assert "Nothing is in the library" in run("evidence", "library", "--option", "do_nothing").stdout


@pytest.mark.realdata
def test_the_card_of_the_claim_of_2018(shared_data) -> None:
    found = run(
        "indicator", "homicide", "--as-of", "2018-11-30",
        "--claims", str(shared_data / "london_homicide_claims_2018" / "claims.csv"),
        "--counts", str(shared_data / "london_homicide" / "homicide_month_borough_2003_2018.csv.gz"),
    )  # fmt: skip
    assert found.exit_code == 0
    assert "The claim is true against 118" in found.stdout
    assert "1.20 times (0.93 to 1.56): higher, within what chance alone produces" in found.stdout


def test_a_page_is_written_beside_what_is_printed(tmp_path) -> None:
    page = tmp_path / "power.html"
    found = run("evaluate", "power", "--baseline", "0.05", "--html", str(page))
    assert found.exit_code == 0
    text = page.read_text()
    assert "This programme is too rare for its effect ever to be shown" in text
    assert "<script" not in text


def test_a_pulse_survey_is_judged(tmp_path) -> None:
    path = tmp_path / "pulse.csv"
    rows = [
        "area,wave,group,item,agree,answers,dont_know",
        "deployment,after,all,afraid,300,600,4",
        "matched,after,all,afraid,180,600,6",
    ]
    path.write_text("\n".join(rows) + "\n")
    document = json.loads(run("evaluate", "confidence", str(path), "--json").stdout)
    assert document["verdict"] == "lower"


def test_an_audit_of_places_is_told(tmp_path) -> None:
    path = tmp_path / "groups.csv"
    rows = ["group,deployments,futile,person_hours,need,incidents,missed"]
    rows += [
        f"fifth {i},{n},{n - 1},1000000,{need},{need},3"
        for i, (n, need) in enumerate([(40, 10), (10, 20), (10, 30)], 1)
    ]
    path.write_text("\n".join(rows) + "\n")
    said = run("evaluate", "fairness", str(path)).stdout
    assert "fifth 1: deployments more than its need." in said
    assert "exclude each other" in said
    turned = run("evaluate", "fairness", str(path), "--reporting", "0.05", "1.0").stdout
    assert "We cannot tell whether fifth 1" in turned


def test_an_audit_without_any_incident_is_valid_json(tmp_path) -> None:
    path, page = tmp_path / "groups.csv", tmp_path / "audit.html"
    rows = ["group,deployments,futile,person_hours,need,incidents,missed", "a,3,3,1000,2,0,0", "b,4,4,1000,2,0,0"]
    path.write_text("\n".join(rows) + "\n")
    said = run("evaluate", "fairness", str(path), "--json", "--html", str(page)).stdout
    assert "NaN" not in said
    document = json.loads(said)
    figures = document["numbers"]["a"]
    assert figures["missed_for_need"] == [None, 0.0, None]
    assert figures["per_head"] == figures["futile_per_head"]
    assert figures["hit_rate"][0] == 0
    assert "no event" in {row["value"] for row in document["table"]}
    assert page.is_file()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "group,deployments\na,1\n",
        "group,deployments,futile,person_hours,need,incidents,missed\na,x,0,1,1,1,1\n",
        "group,deployments,futile,person_hours,need,incidents,missed\na,1,0,1,1,1,1\n",
    ],
)
def test_files_of_groups_that_cannot_be_read(tmp_path, text) -> None:
    path = tmp_path / "groups.csv"
    path.write_text(text)
    assert isinstance(run("evaluate", "fairness", str(path)).exception, InputError)
    assert isinstance(run("evaluate", "fairness", str(tmp_path / "none.csv")).exception, InputError)


def test_a_trial_says_beforehand_what_it_could_show(tmp_path) -> None:
    path = tmp_path / "protocol.yaml"
    path.write_text(
        "name: visits\narms: [youth workers, unarmed foot patrol]\noutcome: serious incidents\nhorizon_days: 28\n"
        "eligible: refused or lapsed cases\nagreed_by: [local_commander, iag]\n",
        encoding="utf8",
    )
    words = ("evaluate", "trial", "design", str(path), "--baseline", "0.05", "--cases-a-year", "20", "--json")
    document = json.loads(run(*words).stdout)
    assert "could not even see that one response halves" in document["prose"][0]
    assert document["charts"][0]["x"] == "cases under each response"


def test_power_needs_a_baseline_or_a_case() -> None:
    assert isinstance(run("evaluate", "power").exception, UsageError)
