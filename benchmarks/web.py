"""How long each page takes on the server, and whether the public register holds 200 requests a second without an error.

On the record of the demo (or ``--public FOLDER``), and on one of 10,000 cases with a planning picture of a city of
25,600 cells in 100 wards; over loopback, with ``wrk`` where it is installed (Debian: ``apt install wrk``). Each round
asks for every page once, and waits until the server has to look anew. CPU is the server's own, all its threads
together, which a busy machine lengthens less than the time on the clock. KB are those of a page and of all style sheets
that it links. Of the staff site, every page that is in the navigation of an analyst, an authoriser, the oversight body
and the data protection officer, and one case. Fifteen minutes; with ``--cases 0``, for the demo alone, two. Writes
``results/web.md`` when called with ``--write``.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import numpy as np

from answerable.case.casefile import CaseFile, template
from answerable.case.event import Command, LogEntry
from answerable.case.facts import FIRST_CASE, facts_of
from answerable.case.machine import Actor, Case, decide
from answerable.case.sections import public_sections
from answerable.clock import FixedClock
from answerable.place import Window, stamp
from answerable.policy.pack import Pack
from answerable.policy.reading import read_yaml
from answerable.service.adopt import adopted_pack
from answerable.service.casework import as_text
from answerable.service.forecasting import make_picture
from answerable.service.importing import import_incidents
from answerable.service.people import actor
from answerable.service.picture import publish_picture
from answerable.service.statement import statement
from answerable.service.study import FILE as STUDY_AREA
from answerable.service.workspace import Workspace, init_workspace, open_workspace
from answerable.store.protocol import NewEvent

# The sites tell the time by themselves, so what is to be under way while they are measured has to have begun today.
START = datetime.now(UTC).replace(microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The facts of the template's case file are those of this instant, whenever its case is opened.
AS_OF = datetime(2018, 11, 30, 18, tzinfo=UTC)
LATER = Path(__file__).parents[1] / "tests" / "assets" / "case" / "later_sections.yaml"
# Of every hundred cases one is used, and with so many cases a year that is as often as the rules allow.
A_YEAR, USED = 400, 100
# What is done on a case that is used, by whom, and how many hours after its opening. Its window begins after two.
LIFE = (
    ("open", "applicant", 0), ("submit", "applicant", 0.1), ("community_impact", "community-lead", 0.2),
    ("equality_impact", "equality-lead", 0.2), ("assess", "analyst", 0.3), ("advise", "local-commander", 0.4),
    ("advise", "iag-contact", 0.4), ("advise", "pcc-liaison", 0.4), ("authorise", "authoriser", 1),
    ("start", "operational-commander", 2), ("review", "reviewer", 3), ("log", "operational-commander", 3),
    ("extend", "authoriser", 3.5), ("end", "operational-commander", 4), ("debrief", "operational-commander", 5),
    *(("referral", "analyst", 20 * 24) for _ in range(3)), ("evaluate", "evaluator", 40 * 24),
    ("close", "disclosure", 41 * 24),
)  # fmt: skip
# The newest case is at this place in its life when the sites are measured.
LIVE = 3.25
RESULTS = Path(__file__).parent / "results" / "web.md"
ROUNDS = 20
# A city of 40 by 40 km in cells of 250 m and wards of 4 km, its south-west corner in degrees.
CELLS, CELL_M, WARDS, CORNER = 160, 250, 10, (-0.40, 51.32)
DEGREES = (0.25 / 69.6, 0.25 / 111.2)
INCIDENTS = 30_000
SERVER = """
import sys
from pathlib import Path
from answerable.web.serve import serve_public, serve_staff
serve = {"public": serve_public, "staff": serve_staff}[sys.argv[2]]
serve(Path(sys.argv[1]), "127.0.0.1", 0, ready=lambda address: print(address, flush=True))
"""
STAFF = ("analyst", "authoriser", "oversight", "data-protection")
# Of these the first screen alone: their other pages are those of the accounts above.
FIRST_SCREENS = ("local-commander", "pcc-liaison", "iag-contact", "disclosure")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--public", type=Path, help="a public folder, such as demo/public; left out: the demo is run")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        demo = asked.public.parent if asked.public else make_demo(place / "demo")
        told = [*head(), *measured("the demo", demo, asked.seconds)]
        if asked.cases:
            filled(place / "many", asked.cases)
            told += measured(f"{asked.cases:,} cases", place / "many", asked.seconds)
    table = "\n".join(told) + "\n"
    print(table)
    if asked.write:
        RESULTS.write_text(table, encoding="utf8")


def head() -> list[str]:
    return [
        "# Pages of the public and the staff site",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load before: {os.getloadavg()[0]:.2f}.",
    ]


def make_demo(folder: Path) -> Path:
    command = [sys.executable, "-m", "answerable", "demo", "--dir", str(folder), "--no-serve"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def filled(folder: Path, cases: int) -> None:
    """Make a workspace of so many cases, as many a year as ``A_YEAR``, and publish all of it.

    Of every hundred one is used, from its opening to its closing, 20 are refused and 10 taken back; the others are, in
    turn, drafts, submitted and assessed. The newest is under way.
    """
    # The adopted policy is in force now, and not yet when the oldest of many cases were opened.
    clock = FixedClock(START - 300 * DAY)
    init_workspace(folder, time_zone="Europe/London", clock=clock)
    clock.set(START)
    with open_workspace(folder, clock) as workspace:
        told = Told.of(workspace)
        made: list[NewEvent] = []
        opening: list[NewEvent] = []
        for number in range(cases):
            newest = number == cases - 1
            opened = START - (LIVE * HOUR if newest else (cases - number) * 365 * DAY / A_YEAR)
            statements = list(told.case(number, opened.replace(microsecond=0), steps(0 if newest else number), opening))
            opening = statements[:1]
            made += statements
        for first in range(0, len(made), 1000):
            workspace.store.append(made[first : first + 1000])
        city(workspace)


def steps(number: int) -> Sequence[tuple[str, str, float]]:
    """Return what is done on the case of that number: a whole life, or its beginning and who ended it, if anybody."""
    if number % USED == 0:
        return LIFE
    if number % 10 in {1, 2}:
        return (*LIFE[:8], ("refuse", "authoriser", 1), *(one for one in LIFE if one[0] == "referral"))
    if number % 10 == 3:
        return (*LIFE[:2], ("withdraw", "applicant", 1))
    return [LIFE[at] for at in (0, 1, 4)[: 1 + number % 3]]


@dataclass(frozen=True)
class Told:
    """What all cases say: one case file with every later section, its facts, and who acts."""

    workspace: Workspace
    pack: Pack
    document: Mapping[str, Any]
    casefile: CaseFile
    facts: Mapping[str, Any]
    people: Mapping[str, Actor]

    @classmethod
    def of(cls, workspace: Workspace) -> Told:
        pack, document = adopted_pack(workspace), dict(read_yaml(template(), "template"))
        later = read_yaml(LATER.read_text(encoding="utf8"), LATER.name)
        community = document["community_impact"] | later["community_full"]["community_impact"]
        for name in ("start", "extension", "debrief", "evaluation", "closing"):
            document |= later[name]
        document["community_impact"] = community | document["community_impact"]
        casefile = CaseFile.read(document, tz="Europe/London")
        extra = {**FIRST_CASE, "rarity.level": "notice"}
        before = facts_of(CaseFile.read_text(template()), AS_OF, extra, pack.catalogue)
        facts = facts_of(casefile, AS_OF + 5 * HOUR, extra, pack.catalogue)
        aged = {name: value for name, value in before.items() if name.endswith(("age_h", "within_h"))}
        people = {account: actor(workspace, account) for _, account, _ in LIFE}
        return cls(workspace, pack, document, casefile, facts | aged, people)

    def case(
        self, number: int, opened: datetime, done: Sequence[tuple[str, str, float]], before: Sequence[NewEvent]
    ) -> Iterator[NewEvent]:
        """Give the statements of one case, as far as it has come at ``START``; ``before`` is the opening before it."""
        case, sections = Case(f"{opened:%Y}-{number:05d}"), public_sections(self.casefile)
        window, mine = Window.of_hours(opened + 2 * HOUR, 4), list(before)
        where = number + number // USED
        place = f"Ward {where % WARDS + 1}-{where // WARDS % WARDS + 1}"
        for one in sections["alternatives"]:
            if one.get("referred_to"):
                one["referred_to"]["due"] = stamp(opened + 30 * DAY)
        referred = [one["option"] for one in sections["alternatives"] if one.get("referred_to")]
        proposal = replace(self.casefile.proposal(), title=f"Case {number}", window=window, area_name=place)
        community = sections["community_impact"]
        # Looked at again while it lasts: a review from before the decision counts for nothing.
        reviewed = {**community["reviewed"], "at": stamp(window.start + HOUR)}
        sections["community_impact"] = {**community, "reviewed": reviewed}
        seen = LogEntry(window.start + HOUR / 4, "foot_patrol", "27700:250:2100:780", officers=4, minutes=60)
        for kind, account, hours in done:
            at = opened + hours * HOUR
            if at > START:
                break
            command = Command(
                kind, proposal=proposal, sections=sections, entries=(seen,), stance="neutral", publish=True,
                text="Keep it short, and tell the stewards beforehand.", outcome="continue",
                reasons="Two origins agree, and unarmed officers are there.", what_would_change="A fresh report.",
                conditions=("Beside unarmed colleagues.",),
                checks={"intel_still_valid": True, "threat_reassessed": True, "community_feedback": "Calm."},
                picture={"probability": 0.012, "low": 0.004, "high": 0.03, "base_rate": 0.002},
                ends_at=window.end + 2 * HOUR if kind == "extend" else None,
                option=referred.pop() if kind == "referral" else "",
                private={"file": self.document} if kind == "open" and done is LIFE else {},
            )  # fmt: skip
            event = decide(case, command, self.facts, self.pack, self.people[account], at)
            assert event.kind == kind, event.data
            case = case.after(event)
            made = statement(
                self.workspace, kind, event.data, office=event.office, case_id=case.id, case_version=event.version,
                account=account, private=event.private, at=at, standing=as_text(case), after=mine,
            )  # fmt: skip
            mine.append(made)
            yield made


def city(workspace: Workspace) -> None:
    """Import incidents of a city of ``CELLS`` by ``CELLS`` cells and publish a picture of its wards."""
    source = workspace.folder / "incidents.csv"
    rng = np.random.default_rng(1)
    where = rng.random((INCIDENTS, 2)) ** 1.3 * CELLS * np.array(DEGREES) + np.array(CORNER)
    when = [START - timedelta(minutes=int(one)) for one in sorted(rng.integers(100, 3 * 365 * 1440, INCIDENTS))]
    rows = (
        f"S-{number},{at:%Y-%m-%dT%H:%M:%S+00:00},{lon:.5f},{lat:.5f},knife,injury,1,reported,"
        f"{at + timedelta(minutes=90):%Y-%m-%dT%H:%M:%SZ}"
        for number, (at, (lon, lat)) in enumerate(zip(when, where, strict=True))
    )
    source.write_text(
        "\n".join(["incident_id,occurred_at,lon,lat,kind,severity,n_harmed,origin,known_at", *rows]) + "\n",
        encoding="utf8",
    )
    wards = [ward(*place) for place in product(range(WARDS), repeat=2)]
    told = {"type": "FeatureCollection", "features": wards}
    (workspace.folder / STUDY_AREA).write_text(json.dumps(told), encoding="utf8")
    import_incidents(workspace, [source])
    picture = make_picture(workspace, Window.of_hours(START, 4), cell_m=CELL_M)
    publish_picture(workspace, picture, account="analyst")


def ward(column: int, row: int) -> dict[str, object]:
    side = CELLS // WARDS
    west, east = (CORNER[0] + side * DEGREES[0] * one for one in (column, column + 1))
    south, north = (CORNER[1] + side * DEGREES[1] * one for one in (row, row + 1))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"name": f"Ward {column + 1}-{row + 1}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@contextmanager
def serving(workspace: Path, site: str) -> Iterator[tuple[str, int]]:
    """Serve one of the two sites in a process of its own, as ``serve`` does; give its address and its number."""
    command = [sys.executable, "-c", SERVER, str(workspace), site]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip(), server.pid
    finally:
        server.terminate()
        server.wait()


def measured(name: str, workspace: Path, seconds: int) -> list[str]:
    with serving(workspace, "public") as (address, number):
        asked = {page: (page, "") for page in pages_of(address)}
        rows = [f"## {name}: the public site", "", *timed(address, number, asked), "", pressed(address, seconds)]
    with serving(workspace, "staff") as (address, number):
        asked = {}
        for account in STAFF:
            cookie = signed_in(address, account)
            asked |= {f"{page} ({account})": (page, cookie) for page in staff_pages_of(address, cookie)}
        for account in FIRST_SCREENS:
            asked[f"index.html ({account})"] = ("index.html", signed_in(address, account))
        return ["", *rows, "", f"## {name}: the staff site", "", *timed(address, number, asked)]


def timed(address: str, number: int, asked: dict[str, tuple[str, str]]) -> list[str]:
    """Return the table of what was ``asked``: a page and a cookie, by what the table calls it."""
    rows = ["| page | KB gzipped | median ms | p95 ms | worst ms | median CPU ms |", "|---|---|---|---|---|---|"]
    times: dict[str, list[float]] = {name: [] for name in asked}
    work: dict[str, list[float]] = {name: [] for name in asked}
    sizes = {name: packed(address, *what) for name, what in asked.items()}
    for _ in range(ROUNDS):
        for name, what in asked.items():
            spent, began = worked(number), time.perf_counter()
            fetched(address, *what)
            times[name].append(time.perf_counter() - began)
            work[name].append(worked(number) - spent)
        time.sleep(1)
    for name, taken in times.items():
        taken.sort()
        cpu = sorted(work[name])[len(taken) // 2]
        shown = (taken[len(taken) // 2], taken[int(0.95 * len(taken)) - 1], taken[-1], cpu)
        rows.append(f"| {name} | {sizes[name]:.1f} | {' | '.join(f'{1000 * one:.1f}' for one in shown)} |")
    return rows


def signed_in(address: str, account: str) -> str:
    """Sign in as one of the pretend people, and return the cookie."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/sign-in/demo", f"account={account}", form)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 303, (account, answer.status)
    return answer.headers["Set-Cookie"].split(";")[0]


