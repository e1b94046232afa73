"""What the document of the public site's API says of a route: what may be asked, and every answer that it can give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Answers = dict[int | str, dict[str, Any]]
_WORDS = {
    200: "What was asked for",
    307: "It is at another address",
    400: "What was asked cannot be read or does not fit; the page says why",
    404: "There is no such page or file",
    405: "This site can only be read",
    413: "Too much was sent",
    422: "Unused: what cannot be read is answered with 400 or 404",
    503: "What was sent could not be kept; the page shows it again",
    500: "The record could not be read, or does not match its signed head",
}
_KINDS = (
    "text/html", "application/json", "text/plain", "text/css", "text/javascript", "text/csv", "text/calendar",
    "image/svg+xml", "application/octet-stream", "application/geo+json", "application/atom+xml",
    "application/vnd.apache.parquet",
)  # fmt: skip


def answers(*statuses: int) -> Answers:
    """Return what a route answers, beside 200, 404 and 500, which any may give."""
    kinds: dict[str, Any] = {kind: {} for kind in _KINDS}
    return {one: {"description": _WORDS[one], "content": kinds} for one in sorted({200, 404, 500, *statuses})}


def asked(names: Sequence[str]) -> dict[str, Any]:
    """Return the fields that a page takes behind the question mark, all of them optional."""
    fields = [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in names]
    return {"parameters": fields}


def sent(names: Sequence[str]) -> dict[str, Any]:
    """Return the fields of a form that is sent."""
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    return {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}}
