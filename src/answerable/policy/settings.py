"""Settings of two packs compared: each single value, and whether its change is stricter as the packs themselves say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from answerable.policy.compare import Verdict
from answerable.policy.explain import in_words
from answerable.policy.pack import Pack
from answerable.policy.setting_words import setting_name

# With these, having the setting at all is stricter than not having it.
_LIMITING = {"lower", "higher", "more"}


def setting_changes(old: Pack, new: Pack) -> Iterator[tuple[str, Verdict, str]]:
    """Yield path, verdict and sentence for every setting that differs; a path is dotted, as in ``rarity.overlap.days``.

    A setting's ``tighter`` (lower or higher for a number, more or fewer for a list) gives the direction; where a pack
    says nothing, or the two packs disagree, it is unknown.
    """
    before, after = _leaves(old.settings), _leaves(new.settings)
    towards = _declared(old), _declared(new)
    for path in dict.fromkeys([*after, *before]):
        words = setting_name(path)
        stricter = {_nearest(path, declared) for declared in towards} - {""}
        verdict: Verdict
        if path not in before:
            verdict = "tighten" if stricter & _LIMITING else "unknown"
            yield path, verdict, f"The setting '{words}' is added: {_said(after[path])}."
        elif path not in after:
            verdict = "loosen" if stricter & _LIMITING else "unknown"
            yield path, verdict, f"The setting '{words}' is taken away: {_said(before[path])}."
        elif before[path] != after[path]:
            verdict = _verdict(before[path], after[path], stricter.pop()) if len(stricter) == 1 else "unknown"
            yield path, verdict, f"{words}: from {_said(before[path])} to {_said(after[path])}."


def _leaves(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        path = f"{above}.{name}" if above else str(name)
        found |= _leaves(value, path) if isinstance(value, Mapping) and value else {path: value}
    return found


def _declared(pack: Pack) -> dict[str, str]:
    return {path: way for rule in pack.rules for path, way in rule.tighter.items()}


def _nearest(path: str, declared: Mapping[str, str]) -> str:
    """Return what is declared for ``path`` or for the nearest group of settings that it belongs to."""
    while path:
        if path in declared:
            return declared[path]
        path = path.rpartition(".")[0]
    return ""


def _verdict(before: Any, after: Any, stricter: str) -> Verdict:
    if stricter in ("lower", "higher") and _is_number(before) and _is_number(after):
        return "tighten" if (after < before) == (stricter == "lower") else "loosen"
    if stricter in ("more", "fewer") and isinstance(before, list) and isinstance(after, list):
        return _of_lists({*map(str, before)}, {*map(str, after)}, more_is_stricter=stricter == "more")
    return "unknown"


def _of_lists(before: set[str], after: set[str], *, more_is_stricter: bool) -> Verdict:
    if before == after:
        return "neutral"
    if not (before < after or after < before):
        return "mixed"
    return "tighten" if (before < after) == more_is_stricter else "loosen"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _said(value: Any) -> str:
    return in_words(value) or "nothing"
