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
from models.scorer import HEIGHT, MAPPED, WIDTH, Scorer

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

KINDS = len(MAPPED)
MARGIN = 32  # pixels of mirror image on each side; a multiple of every stride
CELL = SIZE + 2 * MARGIN
ROWS, COLUMNS = HEIGHT // CELL, WIDTH // CELL
SHEET = ROWS * COLUMNS  # patches on one crop
_STRIDE = targets.AMOUNT_STRIDE
# Of a cell's amounts those at least 64 pixels from its edge
_MIDDLE = slice(4, CELL // _STRIDE - 4)


@dataclass(frozen=True)
class Patch:
    """A picture of skin whose signs are known."""

    pixels: Pixels  # (SIZE, SIZE, 3) sRGB
    reference: Floats  # (3,) encoded 0–1, colour of the face it belongs to
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
    return Patch(pixels, reference, truth(phantom))


def truth(phantom: Phantom) -> Floats:
    """Amounts in the middle of the patch as it lies in its cell, (7,)."""
    around = _mirrored(phantom.visible)
    side = CELL // targets.MAP_STRIDE
    coarse = around.reshape(side, targets.MAP_STRIDE, side, targets.MAP_STRIDE, KINDS).mean((1, 3))
    amounts, _ = targets.neighbourhood_amounts(coarse, np.ones((side, side), np.float32))
    return np.asarray(amounts[_MIDDLE, _MIDDLE].mean((0, 1)), np.float32)


def ask(scorer: Scorer, patches: Sequence[Patch]) -> Said:
    """Amount, deviation and veil in the middle of each patch."""
    parts = [_sheet(scorer, patches[i : i + SHEET]) for i in range(0, len(patches), SHEET)]
    return joined(parts)


def joined(parts: Sequence[Said]) -> Said:
    return Said(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("amount", "sigma", "veil"))
    )


def _sheet(scorer: Scorer, patches: Sequence[Patch]) -> Said:
    whole = np.ones((CELL, CELL), bool)
    channels = np.zeros((HEIGHT, WIDTH, normalise.CHANNELS), np.float32)
    places = [divmod(number, COLUMNS) for number in range(len(patches))]
    for (row, column), patch in zip(places, patches, strict=True):
        down, right = row * CELL, column * CELL
        channels[down : down + CELL, right : right + CELL] = normalise.inputs(
            _mirrored(patch.pixels), whole, normalise.log_light(patch.reference)
        )
    appearance = scorer.read(channels)
    cells = CELL // _STRIDE

    def middle(field: Floats) -> Floats:
        of_patches = [
            field[row * cells :, column * cells :][_MIDDLE, _MIDDLE].mean((0, 1))
            for row, column in places
        ]
        return np.asarray(of_patches, np.float32)

    veil = getattr(appearance, "veil", None)
    return Said(
        amount=middle(appearance.amount),
        sigma=np.sqrt(middle(appearance.sigma**2)),
        veil=np.zeros((len(places), 3), np.float32) if veil is None else middle(veil),
    )


def _mirrored(patch: npt.NDArray[Any]) -> npt.NDArray[Any]:
    widths = ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0))
    return np.pad(patch, widths, mode="symmetric")
