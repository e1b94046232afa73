"""What an import did, in numbers that add up: every row read is kept, known already, merged, set aside or rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class ImportSummary:
    """Counts of one import.

    ``read`` rows of data in the files; ``kept`` incidents added (``revised`` of them are new versions);
    ``already_known`` incidents that were there in the same words; ``merged`` victim rows folded into another row's
    incident; ``superseded`` incidents that a later file of the same import holds too; ``set_aside`` rows by type that
    is no serious violence; ``rejected`` rows that could not be imported.
    ``read = kept + already_known + merged + superseded + set_aside + rejected``.
    ``without_place``, ``ambiguous_times`` (kept with an interval that covers both readings), ``outside_region`` and
    ``repeated_ids`` describe incidents that were read, known ones among them.
    """

    layout: str
    read: int
    kept: int
    rejected: int = 0
    already_known: int = 0
    revised: int = 0
    merged: int = 0
    superseded: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    dropped_columns: tuple[str, ...] = ()
    person_columns: tuple[str, ...] = ()
    without_place: int = 0
    ambiguous_times: int = 0
    outside_region: int = 0
    repeated_ids: int = 0
    known_at_assumed: bool = False
    tz: str = ""
    crs: str = ""
    files: tuple[str, ...] = ()
    not_read: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the summary as JSON types."""
        lists = {name: list(value) for name, value in asdict(self).items() if isinstance(value, tuple)}
        return asdict(self) | lists | {"set_aside": dict(self.set_aside), "not_read": dict(self.not_read)}

    def sentences(self) -> list[str]:
        """Say the same in plain words, one sentence each, nothing where nothing happened."""
        said = [f"Read {self.read:,} rows as {self.layout}; kept {self.kept:,} incidents."]
        facts = (
            (self.already_known, "{:,} were already known and were not added again."),
            (self.revised, "{:,} of those kept are new versions of incidents that the publisher has changed."),
            (self.merged, "{:,} rows of further victims were merged into the incident they belong to."),
            (self.superseded, "{:,} stand in several of these files and were taken from the last."),
            (sum(self.set_aside.values()), f"{{:,}} rows were set aside as no serious violence: {self._aside()}."),
            (self.rejected, "{:,} rows could not be imported; the command writes them with reasons: --rejects FILE."),
            (self.without_place, "{:,} have no coordinates; they are kept and counted, but on no map."),
            (self.ambiguous_times, "{:,} fall where the clocks change; their interval covers both readings."),
            (self.outside_region, "{:,} lie outside the area this publisher covers."),
            (
                self.repeated_ids,
                "{:,} read like another row, or share its id; each is kept and told apart by a number.",
            ),
        )
        said += [text.format(count) for count, text in facts if count]
        if self.dropped_columns:
            said.append(f"Left at the door: {', '.join(self.dropped_columns)}.")
        if self.person_columns:
            said.append(f"Dropped because they describe persons: {', '.join(self.person_columns)}.")
        said += [f"Not read: {name}. {reason}" for name, reason in self.not_read.items()]
        if self.known_at_assumed:
            said.append("When each incident became known is assumed, from the usual delay of this source.")
        return [*said, *self.notes]

    def _aside(self) -> str:
        return ", ".join(f"{count:,} {name}" for name, count in self.set_aside.items())
