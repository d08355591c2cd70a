"""What the quality gate measured of an accepted photo, as a person reads it."""

from __future__ import annotations

import math

from core.errors import Unavailable
from core.examination import Quality
from models.manifest import manifest

# Above the limits of pipeline.quality, which refuses what lies below them: such a photo was good
# enough, and the words say what would make the next one better.
_SHARP = 0.40  # pipeline.scoring scores fine texture from here on
_LIT = -1.7  # stops
_EVEN = 0.6
_STRAIGHT = 12.0  # degrees
_OPEN = 0.75


def quality_words(quality: Quality) -> list[tuple[str, str]]:
    """What was looked at, and how it was."""
    wanted = _least_face_width()
    turn = max(_known(quality.yaw), _known(quality.pitch))
    return [
        ("Focus", "sharp" if quality.sharpness >= _SHARP else "a little soft; tap on the face"),
        ("Light", "bright enough" if quality.exposure >= _LIT else "rather dark; face a window"),
        (
            "Sides",
            "both sides of the face are lit alike"
            if quality.evenness >= _EVEN
            else "one side is darker; turn towards the light",
        ),
        (
            "Pose",
            "straight into the camera"
            if turn <= _STRAIGHT
            else "a little turned or tilted; look straight into the camera",
        ),
        (
            "Size",
            f"the face is {quality.face_width:.0f} pixels wide"
            + ("" if quality.face_width >= wanted else f"; all scores need {wanted}"),
        ),
        (
            "Visible skin",
            f"{quality.skin_cover:.0%} of the face"
            + ("" if quality.skin_cover >= _OPEN else "; move hair and glasses away"),
        ),
    ]


def _least_face_width() -> int:
    """Photo pixels that the most demanding score needs; 0 when no model is in service."""
    try:
        return max(manifest().least_face_width.values(), default=0)
    except Unavailable:
        return 0


def _known(degrees: float) -> float:
    return 0.0 if math.isnan(degrees) else abs(degrees)
