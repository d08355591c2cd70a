"""Where encrypted objects are kept: a folder, an S3 bucket, or another store that fsspec knows.

Keys are random and say nothing about whose object it is. An object is there whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import fsspec
import structlog
from fsspec.implementations.local import LocalFileSystem

from core.errors import NoRoom, NotFound, Unavailable
from core.settings import settings

log = structlog.get_logger(__name__)


def new_key() -> str:
    """A key for a new object: 128 random bits, with a folder before them to spread the files."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


class PhotoStore:
    """Objects under one address, for example `file:///srv/photos` or `s3://bucket/photos`.

    Every method raises Unavailable when the store does not answer or refuses us, and logs why.
    """

    def __init__(self, address: str) -> None:
        self._as_os_errors: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext
        if address.startswith("s3://"):
            from data import s3

            self._fs, root = s3.open_store(address)
            self._as_os_errors = s3.as_os_errors
        else:
            self._fs, root = fsspec.core.url_to_fs(address)
        self._root = str(root).rstrip("/")
        self._folder = Path(self._root) if isinstance(self._fs, LocalFileSystem) else None

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`; on disk, whole, when this returns."""
        with self._translated():
            if self._folder is not None:
                _write_private(self._folder, self._folder / key, content)
            else:
                self._fs.pipe_file(self._path(key), content)

    def get(self, key: str) -> bytes:
        try:
            with self._translated():
                return bytes(self._fs.cat_file(self._path(key)))
        except FileNotFoundError:
            raise NotFound("The stored photo is gone.") from None

    def delete(self, key: str) -> None:
        """Remove the object; one that is gone already is no error."""
        with self._translated(), contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._path(key))

    def all_keys(self) -> Iterator[str]:
        """Keys of all objects, unfinished ones included.

        One folder after the other, so that no more than its share is in memory.
        """
        for key, _ in self._listed():
            yield key

    def keys_older_than(self, age: timedelta) -> Iterator[str]:
        """As `all_keys`, of objects last written longer ago than `age`, by the clock of the store.

        What is written after the call has begun is never among them.
        """
        latest = self._now() - age
        for key, facts in self._listed():
            try:
                with self._translated():
                    is_older = self._written(self._path(key), facts) < latest
            except FileNotFoundError:  # deleted meanwhile
                continue
            if is_older:
                yield key

    def _now(self) -> datetime:
        """What dates the objects. This machine's clock may be hours off."""
        probe = new_key()
        self.put(probe, b"")
        try:
            with self._translated():
                path = self._path(probe)
                return self._written(path, self._fs.info(path))
        finally:
            self.delete(probe)

    def _written(self, path: str, facts: dict[str, Any]) -> datetime:
        # S3 says it in the listing; asking again would be a request for each object.
        written: datetime = facts.get("LastModified") or self._fs.modified(path)
        return written if written.tzinfo else written.replace(tzinfo=UTC)

    def _listed(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for folder in self._folders():
            with self._translated():
                found: dict[str, Any] = self._fs.find(folder, detail=True)
            for path, facts in found.items():
                if facts["type"] == "file":  # some stores keep emptied folders
                    yield path.removeprefix(self._root).lstrip("/"), facts

    def _folders(self) -> list[str]:
        try:
            with self._translated():
                return [str(path) for path in self._fs.ls(self._root, detail=False)]
        except FileNotFoundError:
            return []  # nothing was ever kept

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with self._as_os_errors():
                yield
        except FileNotFoundError:
            raise
        except OSError as error:
            log.error("photo_store_failed", error=repr(error))
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise NoRoom("There is no room left to keep photos. Nothing was kept.") from error
            raise Unavailable("The photo store does not answer. Try again in a moment.") from error


def photo_store() -> PhotoStore:
    """The store that the settings name."""
    return _store(settings().photo_store)


@lru_cache(maxsize=2)
def _store(address: str) -> PhotoStore:
    return PhotoStore(address)


def _write_private(root: Path, path: Path, content: bytes) -> None:
    """For the owner's eyes only, and never half a file."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
