"""Make a pack from a file that has the right shape: names checked, profile applied, conditions read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from answerable.errors import InputError, UsageError
from answerable.policy.catalogue import Catalogue, catalogue
from answerable.policy.condition import AllOf, Condition, make_test, parse
from answerable.policy.named import Named, put_in
from answerable.policy.pack import ANY, Choice, Limit, Pack, Profile, Rule
from answerable.policy.schema import PackFile, RuleFile
from answerable.policy.suggest import did_you_mean

_KINDS = ("need", "warn", "max", "min", "set")


def build(read: PackFile, document: Any, path: Path, profile: str = "") -> Pack:
    """Return the pack under ``profile``, or the one that its file names.

    ``document`` is the parsed file that ``read`` was made from. InputError, naming file, rule and field, where names do
    not agree; UsageError where there is no such profile.
    """
    _check_names(read, path.name)
    known = catalogue().extended(read.facts, path.name)
    profile = _profile(read, profile, path.name)
    limits, choices = _values(read, profile, path.name)
    named = named_values(limits, choices)
    rules = tuple(_rule(rule, read, known, named, f"{path.name}, rule {rule.id}") for rule in read.rules)
    content = {**document, "profile": profile} if profile else document
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Pack(
        name=f"{read.pack}:{profile}" if profile else read.pack,
        version=read.version,
        status=read.status,
        title=read.title,
        about=read.about,
        not_limited=read.not_limited,
        hash=hashlib.sha256(canonical.encode()).hexdigest(),
        rules=rules,
        roles={transition: tuple(roles) for transition, roles in read.roles.items()},
        separate=tuple(frozenset(roles) for roles in read.separate),
        limits=limits,
        settings={key: value for rule in rules if rule.kind == "set" for key, value in rule.values.items()},
        catalogue=known,
        path=path,
        choices=choices,
        profiles={name: Profile(**one.model_dump()) for name, one in read.profiles.items()},
        profile=profile,
    )


def named_values(limits: Mapping[str, Limit], choices: Mapping[str, Choice]) -> Named:
    """Return what conditions may refer to by name: each limit's number and each choice's value."""
    return {
        "limit": {name: limit.value for name, limit in limits.items()},
        "choice": {name: choice.value for name, choice in choices.items()},
    }


def read_condition(kind: str, written: Any, named: Named, known: Catalogue, where: str) -> Condition:
    """Read what a rule of ``kind`` tests, as its file has it; InputError at ``where`` for what does not fit."""
    if kind in ("max", "min"):
        return _bounds(written, kind, named["limit"], known, where)
    return parse(_whole_counts(put_in(written, named, where), known), known, where)


def _profile(read: PackFile, wanted: str, where: str) -> str:
    if bool(read.profiles) != bool(read.profile):
        raise InputError(
            "A pack with profiles names the one that is in force unless another is asked for.",
            where=f"{where}, field profile",
            fix="Give both 'profiles' and 'profile', or neither.",
        )
    if read.profile and read.profile not in read.profiles:
        raise InputError(
            f"There is no profile '{read.profile}'.",
            where=f"{where}, field profile",
            fix=did_you_mean(read.profile, read.profiles),
        )
    if wanted and wanted not in read.profiles:
        raise UsageError(f"There is no profile '{wanted}'.", where=where, fix=did_you_mean(wanted, read.profiles))
    return wanted or read.profile or ""


def _values(read: PackFile, profile: str, where: str) -> tuple[dict[str, Limit], dict[str, Choice]]:
    """Return the limits and choices under ``profile``; InputError for one that a profile changes but nothing gives."""
    for name, one in read.profiles.items():
        for part, given in (("limits", read.limits), ("choices", read.choices)):
            unknown = sorted(set(getattr(one, part)) - set(given))
            if unknown:
                raise InputError(
                    f"The profile changes '{unknown[0]}', which the pack's {part} do not have.",
                    where=f"{where}, profile {name}, field {part}",
                    fix=did_you_mean(unknown[0], given),
                )
    limits = {name: Limit(**limit.model_dump()) for name, limit in read.limits.items()}
    choices = {name: Choice(**choice.model_dump()) for name, choice in read.choices.items()}
    if not profile:
        return limits, choices
    chosen = read.profiles[profile]
    source = {"basis": chosen.basis, "src": chosen.src}
    for name, number in chosen.limits.items():
        old = limits[name]
        limits[name] = Limit(number, old.unit, old.means, tighter=old.tighter, **source)
    for name, value in chosen.choices.items():
        choices[name] = Choice(value, choices[name].means, **source)
    return limits, choices


def _check_names(read: PackFile, where: str) -> None:
    seen: set[str] = set()
    settings: set[str] = set()
    for rule in read.rules:
        if rule.id in seen:
            raise InputError(
                "Two rules have the same id.", where=f"{where}, rule {rule.id}, field id", fix="Give one a new id."
            )
        seen.add(rule.id)
        twice = sorted(settings & set(rule.set or {}))
        if twice:
            raise InputError(
                f"'{twice[0]}' is set twice.", where=f"{where}, rule {rule.id}, field set", fix="Set it in one rule."
            )
        settings |= set(rule.set or {})


def _rule(rule: RuleFile, pack: PackFile, known: Catalogue, named: Named, where: str) -> Rule:
    kinds = [kind for kind in _KINDS if getattr(rule, kind) is not None]
    if len(kinds) != 1:
        raise InputError(
            f"A rule needs exactly one of {', '.join(_KINDS)}; this one has {', '.join(kinds) or 'none'}.",
            where=where,
            fix="Split it into several rules." if kinds else "Say what it needs.",
        )
    kind = kinds[0]
    written = getattr(rule, kind)
    _check_tighter(rule, where)
    return Rule(
        id=rule.id,
        on=_transitions(rule, kind, pack, where),
        kind=kind,
        condition=None if kind == "set" else read_condition(kind, written, named, known, f"{where}, field {kind}"),
        values=rule.set or {},
        basis=rule.basis,
        src=rule.src,
        says=rule.says,
        written=written,
        tighter=rule.tighter,
    )


def _check_tighter(rule: RuleFile, where: str) -> None:
    for path in rule.tighter:
        if path.split(".")[0] not in (rule.set or {}):
            raise InputError(
                f"'{path}' is not a setting of this rule.",
                where=f"{where}, field tighter",
                fix=did_you_mean(path, rule.set or {}),
            )


def _transitions(rule: RuleFile, kind: str, pack: PackFile, where: str) -> tuple[str, ...]:
    on = (rule.on,) if isinstance(rule.on, str) else tuple(rule.on or ())
    if kind == "set":
        return on
    if not on:
        raise InputError("The field 'on' is missing.", where=where, fix="Say at which transition the rule is tested.")
    for transition in on:
        if transition != ANY and transition not in pack.roles:
            raise InputError(
                f"'{transition}' is not a transition of this pack.",
                where=f"{where}, field on",
                fix=did_you_mean(transition, [*pack.roles, ANY]),
            )
    return on


def _bounds(
    bounds: Mapping[str, float | str], kind: str, limits: Mapping[str, float], known: Catalogue, where: str
) -> Condition:
    operator = "at_most" if kind == "max" else "at_least"
    tests = []
    for name, bound in bounds.items():
        fact = known.fact(name, where)
        if isinstance(bound, str) and bound not in limits:
            raise InputError(f"There is no limit '{bound}'.", where=where, fix=did_you_mean(bound, limits))
        value = limits[bound] if isinstance(bound, str) else bound
        tests.append(make_test(fact, operator, _whole(value) if fact.type == "count" else value, where))
    if not tests:
        raise InputError(f"'{kind}' gives no bound.", where=where, fix="Write {fact name: limit name or number}.")
    return AllOf(tuple(tests))


def _whole_counts(written: Any, known: Catalogue) -> Any:
    """Return ``written`` with whole numbers where a fact is a count: a limit is always given as a number."""
    if isinstance(written, list):
        return [_whole_counts(value, known) for value in written]
    if not isinstance(written, Mapping):
        return written
    fact = known.facts.get(str(written.get("fact")))
    if fact is not None and fact.type == "count":
        return {key: _whole(value) for key, value in written.items()}
    return {key: _whole_counts(value, known) for key, value in written.items()}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
