"""The door into every score: arrays of one shape, finite, not negative."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]


def checked(**named: ArrayLike) -> list[Floats]:
    """Return the arrays as float64; InputError where one holds NaN, infinity or less than 0, or the shapes differ.

    Numbers (shape ()) are spread over the common shape.
    """
    arrays = {name: np.asarray(values, dtype=float) for name, values in named.items()}
    for name, array in arrays.items():
        if not (np.isfinite(array).all() and (array >= 0).all()):
            raise InputError("A score needs finite numbers of 0 or more.", where=name, fix="Look for NaN or a sign.")
    shapes = {array.shape for array in arrays.values() if array.shape}
    if len(shapes) > 1:
        told = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError("A score needs arrays of one shape.", where=told, fix="Score all cells, empty ones included.")
    shape = shapes.pop() if shapes else ()
    return [np.broadcast_to(array, shape) for array in arrays.values()]


def probability(**named: ArrayLike) -> list[Floats]:
    """Return the arrays as :func:`checked`; InputError also where a value is above 1."""
    arrays = checked(**named)
    for name, array in zip(named, arrays, strict=True):
        if (array > 1).any():
            raise InputError("This is not a probability.", where=name, fix="Probabilities lie between 0 and 1.")
    return arrays
