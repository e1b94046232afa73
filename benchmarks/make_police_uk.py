"""Make a police.uk street-level file of any size: the real column layout and value shapes, seeded, nothing real in it.

What is like the real thing, and why it matters to an importer's speed:

* Twelve columns, comma separated, UTF-8. Crime ID is 64 hexadecimal digits, and empty for anti-social behaviour.
* Places are drawn as the publisher draws them: from a finite set of map points, to which real places were snapped.
  There are about 750,000 such points in England and Wales; the busy ones hold many incidents. ``--points 0`` gives
  every row a place of its own, which no published file has: it is the harder case for anything that remembers places.
* The months are shuffled, where a download comes month by month: again the harder case.
* 1.25 per cent of the rows are bad, in four ways that do not overlap (``BAD``): a month that is none, a crime type
  nobody publishes, no place, and a place that is not in Great Britain.

    python benchmarks/make_police_uk.py street.csv --rows 1000000
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

COLUMNS = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
)  # fmt: skip
# Shares of all rows, as in the note that set the target (0.1 + 0.05 + 1 + 0.1 per cent).
BAD = {"bad_month": 0.001, "unknown_type": 0.0005, "missing_place": 0.01, "place_out_of_bounds": 0.001}
TYPES = {
    "Violence and sexual offences": 0.27, "Anti-social behaviour": 0.23, "Other theft": 0.09, "Vehicle crime": 0.08,
    "Criminal damage and arson": 0.09, "Burglary": 0.07, "Shoplifting": 0.07, "Public order": 0.05, "Drugs": 0.02,
    "Theft from the person": 0.01, "Bicycle theft": 0.01, "Robbery": 0.005, "Possession of weapons": 0.005,
    "Other crime": 0.0,
}  # fmt: skip
OUTCOMES = (
    "Investigation complete; no suspect identified", "Unable to prosecute suspect", "Status update unavailable",
    "Under investigation", "Awaiting court outcome", "Court result unavailable", "Local resolution", "Offender fined",
    "Offender given a caution", "Offender given community sentence", "Offender sent to prison",
)  # fmt: skip
ASB = "Anti-social behaviour"
STREETS = ("Station Road", "Parking Area", "Supermarket", "High Street", "Church Lane", "Mill Close", "Park View")
FORCES = tuple(f"Example Constabulary {number}" for number in range(1, 44))
FIRST_YEAR, MONTHS = 2016, 36
BLOCK = 500_000


def map_points(n: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ``n`` places (degrees, six decimals) clustered round 300 made towns of very unlike sizes."""
    lon, lat = rng.uniform(-5.0, 1.4, 300), rng.uniform(50.9, 55.5, 300)
    weight = rng.pareto(1.1, 300) + 0.05
    town = rng.choice(300, size=n, p=weight / weight.sum())
    spread = 0.015 + 0.01 * np.sqrt(weight[town])
    x, y = rng.normal(0, 1, n) * spread * 1.6, rng.normal(0, 1, n) * spread
    return np.clip(lon[town] + x, -5.4, 1.7).round(6), np.clip(lat[town] + y, 50.0, 58.0).round(6)


def make(path: Path, rows: int, *, points: int = 750_000, seed: int = 2018) -> None:
    """Write ``rows`` rows to ``path``, their places drawn from ``points`` map points (0: every row its own)."""
    rng = np.random.default_rng(seed)
    places = map_points(points, rng) if points else None
    # Busy map points hold many incidents: a heavy-tailed weight, drawn once.
    busy = np.cumsum(rng.lognormal(0, 1.3, points)) if points else None
    with path.open("wb") as out:
        for start in range(0, rows, BLOCK):
            n = min(BLOCK, rows - start)
            if places is None or busy is None:
                point = np.arange(start, start + n)
                lon, lat = map_points(n, rng)
            else:
                point = np.searchsorted(busy, rng.random(n) * busy[-1])
                lon, lat = places[0][point], places[1][point]
            _frame(n, point, lon, lat, rng).write_csv(out, include_header=start == 0)


def _frame(
    n: int, point: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64], rng: np.random.Generator
) -> pl.DataFrame:
    kind = rng.choice(len(TYPES), size=n, p=np.fromiter(TYPES.values(), float))
    month = rng.integers(MONTHS, size=n)
    months = pl.Series([f"{FIRST_YEAR + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS)])
    force = pl.Series(FORCES).gather(point % len(FORCES))
    lsoa = pl.Series(point % 35_000)
    crime_id = pl.Series([rng.bytes(32) for _ in range(n)], dtype=pl.Binary)
    frame = pl.DataFrame(
        {
            "Crime ID": crime_id.bin.encode("hex"),
            "Month": months.gather(month),
            "Reported by": force,
            "Falls within": force,
            "Longitude": lon,
            "Latitude": lat,
            "Location": "On or near " + pl.Series(STREETS).gather(point % len(STREETS)),
            "LSOA code": "E01" + lsoa.cast(pl.String).str.zfill(6),
            "LSOA name": "Exampleton " + (lsoa % 1000).cast(pl.String).str.zfill(3) + "A",
            "Crime type": pl.Series(list(TYPES)).gather(kind),
            "Last outcome category": pl.Series(OUTCOMES).gather(rng.integers(len(OUTCOMES), size=n)),
            "Context": pl.Series([None] * n, dtype=pl.String),
        }
    )
    return _spoil(frame, rng)


def _spoil(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    bad = pl.Series(np.searchsorted(np.cumsum(list(BAD.values())), rng.random(len(frame)), side="right"))
    asb = pl.col("Crime type") == ASB
    # A few bad months are empty, a few have a thirteenth month: both are seen in files that were edited by hand.
    wrong_month = pl.Series(["2017-13", None, "Jan-17", "2017/05"]).gather(rng.integers(4, size=len(frame)))
    return frame.with_columns(
        pl.when(asb).then(None).otherwise(pl.col("Crime ID")).alias("Crime ID"),
        pl.when(asb).then(None).otherwise(pl.col("Last outcome category")).alias("Last outcome category"),
        pl.when(bad == 0).then(wrong_month).otherwise(pl.col("Month")).alias("Month"),
        pl.when(bad == 1).then(pl.lit("Misc")).otherwise(pl.col("Crime type")).alias("Crime type"),
        # 40 degrees west of itself a place is in the ocean.
        pl.when(bad == 2).then(None).when(bad == 3).then(pl.col("Longitude") - 40).otherwise(pl.col("Longitude"))
        .round(6).alias("Longitude"),
        pl.when(bad == 2).then(None).otherwise(pl.col("Latitude")).alias("Latitude"),
    ).select(COLUMNS)  # fmt: skip


def main() -> None:
    """Read the command line and make the file."""
    parser = argparse.ArgumentParser(description="Make a police.uk street file.")
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--points", type=int, default=750_000)
    parser.add_argument("--seed", type=int, default=2018)
    given = parser.parse_args()
    if given.path is None:
        # `make bench` runs every script here without arguments; the files are made where they are measured.
        print("make_police_uk.py PATH makes a file; ingest.py makes its own.")
        return
    make(given.path, given.rows, points=given.points, seed=given.seed)


if __name__ == "__main__":
    main()
