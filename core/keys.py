"""Secrets that the product makes for itself, kept in `var/keys` for the owner's eyes only."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path

from core.errors import Unavailable
from core.settings import JWT_KEY_BYTES, MASTER_KEY_BYTES, settings

_MASTER = "master.key"


def read_or_make(name: str, size: int = 32) -> bytes:
    """The secret of this name: `size` random bytes, made by whoever asks first.

    Processes that ask at the same moment get the same answer. A file of the wrong size is an
    error, never replaced: what it encrypted would be lost.
    """
    path = settings().var / "keys" / name
    try:
        return _read(path, size)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        _write_once(path, base64.b64encode(secrets.token_bytes(size)))
        return _read(path, size)


def master_keys() -> dict[int, bytes]:
    """The keys that wrap people's keys, by version. The highest version wraps new ones.

    From the setting, as `BASE64` (version 1) or, while rotating, `2:BASE64,1:BASE64`; otherwise
    the file `var/keys/master.key` is version 1, made at the first start.
    """
    given = settings().master_key
    if given is None:
        return {1: read_or_make(_MASTER, MASTER_KEY_BYTES)}
    keys = {}
    for part in given.get_secret_value().split(","):
        match = re.fullmatch(r"\s*(?:([1-9]\d{0,5}):)?([A-Za-z0-9+/_=-]+)\s*", part)
        key = _decoded(match[2]) if match else b""
        if match is None or len(key) != MASTER_KEY_BYTES:
            raise Unavailable(
                f"SKINCARE_MASTER_KEY is not {MASTER_KEY_BYTES} bytes in base64. "
                "Restore the key that the photos were encrypted with."
            )
        keys[int(match[1] or 1)] = key
    return keys


def jwt_key() -> bytes:
    """The key that signs the API's tokens: as set, or made at the first start."""
    given = settings().jwt_secret_key
    return given.get_secret_value().encode() if given else _own_jwt_key(settings().var)


@lru_cache(maxsize=4)
def _own_jwt_key(var: Path) -> bytes:  # asked at every request
    return read_or_make("jwt.key", max(JWT_KEY_BYTES.values()))


def pseudonym(kind: str, value: str) -> str:
    """A name for `value` that cannot be turned back without our key: 32 hex digits.

    The same value has the same pseudonym within one `kind`, and another in every other kind.
    """
    key = read_or_make("pseudonyms.key")
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def _read(path: Path, size: int) -> bytes:
    key = _decoded(path.read_text(encoding="ascii", errors="replace").strip())
    if len(key) != size:
        raise Unavailable(f"{path} is damaged. Restore it from a backup; do not delete it.")
    return key


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _write_once(path: Path, content: bytes) -> None:
    """Put a whole file at `path` unless somebody was faster; never half a file."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)  # fails where a rename would replace
    finally:
        unfinished.unlink(missing_ok=True)
