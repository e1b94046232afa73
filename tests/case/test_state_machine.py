"""The promises of a case hold under any story, on the pure fold."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from hypothesis import settings

_PATH = Path(__file__).with_name("machine_rules.py")
_SPEC = importlib.util.spec_from_file_location("machine_rules", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
machine_rules = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("machine_rules", machine_rules)
_SPEC.loader.exec_module(machine_rules)


TestAnyStory = machine_rules.stories(machine_rules.InMemory).TestCase
TestAnyStory.settings = settings(max_examples=500, stateful_step_count=50, deadline=None)
