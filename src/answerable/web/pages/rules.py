"""The rules in force in plain English, each with where it comes from."""

from __future__ import annotations

import re
from typing import Any

from answerable.policy.pack import Choice, Limit, Pack, Profile, Rule
from answerable.service.public_view import PublicView
from answerable.web.catalogue import say
from answerable.web.pages.case_words import ACTS, plain
from answerable.web.pages.entries import entry
from answerable.web.pages.policy import not_in_force
from answerable.web.pages.referrals import overdue_referrals
from answerable.web.policies import policies_of
from answerable.web.render import Page, safe_path

KINDS = {
    "need": say("told.rules.must_hold"),
    "max": say("told.rules.upper_limit"),
    "min": say("told.rules.lower_limit"),
    "warn": say("told.rules.warning_only"),
    "set": say("told.rules.setting"),
}
BASES = {
    "law": "law",
    "guidance": say("told.rules.professional_guidance"),
    "statement": say("told.rules.a_public_statement_of"),
    "design": say("told.rules.our_own_proposal_for"),
}
STATUSES = {
    "example": say("told.rules.it_is_made_to"),
}

# The mark in a source of what was written from memory, and is to be confirmed before anyone relies on it.
FROM_MEMORY = "[K]"


def page(view: PublicView, pack: Pack | None) -> Page:
    """Return the pack as prose, grouped by the step at which each rule is tested; without one, a page that says so."""
    if pack is None:
        nothing = {"pack": None, "overdue_referrals": overdue_referrals(view)}
        return Page("rules.html", say("told.rules.rules_in_force"), "rules.html", nothing)
    adopted = [event for event in view.policies if event.kind == "adopt" and event.data.get("pack") == pack.name]
    data: dict[str, Any] = {
        "pack": {
            "name": pack.name,
            "version": pack.version,
            "status": pack.status,
            "status_means": STATUSES.get(pack.status, ""),
            "title": pack.title,
            "about": pack.about,
            "hash": pack.hash,
            "file": safe_path(f"packs/{pack.path.name}"),
        },
        "adopted": entry(adopted[-1]) if adopted else None,
        "not_in_force": not_in_force(view, pack),
        "consulted": bool(policies_of(view).asked),
        "same_as_logged": bool(adopted) and adopted[-1].data.get("hash") == pack.hash,
        "stages": _stages(pack),
        "limits": [_limit(name, limit) for name, limit in pack.limits.items()],
        "choices": [_choice(name, choice) for name, choice in pack.choices.items()],
        "profiles": [_profile(pack, name, profile) for name, profile in pack.profiles.items()],
        "from_memory": _from_memory(pack),
        "overdue_referrals": overdue_referrals(view),
        "separate": [sorted(role.replace("_", " ") for role in group) for group in pack.separate],
        "roles": [
            {"step": stage(step), "roles": [role.replace("_", " ") for role in roles]}
            for step, roles in pack.roles.items()
        ],
    }
    title = say("told.rules.rules_that_were_in") if data["not_in_force"] else say("told.rules.rules_in_force")
    return Page("rules.html", title, "rules.html", data)


def _stages(pack: Pack) -> list[dict[str, Any]]:
    firsts = dict.fromkeys(step for rule in pack.rules for step in (rule.on or ("",))[:1])
    order = list(ACTS)
    steps = sorted(firsts, key=lambda step: order.index(step) if step in ACTS else len(order))
    return [
        {
            "title": stage(step) or say("told.rules.settings"),
            "rules": [_rule(rule) for rule in pack.rules if (rule.on or ("",))[0] == step],
        }
        for step in steps
    ]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "says": rule.says,
        "kind": KINDS.get(rule.kind, rule.kind),
        "exactly": rule.in_english,
        "basis": BASES.get(rule.basis, rule.basis),
        "source": _source(rule.src),
        "also": [stage(step) for step in rule.on[1:]],
    }


def _limit(name: str, limit: Limit) -> dict[str, Any]:
    return {
        "name": name,
        "value": limit.value,
        "unit": limit.unit,
        "words": _with_unit(limit.value, limit.unit),
        "means": limit.means,
        "basis": BASES.get(limit.basis, limit.basis),
        "source": _source(limit.src),
    }


def _choice(name: str, choice: Choice) -> dict[str, Any]:
    return {
        "name": name,
        "value": _value(choice.value),
        "means": choice.means,
        "basis": BASES.get(choice.basis, choice.basis),
        "source": _source(choice.src),
    }


def _profile(pack: Pack, name: str, profile: Profile) -> dict[str, Any]:
    """Return one way to run the pack, with what it sets otherwise."""
    numbers = [(pack.limits[key], value) for key, value in profile.limits.items()]
    named = [(pack.choices[key], value) for key, value in profile.choices.items()]
    return {
        "name": name,
        "in_force": name == pack.profile,
        "means": profile.means,
        "sets": [
            *({"means": limit.means, "value": _with_unit(value, limit.unit)} for limit, value in numbers),
            *({"means": choice.means, "value": _value(value)} for choice, value in named),
        ],
        "basis": BASES.get(profile.basis, profile.basis),
        "source": _source(profile.src),
    }


def _with_unit(value: float, unit: str) -> str:
    """Write a number with its unit.

    >>> _with_unit(15, "hours"), _with_unit(1, "hours"), _with_unit(0.8, "of 1"), _with_unit(1500, "metres")
    ('15 hours', '1 hour', '0.8 of 1', '1,500 metres')
    """
    return f"{value:,g} {unit.removesuffix('s') if value == 1 else unit}"


def _value(value: str | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else value.replace("_", " ")


def _from_memory(pack: Pack) -> int:
    """Return how many rules and numbers rest on something written from memory."""
    sources = [one.src for part in (pack.limits, pack.choices, pack.profiles) for one in part.values()]
    return sum(FROM_MEMORY in src for src in [*(rule.src for rule in pack.rules), *sources])


def _source(text: str) -> str:
    """Write out the short forms that packs use for sources: ``[D]`` our own design, ``l.28`` a line of the article.

    >>> _source("[D]; l.28 'in response to a serious assault'")
    "line 28 'in response to a serious assault'"
    """
    own = re.sub(r"^\[D\](?:;\s*)?", "", text).replace("[D]", "our own")
    return re.sub(r"\bl\.(?=\d)", "line ", own)


def stage(step: str) -> str:
    """Write a step of the rules as a heading.

    >>> stage("open"), stage("any"), stage("some_step")
    ('To open a case', 'At every step', 'Some step')
    """
    if step == "any":
        return say("told.rules.at_every_step")
    return f"To {ACTS[step]}" if step in ACTS else plain(step)
