"""What the tests of the rules engine share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from answerable.policy.catalogue import Catalogue, parse_facts
from answerable.policy.pack import Pack, load_pack
from answerable.policy.reading import read_yaml_file


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The example pack."""
    return load_pack("uk.armed_patrol")


@pytest.fixture(scope="session")
def sound(pack: Pack) -> dict[str, Any]:
    """The facts of a case that nothing blocks."""
    return dict(read_yaml_file(pack.path.with_name(f"{pack.name}.tests.yaml"))["sound"])


@pytest.fixture(scope="session")
def bad_packs(root: Path) -> Path:
    """The folder of packs that are wrong in one way each."""
    return root / "tests" / "assets" / "policy"


@pytest.fixture(scope="session")
def weather() -> Catalogue:
    """A catalogue that has nothing to do with policing: the engine must not mind."""
    return Catalogue(
        parse_facts(
            {
                "wind.speed": {"type": "number", "unit": "knots", "words": "the wind", "means": "Wind.", "example": 12},
                "sky": {
                    "type": "choice", "words": "the sky", "means": "Sky.", "example": "clear",
                    "choices": {"clear": "clear", "cloudy": "cloudy"},
                },
                "sea": {
                    "type": "level", "words": "the sea", "means": "Sea state.", "example": "calm",
                    "choices": {"calm": "calm", "rough": "rough", "high": "high"},
                },
                "boats": {"type": "count", "words": "the number of boats", "means": "Boats.", "example": 3},
                "crew": {"type": "list", "plural": True, "words": "the crew", "means": "Crew.", "example": ["cook"]},
                "radio.works": {
                    "type": "flag", "yes": "the radio works", "no": "the radio is silent", "means": "Radio.",
                    "example": True,
                },
                "harbour": {"type": "text", "words": "the harbour", "means": "Harbour.", "example": "North"},
            },
            "weather",
        )
    )  # fmt: skip
