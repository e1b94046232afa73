"""A page is one value shown twice: as HTML for people and as JSON for programs. Nothing is said in only one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from answerable.place import local, stamp
from answerable.present.marks import watermark
from answerable.present.words import frequency
from answerable.service.public_view import PublicView
from answerable.web import govuk
from answerable.web.catalogue import names, say

NOT_LIMITED = say("frame.not_limited")
NAVIGATION = tuple((f"{name}.html", title) for name, title in names("frame.navigation").items())
# At the foot of every public page.
FOOT = tuple((f"{name}.html", title) for name, title in names("frame.foot").items())
VENDORED = "govuk-frontend.min.css"
_SAFE_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Page:
    """One page: ``path`` in the site, what it says as plain JSON values (``data``), and the template that says it.

    ``markup`` holds pictures (SVG that we made) of values that ``data`` also holds in words and numbers. ``answer`` is
    for what is shown once, in answer to a form: it has no address of its own, and so no twin to link to.
    """

    path: str
    title: str
    template: str
    data: Mapping[str, Any]
    markup: Mapping[str, str] = field(default_factory=dict)
    answer: bool = False

    @property
    def twin(self) -> str:
        """Path of the same page as JSON."""
        return self.path.removesuffix(".html") + ".json"


# What a visitor reads beside the name of the site.
STRAP = say("frame.strap")


@dataclass(frozen=True)
class Frame:
    """What stands around every page: the kind of workspace, the log it comes from, its time and its zone.

    ``prefix`` is the relative path from the pages to the folder that holds the log's own files; ``up`` the one from
    this page to the others (empty unless an error page answers for an address further down); ``feed`` the name of the
    feed of notices beside the log's own files (empty where there is none). ``home_tz`` is the zone in which a page that
    can be asked for its times in UTC shows them unasked (empty where nobody can ask, as in a folder), ``query`` what
    else it was asked.
    """

    kind: str
    origin: str
    size: int
    root: str
    signed_by: str
    tz: str
    as_of: datetime | None
    unopened: int
    prefix: str = ""
    up: str = ""
    feed: str = ""
    home_tz: str = ""
    query: str = ""

    @classmethod
    def of(cls, view: PublicView, prefix: str = "", feed: str = "") -> Frame:
        """Return the frame of every page made from ``view``."""
        read = (view.kind, view.origin, view.size, view.root, view.signed_by, view.tz, view.as_of, view.unopened)
        return cls(*read, prefix=prefix, feed=feed)

    @classmethod
    def unread(cls) -> Frame:
        """Return the frame of a page that says that the record could not be read."""
        return cls("", "", 0, "", "", "UTC", None, 0)

    @property
    def watermark(self) -> str:
        """The words that every page carries at its top."""
        return watermark(self.kind or "the record could not be read")

    @property
    def verifier(self) -> str:
        """The standalone page that checks proofs, with the mark by which it shows the way back to these pages."""
        return f"{self.up}{self.prefix}verify/index.html#{'folder' if self.prefix else 'site'}"


def html(page: Page, frame: Frame, navigation: Sequence[tuple[str, str]] = NAVIGATION, strap: str = STRAP) -> bytes:
    """Return the page for people. Everything from outside is escaped; only our own SVG is not."""
    template = _environment().get_template(page.template)
    pictures = {name: Markup(svg) for name, svg in page.markup.items()}  # noqa: S704
    zone = {"when": lambda text: _when(text, frame.tz), "day": lambda text: _day(text, frame.tz)}
    shown = template.render(
        page=page,
        frame=frame,
        navigation=navigation,
        foot=FOOT if navigation is NAVIGATION else (),
        strap=strap,
        pictures=pictures,
        **zone,
        **page.data,
    )
    return shown.encode()


def twin(page: Page, frame: Frame) -> bytes:
    """Return the page for programs: the same values, with the frame they were read in."""
    around = {
        "page": page.path,
        "title": page.title,
        "workspace": frame.kind,
        "watermark": frame.watermark,
        "as_of": stamp(frame.as_of) if frame.as_of else None,
        "time_zone": frame.tz,
        "log": {"origin": frame.origin, "size": frame.size, "root": frame.root, "signed_by": frame.signed_by},
        "unopened": frame.unopened,
    }
    return (json.dumps({**around, **page.data}, ensure_ascii=False, indent=1) + "\n").encode()


def safe_path(path: str) -> str:
    """Return ``path`` when it is a plain relative path that can stand in a link, else nothing.

    >>> safe_path("proofs/12.tlog-proof"), safe_path("javascript:alert(1)"), safe_path("../keys")
    ('proofs/12.tlog-proof', '', '')
    """
    return path if _SAFE_PATH.fullmatch(path) else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("answerable.web"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["not_limited"] = NOT_LIMITED
    environment.globals["govuk"] = govuk
    environment.globals["say"] = _say
    environment.globals["components"] = files("answerable.web").joinpath("static", "vendor", VENDORED).is_file()
    environment.filters["frequency"] = frequency
    environment.filters["spaced"] = lambda text: str(text).replace("_", " ")
    environment.filters["number"] = _number
    environment.filters["hours"] = lambda value: f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    return environment


def _say(key: str, **values: Any) -> Markup:
    """Return words of a template from the catalogue: their own tags stay, whatever varies in them is escaped."""
    found = Markup(say(f"templates.{key}"))  # noqa: S704
    return found.format(**values) if values else found


def _number(value: float) -> str:
    """Write a figure as people do: thousands set apart, two figures below 10."""
    return f"{value:,.0f}" if abs(value) >= 9.95 else f"{value:.2g}"


def _when(text: str, tz: str) -> Markup:
    at = local(datetime.fromisoformat(text), tz)
    return Markup('<time datetime="{}">{} {}</time>').format(text, f"{at:%a} {at.day} {at:%b %Y, %H:%M}", at.tzname())


def _day(text: str, tz: str) -> Markup:
    at = local(datetime.fromisoformat(text), tz)
    return Markup('<time datetime="{}">{}</time>').format(text, f"{at.day} {at:%B %Y}")
