"""Marks: where they stand, how many there are, and that they are what the number is made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from core.examination import Mark
from core.metrics import Metric, Region
from models.scorer import MAPPED, Scorer
from pipeline.marks import find_marks
from pipeline.overlay import MOST
from pipeline.strokes import strokes, thinned
from tests.models.faces_of_phantoms import CLEAN, INSIDE, PATCH, crop, undisturbed, with_sign

Floats = npt.NDArray[np.float32]
SHAPE = (960, 768)
SKIN = np.ones(SHAPE, bool)
PLAIN = np.full((*SHAPE, 3), 150, np.uint8)
EVERYWHERE = {Region.NOSE: SKIN}
Y, X = np.mgrid[0:240, 0:192].astype(np.float32)


def bump(x: float, y: float, radius: float = 4.0, height: float = 0.8) -> Floats:
    """Heat with one round place; all in cells."""
    away = (X - x) ** 2 + (Y - y) ** 2
    return np.asarray(height * np.exp(-away / radius**2), np.float32)


def found(metric: Metric, heat: Floats, **others: object) -> tuple[Mark, ...]:
    given = {"crop": PLAIN, "skin": SKIN, "region_masks": EVERYWHERE} | others
    return find_marks(heat={metric: heat}, **given)[metric]  # type: ignore[arg-type]


@pytest.mark.parametrize("metric", [Metric.SPOTS, Metric.BLEMISHES])
def test_every_warm_place_is_outlined_once(metric: Metric) -> None:
    heat = bump(50, 60) + bump(120, 60, height=0.5) + bump(90, 180, radius=2.5)
    marks = found(metric, heat)
    assert len(marks) == 3
    assert [mark.strength for mark in marks] == sorted((m.strength for m in marks), reverse=True)
    for mark in marks:
        x, y = mark.outline.mean(0) / 4
        assert min(np.hypot(x - a, y - b) for a, b in ((50, 60), (120, 60), (90, 180))) < 1
        assert cv2.contourArea(mark.outline) > 50
        assert mark.region is Region.NOSE


def test_places_that_touch_are_counted_apart() -> None:
    together = np.maximum(bump(80, 100), bump(89, 100))
    assert together[100, 84] > 0.2  # warm without a gap
    first, second = found(Metric.SPOTS, together)
    assert abs(first.outline[:, 0].mean() - second.outline[:, 0].mean()) > 25


def test_a_place_with_a_ragged_top_is_one() -> None:
    ragged = bump(80, 100, radius=6) * (1 + 0.08 * np.random.default_rng(1).random((240, 192)))
    assert len(found(Metric.SPOTS, ragged.astype(np.float32))) == 1


def test_what_is_hardly_warm_is_no_mark() -> None:
    for metric in MOST:
        assert found(metric, bump(80, 100, height=0.03)) == ()


def test_a_line_is_one_stroke_from_end_to_end() -> None:
    curve = 100 + 12 * np.sin((X - 40) / 25)
    heat = 0.6 * np.exp(-((Y - curve) ** 2) / 2) * ((X > 40) & (X < 140))
    (mark,) = found(Metric.FINE_LINES, heat.astype(np.float32))
    x, y = (mark.outline / 4).T
    assert x.min() == pytest.approx(41, abs=3)
    assert x.max() == pytest.approx(139, abs=3)
    assert np.abs(y - (100 + 12 * np.sin((x - 40) / 25))).max() < 1
    assert len(mark.outline) < 40  # simplified: a hundred cells long


def test_short_scraps_are_no_lines_and_a_broad_plain_has_none() -> None:
    scrap = (0.6 * ((np.abs(Y - 100) < 1) & (X > 60) & (X < 64))).astype(np.float32)
    assert found(Metric.FINE_LINES, scrap) == ()
    assert found(Metric.FINE_LINES, np.full((240, 192), 0.3, np.float32)) == ()


def test_pores_stand_on_the_darkest_pixels_of_warm_places() -> None:
    random = np.random.default_rng(3)
    pits = random.permutation(np.mgrid[200:440:24, 200:400:24].reshape(2, -1).T)[:40]
    pits = pits + random.integers(-3, 4, pits.shape)
    skin = PLAIN.copy()
    for y, x in pits:
        skin[y - 1 : y + 2, x - 1 : x + 2] = 110
        skin[y, x] = 80
    warm = np.zeros((240, 192), np.float32)
    warm[45:115, 45:71] = 0.2  # ends between two columns of pits
    marks = found(Metric.PORES, warm, crop=skin)
    here = {(int(y), int(x)) for y, x in pits if x < 284}
    assert {(int(m.outline[0, 1]), int(m.outline[0, 0])) for m in marks} == here


def test_nothing_is_marked_outside_the_scored_regions() -> None:
    left = np.zeros(SHAPE, bool)
    left[:, :400] = True
    heat = bump(50, 60) + bump(150, 60)
    marks = found(Metric.SPOTS, heat, region_masks={Region.CHIN: left})
    assert [mark.region for mark in marks] == [Region.CHIN]
    assert marks[0].outline[:, 0].max() < 400


def test_only_the_strongest_are_kept() -> None:
    rows, columns = np.mgrid[6:236:9, 6:188:9]
    heights = np.linspace(0.35, 0.95, rows.size)
    heat = np.zeros((240, 192), np.float32)
    for x, y, height in zip(columns.ravel(), rows.ravel(), heights, strict=True):
        heat = np.maximum(heat, bump(x, y, 2.5, height))
    marks = found(Metric.SPOTS, heat)
    assert len(marks) == MOST[Metric.SPOTS] < rows.size
    assert min(mark.strength for mark in marks) > np.sort(heights)[-MOST[Metric.SPOTS] - 20]


def test_a_metric_that_was_not_measured_has_no_marks() -> None:
    marks = find_marks(PLAIN, SKIN, {Metric.REDNESS: bump(9, 9)}, EVERYWHERE)
    assert marks == {}


def test_thinning_keeps_shapes_together() -> None:
    cross = np.zeros((60, 60), bool)
    cross[26:32, 5:55] = cross[5:55, 26:32] = True
    thin = thinned(cross)
    assert thin.sum() < 130
    assert cv2.connectedComponents(thin.view(np.uint8))[0] == 2
    paths = sorted(strokes(cross), key=len)
    assert len(paths[-1]) > 40  # goes straight on over the crossing


# ---------------------------------------------------------------- the real network
STRENGTHS = {
    Metric.PORES: ("pores", 0.7),  # few enough for all of them to be kept
    Metric.FINE_LINES: ("lines", 0.9),
    Metric.SPOTS: ("spots", 0.9),
    Metric.BLEMISHES: ("blemishes", 0.9),
}


@cache
def scorer() -> Scorer:
    return Scorer(threads=1)


def number(pixels: npt.NDArray[np.uint8], metric: Metric) -> float:
    """The network's amount inside the patch, in points."""
    said = scorer()(pixels, SKIN).amount
    return float(said[*INSIDE, MAPPED.index(metric)].mean()) * 100


