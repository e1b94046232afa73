"""Which metric projection a study area uses, and how points get into and out of it.

British National Grid in Great Britain, the right UTM zone elsewhere: one projection per workspace, so that a cell id
means the same square for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.place.fitted import Box, Exact, FittedProjection, whole_metres

if TYPE_CHECKING:
    from pyproj import Transformer

# A generous outline of Great Britain: west of Dover's strait, east of Ireland, without the Channel Islands.
_GREAT_BRITAIN = (
    (-9.0, 60.9), (-0.5, 60.9), (1.9, 52.9), (1.9, 51.3), (1.0, 50.6), (-6.5, 49.7), (-5.2, 52.3), (-4.9, 54.3),
    (-6.2, 55.3), (-9.0, 57.0),
)  # fmt: skip
BRITISH_NATIONAL_GRID = "EPSG:27700"
# Fitting costs about as much as projecting this many points with PROJ.
_MANY_POINTS = 5_000
# Left to itself PROJ picks a datum shift by which grid files happen to be installed, and one map would differ from the
# next by two metres. This names one for good: the seven-parameter shift published as EPSG:1314 (about 2 m), then the
# Transverse Mercator of EPSG:27700.
_NATIONAL_GRID_PIPELINE = """proj=pipeline
    step proj=unitconvert xy_in=deg xy_out=rad
    step proj=push v_3
    step proj=cart ellps=WGS84
    step inv proj=helmert convention=position_vector
        x=446.448 y=-125.157 z=542.06 rx=0.15 ry=0.247 rz=0.842 s=-20.489
    step inv proj=cart ellps=airy
    step proj=pop v_3
    step proj=tmerc lat_0=49 lon_0=-2 k=0.9996012717 x_0=400000 y_0=-100000 ellps=airy"""


@dataclass(frozen=True)
class Projection:
    """A metric projection, named by its EPSG code.

    >>> x, y = Projection("EPSG:27700").forward([-0.1276], [51.5072])
    >>> int(x[0]), int(y[0])
    (530043, 180358)
    """

    crs: str

    def forward(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Project WGS84 ``lon``, ``lat`` (degrees, shape (n,)) to whole metres (shape (n,), rounded down).

        Many points go through a fitted polynomial, ten times faster and equal in every whole metre.
        """
        east, north = np.asarray(lon, float), np.asarray(lat, float)
        exact = _exact(self.crs)
        if east.ndim == 1 and east.size >= _MANY_POINTS:
            box = Box.around(east, north)
            fitted = _fitted(self.crs, box) if box.is_small else None
            if fitted:
                return whole_metres(fitted, exact, east, north)
        x, y = exact(east, north)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise InputError(
                "Some points cannot be projected.",
                where=self.crs,
                fix="Check that longitude and latitude are not swapped and are in degrees.",
            )
        return np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)

    def inverse(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn metres (shape (n,)) back into WGS84 degrees (shape (n,))."""
        lon, lat = _transformer(self.crs).transform(np.asarray(x, float), np.asarray(y, float), direction="INVERSE")
        return np.asarray(lon), np.asarray(lat)

    @property
    def transform_name(self) -> str:
        """The transformation in words, for the data's manifest."""
        if self.crs == BRITISH_NATIONAL_GRID:
            return "WGS84 to OSGB36 by seven parameters (EPSG:1314), then British National Grid"
        return f"WGS84 to {self.crs}, no change of datum"


@cache
def _transformer(crs: str) -> Transformer:
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    if crs == BRITISH_NATIONAL_GRID:
        return Transformer.from_pipeline(_NATIONAL_GRID_PIPELINE)
    try:
        return Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    except CRSError as error:
        raise InputError("This is not a known projection.", where=crs, fix="Name it as EPSG:number.") from error


def _exact(crs: str) -> Exact:
    transformer = _transformer(crs)

    def exact(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x, y = transformer.transform(lon, lat)
        return np.asarray(x), np.asarray(y)

    return exact


@cache
def _fitted(crs: str, box: Box) -> FittedProjection | None:
    return FittedProjection.fit(_exact(crs), box)


def choose_projection(lon: float, lat: float) -> Projection:
    """Return the projection for a study area whose middle is at ``lon``, ``lat`` (WGS84 degrees).

    >>> choose_projection(-0.1, 51.5).crs, choose_projection(-73.9, 40.7).crs, choose_projection(18.4, -33.9).crs
    ('EPSG:27700', 'EPSG:32618', 'EPSG:32734')
    """
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise InputError(
            "This place has no metric grid here.",
            where=f"longitude {lon:g}, latitude {lat:g}",
            fix="Longitude runs from -180 to 180 and latitude from -80 to 84; check that they are not swapped.",
        )
    if _in_great_britain(lon, lat):
        return Projection(BRITISH_NATIONAL_GRID)
    zone = min(int((lon + 180) // 6) + 1, 60)
    return Projection(f"EPSG:{(32600 if lat >= 0 else 32700) + zone}")


def _in_great_britain(lon: float, lat: float) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in zip(_GREAT_BRITAIN, _GREAT_BRITAIN[1:] + _GREAT_BRITAIN[:1], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
