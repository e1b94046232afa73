"""Every pack ships examples that hold, for each of its rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.errors import InputError
from answerable.policy.examples import examples_path, run_examples
from answerable.policy.pack import Pack, load_pack, packs


@pytest.mark.parametrize("name", packs())
def test_all_examples_of_each_pack_hold(name: str) -> None:
    passed, failed = run_examples(load_pack(name))
    assert failed == []
    assert passed > 0


def rewritten(pack: Pack, tmp_path: Path, old: str, new: str) -> Path:
    text = examples_path(pack).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "changed.tests.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_an_example_that_does_not_hold_is_told_with_its_reason(pack: Pack, tmp_path: Path) -> None:
    path = rewritten(pack, tmp_path, "forecast.probability: 0.95}, fails: AP08", "}, passes: AP08")
    _, failed = run_examples(pack, path)
    assert failed[0] == "A forecast alone, however high, is refused: AP08 fails. The forecast is the only basis."
    assert failed[1] == "AP08 has no example that fails."


def test_a_vignette_that_comes_out_otherwise_is_told(pack: Pack, tmp_path: Path) -> None:
    path = rewritten(pack, tmp_path, "blocked_by: [AP05, AP08]", "blocked_by: [AP05, AP09]")
    assert any(line.startswith("V1,") and "not blocked by AP09" in line for line in run_examples(pack, path)[1])
    path = rewritten(pack, tmp_path, "proceeds_to: consult", "proceeds_to: authorise")
    assert any("it proceeds to consult, not to authorise" in line for line in run_examples(pack, path)[1])


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("passes: AP01}", "passes: AP99}", "There is no rule 'AP99' to test"),
        ("passes: AP01}", "pases: AP01}", "Unknown field 'pases'"),
        ("passes: AP01}", "passes: AP01, fails: AP01}", "one of passes, fails, not known"),
        ("{says: Intelligence of", "{facts: {}, passes: AP01}\n  - {says: Intelligence of", "needs a sentence"),
        ("setting: rarity", "setting: rareness", "no setting 'rareness'"),
        ("sound:", "sond:", "facts of a sound case"),
        ("at: urgent", "at: urgently", "'urgently' is not known here"),
        ("like: V8", "like: V99", "'V99' is not known here"),
        ("like: V8", "like: V8a", "'V8a' is not known here"),
        ("shows: AP01", "shows: AP99", "'AP99' is not known here"),
        ("id: V2", "id: V1", "Two vignettes have the same id"),
        ("at: urgent", "at: [urgent]", "is not known here"),
        ("at: urgent", "profile: strict", "'strict' is not known here"),
    ],
)
def test_examples_that_cannot_be_meant_are_errors(
    pack: Pack, tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint.replace("'", ".")):
        run_examples(pack, rewritten(pack, tmp_path, old, new))
