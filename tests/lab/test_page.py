"""The page on the lab: its examples are files that run, and its words are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

from answerable.lab import load_parameters
from answerable.lab.cheating.kinds import KINDS
from answerable.lab.scenario import PolicyText, Scenario, load_scenario
from answerable.lab.sweep import read_sweep

PAGE = Path(__file__).parents[2] / "docs" / "lab.md"


def test_the_examples_are_read_as_they_stand(tmp_path) -> None:
    scenario, sweep = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "town.yaml").write_text(scenario, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(sweep, encoding="utf-8")
    assert [policy.under for policy in load_scenario(str(tmp_path / "town.yaml")).policies] == [
        "",
        "",
        "uk.armed_patrol",
    ]
    plan = read_sweep(tmp_path / "sweep.yaml", load_parameters())
    assert (len(plan.points), plan.runs) == (12, 2400)


def test_every_entry_and_every_kind_of_cheating_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    entries = {*Scenario.model_fields, *PolicyText.model_fields} - {"title", "question"}
    assert [name for name in entries if f"`{name}" not in page] == []
    assert [kind for kind in KINDS if f"| {kind} |" not in page] == []
