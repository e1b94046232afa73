"""The guide to writing a pack shows one that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from answerable.policy.condition import OPERATORS
from answerable.policy.evaluate import evaluate
from answerable.policy.examples import run_examples
from answerable.policy.pack import Pack, load_pack
from answerable.policy.schema import PackFile


@pytest.fixture
def guide(root: Path) -> str:
    """The guide's text."""
    return (root / "docs" / "policy-packs.md").read_text(encoding="utf-8")


@pytest.fixture
def harbour(guide: str, tmp_path: Path) -> Pack:
    """The pack that the guide shows, with its examples beside it."""
    pack, examples = re.findall(r"^```yaml\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "harbour.yaml").write_text(pack, encoding="utf-8")
    (tmp_path / "harbour.tests.yaml").write_text(examples, encoding="utf-8")
    return load_pack(tmp_path / "harbour.yaml")


def test_the_pack_of_the_guide_passes_its_own_examples(harbour: Pack) -> None:
    passed, failed = run_examples(harbour)
    assert failed == []
    assert passed == 9 + 7


def test_the_pack_of_the_guide_answers_in_english(harbour: Pack) -> None:
    finding = evaluate(harbour, {"boat.trip": "training", "boat.wind": 22, "boat.radio": True}).of("H03")
    assert finding.reason == "The wind is 22 knots (below 20 knots is required)."
    assert finding.change == "It would hold if the wind is below 20 knots."


def test_the_guide_names_every_field_and_operator(guide: str) -> None:
    for word in (*PackFile.model_fields, *OPERATORS):
        assert f"`{word}`" in guide, word
