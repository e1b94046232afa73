"""Text about persons is found and text about places is left alone: a table of both, and what each miss costs."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.intel.identifying import KINDS, identifying
from answerable.intel.place import Place

AT = datetime(2018, 11, 30, tzinfo=UTC)
ESTATE = Place("Kieran Point Estate", place=(-0.07, 51.6), radius_m=400)

# Placeholders, not persons: Surname, Example, Placeholder, Doe.
PERSONS = [
    ("Mr Surname was seen with a knife.", "name"),
    ("Mr J Placeholder expects trouble.", "name"),
    ("Mrs. A. B. Surname has complained.", "name"),
    ("Dr Placeholder treated the wound.", "name"),
    ("PC Example heard it at the school gate.", "name"),
    ("J. Surname will bring a gun.", "name"),
    ("J.R. Surname will bring a gun.", "name"),
    ("J Surname will bring a gun.", "name"),
    ("SURNAME, John may come.", "name"),
    ("John Doe and two others may come.", "name"),
    ("JOHN DOE MAY COME TONIGHT.", "name"),
    ("Two youths and Mohammed Surname.", "name"),
    ("Expected by Oluwaseun's group.", "name"),
    ("Fatima told the school of a threat.", "name"),
    ("Grace Placeholder holds the weapon.", "name"),
    ("A man named Zzyx will bring a gun.", "name"),
    ("A youth known as Biggz has the gun.", "name"),
    ("He goes by Ghostly on the estate.", "name"),
    ("Brother of Zzyx Placeholder was stabbed.", "name"),
    ("His cousin Zzyx was stabbed.", "name"),
    ("aka Zzyx, armed", "name"),
    ("Suspect Zzyx seen near the shops.", "name"),
    ("One DOB 12/03/2001 carries a blade.", "date_of_birth"),
    ("He was born on 3 March 2001.", "date_of_birth"),
    ("Someone born 1 Feb 99 said so.", "date_of_birth"),
    ("Someone born on the 1st of February 1999.", "date_of_birth"),
    ("Someone born Feb 1, 1999 said so.", "date_of_birth"),
    ("Someone born 1-Feb-'99 said so.", "date_of_birth"),
    ("born in 2001, lives nearby", "date_of_birth"),
    ("Youth 12/03/2001 carries a blade.", "date_of_birth"),
    ("Youth 2001-03-12 carries a blade.", "date_of_birth"),
    ("John Doe, 17 years old, is armed.", "years"),
    ("John Doe (17) is armed.", "years"),
    ("John Doe aged 17 is armed.", "years"),
    ("Burner phone 07700 900123 in use.", "telephone"),
    ("Burner phone 07700900123 in use.", "telephone"),
    ("Calls from +44 7700 900123.", "telephone"),
    ("Calls from +44 (0)20 7946 0123.", "telephone"),
    ("Calls from (020) 7946 0123.", "telephone"),
    ("Calls from 020 7946 0123.", "telephone"),
    ("Calls from 07700.900.123 or so.", "telephone"),
    ("Calls from (07700) 900123.", "telephone"),
    ("Call 0 7 7 0 0 9 0 0 1 2 3 tonight.", "telephone"),
    ("Call 0-7-7-0-0-9-0-0-1-2-3 tonight.", "telephone"),
    ("Call \uff10\uff17\uff17\uff10\uff10 \uff19\uff10\uff10\uff11\uff12\uff13.", "telephone"),
    ("Call 077\u200b00 90\u200b0123.", "telephone"),
    ("J o h n  D o e will come", "name"),
    ("J o h n D o e will come", "name"),
    ("J.o.h.n D.o.e will come", "name"),
    ("\u0408ohn D\u043e\u0435 will come", "name"),
    ("\uff2a\uff4f\uff48\uff4e \uff24\uff4f\uff45 will come", "name"),
    ("Jo\u200bhn Doe will come", "name"),
    ("Car A B 1 2 C D E was seen.", "plate"),
    ("Silver car AB12 CDE was seen.", "plate"),
    ("Silver car AB12CDE was seen.", "plate"),
    ("silver car ab12cde was seen", "plate"),
    ("Silver car A123 BCD was seen.", "plate"),
    ("Silver car ABC 123D was seen.", "plate"),
    ("Silver car AIZ 1234 was seen.", "plate"),
    ("Moped reg: AB1 was seen.", "plate"),
    ("Card with QQ 12 34 56 C found.".replace("QQ", "AB"), "national_insurance"),
    ("ab123456c", "national_insurance"),
    ("PNC ID 18/123456X is wanted.", "record_number"),
    ("Record 18/123456X is wanted.", "record_number"),
    ("NHS number 943 476 5919.", "record_number"),
    ("Handset 123456789012345 in use.", "record_number"),
    ("Mail to someone@example.org tonight.", "email"),
    ("Mail to someone [at] example.org.", "email"),
    ("Threat posted by @example_one.", "handle"),
    ("Threat on Snapchat: exampleone.", "handle"),
    ("Threat by username example_1 on a game.", "handle"),
    ("See instagram.com/exampleone for it.", "handle"),
    ("They meet at 14 Example Road.", "address"),
    ("They meet at 14a High Street.", "address"),
    ("They meet at 102, Placeholder House.", "address"),
    ("Weapon kept in flat 12.", "address"),
    ("Weapon kept at number 7, top floor.", "address"),
    ("They meet at N17 6AA tonight.", "address"),
    ("They meet at ///filled.count.soap tonight.", "address"),
    ("They meet at 51.60123, -0.07054.", "address"),
]
PLACES = [
    "Reprisal shooting expected on the estate this evening.",
    "Group expected to come to the estate armed.",
    "Two groups may meet in Finsbury Park after 20:00.",
    "Rival group from Tottenham Hale to come to Edmonton Green.",
    "Feud between groups from Wood Green and Northumberland Park.",
    "Fight arranged outside Victoria Station on Friday.",
    "Knives hidden near Florence Road and Victoria Park.",
    "Shots fired at St James Street; reprisal likely.",
    "Threat at St Paul's Church on Sunday.",
    "Trouble expected at King George Hospital A&E.",
    "Gathering at Queen Elizabeth Hall foyer.",
    "Seen near Charlotte Street and Jordan Hill.",
    "Group travelling from Milton Keynes by train.",
    "Weapons cached in Epping Forest.",
    "Attack planned at Notting Hill Carnival.",
    "Trouble at Stoke Newington Police Station.",
    "Black Friday sales at Westfield Stratford City.",
    "Match day: Tottenham Hotspur against West Ham.",
    "Great Portland Street to Regents Park on Monday.",
    "South Yorkshire group may travel on the M1.",
    "Route 149 bus from London Bridge.",
    "Aged 14 to 17, about twenty of them.",
    "About 20 youths, some 15 years old, on the High Road.",
    "CAD 1234 of 30/11/2018 refers.",
    "See 01-11-2018 and 2018-11-30T18:00.",
    "Expected between 20:00 and 23:30 on 30 November 2018.",
    "Grid TQ 30040 80450, within 400 m.",
    "Blocks A B C D E F of the estate, gates 1 2 3 4 5.",
    "S H O T S  F I R E D on the estate",
    "A caf\u00e9 in \u2018The Saltings\u2019 \u2013 from 20:00\u2026",
    "Born of a feud in May. The plan was born in the winter.",
    "In SE15 and N17, near the A10 and the M25.",
    "SE15 AND N17 TONIGHT",
    "Posted on Instagram and Snapchat that it will happen tonight.",
    "Feud over a TikTok video; reprisal expected.",
    "Will escalate after the funeral in May.",
    "Grace period ends on Sunday. June will be worse.",
    "Mark of a local group painted on the underpass.",
    "Summer holiday begins; Rose Garden closed.",
    "Block B of the estate, Zone C, Plan B Example.",
    "E Block and N Circular.",
    "Group A and Group B agreed to meet.",
    "A Reprisal is expected. I Think so.",
    "Two men called the police from a shop.",
    "Officer safety: weapon may be a converted pistol.",
    "The suspect vehicle left towards Enfield Town.",
    "Known as a meeting point. Named Operation Example.",
    "Victim was treated at Royal London Hospital.",
    "The mother of one of them called the school.",
    "Gun seen at Kieran Point; Kieran Point Estate.",
    "On 30 November High Road shops will close.",
    "20 Enfield youths to come.",
    "At 20:00 Fore Street, Upper Edmonton.",
    "Ref 2018/0042, log 331, team of 6.",
    "Lord Nelson Pub and Duke of York.",
    "Prince Albert Road to Primrose Hill.",
    "Harley Street, Warren Street and Great Russell Street.",
    "Jubilee Line, Victoria Line and Elizabeth Line.",
]


def kinds(text: str) -> list[str]:
    return [finding.kind for finding in identifying(text, place=ESTATE, at=AT)]


@pytest.mark.parametrize(("text", "kind"), PERSONS)
def test_text_about_a_person_is_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize("text", PLACES)
def test_text_about_places_and_times_is_left_alone(text: str) -> None:
    assert kinds(text) == []


# What it cannot find. A change that finds one of these is welcome: move it up.
@pytest.mark.parametrize(
    "text",
    [
        "john doe will bring a gun",
        "Zzyx will bring a gun",
        "The baker's eldest son will bring a gun.",
        "Phone seven seven double nought in use.",
        "A 17-year-old from the corner house.",
    ],
)
def test_its_limits_are_known(text: str) -> None:
    assert kinds(text) == []


def test_a_finding_says_what_and_where_and_never_the_text() -> None:
    text = "Call John Doe on 07700 900123."
    found = identifying(text)
    assert [text[f.start : f.end] for f in found] == ["John Doe", "07700 900123"]
    assert [f.says for f in found] == [
        "what looks like a name at characters 6 to 13",
        "what looks like a telephone number at characters 18 to 29",
    ]


def test_an_address_is_no_finding_where_the_report_is_not_finer() -> None:
    square = Place("the square", place=(-0.07, 51.6), radius_m=60)
    assert identifying("At N17 6AA.", place=square) == ()
    assert [f.kind for f in identifying("At N17 6AA.", place=ESTATE)] == ["address"]
    assert [f.kind for f in identifying("At N17 6AA.")] == ["address"]


def test_a_finding_stands_where_the_disguised_text_does() -> None:
    text = "\u2026Call J o\u200b h n  D o e on 0 7 7 0 0 9 0 0 1 2 3."
    assert [text[f.start : f.end] for f in identifying(text)] == ["J o\u200b h n  D o e", "0 7 7 0 0 9 0 0 1 2 3"]


@given(st.text(max_size=280))
def test_any_text_has_ordered_findings_of_known_kinds_within_it(text: str) -> None:
    found = identifying(text, at=AT)
    assert all(0 <= f.start < f.end <= len(text) and f.kind in KINDS for f in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_long_text_is_read_at_once() -> None:
    identifying("A " * 5000 + "Aa " * 5000 + "0 " * 5000)
