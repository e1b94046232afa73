"""The incidents as the checks see them: the newest version of each, with its local clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.incidents.table import IDENTITY, Incidents

EXAMPLES = 5


@dataclass(frozen=True, eq=False)
class View:
    """Columns of the newest version of each incident, computed once for all checks."""

    incidents: Incidents

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The canonical columns and ``local``, the local wall-clock time of ``occurred_from`` (no zone)."""
        frame = self.incidents.frame
        # Most tables hold one version of each incident, and then the costly choice of the newest is not needed.
        if frame.select(pl.struct(IDENTITY).is_duplicated().any()).item():
            frame = frame.sort("known_at", maintain_order=True).unique(IDENTITY, keep="last", maintain_order=True)
        local = pl.col("occurred_from").dt.convert_time_zone(self.incidents.manifest.tz).dt.replace_time_zone(None)
        return frame.with_columns(local=local)

    def __len__(self) -> int:
        return self.frame.height

    @cached_property
    def located(self) -> pl.DataFrame:
        """The rows with a place."""
        return self.frame.filter(pl.col("x").is_not_null() & pl.col("y").is_not_null())

    @cached_property
    def to_the_minute(self) -> pl.DataFrame:
        """The rows timed to the minute."""
        return self.frame.filter(pl.col("precision") == "minute")

    @cached_property
    def minute_of_day(self) -> NDArray[np.int32]:
        """Local minute of the day, 0 to 1439, of the rows timed to the minute."""
        local = pl.col("local")
        minutes = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute().cast(pl.Int32)
        return self.to_the_minute.select(minutes).to_series().to_numpy()

    @cached_property
    def hours(self) -> NDArray[np.int64]:
        """Number of rows in each local hour of the day, shape (24,), of those timed to the hour or better."""
        timed = self.frame.filter(pl.col("precision").is_in(("minute", "hour")))
        return np.bincount(timed["local"].dt.hour().to_numpy(), minlength=24)


def examples(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the first few ids of a frame."""
    return tuple(frame["incident_id"].head(EXAMPLES).to_list())
