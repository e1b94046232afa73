"""What each page family says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from answerable.policy.pack import Pack, load_pack, packs
from answerable.present.article import Article
from answerable.service.public_view import PublicView
from answerable.web.pages import cases, planning, questions, rules
from answerable.web.pages.case_words import ACTS
from answerable.web.render import NOT_LIMITED, Frame, html


def plain(content: bytes) -> str:
    """The text of a page as a reader meets it: without tags, spaces run together."""
    text = re.sub(r"<[^>]+>", " ", content.decode())
    for entity, sign in (("&#39;", "'"), ("&#34;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(entity, sign)
    return re.sub(r" ([.,;:)])", r"\1", " ".join(text.split()))


# The five questions.


def test_the_tally_counts_each_case_by_what_became_of_it(view: PublicView) -> None:
    count = questions.tally(view)
    assert (count.proposed, count.authorised, count.used) == (5, 2, 2)
    assert (count.blocked, count.refused, count.withdrawn) == (1, 1, 1)
    assert count.days_since == 0


def test_days_since_last_use_run_from_the_last_start(view: PublicView) -> None:
    without_last = replace(view, cases=view.cases[:4], as_of=view.as_of + timedelta(days=3))
    assert questions.tally(without_last).days_since == 14


def test_a_tactic_never_used_has_no_days_since(empty_view: PublicView) -> None:
    assert questions.tally(empty_view).days_since is None
    assert "Used never" in questions.answers(empty_view)[4].more


def test_every_question_is_answered_now_and_says_cannot_tell_where_it_cannot(view: PublicView) -> None:
    told = questions.answers(view)
    assert len(told) == 5
    assert "in 1,000" in told[0].answer
    assert "1 blocked by rule at some step; 1 refused by a person" in told[1].answer
    assert told[4].answer.startswith("Cannot tell")


def test_a_case_authorised_without_advice_is_said_to_be(view: PublicView) -> None:
    first = view.cases[0]
    unasked = replace(first, events=tuple(event for event in first.events if event.kind != "advise"))
    told = questions.answers(replace(view, cases=(unasked,)))[2].answer
    assert "1 case was authorised without asking everyone" in told


# The article.


def test_the_page_on_the_plan_sets_each_line_of_2018_beside_what_is_required(
    pages: Mapping[str, bytes], article: Article
) -> None:
    text = plain(pages["plan.html"])
    for line in article.lines:
        assert f"“{line.said}”" in text
        assert f"line {line.line}" in text
        assert line.required in text
        assert line.could_show in text


def test_the_first_page_answers_before_it_leads_on(pages: Mapping[str, bytes], view: PublicView) -> None:
    page, said = pages["index.html"].decode(), json.loads(pages["index.json"])
    order = [page.index(mark) for mark in ('class="plain-line"', 'class="figures"', 'id="questions"', 'id="next"')]
    assert order == sorted(order)
    assert said["plain_line"] == (
        "2 authorised in the year to now; at most 4 are allowed. In the same year 1 refused by a person, "
        "1 held up by a rule at least once (never authorised: 1)."
    )
    assert said["rarity"]["words"] in plain(pages["index.html"])


def test_the_plan_of_2018_goes_from_the_lines_to_two_proposals_to_the_base_rate(pages: Mapping[str, bytes]) -> None:
    page = pages["plan.html"].decode()
    order = [page.index(f'<h2 id="{name}"') for name in ("lines", "proposals", "of100")]
    assert order == sorted(order)


def test_a_forecast_alone_is_shown_blocked_beside_good_intelligence_that_may_proceed(
    pages: Mapping[str, bytes],
) -> None:
    shown = json.loads(pages["plan.json"])["proposals"]
    assert [one["holds"] for one in shown] == [False, True]
    blocked, allowed = ({found["rule"]: found["holds"] for found in one["shown"]} for one in shown)
    assert blocked["AP05"] is blocked["AP08"] is False
    assert True not in blocked.values()
    assert set(allowed.values()) == {True}
    assert NOT_LIMITED in plain(pages["plan.html"])


# Cases.


@pytest.mark.parametrize(
    ("name", "standing"),
    [("0001", "Expired"), ("0002", "Blocked by rule"), ("0003", "Refused"), ("0004", "Withdrawn"), ("0005", "Active")],
)
def test_a_case_says_where_it_stands_on_its_page_and_in_the_register(
    pages: Mapping[str, bytes], name: str, standing: str
) -> None:
    assert json.loads(pages[f"case-2018-{name}.json"])["standing"] == standing
    row = next(c for c in json.loads(pages["cases.json"])["cases"] if c["id"] == f"2018-{name}")
    assert row["standing"] == standing
    assert standing in plain(pages[f"case-2018-{name}.html"])


def test_the_register_shows_the_newest_case_first(pages: Mapping[str, bytes]) -> None:
    ids = [case["id"] for case in json.loads(pages["cases.json"])["cases"]]
    assert ids == sorted(ids, reverse=True)


def test_a_refusal_never_limits_a_rescue_and_says_so(pages: Mapping[str, bytes]) -> None:
    for name in ("0002", "0003"):
        assert NOT_LIMITED in plain(pages[f"case-2018-{name}.html"])
    assert NOT_LIMITED not in plain(pages["case-2018-0004.html"])


def test_each_entry_has_its_proof_and_the_exact_command_to_check_it(pages: Mapping[str, bytes]) -> None:
    page = pages["case-2018-0002.html"].decode()
    for entry in json.loads(pages["case-2018-0002.json"])["entries"]:
        assert f'href="{entry["proof"]}"' in page
        assert f"answerable record verify {entry['index']}.tlog-proof --policy log-policy" in page
    entries = plain(page.encode()).split("of the log. ")[1:]
    for said in entries:
        # Both files that the standalone page asks for, and that nobody but the reader hands them to it.
        assert said.startswith(
            "Download its proof, which holds the signed head, and log-policy. Choose the two by hand"
        )
        assert "on a page that asks no network" in said


def test_an_unknown_fact_is_shown_as_not_known_and_not_as_a_failure(pages: Mapping[str, bytes]) -> None:
    text = plain(pages["case-2018-0002.html"])
    assert "Not known AP05" in text
    assert "Did not hold AP08" in text
    assert "It cannot be assessed as it stands" in text


def test_an_authorised_case_shows_reasons_limits_and_conditions(pages: Mapping[str, bytes]) -> None:
    text = plain(pages["case-2018-0001.html"])
    assert "Two independent, graded reports" in text
    assert "Ends by itself at Sat 1 Dec 2018, 00:00 GMT" in text
    assert "Armed officers walk beside unarmed colleagues" in text
    assert "the authoriser: authorised" in text


def test_a_case_blocked_once_that_then_moved_on_stands_where_it_is(view: PublicView) -> None:
    stopped = view.cases[1]
    assert cases.standing(stopped) == "blocked"
    later = replace(stopped, state="REFUSED", events=(*stopped.events, view.cases[2].events[-1]))
    assert cases.standing(later) == "refused"


def test_an_entry_without_a_proof_says_so(view: PublicView) -> None:
    bare = replace(view.cases[3], events=tuple(replace(event, proof="") for event in view.cases[3].events))
    text = plain(html(cases.case_page(bare), Frame.of(view)))
    assert "Its proof is not in this folder" in text
    assert "record verify" not in text


def test_times_are_local_with_their_zone_and_utc_for_machines(view: PublicView) -> None:
    summer = replace(view.cases[0], starts_at=view.cases[0].starts_at.replace(month=7))
    page = html(cases.case_page(summer), Frame.of(view)).decode()
    assert '<time datetime="2018-07-30T20:00:00Z">Mon 30 Jul 2018, 21:00 BST</time>' in page


@pytest.mark.parametrize(
    ("number", "standing", "says"),
    [
        ("0006", "Closed", "its public record is complete"),
        ("0007", "Not ratified in time", "nobody ratified it in time"),
        ("0008", "Review due", "its review is due now"),
        ("0009", "Suspended", "nothing may be done under it"),
        ("0010", "Debriefed", "Its evaluation is still to come"),
    ],
)
def test_states_that_the_clock_makes_are_said_in_plain_words(
    full_pages: Mapping[str, bytes], number: str, standing: str, says: str
) -> None:
    text = plain(full_pages[f"case-2018-{number}.html"])
    assert standing in text
    assert says in text
    assert standing in plain(full_pages["cases.html"])


def test_who_was_asked_what_they_said_and_whether_it_was_answered_stand_at_the_top(
    full_pages: Mapping[str, bytes],
) -> None:
    text = plain(full_pages["case-2018-0006.html"])
    top = text[: text.index("What happened, entry by entry")]
    assert "The independent advisory group advises against it; answered." in top
    assert "The local commander supports it; no answer needed." in top
    assert "NOT CONSULTED: the police and crime commissioner (asked, and no reply came in time)." in top
    assert "Cannot tell." in top


def test_an_office_without_an_entry_is_not_said_to_have_been_rung(full_view: PublicView) -> None:
    case = next(case for case in full_view.cases if case.id == "2018-0006")
    named = {"not_consulted": ["pcc_liaison", "tactical_adviser", "iag_contact"]}
    events = tuple(replace(e, data={**e.data, **named}) if e.kind == "authorise" else e for e in case.events)
    told = cases.not_consulted(replace(case, events=events))
    assert told[0] == "police and crime commissioner (asked, and no reply came in time)"
    # A rule on tactical advice may have held: it rests on the case file, and the page says so.
    assert told[1].startswith("tactical adviser (no advice of their own was in the record at the decision;")
    assert "rests on what the case file says" in told[1]
    assert told[2] == "independent advisory group (no advice of theirs was in the record at the decision)"


def test_a_late_no_reply_says_nothing_of_before_the_decision(full_view: PublicView) -> None:
    case = next(case for case in full_view.cases if case.id == "2018-0006")
    asked = next(event for event in case.events if event.data.get("stance") == "no_reply")
    after = (*(event for event in case.events if event is not asked), replace(asked, index=10_000))
    assert "asked, and no reply" not in cases.not_consulted(replace(case, events=after))[0]


@pytest.mark.parametrize(
    ("ended", "authorised", "says"),
    [
        (False, False, "not answered yet, and until then nobody can authorise"),
        (False, True, "not answered yet"),
        (True, False, "not answered; the case ended without being authorised"),
        (True, True, "never answered before the end"),
    ],
)
def test_advice_without_an_answer_says_what_that_means_where_the_case_stands(
    full_view: PublicView, *, ended: bool, authorised: bool, says: str
) -> None:
    case = next(case for case in full_view.cases if case.id == "2018-0006")
    unanswered = tuple(event for event in case.events if event.kind != "answer")
    at = full_view.as_of
    shown = replace(case, events=unanswered, ended_at=at if ended else None, authorised_at=at if authorised else None)
    assert cases.advice(shown)[0]["answer"] == says


def test_advice_is_published_to_the_letter(full_pages: Mapping[str, bytes], full_view: PublicView) -> None:
    case = next(case for case in full_view.cases if case.id == "2018-0006")
    written = next(event.data["text"] for event in case.events if event.kind == "advise")
    assert written in full_pages["case-2018-0006.html"].decode()


def test_what_is_owed_is_shown_with_what_is_overdue(full_pages: Mapping[str, bytes]) -> None:
    text = plain(full_pages["case-2018-0010.html"])
    assert "Still owed on this case" in text
    assert "The evaluation" in text
    assert "An outcome of the referral: focused deterrence, by the community safety" in text
    owed = json.loads(full_pages["case-2018-0010.json"])["owed"]
    assert [one["overdue"] for one in owed] == [False, True]
    register = json.loads(full_pages["cases.json"])
    assert {case["id"] for case in register["cases"] if case["overdue"]} >= {"2018-0009", "2018-0010"}
    assert {"words": "with something overdue", "count": 4} in register["counts"]


def test_an_urgent_case_says_that_it_is_one(full_pages: Mapping[str, bytes]) -> None:
    assert "Intelligence that serious violence is imminent, urgently" in plain(full_pages["case-2018-0007.html"])
    assert "urgently" not in plain(full_pages["case-2018-0009.html"])


def test_the_five_questions_count_dissent_urgency_and_what_is_overdue(full_view: PublicView) -> None:
    told = questions.answers(full_view)
    assert "1 piece of advice was against; 1 answered." in told[2].answer
    assert "5 cases were authorised without asking everyone" in told[2].answer
    assert "2 authorities were given urgently." in told[3].answer
    assert "1 deployment has been evaluated; of 1 the answer is \u201ccannot tell\u201d" in told[4].answer
    assert "On 4 cases an account is overdue." in told[4].answer


def test_a_blocked_step_does_not_hide_that_an_authority_is_in_use(view: PublicView) -> None:
    running = view.cases[4]
    tried = replace(running, events=(*running.events, view.cases[1].events[-1]))
    assert cases.standing(tried) == "active"


# The map.


def test_the_map_and_its_table_say_the_same_in_order_of_name(pages: Mapping[str, bytes], view: PublicView) -> None:
    picture = json.loads(pages["planning.json"])["picture"]
    names = [area["name"] for area in picture["areas"]]
    assert names == sorted(names)
    page = pages["planning.html"].decode()
    drawing = page[page.index("<svg") : page.index("</svg>")]
    for area in view.pictures[-1].data["areas"]:
        assert area["name"] in drawing
        assert area["name"] in page[page.index("<table") :]


def test_a_chance_stands_beside_its_base_rate_interval_and_data_date(pages: Mapping[str, bytes]) -> None:
    text = plain(pages["planning.html"])
    assert "Base rate 10 in 1,000 in a ward of middling size" in text
    assert "90 % interval" in text
    assert "Data until Tue 11 Dec 2018" in text
    assert "no case can be opened from it" in text


def test_the_newest_picture_is_shown(view: PublicView) -> None:
    newer = replace(view.pictures[0], data={**view.pictures[0].data, "model": "newer_model"})
    shown = planning.page(replace(view, pictures=(*view.pictures, newer)))
    assert shown.data["picture"]["model"] == "newer model"


# Rules.


def test_every_rule_is_there_with_its_sentence_and_its_source(pages: Mapping[str, bytes], pack: Pack) -> None:
    page = pages["rules.html"].decode()
    text = plain(pages["rules.html"])
    for rule in pack.rules:
        assert f'id="{rule.id}"' in page
        assert " ".join(rule.says.split()) in text
    assert "Status example" in text
    assert "[D]" not in text


def test_the_rules_shown_are_checked_against_those_adopted_in_the_log(view: PublicView, pack: Pack) -> None:
    assert rules.page(view, pack).data["same_as_logged"]
    assert not rules.page(view, replace(pack, hash="0" * 64)).data["same_as_logged"]
    changed = html(rules.page(view, replace(pack, hash="0" * 64)), Frame.of(view))
    assert "This is not the fingerprint in the log" in plain(changed)


# About.


def test_verified_is_said_with_what_it_does_not_prove(pages: Mapping[str, bytes]) -> None:
    text = plain(pages["about.html"])
    assert "It does not prove" in text
    assert "that the log is complete" in text
    assert "python -m record.verify" in text


# Rules: choices, profiles, and what is from memory.


@pytest.mark.parametrize("name", packs())
def test_every_step_of_every_pack_is_named_in_words(name: str) -> None:
    shown = load_pack(name)
    assert set(shown.roles) <= set(ACTS)
    assert {step for rule in shown.rules for step in rule.on} <= {*ACTS, "any"}


def test_choices_profiles_and_limits_are_shown_with_their_sources(view: PublicView) -> None:
    shown = load_pack("uk.section60")
    text = plain(html(rules.page(view, shown), Frame.of(view)))
    for part in (shown.limits, shown.choices, shown.profiles):
        assert all(one.means in text for one in part.values())
    assert "Statutory (in force)" in text
    assert "The longest authority. 15 hours" in text
    assert "The lowest rank that may extend. assistant chief constable" in text
    assert "1 extension " in text


def test_what_is_from_memory_is_marked_and_the_mark_is_explained(view: PublicView, pack: Pack) -> None:
    page = rules.page(view, load_pack("uk.section60"))
    text = plain(html(page, Frame.of(view)))
    assert "[K] marks a source that was written from memory and is to be confirmed" in text
    assert page.data["from_memory"] == 9
    assert text.count("[K]") == 10
    assert "[K]" not in plain(html(rules.page(view, pack), Frame.of(view)))


def test_rules_whose_term_is_over_are_not_called_in_force(view: PublicView, pack: Pack) -> None:
    over = replace(view, as_of=view.as_of + timedelta(days=400))
    text = plain(html(rules.page(over, pack), Frame.of(over)))
    assert "Rules that were in force" in text
    assert "These rules are not in force now. It ended by itself, Fri 1 Nov 2019, 09:00 GMT" in text
    assert "unless renewed" not in text
    assert "not in force now" not in plain(html(rules.page(view, pack), Frame.of(view)))
