"""Cases on the staff site: the list, a case as a list of tasks, the form of each step, and what is sent with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from answerable.case.state import ENDS, State
from answerable.errors import AnswerableError, InputError, NotAllowed, UsageError
from answerable.policy.pack import Pack
from answerable.service.audit import audit_lines
from answerable.service.case_board import lines, waiting_of
from answerable.service.case_lists import state_named
from answerable.service.case_shown import show_case, show_history
from answerable.service.cases import open_case
from answerable.service.history import read_history
from answerable.service.processing import note_processing
from answerable.web.carrying import FORM, carry_out, written
from answerable.web.decisions import waits_for_signature
from answerable.web.desk import ANYONE, LINK, Desk, Go, Result, Shown, Visit
from answerable.web.fields import Field, Values, filled
from answerable.web.pages import staff_case
from answerable.web.pages.case_words import ACTS, TRIGGERS, office, plain
from answerable.web.pages.staff_acts import FORMS
from answerable.web.pages.staff_decisions import SIGNED
from answerable.web.pages.staff_filed import newest_findings
from answerable.web.pages.staff_open import PATHS, document_of, first_fields, open_fields
from answerable.web.pages.staff_tasks import tasks_of, waiting_for
from answerable.web.render import Page
from answerable.web.sign_in import make_link
from answerable.web.staff_chair import CHAIR
from answerable.web.staff_filed import filed_blocks, readers
from answerable.web.staff_oversight import INSPECTORS

PER_PAGE = 100
_ONE_FORM, _STEP = timedelta(hours=8), "step"
_ROLE_OF = {"advise": "consult"}
# Buttons that are pressed in a hurry: whoever presses twice, or after somebody else, sees that it is over.
_AT_ONCE = ("end", "revoke")


def add_cases(desk: Desk) -> None:
    """Put the routes of cases into the site."""
    anyone, applicants = (ANYONE,), roles_for("open")
    desk.page("/cases", cases_page, anyone, "Every case", query=("state", "page"))
    desk.page("/open", open_first, applicants, "Open a case: two questions")
    desk.page("/open-form", open_form, applicants, "Open a case: the form", query=("trigger", "path"))
    names = {one.name for path in PATHS for trigger in TRIGGERS for one in open_fields(trigger, path, "")}
    desk.act("/open-case", open_new, applicants, "Open a case", ("once", *sorted(names)))
    desk.act("/case-{case_id}/link", send_link, applicants, "Make a one-time link for an adviser", ("account",))
    for verb, form in FORMS.items():
        roles, names_of = roles_for(verb), ["once", *(one.name for one in form.fields)]
        also = _with_links(roles) if verb == "advise" else roles
        words = ACTS[verb][:1].upper() + ACTS[verb][1:]
        desk.page(f"/case-{{case_id}}-{verb.replace('_', '-')}", _form_page(verb), also, f"{words}: the form")
        desk.act(f"/case-{{case_id}}/{verb.replace('_', '-')}", _act(verb), also, words, names_of)
    # After the forms: their addresses begin like that of the case.
    desk.page("/case-{case_id}", case_page, anyone, "A case as a list of tasks")


def roles_for(verb: str) -> Callable[[Pack], tuple[str, ...]]:
    """Return the roles that the policy in force gives to a step."""
    return lambda pack: tuple(pack.roles.get(_ROLE_OF.get(verb, verb), ()))


def _with_links(roles: Callable[[Pack], tuple[str, ...]]) -> Callable[[Pack], tuple[str, ...]]:
    return lambda pack: (*roles(pack), LINK)


def cases_page(visit: Visit) -> Page:
    """Return one page of the list of cases, the newest first: of all, or of those in the state that is named."""
    placed = visit.desk.board.cases(visit.workspace)
    wanted = visit.query.get("state", "")
    state = state_named(wanted) if wanted else None
    found = [one for one in reversed(placed) if state in (None, one.state)]
    last = max(1, -(-len(found) // PER_PAGE))
    asked = visit.query.get("page", "")
    number = min(int(asked), last) if asked.isdecimal() and 0 < len(asked) < 7 and int(asked) else 1
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    page = staff_case.cases_page(lines(visit.workspace, shown))
    more = {
        "count": len(found),
        "number": number,
        "last": last,
        "state": str(state) if state else "",
        "standing": staff_case.in_words({"state": str(state)})["standing"] if state else "",
        "may_open": bool(visit.roles & {"applicant"}),
    }
    return Page(page.path, page.title, page.template, {**page.data, **more})


def case_page(visit: Visit, problems: Sequence[Mapping[str, str]] = ()) -> Page:
    """Return a case as a list of tasks: what is done, what can be done now and by whom, what is blocked and why."""
    case_id = visit.path["case_id"]
    history = read_history(visit.workspace, case_id)
    shown = show_history(visit.workspace, history)
    note_processing(visit.workspace, "consulted", ("case", case_id), "case_work", visit.account)
    page = staff_case.case_page(shown, audit_lines(visit.workspace, case_id))
    asked = visit.workspace.pack.roles.get("consult", ())
    links = [
        one.account for one in visit.workspace.store.people() if set(one.roles) & set(asked) and not one.disabled_at
    ]
    waits = waiting_of(history, visit.workspace.clock.now())
    data = {
        **page.data,
        "tasks": tasks_of(shown, visit.workspace.pack, visit.roles, urgent=waits.urgent),
        "waiting_for": waiting_for(waits, visit.workspace.pack),
        "may_chair": bool(visit.roles & set(CHAIR)),
        "may_inspect": bool(visit.roles & set(INSPECTORS)),
        "may_read_file": bool(visit.roles & set(readers(visit.workspace.pack))),
        "may_link": bool(visit.roles & set(visit.workspace.pack.roles.get("open", ()))),
        "advisers": links,
        "problems": list(problems),
        "may_end": "end" in shown["possible"] and bool(visit.roles & set(visit.workspace.pack.roles.get("end", ()))),
    }
    return Page(page.path, page.title, "staff/case.html", data)


def open_first(_visit: Visit) -> Page:
    """Return the two questions on which the form depends."""
    data = {"fields": [one.as_json() for one in first_fields()], "problems": []}
    return Page("open.html", "Open a case", "staff/open.html", data)


def open_form(visit: Visit) -> Result:
    """Return the form; the questions again where they were not answered."""
    trigger, path = visit.query.get("trigger", ""), visit.query.get("path", "")
    if trigger not in TRIGGERS or path not in PATHS:
        first = open_first(visit)
        problem = {"field": "trigger-imminent_intel", "says": "Answer both questions."}
        return Page(first.path, first.title, first.template, {**first.data, "problems": [problem]})
    once = visit.desk.sessions.keep_once("open", {"account": visit.account}, _ONE_FORM)
    return _open_page(visit, {"trigger": trigger, "path": path, "once": once}, [])


def _open_page(visit: Visit, values: Mapping[str, str], problems: list[dict[str, str]]) -> Page:
    fields = filled(open_fields(values["trigger"], values["path"], visit.workspace.settings.time_zone or "UTC"), values)
    data = {
        "fields": [one.as_json() for one in fields],
        "once": values.get("once", ""),
        "problems": problems,
        "about": PATHS[values["path"]],
        "trigger": TRIGGERS[values["trigger"]],
    }
    return Page("open-form.html", "Open a case", "staff/open_form.html", data)


def open_new(visit: Visit) -> Result:
    """Open the case; the same form sent twice opens one case."""
    sent = sent_with(visit)
    once = sent.get("once", "")
    if before := visit.desk.sessions.spent(once):
        return Go(before if before != "taken" else "cases.html")
    held = visit.desk.sessions.look("open", once)
    if held is None or held["account"] != visit.account or sent.get("trigger") not in TRIGGERS:
        raise UsageError("This form is over.", where="open a case", fix="Begin with a new one; see Open a case.")
    if sent.get("path") not in PATHS:
        raise UsageError("This form is not whole.", where="field path", fix="Begin with a new one.")
    visit.desk.sessions.take("open", once)
    try:
        workspace = visit.workspace
        tz = workspace.settings.time_zone or "UTC"
        document = document_of(Values(sent), workspace.clock.now(), tz, workspace.pack.name)
        with written(document) as path:
            answer = open_case(workspace, path, visit.account)
    except InputError as error:
        again = visit.desk.sessions.keep_once("open", {"account": visit.account}, _ONE_FORM)
        return Shown(_open_page(visit, {**sent, "once": again}, [problem_of(error)]), 400)
    visit.desk.sessions.note_result(once, f"case-{answer.id}.html")
    return Go(f"case-{answer.id}.html", answer.as_json())


def _form_page(verb: str) -> Callable[[Visit], Result]:
    def page(visit: Visit) -> Result:
        return form_page(visit, verb, {}, [])

    return page


def form_page(visit: Visit, verb: str, values: Mapping[str, str], problems: list[dict[str, str]]) -> Page:
    """Return the form of one step of a case."""
    case_id = visit.path["case_id"]
    history = read_history(visit.workspace, case_id)
    shown = show_history(visit.workspace, history)
    around = staff_case.case_page(shown, ())
    data = {
        "case": {"id": case_id, "title": shown["title"], "area": shown["area"], "window": shown["window"]},
        "verb": verb,
        "does": ACTS[verb],
        "fields": [one.as_json() for one in filled(_fields(visit, verb, shown), values)],
        "note": FORMS[verb].note,
        "problems": problems,
        "possible": verb in shown["possible"],
        "once": visit.desk.sessions.keep_once(_STEP, {"account": visit.account}, _ONE_FORM),
        "standing": around.data["case"]["standing"],
        "clocks": around.data["clocks"],
        "advice": around.data["advice"] if verb in SIGNED else [],
        "by_link": visit.session is not None and visit.session.case_id != "",
        **(_asked_about(visit, shown, around) if verb == "advise" else {"said": [], "entries": []}),
        "alternatives": _alternatives(shown) if verb in SIGNED else [],
        "filed": filed_blocks(visit, history, shown, alternatives=False) if verb in SIGNED else [],
        "findings": newest_findings(shown["events"]) if verb in SIGNED else [],
        "rarity": (shown.get("rarity") or {}).get("reason", "") if verb in SIGNED else "",
        "signed": verb in SIGNED,
        "other": [one for one in ("refuse", "authorise", "urgent") if one in shown["possible"] and one != verb]
        if verb in SIGNED
        else [],
    }
    path = f"case-{case_id}-{verb.replace('_', '-')}.html"
    return Page(path, f"{ACTS[verb][:1].upper()}{ACTS[verb][1:]}: case {case_id}", "staff/act.html", data)


def _asked_about(visit: Visit, shown: Mapping[str, Any], around: Page) -> dict[str, Any]:
    """Return what an adviser sees beside the form: what the record says of the case, and what their office has said."""
    both = zip(shown["advice"], around.data["advice"], strict=True)
    return {
        "said": [told for one, told in both if one["adviser"] in visit.roles],
        "entries": around.data["entries"],
    }


def _fields(visit: Visit, verb: str, shown: Mapping[str, Any]) -> tuple[Field, ...]:
    fields = FORMS[verb].fields
    if verb == "assess" and read_history(visit.workspace, visit.path["case_id"]).sealed:
        # The judgement was given and is sealed; only why it differs may still be said.
        return tuple(one for one in fields if one.name not in ("chance", "ancr"))
    if verb == "answer":
        open_ones = [one for one in shown["advice"] if not one["answer"] and one["stance"] != "no_reply"]
        options = tuple((str(one["number"]), f"{one['number']}, {office(one['adviser'])}") for one in open_ones)
        return (Field("number", "Which advice", "select", options=options), *fields[1:])
    if verb == "referral":
        owed = [one for one in shown["duties"] if one["kind"] == "referral"]
        options = tuple((one["what"], f"{plain(one['what'])}, with {one['owner']}") for one in owed)
        return (Field("option", fields[0].label, "select", options=options), *fields[1:])
    return fields


def _alternatives(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    assessed = next((e for e in reversed(shown["events"]) if e["data"].get("alternatives")), None)
    return list(assessed["data"]["alternatives"]) if assessed else []


def _act(verb: str) -> Callable[[Visit], Result]:
    def send(visit: Visit) -> Result:
        case_id, sent = visit.path["case_id"], sent_with(visit)
        show_case(visit.workspace, case_id)
        by_link = visit.session is not None and visit.session.case_id
        leads = f"case-{case_id}-advise.html" if by_link else f"case-{case_id}.html"
        sessions, once = visit.desk.sessions, sent.get("once", "")
        # The same form sent twice, also at the same moment, is one act. A form without a token is taken as well: a
        # program sends none, and nothing about a form may stand in the way of an ending.
        taken = sessions.take(_STEP, once) if verb not in SIGNED else None
        if verb not in SIGNED and taken is None and sessions.spent(once):
            return Go(leads)
        try:
            asked = FORMS[verb].read(Values(sent))
            if verb in SIGNED:
                return waits_for_signature(visit, verb, asked)
            answer = carry_out(visit.workspace, case_id, verb, asked, visit.account)
        except Exception as error:
            # What was not done can be sent again; a token of another kind is not this form's to give back.
            if taken is not None:
                sessions.note_result(once, "")
            if isinstance(error, NotAllowed) and verb in _AT_ONCE and _is_over(visit, case_id):
                return Go(leads)
            # Whoever decides has typed a lot of reasons: they are not lost because the decision is not possible so.
            if isinstance(error, InputError) or (isinstance(error, NotAllowed) and verb in SIGNED):
                status = 400 if isinstance(error, InputError) else 409
                return Shown(form_page(visit, verb, sent, [problem_of(error)]), status)
            raise
        return Go(leads, answer.as_json())

    return send


def _is_over(visit: Visit, case_id: str) -> bool:
    return State(show_case(visit.workspace, case_id)["state"]) in ENDS


def sent_with(visit: Visit) -> dict[str, str]:
    """Return the text fields of a form."""
    return {name: visit.text(name) for name in visit.form if isinstance(visit.form[name], str)}


def problem_of(error: AnswerableError) -> dict[str, str]:
    """Return an error as a line of the summary above a form, with the field that it is about where it says one."""
    _, _, rest = error.where.partition("field ")
    name = rest.split(":")[0].split(",")[0].strip() if rest else ""
    # The document that was made of the form is no file of whoever filled it in.
    where = error.where.removeprefix(f"{FORM}, ").replace("field ", "").replace("_", " ")
    says = str(type(error)(error.what.replace("_", " "), where=where, fix=error.fix))
    return {"field": name if name.isidentifier() else "", "says": says}


def send_link(visit: Visit) -> Page:
    """Make a one-time link for an adviser and show it, once."""
    case_id = visit.path["case_id"]
    show_case(visit.workspace, case_id)
    link = make_link(visit, case_id, visit.text("account"))
    data = {"case": case_id, "account": visit.text("account"), "link": link}
    return Page("link-made.html", "A one-time link", "staff/link_made.html", data, answer=True)
