"""The staff site: cases, decisions, data and intelligence, for those who are signed in and hold the role."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from limits import RateLimitItem
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from answerable.clock import Clock
from answerable.service.case_board import CaseBoard
from answerable.service.settings import read_settings
from answerable.web.decisions import add_decisions
from answerable.web.desk import Desk
from answerable.web.pages import staff_refusals
from answerable.web.pages.staff_refusals import Refusal
from answerable.web.reading import PublicReader
from answerable.web.render import VENDORED
from answerable.web.security import ACT_RATE, SIGN_IN_RATE, Guard, TooLarge
from answerable.web.sign_in import add_sign_in
from answerable.web.sign_in_invited import add_invitations
from answerable.web.sign_in_oidc import add_oidc
from answerable.web.sign_in_passkey import add_passkeys
from answerable.web.site import STATIC, static
from answerable.web.staff_cases import add_cases
from answerable.web.staff_chair import add_chair
from answerable.web.staff_desk import add_desk
from answerable.web.staff_filed import add_filed
from answerable.web.staff_forecast import add_forecast
from answerable.web.staff_imports import add_imports
from answerable.web.staff_intel import add_intelligence
from answerable.web.staff_lab import add_lab
from answerable.web.staff_oversight import add_oversight
from answerable.web.staff_rooms import add_rooms
from answerable.web.staff_settings import read_staff_settings

_TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml", "js": "text/javascript; charset=utf-8"}
# Both come with the package at set-up, or neither does.
_STATIC = (*STATIC, "moj-frontend.min.css") if VENDORED in STATIC else STATIC
_FILES = frozenset(("passkey.js", "forecast.js", "live.js", "taking.js", "staff.css"))
_OWN = Path(__file__).parent / "static" / "staff"


def staff_app(
    folder: Path,
    clock: Clock,
    *,
    watch: Clock | None = None,
    rates: tuple[RateLimitItem, RateLimitItem] = (SIGN_IN_RATE, ACT_RATE),
    read: PublicReader | None = None,
    board: CaseBoard | None = None,
) -> ASGIApp:
    """Return the staff site of the workspace in ``folder``; every request opens it, acts, and closes it again.

    ``clock`` is the workspace's, ``watch`` the one that sessions run by (default: the machine's own); ``rates`` are the
    most attempts to sign in, and the most acts, from one address; ``read`` reads the public record, ``board`` the
    cases.
    """
    settings = read_staff_settings(folder, read_settings(folder).kind)
    desk = Desk(folder, clock, settings, watch, read=read, board=board)
    for add in (
        add_sign_in,
        add_passkeys,
        add_oidc,
        add_invitations,
        add_desk,
        add_forecast,
        add_lab,
        add_oversight,
        add_rooms,
        add_chair,
        # Before the cases: their addresses begin like these.
        add_filed,
        add_cases,
        add_decisions,
        add_imports,
        add_intelligence,
    ):
        add(desk)
    _add_files(desk)
    _add_refusals(desk)
    return Guard(desk.app, hosts=settings.hosts, secure=settings.secure, rates=rates)


def _add_files(desk: Desk) -> None:
    @desk.app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    def root() -> Response:
        return RedirectResponse("index.html")

    @desk.app.api_route("/staff/{name}.{form}", methods=["GET", "HEAD"], include_in_schema=False)
    def own(name: str, form: str) -> Response:
        if f"{name}.{form}" not in _FILES:
            raise HTTPException(404)
        return Response((_OWN / f"{name}.{form}").read_bytes(), media_type=_TYPES[form])

    @desk.app.api_route("/{name:path}.{form}", methods=["GET", "HEAD"], include_in_schema=False)
    def file(name: str, form: str) -> Response:
        if f"{name}.{form}" not in _STATIC or form not in _TYPES:
            raise HTTPException(404)
        return Response(static(f"{name}.{form}"), media_type=_TYPES[form])


def _add_refusals(desk: Desk) -> None:
    def answered(request: Request, refusal: Refusal) -> Response:
        as_json = request.url.path.endswith(".json") or "application/json" in request.headers.get("accept", "")
        frame = desk.frame(request)
        body = refusal.as_json(frame) if as_json else refusal.as_html(frame)
        return Response(body, refusal.status, media_type="application/json" if as_json else "text/html; charset=utf-8")

    @desk.app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            return answered(request, staff_refusals.NOT_HERE)
        if error.status_code == 404:
            return answered(request, staff_refusals.NOT_FOUND)
        return answered(request, Refusal(error.status_code, "This cannot be read", str(error.detail), "Try again."))

    @desk.app.exception_handler(TooLarge)
    def too_large(request: Request, _error: TooLarge) -> Response:
        return answered(request, staff_refusals.TOO_LARGE)

    @desk.app.exception_handler(Exception)
    def broken(request: Request, _error: Exception) -> Response:
        return answered(request, staff_refusals.BROKEN)
