"""Which regions can be seen, and the sentence for those that cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.metrics import Region
from pipeline.alignment import Crop
from pipeline.arrays import Mask
from pipeline.skin import Skin
from pipeline.visibility import look_at

EVERYWHERE = np.ones((960, 768), bool)
NOWHERE = np.zeros((960, 768), bool)
CROP = Crop(
    np.zeros((960, 768, 3), np.uint8), EVERYWHERE, np.zeros((478, 2), np.float32), scale=1.0
)
SKIN = Skin(mask=EVERYWHERE, face=EVERYWHERE, glare=NOWHERE, cover=1.0)


def square(side: int = 100) -> Mask:
    mask = NOWHERE.copy()
    mask[400 : 400 + side, 300 : 300 + side] = True
    return mask


def masks(**sizes: int) -> dict[Region, Mask]:
    return {region: square(sizes.get(region.value, 100)) for region in Region}


def test_a_bare_region_is_seen() -> None:
    seen = look_at(CROP, SKIN, masks())
    assert all(view.unseen_because is None and not view.glaring for view in seen.values())


def test_a_foreshortened_cheek_is_turned_away_and_its_pair_is_not() -> None:
    seen = look_at(CROP, SKIN, masks(left_cheek=60))
    assert seen[Region.LEFT_CHEEK].unseen_because == "Left cheek: turned away from the camera."
    assert seen[Region.RIGHT_CHEEK].unseen_because is None


@pytest.mark.parametrize(("share", "hidden"), [(0.6, False), (0.3, True)])
def test_a_region_needs_enough_bare_skin(share: float, hidden: bool) -> None:
    skin = square()
    skin[400 + round(100 * share) : 500] = False
    seen = look_at(CROP, replace(SKIN, mask=skin), masks())
    assert (seen[Region.CHIN].unseen_because is not None) == hidden
    if hidden:
        assert "covered" in str(seen[Region.CHIN].unseen_because)


def test_a_region_beyond_the_photos_edge_is_outside() -> None:
    inside = EVERYWHERE.copy()
    inside[:, :350] = False
    seen = look_at(replace(CROP, inside=inside), SKIN, masks())
    assert seen[Region.NOSE].unseen_because == "Nose: outside the photo."


def test_a_burnt_region_is_glaring_but_seen() -> None:
    burnt = square()
    burnt[400:460] = False
    skin = replace(SKIN, mask=EVERYWHERE & ~burnt, glare=burnt)
    view = look_at(CROP, skin, masks())[Region.FOREHEAD]
    assert view.glaring
    assert view.unseen_because is None
    assert not (view.skin & burnt).any()
