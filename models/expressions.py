"""What a face does, from its landmarks: MediaPipe's blendshape network on LiteRT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.face_task import Network, network_files

# The points that the network reads: kLandmarksSubsetIdxs of MediaPipe's face_blendshapes_graph.cc.
_POINTS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66,
    67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144,
    145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173,
    176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284,
    285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332,
    334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386,
    387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473,
    474, 475, 476, 477,
)  # fmt: skip
# Where in its 52 answers, left and right side of the face.
_BLINK, _JAW_OPEN, _SMILE = (9, 10), (25,), (44, 45)


@dataclass(frozen=True)
class Expression:
    """How far each movement is made, 0–1; of both sides of the face the mean."""

    smile: float  # corners of the mouth drawn up
    blink: float  # eyes closed
    jaw_open: float


class ExpressionNetwork:
    """The network, loaded once: 1 ms a face. Not safe for two threads at once."""

    def __init__(self) -> None:
        """Raises Unavailable when the network is missing."""
        # one thread: a second one costs more to start than it saves
        self._network = Network(network_files()["face_blendshapes.tflite"], threads=1)

    def __call__(self, points: npt.NDArray[np.float32]) -> Expression:
        """The expression of a face with these landmarks, (478, 2) x, y in pixels of any scale.

        In pixels, not shares of the picture: a face that is stretched looks like another one.
        """
        said = next(iter(self._network(points[None, list(_POINTS)]).values()))

        def mean(indices: tuple[int, ...]) -> float:
            return float(np.clip(said[list(indices)].mean(), 0, 1))

        return Expression(smile=mean(_SMILE), blink=mean(_BLINK), jaw_open=mean(_JAW_OPEN))
