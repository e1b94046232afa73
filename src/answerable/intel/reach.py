"""A report is about its own place and window: what it says of an asked area that only partly shares them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from answerable.intel.report import Report
from answerable.place import Area, Window


@dataclass(frozen=True)
class Reach:
    """What is common to a report and a question: ``of_asked`` and ``of_report``, shares of area times time, 0 to 1."""

    of_asked: float
    of_report: float

    @property
    def any(self) -> bool:
        """Whether the two have anything in common."""
        return self.of_asked > 0 and self.of_report > 0

    def ratio(self, ratio: float, prior: float) -> float:
        """Return the likelihood ratio for the asked area of a report that has ``ratio`` for its own.

        ``prior`` is the forecast for the asked area, strictly between 0 and 1. Formula: incidents are Poisson with one
        rate throughout. With H = -log(1 - prior) expected in the asked area and window, H * of_asked of them lie in
        the common part and H * of_asked / of_report in the report's; the report raises the odds of the latter by
        ``ratio``, and of what it adds the share ``of_report`` falls into the common part.

        >>> round(Reach(1, 1).ratio(10, 0.03), 6), round(Reach(0.5, 1).ratio(10, 0.03), 2)
        (10.0, 5.53)
        """
        if not self.any:
            return 1.0
        asked = -math.log1p(-prior)
        theirs = asked * self.of_asked / self.of_report
        chance = -math.expm1(-theirs)
        raised = math.log1p(ratio * chance / (1 - chance)) if chance < 1 else theirs
        after = asked - theirs * self.of_report + raised * self.of_report
        return math.expm1(after) / math.expm1(asked)


def reach(report: Report, area: Area, window: Window) -> Reach | None:
    """Return what ``report`` and a question have in common, None where it names no place or no window."""
    if report.place is None or report.event_window is None:
        return None
    ground = report.place.area(area.projection).geometry
    common = float(ground.intersection(area.geometry).area)
    start = max(window.start, report.event_window.start)
    end = min(window.end, report.event_window.end)
    hours = max(0.0, (end - start).total_seconds() / 3600)
    shared = common * hours
    return Reach(
        of_asked=min(1.0, shared / (float(area.geometry.area) * window.hours)),
        of_report=min(1.0, shared / (float(ground.area) * report.event_window.hours)),
    )
