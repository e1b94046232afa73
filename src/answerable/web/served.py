"""What only a served site can do beside its pages: write the letter that is asked for, and hand out files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from answerable.service.public_view import PublicView
from answerable.web.described import answers, asked
from answerable.web.downloads import FILES, Download
from answerable.web.pages.letter import letter
from answerable.web.pages.moving_map import moving_map
from answerable.web.posted import Shown
from answerable.web.site import MOVING


def add_served(app: FastAPI, read_view: Callable[[], PublicView], shown: Shown) -> None:
    """Put the letter, the map that can be moved and the downloads on the public site."""

    def written(request: Request, form: str) -> Response:
        if form not in ("html", "json"):
            raise HTTPException(404)
        view = read_view()
        page = letter(
            _in_zone_asked(view, request),
            {name: value for name, value in request.query_params.items() if name != "utc"},
        )
        return shown(request, page, view, as_json=form == "json", status=400 if page.data["problem"] else 200)

    def moving(form: str, request: Request) -> Response:
        view = read_view()
        page = moving_map(_in_zone_asked(view, request)) if MOVING else None
        if page is None:
            raise HTTPException(404)
        return shown(request, page, view, as_json=form == "json")

    for form in ("html", "json"):
        app.head(f"/map.{form}", include_in_schema=False)(partial(moving, form))
        app.get(f"/map.{form}", summary="The map that can be moved", response_class=Response, responses=answers())(
            partial(moving, form)
        )
    app.head("/letter.{form}", include_in_schema=False)(written)
    app.get(
        "/letter.{form}",
        summary="A letter to residents, for an area and a day",
        response_class=Response,
        responses=answers(400),
        openapi_extra=asked(["area", "date", "utc"]),
    )(written)
    for name, download in FILES.items():
        _add_file(app, read_view, name, download)


def _in_zone_asked(view: PublicView, request: Request) -> PublicView:
    """Return the view with its times in UTC where they are asked for: these pages write them into their sentences."""
    return replace(view, tz="UTC") if request.query_params.get("utc") == "1" else view


def _add_file(app: FastAPI, read_view: Callable[[], PublicView], name: str, download: Download) -> None:
    def handed() -> Response:
        saved = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
        return Response(download.make(read_view()), media_type=download.kind, headers=saved)

    app.head(f"/{name}", include_in_schema=False)(handed)
    app.get(f"/{name}", summary=download.says, response_class=Response, responses=answers())(handed)
