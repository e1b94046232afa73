#!/usr/bin/env python3
"""What licences the packages carry that an installed Answerable needs: permissive ones only, exceptions named.

``python tools/licences.py [--write]`` reads the names in requirements/base.txt and the metadata of the installed
packages, and the names and licences in package-lock.json, and prints or writes docs/licences.md; exits 1 where a
licence is neither permissive nor a named exception.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
PERMISSIVE = {"0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0"}
PERMISSIVE |= {"Zlib"}
# File-level copyleft on a list of certificate authorities that we neither change nor ship.
EXCEPTIONS = {"certifi": "MPL-2.0"}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
INTRODUCTION = """# Licences

Answerable is under the Apache License 2.0. An installed copy needs the packages below; the licence is the one that each
package states of itself. All are permissive, with one named exception: `certifi` (MPL-2.0, copyleft by file), a list of
certificate authorities that comes with `pyproj`, is not changed and is not shipped by us. Some wheels carry shared
libraries under terms of their own, among them GEOS (LGPL-2.1) in that of `shapely`.

The extra `postgres` adds `psycopg` (LGPL-3.0-only), the driver of the PostgreSQL store. It is used as it is published,
unchanged and replaceable by its user, and no other part of Answerable needs it.

The wheel carries files of the npm packages in the second table, copied at set-up (`tools/vendor_frontend.py`) without
fonts, crown or crest. MapLibre GL JS, with what it is made of, is loaded by one page alone, when somebody asks for it;
its licence text is served beside it.

This page is made by `make generate` and compared with the installed packages by the tests.

| package | licence |
|---|---|
"""


def required(lock: Path = ROOT / "requirements" / "base.txt") -> list[str]:
    """Names of the packages in a lock file, each once, in its order."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf8"), flags=re.MULTILINE)
    return list(dict.fromkeys(names))


def licence(package: str) -> str | None:
    """The SPDX expression that an installed package states, "unknown" where none is stated, None if not installed."""
    try:
        stated = metadata(package).json
    except PackageNotFoundError:
        return None
    if expression := stated.get("license_expression"):
        return str(expression)
    for classifier in stated.get("classifier", ()):
        if (name := classifier.rpartition(" :: ")[2]) in CLASSIFIERS:
            return CLASSIFIERS[name]
    return str(stated.get("license", "unknown"))


def is_permissive(expression: str) -> bool:
    """Whether an SPDX expression asks for no more than permissive licences do (OR: any part; AND: every part).

    >>> is_permissive("GPL-3.0 OR MIT AND ISC"), is_permissive("MIT AND GPL-3.0")
    (True, False)
    """
    choices = expression.replace("(", "").replace(")", "").split(" OR ")
    return any(all(part.strip() in PERMISSIVE for part in choice.split(" AND ")) for choice in choices)


def refused(found: dict[str, str]) -> dict[str, str]:
    """The packages out of ``found`` whose licence is neither permissive nor a named exception."""
    return {name: text for name, text in found.items() if not is_permissive(text) and EXCEPTIONS.get(name) != text}


def copied(lock: Path = ROOT / "package-lock.json") -> dict[str, str]:
    """The npm packages whose files come with the wheel, or that one of those is made of, with the licence of each."""
    found = json.loads(lock.read_text(encoding="utf8"))["packages"]
    return {name.removeprefix("node_modules/"): one["license"] for name, one in found.items() if name}


def main(arguments: list[str]) -> int:
    """Print the page, or write it with ``--write``; return 1 where a licence is refused."""
    found = {name: text for name in required() if (text := licence(name)) is not None}
    front = copied()
    rows, more = ("".join(f"| {name} | {text} |\n" for name, text in some.items()) for some in (found, front))
    page = f"{INTRODUCTION}{rows}\n| npm package | licence |\n|---|---|\n{more}"
    if "--write" in arguments:
        PAGE.write_text(page, encoding="utf8")
    else:
        print(page, end="")
    not_permissive = refused({**front, **found})
    for name, text in not_permissive.items():
        print(f"not permissive: {name} ({text})", file=sys.stderr)
    return 1 if not_permissive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
