"""Samples for training, made on the fly by processes of their own.

A shard is PHANTOMS samples of two pictures each; its content follows from the seed, its number and
the backdrops alone. Shards lie in a scratch folder and are made again when they are missing.
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

from models import backdrops
from models.backdrops import Backdrop, Backdrops
from models.mixture import Sample, added, person, phantom, smoothed, toned
from models.phantoms import skin
from models.phantoms.distractors import VEILS
from models.phantoms.fields import SIZE, Floats, Random, between
from models.phantoms.phantom import SIGNS
from models.targets import AMOUNT_STRIDE, MAP_STRIDE

PHANTOMS = 128  # samples of one shard
PHANTOM, ADDED, SMOOTHED, PERSON, TONED = range(5)
# Phantoms alone know every sign at once; real skin teaches what a phantom lacks. Smoothing and
# persons are relations between two pictures, learned from few.
MIX = (0.55, 0.24, 0.05, 0.04, 0.12)
ALONE_MIX = (0.92, 0.0, 0.08, 0.0, 0.0)  # without real skin
REPIGMENTED = 0.6  # share of real patches under another tone: the photographed are mostly light
FACES, COUPLES = 10, 3  # photos, and people in two expressions, that a shard cuts its patches from
UNKNOWN = 255  # a veil that nobody has labelled
_VEIL_SCALE = 200


@dataclass(frozen=True)
class Shard:
    kind: npt.NDArray[np.uint8]  # (n,) PHANTOM, ADDED, SMOOTHED, PERSON or TONED
    pictures: npt.NDArray[np.uint8]  # (n, 2, SIZE, SIZE, 3) sRGB
    references: npt.NDArray[np.float32]  # (n, 2, 3) encoded 0–1, colour of the face
    skin: npt.NDArray[np.uint8]  # (n, 2, SIZE/4, SIZE/4) share of bare skin, 0–255 for 0–1
    # (n, SIZE/4, SIZE/4, 7), 0–255 for 0–1. PHANTOM: what is visible; ADDED: what picture 1 has
    # over picture 0; others: 0
    visible: npt.NDArray[np.uint8]
    # (n, 2, SIZE/16, SIZE/16, 3) share of hair, make-up, filter: 0–200 for 0–1, or UNKNOWN
    veil: npt.NDArray[np.uint8]
    tone: npt.NDArray[np.float32]  # (n, 2) ITA in degrees


def make(seed: int, number: int, count: int = PHANTOMS, real: Backdrops | None = None) -> Shard:
    """Shard `number` of the series `seed`, with real skin when there is some."""
    chooser = np.random.default_rng((seed, number, 2))
    faces: list[Backdrop] = real.some(chooser, FACES) if real else []
    couples = real.pairs(chooser, COUPLES) if real else []
    side, coarse = SIZE // MAP_STRIDE, SIZE // AMOUNT_STRIDE
    shard = Shard(
        kind=np.zeros(count, np.uint8),
        pictures=np.empty((count, 2, SIZE, SIZE, 3), np.uint8),
        references=np.empty((count, 2, 3), np.float32),
        skin=np.empty((count, 2, side, side), np.uint8),
        visible=np.empty((count, side, side, len(SIGNS)), np.uint8),
        veil=np.empty((count, 2, coarse, coarse, len(VEILS)), np.uint8),
        tone=np.empty((count, 2), np.float32),
    )
    for i in range(count):
        random = skin.streams(seed, number * PHANTOMS + i)
        kind, sample = _sample(random, faces, couples)
        shard.kind[i] = kind
        for shot in range(2):
            shard.pictures[i, shot] = sample.pictures[shot]
            shard.references[i, shot] = sample.references[shot]
            shard.skin[i, shot] = np.round(_mean(sample.bare[shot][..., None], side) * 255)[..., 0]
            share = _mean(sample.veil[shot], coarse)
            known = np.round(np.clip(share, 0, 1) * _VEIL_SCALE)
            shard.veil[i, shot] = np.where(share < 0, UNKNOWN, known)
        shard.visible[i] = np.round(_mean(sample.visible, side) * 255)
        shard.tone[i] = sample.tone
    return shard


def _mean(field: Floats, side: int) -> Floats:
    """`field`, (SIZE, SIZE, channels), averaged to (side, side, channels)."""
    step = SIZE // side
    return np.asarray(field.reshape(side, step, side, step, -1).mean((1, 3)), np.float32)


def _sample(
    random: dict[str, Random], faces: list[Backdrop], couples: list[tuple[Backdrop, Backdrop]]
) -> tuple[int, Sample]:
    drawn = random["kind"].random()
    kind = int(np.searchsorted(np.cumsum(MIX if faces else ALONE_MIX), drawn, side="right"))
    if kind == PERSON and couples:
        both = backdrops.cut(couples[int(random["place"].integers(len(couples)))], random["place"])
        if both is not None:
            return PERSON, person(both[0], both[1], random)
    if kind in (ADDED, SMOOTHED, TONED) and faces:
        face = faces[int(random["place"].integers(len(faces)))]
        patches = backdrops.cut((face,), random["place"])
        if patches is not None:
            patch = patches[0]
            if random["tone_of_real_skin"].random() < REPIGMENTED:
                patch = patch.repigmented(between(random["tone_of_real_skin"], *backdrops.TONES))
            if kind == TONED:
                return TONED, toned(patch, random)
            if kind == ADDED:
                return ADDED, added(patch, random)
            return SMOOTHED, smoothed(patch, random)
    if kind == SMOOTHED:
        return SMOOTHED, smoothed(None, random)
    return PHANTOM, phantom(random)


def _path(folder: Path, seed: int, number: int) -> Path:
    return folder / f"shard-{seed}-{number:05d}.npz"


def load(folder: Path, seed: int, number: int) -> Shard | None:
    """The shard, or None when it is not there yet."""
    path = _path(folder, seed, number)
    if not path.exists():
        return None
    with np.load(path) as stored:
        return Shard(**{name: stored[name] for name in stored.files})


def _produce(
    folder: Path,
    seed: int,
    wanted: Synchronized[int],
    parent: int,
    turn: tuple[int, int],
    backdrop_folder: Path | None,
) -> None:
    """Make shards 0, 1, … as long as fewer exist than `wanted` and the parent lives.

    `turn` is this process' number and how many there are: they take the shards in turns.
    """
    os.nice(3)
    cv2.setNumThreads(1)
    real = Backdrops(backdrop_folder) if backdrop_folder else None
    number, step = turn
    while os.getppid() == parent:
        if number >= wanted.value:
            time.sleep(0.2)
            continue
        path = _path(folder, seed, number)
        if not path.exists():
            half = path.with_suffix(".part.npz")
            np.savez(half, **vars(make(seed, number, real=real)))
            half.rename(path)
        number += step


class Producer:
    """The processes that make shards ahead of the training."""

    def __init__(
        self, folder: Path, seed: int, backdrops: Path | None = None, processes: int = 1
    ) -> None:
        """Raises ValueError when `backdrops` holds no usable photos."""
        if backdrops:
            Backdrops(backdrops)
        folder.mkdir(parents=True, exist_ok=True)
        context = multiprocessing.get_context("spawn")  # a fork would inherit TensorFlow's threads
        self._wanted = context.Value("i", 0)
        self._processes = [
            context.Process(
                target=_produce,
                args=(folder, seed, self._wanted, os.getpid(), (turn, processes), backdrops),
                daemon=True,
            )
            for turn in range(processes)
        ]
        for process in self._processes:
            process.start()

    def want(self, shards: int) -> None:
        self._wanted.value = max(self._wanted.value, shards)

    def check(self) -> None:
        """Raises RuntimeError when a process has ended: its shards would be waited for forever."""
        for process in self._processes:
            if process.exitcode is not None:
                raise RuntimeError(
                    f"a process that makes samples ended with {process.exitcode}; its message "
                    "stands above"
                )

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
