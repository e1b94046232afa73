"""The rooms are light to enter: what is heavy is loaded when it is needed."""

from __future__ import annotations

import subprocess
import sys


def test_entering_the_rooms_loads_nothing_heavy() -> None:
    program = (
        "import sys, answerable.policy, answerable.case, answerable.intel\n"
        "print([name for name in ('pydantic', 'yaml', 'numpy', 'shapely', 'pyproj', 'polars') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_deciding_a_case_needs_neither_tables_nor_projections() -> None:
    program = (
        "import sys, answerable.case.machine, answerable.policy.pack\n"
        "print([name for name in ('pydantic', 'pyproj', 'polars', 'scipy', 'sqlalchemy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
