"""How a folder of backups looks.

    objects/ab/abcdef…         photos and maps, encrypted as they are kept; shared by all backups
    erasures/…                 the ledger of erasures, as far as it was at the last backup
    2026-11-24T10-42-31.042113Z/   a backup, whole: it gets its name when all of it is there
        manifest.json          what it is of, and the SHA-256 of its other files
        objects.txt            the objects that its database names, a line each
        database.age           the database as pg_dump writes it ┐ encrypted for the recipient
        keys.age               the folder var/keys as tar        ┘ in SKINCARE_BACKUP_RECIPIENT

Only the two encrypted files tell of people. Objects never change: a backup copies those alone that
are new.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from core import files
from core.errors import InvalidInput, NotFound
from data.erasure_ledger import ErasureLedger
from data.photo_store import PhotoStore

MANIFEST, OBJECTS, DATABASE, KEYS = "manifest.json", "objects.txt", "database.age", "keys.age"
_NAME = "%Y-%m-%dT%H-%M-%S.%fZ"
_UNFINISHED = "unfinished"


class Manifest(BaseModel):
    """What a backup says of itself, readable without its key. Nothing of a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    made_at: datetime  # by the clock of the database, of which it is a copy at this moment
    schema_revision: str
    objects: int
    audit_head: str
    missing: int  # objects that the database names and the photo store had lost
    sha256: dict[str, str]  # by file


class Backups:
    """One folder of backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.pool = PhotoStore(f"file://{self.folder / 'objects'}")
        self.erasures = ErasureLedger(f"file://{self.folder / 'erasures'}")
        self.lock = self.folder / "lock"

    def has(self, object_key: str) -> bool:
        return (self.folder / "objects" / object_key).is_file()

    def begin(self) -> Path:
        """An empty folder for the next backup; what an interrupted one left is removed."""
        unfinished = self.folder / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        return unfinished

    def finish(self, unfinished: Path, manifest: Manifest) -> Path:
        """Write the manifest and give the backup its name: now it counts."""
        (unfinished / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")
        for path in unfinished.iterdir():
            files.sync(path)
        finished = self.folder / manifest.made_at.astimezone(UTC).strftime(_NAME)
        unfinished.rename(finished)
        files.sync(finished)
        files.sync(self.folder)
        return finished

    def finished(self) -> list[Path]:
        """The backups, newest first."""
        if not self.folder.is_dir():
            return []
        found = (path for path in self.folder.iterdir() if _is_name(path.name))
        return sorted((path for path in found if path.is_dir()), reverse=True)

    def named(self, name: str | None) -> Path:
        """The backup of this name, or the newest. NotFound when there is none."""
        found = self.finished()
        if not found:
            raise NotFound(f"There is no backup in {self.folder}.")
        if name is None:
            return found[0]
        for backup in found:
            if backup.name == name:
                return backup
        names = ", ".join(backup.name for backup in found)
        raise NotFound(f"There is no backup {name} in {self.folder}. There are: {names}.")

    def keep(self, newest: int) -> int:
        """Remove all backups but the newest ones, and objects that none names; how many backups.

        So the photos of whoever was erased leave the folder, too, when their last backup does.
        """
        old = self.finished()[newest:]
        for backup in old:
            shutil.rmtree(backup)
        needed = {key for backup in self.finished() for key in keys_in(backup)}
        for folder in (self.folder / "objects").glob("*"):
            for path in folder.iterdir():
                if f"{folder.name}/{path.name}" not in needed:
                    path.unlink()
        return len(old)


def keys_in(backup: Path) -> Iterator[str]:
    """The keys of the objects that a backup's database names."""
    with (backup / OBJECTS).open(encoding="ascii") as lines:
        for line in lines:
            yield line.rstrip("\n")


def manifest_of(backup: Path) -> Manifest:
    """Raises InvalidInput when the backup is not what was written."""
    try:
        manifest = Manifest.model_validate_json((backup / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise InvalidInput(f"The manifest of {backup} cannot be read.") from error
    for name, expected in manifest.sha256.items():
        if not (backup / name).is_file() or sha256(backup / name) != expected:
            raise InvalidInput(f"{backup / name} is damaged. Take another backup.")
    return manifest


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_name(name: str) -> bool:
    try:
        datetime.strptime(name, _NAME)  # noqa: DTZ007 (only whether it can be)
    except ValueError:
        return False
    return True
