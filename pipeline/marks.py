"""Single things on the skin, out of the maps: pores as points, lines as strokes, spots as outlines.

A mark stands where the network's map is warm enough, for the map is what the score is made of. The
crop only says where in a warm place the pit of a pore lies: a cell of the map is 4 × 4 pixels.
What lies outside the scored regions is not marked. docs/decisions/marks-from-maps.md has how the
thresholds were chosen, and how well the marks follow the scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

import cv2
import numpy as np
import numpy.typing as npt

from core.examination import Mark
from core.metrics import Metric, Region
from pipeline.arrays import Floats, Mask, Pixels, Points
from pipeline.overlay import MOST
from pipeline.strokes import strokes

CELL = 4  # crop pixels that a cell of the maps is wide


@dataclass(frozen=True)
class _Warm:
    """From which heat on there is a mark."""

    least: float  # heat at the edge of a mark, 0–1
    peak: float  # heat that its warmest place must reach


_WARM: Mapping[Metric, _Warm] = {
    Metric.PORES: _Warm(0.02, 0.02),
    Metric.FINE_LINES: _Warm(0.06, 0.12),
    Metric.SPOTS: _Warm(0.20, 0.30),
    Metric.BLEMISHES: _Warm(0.08, 0.12),
}
_PIT = 7  # pixels: pits nearer to each other than half of that are one pore
_PIT_DEPTH = 0.02  # how much darker a pit is than the skin within a millimetre, as a share
_DEEP = 0.15  # the depth of the strongest
_LEAST_LINE = 24  # pixels, about 5 mm: shorter ones are texture
_CREST = 1.2  # how much warmer than the map within some 3 mm a line is
_STEP = 2  # pixels between the points of an outline, before it is simplified
_CLIMB = 6  # doublings: peaks are reached within 64 cells
_LEAST_ROUND = 6  # points along an outline: about 4 pixels or 0.9 mm across

# Binomial: of a point's surroundings along its path, deviation √2.
_WEIGHTS = np.array([1, 8, 28, 56, 70, 56, 28, 8, 1], np.float32) / 256

_NOWHERE = 255
_REGIONS = tuple(Region)


def find_marks(
    crop: Pixels,
    skin: Mask,
    heat: Mapping[Metric, Floats],
    region_masks: Mapping[Region, Mask],
) -> dict[Metric, tuple[Mark, ...]]:
    """The marks of each metric that has any kind of them and a map in `heat`, strongest first.

    `crop` is (960, 768, 3) sRGB, `skin` and each mask (960, 768); each map (240, 192), 0–1, nought
    where there is no skin.
    """
    where = _regions(skin.shape, region_masks)
    found: dict[Metric, tuple[Mark, ...]] = {}
    for metric, most in MOST.items():
        if metric not in heat:
            continue
        of_metric = np.ascontiguousarray(heat[metric], np.float32)
        if metric is Metric.PORES:
            marks = _pores(crop, skin, of_metric, where)
        elif metric is Metric.FINE_LINES:
            marks = _lines(of_metric, where)
        else:
            marks = _spots(of_metric, where, _WARM[metric])
        found[metric] = tuple(sorted(marks, key=attrgetter("strength"), reverse=True)[:most])
    return found


def counts(marks: Mapping[Metric, tuple[Mark, ...]]) -> dict[Metric, int]:
    """How many there are of each; at most MOST."""
    return {metric: len(of_metric) for metric, of_metric in marks.items()}


def _pores(crop: Pixels, skin: Mask, heat: Floats, where: npt.NDArray[np.uint8]) -> list[Mark]:
    """The darkest pixels of warm places, each a local minimum of the green channel.

    Green, since blood and pigment both darken it and a camera samples it best.
    """
    size = (heat.shape[1] * CELL, heat.shape[0] * CELL)
    warm = cv2.resize(heat, size, interpolation=cv2.INTER_LINEAR) > _WARM[Metric.PORES].least
    warm &= skin & (where != _NOWHERE)
    left, top, width, height = cv2.boundingRect(warm.view(np.uint8))
    if width == 0:
        return []
    # 16 bits: as fast as bytes, and blurred pixels seldom tie.
    part = crop[top : top + height, left : left + width, 1].astype(np.uint16) << 7
    green = cv2.GaussianBlur(part, (5, 5), 0.8)
    lowest = cv2.erode(green, np.ones((_PIT, _PIT), np.uint8))
    around = cv2.blur(green, (9, 9))
    rows, columns = np.nonzero((green == lowest) & warm[top : top + height, left : left + width])
    depths = 1 - green[rows, columns] / np.maximum(around[rows, columns], 1)
    deep = depths > _PIT_DEPTH
    rows, columns = rows[deep], columns[deep]
    strengths = np.minimum(1, depths[deep] / _DEEP)
    return [
        Mark(np.array([[x, y]], np.float32), float(strength), _REGIONS[where[y, x]])
        for y, x, strength in zip(
            (rows + top).tolist(), (columns + left).tolist(), strengths, strict=True
        )
    ]


def _lines(heat: Floats, where: npt.NDArray[np.uint8]) -> list[Mark]:
    """Ridges of the map as polylines; a line counts by its length."""
    warm = _WARM[Metric.FINE_LINES]
    marks = []
    for cells in strokes(_ridges(heat, warm)):
        if len(cells) * CELL < _LEAST_LINE:
            continue
        path = _smooth(_pixels(_on_the_ridge(cells, heat)))
        region = _region(path, where)
        if region is None:
            continue
        rows, columns = cells[:, 1].astype(int), cells[:, 0].astype(int)
        strength = float(heat[rows, columns].mean())
        simple = cv2.approxPolyDP(path[:, None], 0.8, False)
        marks.append(Mark(np.asarray(simple, np.float32)[:, 0], strength, region))
    return marks


def _spots(heat: Floats, where: npt.NDArray[np.uint8], warm: _Warm) -> list[Mark]:
    """Warm places with an outline each; places that touch are parted along the cold between."""
    size = (heat.shape[1] * CELL // _STEP, heat.shape[0] * CELL // _STEP)
    full = cv2.resize(heat, size, interpolation=cv2.INTER_CUBIC)
    mask = (full > warm.least).view(np.uint8)
    mask[_parting(heat, warm, size)] = 0
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    marks = []
    for contour in contours:
        if len(contour) < _LEAST_ROUND:
            continue
        left, top, width, height = cv2.boundingRect(contour)
        strength = float(full[top : top + height, left : left + width].max())
        path = contour[:, 0].astype(np.float32) * _STEP + (_STEP - 1) / 2
        region = _region(path, where)
        if region is None or strength < warm.peak:
            continue
        outline = _smooth(path, closed=True)
        simple = np.asarray(cv2.approxPolyDP(outline[:, None], 0.4, True), np.float32)[:, 0]
        if len(simple) >= 3:
            marks.append(Mark(simple, min(1.0, strength), region))
    return marks


def _parting(heat: Floats, warm: _Warm, size: tuple[int, int]) -> Mask:
    """Lines, at `size` (width, height), along which the map is coldest between two peaks.

    Every warm cell belongs to the peak that one reaches from it by climbing. Peaks are those of
    the map blurred by a cell: what is nearer than that is one place.
    """
    broad = np.pad(cv2.GaussianBlur(heat, (0, 0), 1.0), 1, constant_values=-1)
    width = broad.shape[1]
    steps = np.array([dy * width + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)])
    flat = broad.ravel()
    cells = np.flatnonzero(np.pad(cv2.dilate(heat, np.ones((3, 3), np.uint8)), 1) > warm.least)
    upward = np.arange(flat.size)
    around = cells[:, None] + steps
    upward[cells] = around[np.arange(len(cells)), flat[around].argmax(1)]
    for _ in range(_CLIMB):  # each pass doubles the steps taken
        upward[cells] = upward[upward[cells]]
    peak = np.zeros(flat.size, np.float32)
    peak[cells] = upward[cells]
    place = cv2.resize(peak.reshape(broad.shape)[1:-1, 1:-1], size, interpolation=cv2.INTER_NEAREST)
    lines: Mask = np.zeros(place.shape, np.bool_)
    lines[1:] |= (place[1:] != place[:-1]) & (place[1:] > 0) & (place[:-1] > 0)
    lines[:, 1:] |= (place[:, 1:] != place[:, :-1]) & (place[:, 1:] > 0) & (place[:, :-1] > 0)
    return lines


def _ridges(heat: Floats, warm: _Warm) -> Mask:
    """What is warm, warmer than its surroundings, and hangs together with something warmer."""
    ridges = (heat > warm.least) & (heat > _CREST * cv2.GaussianBlur(heat, (0, 0), 3.0))
    number, labels = cv2.connectedComponents(ridges.view(np.uint8), connectivity=8)
    strong = np.zeros(number, bool)
    strong[np.unique(labels[heat > warm.peak])] = True
    strong[0] = False
    return np.asarray(strong[labels], np.bool_)


def _on_the_ridge(cells: Points, heat: Floats) -> Points:
    """Each cell moved to the centre of the heat around it: a ridge runs between cells as well."""
    rows, columns = cells[:, 1].astype(int), cells[:, 0].astype(int)
    padded = np.pad(heat, 1)
    moved = np.zeros((len(cells), 2), np.float32)
    total = np.full(len(cells), 1e-6, np.float32)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            weight = padded[rows + 1 + dy, columns + 1 + dx]
            moved += weight[:, None] * np.array([dx, dy], np.float32)
            total += weight
    return np.asarray(cells + moved / total[:, None], np.float32)


def _pixels(cells: Points) -> Points:
    """Cells of the map, x and y, as the crop pixels at their centres."""
    return np.asarray(cells * CELL + (CELL - 1) / 2, np.float32)


def _smooth(path: Points, closed: bool = False) -> Points:
    """Each point as the weighted mean of its surroundings; an open path keeps its ends."""
    reach = len(_WEIGHTS) // 2
    wrapped = np.pad(path, ((reach, reach), (0, 0)), "wrap" if closed else "reflect")
    x, y = (np.convolve(wrapped[:, axis], _WEIGHTS, "valid") for axis in (0, 1))
    smooth = np.stack([x, y], 1).astype(np.float32)
    if not closed:
        smooth[[0, -1]] = path[[0, -1]]
    return smooth


def _regions(shape: tuple[int, ...], region_masks: Mapping[Region, Mask]) -> npt.NDArray[np.uint8]:
    """(960, 768): the number of the region that a pixel lies in, or _NOWHERE."""
    where = np.full(shape, _NOWHERE, np.uint8)
    for region, mask in region_masks.items():
        where[mask] = _REGIONS.index(region)
    return where


def _region(path: Points, where: npt.NDArray[np.uint8]) -> Region | None:
    """The region that holds most of the path, if that is at least half of it."""
    x, y = path.astype(np.intp).T
    seen = np.bincount(where[y, x], minlength=_NOWHERE + 1)[: len(_REGIONS)]
    most = int(seen.argmax())
    return _REGIONS[most] if 2 * seen[most] >= len(path) else None
