"""The states of a check, in the order in which they pass."""

from __future__ import annotations

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
