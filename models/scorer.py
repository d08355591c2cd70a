"""The trained network in service, on LiteRT. Never imports TensorFlow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from core.errors import Unavailable
from core.metrics import Metric
from models import normalise, own_tone
from models.manifest import WEIGHTS, Manifest, read_manifest
from models.targets import AMOUNT_STRIDE, MAP_STRIDE

HEIGHT, WIDTH = 960, 768  # of the aligned crop

# The order of the network's channels, phantom.SIGNS in the field's words. HYDRATION's channel
# holds *dryness signs*, 0 none to 1 many: who makes a score of it turns it round.
MAPPED: tuple[Metric, ...] = (
    Metric.OILINESS,
    Metric.HYDRATION,
    Metric.FINE_LINES,
    Metric.PORES,
    Metric.REDNESS,
    Metric.SPOTS,
    Metric.BLEMISHES,
)
VEILS = ("hair", "make_up", "filter")  # what hides skin, in the order of Appearance.veil
# Crop pixels around the skin that the network also sees. With 32 a face's mean amounts are those of
# the whole crop to 0.2 points; with 16, to 0.8.
MARGIN = 32


@dataclass(frozen=True)
class Appearance:
    """What the network sees on one crop; channels in the order of MAPPED."""

    heat: npt.NDArray[np.float32]  # (240, 192, 7), 0–1: where, one value for 4 × 4 pixels
    amount: npt.NDArray[np.float32]  # (60, 48, 7), 0–1: how much around each 16 × 16 pixels
    # (60, 48, 7), same unit: learned deviation of `amount`, times what the skin's tone makes of it
    sigma: npt.NDArray[np.float32]
    veil: npt.NDArray[np.float32]  # (60, 48, 3), 0–1: probability that VEILS hide the skin here


Window = tuple[slice, slice]  # rows, columns; multiples of AMOUNT_STRIDE


def window_around(skin: npt.NDArray[np.bool_]) -> Window:
    """The part of the crop that holds all of `skin`, (960, 768), with some margin.

    Running the network on nothing else saves a fifth of its time on a usual face.
    """
    left, top, width, height = cv2.boundingRect(skin.view(np.uint8))
    return _stretch(top, height, skin.shape[0]), _stretch(left, width, skin.shape[1])


def _stretch(start: int, length: int, size: int) -> slice:
    step = AMOUNT_STRIDE
    first = max(0, (start - MARGIN) // step * step)
    last = min(-(-(start + length + MARGIN) // step) * step, size)
    return slice(first, last)


class Scorer:
    """Loads the weights once. Not safe for two threads at once."""

    def __init__(self, weights: Path = WEIGHTS, threads: int = 2) -> None:
        """Raises Unavailable when the weights are missing or are not those of the manifest."""
        self.manifest: Manifest = read_manifest(weights)
        self.version: str = self.manifest.version
        try:
            content = (weights / self.manifest.file).read_bytes()
        except OSError as error:
            raise Unavailable(
                f"The model's weights {self.manifest.file} are missing. "
                "Restore them, or train again: python3 run.py train"
            ) from error
        # Read once and checked before use: what was checked is what runs
        if hashlib.sha256(content).hexdigest() != self.manifest.sha256:
            raise Unavailable(
                f"The model's weights {self.manifest.file} are damaged: their checksum differs "
                "from the manifest's. Restore them, or train again: python3 run.py train"
            )
        self._interpreter = Interpreter(model_content=content, num_threads=threads)
        # By signature: outputs of equal shape come in no fixed order. A picture of another size
        # than the last one's makes it plan its memory anew, which takes about a millisecond.
        self._run = self._interpreter.get_signature_runner()
        by_tone = self.manifest.interval_by_tone
        self._by_tone = np.array([by_tone.get(m, 0.0) for m in MAPPED], np.float32)
        # Weights of an earlier version see fewer channels: what came later stands last
        self._channels = int(self._run.get_input_details()["picture"]["shape"][-1])

    def __call__(self, crop: npt.NDArray[np.uint8], skin: npt.NDArray[np.bool_]) -> Appearance:
        """Score an aligned crop, (960, 768, 3) uint8 sRGB, where `skin`, (960, 768), is true.

        Answers outside the skin mean nothing. A crop without any skin is a ValueError.
        """
        if (
            crop.shape != (HEIGHT, WIDTH, 3)
            or crop.dtype != np.uint8
            or skin.shape != (HEIGHT, WIDTH)
        ):
            raise ValueError(
                f"expected a crop of {HEIGHT} × {WIDTH}, not {crop.shape} {crop.dtype}"
            )
        if not skin.any():
            raise ValueError("the crop shows no skin")
        reference = normalise.face_reference(crop, skin)
        window = window_around(skin)
        return self._ask(normalise.inputs(crop[window], skin[window], reference), window)

    def read(self, channels: npt.NDArray[np.float32]) -> Appearance:
        """What the network makes of a crop's channels, (960, 768, 9) as of `normalise.inputs`."""
        return self._ask(channels, (slice(0, HEIGHT), slice(0, WIDTH)))

    def _ask(self, channels: npt.NDArray[np.float32], window: Window) -> Appearance:
        said = self._run(picture=np.ascontiguousarray(channels[None, ..., : self._channels]))
        log_variance = np.clip(said["log_variance"][0], -7, 1)
        cells = channels[AMOUNT_STRIDE // 2 :: AMOUNT_STRIDE, AMOUNT_STRIDE // 2 :: AMOUNT_STRIDE]
        tone = own_tone.seen_tone(*normalise.own_colour(cells))
        sigma = np.exp(0.5 * log_variance) * own_tone.wider(tone, self._by_tone)
        return Appearance(
            heat=_placed(said["heat"][0], window, MAP_STRIDE, 0),
            amount=_placed(said["amount"][0], window, AMOUNT_STRIDE, 0),
            sigma=_placed(sigma, window, AMOUNT_STRIDE, 1),
            veil=_placed(said["veil"][0], window, AMOUNT_STRIDE, 0),
        )


def _placed(
    part: npt.NDArray[np.float32], window: Window, stride: int, elsewhere: float
) -> npt.NDArray[np.float32]:
    """`part` at its place in the whole crop, with the value `elsewhere` around it."""
    whole = np.full(
        (HEIGHT // stride, WIDTH // stride, part.shape[-1]), elsewhere, dtype=np.float32
    )
    rows, columns = (slice(s.start // stride, s.stop // stride) for s in window)
    whole[rows, columns] = part
    return whole
