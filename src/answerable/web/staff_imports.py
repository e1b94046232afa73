"""The import wizard: a file is sent, looked at, mapped and taken in, or thrown away; and the quality of the data."""

from __future__ import annotations

import csv
import hashlib
import re
import secrets
import shutil
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from answerable.clock import Clock
from answerable.errors import AnswerableError, InputError
from answerable.incidents.files import open_file
from answerable.incidents.guess import suggested_columns
from answerable.incidents.mapping import Mapping as ColumnMapping
from answerable.incidents.mapping import load_mapping, parse_mapping
from answerable.incidents.persons import is_person_column
from answerable.incidents.quality import quality_report
from answerable.incidents.reading import refuse
from answerable.incidents.sources import recognise, source_named, sources
from answerable.place import stamp
from answerable.service.audit import note_act
from answerable.service.importing import How, import_incidents, preview_incidents, undo_import
from answerable.service.study import incidents_of
from answerable.service.workspace import open_workspace
from answerable.web.child import in_child
from answerable.web.columns import CHOICES, chosen_mapping, column_fields
from answerable.web.desk import Desk, Go, Result, Shown, Visit
from answerable.web.fields import Values
from answerable.web.pages.staff_refusals import OVER, Refusal
from answerable.web.render import Page
from answerable.web.staff_cases import problem_of
from answerable.web.taking import Intake, Progress, Taken

ROLES = ("analyst",)
UPLOADS = "uploads"
_LASTS = timedelta(hours=8)
_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_CHUNK = 1 << 20
# A date and the two of a place: with fewer columns no choice of them makes incidents.
_FEWEST = 3
_SHOWN_REJECTS = 50
BUSY = Refusal(
    409,
    "Another file is being taken in",
    "One goes on at a time, and yours waits here. Nothing was lost.",
    "Go back and take it in again in a minute.",
)
GONE = Refusal(
    410,
    "Nothing is known of this import",
    "It was not begun, it was yours under another account, or the site was started anew since.",
    "Look at the data: it holds all of a file, or nothing of it.",
)


def add_imports(desk: Desk) -> None:
    """Put the routes of the wizard into the site; what was sent and never taken in before is thrown away."""
    shutil.rmtree(desk.folder / UPLOADS, ignore_errors=True)
    intake = Intake()
    desk.page("/data", data_page, ROLES, "The incidents, and what is wrong with them")
    desk.page("/import", import_page, ROLES, "Import a file: send it")
    desk.act("/import", upload, ROLES, "Send a file of incidents", ("file", "layout", "tz"))
    desk.act("/import/look", look_again, ROLES, "Look again, with another mapping", ("ticket", "mapping", "tz"))
    desk.act("/import/columns", choose, ROLES, "Look again, with other columns", ("ticket", "mapping", "tz", *CHOICES))
    desk.act("/import/take", lambda visit: take(visit, intake), ROLES, "Take the file in", ("ticket", "mapping", "tz"))
    desk.page("/import-taking", lambda visit: taking_page(visit, intake), ROLES, "How far a file is taken in",
              query=("ticket",))  # fmt: skip
    desk.act("/import/undo", undo, ROLES, "Take the newest import back", ("number",))
    desk.act("/import/drop", lambda visit: drop(visit, intake), ROLES, "Throw the file away", ("ticket",))


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
        return _look(visit, kept, ticket, "")
    except AnswerableError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return Shown(import_page(visit, [problem_of(error)]), 400)


def look_again(visit: Visit) -> Result:
    """Show what taking it in with another mapping or zone would do."""
    ticket = visit.text("ticket")
    kept = _kept(visit, ticket)
    return _look(visit, kept, ticket, visit.text("mapping")) if kept else OVER


def choose(visit: Visit) -> Result:
    """Show what taking it in would do if its columns are read as was chosen."""
    ticket, mapping = visit.text("ticket"), visit.text("mapping")
    kept = _kept(visit, ticket)
    if kept is None:
        return OVER
    now = _written(kept, mapping)
    try:
        known = load_mapping(now).model_dump(exclude_defaults=True) if now else {}
        chosen = {name: visit.text(name) for name in CHOICES}
        made = parse_mapping(chosen_mapping(known, chosen, Path(kept["path"]).name), "these choices")
    except InputError as error:
        return _look(visit, kept, ticket, mapping, error)
    return _look(visit, kept, ticket, made.as_yaml())


def take(visit: Visit, intake: Intake) -> Result:
    """Begin to take the file in: all of it that fits, and each row that does not with its reason."""
    ticket = visit.text("ticket")
    there = Go(f"import-taking.html?ticket={ticket}")
    begun = intake.find(ticket, visit.account)
    if begun is not None and begun.failed is None:
        return there
    kept = _kept(visit, ticket)
    if kept is None:
        return OVER
    path, desk = Path(kept["path"]), visit.desk
    asked = {"mapping": visit.text("mapping"), "tz": visit.text("tz")}
    args = (desk.folder, desk.clock, path, kept["layout"], _written(kept, asked["mapping"]), asked["tz"])

    def work(progress: Progress) -> dict[str, Any]:
        found: dict[str, Any] = in_child(take_in, *args, progress=progress)
        desk.sessions.take("import", ticket)
        shutil.rmtree(path.parent, ignore_errors=True)
        with open_workspace(desk.folder, desk.clock) as workspace:
            note_act(workspace, kept["account"], f"imported {path.name}")
        return found

    return there if intake.begin(ticket, Taken(visit.account, path.name, asked), work) else BUSY


