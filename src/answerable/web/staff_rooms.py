"""The rooms of the staff site in which it is looked at what others did: what was tried, and what was processed."""

from __future__ import annotations

from answerable.service.audit import audit_lines
from answerable.service.processing import note_processing, processing_lines, readers
from answerable.web.desk import NAVIGATION, Desk, Visit
from answerable.web.render import Page

_SHOWN = 500


def add_rooms(desk: Desk) -> None:
    """Put the routes of these rooms into the site."""
    allowed = {path.removesuffix(".html"): roles for path, _, roles in NAVIGATION}
    desk.page("/audit", audit_page, allowed["audit"], "What was tried and not allowed, and who signed in")
    desk.page("/processing", processing_page, tuple(sorted(readers())), "Who looked at, changed or handed on what")


def audit_page(visit: Visit) -> Page:
    """Return what was tried and not allowed, and what was done outside the log; the newest first."""
    note_processing(visit.workspace, "consulted", ("audit log", "all"), "oversight", visit.account)
    lines = audit_lines(visit.workspace)
    data = {"lines": lines[::-1][:_SHOWN], "count": len(lines), "may_process": bool(visit.roles & readers())}
    return Page("audit.html", "Audit", "staff/audit.html", data)


def processing_page(visit: Visit) -> Page:
    """Return the log of processing: who looked at, changed or handed on what, and on what ground."""
    lines = processing_lines(visit.workspace, visit.account)
    data = {"lines": lines[::-1][:_SHOWN], "count": len(lines)}
    return Page("processing.html", "Log of processing", "staff/processing.html", data)
