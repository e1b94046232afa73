"""Security headers on every response, whatever made it: pages, files, refusals and faults."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
# Two pages have a script, each its own. The standalone verifier asks nobody; the map that can be moved asks this site
# for its outlines, and its library works in a worker.
VERIFIER = "/verify/"
MAP = ("/map.html", "/map.mjs", "/maplibre-gl.mjs", "/maplibre-gl-worker.mjs")
SCRIPTED = f"{POLICY}; script-src 'self'"
MAP_POLICY = f"{SCRIPTED}; connect-src 'self'; worker-src 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Wraps a whole application, so that even its own error handler cannot answer without these headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to whatever comes back."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if scope["path"].startswith(VERIFIER):
                    headers["Content-Security-Policy"] = SCRIPTED
                elif scope["path"] in MAP:
                    headers["Content-Security-Policy"] = MAP_POLICY
            await send(message)

        await self.app(scope, receive, send_with_headers)
