"""Forecasts of places and windows: absolute probabilities with interval, base rate and data date. Never of persons.

``base`` says what a forecast and a model are and lists the models; each model is one file; ``base_rate`` needs no data.
"""
