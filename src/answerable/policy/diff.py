"""What changed between two packs: each change is classed as tightening, loosening or neutral, with a sentence on it.

A change whose direction cannot be worked out counts as loosening, because loosening is what has to be consulted on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

from answerable.errors import InputError
from answerable.policy.build import named_values, read_condition
from answerable.policy.catalogue import quantity
from answerable.policy.compare import Verdict, compare, difference, together
from answerable.policy.condition import Condition
from answerable.policy.explain import in_words, listed, requirement, sentence
from answerable.policy.named import names_in
from answerable.policy.pack import ANY, Limit, Pack, Rule
from answerable.policy.settings import setting_changes

Kind: TypeAlias = Literal["tighten", "loosen", "neutral"]
_BLOCKING = ("need", "max", "min")


@dataclass(frozen=True)
class Change:
    """One change: ``what`` kind of thing it is, ``where`` it stands, which way it goes and a sentence on it.

    ``known`` is False where the direction cannot be worked out; ``kind`` is then ``loosen``.
    """

    what: str
    where: str
    kind: Kind
    sentence: str
    known: bool = True

    def as_json(self) -> dict[str, str | bool]:
        """Return the change as plain data."""
        return {
            "what": self.what, "where": self.where, "kind": self.kind, "sentence": self.sentence, "known": self.known,
        }  # fmt: skip


def diff(old: Pack, new: Pack) -> tuple[Change, ...]:
    """Return every change from ``old`` to ``new``, in the order limits, choices, rules, settings, people, words."""
    return tuple(
        change
        for part in (_limits, _choices, _rules, _settings, _roles, _separations, _facts, _profiles, _words)
        for change in part(old, new)
    )


def loosens(changes: tuple[Change, ...]) -> bool:
    """Say whether any of ``changes`` loosens, or may."""
    return any(change.kind == "loosen" for change in changes)


def _change(what: str, where: str, verdict: Verdict, said: str) -> Change:
    """Return the change; a verdict that is no direction counts as loosening and the sentence says why."""
    if verdict == "mixed":
        said = f"{said} It stops some cases that passed and passes some that were stopped, so it counts as loosening"
    elif verdict == "unknown":
        said = f"{said} Which way this goes cannot be worked out, so it counts as loosening"
    else:
        return Change(what, where, verdict, sentence(said))
    return Change(what, where, "loosen", sentence(said), known=False)


def _limits(old: Pack, new: Pack) -> Iterator[Change]:
    for name in _either(old.limits, new.limits):
        before, after, where = old.limits.get(name), new.limits.get(name), f"limit {name}"
        if before is None:
            yield _change("limit", where, "tighten", f"A limit is added. {_limit(after)}")
            continue
        if after is None:
            yield _change("limit", where, "loosen", f"A limit is taken away. {_limit(before)}")
            continue
        if (before.value, before.unit) != (after.value, after.unit):
            verdict = _limit_verdict(name, before, after, old, new)
            yield _change("limit", where, verdict, f"{_bare(after.means)}: from {_number(before)} to {_number(after)}.")
        if before.tighter != after.tighter:
            yield _change("limit", where, "unknown", f"{_bare(after.means)}: another direction counts as stricter.")
        if (before.means, before.basis, before.src) != (after.means, after.basis, after.src):
            yield _change("wording", where, "neutral", f"The words or the source of the limit '{name}' change")


def _limit_verdict(name: str, before: Limit, after: Limit, old: Pack, new: Pack) -> Verdict:
    if before.unit != after.unit:
        return "unknown"
    shown = _by_use("limit", name, old, new)
    if shown is not None:
        return shown
    if before.tighter is None or before.tighter != after.tighter:
        return "unknown"
    return "tighten" if (after.value < before.value) == (after.tighter == "lower") else "loosen"


def _choices(old: Pack, new: Pack) -> Iterator[Change]:
    for name in _either(old.choices, new.choices):
        before, after, where = old.choices.get(name), new.choices.get(name), f"choice {name}"
        if before is None or after is None:
            yield _change("choice", where, "neutral", f"A named value is {'taken away' if before else 'added'}")
            continue
        if before.value != after.value:
            verdict = _by_use("choice", name, old, new) or "unknown"
            said = f"{_bare(after.means)}: from {in_words(before.value)} to {in_words(after.value)}."
            yield _change("choice", where, verdict, said)
        if (before.means, before.basis, before.src) != (after.means, after.basis, after.src):
            yield _change("wording", where, "neutral", f"The words or the source of the choice '{name}' change")


def _by_use(kind: str, name: str, old: Pack, new: Pack) -> Verdict | None:
    """Return what the new value of ``name`` does to the rules that both packs have and that use it; None: no use.

    It is tried among the other values of either pack, so that two changes at once cannot hide one another.
    """
    before, after = (named_values(pack.limits, pack.choices)[kind][name] for pack in (old, new))
    written = {rule.id: rule.written for rule in old.rules}
    verdicts: list[Verdict] = []
    for rule in new.rules:
        if rule.kind not in _BLOCKING or written.get(rule.id) != rule.written or (kind, name) not in _uses(rule):
            continue
        verdicts += [_compared(rule, pack, kind, {name: before}, {name: after}) for pack in (old, new)]
    return together(verdicts) if verdicts else None


def _compared(rule: Rule, pack: Pack, kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> Verdict:
    """Compare a rule with itself under two values of one name, everything else as in ``pack``."""
    named = named_values(pack.limits, pack.choices)

    def read(values: Mapping[str, object]) -> Condition:
        return read_condition(rule.kind, rule.written, {**named, kind: {**named[kind], **values}}, pack.catalogue, "")

    try:
        return compare(read(before), read(after))
    except InputError:
        return "unknown"


def _uses(rule: Rule) -> set[tuple[str, str]]:
    if rule.kind in ("max", "min"):
        return {("limit", bound) for bound in rule.written.values() if isinstance(bound, str)}
    return set(names_in(rule.written))


def _rules(old: Pack, new: Pack) -> Iterator[Change]:
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    for rule_id in _either(before, after):
        was, now, where = before.get(rule_id), after.get(rule_id), f"rule {rule_id}"
        if was is None and now is not None:
            yield _change("rule", where, _if_it_blocks(now, "tighten"), f"{rule_id} is added: {now.says}")
        if was is not None and now is None:
            yield _change("rule", where, _if_it_blocks(was, "loosen"), f"{rule_id} is taken away: {was.says}")
        if was is None or now is None:
            continue
        yield from _kind(was, now, where)
        if "set" not in (was.kind, now.kind):
            yield from _points(was, now, old, new, where)
            yield from _condition(was, now, where)
        if (was.says, was.basis, was.src) != (now.says, now.basis, now.src):
            yield _change("wording", where, "neutral", f"The words or the source of {rule_id} change")


def _if_it_blocks(rule: Rule, verdict: Verdict) -> Verdict:
    return verdict if rule.kind in _BLOCKING else "neutral"


def _kind(was: Rule, now: Rule, where: str) -> Iterator[Change]:
    blocked, blocks = was.kind in _BLOCKING, now.kind in _BLOCKING
    if blocked and not blocks:
        yield _change("rule", where, "loosen", f"{now.id} no longer blocks")
    elif blocks and not blocked:
        yield _change("rule", where, "tighten", f"{now.id} now blocks")


def _points(was: Rule, now: Rule, old: Pack, new: Pack, where: str) -> Iterator[Change]:
    before, after = _tested_at(was, old), _tested_at(now, new)
    blocks = was if now.kind in _BLOCKING else now
    if after - before:
        said = f"{now.id} is also tested at: {listed(sorted(after - before))}"
        yield _change("rule", where, _if_it_blocks(blocks, "tighten"), said)
    if before - after:
        said = f"{now.id} is no longer tested at: {listed(sorted(before - after))}"
        yield _change("rule", where, _if_it_blocks(blocks, "loosen"), said)


def _tested_at(rule: Rule, pack: Pack) -> set[str]:
    return set(pack.transitions) if ANY in rule.on else set(rule.on)


def _condition(was: Rule, now: Rule, where: str) -> Iterator[Change]:
    if was.condition is None or now.condition is None or was.written == now.written:
        return
    blocks = was if now.kind in _BLOCKING else now
    verdict = _if_it_blocks(blocks, compare(was.condition, now.condition))
    gone, come = difference(was.condition, now.condition)
    said = [f"{now.id} changes."]
    if come:
        said.append(f"It now asks: {'; '.join(map(requirement, come))}.")
    if gone:
        said.append(f"It no longer asks: {'; '.join(map(requirement, gone))}.")
    yield _change("rule", where, verdict, " ".join(said))


def _settings(old: Pack, new: Pack) -> Iterator[Change]:
    for path, verdict, said in setting_changes(old, new):
        yield _change("setting", f"setting {path}", verdict, said)


def _roles(old: Pack, new: Pack) -> Iterator[Change]:
    tested = {*old.transitions, *new.transitions}
    for step in _either(old.roles, new.roles):
        before, after = set(old.roles.get(step, ())), set(new.roles.get(step, ()))
        said_more = f"The step '{step}' may now also be taken by: {listed(_plain(after - before))}."
        said_less = f"The step '{step}' may no longer be taken by: {listed(_plain(before - after))}."
        if after - before:
            yield _change("role", f"step {step}", "loosen" if step in tested else "unknown", said_more)
        if before - after:
            yield _change("role", f"step {step}", "tighten" if step in tested else "unknown", said_less)


def _separations(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = _pairs(old), _pairs(new)
    for first, second in sorted(after - before):
        said = f"No one person may any longer be both {_role(first)} and {_role(second)} on a case"
        yield _change("separation", f"{first} and {second}", "tighten", said)
    for first, second in sorted(before - after):
        said = f"One person may now be both {_role(first)} and {_role(second)} on a case"
        yield _change("separation", f"{first} and {second}", "loosen", said)


def _pairs(pack: Pack) -> set[tuple[str, str]]:
    return {(first, second) for group in pack.separate for first, second in combinations(sorted(group), 2)}


def _facts(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = old.catalogue.facts, new.catalogue.facts
    for name in _either(before, after):
        if name not in before or name not in after:
            said = f"The fact '{name}' is {'added' if name in after else 'taken away'}"
            yield _change("fact", f"fact {name}", "neutral", said)
        elif before[name] != after[name]:
            yield _change("fact", f"fact {name}", "unknown", f"The fact '{name}' is described otherwise.")


def _profiles(old: Pack, new: Pack) -> Iterator[Change]:
    for name in _either(old.profiles, new.profiles):
        if old.profiles.get(name) != new.profiles.get(name):
            said = f"The profile '{name}' changes; what is in force changes only as said above"
            yield _change("profile", f"profile {name}", "neutral", said)


def _words(old: Pack, new: Pack) -> Iterator[Change]:
    if old.not_limited != new.not_limited:
        said = "What a refusal says that it does not limit is said in other words."
        yield _change("wording", "field not_limited", "unknown", said)
    for field in ("status", "title", "about"):
        if getattr(old, field) != getattr(new, field):
            yield _change("wording", f"field {field}", "neutral", f"The {field} changes")


def _either(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the names in either mapping, those of the new one first, each in its own order."""
    return list(dict.fromkeys([*after, *before]))


def _limit(limit: Limit | None) -> str:
    return f"{_bare(limit.means)}: {_number(limit)}" if limit else ""


def _number(limit: Limit) -> str:
    return quantity(limit.value, limit.unit)


def _bare(text: str) -> str:
    return text.rstrip(".")


def _plain(names: set[str]) -> list[str]:
    return sorted(name.replace("_", " ") for name in names)


def _role(name: str) -> str:
    return name.replace("_", " ")
