"""Train the network: `python3 run.py train --minutes 60`, or `--steps 6000`.

Phantoms are made on the fly; with --backdrops (see bench/backdrops.py) real skin with signs added
joins them. Progress and checkpoints go to the output folder; `--resume` goes on from the last of
them. The samples and their order follow from the seed; how many steps fit into minutes depends on
the machine, so a run that is to be repeated is given --steps.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from models.batches import Batch
from models.feed import FIRST, PAIRS, USES, Feed
from models.loss import losses
from models.network import build, take_over
from models.phantoms.phantom import SIGNS
from models.samples import PHANTOM, PHANTOMS
from models.sources import described
from models.tones import Balance

RATE = 2.5e-3
WARM_RATE = 1.0e-3  # when starting from earlier weights
SAVE_EVERY = 120.0  # seconds
STATE = "state.json"
SMOOTHING_LONG, SMOOTHING_SHORT, LONG_STEPS = 0.998, 0.97, 1000
REPORTED = ("maps", "amounts", "pair", "added", "smoothed", "person", "toned", "veils")


@dataclass(frozen=True)
class Plan:
    """What is to be trained; either `minutes` or `steps` says for how long."""

    out: Path
    seed: int
    minutes: float | None = None
    steps: int | None = None
    backdrops: Path | None = None
    start: Path | None = None  # earlier weights, .keras
    processes: int = 2
    resume: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError when there would be nothing to learn: no network is saved untrained."""
        length = self.minutes if self.steps is None else self.steps
        if length is None or length <= 0:
            raise ValueError("Nothing to learn: give --minutes or --steps above 0.")

    def share(self, step: int, seconds: float) -> float:
        """How much of the training is done, from 0 to 1 and above."""
        if self.steps is not None:
            return step / self.steps
        return seconds / (60 * (self.minutes or 0))


