"""The states of a check, in the order in which they pass."""

from __future__ import annotations

import re
from enum import StrEnum

MOST_SHOTS = 5  # photos of one check


class Status(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SCORED = "scored"
    REJECTED = "rejected"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (Status.SCORED, Status.REJECTED, Status.FAILED)


class Stage(StrEnum):
    """Where a running check is; shown to the person as it passes."""

    WAITING = "waiting"
    OPENING = "opening"
    FACE = "face"
    QUALITY = "quality"
    SKIN = "skin"
    SCORING = "scoring"
    SAVING = "saving"
    DONE = "done"


def is_older(version: str, *, than: str) -> bool:
    """Whether a version of the model comes before another: "1.9" before "1.10" before "2.0"."""
    return _parts(version) < _parts(than)


def _parts(version: str) -> list[tuple[int, str]]:
    """Numbers by their value, everything else by its letters and before all numbers."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"[.-]", version)
    ]
