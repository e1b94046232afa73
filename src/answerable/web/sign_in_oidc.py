"""Signing in through a force's own provider of identities: OpenID Connect, code flow with PKCE, nonce and state."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

import httpx
from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from answerable.errors import NotAllowed, UsageError
from answerable.web.desk import NOBODY_NEEDED, SHORT, Desk, Result, Visit
from answerable.web.pages.staff_refusals import Refusal
from answerable.web.render import Page
from answerable.web.sign_in import admitted
from answerable.web.staff_settings import OidcSettings

ALGORITHMS = ["RS256", "ES256", "EdDSA", "PS256"]
_PATIENCE_S = 10
NONE = Refusal(404, "No provider", "This site knows no provider of identities.", "Sign in with a passkey.")


def add_oidc(desk: Desk) -> None:
    """Put the routes into the site; without a provider in the settings they say that there is none."""
    nobody = (NOBODY_NEEDED,)
    desk.act("/sign-in/oidc", begin, nobody, "Sign in through your force")
    desk.page("/sign-in-back", back, nobody, "Back from your force's provider", query=("code", "state", "error"))
    desk.act("/sign-in/finish", finish, nobody, "Finish signing in", ("ticket",))


def begin(visit: Visit) -> Result:
    """Send the visitor to the provider, with everything that ties the answer to this beginning."""
    settings = visit.desk.settings.oidc
    if settings is None:
        return NONE
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    state = visit.desk.sessions.keep_once("oidc", {"verifier": verifier, "nonce": nonce}, SHORT)
    asked = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": _redirect(visit),
        "scope": "openid profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    url = add_params_to_uri(_provider(settings.issuer)["authorization_endpoint"], list(asked.items()))
    data = {"url": url, "issuer": settings.issuer}
    return Page("sign-in-away.html", "Go on at your force", "staff/oidc.html", data)


def back(visit: Visit) -> Result:
    """Check what the provider says; the session begins with the button on the page, which is sent from this site."""
    settings = visit.desk.settings.oidc
    if settings is None:
        return NONE
    held = visit.desk.sessions.take("oidc", visit.query.get("state", ""))
    if held is None or "code" not in visit.query:
        raise NotAllowed("Your force's provider did not let you in, or this took too long.", fix="Sign in again.")
    claims = _claims(visit, settings, visit.query["code"], held)
    account = str(claims.get(settings.account_claim, ""))
    if visit.workspace.store.person(account) is None:
        raise NotAllowed("You are known to your force, and have no account here.", where=account, fix="Ask for one.")
    ticket = visit.desk.sessions.keep_once("oidc known", {"account": account}, SHORT)
    return Page("sign-in-back.html", "You are known", "staff/oidc_back.html", {"account": account, "ticket": ticket})


def finish(visit: Visit) -> Result:
    """Begin the session."""
    held = visit.desk.sessions.take("oidc known", visit.text("ticket"))
    if held is None:
        return Refusal(409, "Too late", "This took too long, or was answered before.", "Sign in again.")
    return admitted(visit, held["account"], "oidc")


def _claims(visit: Visit, settings: OidcSettings, code: str, held: dict[str, Any]) -> dict[str, Any]:
    """Return the checked claims; NotAllowed where signature, issuer, audience, nonce or time are not right."""
    provider = _provider(settings.issuer)
    try:
        token = _post(visit, settings, provider["token_endpoint"], code, held["verifier"])
        keys = KeySet.import_key_set(httpx.get(provider["jwks_uri"], timeout=_PATIENCE_S).raise_for_status().json())
        read = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.client_id},
            nonce={"essential": True, "value": held["nonce"]},
            sub={"essential": True},
            exp={"essential": True},
        )
        registry.validate(read.claims)
    except (JoseError, httpx.HTTPError, KeyError, ValueError) as error:
        raise _unproven(error) from error
    return dict(read.claims)


def _unproven(error: Exception) -> NotAllowed:
    where = f"{type(error).__name__}: {error}"[:200]
    return NotAllowed("What your force's provider says could not be checked.", where=where, fix="Sign in again.")


@lru_cache(maxsize=8)
def _provider(issuer: str) -> dict[str, Any]:
    """Return what the provider says of itself; UsageError where it cannot be asked, or names another issuer."""
    try:
        asked = httpx.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=_PATIENCE_S)
        found: dict[str, Any] = asked.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise UsageError("Your force's provider does not answer.", where=issuer, fix="Try again later.") from error
    if found.get("issuer", "").rstrip("/") != issuer.rstrip("/"):
        raise UsageError("The provider names another issuer than the settings.", where=issuer, fix="Mend staff.toml.")
    return found


def _post(visit: Visit, settings: OidcSettings, endpoint: str, code: str, verifier: str) -> dict[str, Any]:
    """Return what the provider gives for a code; UsageError where this site's secret cannot be read."""
    try:
        secret = (visit.workspace.folder / settings.secret_file).read_text(encoding="utf8").strip()
    except OSError as error:
        raise UsageError("The provider's secret cannot be read.", where=settings.secret_file) from error
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _redirect(visit),
        "code_verifier": verifier,
    }
    asked = httpx.post(endpoint, data=sent, auth=(settings.client_id, secret), timeout=_PATIENCE_S)
    found: dict[str, Any] = asked.raise_for_status().json()
    return found


def _redirect(visit: Visit) -> str:
    return f"{visit.desk.settings.origin or visit.origin}/sign-in-back.html"