class Training:
    """A model with its optimiser; one call of `step` learns from one batch."""

    def __init__(self, model: tf.keras.Model, smoothing: float) -> None:
        self.model, self.balance = model, Balance()
        # The averaged weights are what is exported: they forget the last batches' noise
        self.optimizer = tf.keras.optimizers.AdamW(
            RATE, weight_decay=1e-4, global_clipnorm=5.0, use_ema=True, ema_momentum=smoothing
        )
        self.optimizer.build(model.trainable_variables)
        self._compiled = tf.function(self._learn, reduce_retracing=True)

    def _learn(self, parts: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        fields = {f.name: parts[f.name] for f in dataclasses.fields(Batch)}
        batch = Batch(**fields)
        with tf.GradientTape() as tape:
            said = self.model(batch.picture, training=True)
            found = losses(said, batch, parts["weight"], parts["pull"])
        gradients = tape.gradient(found["total"], self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        return found

    def step(self, batch: Batch, rate: float) -> dict[str, np.ndarray]:
        self.optimizer.learning_rate.assign(rate)
        parts = vars(batch) | {
            "weight": self.balance.weights(batch.tone),
            "pull": self.balance.pull(batch.tone),
        }
        found = self._compiled({name: tf.constant(part) for name, part in parts.items()})
        said = {name: value.numpy() for name, value in found.items()}
        if not np.isfinite(said["total"]):
            raise RuntimeError("the loss is not a number any more; resume from the last checkpoint")
        phantoms = batch.kind == PHANTOM
        if phantoms.any():
            self.balance.learn(
                batch.tone[phantoms], said["error"][phantoms], said["absolute"][phantoms]
            )
            said["mae"] = said["absolute"][phantoms].mean(0)
        return said


def _rate(highest: float, step: int, share: float) -> float:
    """Warm up over 200 steps, then a half cosine over the time there is."""
    down = 0.5 * (1 + float(np.cos(np.pi * min(share, 1.0))))
    return highest * min(1.0, (step + 1) / 200) * down + 1e-5


def train(plan: Plan) -> Path:
    """Train as planned and write `plan.out/model.keras`; returns its path."""
    tf.keras.utils.set_random_seed(plan.seed)
    plan.out.mkdir(parents=True, exist_ok=True)
    model = build()
    if plan.start is not None and not plan.resume:
        earlier = tf.keras.models.load_model(plan.start, compile=False)
        print(f"{take_over(model, earlier)} layers taken over from {plan.start.name}", flush=True)
    long = (plan.minutes or 0) >= 10 or (plan.steps or 0) >= LONG_STEPS
    run = Training(model, SMOOTHING_LONG if long else SMOOTHING_SHORT)
    checkpoint = tf.train.Checkpoint(model=run.model, optimizer=run.optimizer)
    manager = tf.train.CheckpointManager(checkpoint, str(plan.out / "checkpoints"), max_to_keep=2)
    step, before = 0, 0.0
    if plan.resume and manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint).expect_partial()
        state = json.loads((plan.out / STATE).read_text())
        step, before = state["step"], state["seconds"]
        run.balance.error = np.array(state["error_by_tone"], np.float32)
        run.balance.bias = np.array(state["bias_by_tone"], np.float32)
    on = "phantoms alone" if plan.backdrops is None else "phantoms and real skin"
    print(f"{model.count_params():,} parameters, from step {step}, on {on}", flush=True)

    highest = RATE if plan.start is None else WARM_RATE
    feed = Feed(plan.out / "shards", plan.seed, step, plan.backdrops, plan.processes)
    recent: deque[dict[str, np.ndarray]] = deque(maxlen=100)
    spent = before
    try:
        batch = feed.next()
        begun = saved = time.monotonic()  # the first shards' making is not training
        while (share := plan.share(step, spent)) < 1:
            recent.append(run.step(batch, _rate(highest, step, share)))
            step += 1
            spent = before + time.monotonic() - begun
            if step % 100 == 0:
                _report(step, spent, share, recent)
            if time.monotonic() - saved > SAVE_EVERY:
                _save(manager, plan, run, step, spent)
                saved = time.monotonic()
            batch = feed.next()
    finally:
        feed.stop()
    _save(manager, plan, run, step, spent)
    run.optimizer.finalize_variable_values(run.model.trainable_variables)
    run.model.save(plan.out / "model.keras")
    return plan.out / "model.keras"


def _save(
    manager: tf.train.CheckpointManager, plan: Plan, run: Training, step: int, seconds: float
) -> None:
    manager.save()
    state: dict[str, Any] = {
        "seed": plan.seed,
        "step": step,
        "seconds": seconds,
        "phantoms": FIRST * PHANTOMS + int(step * PAIRS / USES),
        "start": plan.start.name if plan.start else None,
        "backdrops": described(plan.backdrops) if plan.backdrops else [],
        "before": _state_of(plan.start),
        "error_by_tone": run.balance.error.tolist(),
        "bias_by_tone": run.balance.bias.tolist(),
    }
    half = plan.out / (STATE + ".part")
    half.write_text(json.dumps(state))
    half.replace(plan.out / STATE)


def _state_of(start: Path | None) -> dict[str, Any] | None:
    """What training left beside the weights that this one starts from; None when nothing."""
    if start is None or not (start.parent / STATE).exists():
        return None
    state: dict[str, Any] = json.loads((start.parent / STATE).read_text())
    return {name: of for name, of in state.items() if not name.endswith("_by_tone")}


def _report(
    step: int, seconds: float, share: float, recent: Sequence[dict[str, np.ndarray]]
) -> None:
    means = {name: float(np.mean([r[name] for r in recent])) for name in REPORTED}
    parts = " ".join(f"{name} {value:.3f}" for name, value in means.items())
    mae = np.mean([r["mae"] for r in recent if "mae" in r], axis=0)
    errors = " ".join(f"{s} {100 * e:.1f}" for s, e in zip(SIGNS, mae, strict=True))
    print(
        f"{step:6d} {seconds:6.0f} s {100 * share:3.0f} % "
        f"{step * 2 * PAIRS / max(seconds, 1):4.0f} pictures/s  {parts}  in points: {errors}",
        flush=True,
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="run.py train", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="how long to train (60)")
    length.add_argument("--steps", type=int, help="how many steps: the same run on every machine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("var/training"))
    parser.add_argument("--backdrops", type=Path, help="real skin, made by bench/backdrops.py")
    parser.add_argument("--start", type=Path, help="earlier weights (.keras) to start from")
    parser.add_argument("--processes", type=int, default=2, help="that make samples")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    asked = parser.parse_args(argv)
    if asked.minutes is None and asked.steps is None:
        asked.minutes = 60.0
    try:
        plan = Plan(**vars(asked))
    except ValueError as nothing:
        print(nothing, file=sys.stderr)
        return 2
    model = train(plan)
    print(f"trained: {model}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
