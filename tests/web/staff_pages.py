"""What somebody at a desk does in the browser, and what it takes: fields typed into, choices, pages, and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The keystroke-level model (Card, Moran and Newell 1980), for an average typist: a keystroke, pointing at a field, and
# the pause to think before each; and for reading a page before anything is done on it, our own assumption.
KEY_S, POINT_S, THINK_S, READ_S = 0.28, 1.1, 1.35, 10.0


@dataclass
class Effort:
    """What a journey has taken so far."""

    typed: int = 0
    letters: int = 0
    chosen: int = 0
    pages: int = 0

    @property
    def minutes(self) -> float:
        """How long somebody takes who knows what to write, by the keystroke-level model."""
        fields = self.typed + self.chosen
        return (self.letters * KEY_S + fields * (POINT_S + THINK_S) + self.pages * READ_S) / 60

    def plus(self, other: Effort) -> Effort:
        """Return both together."""
        return Effort(self.typed + other.typed, self.letters + other.letters, self.chosen + other.chosen,
                      self.pages + other.pages)  # fmt: skip


def sign_in(page: Page, served: str, account: str) -> None:
    """Sign in as a pretend person."""
    page.goto(f"{served}/sign-in.html")
    page.get_by_role("button", name=f"Be the {account}", exact=True).click()


def fill(page: Page, fields: Mapping[str, str]) -> Effort:
    """Fill the form of a page as a person does, and return what that took."""
    effort = Effort(pages=1)
    for name, value in fields.items():
        found = page.locator(f'main [name="{name}"]:not([type=hidden])')
        if not found.count():
            continue
        if found.first.get_attribute("type") == "radio":
            page.locator(f'main [name="{name}"][value="{value}"]').check()
            effort.chosen += 1
        elif found.first.evaluate("node => node.tagName") == "SELECT":
            if found.input_value() != value:
                found.select_option(value)
                effort.chosen += 1
        else:
            found.fill(value)
            effort.typed += 1
            effort.letters += len(value)
    return effort
