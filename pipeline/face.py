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
_SQUARES = (0.6, 0.35)  # of the shorter side: where to look when nothing was found
_ROOM = 1.5  # the landmark network was trained on squares half as large again as the face
_LEAST_PRESENCE = 0.5
_SURE = 0.65  # confidence; less may be a hand or a pattern
_COMPARABLE = 0.5  # a second face at least this share of the largest: which one is meant?
# Pitch of a face that looks straight into the lens, as these landmarks see it: the median of 190
# frontal portraits (docs/decisions/vision-quality-gate.md).
_LEVEL_PITCH = -3.5

NO_FACE = (
    "No face was found. Take the photo from the front, at arm's length and in good light, with the "
    "whole face in it."
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
    preview, factor = _preview(pixels)
    found = networks.detect(preview) or _detect_in_parts(preview, networks)
    found = [_closer(preview, face, networks) for face in found]
    if not found:
        raise PhotoRejected((NO_FACE,))
    sure = [face for face in found if face.confidence >= _SURE]
    largest = max(sure or found[:1], key=lambda face: face.size)
    if sum(face.size >= _COMPARABLE * largest.size for face in sure) > 1:
        raise PhotoRejected((SEVERAL_FACES,))
    # A face so small in the preview that landmarks would lose detail is read from the photo.
    if factor > 1 and largest.size * _ROOM < 256:
        marks = _landmarks(pixels, largest, factor, networks)
        factor = 1
    else:
        marks = _landmarks(preview, largest, 1, networks)
    if marks.presence < _LEAST_PRESENCE:  # what is left of a face in profile or under a mask
        raise PhotoRejected((NOT_FRONTAL,))
    return _face(marks, factor, min(largest.confidence, marks.presence))


def _preview(pixels: Pixels) -> tuple[Pixels, int]:
    """`pixels` reduced by a whole factor, five times as fast as by any other, and the factor."""
    height, width = pixels.shape[:2]
    factor = -(-max(height, width) // _PREVIEW_SIDE)
    if factor == 1:
        return pixels, 1
    rows, columns = height // factor, width // factor
    return reduced(pixels[: rows * factor, : columns * factor], (columns, rows)), factor


def _closer(preview: Pixels, face: Detection, networks: FaceNetworks) -> Detection:
    """The same face looked at again at a good size, if it was small: its box gets exact."""
    reach = round(face.size * 1.5)
    if reach * 2 > 0.7 * max(preview.shape[:2]):
        return face
    left, top = (max(0, round(float(v)) - reach) for v in face.centre)
    part = np.ascontiguousarray(preview[top : top + 2 * reach, left : left + 2 * reach])
    shift = np.array([left, top], np.float32)
    again = [_moved(other, shift) for other in networks.detect(part)]
    same = [f for f in again if np.abs(f.centre - face.centre).max() < face.size / 2]
    return max(same, key=lambda f: f.confidence, default=face)


def _detect_in_parts(preview: Pixels, networks: FaceNetworks) -> list[Detection]:
    """Look again in overlapping squares, smaller and smaller: the detector misses small faces."""
    height, width = preview.shape[:2]
    for share in _SQUARES:
        side = round(share * min(height, width))
        found: list[Detection] = []
        for top in _steps(height, side):
            for left in _steps(width, side):
                part = np.ascontiguousarray(preview[top : top + side, left : left + side])
                shift = np.array([left, top], np.float32)
                for face in networks.detect(part):
                    moved = _moved(face, shift)
                    if all(np.abs(moved.centre - f.centre).max() > f.size / 2 for f in found):
                        found.append(moved)
        if found:
            return found
    return []


def _steps(length: int, side: int) -> list[int]:
    """Starts of squares of `side` that cover `length`, each overlapping the next by half."""
    count = max(1, int(np.ceil((length - side) / (side / 2))) + 1)
    return [round(start) for start in np.linspace(0, max(0, length - side), count)]


def _moved(face: Detection, shift: Points) -> Detection:
    return Detection(face.confidence, face.centre + shift, face.size, face.eyes + shift)


def _landmarks(
    picture: Pixels, face: Detection, magnified: int, networks: FaceNetworks
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


def _face(marks: Landmarks, factor: int, confidence: float) -> Face:
    points = marks.points * np.float32(factor)
    points[:, :2] += (factor - 1) / 2  # a preview pixel's centre lies amid those it was made of
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
