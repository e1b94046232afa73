"""One simulated city that the lab's tests look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from answerable.lab import City, Parameters, load_parameters, simulate_city

END = datetime(2018, 11, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return load_parameters()


@pytest.fixture(scope="session")
def make_city(parameters: Parameters) -> Callable[..., City]:
    def make(seed: int = 7, years: float = 3, **changes: float) -> City:
        return simulate_city(parameters.changed(**changes), np.random.default_rng(seed), years, END)

    return make


@pytest.fixture(scope="session")
def city(make_city: Callable[..., City]) -> City:
    return make_city()
