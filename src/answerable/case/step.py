"""One transition as data: where it starts, whether rules are tested, and what it makes public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.deployment import Case, State
from answerable.case.event import Actor, Command
from answerable.policy.evaluate import Findings
from answerable.policy.pack import Pack


@dataclass(frozen=True)
class Request:
    """Everything a transition may look at."""

    case: Case
    command: Command
    facts: Mapping[str, Any]
    pack: Pack
    actor: Actor
    now: datetime


def _given(request: Request) -> Mapping[str, Any]:
    return request.facts


@dataclass(frozen=True)
class Step:
    """A transition.

    ``starts_from`` are the states it may be asked for in. ``body`` returns the public data of its event; it may raise
    NotAllowed or UsageError. ``tested`` steps meet the pack's rules, on the facts that ``facts`` returns. ``separated``
    steps are refused to a person who has acted in a conflicting role; steps that end a case never are.
    """

    kind: str
    starts_from: frozenset[State]
    body: Callable[[Request, Findings], dict[str, Any]]
    tested: bool = False
    separated: bool = True
    facts: Callable[[Request], Mapping[str, Any]] = _given


def findings_only(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    """Return the body of a step that says nothing but what its rules said."""
    return {"findings": published(findings)}


def published(findings: Findings) -> list[dict[str, Any]]:
    """Return findings as the public record gives them."""
    return [finding.published() for finding in findings]
