"""The documents keep step with the program: commands, the changes, and what the 2018 plan asks of us."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import cli_docs

KINDS = ("added", "changed", "fixed", "removed", "security")
REQUIREMENT = re.compile(r"^\| (G\d\d) \|(.*)\|\s*$", flags=re.MULTILINE)


@pytest.fixture(scope="module")
def requirements(root: Path) -> dict[str, list[str]]:
    """The rows of the table of traceability, by their id."""
    text = (root / "docs" / "traceability.md").read_text(encoding="utf8")
    return {name: [cell.strip() for cell in row.split(" | ")] for name, row in REQUIREMENT.findall(text)}


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert cli_docs.PAGE.read_text(encoding="utf8") == cli_docs.page(), "run: make generate"


def test_every_command_says_what_it_is_for() -> None:
    from typer.main import get_command

    from answerable.cli.main import app

    silent = [
        " ".join(path) for path, command in cli_docs.commands(get_command(app), ("answerable",)) if not command.help
    ]
    assert silent == []


def test_every_command_shown_in_a_document_exists(documents: dict[str, str]) -> None:
    from typer.main import get_command

    from answerable.cli.main import app

    known = {path for path, _ in cli_docs.commands(get_command(app), ("answerable",))}
    shown = re.compile(r"^(?:\$ )?((?:answerable)(?: [a-z][a-z-]*)+)", flags=re.MULTILINE)
    wrong = []
    for document, text in documents.items():
        for block in re.findall(r"^```(?:sh|bash|console|text)?\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
            for words in shown.findall(block):
                path = tuple(words.split())
                if path[:2] not in known:
                    wrong.append(f"{document}: {words}")
    assert wrong == []


def test_every_requirement_of_the_2018_article_has_its_row(requirements: dict[str, list[str]]) -> None:
    assert sorted(requirements) == [f"G{number:02}" for number in range(1, 35)]
    assert [name for name, cells in requirements.items() if len(cells) != 4 or not all(cells)] == []


def test_a_requirement_is_shown_by_tests_that_exist(requirements: dict[str, list[str]], root: Path) -> None:
    wrong = []
    for name, (*_, shown_by) in requirements.items():
        tests = re.findall(r"`([^`]+)`", shown_by)
        if not tests:
            wrong.append(f"{name}: no test")
        wrong += [f"{name}: {test}" for test in tests if not exists(root, test)]
    assert wrong == []


def exists(root: Path, test: str) -> bool:
    """Whether `file::name` is a test function of a Python file, or a name in a file of worked examples."""
    file, _, name = test.partition("::")
    path = root / file
    if not path.is_file() or not name:
        return False
    text = path.read_text(encoding="utf8")
    if path.suffix != ".py":
        return re.search(rf"\b{re.escape(name)}\b", text) is not None
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(ast.parse(text)))


def test_a_made_up_test_would_be_noticed(root: Path) -> None:
    here = str(Path(__file__).relative_to(root))
    assert exists(root, f"{here}::test_a_made_up_test_would_be_noticed")
    assert not exists(root, f"{here}::test_that_nobody_wrote")
    assert not exists(root, "tests/nowhere.py::test_x")


def test_every_change_is_told_in_a_fragment_of_its_own(root: Path) -> None:
    fragments = [path for path in (root / "changelog.d").glob("*.md") if path.name != "README.md"]
    for path in fragments:
        assert re.fullmatch(rf"[a-z0-9-]+\.(?:{'|'.join(KINDS)})\.md", path.name), path.name
        text = path.read_text(encoding="utf8").strip()
        assert text.endswith("."), f"{path.name}: whole sentences, please"
        assert "\n\n" not in text, f"{path.name}: one paragraph"
        assert not text.startswith(("#", "-", "*")), f"{path.name}: plain text"
        assert len(text) <= 500, f"{path.name}: at most 500 characters"
