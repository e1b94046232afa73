"""What came of a command on a case or an adoption, to be read by people and by programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What came of a command: the state that the case or adoption is in now, and the rules that blocked it."""

    id: str
    kind: str
    state: str
    blocked_by: tuple[str, ...]
    data: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the keys that others rely on."""
        return {"id": self.id, "state": self.state, "blocked_by": list(self.blocked_by), "event": self.kind}

    def text(self) -> str:
        """Return the answer as lines to read."""
        if not self.blocked_by:
            return "\n".join([f"{self.id}  {self.state}  ({self.kind})", *self._still_to_ask()])
        reasons = [f"  {f['rule']}  {f['reason']}" for f in self.data["findings"] if f["rule"] in self.blocked_by]
        changes = [f"  {change}" for change in self.data["what_would_change"]]
        head = f"{self.id}  {self.state}  blocked at '{self.data['transition']}' by {', '.join(self.blocked_by)}"
        lines = [head, *reasons, "What would change it:", *changes]
        return "\n".join([*lines, self.data["not_limited"]])

    def _still_to_ask(self) -> list[str]:
        if self.kind != "advise" or self.state != "ASSESSED":
            return []
        return [f"  {f['rule']}  {f['reason']}" for f in self.data["findings"] if f["holds"] is not True]
