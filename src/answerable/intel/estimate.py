"""Human estimates: given before the computed number is seen, and scored beside it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from answerable.errors import InputError, NotAllowed
from answerable.intel.yardstick import in_words, terms_for
from answerable.place import Window, read_stamp, stamp

CONFIDENCE = ("low", "moderate", "high")


@dataclass(frozen=True)
class Estimate:
    """One analyst's own probability for an area and window.

    ``subject`` names area and window and is the same for everybody who is asked about them; ``account`` gave it at
    ``given_at``. ``computed`` is the picture's probability, None until it was shown (``shown_at``). ``happened`` is
    None until it is known, and stays so where a deployment hides it (``treated``).
    """

    subject: str
    area: str
    window: Window
    probability: float
    ancr: str
    account: str
    given_at: datetime
    computed: float | None = None
    shown_at: datetime | None = None
    happened: bool | None = None
    treated: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise InputError("This is not a probability.", where=f"{self.probability}", fix="Give it between 0 and 1.")
        if self.ancr not in CONFIDENCE:
            raise InputError(
                "This is not a rating of confidence.", where="ancr", fix=f"Use one of: {', '.join(CONFIDENCE)}."
            )

    @property
    def words(self) -> str:
        """The yardstick's term, or both neighbours in a gap."""
        return " or ".join(in_words(term) for term in terms_for(self.probability))

    def shown(self, computed: float, at: datetime) -> Estimate:
        """Return the estimate with the number that was then shown; what was shown first stays."""
        return self if self.shown_at else replace(self, computed=computed, shown_at=at)

    def resolved(self, happened: bool | None, *, treated: bool) -> Estimate:
        """Return the estimate with what happened; a treated window teaches nothing."""
        return replace(self, happened=None if treated else happened, treated=treated)

    def as_json(self) -> dict[str, Any]:
        """Return the estimate ready for JSON."""
        return {
            "subject": self.subject, "area": self.area,
            "window": {"from": stamp(self.window.start), "to": stamp(self.window.end)},
            "probability": self.probability, "ancr": self.ancr, "account": self.account,
            "given_at": stamp(self.given_at), "computed": self.computed,
            "shown_at": stamp(self.shown_at) if self.shown_at else None, "happened": self.happened,
            "treated": self.treated,
        }  # fmt: skip

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Estimate:
        """Read what :meth:`as_json` wrote."""
        window = Window(read_stamp(document["window"]["from"]), read_stamp(document["window"]["to"]))
        times = {
            "given_at": read_stamp(document["given_at"]),
            "shown_at": read_stamp(document["shown_at"]) if document["shown_at"] else None,
        }
        return cls(**{**document, **times, "window": window})


def seal(new: Estimate, before: Estimate | None) -> Estimate:
    """Return the estimate to keep: the first one an account gives stays; NotAllowed where it would be changed."""
    if before is None:
        return new
    if (before.probability, before.ancr) == (new.probability, new.ancr):
        return before
    raise NotAllowed(
        "An estimate is sealed when it is given and cannot be changed.",
        where=f"{before.area}, given {stamp(before.given_at)}",
        fix="Ask for the picture without an estimate: the sealed one counts.",
    )


def scores(estimates: Sequence[Estimate]) -> dict[str, Any]:
    """Return how people and the computed picture did on the same windows: mean Brier and log score of each.

    Only estimates that were compared with a computed number and whose outcome is known count; with none the scores are
    None. Brier: smaller is better. Log, in nats: larger is better.
    """
    known = [one for one in estimates if one.happened is not None and one.computed is not None]
    hidden = sum(one.treated for one in estimates)
    if not known:
        return {"scored": 0, "treated": hidden, "human": None, "computed": None}
    # What scores are computed with takes long to load, and who only seals an estimate needs none.
    from answerable.score.binary_log import binary_log_score
    from answerable.score.brier import brier_score

    happened = [float(bool(one.happened)) for one in known]

    def score(p: Sequence[float]) -> dict[str, float]:
        return {"brier": round(brier_score(p, happened), 6), "log": round(binary_log_score(p, happened), 6)}

    human, computed = [one.probability for one in known], [one.computed or 0.0 for one in known]
    return {"scored": len(known), "treated": hidden, "human": score(human), "computed": score(computed)}
