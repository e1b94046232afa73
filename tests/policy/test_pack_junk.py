"""Whatever stands in a pack file, the answer is a pack or one clear error."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.policy.evaluate import evaluate
from answerable.policy.pack import load_pack
from answerable.policy.reading import read_yaml_file

junk = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.text(max_size=8), st.builds(list),
    st.builds(dict), st.lists(st.text(max_size=3), max_size=2), st.dictionaries(st.text(max_size=4), st.integers()),
)  # fmt: skip


@pytest.fixture(scope="module")
def document(root: Path) -> dict[str, Any]:
    """A small sound pack as parsed YAML."""
    return dict(read_yaml_file(root / "tests" / "assets" / "policy" / "good.yaml"))


def paths(document: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [here, *(path for key, value in inside for path in paths(value, (*here, key)))]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_junk_anywhere_is_a_pack_or_an_error_that_names_the_file(
    data: st.DataObject, document: dict[str, Any], tmp_path: Path
) -> None:
    changed = copy.deepcopy(document)
    path = data.draw(st.sampled_from(paths(document)[1:]))
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = data.draw(junk)
    file = tmp_path / "junk.yaml"
    file.write_text(json.dumps(changed), encoding="utf-8")
    error = refusal(file)
    assert error is None or "junk.yaml" in error.where


def refusal(file: Path) -> InputError | None:
    """Read a pack and test nothing known on it; return the error that a user would see, None where there is none."""
    try:
        pack = load_pack(file)
    except InputError as error:
        return error
    evaluate(pack, {})
    return None
