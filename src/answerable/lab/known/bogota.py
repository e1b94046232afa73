"""K6: Bogota. Where reporting differs, a forecast of reported crime sees hot spots where people report.

A clean-room version of the published experiment: crime of a self-exciting process over 850 cells, thinned to each
district's surveyed victimisation and then to its surveyed reporting; the forecast is an exponential moving average; a
day's hot spots are the 50 cells it ranks first. For each district and day: predicted over true hot spots.
Source: Akpinar, De-Arteaga and Chouldechova 2021 (settings; figures by eye); survey of the Bogota Chamber of Commerce
2014 as printed by Riascos Villegas and others 2023.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.known.answer import Answers, between

DAYS, EVALUATE_FROM, TOP, SEEDS = 2190, 2001, 50, 40
_ERROR_MOST = 0.02
"""As many placings of the centres are drawn as bring the error of the rank below this."""
_BACKGROUND, _CENTRES, _CENTRE_KM = 100.0, 14, 4.5
_OFFSPRING, _SIGMA_KM, _RATE_A_DAY = 15 * 2 * np.pi * 0.1**2, 0.1, 0.2
_POPULATION_OVER, _SEMESTER_DAYS = 40, 182.5
_MEMORY_DAYS = 30.0
_AKPINAR = "Akpinar, De-Arteaga and Chouldechova 2021, by eye"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Survey:
    """Districts (``names``, with figures by district; ``published`` NaN where none can be read) and their cells.

    ``x`` and ``y`` (float64[cells]) are lower left corners in km, ``district`` (int64[cells]) which one a cell is in.
    """

    names: tuple[str, ...]
    population: Floats
    victimisation: Floats
    reporting: Floats
    published: Floats
    x: Floats
    y: Floats
    district: NDArray[np.int64]


def read_survey(folder: Path) -> Survey:
    """Read ``districts.csv`` and ``cells.csv``; InputError where they are not there or not whole."""
    try:
        with (folder / "districts.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
            cells = list(csv.DictReader(file))
        names = [row["district"] for row in rows]
        survey = Survey(
            tuple(names),
            np.array([float(row["population"]) for row in rows]),
            np.array([float(row["victimisation_share"]) for row in rows]),
            np.array([float(row["reporting_share"]) for row in rows]),
            np.array([float(row["published_ratio_reported_only_model"] or "nan") for row in rows]),
            np.array([float(cell["x_km"]) for cell in cells]),
            np.array([float(cell["y_km"]) for cell in cells]),
            np.array([names.index(cell["district"]) for cell in cells], dtype=np.int64),
        )
    except (OSError, KeyError, ValueError) as error:
        raise InputError(
            "The survey of Bogota cannot be read.",
            where=f"{folder.name}: {error}",
            fix="Give the folder with districts.csv and cells.csv (docs/known-answers/lab.md says what is in them).",
        ) from error
    return survey


def crimes(survey: Survey, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return what people suffered by day and cell (float64[days, cells]), and its true intensity beforehand."""
    middle = rng.choice(len(survey.x), _CENTRES, replace=False)
    count = rng.poisson(_BACKGROUND * DAYS)
    centre = middle[rng.integers(0, _CENTRES, count)]
    x = survey.x[centre] + 0.5 + rng.normal(0, _CENTRE_KM, count)
    y = survey.y[centre] + 0.5 + rng.normal(0, _CENTRE_KM, count)
    time = rng.random(count) * DAYS
    every: list[tuple[Floats, Floats, Floats]] = []
    while len(time):
        every.append((time, x, y))
        children = rng.poisson(_OFFSPRING, len(time))
        time = np.repeat(time, children) + rng.exponential(1 / _RATE_A_DAY, children.sum())
        x = np.repeat(x, children) + rng.normal(0, _SIGMA_KM, len(time))
        y = np.repeat(y, children) + rng.normal(0, _SIGMA_KM, len(time))
        time, x, y = (one[time < DAYS] for one in (time, x, y))
    time, x, y = (np.concatenate(one) for one in zip(*every, strict=True))
    cell = _locate(survey, x, y)
    made = np.bincount(
        time[cell >= 0].astype(np.int64) * len(survey.x) + cell[cell >= 0], minlength=DAYS * len(survey.x)
    )
    return _thinned(survey, made.reshape(DAYS, len(survey.x)), rng)


def _locate(survey: Survey, x: Floats, y: Floats) -> NDArray[np.int64]:
    """Return the cell each point lies in, -1 for none."""
    west, south = survey.x.min(), survey.y.min()
    wide, high = int(survey.x.max() - west) + 1, int(survey.y.max() - south) + 1
    lookup = np.full((wide, high), -1, dtype=np.int64)
    lookup[(survey.x - west).astype(int), (survey.y - south).astype(int)] = np.arange(len(survey.x))
    i, j = np.floor(x - west).astype(np.int64), np.floor(y - south).astype(np.int64)
    inside = (i >= 0) & (j >= 0) & (i < wide) & (j < high)
    return np.where(inside, lookup[np.where(inside, i, 0), np.where(inside, j, 0)], -1)


