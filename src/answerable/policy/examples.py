"""Run the examples that a pack ships with: each rule passing and failing, and whole cases told as vignettes.

The file beside the pack, ``NAME.tests.yaml``, holds ``sound`` (the facts of a case that nothing blocks), ``examples``
and ``vignettes``. An example changes a few facts of the sound case and says whether one rule then ``passes``,
``fails`` or is ``not known``; or it says what a ``setting`` is. A vignette gives all its facts, or changes to the
sound ones, and says which rules block it and which step it may proceed to; ``at`` names the step where it is tried,
``like`` an earlier vignette that it changes instead, ``shows`` the rule that it is about. An example or a vignette
with a ``profile`` is tried under that profile of the pack.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.errors import InputError
from answerable.policy.evaluate import evaluate, next_step
from answerable.policy.pack import Pack
from answerable.policy.reading import read_yaml_file
from answerable.policy.suggest import did_you_mean

_VERDICTS = {"passes": True, "fails": False, "not known": None}
_EXAMPLE = ("says", "facts", "profile", "setting", "is", "includes", *_VERDICTS)
_VIGNETTE = ("id", "says", "shows", "like", "facts", "alone", "profile", "at", "blocked_by", "proceeds_to")


@dataclass(frozen=True)
class Vignette:
    """A whole case in a sentence: all its ``facts``, rules that must block it, and the step it may proceed to.

    ``proceeds_to`` is None where nothing is expected of it, and empty where nothing may block it anywhere. ``at`` is
    the step at which it is tried (empty: all rules at once), ``profile`` the pack's profile (empty: the one given),
    ``shows`` the rule that it tells about, if it tells about one.
    """

    id: str
    says: str
    facts: Mapping[str, Any]
    blocked_by: tuple[str, ...]
    proceeds_to: str | None
    at: str = ""
    profile: str = ""
    shows: str = ""


def examples_path(pack: Pack) -> Path:
    """Return where the examples of ``pack`` lie."""
    return pack.path.with_name(f"{pack.path.stem}.tests.yaml")


def run_examples(pack: Pack, path: Path | None = None) -> tuple[int, list[str]]:
    """Run the examples in ``path`` (default: beside the pack); return how many held, and what did not, as sentences.

    A rule without both a passing and a failing example counts as one that did not hold. InputError where the file does
    not fit its form.
    """
    document, where = _document(pack, path)
    outcomes = [
        *_examples(pack, document, where),
        *map(_told(pack), vignettes(pack, path)),
        *_coverage(pack, document),
    ]
    failed = [problem for problem in outcomes if problem]
    return len(outcomes) - len(failed), failed


def vignettes(pack: Pack, path: Path | None = None) -> tuple[Vignette, ...]:
    """Return the vignettes in ``path`` (default: beside the pack), each with all its facts; errors as above."""
    document, where = _document(pack, path)
    told: dict[str, Vignette] = {}
    for raw in document.get("vignettes") or ():
        one = _vignette(raw, document["sound"], told, pack, where)
        if one.id in told:
            raise InputError("Two vignettes have the same id.", where=f"{where}, vignette {one.id}", fix="Rename one.")
        told[one.id] = one
    return tuple(told.values())


def _document(pack: Pack, path: Path | None) -> tuple[Mapping[str, Any], str]:
    path = path or examples_path(pack)
    document = read_yaml_file(path)
    if not isinstance(document, Mapping) or not isinstance(document.get("sound"), Mapping):
        raise InputError("The examples need the facts of a sound case.", where=path.name, fix="Add 'sound'.")
    return document, path.name


def _examples(pack: Pack, document: Mapping[str, Any], where: str) -> Iterator[str]:
    for number, example in enumerate(document.get("examples") or (), 1):
        place = f"{where}, example {number}"
        _check_form(example, _EXAMPLE, place)
        if "setting" in example:
            yield _setting(pack, example, place)
            continue
        rule_id, wanted = _expected(pack, example, place)
        facts = {**document["sound"], **(example.get("facts") or {})}
        found = evaluate(_under(pack, example.get("profile")), facts).of(rule_id)
        if found.holds is wanted:
            yield ""
        else:
            word = next(word for word, verdict in _VERDICTS.items() if verdict is found.holds)
            yield f"{example['says']}: {rule_id} {word}. {found.reason}"


def _expected(pack: Pack, example: Mapping[str, Any], place: str) -> tuple[str, bool | None]:
    verdicts = [word for word in _VERDICTS if word in example]
    if len(verdicts) != 1:
        raise InputError("An example needs one of passes, fails, not known.", where=place, fix="Name the rule there.")
    rule_id = str(example[verdicts[0]])
    known = [rule.id for rule in pack.rules if rule.kind != "set"]
    if rule_id not in known:
        raise InputError(f"There is no rule '{rule_id}' to test.", where=place, fix=did_you_mean(rule_id, known))
    return rule_id, _VERDICTS[verdicts[0]]


def _setting(pack: Pack, example: Mapping[str, Any], place: str) -> str:
    name = example["setting"]
    if name not in pack.settings:
        raise InputError(f"There is no setting '{name}'.", where=place, fix=did_you_mean(name, pack.settings))
    value = pack.settings[name]
    good = value == example["is"] if "is" in example else example.get("includes") in value
    return "" if good else f"{example['says']}: {name} is {value}."


def _vignette(raw: Any, sound: Mapping[str, Any], told: Mapping[str, Vignette], pack: Pack, where: str) -> Vignette:
    """Read one vignette; it can only be ``like`` one told before it, so that no circle can be written."""
    place = f"{where}, vignette {raw.get('id', '') if isinstance(raw, Mapping) else raw}"
    _check_form(raw, _VIGNETTE, place)
    _check_known(raw, "like", told, place)
    _check_known(raw, "at", pack.transitions, place)
    _check_known(raw, "shows", [rule.id for rule in pack.rules], place)
    _check_known(raw, "profile", pack.profiles, place)
    first: Mapping[str, Any] = told[raw["like"]].facts if "like" in raw else {} if raw.get("alone") else sound
    return Vignette(
        id=str(raw["id"]),
        says=raw["says"],
        facts={**first, **(raw.get("facts") or {})},
        blocked_by=tuple(raw.get("blocked_by") or ()),
        proceeds_to=(raw["proceeds_to"] or "") if "proceeds_to" in raw else None,
        at=raw.get("at", ""),
        profile=raw.get("profile", ""),
        shows=raw.get("shows", ""),
    )


def _told(pack: Pack) -> Callable[[Vignette], str]:
    """Return what says how a vignette went: nothing where it went as told."""

    def outcome(vignette: Vignette) -> str:
        tried = _under(pack, vignette.profile)
        blocked = evaluate(tried, vignette.facts, vignette.at or None).blocked_by
        missing = [rule for rule in vignette.blocked_by if rule not in blocked]
        step = next_step(tried, vignette.facts, vignette.at) or ""
        said = f"{vignette.id}, {vignette.says}"
        if missing:
            return f"{said}: not blocked by {', '.join(missing)}."
        if vignette.proceeds_to is not None and vignette.proceeds_to != step:
            return f"{said}: it proceeds to {step or 'the end'}, not to {vignette.proceeds_to or 'the end'}."
        return ""

    return outcome


def _under(pack: Pack, profile: str | None) -> Pack:
    return pack.under(profile) if profile and profile != pack.profile else pack


def _coverage(pack: Pack, document: Mapping[str, Any]) -> Iterator[str]:
    examples = document.get("examples") or ()
    for rule in pack.rules:
        if rule.kind == "set":
            shown = any(example.get("setting") in rule.values for example in examples)
            yield "" if shown else f"{rule.id} has no example of what it sets."
            continue
        for word in ("passes", "fails"):
            shown = any(example.get(word) == rule.id for example in examples)
            yield "" if shown else f"{rule.id} has no example that {word}."


def _check_form(entry: Any, known: tuple[str, ...], place: str) -> None:
    if not isinstance(entry, Mapping) or "says" not in entry:
        raise InputError("An example needs a sentence that says what it shows.", where=place, fix="Add 'says'.")
    for key in entry:
        if key not in known:
            raise InputError(f"Unknown field '{key}'.", where=place, fix=did_you_mean(key, known))


def _check_known(entry: Mapping[str, Any], key: str, known: Collection[str], place: str) -> None:
    if key in entry and not (isinstance(entry[key], str) and entry[key] in known):
        raise InputError(
            f"'{entry[key]}' is not known here.", where=f"{place}, field {key}", fix=did_you_mean(entry[key], known)
        )
