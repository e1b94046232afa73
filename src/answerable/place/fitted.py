"""A projection of many points at once, by a polynomial that is fitted to PROJ and checked against it.

Over a few degrees a map projection is so smooth that a product of Chebyshev polynomials follows it to a few nanometres,
and a polynomial is two small matrix products where PROJ does a datum shift and a series for every point. The result in
whole metres is PROJ's own in every case: points that lie within the tolerance of a metre line are handed to PROJ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
Metres = NDArray[np.float64]
Exact = Callable[[Degrees, Degrees], tuple[Metres, Metres]]

# A fit further than this from PROJ anywhere it is checked is not used; points this close to a metre line go to PROJ.
TOLERANCE_M = 1e-5
WIDEST_DEG = 15.0
# The lowest that is near enough is used: 7 for the whole of Great Britain, 5 for a city.
_DEGREES = (5, 7, 9)
# Chosen by measurement: the block's powers stay in a core's second-level cache, and BLAS stays on one thread.
_BLOCK = 4096
_SLICE = 16 * _BLOCK


@dataclass(frozen=True)
class Box:
    """A box of WGS84 degrees in which a fit holds."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, lon: Degrees, lat: Degrees) -> Box:
        """Return the box of whole degrees around points (shape (n,), n > 0); NaN where a point is not finite."""
        west, south = np.floor([lon.min(), lat.min()])
        east, north = np.floor([lon.max(), lat.max()]) + 1
        return cls(float(west), float(south), float(east), float(north))

    @property
    def is_small(self) -> bool:
        """Say whether a fit can be expected to hold (False for a box with NaN)."""
        return self.east - self.west <= WIDEST_DEG and self.north - self.south <= WIDEST_DEG


@dataclass(frozen=True)
class FittedProjection:
    """``coefficients`` (2 * (degree + 1), degree + 1) of x, then y, in Chebyshev terms of scaled lon (rows) and lat."""

    box: Box
    coefficients: NDArray[np.float64]

    @classmethod
    def fit(cls, exact: Exact, box: Box) -> FittedProjection | None:
        """Fit to ``exact`` in ``box``; None where no polynomial follows it to TOLERANCE_M / 10."""
        # The check points are not the nodes of the fit: evenly spaced, edges and corners included.
        lon, lat = (v.ravel() for v in _degrees(box, np.linspace(-1, 1, 41)))
        truth = exact(lon, lat)
        for degree in _DEGREES:
            nodes = np.cos(np.pi * (np.arange(degree + 3) + 0.5) / (degree + 3))
            solve = np.linalg.pinv(chebyshev.chebvander(nodes, degree))
            fitted = cls(box, np.vstack([solve @ v @ solve.T for v in _on_lattice(exact, box, nodes)]))
            if max(abs(a - b).max() for a, b in zip(fitted(lon, lat), truth, strict=True)) < TOLERANCE_M / 10:
                return fitted
        return None

    def __call__(self, lon: Degrees, lat: Degrees) -> tuple[Metres, Metres]:
        """Project points inside the box (degrees, shape (n,)) to metres (shape (n,))."""
        xy = np.empty((2, lon.size))
        box, terms = self.box, self.coefficients.shape[1]
        for start in range(0, lon.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            across = _terms((2 * lon[part] - (box.west + box.east)) / (box.east - box.west), terms)
            up = _terms((2 * lat[part] - (box.south + box.north)) / (box.north - box.south), terms)
            np.einsum("akb,kb->ab", (self.coefficients @ up).reshape(2, terms, -1), across, out=xy[:, part])
        return xy[0], xy[1]


def whole_metres(
    fitted: FittedProjection, exact: Exact, lon: Degrees, lat: Degrees
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Project points to whole metres, rounded down (shape (n,)): the same as flooring what ``exact`` gives."""
    whole = np.empty((2, lon.size), np.int32)
    for start in range(0, lon.size, _SLICE):
        part = slice(start, start + _SLICE)
        xy = np.stack(fitted(lon[part], lat[part]))
        near = np.flatnonzero((abs(xy - np.rint(xy)) < TOLERANCE_M).any(axis=0))
        if near.size:
            xy[:, near] = exact(lon[part][near], lat[part][near])
        whole[:, part] = np.floor(xy, out=xy)
    return whole[0], whole[1]


def _terms(scaled: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    terms = np.empty((n, scaled.size))
    terms[0], terms[1] = 1.0, scaled
    twice = 2 * scaled
    for k in range(2, n):
        np.multiply(twice, terms[k - 1], out=terms[k])
        terms[k] -= terms[k - 2]
    return terms


def _degrees(box: Box, scaled: NDArray[np.float64]) -> tuple[Degrees, Degrees]:
    lon = (scaled * (box.east - box.west) + box.west + box.east) / 2
    lat = (scaled * (box.north - box.south) + box.south + box.north) / 2
    across, up = np.meshgrid(lon, lat, indexing="ij")
    return across, up


def _on_lattice(exact: Exact, box: Box, nodes: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    lon, lat = _degrees(box, nodes)
    return [np.reshape(v, lon.shape) for v in exact(lon.ravel(), lat.ravel())]
