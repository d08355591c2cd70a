"""What abstains behind a beard, and on a face that was smoothed."""

from __future__ import annotations

import numpy as np
import pytest

from core.metrics import Metric, Region
from models.scorer import VEILS
from pipeline.veils import SMOOTHED, SMOOTHED_AWAY, UNDER_HAIR, behind_veils, under_hair
from pipeline.visibility import Visible

CHIN = (slice(640, 800), slice(320, 480))  # rows and columns of the crop; whole cells of the veil


def view() -> Visible:
    skin = np.zeros((960, 768), bool)
    skin[CHIN] = True
    return Visible(skin, None, glaring=False)


def veil(
    hairy_rows: int = 0, probability: float = 0.9
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Hair over the first of the chin's ten rows of cells."""
    found = np.zeros((60, 48, len(VEILS)), np.float32)
    found[40 : 40 + hairy_rows, 20:30, VEILS.index("hair")] = probability
    return found


def test_bare_skin_loses_nothing() -> None:
    seen = behind_veils({Region.CHIN: view()}, veil(), detail=0.1)[Region.CHIN]
    assert (seen.skin == view().skin).all()
    assert not seen.hidden
    assert seen.unseen_because is None


def test_a_few_hairs_are_left_out_and_the_rest_is_scored() -> None:
    seen = behind_veils({Region.CHIN: view()}, veil(1), detail=0.1)[Region.CHIN]
    assert seen.skin.sum() == 0.9 * view().skin.sum()
    assert not (seen.skin & under_hair(veil(1))).any()
    assert not seen.hidden


def test_a_beard_hides_texture_but_not_colour() -> None:
    seen = behind_veils({Region.CHIN: view()}, veil(6), detail=0.1)[Region.CHIN]
    assert set(seen.hidden) == UNDER_HAIR
    assert seen.hidden[Metric.PORES] == "Chin: a beard or stubble hides the skin."
    assert Metric.OILINESS not in seen.hidden
    assert Metric.REDNESS not in seen.hidden
    assert seen.unseen_because is None


def test_faint_stubble_all_over_the_chin_hides_texture_too() -> None:
    seen = behind_veils({Region.CHIN: view()}, veil(10, 0.15), detail=0.1)[Region.CHIN]
    assert set(seen.hidden) == UNDER_HAIR
    assert (seen.skin == view().skin).all()


def test_a_full_beard_leaves_nothing_to_see() -> None:
    seen = behind_veils({Region.CHIN: view()}, veil(10), detail=0.1)[Region.CHIN]
    assert seen.unseen_because == "Chin: a beard or stubble hides the skin."


def test_hair_on_the_forehead_is_not_called_a_beard() -> None:
    seen = behind_veils({Region.FOREHEAD: view()}, veil(10), detail=0.1)[Region.FOREHEAD]
    assert seen.unseen_because == "Forehead: hair hides the skin."


def test_a_smoothed_face_keeps_its_shine_only() -> None:
    seen = behind_veils({Region.CHIN: view()}, veil(), detail=-0.6)[Region.CHIN]
    assert set(seen.hidden) == SMOOTHED_AWAY
    assert set(seen.hidden.values()) == {SMOOTHED}
    assert Metric.OILINESS not in seen.hidden


@pytest.mark.parametrize("detail", [0.1, None], ids=["bare", "too small to tell"])
def test_a_face_that_is_not_known_to_be_smoothed_is_scored(detail: float | None) -> None:
    assert not behind_veils({Region.CHIN: view()}, veil(), detail)[Region.CHIN].hidden
