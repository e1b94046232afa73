"""What every test may ask for: the real data, a browser, a database server, and the settings of the property tests.

What is missing is skipped with its reason, unless it is required (``--require-realdata``, ``--require-browser``,
``--require-postgres``: so in CI), and then the run ends at once and says what to install.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

import postgres_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("ANSWERABLE_SHARED_DATA") or ROOT.parent / "shared" / "data")

# The product asks for every flush in the tests as ever; on a disk they would mostly wait for it.
MEMORY = Path("/dev/shm")
ROOM = 4 << 30
JOURNEYS = ROOT / "tests" / "journeys"

# In CI the same examples every time, so that a red run can be had again; at a desk new ones each time.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev")
)


def chromium_path() -> Path | None:
    """The browser named by $CHROMIUM, or the system's own; None where there is none."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(named) if named and Path(named).is_file() else None


def absent() -> dict[str, str]:
    """Why tests with a marker cannot run here: marker to reason, only for what is absent."""
    reasons = {}
    if not SHARED_DATA.is_dir():
        reasons["realdata"] = f"no real data at {SHARED_DATA} (set ANSWERABLE_SHARED_DATA)"
    if chromium_path() is None:
        reasons["browser"] = "no Chromium (make system, or set CHROMIUM)"
    if not os.environ.get("ANSWERABLE_TEST_POSTGRES") and postgres_server.binaries() is None:
        reasons["postgres"] = "no PostgreSQL (make system, or set ANSWERABLE_TEST_POSTGRES)"
    return reasons


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the Makefile and CI pass on."""
    parser.addoption("--require-realdata", action="store_true", help="fail, not skip, where the real data is absent")
    parser.addoption("--require-browser", action="store_true", help="fail, not skip, where Chromium is absent")
    parser.addoption("--require-postgres", action="store_true", help="fail, not skip, where PostgreSQL is absent")
    parser.addoption("--slow", action="store_true", help="run the slow tests too")


def pytest_configure(config: pytest.Config) -> None:
    """End at once where something required is absent; keep what is temporary in memory, where there is room."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None
    for marker, reason in absent().items():
        if config.getoption(f"--require-{marker}"):
            raise pytest.UsageError(f"--require-{marker}: {reason}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip, with the reason shown, what cannot run here or was not asked for; begin with what takes longest."""
    # A story told by its commands has one test and takes minutes: begun last, it would run on alone.
    items.sort(key=lambda item: JOURNEYS not in item.path.parents)
    reasons = absent()
    if not config.getoption("--slow"):
        reasons["slow"] = "slow: add --slow"
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real, openly licensed data; mark the test ``realdata``."""
    if not SHARED_DATA.is_dir():
        pytest.skip(absent()["realdata"])
    return SHARED_DATA


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program; mark the test ``browser``."""
    path = chromium_path()
    if path is None:
        pytest.skip(absent()["browser"])
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server whose user may make databases; mark the test ``postgres``."""
    named = os.environ.get("ANSWERABLE_TEST_POSTGRES")
    programs = postgres_server.binaries()
    if named:
        yield named
    elif programs is None:
        pytest.skip(absent()["postgres"])
    else:
        with postgres_server.running(programs) as server:
            yield server.url


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Iterator[Callable[..., str]]:
    """Make an empty database, or a copy of one, and return its address; all are gone at the end."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    made: list[str] = []
    with psycopg.connect(postgres, autocommit=True) as server:

        def make(like: str = "") -> str:
            name = f"answerable_{os.getpid()}_{len(made)}"
            template = conninfo_to_dict(like)["dbname"] if like else "template0 ENCODING 'UTF8'"
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            made.append(name)
            return make_conninfo(postgres, dbname=name)

        yield make
        # Our own server goes away whole.
        for name in made if os.environ.get("ANSWERABLE_TEST_POSTGRES") else ():
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A running headless Chromium, kept to this machine: its own calls home are switched off.

    One for each module, not for the whole run: Playwright keeps an event loop in the main thread while it is open.
    """
    from playwright.sync_api import sync_playwright

    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield running
        running.close()
