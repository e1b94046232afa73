"""What can be asked of an adoption, and what the machine is told of the world around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from answerable.case.adoption.answers import Consideration, Reach, Response
from answerable.case.adoption.proposal import Proposal
from answerable.policy.pack import Pack

CHANGE_KINDS = ("tighten", "loosen", "neutral")


@dataclass(frozen=True)
class Around:
    """What an adoption cannot know by itself.

    ``pack`` is the pack that is proposed, changed by the outcome, or to be adopted; ``changes`` are its differences
    (``what, where, kind, sentence``) from the one in force (or, at the outcome, from the one consulted on).
    ``standing`` is the pack of that name in force, None where there is none, and ``standing_sunset`` its end.
    ``authorised`` counts deployments ever authorised under the proposed version. ``tz`` is the zone of "the same day".
    ``last_time_critical`` is when a time-critical change of this pack last began; ``suspended_at`` when a stop rule
    suspended it.
    """

    pack: Pack | None = None
    standing: Pack | None = None
    standing_sunset: datetime | None = None
    changes: tuple[Mapping[str, str], ...] = ()
    authorised: int = 0
    tz: str = "UTC"
    last_time_critical: datetime | None = None
    suspended_at: datetime | None = None

    @property
    def loosens(self) -> bool:
        """Whether any of the changes lets more happen."""
        return any(change["kind"] == "loosen" for change in self.changes)


@dataclass(frozen=True)
class Propose:
    """Open an adoption from a proposal whose documents have their hashes."""

    proposal: Proposal
    kind: str = "propose"


@dataclass(frozen=True)
class Consult:
    """Open the consultation."""

    kind: str = "consult"


@dataclass(frozen=True)
class Notice:
    """Record that the police and crime commissioner had notice, ``how``; or, with ``reply``, what came back."""

    to: str
    how: str = ""
    reply: str = ""
    kind: str = "notice"


@dataclass(frozen=True)
class Respond:
    """Enter responses."""

    responses: tuple[Response, ...]
    kind: str = "respond"


@dataclass(frozen=True)
class Reached:
    """Record who of the audience was reached, or not."""

    audience: tuple[Reach, ...]
    kind: str = "reach"


@dataclass(frozen=True)
class Consider:
    """Say, theme by theme, what was made of the responses."""

    themes: tuple[Consideration, ...]
    kind: str = "consider"


@dataclass(frozen=True)
class Outcome:
    """Publish the response to the consultation; ``answers`` are to replies of the commissioner, by their number."""

    statement: str
    answers: Mapping[int, str] = field(default_factory=dict)
    kind: str = "outcome"


@dataclass(frozen=True)
class Adopt:
    """Adopt the policy."""

    reasons: str
    kind: str = "adopt"


@dataclass(frozen=True)
class Reject:
    """Reject the policy: a person's act, kept and published like an adoption."""

    reasons: str
    what_would_change: str = ""
    kind: str = "reject"


@dataclass(frozen=True)
class Evaluation:
    """Publish an evaluation of the policy's period: its ``title``, ``verdict`` in words, and the paper's hash."""

    title: str
    verdict: str
    sha256: str
    file: str = ""
    kind: str = "evaluation"


@dataclass(frozen=True)
class Renew:
    """Renew the policy for ``months`` more, to be evaluated again by ``evaluation_due``."""

    reasons: str
    months: float
    evaluation_due: datetime
    kind: str = "renew"


@dataclass(frozen=True)
class Repeal:
    """End the policy."""

    reasons: str
    kind: str = "repeal"


Command = (
    Propose | Consult | Notice | Respond | Reached | Consider | Outcome | Adopt | Reject | Evaluation | Renew | Repeal
)


def public_proposal(proposal: Proposal, around: Around) -> dict[str, Any]:
    """Return what the record says of a proposal; needs ``around.pack``."""
    pack = around.pack
    if pack is None:
        raise AssertionError("a proposal comes with its pack")
    said = proposal.model_dump(exclude={"tz", "opens", "closes", "evaluation_due", "pack"}, exclude_none=True)
    times = {name: proposal.instant(name) for name in ("opens", "closes", "evaluation_due")}
    standing = around.standing
    return {
        **said,
        **{f"{name}_at": at for name, at in times.items() if at is not None},
        "pack": pack.name,
        "version": pack.version,
        "hash": pack.hash,
        "status": pack.status,
        "about": pack.about,
        "changes_from": f"{standing.name}@{standing.version}" if standing else "",
        "changes": [dict(change) for change in around.changes],
        "loosens": around.loosens,
    }
