"""Values that may have to be destroyed: each is encrypted under a key of its own, which one key outside wraps.

Destroying the row of a value and the row of its key leaves nothing of it; a stolen database, without the file of the
one key, shows none. AES-256-GCM for values, RFC 3394 for keys.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from answerable.errors import IntegrityError

KEY_BYTES = 32
NONCE_BYTES = 12
FILE = Path("keys") / "kek"


class Vault:
    """The key-encryption key of one store, in a file beside its head file and never in its database.

    The file is made when the first value is sealed. ``IntegrityError`` where it is needed and missing, or not a key.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key = b""

    def seal(self, value: bytes, place: str, *, fresh: bool) -> tuple[bytes, bytes]:
        """Return ``value`` encrypted, and its wrapped key; ``place`` is bound to it and must be given to open it.

        ``fresh`` is whether nothing was sealed in this store before: only then may the key be made.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.keywrap import aes_key_wrap

        key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, value, place.encode())
        return sealed, aes_key_wrap(self._kek(fresh=fresh), key)

    def open(self, sealed: bytes, wrapped: bytes, place: str) -> bytes:
        """Return the value; ``IntegrityError`` where it was altered, moved or sealed under another key."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

        try:
            key = aes_key_unwrap(self._kek(fresh=False), wrapped)
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, InvalidUnwrap, ValueError) as error:
            raise IntegrityError(
                "A value that is kept back cannot be opened: it was altered, or belongs to another key.",
                where=place,
                fix=f"Restore the key file {self.path.name} that belongs to this record.",
            ) from error

    def _kek(self, *, fresh: bool) -> bytes:
        if not self._key:
            if fresh and not self.path.exists():
                self._make()
            self._key = self._read()
        return self._key

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.draft")
        try:
            draft.touch(mode=0o600)
            with draft.open("w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # Two who make it at once: the first one's stands, since a link never replaces.
            os.link(draft, self.path)
        except FileExistsError:
            return
        finally:
            draft.unlink(missing_ok=True)
        if os.name == "posix":
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _read(self) -> bytes:
        try:
            key = bytes.fromhex(self.path.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise IntegrityError(
                "The key to what is kept back cannot be read.",
                where=str(self.path),
                fix="Restore it from where it is kept apart from the backups of the database.",
            ) from error
        if len(key) != KEY_BYTES:
            raise IntegrityError("The key to what is kept back is not one.", where=str(self.path))
        return key
