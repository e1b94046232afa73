"""The rooms of those who inspect: what cases show, one case as it was known at each moment, what is held of whom."""

from __future__ import annotations

from collections import Counter
from typing import Any

from answerable.case.machine import state_at
from answerable.errors import AnswerableError
from answerable.incidents.table import SCHEMA
from answerable.place import read_stamp, stamp
from answerable.service.case_bundle import case_bundle
from answerable.service.case_lists import line_of
from answerable.service.erasure import holds
from answerable.service.erasure import table as bases
from answerable.service.erasure_list import remembered
from answerable.service.oversight import NEWEST, Inspection, accredited, as_known, inspect
from answerable.service.processing import note_processing, processing_lines
from answerable.web.desk import Desk, Handed, Result, Visit
from answerable.web.pages.case_words import ACTS, office, plain
from answerable.web.pages.sections import Section, link, section, table
from answerable.web.pages.staff_case import in_words
from answerable.web.render import Page

INSPECTORS = ("oversight", "disclosure", "chief_officer")
_TEMPLATE = "staff/sections.html"
# Documents beside the log, by the name under which they are kept, and what they are.
_KEPT = {
    "report": "Intelligence reports: a reference, grades, a place, a window and a gist",
    "trial": "What became of reports",
    "estimate": "First estimates, sealed",
    "passkey": "Passkeys: an account and a public key",
    "holding": "Functions and ranks that accounts hold",
    "advice box": "Advice that waits with the chair of an advisory group, without names",
}


def add_oversight(desk: Desk) -> None:
    """Put the routes of these rooms into the site."""
    desk.page("/oversight", oversight_page, ("oversight",), "What an inspector looks at first")
    desk.page("/data-protection", protection_page, ("data_protection",), "What is held, why, and what was erased")
    desk.page("/case-{case_id}-as-known", known_page, INSPECTORS, "A case as it was known after one of its entries",
              query=("entry",))  # fmt: skip
    desk.file("/case-{case_id}-file.zip", bundle, INSPECTORS, "One case, frozen, with its proofs")


def oversight_page(visit: Visit) -> Page:
    """Return the matrix of rules and findings, a sample that nobody chose, exceptions, and what is late."""
    note_processing(visit.workspace, "consulted", ("oversight", "all"), "oversight", visit.account)
    found = visit.desk.kept("inspection", visit.state, lambda: inspect(visit.workspace))
    every = [_matrix(found), _sample(found), _exceptions(found), _late(found), _accredited(visit)]
    lede = (
        f"What the newest {found.cases} cases show, of at most {NEWEST}. An inspection sees what was recorded; "
        "what was never recorded is for outside counts and sightings to find."
    )
    return _page("oversight.html", "Oversight", lede, every)


def _matrix(found: Inspection) -> Section:
    rows = [
        (one.rule, one.says, f"{one.basis}: {one.src}", _case(one.newest_case) if one.newest_case else "never tested",
         one.held, one.failed, one.unknown)
        for one in found.rules
    ]  # fmt: skip
    head = ("Rule", "What it asks", "Basis", "Newest case", "Held", "Did not", "Not known")
    note = "By the newest finding on each case. A rule that was not known never counts as held."
    return section("Rules beside what they found", table=table("Every rule", head, rows, note=note, figures=3))


def _sample(found: Inspection) -> Section:
    rows = [
        (_case(one), link("as it was known", f"case-{one}-as-known.html"), link("frozen file", f"case-{one}-file.zip"))
        for one in found.sample
    ]
    note = "Picked by the signed root of the log, so that nobody chose them; others are picked as soon as it grows."
    shown = table("Files to read", ("Case", "Moment by moment", "To take away"), rows, note=note)
    return section("Sampled files", table=shown, paragraphs=() if shown else ("There is no case yet.",))


def _exceptions(found: Inspection) -> Section:
    rows = [(_case(case), "; ".join(office(one) for one in held)) for case, held in found.two_hats]
    shown = table("One person in several offices of a case", ("Case", "Offices"), rows)
    said = "Roles that a policy keeps apart are refused by the store itself; these pairs it allows."
    nobody = "Nobody acted in two offices of the same case."
    return section("Separation of duties", table=shown, paragraphs=(said if shown else nobody,),
                   links=[link("Attempts that were not allowed", "audit.html")])  # fmt: skip


def _late(found: Inspection) -> Section:
    rows = [(_case(case), what, {"at": due}) for case, what, due in found.late]
    facts = [
        ("Reasons like those of an earlier case", f"{found.copied} of {found.reasoned} that were compared"),
        ("Urgent authorities", f"{found.urgent}: {found.ratified} ratified, {found.unratified} not in time"),
        ("Overdue now", str(len(found.late))),
    ]
    return section("Boilerplate and timeliness", facts=facts,
                   table=table("What is overdue", ("Case", "What", "Was due"), rows))  # fmt: skip


def _accredited(visit: Visit) -> Section:
    rows = [
        (one["account"], one["holds"], one["until"], "has run out" if one["over"] else "current")
        for one in accredited(visit.workspace)
    ]
    shown = table("Accreditation with an end", ("Account", "Holds", "Until", "Now"), rows)
    return section("Training and accreditation", table=shown,
                   paragraphs=() if shown else ("No account holds anything that runs out.",))  # fmt: skip


def _case(case_id: str) -> dict[str, str]:
    return link(case_id, f"case-{case_id}.html")


