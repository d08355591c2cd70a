"""How what the network saw becomes scores, intervals and abstentions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.examination import Score
from core.metrics import SKIN_SCORE_WEIGHTS, Metric, Region
from models.scorer import MAPPED, Appearance
from pipeline.scoring import composite, ita, score_face, score_regions
from pipeline.visibility import Visible
from tests.pipeline.test_quality import GOOD

SHARP = GOOD.quality


@dataclass(frozen=True)
class Plain:
    """Twice the learned deviation, half of it shared; pores need a face of 400 pixels."""

    interval_scale: ClassVar[dict[Metric, float]] = dict.fromkeys(MAPPED, 2.0)
    shared_error: ClassVar[dict[Metric, float]] = dict.fromkeys(MAPPED, 0.5)
    least_face_width: ClassVar[dict[Metric, int]] = {Metric.PORES: 400}


def saw(amount: float = 0.3, sigma: float = 0.05) -> Appearance:
    return Appearance(
        np.zeros((240, 192, 7), np.float32),
        np.full((60, 48, 7), amount, np.float32),
        np.full((60, 48, 7), sigma, np.float32),
        np.zeros((60, 48, 3), np.float32),
    )


def view(top: int = 320, bottom: int = 640, **facts: object) -> Visible:
    skin = np.zeros((960, 768), bool)
    skin[top:bottom, 160:480] = True
    return replace(Visible(skin, None, glaring=False), **facts)  # type: ignore[arg-type]


def everywhere(**facts: object) -> dict[Region, Visible]:
    return dict.fromkeys(Region, view(**facts))  # type: ignore[arg-type]


def numbers(score: Score) -> list[float | None]:
    return [score.value, score.low, score.high]


AREAS = dict.fromkeys(Region, 1.0)


def test_lines_and_pores_of_a_smiling_face_are_not_measured_and_it_says_what_to_do() -> None:
    regions = score_regions(saw(), everywhere(), replace(SHARP, smile=0.7), Plain())
    scores = score_face(regions, AREAS, Plain())
    for metric in (Metric.FINE_LINES, Metric.ELASTICITY, Metric.PORES):
        assert "relax your face" in str(scores[metric].abstained_because)
    for metric in (Metric.REDNESS, Metric.SPOTS, Metric.HYDRATION, Metric.OILINESS):
        assert scores[metric].value is not None


def test_what_is_hidden_in_a_region_abstains_there_alone() -> None:
    seen = everywhere() | {Region.CHIN: view(hidden={Metric.FINE_LINES: "Chin: a beard."})}
    regions = score_regions(saw(), seen, SHARP, Plain())
    assert regions[Region.CHIN][Metric.FINE_LINES].abstained_because == "Chin: a beard."
    assert regions[Region.CHIN][Metric.ELASTICITY].abstained_because == "Chin: a beard."
    assert regions[Region.CHIN][Metric.REDNESS].value is not None
    assert score_face(regions, AREAS, Plain())[Metric.FINE_LINES].value is not None


@pytest.mark.parametrize("smile", [0.0, 0.35, float("nan")], ids=["rest", "a trace", "not known"])
def test_a_face_at_rest_or_a_smile_that_is_not_known_stops_nothing(smile: float) -> None:
    regions = score_regions(saw(), everywhere(), replace(SHARP, smile=smile), Plain())
    assert all(s.value is not None for of in regions.values() for s in of.values())


def test_a_score_is_the_amount_in_points_with_the_calibrated_interval() -> None:
    scores = score_regions(saw(0.3, 0.05), everywhere(), SHARP, Plain())
    pores = scores[Region.NOSE][Metric.PORES]
    assert numbers(pores) == pytest.approx([30, 20, 40])


def test_averaging_many_places_does_not_narrow_the_interval() -> None:
    large = score_regions(saw(), {Region.NOSE: view(0, 960)}, SHARP, Plain())
    small = score_regions(saw(), {Region.NOSE: view(480, 512)}, SHARP, Plain())
    for metric in MAPPED:
        assert large[Region.NOSE][metric].high == pytest.approx(small[Region.NOSE][metric].high)


def test_a_face_is_surer_than_its_regions_by_the_part_of_the_error_that_they_do_not_share() -> None:
    face = score_face(score_regions(saw(), everywhere(), SHARP, Plain()), AREAS, Plain())
    half = 10 * (0.5 + 0.5 / len(Region)) ** 0.5
    assert numbers(face[Metric.REDNESS]) == pytest.approx([30, 30 - half, 30 + half])
    nose = {Region.NOSE: score_regions(saw(), everywhere(), SHARP, Plain())[Region.NOSE]}
    alone = score_face(nose, {Region.NOSE: 1.0}, Plain())
    assert numbers(alone[Metric.REDNESS]) == pytest.approx([30, 20, 40])


def test_only_the_regions_skin_counts() -> None:
    appearance = saw(0.0)
    appearance.amount[20:40, 10:30] = 0.8  # where the region's skin lies
    scores = score_regions(appearance, {Region.NOSE: view()}, SHARP, Plain())
    assert scores[Region.NOSE][Metric.SPOTS].value == pytest.approx(80)
    elsewhere = score_regions(appearance, {Region.NOSE: view(0, 160)}, SHARP, Plain())
    assert elsewhere[Region.NOSE][Metric.SPOTS].value == pytest.approx(0)


def test_dryness_and_lines_are_turned_so_that_higher_is_better() -> None:
    scores = score_regions(saw(0.3, 0.05), everywhere(), SHARP, Plain())[Region.CHIN]
    assert numbers(scores[Metric.HYDRATION]) == pytest.approx([70, 60, 80])
    assert numbers(scores[Metric.ELASTICITY]) == pytest.approx([70, 60, 80])
    assert scores[Metric.FINE_LINES].value == pytest.approx(30)


def test_intervals_stay_within_nought_and_a_hundred() -> None:
    low = score_regions(saw(0.02, 0.2), everywhere(), SHARP, Plain())[Region.NOSE]
    assert low[Metric.REDNESS].low == 0
    assert low[Metric.HYDRATION].high == 100


def test_a_small_face_abstains_from_pores_and_says_the_width() -> None:
    small = replace(SHARP, face_width=399.0)
    scores = score_regions(saw(), everywhere(), small, Plain())
    face = score_face(scores, AREAS, Plain())
    for of in (scores[Region.NOSE], face):
        assert of[Metric.PORES].value is None
        assert "399 pixels" in str(of[Metric.PORES].abstained_because)
        assert "400" in str(of[Metric.PORES].abstained_because)
        assert of[Metric.REDNESS].value is not None


def test_a_soft_photo_abstains_from_texture_only() -> None:
    soft = replace(SHARP, sharpness=0.3)
    face = score_face(score_regions(saw(), everywhere(), soft, Plain()), AREAS, Plain())
    texture = {Metric.PORES, Metric.HYDRATION, Metric.FINE_LINES, Metric.ELASTICITY}
    assert {m for m, s in face.items() if s.value is None} == texture


def test_an_unseen_region_abstains_and_the_face_is_scored_from_the_others() -> None:
    seen = everywhere()
    seen[Region.FOREHEAD] = view(unseen_because="Forehead: covered.")
    scores = score_regions(saw(), seen, SHARP, Plain())
    assert {s.abstained_because for s in scores[Region.FOREHEAD].values()} == {"Forehead: covered."}
    face = score_face(scores, AREAS, Plain())
    assert all(score.value is not None for score in face.values())


def test_a_glaring_region_still_shows_its_shine() -> None:
    seen = {Region.NOSE: view(glaring=True)}
    scores = score_regions(saw(), seen, SHARP, Plain())[Region.NOSE]
    assert scores[Metric.OILINESS].value is not None
    assert {m for m, s in scores.items() if s.value is not None} == {Metric.OILINESS}


def test_the_face_is_the_mean_of_its_regions_weighted_by_skin() -> None:
    scores = score_regions(saw(0.2), everywhere(), SHARP, Plain())
    more = score_regions(saw(0.8), everywhere(), SHARP, Plain())
    mixed = {Region.NOSE: scores[Region.NOSE], Region.CHIN: more[Region.CHIN]}
    face = score_face(mixed, {Region.NOSE: 3.0, Region.CHIN: 1.0}, Plain())
    assert face[Metric.PORES].value == pytest.approx(35)


def test_too_little_of_the_face_is_an_abstention() -> None:
    seen = {region: view(unseen_because=f"{region}: covered.") for region in Region}
    seen[Region.CHIN] = view()
    face = score_face(score_regions(saw(), seen, SHARP, Plain()), AREAS, Plain())
    assert "Too little of the face" in str(face[Metric.REDNESS].abstained_because)
    assert face[Metric.SKIN_SCORE].value is None


def measured(value: float, half: float = 5.0) -> Score:
    return Score(value, max(0.0, value - half), min(100.0, value + half))


def test_the_composite_is_the_published_sum() -> None:
    scores = {metric: measured(50.0) for metric in Metric}
    scores |= {Metric.OILINESS: measured(10.0), Metric.HYDRATION: measured(90.0)}
    expected = 50 + 40 * (
        SKIN_SCORE_WEIGHTS[Metric.OILINESS] + SKIN_SCORE_WEIGHTS[Metric.HYDRATION]
    )
    assert composite(scores).value == pytest.approx(expected)


def test_the_composites_interval_is_that_of_independent_errors() -> None:
    score = composite({metric: measured(50.0, 10.0) for metric in Metric})
    weights = np.array(list(SKIN_SCORE_WEIGHTS.values()))
    half = 10 * np.sqrt((weights**2).sum()) / weights.sum()
    assert score.high == pytest.approx(50 + half)
    assert score.low == pytest.approx(50 - half)


def test_the_composite_abstains_below_half_of_its_weights_and_names_what_is_missing() -> None:
    gone = (Metric.PORES, Metric.ELASTICITY, Metric.HYDRATION)
    scores = {
        metric: Score.abstain("away") if metric in gone else measured(40.0) for metric in Metric
    }
    assert composite(scores).value is not None  # 0.62 of the weights are left
    scores[Metric.REDNESS] = Score.abstain("away")
    words = str(composite(scores).abstained_because)
    assert "Pores" in words
    assert "Redness" in words


@given(
    amount=st.floats(0, 1, width=32),
    sigma=st.floats(0, 3, width=32),
    width=st.floats(50, 3000),
    sharpness=st.floats(0, 1),
)
def test_whatever_the_network_says_a_score_is_valid(
    amount: float, sigma: float, width: float, sharpness: float
) -> None:
    quality = replace(SHARP, face_width=width, sharpness=sharpness)
    scores = score_regions(saw(amount, sigma), everywhere(), quality, Plain())
    face = score_face(scores, AREAS, Plain())  # `Score` refuses what is no score
    assert set(face) == set(Metric)
    assert all(set(of) == set(Metric) - {Metric.SKIN_SCORE} for of in scores.values())


@pytest.mark.parametrize(
    ("colour", "angle"),
    [
        # by scikit-image's rgb2lab: light, intermediate and dark skin
        ((234, 209, 195), 74.1),
        ((198, 150, 122), 36.2),
        ((92, 60, 44), -53.9),
    ],
)
def test_ita_orders_and_places_skin_tones(colour: tuple[int, int, int], angle: float) -> None:
    crop = np.full((960, 768, 3), colour, np.uint8)
    assert ita(crop, np.ones((960, 768), bool)) == pytest.approx(angle, abs=1)


def test_ita_is_unknown_without_skin_or_under_blue_light() -> None:
    crop = np.full((960, 768, 3), (90, 110, 180), np.uint8)
    assert ita(crop, np.ones((960, 768), bool)) is None
    assert ita(crop, np.zeros((960, 768), bool)) is None
