"""Figures of a trained model on phantoms it has never seen; `python -m models.evaluate MODEL`.

Two sets: intervals are scaled on the first and every figure is taken on the second.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from scipy.stats import spearmanr

from models import normalise, targets
from models.network import KINDS
from models.phantoms import camera, skin
from models.phantoms.fields import SIZE
from models.phantoms.phantom import Phantom, render
from models.scorer import MAPPED

Floats = npt.NDArray[np.float32]

# Never trained on
CALIBRATION_SEED, TEST_SEED, SAME_VIEW_SEED, SHARED_SEED = 900_001, 900_002, 900_003, 900_004
TONES = (
    ("darker than -30", -90, -30),
    ("-30 to 10", -30, 10),
    ("10 to 28", 10, 28),
    ("28 to 41", 28, 41),
    ("41 to 55", 41, 55),
    ("lighter than 55", 55, 90),
)
COVERAGE = 0.9
PLACES = 5  # of one face
MIDDLE = slice(2, 6)  # of a patch's 8 × 8 places: those with surroundings on all sides


@dataclass(frozen=True)
class Answers:
    truth: Floats  # (n, 7) amount in the middle of the patch, 0–1
    amount: Floats  # (n, 7) what the network says
    sigma: Floats  # (n, 7)
    tone: Floats  # (n,) ITA, degrees


def load_model(path: Path) -> tf.keras.Model:
    return tf.keras.models.load_model(path, compile=False)


def ask(model: tf.keras.Model, pictures: Floats) -> tuple[Floats, Floats]:
    """Amount and deviation in the middle of each patch: (n, 7) each."""
    amounts, sigmas = [], []
    for start in range(0, len(pictures), 32):
        said = model(pictures[start : start + 32], training=False)
        amounts.append(said["amount"].numpy()[:, MIDDLE, MIDDLE].mean((1, 2)))
        variance = np.exp(np.clip(said["log_variance"].numpy(), -7, 1))
        sigmas.append(np.sqrt(variance[:, MIDDLE, MIDDLE].mean((1, 2))))
    return np.concatenate(amounts), np.concatenate(sigmas)


def truth(phantom: Phantom) -> Floats:
    side = SIZE // targets.MAP_STRIDE
    coarse = phantom.visible.reshape(side, targets.MAP_STRIDE, side, targets.MAP_STRIDE, KINDS)
    amounts, _ = targets.neighbourhood_amounts(
        coarse.mean((1, 3)), np.ones((side, side), np.float32)
    )
    return np.asarray(amounts[MIDDLE, MIDDLE].mean((0, 1)), np.float32)


def photograph(phantom: Phantom, shot: camera.Shot, random: np.random.Generator) -> Floats:
    """The network's channels of one picture of `phantom`."""
    pixels, reference = camera.shoot(
        phantom.radiance, phantom.reference, phantom.albedo, shot, random
    )
    whole = np.ones((SIZE, SIZE), bool)
    return normalise.inputs(pixels, whole, normalise.log_light(reference))


def answers(model: tf.keras.Model, seed: int, count: int) -> Answers:
    pictures, truths, tones = [], [], []
    for index in range(count):
        random = skin.streams(seed, index)
        phantom = render(skin.draw(random["parameters"]), random)
        pictures.append(photograph(phantom, camera.draw(random["camera"]), random["camera"]))
        truths.append(truth(phantom))
        tones.append(phantom.tone)
    amount, sigma = ask(model, np.stack(pictures))
    return Answers(np.stack(truths), amount, sigma, np.array(tones, np.float32))


