"""From a trained Keras model to the LiteRT file in service, with a manifest that says what it is.

`python -m models.export var/training/model.keras --version 2.1`, then `python3 run.py evaluate`,
which measures these weights and puts the figures into the manifest. No figure is typed by hand:
until then the manifest says that nothing was measured. Exported again, the same weights find their
figures in models/evaluation.json.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from core.errors import Unavailable
from core.metrics import Metric
from models import phantoms
from models.manifest import NAME, WEIGHTS, Earlier, Manifest, RealSkin, TrainedOn, read_manifest
from models.network import build
from models.normalise import CHANNELS
from models.scorer import HEIGHT, MAPPED, WIDTH
from models.train import STATE

EVALUATION = WEIGHTS.parent / "evaluation.json"
TOLERANCE = 1e-3  # between Keras and LiteRT, on outputs of 0–1
# A usual face's part of the crop, and the whole crop: one file has to serve both
SIZES = ((800, 672), (HEIGHT, WIDTH))
UNMEASURED: dict[str, Any] = {
    "figures": {},
    "sdc": dict.fromkeys(MAPPED, 15.0),
    "sdc_method": "not measured yet",
    "sdc_same_view": dict.fromkeys(MAPPED, 15.0),
    "interval_scale": dict.fromkeys(MAPPED, 1.5),
    "shared_error": dict.fromkeys(MAPPED, 0.5),
    "shot_error": dict.fromkeys(MAPPED, 0.5),
    # Face widths in source pixels; scores drifted below these in the first experiments
    "least_face_width": {
        Metric.OILINESS: 300,
        Metric.HYDRATION: 600,
        Metric.FINE_LINES: 600,
        Metric.PORES: 600,
        Metric.REDNESS: 250,
        Metric.SPOTS: 400,
        Metric.BLEMISHES: 400,
    },
}


def convert(model: tf.keras.Model, height: int = HEIGHT, width: int = WIDTH) -> bytes:
    """LiteRT, float32, for one picture; of this size until it is given one of another."""
    fixed = build(height, width)
    fixed.set_weights(model.get_weights())
    # Not from a concrete function: the weights of a Keras 3 model are then silently left out
    content: bytes = tf.lite.TFLiteConverter.from_keras_model(fixed).convert()
    return content


def largest_difference(
    model: tf.keras.Model, content: bytes, picture: npt.NDArray[np.float32]
) -> float:
    """Between Keras and LiteRT on `picture`, (1, h, w, 7); infinite when one says NaN."""
    converted = Interpreter(model_content=content).get_signature_runner()(picture=picture)
    kept = model(picture, training=False)
    apart = [float(np.abs(converted[name] - kept[name].numpy()).max()) for name in kept]
    return float("inf") if np.isnan(apart).any() else max(apart)


def manifest_of(
    content: bytes, version: str, trained: dict[str, Any], evaluation: Path, weights: Path
) -> Manifest:
    """`trained` is what training left in state.json; `weights` holds what was in service."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = {
        "version": version,
        "file": f"skin-{version}.tflite",
        "sha256": sha256,
        "bytes": len(content),
        "date": datetime.datetime.now(datetime.UTC).date(),
        "trained_on": _trained_on(trained),
        "history": _history(weights, version),
    }
    return Manifest(**known, **_measured(sha256, evaluation))


def _trained_on(state: dict[str, Any]) -> TrainedOn:
    before = state.get("before")
    return TrainedOn(
        phantoms_version=phantoms.VERSION,
        seed=state["seed"],
        phantoms=state["phantoms"],
        steps=state["step"],
        minutes=round(state["seconds"] / 60, 1),
        backdrops=tuple(RealSkin(**of) for of in state["backdrops"]),
        started_from=state["start"],
        before=_trained_on(before) if before else None,
    )


def _measured(sha256: str, evaluation: Path) -> dict[str, Any]:
    """The figures of exactly these weights, as far as they have been measured."""
    if evaluation.exists():
        document = json.loads(evaluation.read_text())
        if document["weights"]["sha256"] == sha256:
            return UNMEASURED | dict(document["calibration"])
    return UNMEASURED


def _history(weights: Path, version: str) -> tuple[Earlier, ...]:
    """The versions before this one: Trends says of each what it could detect."""
    try:
        last = read_manifest(weights)
    except Unavailable:
        return ()
    before = Earlier(version=last.version, date=last.date, sdc=last.sdc)
    return tuple(of for of in (*last.history, before) if of.version != version)


def export(
    model_path: Path, version: str, weights: Path = WEIGHTS, evaluation: Path = EVALUATION
) -> Manifest:
    """Convert, check against Keras, and put into service: the manifest is written last."""
    model = tf.keras.models.load_model(model_path, compile=False)
    content = convert(model)
    for height, width in SIZES:
        random = np.random.default_rng(1)
        picture = random.normal(0, 0.7, (1, height, width, CHANNELS)).astype(np.float32)
        difference = largest_difference(model, content, picture)
        if difference > TOLERANCE:
            raise RuntimeError(f"LiteRT differs from Keras by {difference:.2g}")
    trained = json.loads((model_path.parent / STATE).read_text())
    made = manifest_of(content, version, trained, evaluation, weights)
    weights.mkdir(parents=True, exist_ok=True)
    (weights / made.file).write_bytes(content)
    half = weights / (NAME + ".part")
    half.write_text(made.model_dump_json(indent=1) + "\n")
    half.replace(weights / NAME)
    shutil.copy(model_path, weights / f"skin-{version}.keras")  # to go on training from
    for old in weights.glob("skin-*.*"):
        if old.stem != Path(made.file).stem:
            old.unlink()
    return made


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="models.export", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--evaluation", type=Path, default=EVALUATION)
    asked = parser.parse_args(argv)
    export(asked.model, asked.version, asked.weights, asked.evaluation)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
