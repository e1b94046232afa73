"""The import wizard: a file is sent, looked at, mapped and taken in, or thrown away; and the quality of the data."""

from __future__ import annotations

import re
import secrets
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from answerable.clock import Clock
from answerable.errors import AnswerableError, InputError
from answerable.incidents.mapping import Mapping as ColumnMapping
from answerable.incidents.quality import quality_report
from answerable.incidents.sources import sources
from answerable.place import stamp
from answerable.service.audit import note_act
from answerable.service.importing import How, import_incidents, preview_incidents, undo_import
from answerable.service.study import incidents_of
from answerable.service.workspace import open_workspace
from answerable.web.child import in_child
from answerable.web.desk import Desk, Go, Result, Shown, Visit
from answerable.web.fields import Values
from answerable.web.pages.staff_refusals import OVER
from answerable.web.render import Page
from answerable.web.staff_cases import problem_of

ROLES = ("analyst",)
UPLOADS = "uploads"
_LASTS = timedelta(hours=8)
_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_CHUNK = 1 << 20


def add_imports(desk: Desk) -> None:
    """Put the routes of the wizard into the site; what was sent and never taken in before is thrown away."""
    shutil.rmtree(desk.folder / UPLOADS, ignore_errors=True)
    desk.page("/data", data_page, ROLES, "The incidents, and what is wrong with them")
    desk.page("/import", import_page, ROLES, "Import a file: send it")
    desk.act("/import", upload, ROLES, "Send a file of incidents", ("file", "layout", "tz"))
    desk.act("/import/look", look_again, ROLES, "Look again, with another mapping", ("ticket", "mapping", "tz"))
    desk.act("/import/take", take, ROLES, "Take the file in", ("ticket", "mapping", "tz"))
    desk.act("/import/undo", undo, ROLES, "Take the newest import back", ("number",))
    desk.act("/import/drop", drop, ROLES, "Throw the file away", ("ticket",))


def data_page(visit: Visit) -> Page:
    """Return what the workspace holds and what its checks say."""
    imports = visit.workspace.library.imports()
    hour = visit.workspace.clock.now().replace(minute=0, second=0, microsecond=0)
    seen = visit.desk.kept("quality", (imports, hour), lambda: _quality(visit) if imports else _NOTHING)
    made = [
        {"number": one.number, "at": stamp(one.at), "files": list(one.files), "rows": one.rows}
        for one in reversed(imports)
    ]
    data = {**seen, "imports": made, "time_zone": visit.workspace.settings.time_zone}
    return Page("data.html", "Data", "staff/data.html", data)


_NOTHING: dict[str, Any] = {"count": 0, "checks": [], "prose": ""}


def _quality(visit: Visit) -> dict[str, Any]:
    known = incidents_of(visit.workspace).known(visit.workspace.clock.now())
    report = quality_report(known)
    checks = [{"name": one.name, "title": one.title, "level": str(one.level), "says": one.says} for one in report]
    return {"count": len(known), "checks": checks, "prose": report.prose()}


def undo(visit: Visit) -> Go:
    """Take the newest import back, as long as nothing in the record may rest on it."""
    number = Values({"number": visit.text("number")}).count("number", "The number of the import") or 0
    gone = undo_import(visit.workspace, number, visit.account)
    return Go("data.html", {"taken_back": gone.rows})


def import_page(visit: Visit, problems: list[dict[str, str]] | None = None) -> Page:
    """Return the page on which a file is sent."""
    data = {
        "layouts": [{"name": one.name, "title": one.title} for one in sources()],
        "tz": visit.workspace.settings.time_zone,
        "problems": problems or [],
    }
    return Page("import.html", "Import incidents", "staff/import.html", data)


def upload(visit: Visit) -> Result:
    """Keep the file aside and show what taking it in would do."""
    sent = visit.file("file")
    if sent is None:
        return Shown(import_page(visit, [{"field": "file", "says": "Choose a file."}]), 400)
    folder = visit.workspace.folder / UPLOADS / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    path = folder / (_NAME.sub("-", Path(sent.filename or "").name).lstrip(".-")[-80:] or "file.csv")
    with path.open("wb") as out:
        shutil.copyfileobj(sent.file, out, _CHUNK)
    kept = {"path": str(path), "account": visit.account, "layout": visit.text("layout")}
    ticket = visit.desk.sessions.keep_once("import", kept, _LASTS)
    try:
        return _preview(visit, kept, ticket, visit.text("tz"), "")
    except AnswerableError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return Shown(import_page(visit, [problem_of(error)]), 400)


