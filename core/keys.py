"""Secrets that the product makes for itself, kept in `var/keys` for the owner's eyes only."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from core import files
from core.errors import Unavailable
from core.settings import JWT_KEY_BYTES, settings


def read_or_make(name: str, size: int = 32) -> bytes:
    """The secret of this name: `size` random bytes, made by whoever asks first.

    Processes that ask at the same moment get the same answer. A file of the wrong size is an
    error, never replaced: what it encrypted would be lost.
    """
    key = decoded(read_text_or_make(name, size))
    if len(key) != size:
        path = settings().var / "keys" / name
        raise Unavailable(f"{path} is damaged. Restore it from a backup; do not delete it.")
    return key


def read_text_or_make(name: str, size: int) -> str:
    """What the secret's file says; at first that is `size` random bytes in base64."""
    path = settings().var / "keys" / name
    try:
        return _text(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        _write_once(path, base64.b64encode(secrets.token_bytes(size)))
        return _text(path)


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


def replace(path: Path, content: bytes) -> None:
    """Put `content` in the place of what the file holds: whole, and on the disk at the end."""
    with _unfinished(path, content) as written:
        written.replace(path)
    files.sync(path.parent)


def decoded(text: str) -> bytes:
    """The bytes behind base64 in either alphabet; nothing when it is not base64."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace").strip()


def _write_once(path: Path, content: bytes) -> None:
    """Put a whole file at `path` unless somebody was faster; never half a file."""
    with _unfinished(path, content) as written, contextlib.suppress(FileExistsError):
        os.link(written, path)  # fails where a rename would replace
    files.sync(path.parent)


@contextlib.contextmanager
def _unfinished(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside `path`, for its owner's eyes, with `content` on the disk; gone afterwards."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
