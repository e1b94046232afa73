"""Forecasts of places and windows: absolute probabilities with interval, base rate and data date. Never of persons.

One file per model (``base.models()`` finds them); ``base_rate`` needs no data at all.
"""

from answerable.forecast.base import Fitted, Forecast, Model, PlaceForecast, model, models
from answerable.forecast.base_rate import BaseRate, base_rate

__all__ = ["BaseRate", "Fitted", "Forecast", "Model", "PlaceForecast", "base_rate", "model", "models"]
