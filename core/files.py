"""What the standard library leaves to be said about files that must survive a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """See that a file's content, or a folder's names, are on the disk.

    A new name is on the disk only when its folder is.
    """
    if os.name == "nt" and path.is_dir():  # pragma: no cover (folders cannot be opened there)
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
