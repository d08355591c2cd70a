"""Encryption of backups with age: this machine can make them, and only the key's holder open them.

The key (an "identity") is made once, by `run.py backup --make-key`, and kept elsewhere; the setting
SKINCARE_BACKUP_RECIPIENT holds its public half. The program `age` opens the files, too.
"""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import IO

import pyrage
from pyrage import x25519

from core.errors import Conflict, InvalidInput, Unavailable
from core.settings import settings


def make_key(path: Path) -> str:
    """Write a new key to the file, which must not exist; its public half."""
    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"{path} exists already. A key is never overwritten.") from None
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(f"# public key: {recipient}\n{identity}\n")
    return recipient


def recipient() -> x25519.Recipient:
    """Who can open what is sealed. InvalidInput says what to do where nobody is named."""
    given = settings().backup_recipient
    if not given:
        raise InvalidInput(
            "Backups are encrypted, and SKINCARE_BACKUP_RECIPIENT does not say for whom. Make a "
            "key with python3 run.py backup --make-key FILE, keep the file somewhere else, and set "
            "what the command prints."
        )
    try:
        return x25519.Recipient.from_str(given)
    except pyrage.RecipientError:
        raise InvalidInput("SKINCARE_BACKUP_RECIPIENT is no public key of age (age1…).") from None


def identity_in(path: Path) -> x25519.Identity:
    """The key in the file, as `age-keygen` writes it, too."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"The key {path} cannot be read.") from None
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise InvalidInput(f"{path} holds no key of age (AGE-SECRET-KEY-…).")


def seal(plain: IO[bytes], path: Path, to: x25519.Recipient) -> None:
    """Encrypt what can be read from `plain` into the file, a piece at a time."""
    with path.open("wb") as out:
        try:
            pyrage.encrypt_io(plain, out, [to])
        except pyrage.EncryptError as error:
            raise Unavailable(f"{path} could not be written: {error}") from error


def open_into(path: Path, plain: IO[bytes], with_key: x25519.Identity) -> None:
    """Decrypt the file into `plain`. InvalidInput when the key is another or the file damaged."""
    with path.open("rb") as sealed:
        try:
            pyrage.decrypt_io(sealed, plain, [with_key])
        except (pyrage.DecryptError, OSError) as error:  # the latter in the middle of the file
            raise InvalidInput(f"{path} cannot be opened with this key: {error}") from error


def folder_as_tar(folder: Path) -> IO[bytes]:
    """The files in a small folder."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for path in sorted(folder.glob("*")):
            if path.is_file():
                tar.add(path, arcname=path.name)
    content.seek(0)
    return content


def tar_into(content: IO[bytes], folder: Path) -> None:
    """Write the files of a tar to an existing folder, for the owner's eyes."""
    with tarfile.open(fileobj=content, mode="r") as tar:
        tar.extractall(folder, filter="data")
    for path in folder.iterdir():
        path.chmod(0o600)
