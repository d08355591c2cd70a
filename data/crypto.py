"""Envelope encryption with AES-256-GCM.

Each object has a data key of its own, wrapped by its owner's key, which a master key wraps:

    object ← data key ← person's key ← master key (versioned, from the settings or var/keys)

What each ciphertext is for (object, owner, versions) is authenticated with it, so that a row or an
object in another's place does not open. Rotation of the master key wraps people's keys anew and
touches no object; destroying a person's key makes all of their objects unreadable, in backups too.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import SkincareError

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = 1  # of everything here; part of what is authenticated


class Undecipherable(SkincareError):
    """It does not open with this key: damaged, swapped, or encrypted with another key."""


def new_key() -> bytes:
    return AESGCM.generate_key(KEY_BYTES * 8)


def seal(content: bytes, user_key: bytes, *, object_key: str, user_id: UUID) -> tuple[bytes, bytes]:
    """The encrypted object, and its data key wrapped by the owner's key."""
    data_key = new_key()
    about = _about("object", object_key, user_id)
    return (
        _encrypt(data_key, content, about),
        _encrypt(user_key, data_key, _about("data key", object_key, user_id)),
    )


def open_(
    sealed: bytes, wrapped_key: bytes, user_key: bytes, *, object_key: str, user_id: UUID
) -> bytes:
    data_key = _decrypt(user_key, wrapped_key, _about("data key", object_key, user_id))
    return _decrypt(data_key, sealed, _about("object", object_key, user_id))


def seal_small(content: bytes, user_key: bytes, *, what: str, user_id: UUID) -> bytes:
    """A few bytes of a person, for a column of the database."""
    return _encrypt(user_key, content, _about("small", what, user_id))


def open_small(sealed: bytes, user_key: bytes, *, what: str, user_id: UUID) -> bytes:
    return _decrypt(user_key, sealed, _about("small", what, user_id))


def wrap_user_key(key: bytes, master: bytes, user_id: UUID, master_version: int) -> bytes:
    return _encrypt(master, key, _about("user key", str(master_version), user_id))


def unwrap_user_key(wrapped: bytes, master: bytes, user_id: UUID, master_version: int) -> bytes:
    return _decrypt(master, wrapped, _about("user key", str(master_version), user_id))


def _about(kind: str, name: str, user_id: UUID) -> bytes:
    return f"skincare|{_FORMAT}|{kind}|{name}|{user_id}".encode()


def _encrypt(key: bytes, content: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, about)


def _decrypt(key: bytes, sealed: bytes, about: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise Undecipherable("The stored file is damaged or does not belong here.") from error
