"""The pictures of where scores come from, and what is kept to draw them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.examination import Maps, Mark
from core.metrics import Metric, Region
from models.scorer import MAPPED
from pipeline.examine import Examiner
from pipeline.overlay import COLOURS, MOST, pack_maps, render, unpack_maps
from pipeline.pictures import open_picture
from tests.pipeline.portraits import EvenScorer, Pixels, astronaut


@pytest.fixture(scope="module")
def maps() -> Maps:
    """The astronaut, with one warm place on the left cheek in every map."""
    seen = Examiner(scorer=EvenScorer()).examine(astronaut()).maps
    y, x = np.mgrid[0:240, 0:192]
    warm = np.exp(-((y - 140) ** 2 + (x - 140) ** 2) / 60).astype(np.float32)
    return replace(seen, heat=dict.fromkeys(MAPPED, warm), marks={})


PORE = Mark(np.array([[300.04, 500.26]], np.float32), 0.42, Region.NOSE)
LINE = Mark(np.array([[200, 300], [240, 310], [280, 300]], np.float32), 0.9, None)
SPOT = Mark(np.array([[500, 500], [560, 500], [530, 560]], np.float32), 0.5, Region.LEFT_CHEEK)
MARKS = {Metric.PORES: (PORE,), Metric.FINE_LINES: (LINE,), Metric.SPOTS: (SPOT,)}


def opened(content: bytes) -> Pixels:
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG"
        return np.asarray(image.convert("RGB"))


def drawn(maps: Maps, metric: Metric | None, opacity: float = 0.6) -> Pixels:
    return opened(render(maps, metric, opacity=opacity, outlines=False))


def test_maps_survive_being_packed(maps: Maps) -> None:
    content = pack_maps(maps)
    assert len(content) < 400_000
    back = unpack_maps(content)
    np.testing.assert_array_equal(back.skin, maps.skin)
    assert np.abs(back.crop.astype(int) - maps.crop).mean() < 3
    assert list(back.heat) == list(maps.heat)
    for metric, heat in maps.heat.items():
        assert np.abs(back.heat[metric] - heat).max() < 0.02
    for region, outline in maps.outlines.items():
        assert np.abs(back.outlines[region] - outline).max() <= 0.06


def test_marks_survive_being_packed(maps: Maps) -> None:
    back = unpack_maps(pack_maps(replace(maps, marks={**MARKS, Metric.BLEMISHES: ()}))).marks
    assert list(back) == [*MARKS, Metric.BLEMISHES]
    assert back[Metric.BLEMISHES] == ()
    for metric, (mark,) in MARKS.items():
        (kept,) = back[metric]
        assert (kept.strength, kept.region) == (mark.strength, mark.region)
        assert np.abs(kept.outline - mark.outline).max() < 0.06


def test_a_pack_from_before_there_were_marks_can_still_be_opened(maps: Maps) -> None:
    old = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(pack_maps(maps))) as new,
        zipfile.ZipFile(old, "w") as archive,
    ):
        about = json.loads(new.read("about.json"))
        del about["version"], about["marks"]
        for name in new.namelist():
            if name != "about.json":
                archive.writestr(name, new.read(name))
        archive.writestr("about.json", json.dumps(about))
    back = unpack_maps(old.getvalue())
    assert back.marks == {}
    np.testing.assert_array_equal(back.skin, maps.skin)
    picture = open_picture(old.getvalue())
    assert picture.marks == {}
    assert list(picture.veils) == list(maps.heat)  # shown instead of the marks


def test_the_worst_maps_still_fit(maps: Maps) -> None:
    random = np.random.default_rng(0)
    noisy = {metric: random.random((240, 192)).astype(np.float32) for metric in MAPPED}
    path = random.uniform(0, 700, (20, 2)).astype(np.float32)
    many = {metric: (Mark(path, 0.5, Region.NOSE),) * most for metric, most in MOST.items()}
    assert len(pack_maps(replace(maps, heat=noisy, marks=many))) < 700_000


def test_the_browser_gets_the_photo_as_kept_and_veils_that_are_clear_without_heat(
    maps: Maps,
) -> None:
    content = pack_maps(replace(maps, marks=MARKS))
    picture = open_picture(content)
    np.testing.assert_array_equal(opened(picture.crop), unpack_maps(content).crop)
    for metric, veil in picture.veils.items():
        with Image.open(io.BytesIO(veil)) as image:
            pixels = np.asarray(image.convert("RGBA"))
        assert pixels.shape == (240, 192, 4)
        assert tuple(pixels[140, 140, :3]) == COLOURS[metric]
        assert pixels[140, 140, 3] == 255
        assert pixels[20:100, 20:60, 3].max() == 0
    assert [len(marks) for marks in picture.marks.values()] == [1, 1, 1]
    assert list(picture.outlines) == list(maps.outlines)


@pytest.mark.parametrize("metric", MAPPED)
def test_a_picture_changes_where_the_heat_is_and_only_there(maps: Maps, metric: Metric) -> None:
    plain, picture = drawn(maps, None).astype(int), drawn(maps, metric).astype(int)
    change = np.abs(picture - plain).max(-1)
    assert change[545:575, 545:575].max() > 25
    assert change[:400, :400].mean() < 1.5


def test_without_a_map_the_face_is_shown_as_it_is(maps: Maps) -> None:
    plain = drawn(maps, None)
    assert np.abs(plain.astype(int) - maps.crop).mean() < 3
    np.testing.assert_array_equal(drawn(maps, Metric.SKIN_SCORE), plain)
    np.testing.assert_array_equal(drawn(maps, Metric.REDNESS, opacity=0), plain)


def test_elasticity_shows_the_lines_it_is_made_of(maps: Maps) -> None:
    np.testing.assert_array_equal(drawn(maps, Metric.ELASTICITY), drawn(maps, Metric.FINE_LINES))


def test_nothing_is_drawn_off_the_skin(maps: Maps) -> None:
    everywhere = {metric: np.ones((240, 192), np.float32) for metric in MAPPED}
    hot = replace(maps, heat=everywhere)
    plain = drawn(hot, None).astype(int)
    for metric in (Metric.OILINESS, Metric.SPOTS, Metric.PORES):
        change = np.abs(drawn(hot, metric).astype(int) - plain).max(-1)
        assert change[:40].mean() < 1.5


def test_outlines_can_be_shown_or_hidden(maps: Maps) -> None:
    with_lines = opened(render(maps, None, outlines=True)).astype(int)
    brighter = with_lines.mean(-1) - drawn(maps, None).mean(-1)
    assert (brighter > 15).sum() > 1000
    assert (brighter > 15).mean() < 0.05


@pytest.mark.parametrize("metric", MARKS)
def test_marks_are_drawn_where_they_are_and_nowhere_else(maps: Maps, metric: Metric) -> None:
    marked = replace(maps, marks={metric: MARKS[metric]})
    change = np.abs(drawn(marked, metric).astype(int) - drawn(maps, None).astype(int)).max(-1)
    path = MARKS[metric][0].outline
    left, top = path.min(0).astype(int) - 8
    right, bottom = path.max(0).astype(int) + 8
    assert change[top:bottom, left:right].max() > 40
    change[top - 8 : bottom + 8, left - 8 : right + 8] = 0
    assert change.mean() < 0.5


def test_colours_of_the_metrics_are_told_apart_without_red_or_green() -> None:
    """As a deuteranope or protanope sees them (Machado 2009), none that look alike in form do."""
    views = {
        "deuteranope": [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        "protanope": [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
    }
    soft = (Metric.OILINESS, Metric.HYDRATION, Metric.REDNESS)
    outlined = (Metric.SPOTS, Metric.BLEMISHES)
    for family in (soft, outlined, (Metric.PORES, Metric.FINE_LINES)):
        colours = np.array([COLOURS[metric] for metric in family], float)
        for matrix in views.values():
            seen = colours @ np.array(matrix).T
            for i, one in enumerate(seen):
                for other in seen[i + 1 :]:
                    assert np.linalg.norm(one - other) > 60


def test_a_face_too_small_for_every_map_is_kept_all_the_same(maps: Maps) -> None:
    back = unpack_maps(pack_maps(replace(maps, heat={})))
    assert back.heat == {}
    assert render(back, None)
