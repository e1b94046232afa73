"""What every store must do with numbered statements, with fields kept back, and with what has to be destroyed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from answerable.errors import AnswerableError, InputError, NotAllowed
from answerable.record.disclose import make_disclosure, sd_of
from answerable.record.encode import canonical
from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, add_people
from answerable.store.protocol import COVER, LATER, PRIVATE, Field, Link, NewEvent, Store
from answerable.store.rows import instant_text


def a_statement(
    store: Store,
    kind: str = "open",
    *,
    case_id: str = "2018-0001",
    actor: str = "applicant",
    later: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    at_link: Link | None = None,
) -> NewEvent:
    """Return an event of version 2, tied to what ``store`` holds (or as ``at_link`` says); salts follow from it."""
    link = at_link or store.link(case_id, kind)
    fixed = f"{case_id} {link.version} {kind} {link.previous}".encode()
    made = [
        (make_disclosure(name, value, hashlib.sha256(fixed + name.encode()).digest()), release)
        for release, given in ((LATER, later or {}), (PRIVATE, private or {}))
        for name, value in given.items()
    ]
    body = {
        "v": 2, "kind": kind, "workspace": WORKSPACE.kind, "case": case_id, **vars(link),
        "at": instant_text(NOON), "office": "office", "data": data or {}, "sd": sd_of(one for one, _ in made),
    }  # fmt: skip
    return NewEvent(
        case_id=case_id,
        case_version=link.version,
        kind=kind,
        at=NOON,
        actor=actor if case_id else "",
        office="office",
        body=canonical(body),
        blind=hashlib.sha256(b"blind " + fixed).digest(),
        fields=tuple(Field(one.name, one.digest, release, one.text) for one, release in made),
    )


def keeps_fields_apart(store: Store) -> None:
    """What is released later and what never is come back as given, each by its name."""
    add_people(store)
    given = a_statement(store, later={"reasons": "why"}, private={"gist": [1, 2], "none": None}, data={"title": "T"})
    (stored,) = store.append([given])
    (read,) = store.events()
    _same("the event", read, stored)
    _same("the fields", {f.name: f.text for f in read.fields}, {f.name: f.text for f in given.fields})
    _same("private", read.private, b'{"gist": [1, 2]}')
    _same("data", read.data, {"title": "T", "reasons": "why"})


def numbers_cases(store: Store) -> None:
    """Cases are numbered without a gap, each kind of case for itself; a number cannot be taken twice."""
    add_people(store)
    store.append([a_statement(store)])
    other = store.link("2018-0002", "open")
    _same("the next number", (other.number, other.version), (2, 1))
    _same("another series", store.link("A-1", "propose"), Link(1, 1, ""))
    store.append([a_statement(store, case_id="2018-0002")])
    _refused(store, [a_statement(store, case_id="2018-0003", at_link=other)], NotAllowed, "took this number first")
    _refused(store, [a_statement(store, case_id="2018-0003", at_link=Link(4, 1, ""))], NotAllowed, "took this number")
    _same("the next act", store.link("2018-0001", "submit").version, 2)
    _same("its number", store.link("2018-0001", "submit").number, 1)
    stale = a_statement(store, "submit")
    store.append([a_statement(store, "withdraw")])
    _refused(store, [stale], NotAllowed, "acted on this case first")
    forged = Link(1, 3, "0" * 64)
    _refused(store, [a_statement(store, "submit", at_link=forged)], NotAllowed, "acted on this case first")
    _same("an entry of no case", store.link("", "begin"), Link(0, 0, ""))


def refuses_fields_that_differ(store: Store) -> None:
    """A field that the statement does not commit to, or a digest without a field, is not stored."""
    add_people(store)
    given = a_statement(store, private={"gist": "a"})
    other = a_statement(store, private={"gist": "b"})
    for fields in ((), other.fields, (*given.fields, *other.fields)):
        _refused(store, [NewEvent(**{**vars(given), "fields": fields})], InputError, "does not commit to the fields")
    swapped = Field("gist", given.fields[0].digest, PRIVATE, other.fields[0].text)
    _refused(store, [NewEvent(**{**vars(given), "fields": (swapped,)})], InputError, "does not commit to the fields")


def erases_for_good(store: Store) -> None:
    """An erased field is gone, says so, and leaves every other field and every proof as it was."""
    add_people(store)
    store.append([a_statement(store, private={"gist": "a secret", "note": "kept"}, later={"reasons": "why"})])
    store.publish(SIGNER, NOON)
    before = store.proof(0)
    said = a_statement(store, "erase", case_id="", data={"field": "gist"})
    store.erase([(1, "gist")], NOON, "mopi", "records", [said])
    read, entry = store.events()
    _same("what is left", {f.name: bool(f.text) for f in read.fields}, {"gist": False, "note": True, "reasons": True})
    _same("private", read.private, b'{"note": "kept"}')
    _same("the entry", (entry.kind, store.pending()), ("erase", 1))
    (gone,) = store.erasures()
    _same("what was said", (gone.event_seq, gone.name, gone.basis, gone.office), (1, "gist", "mopi", "records"))
    _same("the proof", store.proof(0), before)
    for fields, kind, words in (
        ([(1, "gist")], NotAllowed, "erased before"),
        ([(1, "other")], InputError, "no such field"),
        ([(9, "gist")], InputError, "no such field"),
        ([(1, "note"), (1, "gist")], NotAllowed, "erased before"),
    ):
        _stopped(partial(store.erase, fields, NOON, "mopi", "records"), kind, words)
    _same("nothing more was erased", len(store.erasures()), 1)
    _same("problems", store.fsck(POLICY).problems, ())


def publishes_some(store: Store) -> None:
    """A beat takes so many entries: the first kinds first, covers last; the rest wait."""
    add_people(store)
    store.append([a_statement(store, COVER, case_id="")])
    store.append([a_statement(store)])
    store.append([a_statement(store, "withdraw")])
    head = store.publish(SIGNER, NOON, most=2, first=("withdraw",))
    _same("the size and what waits", (head.size, store.pending()), (2, 1))
    _same("the places", [(e.kind, e.leaf_index) for e in store.events()], [("open", 1), ("withdraw", 0)])
    _same("the place by event", [store.leaf_of(seq) for seq in (1, 2, 3)], [None, 1, 0])
    _same("the cover", [e.leaf_index for e in store.events(kinds=(COVER,))], [None])
    store.publish(SIGNER, NOON, most=2)
    _same("the cover's place", [e.leaf_index for e in store.events(kinds=(COVER,))], [2])
    for index in range(3):
        _same("the proof", store.proof(index).index, index)
    _same("problems", store.fsck(POLICY).problems, ())


def keeps_seeds(store: Store) -> None:
    """The secret of a day's covers is fixed once, by whoever comes first."""
    _same("before", store.cover_seed("2018-11-30"), b"")
    _same("the first", store.cover_seed("2018-11-30", bytes(32)), bytes(32))
    _same("the second", store.cover_seed("2018-11-30", b"1" * 32), bytes(32))
    _same("another day", store.cover_seed("2018-12-01"), b"")


CHECKS: tuple[Callable[[Store], None], ...] = (
    keeps_fields_apart,
    numbers_cases,
    refuses_fields_that_differ,
    erases_for_good,
    publishes_some,
    keeps_seeds,
)


def _refused(store: Store, events: Iterable[NewEvent], kind: type[AnswerableError], words: str) -> None:
    before = store.pending()
    _stopped(lambda: store.append(list(events)), kind, words)
    _same("what was stored", store.pending(), before)


def _stopped(act: Callable[[], object], kind: type[AnswerableError], words: str) -> None:
    try:
        act()
    except AnswerableError as error:
        if type(error) is not kind or words not in str(error).lower():
            raise AssertionError(f"refused for the wrong reason: {error!r}") from error
    else:
        raise AssertionError(f"not refused, though {words!r} was due")


def _same(what: str, found: object, due: object) -> None:
    if found != due:
        raise AssertionError(f"{what}: found {found!r}, due {due!r}")
