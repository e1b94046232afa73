"""Settings of a pack in plain words: what each name means, alone and in its group (``setting_words.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from answerable.policy.explain import in_words
from answerable.policy.reading import read_yaml

_FILE = "setting_words.yaml"


def setting_name(path: str) -> str:
    """Return what a setting is called by its dotted path.

    >>> setting_name("rarity.force_year.most"), setting_name("pack_sunset_months"), setting_name("own.thing")
    ('in the force within a year, at most', 'months until the policy ends', 'own, thing')
    """
    return ", ".join(filter(None, (_name(part).rstrip(":") for part in path.split("."))))


def settings_in_words(values: Mapping[str, Any]) -> str:
    """Return a group of settings as one line.

    >>> settings_in_words({"rarity": {"force_year": {"notice": 2, "most": 4}, "permitted_per_year": 4}})
    'in the force within a year: notice from 2, at most 4; cases a year it is meant for: 4'
    """
    return "; ".join(_said(name, value) for name, value in values.items())


def _said(name: str, value: Any) -> str:
    if not isinstance(value, Mapping):
        return f"{_name(name)} {_value(value)}"
    leaves = not any(isinstance(one, Mapping) for one in value.values())
    inner = (", " if leaves else "; ").join(_said(key, one) for key, one in value.items())
    return f"{_name(name)}: {inner}" if _name(name) else inner


def _name(part: str) -> str:
    return _words().get(part, part.replace("_", " "))


@cache
def _words() -> Mapping[str, str]:
    told = read_yaml(files("answerable.policy").joinpath(_FILE).read_text(encoding="utf8"), _FILE)
    return {**told["values"], **told["groups"]}


def _value(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else in_words(value)
