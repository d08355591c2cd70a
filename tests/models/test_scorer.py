"""The weights in service, on crops made of phantoms."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Unavailable
from core.metrics import Metric
from core.settings import ROOT
from models import normalise
from models.manifest import WEIGHTS, manifest
from models.phantoms import camera
from models.phantoms.phantom import SIGNS
from models.scorer import HEIGHT, MAPPED, VEILS, WIDTH, Scorer, window_around
from tests.models.faces_of_phantoms import CLEAN, INSIDE, crop, undisturbed, with_sign

WHOLE = np.ones((HEIGHT, WIDTH), bool)
CLEAN_FACE = undisturbed()


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


def points(scorer: Scorer, pixels: np.ndarray) -> np.ndarray:
    """Amounts inside the patch, 0–100, by channel."""
    return np.asarray(scorer(pixels, WHOLE).amount[INSIDE].mean((0, 1)) * 100)


def test_the_channels_are_the_phantoms_signs_in_the_fields_words() -> None:
    words = {Metric.OILINESS: "shine", Metric.HYDRATION: "dryness", Metric.FINE_LINES: "lines"}
    assert tuple(words.get(metric, metric.value) for metric in MAPPED) == SIGNS


def test_what_a_crop_gives_has_the_promised_shapes_and_ranges(scorer: Scorer) -> None:
    seen = scorer(crop(with_sign("pores", 0.8), index=CLEAN_FACE), WHOLE)
    assert seen.heat.shape == (240, 192, 7)
    assert seen.amount.shape == seen.sigma.shape == (60, 48, 7)
    assert seen.veil.shape == (60, 48, len(VEILS))
    for field in (seen.heat, seen.amount, seen.sigma, seen.veil):
        assert field.dtype == np.float32
        assert np.isfinite(field).all()
    assert 0 <= seen.heat.min() <= seen.heat.max() <= 1
    assert 0 <= seen.amount.min() <= seen.amount.max() <= 1
    assert 0 <= seen.veil.min() <= seen.veil.max() <= 1
    assert seen.sigma.min() > 0


@pytest.mark.slow
@pytest.mark.parametrize("tone", [55, 0, -35])
@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_raises_its_own_amount_in_order_and_hardly_another(
    scorer: Scorer, sign: str, tone: float
) -> None:
    around, own = replace(CLEAN, tone=tone), SIGNS.index(sign)
    none, some, much = (
        points(scorer, crop(with_sign(sign, strength, tone), around, CLEAN_FACE))
        for strength in (0.0, 0.5, 1.0)
    )
    assert none[own] < some[own] < much[own]
    assert much[own] > none[own] + 10
    others = np.delete(np.abs(much - none), own)
    assert others.max() < 25
    assert others.max() < much[own] - none[own]


def test_the_map_shows_a_sign_where_it_is(scorer: Scorer) -> None:
    heat = scorer(crop(with_sign("spots", 0.9), index=CLEAN_FACE), WHOLE).heat[..., 5]
    inside = heat[72:168, 48:144]
    outside = (heat.sum() - inside.sum()) / (heat.size - inside.size)
    assert inside.mean() > 5 * outside


@pytest.mark.slow
def test_exposure_white_balance_and_compression_move_scores_less_than_a_real_change(
    scorer: Scorer,
) -> None:
    person = replace(CLEAN, shine=0.4, lines=0.3, pores=0.4, redness=0.4, spots=0.3, dryness=0.2)
    usual = points(scorer, crop(person, index=CLEAN_FACE))
    # Real faces show few blemishes and little noise with them: phantoms have their own figure
    of_phantoms = manifest().sdc_same_view
    allowed = np.array([max(manifest().sdc[m], of_phantoms[m]) for m in MAPPED])
    shares = []
    for change in (
        {"stops": -0.7}, {"stops": 0.7}, {"kelvin": 4200.0}, {"kelvin": 7500.0}, {"quality": 75},
    ):  # fmt: skip
        shot = replace(camera.PLAIN, **change)
        moved = points(scorer, crop(person, index=CLEAN_FACE, shot=shot, seed=2)) - usual
        shares.append(np.abs(moved) / allowed)
    # The smallest real change holds 95 % of what chance does, and no more
    assert (np.array(shares) < 1).mean() > 0.95, np.round(shares, 2)
    assert np.max(shares) < 1.5, np.round(shares, 2)


def test_what_is_not_skin_changes_no_score_of_the_skin(scorer: Scorer) -> None:
    pixels, skin = crop(with_sign("pores", 0.5), index=CLEAN_FACE), WHOLE.copy()
    skin[100:260, 200:560] = False
    as_is = scorer(pixels, skin)
    pixels = pixels.copy()
    pixels[~skin] = (255, 0, 0)
    painted = scorer(pixels, skin)
    assert np.array_equal(as_is.amount, painted.amount)


def test_the_part_that_shows_skin_scores_as_the_whole_crop_does(scorer: Scorer) -> None:
    pixels = crop(with_sign("pores", 0.6), replace(CLEAN, lines=0.4, redness=0.3), CLEAN_FACE)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    oval = ((rows - 470) / 370) ** 2 + ((columns - 400) / 290) ** 2 < 1
    window = window_around(oval)
    assert all(side.start % 16 == side.stop % 16 == 0 for side in window)
    assert oval[window].sum() == oval.sum()
    part = scorer(pixels, oval)
    channels = normalise.inputs(pixels, oval, normalise.face_reference(pixels, oval))
    whole = scorer.read(channels)
    places = oval[8::16, 8::16]
    assert np.abs(part.amount[places].mean(0) - whole.amount[places].mean(0)).max() < 0.005
    assert np.abs(part.amount - whole.amount)[places].max() < 0.1
    outside = np.ones((HEIGHT // 16, WIDTH // 16), bool)
    outside[tuple(slice(side.start // 16, side.stop // 16) for side in window)] = False
    assert outside.any()
    assert not part.amount[outside].any()


def test_the_same_crop_gives_the_same_answer(scorer: Scorer) -> None:
    pixels = crop(CLEAN, index=CLEAN_FACE)
    assert np.array_equal(scorer(pixels, WHOLE).amount, scorer(pixels, WHOLE).amount)


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(np.zeros((100, 80, 3), np.uint8), id="another size"),
        pytest.param(np.zeros((HEIGHT, WIDTH, 3), np.float32), id="not bytes"),
        pytest.param(np.zeros((HEIGHT, WIDTH), np.uint8), id="grey"),
    ],
)
def test_what_is_no_crop_is_a_mistake(scorer: Scorer, pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected a crop"):
        scorer(pixels, WHOLE)


def test_a_crop_without_skin_is_a_mistake(scorer: Scorer) -> None:
    with pytest.raises(ValueError, match="no skin"):
        scorer(np.zeros((HEIGHT, WIDTH, 3), np.uint8), ~WHOLE)


def copied(folder: Path) -> Path:
    for name in ("manifest.json", manifest().file):
        shutil.copy(WEIGHTS / name, folder / name)
    return folder / manifest().file


def test_weights_of_which_one_bit_differs_are_refused(tmp_path: Path) -> None:
    file = copied(tmp_path)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(Unavailable, match="damaged"):
        Scorer(tmp_path)


def test_missing_weights_are_refused_in_a_sentence(tmp_path: Path) -> None:
    copied(tmp_path).unlink()
    with pytest.raises(Unavailable, match=r"missing.*run\.py train"):
        Scorer(tmp_path)


@pytest.mark.slow
def test_serving_never_imports_tensorflow() -> None:
    code = (
        "import sys, models.scorer; models.scorer.Scorer();"
        "print([m for m in sys.modules if m.split('.')[0] in ('tensorflow', 'keras')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_the_manifest_is_read_without_litert() -> None:
    code = (
        "import sys; from models.manifest import manifest; manifest();"
        "print([m for m in sys.modules if m.split('.')[0] in ('ai_edge_litert', 'cv2', 'numpy')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
