"""Places and windows: metres and UTC inside; degrees and local time only at the rim."""

from answerable.place.area import Area, read_areas, union
from answerable.place.grid import Grid
from answerable.place.projection import BRITISH_NATIONAL_GRID, Projection, choose_projection
from answerable.place.window import Window, local, parse_instant, read_stamp, stamp, zone

__all__ = [
    "BRITISH_NATIONAL_GRID", "Area", "Grid", "Projection", "Window", "choose_projection", "local", "parse_instant",
    "read_areas", "read_stamp", "stamp", "union", "zone",
]  # fmt: skip
