"""A whole examination of a real face, with a stand-in for the network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from core.analyses import Stage
from core.errors import PhotoRejected
from core.metrics import Metric, Region
from models.scorer import MAPPED, Appearance
from pipeline import photo
from pipeline.examine import Examiner
from tests.pipeline.portraits import EvenScorer, Pixels, astronaut, portraits, read


@pytest.fixture(scope="module")
def examiner() -> Examiner:
    return Examiner(scorer=EvenScorer())


def test_every_metric_is_measured_or_says_why_not(examiner: Examiner) -> None:
    examination = examiner.examine(astronaut())
    assert set(examination.scores) == set(Metric)
    assert set(examination.regions) == set(Region)
    assert examination.model_version == "even"
    # the face is far too small for texture, and good enough for colour
    for metric in (Metric.PORES, Metric.HYDRATION, Metric.FINE_LINES, Metric.ELASTICITY):
        assert "pixels wide" in str(examination.scores[metric].abstained_because)
    assert examination.scores[Metric.REDNESS].value == pytest.approx(30)
    assert examination.ita is not None


def test_the_maps_fit_the_crop_and_show_nothing_off_the_skin(examiner: Examiner) -> None:
    maps = examiner.examine(astronaut()).maps
    assert maps.crop.shape == (960, 768, 3)
    assert maps.skin.shape == (960, 768)
    # texture was not measured on so small a face: no map pretends that it was
    assert set(maps.heat) == set(MAPPED) - {Metric.PORES, Metric.HYDRATION, Metric.FINE_LINES}
    assert set(maps.outlines) == set(Region)
    skin = maps.skin[::4, ::4]
    for heat in maps.heat.values():
        assert heat.shape == (240, 192)
        assert heat.dtype == np.float32
        assert heat[~skin].mean() < 0.05
        assert heat[skin].mean() > 0.4


def test_stages_are_announced_in_order_and_timed(examiner: Examiner) -> None:
    stages: list[Stage] = []
    examination = examiner.examine(astronaut(), stages.append)
    assert stages == [Stage.FACE, Stage.QUALITY, Stage.SKIN, Stage.SCORING]
    assert {"face", "alignment", "skin", "quality", "network", "scores"} <= set(examination.ms)
    assert all(ms > 0 for ms in examination.ms.values())


def _enlarged(part: Pixels, times: int) -> Pixels:
    size = (part.shape[1] * times, part.shape[0] * times)
    return np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BICUBIC))


@pytest.mark.slow
def test_a_kept_photo_with_a_large_face_is_scored_alike_though_decoded_at_half_its_size() -> None:
    examiner = Examiner()
    large = _enlarged(read(portraits("canada", 20)[0]), 2)  # a face of about 1,600 pixels
    whole = examiner.examine(large)
    kept = examiner.examine_kept(photo.to_jpeg(photo.Photo(large, "JPEG")))
    assert kept.quality.face_width == pytest.approx(whole.quality.face_width, rel=0.02)
    assert kept.quality.face_width > 1280
    for metric, score in whole.scores.items():
        assert kept.scores[metric].value == pytest.approx(score.value, abs=3), metric


def test_a_kept_photo_with_a_small_face_is_read_whole(examiner: Examiner) -> None:
    large = _enlarged(astronaut(), 5)  # 2,560 pixels, but the face has only 450 of them
    at_once = examiner.examine(large)
    kept = examiner.examine_kept(photo.to_jpeg(photo.Photo(large, "JPEG")))
    assert kept.quality.face_width == pytest.approx(at_once.quality.face_width, rel=0.01)
    assert kept.quality.sharpness == pytest.approx(at_once.quality.sharpness, abs=0.05)


def test_the_smile_and_the_marks_stand_in_the_examination(examiner: Examiner) -> None:
    seen = examiner.examine(astronaut())
    assert seen.quality.smile > 0.7
    assert set(seen.counts) == {Metric.SPOTS, Metric.BLEMISHES}  # too small a face for pores
    assert all(seen.counts[m] == len(seen.maps.marks[m]) for m in seen.counts)


def test_a_beard_that_the_network_sees_is_no_skin_of_the_chin() -> None:
    class Bearded(EvenScorer):
        def __call__(self, crop: Pixels, skin: npt.NDArray[np.bool_]) -> Appearance:
            veil = np.zeros((60, 48, 3), np.float32)
            veil[43:, :, 0] = 0.9
            return replace(super().__call__(crop, skin), veil=veil)

    seen = Examiner(scorer=Bearded()).examine(astronaut())
    assert "a beard or stubble" in str(seen.regions[Region.CHIN][Metric.SPOTS].abstained_because)
    assert seen.regions[Region.NOSE][Metric.SPOTS].value is not None
    assert not seen.maps.skin[43 * 16 :].any()
    assert seen.maps.heat[Metric.SPOTS][43 * 4 :].max() == 0


def test_a_rejected_photo_never_reaches_the_network() -> None:
    class Never(EvenScorer):
        def __call__(self, crop: Pixels, skin: npt.NDArray[np.bool_]) -> Appearance:
            raise AssertionError("the network was asked")

    dark = (astronaut() * 0.02).astype(np.uint8)
    with pytest.raises(PhotoRejected):
        Examiner(scorer=Never()).examine(dark)


def test_a_covered_region_abstains_alone(examiner: Examiner) -> None:
    """A blue cloth over the chin: the rest of the face is still scored."""
    chin = examiner.examine(astronaut())
    assert chin.regions[Region.CHIN][Metric.REDNESS].value is not None
    covered = astronaut().copy()
    covered[158:180, 195:255] = (20, 60, 160)
    examination = examiner.examine(covered)
    assert "Chin: covered" in str(examination.regions[Region.CHIN][Metric.REDNESS])
    assert examination.regions[Region.LEFT_CHEEK][Metric.REDNESS].value is not None
    assert examination.scores[Metric.REDNESS].value is not None


def test_a_face_cut_by_the_photos_edge_abstains_where_it_is_cut(examiner: Examiner) -> None:
    cut = np.ascontiguousarray(astronaut()[:, 205:])
    try:
        regions = examiner.examine(cut).regions
    except PhotoRejected:
        return  # too little was left to find the face, which is as honest
    assert regions[Region.RIGHT_CHEEK][Metric.REDNESS].value is None


def test_the_same_photo_twice_as_large_gives_the_same_view(examiner: Examiner) -> None:
    large = np.asarray(Image.fromarray(astronaut()).resize((1024, 1024), Image.Resampling.BICUBIC))
    small_maps, large_maps = (examiner.examine(p).maps for p in (astronaut(), large))
    overlap = (small_maps.skin & large_maps.skin).sum() / (small_maps.skin | large_maps.skin).sum()
    assert overlap > 0.93


def test_all_regions_of_studio_portraits_are_seen(examiner: Examiner) -> None:
    for path in portraits("london", every=25):
        examination = examiner.examine(read(path))
        seen = [r for r, of in examination.regions.items() if of[Metric.REDNESS].value is not None]
        assert len(seen) >= 6, path.name  # a beard may hide the chin
