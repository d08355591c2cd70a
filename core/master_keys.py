"""The keys that wrap people's keys, by version: as set, or in the file `var/keys/master.key`.

The highest version wraps what is new; the others only open. The file is read each time a key is
needed, so that a version that is added or retired holds at once in every process on this machine.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.errors import NotAllowed, Unavailable
from core.keys import decoded, read_text_or_make, replace
from core.locks import file_lock
from core.settings import MASTER_KEY_BYTES, settings

_NAME = "master.key"
_PART = re.compile(r"\s*(?:([1-9]\d{0,5}):)?([A-Za-z0-9+/_=-]+)\s*")


def master_keys() -> dict[int, bytes]:
    """Every key by its version; written `BASE64` (version 1), or `2:BASE64,1:BASE64`.

    Where the setting is empty and there is no file, version 1 is made. Raises Unavailable when
    setting or file is damaged: nothing is ever made in its place.
    """
    given = settings().master_key
    if given is not None:
        keys = _parsed(given.get_secret_value())
        if keys is None:
            raise Unavailable(
                f"SKINCARE_MASTER_KEY is not {MASTER_KEY_BYTES} bytes in base64. "
                "Restore the key that the photos were encrypted with."
            )
        return keys
    keys = _parsed(read_text_or_make(_NAME, MASTER_KEY_BYTES))
    if keys is None:
        raise Unavailable(f"{file()} is damaged. Restore it from a backup; do not delete it.")
    return keys


def are_set() -> bool:
    """Whether the keys come from the setting: then only whoever sets it can add or retire one."""
    return settings().master_key is not None


def file() -> Path:
    return settings().var / "keys" / _NAME


def add() -> int:
    """Make a new key with the next version, which wraps what is new from now on; the version.

    It is on the disk when this returns. Raises NotAllowed where the keys are set.
    """
    with _changing() as keys:
        version = max(keys) + 1
        _write({**keys, version: secrets.token_bytes(MASTER_KEY_BYTES)})
        return version


def retire(versions: Collection[int]) -> None:
    """Remove these from the file. Raises NotAllowed for the newest, and where the keys are set."""
    with _changing() as keys:
        if max(keys) in versions:
            raise NotAllowed("The newest master key stays.")
        _write({version: key for version, key in keys.items() if version not in versions})


@contextmanager
def _changing() -> Iterator[Mapping[int, bytes]]:
    """The keys of the file, while no other process changes them."""
    if are_set():
        raise NotAllowed("The master keys come from SKINCARE_MASTER_KEY; change them there.")
    with file_lock(settings().var / "run" / "master.key.lock"):
        yield master_keys()


def _parsed(text: str) -> dict[int, bytes] | None:
    """None when it is not what it should be."""
    keys = {}
    for part in text.split(","):
        match = _PART.fullmatch(part)
        key = decoded(match[2]) if match else b""
        if match is None or len(key) != MASTER_KEY_BYTES:
            return None
        keys[int(match[1] or 1)] = key
    return keys


def _write(keys: Mapping[int, bytes]) -> None:
    newest_first = sorted(keys.items(), reverse=True)
    parts = [f"{version}:{base64.b64encode(key).decode()}" for version, key in newest_first]
    replace(file(), ",".join(parts).encode("ascii"))