def staff_pages_of(address: str, cookie: str) -> list[str]:
    """Return the pages at the top of every page of whoever the cookie is of, and the newest case, as filed too where
    the account may read that, with the page on which it is decided.
    """
    links = re.findall(r'href="([a-z-]+\.html)"', fetched(address, "index.html", cookie).decode())
    case = re.search(r'href="(case-[0-9-]+\.html)"', fetched(address, "cases.html", cookie).decode())
    more = (
        re.findall(r'href="(case-[0-9-]+-(?:filed|refuse)\.html)"', fetched(address, case[1], cookie).decode())
        if case
        else []
    )
    return [*dict.fromkeys(links), *([case[1]] if case else []), *dict.fromkeys(more)]


def worked(number: int) -> float:
    """Return the seconds of CPU time that a process has used so far, to the nanosecond where the system tells it."""
    try:
        tasks = Path(f"/proc/{number}/task").iterdir()
        return sum(int((one / "schedstat").read_text().split()[0]) for one in tasks) / 1e9
    except (OSError, ValueError):
        return float("nan")


def pages_of(address: str) -> list[str]:
    """Return the pages that the page of all pages links to, the newest case, one that was evaluated, and more cases."""
    links = re.findall(r'href="([a-z-]+\.html)"', fetched(address, "pages.html").decode())
    register = fetched(address, "cases.html").decode()
    newest = sorted(re.findall(r'href="(case-[0-9-]+\.html)"', register))[-1:]
    evaluated = re.findall(r'href="(case-[0-9-]+\.html)"', fetched(address, "evaluation.html").decode())[:1]
    return list(dict.fromkeys(["pages.html", *links, *newest, *evaluated, *re.findall(r"cases-2\.html", register)]))


