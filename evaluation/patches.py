"""Patches of phantoms put before the network in service, many on one crop.

Each patch keeps the reference of its own face and lies amid its own mirror image, so that it is
seen as in the middle of a face: no neighbour reaches into what is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models import normalise, targets
from models.phantoms import camera
from models.phantoms.fields import SIZE
from models.phantoms.phantom import Phantom
from models.scorer import HEIGHT, MAPPED, WIDTH, Appearance, Scorer

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

KINDS = len(MAPPED)
MARGIN = 32  # pixels of mirror image on each side; a multiple of every stride
CELL = SIZE + 2 * MARGIN
ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL
SHEET = ROWS * COLUMNS  # patches on one crop
_LEAST_BARE = 0.3
_STRIDE = targets.AMOUNT_STRIDE
# Of a cell's amounts those at least 64 pixels from its edge
_MIDDLE = slice(4, CELL // _STRIDE - 4)


@dataclass(frozen=True)
class Patch:
    """A picture of skin whose signs are known."""

    pixels: Pixels  # (SIZE, SIZE, 3) sRGB
    reference: Floats  # (3,) encoded 0–1, colour of the face it belongs to
    bare: npt.NDArray[np.bool_]  # (SIZE, SIZE): skin that nothing solid covers
    truth: Floats  # (7,) amounts 0–1 in the middle, in the order of MAPPED


@dataclass(frozen=True)
class Said:
    """What the network says of n patches; channels in the order of MAPPED."""

    amount: Floats  # (n, 7) 0–1
    sigma: Floats  # (n, 7) its learned deviation
    veil: Floats  # (n, 3) 0–1: hair, make-up, filter


def photographed(phantom: Phantom, shot: camera.Shot, random: np.random.Generator) -> Patch:
    pixels, reference = camera.shoot(
        phantom.radiance, phantom.reference, phantom.albedo, shot, random
    )
    bare = phantom.bare > 0.5
    if bare.mean() < _LEAST_BARE:  # a rim of glasses over all that is read
        bare = np.ones_like(bare)
    return Patch(pixels, reference, bare, truth(phantom.visible, bare))


def truth(visible: Floats, bare: npt.NDArray[np.bool_]) -> Floats:
    """Amounts in the middle of a patch as it lies in its cell, (7,), 0–1.

    `visible` is (SIZE, SIZE, 7), 0–1, in the order of MAPPED; `bare` (SIZE, SIZE).
    """
    amounts, _ = targets.neighbourhood_amounts(
        _coarse(_mirrored(visible)), _coarse(_mirrored(bare[..., None]))[..., 0]
    )
    return np.asarray(amounts[_MIDDLE, _MIDDLE].mean((0, 1)), np.float32)


def ask(scorer: Scorer, patches: Sequence[Patch]) -> Said:
    """Amount, deviation and veil in the middle of each patch."""
    parts = [_middles(scorer, patches[i : i + SHEET]) for i in range(0, len(patches), SHEET)]
    return joined(parts)


def joined(parts: Sequence[Said]) -> Said:
    return Said(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("amount", "sigma", "veil"))
    )


def sheet(scorer: Scorer, patches: Sequence[Patch]) -> Appearance:
    """What the network sees on a crop of up to SHEET patches, row by row."""
    channels = np.zeros((HEIGHT, WIDTH, normalise.CHANNELS), np.float32)
    for number, patch in enumerate(patches):
        row, column = divmod(number, COLUMNS)
        down, right = row * CELL, column * CELL
        channels[down : down + CELL, right : right + CELL] = normalise.inputs(
            _mirrored(patch.pixels),
            _mirrored(patch.bare[..., None])[..., 0],
            normalise.log_light(patch.reference),
        )
    return scorer.read(channels)


def _middles(scorer: Scorer, patches: Sequence[Patch]) -> Said:
    appearance = sheet(scorer, patches)
    places = [divmod(number, COLUMNS) for number in range(len(patches))]
    cells = CELL // _STRIDE

    def middle(field: Floats) -> Floats:
        of_patches = [
            field[row * cells :, column * cells :][_MIDDLE, _MIDDLE].mean((0, 1))
            for row, column in places
        ]
        return np.asarray(of_patches, np.float32)

    return Said(
        amount=middle(appearance.amount),
        sigma=np.sqrt(middle(appearance.sigma**2)),
        veil=middle(appearance.veil),
    )


def _coarse(field: npt.NDArray[Any]) -> Floats:
    side, step = CELL // targets.MAP_STRIDE, targets.MAP_STRIDE
    means = field.reshape(side, step, side, step, -1).mean((1, 3))
    return np.ascontiguousarray(means, np.float32)


def _mirrored(patch: npt.NDArray[Any]) -> npt.NDArray[Any]:
    widths = ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0))
    return np.pad(patch, widths, mode="symmetric")
