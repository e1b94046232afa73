"""The components of the government design system that our pages use, each behind a typed helper.

The macros take a dictionary and are silent about names they do not know; a helper cannot be misspelt. Their style sheet
comes without fonts, crown or crest (tools/vendor_frontend.py). They are rendered apart, since they count on undefined
values being empty, and our own templates do not.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, select_autoescape
from markupsafe import Markup


def button(text: str) -> Markup:
    """Return a button that sends the form it stands in."""
    return _render("button", "govukButton", {"text": text, "preventDoubleClick": True})


def text_input(name: str, label: str, hint: str = "", value: str = "", problem: str = "") -> Markup:
    """Return a labelled field of one line; ``problem`` says what is wrong with what was typed."""
    params: dict[str, Any] = {"id": name, "name": name, "value": value, "autocomplete": "off"}
    params["label"] = {"text": label, "classes": "govuk-label--s"}
    params |= {"hint": {"text": hint}} if hint else {}
    params |= {"errorMessage": {"text": problem}} if problem else {}
    return _render("input", "govukInput", params)


def error_summary(problem: str, field: str) -> Markup:
    """Return the box above a form that says what to correct, leading to the field."""
    listed = [{"text": problem, "href": f"#{field}"}]
    return _render("error-summary", "govukErrorSummary", {"titleText": "Please correct this", "errorList": listed})


def _render(component: str, macro: str, params: dict[str, Any]) -> Markup:
    return Markup(_macro(component, macro)(params))  # noqa: S704  made by a template that escapes


@cache
def _macro(component: str, macro: str) -> Any:
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    environment = Environment(
        loader=loader,
        autoescape=select_autoescape(),
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return getattr(environment.get_template(f"govuk_frontend_jinja/components/{component}/macro.html").module, macro)
