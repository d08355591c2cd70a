"""What the quality gate measured of an accepted photo, as a person reads it."""

from __future__ import annotations

import math

from core.examination import Quality

# Above the limits of pipeline.quality, which refuses what lies below them: such a photo was good
# enough, and the words say what would make the next one better.
_SHARP = 0.40  # pipeline.scoring scores fine texture from here on
_LIT = -1.7  # stops
_EVEN = 0.6
_STRAIGHT = 12.0  # degrees
_DETAILED = 650.0  # photo pixels between the cheekbones: scores of texture hold from here on
_OPEN = 0.75


def quality_words(quality: Quality) -> list[tuple[str, str]]:
    """What was looked at, and how it was."""
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
            + ("" if quality.face_width >= _DETAILED else f"; {_DETAILED:.0f} or more are better"),
        ),
        (
            "Visible skin",
            f"{quality.skin_cover:.0%} of the face"
            + ("" if quality.skin_cover >= _OPEN else "; move hair and glasses away"),
        ),
    ]


def _known(degrees: float) -> float:
    return 0.0 if math.isnan(degrees) else abs(degrees)
