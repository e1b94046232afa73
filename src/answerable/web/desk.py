"""How the staff site's pages are reached: who may come to which, as the document of the API says it too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from answerable.case.event import Actor
from answerable.clock import Clock, SystemClock
from answerable.errors import AnswerableError, InputError, NotAllowed, UsageError
from answerable.policy.pack import Pack
from answerable.service.case_board import CaseBoard, RecordState, record_state
from answerable.service.people import SERVICE, actor
from answerable.service.workspace import Workspace, open_workspace
from answerable.web.pages import staff_refusals
from answerable.web.pages.staff_refusals import STRAP, Refusal
from answerable.web.reading import PublicReader
from answerable.web.render import Frame, Page, html, twin
from answerable.web.sessions import FILE, Session, Sessions
from answerable.web.staff_settings import StaffSettings

ANYONE = "anyone"
"""Whoever is signed in under an account of their own, whatever its roles."""
NOBODY_NEEDED = "nobody"
"""What may be reached without signing in: the signing in itself."""
LINK = "link"
"""Whoever came by a one-time link, to the case that it names."""
CASE = r"[0-9]{4}-[0-9]{4,6}"
NAVIGATION = (
    ("index.html", "Desk", (ANYONE,)),
    ("cases.html", "Cases", (ANYONE,)),
    ("live.html", "Live", (ANYONE,)),
    ("forecast.html", "Forecast", ("analyst", "intel_evaluator", "applicant", "authoriser", "chief_officer")),
    ("intelligence.html", "Intelligence", ("analyst", "intel_evaluator")),
    ("data.html", "Data", ("analyst",)),
    ("lab.html", "Lab", (ANYONE,)),
    ("oversight.html", "Oversight", ("oversight",)),
    ("data-protection.html", "Data protection", ("data_protection",)),
    ("audit.html", "Audit", ("oversight", "data_protection", "disclosure", "reviewer", "chief_officer")),
    ("settings.html", "You", (ANYONE,)),
)


@dataclass(frozen=True)
class Go:
    """Where an act leads to: the address is asked for anew, so that going back or reloading sends nothing twice."""

    path: str
    answer: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""
    leave: bool = False


@dataclass(frozen=True)
class Data:
    """An answer for the site's own script."""

    value: Mapping[str, Any]
    token: str = ""


@dataclass(frozen=True)
class Handed:
    """A file to be kept by whoever asked for it."""

    content: bytes
    name: str
    media_type: str


@dataclass(frozen=True)
class Shown:
    """A page with another status than 200."""

    page: Page
    status: int


@dataclass(frozen=True)
class Visit:
    """One request that was let in: by whom, to what, with what."""

    desk: Desk
    workspace: Workspace
    session: Session | None
    actor: Actor | None
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: FormData
    origin: str
    json: Any = None

    @property
    def account(self) -> str:
        """The account that acts; empty where nobody is signed in."""
        return self.session.account if self.session else ""

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the account."""
        return self.actor.roles if self.actor else frozenset()

    @property
    def state(self) -> tuple[RecordState, datetime]:
        """What an answer about all cases holds for: this state of the record, within this hour."""
        hour = self.workspace.clock.now().replace(minute=0, second=0, microsecond=0)
        return record_state(self.workspace), hour

    def text(self, name: str) -> str:
        """Return what was typed into a field, without the space around it."""
        value = self.form.get(name, "")
        return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""

    def file(self, name: str) -> UploadFile | None:
        """Return a file that was sent, None where none was."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


Result = Page | Go | Data | Handed | Shown | Refusal
Handler = Callable[[Visit], Result]
Roles = Sequence[str] | Callable[[Pack], Sequence[str]]
Made = TypeVar("Made")


