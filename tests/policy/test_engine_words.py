"""The engine knows no policing words: what rules are about is data."""

from __future__ import annotations

import re
from pathlib import Path

WORDS = r"police|polic(?:ing|e)|armed|officer|weapon|patrol|incident|firearm|crime|violence|commander|intelligence"


def test_no_word_of_the_trade_stands_in_the_engines_code(root: Path) -> None:
    engine = root / "src" / "answerable" / "policy"
    found = {
        f"{path.name}: {match.group()}"
        for path in engine.glob("*.py")
        for match in re.finditer(rf"\b(?:{WORDS})\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    }
    assert found == set()
