"""What an installed copy needs is free to use: permissive licences, every exception named and explained."""

from __future__ import annotations

from pathlib import Path

import pytest

import licences


@pytest.fixture(scope="module")
def stated() -> dict[str, str]:
    return {name: text for name in licences.required() if (text := licences.licence(name)) is not None}


def test_every_needed_package_has_a_permissive_licence_or_a_named_exception(stated: dict[str, str]) -> None:
    assert len(stated) > 30
    assert licences.refused(stated) == {}


def test_the_page_tells_the_licence_of_every_installed_package(stated: dict[str, str]) -> None:
    page = licences.PAGE.read_text(encoding="utf8")
    assert [name for name, text in stated.items() if f"| {name} | {text} |" not in page] == [], "run: make generate"


def test_every_exception_is_explained_on_the_page() -> None:
    page = licences.PAGE.read_text(encoding="utf8")
    assert all(f"`{name}` ({text}" in page for name, text in licences.EXCEPTIONS.items())


def test_the_install_stays_under_sixty_packages() -> None:
    assert len(licences.required()) < 60


def test_a_package_under_an_unknown_licence_is_refused() -> None:
    assert licences.refused({"a": "unknown", "b": "MIT OR GPL-3.0", "certifi": "GPL-3.0"}) == {
        "a": "unknown",
        "certifi": "GPL-3.0",
    }


def test_our_own_licence_is_the_one_that_the_package_states(root: Path) -> None:
    text = (root / "LICENSE").read_text(encoding="utf8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert 'license = "Apache-2.0"' in (root / "pyproject.toml").read_text(encoding="utf8")
