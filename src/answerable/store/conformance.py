"""What every store must do: one suite, run against each backend on a fresh simulated workspace.

A backend's tests make a store for ``WORKSPACE`` and hand it to each of ``CHECKS``; a check that does not hold raises
``AssertionError`` with the promise that was broken. Blinds are fixed, so that all backends must reach the same root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from answerable.errors import AnswerableError, InputError, IntegrityError, NotAllowed
from answerable.record.checkpoint import origin_of, parse_checkpoint
from answerable.record.encode import canonical, private_digest
from answerable.record.merkle import consistency_proof, leaf_hash, root_of, verify_consistency
from answerable.record.note import Ed25519Signer, parse_note
from answerable.record.policy import policy_for
from answerable.record.verify import verify_proof
from answerable.store.protocol import AuditLine, Kept, NewEvent, Person, Store, Unless, Workspace
from answerable.store.rows import instant_text
from answerable.store.rules import DECISIONS, ENDINGS

ORIGIN = origin_of("conformance.example/record", "simulated")
WORKSPACE = Workspace("00000000-0000-4000-8000-000000000000", "simulated", ORIGIN)
SIGNER = Ed25519Signer.from_seed(ORIGIN, hashlib.sha256(b"conformance log key").digest())
POLICY = policy_for(SIGNER.vkey)
NOON = datetime(2018, 11, 30, 12, tzinfo=UTC)
ROOT_OF_THREE = "b6d743a82c713d1cd08d33821698d5176e8ecba7fb567dfb2c009973012d570a"

Check = Callable[[Store], None]


def an_event(
    kind: str = "open",
    *,
    case_id: str = "2018-0001",
    version: int = 1,
    actor: str = "applicant",
    at: datetime = NOON,
    private: bytes = b"",
    said: dict[str, Any] | None = None,
    office: str = "office",
    standing: str = "",
) -> NewEvent:
    """Return an event whose blind and salt follow from its other values; ``said`` overrides fields of its statement."""
    fixed = f"{case_id} {version} {kind} {instant_text(at)}".encode()
    salt = hashlib.sha256(b"salt " + fixed).digest() if private else b""
    body: dict[str, Any] = {
        "v": 1,
        "kind": kind,
        "workspace": WORKSPACE.kind,
        "case": case_id,
        "at": instant_text(at),
        "office": office,
        "data": {},
        "private": private_digest(private, salt) if private else "",
    }
    return NewEvent(
        case_id=case_id,
        case_version=version,
        kind=kind,
        at=at,
        actor=actor,
        office=office,
        body=canonical(body | (said or {})),
        blind=hashlib.sha256(b"blind " + fixed).digest(),
        private=private,
        salt=salt,
        standing=standing,
    )


def add_people(store: Store) -> None:
    """Add an applicant with a second account, and another person who may authorise."""
    store.add_person(Person("applicant", "person-1", ("applicant",)))
    store.add_person(Person("applicant-too", "person-1", ("authoriser",)))
    store.add_person(Person("authoriser", "person-2", ("authoriser",)))


def keeps_events_as_given(store: Store) -> None:
    """An event comes back as it was put in, numbered, with the person behind the account."""
    add_people(store)
    given = an_event(private=b"gist")
    (stored,) = store.append([given])
    _same("what append returns", store.events(), (stored,))
    _same("the event", (stored.seq, stored.person, stored.leaf_index), (1, "person-1", None))
    for name in ("case_id", "case_version", "kind", "at", "actor", "office", "body", "blind", "private", "salt"):
        _same(name, getattr(stored, name), getattr(given, name))


def tells_cases_from_events(store: Store) -> None:
    """Cases are listed by their first event; entries of no case are kept apart."""
    add_people(store)
    later = NOON + timedelta(hours=1)
    store.append([an_event(case_id="2018-0002", standing="{}"), an_event(case_id="2018-0001")])
    store.append([an_event("submit", case_id="2018-0002", version=2, at=later, standing='{"state": 2}')])
    store.append([an_event("begin", case_id="", version=0, actor="")])
    first, second = store.cases()
    _same("the order of cases", (first.id, second.id), ("2018-0002", "2018-0001"))
    _same("the first case", (first.version, first.first_at, first.last_at, first.last_kind), (2, NOON, later, "submit"))
    _same("what was stored with the last event", (first.standing, second.standing), ('{"state": 2}', ""))
    _same("the standings", store.standings(), tuple((line.id, line.standing) for line in (first, second)))
    _same("events of a case", [e.kind for e in store.events("2018-0002")], ["open", "submit"])
    _same("events of no case", [e.kind for e in store.events("")], ["begin"])
    _same("events of some kinds", [e.seq for e in store.events(kinds=("submit", "begin"))], [3, 4])
    _same("events after the second", [e.seq for e in store.events(after_seq=2)], [3, 4])


def lets_one_writer_win(store: Store) -> None:
    """Two acts on one version of a case: the second is told that someone else came first."""
    add_people(store)
    store.append([an_event()])
    store.append([an_event("withdraw", version=2)])
    with _refused(NotAllowed, "someone else acted on this case first"):
        store.append([an_event("authorise", version=2, actor="authoriser")])
    with _refused(InputError, "skips a version"):
        store.append([an_event("end", version=4)])


def notices_what_was_decided_meanwhile(store: Store) -> None:
    """An append that rests on nothing of a kind having happened elsewhere is refused where it has."""
    add_people(store)
    store.append([an_event(), an_event(case_id="2018-0002")])
    seen = Unless(2, frozenset({"authorise"}))
    store.append([an_event("authorise", version=2, actor="authoriser")], unless=seen)
    other = an_event("authorise", case_id="2018-0002", version=2, actor="authoriser")
    with _refused(NotAllowed, "at the same moment"):
        store.append([other], unless=seen)
    _same("events", len(store.events()), 3)
    store.append([other], unless=Unless(3, frozenset({"authorise"})))


def stores_all_or_nothing(store: Store) -> None:
    """If one event of an append cannot be stored, nothing of it is: no event, no leaf, no audit line."""
    add_people(store)
    with _refused(NotAllowed, "someone else acted"):
        store.append([an_event(), an_event(version=1)], [AuditLine(NOON, "applicant", "tried")])
    _same("what was stored", (store.events(), store.pending(), store.audit()), ((), 0, ()))


def keeps_applicant_and_authoriser_apart(store: Store) -> None:
    """Nobody authorises what they applied for, not by a second account of theirs, and not in the other order."""
    add_people(store)
    store.append([an_event()])
    for account in ("applicant", "applicant-too"):
        with _refused(NotAllowed, "the same person"):
            store.append([an_event("authorise", version=2, actor=account)])
    store.append([an_event("authorise", version=2, actor="authoriser")])
    with _refused(NotAllowed, "the same person"):
        store.append([an_event("submit", version=3, actor="authoriser")])


def lets_only_people_decide(store: Store) -> None:
    """The system, an unknown account and a closed account can decide nothing."""
    add_people(store)
    store.append([an_event()])
    store.add_person(Person("robot", "person-3", ("authoriser", "service")))
    for kind in DECISIONS:
        for account in ("", "robot"):
            with _refused(NotAllowed, "only a person can decide"):
                store.append([an_event(kind, version=2, actor=account)])
    store.append([an_event("log", version=2, actor="robot")])
    with _refused(NotAllowed, "no such account"):
        store.append([an_event("refuse", version=3, actor="nobody")])
    store.disable_person("authoriser", NOON)
    with _refused(NotAllowed, "closed"):
        store.append([an_event("refuse", version=3, actor="authoriser")])


def keeps_conflicting_offices_apart(store: Store) -> None:
    """Two offices that are kept apart are never held by one person on one case, save to end it."""
    add_people(store)
    store.separate([("reviewer", "authoriser"), ("authoriser", "reviewer")])
    store.separate([("analyst", "reviewer")])
    _same("the pairs", store.separated(), {("authoriser", "reviewer"), ("analyst", "reviewer")})
    store.append([an_event("note", office="reviewer")])
    for account in ("applicant", "applicant-too"):
        with _refused(NotAllowed, "keeps apart"):
            store.append([an_event("note", version=2, actor=account, office="authoriser")])
        with _refused(NotAllowed, "keeps apart"):
            store.append([an_event("blocked", version=2, actor=account, office="analyst")])
    store.append([an_event("note", version=2, actor="authoriser", office="authoriser")])
    for version, kind in enumerate(ENDINGS, start=3):
        store.append([an_event(kind, version=version, actor="applicant-too", office="authoriser")])
    store.append([an_event("note", case_id="2018-0002", actor="applicant-too", office="authoriser")])


def keeps_documents(store: Store) -> None:
    """Documents have versions that stay, the newest is shown, and what is forgotten leaves only an audit line."""
    later = NOON + timedelta(hours=1)
    _same("the first version", store.keep("report", "R-2", b"one", NOON, "analyst"), 1)
    _same("the next version", store.keep("report", "R-2", b"two", later, "analyst"), 2)
    store.keep("report", "R-1", b"", NOON, "")
    store.keep("contact", "R-2", b"else", NOON, "")
    first = Kept("report", "R-1", 1, b"", NOON, "")
    versions = (Kept("report", "R-2", 1, b"one", NOON, "analyst"), Kept("report", "R-2", 2, b"two", later, "analyst"))
    _same("the newest of each", store.kept("report"), (first, versions[1]))
    _same("one of them", store.kept("report", "R-2"), versions[1:])
    _same("all versions", store.versions("report", "R-2"), versions)
    _same("what is not there", (store.kept("report", "R-9"), store.kept("gist")), ((), ()))
    _same("how many were forgotten", store.forget("report", "R-2", later, "retention is over", "analyst"), 2)
    _same("what is left", (store.kept("report"), store.versions("report", "R-2")), ((first,), ()))
    _same("the line", store.audit(), (AuditLine(later, "analyst", "forget report R-2", "", "retention is over"),))
    with _refused(InputError, "no report of that name"):
        store.forget("report", "R-2", later, "again")
    _same("a name that comes again", store.keep("report", "R-2", b"three", later, ""), 3)
    with _refused(InputError, "needs a kind and a name"):
        store.keep("report", "", b"", NOON, "")
    _same("leaves", store.pending(), 0)


def keeps_no_version_over_an_unseen_one(store: Store) -> None:
    """Who keeps a version after the one they read is refused where another has come, or it was forgotten, meanwhile."""
    _same("the first", store.keep("report", "R-1", b"one", NOON, "", after=0), 1)
    for stale in (0, 2):
        with _refused(NotAllowed, "someone else changed this first"):
            store.keep("report", "R-1", b"lost", NOON, "", after=stale)
    _same("the next", store.keep("report", "R-1", b"two", NOON, "", after=1), 2)
    _same("another name", store.keep("report", "R-2", b"one", NOON, "", after=0), 1)
    _same("another kind", store.keep("contact", "R-1", b"one", NOON, "", after=0), 1)
    _same("what is kept", [kept.value for kept in store.versions("report", "R-1")], [b"one", b"two"])
    store.forget("report", "R-1", NOON, "retention is over")
    with _refused(NotAllowed, "someone else changed this first"):
        store.keep("report", "R-1", b"lost", NOON, "", after=2)
    _same("a name that comes again", store.keep("report", "R-1", b"three", NOON, "", after=0), 3)


def refuses_statements_that_differ(store: Store) -> None:
    """A statement that does not say what its row says is refused: the log vouches for the statement only."""
    add_people(store)
    differing: tuple[dict[str, Any], ...] = (
        {"kind": "refuse"},
        {"case": "2018-0009"},
        {"workspace": "real"},
        {"office": "another"},
        {"at": "2018-11-30T11:59:59Z"},
        {"private": "00"},
    )
    for said in differing:
        with _refused(InputError, "statement"):
            store.append([an_event(private=b"gist", said=said)])
    _same("what was stored", store.events(), ())


def keeps_people(store: Store) -> None:
    """Accounts are listed by name, taken names are refused, and a closed account stays closed."""
    add_people(store)
    _same("accounts", [p.account for p in store.people()], ["applicant", "applicant-too", "authoriser"])
    with _refused(InputError, "already an account"):
        store.add_person(Person("applicant", "person-9", ()))
    store.disable_person("applicant", NOON)
    found = store.person("applicant")
    _same("the closed account", found, Person("applicant", "person-1", ("applicant",), NOON))
    _same("an unknown account", store.person("nobody"), None)
    with _refused(InputError, "no open account"):
        store.disable_person("applicant", NOON)


def keeps_audit_lines(store: Store) -> None:
    """Audit lines come back in order, of one case or all, and never become leaves."""
    lines = (AuditLine(NOON, "a", "tried", "2018-0001", "wrong role"), AuditLine(NOON, "b", "looked"))
    store.append((), lines)
    _same("audit lines", store.audit(), lines)
    _same("those of a case", store.audit("2018-0001"), lines[:1])
    _same("leaves", store.pending(), 0)


def publishes_what_is_pending(store: Store) -> None:
    """Publishing places each leaf once, in order, under the RFC 6962 root that every backend must reach."""
    add_people(store)
    stored = store.append([an_event(), an_event("submit", version=2), an_event("withdraw", version=3)])
    _same("pending leaves", (store.pending(), store.head(), store.leaf_of(1)), (3, None, None))
    head = store.publish(SIGNER, NOON)
    _same("the head", store.head(), head)
    _same("places", [store.leaf_of(event.seq) for event in stored], [0, 1, 2])
    _same("places by event", [event.leaf_index for event in store.events()], [0, 1, 2])
    _same("pending leaves", store.pending(), 0)
    _same("the root", head.root, root_of(leaf_hash(store.entry(i)) for i in range(3)))
    _same("the known root", head.root.hex(), ROOT_OF_THREE)
    _same("what is signed", parse_checkpoint(parse_note(head.note).text).root, head.root)
    _same("publishing again", store.publish(SIGNER, NOON + timedelta(days=1)), head)


def signs_an_empty_log(store: Store) -> None:
    """A log without entries has a signed head too, so that its beginning is on record."""
    head = store.publish(SIGNER, NOON)
    _same("the size", head.size, 0)
    _same("openings", store.openings(), ())


def proves_every_entry(store: Store) -> None:
    """Every entry has a proof under the newest head that the standalone verifier accepts, also after growth."""
    add_people(store)
    for count in range(1, 6):
        store.append([an_event(case_id=f"2018-{count:04}")])
        store.publish(SIGNER, NOON)
    for index, opening in enumerate(store.openings()):
        found = verify_proof(str(store.proof(index)), POLICY)
        _same("the proof", (found.index, found.size, found.kind), (index, 5, "simulated"))
        _same("the statement", found.body["case"], f"2018-{index + 1:04}")
        _same("the opening", (opening.index, opening.body), (index, store.events()[index].body))
    _same("later openings", [opening.index for opening in store.openings(2)], [3, 4])
    store.append([an_event(case_id="2018-0006")])
    with _refused(InputError, "no signed head"):
        store.proof(5)
    with _refused(InputError, "no such entry"):
        store.entry(5)


def only_ever_grows(store: Store) -> None:
    """Each signed head continues the one before."""
    add_people(store)
    before = None
    for count in range(1, 10):
        store.append([an_event(case_id=f"2018-{count:04}"), an_event("begin", case_id="", version=0, actor="")])
        head = store.publish(SIGNER, NOON)
        if before is not None:
            proof = consistency_proof(before.size, head.size, store.node)
            verify_consistency(before.size, head.size, before.root, head.root, proof)
        before = head


def refuses_another_key(store: Store) -> None:
    """Only the key of this log signs it: neither another log's key nor a second key of the same name."""
    with _refused(IntegrityError, "another log"):
        store.publish(Ed25519Signer.from_seed("other.example/simulated", bytes(32)), NOON)
    store.publish(SIGNER, NOON)
    with _refused(IntegrityError, "another key"):
        store.publish(Ed25519Signer.from_seed(ORIGIN, bytes(32)), NOON)


