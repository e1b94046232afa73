"""Passkeys: kept as living documents of the workspace, checked by the webauthn library, user verification required."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from answerable.errors import NotAllowed, UsageError
from answerable.place import stamp
from answerable.service.workspace import Workspace
from answerable.web.sessions import Sessions

KIND = "passkey"


@dataclass(frozen=True)
class Passkey:
    """One key of an account: the ``credential`` it is known by, its public key (both base64url), its label."""

    credential: str
    account: str
    public_key: str
    label: str
    at: str

    @property
    def short(self) -> str:
        """Enough of the id to tell keys apart."""
        return self.credential[:12]


@dataclass(frozen=True)
class Party:
    """The site as an authenticator sees it: the ``origin`` of its pages, whose host is the relying party's id."""

    origin: str

    @property
    def id(self) -> str:
        """The id of the relying party; UsageError where the host is a number, for which no key can be made."""
        host = urlsplit(self.origin).hostname or ""
        if not host or host.replace(".", "").isdigit() or ":" in host:
            raise UsageError(
                "Passkeys are bound to a name, and this address is a number.",
                where=self.origin,
                fix="On this machine use http://localhost and the same port.",
            )
        return host


def passkeys(workspace: Workspace, account: str = "") -> list[Passkey]:
    """Return the keys that are in use, of one account or of all."""
    found = []
    for kept in workspace.store.kept(KIND):
        document = json.loads(kept.value)
        if document.get("removed") or (account and document["account"] != account):
            continue
        found.append(Passkey(kept.id, document["account"], document["public_key"], document["label"], stamp(kept.at)))
    return found


def creation_options(workspace: Workspace, party: Party, account: str) -> tuple[dict[str, Any], str]:
    """Return what the browser needs to make a key for an account, and the challenge (base64url)."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=f"Answerable, {workspace.settings.name}",
        user_name=account,
        user_id=account.encode()[:64],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in passkeys(workspace, account)
        ],
    )
    return json.loads(webauthn.options_to_json(options)), bytes_to_base64url(options.challenge)


def add_passkey(  # noqa: PLR0917 -- what a key is kept with
    workspace: Workspace, party: Party, account: str, credential: Any, challenge: str, label: str
) -> Passkey:
    """Keep a key that a browser made; NotAllowed where it does not answer the challenge, or verified nobody."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise _refused(str(error)) from error
    name = bytes_to_base64url(made.credential_id)
    key = Passkey(name, account, bytes_to_base64url(made.credential_public_key), label, "")
    document = {"account": account, "public_key": key.public_key, "label": label}
    workspace.store.keep(KIND, name, json.dumps(document).encode(), workspace.clock.now(), account, after=0)
    return key


def remove_passkey(workspace: Workspace, account: str, credential: str) -> None:
    """Take a key out of use; UsageError where the account has none of that id."""
    if credential not in {one.credential for one in passkeys(workspace, account)}:
        raise UsageError("There is no such passkey.", where=credential[:12], fix="See the list.")
    document = json.dumps({"account": account, "removed": True}).encode()
    workspace.store.keep(KIND, credential, document, workspace.clock.now(), account)


def request_options(party: Party, challenge: bytes | None = None, allowed: list[Passkey] | None = None) -> Any:
    """Return what the browser needs to ask for a key: any of this site, or one of those ``allowed``."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in allowed or []
        ],
    )
    return json.loads(webauthn.options_to_json(options)), bytes_to_base64url(options.challenge)


def check_assertion(
    workspace: Workspace, sessions: Sessions, party: Party, credential: Any, challenge: str
) -> tuple[Passkey, dict[str, str]]:
    """Return the key that signed ``challenge`` (base64url) and the evidence; NotAllowed where none of ours did.

    The evidence is what WebAuthn signs, so that whoever is given it can check the signature without this site.
    """
    name = str(credential.get("id", "")) if isinstance(credential, Mapping) else ""
    key = next((one for one in passkeys(workspace) if one.credential == name), None)
    if key is None:
        raise _refused("the key is not known here")
    try:
        seen = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=sessions.uses(name),
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise _refused(str(error)) from error
    sessions.note_uses(name, seen.new_sign_count)
    said = credential["response"]
    evidence = {
        "credential": name,
        "public_key": key.public_key,
        "authenticator_data": str(said["authenticatorData"]),
        "client_data": str(said["clientDataJSON"]),
        "signature": str(said["signature"]),
    }
    return key, evidence


def check_signature(evidence: Mapping[str, str], party: Party, challenge: bytes) -> None:
    """Check kept evidence anew, without this site's store; NotAllowed where the key did not sign ``challenge``."""
    names = {"authenticatorData": "authenticator_data", "clientDataJSON": "client_data", "signature": "signature"}
    credential = {
        "id": evidence["credential"],
        "rawId": evidence["credential"],
        "type": "public-key",
        "response": {name: evidence[kept] for name, kept in names.items()},
    }
    try:
        webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(evidence["public_key"]),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise _refused(str(error)) from error


def _refused(why: str) -> NotAllowed:
    return NotAllowed("This passkey was not accepted.", where=why[:200], fix="Try again, or use another key.")
