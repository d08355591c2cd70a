"""Signs and pigment put onto a real photo, and what the pipeline is asked of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from core.metrics import Metric
from evaluation import added, people
from evaluation.crew import Tools
from evaluation.looking import Placed, examine, frankly, onto_photo, place, signs
from evaluation.pigment import repigmented
from models.manifest import WEIGHTS
from models.people_split import is_held_out
from models.scorer import MAPPED
from pipeline.arrays import Mask
from pipeline.scoring import ita
from tests.pipeline.portraits import Pixels, astronaut


@cache
def tools() -> Tools:
    return Tools.load(WEIGHTS, as_in_service=False)


@cache
def placed() -> Placed:
    return place(tools(), astronaut())


def on_skin(pixels: Pixels) -> Mask:
    """Which pixels of the photo are the face's skin."""
    inside: Mask = onto_photo(placed(), placed().skin.mask.astype(np.float32), pixels, 0.0) > 0
    return inside


def test_the_crops_landmarks_lie_where_the_face_is_in_the_photo() -> None:
    crop, face = placed().crop.points, placed().face.points
    back = crop @ placed().to_photo[:, :2].T + placed().to_photo[:, 2]
    assert np.abs(back - face).max() < 0.05


@pytest.mark.parametrize("metric", MAPPED)
def test_a_sign_changes_the_photo_on_skin_only(metric: Metric) -> None:
    layers = added.layers(placed(), 0)
    signed = added.with_sign(astronaut(), placed(), layers, metric, 1.0)
    changed = np.abs(signed.astype(int) - astronaut()).max(-1)
    inside = on_skin(astronaut())
    assert changed[~inside].max() <= 1  # rounding
    assert changed[inside].max() > 5


def test_full_spots_raise_the_score_of_spots() -> None:
    layers = added.layers(placed(), 0)
    signed = added.with_sign(astronaut(), placed(), layers, Metric.SPOTS, 1.0)
    before, after = (signs(examine(tools(), p).values) for p in (astronaut(), signed))
    assert after[Metric.SPOTS] > before[Metric.SPOTS] + 10


def test_signs_turn_hydration_round_and_leave_the_composite_out() -> None:
    found = signs({Metric.HYDRATION: 30.0, Metric.PORES: 20.0, Metric.SKIN_SCORE: 50.0})
    assert found == {Metric.HYDRATION: 70.0, Metric.PORES: 20.0}


def test_what_is_asked_frankly_is_what_is_shown_where_nothing_is_withheld() -> None:
    shown, frank = examine(tools(), astronaut()), frankly(tools(), astronaut())
    assert shown.values
    for metric, value in shown.values.items():
        if metric not in (Metric.SKIN_SCORE,):
            assert frank[metric] == pytest.approx(value, abs=0.01)


def test_other_melanin_makes_skin_of_the_tone_that_is_asked_for() -> None:
    found = []
    for angle in (-45.0, 0.0, 35.0, 60.0):
        toned = repigmented(astronaut(), placed(), angle)
        again = place(tools(), toned)
        shown = ita(again.crop.pixels, again.skin.mask)
        assert shown is not None
        found.append(shown)
    assert found == sorted(found)
    assert found[0] + 30 < found[-1]


def test_only_held_out_people_are_measured() -> None:
    found = people.find(people.DEFAULT)
    if found is None:
        pytest.skip(f"no photos in {people.DEFAULT}: set SKINCARE_FACES to the folder of faces")
    assert found.neutral
    assert all(is_held_out(p.person) for p in (*found.london, *found.canada))
    assert len({p.person for p in found.neutral}) == len(found.neutral)
    assert all(p.path.is_file() for p in (*found.london, *found.canada, *found.fairface))


def test_a_folder_without_the_sets_is_said_to_hold_nobody(tmp_path: Path) -> None:
    assert people.find(tmp_path) is None
