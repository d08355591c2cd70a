"""Phantoms for training, made on the fly by a process of their own.

A shard is PHANTOMS phantoms, each photographed by two cameras; its content follows from the seed
and its number alone. Shards lie in a scratch folder and are made again when they are missing.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from models.phantoms import camera, skin
from models.phantoms.fields import SIZE
from models.phantoms.phantom import render
from models.targets import MAP_STRIDE

PHANTOMS = 128  # of one shard


@dataclass(frozen=True)
class Shard:
    pictures: npt.NDArray[np.uint8]  # (n, 2, SIZE, SIZE, 3) sRGB, two cameras of each phantom
    references: npt.NDArray[np.float32]  # (n, 2, 3) encoded 0–1, colour of the face
    visible: npt.NDArray[np.uint8]  # (n, SIZE/4, SIZE/4, 7), 0–255 for 0–1
    tone: npt.NDArray[np.float32]  # (n,) ITA in degrees


def make(seed: int, number: int, count: int = PHANTOMS) -> Shard:
    side = SIZE // MAP_STRIDE
    pictures = np.empty((count, 2, SIZE, SIZE, 3), np.uint8)
    references = np.empty((count, 2, 3), np.float32)
    visible = np.empty((count, side, side, 7), np.uint8)
    tone = np.empty(count, np.float32)
    for i in range(count):
        random = skin.streams(seed, number * PHANTOMS + i)
        phantom = render(skin.draw(random["parameters"]), random)
        for shot, stream in enumerate(("camera", "second_camera")):
            pictures[i, shot], references[i, shot] = camera.shoot(
                phantom.radiance,
                phantom.reference,
                phantom.albedo,
                camera.draw(random[stream]),
                random[stream],
            )
        coarse = phantom.visible.reshape(side, MAP_STRIDE, side, MAP_STRIDE, 7).mean((1, 3))
        visible[i] = np.round(coarse * 255)
        tone[i] = phantom.tone
    return Shard(pictures, references, visible, tone)


def _path(folder: Path, seed: int, number: int) -> Path:
    return folder / f"shard-{seed}-{number:05d}.npz"


def load(folder: Path, seed: int, number: int) -> Shard | None:
    """The shard, or None when it is not there yet."""
    path = _path(folder, seed, number)
    if not path.exists():
        return None
    with np.load(path) as stored:
        return Shard(**{name: stored[name] for name in stored.files})


def _produce(folder: Path, seed: int, wanted: Synchronized[int], parent: int) -> None:
    """Make shards 0, 1, … as long as fewer exist than `wanted` and the parent lives."""
    os.nice(3)
    cv2.setNumThreads(1)
    number = 0
    while os.getppid() == parent:
        if number >= wanted.value:
            time.sleep(0.2)
            continue
        path = _path(folder, seed, number)
        if not path.exists():
            half = path.with_suffix(".part.npz")
            np.savez(half, **vars(make(seed, number)))
            half.rename(path)
        number += 1


class Producer:
    """The process that makes shards ahead of the training."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        context = multiprocessing.get_context("spawn")  # a fork would inherit TensorFlow's threads
        self._wanted = context.Value("i", 0)
        self._process = context.Process(
            target=_produce, args=(folder, seed, self._wanted, os.getpid()), daemon=True
        )
        self._process.start()

    def want(self, shards: int) -> None:
        self._wanted.value = max(self._wanted.value, shards)

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()