def _thinned(survey: Survey, made: NDArray[np.int64], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Keep as many crimes of each district as its people said they had suffered.

    What past crimes are still to set off is the moving average over the mean delay of the process, so that this,
    thinned alike, ranks cells as the process itself does.
    """
    by_district = np.bincount(survey.district, made.sum(axis=0), minlength=len(survey.names))
    suffered = survey.population / _POPULATION_OVER * survey.victimisation * DAYS / _SEMESTER_DAYS
    share = np.minimum(1, suffered / np.maximum(by_district, 1e-9))[survey.district]
    return rng.binomial(made, share).astype(float), _averaged(made.astype(float), 1 / _RATE_A_DAY) * share


def ratios(survey: Survey, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return predicted over true hot cells by district, learning from all crimes, and from reported ones alone."""
    full, intensity = crimes(survey, rng)
    seen = rng.binomial(full.astype(np.int64), survey.reporting[survey.district]).astype(float)
    true = _hot(intensity, survey, rng)
    learned = [_over(_hot(_averaged(counts, _MEMORY_DAYS), survey, rng), true) for counts in (full, seen)]
    return learned[0], learned[1]


def _averaged(counts: Floats, days: float) -> Floats:
    """Return the moving average of the days before each day, with a memory of ``days``."""
    keep, average = np.exp(-1 / days), np.zeros_like(counts)
    for day in range(1, len(counts)):
        average[day] = keep * average[day - 1] + (1 - keep) * counts[day - 1]
    return average


def _hot(scores: Floats, survey: Survey, rng: np.random.Generator) -> Floats:
    """Return the number of hot cells by day and district (float64[days, districts]); ties are broken by lot."""
    found = np.zeros((len(scores) - EVALUATE_FROM, len(survey.names)))
    for k, score in enumerate(scores[EVALUATE_FROM:]):
        best = np.lexsort((rng.random(len(score)), -score))[:TOP]
        found[k] = np.bincount(survey.district[best], minlength=len(survey.names))
    return found


def _over(predicted: Floats, true: Floats) -> Floats:
    """Return the mean of predicted over true by district; 0 over 0 is 1, and days with nothing true are left out."""
    ratio = np.where(true > 0, predicted / np.maximum(true, 1), np.where(predicted == 0, 1.0, np.nan))
    return np.asarray(np.nanmean(ratio, axis=0))


def rank_error(placings: Floats, published: Floats, rng: np.random.Generator, draws: int = 400) -> float:
    """Return the standard error of the rank of the placings' mean (float64[placings, districts]) with the published."""
    from scipy.stats import spearmanr

    many = len(placings)
    drawn = [placings[rng.integers(0, many, many)].mean(axis=0) for _ in range(draws)]
    return float(np.std([spearmanr(one, published).statistic for one in drawn]))


def survey_folder() -> Path | None:
    """Return ``bogota_reporting`` in the folder that ``ANSWERABLE_SHARED_DATA`` names; None where there is none."""
    named = os.environ.get("ANSWERABLE_SHARED_DATA")
    folder = Path(named) / "bogota_reporting" if named else None
    return folder if folder and folder.is_dir() else None


def disparity(folder: Path | None = None) -> Answers:
    """K6: the published figure again; InputError where the survey is not at hand."""
    from scipy.stats import spearmanr

    found = folder or survey_folder()
    if found is None:
        raise InputError(
            "The survey of Bogota is not at hand.",
            where="ANSWERABLE_SHARED_DATA",
            fix="Name the folder in which bogota_reporting lies; docs/known-answers/lab.md says what is in it.",
        )
    survey = read_survey(found)
    runs = [ratios(survey, child) for child in np.random.default_rng(6).spawn(SEEDS)]
    full, reported = (np.mean([run[k] for run in runs], axis=0) for k in (0, 1))
    read = np.isfinite(survey.published)
    rank = float(spearmanr(reported[read], survey.published[read]).statistic)
    yield between("K6", "reported only: Spearman's rank with the published districts", _AKPINAR, 1, rank, 0.85, 1)
    placings = np.array([run[1][read] for run in runs])
    error = rank_error(placings, survey.published[read], np.random.default_rng(61))
    yield between("K6", "its Monte Carlo standard error", "bootstrap over placings", 0, error, 0, _ERROR_MOST)
    for name, low, high in (("USAQUEN", 0.0, 0.6), ("PUENTE ARANDA", 1.15, np.inf), ("ANTONIO NARINO", 1.15, np.inf)):
        k = survey.names.index(name)
        yield between("K6", f"reported only: {name.title()}", _AKPINAR, survey.published[k], reported[k], low, high)
    for what, value in (("lowest", full[read].min()), ("highest", full[read].max())):
        yield between("K6", f"all crimes known: {what} district", "near 1 in all", 1, float(value), 0.8, 1.4)
