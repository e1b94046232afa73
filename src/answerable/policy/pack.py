"""A pack: one policy as dated data, read from YAML into a frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

from answerable.errors import InputError, UsageError
from answerable.policy.catalogue import Catalogue
from answerable.policy.condition import Condition
from answerable.policy.explain import requirement, sentence
from answerable.policy.reading import read_text_file, read_yaml
from answerable.policy.setting_words import settings_in_words
from answerable.policy.suggest import did_you_mean

ANY = "any"
_PROFILE = re.compile(r"(?P<pack>.+):(?P<profile>[a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class Limit:
    """One number of a pack, with its unit, its meaning and where it comes from.

    ``tighter`` says whether a lower or a higher number is stricter, where the rules that use it do not show it.
    """

    value: float
    unit: str
    means: str
    basis: str
    src: str
    tighter: Literal["lower", "higher"] | None = None


@dataclass(frozen=True)
class Choice:
    """One named value of a pack that is not a number, with its meaning and where it comes from."""

    value: str | bool
    means: str
    basis: str
    src: str


@dataclass(frozen=True)
class Profile:
    """One way to run a pack: other values for some of its limits and choices."""

    means: str
    basis: str
    src: str
    limits: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule.

    ``on`` lists the transitions it is tested at (``any``: all of them). ``kind`` is need, max or min (which block),
    warn (which does not) or set (which only gives ``values``). ``says`` is the rule in plain English, ``src`` where it
    comes from and ``basis`` what kind of source that is. ``written`` is the condition as the file has it, before
    limits and choices are put in; ``tighter`` says of settings which way they are stricter.
    """

    id: str
    on: tuple[str, ...]
    kind: str
    condition: Condition | None
    values: Mapping[str, Any]
    basis: str
    src: str
    says: str
    written: Any = None
    tighter: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_english(self) -> str:
        """What exactly is tested or set, as one sentence made from the data."""
        if self.condition is None:
            return sentence(settings_in_words(self.values))
        return sentence(requirement(self.condition))

    def applies_to(self, transition: str) -> bool:
        """Say whether the rule is tested at ``transition``."""
        return self.kind != "set" and (transition in self.on or ANY in self.on)


@dataclass(frozen=True)
class Pack:
    """One policy: rules, roles by transition (in the order a case meets them), separations, limits and settings.

    ``separate`` are sets of roles that no one person may hold on the same case. ``not_limited`` is the sentence every
    refusal under this pack carries. ``hash`` is the SHA-256 (hex) of the content, whatever its layout or comments.
    ``path`` is the file it was read from. ``name`` ends with ``:PROFILE`` where the pack has profiles.
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
    choices: Mapping[str, Choice] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    profile: str = ""

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

    def under(self, profile: str) -> Pack:
        """Return this pack under another of its profiles; UsageError where it has none of that name."""
        return read_pack(self.path, profile)

    def text(self) -> str:
        """Return the pack's file as text, stating the profile in force, so that a copy reads back as this pack.

        InputError where the file does not give its profile on a line of its own.
        """
        text = self.path.read_text(encoding="utf-8")
        if not self.profile:
            return text
        stated, lines = re.subn(r"(?m)^profile:.*$", f"profile: {self.profile}", text)
        if lines != 1:
            raise InputError(
                "The profile in force does not stand on a line of its own.",
                where=f"{self.path.name}, field profile",
                fix=f"Write 'profile: {self.profile}' at the start of a line.",
            )
        return stated


def packs() -> list[str]:
    """Return the names of the packs that come with the package."""
    found = (entry.name for entry in files("answerable.policy").joinpath("packs").iterdir())
    return sorted(
        name.removesuffix(".yaml") for name in found if name.endswith(".yaml") and not name.endswith(".tests.yaml")
    )


def check_named(pack: Pack, said: str, where: str) -> None:
    """Raise UsageError where a file says (``NAME`` or ``NAME:PROFILE``) that it is for another pack than ``pack``."""
    plain = pack.name.removesuffix(f":{pack.profile}") if pack.profile else pack.name
    ours = f"{plain}:{pack.profile}" if pack.profile else plain
    if said not in (plain, ours):
        raise UsageError(
            "The case file names another pack, or another profile of it, than the one it is for here.",
            where=f"{where}: {said}",
            fix=f"Leave it out, or write {ours}.",
        )


def load_pack(name_or_path: str | Path) -> Pack:
    """Return the pack of that name, or the one in that file; ``NAME:PROFILE`` gives it under one of its profiles.

    UsageError where there is no such pack or profile; InputError, naming file, rule and field, where the file is not
    a pack.
    """
    name, profile = _split(str(name_or_path))
    if isinstance(name_or_path, str) and name in packs():
        return _packaged(name, profile)
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(
            f"There is no policy pack '{name_or_path}'.", where="policy", fix=did_you_mean(name_or_path, packs())
        )
    return read_pack(path, profile)


def read_pack(path: Path, profile: str = "") -> Pack:
    """Read the pack in ``path``, under ``profile`` or the one its file names; errors as :func:`load_pack`."""
    return _read(read_text_file(path), path, profile)


# A site that is asked a hundred times a second reads the same words every time: they are taken apart once.
@lru_cache(maxsize=32)
def _read(text: str, path: Path, profile: str) -> Pack:
    from pydantic import ValidationError

    from answerable.policy.build import build
    from answerable.policy.complaints import complain
    from answerable.policy.schema import PackFile

    document = read_yaml(text, str(path))
    try:
        read = PackFile.model_validate(document)
    except ValidationError as error:
        raise complain(error, PackFile, document, path.name) from error
    return build(read, document, path, profile)


def _split(name: str) -> tuple[str, str]:
    """Return a name and the profile after its colon, if any; a drive letter's colon is not one."""
    match = _PROFILE.fullmatch(name)
    if match and (match["pack"] in packs() or match["pack"].endswith((".yaml", ".yml"))):
        return match["pack"], match["profile"]
    return name, ""


@cache
def _packaged(name: str, profile: str) -> Pack:
    with as_file(files("answerable.policy").joinpath("packs", f"{name}.yaml")) as path:
        return read_pack(path, profile)