def known_page(visit: Visit) -> Page:
    """Return a case as it was known after one of its entries (``entry``, from 1; default: the newest)."""
    case_id = visit.path["case_id"]
    _, events = as_known(visit.workspace, case_id, 1)
    asked = visit.query.get("entry", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else len(events)
    case, _ = as_known(visit.workspace, case_id, number)
    note_processing(visit.workspace, "consulted", ("case", case_id), "oversight", visit.account)
    at = events[number - 1].at
    stood = in_words(line_of(visit.workspace, case.standing, state_at(case, at)))
    facts = [
        ("State then", stood["standing"]), ("Where", stood["area"]), ("Window asked for", stood["window"]),
        ("Ends", {"at": stamp(case.ends_at)} if case.ends_at else "no authority yet"),
        ("Review due", {"at": stamp(case.review_due)} if case.review_due else "none"),
        ("Advice by then", "; ".join(f"{office(one.adviser)}: {one.stance}" for one in case.advice) or "none"),
    ]  # fmt: skip
    findings = [
        (str(one["rule"]), {True: "Held", False: "Did not hold"}.get(one["holds"], "Not known"), str(one["reason"]))
        for one in case.findings
    ]
    moments = [
        (
            link(str(i), f"case-{case_id}-as-known.html?entry={i}"),
            ACTS.get(one.kind, plain(one.kind)),
            {"at": stamp(one.at)},
            office(one.office),
            "the newest then" if i == number else "still to come then" if i > number else "known",
        )
        for i, one in enumerate(events, start=1)
    ]
    every = [
        section("As it stood then", facts=facts),
        section("Rules last tested by then", table=table("Findings", ("Rule", "Answer", "Why"), findings),
                paragraphs=() if findings else ("No rule had been tested.",)),
        section("Every moment of it", table=table("Entries", ("Entry", "What", "When", "By", "Known then"), moments),
                links=[_case(case_id), link("Frozen file with proofs (ZIP)", f"case-{case_id}-file.zip")]),
    ]  # fmt: skip
    lede = f"After entry {number} of {len(events)}. What came later is left out, as it was not known then."
    return _page(f"case-{case_id}-as-known.html", f"Case {case_id} as it was known", lede, every)


def bundle(visit: Visit) -> Result:
    """Hand over one case, frozen, with its proofs."""
    case_id = visit.path["case_id"]
    return Handed(case_bundle(visit.workspace, case_id, visit.account), f"case-{case_id}.zip", "application/zip")


def protection_page(visit: Visit) -> Page:
    """Return what is held of whom and why, who looked at it, and what was destroyed."""
    workspace = visit.workspace
    lines = processing_lines(workspace, visit.account)
    done = Counter((one["operation"], one["kind"], one["reason"]) for one in lines)
    held = [(words, len(workspace.store.kept(kind))) for kind, words in _KEPT.items()]
    people = [one for one in workspace.store.people() if one.disabled_at is None]
    held += [("Accounts: a name, a person, roles", len(people))]
    gone = [
        ({"at": stamp(read_stamp(one.at))}, f"{one.kind} {one.id}" if one.kind else f"field {one.field}", one.basis,
         one.digest or "-")
        for one in remembered(workspace.folder)
    ]  # fmt: skip
    kept_back = [(case, "held" if now else "released") for case, now in holds(workspace).items()]
    said = (
        "No table, file or page here holds a person of interest. Of incidents these columns are kept, and all others "
        f"dropped at the door: {', '.join(SCHEMA.names())}."
    )
    why = f"Bases on which a field may be destroyed: {', '.join(bases()['bases'])}. A case that is held is not touched."
    counts = [(*key, count) for key, count in done.most_common()]
    processed = table("How often what was done, and on what ground", ("Done", "To what", "Ground", "Times"), counts,
                      figures=1)  # fmt: skip
    erased = table("What is gone, with the proof that stays", ("When", "What", "Basis", "Digest"), gone)
    every = [
        section("What is held", paragraphs=(said,),
                table=table("Beside the log", ("What", "How many"), held, figures=1)),
        section("Processing", table=processed, links=[link("Line by line", "processing.html")]),
        section("Erased", table=erased, paragraphs=(why, *(() if gone else ("Nothing was erased yet.",)))),
        section("Held for proceedings", table=table("Cases", ("Case", "Now"), kept_back),
                paragraphs=() if kept_back else ("No case is held.",)),
        visit.desk.kept("transparency", visit.state, lambda: _transparency(visit)),
    ]  # fmt: skip
    lede = "What this workspace holds, why, who looked at it and what was destroyed. That you looked is noted too."
    return _page("data-protection.html", "Data protection", lede, every)


def _transparency(visit: Visit) -> Section:
    from answerable.service.atrs import transparency_record

    try:
        record = transparency_record(visit.workspace)
    except AnswerableError as error:
        return section("Transparency record", note=f"{error.what} {error.fix}")
    said = (
        f"{len(record.fields) - len(record.problems)} of {len(record.fields)} fields of the national standard are "
        "answered. The data protection impact assessment is the force's own document, and is not written here.",
    )
    return section("Transparency record", paragraphs=said, items=record.problems)


def _page(path: str, title: str, lede: str, sections: list[Section]) -> Page:
    data: dict[str, Any] = {"lede": lede, "sections": sections}
    return Page(path, title, _TEMPLATE, data)
