"""Reading YAML that strangers hand in."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerable.errors import InputError
from answerable.policy.reading import MOST_BYTES, read_yaml, read_yaml_file


def test_times_keys_and_words_stay_what_they_are() -> None:
    read = read_yaml("at: 2018-11-30T20:00:00\non: [yes, no, off]\nyes: 1\nday: 2018-11-30\n", "f")
    assert read == {"at": "2018-11-30T20:00:00", "on": [True, False, "off"], "yes": 1, "day": "2018-11-30"}


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("a: " + "x" * MOST_BYTES, encoding="utf-8")
    with pytest.raises(InputError, match="larger than 256 kB"):
        read_yaml_file(path)
    with pytest.raises(InputError, match="larger than 256 kB"):
        read_yaml("a: " + "x" * MOST_BYTES, "f")


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{b: " * 60_000, "- " * 100_000])
def test_deep_nesting_ends_in_an_error_and_not_in_a_crash(text: str) -> None:
    with pytest.raises(InputError):
        read_yaml(text, "deep.yaml")


def test_a_path_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml_file(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        read_yaml_file(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    "text", ["a: !!python/name:os.system ''", "a: !<tag:x> 1", "a: b: c", "{", "a: \x00", "? [1]\n: 2"]
)
def test_what_is_not_plain_yaml_is_an_error(text: str) -> None:
    with pytest.raises(InputError):
        read_yaml(text, "odd.yaml")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: one\n")
    assert read_yaml_file(path) == {"title": "one"}
