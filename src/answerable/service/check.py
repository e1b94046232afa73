"""Every rule of a pack on one file of facts, at once and without a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.facts import FIRST_CASE, facts_of
from answerable.clock import Clock, SystemClock
from answerable.errors import UsageError
from answerable.place import parse_instant
from answerable.policy.evaluate import Finding, evaluate
from answerable.policy.pack import Pack, check_named, load_pack

DECISION = "authorise"
EXAMPLE = "uk.armed_patrol"


@dataclass(frozen=True)
class Checked:
    """What the rules say of a file of facts: findings in the pack's order, and how far such a case could go.

    ``proceeds_to`` is the first transition it would be blocked at, None where none would block it. ``not_yet`` are ids
    of rules about what comes after the decision, on which the file is still silent: they are open, and block nothing.
    """

    pack: Pack
    title: str
    findings: tuple[Finding, ...]
    proceeds_to: str | None
    not_yet: tuple[str, ...] = ()

    @property
    def blocked_by(self) -> list[str]:
        """Ids of the rules that block."""
        return [found.rule for found in self.findings if found.blocks and found.rule not in self.not_yet]

    @property
    def holds(self) -> bool:
        """Whether nothing blocks."""
        return not self.blocked_by

    def as_json(self) -> dict[str, Any]:
        """Return the keys that others rely on."""
        return {
            "pack": self.pack.name,
            "status": self.pack.status,
            "holds": self.holds,
            "findings": [finding.as_json() for finding in self.findings],
            "blocked_by": self.blocked_by,
            "proceeds_to": self.proceeds_to,
            "not_yet": list(self.not_yet),
            "not_limited": self.pack.not_limited,
        }

    def text(self) -> str:
        """Return the findings as lines to read."""
        lines = [f"{self.title}: {self.pack.title} (status: {self.pack.status})", ""]
        for finding in self.findings:
            answer = {True: "holds", False: "FAILS", None: "NOT KNOWN"}[finding.holds]
            if finding.rule in self.not_yet:
                answer = "not yet"
            lines.append(f"{finding.rule}  {answer:9s}  {finding.reason}")
            if finding.blocks and finding.rule not in self.not_yet:
                lines.append(f"                 {finding.change}")
        return "\n".join([*lines, "", *self._verdict()])

    def _verdict(self) -> list[str]:
        if self.holds:
            later = [f"Still to come, after the decision: {', '.join(self.not_yet)}."] if self.not_yet else []
            return ["Nothing blocks. Whether to do it is for people to decide.", *later]
        stops = f"; such a case would stop at '{self.proceeds_to}'" if self.proceeds_to else ""
        blocked = f"Blocked by {', '.join(self.blocked_by)}"
        return [f"{blocked}{stops}.", self.pack.not_limited]


def check_facts(file: Path, pack_name: str, *, until: str = "", at: str = "", clock: Clock | None = None) -> Checked:
    """Test the rules of a pack on a case file, at ``at`` or the file's ``as_of``, as if it were the first case ever.

    Every rule of the pack is tested; with ``until``, only those up to that transition (for ``urgent``, those of the
    urgent path, which needs no other step). ``pack_name`` may be empty: then the file names the pack, or it is the
    example. InputError for a file that is not a case file; UsageError for an unknown pack or transition, or where the
    file names another pack, or another profile of it.
    """
    casefile = CaseFile.read_file(file)
    pack = load_pack(pack_name or casefile.pack or EXAMPLE)
    if casefile.pack is not None:
        check_named(pack, casefile.pack, file.name)
    instant = parse_instant(at, casefile.tz) if at else casefile.judged_at or (clock or SystemClock()).now()
    urgent = until == "urgent" or (not until and bool(casefile.urgent))
    assumed = {**FIRST_CASE, **({"decision.urgent": True} if urgent else {})}
    facts = facts_of(casefile, instant, assumed, pack.catalogue)
    steps = pack.transitions
    if until and until not in steps:
        raise UsageError("There is no such transition.", where=until, fix=f"Use one of: {', '.join(steps)}.")
    kept = ("urgent",) if urgent else _planned(steps, until)
    tested = {f.rule: f for step in reversed(kept) for f in evaluate(pack, facts, step)}
    findings = tested if until else {f.rule: f for f in evaluate(pack, facts)} | tested
    ordered = tuple(findings[rule.id] for rule in pack.rules if rule.id in findings)
    stops_at = next((step for step in kept if not evaluate(pack, facts, step).holds), None)
    # An urgent request is not held to the planned path; and what lies ahead of any decision is open, not failed.
    open_still = [f.rule for f in ordered if f.blocks and f.rule not in tested and (urgent or _silent(f))]
    return Checked(pack, casefile.title, ordered, stops_at, tuple(open_still))


def _silent(finding: Finding) -> bool:
    """Return whether the file leaves out something that the rule looks at."""
    return finding.holds is None or any(value is None for value in finding.facts.values())


def _planned(steps: tuple[str, ...], until: str) -> tuple[str, ...]:
    """Return the steps of the planned path up to ``until``: the urgent one is a way of its own."""
    last = until or (DECISION if DECISION in steps else steps[-1])
    return tuple(step for step in steps[: steps.index(last) + 1] if step not in ("urgent", "ratify"))