def look_again(visit: Visit) -> Result:
    """Show what taking it in with another mapping or zone would do."""
    kept = _kept(visit)
    if kept is None:
        return OVER
    return _preview(visit, kept, visit.text("ticket"), visit.text("tz"), visit.text("mapping"))


def take(visit: Visit) -> Result:
    """Take the file in: all of it that fits, and each row that does not with its reason."""
    kept = _kept(visit)
    if kept is None:
        return OVER
    path = Path(kept["path"])
    mapping = _mapping(path, visit.text("mapping"))
    args = (visit.workspace.folder, visit.desk.clock, path, kept["layout"], mapping, visit.text("tz"))
    try:
        summary, rejects = in_child(take_in, *args)
    except InputError as error:
        page = _preview(visit, kept, visit.text("ticket"), visit.text("tz"), visit.text("mapping"))
        return Shown(Page(page.path, page.title, page.template, {**page.data, "problems": [problem_of(error)]}), 400)
    visit.desk.sessions.take("import", visit.text("ticket"))
    shutil.rmtree(path.parent, ignore_errors=True)
    note_act(visit.workspace, visit.account, f"imported {path.name}")
    data = {"summary": summary["sentences"], "counts": summary["counts"], "rejects": rejects}
    return Page("import-done.html", "Imported", "staff/import_done.html", data, answer=True)


def drop(visit: Visit) -> Result:
    """Throw the file away; nothing of it was taken in."""
    kept = _kept(visit)
    if kept is None:
        return OVER
    visit.desk.sessions.take("import", visit.text("ticket"))
    shutil.rmtree(Path(kept["path"]).parent, ignore_errors=True)
    return Go("import.html")


def _kept(visit: Visit) -> dict[str, Any] | None:
    kept = visit.desk.sessions.look("import", visit.text("ticket"))
    return kept if kept is not None and kept["account"] == visit.account and Path(kept["path"]).is_file() else None


def _preview(visit: Visit, kept: dict[str, Any], ticket: str, tz: str, mapping: str) -> Page:
    path = Path(kept["path"])
    args = (visit.workspace.folder, visit.desk.clock, path, kept["layout"], _mapping(path, mapping), tz)
    problems: list[dict[str, str]] = []
    seen: dict[str, Any] = {"layout": "", "guessed": False, "mapping": None, "rows": [], "rejects": [], "sentences": []}
    try:
        seen = in_child(look, *args)
    except InputError as error:
        if not mapping:
            raise
        problems = [problem_of(error)]
    data = {
        **seen,
        "ticket": ticket,
        "tz": tz,
        "mapping_text": mapping or seen.get("mapping_text", ""),
        "file": path.name,
        "problems": problems,
    }
    return Page("import-look.html", "Look before it is taken in", "staff/import_look.html", data, answer=True)


def _mapping(path: Path, text: str) -> Path | None:
    if not text:
        return None
    written = path.parent / "mapping.yaml"
    written.write_text(text, encoding="utf8")
    return written


def look(  # noqa: PLR0917 -- handed over to a child, in this order
    folder: Path, clock: Clock, path: Path, layout: str, mapping: Path | None, tz: str
) -> dict[str, Any]:
    """Return a preview as plain values (done in the child)."""
    how = How(layout=layout or None, mapping=mapping, tz=tz or None)
    with open_workspace(folder, clock) as workspace:
        seen = preview_incidents(workspace, [path], how)
    found = seen.as_json()
    used: ColumnMapping | None = seen.mapping
    return {**found, "mapping_text": used.as_yaml() if used else "", "sentences": seen.summary.sentences()}


def take_in(  # noqa: PLR0917 -- handed over to a child, in this order
    folder: Path, clock: Clock, path: Path, layout: str, mapping: Path | None, tz: str
) -> tuple[dict[str, Any], list[list[str]]]:
    """Take a file in; return what was done and the first rows that failed (done in the child)."""
    how = How(layout=layout or None, mapping=mapping, tz=tz or None)
    rejects = path.parent / "rejects.csv"
    with open_workspace(folder, clock) as workspace:
        done = import_incidents(workspace, [path], how, rejects=rejects)
    import csv

    with rejects.open(encoding="utf8", newline="") as file:
        rows = [row for row, _ in zip(csv.reader(file), range(51), strict=False)]
    return {"counts": done.summary, "sentences": done.sentences}, rows
