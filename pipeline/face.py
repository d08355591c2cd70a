"""Finds the face to be scored: where it is, how large, and how it is turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import PhotoRejected
from models.landmarks import Detection, FaceNetworks, Landmarks
from pipeline.arrays import Pixels, Points, reduced

# Indices into MediaPipe's 478 points. Left and right are the person's own.
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
_RIGHT_CHEEKBONE, _LEFT_CHEEKBONE = 234, 454
_FOREHEAD_TOP, _CHIN_TIP = 10, 152

_PREVIEW_SIDE = 1024  # the detector needs far less; landmarks are read from it when it suffices
_ROOM = 1.5  # the landmark network was trained on squares half as large again as the face
_LEAST_PRESENCE = 0.5
# A second face this sure and this large beside the largest: which one is meant?
_SECOND_CONFIDENCE, _SECOND_SIZE = 0.65, 0.5
# Pitch of a face that looks straight into the lens, as these landmarks see it: the median of 190
# frontal portraits (docs/decisions/vision-quality-gate.md).
_LEVEL_PITCH = -3.5

NO_FACE = (
    "No face was found. Take the photo from the front, at arm's length, with the whole face in it."
)
NOT_FRONTAL = (
    "The face is turned away or covered. Look straight into the camera, with nothing before the "
    "face."
)
SEVERAL_FACES = "There are several faces. Take a photo with only your own face in it."


@dataclass(frozen=True)
class Face:
    """The landmarks of one face, in pixels of the photo."""

    points: Points  # (478, 2) x, y
    confidence: float  # 0–1: the weaker of detector and landmark network
    width: float  # pixels between the cheekbones
    yaw: float  # degrees, positive: turned to the person's left
    pitch: float  # degrees, positive: looking up
    roll: float  # degrees, positive: clockwise as seen in the photo


def find_face(pixels: Pixels, networks: FaceNetworks) -> Face:
    """The largest face. Raises PhotoRejected if there is none, or more than one that counts."""
    height, width = pixels.shape[:2]
    scale = min(1.0, _PREVIEW_SIDE / max(height, width))
    preview = pixels
    if scale < 1:
        size = (round(width * scale), round(height * scale))
        preview = reduced(pixels, size)
    found = networks.detect(preview) or _detect_closer(preview, networks)
    if not found:
        raise PhotoRejected((NO_FACE,))
    largest = max(found, key=lambda face: face.size)
    if any(_rivals(other, largest) for other in found if other is not largest):
        raise PhotoRejected((SEVERAL_FACES,))
    # A face so small in the preview that landmarks would lose detail is read from the photo.
    if scale < 1 and largest.size * _ROOM < 256:
        marks = _landmarks(pixels, largest, 1 / scale, networks)
        scale = 1.0
    else:
        marks = _landmarks(preview, largest, 1.0, networks)
    if marks.presence < _LEAST_PRESENCE:  # what is left of a face in profile or under a mask
        raise PhotoRejected((NOT_FRONTAL,))
    return _face(marks, scale, min(largest.confidence, marks.presence))


def _rivals(other: Detection, largest: Detection) -> bool:
    return other.confidence >= _SECOND_CONFIDENCE and other.size >= _SECOND_SIZE * largest.size


def _detect_closer(preview: Pixels, networks: FaceNetworks) -> list[Detection]:
    """Look again in five overlapping quarters: the detector is blind to small faces."""
    height, width = preview.shape[:2]
    found: list[Detection] = []
    for top, left in ((0, 0), (0, 1), (1, 0), (1, 1), (0.5, 0.5)):
        y, x = round(top * height * 0.45), round(left * width * 0.45)
        part = preview[y : y + round(height * 0.55), x : x + round(width * 0.55)]
        for face in networks.detect(np.ascontiguousarray(part)):
            shift = np.array([x, y], np.float32)
            moved = Detection(face.confidence, face.centre + shift, face.size, face.eyes + shift)
            if all(np.abs(moved.centre - f.centre).max() > f.size / 2 for f in found):
                found.append(moved)
    return found


def _landmarks(
    picture: Pixels, face: Detection, magnified: float, networks: FaceNetworks
) -> Landmarks:
    """Landmarks twice: the second look is centred and levelled by the first."""
    eyes = face.eyes[1] - face.eyes[0]
    first = networks.landmarks(
        picture,
        face.centre * magnified,
        face.size * magnified * _ROOM,
        float(np.arctan2(eyes[1], eyes[0])),
    )
    points = first.points[:, :2]
    roll = _roll(points)
    centre, extent = upright_box(points, roll)
    return networks.landmarks(picture, centre, float(extent.max()) * _ROOM, roll)


def upright_box(points: Points, roll: float) -> tuple[Points, Points]:
    """Centre (x, y) and extent (across, along) of the face oval's box, turned with the head."""
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]], np.float32)
    oval = points[list(OVAL)] @ turn.T
    low, high = oval.min(0), oval.max(0)
    return turn.T @ ((low + high) / 2), high - low


def _roll(points: Points) -> float:
    """How far the line between the eyes is turned, in radians, clockwise as seen."""
    across = points[list(LEFT_EYE), :2].mean(0) - points[list(RIGHT_EYE), :2].mean(0)
    return float(np.arctan2(across[1], across[0]))


def _face(marks: Landmarks, scale: float, confidence: float) -> Face:
    points = marks.points / np.float32(scale)
    roll = _roll(points)
    across = points[_LEFT_CHEEKBONE] - points[_RIGHT_CHEEKBONE]
    down = points[_CHIN_TIP] - points[_FOREHEAD_TOP]
    # In the head's own upright frame, so that a tilted head does not look turned.
    side = float(np.hypot(across[0], across[1]))
    along = float(np.hypot(down[0], down[1]))
    return Face(
        points=points[:, :2],
        confidence=confidence,
        width=side,
        yaw=float(np.degrees(np.arctan2(across[2], side))),
        pitch=float(np.degrees(np.arctan2(-down[2], along))) - _LEVEL_PITCH,
        roll=float(np.degrees(roll)),
    )
