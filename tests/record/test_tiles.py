"""Which static files a log has, where they lie, and that reading them strictly gives back what was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record.errors import Altered
from answerable.record.tiles import (
    ENTRIES,
    Tile,
    decode_bundle,
    decode_tile,
    encode_bundle,
    render,
    tiles_of,
    tiles_to_write,
)


def test_a_log_of_70000_entries_has_the_files_that_the_format_counts():
    tiles = tiles_of(70_000)
    full = {level: sum(t.level == level and t.width == 256 for t in tiles) for level in (ENTRIES, 0, 1, 2)}
    partial = {t.level: t.width for t in tiles if t.width < 256}
    assert full == {ENTRIES: 273, 0: 273, 1: 1, 2: 0}
    assert partial == {ENTRIES: 112, 0: 112, 1: 17, 2: 1}


def test_paths_are_those_of_the_format():
    assert Tile(0, 0).path == "tile/0/000"
    assert Tile(1, 17, 3).path == "tile/1/017.p/3"
    assert Tile(ENTRIES, 1_234_067).path == "tile/entries/x001/x234/067"
    assert Tile(ENTRIES, 1_000, 255).path == "tile/entries/x001/000.p/255"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536])
def test_no_file_is_empty_and_every_entry_is_in_one(size):
    tiles = tiles_of(size)
    assert all(1 <= tile.width <= 256 for tile in tiles)
    assert sum(tile.width for tile in tiles if tile.level == ENTRIES) == size
    assert sum(tile.width for tile in tiles if tile.level == 1) == size // 256


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_growth_writes_only_what_is_new(a, b):
    old, new = sorted((a, b))
    written = tiles_to_write(old, new)
    assert set(written) <= set(tiles_of(new))
    assert {t.path for t in tiles_of(new)} - {t.path for t in tiles_of(old)} == {t.path for t in written}


def test_a_file_holds_the_hashes_and_entries_of_its_log(new_log):
    log = new_log().add(300)
    assert decode_tile(render(Tile(0, 1, 44), log), 44) == [log.node(0, index) for index in range(256, 300)]
    assert decode_tile(render(Tile(1, 0, 1), log), 1) == [log.node(8, 0)]
    assert decode_bundle(render(Tile(ENTRIES, 1, 44), log), 44) == log.entries[256:]


@given(st.lists(st.binary(max_size=70), max_size=8))
def test_a_bundle_gives_its_entries_back(entries):
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


@pytest.mark.parametrize(("raw", "width"), [(b"\x00", 1), (b"\x00\x02a", 1), (b"\x00\x01a", 2), (b"\x00\x01a" * 2, 1)])
def test_a_bundle_with_more_fewer_or_half_entries_is_refused(raw, width):
    with pytest.raises(Altered):
        decode_bundle(raw, width)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_tile_of_another_length_is_refused(length):
    with pytest.raises(Altered):
        decode_tile(bytes(length), 1)


def test_an_entry_too_long_for_the_format_is_refused():
    with pytest.raises(ValueError, match="65535"):
        encode_bundle([bytes(65_536)])