def passes_its_own_check(store: Store) -> None:
    """A store that was only ever written through its doors is clean."""
    add_people(store)
    store.append([an_event(private=b"gist"), an_event("submit", version=2)])
    store.publish(SIGNER, NOON)
    store.append([an_event("withdraw", version=3)])
    report = store.fsck(POLICY)
    _same("problems", report.problems, ())
    _same("what was looked at", (report.events, report.entries, report.heads), (3, 2, 1))


CHECKS: tuple[Check, ...] = (
    keeps_events_as_given,
    tells_cases_from_events,
    lets_one_writer_win,
    notices_what_was_decided_meanwhile,
    stores_all_or_nothing,
    keeps_applicant_and_authoriser_apart,
    lets_only_people_decide,
    keeps_conflicting_offices_apart,
    keeps_documents,
    keeps_no_version_over_an_unseen_one,
    refuses_statements_that_differ,
    keeps_people,
    keeps_audit_lines,
    publishes_what_is_pending,
    signs_an_empty_log,
    proves_every_entry,
    only_ever_grows,
    refuses_another_key,
    passes_its_own_check,
)


def _same(what: str, found: object, due: object) -> None:
    if found != due:
        raise AssertionError(f"{what}: found {found!r}, due {due!r}")


@contextmanager
def _refused(kind: type[AnswerableError], words: str) -> Iterator[None]:
    try:
        yield
    except AnswerableError as error:
        if type(error) is not kind or words not in str(error).lower():
            raise AssertionError(f"refused for the wrong reason: {error!r}") from error
    else:
        raise AssertionError(f"not refused, though {words!r} was due")
