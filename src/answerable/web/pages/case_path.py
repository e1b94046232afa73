"""The address of a case's page."""

from __future__ import annotations

import re


def case_path(case_id: str) -> str:
    """Return the page of a case; every character that could leave the folder or the link is written as its number.

    >>> case_path("2018-0001"), case_path("../x")
    ('case-2018-0001.html', 'case-_2e_2e_2fx.html')
    """
    return f"case-{re.sub('[^A-Za-z0-9-]', lambda found: f'_{ord(found[0]):x}', case_id)}.html"
