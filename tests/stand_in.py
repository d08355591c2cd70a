"""An examiner for tests of what stands around it: it does what the colour of a photo says.

Chosen by name, `tests.stand_in:Examiner`, where a worker or `Examiners` is made; the product has no
setting for it. Photos come from `photo_that`.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from core.analyses import Stage
from core.errors import PhotoRejected, Unavailable
from core.examination import Examination, Maps, Quality, Score
from core.metrics import Metric, Region
from pipeline.photo import open_stored

MODEL_VERSION = "stand-in"
LATER_VERSION = "stand-in-2"
REASON = "The stand-in does not like this colour. Try another."
_COLOURS = {
    "is scored": (250, 250, 250),
    "takes long": (250, 250, 0),
    "is rejected": (0, 0, 250),
    "kills": (250, 0, 0),
    "breaks": (0, 250, 0),
}
LONG = 4.0  # seconds
_MAPPED = [m for m in Metric if m not in (Metric.SKIN_SCORE, Metric.ELASTICITY)]


def photo_that(does: str, *, seed: int = 0) -> bytes:
    """A PNG of one colour, with a few dots so that each seed has its own bytes."""
    pixels = np.full((400, 300, 3), _COLOURS[does], np.uint8)
    random = np.random.default_rng(seed)
    pixels[380:, :8] = random.integers(0, 256, (20, 8, 3))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


class Examiner:
    """Knows five colours; see `photo_that`."""

    def __init__(self, threads: int = 2) -> None:
        self.threads = threads

    def examine_kept(
        self, jpeg: bytes, on_stage: Callable[[Stage], None] = lambda _: None
    ) -> Examination:
        pixels = open_stored(jpeg).pixels
        on_stage(Stage.FACE)
        seen = pixels[100, 100].astype(int)
        does = min(_COLOURS, key=lambda name: int(np.abs(seen - _COLOURS[name]).sum()))
        on_stage(Stage.SCORING)
        match does:
            case "takes long":
                time.sleep(LONG)
            case "is rejected":
                raise PhotoRejected((REASON,))
            case "kills":
                os._exit(9)
            case "breaks":
                raise ZeroDivisionError("as a bug would")
        return examination()


class LaterExaminer(Examiner):
    """As a model that came later: other scores, and a version of its own."""

    def examine_kept(
        self, jpeg: bytes, on_stage: Callable[[Stage], None] = lambda _: None
    ) -> Examination:
        super().examine_kept(jpeg, on_stage)
        return examination(60.0, version=LATER_VERSION)


class WithoutModel:
    """An examiner whose weights are not there."""

    def __init__(self, threads: int = 2) -> None:
        raise Unavailable("The model's weights are missing.")


class WithWeights(Examiner):
    """The stand-in, where the real network in $WEIGHTS_OF_THE_TEST can be loaded."""

    def __init__(self, threads: int = 2) -> None:
        from models.scorer import Scorer

        Scorer(Path(os.environ["WEIGHTS_OF_THE_TEST"]), threads)
        super().__init__(threads)


def examination(value: float = 40.0, *, version: str = MODEL_VERSION) -> Examination:
    """A whole examination; hydration abstains."""
    score = Score(value, value - 5, value + 5)
    scores = dict.fromkeys(Metric, score)
    scores[Metric.HYDRATION] = Score.abstain("The cheeks are covered.")
    height, width = 960, 768
    return Examination(
        scores=scores,
        regions={
            region: {m: s for m, s in scores.items() if m is not Metric.SKIN_SCORE}
            for region in Region
        },
        counts={},
        quality=Quality(300.0, 0.5, 0.5, 0.9, 1.0, 2.0, float("nan"), 0.8, 0.05),
        ita=31.5,
        model_version=version,
        maps=Maps(
            crop=np.full((height, width, 3), 128, np.uint8),
            skin=np.ones((height, width), np.bool_),
            heat={m: np.zeros((height // 4, width // 4), np.float32) for m in _MAPPED},
            outlines={r: np.array([[0, 0], [9, 0], [9, 9]], np.float32) for r in Region},
        ),
        ms={"scoring": 1.0},
    )
