"""How far each step of scoring is from what this processor can do: `python -m bench.roofline`.

In one run and on the same threads: the processor's matrix-product peak, the network on LiteRT, the
same network in plain Keras, a MobileNetV2 classifier at the size of the crop, and the decoding of
a 12-megapixel JPEG alone. Writes bench/roofline.json. Needs the environment of the tests
(TensorFlow). MobileNetV2 has random weights: only its speed is looked at.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from bench.photo_to_scores import PORTRAIT, phone_photo
from models import network, normalise
from models.manifest import WEIGHTS, read_manifest
from models.scorer import HEIGHT, WIDTH
from pipeline import photo

OWN_LAYERS = (network.Seen,)  # loading the weights needs the classes registered
CORES = os.cpu_count() or 1
RUNS, WARM_UP = 25, 4
SIDE = 2048  # of the square matrices whose product is the peak


def multiply_adds(model: keras.Model) -> int:
    """Multiply-adds of one forward pass: convolutions and dense layers, which are nearly all."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            total += int(np.prod(layer.kernel.shape))
        elif isinstance(layer, keras.layers.DepthwiseConv2D | keras.layers.Conv2D):
            total += int(np.prod(layer.output.shape[1:3])) * int(np.prod(layer.kernel.shape))
    return total


def fixed(model: keras.Model, channels: int) -> keras.Model:
    """`model` for one picture of the crop's size, with its shapes known."""
    picture = keras.Input((HEIGHT, WIDTH, channels), batch_size=1)
    clone: keras.Model = keras.models.clone_model(model, input_tensors=picture)
    clone.set_weights(model.get_weights())
    return clone


def litert(content: bytes) -> Callable[[npt.NDArray[np.float32]], Any]:
    interpreter = Interpreter(model_content=content, num_threads=CORES)
    runner = interpreter.get_signature_runner()
    name = next(iter(runner.get_input_details()))
    return lambda picture: runner(**{name: picture})


def in_turns(steps: dict[str, Callable[[], Any]]) -> dict[str, dict[str, float]]:
    """Milliseconds of each step, one after the other in every round: noise falls on all alike."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(WARM_UP + RUNS):
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            if number >= WARM_UP:
                times[name].append((time.perf_counter() - started) * 1000)
    return {
        name: {
            "best": round(min(values), 1),
            "p50": round(float(np.quantile(values, 0.5)), 1),
            "p95": round(float(np.quantile(values, 0.95)), 1),
        }
        for name, values in times.items()
    }


def measure(content: bytes) -> dict[str, Any]:
    manifest = read_manifest(WEIGHTS)
    ours = fixed(
        keras.models.load_model((WEIGHTS / manifest.file).with_suffix(".keras"), compile=False),
        normalise.CHANNELS,
    )
    mobile = keras.applications.MobileNetV2(input_shape=(HEIGHT, WIDTH, 3), weights=None, classes=7)
    mobile_file = tf.lite.TFLiteConverter.from_keras_model(mobile).convert()

    random = np.random.default_rng(0)
    crop = random.integers(60, 200, (HEIGHT, WIDTH, 3), np.uint8)
    skin = np.ones((HEIGHT, WIDTH), bool)
    reference = normalise.face_reference(crop, skin)
    picture = normalise.inputs(crop, skin, reference)[None]
    colours = random.uniform(-1, 1, (1, HEIGHT, WIDTH, 3)).astype(np.float32)
    square = random.normal(size=(SIDE, SIDE)).astype(np.float32)

    in_service = litert((WEIGHTS / manifest.file).read_bytes())
    mobile_in_service = litert(mobile_file)
    compiled = tf.function(lambda x: ours(x, training=False))
    tensor = tf.constant(picture)
    kept = np.frombuffer(photo.accept(content).jpeg, np.uint8)
    ms = in_turns(
        {
            "matrix product": lambda: square @ square,
            "normalisation": lambda: normalise.inputs(crop, skin, reference),
            "network, LiteRT": lambda: in_service(picture),
            "network, Keras called": lambda: ours(tensor, training=False),
            "network, Keras compiled": lambda: compiled(tensor),
            "network, Keras predict": lambda: ours.predict(picture, verbose=0),
            "MobileNetV2, LiteRT": lambda: mobile_in_service(colours),
            "kept JPEG decoded whole": lambda: cv2.imdecode(kept, cv2.IMREAD_COLOR_RGB),
            "kept JPEG decoded at half": lambda: cv2.imdecode(kept, cv2.IMREAD_REDUCED_COLOR_2),
        }
    )
    # 2 n³ operations of a matrix product over its best time
    peak = 2 * SIDE**3 / (ms["matrix product"]["best"] / 1000) / 1e9
    work = {"network, LiteRT": multiply_adds(ours), "MobileNetV2, LiteRT": multiply_adds(mobile)}
    reached = {
        name: {
            "multiply_adds_millions": round(count / 1e6),
            "gflop_s": round(2 * count / (ms[name]["p50"] / 1000) / 1e9, 1),
            "share_of_peak": round(2 * count / (ms[name]["p50"] / 1000) / 1e9 / peak, 2),
        }
        for name, count in work.items()
    }
    network = ms["network, LiteRT"]["p50"]
    return {
        "model": manifest.version,
        "threads": CORES,
        "peak_gflop_s": round(peak, 1),
        "ms": ms,
        "reached": reached,
        "times_the_network_in_service": {
            name: round(ms[name]["p50"] / network, 2)
            for name in ms
            if name.startswith(("network", "MobileNet"))
        },
    }


def main() -> None:
    portrait = Path(sys.argv[1]) if len(sys.argv) > 1 else PORTRAIT
    if not portrait.exists():
        sys.exit(f"{portrait} is not there: name a sharp portrait of one face.")
    load = os.getloadavg()[0]
    figures = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}",
        "load_before": round(load, 2),
        **measure(phone_photo(portrait)),
    }
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(target.read_text("utf-8"))


if __name__ == "__main__":
    main()