class Desk:
    """The staff application being put together: its workspace, its sessions and its routes."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        settings: StaffSettings,
        watch: Clock | None = None,
        *,
        read: PublicReader | None = None,
        board: CaseBoard | None = None,
    ) -> None:
        self.folder, self.clock, self.settings = folder, clock, settings
        self.watch = watch or SystemClock()
        self.sessions = Sessions(folder / FILE, self.watch)
        self.app = FastAPI(title="Answerable, staff", docs_url=None, redoc_url=None)
        with open_workspace(folder, clock) as workspace:
            self._pack = workspace.pack
        self.read = read or public_reader(folder, clock)
        self.board = board or CaseBoard()
        self._kept: dict[str, tuple[Any, Any]] = {}

    @property
    def cookie(self) -> str:
        """The name of the cookie: bound to the host and to TLS wherever there is TLS."""
        return "__Host-answerable" if self.settings.secure else "answerable"

    def kept(self, name: str, key: Any, make: Callable[[], Made]) -> Made:
        """Return what ``make`` made for this ``key``; it is made anew as soon as the key is another."""
        found = self._kept.get(name)
        if found is None or found[0] != key:
            found = (key, make())
            self._kept[name] = found
        made: Made = found[1]
        return made

    def file(self, path: str, handler: Handler, roles: Roles, summary: str) -> None:
        """Answer GET at ``path`` with a file."""
        extra = _document(path, self._named(roles), summary=summary)
        self._add(path, ["GET", "HEAD"], handler, roles, extra, as_json=None)

    def page(self, path: str, handler: Handler, roles: Roles, summary: str, query: Iterable[str] = ()) -> None:
        """Answer GET at ``path`` with a page, and beside it with its twin as JSON."""
        for form in ("html", "json"):
            extra = _document(path, self._named(roles), query=query, summary=f"{summary} ({form})")
            self._add(f"{path}.{form}", ["GET", "HEAD"], handler, roles, extra, as_json=form == "json")

    def act(self, path: str, handler: Handler, roles: Roles, summary: str, fields: Iterable[str] = ()) -> None:
        """Answer POST at ``path``: something is done, and the visitor is led on."""
        extra = _document(path, self._named(roles), fields=fields, summary=summary)
        self._add(path, ["POST"], handler, roles, extra, as_json=None)

    def _named(self, roles: Roles) -> list[str]:
        return list(roles(self._pack) if callable(roles) else roles)

    def _add(  # noqa: PLR0917 -- what a route is made of
        self,
        path: str,
        methods: list[str],
        handler: Handler,
        roles: Roles,
        extra: dict[str, Any],
        as_json: bool | None,
    ) -> None:
        async def endpoint(request: Request) -> Response:
            sent = await _sent_as_json(request)
            form = FormData() if sent is not None or request.method != "POST" else await request.form(max_fields=400)
            wants = as_json if as_json is not None else "application/json" in request.headers.get("accept", "")
            try:
                return await run_in_threadpool(self._serve, request, (handler, roles), (form, sent), wants)
            finally:
                await form.close()

        for method in methods:
            self.app.add_api_route(
                path,
                endpoint,
                methods=[method],
                response_class=Response,
                include_in_schema=method != "HEAD",
                openapi_extra=extra,
                summary=extra["summary"],
                responses=_RESPONSES,
                operation_id=f"{method} {path}".lower().translate(_PLAIN),
            )

    def _serve(
        self, request: Request, how: tuple[Handler, Roles], sent: tuple[FormData, Any], wants_json: bool
    ) -> Response:
        handler, roles = how
        session = self.sessions.find(request.cookies.get(self.cookie, ""))
        with open_workspace(self.folder, self.clock) as workspace:
            who = _actor(workspace, session)
            session = session if who else None
            visit = Visit(
                self,
                workspace,
                session,
                who,
                request.path_params,
                dict(request.query_params),
                sent[0],
                str(request.base_url).rstrip("/"),
                sent[1],
            )
            allowed = roles(workspace.pack) if callable(roles) else roles
            refusal = _let_in(visit, allowed, str(request.path_params.get("case_id", "")))
            result = refusal or _done(handler, visit)
            if refusal is staff_refusals.SIGN_IN and request.method == "GET" and not wants_json:
                return RedirectResponse(f"/sign-in.html?next={request.url.path.lstrip('/')}", 303)
            if isinstance(result, Refusal) and result.status == 403:
                self._note(workspace, visit, request)
            return self._answer(result, visit, request, wants_json=wants_json)

    def _note(self, workspace: Workspace, visit: Visit, request: Request) -> None:
        from answerable.service.audit import note_attempt

        action = f"{request.method} {request.url.path}"[:200]
        case_id = str(request.path_params.get("case_id", ""))
        note_attempt(workspace, visit.account or "nobody", action, "not with this account", case_id)

    def _answer(self, result: Result, visit: Visit, request: Request, *, wants_json: bool) -> Response:
        if isinstance(result, Go):
            body = {"next": result.path, **result.answer}
            response: Response = JSONResponse(body) if wants_json else RedirectResponse(f"/{result.path}", 303)
            self._set(response, result)
            return response
        if isinstance(result, Data):
            response = JSONResponse(dict(result.value))
            self._set(response, Go("", token=result.token))
            return response
        if isinstance(result, Handed):
            named = {"Content-Disposition": f'attachment; filename="{result.name}"'}
            return Response(result.content, media_type=result.media_type, headers=named)
        page = result.page if isinstance(result, Refusal | Shown) else result
        status = result.status if isinstance(result, Refusal | Shown) else 200
        frame = self.frame(request, visit.workspace)
        if wants_json:
            return Response(twin(page, frame), status, media_type="application/json")
        shown = html(page, frame, navigation_for(visit.roles, visit.session), self._strap(visit))
        return Response(shown, status, media_type="text/html; charset=utf-8")

    def _strap(self, visit: Visit) -> str:
        if visit.session is None:
            return STRAP
        how = " (demonstration: nobody was checked)" if visit.session.how == "demo" else ""
        return f"Staff only. Signed in as {visit.account}{how}"

    def frame(self, request: Request, workspace: Workspace | None = None) -> Frame:
        """Return what stands around a page, in the times of ``workspace``; also where the record cannot be read."""
        up = "../" * (request.url.path.count("/") - 1)
        try:
            view = self.read()
        except AnswerableError:
            return replace(Frame.unread(), up=up)
        tz = workspace.settings.time_zone if workspace else ""
        return replace(Frame.of(replace(view, tz=tz or view.tz)), up=up)

    def _set(self, response: Response, go: Go) -> None:
        if go.token:
            response.set_cookie(
                self.cookie, go.token, httponly=True, samesite="strict", secure=self.settings.secure, path="/"
            )
        elif go.leave:
            response.delete_cookie(self.cookie, path="/", secure=self.settings.secure, httponly=True)


async def _sent_as_json(request: Request) -> dict[str, Any] | None:
    """Return the object that was sent as JSON, None where a form or nothing was; HTTPException 400 for anything else.

    Deep nesting ends the reader's stack, a very long number is refused by it, and half a letter (a lone surrogate) is
    taken by it, but by no store and no page.
    """
    if request.method != "POST" or not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        found = await request.json()
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"What was sent as JSON cannot be read, so nothing was done. {_ONE_OBJECT}") from error
    if not isinstance(found, dict):
        raise HTTPException(400, f"What was sent as JSON is no object, so nothing was done. {_ONE_OBJECT}")
    return found


_ONE_OBJECT = "This takes one object with named values, in UTF-8."


def public_reader(folder: Path, clock: Clock) -> PublicReader:
    """Return what reads the public record of a workspace for its staff site."""
    return PublicReader(folder / "public", clock, watch=SystemClock())


def navigation_for(roles: frozenset[str], session: Session | None) -> tuple[tuple[str, str], ...]:
    """Return the pages that somebody with these roles finds at the top of every page."""
    if session is None or session.case_id:
        return ()
    return tuple((path, title) for path, title, allowed in NAVIGATION if ANYONE in allowed or roles & set(allowed))


def _actor(workspace: Workspace, session: Session | None) -> Actor | None:
    """Return who is behind a session; None where the account was closed or belongs to a program: at once, then."""
    if session is None:
        return None
    try:
        found = actor(workspace, session.account)
    except AnswerableError:
        return None
    return None if SERVICE in found.roles else found


def _let_in(visit: Visit, allowed: Sequence[str], case_id: str) -> Refusal | None:
    if NOBODY_NEEDED in allowed:
        return None
    if visit.session is None:
        return staff_refusals.SIGN_IN
    if visit.session.case_id:
        mine = LINK in allowed and visit.session.case_id == case_id
        return None if mine else staff_refusals.ONE_FORM
    if ANYONE in allowed or visit.roles & set(allowed):
        return None
    return staff_refusals.role_needed(tuple(role for role in allowed if role != LINK))


def _done(handler: Handler, visit: Visit) -> Result:
    """Carry out a request; what an error of ours says becomes the page, with the status that fits."""
    try:
        return handler(visit)
    except NotAllowed as error:
        return Refusal.of(409, "Not possible now", error)
    except InputError as error:
        return Refusal.of(400, "This does not fit", error)
    except UsageError as error:
        return Refusal.of(404 if "no such" in error.what else 400, "This is not possible", error)


_PLAIN = str.maketrans(dict.fromkeys(" /{}.-", "_"))
_TEXTS = {"text/html": {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "object"}}}
_WORDS = {
    200: "The page, or its twin",
    303: "Done; go on there",
    400: "What was sent does not fit",
    401: "Nobody is signed in",
    403: "Not with this account, or not sent from a page of this site",
    404: "Nothing is there",
    409: "Not possible in this state, or somebody else was quicker",
    410: "A link that is over",
    413: "Too large",
    429: "Too often",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": _TEXTS} for status, words in _WORDS.items()
}


def _document(
    path: str, roles: list[str], *, summary: str, fields: Iterable[str] = (), query: Iterable[str] = ()
) -> dict[str, Any]:
    text = {"type": "string"}
    parameters = [{"name": name, "in": "query", "required": False, "schema": text} for name in query]
    if "{case_id}" in path:
        where = {"name": "case_id", "in": "path", "required": True, "schema": {**text, "pattern": f"^{CASE}$"}}
        parameters.append(where)
    if "{token}" in path:
        parameters.append({"name": "token", "in": "path", "required": True, "schema": text})
    found: dict[str, Any] = {"summary": summary, "x-roles": roles, "parameters": parameters}
    named = dict.fromkeys(fields, text)
    if named:
        kind = "multipart/form-data" if "file" in named else "application/x-www-form-urlencoded"
        schema = {"type": "object", "properties": named}
        found["requestBody"] = {"content": {kind: {"schema": schema}}, "required": False}
    return found


SHORT = timedelta(minutes=5)
"""How long a decision waits to be signed, and a challenge to be answered."""
