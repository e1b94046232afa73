"""What each reader came for, first on their desk: those who inspect, protect data or disclose, and those asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from answerable.case.state import State
from answerable.errors import AnswerableError
from answerable.place import stamp
from answerable.service.case_board import Placed, lines
from answerable.service.cases import show_case
from answerable.service.erasure import holds
from answerable.service.erasure_list import remembered
from answerable.service.intelligence import kept_reports
from answerable.service.notices_given import PCC, Given, given_to, notices_about
from answerable.service.oversight import inspect
from answerable.service.processing import note_processing, processing_lines
from answerable.web.desk import Visit
from answerable.web.pages.case_words import STANCES, plain
from answerable.web.pages.sections import Section, link, section, table
from answerable.web.pages.staff_case import in_words
from answerable.web.staff_consulting import CONSULTED_ON, consulting
from answerable.web.staff_tasking import LOOKED_BACK, SHOWN

First = Callable[[Visit, Sequence[Placed]], Section]


def first_sections(visit: Visit, placed: Sequence[Placed]) -> list[Section]:
    """Return a block for each role of the account that came for something of its own; none for all others.

    ``placed`` are all cases, in the order they were opened. Where something cannot be read the block says so, and the
    rest of the desk still stands.
    """
    found = []
    for role, (heading, made) in _FIRST.items():
        if role in visit.roles:
            try:
                found.append(made(visit, placed))
            except AnswerableError as error:
                found.append(section(heading, note=f"{error.what} {error.fix}"))
    return found


def _inspection(visit: Visit, _placed: Sequence[Placed]) -> Section:
    found = visit.desk.kept("inspection", visit.state, lambda: inspect(visit.workspace))
    untested = sum(not one.newest_case for one in found.rules)
    facts = [
        ("Overdue accounts", str(len(found.late))),
        ("Rules never tested", f"{untested} of {len(found.rules)}"),
        ("Cases in which one person held several offices", str(len(found.two_hats))),
        ("Reasons like those of an earlier case", f"{found.copied} of {found.reasoned} that were compared"),
    ]
    rows = [(_case(one), *_to_take(one)) for one in found.sample]
    note = f"Nobody chose them: the signed root of the log did, among the newest {found.cases} cases."
    shown = table("Sampled files", ("Case", "Moment by moment", "To take away"), rows, note=note)
    rooms = [
        {**link("Oversight", "oversight.html"), "says": "every rule beside what it found, exceptions, what is late"},
        {**link("Audit", "audit.html"), "says": "attempts that were not allowed"},
        {**link("Log of processing", "processing.html"), "says": "who looked at what"},
    ]
    return section(_FIRST["oversight"][0], facts=facts, table=shown, links=rooms)


def _protection(visit: Visit, _placed: Sequence[Placed]) -> Section:
    workspace = visit.workspace
    # The counts are kept for an hour; that somebody looked at them is noted each time.
    note_processing(workspace, "consulted", ("processing log", "counts"), "oversight", visit.account)
    _, hour = visit.state
    looked = visit.desk.kept("processing counts", hour, lambda: _looked(visit))
    facts = [
        ("Intelligence reports held", str(len(kept_reports(workspace)))),
        ("Accounts", str(sum(one.disabled_at is None for one in workspace.store.people()))),
        ("Held for proceedings", _counted(sum(holds(workspace).values()), "case")),
        ("Erased so far", _counted(len(remembered(workspace.folder)), "field or document", "fields and documents")),
        *looked,
    ]
    rooms = [
        {**link("Data protection", "data-protection.html"), "says": "what is held, on what basis, what was erased"},
        {**link("Log of processing", "processing.html"), "says": "line by line"},
        {**link("Audit", "audit.html"), "says": "attempts that were not allowed"},
    ]
    return section(_FIRST["data_protection"][0], facts=facts, links=rooms)


def _looked(visit: Visit) -> list[tuple[str, Any]]:
    """Return how often each kind of operation was noted, and when it was counted."""
    done = Counter(one["operation"] for one in processing_lines(visit.workspace, visit.account))
    times = [(plain(operation), _counted(count, "time")) for operation, count in done.most_common()]
    return [*times, ("Counted at", {"at": stamp(visit.workspace.clock.now())})]


def _files(visit: Visit, placed: Sequence[Placed]) -> Section:
    newest = list(reversed(placed[-SHOWN:]))
    rows = [
        (_case(one["id"]), one["title"], in_words(one)["standing"], *_to_take(one["id"]))
        for one in lines(visit.workspace, newest)
    ]
    head = ("Case", "Title", "State", "Moment by moment", "To take away")
    note = f"The newest {len(rows)} of {len(placed):,} cases." if len(placed) > len(rows) else ""
    every = {**link("Every case", "cases.html"), "says": "each leads to its own moments and its frozen file"}
    return section(
        _FIRST["disclosure"][0],
        table=table("Cases, the newest first", head, rows, note=note),
        paragraphs=() if rows else ("There is no case yet.",),
        links=[every, {**link("Audit", "audit.html"), "says": "who did what, and what was not allowed"}],
    )


def _notices(visit: Visit, placed: Sequence[Placed]) -> Section:
    newest = placed[-SHOWN:]
    ids = [one.id for one in newest]
    due = visit.desk.kept("notices", visit.state, lambda: notices_about(visit.workspace, ids))
    # Whether each was written and sent is looked at anew: that changes without an entry of the record.
    given = list(islice(given_to(visit.workspace, PCC, due), SHOWN))
    replies = _replies(visit, [one for one in newest if one.id in {told.notice.case for told in given}])
    rows = [
        (
            {"at": stamp(one.notice.at)},
            one.notice.subject,
            _sent(one),
            _case(one.notice.case) if one.notice.case else "of the rules",
            replies.get(one.notice.case, "none is asked for"),
        )
        for one in given
    ]
    note = "A reply that must be answered holds the decision up until it is."
    shown = table("The newest first", ("Of", "Notice", "Sent", "Case", "Your reply"), rows, note=note)
    return section(
        _FIRST["pcc_liaison"][0],
        table=shown,
        paragraphs=() if rows else ("No notice was given yet.",),
        links=[link("Every case", "cases.html")],
    )


def _sent(one: Given) -> Any:
    if one.sent_at is not None:
        return {"at": stamp(one.sent_at)}
    return "waits to be sent" if one.waits else "written; no mail is set up"


def _replies(visit: Visit, cases: Sequence[Placed]) -> dict[str, Any]:
    """Return by case what the office replied and what came of it; where it can still speak, the way to do so."""
    waiting = visit.desk.board.waiting(visit.workspace, cases)
    spoken = [one.id for one in cases if "pcc_liaison" in waiting[one.id].spoken]
    said = visit.desk.kept("replies", visit.state, lambda: {one: _replied(visit, one) for one in spoken})
    return {**{one.id: _unsaid(one, waiting[one.id].possible) for one in cases}, **said}


def _unsaid(one: Placed, possible: Sequence[str]) -> Any:
    if "advise" in possible:
        return link("Reply", f"case-{one.id}-advise.html")
    return "not asked for yet" if one.state is State.DRAFT else "none was given"


def _replied(visit: Visit, case_id: str) -> str:
    newest = _said_by(visit, case_id, "pcc_liaison")[-1]
    return f"Your office {STANCES.get(newest['stance'], newest['stance'])}. {_answer(newest)}".strip()


def _said_by(visit: Visit, case_id: str, office: str) -> list[dict[str, Any]]:
    return [said for said in show_case(visit.workspace, case_id)["advice"] if said["adviser"] == office]


def _answer(said: Mapping[str, Any]) -> str:
    if said["answer"]:
        return f"Answered: {said['answer']}"
    if said["stance"] == "no_reply":
        return ""
    return "It must be answered, and is not yet." if said["waits_for_answer"] else "It asked for no answer."


def _own_advice(visit: Visit, placed: Sequence[Placed]) -> Section:
    recent = list(reversed(placed[-LOOKED_BACK:]))
    waiting = visit.desk.board.waiting(visit.workspace, recent)
    spoken = [one.id for one in recent if "iag_contact" in waiting[one.id].spoken][:SHOWN]
    if spoken:
        # What was not published is among it.
        note_processing(visit.workspace, "consulted", ("advice", "iag_contact"), "case_work", visit.account)
    rows = visit.desk.kept(
        "own advice", visit.state, lambda: [row for case_id in spoken for row in _advice_rows(visit, case_id)]
    )
    note = f"On the newest {LOOKED_BACK} cases." if len(placed) > LOOKED_BACK else ""
    head = ("Case", "Your office", "In your words", "Answer", "What changed")
    return section(
        _FIRST["iag_contact"][0],
        table=table("The newest case first", head, rows, note=note),
        paragraphs=(*(() if rows else ("You have given no advice yet.",)), _COMPLAIN),
        links=[link("Every case", "cases.html")],
    )


_COMPLAIN = "How to complain, and to whom, is on the public record's page of that name."


def _advice_rows(visit: Visit, case_id: str) -> Iterator[tuple[Any, ...]]:
    for said in _said_by(visit, case_id, "iag_contact"):
        stance = STANCES.get(said["stance"], said["stance"])
        yield _case(case_id), stance, said["text"] or "-", _answer(said) or "-", said["changed"] or "-"


def _case(case_id: str) -> dict[str, str]:
    return link(case_id, f"case-{case_id}.html")


def _to_take(case_id: str) -> tuple[dict[str, str], dict[str, str]]:
    return (
        link("as it was known", f"case-{case_id}-as-known.html"),
        link("frozen file (ZIP)", f"case-{case_id}-file.zip"),
    )


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


_FIRST: dict[str, tuple[str, First]] = {
    "oversight": ("What an inspection begins with", _inspection),
    "data_protection": ("What is held, and how often it was looked at", _protection),
    "disclosure": ("Case files, as known and to take away", _files),
    "pcc_liaison": ("Notices given to your office, and your replies", _notices),
    "iag_contact": ("Your advice, and what came of it", _own_advice),
    "policy_owner": (CONSULTED_ON, lambda visit, _placed: consulting(visit)),
}
