"""Faces and their 478 landmarks, by MediaPipe's networks."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.face_task import Network, network_files

Pixels = npt.NDArray[np.uint8]  # (height, width, 3) sRGB
Points = npt.NDArray[np.float32]

_DETECTOR_SIDE = 128
_LANDMARKS_SIDE = 256
_LEAST_CONFIDENCE = 0.5
_SAME_FACE = 0.3  # two detections overlapping by more than this share are one face


@dataclass(frozen=True)
class Detection:
    """Where a face is, in pixels of the picture it was found in."""

    confidence: float  # 0–1
    centre: Points  # (2,) x, y
    size: float  # side of the face's square box
    eyes: Points  # (2, 2): the person's right eye, then the left


@dataclass(frozen=True)
class Landmarks:
    """MediaPipe's 478 points of one face, in pixels of the picture."""

    points: Points  # (478, 3): x, y and depth, in the same unit; smaller depth is nearer
    presence: float  # 0–1: how sure the network is that this is a face


class FaceNetworks:
    """The detector and the landmark network, loaded once. Not safe for two threads at once."""

    def __init__(self, threads: int = 2) -> None:
        files = network_files()
        self._detector = Network(files["face_detector.tflite"], threads)
        self._landmarks = Network(files["face_landmarks_detector.tflite"], threads)
        self._anchors = _anchors()

    def detect(self, picture: Pixels) -> list[Detection]:
        """Every face, surest first. Faces under about a tenth of the picture are missed."""
        height, width = picture.shape[:2]
        scale = _DETECTOR_SIDE / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        left, top = (_DETECTOR_SIDE - size[0]) // 2, (_DETECTOR_SIDE - size[1]) // 2
        square = np.zeros((1, _DETECTOR_SIDE, _DETECTOR_SIDE, 3), np.float32)
        square[0, top : top + size[1], left : left + size[0]] = small / np.float32(127.5) - 1
        answer = self._detector(square)
        logits = np.clip(answer["classificators"][0, :, 0], -50, 50)
        confidence = 1 / (1 + np.exp(-logits))
        found = np.flatnonzero(confidence > _LEAST_CONFIDENCE)
        found = found[np.argsort(-confidence[found])]
        faces: list[Detection] = []
        for index in found:
            raw = answer["regressors"][0, index] / _DETECTOR_SIDE
            spots = np.concatenate([raw[:2], raw[4:8]]).reshape(3, 2) + self._anchors[index]
            spots = (spots * _DETECTOR_SIDE - (left, top)) / scale
            side = float(raw[2:4].max() * _DETECTOR_SIDE / scale)
            face = Detection(
                float(confidence[index]),
                spots[0].astype(np.float32),
                side,
                spots[1:].astype(np.float32),
            )
            if all(_overlap(face, other) < _SAME_FACE for other in faces):
                faces.append(face)
        return faces

    def landmarks(self, picture: Pixels, centre: Points, side: float, roll: float) -> Landmarks:
        """Landmarks of the face in the square of `side` pixels about `centre`, turned by `roll`.

        `roll` is in radians, clockwise as seen. The square should be half as large again as the
        face.
        """
        scale = side / _LANDMARKS_SIDE
        cos, sin = scale * np.cos(roll), scale * np.sin(roll)
        half = _LANDMARKS_SIDE / 2
        to_picture = np.array(
            [
                [cos, -sin, centre[0] - half * (cos - sin)],
                [sin, cos, centre[1] - half * (sin + cos)],
            ],
            np.float64,
        )
        square = cv2.warpAffine(
            picture,
            to_picture,
            (_LANDMARKS_SIDE, _LANDMARKS_SIDE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        answer = self._landmarks(square[None] / np.float32(255))
        local = answer["Identity"].reshape(478, 3)
        points = np.empty((478, 3), np.float32)
        points[:, :2] = local[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
        points[:, 2] = local[:, 2] * scale
        presence = 1 / (1 + np.exp(-float(answer["Identity_1"].ravel()[0])))
        return Landmarks(points, presence)


def _anchors() -> Points:
    """Centres of the detector's 896 anchors, in shares of its square: (896, 2)."""
    anchors = []
    for stride, repeats in ((8, 2), (16, 6)):
        cells = _DETECTOR_SIDE // stride
        for y in range(cells):
            for x in range(cells):
                anchors += [((x + 0.5) / cells, (y + 0.5) / cells)] * repeats
    return np.array(anchors, np.float32)


def _overlap(one: Detection, other: Detection) -> float:
    """Shared area of the two boxes over that of the smaller."""
    shared = (one.size + other.size) / 2 - np.abs(one.centre - other.centre)
    shared = np.clip(shared, 0, min(one.size, other.size))
    return float(shared[0] * shared[1] / min(one.size, other.size) ** 2)
