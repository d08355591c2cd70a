"""Whether the product can do its work, seen from outside. Loads no model."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import Unavailable
from data import load
from models.manifest import WEIGHTS, read_manifest
from pipeline.jobs import PHOTOS

# A photo takes a few seconds: whoever waits longer than this waits for more than their turn.
DELAYED_AFTER = 60.0  # seconds


@dataclass(frozen=True)
class Health:
    """What works. Only without the database nothing does."""

    is_moving: bool  # no photo waits for longer than DELAYED_AFTER
    has_model: bool  # the weights that the manifest names are there, whole


def look(session: Session) -> Health:
    waiting = load.backlogs(session).get(PHOTOS)
    is_moving = waiting is None or waiting.oldest_seconds < DELAYED_AFTER
    return Health(is_moving, has_model())


def has_model() -> bool:
    """Whether the manifest can be read and its file has the size that it says."""
    try:
        known = read_manifest(WEIGHTS)
        return (WEIGHTS / known.file).stat().st_size == known.bytes
    except (Unavailable, OSError):
        return False
