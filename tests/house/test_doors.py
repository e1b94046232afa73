"""The front door is small and quick: few names, and no heavy library until a command needs it."""

from __future__ import annotations

import json
import subprocess
import sys

import answerable

SLOW_TO_LOAD = {"alembic", "cryptography", "fastapi", "polars", "pyproj", "scipy", "shapely", "sqlalchemy", "uvicorn"}
HELP = (
    "import sys, answerable.cli.main as m\nsys.argv = ['answerable', '--help']\ntry: m.run()\nexcept SystemExit: pass\n"
)
EVERY_MODULE = """
import importlib, pkgutil, answerable
for module in pkgutil.walk_packages(answerable.__path__, "answerable."):
    if "__main__" not in module.name and ".migrations" not in module.name:
        importlib.import_module(module.name)
"""


def loaded_after(program: str) -> set[str]:
    tell = "\nimport json, sys; print('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program + tell], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_package_exports_few_names_and_every_one_is_there() -> None:
    assert 0 < len(answerable.__all__) <= 25
    assert [name for name in answerable.__all__ if not hasattr(answerable, name)] == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import answerable") & SLOW_TO_LOAD == set()


def test_asking_for_help_loads_nothing_heavy() -> None:
    assert loaded_after(HELP) & SLOW_TO_LOAD == set()


def test_no_room_needs_the_tools_we_only_test_with() -> None:
    loaded = loaded_after(EVERY_MODULE)
    assert loaded & {"duckdb", "hypothesis", "pandas", "playwright", "pytest", "sklearn"} == set()
    assert "scipy.stats" not in loaded