def taking_page(visit: Visit, intake: Intake) -> Result:
    """Return how far a file is, and at the end what came of it."""
    ticket = visit.query.get("ticket", "")
    one = intake.find(ticket, visit.account)
    if one is None:
        return GONE
    path = "import-taking.html"
    if one.failed is not None:
        told = {"file": one.file, "ticket": ticket, **one.asked, "problems": [problem_of(one.failed)]}
        return Shown(Page(path, "Not taken in", "staff/import_failed.html", told), 400)
    if one.result is not None:
        return Page(path, "Imported", "staff/import_done.html", {**one.result, "over": True})
    far = {"file": one.file, "done": one.done, "total": one.total, "over": False}
    return Page(path, "Being taken in", "staff/import_taking.html", far)


def drop(visit: Visit, intake: Intake) -> Result:
    """Throw the file away; nothing of it was taken in. One that is being taken in is not stopped half-way."""
    ticket = visit.text("ticket")
    kept, begun = _kept(visit, ticket), intake.find(ticket, visit.account)
    if begun is not None and begun.failed is None:
        return Go(f"import-taking.html?ticket={ticket}")
    if kept is None:
        return OVER
    visit.desk.sessions.take("import", ticket)
    shutil.rmtree(Path(kept["path"]).parent, ignore_errors=True)
    return Go("import.html")


def _kept(visit: Visit, ticket: str) -> dict[str, Any] | None:
    kept = visit.desk.sessions.look("import", ticket)
    return kept if kept is not None and kept["account"] == visit.account and Path(kept["path"]).is_file() else None


def _look(
    visit: Visit, kept: dict[str, Any], ticket: str, mapping: str, problem: InputError | None = None
) -> Page | Shown:
    """Return what the file would be with a mapping; as it is known, where there was a ``problem`` with what was asked.

    AnswerableError where it is no file of incidents at all, whatever is said of its columns.
    """
    path, tz = Path(kept["path"]), visit.text("tz")
    args = (visit.workspace.folder, visit.desk.clock, path, kept["layout"], _written(kept, mapping), tz)
    seen, columns, unclear = in_child(look, *args)
    if unclear is not None and columns:
        # What a command is told to do about it is done here.
        unclear = AnswerableError(unclear.what, where=unclear.where, fix="Choose the columns below.")
    problems = [problem_of(error) for error in (problem, unclear) if error is not None]
    data = {
        **seen,
        "ticket": ticket,
        "tz": tz,
        "mapping_text": mapping or seen["mapping_text"],
        "fields": [one.as_json() for one in column_fields(columns, seen["mapping"] or {})] if columns else [],
        "file": path.name,
        "problems": problems,
    }
    page = Page("import-look.html", "Look before it is taken in", "staff/import_look.html", data, answer=True)
    return Shown(page, 400) if problems else page


def _written(kept: dict[str, Any], mapping: str) -> Path | None:
    if not mapping:
        return None
    # Named by what it says: a second look with another one does not change the one that a child is reading.
    name = hashlib.sha256(mapping.encode()).hexdigest()[:16]
    written = Path(kept["path"]).parent / f"mapping-{name}.yaml"
    written.write_text(mapping, encoding="utf8")
    return written


_UNCLEAR: dict[str, Any] = {
    "layout": "", "guessed": False, "mapping": None, "mapping_text": "", "rows": [], "rejects": [], "sentences": [],
}  # fmt: skip


def look(  # noqa: PLR0917 -- handed over to a child, in this order
    folder: Path, clock: Clock, path: Path, layout: str, mapping: Path | None, tz: str
) -> tuple[dict[str, Any], list[str], AnswerableError | None]:
    """Return a preview as plain values, the columns to choose from (none where the layout is known), and what is
    unclear (done in the child).
    """
    how = How(layout=layout or None, mapping=mapping, tz=tz or None)
    with open_workspace(folder, clock) as workspace:
        try:
            seen = preview_incidents(workspace, [path], how)
        except AnswerableError as error:
            columns, known = _choosable(path, layout, error)
            suggested = {} if known else {"mapping": suggested_columns(columns)}
            return {**_UNCLEAR, "layout": known, **suggested}, [] if known else columns, error
    used: ColumnMapping | None = seen.mapping
    columns = [*used.columns, *seen.summary.dropped_columns] if used else []
    found = {**seen.as_json(), "mapping_text": used.as_yaml() if used else "", "sentences": seen.summary.sentences()}
    instants = pl.col(pl.Datetime).dt.to_string("%Y-%m-%d %H:%M")
    found["rows"] = seen.rows.with_columns(instants).to_dicts()
    return found, [one for one in columns if not is_person_column(one)], None


def _choosable(path: Path, layout: str, error: AnswerableError) -> tuple[list[str], str]:
    """Return the columns of a file whose reading is unclear, and its layout if it has a known one.

    AnswerableError, which may be ``error`` itself, where no choice of columns can make it a file of incidents.
    """
    file = open_file(path)
    refuse(file)
    known = source_named(layout) if layout else recognise(file.columns)
    columns = [name for name in file.columns if name and not is_person_column(name)]
    if len(columns) < _FEWEST:
        raise error
    return columns, known.name if known else ""


def take_in(  # noqa: PLR0917 -- handed over to a child, in this order
    folder: Path, clock: Clock, path: Path, layout: str, mapping: Path | None, tz: str, *, progress: Progress
) -> dict[str, Any]:
    """Take a file in; return what was done and the first rows that failed (done in the child)."""
    how = How(layout=layout or None, mapping=mapping, tz=tz or None)
    rejects = path.parent / "rejects.csv"
    with open_workspace(folder, clock) as workspace:
        done = import_incidents(workspace, [path], how, rejects=rejects, progress=progress)
    with rejects.open(encoding="utf8", newline="") as file:
        rows = list(islice(csv.reader(file), _SHOWN_REJECTS + 1))
    return {"counts": done.summary, "summary": done.sentences, "rejects": rows}
