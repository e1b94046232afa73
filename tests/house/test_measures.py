"""The limits the house keeps to, and the rule that measures them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import house


@pytest.fixture(scope="module")
def measured(root: Path) -> house.House:
    return house.measure(root)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / "src" / "town" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    (folder / "tests").mkdir(exist_ok=True)
    return folder


def test_no_file_is_too_long_to_read_in_one_sitting(measured: house.House) -> None:
    assert measured.longest.lines <= 500, measured.longest.path
    assert measured.median_file <= 200


def test_nine_functions_in_ten_are_read_at_a_glance(measured: house.House) -> None:
    assert measured.function_p90 <= 45


def test_what_is_public_says_what_it_does_and_what_it_returns(measured: house.House) -> None:
    assert measured.documented >= 95
    assert measured.annotated >= 99


def test_no_modules_need_each_other_at_import(measured: house.House) -> None:
    assert measured.cycles == []


def test_the_table_says_which_limit_was_crossed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, bank="def pay():\n    pass\n")
    assert house.main(tmp_path) == 1
    assert "public docstrings, %               0   >= 95    CROSSED" in capsys.readouterr().out


def test_a_cycle_is_found_and_named(tmp_path: Path) -> None:
    write(tmp_path, north="from town import south\n", south="import town.north\n", west="from . import north\n")
    modules = house.modules(tmp_path / "src")
    names = {module.name for module in modules}
    graph = {module.name: house.imports(module, names) for module in modules}
    assert house.cycles(graph) == [["town.north", "town.south"]]


def test_an_import_for_types_or_inside_a_function_makes_no_cycle(tmp_path: Path) -> None:
    lazy = """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from town import south
        def walk():
            from town import south
    """
    write(tmp_path, north=lazy, south="from town.north import walk\n")
    modules = house.modules(tmp_path / "src")
    names = {module.name for module in modules}
    found = {module.name: house.imports(module, names) for module in modules}
    assert found == {"town.north": set(), "town.south": {"town.north"}}


def test_an_import_that_is_tried_counts(tmp_path: Path) -> None:
    write(tmp_path, north="try:\n    from .south import x\nexcept ImportError:\n    x = 1\n", south="x = 2\n")
    module = next(m for m in house.modules(tmp_path / "src") if m.name == "town.north")
    assert house.imports(module, {"town.south"}) == {"town.south"}