def same_view(model: tf.keras.Model, count: int) -> Floats:
    """Smallest detectable change, points: two pictures of one patch, seconds apart.

    They differ in exposure by up to half a stop each way, in white balance, noise, compression
    and a shift of up to 2 pixels; lens and distance are the same.
    """
    pictures = []
    for index in range(count):
        random = skin.streams(SAME_VIEW_SEED, index)
        phantom = render(skin.draw(random["parameters"]), random)
        first = camera.draw(random["camera"])
        for stream in ("camera", "second_camera"):
            r = random[stream]
            moved = np.roll(phantom.radiance, r.integers(-2, 3, 2), (0, 1))
            shot = replace(
                first,
                stops=first.stops * 0.5 + float(r.uniform(-0.5, 0.5)),
                kelvin=float(r.uniform(3500, 7500)),
                quality=int(r.integers(75, 98)),
            )
            pictures.append(photograph(replace(phantom, radiance=moved), shot, r))
    amount, _ = ask(model, np.stack(pictures))
    return np.asarray(1.96 * 100 * (amount[::2] - amount[1::2]).std(0), np.float32)


def shared_error(model: tf.keras.Model, faces: int) -> Floats:
    """Share of the error's variance that places of one face have in common, (7,), 0–1.

    Each face is five patches of the same skin, camera and face reference, with every spot, pore
    and line drawn anew. Errors are taken in units of the learned deviation. A real face's regions
    differ more from each other, so that the true share is rather lower.
    """
    pictures, truths = [], []
    for face in range(faces):
        common = skin.streams(SHARED_SEED, face)
        person, shot = skin.draw(common["parameters"]), camera.draw(common["camera"])
        for place in range(PLACES):
            random = skin.streams(SHARED_SEED, faces + face * PLACES + place)
            random["reference"] = skin.streams(SHARED_SEED, face)["reference"]
            phantom = render(person, random)
            pictures.append(photograph(phantom, shot, random["camera"]))
            truths.append(truth(phantom))
    amount, sigma = ask(model, np.stack(pictures))
    error = ((amount - np.stack(truths)) / sigma).reshape(faces, PLACES, KINDS)
    alone = (error**2).sum((0, 1))  # places with themselves
    pairs = (error.sum(1) ** 2).sum(0) - alone  # places with each other
    return np.asarray(np.clip(pairs / (PLACES - 1) / alone, 0, 1), np.float32)


def evaluate(model: tf.keras.Model, count: int = 1500) -> dict[str, Any]:
    """Everything that the manifest and the card say in figures, by metric."""
    calibration = answers(model, CALIBRATION_SEED, count)
    ratio = np.abs(calibration.amount - calibration.truth) / calibration.sigma
    scale = np.quantile(ratio, COVERAGE, axis=0)
    test = answers(model, TEST_SEED, count)
    error = np.abs(test.amount - test.truth) * 100
    constant = np.abs(np.median(calibration.truth, 0) - test.truth) * 100
    held = error <= 100 * scale * test.sigma
    noise = same_view(model, count // 2)
    shared = shared_error(model, count // PLACES)
    metrics = {}
    for i, metric in enumerate(MAPPED):
        by_tone = {
            name: [
                float(f[(low <= test.tone) & (test.tone < high), i].mean())
                for f in (error, constant)
            ]
            for name, low, high in TONES
        }
        metrics[metric.value] = {
            "mae": float(error[:, i].mean()),
            "constant_mae": float(constant[:, i].mean()),
            "spearman": float(spearmanr(test.amount[:, i], test.truth[:, i]).statistic),
            "coverage": float(held[:, i].mean()),
            "mae_by_tone": {name: values[0] for name, values in by_tone.items()},
            "constant_mae_by_tone": {name: values[1] for name, values in by_tone.items()},
            "interval_scale": float(scale[i]),
            "sdc_same_view": float(noise[i]),
            "shared_error": float(shared[i]),
        }
    return {"phantoms": count, "calibration_phantoms": count, "metrics": metrics}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="models.evaluate", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=1500, help="phantoms of each set")
    parser.add_argument("--out", type=Path, required=True, help="the figures, as JSON")
    asked = parser.parse_args(argv)
    figures = evaluate(load_model(asked.model), asked.count)
    asked.out.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
