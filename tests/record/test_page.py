"""The standalone page in a real browser, from the disk and from a server: what holds and what does not."""

from __future__ import annotations

import functools
import http.server
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import oracles

pytestmark = pytest.mark.browser


@pytest.fixture
def handed(log, put, tmp_path) -> Path:
    log.add_sealed(reasons="Not the last resort.")
    put(tmp_path / "public", log)
    (tmp_path / "altered.tlog-proof").write_text(log.proof(4).replace("index 4", "index 5"), encoding="utf-8")
    return tmp_path


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(handed) -> Iterator[str]:
    """The public folder behind a plain file server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=handed / "public"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def checked(browser, address: str, proof: Path, policy: Path) -> tuple[str, str, list[str]]:
    """Return the mark, the words, and every address the page asked for."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_label("The proof file").set_input_files(proof)
    page.get_by_label("Your policy file").set_input_files(policy)
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector("output.good, output.bad")
    found = page.get_by_role("status")
    mark, said = found.get_attribute("class"), found.inner_text()
    page.close()
    return str(mark), said, asked


@pytest.mark.parametrize("way", ["file", "http"])
def test_a_whole_proof_is_verified_and_said_with_its_limits(browser, handed, served, way):
    public = handed / "public"
    address = (public / "verify/index.html").as_uri() if way == "file" else f"{served}/verify/index.html"
    mark, said, asked = checked(browser, address, public / "proofs/11.tlog-proof", public / "log-policy")
    assert mark == "good"
    assert said.startswith("SIMULATED")
    assert "Verified: this entry is in the log, unaltered. That does not prove that it is true" in said
    assert '"reasons": "Not the last resort."' in said
    assert {url.rpartition("/")[2] for url in asked} == {"index.html", "verify.js", "verify.css"}


def test_an_altered_proof_is_refused_with_its_reason(browser, handed):
    public = handed / "public"
    address = (public / "verify/index.html").as_uri()
    mark, said, _ = checked(browser, address, handed / "altered.tlog-proof", public / "log-policy")
    assert (mark, said) == ("bad", "Not verified. The proof does not lead from this entry to the signed root.")
    mark, said, _ = checked(browser, address, public / "log-policy", public / "log-policy")
    assert (mark, said) == ("bad", "Not verified. This is not a whole proof file.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_can_be_read_in_light_and_dark(browser, handed, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme=scheme)
    page.goto((handed / "public/verify/index.html").as_uri() + "#site")
    for proof in ("public/proofs/4.tlog-proof", "altered.tlog-proof"):
        page.get_by_label("The proof file").set_input_files(handed / proof)
        page.get_by_label("Your policy file").set_input_files(handed / "public/log-policy")
        page.get_by_role("button", name="Check").click()
        page.wait_for_selector("output.bad" if "altered" in proof else "output.good")
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground))) < 200) == (scheme == "dark")
    page.close()


def test_only_who_came_from_a_record_s_pages_is_shown_the_way_back_to_them(browser, handed):
    address = (handed / "public/verify/index.html").as_uri()
    for mark, way in (("", None), ("#site", "../index.html"), ("#folder", "../../index.html")):
        page = browser.new_page()
        page.goto(address + mark)
        shown = [one.get_attribute("href") for one in page.get_by_role("link", name="Back to the record").all()]
        assert shown == ([] if way is None else [way])
        page.close()


@pytest.mark.parametrize(("proof", "code"), [("public/proofs/4.tlog-proof", 0), ("altered.tlog-proof", 4)])
def test_the_same_file_runs_under_node(handed, proof, code):
    script = handed / "public/verify/verify.js"
    command = [oracles.node(), "--no-warnings", str(script), str(handed / proof), str(handed / "public/log-policy")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stdout.startswith("Verified: entry 4 of 12" if code == 0 else "Not verified. ")
