"""How large a pixel of a photo is in millimetres, from how wide faces and irises are.

One photo has no scale of its own. Adults' faces differ little in width, so that the width in
pixels says how far away the camera was, within some ten per cent; irises differ less, but have to
be found by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.analyses import Shot

# Between the cheekbones as `Quality.face_width` sees them, at the depth of the eyes.
FACE_WIDTH = 140.0  # millimetres
FACE_SPREAD = 0.06  # standard deviation between adults, as a share
IRIS_WIDTH = 11.7  # millimetres, the visible iris from side to side
IRIS_SPREAD = 0.036
IN_90_OF_100 = 1.645  # standard deviations
CLICKED = 1.5  # pixels of the photo by which each end of a line may be off


@dataclass(frozen=True)
class FaceScale:
    """Millimetres a pixel, at the depth of the eyes."""

    millimetres: float  # a pixel
    spread: float  # standard deviation, as a share

    def measured(self, pixels: float) -> tuple[float, float, float]:
        """A length in millimetres: the likely one, and where it lies in 90 of 100 cases."""
        likely = pixels * self.millimetres
        ends = CLICKED * 2**0.5 * self.millimetres
        off = IN_90_OF_100 * float((likely * self.spread) ** 2 + ends**2) ** 0.5
        return likely, max(0.0, likely - off), likely + off


def of_shot(shot: Shot) -> FaceScale | None:
    """The scale of a photo whose face was measured; None for any other."""
    if shot.quality is None or not shot.quality.face_width > 0:
        return None
    return FaceScale(FACE_WIDTH / shot.quality.face_width, FACE_SPREAD)
