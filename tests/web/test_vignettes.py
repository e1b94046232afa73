"""The two example proposals of the first page."""

from __future__ import annotations

import shutil
from pathlib import Path

from answerable.policy.pack import Pack, load_pack
from answerable.web.vignettes import worked_vignettes


def test_a_forecast_alone_is_blocked_and_good_intelligence_may_go_on(pack: Pack) -> None:
    forecast, intelligence = worked_vignettes(pack)
    assert not forecast.holds
    assert {"AP05", "AP08"} <= {finding.rule for finding in forecast.findings if finding.blocks}
    assert intelligence.holds
    assert not any(finding.blocks for finding in intelligence.findings)


def test_the_adopted_copy_of_a_pack_is_tested_on_the_examples_of_its_name(pack: Pack, tmp_path: Path) -> None:
    copied = load_pack(Path(shutil.copy(pack.path, tmp_path)))
    assert [one.holds for one in worked_vignettes(copied)] == [False, True]


def test_a_pack_without_examples_has_none_to_show(pack: Pack, tmp_path: Path) -> None:
    renamed = tmp_path / "own.yaml"
    renamed.write_text(pack.path.read_text().replace("pack: uk.armed_patrol", "pack: own.pack"))
    assert worked_vignettes(load_pack(renamed)) == ()