def covered(marks: tuple[Mark, ...]) -> npt.NDArray[np.uint8]:
    """1 at the pixels of the marks and some 4 around them."""
    mask = np.zeros(SHAPE, np.uint8)
    for mark in marks:
        path = np.round(mark.outline).astype(np.int32)
        if len(path) == 1:
            cv2.circle(mask, tuple(path[0].tolist()), 4, 1, -1)
        else:
            cv2.polylines(mask, [path], False, 1, 9)
        if mark.outline.shape[0] > 2:
            cv2.fillPoly(mask, [path], 1)
    return mask


def without(pixels: npt.NDArray[np.uint8], mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The picture with the masked pixels filled in from their surroundings."""
    return np.asarray(cv2.inpaint(pixels, mask, 3, cv2.INPAINT_TELEA), np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("metric", STRENGTHS)
def test_hiding_what_is_marked_lowers_its_number(metric: Metric) -> None:
    """The marks are where the number comes from: without those pixels it falls."""
    sign, strength = STRENGTHS[metric]
    pixels = crop(with_sign(sign, strength), index=undisturbed())
    said = scorer()(pixels, SKIN)
    heat: Mapping[Metric, Floats] = {
        metric: np.ascontiguousarray(said.heat[..., MAPPED.index(metric)])
    }
    patch = np.zeros(SHAPE, bool)
    patch[PATCH] = True
    marks = find_marks(pixels, SKIN, heat, {Region.NOSE: patch})[metric]
    assert marks
    mask = covered(marks)
    before, clean = number(pixels, metric), number(crop(CLEAN, index=undisturbed()), metric)
    drop = before - number(without(pixels, mask), metric)
    assert drop > 0.4 * (before - clean)
    # the same shapes where nothing is marked
    beside = np.where(mask, 0, np.roll(mask, (37, 29), (0, 1))).astype(np.uint8)
    assert abs(before - number(without(pixels, beside), metric)) < drop / 3
