"""Batches for training: pictures normalised as in service, with holes as a face has them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from models import normalise, targets
from models.phantoms.fields import SIZE
from models.samples import Shard
from models.targets import MAP_STRIDE, Floats

# A pore is smaller than a pixel of the map: ask where there are pores, not for each one
MAP_SIGMA = 1.0  # pixels of the map
DARK, DARK_WEIGHT = -30.0, 1.5  # ITA below which a phantom weighs more: signs are faintest there


@dataclass(frozen=True)
class Batch:
    """n pictures: two of each phantom, side by side."""

    picture: Floats  # (n, SIZE, SIZE, 7)
    visible: Floats  # (n, SIZE/4, SIZE/4, 7)
    skin: Floats  # (n, SIZE/4, SIZE/4) share of skin
    amount: Floats  # (n, SIZE/16, SIZE/16, 7)
    amount_skin: Floats  # (n, SIZE/16, SIZE/16)
    weight: Floats  # (n,)


def _skin(random: np.random.Generator) -> np.ndarray:
    """Skin of a patch, (SIZE, SIZE) bool: mostly whole; else beside a lip, an eye or hair."""
    skin = np.ones((SIZE, SIZE), np.uint8)
    if random.random() < 0.3:
        for _ in range(int(random.integers(1, 4))):
            centre = (random.random(2) * SIZE * 1.4 - 0.2 * SIZE).astype(int).tolist()
            axes = np.exp(random.uniform(np.log(4), np.log(70), 2)).astype(int).tolist()
            cv2.ellipse(skin, centre, axes, float(random.random() * 180), 0, 360, 0, -1)
        if skin.mean() < 0.3:
            skin[:] = 1
    return skin.astype(bool)


def assemble(
    shard_of: list[tuple[Shard, int]], random: np.random.Generator, *, holes: bool = True
) -> Batch:
    """A batch of the phantoms named by (shard, number in it), each with both of its pictures."""
    parts: dict[str, list[Floats]] = {field.name: [] for field in fields(Batch)}
    for shard, i in shard_of:
        turn, mirror = int(random.integers(0, 4)), bool(random.random() < 0.5)
        skin = _skin(random) if holes else np.ones((SIZE, SIZE), bool)
        visible = np.rot90(shard.visible[i], turn).astype(np.float32) / np.float32(255)
        if mirror:
            visible = visible[:, ::-1]
        side = SIZE // MAP_STRIDE
        share = skin.reshape(side, MAP_STRIDE, side, MAP_STRIDE).mean((1, 3), dtype=np.float32)
        visible = np.ascontiguousarray(visible)
        amount, amount_skin = targets.neighbourhood_amounts(visible, share)
        visible = np.asarray(
            cv2.GaussianBlur(visible, (0, 0), MAP_SIGMA, borderType=cv2.BORDER_REFLECT), np.float32
        )
        for shot in range(2):
            pixels = np.rot90(shard.pictures[i, shot], turn)
            if mirror:
                pixels = pixels[:, ::-1]
            picture = normalise.inputs(
                np.ascontiguousarray(pixels), skin, normalise.log_light(shard.references[i, shot])
            )
            weight = np.float32(DARK_WEIGHT if shard.tone[i] < DARK else 1)
            one = Batch(picture, visible, share, amount, amount_skin, np.asarray(weight))
            for name, rows in parts.items():
                rows.append(getattr(one, name))
    return Batch(**{name: np.stack(rows).astype(np.float32) for name, rows in parts.items()})
