"""Responses to a consultation that came in by the public site: each a file of its own, beside what is published.

They are no part of the record yet: the policy owner enters them (``adoption respond --received``), and until then no
outcome can be published. Who sent one is not known and not kept.
"""

from __future__ import annotations

import json
import secrets
from itertools import islice
from pathlib import Path

from answerable.case.adoption.answers import Response, read_one
from answerable.errors import InputError
from answerable.record.publish import write_file

FOLDER = "responses"
MOST = 20_000
"""So many wait for one consultation at most: a folder that anyone can fill has to have an end."""
# Letters and figures that are not taken for one another when a number is read out or written down.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """Return the number of a response, by which whoever sent it finds it again: nobody else can guess it."""
    return "W-" + "".join(secrets.choice(_SIGNS) for _ in range(10))


def keep_response(inbox: Path, adoption: str, response: Response) -> None:
    """Keep a response until it is entered. InputError where too many wait already, or where it cannot be written."""
    folder = inbox / adoption
    if folder.is_dir() and sum(1 for _ in islice(folder.iterdir(), MOST)) == MOST:
        raise InputError("No more responses can be kept here now.", fix="Use one of the other ways to respond.")
    content = json.dumps(response.model_dump(mode="json"), ensure_ascii=False).encode()
    try:
        write_file(folder / f"{response.id}.json", content + b"\n")
    except OSError as error:
        raise InputError("Your response could not be kept.", fix="Use one of the other ways to respond.") from error


def waiting(inbox: Path, adoption: str) -> tuple[Response, ...]:
    """Return the responses that wait to be entered, in the order they came; InputError names a file that is none."""
    found = [_read(path) for path in sorted((inbox / adoption).glob("*.json"))]
    return tuple(sorted(found, key=lambda one: (str(one.received_at), one.id)))


def forget(inbox: Path, adoption: str, ids: tuple[str, ...]) -> None:
    """Take away responses that are in the record now."""
    for one in ids:
        (inbox / adoption / f"{one}.json").unlink(missing_ok=True)


def _read(path: Path) -> Response:
    where = f"{FOLDER}/{path.parent.name}/{path.name}"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("This is no response.", where=where, fix="Look at it, and mend it or move it away.") from error
    response: Response = read_one(Response, document, where)
    if response.id != path.stem:
        raise InputError("A response lies under another number than its own.", where=where, fix="Rename the file.")
    return response
