"""What is said where a request is not let in, or not carried out: what happened, and what one can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from answerable.errors import AnswerableError
from answerable.web.render import Frame, Page, html, twin

STRAP = "Staff only: more than the public may see"


@dataclass(frozen=True)
class Refusal:
    """One answer that is no page of the site: its ``status``, what it is called, what happened and what one can do."""

    status: int
    title: str
    says: str
    fix: str = ""
    where: str = ""

    @classmethod
    def of(cls, status: int, title: str, error: AnswerableError) -> Refusal:
        """Return the refusal that an error of ours amounts to."""
        return cls(status, title, error.what, error.fix, error.where)

    @property
    def page(self) -> Page:
        """The refusal as a page."""
        data: dict[str, Any] = {"status": self.status, "says": self.says, "fix": self.fix, "where": self.where}
        return Page("refused.html", self.title, "staff/refused.html", data)

    def as_html(self, frame: Frame | None = None, navigation: tuple[tuple[str, str], ...] = ()) -> bytes:
        """Return it for people."""
        return html(self.page, frame or Frame.unread(), navigation, STRAP)

    def as_json(self, frame: Frame | None = None) -> bytes:
        """Return it for programs."""
        return twin(self.page, frame or Frame.unread())


WRONG_HOST = Refusal(
    421, "Not this site", "This site does not answer to that name.", "Use the address that it printed when it started."
)
FOREIGN = Refusal(
    403,
    "Sent from somewhere else",
    "This was not sent from a page of this site, so nothing was done.",
    "Open the page here and send it again. If a link or a message led you there, tell whoever runs this site.",
)
TOO_OFTEN = Refusal(
    429,
    "Too many requests",
    "Too much was sent from here within a minute; this one was not looked at.",
    "Wait a minute.",
)
TOO_LARGE = Refusal(
    413,
    "Too large",
    "What was sent is larger than this page takes, so it was not kept.",
    "A form takes 256 KB and a file 100 MB. Split a larger file, or use the command answerable import.",
)
SIGN_IN = Refusal(401, "Sign in first", "Nobody is signed in here, or the session has ended.", "Sign in and try again.")
NOT_FOUND = Refusal(404, "Page not found", "There is no page at this address.", "Check it, or start at the first page.")
NOT_HERE = Refusal(405, "Not possible here", "This address does not take that kind of request.", "Use its page.")
BROKEN = Refusal(
    500, "Something went wrong here", "The fault is in this site, not in what you did.", "What was kept before is kept."
)
OVER = Refusal(
    410,
    "This link is over",
    "It was used before, or its time has run out. Nothing was lost.",
    "Ask whoever sent it for a new one.",
)
ONE_FORM = Refusal(
    403,
    "Not by this link",
    "The link that you came by opens one case, and the form for your advice on it.",
    "Go back to that form. Whoever has an account here can sign in.",
)


def role_needed(roles: tuple[str, ...]) -> Refusal:
    """Return what is said to somebody whose account holds none of the roles that an act takes."""
    words = " or ".join(role.replace("_", " ") for role in roles) or "that this policy gives to nobody"
    return Refusal(403, "Not with this account", f"To do this takes the role {words}.", "Ask someone who holds it.")
