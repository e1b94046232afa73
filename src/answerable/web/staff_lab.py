"""The lab on the staff site: claims tried in a simulated city. A run is small, goes on beside the site, and is kept."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

from answerable.errors import AnswerableError, UsageError
from answerable.place import stamp
from answerable.record.publish import write_file
from answerable.service.audit import note_act
from answerable.web.child import in_child
from answerable.web.desk import ANYONE, Desk, Go, Result, Visit
from answerable.web.pages import lab
from answerable.web.pages.staff_patterns import patterns_page
from answerable.web.pages.staff_refusals import Refusal
from answerable.web.render import Page

FOLDER = "lab"
ROLES = ("analyst", "evaluator", "policy_owner", "oversight", "chief_officer")
"""Who may set a run going: it takes the machine's time. Everybody may read what came of it."""
BUSY = Refusal(
    409, "The lab is at work", "Another run is under way, and one goes on at a time.", "Look again in a minute."
)
_LONGEST = 120
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_KEPT = re.compile(r"[a-z0-9-]+")


class Bench:
    """The one run that may be under way, and the results of those that are over, one file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._running = ""
        self.thread: threading.Thread | None = None

    @property
    def running(self) -> str:
        """The name of what is under way; empty where nothing is."""
        return self._running

    def begin(self, name: str, size: int, seed: int, at: str) -> bool:
        """Set a run going; False where one is."""
        with self._lock:
            if self._running:
                return False
            self._running = name
        self.thread = threading.Thread(target=self._run, args=(name, size, seed, at), daemon=True)
        self.thread.start()
        return True

    def _run(self, name: str, size: int, seed: int, at: str) -> None:
        asked = {"name": name, "size": size, "seed": seed, "at": at}
        try:
            found = in_child(lab.small_run, name, size, seed, seconds=_LONGEST)
            self._keep(name, {**asked, "result": found, "failed": ""})
        except AnswerableError as error:
            self._keep(name, {**asked, "result": None, "failed": f"{error.what} {error.fix}".strip()})
        finally:
            self._running = ""

    def _keep(self, name: str, document: dict[str, Any]) -> None:
        self.folder.mkdir(exist_ok=True)
        write_file(self.folder / f"{name}.json", json.dumps(document, ensure_ascii=False).encode())

    def last(self, name: str) -> dict[str, Any] | None:
        """Return what came of the last run of that name; None where there was none."""
        path = self.folder / f"{name}.json"
        return dict(json.loads(path.read_bytes())) if _KEPT.fullmatch(name) and path.is_file() else None


def add_lab(desk: Desk) -> None:
    """Put the routes of the lab into the site."""
    bench = Bench(desk.folder / FOLDER)
    desk.page("/lab", lambda visit: lab_page(visit, bench), (ANYONE,), "The lab: what can be tried")
    desk.page("/lab-result", lambda visit: result_page(visit, bench), (ANYONE,), "What came of the last run",
              query=("name",))  # fmt: skip
    desk.page("/patterns", lambda _visit: patterns_page(), (ANYONE,), "The parts of which these pages are made")
    desk.act("/lab/run", lambda visit: begin(visit, bench), ROLES, "Set a small run going", ("name", "size", "seed"))


def lab_page(visit: Visit, bench: Bench) -> Page:
    """Return what can be tried, what is under way, and what came of the last run of each."""
    offered = []
    for one in lab.offered():
        last = bench.last(one["name"])
        told = "" if last is None else ("failed" if last["failed"] else "there")
        offered.append({**one, "last": told, "at": last["at"] if last else "", "size": last["size"] if last else 0})
    data = {
        "offered": offered,
        "running": bench.running,
        "sizes": list(lab.SIZES),
        "may_run": bool(visit.roles & set(ROLES)),
        "known": list(lab.known_answers()),
    }
    return Page("lab.html", "Lab", "staff/lab.html", data)


def result_page(visit: Visit, bench: Bench) -> Page:
    """Return the last result of one name; UsageError where there is nothing of that name."""
    name = visit.query.get("name", "")
    if not lab.known(name):
        raise UsageError("There is no such experiment.", where=name[:60], fix="Choose one on the page of the lab.")
    last = bench.last(name)
    result = last["result"] if last else None
    data = {
        "name": name,
        "question": next(one["question"] for one in lab.offered() if one["name"] == name),
        "running": bench.running == name,
        "at": last["at"] if last else "",
        "failed": last["failed"] if last else "",
        "result": lab.shown(result) if result else None,
    }
    svg = _STYLE.sub("", str(result["svg"])) if result else ""
    return Page("lab-result.html", f"Lab: {name}", "staff/lab_result.html", data, {"chart": svg} if svg else {})


def begin(visit: Visit, bench: Bench) -> Result:
    """Set a run going beside the site, and lead to where its result will be."""
    name, size, seed = visit.text("name"), visit.text("size"), visit.text("seed") or "1"
    if not lab.known(name) or size not in {str(one) for one in lab.SIZES}:
        raise UsageError(
            "This cannot be run from here.", where=f"{name[:60]}, {size[:10]}", fix="Choose from the list."
        )
    if not (seed.isascii() and seed.isdecimal() and len(seed) <= 9):
        raise UsageError("This is no seed.", where=seed[:20], fix="A seed is a whole number, such as 1.")
    if not bench.begin(name, int(size), int(seed), stamp(visit.workspace.clock.now())):
        return BUSY
    note_act(visit.workspace, visit.account, f"ran {name} in the lab, {size} replicates")
    return Go(f"lab-result.html?name={name}")
