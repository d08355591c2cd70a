"""From a trained Keras model to the LiteRT file in service, with a manifest that says what it is.

`python -m models.export MODEL --evaluation FIGURES --version NAME`; no figure is typed by hand.
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

from core.metrics import Metric
from models import phantoms
from models.manifest import NAME, WEIGHTS, Figures, Manifest, TrainedOn
from models.network import build
from models.normalise import CHANNELS
from models.scorer import HEIGHT, MAPPED, WIDTH

EVALUATION = "evaluation.json"
TOLERANCE = 1e-3  # between Keras and LiteRT, on outputs of 0–1
# Until the drift on real faces is measured (bench.real_faces): face widths in source pixels.
# Scores held down to about 650 and drifted below 500 in the first experiments.
LEAST_FACE_WIDTH = {
    Metric.OILINESS: 300,
    Metric.HYDRATION: 600,
    Metric.FINE_LINES: 600,
    Metric.PORES: 600,
    Metric.REDNESS: 250,
    Metric.SPOTS: 400,
    Metric.BLEMISHES: 400,
}


def convert(model: tf.keras.Model, height: int = HEIGHT, width: int = WIDTH) -> bytes:
    """LiteRT, float32, for one picture of fixed size."""
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
    content: bytes, version: str, trained: dict[str, Any], evaluation: dict[str, Any]
) -> Manifest:
    figures = evaluation["metrics"]
    known = set(Figures.model_fields)
    same_view = {m: figures[m.value]["sdc_same_view"] for m in MAPPED}
    on_faces = evaluation.get("faces")
    return Manifest(
        version=version,
        file=f"skin-{version}.tflite",
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        date=datetime.datetime.now(datetime.UTC).date(),
        trained_on=TrainedOn(
            phantoms_version=phantoms.VERSION,
            seed=trained["seed"],
            phantoms=trained["phantoms"],
            steps=trained["step"],
            minutes=round(trained["seconds"] / 60, 1),
        ),
        figures={
            m: Figures(**{k: v for k, v in figures[m.value].items() if k in known}) for m in MAPPED
        },
        sdc={m: on_faces["sdc_with_expression"][m.value] for m in MAPPED}
        if on_faces
        else same_view,
        sdc_method=on_faces["method"]
        if on_faces
        else "patches of phantoms, two pictures seconds apart: a lower bound",
        sdc_same_view=same_view,
        interval_scale={m: figures[m.value]["interval_scale"] for m in MAPPED},
        shared_error={m: figures[m.value]["shared_error"] for m in MAPPED},
        least_face_width=on_faces["least_face_width"] if on_faces else LEAST_FACE_WIDTH,
    )


def export(model_path: Path, version: str, evaluation: Path, weights: Path = WEIGHTS) -> Manifest:
    """Convert, check against Keras, and put into service: the manifest is written last."""
    model = tf.keras.models.load_model(model_path, compile=False)
    content = convert(model)
    picture = np.random.default_rng(1).normal(0, 0.7, (1, HEIGHT, WIDTH, CHANNELS)).astype("f4")
    difference = largest_difference(model, content, picture)
    if difference > TOLERANCE:
        raise RuntimeError(f"LiteRT differs from Keras by {difference:.2g}")
    trained = json.loads((model_path.parent / "state.json").read_text())
    figures = json.loads(evaluation.read_text())
    made = manifest_of(content, version, trained, figures)
    weights.mkdir(parents=True, exist_ok=True)
    (weights / made.file).write_bytes(content)
    (weights / EVALUATION).write_text(json.dumps(figures, indent=1) + "\n")
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
    parser.add_argument("--evaluation", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    asked = parser.parse_args(argv)
    export(asked.model, asked.version, asked.evaluation, asked.weights)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
