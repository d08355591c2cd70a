"""Train the network on skin phantoms: `python3 run.py train --minutes 60`.

Phantoms are made on the fly, so that no picture of a person is needed. Progress and checkpoints
go to the output folder; `--resume` goes on from the last of them. The phantoms follow from the
seed; how many steps fit into the minutes depends on the machine, so two runs differ a little.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from models.batches import Batch, assemble
from models.network import build
from models.phantoms.phantom import SIGNS
from models.samples import PHANTOMS, Producer, Shard, load

PAIRS = 16  # phantoms of a batch; each comes in two pictures
RATE = 2.5e-3
KEPT = 200  # shards in memory, about 13 MB each
USES = 3.0  # how often a phantom is seen before a new one takes its place
FIRST = 6  # shards before the first step
SAVE_EVERY = 120.0  # seconds
STATE = "state.json"
# Deviation of the maps in the phantoms, in the order of SIGNS
SPREAD = np.array([0.15, 0.20, 0.12, 0.10, 0.25, 0.20, 0.10], np.float32)


class Feed:
    """Batches ahead of the training, in a thread: cv2 and NumPy let go of the interpreter."""

    def __init__(self, folder: Path, seed: int, start: int) -> None:
        self._folder, self._seed = folder, seed
        self._producer = Producer(folder, seed)
        self._random = np.random.default_rng((seed, start, 1))
        self._step = start
        self._queue: queue.Queue[Batch] = queue.Queue(4)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _wanted(self) -> int:
        return FIRST + int(self._step * PAIRS / USES / PHANTOMS)

    def _run(self) -> None:
        shards: deque[Shard] = deque(maxlen=KEPT)
        number = max(0, self._wanted() - KEPT)
        while not self._stopping.is_set():
            self._producer.want(self._wanted() + 2)
            while number < self._wanted() and (shard := load(self._folder, self._seed, number)):
                shards.append(shard)
                number += 1
            if len(shards) < FIRST:
                time.sleep(0.2)
                continue
            chosen = [
                (
                    shards[int(self._random.integers(len(shards)))],
                    int(self._random.integers(PHANTOMS)),
                )
                for _ in range(PAIRS)
            ]
            batch = assemble(chosen, self._random)
            while not self._stopping.is_set():
                try:
                    self._queue.put(batch, timeout=0.5)
                    break
                except queue.Full:
                    continue
            self._step += 1

    def next(self) -> Batch:
        return self._queue.get()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._producer.stop()


def losses(model: tf.keras.Model, batch: Sequence[tf.Tensor]) -> dict[str, tf.Tensor]:
    """Loss of the maps, of the amounts, and of two cameras that disagree about one skin."""
    picture, visible, skin, amount, amount_skin, weight = batch
    said = model(picture, training=True)
    kept = skin[..., None] * weight[:, None, None, None]
    heat = tf.clip_by_value(said["heat"], 1e-4, 1 - 1e-4)
    entropy = -(visible * tf.math.log(heat) + (1 - visible) * tf.math.log(1 - heat))
    # Sparse signs (pores, lines) have small maps: each sign counts by its own spread
    apart = tf.square(said["heat"] - visible) / tf.constant(SPREAD**2)
    maps = tf.reduce_mean(kept * (0.5 * entropy + 0.5 * apart))

    kept = tf.cast(amount_skin > 0.4, tf.float32)[..., None] * weight[:, None, None, None]
    error = said["amount"] - amount
    log_variance = tf.clip_by_value(said["log_variance"], -7.0, 1.0)
    likelihood = tf.square(error) * tf.exp(-log_variance) + log_variance
    amounts = tf.reduce_mean(kept * (2 * tf.abs(error) + 0.15 * likelihood))
    pair = tf.reduce_mean(kept[::2] * tf.abs(said["amount"][::2] - said["amount"][1::2]))
    each = tf.reduce_sum(kept * tf.abs(error), [0, 1, 2]) / (tf.reduce_sum(kept) + 1e-3)
    return {
        "total": maps + amounts + 0.3 * pair,
        "maps": maps,
        "amounts": amounts,
        "pair": pair,
        "mae": each,
    }


class Training:
    """A model with its optimiser; one call of `step` learns from one batch."""

    def __init__(self, model: tf.keras.Model, smoothing: float) -> None:
        self.model = model
        # The averaged weights are what is exported: they forget the last batches' noise
        self.optimizer = tf.keras.optimizers.AdamW(
            RATE, weight_decay=1e-4, global_clipnorm=5.0, use_ema=True, ema_momentum=smoothing
        )
        self.optimizer.build(model.trainable_variables)
        self._compiled = tf.function(self._learn, reduce_retracing=True)

    def _learn(self, batch: Sequence[tf.Tensor]) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            found = losses(self.model, batch)
        gradients = tape.gradient(found["total"], self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        return found

    def step(self, batch: Batch, rate: float) -> dict[str, np.ndarray]:
        self.optimizer.learning_rate.assign(rate)
        parts = (
            batch.picture,
            batch.visible,
            batch.skin,
            batch.amount,
            batch.amount_skin,
            batch.weight,
        )
        found = self._compiled(tuple(tf.constant(part) for part in parts))
        return {name: value.numpy() for name, value in found.items()}


def _rate(step: int, share: float) -> float:
    """Warm up over 200 steps, then a half cosine over the time there is."""
    return (
        RATE * min(1.0, (step + 1) / 200) * 0.5 * (1 + float(np.cos(np.pi * min(share, 1.0))))
        + 1e-5
    )


def train(minutes: float, seed: int, out: Path, *, resume: bool = False) -> Path:
    """Train for `minutes` and write `out/model.keras`; returns its path."""
    tf.keras.utils.set_random_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    run = Training(build(), smoothing=0.998 if minutes >= 10 else 0.97)
    checkpoint = tf.train.Checkpoint(model=run.model, optimizer=run.optimizer)
    manager = tf.train.CheckpointManager(checkpoint, str(out / "checkpoints"), max_to_keep=2)
    step, before = 0, 0.0
    if resume and manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint)
        state = json.loads((out / STATE).read_text())
        step, before = state["step"], state["seconds"]
    print(f"{run.model.count_params():,} parameters, from step {step}", flush=True)

    feed = Feed(out / "shards", seed, step)
    begun = saved = time.monotonic()
    recent: deque[dict[str, np.ndarray]] = deque(maxlen=100)
    try:
        first = feed.next()
        begun = time.monotonic()  # the first shards' making is not training
        batch = first
        while (spent := before + time.monotonic() - begun) < minutes * 60:
            recent.append(run.step(batch, _rate(step, spent / (minutes * 60))))
            step += 1
            if step % 100 == 0:
                _report(step, spent, recent)
            if time.monotonic() - saved > SAVE_EVERY:
                _save(manager, out, seed, step, spent)
                saved = time.monotonic()
            batch = feed.next()
    finally:
        feed.stop()
    _save(manager, out, seed, step, before + time.monotonic() - begun)
    run.optimizer.finalize_variable_values(run.model.trainable_variables)
    run.model.save(out / "model.keras")
    return out / "model.keras"


def _save(
    manager: tf.train.CheckpointManager, out: Path, seed: int, step: int, seconds: float
) -> None:
    manager.save()
    seen = FIRST * PHANTOMS + int(step * PAIRS / USES)
    state = {"seed": seed, "step": step, "seconds": seconds, "phantoms": seen}
    (out / STATE).write_text(json.dumps(state))


def _report(step: int, seconds: float, recent: Sequence[dict[str, np.ndarray]]) -> None:
    means = {name: np.mean([r[name] for r in recent], axis=0) for name in recent[0]}
    errors = " ".join(f"{s} {100 * e:.1f}" for s, e in zip(SIGNS, means["mae"], strict=True))
    print(
        f"{step:6d} {seconds:6.0f} s {step * 2 * PAIRS / max(seconds, 1):5.0f} pictures/s  "
        f"maps {means['maps']:.3f} amounts {means['amounts']:.3f} pair {means['pair']:.3f}  "
        f"error in points: {errors}",
        flush=True,
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="run.py train", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long to train")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("var/training"))
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    asked = parser.parse_args(argv)
    model = train(asked.minutes, asked.seed, asked.out, resume=asked.resume)
    print(f"trained: {model}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