def packed(address: str, page: str, cookie: str) -> float:
    """Return the kilobytes of a page and of all style sheets that it links, gzipped."""
    body = fetched(address, page, cookie)
    sheets = [
        urljoin(f"/{page}", one).lstrip("/") for one in re.findall(r'rel="stylesheet" href="([^"]+)"', body.decode())
    ]
    return sum(len(gzip.compress(one)) for one in (body, *(fetched(address, name, cookie) for name in sheets))) / 1000


def fetched(address: str, page: str, cookie: str = "") -> bytes:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", f"/{page}", headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, (page, answer.status)
    return body


def pressed(address: str, seconds: int) -> str:
    """Press the register as hard as it goes, and tell requests a second and errors."""
    if shutil.which("wrk") is None:
        return "wrk is not installed, so the register was not pressed."
    command = ["wrk", "-t2", "-c16", f"-d{seconds}s", "--latency", f"{address}/cases.html"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slow = re.search(r"^ +99% +(\S+)", said, re.MULTILINE)
    errors = [line.strip() for line in said.splitlines() if "Socket errors" in line or "Non-2xx" in line]
    return (
        f"`wrk -t2 -c16 -d{seconds}s` on the register: {rate[1] if rate else '?'} requests a second, 99 % within "
        f"{slow[1] if slow else '?'}, {'; '.join(errors) or 'no error'}."
    )


if __name__ == "__main__":
    main()
