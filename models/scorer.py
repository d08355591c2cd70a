"""The trained network in service, on LiteRT. Never imports TensorFlow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from core.errors import Unavailable
from core.metrics import Metric
from models import normalise
from models.manifest import WEIGHTS, Manifest, read_manifest

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


@dataclass(frozen=True)
class Appearance:
    """What the network sees on one crop; channels in the order of MAPPED."""

    heat: npt.NDArray[np.float32]  # (240, 192, 7), 0–1: where, one value for 4 × 4 pixels
    amount: npt.NDArray[np.float32]  # (60, 48, 7), 0–1: how much around each 16 × 16 pixels
    sigma: npt.NDArray[np.float32]  # (60, 48, 7), same unit: learned deviation of `amount`


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
        # By signature: outputs of equal shape come in no fixed order
        self._run = self._interpreter.get_signature_runner()

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
        return self.read(normalise.inputs(crop, skin, reference))

    def read(self, channels: npt.NDArray[np.float32]) -> Appearance:
        """What the network makes of a crop's channels, (960, 768, 7) as of `normalise.inputs`."""
        said = self._run(picture=channels[None])
        log_variance = np.clip(said["log_variance"][0], -7, 1)
        return Appearance(
            heat=said["heat"][0],
            amount=said["amount"][0],
            sigma=np.exp(0.5 * log_variance).astype(np.float32),
        )
