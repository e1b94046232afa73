"""Files being taken in beside the requests, one at a time: how far each is, and what came of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from answerable.errors import AnswerableError

Progress = Callable[[int, int, str], None]
_KEPT = 50
# Most files are in before anybody could read how far they are: they are waited for, and the answer is what came of it.
_SOON_S = 2.0


@dataclass(frozen=True)
class Taken:
    """One file: ``done`` of ``total`` bytes looked at so far; ``result`` and ``failed`` are None while it goes on.

    ``asked`` is how it was to be read: the mapping and the time zone, as they were sent.
    """

    account: str
    file: str
    asked: Mapping[str, str] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    result: Mapping[str, Any] | None = None
    failed: AnswerableError | None = None

    @property
    def over(self) -> bool:
        """Whether it has come to an end, one way or the other."""
        return self.result is not None or self.failed is not None


class Intake:
    """What is being taken in and what was, by its ticket: the newest ones, until the site is started anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: OrderedDict[str, Taken] = OrderedDict()

    def find(self, ticket: str, account: str) -> Taken | None:
        """Return the file of a ticket; None where it is nobody's, or somebody else's."""
        found = self._files.get(ticket)
        return found if found is not None and found.account == account else None

    def begin(self, ticket: str, one: Taken, work: Callable[[Progress], Mapping[str, Any]]) -> bool:
        """Set ``work`` going, and wait for it for a moment; False where another file is being taken in.

        A ticket that is under way, or was taken in, is not begun again; one that failed is.
        """
        with self._lock:
            known = self._files.get(ticket)
            if known is not None and known.failed is None:
                return True
            if any(not other.over for other in self._files.values()):
                return False
            self._files[ticket] = one
            while len(self._files) > _KEPT:
                self._files.popitem(last=False)
        thread = threading.Thread(target=self._run, args=(ticket, work), daemon=True)
        thread.start()
        thread.join(_SOON_S)
        return True

    def _run(self, ticket: str, work: Callable[[Progress], Mapping[str, Any]]) -> None:
        one = self._files[ticket]

        def far(done: int, total: int, _label: str) -> None:
            self._files[ticket] = replace(one, done=done, total=total)

        try:
            self._files[ticket] = replace(one, result=work(far))
        except AnswerableError as error:
            self._files[ticket] = replace(one, failed=error)
        finally:
            if not self._files[ticket].over:
                stopped = AnswerableError(
                    "Taking this file in stopped before its end.",
                    fix="Look at the data: it holds all of the file, or nothing of it. If nothing, send it again.",
                )
                self._files[ticket] = replace(one, failed=stopped)
