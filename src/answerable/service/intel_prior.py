"""The forecast that a report's likelihood ratio is held against: for its own place and window, as it was known then."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.errors import InputError
from answerable.forecast.base import Fitted, PlaceForecast, model
from answerable.incidents import Incidents
from answerable.intel.assumptions import number
from answerable.intel.picture import Prior
from answerable.place import Area, Grid, Projection, Window
from answerable.service.forecasting import DEFAULT_CELL_M, DEFAULT_MODEL
from answerable.service.study import incidents_of, study_areas
from answerable.service.workspace import Workspace


class Forecasts:
    """Forecasts of one workspace, each learned from what was known at the start of a day; every day is learned once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._fitted: dict[datetime, tuple[Fitted, Area] | None] = {}
        self._incidents: Incidents | None = None
        with suppress(InputError):
            self._incidents = incidents_of(workspace)

    @property
    def projection(self) -> Projection | None:
        """The projection of the workspace's incidents, None where there are none."""
        return self._incidents.projection if self._incidents is not None else None

    def prior(self, area: Area, window: Window, at: datetime) -> Prior | None:
        """Return the forecast for ``area`` and ``window`` as it was on the day of ``at`` (or of the window, if sooner).

        None where nothing was known then, or where the area lies outside what the forecast covers.
        """
        learned = self._learned(datetime.combine(min(at, window.start).date(), time(), tzinfo=at.tzinfo))
        if learned is None:
            return None
        fitted, study = learned
        try:
            forecast = fitted.predict(window)
            return _as_prior(forecast.for_area(area, study=study), forecast.data_until)
        except InputError:
            return None

    def _learned(self, day: datetime) -> tuple[Fitted, Area] | None:
        if day not in self._fitted:
            self._fitted[day] = self._learn(day)
        return self._fitted[day]

    def _learn(self, day: datetime) -> tuple[Fitted, Area] | None:
        if self._incidents is None:
            return None
        known = self._incidents.known(day)
        try:
            study, _ = study_areas(self.workspace, known)
            return model(DEFAULT_MODEL).fit(known, Grid.cover(study, DEFAULT_CELL_M), day), study
        except InputError:
            return None


def cited_prior(casefile: CaseFile) -> Prior | None:
    """Return the forecast that a case file cites, with the wide interval of one that came without any; or None."""
    cited = casefile.forecast
    if cited is None or not 0 < cited.probability < 1:
        return None
    factor = number("picture", "cited_forecast_factor")
    odds = cited.probability / (1 - cited.probability)
    low, high = (one / (1 + one) for one in (odds / factor, odds * factor))
    return Prior(cited.probability, low, high, cited.base_rate, f"{cited.model}, as the case file cites it")


def as_json(prior: Prior | None) -> dict[str, Any] | None:
    """Return what is kept of a prior beside a report."""
    if prior is None:
        return None
    return {"probability": prior.probability, "base_rate": prior.base_rate, "model": prior.model}


def _as_prior(place: PlaceForecast, data_until: datetime) -> Prior | None:
    if not 0 < place.p < 1 or place.covered <= 0:
        return None
    low, high = min(place.p_low, place.p), max(place.p_high, place.p)
    return Prior(place.p, low, high, place.p_base, DEFAULT_MODEL, data_until)
