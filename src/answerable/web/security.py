"""What guards the staff site before any page is reached: hosts, origins, sizes, rates, and headers on every answer."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from answerable.web.headers import HEADERS
from answerable.web.pages import staff_refusals
from answerable.web.pages.staff_refusals import Refusal

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STAFF_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self)",
}
LASTING = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
SMALL, LARGE = 1 << 18, 100 << 20
"""The most bytes of a form, and of a file of incidents."""
UPLOADS = frozenset(("/import", "/intelligence/import"))
# What is too large is still read to its end, so that the browser shows the answer and not a broken connection.
_READ_ON = 512 << 20
_STATIC = (".css", ".js", ".mjs", ".svg", ".woff2")
SIGN_IN_RATE, ACT_RATE = parse("30/minute"), parse("240/minute")


class Limiter:
    """Counts what came from each address lately: in memory, for as long as the rate's own time, and nowhere else."""

    def __init__(self) -> None:
        self._counted = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, scope: Scope, rate: RateLimitItem, what: str) -> bool:
        """Count one more request for ``what``; say whether its address has kept to ``rate``."""
        address, _ = scope.get("client") or ("unknown", 0)
        return self._counted.hit(rate, address, what)


class Guard:
    """Wraps the staff application. ``hosts`` are the names it answers to; ``secure`` is whether it is behind TLS."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str] = LOOPBACK,
        secure: bool = False,
        rates: tuple[RateLimitItem, RateLimitItem] = (SIGN_IN_RATE, ACT_RATE),
    ) -> None:
        self.app = app
        self._hosts = frozenset(hosts)
        self._headers = {**STAFF_HEADERS, **(LASTING if secure else {})}
        self._limiter = Limiter()
        self._sign_in, self._act = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what may not come in, pass on the rest, and put the headers on whatever comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if scope["path"].endswith(_STATIC) and message["status"] == 200:
                    headers["Cache-Control"] = "no-cache"
            await send(message)

        refused = self._refused(scope)
        if refused is None:
            await self._sized(scope, receive, send_with_headers)
        else:
            await _answer(refused, scope, receive, send_with_headers)

    def _refused(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        if _hostname(headers.get("host", "")) not in self._hosts:
            return staff_refusals.WRONG_HOST
        if scope["method"] in SAFE:
            return None
        if not from_here(headers):
            return staff_refusals.FOREIGN
        signing_in = scope["path"].startswith(("/sign-in", "/passkey/sign-in", "/link", "/invite", "/box"))
        limit = self._sign_in if signing_in else self._act
        return None if self._limiter.allows(scope, limit, str(signing_in)) else staff_refusals.TOO_OFTEN

    async def _sized(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        most = LARGE if scope["path"] in UPLOADS else SMALL
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdigit() or int(told) > most:
            await _answer(staff_refusals.TOO_LARGE, scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise TooLarge
            return message

        await self.app(scope, counted, send)


class TooLarge(Exception):
    """A body that turned out longer than its head said."""


def from_here(headers: Headers) -> bool:
    """Say whether a request that could change something comes from a page of this site.

    Browsers say so themselves (Fetch Metadata, or the origin in older ones), and no page can make them say otherwise.
    What says neither comes from no browser, and is refused as well: nothing else needs to come in here.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and _netloc(origin) == headers.get("host", "")


def _hostname(host: str) -> str | None:
    """Return the name in a ``Host``, without its port; None for what is none, such as a bracket left open."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _netloc(origin: str) -> str | None:
    """Return the host and port in an ``Origin``; None for what is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def _answer(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    read, more = 0, scope["method"] not in SAFE
    while more and read < _READ_ON:
        message = await receive()
        read += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    request = Request(scope)
    as_json = request.url.path.endswith(".json") or "application/json" in request.headers.get("accept", "")
    kind = "application/json" if as_json else "text/html; charset=utf-8"
    body = refusal.as_json() if as_json else refusal.as_html()
    extra = {"Retry-After": "60"} if refusal.status == 429 else {}
    await Response(body, refusal.status, extra, media_type=kind)(scope, receive, send)
