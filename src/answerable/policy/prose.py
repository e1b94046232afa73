"""A whole pack as plain English: rules, numbers, people and status, each with where it comes from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from answerable.policy.catalogue import quantity
from answerable.policy.explain import in_words, listed, sentence
from answerable.policy.pack import ANY, Pack, Rule

STATUS_MEANS = {
    "example": "an example, to be tried and argued about; nobody complies with anything by using it",
    "draft": "a draft, in force nowhere",
    "adopted": "adopted",
}
_KINDS = {"need": "must hold", "max": "upper limits", "min": "lower limits", "warn": "warns only", "set": "setting"}
_MARKS = {"[D]": "is this design's own choice", "[K]": "is from memory and still to be confirmed"}
_WIDTH = 110


def status_line(pack: Pack) -> str:
    """Return name, version and status of a pack in one line, for wherever it is shown."""
    return f"{pack.name}, version {pack.version}, status: {pack.status} ({STATUS_MEANS[pack.status]})"


def in_english(pack: Pack) -> str:
    """Return the pack as text to read, wrapped at 110 characters."""
    return "\n".join(_lines(pack))


def as_json(pack: Pack) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "pack": pack.name,
        "version": pack.version,
        "status": pack.status,
        "status_means": STATUS_MEANS[pack.status],
        "title": pack.title,
        "about": pack.about,
        "not_limited": pack.not_limited,
        "hash": pack.hash,
        "profile": pack.profile,
        "profiles": {name: {"means": one.means, "src": one.src} for name, one in pack.profiles.items()},
        "rules": [_rule(rule) for rule in pack.rules],
        "limits": {
            name: {"value": one.value, "unit": one.unit, "means": one.means, "basis": one.basis, "src": one.src}
            for name, one in pack.limits.items()
        },
        "choices": {
            name: {"value": one.value, "means": one.means, "basis": one.basis, "src": one.src}
            for name, one in pack.choices.items()
        },
        "roles": {step: list(roles) for step, roles in pack.roles.items()},
        "separate": [sorted(group) for group in pack.separate],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id, "on": list(rule.on), "kind": rule.kind, "says": rule.says, "means": rule.in_english,
        "basis": rule.basis, "src": rule.src,
    }  # fmt: skip


def _lines(pack: Pack) -> Iterator[str]:
    yield pack.title
    yield status_line(pack)
    yield from _wrapped(pack.about)
    yield from _wrapped(pack.not_limited)
    if pack.profiles:
        yield from _headed("Profiles")
        for name, profile in pack.profiles.items():
            yield from _wrapped(f"{name}{' (in force here)' if name == pack.profile else ''}: {profile.means}")
            yield from _source(profile.basis, profile.src)
    yield from _headed("Rules")
    for rule in pack.rules:
        yield from _wrapped(f"{rule.id}  {rule.says}", hanging=6)
        yield from _wrapped(f"{_when(rule)}: {rule.in_english}", 6)
        yield from _source(rule.basis, rule.src)
    yield from _headed("Limits")
    for limit in pack.limits.values():
        yield from _wrapped(f"{quantity(limit.value, limit.unit)}: {limit.means}")
        yield from _source(limit.basis, limit.src)
    if pack.choices:
        yield from _headed("Choices")
        for choice in pack.choices.values():
            yield from _wrapped(f"{in_words(choice.value)}: {choice.means}")
            yield from _source(choice.basis, choice.src)
    yield from _headed("Who may take each step")
    for step, roles in pack.roles.items():
        yield from _wrapped(f"{step}: {listed([role.replace('_', ' ') for role in roles], 'or')}")
    yield from _headed("No one person may be two of these on the same case")
    for group in pack.separate:
        yield from _wrapped(sentence(listed(sorted(role.replace("_", " ") for role in group))))
    yield ""
    yield from (f"{mark} {means}" for mark, means in _MARKS.items() if any(mark in src for src in _sources(pack)))
    yield f"Hash {pack.hash}"


def _when(rule: Rule) -> str:
    kind = _KINDS[rule.kind]
    points = "at every step" if ANY in rule.on else f"at {listed(rule.on)}" if rule.on else ""
    return sentence(f"{kind} {points}".strip()).rstrip(".")


def _sources(pack: Pack) -> Iterator[str]:
    yield from (rule.src for rule in pack.rules)
    yield from (limit.src for limit in pack.limits.values())
    yield from (choice.src for choice in pack.choices.values())
    yield from (profile.src for profile in pack.profiles.values())


def _headed(title: str) -> list[str]:
    return ["", title, "-" * len(title)]


def _source(basis: str, src: str) -> list[str]:
    return _wrapped(f"{basis}: {src}", 6)


def _wrapped(text: str, indent: int = 0, hanging: int = 0) -> list[str]:
    first, after = " " * indent, " " * (indent + hanging)
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=after, break_on_hyphens=False)
