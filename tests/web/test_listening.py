"""A taken address is a plain error before anything is served, and never a trace."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from answerable.errors import UsageError
from answerable.service.workspace import init_workspace
from answerable.web import listening, serve
from answerable.web.listening import listen
from answerable.web.serve import serve_both, serve_public, serve_staff


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which another program answers."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_is_listened_at() -> None:
    with listen("127.0.0.1", 0) as made, socket.create_connection(made.getsockname(), timeout=5):
        assert made.getsockname()[1] > 0


def test_a_port_whose_server_has_ended_can_be_taken_again() -> None:
    first = listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        first.accept()[0].close()
    first.close()
    listen("127.0.0.1", port).close()


def test_a_taken_port_is_named_with_another_to_try(taken: int) -> None:
    with pytest.raises(UsageError, match="already answers") as raised:
        listen("127.0.0.1", taken)
    assert raised.value.exit_code == 2
    assert str(taken) in raised.value.where
    assert "--port" in raised.value.fix


@pytest.mark.parametrize(
    ("host", "port", "what"),
    [
        ("127.0.0.1", 65_536, "no such port"),
        ("127.0.0.1", -1, "no such port"),
        ("no such host", 8000, "not known"),
        ("a" * 70, 8000, "not known"),
        ("203.0.113.7", 8000, "no such address"),
    ],
)
def test_an_address_that_cannot_be_is_explained(host: str, port: int, what: str) -> None:
    with pytest.raises(UsageError, match=what) as raised:
        listen(host, port)
    assert raised.value.fix


@pytest.mark.parametrize(("number", "says"), [(errno.EACCES, "above 1023"), (errno.EMFILE, "another --port")])
def test_what_the_system_forbids_is_explained(monkeypatch: pytest.MonkeyPatch, number: int, says: str) -> None:
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise OSError(number, "refused")

    monkeypatch.setattr(listening.socket, "socket", Refusing)
    with pytest.raises(UsageError) as raised:
        listen("127.0.0.1", 80)
    assert says in raised.value.fix


def test_both_sites_refuse_a_taken_port_before_they_say_that_they_serve(tmp_path: Path, taken: int) -> None:
    init_workspace(tmp_path / "w")
    said: list[str] = []
    for serving in (serve_public, serve_staff):
        with pytest.raises(UsageError, match="already answers"):
            serving(tmp_path / "w", "127.0.0.1", taken, ready=said.append)
    assert said == []


def test_the_demo_s_two_sites_start_only_where_both_ports_are_free(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    init_workspace(tmp_path / "w")
    monkeypatch.setattr("answerable.web.serve.PUBLIC_PORT", 0)
    monkeypatch.setattr("answerable.web.serve.STAFF_PORT", taken)
    with pytest.raises(UsageError, match="already answers"):
        serve_both(tmp_path / "w")


def test_ctrl_c_ends_a_site_without_a_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def stopped(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        asked.append(sockets)
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", stopped)
    # What it sets is the whole process's, and would outlive this test.
    monkeypatch.setattr("sys.setswitchinterval", lambda _seconds: None)
    with socket.socket() as own:
        serve._run(FastAPI(), own)
        assert asked == [[own]]
