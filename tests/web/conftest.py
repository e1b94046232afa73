"""A made public record with a case of every kind, and the pages made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely.geometry import mapping

from answerable.lab import make_geography
from answerable.policy.pack import Pack, load_pack
from answerable.present.article import Article, load_article
from answerable.service.public_view import PublicCase, PublicEvent, PublicView
from answerable.web import site
from answerable.web.pages.base_rates import worked_tables
from answerable.web.vignettes import worked_vignettes

NOW = datetime(2018, 12, 12, 9, tzinfo=UTC)
NOT_LIMITED = "This does not limit armed response under APP or the duty to protect life."
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


def made_cases(log: Log) -> tuple[PublicCase, ...]:
    """Cases expired, blocked, refused, withdrawn, and one under way."""
    window = {"from": "2018-11-30T20:00:00Z", "to": "2018-12-01T02:00:00Z"}

    def case(number: int, title: str, state: str, about: tuple[str, str, int], *steps: Any) -> PublicCase:
        area, trigger, days = about
        start = datetime(2018, 11, 30, 20, tzinfo=UTC) + timedelta(days=days)
        opened = start - timedelta(hours=9)
        events = [log.event("open", opened, "applicant", title=title, trigger=trigger, area={}, window=window)]
        for hours, (kind, office, data) in enumerate(steps, 1):
            at = opened + timedelta(hours=hours) if kind != "start" else start
            events.append(log.event(kind, at, office, **data))
        return PublicCase(
            f"2018-{number:04}", title, state, area, 0.62, start, start + timedelta(hours=6), trigger, tuple(events)
        )

    tested = ("assess", "analyst", {"findings": [HELD, {**HELD, "rule": "AP05"}, {**HELD, "rule": "AP08"}]})
    asked = ("consult", "local_commander", {"findings": [{**HELD, "rule": "AP13"}]})
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
    for name in ("tile/0", "openings", "proofs", "packs"):
        (folder / name).mkdir(parents=True)
    (folder / "checkpoint").write_text(f"{view.origin}\n{view.size}\n")
    (folder / "log-policy").write_text("log key\n")
    (folder / "tile" / "0" / "000").write_bytes(bytes(range(32)))
    (folder / "openings" / "0.json").write_text("{}")
    (folder / "packs" / "uk.armed_patrol.yaml").write_text("pack: uk.armed_patrol\n")
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
