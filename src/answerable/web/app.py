"""The public site as a process of its own. It reads one folder, decides nothing and keeps nothing about its readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from answerable.errors import IntegrityError
from answerable.record.errors import RecordError
from answerable.service.programme_published import FILE as PROGRAMME
from answerable.service.public_view import PublicView
from answerable.service.sighting import FILE as SIGHTINGS
from answerable.web import site
from answerable.web.described import answers, asked
from answerable.web.feed import FEED, feed_of
from answerable.web.feed import TYPE as FEED_TYPE
from answerable.web.headers import SecurityHeaders
from answerable.web.making import Maker
from answerable.web.pages import base_rates, errors
from answerable.web.pages.fairness_audit import FILE as AUDIT
from answerable.web.render import Frame, Page, html, twin
from answerable.web.responding import add_responding
from answerable.web.served import add_served
from answerable.web.sighting import add_sighting

# What of the folder anyone may fetch, with its type; all else in it does not exist as far as this site goes.
LOG_FILES = {
    "checkpoint": "text/plain; charset=utf-8",
    "log-policy": "text/plain; charset=utf-8",
    "gate-head": "text/plain; charset=utf-8",
    "emergencies.json": "application/json",
    SIGHTINGS: "application/json",
    AUDIT: "application/json",
    PROGRAMME: "application/json",
    FEED: FEED_TYPE,
}
LOG_FOLDERS = {
    "tile": "application/octet-stream",
    "openings": "application/json",
    "proofs": "text/plain; charset=utf-8",
    "emergency": "application/octet-stream",
    "disclosures": "application/json",
    "covers": "application/json",
    "verify": "text/html; charset=utf-8",
    "packs": "text/plain; charset=utf-8",
    "papers": "application/octet-stream",
}
# Papers come from outside: those that a browser can only show as text are shown, the others are saved.
_TEXT = {".csv", ".md", ".txt"}
_SAVED = ("proofs", "papers")
_VERIFIER_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_STATIC_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".mjs": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_Handler = TypeVar("_Handler", bound=Callable[..., Response])


def public_app(
    read_view: Callable[[], PublicView],
    public_folder: Path,
    contents_for: Callable[[PublicView], site.Contents],
    made: Maker | None = None,
    inbox: Path | None = None,
) -> ASGIApp:
    """Return the public site.

    ``read_view`` gives the record as it stands at the moment of asking; ``public_folder`` holds the log's own files,
    which are served as they are; ``contents_for`` gives what the pages say beside a view of the record. ``made`` makes
    the pages, and may have prepared some. Responses to consultations are kept in ``inbox``; without it none are taken.
    """
    app = FastAPI(title="Answerable, public record", docs_url=None, redoc_url=None)
    make = made or Maker()

    def reads(path: str, summary: str, *statuses: int, extra: Any = None) -> Callable[[_Handler], _Handler]:
        """Answer GET, and HEAD for link checkers, at ``path``."""

        def register(handler: _Handler) -> _Handler:
            app.head(path, include_in_schema=False)(handler)
            told = answers(*statuses)
            app.get(path, summary=summary, response_class=Response, responses=told, openapi_extra=extra)(handler)
            return handler

        return register

    def framed(view: PublicView, request: Request) -> Frame:
        return _framed(Frame.of(view, feed=feed_of(public_folder)), request)

    def answer(request: Request, page: Page, view: PublicView, *, as_json: bool, status: int = 200) -> Response:
        return shown(page, framed(view, request), as_json=as_json, status=status)

    def shown(page: Page, frame: Frame, *, as_json: bool, status: int = 200) -> Response:
        body = twin(page, frame) if as_json else html(page, frame)
        kind = "application/json" if as_json else "text/html; charset=utf-8"
        return Response(body, status, {"Cache-Control": "no-cache"}, media_type=kind)

    def failed(request: Request, page: Page, status: int) -> Response:
        try:
            frame = Frame.of(read_view(), feed=feed_of(public_folder))
        except Exception:  # whatever hides the record must not hide the error page as well
            frame = Frame.unread()
        return shown(page, _below(request, frame), as_json=request.url.path.endswith(".json"), status=status)

    @reads("/", "The first page", 307)
    def root() -> Response:
        return RedirectResponse("index.html")

    fields = asked([*(name for name, *_ in base_rates.FIELDS), "utc"])

    @reads("/base-rates.{form}", "Of 100 such deployments: the calculator", 400, extra=fields)
    def calculator(request: Request, form: str) -> Response:
        _known_form(form)
        given = {name: value for name, value in request.query_params.items() if name != "utc"}
        told = base_rates.calculate(given) if given else None
        view = read_view()
        page = base_rates.page(contents_for(view).base_rate_tables, told, served=True)
        status = 400 if told and told.problems else 200
        return answer(request, page, view, as_json=form == "json", status=status)

    add_sighting(app, read_view, public_folder, answer)
    add_served(app, read_view, answer)
    if inbox is not None:
        add_responding(app, read_view, inbox, answer)

    @reads("/{name}.{form}", "A page of the public record, or its JSON twin", extra=asked(["utc"]))
    def page(request: Request, name: str, form: str) -> Response:
        if f"{name}.{form}" in (*site.STATIC, *site.MOVING):
            return Response(site.static(f"{name}.{form}"), media_type=_STATIC_TYPES[f".{form}"])
        if f"{name}.{form}" in LOG_FILES:
            return _log_file(public_folder, f"{name}.{form}")
        _known_form(form)
        view = read_view()
        # A page is kept for everybody: what else one of them asked of it is not to stand in its links.
        frame = replace(framed(view, request), query="")
        body = make(view, contents_for(view), frame, name, form)
        if body is None:
            raise HTTPException(404)
        kind = "application/json" if form == "json" else "text/html; charset=utf-8"
        return Response(body, 200, {"Cache-Control": "no-cache"}, media_type=kind)

    @reads("/{path:path}", "The log's own files, as they lie in the public folder")
    def log_file(path: str) -> Response:
        return _log_file(public_folder, path)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        page = errors.not_allowed() if error.status_code == 405 else errors.not_found(request.url.path)
        return failed(request, page, error.status_code)

    @app.exception_handler(IntegrityError)
    @app.exception_handler(RecordError)
    def alarm(request: Request, error: IntegrityError | RecordError) -> Response:
        frame = _below(request, Frame.unread())
        return shown(errors.integrity(error.what), frame, as_json=request.url.path.endswith(".json"), status=500)

    @app.exception_handler(Exception)
    def broken(request: Request, _error: Exception) -> Response:
        return failed(request, errors.broken(), 500)

    return SecurityHeaders(app)


def _below(request: Request, frame: Frame) -> Frame:
    """Return the frame with links that climb back up from a nested address."""
    return replace(frame, up="../" * (request.url.path.count("/") - 1))


def _framed(frame: Frame, request: Request) -> Frame:
    """Return the frame with times in UTC where they are asked for, and with what else was asked."""
    if request.method not in ("GET", "HEAD"):
        # What answers a form has no address that could be asked for anew.
        return frame
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "utc"]
    tz = "UTC" if request.query_params.get("utc") == "1" else frame.tz
    return replace(frame, tz=tz, home_tz=frame.tz, query=urlencode(rest))


def _known_form(form: str) -> None:
    if form not in ("html", "json"):
        raise HTTPException(404)


def _log_file(folder: Path, path: str) -> Response:
    head, _, rest = path.partition("/")
    kind = LOG_FOLDERS.get(head) if rest else LOG_FILES.get(head)
    try:
        wanted = (folder / path).resolve()
        there = kind is not None and wanted.is_relative_to(folder.resolve()) and wanted.is_file()
    except (OSError, ValueError):  # what no file can be called: a name with NUL in it, or one that is too long
        there = False
    if not there:
        raise HTTPException(404)
    if head == "papers" and wanted.suffix in _TEXT:
        return FileResponse(wanted, media_type="text/plain; charset=utf-8")
    kind = _VERIFIER_TYPES.get(wanted.suffix, kind) if head == "verify" else kind
    saved = {"Content-Disposition": f'attachment; filename="{wanted.name}"'} if head in _SAVED else {}
    return FileResponse(wanted, media_type=kind, headers=saved)
