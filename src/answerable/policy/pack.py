"""A pack: one policy as dated data, read from YAML into a frozen value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable.errors import InputError, UsageError
from answerable.policy.catalogue import Catalogue, catalogue
from answerable.policy.condition import AllOf, Condition, make_test, parse
from answerable.policy.explain import in_words, requirement, sentence
from answerable.policy.reading import read_yaml_file
from answerable.policy.suggest import did_you_mean

if TYPE_CHECKING:
    from answerable.policy.schema import PackFile, RuleFile

ANY = "any"
_KINDS = ("need", "warn", "max", "min", "set")


@dataclass(frozen=True)
class Limit:
    """One number of a pack, with its unit, its meaning and where it comes from."""

    value: float
    unit: str
    means: str
    basis: str
    src: str


@dataclass(frozen=True)
class Rule:
    """One rule.

    ``on`` lists the transitions it is tested at (``any``: all of them). ``kind`` is need, max or min (which block),
    warn (which does not) or set (which only gives ``values``). ``says`` is the rule in plain English, ``src`` where it
    comes from and ``basis`` what kind of source that is.
    """

    id: str
    on: tuple[str, ...]
    kind: str
    condition: Condition | None
    values: Mapping[str, Any]
    basis: str
    src: str
    says: str

    @property
    def in_english(self) -> str:
        """What exactly is tested or set, as one sentence made from the data."""
        if self.condition is None:
            return sentence(in_words(dict(self.values)))
        return sentence(requirement(self.condition))

    def applies_to(self, transition: str) -> bool:
        """Say whether the rule is tested at ``transition``."""
        return self.kind != "set" and (transition in self.on or ANY in self.on)


@dataclass(frozen=True)
class Pack:
    """One policy: rules, roles by transition (in the order a case meets them), separations, limits and settings.

    ``separate`` are sets of roles that no one person may hold on the same case. ``not_limited`` is the sentence every
    refusal under this pack carries. ``hash`` is the SHA-256 (hex) of the content, whatever its layout or comments.
    ``path`` is the file it was read from.
    """

    name: str
    version: int
    status: str
    title: str
    about: str
    not_limited: str
    hash: str
    rules: tuple[Rule, ...]
    roles: Mapping[str, tuple[str, ...]]
    separate: tuple[frozenset[str], ...]
    limits: Mapping[str, Limit]
    settings: Mapping[str, Any]
    catalogue: Catalogue
    path: Path

    @property
    def transitions(self) -> tuple[str, ...]:
        """The transitions that rules are tested at, in the order a case meets them."""
        named = {name for rule in self.rules for name in rule.on}
        return tuple(name for name in self.roles if name in named)

    def rule(self, rule_id: str) -> Rule:
        """Return the rule ``rule_id``; UsageError where there is none."""
        found = next((rule for rule in self.rules if rule.id == rule_id), None)
        if found is None:
            known = [rule.id for rule in self.rules]
            raise UsageError(f"There is no rule '{rule_id}'.", where=self.name, fix=did_you_mean(rule_id, known))
        return found

    def limit(self, name: str) -> float:
        """Return the value of the limit ``name``; UsageError where the pack has none of that name."""
        if name not in self.limits:
            raise UsageError(f"There is no limit '{name}'.", where=self.name, fix=did_you_mean(name, self.limits))
        return self.limits[name].value


def packs() -> list[str]:
    """Return the names of the packs that come with the package."""
    found = (entry.name for entry in files("answerable.policy").joinpath("packs").iterdir())
    return sorted(
        name.removesuffix(".yaml") for name in found if name.endswith(".yaml") and not name.endswith(".tests.yaml")
    )


def load_pack(name_or_path: str | Path) -> Pack:
    """Return the pack of that name, or the one in that file.

    UsageError where there is no such pack; InputError, naming file, rule and field, where the file is not a pack.
    """
    if isinstance(name_or_path, str) and name_or_path in packs():
        return _packaged(name_or_path)
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(
            f"There is no policy pack '{name_or_path}'.", where="policy", fix=did_you_mean(name_or_path, packs())
        )
    return read_pack(path)


def read_pack(path: Path) -> Pack:
    """Read the pack in ``path``; InputError, naming file, rule and field, where it is not one."""
    from pydantic import ValidationError

    from answerable.policy.complaints import complain
    from answerable.policy.schema import PackFile

    document = read_yaml_file(path)
    try:
        read = PackFile.model_validate(document)
    except ValidationError as error:
        raise complain(error, PackFile, document, path.name) from error
    return _pack(read, document, path)


@cache
def _packaged(name: str) -> Pack:
    with as_file(files("answerable.policy").joinpath("packs", f"{name}.yaml")) as path:
        return read_pack(path)


def _pack(read: PackFile, document: Any, path: Path) -> Pack:
    known = catalogue().extended(read.facts, path.name)
    limits = {name: Limit(**limit.model_dump()) for name, limit in read.limits.items()}
    _check_names(read, path.name)
    rules = tuple(_rule(rule, read, known, f"{path.name}, rule {rule.id}") for rule in read.rules)
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Pack(
        name=read.pack,
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
    )


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


def _rule(rule: RuleFile, pack: PackFile, known: Catalogue, where: str) -> Rule:
    kinds = [kind for kind in _KINDS if getattr(rule, kind) is not None]
    if len(kinds) != 1:
        raise InputError(
            f"A rule needs exactly one of {', '.join(_KINDS)}; this one has {', '.join(kinds) or 'none'}.",
            where=where,
            fix="Split it into several rules." if kinds else "Say what it needs.",
        )
    kind = kinds[0]
    place = f"{where}, field {kind}"
    condition: Condition | None = None
    if kind in ("need", "warn"):
        condition = parse(getattr(rule, kind), known, place)
    elif kind in ("max", "min"):
        condition = _bounds(getattr(rule, kind), kind, pack, known, place)
    return Rule(
        id=rule.id,
        on=_transitions(rule, kind, pack, where),
        kind=kind,
        condition=condition,
        values=rule.set or {},
        basis=rule.basis,
        src=rule.src,
        says=rule.says,
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


def _bounds(bounds: Mapping[str, float | str], kind: str, pack: PackFile, known: Catalogue, where: str) -> Condition:
    operator = "at_most" if kind == "max" else "at_least"
    tests = []
    for name, bound in bounds.items():
        fact = known.fact(name, where)
        if isinstance(bound, str) and bound not in pack.limits:
            raise InputError(f"There is no limit '{bound}'.", where=where, fix=did_you_mean(bound, pack.limits))
        value = pack.limits[bound].value if isinstance(bound, str) else bound
        whole = int(value) if fact.type == "count" and float(value).is_integer() else value
        tests.append(make_test(fact, operator, whole, where))
    if not tests:
        raise InputError(f"'{kind}' gives no bound.", where=where, fix="Write {fact name: limit name or number}.")
    return AllOf(tuple(tests))
