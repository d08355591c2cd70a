"""Several photos of one moment as one check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.examination import Examination, Score
from core.metrics import Metric, Region
from pipeline.shots import best_of, combine, combine_scores
from tests.stand_in import examination

SHARE = 0.6


class Known:
    def __init__(self, share: float = SHARE) -> None:
        self.shot_error: Mapping[Metric, float] = {
            m: share for m in Metric if m not in (Metric.SKIN_SCORE, Metric.ELASTICITY)
        }


def score(value: float, half: float = 8.0) -> Score:
    return Score(value, max(0.0, value - half), min(100.0, value + half))


def width(of: Score) -> float:
    assert of.low is not None
    assert of.high is not None
    return of.high - of.low


def shot(value: float, *, sharpness: float = 0.8) -> Examination:
    one = examination(value)
    return replace(one, quality=replace(one.quality, sharpness=sharpness))


VALUES = st.lists(st.floats(20, 80), min_size=1, max_size=5)


@given(VALUES)
def test_together_they_say_the_median_and_the_order_does_not_matter(values: list[float]) -> None:
    found = {combine_scores([score(v) for v in order], SHARE) for order in permutations(values)}
    assert len({round(each.value or 0, 9) for each in found}) == 1
    one = found.pop()
    assert one.value is not None
    assert min(values) <= one.value <= max(values)


def test_one_photo_stays_what_it_is() -> None:
    one = shot(40)
    assert combine([one], Known()) == (one, 0)


def test_photos_that_agree_narrow_the_interval_but_never_below_what_they_share() -> None:
    widths = [width(combine_scores([score(50)] * n, SHARE)) for n in (1, 2, 3, 4, 5)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[1]
    assert widths[-1] > 16 * (1 - SHARE) ** 0.5


def test_what_is_shared_by_all_photos_is_not_averaged_away() -> None:
    assert width(combine_scores([score(50)] * 5, 0.0)) == pytest.approx(16)


def test_photos_that_disagree_widen_it_again() -> None:
    agree = combine_scores([score(50), score(51), score(52)], SHARE)
    differ = combine_scores([score(30), score(51), score(70)], SHARE)
    assert width(differ) > 1.5 * width(agree)
    assert width(differ) > 16  # more than one photo alone would have claimed


def test_one_photo_that_went_wrong_hardly_moves_the_value() -> None:
    found = combine_scores([score(50), score(51), score(49), score(90)], SHARE)
    assert found.value == pytest.approx(50.5)


def test_a_metric_that_most_photos_could_not_measure_abstains_in_their_words() -> None:
    hidden = Score.abstain("Chin: a beard hides the skin.")
    found = combine_scores([hidden, score(50), hidden], SHARE)
    assert found.value is None
    assert found.abstained_because == "Chin: a beard hides the skin."
    assert combine_scores([hidden, score(50)], SHARE) == score(50)


def test_the_whole_check_is_that_of_its_best_photo_with_the_values_of_all() -> None:
    seen = [shot(40, sharpness=0.5), shot(44, sharpness=0.9), shot(60, sharpness=0.7)]
    together, best = combine(seen, Known())
    assert best == 1
    assert together.quality == seen[1].quality
    assert together.maps is seen[1].maps
    assert together.scores[Metric.PORES].value == pytest.approx(44)
    assert together.regions[Region.NOSE][Metric.PORES].value == pytest.approx(44)
    assert together.scores[Metric.HYDRATION].value is None
    assert set(together.scores) == set(Metric)


def test_that_most_photos_could_not_measure_it_is_said_of_the_face_and_not_of_each_region() -> None:
    hidden = Score.abstain("The skin is hidden.")
    one = shot(40)
    covered = replace(
        one,
        scores=dict(one.scores) | {Metric.PORES: hidden},
        regions={region: dict(of) | {Metric.PORES: hidden} for region, of in one.regions.items()},
    )
    together, _ = combine([covered, covered, one], Known())
    said = str(together.scores[Metric.PORES].abstained_because)
    assert said == "Fewer than half of the photos could measure it. The skin is hidden."
    of_regions = {str(of[Metric.PORES].abstained_because) for of in together.regions.values()}
    assert of_regions == {"The skin is hidden."}


def test_the_lines_and_what_is_made_of_them_say_the_same() -> None:
    together, _ = combine([shot(40), shot(44), shot(60)], Known())
    lines, elastic = together.scores[Metric.FINE_LINES], together.scores[Metric.ELASTICITY]
    assert width(lines) == pytest.approx(width(elastic))


def test_a_photo_in_which_more_was_measured_stands_for_the_check() -> None:
    sharp = shot(40, sharpness=0.9)
    scores = dict(sharp.scores) | {Metric.PORES: Score.abstain("Too small.")}
    assert best_of([replace(sharp, scores=scores), shot(40, sharpness=0.5)]) == 1
    assert best_of([sharp, sharp]) == 0


@given(st.lists(st.floats(20, 80), min_size=3, max_size=4), st.floats(0, 100), st.floats(1, 20))
def test_whatever_one_photo_says_the_value_stays_among_the_others(
    others: list[float], wild: float, half: float
) -> None:
    found = combine_scores([*(score(v, half) for v in others), score(wild, half)], SHARE)
    assert found.value is not None
    assert min(others) <= found.value <= max(others)


@given(st.floats(0, 1), st.floats(20, 80), st.floats(0.5, 15))
def test_one_more_photo_that_agrees_never_widens_the_interval(
    share: float, value: float, half: float
) -> None:
    widths = [width(combine_scores([score(value, half)] * n, share)) for n in range(1, 6)]
    assert all(more <= fewer + 1e-9 for fewer, more in pairwise(widths))
    assert widths[-1] >= 2 * half * (1 - share) ** 0.5 - 1e-9


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 40)), min_size=1, max_size=5))
def test_whatever_the_photos_say_the_interval_holds_the_value(
    of: list[tuple[float, float]],
) -> None:
    found = combine_scores([score(value, half) for value, half in of], SHARE)
    assert found.value is not None
    assert 0 <= (found.low or 0) <= found.value <= (found.high or 0) <= 100
