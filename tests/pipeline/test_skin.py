"""What counts as bare skin, and where the regions lie."""

from __future__ import annotations

import numpy as np

from core.metrics import Region
from pipeline.alignment import Crop, align
from pipeline.face import LEFT_EYE, RIGHT_EYE, find_face
from pipeline.regions import outlines, polygon, region_masks
from pipeline.skin import LIPS, find_skin
from tests.pipeline.portraits import astronaut, networks, portraits, read


def crop_of_astronaut() -> Crop:
    return align(astronaut(), find_face(astronaut(), networks()))


def test_skin_is_the_face_without_eyes_lips_and_background() -> None:
    crop = crop_of_astronaut()
    skin = find_skin(crop)
    assert skin.cover > 0.8
    for part in (LIPS, RIGHT_EYE, LEFT_EYE):
        assert not (skin.mask & polygon(crop.points[list(part)])).any()
    assert not skin.mask[:60].any()
    assert not (skin.mask & ~skin.face).any()


def test_cloth_over_the_face_is_not_skin() -> None:
    crop = crop_of_astronaut()
    covered = crop.pixels.copy()
    cheek = polygon(outlines(crop.points)[Region.LEFT_CHEEK])
    covered[cheek] = (30, 90, 200)
    skin = find_skin(Crop(covered, crop.inside, crop.points, crop.scale))
    assert (skin.mask & cheek).sum() < 0.05 * cheek.sum()
    right = polygon(outlines(crop.points)[Region.RIGHT_CHEEK])
    assert (skin.mask & right).sum() > 0.7 * right.sum()


def test_a_thin_dark_line_stays_skin_and_a_thick_one_does_not() -> None:
    crop = crop_of_astronaut()
    x, y = np.round(outlines(crop.points)[Region.LEFT_CHEEK].mean(0)).astype(int)
    marked = crop.pixels.copy()
    marked[y - 1 : y + 2, x - 60 : x + 60] //= 2  # a wrinkle: 0.7 mm wide
    thin = find_skin(Crop(marked, crop.inside, crop.points, crop.scale))
    assert thin.mask[y, x - 50 : x + 50].mean() > 0.9
    marked = crop.pixels.copy()
    marked[y - 15 : y + 15, x - 60 : x + 60] //= 5  # a frame or a strand: 6 mm wide
    thick = find_skin(Crop(marked, crop.inside, crop.points, crop.scale))
    assert thick.mask[y, x - 50 : x + 50].mean() < 0.1


def test_a_highlight_enclosed_by_skin_is_skin() -> None:
    crop = crop_of_astronaut()
    x, y = np.round(outlines(crop.points)[Region.LEFT_CHEEK].mean(0)).astype(int)
    shiny = crop.pixels.copy()
    shiny[y - 12 : y + 12, x - 12 : x + 12] = (245, 243, 240)
    skin = find_skin(Crop(shiny, crop.inside, crop.points, crop.scale))
    assert skin.mask[y - 8 : y + 8, x - 8 : x + 8].mean() > 0.9


def test_burnt_pixels_are_glare_not_skin() -> None:
    crop = crop_of_astronaut()
    burnt = crop.pixels.copy()
    cheek = polygon(outlines(crop.points)[Region.LEFT_CHEEK])
    burnt[cheek] = 255
    skin = find_skin(Crop(burnt, crop.inside, crop.points, crop.scale))
    assert (skin.glare & cheek).sum() > 0.9 * cheek.sum()
    assert not (skin.mask & cheek & skin.glare).any()


def test_left_and_right_are_the_persons_own() -> None:
    lines = outlines(crop_of_astronaut().points)
    assert lines[Region.LEFT_CHEEK][:, 0].mean() > lines[Region.RIGHT_CHEEK][:, 0].mean()
    assert lines[Region.LEFT_UNDER_EYE][:, 0].mean() > lines[Region.RIGHT_UNDER_EYE][:, 0].mean()
    assert lines[Region.FOREHEAD][:, 1].mean() < lines[Region.NOSE][:, 1].mean()
    assert lines[Region.NOSE][:, 1].mean() < lines[Region.CHIN][:, 1].mean()


def test_regions_do_not_overlap() -> None:
    masks = region_masks(outlines(crop_of_astronaut().points))
    assert set(masks) == set(Region)
    total = np.sum([mask.astype(int) for mask in masks.values()], axis=0)
    assert (total > 1).sum() < 0.002 * (total > 0).sum()  # at most shared border pixels


def test_studio_portraits_of_every_tone_are_mostly_skin() -> None:
    for path in portraits("london", every=8):
        pixels = read(path)
        skin = find_skin(align(pixels, find_face(pixels, networks())))
        assert skin.cover > 0.7, path.name
