"""Responses to a consultation that came in by the public site: each a file of its own, beside what is published.

They are no part of the record yet: the policy owner enters them (``adoption respond --received``), and until then no
outcome can be published. Who sent one is not known and not kept.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from answerable.case.adoption.answers import Response, read_one
from answerable.errors import InputError
from answerable.record.publish import sync_folder, write_file

FOLDER = "responses"
MOST = 5_000
"""So many wait for one consultation at most: a folder that anyone can fill has to have an end."""
# Letters and figures that are not taken for one another when a number is read out or written down.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
WITHHELD = "withheld"
# An entry holds no more than this, so that its proof stays a file that every verifier takes.
_MOST_IN_ENTRY = 500_000


def number_of(sent: str) -> str:
    """Return the number of a response from what was ``sent``, the secret of its form with it: nobody else can guess it.

    What is sent twice has the same number, and is one response.
    """
    spread = int.from_bytes(hashlib.sha256(sent.encode()).digest())
    return "W-" + "".join(_SIGNS[spread // len(_SIGNS) ** place % len(_SIGNS)] for place in range(10))


def new_form() -> str:
    """Return the secret of one form."""
    return secrets.token_urlsafe(16)


def keep_response(inbox: Path, adoption: str, response: Response) -> None:
    """Keep a response until it is entered; one of that number that is there already stays as it is.

    InputError where too many wait already, or where it cannot be written.
    """
    folder = inbox / adoption
    if (folder / f"{response.id}.json").is_file():
        return
    if folder.is_dir() and sum(1 for _ in islice(folder.iterdir(), MOST)) == MOST:
        raise InputError("No more responses can be kept here now.", fix="Use one of the other ways to respond.")
    content = json.dumps(response.model_dump(mode="json"), ensure_ascii=False).encode()
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            for above in (inbox, inbox.parent):
                sync_folder(above)
        write_file(folder / f"{response.id}.json", content + b"\n")
    except OSError as error:
        raise InputError("Your response could not be kept.", fix="Use one of the other ways to respond.") from error


def count_waiting(inbox: Path, adoption: str) -> int:
    """Return how many responses wait for one consultation, without reading them."""
    return sum(1 for _ in (inbox / adoption).glob("*.json"))


def waiting(inbox: Path, adoption: str) -> tuple[Response, ...]:
    """Return the responses that wait to be entered, in the order they came; InputError names a file that is none."""
    found = [_read(path) for path in sorted((inbox / adoption).glob("*.json"))]
    return tuple(sorted(found, key=lambda one: (str(one.received_at), one.id)))


def batches(responses: Sequence[Response]) -> Iterator[tuple[Response, ...]]:
    """Give responses in their order, as many at a time as one entry may hold."""
    batch: list[Response] = []
    size = 0
    for one in responses:
        long = len(one.model_dump_json())
        if batch and size + long > _MOST_IN_ENTRY:
            yield tuple(batch)
            batch, size = [], 0
        batch.append(one)
        size += long
    yield tuple(batch)


def kept_back(response: Response) -> Response:
    """Return a response of which only the stance is published: its text is kept apart, its themes and name are not."""
    org = WITHHELD if response.org else ""
    return response.model_copy(update={"publish": False, "themes": (WITHHELD,), "org": org})


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
