"""Batches for training: pictures normalised as in service, with holes as a face has them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from models import normalise, targets
from models.phantoms.fields import SIZE
from models.samples import UNKNOWN, Shard
from models.targets import MAP_STRIDE, Floats

# A pore is smaller than a pixel of the map: ask where there are pores, not for each one
MAP_SIGMA = 1.0  # pixels of the map


@dataclass(frozen=True)
class Batch:
    """2 n pictures: the two of each sample side by side; `models.samples` says what they are."""

    picture: Floats  # (2 n, SIZE, SIZE, 7)
    kind: Floats  # (2 n,) as of models.samples
    tone: Floats  # (2 n,) ITA, degrees
    visible: Floats  # (2 n, SIZE/4, SIZE/4, 7) what is visible, or what was added
    skin: Floats  # (2 n, SIZE/4, SIZE/4) share of skin
    amount: Floats  # (2 n, SIZE/16, SIZE/16, 7) of `visible`
    amount_skin: Floats  # (2 n, SIZE/16, SIZE/16)
    veil: Floats  # (2 n, SIZE/16, SIZE/16, 3) share hidden; −1: not known


def _holes(random: np.random.Generator) -> np.ndarray:
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


def _turned(field: np.ndarray, turn: int, mirror: bool) -> np.ndarray:
    field = np.rot90(field, turn)
    return np.ascontiguousarray(field[:, ::-1] if mirror else field)


def assemble(
    shard_of: list[tuple[Shard, int]], random: np.random.Generator, *, holes: bool = True
) -> Batch:
    """A batch of the samples named by (shard, number in it), each with both of its pictures."""
    parts: dict[str, list[Floats]] = {field.name: [] for field in fields(Batch)}
    side = SIZE // MAP_STRIDE
    for shard, i in shard_of:
        turn, mirror = int(random.integers(0, 4)), bool(random.random() < 0.5)
        hole = _holes(random) if holes else np.ones((SIZE, SIZE), bool)
        visible = _turned(shard.visible[i], turn, mirror).astype(np.float32) / np.float32(255)
        blurred = np.asarray(
            cv2.GaussianBlur(visible, (0, 0), MAP_SIGMA, borderType=cv2.BORDER_REFLECT), np.float32
        )
        for shot in range(2):
            bare = _turned(shard.skin[i, shot], turn, mirror)
            skin = hole & (bare > 127).repeat(MAP_STRIDE, 0).repeat(MAP_STRIDE, 1)
            share = skin.reshape(side, MAP_STRIDE, side, MAP_STRIDE).mean((1, 3), dtype=np.float32)
            amount, amount_skin = targets.neighbourhood_amounts(visible, share)
            picture = normalise.inputs(
                _turned(shard.pictures[i, shot], turn, mirror),
                skin,
                normalise.log_light(shard.references[i, shot]),
            )
            veil = _turned(shard.veil[i, shot], turn, mirror)
            one = Batch(
                picture=picture,
                kind=np.asarray(shard.kind[i], np.float32),
                tone=np.asarray(shard.tone[i, shot], np.float32),
                visible=blurred,
                skin=share,
                amount=amount,
                amount_skin=amount_skin,
                veil=np.where(veil == UNKNOWN, -1, veil / np.float32(200)).astype(np.float32),
            )
            for name, rows in parts.items():
                rows.append(getattr(one, name))
    return Batch(**{name: np.stack(rows).astype(np.float32) for name, rows in parts.items()})
