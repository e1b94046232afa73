"""Places and windows, never persons: no field of ours has a name that describes a person.

Column names that a publisher uses for persons stand in the code only as words to be dropped at the door, so the scan
looks at what we define: fields of classes, columns of tables, properties of published schemas, facts of rules.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

WORDS = {
    "birth", "dob", "ethnic", "ethnicity", "forename", "gang", "gender", "nationality", "nominal", "offender",
    "passport", "perpetrator", "photo", "race", "racial", "religion", "sex", "surname", "suspect", "victim",
}  # fmt: skip
NAMES = {"age", "age_band", "age_group", "first_name", "full_name", "home_address", "last_name", "person_name", "phone"}
TABLES = {"Column", "Schema", "mapped_column"}


def describes_a_person(name: str) -> bool:
    """Whether a dotted or underscored name speaks of who somebody is."""
    last = name.lower().rpartition(".")[2]
    return last in NAMES or bool(WORDS & set(last.split("_")))


def fields(tree: ast.AST) -> Iterator[str]:
    """Names of fields of classes and of columns of tables that a file defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from (
                s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            )
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in TABLES:
            keys = [key for argument in node.args[:1] if isinstance(argument, ast.Dict) for key in argument.keys]
            for constant in (*node.args[:1], *keys):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    yield constant.value


def properties(schema: Any) -> Iterator[str]:
    """Names of properties anywhere in a JSON schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from properties(part)


def facts(node: Any) -> Iterator[str]:
    """Names of facts anywhere in a policy pack."""
    if isinstance(node, dict):
        if isinstance(node.get("fact"), str):
            yield node["fact"]
        for part in node.values():
            yield from facts(part)
    elif isinstance(node, list):
        for part in node:
            yield from facts(part)


def test_no_class_or_table_has_a_field_about_a_person(root: Path) -> None:
    found = [
        f"{path.relative_to(root)}: {name}"
        for path in sorted((root / "src").rglob("*.py"))
        for name in fields(ast.parse(path.read_text(encoding="utf8")))
        if describes_a_person(name)
    ]
    assert found == []


def test_no_published_schema_has_a_property_about_a_person(root: Path) -> None:
    schemas = sorted((root / "docs" / "schemas").glob("*.json"))
    named = {path.name: list(properties(json.loads(path.read_text(encoding="utf8")))) for path in schemas}
    assert [(file, name) for file, names in named.items() for name in names if describes_a_person(name)] == []


def test_no_rule_looks_at_a_fact_about_a_person(root: Path) -> None:
    packs = sorted((root / "src" / "answerable" / "policy").rglob("*.yaml"))
    named = {path.name: list(facts(yaml.safe_load(path.read_text(encoding="utf8")))) for path in packs}
    assert any(named.values()), "no pack was read"
    assert [(file, name) for file, names in named.items() for name in names if describes_a_person(name)] == []


@pytest.mark.parametrize(
    "name", ["ethnicity", "victim_age", "date_of_birth", "subject.surname", "age_group", "gang_member"]
)
def test_the_scan_knows_a_person_when_it_sees_one(name: str) -> None:
    assert describes_a_person(name)


@pytest.mark.parametrize(
    "name", ["n_harmed", "intel.best_age_hours", "severity", "name", "message", "stage", "sexed_up.x"]
)
def test_the_scan_leaves_places_counts_and_offices_alone(name: str) -> None:
    assert not describes_a_person(name)


def test_the_scan_reads_classes_and_tables() -> None:
    code = "class A:\n    dob: str\nColumn('race', x)\npl.Schema({'x': 1, 'sex': 2})\nother('gender')\n"
    assert list(fields(ast.parse(code))) == ["dob", "race", "x", "sex"]
