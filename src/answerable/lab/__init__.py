"""The lab: a simulated city with known truth, in which claims are tried before they are made in a real one."""

from answerable.lab.city import City, Events, simulate_city
from answerable.lab.geography import Geography, make_geography
from answerable.lab.parameters import Parameter, Parameters, load_parameters
from answerable.lab.truth import Truth

__all__ = [
    "City", "Events", "Geography", "Parameter", "Parameters", "Truth", "load_parameters", "make_geography",
    "simulate_city",
]  # fmt: skip
